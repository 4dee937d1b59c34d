/* SPDX-License-Identifier: EPL-2.0 */
/*
 * The log in memory: a ring of events. Positions are bytes since recording began and never wrap (64
 * bits); what is older than log_ring_start() is gone. The owner drops old segments in time;
 * appending never overwrites what was not dropped.
 */
#ifndef TRACE_LOG_RING_H
#define TRACE_LOG_RING_H

#include "trace/event.h"

void log_ring_init(void *memory, u64 size);
void log_ring_reset(void);

/* A log made elsewhere, whole and in this memory; nothing is appended to it. last_length: of its last event. */
void log_ring_load(void *memory, u64 bytes, u32 last_event_length);

u64 log_ring_start(void);
u64 log_ring_end(void);
u64 log_ring_size(void);

/* False when there is no room until log_ring_drop(). */
bool log_ring_has_room(u32 data_length);
void log_ring_append(struct trace_event *event, const void *data);
void log_ring_drop(u64 new_start);

/*
 * The event at a position; false at the end. `data` (may be NULL) receives at most TRACE_DATA_MAX
 * bytes.
 */
bool log_ring_read(u64 position, struct trace_event *event, void *data);
/* Raw bytes from a position, as far as the end; how many. What lies before log_ring_start() is not there. */
u64 log_ring_copy(u64 position, void *buffer, u64 length);
u64 log_ring_next(u64 position, const struct trace_event *event);
/* The position before; false at the start. */
bool log_ring_previous(u64 position, u64 *previous);

#endif
