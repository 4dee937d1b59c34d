/* SPDX-License-Identifier: EPL-2.0 */
/* Tracepoint packets, collecting on the fake machine, and what a debugger sees in a frame. */
#include "test_host.h"

#include "debug/trace_buffer.h"
#include "debug/tracepoint.h"

#define BAD         "E16"
#define MISSING     "E02"
#define UNSUPPORTED "E5f"

static int open_trace(void **state)
{
	open_line(state);
	assert_answer("QTinit", "OK");
	return 0;
}

#define trace_test(function) cmocka_unit_test_setup(function, open_trace)

static void a_trace_from_beginning_to_end(void **state)
{
	(void)state;
	memcpy(fake.ram + 0x20, "\1\2\3\4\5\6\7\10", 8);
	fake.cpu.gpr[RBP] = FAKE_RAM + 0x10;
	assert_answer("qTStatus",
		"T0;tnotrun:0;tframes:0;tcreated:0;tfree:40000;tsize:40000;circular:0;disconn:0");
	assert_answer("QTDP:1:100010:E:0:0-", "OK");
	assert_answer("QTDP:-1:100010:R010203M6,10,4-", "OK");
	assert_answer("QTDP:-1:100010:M-1,100024,2X9,240010002022022f27", "OK");
	assert_answer("QTStart", "OK");
	tracepoint_hit(0);
	assert_answer("QTStop", "OK");
	assert_answer("qTP:1:100010", "V1:4b8");
	assert_answer("QTFrame:0", "F0T1");
	fake.cpu.gpr[RAX] = 77; /* the guest has gone on */
	memset(fake.ram + 0x20, 0, 8);
	assert_answer("m100020,4", "01020304");
	assert_answer("m100021,20", "020304");
	assert_answer("m100024,2", "0506");
	assert_answer("m100030,1", "E0e");
	assert_answer("p0", "0000000000000000");
	assert_answer("M100020,1:00", UNSUPPORTED);
	assert_answer("P0=0000000000000000", UNSUPPORTED);
	assert_answer("QTFrame:ffffffff", "OK");
	assert_answer("p0", "4d00000000000000");
}

static void frames_are_searched(void **state)
{
	(void)state;
	assert_answer("QTDP:1:100010:E:0:0", "OK");
	assert_answer("QTDP:2:100020:E:0:0", "OK");
	assert_answer("QTStart", "OK");
	for (unsigned i = 0; i < 6; i++) {
		fake.cpu.rip = i % 2 ? 0x100020 : 0x100010;
		tracepoint_hit(i % 2);
	}
	assert_answer("QTFrame:tdp:2", "F1T2");
	assert_answer("QTFrame:tdp:2", "F3T2");
	assert_answer("QTFrame:pc:100010", "F4T1");
	assert_answer("QTFrame:pc:100010", "F-1");
	assert_answer("QTFrame:0", "F0T1");
	assert_answer("QTFrame:range:100018:100028", "F1T2");
	assert_answer("QTFrame:outside:100018:100028", "F2T1");
	assert_answer("QTFrame:6", "F-1");
	assert_answer("QTFrame:5", "F5T2");
}

static void variables(void **state)
{
	(void)state;
	assert_answer("qTV:1", "U");
	assert_answer("QTDV:1:64:0:73756d", "OK");
	assert_answer("qTV:1", "V64");
	assert_answer("QTDV:ffff:64:0:73756d", "E1c");
	assert_answer("QTDP:1:100010:E:0:0-", "OK");
	assert_answer("QTDP:-1:100010:X4,2e000127", "OK");
	assert_answer("QTStart", "OK");
	tracepoint_hit(0);
	assert_answer("QTDV:1:65:0:73756d", "OK");
	assert_answer("QTFrame:0", "F0T1");
	assert_answer("qTV:1", "V64");
	assert_answer("qXfer:traceframe-info:read::0,fff",
		"l<traceframe-info>\n<tvar id=\"1\"/>\n</traceframe-info>\n");
}

static void a_packet_that_is_refused_adds_no_action(void **state)
{
	(void)state;
	assert_answer("QTDP:1:100010:E:0:0-", "OK");
	assert_answer("QTDP:-1:100010:M-1,100024,2-", "OK");
	assert_answer("QTDP:-1:100010:M-1,100026,2X4,2e000127S1", "E5f");
	assert_int_equal(tracepoint_at(0)->action_count, 1);
	assert_answer("QTDP:-1:100010:M-1,100026,2M-1,", "E16");
	assert_int_equal(tracepoint_at(0)->action_count, 1);
}

static void assert_status(const char *expected)
{
	if (strncmp(fake_line_ask("qTStatus"), expected, strlen(expected)) != 0)
		fail_msg("%s (expected: %s)", line.reply, expected);
}

static void what_ends_a_trace(void **state)
{
	(void)state;
	assert_answer("QTDP:1:100010:E:0:2", "OK");
	assert_answer("QTDP:2:100020:E:0:0-", "OK");
	assert_answer("QTDP:-2:100020:M-1,100000,8000", "OK");
	assert_answer("QTDP:3:100030:E:0:0-", "OK");
	assert_answer("QTDP:-3:100030:M-1,10,1", "OK");
	assert_answer("QTStart", "OK");
	tracepoint_hit(0);
	assert_status("T1;tframes:1;");
	tracepoint_hit(0);
	assert_status("T0;tpasscount:1;tframes:2;");
	tracepoint_hit(0);
	assert_status("T0;tpasscount:1;tframes:2;");
	assert_answer("QTStart", "OK");
	for (unsigned i = 0; i < 20; i++)
		tracepoint_hit(1);
	assert_status("T0;tfull:0;tframes:7;");
	assert_answer("QTStart", "OK");
	tracepoint_hit(2);
	assert_status("T0;terror:6d656d6f72792063616e6e6f742062652072656164:3;tframes:0;");
}

static void conditions_and_disabled_tracepoints(void **state)
{
	(void)state;
	assert_answer("QTDP:1:100010:E:0:0:X3,220027", "OK");
	assert_answer("QTDP:2:100020:D:0:0", "OK");
	assert_answer("QTStart", "OK");
	tracepoint_hit(0);
	tracepoint_hit(1);
	assert_status("T1;tframes:0;");
	assert_answer("QTEnable:2:100020", "OK");
	tracepoint_hit(1);
	assert_status("T1;tframes:1;");
	assert_answer("QTDisable:2:100020", "OK");
	tracepoint_hit(1);
	assert_status("T1;tframes:1;");
	assert_answer("QTEnable:9:100020", MISSING);
}

static void what_is_refused(void **state)
{
	static const struct {
		const char *packet, *answer;
	} cases[] = {
		{"QTDP:", BAD},
		{"QTDP:1", BAD},
		{"QTDP:1:100010:X:0:0", BAD},
		{"QTDP:1:100010:E:0", BAD},
		{"QTDP:10000:100010:E:0:0", BAD},
		{"QTDP:1:100010:E:5:0", UNSUPPORTED},
		{"QTDP:1:100010:E:0:0:F5", UNSUPPORTED},
		{"QTDP:1:100010:E:0:0:X1,00", BAD},
		{"QTDP:-1:100010:R00", MISSING},
		{"QTDP:-1:100010", BAD},
		{"QTBuffer:circular:1", UNSUPPORTED},
		{"QTBuffer:circular:0", "OK"},
		{"QTFrame:", BAD},
		{"QTFrame:pc:", BAD},
		{"QTFrame:range:1", BAD},
		{"QTFrame:0", "F-1"},
		{"qTP:1:5", MISSING},
		{"qTV:", BAD},
		{"qTBuffer:0", BAD},
		{"qTBuffer:0,10", "l"},
		{"qXfer:traceframe-info:read::0,fff", MISSING},
	};
	char packet[64];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		assert_answer(cases[i].packet, cases[i].answer);
	for (unsigned i = 0; i < TRACEPOINTS_MAX; i++) {
		snprintf(packet, sizeof(packet), "QTDP:1:%x:E:0:0", 0x100000 + i);
		assert_answer(packet, "OK");
	}
	assert_answer("QTDP:1:200000:E:0:0", "E1c");
	assert_answer("QTDP:-1:100000:S", UNSUPPORTED);
	assert_answer("QTDP:-1:100000:Y", BAD);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		trace_test(a_trace_from_beginning_to_end),
		trace_test(frames_are_searched),
		trace_test(variables),
		trace_test(a_packet_that_is_refused_adds_no_action),
		trace_test(what_ends_a_trace),
		trace_test(conditions_and_disabled_tracepoints),
		trace_test(what_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
