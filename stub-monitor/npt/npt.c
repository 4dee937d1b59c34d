/* SPDX-License-Identifier: EPL-2.0 */
#include "npt/npt.h"

#include "cpu/phys.h"
#include "dev/ioapic.h"
#include "dev/lapic.h"
#include "lib/panic.h"

/* Nested entries are user accesses (APM 2 15.25.5), so U is set everywhere. */
#define PTE_PRESENT  BIT(0)
#define PTE_WRITABLE BIT(1)
#define PTE_USER     BIT(2)
#define PTE_ACCESSED BIT(5)
#define PTE_DIRTY    BIT(6)
#define PTE_LARGE    BIT(7)
#define PTE_ADDRESS  0x000ffffffffff000ull
#define PTE_ALL      (PTE_PRESENT | PTE_WRITABLE | PTE_USER)
#define ENTRIES      512
#define DIRECTORIES  4 /* of 1 GB: the first 4 GB */
#define GB_SHIFT     30
#define LARGE_SHIFT  21
#define VGA_START    0xa0000
#define VGA_END      0xc0000
#define MAX_GB_PAGES 512

/* Device memory mapped in 4 KB pages, because one of them is hidden or an APIC's. */
static struct split {
	u64 address; /* of 2 MB */
	u64 *table;
} splits[2 + NPT_HIDDEN_PAGES];
static unsigned split_count;
static u64 hidden_pages[NPT_HIDDEN_PAGES];
static unsigned hidden_count;

static struct npt_layout layout;
static u64 *pdpt, *directories, *ram_tables;
static bool devices_trapped, flush_needed;

static u64 ram_table_count(u64 ram_end)
{
	return (ram_end + (1ull << LARGE_SHIFT) - 1) >> LARGE_SHIFT;
}

u64 npt_table_bytes(u64 ram_end)
{
	return (2 + DIRECTORIES + ARRAY_SIZE(splits) + ram_table_count(ram_end)) * PAGE_SIZE;
}

static u64 table_entry(const void *table)
{
	return virt_to_phys(table) | PTE_ALL;
}

static bool is_hidden_page(u64 address)
{
	for (unsigned i = 0; i < hidden_count; i++)
		if ((address & ~PAGE_MASK) == hidden_pages[i])
			return true;
	return false;
}

/* The 4 KB entry of a frame covered by ram_tables. */
static void set_frame(u64 frame)
{
	struct gpa gpa = {frame << PAGE_SHIFT};
	enum memory_kind kind = npt_kind(gpa);

	if (kind == MEMORY_HIDDEN || (kind == MEMORY_DEVICE && devices_trapped))
		ram_tables[frame] = 0;
	else
		ram_tables[frame] = gpa.addr | PTE_ALL;
}

/* The controllers' registers are written by the monitor for the guest. */
static u64 split_entry(struct gpa gpa)
{
	if (devices_trapped || npt_kind(gpa) == MEMORY_HIDDEN || gpa.addr == IOAPIC_PHYS)
		return 0;
	return gpa.addr | (gpa.addr == LAPIC_PHYS ? PTE_ALL & ~PTE_WRITABLE : PTE_ALL);
}

static void set_split(const struct split *split)
{
	for (u64 i = 0; i < ENTRIES; i++)
		split->table[i] = split_entry((struct gpa){split->address + (i << PAGE_SHIFT)});
	directories[split->address >> LARGE_SHIFT] = table_entry(split->table);
}

static void set_device_entries(void)
{
	u64 tables = ram_table_count(layout.ram_end);

	for (u64 i = tables; i < DIRECTORIES * ENTRIES; i++)
		directories[i] = devices_trapped ? 0 : i << LARGE_SHIFT | PTE_ALL | PTE_LARGE;
	for (unsigned i = 0; i < split_count; i++)
		set_split(&splits[i]);
	for (u64 i = DIRECTORIES; i < MAX_GB_PAGES; i++)
		pdpt[i] = devices_trapped ? 0 : i << GB_SHIFT | PTE_ALL | PTE_LARGE;
	for (u64 frame = 0; frame < tables * ENTRIES; frame++)
		if (npt_kind((struct gpa){frame << PAGE_SHIFT}) != MEMORY_RAM)
			set_frame(frame);
}

static void split_at(u64 address)
{
	address &= ~((1ull << LARGE_SHIFT) - 1);
	for (unsigned i = 0; i < split_count; i++)
		if (splits[i].address == address)
			return;
	splits[split_count++].address = address;
}

u64 npt_init(const struct npt_layout *l, void *(*allocate)(u64 bytes))
{
	u64 tables = ram_table_count(l->ram_end);
	u64 *pml4 = allocate(PAGE_SIZE);

	layout = *l;
	pdpt = allocate(PAGE_SIZE);
	directories = allocate(DIRECTORIES * PAGE_SIZE);
	for (unsigned i = 0; i < ARRAY_SIZE(splits); i++)
		splits[i].table = allocate(PAGE_SIZE);
	ram_tables = allocate(tables * PAGE_SIZE);
	pml4[0] = table_entry(pdpt);
	for (u64 i = 0; i < DIRECTORIES; i++)
		pdpt[i] = table_entry(directories + i * ENTRIES);
	for (u64 i = 0; i < tables; i++)
		directories[i] = table_entry(ram_tables + i * ENTRIES);
	for (u64 frame = 0; frame < tables * ENTRIES; frame++)
		set_frame(frame);
	split_at(IOAPIC_PHYS);
	split_at(LAPIC_PHYS);
	set_device_entries();
	return virt_to_phys(pml4);
}

enum memory_kind npt_kind(struct gpa gpa)
{
	if (gpa.addr >= layout.hidden_start && gpa.addr < layout.hidden_end)
		return MEMORY_HIDDEN;
	if (gpa.addr >= LAPIC_PHYS + LAPIC_REGISTERS && gpa.addr < LAPIC_MESSAGES_END)
		return MEMORY_HIDDEN;
	if (gpa.addr >= layout.ram_end || (gpa.addr >= VGA_START && gpa.addr < VGA_END))
		return is_hidden_page(gpa.addr) ? MEMORY_HIDDEN : MEMORY_DEVICE;
	return MEMORY_RAM;
}

void npt_hide_page(u64 address)
{
	if (hidden_count == NPT_HIDDEN_PAGES || address < layout.ram_end ||
		address >> LARGE_SHIFT >= DIRECTORIES * ENTRIES)
		panic("device page 0x%lx cannot be hidden", address);
	hidden_pages[hidden_count++] = address & ~PAGE_MASK;
	split_at(address);
	set_device_entries();
	flush_needed = true;
}

unsigned npt_hidden_pages(const u64 **addresses)
{
	*addresses = hidden_pages;
	return hidden_count;
}

const struct npt_layout *npt_get_layout(void)
{
	return &layout;
}

u64 npt_ram_frames(void)
{
	return layout.ram_end >> PAGE_SHIFT;
}

void npt_trap_devices(bool trap)
{
	devices_trapped = trap;
	set_device_entries();
	flush_needed = true;
}

void npt_set_writable(u64 frame, bool writable)
{
	u64 old = ram_tables[frame];

	if (!old)
		return;
	ram_tables[frame] = writable ? old | PTE_WRITABLE : old & ~PTE_WRITABLE;
	flush_needed |= !writable;
}

bool npt_is_writable(u64 frame)
{
	return ram_tables[frame] & PTE_WRITABLE;
}

void npt_protect_all(bool writable)
{
	for (u64 frame = 0; frame < npt_ram_frames(); frame++)
		if (npt_kind((struct gpa){frame << PAGE_SHIFT}) == MEMORY_RAM)
			npt_set_writable(frame, writable);
}

u64 npt_backing(u64 frame)
{
	return ram_tables[frame] & PTE_ADDRESS;
}

void npt_set_backing(u64 frame, u64 phys)
{
	ram_tables[frame] = (ram_tables[frame] & ~PTE_ADDRESS) | phys;
	flush_needed = true;
}

void npt_set_present(u64 frame, bool present)
{
	ram_tables[frame] = present ? ram_tables[frame] | PTE_PRESENT
				    : ram_tables[frame] & ~PTE_PRESENT;
	flush_needed |= !present;
}

bool npt_is_present(u64 frame)
{
	return ram_tables[frame] & PTE_PRESENT;
}

bool npt_is_dirty(u64 frame)
{
	return ram_tables[frame] & PTE_DIRTY;
}

void npt_set_dirty(u64 frame, bool dirty)
{
	ram_tables[frame] = dirty ? ram_tables[frame] | PTE_DIRTY : ram_tables[frame] & ~PTE_DIRTY;
	flush_needed |= !dirty;
}

bool npt_take_accessed(u64 frame)
{
	bool accessed = ram_tables[frame] & PTE_ACCESSED;

	ram_tables[frame] &= ~PTE_ACCESSED;
	flush_needed |= accessed;
	return accessed;
}

void npt_flush(void)
{
	flush_needed = true;
}

bool npt_take_flush(void)
{
	bool flush = flush_needed;

	flush_needed = false;
	return flush;
}
