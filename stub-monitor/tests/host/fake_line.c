/* SPDX-License-Identifier: EPL-2.0 */
/* The debugger's end of a line; see fake_line.h. */
#include "fake_line.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "lib/hex.h"
#include "rsp/register_table.h"

struct fake_line line;

static u32 packet_size(void *context)
{
	(void)context;
	return FAKE_LINE_PACKET_SIZE;
}

static void write_line(void *context, const void *data, size_t length)
{
	(void)context;
	assert(line.raw_length + length <= sizeof(line.raw));
	memcpy(line.raw + line.raw_length, data, length);
	line.raw_length += length;
}

void fake_line_open(void)
{
	struct rsp_transport transport = {.write = write_line, .packet_size = packet_size};
	struct stop first = {.reason = STOP_GUEST_START};

	fake_reset();
	fake_line_clear();
	rsp_linear_pc = true;
	rsp_architecture = rsp_architecture_find("x86-64");
	rsp_session_init(&line.session, &transport, &first);
}

void fake_line_clear(void)
{
	line.raw_length = 0;
	line.packets = line.acks = line.naks = 0;
	line.reply[0] = line.console[0] = 0;
	line.damaged = false;
}

static void take_packet(const struct rsp_decoder *decoder)
{
	size_t at = strlen(line.console), bytes = (decoder->length - 1) / 2;

	line.packets++;
	if (decoder->length > 2 && decoder->payload[0] == 'O' && decoder->payload[1] != 'K') {
		assert(at + bytes < sizeof(line.console));
		line.damaged |= !hex_decode(line.console + at, decoder->payload + 1, bytes);
		line.console[at + bytes] = 0;
		return;
	}
	memcpy(line.reply, decoder->payload, decoder->length);
	line.reply[decoder->length] = 0;
	line.reply_length = decoder->length;
}

/* What came from the line with runs expanded and checksums to match: the stub's decoder knows no runs. */
static struct {
	u8 bytes[1 << 20];
	size_t length;
	u8 sum, sent_sum; /* of the frame being expanded: as it is now, and as it came */
} plain;

static void add_plain(u8 byte)
{
	assert(plain.length < sizeof(plain.bytes));
	plain.bytes[plain.length++] = byte;
	plain.sum += byte;
}

/* Expands the frame whose payload starts at `at`; returns where its last byte is. */
static size_t expand_frame(size_t at)
{
	char digits[3] = "";
	u8 sum;

	plain.sum = plain.sent_sum = 0;
	for (; at < line.raw_length && line.raw[at] != '#'; at++) {
		plain.sent_sum += line.raw[at];
		if (line.raw[at] != '*') {
			add_plain(line.raw[at]);
			continue;
		}
		plain.sent_sum += line.raw[++at];
		for (unsigned copies = line.raw[at] - 29u; copies; copies--)
			add_plain(plain.bytes[plain.length - 1]);
	}
	if (at + 2 >= line.raw_length)
		return at;
	memcpy(digits, line.raw + at + 1, 2);
	line.damaged |= (u8)strtoul(digits, NULL, 16) != plain.sent_sum;
	sum = plain.sum;
	add_plain('#');
	add_plain((u8)hex_digit(sum >> 4));
	add_plain((u8)hex_digit(sum));
	return at + 2;
}

static void expand_runs(void)
{
	plain.length = 0;
	for (size_t at = 0; at < line.raw_length; at++) {
		add_plain(line.raw[at]);
		if (line.raw[at] == '$')
			at = expand_frame(at + 1);
	}
}

void fake_line_read(void)
{
	static struct rsp_decoder decoder;

	expand_runs();
	rsp_decoder_init(&decoder);
	for (size_t i = 0; i < plain.length; i++) {
		bool outside = !rsp_decoder_inside_packet(&decoder);
		enum rsp_input input = rsp_decode(&decoder, plain.bytes[i]);

		line.acks += input == RSP_INPUT_ACK;
		line.naks += input == RSP_INPUT_NAK;
		if (input == RSP_INPUT_PACKET)
			take_packet(&decoder);
		else if (input == RSP_INPUT_NOTHING)
			line.damaged |= outside && plain.bytes[i] != '$';
		else
			line.damaged |= input != RSP_INPUT_ACK && input != RSP_INPUT_NAK;
	}
	line.damaged |= rsp_decoder_inside_packet(&decoder);
}

enum rsp_event fake_line_feed(const void *bytes, size_t length)
{
	enum rsp_event last = RSP_NOTHING;

	for (size_t i = 0; i < length; i++) {
		enum rsp_event event = rsp_session_receive(&line.session, ((const u8 *)bytes)[i]);

		if (event != RSP_NOTHING)
			last = event;
	}
	return last;
}

enum rsp_event fake_line_send(const void *payload, size_t length)
{
	static struct rsp_frame frame;
	enum rsp_event event;

	fake_line_clear();
	rsp_encode(&frame, payload, length);
	event = fake_line_feed(frame.bytes, frame.length);
	if (event == RSP_RESUME) {
		struct stop stop = debugger_resume(&line.session.resume);

		rsp_session_stopped(&line.session, &stop);
	}
	fake_line_read();
	return event;
}

const char *fake_line_ask(const char *text)
{
	fake_line_send(text, strlen(text));
	return line.reply;
}

const char *fake_line_monitor(const char *text)
{
	char packet[1024] = "qRcmd,";

	hex_encode(packet + strlen(packet), text, strlen(text));
	packet[strlen("qRcmd,") + 2 * strlen(text)] = 0;
	fake_line_ask(packet);
	return line.console;
}
