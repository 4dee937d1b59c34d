/* SPDX-License-Identifier: EPL-2.0 */
/*
 * From bytes to packets, a byte at a time: $payload#checksum, escapes, acks, the break byte (GDB
 * manual, Overview and Interrupts). Pure; knows nothing of what packets mean.
 *
 * Guarantees: every `$` starts a packet, whatever came before, so that a lost byte costs one packet
 * only; 0x03 inside a packet is data (X packets carry it unescaped), but directly after `$` it is a
 * break, as no packet begins with it; a payload longer than RSP_PACKET_SIZE is read to its end and
 * reported, never stored.
 */
#ifndef RSP_RSP_DECODE_H
#define RSP_RSP_DECODE_H

#include "lib/types.h"
#include "rsp/rsp_packet.h"

enum rsp_input {
	RSP_INPUT_NOTHING,  /* go on */
	RSP_INPUT_PACKET,   /* decoder->payload, decoder->length: valid until the next byte */
	RSP_INPUT_DAMAGED,  /* a packet with a wrong checksum */
	RSP_INPUT_TOO_LONG, /* a packet with the right checksum and too many bytes */
	RSP_INPUT_ACK,
	RSP_INPUT_NAK,
	RSP_INPUT_BREAK,
};

enum rsp_decoder_state {
	RSP_OUTSIDE,
	RSP_PAYLOAD,
	RSP_ESCAPED, /* in the payload, after `}` */
	RSP_CHECKSUM_HIGH,
	RSP_CHECKSUM_LOW,
};

struct rsp_decoder {
	enum rsp_decoder_state state;
	bool too_long, damaged;
	u8 sum;      /* of what came */
	u8 sent_sum; /* as the sender says */
	size_t length;
	u8 payload[RSP_PACKET_SIZE];
};

void rsp_decoder_init(struct rsp_decoder *decoder);

/* Takes one byte from the line and says what it completed. */
enum rsp_input rsp_decode(struct rsp_decoder *decoder, u8 byte);

/* True between `$` and the last digit of the checksum. */
bool rsp_decoder_inside_packet(const struct rsp_decoder *decoder);

#endif
