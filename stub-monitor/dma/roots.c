/* SPDX-License-Identifier: EPL-2.0 */
#include "dma/roots.h"

#define REGISTER_BYTES  4
#define ALL_PARTS       0xfu
#define LOWEST_PFN_PAGE (1ull << 20) /* page numbers below are small numbers */

static bool same_register(struct root_register a, struct root_register b)
{
	return a.space == b.space && a.at == b.at;
}

static struct root *place_for(struct roots *roots, struct root_register where, u64 address)
{
	struct root *oldest = &roots->table[0];

	for (unsigned i = 0; i < ROOTS_MAX; i++) {
		struct root *r = &roots->table[i];

		if (r->used && r->address == address && same_register(r->where, where))
			return r;
		if (r->used < oldest->used)
			oldest = r;
	}
	return oldest;
}

static const struct root *remember(struct roots *roots, struct root_register where, u64 address,
	bool page_number)
{
	struct root *r = place_for(roots, where, address);

	*r = (struct root){where, address, page_number, ++roots->uses};
	return r;
}

/* True when all four bytes have been written, one after another. */
static bool put_together(struct roots *roots, struct root_register *where, unsigned width,
	u64 *value)
{
	unsigned byte = where->at % REGISTER_BYTES;

	where->at -= byte;
	if (!same_register(roots->part, *where) || roots->part_bytes == ALL_PARTS)
		roots->part_value = roots->part_bytes = 0;
	roots->part = *where;
	for (unsigned i = 0; i < width && byte + i < REGISTER_BYTES; i++) {
		u32 shift = 8 * (byte + i);

		roots->part_value &= ~(0xffu << shift);
		roots->part_value |= (u32)(*value >> 8 * i & 0xff) << shift;
		roots->part_bytes |= 1u << (byte + i);
	}
	*value = roots->part_value;
	return roots->part_bytes == ALL_PARTS;
}

unsigned roots_write(struct roots *roots, struct root_register where, unsigned width, u64 value,
	u64 ram_end, const struct root *found[ROOTS_OF_A_WRITE])
{
	bool is_port = where.space == ROOT_PORT;
	unsigned count = 0;

	if (width < REGISTER_BYTES && !put_together(roots, &where, width, &value))
		return 0;
	if (scan_is_address(value, ram_end))
		found[count++] = remember(roots, where, value, false);
	if (is_port && width == REGISTER_BYTES && value << PAGE_SHIFT >= LOWEST_PFN_PAGE &&
		value << PAGE_SHIFT < ram_end)
		found[count++] = remember(roots, where, value << PAGE_SHIFT, true);
	return count;
}
