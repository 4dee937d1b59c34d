/* SPDX-License-Identifier: EPL-2.0 */
#include "dma/scan.h"

#define KB            1024u
#define LENGTH_MAX    (1024 * KB)
#define COUNT_AND_END 0x7fff0000ull /* clear in the word beside a 32-bit address: count, end bit */
#define HIGH_HALF(w)  ((w) >> 32)
#define LOW_HALF(w)   ((w)&0xffffffff)
#define LENGTH_22     .length_mask = 0x3fffff, .length_clear = 0x7fc00000
#define LENGTH_16     .length_mask = 0xffff, .length_clear = 0x7fff0000
#define LENGTH_17     .length_mask = 0x1ffff /* beside other fields */
#define ID(n)         .id = (n), .id_mask = 0xffffffff
#define VENDOR(n)     .id = (n), .id_mask = 0xffff
#define SUBCLASS(n)   .class = (n) << 8, .class_mask = 0xffff00
#define INTERFACE(n)  .class = (n), .class_mask = 0xffffff

/* Intel 8254x manual (317453), 13.4: RDBAL, TDBAL; RDLEN, TDLEN. What is sent is only read. */
static const struct scan_registers e1000_registers[] = {{0x2800, 0, 1, 0, 8}, {0x3800, 0, 1, 1, 8},
	{0}};

/* AHCI 1.3.1, 3.3: PxCLB; PxFB, a structure without addresses. */
static const struct scan_registers ahci_registers[] = {{0x100, 0x80, 32, 0, 0},
	{0x108, 0x80, 32, 2, 0}, {0}};

/* The first that fits counts. */
static const struct scan_layout layouts[] = {
	{"rtl8139", ID(0x813910ec), .root_bytes = 64 * KB + 16 + 1536 + 4 * KB},
	{"virtio", VENDOR(0x1af4), .levels = 2, .length_where = LENGTH_LOW_HALF_ALWAYS, LENGTH_22,
		.root_bytes = 32 * KB, .page_numbers = true},
	{"ide", SUBCLASS(0x0101), .levels = 1, .least_bytes = 64 * KB, .root_bytes = 4 * KB},
	{"ahci", INTERFACE(0x010601), .levels = 2, .length_where = LENGTH_HIGH_HALF, LENGTH_22,
		.least_bytes = 4 * KB, .root_bytes = 4 * KB, .registers = ahci_registers,
		.registers_mask = 4 * KB - 1},
	{"nvme", INTERFACE(0x010802), .levels = 2, .least_bytes = 4 * KB, .root_bytes = 64 * KB},
	{"e1000", ID(0x100e8086), .levels = 1, .length_where = LENGTH_LOW_HALF, LENGTH_16,
		.least_bytes = 4 * KB, .root_bytes = 64 * KB, .registers = e1000_registers,
		.registers_mask = 128 * KB - 1},
	{"ethernet", SUBCLASS(0x0200), .levels = 1, .length_where = LENGTH_LOW_HALF, LENGTH_16,
		.least_bytes = 4 * KB, .root_bytes = 16 * KB},
	{"xhci", INTERFACE(0x0c0330), .levels = 3, .length_where = LENGTH_LOW_HALF, LENGTH_17,
		.least_bytes = 4 * KB, .root_bytes = 8 * KB},
	{"usb", SUBCLASS(0x0c03), .levels = 4, .levels_of_32 = 4, .least_bytes = 20 * KB,
		.root_bytes = 4 * KB},
	{"unknown", .levels = 3, .length_where = LENGTH_EITHER_HALF, LENGTH_22,
		.least_bytes = 4 * KB, .root_bytes = 16 * KB, .page_numbers = true},
};

const struct scan_layout *scan_layout_of(u32 id, u32 class)
{
	const struct scan_layout *l = layouts;

	while (((id ^ l->id) & l->id_mask) || ((class ^ l->class) & l->class_mask))
		l++;
	return l;
}

const struct scan_registers *scan_register(const struct scan_layout *layout, u64 at)
{
	static const struct scan_registers any = {.count = 1};
	u64 offset = at & layout->registers_mask;

	if (!layout->registers)
		return &any;
	for (const struct scan_registers *r = layout->registers; r->count; r++)
		for (u32 i = 0; i < r->count; i++)
			if (offset == r->first + i * r->apart)
				return r;
	return NULL;
}

/* A length, or a length less one (AHCI; its bit 31 is a flag). */
static u64 length_in(const struct scan_layout *layout, u64 half)
{
	if (half & layout->length_clear)
		return 0;
	return min_u64((half & layout->length_mask) + 1, LENGTH_MAX);
}

static u64 bytes_after(const struct scan_layout *layout, u64 next)
{
	u64 low = length_in(layout, LOW_HALF(next)), high = length_in(layout, HIGH_HALF(next));

	switch (layout->length_where) {
	case LENGTH_NOWHERE:
		return layout->least_bytes;
	case LENGTH_LOW_HALF:
		return max_u64(layout->least_bytes, low);
	case LENGTH_HIGH_HALF:
		return max_u64(layout->least_bytes, high);
	case LENGTH_EITHER_HALF:
		return max_u64(layout->least_bytes, max_u64(low, high));
	case LENGTH_LOW_HALF_ALWAYS:
		return LOW_HALF(next) ? low : 0;
	}
	return 0;
}

static void scan_word(const struct scan_layout *layout, const struct scan_page *page, unsigned i,
	scan_found *found, void *context)
{
	u64 word = page->now[i], next = (i + 1) * sizeof(u64) < PAGE_SIZE ? page->now[i + 1] : 0;
	u64 low = LOW_HALF(word), high = HIGH_HALF(word);

	if (scan_is_address(word, page->ram_end)) {
		u64 bytes = bytes_after(layout, next);

		if (bytes)
			found(context, (struct scan_range){word, bytes});
		return;
	}
	if (page->level < layout->levels_of_32) {
		if (scan_is_address(low, page->ram_end))
			found(context, (struct scan_range){low, layout->least_bytes});
		if (scan_is_address(high, page->ram_end))
			found(context, (struct scan_range){high, layout->least_bytes});
	} else if (page->level == 0 && !(high & COUNT_AND_END) &&
		scan_is_address(low, page->ram_end)) {
		u64 count = high & 0xffff;

		found(context, (struct scan_range){low, count ? count : 64 * KB});
	}
}

void scan_page(const struct scan_layout *layout, const struct scan_page *page, scan_found *found,
	void *context)
{
	if (page->level >= layout->levels)
		return;
	for (unsigned i = page->begin / sizeof(u64); i * sizeof(u64) < page->end; i++)
		if (page->now[i] && (!page->before || page->now[i] != page->before[i]))
			scan_word(layout, page, i, found, context);
}
