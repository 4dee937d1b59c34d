/* SPDX-License-Identifier: EPL-2.0 */
/*
 * Guest-linear memory, through the guest's own page tables as they are now; no accessed bit is set,
 * no device touched.
 */
#ifndef NPT_GUEST_LINEAR_H
#define NPT_GUEST_LINEAR_H

#include "lib/status.h"
#include "npt/guest_walk.h"
#include "cpu/cpu_state.h"

struct guest_walk guest_linear_walk(const struct cpu_state *cpu, struct gla gla, u32 access);

/*
 * Up to `length` bytes; *done says how many before the first byte that failed, whose status is
 * returned if it is the first.
 */
enum status guest_linear_read(const struct cpu_state *cpu, struct gla gla, void *buffer,
	size_t length, size_t *done);

/*
 * All or nothing: every page is checked before the first byte is written. Ignores write protection,
 * as a debugger does.
 */
enum status guest_linear_write(const struct cpu_state *cpu, struct gla gla, const void *data,
	size_t length);

/* Instruction bytes at CS:RIP, at most 15; returns how many could be read. */
size_t guest_linear_fetch(const struct cpu_state *cpu, u8 *bytes);

/* Where RIP is in linear memory: CS.base counts outside 64-bit mode. */
struct gla guest_linear_rip(const struct cpu_state *cpu);

#endif
