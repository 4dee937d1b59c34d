/* SPDX-License-Identifier: EPL-2.0 */
/* Z packets with agent expressions: how they are taken apart, and which are refused. */
#include "test_host.h"

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
		"Z0,100010,1;X3,220127Y", "Z0,100010,1;Y", "Z0,100010,1;X1,27", /* no value */
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
		test(inserting_again_replaces_the_conditions),
		test(malformed_conditions_are_errors),
		test(more_conditions_than_there_is_room_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
