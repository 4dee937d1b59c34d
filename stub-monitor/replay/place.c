/* SPDX-License-Identifier: EPL-2.0 */
#include "replay/place.h"

#include "cpu/fpu.h"
#include "lib/crc32c.h"
#include "lib/string.h"
#include "npt/guest_ram.h"
#include "npt/npt.h"
#include "replay/checkpoint.h"
#include "vt/machine.h"

#define HASH_FACTOR        0x9e3779b97f4a7c15ull
#define ACCESSED_AND_DIRTY 0x60ull

/* Page tables of long mode (APM 2 5.3). */
#define LEVELS        4
#define TABLE_ENTRIES (PAGE_SIZE / sizeof(u64))
#define ENTRY_PRESENT BIT(0)
#define ENTRY_LARGE   BIT(7)
#define ENTRY_ADDRESS 0x000ffffffffff000ull

/*
 * Not CR8: in the past it is a copy; not the padding of the FPU area, nor what the CPU counts as in use of it, which
 * differs between models.
 */
u32 place_registers_digest(const struct cpu_state *of)
{
	struct cpu_state cpu = *of;

	cpu.cr8 = 0;
	cpu.dr6 = cpu.dr7 = 0;
	fpu_set_saved(cpu.fpu, FPU_X87_SSE_AVX);
	return crc32c(0, &cpu, offsetof(struct cpu_state, fpu) + FPU_OFFSET_YMMH);
}

static u64 general_registers_hash(void)
{
	u64 hash = machine.cpu.rflags & ~RFLAGS_RF;

	for (unsigned i = 0; i < GPR_COUNT; i++)
		hash = (hash ^ machine.cpu.gpr[i]) * HASH_FACTOR + (hash >> 47);
	return hash;
}

static u64 all_registers_digest(void)
{
	struct cpu_state cpu;
	u32 on_its_way[3] = {0};

	fpu_save(&machine.cpu);
	cpu = machine.cpu;
	cpu.rflags &= ~RFLAGS_RF;
	cpu.interrupt_shadow = false;
	if (machine.inject.valid) {
		on_its_way[0] = 1;
		on_its_way[1] = machine.inject.type;
		on_its_way[2] = machine.inject.vector;
	}
	return (u64)place_registers_digest(&cpu) << 32 | crc32c(0, on_its_way, sizeof(on_its_way));
}

static u32 page_hash(u64 frame, u64 ignored_bits)
{
	static u64 words[TABLE_ENTRIES];
	u64 hash = 0;

	guest_ram_read((struct gpa){frame << PAGE_SHIFT}, words, PAGE_SIZE);
	for (unsigned i = 0; i < TABLE_ENTRIES; i++)
		hash = (hash ^ (words[i] & ~ignored_bits)) * HASH_FACTOR + (hash >> 47);
	return (u32)(hash >> 32);
}

/* Is `wanted` a table at or below this one? Tables of the lowest level are told by the entry that refers to them. */
static bool is_below(u64 table, unsigned level, u64 wanted)
{
	static u64 entries[LEVELS + 1][TABLE_ENTRIES];

	if (table == wanted)
		return true;
	if (level == 1 ||
		!guest_ram_read((struct gpa){table << PAGE_SHIFT}, entries[level], PAGE_SIZE))
		return false;
	for (unsigned i = 0; i < TABLE_ENTRIES; i++)
		if ((entries[level][i] & (ENTRY_PRESENT | ENTRY_LARGE)) == ENTRY_PRESENT &&
			is_below((entries[level][i] & ENTRY_ADDRESS) >> PAGE_SHIFT, level - 1,
				wanted))
			return true;
	return false;
}

/*
 * In a page table the CPU sets accessed and dirty bits (APM 2 5.4.2), which of them depends on what its TLB held: there they
 * do not count. Anywhere else they may be all that tells one turn of a loop from another.
 */
static bool is_page_table(u64 frame)
{
	if (!(machine.cpu.efer & EFER_LMA) || (machine.cpu.cr4 & CR4_LA57))
		return false;
	return is_below((machine.cpu.cr3 & ENTRY_ADDRESS) >> PAGE_SHIFT, LEVELS, frame);
}

static void take_page(struct place *place, u64 frame)
{
	u32 table = is_page_table(frame) ? PLACE_PAGE_TABLE : 0;

	place->page[place->event.data_length / sizeof(*place->page)] = (struct place_page){
		(u32)frame | table, page_hash(frame, table ? ACCESSED_AND_DIRTY : 0)};
	place->event.data_length += sizeof(*place->page);
}

void place_take(struct place *place)
{
	u64 count, early, late;
	const u32 *written = checkpoint_written(&count);

	memset(place, 0, sizeof(*place));
	place->event = (struct trace_event){.kind = EVENT_PLACE,
		.rip = machine.cpu.rip,
		.address = general_registers_hash(),
		.value = all_registers_digest()};
	early = min_u64(count, PLACE_PAGES / 2);
	late = max_u64(early, count - early);
	for (u64 i = late; i < count; i++)
		take_page(place, written[i]);
	for (u64 i = 0; i < early; i++)
		take_page(place, written[i]);
}

static bool page_is_as(const struct place_page *page)
{
	u64 frame = page->frame & ~PLACE_PAGE_TABLE;
	u64 ignored = page->frame & PLACE_PAGE_TABLE ? ACCESSED_AND_DIRTY : 0;

	return frame < npt_ram_frames() && page_hash(frame, ignored) == page->hash;
}

/* In a loop the same page tells one visit from another again and again, so it is looked at first. */
static bool pages_are_as(const struct place *place)
{
	static unsigned telling;
	unsigned count = place->event.data_length / sizeof(*place->page);

	if (telling < count && !page_is_as(&place->page[telling]))
		return false;
	for (unsigned i = 0; i < count; i++)
		if (!page_is_as(&place->page[i])) {
			telling = i;
			return false;
		}
	return true;
}

bool place_is_here(const struct place *place)
{
	return machine.cpu.rip == place->event.rip &&
		general_registers_hash() == place->event.address && pages_are_as(place) &&
		all_registers_digest() == place->event.value;
}
