/* SPDX-License-Identifier: EPL-2.0 */
/*
 * An attack by address: guest-physical memory far beyond what a monitor may have mapped for itself,
 * read and written. Nothing is there: reads give ones, writes are lost.
 */
#include "../lib/cpu.h"
#include "../lib/guest.h"
#include "../lib/print.h"

#define PAGE_2M          (2ull << 20)
#define PRESENT_WRITABLE 0x3ull
#define LARGE_PAGE       0x80ull
#define TABLE_ENTRIES    512
#define SLOT             8 /* of the page directory pointers: the first behind the low 4 GiB, and some */
#define ADDRESS_MASK     0x000ffffffffff000ull
#define PATTERN          0x4641524157415921ull

extern u64 page_root[];

static u64 directory[TABLE_ENTRIES] __attribute__((aligned(4096)));
static const u64 places[] = {0x200000000ull, 0x9000000000ull, 0xfe00000000ull};

/* Where `place` is to be seen from now on. */
static volatile u64 *map(u32 i, u64 place)
{
	u64 *pointers = (u64 *)(page_root[0] & ADDRESS_MASK);

	directory[i] = place | PRESENT_WRITABLE | LARGE_PAGE;
	pointers[SLOT] = (u64)directory | PRESENT_WRITABLE;
	return (volatile u64 *)((u64)SLOT << 30 | i * PAGE_2M);
}

void guest_main(u32 magic, const struct multiboot_info *info)
{
	u32 i;

	(void)magic;
	(void)info;
	guest_ready("faraway");
	for (i = 0; i < ARRAY_SIZE(places); i++) {
		volatile u64 *word = map(i, places[i]);
		u64 before = *word, after;

		*word = PATTERN;
		after = *word;
		print("faraway: %lx before %lx after %lx\n", places[i], before, after);
		digest_add(before);
		digest_add(after);
	}
	guest_done();
}
