/* SPDX-License-Identifier: EPL-2.0 */
/*
 * Finds what looks like a RAM address: in what the guest writes into device registers (dma/roots.h), and in the memory
 * that is reached from there, as a conservative garbage collector does. A short table says for some devices how deep to
 * look, where their descriptors have a length, how long their rings are, and for a few which registers hold addresses at
 * all; any other device has the table's last entry. Pure.
 */
#ifndef DMA_SCAN_H
#define DMA_SCAN_H

#include "lib/types.h"

/* Addresses below are small numbers that look like one. */
#define SCAN_LOWEST PAGE_SIZE

struct scan_range {
	u64 address, bytes;
};

typedef void scan_found(void *context, struct scan_range range);

/* Beside a 64-bit address, in the 8 bytes after it, a length may stand. */
enum scan_length {
	LENGTH_NOWHERE,
	LENGTH_LOW_HALF,
	LENGTH_HIGH_HALF,
	LENGTH_EITHER_HALF,
	LENGTH_LOW_HALF_ALWAYS /* without one it is no address */
};

/*
 * Registers in memory that hold addresses: the offset of the first, how far apart, how many. `level` of what they name:
 * layout->levels where the device writes to no address in there. `length_after`: so far behind each is the register with
 * its length in bytes; 0: there is none.
 */
struct scan_registers {
	u32 first, apart, count;
	unsigned level;
	u32 length_after;
};

struct scan_layout {
	const char *name;
	u32 id, id_mask;       /* PCI vendor in bits 15-0, device in bits 31-16 */
	u32 class, class_mask; /* PCI base class, subclass, interface in bits 23-0 */
	unsigned levels;       /* memory less than so many steps from a register holds addresses */
	unsigned levels_of_32; /* the same for addresses of 32 bits anywhere */
	enum scan_length length_where;
	u32 length_mask;   /* the bits there that are a length, and */
	u32 length_clear;  /* those that are 0 then */
	u32 least_bytes;   /* how far a buffer goes that has no length beside it */
	u32 root_bytes;    /* how far what a register names goes */
	bool page_numbers; /* registers may hold numbers of pages */
	/* Ends with a count of 0; NULL: any register may hold an address. The mask makes of one its offset. */
	const struct scan_registers *registers;
	u32 registers_mask;
};

const struct scan_layout *scan_layout_of(u32 id, u32 class);

/*
 * What is known of the register at this address in memory; NULL: it holds no address. Of a layout that lists none, the same
 * for all.
 */
const struct scan_registers *scan_register(const struct scan_layout *layout, u64 at);

/*
 * The aligned 8-byte words in [begin, end) of a page in which `now` differs from `before` (NULL: all), `level` steps
 * from a register.
 */
struct scan_page {
	const u64 *now, *before;
	unsigned begin, end, level;
	u64 ram_end;
};
void scan_page(const struct scan_layout *layout, const struct scan_page *page, scan_found *found,
	void *context);

static inline bool scan_is_address(u64 value, u64 ram_end)
{
	return value >= SCAN_LOWEST && value < ram_end;
}

#endif
