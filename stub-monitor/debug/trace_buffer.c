/* SPDX-License-Identifier: EPL-2.0 */
#include "debug/trace_buffer.h"

#include "lib/string.h"

#define HEADER_BYTES   6
#define SIZE_OFFSET    2
#define MEMORY_HEADER  11
#define VARIABLE_BYTES 13

static u8 buffer[TRACE_BUFFER_BYTES];
static size_t used;  /* by whole frames */
static size_t grown; /* with the one under way */
static unsigned frames;
static size_t register_bytes; /* the same in all frames */

void trace_buffer_clear(void)
{
	used = grown = 0;
	frames = 0;
}

size_t trace_buffer_used(void)
{
	return used;
}

const u8 *trace_buffer_bytes(void)
{
	return buffer;
}

static u8 *grow(size_t bytes)
{
	u8 *at = buffer + grown;

	if (bytes > TRACE_BUFFER_BYTES - grown)
		return NULL;
	grown += bytes;
	return at;
}

bool trace_frame_begin(u16 tracepoint)
{
	u8 *header;

	grown = used;
	header = grow(HEADER_BYTES);
	if (header)
		memcpy(header, &tracepoint, sizeof(tracepoint));
	return header;
}

bool trace_frame_registers(const void *registers, size_t length)
{
	u8 *block = grow(1 + length);

	if (!block)
		return false;
	block[0] = 'R';
	memcpy(block + 1, registers, length);
	register_bytes = length;
	return true;
}

bool trace_frame_memory(u64 address, const void *data, u16 length)
{
	u8 *block = grow(MEMORY_HEADER + length);

	if (!block)
		return false;
	block[0] = 'M';
	memcpy(block + 1, &address, sizeof(address));
	memcpy(block + 1 + sizeof(address), &length, sizeof(length));
	memcpy(block + MEMORY_HEADER, data, length);
	return true;
}

bool trace_frame_variable(u32 number, u64 value)
{
	u8 *block = grow(VARIABLE_BYTES);

	if (!block)
		return false;
	block[0] = 'V';
	memcpy(block + 1, &number, sizeof(number));
	memcpy(block + 1 + sizeof(number), &value, sizeof(value));
	return true;
}

void trace_frame_end(bool keep)
{
	u32 size = (u32)(grown - used - HEADER_BYTES);

	if (!keep)
		return;
	memcpy(buffer + used + SIZE_OFFSET, &size, sizeof(size));
	used = grown;
	frames++;
}

unsigned trace_frame_count(void)
{
	return frames;
}

bool trace_frame_get(unsigned number, struct trace_frame *frame)
{
	size_t at = 0;
	u32 size;

	if (number >= frames)
		return false;
	for (;; at += HEADER_BYTES + size) {
		memcpy(&size, buffer + at + SIZE_OFFSET, sizeof(size));
		if (!number--)
			break;
	}
	memcpy(&frame->tracepoint, buffer + at, sizeof(frame->tracepoint));
	frame->blocks = buffer + at + HEADER_BYTES;
	frame->size = size;
	return true;
}

bool trace_block_next(const struct trace_frame *frame, size_t *at, struct trace_block *block)
{
	const u8 *from = frame->blocks + *at;
	u32 number;
	u16 length;

	if (*at >= frame->size)
		return false;
	*block = (struct trace_block){.kind = from[0]};
	if (block->kind == 'M') {
		memcpy(&block->address, from + 1, sizeof(block->address));
		memcpy(&length, from + 1 + sizeof(block->address), sizeof(length));
		block->data = from + MEMORY_HEADER;
		block->length = length;
	} else if (block->kind == 'V') {
		memcpy(&number, from + 1, sizeof(number));
		block->address = number;
		block->data = from + 1 + sizeof(number);
		block->length = sizeof(u64);
	} else {
		block->data = from + 1;
		block->length = register_bytes;
	}
	*at = (size_t)(block->data - frame->blocks) + block->length;
	return true;
}
