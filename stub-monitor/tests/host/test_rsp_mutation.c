/* SPDX-License-Identifier: EPL-2.0 */
/*
 * Damaged packets with a right checksum, and damaged bytes on the line: nothing the sanitizers
 * dislike happens, and the session answers afterwards. The sequence is the same in every run.
 */
#include "test_host.h"

#define PACKETS    20000
#define LINE_BYTES 200000

static u64 random_state;

/* xorshift64 (Marsaglia 2003). */
static u64 next_random(void)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return random_state;
}

static const char *const seeds[] = {"qSupported:swbreak+;hwbreak+;xmlRegisters=i386",
	"QStartNoAckMode", "qXfer:features:read:target.xml:0,ffb", "qAttached", "D", "k", "vKill;1",
	"Hg0", "Hcp1.-1", "T1", "qC", "qThreadExtraInfo,1", "g", "P10=0000100000000000", "p30",
	"m100000,40", "x100000,40", "vRun;61;62", "R00", "QPassSignals:e;b",
	"qSearch:memory:100000;100;abc", "qCRC:100000,100", "qXfer:threads:read::0,100",
	"M100000,2:9090", "X100000,2:ab", "QRetro.PhysicalMemory:1", "?", "vCont?", "vCont;s:1;c",
	"vCont;r100000,100010:1;c", "C05;100000", "s", "bs", "bc", "Z0,100010,1", "z2,100010,8",
	"qRcmd,68656c70", "qRcmd,7365656b20403130", "qRcmd,787020307831",
	"G00000000000000000000000000000000", "qRcmd,726567732061767820637230"};

static size_t mutate(u8 *packet)
{
	const char *seed = seeds[next_random() % ARRAY_SIZE(seeds)];
	size_t length = strlen(seed);

	memcpy(packet, seed, length);
	for (u64 changes = next_random() % 4; changes && length; changes--) {
		size_t at = next_random() % length;

		switch (next_random() % 4) {
		case 0:
			packet[at] = (u8)next_random();
			break;
		case 1:
			packet[at] = (u8) "0123456789abcdef,:;-p.x"[next_random() % 23];
			break;
		case 2:
			memmove(packet + at, packet + at + 1, length - at - 1);
			length--;
			break;
		case 3:
			memmove(packet + at + 1, packet + at, length - at);
			length++;
			break;
		}
	}
	return length;
}

static void assert_alive(void)
{
	fake_line_ask("QStartNoAckMode");
	fake_line_ask("qAttached");
	assert_string_equal(line.reply, "1");
	assert_false(line.damaged);
}

static void damaged_packets(void **state)
{
	u8 packet[256];

	(void)state;
	random_state = 0x5eed;
	for (int i = 0; i < PACKETS; i++) {
		/* RIP far from the breakpoints would make every `c` long. */
		fake.cpu.rip = FAKE_RAM;
		fake_line_send(packet, mutate(packet));
		assert_false(line.damaged);
		if (i % 100 == 0)
			assert_alive();
	}
	assert_alive();
}

static bool at_once(void)
{
	return true;
}

static void feed_line(u8 byte, bool *running)
{
	struct stop stop = {.reason = STOP_BREAK_IN, .text = "stopped"};

	if (!*running) {
		*running = rsp_session_receive(&line.session, byte) != RSP_NOTHING;
		return;
	}
	if (next_random() % 16 && !rsp_session_receive_running(&line.session, byte))
		return;
	rsp_session_stopped(&line.session, &stop);
	*running = false;
}

/* Bytes of whole packets with one in 64 changed, running and stopped as the session says. */
static void damaged_lines(void **state)
{
	static struct rsp_frame frame;
	u8 packet[256];
	bool running = false;
	size_t fed = 0;

	(void)state;
	random_state = 0xfeed;
	while (fed < LINE_BYTES) {
		size_t length = mutate(packet);

		rsp_encode(&frame, packet, length);
		fake_line_clear();
		for (size_t i = 0; i < frame.length; i++, fed++)
			feed_line(next_random() % 64 ? frame.bytes[i] : (u8)next_random(),
				&running);
		fake_line_read();
		assert_false(line.damaged);
	}
	if (running)
		feed_line(0x03, &running);
	assert_alive();
}

static int open_interrupted_line(void **state)
{
	open_line(state);
	fake.interrupted = at_once;
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(damaged_packets, open_interrupted_line),
		cmocka_unit_test_setup(damaged_lines, open_interrupted_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
