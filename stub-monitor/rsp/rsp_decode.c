/* SPDX-License-Identifier: EPL-2.0 */
/* From bytes to packets; see rsp_decode.h. */
#include "rsp/rsp_decode.h"

#include "lib/hex.h"

#define ESCAPE_FLIP 0x20

static enum rsp_input begin(struct rsp_decoder *decoder)
{
	decoder->state = RSP_PAYLOAD;
	decoder->too_long = false;
	decoder->damaged = false;
	decoder->sum = 0;
	decoder->length = 0;
	return RSP_INPUT_NOTHING;
}

void rsp_decoder_init(struct rsp_decoder *decoder)
{
	begin(decoder);
	decoder->state = RSP_OUTSIDE;
}

bool rsp_decoder_inside_packet(const struct rsp_decoder *decoder)
{
	return decoder->state != RSP_OUTSIDE;
}

static enum rsp_input decode_outside(u8 byte)
{
	switch (byte) {
	case '+':
		return RSP_INPUT_ACK;
	case '-':
		return RSP_INPUT_NAK;
	case RSP_BREAK_BYTE:
		return RSP_INPUT_BREAK;
	default:
		return RSP_INPUT_NOTHING;
	}
}

static enum rsp_input store(struct rsp_decoder *decoder, u8 byte)
{
	decoder->state = RSP_PAYLOAD;
	if (decoder->length < RSP_PACKET_SIZE)
		decoder->payload[decoder->length++] = byte;
	else
		decoder->too_long = true;
	return RSP_INPUT_NOTHING;
}

/* `#` ends the payload even after `}`: senders escape it always, so this is a damaged packet. */
static enum rsp_input end_payload(struct rsp_decoder *decoder)
{
	decoder->damaged = decoder->state == RSP_ESCAPED;
	decoder->state = RSP_CHECKSUM_HIGH;
	return RSP_INPUT_NOTHING;
}

static enum rsp_input decode_payload(struct rsp_decoder *decoder, u8 byte)
{
	bool empty = decoder->length == 0 && decoder->state == RSP_PAYLOAD;

	if (byte == RSP_BREAK_BYTE && empty) {
		decoder->state = RSP_OUTSIDE;
		return RSP_INPUT_BREAK;
	}
	if (byte == '#')
		return end_payload(decoder);
	decoder->sum += byte;
	if (decoder->state == RSP_ESCAPED)
		return store(decoder, byte ^ ESCAPE_FLIP);
	if (byte != '}')
		return store(decoder, byte);
	decoder->state = RSP_ESCAPED;
	return RSP_INPUT_NOTHING;
}

static enum rsp_input finish(struct rsp_decoder *decoder)
{
	decoder->state = RSP_OUTSIDE;
	if (decoder->damaged || decoder->sent_sum != decoder->sum)
		return RSP_INPUT_DAMAGED;
	return decoder->too_long ? RSP_INPUT_TOO_LONG : RSP_INPUT_PACKET;
}

static enum rsp_input decode_checksum(struct rsp_decoder *decoder, u8 byte)
{
	int digit = hex_value(byte);

	if (digit < 0)
		decoder->damaged = true;
	if (decoder->state == RSP_CHECKSUM_LOW) {
		decoder->sent_sum = (u8)(decoder->sent_sum | (digit & 15));
		return finish(decoder);
	}
	decoder->sent_sum = (u8)((digit & 15) << 4);
	decoder->state = RSP_CHECKSUM_LOW;
	return RSP_INPUT_NOTHING;
}

enum rsp_input rsp_decode(struct rsp_decoder *decoder, u8 byte)
{
	if (byte == '$')
		return begin(decoder);
	switch (decoder->state) {
	case RSP_OUTSIDE:
		return decode_outside(byte);
	case RSP_PAYLOAD:
	case RSP_ESCAPED:
		return decode_payload(decoder, byte);
	case RSP_CHECKSUM_HIGH:
	case RSP_CHECKSUM_LOW:
		return decode_checksum(decoder, byte);
	}
	return RSP_INPUT_NOTHING;
}
