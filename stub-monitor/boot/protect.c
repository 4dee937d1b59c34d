/* SPDX-License-Identifier: EPL-2.0 */
#include "boot/protect.h"

#include "boot/relocate.h"
#include "cpu/phys.h"
#include "cpu/regs.h"
#include "cpu/stacks.h"

#define LARGE_SHIFT  21
#define LARGE_PAGE   (1ull << LARGE_SHIFT)
#define ENTRIES      512
#define PTE_PRESENT  BIT(0)
#define PTE_WRITABLE BIT(1)
#define PTE_NX       BIT(63)
#define IMAGE_TABLES 4 /* as many 2 MB pages as entry.S maps for the image */

extern const char image_start[], image_code_end[], image_constant_end[];
extern u64 boot_pd[], boot_pd_image[];

/* 4 KB entries of the 2 MB pages that the image lies in: its own view, and the direct map's. */
static u64 image_tables[IMAGE_TABLES * ENTRIES] __attribute__((aligned(4096)));
static u64 direct_tables[IMAGE_TABLES * ENTRIES] __attribute__((aligned(4096)));

static bool is_guard(u64 page)
{
	const struct stack *stack = stack_around(page);

	return stack && page < (u64)stack->bottom;
}

/* What may be done with a page of the image, at its linked address. */
static u64 permissions(u64 page)
{
	if (is_guard(page))
		return 0;
	if (page < (u64)image_code_end)
		return PTE_PRESENT;
	if (page < (u64)image_constant_end)
		return PTE_PRESENT | PTE_NX;
	return PTE_PRESENT | PTE_WRITABLE | PTE_NX;
}

static void fill_tables(u64 pages)
{
	for (u64 i = 0; i < IMAGE_TABLES * ENTRIES; i++) {
		u64 offset = i << PAGE_SHIFT;
		bool ours = offset < image_size();
		u64 allowed = ours ? permissions(VIRT_BASE + offset) : PTE_PRESENT | PTE_WRITABLE;

		image_tables[i] = ours && allowed ? (image_phys + offset) | allowed : 0;
		direct_tables[i] = allowed && i < pages ? (image_phys + offset) | allowed | PTE_NX
							: 0;
	}
}

void protect_image(void)
{
	u64 large_pages = (image_size() + LARGE_PAGE - 1) >> LARGE_SHIFT;
	u64 *direct = boot_pd + (image_phys >> LARGE_SHIFT);

	fill_tables(large_pages * ENTRIES);
	for (u64 i = 0; i < DIRECT_MAP_END >> LARGE_SHIFT; i++)
		boot_pd[i] |= PTE_NX;
	for (u64 i = 0; i < large_pages; i++) {
		boot_pd_image[i] = virt_to_phys(image_tables + i * ENTRIES) | PTE_PRESENT |
			PTE_WRITABLE;
		direct[i] = virt_to_phys(direct_tables + i * ENTRIES) | PTE_PRESENT | PTE_WRITABLE;
	}
	write_cr3(read_cr3());
}
