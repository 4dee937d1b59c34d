/* SPDX-License-Identifier: EPL-2.0 */
#include "dma/scan.h"

#define KB               1024u
#define LENGTH_MAX       (1024 * KB)
#define COUNT_AND_END    0x7fff0000ull /* clear in the word beside a 32-bit address: count, end bit */
#define HIGH_HALF(word)  ((word) >> 32)
#define LOW_HALF(word)   ((word)&0xffffffff)
#define LENGTH_22        0x3fffff
#define LENGTH_17        0x1ffff
#define LENGTH_16        0xffff
#define ANY              0
#define ALL_BITS         0xffffffff
#define CLASS_AND_SUB    0xffff00
#define CLASS_ALL        0xffffff
#define VENDOR           0xffff
#define RTL8139_RING_MAX (64 * KB + 16 + 1536 + 4 * KB)

/* The first that fits counts. */
static const struct scan_layout layouts[] = {
	{"rtl8139", 0x813910ec, ALL_BITS, ANY, 0, 0, 0, LENGTH_NOWHERE, 0, 0, RTL8139_RING_MAX},
	{"virtio", 0x1af4, VENDOR, ANY, 0, 2, 0, LENGTH_LOW_HALF_ALWAYS, LENGTH_22, 0, 32 * KB},
	{"ide", ANY, 0, 0x010100, CLASS_AND_SUB, 1, 0, LENGTH_NOWHERE, 0, 64 * KB, 4 * KB},
	{"ahci", ANY, 0, 0x010601, CLASS_ALL, 2, 0, LENGTH_HIGH_HALF, LENGTH_22, 4 * KB, 4 * KB},
	{"nvme", ANY, 0, 0x010802, CLASS_ALL, 2, 0, LENGTH_NOWHERE, 0, 4 * KB, 64 * KB},
	{"ethernet", ANY, 0, 0x020000, CLASS_AND_SUB, 1, 0, LENGTH_LOW_HALF, LENGTH_16, 4 * KB,
		16 * KB},
	{"xhci", ANY, 0, 0x0c0330, CLASS_ALL, 3, 0, LENGTH_LOW_HALF, LENGTH_17, 4 * KB, 8 * KB},
	{"usb", ANY, 0, 0x0c0300, CLASS_AND_SUB, 4, 4, LENGTH_NOWHERE, 0, 20 * KB, 4 * KB},
	{"unknown", ANY, 0, ANY, 0, 3, 0, LENGTH_EITHER_HALF, LENGTH_22, 4 * KB, 16 * KB},
};

const struct scan_layout *scan_layout_of(u32 id, u32 class)
{
	const struct scan_layout *l = layouts;

	while (((id ^ l->id) & l->id_mask) || ((class ^ l->class) & l->class_mask))
		l++;
	return l;
}

/* A length, or a length less one (AHCI; its bit 31 is a flag). */
static u64 length_in(const struct scan_layout *layout, u64 half)
{
	u64 length = half & 0x7fffffff;

	return length & ~(u64)layout->length_mask ? 0 : min_u64(length + 1, LENGTH_MAX);
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
