/* SPDX-License-Identifier: EPL-2.0 */
/* What a replay image must not be: each field of a good one is made wrong. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "boot/replay_image.h"
#include "cpu/cpu_state.h"
#include "fake_guest_memory.h"
#include "trace/event.h"

#define RECORDS  4
#define POOL     100
#define IN_ORDER 3 /* checkpoints */

/* As the file has it, all offsets from its beginning. */
static struct {
	struct replay_image image;
	struct trace_event log[RECORDS];
	struct cpu_state cpu __attribute__((aligned(16)));
	struct replay_image_checkpoint checkpoints[IN_ORDER];
	struct replay_image_place places[4];
	u8 pages[2][PAGE_SIZE] __attribute__((aligned(8)));
} good, bad;

#define OFFSET(member) offsetof(__typeof__(good), member)

static struct replay_image_checkpoint checkpoint(u64 instant, u64 record, u32 first_place,
	u32 places)
{
	return (struct replay_image_checkpoint){.instant = instant,
		.events = record,
		.log_position = record * sizeof(struct trace_event),
		.cpu_offset = OFFSET(cpu),
		.places_offset = OFFSET(places) + first_place * sizeof(struct replay_image_place),
		.place_count = places};
}

static int make_good(void **state)
{
	(void)state;
	memset(&good, 0, sizeof(good));
	good.image = (struct replay_image){.magic = REPLAY_IMAGE_MAGIC,
		.version = REPLAY_IMAGE_VERSION,
		.trace_format = TRACE_FORMAT_VERSION,
		.cpu_state_version = CPU_STATE_VERSION,
		.cpu_state_bytes = sizeof(struct cpu_state),
		.bytes = sizeof(good),
		.ram_end = FAKE_FRAMES * PAGE_SIZE,
		.end = 50,
		.log_offset = OFFSET(log),
		.log_bytes = sizeof(good.log),
		.last_length = sizeof(struct trace_event),
		.checkpoint_count = IN_ORDER,
		.page_count = 2,
		.checkpoints_offset = OFFSET(checkpoints),
		.pages_offset = OFFSET(pages)};
	for (u32 i = 0; i < RECORDS; i++)
		good.log[i] = (struct trace_event){.instant = 10 * (i + 1),
			.prev_length = i ? sizeof(struct trace_event) : 7};
	good.checkpoints[0] = checkpoint(5, 0, 0, 1);
	good.checkpoints[1] = checkpoint(20, 2, 1, 1);
	good.checkpoints[2] = checkpoint(50, RECORDS, 2, 2);
	good.places[0] = (struct replay_image_place){3, 0};
	good.places[1] = (struct replay_image_place){5, 1};
	good.places[2] = (struct replay_image_place){3, 1};
	good.places[3] = (struct replay_image_place){9, 1};
	return 0;
}

static const char *check(u64 pool)
{
	const char *wrong = replay_image_check_header(&bad.image);

	return wrong ? wrong : replay_image_check_checkpoints(&bad.image, pool);
}

static void assert_says(const char *text, int line)
{
	const char *wrong = check(POOL);

	if (!wrong || !strstr(wrong, text))
		fail_msg("line %d: it says '%s' (expected: %s)", line, wrong ? wrong : "nothing",
			text);
	bad = good;
}

/* One assignment to `bad` makes it wrong, in these words. */
#define REFUSED(change, text) (bad = good, (change), assert_says(text, __LINE__))

static void a_good_one_is_taken(void **state)
{
	(void)state;
	bad = good;
	assert_null(check(POOL));
	assert_null(check(2)); /* what the newest has goes into RAM */
	bad.image.checkpoint_count = 1;
	assert_null(check(0));
	bad = good;
	bad.image.log_bytes = 0;
	bad.image.checkpoint_count = 1;
	assert_null(check(0));
}

static void what_does_not_fit_this_monitor_is_named(void **state)
{
	(void)state;
	REFUSED(bad.image.magic++, "no recording");
	REFUSED(bad.image.version = 1, "version 1 (expected: 2)");
	REFUSED(bad.image.trace_format = 9, "trace format 9");
	REFUSED(bad.image.cpu_state_version = 9, "version 9");
	REFUSED(bad.image.cpu_state_bytes--, "CPU state");
	bad = good;
	assert_string_equal(check(1),
		"the checkpoints keep 2 pages, there is room for 1: use a larger log (log=)");
}

static void parts_that_lie_outside_are_refused(void **state)
{
	static const u64 outside[] = {0, sizeof(struct replay_image) - 8, sizeof(good) - 7,
		sizeof(good) + 8, ~0ull - 7, ~0ull};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(outside); i++) {
		REFUSED(bad.image.log_offset = outside[i], "contradicts");
		REFUSED(bad.image.checkpoints_offset = outside[i], "contradicts");
		REFUSED(bad.image.pages_offset = outside[i], "contradicts");
		REFUSED(bad.checkpoints[1].cpu_offset = outside[i], "contradicts");
		REFUSED(bad.checkpoints[1].places_offset = outside[i], "contradicts");
	}
	REFUSED(bad.image.log_bytes = ~0ull - 7, "contradicts");
	REFUSED(bad.image.log_bytes--, "contradicts");
	REFUSED(bad.image.page_count = ~0u, "contradicts");
	REFUSED(bad.image.checkpoint_count = 0, "contradicts");
	REFUSED(bad.image.checkpoint_count = REPLAY_IMAGE_CHECKPOINTS + 1, "contradicts");
	REFUSED(bad.image.hidden_page_count = NPT_HIDDEN_PAGES + 1, "contradicts");
	REFUSED(bad.checkpoints[0].place_count = ~0u, "contradicts");
	REFUSED(bad.checkpoints[0].inject_vector = 256, "contradicts");
	REFUSED(bad.image.end = 49, "contradicts");
}

static void checkpoints_are_in_order_and_at_records_of_the_log(void **state)
{
	(void)state;
	REFUSED(bad.checkpoints[1].instant = 5, "the checkpoint at @5 does not fit");
	REFUSED(bad.checkpoints[1].instant = 4, "the checkpoint at @4 does not fit");
	REFUSED(bad.checkpoints[1].instant = 19,
		"@19 does not fit"); /* what came at 20 has happened */
	REFUSED(bad.checkpoints[1].instant = 31, "@31 does not fit"); /* what came at 30 has not */
	REFUSED(bad.checkpoints[2].events = 1, "@50 does not fit");
	REFUSED(bad.checkpoints[2].log_position = 48, "@50 does not fit");
	REFUSED(bad.checkpoints[1].log_position += 8, "@20 does not fit");
	REFUSED(bad.checkpoints[1].log_position++, "@20 does not fit");
	REFUSED(bad.checkpoints[1].log_position = ~0ull - 7, "@20 does not fit");
	REFUSED(bad.checkpoints[2].log_position = 5 * 48, "@50 does not fit");
	REFUSED(bad.log[2].prev_length = 56, "@20 does not fit");
	REFUSED(bad.log[2].prev_length = 0, "@20 does not fit");
	REFUSED(bad.log[1].data_length = 8, "@20 does not fit");
	REFUSED(bad.log[2].data_length = TRACE_DATA_MAX + 1, "@20 does not fit");
	REFUSED(bad.image.last_length = 0, "@50 does not fit");
	REFUSED(bad.image.last_length = 1 << 20, "@50 does not fit");
}

static void pages_are_in_order_and_in_ram(void **state)
{
	(void)state;
	REFUSED(bad.places[3].frame = 3, "out of order");
	REFUSED(bad.places[3].frame = 2, "out of order");
	REFUSED(bad.places[0].page = 2, "no page 2");
	REFUSED(bad.places[1].frame = FAKE_FRAMES, "where there is no RAM");
	REFUSED(bad.places[3].frame = ~0u, "where there is no RAM");
	REFUSED(bad.image.ram_end = 5 * PAGE_SIZE, "a page at 0x5000, where there is no RAM");
}

/* Whatever a bit does, nothing outside of the image is read: the sanitizer would say so. */
static void flipped_bits_are_looked_at_without_harm(void **state)
{
	unsigned refused = 0;

	(void)state;
	for (size_t byte = 0; byte < OFFSET(pages); byte++)
		for (unsigned bit = 0; bit < 8; bit++) {
			bad = good;
			((u8 *)&bad)[byte] ^= (u8)(1 << bit);
			bad.image.bytes = sizeof(good); /* that it is there was checked before */
			refused += check(POOL) != NULL;
		}
	assert_true(refused > 1000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_good_one_is_taken),
		cmocka_unit_test(what_does_not_fit_this_monitor_is_named),
		cmocka_unit_test(parts_that_lie_outside_are_refused),
		cmocka_unit_test(checkpoints_are_in_order_and_at_records_of_the_log),
		cmocka_unit_test(pages_are_in_order_and_in_ram),
		cmocka_unit_test(flipped_bits_are_looked_at_without_harm),
	};

	return cmocka_run_group_tests(tests, make_good, NULL);
}
