/* SPDX-License-Identifier: EPL-2.0 */
#include "trace/log_ring.h"

#include "lib/string.h"

static u8 *ring;
static u64 ring_size, start, end;
static u32 last_length; /* of the event before `end` */

void log_ring_init(void *memory, u64 size)
{
	ring = memory;
	ring_size = size;
	log_ring_reset();
}

void log_ring_reset(void)
{
	start = end = 0;
	last_length = 0;
}

void log_ring_load(void *memory, u64 bytes, u32 last_event_length)
{
	ring = memory;
	ring_size = bytes;
	start = 0;
	end = bytes;
	last_length = last_event_length;
}

u64 log_ring_start(void)
{
	return start;
}

u64 log_ring_end(void)
{
	return end;
}

u64 log_ring_size(void)
{
	return ring_size;
}

static u64 record_length(u32 data_length)
{
	return sizeof(struct trace_event) + ((data_length + 7u) & ~7u);
}

bool log_ring_has_room(u32 data_length)
{
	return end - start + record_length(data_length) <= ring_size;
}

static void copy_in(u64 position, const void *data, u64 length)
{
	u64 at = position % ring_size, first = min_u64(length, ring_size - at);

	memcpy(ring + at, data, first);
	memcpy(ring, (const u8 *)data + first, length - first);
}

static void copy_out(u64 position, void *data, u64 length)
{
	u64 at = position % ring_size, first = min_u64(length, ring_size - at);

	memcpy(data, ring + at, first);
	memcpy((u8 *)data + first, ring, length - first);
}

void log_ring_append(struct trace_event *event, const void *data)
{
	event->prev_length = last_length;
	copy_in(end, event, sizeof(*event));
	copy_in(end + sizeof(*event), data, event->data_length);
	last_length = (u32)record_length(event->data_length);
	end += last_length;
}

void log_ring_drop(u64 new_start)
{
	start = new_start;
}

bool log_ring_read(u64 position, struct trace_event *event, void *data)
{
	if (position < start || position >= end)
		return false;
	copy_out(position, event, sizeof(*event));
	if (data)
		copy_out(position + sizeof(*event), data, event->data_length);
	return true;
}

u64 log_ring_copy(u64 position, void *buffer, u64 length)
{
	if (position < start || position >= end)
		return 0;
	length = min_u64(length, end - position);
	copy_out(position, buffer, length);
	return length;
}

u64 log_ring_next(u64 position, const struct trace_event *event)
{
	return position + record_length(event->data_length);
}

bool log_ring_previous(u64 position, u64 *previous)
{
	struct trace_event event;
	u32 length = last_length;

	if (position <= start)
		return false;
	if (position < end) {
		copy_out(position, &event, sizeof(event));
		length = event.prev_length;
	}
	*previous = position - length;
	return length && *previous >= start;
}
