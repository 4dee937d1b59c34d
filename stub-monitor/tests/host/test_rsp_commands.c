/* SPDX-License-Identifier: EPL-2.0 */
/*
 * Every packet in its good and malformed forms, except registers and `monitor`, which have files of
 * their own.
 */
#include "test_host.h"

#define BAD      "E16"
#define MISSING  "E02"
#define UNMAPPED "E0e"

static void assert_event(const char *packet, enum rsp_event event)
{
	assert_int_equal(fake_line_send(packet, strlen(packet)), event);
}

static void assert_resumes(const char *packet, enum resume_kind kind)
{
	assert_event(packet, RSP_RESUME);
	assert_int_equal(line.session.resume.kind, kind);
}

static void assert_starts(const char *text, const char *prefix)
{
	if (strncmp(text, prefix, strlen(prefix)) != 0)
		fail_msg("%s does not start with %s", text, prefix);
}

static void unknown_packets_get_the_empty_reply(void **state)
{
	static const char *const unknown[] = {"vMustReplyEmpty", "", "qTMinFTPILen",
		"qSymbol::", "qL1200000000000000000", "b", "bsx", "gg", "vCont", "QNonStop:0",
		"qfThreadInfox", "Hx1", "vFile:open:", "Z5,0,1", "z9,0,1", "qSupportedX",
		"qAttachedX", "kk", "??", "QStartNoAckModeX"};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(unknown); i++) {
		assert_answer(unknown[i], "");
		assert_int_equal(line.packets, 1);
	}
}

static void negotiation_names_what_there_is(void **state)
{
	const char *answer = fake_line_ask("qSupported:multiprocess+;swbreak+;xmlRegisters=i386");

	(void)state;
	assert_starts(answer, "PacketSize=1000;");
	assert_non_null(strstr(answer, ";QStartNoAckMode+;"));
	assert_non_null(strstr(answer, ";vContSupported+;"));
	assert_non_null(strstr(answer, ";swbreak+;hwbreak+;"));
	assert_non_null(strstr(answer, ";qXfer:features:read+;"));
	assert_non_null(strstr(answer, ";ReverseStep+;ReverseContinue+"));
	assert_starts(fake_line_ask("qSupported"), "PacketSize=1000;");
	assert_starts(fake_line_ask("qSupported:;;;"), "PacketSize=1000;");
}

static void threads(void **state)
{
	static const char *const ours[] = {"Hg0", "Hg1", "Hg-1", "Hc0", "Hc-1", "Hgp1.1",
		"Hcp-1.-1", "Hgp0.0", "Hgp1", "T1", "T01", "Tp1.1"};
	static const char *const others[] = {"Hg2", "T2", "Hgp2.1", "Hgp1.2", "T99999999"};
	static const char *const bad[] = {"Hg", "Hgz", "Hg1x", "T", "T1,", "Hgp", "Hgp1.", "T-2"};

	(void)state;
	fake.cpu.cr3 = 0x10000;
	for (size_t i = 0; i < ARRAY_SIZE(ours); i++)
		assert_answer(ours[i], "OK");
	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		assert_answer(others[i], MISSING);
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		assert_answer(bad[i], BAD);
	assert_answer("H", "");
	assert_answer("qC", "QC01");
	assert_answer("qfThreadInfo", "m01");
	assert_answer("qsThreadInfo", "l");
	assert_answer("qThreadExtraInfo,1",
		"43505520302c2036342d6269742c2072696e6720302c206372332030783130303030");
	assert_answer("qThreadExtraInfo,2", MISSING);
	assert_answer("qThreadExtraInfo,", BAD);
	assert_answer("qAttached", "1");
	assert_answer("qAttached:1", "1");
}

static void threads_as_a_text(void **state)
{
	(void)state;
	fake.cpu.cr3 = 0x10000;
	assert_answer("qXfer:threads:read::0,ffb",
		"l<threads>\n<thread id=\"1\" core=\"0\" name=\"CPU 0\">"
		"64-bit, ring 0, cr3 0x10000</thread>\n</threads>\n");
	assert_answer("qXfer:threads:read::1,7", "mthreads");
	assert_answer("qXfer:threads:read::1000,7", BAD);
	assert_answer("qXfer:threads:read::0,0", BAD);
	fake.cpu.efer = 0;
	fake.cpu.cr0 = 0;
	fake.cpu.cpl = 3;
	fake.cpu.halted = true;
	assert_non_null(strstr(fake_line_ask("qXfer:threads:read::0,ffb"),
		">real mode, ring 3, cr3 0x10000, halted<"));
}

static void errors_are_texts_for_who_wants_them(void **state)
{
	(void)state;
	assert_answer("m0,4", UNMAPPED);
	fake_line_ask("qSupported:error-message+");
	assert_answer("m0,4", "E.the address is not mapped");
	fake_line_ask("qSupported:error-message-");
	assert_answer("m0,4", UNMAPPED);
}

static void memory_is_read_as_far_as_it_goes(void **state)
{
	(void)state;
	memcpy(fake.ram, "\x00\x24\x7d\xff", 4);
	assert_answer("m100000,4", "00247dff");
	assert_answer("m10fffe,10", "9090");
	assert_answer("m0,4", UNMAPPED);
	assert_answer("m110000,4", "E05");
	assert_answer("mffffffffffffffff,1", UNMAPPED);
	assert_int_equal(strlen(fake_line_ask("m100000,10000")), RSP_PACKET_SIZE);
	assert_int_equal(strlen(fake_line_ask("m100000,800")), 0x1000);
}

static void malformed_memory_packets_are_errors(void **state)
{
	static const char *const bad[] = {"m", "m,", "m100000", "m100000,", "m100000,4,",
		"m100000,z", "mz,4", "m100000,0", "mffffffffffffffff,2", "m11111111111111111,1",
		"M", "M100000,2", "M100000,2:", "M100000,2:00", "M100000,2:000000",
		"M100000,2:00zz", "M100000,1000:00", "M,1:00", "Mffffffffffffffff,2:0000", "X",
		"X100000,2:a", "X100000,2:abc", "X100000", "X100000,ffffffff:a"};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		assert_answer(bad[i], BAD);
	assert_int_equal(fake.ram[0], 0x90);
}

static void memory_is_written(void **state)
{
	(void)state;
	assert_answer("M100000,3:0124Ff", "OK");
	assert_memory_equal(fake.ram, "\x01\x24\xff\x90", 4);
	assert_answer("M0,1:00", UNMAPPED);
	assert_answer("M10ffff,2:0000", "E05");
	assert_answer("M100000,0:", "OK");
	assert_answer("X0,0:", "OK");
	fake_line_send("X100010,5:$#}*\x03", 15);
	assert_string_equal(line.reply, "OK");
	assert_memory_equal(fake.ram + 0x10, "$#}*\x03\x90", 6);
	assert_answer("X0,1:a", UNMAPPED);
}

static void physical_memory_on_request(void **state)
{
	(void)state;
	assert_answer("qRetro.PhysicalMemory", "0");
	assert_answer("QRetro.PhysicalMemory:1", "OK");
	assert_answer("qRetro.PhysicalMemory", "1");
	assert_answer("m100000,1", "90");
	assert_int_equal(fake.physical_reads, 1);
	assert_answer("QRetro.PhysicalMemory:2", BAD);
	assert_answer("QRetro.PhysicalMemory:", BAD);
	assert_answer("QRetro.PhysicalMemory:0", "OK");
	assert_answer("m100000,1", "90");
	assert_int_equal(fake.physical_reads, 1);
	fake_line_ask("QRetro.PhysicalMemory:1");
	fake_line_ask("qSupported:swbreak+");
	assert_answer("qRetro.PhysicalMemory", "0");
}

static void breakpoints_of_all_types(void **state)
{
	char packet[32];

	(void)state;
	for (int type = 0; type <= 4; type++) {
		snprintf(packet, sizeof(packet), "Z%d,100010,4", type);
		assert_answer(packet, "OK");
		assert_answer(packet, "OK");
		assert_int_equal(fake_breakpoint_count(), 1);
		assert_int_equal(fake.breakpoint[0].kind, type);
		packet[0] = 'z';
		assert_answer(packet, "OK");
		assert_answer(packet, "OK");
		assert_int_equal(fake_breakpoint_count(), 0);
	}
}

static void malformed_breakpoints_are_errors(void **state)
{
	static const char *const bad[] = {"Z", "Z0", "Z0,", "Z0,100010", "Z0,100010,",
		"Z0,100010,1,", "Z0,z,1", "Z2,100010,0", "z0", "z0,1", "Zz,1,1", "Z0,1,1;X1,00",
		"Z2,ffffffffffffffff,2"};
	char packet[32];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		assert_answer(bad[i], BAD);
	for (int i = 0; i < FAKE_BREAKPOINTS; i++) {
		snprintf(packet, sizeof(packet), "Z0,10001%d,1", i);
		assert_answer(packet, "OK");
	}
	assert_answer("Z0,100020,1", "E1c");
}

static void stop_replies_carry_registers_and_thread(void **state)
{
	(void)state;
	assert_answer("?",
		"T0510:0000100000000000;07:0080100000000000;06:0081100000000000;thread:01;");
}

static void assert_stop(enum stop_reason reason, const char *prefix)
{
	struct stop stop = {.reason = reason, .address = 0x1234};

	rsp_session_stopped(&line.session, &stop);
	assert_starts(fake_line_ask("?"), prefix);
}

static void stop_reasons(void **state)
{
	(void)state;
	assert_stop(STOP_SW_BREAKPOINT, "T0510:");
	assert_stop(STOP_HW_BREAKPOINT, "T0510:");
	fake_line_ask("qSupported:hwbreak+;swbreak+");
	assert_stop(STOP_SW_BREAKPOINT, "T05swbreak:;10:");
	assert_stop(STOP_HW_BREAKPOINT, "T05hwbreak:;10:");
	assert_stop(STOP_GUEST_START, "T0510:");
	assert_stop(STOP_BREAK_IN, "T0210:");
	assert_stop(STOP_STEP, "T0510:");
	assert_stop(STOP_WATCH_WRITE, "T05watch:1234;10:");
	assert_stop(STOP_WATCH_READ, "T05rwatch:1234;10:");
	assert_stop(STOP_WATCH_ACCESS, "T05awatch:1234;10:");
	assert_stop(STOP_HISTORY_BEGIN, "T05replaylog:begin;10:");
	assert_stop(STOP_HISTORY_END, "T05replaylog:end;10:");
	assert_stop(STOP_DIVERGENCE, "T0610:");
	assert_stop(STOP_BRANCH_END, "T05replaylog:end;10:");
	assert_stop(STOP_SHUTDOWN, "T0610:");
	assert_stop(STOP_RESET, "T0f10:");
	assert_stop(STOP_MONITOR_LIMIT, "T0610:");
}

static void exceptions_are_signals(void **state)
{
	static const struct {
		unsigned vector;
		const char *prefix;
	} stops[] = {{0, "T0810:"}, {6, "T0410:"}, {13, "T0b10:"}, {14, "T0b10:"}, {17, "T0a10:"},
		{12, "T0a10:"}, {30, "T0510:"}};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(stops); i++) {
		struct stop stop = {.reason = STOP_EXCEPTION, .address = stops[i].vector};

		rsp_session_stopped(&line.session, &stop);
		assert_starts(fake_line_ask("?"), stops[i].prefix);
	}
}

static void signals_are_passed_on_request(void **state)
{
	(void)state;
	assert_answer("QPassSignals:e;b;17", "OK");
	assert_int_equal(fake.passed, 1 << 10 | 1 << 11 | 1 << 13 | 1 << 14);
	assert_answer("QPassSignals:4", "OK");
	assert_int_equal(fake.passed, 1 << 6);
	assert_answer("QPassSignals:4,b", BAD);
	assert_answer("QPassSignals:z", BAD);
	assert_int_equal(fake.passed, 1 << 6);
	fake_line_ask("qSupported");
	assert_int_equal(fake.passed, 0);
	assert_answer("QPassSignals:8", "OK");
	assert_answer("QPassSignals:", "OK");
	assert_int_equal(fake.passed, 0);
}

static void assert_says_register(const char *name, const char *digits)
{
	char command[32];

	snprintf(command, sizeof(command), "regs %s", name);
	assert_non_null(strstr(fake_line_monitor(command), digits));
}

static void a_breakpoint_where_rip_is_not_the_address_gives_no_reason(void **state)
{
	(void)state;
	fake_line_ask("qSupported:hwbreak+;swbreak+");
	fake.cpu.efer = 0;
	assert_stop(STOP_SW_BREAKPOINT, "T05swbreak:;10:");
	fake.cpu.segment[SEG_CS].base = 0x70000;
	assert_stop(STOP_SW_BREAKPOINT, "T05swbreak:;10:0000170000000000;");
	fake_line_monitor("set linear-pc off");
	assert_stop(STOP_SW_BREAKPOINT, "T0510:0000100000000000;");
	assert_stop(STOP_HW_BREAKPOINT, "T0510:");
	assert_stop(STOP_WATCH_WRITE, "T05watch:1234;10:");
}

static void addresses_are_linear_where_segments_have_bases(void **state)
{
	(void)state;
	fake.cpu.efer = 0;
	fake.cpu.segment[SEG_CS].base = 0x7000;
	fake.cpu.segment[SEG_SS].base = 0x500;
	fake.cpu.rip = 0xf9000;
	fake.cpu.gpr[RSP] = 0x100;
	assert_starts(fake_line_ask("?"), "T0510:0000100000000000;07:0006000000000000;");
	assert_answer("P10=1000100000000000", "OK");
	assert_int_equal(fake.cpu.rip, 0xf9010);
	assert_answer("P7=0005000000000000", "OK");
	assert_int_equal(fake.cpu.gpr[RSP], 0);
	assert_resumes("vCont;r100010,100018:1", RESUME_RANGE_STEP);
	assert_int_equal(fake.cpu.rip, 0xf9018);
	assert_resumes("s100020", RESUME_STEP);
	assert_int_equal(fake.cpu.rip, 0xf9021);
	assert_says_register("ip16", "00000000000f9021");
	fake.cpu.efer = EFER_LMA;
	assert_answer("p10", "21900f0000000000");
}

static void running_forward(void **state)
{
	(void)state;
	assert_answer("vCont?", "vCont;c;C;s;S;r");
	fake_line_ask("Z0,100010,1");
	assert_resumes("vCont;c", RESUME_CONTINUE);
	assert_int_equal(fake.cpu.rip, 0x100010);
	assert_starts(line.reply, "T0510:1000100000000000;");
	assert_int_equal(line.packets, 1);
	assert_resumes("vCont;s:1;c", RESUME_STEP);
	assert_resumes("vCont;s:2;c", RESUME_CONTINUE);
	assert_resumes("vCont;s:p1.1;c", RESUME_STEP);
	assert_resumes("vCont;C05;c", RESUME_CONTINUE);
	assert_resumes("vCont;S05:-1", RESUME_STEP);
	assert_resumes("s", RESUME_STEP);
	assert_resumes("c", RESUME_CONTINUE);
	assert_resumes("S05", RESUME_STEP);
	assert_resumes("C05", RESUME_CONTINUE);
	assert_resumes("s100400", RESUME_STEP);
	assert_int_equal(fake.cpu.rip, 0x100401);
	assert_resumes("S05;100500", RESUME_STEP);
	assert_int_equal(fake.cpu.rip, 0x100501);
}

static void range_steps(void **state)
{
	(void)state;
	assert_resumes("vCont;r100000,100008:1;c", RESUME_RANGE_STEP);
	assert_int_equal(line.session.resume.range_start, 0x100000);
	assert_int_equal(line.session.resume.range_end, 0x100008);
	assert_int_equal(fake.cpu.rip, 0x100008);
	assert_resumes("vCont;r100008,100008", RESUME_STEP);
	assert_resumes("vCont;r100008,100000", RESUME_STEP);
}

static void malformed_resumes_do_not_resume(void **state)
{
	static const char *const bad[] = {"vCont;", "vCont;x", "vCont;c:", "vCont;c:z", "vCont;C",
		"vCont;r1", "vCont;r1,", "vCont;c;", "vCont;cc", "vCont;t", "cz", "s1,", "C", "Cz",
		"C05;", "C05,1", "S", "S5;z"};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		assert_event(bad[i], RSP_NOTHING);
		assert_string_equal(line.reply, BAD);
	}
	assert_event("vCont;c:2", RSP_NOTHING);
	assert_string_equal(line.reply, MISSING);
	fake.set_cpu_status = STATUS_UNSUPPORTED;
	assert_event("c1234", RSP_NOTHING);
	assert_string_equal(line.reply, "E5f");
}

static void running_backward(void **state)
{
	(void)state;
	assert_resumes("bs", RESUME_REVERSE_STEP);
	assert_starts(line.reply, "T0510:");
	assert_resumes("bc", RESUME_REVERSE_CONTINUE);
	assert_starts(line.reply, "T05replaylog:begin;");
}

static void without_history_going_back_is_at_its_beginning(void **state)
{
	(void)state;
	fake.history = false;
	assert_event("bs", RSP_NOTHING);
	assert_starts(line.reply, "T05replaylog:begin;");
	assert_starts(line.console, "nothing is recorded");
	assert_event("bc", RSP_NOTHING);
	assert_starts(line.reply, "T05replaylog:begin;");
	fake_line_ask("?");
	assert_string_equal(line.console, "");
}

static void running_again_starts_at_the_beginning(void **state)
{
	(void)state;
	assert_answer("!", "OK");
	assert_answer("vRun;;61",
		"T0510:9cff0f0000000000;07:0080100000000000;06:0081100000000000;thread:01;");
	assert_int_equal(fake.now, 0);
	debugger_seek(50);
	assert_event("R00", RSP_NOTHING);
	assert_int_equal(line.packets, 0);
	assert_int_equal(fake.now, 0);
	assert_starts(fake_line_ask("?"), "T0510:");
	fake.history = false;
	fake.now = 50;
	assert_answer("vRun;", "E3d");
	assert_event("R00", RSP_NOTHING);
	assert_int_equal(fake.now, 50);
	fake_line_ask("qSupported:error-message+");
	assert_starts(fake_line_ask("vRun;"), "E.nothing is recorded: a guest can be run again");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(unknown_packets_get_the_empty_reply),
		test(negotiation_names_what_there_is),
		test(threads),
		test(threads_as_a_text),
		test(errors_are_texts_for_who_wants_them),
		test(memory_is_read_as_far_as_it_goes),
		test(malformed_memory_packets_are_errors),
		test(memory_is_written),
		test(physical_memory_on_request),
		test(breakpoints_of_all_types),
		test(malformed_breakpoints_are_errors),
		test(stop_replies_carry_registers_and_thread),
		test(stop_reasons),
		test(exceptions_are_signals),
		test(signals_are_passed_on_request),
		test(a_breakpoint_where_rip_is_not_the_address_gives_no_reason),
		test(addresses_are_linear_where_segments_have_bases),
		test(running_forward),
		test(range_steps),
		test(malformed_resumes_do_not_resume),
		test(running_backward),
		test(running_again_starts_at_the_beginning),
		test(without_history_going_back_is_at_its_beginning),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
