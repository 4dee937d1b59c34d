/* SPDX-License-Identifier: EPL-2.0 */
#include "dma/reach.h"

#include "dma/described.h"
#include "lib/string.h"
#include "npt/npt.h"

/* Room is made when 3/4 of the pages are in use, down to 1/2. */
#define FULL_NUMERATOR 3
#define FULL_SHIFT     2
#define WANTED_SHIFT   1
#define NESTING_MAX    12 /* of searches: what lies behind is watched, but not searched */

static struct reach_host host;
static struct roots roots;
static u64 ram_end;

/* Where an address was found. */
struct source {
	struct dma_device device;
	const struct scan_layout *layout;
	unsigned level; /* of what the address names */
};

static void reach_range(void *context, struct scan_range range);

static void search(const struct device_page *page, unsigned begin, unsigned end)
{
	static unsigned nesting;
	struct source source = {page->device, page->layout, page->level + 1};
	struct scan_page words = {(const u64 *)page->base, NULL, begin, end, page->level, ram_end};

	if (nesting == NESTING_MAX)
		return;
	nesting++;
	scan_page(page->layout, &words, reach_range, &source);
	nesting--;
}

/* A part that was not searched yet, or not as near to a register. */
static void search_new_part(struct device_page *page, const struct source *source, unsigned begin,
	unsigned end)
{
	bool nearer = source->level < page->level;

	if (nearer) {
		page->level = source->level;
		page->layout = source->layout;
		page->device = source->device;
	} else if (begin >= page->scan_begin && end <= page->scan_end) {
		return;
	}
	page->scan_begin = (unsigned)min_u64(page->scan_begin, begin);
	page->scan_end = (unsigned)max_u64(page->scan_end, end);
	search(page, page->scan_begin, page->scan_end);
}

static void reach_page(const struct source *source, u64 frame, unsigned begin, unsigned end)
{
	struct device_page *page = pages_find(frame);

	if (!page) {
		page = pages_add(frame);
		if (!page) {
			host.no_room(frame);
			return;
		}
		page->device = source->device;
		page->layout = source->layout;
		page->level = source->level;
		page->scan_begin = begin;
		page->scan_end = begin;
	}
	pages_use(page);
	search_new_part(page, source, begin, end);
}

/* In whole words: a table need not begin where the first address in it stands. */
static void reach_range(void *context, struct scan_range range)
{
	const struct source *source = context;
	u64 end = range.bytes ? min_u64(range.address + range.bytes, ram_end) : 0;

	for (u64 at = range.address & ~7ull; at < end; at = (at | PAGE_MASK) + 1) {
		u64 page_end = min_u64(end, (at | PAGE_MASK) + 1);

		if (npt_kind((struct gpa){at}) == MEMORY_RAM)
			reach_page(source, at >> PAGE_SHIFT, (unsigned)(at & PAGE_MASK),
				(unsigned)((page_end - 1) & PAGE_MASK) + 1);
	}
}

/* How far what the register names goes; 0: the device has no address in it. */
static u64 bytes_of(const struct root *root, struct source *source)
{
	const struct scan_registers *known = scan_register(source->layout, root->where.at);
	u64 bytes = source->layout->root_bytes;
	u32 told;

	if (root->where.space == ROOT_PORT)
		return root->page_number && !source->layout->page_numbers ? 0 : bytes;
	if (!known)
		return 0;
	source->level = known->level;
	told = known->length_after ? host.read_register(root->where.at + known->length_after) : 0;
	return told ? min_u64(told, bytes) : bytes;
}

static struct scan_range range_of(const struct root *root, struct source *source)
{
	source->device = host.identify(root->where);
	source->layout = scan_layout_of(source->device.id, source->device.class);
	source->level = 0;
	return (struct scan_range){root->address, bytes_of(root, source)};
}

static void reach_root(const struct root *root)
{
	struct source source;
	struct scan_range range = range_of(root, &source);

	reach_range(&source, range);
}

void reach_begin(u64 end, const struct reach_host *h)
{
	memset(&roots, 0, sizeof(roots));
	ram_end = end;
	host = *h;
}

void reach_register_write(struct root_register where, unsigned width, u64 value)
{
	const struct root *found[ROOTS_OF_A_WRITE];
	unsigned count;

	/* ACPI's enable bits, for one: 0xff in a byte, and the whole register looks like an address. */
	if (width < sizeof(u32) && !host.identify(where).known)
		return;
	count = roots_write(&roots, where, width, value, ram_end, found);
	for (unsigned i = 0; i < count; i++)
		reach_root(found[i]);
}

void reach_publishing(const struct device_page *page, const u64 *now)
{
	struct source source = {page->device, page->layout, page->level + 1};
	struct scan_page words = {now, (const u64 *)page->base, 0, PAGE_SIZE, page->level, ram_end};

	if (page->layout)
		scan_page(page->layout, &words, reach_range, &source);
}

bool reach_add(u64 frame)
{
	struct device_page *page = pages_find(frame);

	if (!page)
		page = pages_add(frame);
	if (page && !page->layout)
		page->layout = scan_layout_of(0, 0), page->level = page->layout->levels;
	return page;
}

/* ---- giving up ---- */

static void mark_range(void *context, struct scan_range range)
{
	u64 end = min_u64(range.address + range.bytes, ram_end);

	for (u64 at = range.address; at < end; at = (at | PAGE_MASK) + 1) {
		struct device_page *page = pages_find(at >> PAGE_SHIFT);

		if (!page || page->marked)
			continue;
		page->marked = true;
		struct scan_page words = {(const u64 *)page->base, NULL, 0, PAGE_SIZE, page->level,
			ram_end};
		scan_page(page->layout, &words, mark_range, context);
	}
}

static void mark_frame(u64 frame)
{
	struct device_page *page = pages_find(frame);

	if (page)
		page->marked = true;
}

static void mark_all(void)
{
	for (unsigned i = 0; i < pages_count(); i++)
		pages_at(i)->marked = false;
	for (unsigned i = 0; i < ROOTS_MAX; i++) {
		struct source source;

		if (roots.table[i].used)
			mark_range(NULL, range_of(&roots.table[i], &source));
	}
	described_each_frame(mark_frame); /* last: what was found is searched as well */
}

static void give_up(struct device_page *page, void (*say)(u64 frame))
{
	u64 frame = page->frame;

	pages_remove(page);
	say(frame);
}

static void sweep(void)
{
	for (unsigned i = pages_count(); i > 0; i--)
		if (i <= pages_count() && !pages_at(i - 1)->marked)
			give_up(pages_at(i - 1), host.named_no_more);
}

static struct device_page *least_used(void)
{
	struct device_page *least = pages_at(0);

	for (unsigned i = 1; i < pages_count(); i++)
		if (pages_at(i)->used < least->used)
			least = pages_at(i);
	return least;
}

static bool is_nearly_full(void)
{
	return pages_count() > pages_limit() * FULL_NUMERATOR >> FULL_SHIFT;
}

void reach_make_room(void)
{
	if (!is_nearly_full())
		return;
	pages_sync();
	mark_all();
	sweep();
	if (is_nearly_full())
		while (pages_count() > pages_limit() >> WANTED_SHIFT)
			give_up(least_used(), host.no_room);
}
