/* SPDX-License-Identifier: EPL-2.0 */
/*
 * One loop for all formats: a format is a number of levels, the size of an entry, and the index
 * bits of a level. Which bits are reserved depends on format, level and page size (APM 2 5.2, 5.3).
 */
#include "npt/guest_walk.h"

#define ENTRY_PRESENT   BIT(0)
#define ENTRY_WRITABLE  BIT(1)
#define ENTRY_USER      BIT(2)
#define ENTRY_LARGE     BIT(7)
#define ENTRY_NX        BIT(63)
#define ENTRY_ADDRESS   0x000ffffffffff000ull
#define BITS(high, low) ((~0ull >> (63 - (high))) & (~0ull << (low)))

#define PSE_RESERVED       BIT(21)
#define PAE_PDPTE_RESERVED (BITS(63, 52) | BITS(8, 5) | BITS(2, 1))
#define PAE_RESERVED       BITS(62, 52)
#define CR3_PAE_ADDRESS    BITS(31, 5)
#define CR3_32BIT_ADDRESS  BITS(31, 12)

#define LEVEL_PAGE_TABLE 1
#define LEVEL_DIRECTORY  2
#define LEVEL_PDPT       3
#define LINEAR_32        0xffffffffull

struct format {
	unsigned levels, entry_size, index_bits;
	bool is_long;
};

static const struct format no_paging = {0, 0, 0, false};
static const struct format paging_32bit = {2, 4, 10, false};
static const struct format paging_pae = {3, 8, 9, false};
static const struct format paging_4_level = {4, 8, 9, true};
static const struct format paging_5_level = {5, 8, 9, true};

static const struct format *format_of(const struct guest_paging *paging)
{
	if (!(paging->cr0 & CR0_PG))
		return &no_paging;
	if (paging->efer & EFER_LMA)
		return paging->cr4 & CR4_LA57 ? &paging_5_level : &paging_4_level;
	return paging->cr4 & CR4_PAE ? &paging_pae : &paging_32bit;
}

static unsigned level_shift(const struct format *format, unsigned level)
{
	return PAGE_SHIFT + (level - 1) * format->index_bits;
}

static bool is_canonical(const struct format *format, struct gla gla)
{
	unsigned unused = 64 - level_shift(format, format->levels + 1);

	return !format->is_long || (u64)((int64_t)(gla.addr << unused) >> unused) == gla.addr;
}

static u64 root_table(const struct format *format, u64 cr3)
{
	if (format->is_long)
		return cr3 & ENTRY_ADDRESS;
	return cr3 & (format == &paging_pae ? CR3_PAE_ADDRESS : CR3_32BIT_ADDRESS);
}

static bool is_large(const struct guest_paging *paging, const struct format *format, unsigned level,
	u64 entry)
{
	if (!(entry & ENTRY_LARGE))
		return false;
	if (format == &paging_32bit)
		return level == LEVEL_DIRECTORY && paging->cr4 & CR4_PSE;
	return level == LEVEL_DIRECTORY || (level == LEVEL_PDPT && format->is_long);
}

/* The bits that must be zero in an entry of 8 bytes. */
static u64 reserved_bits(const struct guest_paging *paging, const struct format *format,
	unsigned level, bool large)
{
	u64 reserved = paging->physical_bits < 52 ? BITS(51, paging->physical_bits) : 0;

	if (format == &paging_pae && level == LEVEL_PDPT)
		return reserved | PAE_PDPTE_RESERVED;
	if (format == &paging_pae)
		reserved |= PAE_RESERVED;
	if (!(paging->efer & EFER_NXE))
		reserved |= ENTRY_NX;
	if (level > LEVEL_PDPT)
		reserved |= ENTRY_LARGE;
	if (large)
		reserved |= BITS(level_shift(format, level) - 1,
			PAGE_SHIFT + 1); /* bit 12 is PAT */
	return reserved;
}

static bool has_reserved_bits(const struct guest_paging *paging, const struct format *format,
	unsigned level, u64 entry)
{
	bool large = is_large(paging, format, level, entry);

	if (format == &paging_32bit)
		return large && entry & PSE_RESERVED;
	return entry & reserved_bits(paging, format, level, large);
}

/* PSE-36: bits 20-13 of a 4 MB entry are bits 39-32 of the address. */
static u64 page_base(const struct format *format, u64 entry, u64 page_size)
{
	u64 base = entry & ENTRY_ADDRESS & ~(page_size - 1);

	if (format == &paging_32bit && page_size != PAGE_SIZE)
		base |= (entry & BITS(20, 13)) >> 13 << 32;
	return base;
}

static void add_permissions(struct guest_walk *walk, const struct guest_paging *paging,
	const struct format *format, unsigned level, u64 entry)
{
	/* A PDPTE of PAE has none. */
	if (format == &paging_pae && level == LEVEL_PDPT)
		return;
	walk->writable &= !!(entry & ENTRY_WRITABLE);
	walk->user &= !!(entry & ENTRY_USER);
	if (format->entry_size == 8 && paging->efer & EFER_NXE && entry & ENTRY_NX)
		walk->executable = false;
}

/* Bit 4 of the error code exists only where instruction fetches can fault on their own. */
static u32 error_code(const struct guest_paging *paging, u32 access, u32 cause)
{
	bool reports_fetch = (paging->efer & EFER_NXE && paging->cr4 & CR4_PAE) ||
		paging->cr4 & CR4_SMEP;

	if (!reports_fetch)
		access &= (u32)~PF_FETCH;
	return (access & (u32)(PF_WRITE | PF_USER | PF_FETCH)) | cause;
}

static void set_fault(struct guest_walk *walk, const struct guest_paging *paging, u32 access,
	u64 cause)
{
	walk->status = GUEST_WALK_FAULT;
	walk->error_code = error_code(paging, access, (u32)cause);
}

static bool is_allowed(const struct guest_walk *walk, const struct guest_paging *paging, u32 access)
{
	bool user = access & PF_USER, fetch = access & PF_FETCH;

	if (user && !walk->user)
		return false;
	if (access & PF_WRITE && !walk->writable && (user || paging->cr0 & CR0_WP))
		return false;
	if (fetch && !walk->executable)
		return false;
	if (user || !walk->user)
		return true;
	if (fetch)
		return !(paging->cr4 & CR4_SMEP);
	return !(paging->cr4 & CR4_SMAP) || paging->rflags & RFLAGS_AC;
}

static bool read_entry(const struct guest_memory *memory, const struct format *format, u64 table,
	unsigned level, struct gla gla, struct guest_walk *walk, u64 *entry)
{
	u64 index = gla.addr >> level_shift(format, level) & (BIT(format->index_bits) - 1);

	/* The uppermost PAE table has four entries only; a linear address has no more bits. */
	walk->gpa.addr = table + index * format->entry_size;
	*entry = 0;
	if (memory->read_physical(memory->ctx, walk->gpa, entry, format->entry_size))
		return true;
	walk->status = GUEST_WALK_UNREADABLE;
	return false;
}

/* From the root to the entry that maps a page; GUEST_WALK_OK leaves the GPA in `walk`. */
static void descend(const struct guest_paging *paging, const struct guest_memory *memory,
	const struct format *format, struct gla gla, u32 access, struct guest_walk *walk)
{
	u64 table = root_table(format, paging->cr3), entry;

	for (unsigned level = format->levels; level >= LEVEL_PAGE_TABLE; level--) {
		if (!read_entry(memory, format, table, level, gla, walk, &entry))
			return;
		if (!(entry & ENTRY_PRESENT)) {
			set_fault(walk, paging, access, 0);
			return;
		}
		if (has_reserved_bits(paging, format, level, entry)) {
			set_fault(walk, paging, access, PF_PRESENT | PF_RESERVED);
			return;
		}
		add_permissions(walk, paging, format, level, entry);
		table = entry & ENTRY_ADDRESS;
		if (level == LEVEL_PAGE_TABLE || is_large(paging, format, level, entry)) {
			walk->page_size = BIT(level_shift(format, level));
			walk->gpa.addr = page_base(format, entry, walk->page_size) |
				(gla.addr & (walk->page_size - 1));
			return;
		}
	}
}

struct guest_walk guest_walk(const struct guest_paging *paging, const struct guest_memory *memory,
	struct gla gla, u32 access)
{
	const struct format *format = format_of(paging);
	struct guest_walk walk = {.page_size = PAGE_SIZE,
		.writable = true,
		.user = true,
		.executable = true};

	if (!format->is_long)
		gla.addr &= LINEAR_32;
	walk.gpa.addr = gla.addr;
	if (!format->levels)
		return walk;
	if (!is_canonical(format, gla)) {
		walk.status = GUEST_WALK_NOT_CANONICAL;
		return walk;
	}
	descend(paging, memory, format, gla, access, &walk);
	if (walk.status == GUEST_WALK_OK && !is_allowed(&walk, paging, access))
		set_fault(&walk, paging, access, PF_PRESENT);
	return walk;
}
