/* SPDX-License-Identifier: EPL-2.0 */
/*
 * Shows a checkpoint's load: a walk over many pages in an order that only the seed (RDTSC) knows,
 * with writes on the way; the digest is of all the memory in the end.
 */
#include "lib/cpu.h"
#include "lib/guest.h"
#include "lib/print.h"

#define PAGE            4096ull
#define AREA_MAX        (16ull << 20)
#define WRITES          60000
#define WRITES_PER_LINE 10000
#define LOW_MEMORY      (4ull << 30)

extern u8 image_end[];

struct area {
	u64 base, pages;
};

static u64 page_up(u64 address)
{
	return (address + PAGE - 1) & ~(PAGE - 1);
}

/*
 * Above the image. What a loader leaves behind the image (QEMU: lists and modules, the monitor: the
 * lists) is read before the walk, never after it.
 */
static u64 first_free(const struct multiboot_info *info)
{
	const struct multiboot_module *module = (const void *)(u64)info->mods_addr;
	u64 end = page_up((u64)image_end);
	u32 i;

	for (i = 0; info->flags & MULTIBOOT_HAS_MODULES && i < info->mods_count; i++)
		if (module[i].start < end + AREA_MAX && module[i].end > end)
			end = page_up(module[i].end);
	return end;
}

static struct area largest_area(const struct multiboot_info *info)
{
	const struct multiboot_mmap *e = NULL;
	struct area best = {0, 0};

	while ((e = multiboot_mmap_next(info, e))) {
		u64 base = page_up(e->base);
		u64 end = e->base + e->length;

		if (base < first_free(info))
			base = first_free(info);
		if (end > LOW_MEMORY)
			end = LOW_MEMORY;
		if (e->type == MULTIBOOT_RAM && base < end && (end - base) / PAGE > best.pages)
			best = (struct area){base, (end - base) / PAGE};
	}
	if (best.pages > AREA_MAX / PAGE)
		best.pages = AREA_MAX / PAGE;
	return best;
}

static void walk(struct area area, u64 random)
{
	u32 i;

	for (i = 0; i < WRITES; i++) {
		volatile u64 *word;

		random = random * 6364136223846793005ull + 1442695040888963407ull;
		word = (u64 *)(area.base + (random >> 33) % area.pages * PAGE +
			((random >> 20) & 0xff8));
		*word = *word * 3 + random;
		if (i % WRITES_PER_LINE == 0)
			print("pages: %u writes\n", i);
	}
}

static u64 sum_of(struct area area)
{
	const u64 *word = (const u64 *)area.base;
	const u64 *end = (const u64 *)(area.base + area.pages * PAGE);
	u64 sum = 0;

	for (; word < end; word++)
		sum = (sum ^ *word) * 0x100000001b3ull;
	return sum;
}

void guest_main(u32 magic, const struct multiboot_info *info)
{
	struct area area = largest_area(info);
	u64 seed = rdtsc();

	(void)magic;
	guest_ready("pages");
	print("pages: %lu pages at %lx, seed %lx\n", area.pages, area.base, seed);
	walk(area, seed);
	digest_add(seed);
	digest_add(sum_of(area));
	guest_done();
}
