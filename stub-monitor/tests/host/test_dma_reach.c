/* SPDX-License-Identifier: EPL-2.0 */
/* Which pages are found from register writes, and which are given up when there is no room. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "dma/reach.h"
#include "fake_guest_memory.h"
#include "npt/guest_ram.h"
#include "npt/npt.h"

#define PAGES       (2 * FAKE_FRAMES)
#define PORT        0xc000
#define AHCI        0x010601
#define IDE         0x010180
#define ETHERNET    0x020000
#define NO_CLASS    0xff0000
#define RTL8139     0x813910ec
#define E1000       0x100e8086
#define VIRTIO_DISK 0x10011af4
#define AT(frame)   ((u64)(frame) << PAGE_SHIFT)

static u8 pool[PAGES][PAGE_SIZE] __attribute__((aligned(64)));
static unsigned pool_used, unwatched_count, forgotten_count;
static u64 unwatched_frames[FAKE_FRAMES];
static u8 arena[1 << 20] __attribute__((aligned(64)));
static u64 arena_used;
static u32 ring_bytes;
static struct dma_device device;

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
	return pool_used < PAGES ? pool[pool_used++] : NULL;
}

static void give(void *page)
{
	(void)page;
}

static void changed(const struct device_page *page, const u8 *data, u32 length)
{
	pages_apply((struct gpa){page->frame << PAGE_SHIFT}, data, length);
}

static struct dma_device identify(struct root_register where)
{
	(void)where;
	return device;
}

static u32 read_register(u64 at)
{
	(void)at;
	return ring_bytes;
}

static void no_room(u64 frame)
{
	unwatched_frames[unwatched_count++] = frame;
}

static void named_no_more(u64 frame)
{
	(void)frame;
	forgotten_count++;
}

static void absent(u64 frame)
{
	pages_touch(pages_find(frame), true);
}

static void start(u32 id, u32 class)
{
	const struct pages_host host = {take, give, changed, reach_publishing};
	const struct reach_host above = {identify, read_register, no_room, named_no_more};

	arena_used = 0;
	pool_used = unwatched_count = forgotten_count = 0;
	device = (struct dma_device){true, 3 << 3, id, class};
	memset(fake_ram, 0, sizeof(fake_ram));
	for (u64 frame = 0; frame < FAKE_FRAMES; frame++) {
		guest_ram_set_backing(frame, NULL);
		npt_set_present(frame, true);
	}
	fake_absent = absent;
	pages_init(allocate, FAKE_FRAMES, &host);
	pages_set_limit(PAGES_MAX);
	reach_begin(AT(FAKE_FRAMES), &above);
}

static void put(u64 frame, unsigned offset, u64 value)
{
	memcpy(fake_ram[frame] + offset, &value, sizeof(value));
}

/* As the guest does it, which may have a copy. */
static void store(u64 frame, unsigned offset, u64 value)
{
	for (unsigned i = 0; i < sizeof(value); i++)
		fake_guest_store(frame, offset + i, (u8)(value >> 8 * i));
}

static void write_register(u64 at, unsigned width, u64 value)
{
	pages_sync();
	reach_register_write((struct root_register){ROOT_MEMORY, at}, width, value);
}

static void assert_watched(const char *expected)
{
	char found[FAKE_FRAMES + 1] = {0};

	for (u64 frame = 0; frame < FAKE_FRAMES; frame++)
		found[frame] = pages_find(frame) ? 'x' : '.';
	assert_string_equal(found, expected);
}

static void a_ring_of_addresses_is_followed_to_its_buffers(void **state)
{
	(void)state;
	start(0, ETHERNET);
	put(2, 0x10, AT(9));
	put(2, 0x20, AT(12) + 0x900); /* 4 KB from there: into the next page */
	write_register(0x3800, 4, AT(2));
	/* a ring is up to 16 KB long */
	assert_watched("..xxxx...x..xx..........");
	assert_int_equal(pages_find(9)->level, 1);
	assert_int_equal(pages_find(9)->device.address, 3 << 3);
}

static void what_buffers_hold_is_not_followed(void **state)
{
	(void)state;
	start(0, ETHERNET);
	put(2, 0, AT(9));
	put(9, 0, AT(20));
	write_register(0x3800, 4, AT(2));
	assert_watched("..xxxx...x..............");
}

static void tables_of_tables_are_followed_and_lengths_read(void **state)
{
	(void)state;
	start(0, AHCI);
	put(2, 8, AT(5) + 0x80);                /* a command header's table */
	put(5, 0x100, AT(8));                   /* a region of its PRDT ... */
	put(5, 0x108, (3ull * 4096 - 1) << 32); /* ... of three pages */
	put(8, 0, AT(20));                      /* data */
	write_register(0x100, 4, AT(2));
	assert_watched("..x..xx.xxx.............");
}

static void addresses_of_32_bits_stand_beside_a_count(void **state)
{
	(void)state;
	start(0, IDE);
	put(2, 0x10, AT(6) | 0x2000ull << 32);      /* 8 KB */
	put(2, 0x18, AT(9) | 0x80000200ull << 32);  /* 512 bytes, the last */
	put(2, 0x20, AT(15) | 0x12345678ull << 32); /* none: no count */
	reach_register_write((struct root_register){ROOT_PORT, PORT}, 4, AT(2) + 0x10);
	assert_watched("..xx..xx.x..............");
}

static void what_the_guest_adds_is_found_at_the_next_doorbell(void **state)
{
	(void)state;
	start(0, AHCI);
	write_register(0x100, 4, AT(2));
	assert_watched("..x.....................");
	store(2, 8, AT(5));
	assert_watched("..x.....................");
	store(5, 0, AT(8));
	pages_sync();
	assert_watched("..x..x..x...............");
	assert_memory_equal(fake_ram[2], fake_guest_view(2), PAGE_SIZE);
}

static void a_page_number_in_a_port_is_an_address(void **state)
{
	const struct root *found[ROOTS_OF_A_WRITE];
	static struct roots roots;

	(void)state;
	assert_int_equal(roots_write(&roots, (struct root_register){ROOT_PORT, PORT + 8}, 4, 0x345,
				 256 << 20, found),
		1);
	assert_int_equal(found[0]->address, 0x345000);
	assert_int_equal(roots_write(&roots, (struct root_register){ROOT_MEMORY, 0xfe000008}, 4,
				 0x345, 256 << 20, found),
		0);
}

static void page_numbers_count_for_virtio_only(void **state)
{
	(void)state;
	start(0x100e8086, ETHERNET);
	reach_register_write((struct root_register){ROOT_PORT, PORT}, 4, 0x900);
	assert_int_equal(pages_count(), 0);
}

static void a_register_written_in_parts_is_put_together(void **state)
{
	const struct root *found[ROOTS_OF_A_WRITE];
	static struct roots roots;

	(void)state;
	assert_int_equal(roots_write(&roots, (struct root_register){ROOT_MEMORY, 0x30}, 2, 0x5000,
				 256 << 20, found),
		0);
	assert_int_equal(roots_write(&roots, (struct root_register){ROOT_MEMORY, 0x32}, 2, 0x0123,
				 256 << 20, found),
		1);
	assert_int_equal(found[0]->address, 0x01235000);
	assert_int_equal(found[0]->where.at, 0x30);
}

static void described_devices_are_taken_as_described(void **state)
{
	(void)state;
	start(RTL8139, ETHERNET);
	put(2, 0, AT(22)); /* a received packet, not a table */
	write_register(0x30, 4, AT(2));
	assert_watched("..xxxxxxxxxxxxxxxxxx....");
	assert_string_equal(scan_layout_of(VIRTIO_DISK, 0)->name, "virtio");
	assert_string_equal(scan_layout_of(0x29228086, AHCI)->name, "ahci");
	assert_string_equal(scan_layout_of(0x12345678, NO_CLASS)->name, "unknown");
}

/* Other registers hold numbers that look like addresses, and behind the ring is other memory. */
static void a_network_card_names_its_rings(void **state)
{
	(void)state;
	start(E1000, ETHERNET);
	ring_bytes = (u32)PAGE_SIZE;
	put(2, 0, AT(12));
	put(3, 0, AT(16));
	put(6, 0, AT(20)); /* to be sent: not written by the device */
	write_register(0xfebc0000 + 0x100, 4, AT(9));
	write_register(0xfebc0000 + 0x2800, 4, AT(2));
	write_register(0xfebc0000 + 0x3800, 4, AT(6));
	assert_watched("..x...x.....x...........");
	ring_bytes = 0; /* not told yet */
	write_register(0xfebc0000 + 0x2800, 4, AT(2));
	assert_watched("..xxxxxxxxxxxxxxxx..x...");
}

/* A word of the ring of available buffers looks like an address, but the next one like no length. */
static void a_virtio_buffer_has_a_length(void **state)
{
	(void)state;
	start(VIRTIO_DISK, NO_CLASS);
	put(2, 0x10, AT(12) + 0xfff);
	put(2, 0x18, 2 | 1ull << 32);
	put(3, 0, AT(16) + 1);
	write_register(8, 4, AT(2));
	assert_watched("..xxxxxxxx..xx..........");
}

static void tables_that_name_each_other_come_to_an_end(void **state)
{
	(void)state;
	start(0, NO_CLASS);
	for (unsigned i = 0; i < PAGE_SIZE; i += 8)
		for (u64 frame = 1; frame < FAKE_FRAMES; frame++)
			put(frame, i, AT(1 + (frame + i / 8) % (FAKE_FRAMES - 1)));
	write_register(0x100, 8, AT(1));
	assert_watched(".xxxxxxxxxxxxxxxxxxxxxxx");
}

static void what_is_named_no_more_goes_first(void **state)
{
	(void)state;
	start(0, AHCI);
	write_register(0x100, 4, AT(2));
	for (u64 frame = 10; frame < 18; frame++) {
		store(2, 8, AT(frame));
		pages_sync();
	}
	assert_watched("..x.......xxxxxxxx......");
	fake_ram[11][7] = 99; /* the device was not done: it comes in before the page is given up */
	pages_set_limit(11);
	reach_make_room();
	assert_watched("..x..............x......");
	assert_int_equal(fake_guest_load(11, 7), 99);
	assert_int_equal(unwatched_count, 0);
	assert_int_equal(forgotten_count, 7);
}

static void without_room_the_page_is_said_to_be_unwatched(void **state)
{
	(void)state;
	start(0, ETHERNET);
	pages_set_limit(4);
	put(2, 0, AT(9));
	write_register(0x3800, 4, AT(2));
	assert_watched("..xxx....x..............");
	assert_int_equal(unwatched_count, 1);
	assert_int_equal(unwatched_frames[0], 5);
}

static void pages_still_named_are_given_up_oldest_first_and_counted(void **state)
{
	(void)state;
	start(0, AHCI);
	write_register(0x100, 4, AT(2));
	for (unsigned i = 0; i < 8; i++)
		store(2, 8 + 32 * i, AT(10 + i));
	pages_sync();
	pages_set_limit(10);
	reach_make_room();
	assert_int_equal(unwatched_count, 4);
	assert_int_equal(pages_count(), 5);
	assert_null(pages_find(10));
	assert_non_null(pages_find(17));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_ring_of_addresses_is_followed_to_its_buffers),
		cmocka_unit_test(what_buffers_hold_is_not_followed),
		cmocka_unit_test(tables_of_tables_are_followed_and_lengths_read),
		cmocka_unit_test(addresses_of_32_bits_stand_beside_a_count),
		cmocka_unit_test(what_the_guest_adds_is_found_at_the_next_doorbell),
		cmocka_unit_test(a_page_number_in_a_port_is_an_address),
		cmocka_unit_test(page_numbers_count_for_virtio_only),
		cmocka_unit_test(a_register_written_in_parts_is_put_together),
		cmocka_unit_test(described_devices_are_taken_as_described),
		cmocka_unit_test(a_network_card_names_its_rings),
		cmocka_unit_test(a_virtio_buffer_has_a_length),
		cmocka_unit_test(tables_that_name_each_other_come_to_an_end),
		cmocka_unit_test(what_is_named_no_more_goes_first),
		cmocka_unit_test(without_room_the_page_is_said_to_be_unwatched),
		cmocka_unit_test(pages_still_named_are_given_up_oldest_first_and_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
