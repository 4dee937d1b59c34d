/* SPDX-License-Identifier: EPL-2.0 */
/*
 * A place: a state of the guest, described so that it is recognised when the guest comes there again (docs/decisions/0080).
 * By its registers, by the event on its way, and by pages that were written lately; what no replay has in common with the
 * recording is left out (CR8, the debugger's debug registers, the interrupt shadow, RFLAGS.RF).
 *
 * In the log (EVENT_PLACE): rip; address = hash of the general registers, which is compared first; value = CRC-32C of all
 * registers, and of the event on its way; data: for each page its frame and its hash, 32 bits each.
 */
#ifndef REPLAY_PLACE_H
#define REPLAY_PLACE_H

#include "cpu/cpu_state.h"
#include "trace/event.h"

/*
 * The pages that a loop writes have been written for the first time soon after the last checkpoint, or just now. More would
 * be surer and slower: each one takes the place of 4 KB to be read at a visit.
 */
#define PLACE_PAGES 32

/* Of a frame in a place: it is a page table. */
#define PLACE_PAGE_TABLE 0x80000000u

struct place {
	struct trace_event event;
	struct place_page {
		u32 frame, hash;
	} page[PLACE_PAGES];
};

/* CRC-32C of what the guest can tell apart of its registers. */
u32 place_registers_digest(const struct cpu_state *cpu);

/* The guest as it is now. */
void place_take(struct place *place);

/* Is it there? What is cheap to compare comes first. */
bool place_is_here(const struct place *place);

#endif
