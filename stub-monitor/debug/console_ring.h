/* SPDX-License-Identifier: EPL-2.0 */
/*
 * Text on its way to the debugger's console while the guest runs: what dprintf prints waits here until the line is free.
 * Of fixed size. What does not fit is lost, and a line in its place says how many bytes it was. Pure.
 */
#ifndef DEBUG_CONSOLE_RING_H
#define DEBUG_CONSOLE_RING_H

#include "lib/types.h"

#define CONSOLE_RING_BYTES 8192

void console_ring_put(const char *text, size_t length);

bool console_ring_used(void);

/* Takes up to `size` bytes from the front; returns how many. */
size_t console_ring_take(char *text, size_t size);

void console_ring_clear(void);

#endif
