/* SPDX-License-Identifier: EPL-2.0 */
/*
 * Recording what devices write into memory (docs/decisions/0014). Glue between dma/, the log and the memory of
 * checkpoints. All of it is for MODE_RECORD; in the past nothing here may run but record_dma_back().
 */
#ifndef RECORD_RECORD_DMA_H
#define RECORD_RECORD_DMA_H

#include "trace/event.h"

u64 record_dma_overhead_bytes(u64 frames);
void record_dma_init(void *(*allocate)(u64 bytes));

void record_dma_begin(void);
void record_dma_end(void); /* guest and devices share all memory again */

/*
 * Before the guest's access to a device goes out: what the guest has written is the device's then. What the device writes
 * before it answers is seen from the next record_dma_renew() on.
 */
void record_dma_before_access(const struct trace_event *access);

/*
 * Between instructions, before the guest goes on: if it may have learned of something new, by an access or by looking for
 * long, what it touches now is as new. `quietly`: news may come in that the guest has not touched (there is no watchpoint).
 */
void record_dma_renew(bool quietly);

/* The same where an interrupt is about to be delivered: the guest does learn of something. */
void record_dma_before_delivery(void);

/* The guest halts, or is left: what it touches afterwards is looked at then. */
void record_dma_sync(void);

/* The guest, or the monitor for it, touches a page. May take ticks: not in the middle of an instruction. */
void record_dma_touch(u64 frame);

/* A guest that only looks at memory has to be interrupted: in so many instructions; 0: it need not. */
u64 record_dma_patience(void);

/* Between instructions: room, and the pages that were missed. Asked for between checkpoints when room was lacking. */
void record_dma_settle(void);
bool record_dma_wants_settling(void);
void record_dma_after_checkpoint(void);

/*
 * A device may write these bytes, a user says (dma/described.h): watched from the next settling on, and in recordings to
 * come. False: they are not memory, too many, or the table is full.
 */
bool record_dma_describe(u64 address, u64 bytes);

/* At the live end again. */
void record_dma_back(void);

struct record_dma_counts {
	unsigned pages, limit;
	u64 events, bytes, late, unwatched;
};
struct record_dma_counts record_dma_counts(void);

#endif
