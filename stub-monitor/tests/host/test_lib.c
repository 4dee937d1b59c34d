/* SPDX-License-Identifier: EPL-2.0 */
/* lib/hex.c, lib/crc32.c, lib/crc32c.c, lib/format.c. */
#include "test_host.h"

#include "lib/crc32.h"
#include "lib/crc32c.h"
#include "lib/format.h"
#include "lib/hex.h"

static void hexadecimal(void **state)
{
	char digits[7] = "";
	u8 bytes[3];

	(void)state;
	hex_encode(digits, "\x00\x9f\xff", 3);
	assert_string_equal(digits, "009fff");
	assert_true(hex_decode(bytes, "009FfF", 3));
	assert_memory_equal(bytes, "\x00\x9f\xff", 3);
	assert_false(hex_decode(bytes, "0g", 1));
	assert_int_equal(hex_value('/'), -1);
	assert_int_equal(hex_value(':'), -1);
	assert_int_equal(hex_value('@'), -1);
	assert_int_equal(hex_value(0xff), -1);
}

/* Four bytes are encoded at once: every byte in every place, and what is left over. */
static void hexadecimal_of_many_bytes(void **state)
{
	u8 bytes[259];
	char digits[2 * sizeof(bytes) + 1], expected[2 * sizeof(bytes) + 1];

	(void)state;
	for (unsigned i = 0; i < sizeof(bytes); i++)
		bytes[i] = (u8)i;
	for (unsigned from = 0; from < 4; from++)
		for (unsigned length = 0; from + length <= sizeof(bytes); length++) {
			memset(digits, '!', sizeof(digits));
			hex_encode(digits, bytes + from, length);
			for (unsigned i = 0; i < length; i++)
				snprintf(expected + 2 * i, 3, "%02x", bytes[from + i]);
			assert_memory_equal(digits, expected, 2 * length);
			assert_int_equal(digits[2 * length], '!');
		}
}

/* RFC 3720, B.4, and the usual check value. */
static void crc32c_known_values(void **state)
{
	u8 bytes[32] = {0};

	(void)state;
	assert_int_equal(crc32c(0, "", 0), 0);
	assert_int_equal(crc32c(0, "123456789", 9), 0xe3069283);
	assert_int_equal(crc32c(0, bytes, 32), 0x8a9136aa);
	memset(bytes, 0xff, sizeof(bytes));
	assert_int_equal(crc32c(0, bytes, 32), 0x62a8ab43);
	for (size_t cut = 0; cut <= 9; cut++)
		assert_int_equal(crc32c(crc32c(0, "123456789", cut), &"123456789"[cut], 9 - cut),
			0xe3069283);
}

/* The check value of CRC-32/MPEG-2, which is the same polynomial, order and start. */
static void crc32_known_values(void **state)
{
	(void)state;
	assert_int_equal(crc32(CRC32_START, "", 0), CRC32_START);
	for (size_t cut = 0; cut <= 9; cut++)
		assert_int_equal(
			crc32(crc32(CRC32_START, "123456789", cut), &"123456789"[cut], 9 - cut),
			0x0376e6e7);
}

#define assert_format(expected, ...) \
	do { \
		char out[128]; \
		assert_int_equal(format(out, sizeof(out), __VA_ARGS__), strlen(expected)); \
		assert_string_equal(out, expected); \
	} while (0)

static void formats(void **state)
{
	const char *volatile nothing = NULL;

	(void)state;
	assert_format("plain", "plain");
	assert_format("a b (null)|", "%s %c %s|", "a", 'b', nothing);
	assert_format("0 -5 2147483647 -2147483648", "%d %d %d %d", 0, -5, 2147483647,
		(int)-2147483648ll);
	assert_format("4294967295 ff 0", "%u %x %x", 4294967295u, 0xff, 0);
	assert_format("18446744073709551615 ffffffffffffffff -1", "%lu %lx %ld", ~0ul, ~0ul, -1l);
	assert_format("-9223372036854775808", "%ld", (long)(1ul << 63));
	assert_format("7 8 9", "%llu %zu %llx", 7ull, (size_t)8, 9ull);
	assert_format("   5|0005|5   |-005|  -5", "%4d|%04d|%-4d|%04d|%4d", 5, 5, 5, -5, -5);
	assert_format("0000000000001000 ab ", "%016lx %-3s", 0x1000ul, "ab");
	assert_format("abc|  abc", "%.*s|%5.*s", 3, "abcdef", 3, "abcdef");
	assert_format("0x0000000000001234", "%p", (void *)0x1234);
	assert_format("100%", "100%%");
}

static void formats_are_cut(void **state)
{
	char out[4] = "xxx";

	(void)state;
	assert_int_equal(format(out, sizeof(out), "%d", 12345), 5);
	assert_string_equal(out, "123");
	assert_int_equal(format(out, 1, "ab"), 2);
	assert_string_equal(out, "");
	assert_int_equal(format(NULL, 0, "ab"), 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hexadecimal),
		cmocka_unit_test(hexadecimal_of_many_bytes),
		cmocka_unit_test(crc32c_known_values),
		cmocka_unit_test(crc32_known_values),
		cmocka_unit_test(formats),
		cmocka_unit_test(formats_are_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
