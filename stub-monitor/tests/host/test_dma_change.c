/* SPDX-License-Identifier: EPL-2.0 */
/* What a device has changed in a page, encoded and applied; and the guest's changes on their way out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "dma/change.h"

static u64 seed;

static u32 chance(u32 below)
{
	seed = seed * 6364136223846793005ull + 1442695040888963407ull;
	return (u32)(seed >> 33) % below;
}

static u8 base[PAGE_SIZE], device[PAGE_SIZE], guest[PAGE_SIZE], data[CHANGE_DATA_MAX];

static void fill_all(void)
{
	for (unsigned i = 0; i < PAGE_SIZE; i++)
		base[i] = device[i] = guest[i] = (u8)chance(256);
}

/* Encodes all of it and applies it to the guest's page, as recorder and replay do. */
static unsigned carry_over(void)
{
	unsigned at = 0, records = 0;
	u8 merged[PAGE_SIZE];

	memcpy(merged, guest, PAGE_SIZE);
	while (at < PAGE_SIZE) {
		u32 length = change_encode(device, base, guest, &at, data), position = 0;
		struct change_range range;

		assert_true(length <= CHANGE_DATA_MAX);
		while (change_next(data, length, &position, &range))
			memcpy(merged + range.offset, range.bytes, range.length);
		assert_int_equal(position, length);
		records += length != 0;
	}
	memcpy(guest, merged, PAGE_SIZE);
	return records;
}

static void no_change_is_no_record(void **state)
{
	(void)state;
	fill_all();
	assert_int_equal(carry_over(), 0);
}

static void a_whole_page_comes_in_two_records(void **state)
{
	(void)state;
	fill_all();
	for (unsigned i = 0; i < PAGE_SIZE; i++)
		device[i] = (u8)~base[i];
	assert_int_equal(carry_over(), 2);
	assert_memory_equal(guest, device, PAGE_SIZE);
}

static void near_changes_share_a_range_and_far_ones_do_not(void **state)
{
	unsigned at = 0;

	(void)state;
	fill_all();
	device[100] ^= 1, device[104] ^= 1, device[200] ^= 1;
	guest[102] ^= 0x55; /* the guest's own, in the gap */
	assert_int_equal(change_encode(device, base, guest, &at, data), (4 + 5) + (4 + 1));
	assert_int_equal(at, PAGE_SIZE);
	assert_int_equal(carry_over(), 1);
	assert_int_equal(guest[102], base[102] ^ 0x55);
}

static void bytes_of_both_sides_meet_and_none_is_lost(void **state)
{
	(void)state;
	for (seed = 1; seed < 300; seed++) {
		u8 expected[PAGE_SIZE];

		fill_all();
		memcpy(expected, base, PAGE_SIZE);
		for (unsigned n = chance(6) ? chance(60) : chance(6000); n; n--) {
			unsigned at = chance(PAGE_SIZE);

			if (chance(2) && device[at] == base[at])
				expected[at] = guest[at] = (u8)chance(256);
			else if (guest[at] == base[at])
				expected[at] = device[at] = (u8)chance(256);
		}
		carry_over();
		assert_memory_equal(guest, expected, PAGE_SIZE);
	}
}

static void where_both_wrote_a_byte_it_is_the_devices(void **state)
{
	(void)state;
	fill_all();
	device[7] = (u8)(base[7] + 1), guest[7] = (u8)(base[7] + 2);
	carry_over();
	assert_int_equal(guest[7], device[7]);
}

static void publishing_leaves_the_devices_bytes_alone(void **state)
{
	u64 d[PAGE_SIZE / 8], g[PAGE_SIZE / 8], b[PAGE_SIZE / 8];

	(void)state;
	for (seed = 1; seed < 200; seed++) {
		u8 expected[PAGE_SIZE];

		fill_all();
		memcpy(expected, base, PAGE_SIZE);
		for (unsigned n = chance(500); n; n--) {
			unsigned at = chance(PAGE_SIZE);

			if (chance(2) && device[at] == base[at])
				expected[at] = guest[at] = (u8)chance(256);
			else if (guest[at] == base[at])
				expected[at] = device[at] = (u8)chance(256);
		}
		memcpy(d, device, PAGE_SIZE), memcpy(g, guest, PAGE_SIZE),
			memcpy(b, base, PAGE_SIZE);
		assert_int_equal(change_publish(d, g, b), memcmp(guest, base, PAGE_SIZE) != 0);
		assert_memory_equal(d, expected, PAGE_SIZE);
		assert_memory_equal(b, guest, PAGE_SIZE);
	}
}

static void ranges_are_shown_to_people(void **state)
{
	char text[60];
	unsigned at = 0;
	u32 length;

	(void)state;
	fill_all();
	device[0] ^= 1, device[17] ^= 1, device[100] ^= 1, device[200] ^= 1, device[4095] ^= 1;
	length = change_encode(device, base, guest, &at, data);
	change_describe(data, length, text, sizeof(text));
	assert_string_equal(text, " 0..0 17..17 100..100 and 2 more");
}

static void damaged_ranges_are_not_followed(void **state)
{
	static const u8 beyond[] = {0xff, 0x0f, 2, 0, 1, 2}, cut[] = {0, 0, 9, 0, 1},
			shorter[] = {0, 0};
	struct change_range range;
	u32 position = 0;

	(void)state;
	assert_false(change_next(beyond, sizeof(beyond), &position, &range));
	assert_false(change_next(cut, sizeof(cut), &position, &range));
	assert_false(change_next(shorter, sizeof(shorter), &position, &range));
	assert_int_equal(position, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_change_is_no_record),
		cmocka_unit_test(a_whole_page_comes_in_two_records),
		cmocka_unit_test(near_changes_share_a_range_and_far_ones_do_not),
		cmocka_unit_test(bytes_of_both_sides_meet_and_none_is_lost),
		cmocka_unit_test(where_both_wrote_a_byte_it_is_the_devices),
		cmocka_unit_test(publishing_leaves_the_devices_bytes_alone),
		cmocka_unit_test(ranges_are_shown_to_people),
		cmocka_unit_test(damaged_ranges_are_not_followed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
