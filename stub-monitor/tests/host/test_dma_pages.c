/* SPDX-License-Identifier: EPL-2.0 */
/*
 * Device pages against a model: one memory that guest and device share. As the two of a real machine they take turns
 * over each byte by way of a doorbell (guest to device) and an interrupt (device to guest); everything else happens in
 * random order. The guest must read what the model holds, and so must the device; and the log, applied to the guest's
 * stores alone, must make the guest's memory again.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "dma/change.h"
#include "dma/pages.h"
#include "fake_guest_memory.h"
#include "npt/guest_ram.h"
#include "npt/npt.h"

#define SPOTS      64 /* bytes of a frame that are used, near each other and far away */
#define STEPS      4000
#define POOL_PAGES (2 * FAKE_FRAMES)

enum owner { OWNER_GUEST, OWNER_DEVICE };

static u8 model[FAKE_FRAMES][SPOTS], replica[FAKE_FRAMES][PAGE_SIZE];
static enum owner owner[FAKE_FRAMES][SPOTS]; /* who may write a byte; the other one may read it */
static u8 pool[POOL_PAGES][PAGE_SIZE] __attribute__((aligned(64)));
static bool pool_used[POOL_PAGES];
static u8 arena[1 << 20] __attribute__((aligned(64)));
static u64 arena_used, seed, logged;

static u32 chance(u32 below)
{
	seed = seed * 6364136223846793005ull + 1442695040888963407ull;
	return (u32)(seed >> 33) % below;
}

static unsigned offset_of(unsigned spot)
{
	return spot < SPOTS / 2 ? spot : (spot * 67) % (unsigned)PAGE_SIZE;
}

static void *allocate(u64 bytes)
{
	void *memory = arena + arena_used;

	arena_used += (bytes + 63) & ~63ull;
	assert_true(arena_used <= sizeof(arena));
	memset(memory, 0, bytes);
	return memory;
}

static void *take(void)
{
	for (unsigned i = 0; i < POOL_PAGES; i++)
		if (!pool_used[i]) {
			pool_used[i] = true;
			return pool[i];
		}
	return NULL;
}

static void give(void *page)
{
	unsigned i = (unsigned)(((u8 *)page - pool[0]) / PAGE_SIZE);

	assert_true(pool_used[i]);
	pool_used[i] = false;
}

static void changed(const struct device_page *page, const u8 *data, u32 length)
{
	struct change_range range;
	u32 position = 0;

	while (change_next(data, length, &position, &range))
		memcpy(replica[page->frame] + range.offset, range.bytes, range.length);
	pages_apply((struct gpa){page->frame << PAGE_SHIFT}, data, length);
	logged++;
}

static void publishing(const struct device_page *page, const u64 *now)
{
	(void)now;
	assert_non_null(page);
}

static void absent(u64 frame)
{
	pages_touch(pages_find(frame), true);
}

static void start(unsigned device_frames)
{
	const struct pages_host host = {take, give, changed, publishing};

	arena_used = logged = 0;
	memset(pool_used, 0, sizeof(pool_used));
	memset(fake_ram, 0, sizeof(fake_ram));
	memset(replica, 0, sizeof(replica));
	memset(model, 0, sizeof(model));
	fake_absent = absent;
	for (u64 frame = 0; frame < FAKE_FRAMES; frame++) {
		guest_ram_set_backing(frame, NULL);
		npt_set_present(frame, true);
		npt_take_accessed(frame);
	}
	pages_init(allocate, FAKE_FRAMES, &host);
	pages_set_limit(PAGES_MAX);
	for (u64 frame = 0; frame < device_frames; frame++)
		assert_non_null(pages_add(frame));
}

static void finish(void)
{
	while (pages_count())
		pages_remove(pages_at(pages_count() - 1));
	for (unsigned i = 0; i < POOL_PAGES; i++)
		assert_false(pool_used[i]);
	for (u64 frame = 0; frame < FAKE_FRAMES; frame++)
		for (unsigned spot = 0; spot < SPOTS; spot++)
			assert_int_equal(fake_ram[frame][offset_of(spot)], model[frame][spot]);
}

static void guest_acts(u64 frame, unsigned spot)
{
	if (owner[frame][spot] == OWNER_GUEST) {
		u8 value = (u8)chance(256);

		fake_guest_store(frame, offset_of(spot), value);
		replica[frame][offset_of(spot)] = model[frame][spot] = value;
	}
	assert_int_equal(fake_guest_load(frame, offset_of(spot)), model[frame][spot]);
}

static void device_acts(u64 frame, unsigned spot)
{
	if (owner[frame][spot] != OWNER_DEVICE)
		return;
	assert_int_equal(fake_ram[frame][offset_of(spot)], model[frame][spot]);
	fake_ram[frame][offset_of(spot)] = model[frame][spot] = (u8)chance(256);
}

/* A doorbell, or an interrupt: bytes change hands, as buffers do. Before a renewal the device may have written anywhere. */
static void hand_over(void)
{
	if (chance(2)) {
		pages_sync();
	} else {
		for (u64 frame = 0; frame < FAKE_FRAMES; frame++)
			if (pages_find(frame))
				device_acts(frame, chance(SPOTS));
		pages_renew();
	}
	for (u64 frame = 0; frame < FAKE_FRAMES; frame++)
		for (unsigned spot = 0; spot < SPOTS; spot++)
			if (!chance(4))
				owner[frame][spot] = chance(2) ? OWNER_GUEST : OWNER_DEVICE;
}

/* The guest does not look at a byte of the device's between two of these: it was not told of it. */
static void random_life(u64 first_seed, bool removing)
{
	seed = first_seed;
	start(removing ? FAKE_FRAMES / 2 : FAKE_FRAMES);
	memset(owner, 0, sizeof(owner));
	for (unsigned step = 0; step < STEPS; step++) {
		u64 frame = chance(FAKE_FRAMES);
		unsigned spot = chance(SPOTS);

		if (!chance(40))
			hand_over();
		else if (removing && !chance(100) && pages_find(frame))
			pages_remove(pages_find(frame));
		else if (removing && !chance(60) && !pages_find(frame))
			assert_non_null(pages_add(frame));
		else if (chance(2) || !pages_find(frame))
			guest_acts(frame, spot);
		else if (!npt_is_present(frame))
			device_acts(frame, spot);
		for (u64 f = 0; f < FAKE_FRAMES; f++)
			if (pages_find(f))
				assert_memory_equal(fake_guest_view(f), replica[f], PAGE_SIZE);
	}
	finish();
}

static void guest_and_device_see_one_memory(void **state)
{
	(void)state;
	for (u64 s = 1; s <= 25; s++)
		random_life(s, false);
}

static void pages_come_and_go_and_nothing_is_lost(void **state)
{
	(void)state;
	for (u64 s = 1; s <= 25; s++)
		random_life(100 + s, true);
}

/* The data lies in a page that was looked at before, the word that tells of it in one that was not. */
static void news_in_one_page_bring_the_others_up_to_date(void **state)
{
	(void)state;
	start(BLOCK_PAGES + 1);
	assert_int_equal(fake_guest_load(0, 5), 0);
	fake_ram[0][5] = 77;
	fake_ram[BLOCK_PAGES][9] = 1;
	assert_int_equal(fake_guest_load(BLOCK_PAGES, 9), 1);
	assert_int_equal(fake_guest_load(0, 5), 77);
}

static void a_block_comes_along(void **state)
{
	(void)state;
	start(BLOCK_PAGES + 2);
	fake_ram[2][5] = 77;
	fake_ram[BLOCK_PAGES][5] = 78;
	assert_int_equal(fake_guest_load(1, 5), 0);
	assert_true(npt_is_present(2));
	assert_int_equal(fake_guest_load(2, 5), 77);
	assert_false(npt_is_present(BLOCK_PAGES));
}

/* Where the place is to be found again by the touch of the first page that has news. */
static void without_a_block_only_news_come_along_with_news(void **state)
{
	(void)state;
	start(4);
	fake_ram[2][5] = 77;
	assert_false(pages_touch(pages_find(1), false));
	assert_false(npt_is_present(2));
	assert_true(pages_touch(pages_find(2), false));
	assert_false(npt_is_present(3));
	pages_sync();
	fake_ram[1][5] = fake_ram[2][5] = 78;
	assert_true(pages_touch(pages_find(1), false));
	assert_true(npt_is_present(2));
	assert_false(npt_is_present(3));
	assert_int_equal(fake_guest_load(2, 5), 78);
}

static void what_is_used_stays_and_is_as_new(void **state)
{
	(void)state;
	start(2 * BLOCK_PAGES);
	assert_int_equal(fake_guest_load(0, 5), 0);
	assert_int_equal(fake_guest_load(BLOCK_PAGES, 5), 0);
	fake_ram[0][5] = 77;
	pages_renew();
	assert_true(npt_is_present(0));
	assert_false(npt_is_present(1)); /* it came along, and nobody looked at it */
	assert_int_equal(fake_guest_view(0)[5], 77);
	assert_int_equal(logged, 1);
	fake_guest_store(0, 9, 5);
	pages_renew();
	assert_int_equal(fake_ram[0][9], 5);
	assert_true(npt_is_present(0));
	assert_false(npt_is_present(BLOCK_PAGES));
	pages_renew();
	assert_false(npt_is_present(0));
}

static void what_is_present_does_not_change_by_itself(void **state)
{
	(void)state;
	start(1);
	assert_int_equal(fake_guest_load(0, 5), 0);
	fake_ram[0][5] = 77;
	assert_int_equal(fake_guest_load(0, 5), 0);
	pages_sync();
	assert_int_equal(fake_guest_load(0, 5), 77);
	assert_int_equal(logged, 1);
}

static void a_device_without_news_costs_no_record(void **state)
{
	(void)state;
	start(1);
	fake_guest_store(0, 3, 9);
	pages_sync();
	assert_int_equal(fake_ram[0][3], 9);
	assert_int_equal(fake_guest_load(0, 3), 9);
	assert_int_equal(logged, 0);
}

static void limit_and_lack_of_memory_are_said(void **state)
{
	(void)state;
	start(0);
	pages_set_limit(1);
	assert_non_null(pages_add(3));
	assert_null(pages_add(4));
	assert_null(pages_find(4));
	pages_set_limit(PAGES_MAX);
	memset(pool_used, 1, sizeof(pool_used));
	pool_used[POOL_PAGES - 1] = false; /* one page, and two are needed */
	assert_null(pages_add(4));
	assert_false(pool_used[POOL_PAGES - 1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(guest_and_device_see_one_memory),
		cmocka_unit_test(pages_come_and_go_and_nothing_is_lost),
		cmocka_unit_test(news_in_one_page_bring_the_others_up_to_date),
		cmocka_unit_test(a_block_comes_along),
		cmocka_unit_test(without_a_block_only_news_come_along_with_news),
		cmocka_unit_test(what_is_used_stays_and_is_as_new),
		cmocka_unit_test(what_is_present_does_not_change_by_itself),
		cmocka_unit_test(a_device_without_news_costs_no_record),
		cmocka_unit_test(limit_and_lack_of_memory_are_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
