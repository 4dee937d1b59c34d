/* SPDX-License-Identifier: EPL-2.0 */
/* What every cmocka test file of rsp/ begins with. */
#ifndef TESTS_HOST_TEST_HOST_H
#define TESTS_HOST_TEST_HOST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fake_line.h"

#define assert_answer(packet, expected) assert_string_equal(fake_line_ask(packet), expected)

static inline int open_line(void **state)
{
	(void)state;
	fake_line_open();
	return 0;
}

#define test(function) cmocka_unit_test_setup(function, open_line)

#endif
