/* SPDX-License-Identifier: EPL-2.0 */
/*
 * Reading what follows a packet's name. Pure and binary-safe: never reads beyond `end`. Each
 * function takes what it names from the front and says whether it was there; on false nothing
 * useful has been taken.
 */
#ifndef RSP_RSP_ARGS_H
#define RSP_RSP_ARGS_H

#include "lib/types.h"

struct rsp_args {
	const u8 *at, *end;
};

size_t rsp_args_left(const struct rsp_args *args);
bool rsp_take_char(struct rsp_args *args, char character);
bool rsp_take_text(struct rsp_args *args, const char *text);

/* 1 to 16 hexadecimal digits (more only if they are leading zeros). */
bool rsp_take_number(struct rsp_args *args, u64 *value);

/* ADDRESS,LENGTH: two numbers, the range not beyond the end of the address space. */
bool rsp_take_range(struct rsp_args *args, u64 *address, u64 *length);

/* The same text, not more. */
bool rsp_args_equal(const struct rsp_args *args, const char *text);

/*
 * A thread id (GDB manual, Packets, thread-id syntax): N, -1, pP, pP.N. True in *ours if it
 * denotes, or includes, the one thread there is.
 */
bool rsp_take_thread(struct rsp_args *args, bool *ours);

#endif
