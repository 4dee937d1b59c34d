/* SPDX-License-Identifier: EPL-2.0 */
/* Reply payloads and their framing; see rsp_encode.h. */
#include "rsp/rsp_encode.h"

#include "lib/hex.h"

#define ESCAPE_FLIP 0x20

/* Run-length encoding (GDB manual, Overview): the byte, `*`, and 29 + the number of copies that follow it. */
#define RUN_BIAS     29
#define RUN_SHORTEST 3 /* copies; shorter ones do not pay */
#define RUN_LONGEST  (126 - RUN_BIAS)

void rsp_reply_clear(struct rsp_reply *reply)
{
	reply->length = 0;
}

size_t rsp_reply_room(const struct rsp_reply *reply)
{
	return RSP_PACKET_SIZE - reply->length;
}

void rsp_reply_byte(struct rsp_reply *reply, u8 byte)
{
	if (rsp_reply_room(reply))
		reply->payload[reply->length++] = byte;
}

void rsp_reply_text(struct rsp_reply *reply, const char *text)
{
	while (*text)
		rsp_reply_byte(reply, (u8)*text++);
}

void rsp_reply_hex(struct rsp_reply *reply, const void *data, size_t length)
{
	length = min_u64(length, rsp_reply_room(reply) / 2);
	hex_encode((char *)reply->payload + reply->length, data, length);
	reply->length += 2 * length;
}

void rsp_reply_number(struct rsp_reply *reply, u64 value)
{
	int shift = 60;

	while (shift && !(value >> shift))
		shift -= 4;
	for (; shift >= 0; shift -= 4)
		rsp_reply_byte(reply, (u8)hex_digit(value >> shift & 15));
}

static bool needs_escape(u8 byte)
{
	return byte == '$' || byte == '#' || byte == '}' || byte == '*';
}

static u8 add(struct rsp_frame *frame, u8 byte)
{
	frame->bytes[frame->length++] = byte;
	return byte;
}

static u8 add_data(struct rsp_frame *frame, u8 byte)
{
	u8 sum;

	if (!needs_escape(byte))
		return add(frame, byte);
	sum = add(frame, '}');
	return (u8)(sum + add(frame, byte ^ ESCAPE_FLIP));
}

static void end_frame(struct rsp_frame *frame, u8 sum)
{
	add(frame, '#');
	add(frame, (u8)hex_digit(sum >> 4));
	add(frame, (u8)hex_digit(sum));
}

void rsp_encode(struct rsp_frame *frame, const void *payload, size_t length)
{
	const u8 *bytes = payload;
	u8 sum = 0;

	frame->length = 0;
	add(frame, '$');
	for (size_t i = 0; i < length; i++)
		sum += add_data(frame, bytes[i]);
	end_frame(frame, sum);
}

static bool is_framing(size_t count)
{
	return count == '#' || count == '$' || count == '+' || count == '-';
}

/*
 * Copies of the first byte that one run may stand for. None of a byte that needs an escape: receivers differ in what they
 * repeat then.
 */
static size_t copies_of_first(const u8 *bytes, size_t length)
{
	size_t copies = 0;

	if (needs_escape(bytes[0]))
		return 0;
	while (copies < RUN_LONGEST && copies + 1 < length && bytes[copies + 1] == bytes[0])
		copies++;
	while (is_framing(copies + RUN_BIAS))
		copies--;
	return copies < RUN_SHORTEST ? 0 : copies;
}

/* ---- eight bytes at a time: a long reply is mostly bytes that stand for themselves ---- */

typedef u64 __attribute__((may_alias, aligned(1))) word;

#define EACH_BYTE(byte) ((byte)*0x0101010101010101ull)
#define PLAIN_AHEAD     (sizeof(word) + RUN_SHORTEST) /* bytes that is_plain() looks at */

static bool has_zero_byte(word w)
{
	return (w - EACH_BYTE(1)) & ~w & EACH_BYTE(0x80);
}

/* At none of the eight bytes begins a run, and none needs an escape. */
static bool is_plain(const u8 *bytes)
{
	const word a = *(const word *)bytes, b = *(const word *)(bytes + 1),
		   c = *(const word *)(bytes + 2), d = *(const word *)(bytes + 3);

	return !has_zero_byte((a ^ b) | (b ^ c) | (c ^ d)) && !has_zero_byte(a ^ EACH_BYTE('$')) &&
		!has_zero_byte(a ^ EACH_BYTE('#')) && !has_zero_byte(a ^ EACH_BYTE('}')) &&
		!has_zero_byte(a ^ EACH_BYTE('*'));
}

/* Returns their sum. */
static u8 add_plain(struct rsp_frame *frame, const u8 *bytes)
{
	const u64 even = 0x00ff00ff00ff00ffull, w = *(const word *)bytes;

	*(word *)(frame->bytes + frame->length) = w;
	frame->length += sizeof(word);
	return (u8)(((w & even) + (w >> 8 & even)) * 0x0001000100010001ull >> 48);
}

void rsp_encode_reply(struct rsp_frame *frame, const void *payload, size_t length)
{
	const u8 *bytes = payload;
	u8 sum = 0;

	frame->length = 0;
	add(frame, '$');
	for (size_t i = 0, copies; i < length; i += 1 + copies) {
		for (; i + PLAIN_AHEAD <= length && is_plain(bytes + i); i += sizeof(word))
			sum += add_plain(frame, bytes + i);
		copies = copies_of_first(bytes + i, length - i);
		sum += add_data(frame, bytes[i]);
		if (copies) {
			sum += add(frame, '*');
			sum += add(frame, (u8)(copies + RUN_BIAS));
		}
	}
	end_frame(frame, sum);
}
