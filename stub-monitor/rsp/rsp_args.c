/* SPDX-License-Identifier: EPL-2.0 */
/* Reading the arguments of packets; see rsp_args.h. */
#include "rsp/rsp_args.h"

#include "lib/hex.h"
#include "lib/string.h"
#include "rsp/rsp_packet.h"

size_t rsp_args_left(const struct rsp_args *args)
{
	return (size_t)(args->end - args->at);
}

bool rsp_take_char(struct rsp_args *args, char character)
{
	if (args->at == args->end || *args->at != (u8)character)
		return false;
	args->at++;
	return true;
}

bool rsp_take_text(struct rsp_args *args, const char *text)
{
	size_t length = strlen(text);

	if (rsp_args_left(args) < length || memcmp(args->at, text, length) != 0)
		return false;
	args->at += length;
	return true;
}

bool rsp_args_equal(const struct rsp_args *args, const char *text)
{
	struct rsp_args rest = *args;

	return rsp_take_text(&rest, text) && !rsp_args_left(&rest);
}

bool rsp_take_number(struct rsp_args *args, u64 *value)
{
	const u8 *start = args->at;

	*value = 0;
	for (; args->at < args->end && hex_value(*args->at) >= 0; args->at++) {
		if (*value >> 60)
			return false;
		*value = *value << 4 | (u64)hex_value(*args->at);
	}
	return args->at > start;
}

bool rsp_take_range(struct rsp_args *args, u64 *address, u64 *length)
{
	if (!rsp_take_number(args, address) || !rsp_take_char(args, ','))
		return false;
	if (!rsp_take_number(args, length))
		return false;
	return *length == 0 || *address + (*length - 1) >= *address;
}

static bool take_id(struct rsp_args *args, bool *ours)
{
	u64 id;

	if (rsp_take_text(args, "-1")) {
		*ours = true;
		return true;
	}
	if (!rsp_take_number(args, &id))
		return false;
	*ours = id == 0 || id == RSP_THREAD_ID;
	return true;
}

bool rsp_take_thread(struct rsp_args *args, bool *ours)
{
	bool our_process, our_thread = true;

	if (!rsp_take_char(args, 'p'))
		return take_id(args, ours);
	if (!take_id(args, &our_process))
		return false;
	if (rsp_take_char(args, '.') && !take_id(args, &our_thread))
		return false;
	*ours = our_process && our_thread;
	return true;
}
