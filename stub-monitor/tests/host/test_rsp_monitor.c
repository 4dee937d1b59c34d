/* SPDX-License-Identifier: EPL-2.0 */
/* The `monitor` commands, good and wrong words. */
#include "test_host.h"

#include "rsp/monitor_command.h"

static void assert_says(const char *command, const char *expected)
{
	const char *console = fake_line_monitor(command);

	if (!strstr(console, expected))
		fail_msg("monitor %s: '%s' does not contain '%s'", command, console, expected);
	assert_string_equal(line.reply, "OK");
	assert_int_equal(console[strlen(console) - 1], '\n');
}

static void help_names_every_command(void **state)
{
	static const char *const names[] = {"help", "status", "events", "seek", "record",
		"checkpoints", "checkpoint", "digest", "log", "xp", "regs",
		"maint flush register-cache"};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		assert_says("help", names[i]);
		assert_says("", names[i]);
	}
}

static void wrong_words_name_what_was_expected(void **state)
{
	(void)state;
	assert_says("bogus", "no command 'bogus' (expected: help, status, events, seek, record");
	assert_says("seek", "expected: @N, begin or end");
	assert_says("seek now", "'now' is no instant (expected: @N, begin or end)");
	assert_says("seek @", "expected: @N, begin or end");
	assert_says("record maybe", "'maybe' is no choice (expected: on or off)");
	assert_says("events many", "'many' is no number (expected: events [N])");
	assert_says("xp", "expected ADDRESS [LENGTH]");
	assert_says("xp 0x", "expected ADDRESS [LENGTH]");
	assert_says("digest 1", "digest: too many words (expected: digest)\n");
	assert_says("xp 1 2 3", "too many words (expected: xp ADDRESS [LENGTH])");
	assert_says("xp 0x100000 65537", "(expected: <= 65536)");
	assert_says("regs rax bogus", "no register 'bogus'");
	assert_says("regs 1 2 3 4 5 6 7 8 9", "too many words");
}

static void settings_are_shown_and_changed(void **state)
{
	(void)state;
	assert_answer("qOffsets", "");
	assert_says("set", "offsets off\n");
	assert_says("set offsets 0x1000", "offsets text 0x1000, data 0x1000");
	assert_answer("qOffsets", "Text=1000;Data=1000;Bss=1000");
	assert_says("set offsets 0x1000 32", "offsets text 0x1000, data 0x20");
	fake_line_ask("qSupported:swbreak+");
	assert_answer("qOffsets", "Text=1000;Data=20;Bss=20");
	assert_says("set offsets x", "set offsets: 'x' (expected: TEXT [DATA]|off)");
	assert_says("set offsets 1 2 3", "set offsets: '1' (expected");
	assert_says("set offsets", "set offsets: '' (expected");
	assert_says("set bogus 1", "no setting 'bogus' (expected one of these)\n");
	assert_says("set offsets off", "offsets off");
	assert_answer("qOffsets", "");
}

static void exceptions_are_selected_by_name(void **state)
{
	(void)state;
	assert_says("set dma 0x1000 512", "dma 0x1000 512 (bytes that devices write)\n");
	assert_says("set dma 0x1000 0", "set dma: '0x1000' (expected: ADDRESS BYTES|off");
	assert_says("set dma 0xfffff 2", "set dma: '0xfffff' (expected: ADDRESS BYTES|off");
	assert_says("set dma 0x1000", "set dma: '0x1000' (expected: ADDRESS BYTES|off");
	assert_says("set exceptions ud,gp", "exceptions ud,gp\n");
	assert_int_equal(fake.selected, 1 << 6 | 1 << 13);
	assert_says("set exceptions bogus", "set exceptions: 'bogus' (expected: on|off|LIST");
	assert_says("set exceptions ud,", "set exceptions: 'ud,' (expected");
	assert_says("set exceptions u", "set exceptions: 'u' (expected");
	assert_says("set", "exceptions ud,gp\n");
	assert_says("set exceptions on", "exceptions de,ud,ts,np,ss,gp,pf,mf,ac,xm\n");
	assert_says("set exceptions off", "exceptions off\n");
	assert_int_equal(fake.selected, 0);
}

static void interrupts_are_let_into_steps_on_request(void **state)
{
	(void)state;
	assert_says("set step-interrupts on", "step-interrupts on\n");
	assert_true(fake.step_interrupts);
	assert_says("set step-interrupts maybe", "set step-interrupts: 'maybe' (expected: on|off)");
	assert_says("set step-interrupts", "expected: on|off");
	assert_says("set", "step-interrupts on\n");
	assert_says("set step-interrupts off", "step-interrupts off\n");
	assert_false(fake.step_interrupts);
}

static void the_recorder_is_asked(void **state)
{
	(void)state;
	assert_says("status", "fake machine\n");
	assert_says("record on", "recording is on");
	assert_true(fake.recording);
	assert_says("record off", "recording is off");
	assert_says("checkpoints", "no checkpoints");
	assert_says("checkpoint", "checkpoint at @100");
	assert_says("digest", "guest 12345678 at @100\nmonitor 9abcdef0\n");
	assert_says("log", "log");
	fake.history = false;
	assert_says("checkpoint", "nothing is recorded");
	assert_says("seek begin", "nothing is recorded");
}

static void seeking_moves_and_says_how_gdb_sees_it(void **state)
{
	(void)state;
	assert_says("seek @30", "now at @30\ngdb still shows what was: maint flush register-cache");
	assert_says("seek 0x10", "now at @16\n");
	assert_says("seek begin", "now at @0\n");
	assert_memory_equal(fake_line_ask("?"), "T05replaylog:begin;", 19);
	assert_says("seek end", "now at @100\n");
	assert_says("seek @18446744073709551615", "now at @100\n");
	assert_says("seek @18446744073709551616", "no instant");
}

static void output_has_no_limit(void **state)
{
	size_t lines = 0;

	(void)state;
	for (const char *c = fake_line_monitor("events 300"); *c; c++)
		lines += *c == '\n';
	assert_int_equal(lines, 300);
	assert_string_equal(line.reply, "OK");
}

static void memory_is_dumped(void **state)
{
	(void)state;
	memcpy(fake.ram, "Retrovisor\x00\x7f", 12);
	assert_says("xp 0x100000 18",
		"0000000000100000 52 65 74 72 6f 76 69 73 6f 72 00 7f 90 90 90 90  Retrovisor......\n"
		"0000000000100010 90 90                                            ..\n");
	assert_says("xp 0x10fff8 16",
		"\nxp: 0x110000: the address belongs to a device, or to nothing\n");
	assert_says("xp 0xffffffffffffffff 2", "beyond the end");
}

static void registers_are_shown(void **state)
{
	(void)state;
	fake.cpu.gpr[RAX] = 0xabc;
	assert_says("regs", "rax          0x0000000000000abc\n");
	assert_says("regs cr0 mxcsr", "cr0          0x0000000080000001\nmxcsr        0x00001f80\n");
	assert_says("regs system", "efer         0x0000000000000500\n");
	fake.cpu.xcr0 = 1;
	assert_says("regs avx", "ymm15h       not enabled\n");
}

static void malformed_commands_are_errors(void **state)
{
	char packet[2 * 300] = "qRcmd,";

	(void)state;
	assert_answer("qRcmd,7", "E16");
	assert_answer("qRcmd,zz", "E16");
	memset(packet + 6, '6', 2 * 257);
	assert_answer(packet, "E16");
	assert_answer("qRcmd", "");
	assert_answer("qRcmd,00ff0a", "OK");
}

static void numbers_are_decimal_or_hexadecimal(void **state)
{
	u64 value;

	(void)state;
	assert_true(rsp_parse_number("18446744073709551615", &value) && value == ~0ull);
	assert_true(rsp_parse_number("0xFFFFffffffffffff", &value) && value == ~0ull);
	assert_true(rsp_parse_number("007", &value) && value == 7);
	assert_false(rsp_parse_number("18446744073709551616", &value));
	assert_false(rsp_parse_number("0x10000000000000000", &value));
	assert_false(rsp_parse_number("1f", &value));
	assert_false(rsp_parse_number("-1", &value));
	assert_false(rsp_parse_number("", &value));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(help_names_every_command),
		test(wrong_words_name_what_was_expected),
		test(settings_are_shown_and_changed),
		test(exceptions_are_selected_by_name),
		test(interrupts_are_let_into_steps_on_request),
		test(the_recorder_is_asked),
		test(seeking_moves_and_says_how_gdb_sees_it),
		test(output_has_no_limit),
		test(memory_is_dumped),
		test(registers_are_shown),
		test(malformed_commands_are_errors),
		test(numbers_are_decimal_or_hexadecimal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
