/* SPDX-License-Identifier: EPL-2.0 */
/*
 * The stub on a fake machine, for libFuzzer (clang, -fsanitize=fuzzer). An input is a session: packets
 * one after the other, each ended by a newline, sent with a right checksum; one that begins with '\\'
 * is bytes on the line as they are, and one that begins with '~' comes while the guest runs. After
 * each input the session must answer as on the first day.
 */
#include <stdlib.h>
#include <string.h>

#include "fake_line.h"

#define PACKET_END '\n'
#define RAW_BYTES  '\\'
#define RUNNING    '~'
#define RUN_STEPS  200

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

static void send_while_running(const u8 *bytes, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if (rsp_session_receive_running(&line.session, bytes[i])) {
			const struct stop stop = {.reason = STOP_BREAK_IN};

			rsp_session_stopped(&line.session, &stop);
			return;
		}
}

static void send_one(const u8 *packet, size_t length)
{
	fake_line_clear();
	if (length && packet[0] == RAW_BYTES)
		fake_line_feed(packet + 1, length - 1);
	else if (length && packet[0] == RUNNING)
		send_while_running(packet + 1, length - 1);
	else
		fake_line_send(packet, length);
}

static void must_be_alive(void)
{
	fake_line_feed("\003#00", 4); /* the end of whatever was begun */
	fake_line_ask("QStartNoAckMode");
	fake_line_ask("qAttached");
	if (strcmp(line.reply, "1") != 0 || line.damaged)
		abort();
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	size_t begin = 0;

	fake_line_open();
	fake.run_steps = RUN_STEPS;
	for (size_t i = 0; i <= size; i++)
		if (i == size || data[i] == PACKET_END) {
			send_one(data + begin, i - begin);
			begin = i + 1;
		}
	must_be_alive();
	return 0;
}
