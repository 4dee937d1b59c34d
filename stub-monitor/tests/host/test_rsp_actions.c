/* SPDX-License-Identifier: EPL-2.0 */
/* Z packets with agent expressions: how they are taken apart, and which are refused. */
#include "test_host.h"

#include "debug/console_ring.h"

#define BAD "E16"

static void conditions_come_with_the_breakpoint(void **state)
{
	static const u8 first[] = {0x22, 0x01, 0x27};

	(void)state;
	assert_answer("Z0,100010,1;X3,220127", "OK");
	assert_int_equal(fake.breakpoint[0].conditions, 1);
	assert_memory_equal(fake.breakpoint[0].code, first, sizeof(first));
	assert_answer("Z1,100020,1;X3,220127X3,220027", "OK");
	assert_int_equal(fake.breakpoint[1].conditions, 2);
	assert_answer("z0,100010,1", "OK");
	assert_answer("z1,100020,1", "OK");
	assert_int_equal(fake_breakpoint_count(), 0);
}

static void commands_come_after_conditions(void **state)
{
	(void)state;
	assert_answer("Z0,100010,1;cmds:1,X1,27", "OK");
	assert_int_equal(fake.breakpoint[0].conditions, 0);
	assert_int_equal(fake.breakpoint[0].commands, 1);
	assert_answer("Z0,100010,1;X3,220127;cmds:0,X1,27X1,27", "OK");
	assert_int_equal(fake.breakpoint[0].conditions, 1);
	assert_int_equal(fake.breakpoint[0].commands, 2);
}

/* What was sent while the guest runs, as text; it is no longer in the ring. */
static const char *sent_while_running(void)
{
	fake_line_clear();
	rsp_session_send_waiting(&line.session);
	fake_line_read();
	return line.console;
}

static void text_is_sent_to_a_debugger_that_waits(void **state)
{
	static const char text[] = "one line\n";

	(void)state;
	fake_line_ask("?");
	console_ring_put(text, strlen(text));
	assert_string_equal(sent_while_running(), "");
	assert_false(console_ring_used()); /* nobody waits: dropped */
	line.session.stop_reply_owed = true;
	console_ring_put(text, strlen(text));
	console_ring_put(text, strlen(text));
	assert_string_equal(sent_while_running(), "one line\none line\n");
	assert_int_equal(line.packets, 1);
}

static void all_text_comes_before_the_stop_reply(void **state)
{
	static const struct stop stop = {.reason = STOP_BREAK_IN};

	(void)state;
	fake_line_ask("?");
	line.session.stop_reply_owed = true;
	for (unsigned i = 0; i < 100; i++)
		console_ring_put("0123456789", 10);
	fake_line_clear();
	rsp_session_stopped(&line.session, &stop);
	fake_line_read();
	assert_int_equal(strlen(line.console), 1000);
	assert_int_equal(strncmp(line.reply, "T02", 3), 0);
}

/* The guest pauses for a packet: its reply is the next that comes. What waits goes on waiting, but not for another debugger. */
static void no_text_comes_before_the_reply_to_a_packet(void **state)
{
	static const struct stop stop = {.reason = STOP_BREAK_IN};
	static const char *const packets[] = {"$m100000,1#eb", "$qSupported#37"};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(packets); i++) {
		fake_line_ask("?");
		line.session.stop_reply_owed = true;
		line.session.resume.kind = RESUME_CONTINUE;
		rsp_session_receive_running(&line.session, (u8)packets[i][0]);
		console_ring_put("text", 4);
		assert_string_equal(sent_while_running(), "");
		for (const char *byte = packets[i] + 1; *byte; byte++)
			rsp_session_receive_running(&line.session, (u8)*byte);
		assert_true(line.session.packet_waits);
		fake_line_clear();
		rsp_session_stopped(&line.session, &stop);
		fake_line_read();
		assert_string_equal(line.console, "");
		assert_int_equal(line.packets, 1);
		assert_int_equal(console_ring_used(), i == 0);
		console_ring_clear();
	}
}

/* In the middle stands a line about what is missing; what comes after it is whole. */
static void what_does_not_fit_is_counted(void **state)
{
	static char all[2 * CONSOLE_RING_BYTES];
	size_t length = 0;
	const char *said;

	(void)state;
	console_ring_clear();
	for (unsigned i = 0; i < CONSOLE_RING_BYTES / 10 + 5; i++)
		console_ring_put("0123456789", 10);
	length = console_ring_take(all, CONSOLE_RING_BYTES / 2 + 100);
	console_ring_put("later", 5);
	length += console_ring_take(all + length, sizeof(all) - 1 - length);
	all[length] = 0;
	said = strstr(all, "\n[");
	assert_non_null(said);
	assert_int_equal((size_t)(said - all) % 10, 0);
	assert_int_equal(strtoul(said + 2, NULL, 10) + (size_t)(said - all),
		(CONSOLE_RING_BYTES / 10 + 5) * 10);
	assert_non_null(strstr(said, "bytes of output are lost]\nlater"));
	assert_false(console_ring_used());
}

static void inserting_again_replaces_the_conditions(void **state)
{
	(void)state;
	assert_answer("Z0,100010,1;X3,220127X3,220027", "OK");
	assert_answer("Z0,100010,1;X3,220127", "OK");
	assert_int_equal(fake.breakpoint[0].conditions, 1);
	assert_answer("Z0,100010,1", "OK");
	assert_int_equal(fake.breakpoint[0].conditions, 0);
	assert_int_equal(fake_breakpoint_count(), 1);
}

static void malformed_conditions_are_errors(void **state)
{
	static const char *const bad[] = {"Z0,100010,1;", "Z0,100010,1;X", "Z0,100010,1;X3",
		"Z0,100010,1;X3,", "Z0,100010,1;X3,2201", "Z0,100010,1;X3,22012g",
		"Z0,100010,1;X2,220127", "Z0,100010,1;X4,220127", "Z0,100010,1;X0,",
		"Z0,100010,1;X3,220127Y", "Z0,100010,1;cmds:", "Z0,100010,1;cmds:1",
		"Z0,100010,1;cmds:1,", "Z0,100010,1;cmds:1,X1,00", "Z0,100010,1;cmds:X1,27",
		"Z0,100010,1;Y", "Z0,100010,1;X1,27", /* no value */
		"Z0,100010,1;X2,0127", "Z0,100010,1;Xffffffffffffffff,27", "Z2,100010,1;X3,220127",
		"z0,100010,1;X3,220127"};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		assert_answer(bad[i], BAD);
	assert_int_equal(fake_breakpoint_count(), 0);
}

static void more_conditions_than_there_is_room_for(void **state)
{
	char packet[256] = "Z0,100010,1;";

	(void)state;
	for (unsigned i = 0; i < BREAKPOINT_EXPRESSIONS; i++)
		strcat(packet, "X3,220127");
	assert_answer(packet, "OK");
	strcat(packet, "X3,220127");
	assert_answer(packet, "E1c");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(conditions_come_with_the_breakpoint),
		test(commands_come_after_conditions),
		test(text_is_sent_to_a_debugger_that_waits),
		test(all_text_comes_before_the_stop_reply),
		test(no_text_comes_before_the_reply_to_a_packet),
		test(what_does_not_fit_is_counted),
		test(inserting_again_replaces_the_conditions),
		test(malformed_conditions_are_errors),
		test(more_conditions_than_there_is_room_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
