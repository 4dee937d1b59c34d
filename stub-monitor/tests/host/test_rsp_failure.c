/* SPDX-License-Identifier: EPL-2.0 */
/* rsp_failure.c and rsp_session_fail(): the session after the monitor itself has failed. */
#include "test_host.h"

#define REFUSAL "E.the monitor has failed and can only be read from (a bug)"

static void monitor_fails(void)
{
	fake_line_clear();
	rsp_session_fail(&line.session, "a bug");
	fake_line_read();
}

static void a_debugger_that_waits_for_a_stop_gets_one_that_says_so(void **state)
{
	(void)state;
	fake_line_ask("g");
	line.session.stop_reply_owed = true;
	monitor_fails();
	assert_string_equal(line.console, "the monitor has failed: a bug\n");
	assert_int_equal(strncmp(line.reply, "T06", 3), 0);
	assert_int_equal(strncmp(fake_line_ask("?"), "T06", 3), 0);
}

static void a_packet_that_was_being_carried_out_is_answered(void **state)
{
	(void)state;
	fake_line_ask("g");
	line.session.answering = true;
	monitor_fails();
	assert_string_equal(line.reply, REFUSAL);
	assert_false(line.session.answering);
}

static void a_silent_debugger_hears_nothing(void **state)
{
	(void)state;
	fake_line_ask("g");
	monitor_fails();
	assert_int_equal(line.raw_length, 0);
}

static void what_runs_or_writes_is_refused(void **state)
{
	static const char *const packets[] = {"c", "C05", "s", "S05", "vCont;c", "vCont;s:1", "bs",
		"bc", "Z0,1000,1", "z0,1000,1", "M1000,1:00", "X1000,0:", "P0=00", "G00"};

	(void)state;
	monitor_fails();
	for (size_t i = 0; i < sizeof(packets) / sizeof(packets[0]); i++)
		assert_answer(packets[i], REFUSAL);
	assert_string_equal(fake_line_monitor("seek begin"),
		"seek: the monitor has failed and can only be read from\n");
}

static void what_reads_is_served(void **state)
{
	static const char *const packets[] = {"qSupported", "qC", "qfThreadInfo", "qAttached", "g",
		"p0", "Hg1", "vCont?", "?"};

	(void)state;
	monitor_fails();
	for (size_t i = 0; i < sizeof(packets) / sizeof(packets[0]); i++) {
		const char *answer = fake_line_ask(packets[i]);

		assert_int_not_equal(strlen(answer), 0);
		assert_int_not_equal(answer[0], 'E');
	}
	assert_non_null(strstr(fake_line_monitor("help"), "status"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(a_debugger_that_waits_for_a_stop_gets_one_that_says_so),
		test(a_packet_that_was_being_carried_out_is_answered),
		test(a_silent_debugger_hears_nothing),
		test(what_runs_or_writes_is_refused),
		test(what_reads_is_served),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
