/* SPDX-License-Identifier: EPL-2.0 */
/* x, qSearch:memory, qCRC, qXfer:osdata, and runs in what goes over the line. */
#include "test_host.h"

#define BAD      "E16"
#define UNMAPPED "E0e"

static void memory_is_read_binary(void **state)
{
	(void)state;
	memcpy(fake.ram, "\x01\x24\x7d*#", 5);
	assert_answer("x100000,6", "b\x01$}*#\x90");
	assert_answer("x100000,0", "b");
	assert_answer("x0,0", "b");
	fake_line_ask("x100000,10000");
	assert_int_equal(strlen(line.reply), RSP_PACKET_SIZE);
	fake_line_ask("x10fffe,10");
	assert_int_equal(strlen(line.reply), 3);
	assert_answer("x0,4", UNMAPPED);
	assert_answer("x110000,4", "E05");
	assert_answer("x100000", BAD);
	assert_answer("x100000,4,", BAD);
	assert_answer("xffffffffffffffff,2", BAD);
}

static void zeros_go_over_the_line_in_runs(void **state)
{
	(void)state;
	memset(fake.ram, 0, PAGE_SIZE);
	fake_line_ask("m100000,800");
	assert_int_equal(strlen(line.reply), 0x1000);
	assert_true(line.raw_length < 0x1000 / 20);
}

static void memory_is_searched(void **state)
{
	(void)state;
	memcpy(fake.ram + 0x1ffe, "needle", 6); /* over the end of the first window */
	memcpy(fake.ram + 0xfffd, "end", 3);
	assert_answer("qSearch:memory:100000;10000;needle", "1,101ffe");
	assert_answer("qSearch:memory:100000;2003;needle", "0");
	assert_answer("qSearch:memory:100000;2004;needle", "1,101ffe");
	assert_answer("qSearch:memory:101fff;e001;needle", "0");
	assert_answer("qSearch:memory:100000;3;needle", "0");
	assert_answer("qSearch:memory:100000;10000;end", "1,10fffd");
	assert_answer("qSearch:memory:10f000;2000;end", "1,10fffd");
	assert_answer("qSearch:memory:10f000;2000;nowhere", "E05");
	assert_answer("qSearch:memory:0;10;x", UNMAPPED);
	assert_answer("qSearch:memory:100000;10;", BAD);
	assert_answer("qSearch:memory:100000;0;x", BAD);
	assert_answer("qSearch:memory:100000,10;x", BAD);
	assert_answer("qSearch:memory:ffffffffffffffff;2;x", BAD);
	assert_answer("qSearch:memory:100000;4000001;x", BAD);
}

static void memory_is_summed(void **state)
{
	(void)state;
	memcpy(fake.ram + 0xffe, "123456789", 9);
	assert_answer("qCRC:100ffe,9", "C376e6e7");
	assert_answer("qCRC:100ffe,0", "Cffffffff");
	assert_answer("qCRC:10fffe,10", "E05");
	assert_answer("qCRC:0,10", UNMAPPED);
	assert_answer("qCRC:0", BAD);
	assert_answer("qCRC:100000,4000001", BAD);
}

static void counters_are_tables(void **state)
{
	(void)state;
	fake_line_ask("qXfer:osdata:read::0,1000");
	assert_non_null(strstr(line.reply, "<column name=\"Type\">exits</column>"));
	assert_answer("qXfer:osdata:read:exits:0,1000",
		"l<osdata type=\"exits\">\n<item>\n<column name=\"What\">HLT</column>\n"
		"<column name=\"Count\">7</column>\n</item>\n</osdata>\n");
	assert_answer("qXfer:osdata:read:ports:0,1000", "l<osdata type=\"ports\">\n</osdata>\n");
	assert_answer("qXfer:osdata:read:exits:0", BAD);
	assert_answer("qXfer:osdata:read:bogus:0,1000", "E02");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(memory_is_read_binary),
		test(zeros_go_over_the_line_in_runs),
		test(memory_is_searched),
		test(memory_is_summed),
		test(counters_are_tables),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
