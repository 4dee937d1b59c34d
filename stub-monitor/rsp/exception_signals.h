/* SPDX-License-Identifier: EPL-2.0 */
/*
 * The guest's exceptions as signals of a debugger (gdb's own numbering, include/gdb/signals.def),
 * and their names for `monitor set exceptions`. Sets of vectors: bit N is vector N. Pure.
 */
#ifndef RSP_EXCEPTION_SIGNALS_H
#define RSP_EXCEPTION_SIGNALS_H

#include "lib/types.h"

/* The signal of a stop at this exception. */
u8 rsp_exception_signal(unsigned vector);

/* All vectors that are reported by this signal. */
u32 rsp_vectors_of_signal(u64 signal);

/* "on" (all but #NM, by which kernels switch the FPU), "off", or names with commas: "ud,gp,de". False: no such name. */
bool rsp_parse_exceptions(const char *word, u32 *vectors);

/* The names of the set with commas, "off" for none. */
void rsp_format_exceptions(u32 vectors, char *text, size_t size);

#endif
