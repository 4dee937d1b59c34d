/* SPDX-License-Identifier: EPL-2.0 */
/*
 * Building a reply's payload, and framing it: escapes and checksum (GDB manual, Overview). Pure.
 */
#ifndef RSP_RSP_ENCODE_H
#define RSP_RSP_ENCODE_H

#include "lib/types.h"
#include "rsp/rsp_packet.h"

/*
 * A payload under construction. What does not fit is left out: callers bound their data by
 * rsp_reply_room().
 */
struct rsp_reply {
	size_t length;
	u8 payload[RSP_PACKET_SIZE];
};

/* A packet as it goes over the line; kept until the next one for retransmission. */
struct rsp_frame {
	size_t length;
	u8 bytes[2 * RSP_PACKET_SIZE + sizeof("$#00") - 1];
};

void rsp_reply_clear(struct rsp_reply *reply);
size_t rsp_reply_room(const struct rsp_reply *reply); /* bytes that still fit */
void rsp_reply_byte(struct rsp_reply *reply, u8 byte);
void rsp_reply_text(struct rsp_reply *reply, const char *text);

/* Appends `length` bytes as 2 * length digits. */
void rsp_reply_hex(struct rsp_reply *reply, const void *data, size_t length);

/* Appends a number as hexadecimal digits, most significant first, no leading zeros. */
void rsp_reply_number(struct rsp_reply *reply, u64 value);

/*
 * Frames a payload of at most RSP_PACKET_SIZE bytes. Escapes `$ # } *`, the last as run-length
 * mark.
 */
void rsp_encode(struct rsp_frame *frame, const void *payload, size_t length);

/*
 * The same with runs of four and more equal bytes shortened (GDB manual, Overview, run-length encoding). For replies only:
 * debuggers expand runs, stubs do not.
 */
void rsp_encode_reply(struct rsp_frame *frame, const void *payload, size_t length);

#endif
