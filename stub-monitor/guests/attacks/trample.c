/* SPDX-License-Identifier: EPL-2.0 */
/*
 * An attack on the monitor's memory: a word into every page between 16 MiB and 4 GiB that the
 * memory map does not offer as RAM, then the same words read back. Whatever lives there must not
 * notice. The argument "fast" writes one word per 2 MiB beyond the end of RAM.
 */
#include "../lib/guest.h"
#include "../lib/print.h"

#define FIRST      (16ull << 20)
#define LAST       (4ull << 30)
#define PAGE       4096ull
#define LARGE_PAGE (2ull << 20)
#define PATTERN    0x4c504d5254ull

struct hole_walk {
	const struct multiboot_info *info;
	u64 stride_beyond_ram;
	u64 end_of_ram;
	u64 touched;
};

/* The end of the RAM that `address` lies in, 0 if it lies in none. */
static u64 ram_around(const struct multiboot_info *info, u64 address)
{
	const struct multiboot_mmap *e = NULL;

	while ((e = multiboot_mmap_next(info, e)))
		if (e->type == MULTIBOOT_RAM && address >= e->base && address < e->base + e->length)
			return e->base + e->length;
	return 0;
}

static u64 end_of_ram(const struct multiboot_info *info)
{
	const struct multiboot_mmap *e = NULL;
	u64 end = 0;

	while ((e = multiboot_mmap_next(info, e)))
		if (e->type == MULTIBOOT_RAM && e->base < LAST && e->base + e->length > end)
			end = e->base + e->length;
	return end;
}

static u64 round_up(u64 value, u64 unit)
{
	return (value + unit - 1) / unit * unit;
}

/* The next page in a hole, at or after `address`. */
static u64 next_in_hole(const struct hole_walk *walk, u64 address)
{
	u64 end;

	while (address < LAST && (end = ram_around(walk->info, address)))
		address = round_up(end, PAGE);
	return address;
}

static u64 stride_at(const struct hole_walk *walk, u64 address)
{
	return address < walk->end_of_ram + LARGE_PAGE ? PAGE : walk->stride_beyond_ram;
}

static void write_holes(struct hole_walk *walk)
{
	u64 a;

	for (a = next_in_hole(walk, FIRST); a < LAST;
		a = next_in_hole(walk, a + stride_at(walk, a))) {
		*(volatile u64 *)a = PATTERN ^ a;
		walk->touched++;
	}
}

static u64 read_holes(const struct hole_walk *walk)
{
	u64 kept = 0;
	u64 a;

	for (a = next_in_hole(walk, FIRST); a < LAST;
		a = next_in_hole(walk, a + stride_at(walk, a))) {
		u64 value = *(volatile u64 *)a;

		digest_add(value);
		kept += value == (PATTERN ^ a);
	}
	return kept;
}

void guest_main(u32 magic, const struct multiboot_info *info)
{
	struct hole_walk walk = {info, PAGE, end_of_ram(info), 0};
	u64 kept;

	(void)magic;
	guest_ready("trample");
	if (strings_equal(multiboot_argument(info), "fast"))
		walk.stride_beyond_ram = LARGE_PAGE;
	write_holes(&walk);
	print("trample: wrote %lu pages\n", walk.touched);
	kept = read_holes(&walk);
	print("trample: %lu kept the word\n", kept);
	guest_done();
}
