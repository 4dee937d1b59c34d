/* SPDX-License-Identifier: EPL-2.0 */
#include "boot/relocate.h"

#include "cpu/phys.h"
#include "cpu/regs.h"
#include "lib/panic.h"
#include "lib/string.h"

#define LARGE_PAGE        0x200000ull
#define PTE_PRESENT_WRITE 0x3
#define PTE_LARGE         0x83
#define PML4_DIRECT       256

extern char image_start[], image_end[];
extern u64 boot_pml4[512], boot_pd_image[512];

u64 image_phys = 0x200000; /* LOAD_BASE */

static u64 arena_next, arena_end;

u64 image_size(void)
{
	return (u64)(image_end - image_start);
}

/*
 * The copy's page tables are the boot tables inside the copy, adjusted: every table pointer moves
 * with the image.
 */
static void shift_table(u64 *table, u64 delta)
{
	for (unsigned i = 0; i < 512; i++)
		if ((table[i] & PTE_LARGE) == PTE_PRESENT_WRITE)
			table[i] += delta;
}

static void *in_copy(const void *symbol, u64 home)
{
	return phys_to_virt(home + (u64)symbol - VIRT_BASE);
}

void relocate_to(struct region home)
{
	extern u64 boot_pdpt_low[512];
	u64 delta = home.start - image_phys, old = image_phys;
	u64 *pml4 = in_copy(boot_pml4, home.start), *image = in_copy(boot_pd_image, home.start);

	memcpy(phys_to_virt(home.start), image_start, image_size());
	shift_table(pml4, delta);
	shift_table(in_copy(boot_pdpt_low, home.start), delta);
	shift_table(in_copy(boot_pdpt_low + 512, home.start),
		delta); /* boot_pdpt_high follows it */
	for (u64 i = 0; i * LARGE_PAGE < image_size(); i++)
		image[i] = (home.start + i * LARGE_PAGE) | PTE_LARGE;
	pml4[0] = 0;
	/*
	 * From here the stack and all data are the copy's: what was written since the memcpy above
	 * is lost, and nothing was.
	 */
	write_cr3(home.start + (u64)boot_pml4 - VIRT_BASE);
	image_phys = home.start;
	memset(phys_to_virt(old), 0, image_size());
	arena_next = (home.start + image_size() + PAGE_MASK) & ~PAGE_MASK;
	arena_end = home.end;
}

static u64 arena_left(void)
{
	return arena_end - arena_next;
}

void *arena_alloc(u64 bytes)
{
	void *memory = phys_to_virt(arena_next);

	bytes = (bytes + PAGE_MASK) & ~PAGE_MASK;
	if (bytes > arena_left())
		panic("monitor memory: %lu bytes asked for, %lu left", bytes, arena_left());
	arena_next += bytes;
	memset(memory, 0, bytes);
	return memory;
}
