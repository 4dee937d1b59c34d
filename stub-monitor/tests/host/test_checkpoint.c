/* SPDX-License-Identifier: EPL-2.0 */
/*
 * Checkpoints against a model that keeps every state. The "guest" is one byte written in each instant, to a frame and with a
 * value that follow from the instant: so running from a checkpoint makes the same states again, as a replay does.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fake_guest_memory.h"
#include "npt/npt.h"
#include "replay/checkpoint.h"
#include "vt/machine.h"

#define INSTANTS_MAX 3000
#define LARGE_POOL   2000
#define SMALL_POOL   60
#define HOT_FRAMES   4 /* most stores go to these */
#define VALUES_MASK  3 /* so that many a page changes and changes back */

static u8 state_at[INSTANTS_MAX][FAKE_FRAMES]; /* byte 0 of each frame at each instant */
static u8 arena[12 << 20] __attribute__((aligned(64)));
static u64 arena_used;
static u64 seed;

static u32 chance(u32 below)
{
	seed = seed * 6364136223846793005ull + 1442695040888963407ull;
	return (u32)(seed >> 33) % below;
}

static void *allocate(u64 bytes)
{
	void *memory = arena + arena_used;

	arena_used += (bytes + 63) & ~63ull;
	assert_true(arena_used <= sizeof(arena));
	memset(memory, 0, bytes);
	return memory;
}

static void run_one(void)
{
	u64 mix = (machine.now + 1) * 0x9e3779b97f4a7c15ull;
	u64 frame = mix >> 60 ? (mix >> 32) % HOT_FRAMES : (mix >> 32) % FAKE_FRAMES;

	fake_guest_store(frame, 0, mix >> 24 & VALUES_MASK);
	machine.now++;
}

static u64 log_position_at(u64 instant)
{
	return instant * 48;
}

static bool take(enum checkpoint_origin origin)
{
	return checkpoint_take(origin, log_position_at(machine.now));
}

static void assert_state(u64 instant)
{
	for (unsigned frame = 0; frame < FAKE_FRAMES; frame++)
		if (fake_ram[frame][0] != state_at[instant][frame])
			fail_msg("frame %u at @%lu is %u, was %u", frame, instant,
				fake_ram[frame][0], state_at[instant][frame]);
}

static void note_state(void)
{
	for (unsigned frame = 0; frame < FAKE_FRAMES; frame++)
		state_at[machine.now][frame] = fake_ram[frame][0];
}

static void go_live(void)
{
	assert_non_null(checkpoint_restore(checkpoint_count() - 1));
	machine.mode = MODE_RECORD;
	assert_state(machine.now);
}

static void travel(void)
{
	u64 live = machine.now, target, steps = 1 + chance(12);
	const struct checkpoint *restored;

	if (!take(CHECKPOINT_AUTOMATIC))
		return;
	machine.mode = MODE_REPLAY;
	while (steps--) {
		target = checkpoint_at(0)->instant;
		target += chance((u32)(live - target) + 1);
		restored = checkpoint_restore(checkpoint_before(target));
		if (!restored)
			continue; /* no room: nothing has changed, which assert_state() looks at later */
		assert_int_equal(restored->instant, machine.now);
		assert_int_equal(restored->log_position, log_position_at(machine.now));
		while (machine.now < target) {
			run_one();
			if (!chance(40))
				take(CHECKPOINT_TEMPORARY);
		}
		assert_state(target);
	}
	go_live();
}

static void random_history(u64 pool_pages, u64 first_seed)
{
	seed = first_seed;
	arena_used = 0;
	machine.mode = MODE_RECORD;
	machine.now = 0;
	memset(fake_ram, 0, sizeof(fake_ram));
	checkpoint_init(allocate, pool_pages * PAGE_SIZE);
	checkpoint_reset();
	npt_protect_all(false);
	note_state();
	assert_true(take(CHECKPOINT_AUTOMATIC));
	while (machine.now + 1 < INSTANTS_MAX) {
		run_one();
		note_state();
		assert_false(checkpoint_take_overflow());
		switch (chance(60)) {
		case 0:
		case 1:
		case 2:
			take(chance(8) ? CHECKPOINT_AUTOMATIC : CHECKPOINT_USER);
			break;
		case 3:
			travel();
			break;
		case 4:
			if (!chance(10))
				checkpoint_drop_oldest();
			break;
		}
	}
	assert_true(checkpoint_pages_used() <= checkpoint_pages_total());
	checkpoint_reset();
	assert_int_equal(checkpoint_pages_used(), 0);
}

static void every_instant_comes_back_as_it_was(void **state)
{
	(void)state;
	for (u64 first = 1; first <= 40; first++)
		random_history(LARGE_POOL, first);
}

static void with_few_pages_history_is_thinned_and_right(void **state)
{
	(void)state;
	for (u64 first = 1; first <= 40; first++)
		random_history(SMALL_POOL, first);
}

/* ---- checkpoints of a recording made elsewhere ---- */

#define LOADED_MAX 12

static void start_elsewhere(u64 pool_pages, u64 first_seed)
{
	seed = first_seed;
	arena_used = 0;
	machine.mode = MODE_REPLAY;
	machine.now = 0;
	memset(fake_ram, 0, sizeof(fake_ram));
	checkpoint_init(allocate, pool_pages * PAGE_SIZE);
	checkpoint_reset();
	npt_protect_all(false);
}

/* Every state there is, by running from the beginning once. */
static void note_all(void)
{
	memset(fake_ram, 0, sizeof(fake_ram));
	npt_protect_all(true);
	for (machine.now = 0, note_state(); machine.now + 1 < INSTANTS_MAX; note_state())
		run_one();
}

static void fill_ram_as_at(u64 instant)
{
	for (unsigned frame = 0; frame < FAKE_FRAMES; frame++)
		fake_ram[frame][0] = state_at[instant][frame];
}

/* Loads checkpoints as a replay image has them. The guest stands at the last one. */
static void load(const u64 *instants, unsigned number)
{
	static u8 page[PAGE_SIZE];

	for (unsigned i = 0; i + 1 < number; i++) {
		struct checkpoint c = {.instant = instants[i],
			.log_position = log_position_at(instants[i])};

		assert_true(checkpoint_load(&c));
		for (unsigned frame = 0; frame < FAKE_FRAMES; frame++) {
			page[0] = state_at[instants[i]][frame];
			if (page[0] != state_at[instants[i + 1]][frame])
				assert_true(checkpoint_load_page(frame, page));
		}
	}
	fill_ram_as_at(instants[number - 1]);
	machine.now = instants[number - 1];
	assert_true(take(CHECKPOINT_AUTOMATIC));
}

static u64 farthest; /* what has been run through has checkpoints */

static void run_to(u64 target)
{
	while (machine.now < target) {
		if (machine.now > checkpoint_at(checkpoint_count() - 1)->instant && !chance(30))
			take(CHECKPOINT_AUTOMATIC);
		run_one();
	}
	assert_false(checkpoint_take_overflow());
	assert_state(target);
}

static void seek(u64 target)
{
	const struct checkpoint *restored = checkpoint_restore(checkpoint_before(target));

	assert_non_null(restored);
	assert_int_equal(restored->log_position, log_position_at(machine.now));
	assert_state(machine.now);
	run_to(target);
	if (!chance(4))
		take(CHECKPOINT_TEMPORARY);
}

/* All that differs from `since` is named. */
static void assert_differences_are_known(u64 since)
{
	for (unsigned frame = 0; frame < FAKE_FRAMES; frame++)
		if (state_at[since][frame] != fake_ram[frame][0])
			assert_true(checkpoint_may_differ(frame, since));
}

static void loaded_checkpoints_are_gone_back_to(u64 first_seed)
{
	u64 instants[LOADED_MAX] = {0};
	unsigned number;

	start_elsewhere(LARGE_POOL, first_seed);
	note_all();
	start_elsewhere(LARGE_POOL, first_seed);
	number = 1 + chance(LOADED_MAX);
	for (unsigned i = 0; i < number; i++)
		instants[i] = (i ? instants[i - 1] : 0) + 1 + chance(150);
	load(instants, number);
	assert_int_equal(checkpoint_count(), number);
	farthest = instants[number - 1];
	for (unsigned i = 0; i < 60; i++) {
		u64 target = instants[0] + chance((u32)(farthest + 100 - instants[0]));

		seek(min_u64(target, INSTANTS_MAX - 1));
		farthest = max_u64(farthest, machine.now);
		assert_differences_are_known(instants[chance(number)]);
	}
	seek(instants[0]);
}

static void checkpoints_made_elsewhere_are_as_good_as_ones_own(void **state)
{
	(void)state;
	for (u64 first = 1; first <= 40; first++)
		loaded_checkpoints_are_gone_back_to(first);
}

static void only_what_was_written_since_may_differ(void **state)
{
	u64 before;

	(void)state;
	start_elsewhere(LARGE_POOL, 1);
	note_all();
	start_elsewhere(LARGE_POOL, 1);
	load((const u64[]){10, 200}, 2);
	before = machine.now;
	run_one();
	for (unsigned frame = 0; frame < FAKE_FRAMES; frame++)
		assert_int_equal(checkpoint_may_differ(frame, before), npt_is_writable(frame));
}

static void a_full_pool_takes_no_page(void **state)
{
	static u8 page[PAGE_SIZE];

	(void)state;
	start_elsewhere(1, 1);
	assert_true(checkpoint_load(&(struct checkpoint){.instant = 1}));
	assert_true(checkpoint_load_page(0, page));
	assert_false(checkpoint_load_page(1, page));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_instant_comes_back_as_it_was),
		cmocka_unit_test(with_few_pages_history_is_thinned_and_right),
		cmocka_unit_test(checkpoints_made_elsewhere_are_as_good_as_ones_own),
		cmocka_unit_test(only_what_was_written_since_may_differ),
		cmocka_unit_test(a_full_pool_takes_no_page),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
