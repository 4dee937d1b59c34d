/* SPDX-License-Identifier: EPL-2.0 */
/* qRetro.Machine, .Base, .Pages, .Log, .Mark, .Here, .Changes. */
#include "test_host.h"

#define BAD        "E16"
#define NO_HISTORY "E3d"

static void assert_begins(const char *packet, const char *prefix)
{
	const char *answer = fake_line_ask(packet);

	if (strncmp(answer, prefix, strlen(prefix)) != 0)
		fail_msg("%s was answered %.40s (expected: %s...)", packet, answer, prefix);
}

static void nothing_is_given_where_nothing_is_recorded(void **state)
{
	(void)state;
	fake.history = false;
	assert_answer("qRetro.Base", NO_HISTORY);
	assert_answer("qRetro.Pages:0", NO_HISTORY);
	assert_answer("qRetro.Log:0,10", NO_HISTORY);
	assert_answer("qRetro.Mark", NO_HISTORY);
	assert_answer("qRetro.Here", NO_HISTORY);
	assert_answer("qRetro.Changes:0,0", NO_HISTORY);
}

static void malformed_questions_are_refused(void **state)
{
	static const char *const bad[] = {"qRetro.Pages:", "qRetro.Pages:x", "qRetro.Pages:1,",
		"qRetro.Log:", "qRetro.Log:1", "qRetro.Log:1,", "qRetro.Log:1,2,",
		"qRetro.Log:ffffffffffffffff,2", "qRetro.Changes:", "qRetro.Changes:1",
		"qRetro.Changes:1,", "qRetro.Changes:1,2,", "qRetro.Changes:x,2"};

	(void)state;
	fake.history = true;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		assert_answer(bad[i], BAD);
}

static void the_log_is_given_from_where_it_is_there(void **state)
{
	(void)state;
	fake.history = true;
	fake.now = 0x77;
	assert_answer("qRetro.Log:130,4", "L3,100,358,77;0123");
	assert_begins("qRetro.Log:0,4", "L3,100,358,77;");
	assert_answer("qRetro.Log:358,10", "L3,100,358,77;");
	assert_answer("qRetro.Log:9999,10", "L3,100,358,77;");
	assert_answer("qRetro.Log:130,0", "L3,100,358,77;");
}

static void machine_base_pages_and_mark(void **state)
{
	(void)state;
	fake.history = true;
	fake.now = 0x77;
	assert_answer("qRetro.Machine", "Mmonitor fake\n");
	assert_begins("qRetro.Base", "B3,10,100,0,0,0,0,0;");
	assert_begins("qRetro.Pages:0", "P3,10,8,8;");
	assert_answer("qRetro.Pages:6", "P3,10,8,8;");
	assert_begins("qRetro.Mark", "D3,77,");
}

static void the_state_here_and_what_has_changed(void **state)
{
	(void)state;
	fake.history = true;
	fake.now = 0x77;
	assert_begins("qRetro.Here", "H3,77,358,22,0,0,0,0,0;");
	assert_begins("qRetro.Changes:2,0", "C3,77,5,8;");
	assert_begins("qRetro.Changes:2,5", "C3,77,8,8;");
	assert_answer("qRetro.Changes:8,0", "C3,77,8,8;");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(nothing_is_given_where_nothing_is_recorded),
		test(malformed_questions_are_refused),
		test(the_log_is_given_from_where_it_is_there),
		test(machine_base_pages_and_mark),
		test(the_state_here_and_what_has_changed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
