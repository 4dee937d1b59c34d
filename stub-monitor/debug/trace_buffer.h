/* SPDX-License-Identifier: EPL-2.0 */
/*
 * Trace frames, in the form in which gdb saves them (GDB manual, Trace File Format): a header of tracepoint number (2
 * bytes) and size of what follows (4), then blocks: R and all registers; M, address (8), length (2) and bytes; V,
 * number (4) and value (8). Least significant byte first. Of fixed size; no frame is overwritten. Pure.
 */
#ifndef DEBUG_TRACE_BUFFER_H
#define DEBUG_TRACE_BUFFER_H

#include "lib/types.h"

#define TRACE_BUFFER_BYTES (256u << 10)
#define TRACE_BLOCK_MAX    0xffff /* bytes of memory in one block */

void trace_buffer_clear(void);
size_t trace_buffer_used(void);
const u8 *trace_buffer_bytes(void);

/* Between begin and end one frame grows; false: no room. A frame that is not kept leaves nothing. */
bool trace_frame_begin(u16 tracepoint);
bool trace_frame_registers(const void *registers, size_t length);
bool trace_frame_memory(u64 address, const void *data, u16 length);
bool trace_frame_variable(u32 number, u64 value);
void trace_frame_end(bool keep);

unsigned trace_frame_count(void);

struct trace_frame {
	u16 tracepoint;
	const u8 *blocks;
	size_t size;
};

struct trace_block {
	u8 kind;     /* 'R', 'M' or 'V' */
	u64 address; /* of a variable: its number */
	const u8 *data;
	size_t length;
};

/* Frames are numbered from 0. False: there is none. */
bool trace_frame_get(unsigned number, struct trace_frame *frame);

/* `*at` is 0 at first. False: there is no other. */
bool trace_block_next(const struct trace_frame *frame, size_t *at, struct trace_block *block);

#endif
