/* SPDX-License-Identifier: EPL-2.0 */
/*
 * qSearch:memory and qCRC (GDB manual, General Query Packets): what would otherwise cost the
 * transfer of all that memory. A range must be readable to its end, or to the find. Both are
 * bounded, because a debugger waits for some seconds only and cannot interrupt them.
 */
#include "lib/crc32.h"
#include "lib/string.h"
#include "rsp/rsp_commands.h"

#define MOST_BYTES   0x4000000ull /* 64 MiB */
#define LONG_PATTERN 1024

static const char too_long[] = "the range is too long (expected: at most 0x4000000 bytes)";

/* `*done` bytes can be read; if these are not all, the status says why. */
static enum status read_all(const struct rsp_session *session, u64 address, u8 *buffer,
	size_t length, size_t *done)
{
	enum status status;
	size_t part;

	for (*done = 0; *done < length; *done += part) {
		status = rsp_read_bytes(session, address + *done, buffer + *done, length - *done,
			&part);
		if (status != STATUS_OK)
			return status;
		if (part == 0)
			return STATUS_UNMAPPED;
	}
	return STATUS_OK;
}

/* Where the pattern first starts in the bytes; `length` if nowhere. */
static size_t find(const u8 *bytes, size_t length, const struct rsp_args *pattern)
{
	size_t size = rsp_args_left(pattern);

	for (size_t at = 0; at + size <= length; at++)
		if (bytes[at] == *pattern->at && memcmp(bytes + at, pattern->at, size) == 0)
			return at;
	return length;
}

static enum rsp_answer answer_found(struct rsp_session *session, u64 address)
{
	rsp_reply_text(&session->reply, "1,");
	rsp_reply_number(&session->reply, address);
	return RSP_ANSWER_REPLY;
}

/* The window moves on by all that cannot be the start of a find any more. */
static enum rsp_answer search(struct rsp_session *session, u64 address, u64 length,
	const struct rsp_args *pattern)
{
	static u8 window[2 * PAGE_SIZE];
	size_t size = rsp_args_left(pattern), part, done, at;
	enum status status;

	while (length >= size) {
		part = min_u64(length, sizeof(window) - (address & PAGE_MASK));
		status = read_all(session, address, window, part, &done);
		at = find(window, done, pattern);
		if (at < done)
			return answer_found(session, address + at);
		if (status != STATUS_OK)
			return rsp_answer_status(session, status);
		if (part == length)
			break;
		address += part - (size - 1);
		length -= part - (size - 1);
	}
	return rsp_answer_text(session, "0");
}

/* ADDRESS;LENGTH;PATTERN, the pattern binary. */
enum rsp_answer rsp_search_memory(struct rsp_session *session, struct rsp_args *args)
{
	u64 address, length;

	if (!rsp_take_number(args, &address) || !rsp_take_char(args, ';'))
		return rsp_answer_status(session, STATUS_MALFORMED);
	if (!rsp_take_number(args, &length) || !rsp_take_char(args, ';') || !rsp_args_left(args))
		return rsp_answer_status(session, STATUS_MALFORMED);
	if (length == 0 || address + (length - 1) < address)
		return rsp_answer_status(session, STATUS_MALFORMED);
	if (length > MOST_BYTES)
		return rsp_answer_error(session, STATUS_MALFORMED, too_long);
	if (rsp_args_left(args) > LONG_PATTERN)
		return rsp_answer_error(session, STATUS_MALFORMED,
			"the pattern is too long (expected: at most 1024 bytes)");
	return search(session, address, length, args);
}

static enum status sum(const struct rsp_session *session, u64 address, u64 length, u32 *crc)
{
	static u8 page[PAGE_SIZE];
	enum status status = STATUS_OK;
	size_t part, done;

	for (*crc = CRC32_START; length && status == STATUS_OK; address += part, length -= part) {
		part = min_u64(length, PAGE_SIZE - (address & PAGE_MASK));
		status = read_all(session, address, page, part, &done);
		*crc = crc32(*crc, page, part);
	}
	return status;
}

enum rsp_answer rsp_sum_memory(struct rsp_session *session, struct rsp_args *args)
{
	u64 address, length;
	enum status status;
	u32 crc;

	if (!rsp_take_range(args, &address, &length) || rsp_args_left(args))
		return rsp_answer_status(session, STATUS_MALFORMED);
	if (length > MOST_BYTES)
		return rsp_answer_error(session, STATUS_MALFORMED, too_long);
	status = sum(session, address, length, &crc);
	if (status != STATUS_OK)
		return rsp_answer_status(session, status);
	rsp_reply_byte(&session->reply, 'C');
	rsp_reply_number(&session->reply, crc);
	return RSP_ANSWER_REPLY;
}
