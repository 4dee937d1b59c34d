/* SPDX-License-Identifier: EPL-2.0 */
/* Reply payloads and their framing; see rsp_encode.h. */
#include "rsp/rsp_encode.h"

#include "lib/hex.h"

#define ESCAPE_FLIP 0x20

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
	const u8 *bytes = data;

	for (size_t i = 0; i < length; i++) {
		rsp_reply_byte(reply, (u8)hex_digit(bytes[i] >> 4));
		rsp_reply_byte(reply, (u8)hex_digit(bytes[i]));
	}
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

void rsp_encode(struct rsp_frame *frame, const void *payload, size_t length)
{
	const u8 *bytes = payload;
	u8 sum = 0;

	frame->length = 0;
	add(frame, '$');
	for (size_t i = 0; i < length; i++) {
		if (!needs_escape(bytes[i])) {
			sum += add(frame, bytes[i]);
			continue;
		}
		sum += add(frame, '}');
		sum += add(frame, bytes[i] ^ ESCAPE_FLIP);
	}
	add(frame, '#');
	add(frame, (u8)hex_digit(sum >> 4));
	add(frame, (u8)hex_digit(sum));
}
