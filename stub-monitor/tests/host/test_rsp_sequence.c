/* SPDX-License-Identifier: EPL-2.0 */
/*
 * rsp_sequence.c and cmd_picture.c: packets that come twice, replies that say what they answer, parts, pictures.
 */
#include "lib/crc32c.h"
#include "rsp/register_table.h"
#include "test_host.h"

/* Sends REST with the mark and the CRC before it; the reply's rest, after its own have been checked. */
static const char *ask(const char *rest)
{
	u8 packet[256] = {'~'};
	u32 crc = crc32c(0, rest, strlen(rest));

	packet[1] = (u8)crc;
	packet[2] = (u8)(crc >> 8);
	memcpy(packet + 3, rest, strlen(rest));
	fake_line_send(packet, 3 + strlen(rest));
	if (line.reply[0] != '~')
		return line.reply;
	crc = crc32c(0, line.reply + 3, line.reply_length - 3);
	assert_int_equal((u8)line.reply[1], (u8)crc);
	assert_int_equal((u8)line.reply[2], (u8)(crc >> 8));
	return line.reply + 3;
}

static void a_tagged_packet_gets_a_tagged_reply(void **state)
{
	(void)state;
	assert_string_equal(ask("aqAttached"), "a:1");
	assert_string_equal(fake_line_ask("qAttached"), "1");
}

static void a_packet_that_comes_twice_is_carried_out_once(void **state)
{
	u64 before = debugger_cpu()->rip;
	char first[64];

	(void)state;
	strncpy(first, ask("as"), sizeof(first) - 1);
	assert_true(debugger_cpu()->rip != before);
	before = debugger_cpu()->rip;
	assert_memory_equal(ask("as"), first, 10);
	assert_int_equal(debugger_cpu()->rip, before);
	ask("bs");
	assert_true(debugger_cpu()->rip != before);
}

static void a_packet_without_a_tag_ends_the_sequence(void **state)
{
	u64 before;

	(void)state;
	ask("as");
	fake_line_ask("qAttached");
	before = debugger_cpu()->rip;
	ask("as");
	assert_true(debugger_cpu()->rip != before);
}

static void console_text_is_part_of_the_reply(void **state)
{
	const char *reply = ask("aqRcmd,68656c70"); /* help */

	(void)state;
	assert_memory_equal(reply, "a", 1);
	assert_non_null(strstr(reply, "this list"));
	assert_string_equal(reply + strlen(reply) - 2, "OK");
	assert_string_equal(line.console, "");
}

static void a_long_reply_comes_in_parts(void **state)
{
	char whole[4096] = "", request[32];
	unsigned long total, length = 0;
	const char *body;

	(void)state;
	body = ask("Ag");
	total = strtoul(body + 1, NULL, 16);
	assert_true(total > RSP_SEQUENCE_PART && total < sizeof(whole));
	strcpy(whole, strchr(body, ';') + 1);
	for (length = strlen(whole); length < total; length = strlen(whole)) {
		snprintf(request, sizeof(request), "/A%lx", length);
		body = ask(request);
		assert_memory_equal(body, request, strlen(request));
		strcat(whole, strchr(body, ';') + 1);
	}
	assert_string_equal(whole, fake_line_ask("g"));
}

static void parts_of_another_reply_or_beyond_the_end_get_nothing(void **state)
{
	(void)state;
	ask("AqAttached");
	assert_string_equal(ask("/B0"), "");
	assert_string_equal(ask("/A2"), "");
	assert_string_equal(ask("/Ax"), "");
	assert_string_equal(ask("/A0"), "/A0;1");
}

static void a_part_may_be_asked_for_with_the_tag_in_the_other_case(void **state)
{
	(void)state;
	ask("aqAttached");
	assert_string_equal(ask("/A0"), "/a0;1");
}

static void what_the_sum_does_not_notice_the_crc_does(void **state)
{
	(void)state;
	fake_line_send("~xxaqAttached", 13);
	assert_int_equal(line.naks, 1);
	assert_int_equal(line.packets, 0);
}

/* The registers and lines as they were told so far. */
static u8 picture[RSP_PICTURE_MOST];

static void apply(const u8 *record, const u8 *end)
{
	size_t at = 0;

	while (record < end) {
		u8 skip = *record++;

		at += skip;
		if (skip == 255)
			continue;
		for (u8 count = *record++; count; count--)
			picture[at++] = *record++;
	}
}

static void step_and_apply(char tag)
{
	const u8 *reply;

	reply = (const u8 *)ask((char[]){tag, '>', 0});
	assert_memory_equal(reply + 1, ":=", 2);
	apply(reply + 3, (const u8 *)line.reply + line.reply_length);
}

/* ip16 and sp16 come as what they differ from rip and rsp. */
static void add_register(size_t at, unsigned number)
{
	u64 value, other;

	memcpy(&value, picture + at, 8);
	memcpy(&other, picture + 8 * number, 8);
	value += other;
	memcpy(picture + at, &value, 8);
}

static void pictures_told_by_their_changes_are_the_registers(void **state)
{
	char general[4096];

	(void)state;
	memset(picture, 0, sizeof(picture));
	assert_string_equal(ask("z="), "z:OK");
	for (char tag = 'a'; tag < 'f'; tag++)
		step_and_apply(tag);
	strcpy(general, fake_line_ask("g"));
	assert_true(strlen(general) / 2 < 0x400);
	add_register(strlen(general) / 2 - 16, RSP_REGNUM_RIP);
	add_register(strlen(general) / 2 - 8, RSP_REGNUM_RSP);
	for (size_t i = 0; i < strlen(general) / 2; i++) {
		char digits[3];

		snprintf(digits, sizeof(digits), "%02x", picture[i]);
		assert_memory_equal(general + 2 * i, digits, 2);
	}
}

/* Compares all lines of the picture that could be read with the memory; how many there are. */
static unsigned check_lines(void)
{
	unsigned count = 0;

	for (size_t at = 0x400; at < sizeof(picture); at += 73) {
		char digits[3], request[40];
		const char *memory;
		u64 address;

		memcpy(&address, picture + at + 1, sizeof(address));
		if (picture[at] != 1)
			continue;
		snprintf(request, sizeof(request), "m%lx,40", (unsigned long)address);
		memory = fake_line_ask(request);
		for (unsigned i = 0; i < 64; i++) {
			snprintf(digits, sizeof(digits), "%02x", picture[at + 9 + i]);
			assert_memory_equal(memory + 2 * i, digits, 2);
		}
		count++;
	}
	return count;
}

static void write_memory(u64 address, u8 value)
{
	char request[64];

	snprintf(request, sizeof(request), "M%lx,1:%02x", (unsigned long)address, value);
	assert_string_equal(fake_line_ask(request), "OK");
}

static void lines_of_a_picture_are_memory_now(void **state)
{
	u64 stack = FAKE_RAM + 0x1000;

	(void)state;
	memset(picture, 0, sizeof(picture));
	assert_string_equal(ask("z="), "z:OK");
	fake.cpu.gpr[RSP] = stack;
	step_and_apply('a');
	assert_true(check_lines() >= 2);
	write_memory(stack + 70, 0x77);
	step_and_apply('b');
	assert_true(check_lines() >= 2);
	fake.cpu.gpr[RSP] = stack + 0x100;
	write_memory(stack + 1, 0x78); /* not at the stack pointer any more */
	step_and_apply('c');
	assert_true(check_lines() >= 4);
}

static void with_another_description_a_step_brings_a_stop_reply(void **state)
{
	(void)state;
	ask("aqRcmd,7365742061726368697465637475726520693338360a"); /* set architecture i386 */
	ask("bqSupported");
	assert_memory_equal(ask("c>"), "c:T05", 5);
	ask("dqRcmd,73657420617263686974656374757265207838362d36340a"); /* x86-64 */
	ask("eqSupported");
	assert_memory_equal(ask("f>"), "f:=", 3);
}

static void pictures_come_without_tags_too(void **state)
{
	u64 stack = FAKE_RAM + 0x1000;

	(void)state;
	memset(picture, 0, sizeof(picture));
	assert_string_equal(fake_line_ask("="), "OK");
	fake.cpu.gpr[RSP] = stack;
	for (unsigned i = 0; i < 3; i++) {
		write_memory(stack + i, 0x79);
		assert_memory_equal(fake_line_ask(">"), "=", 1);
		apply((const u8 *)line.reply + 1, (const u8 *)line.reply + line.reply_length);
		assert_true(check_lines() >= 2);
	}
	assert_memory_equal(fake_line_ask("s"), "T05", 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(a_tagged_packet_gets_a_tagged_reply),
		test(a_packet_that_comes_twice_is_carried_out_once),
		test(a_packet_without_a_tag_ends_the_sequence),
		test(console_text_is_part_of_the_reply),
		test(a_long_reply_comes_in_parts),
		test(parts_of_another_reply_or_beyond_the_end_get_nothing),
		test(pictures_told_by_their_changes_are_the_registers),
		test(a_part_may_be_asked_for_with_the_tag_in_the_other_case),
		test(lines_of_a_picture_are_memory_now),
		test(with_another_description_a_step_brings_a_stop_reply),
		test(what_the_sum_does_not_notice_the_crc_does),
		test(pictures_come_without_tags_too),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
