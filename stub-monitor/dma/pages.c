/* SPDX-License-Identifier: EPL-2.0 */
#include "dma/pages.h"

#include "dma/change.h"
#include "lib/string.h"
#include "npt/guest_ram.h"
#include "npt/npt.h"

#define NOT_ONE 0

/* A device that writes faster than pages can be compared is not waited for. */
#define ROUNDS 4

/* So many pages are looked at on each side of one with news. */
#define AHEAD 16

static struct pages_host host;
static struct device_page *pages; /* [1..count] */
static u16 *index_of;             /* per frame: in `pages`, or NOT_ONE */
static u16 *touched;
static unsigned count, limit, touched_count;
static u64 uses;

u64 pages_overhead_bytes(u64 frames)
{
	return (PAGES_MAX + 1) * (sizeof(*pages) + sizeof(*touched)) + frames * sizeof(*index_of) +
		3 * PAGE_SIZE;
}

void pages_init(void *(*allocate)(u64 bytes), u64 frames, const struct pages_host *h)
{
	pages = allocate((PAGES_MAX + 1) * sizeof(*pages));
	touched = allocate((PAGES_MAX + 1) * sizeof(*touched));
	index_of = allocate(frames * sizeof(*index_of));
	host = *h;
	count = limit = touched_count = 0;
}

void pages_set_limit(unsigned most)
{
	limit = (unsigned)min_u64(most, PAGES_MAX);
}

unsigned pages_limit(void)
{
	return limit;
}

unsigned pages_count(void)
{
	return count;
}

unsigned pages_touched(void)
{
	return touched_count;
}

struct device_page *pages_at(unsigned index)
{
	return &pages[index + 1];
}

struct device_page *pages_find(u64 frame)
{
	return index_of[frame] == NOT_ONE ? NULL : &pages[index_of[frame]];
}

static struct gpa address_of(const struct device_page *page)
{
	return (struct gpa){page->frame << PAGE_SHIFT};
}

static bool take_memory(struct device_page *page)
{
	page->copy = host.take();
	page->base = page->copy ? host.take() : NULL;
	if (page->copy && !page->base)
		host.give(page->copy);
	return page->base;
}

struct device_page *pages_add(u64 frame)
{
	struct device_page *page = &pages[count + 1];

	*page = (struct device_page){.frame = frame, .used = ++uses};
	if (count >= limit || !take_memory(page))
		return NULL;
	guest_ram_read(address_of(page), page->base, PAGE_SIZE);
	memcpy(page->copy, page->base, PAGE_SIZE);
	guest_ram_set_backing(frame, page->copy);
	npt_set_dirty(frame, false);
	npt_set_present(frame, false);
	index_of[frame] = (u16)++count;
	return page;
}

void pages_use(struct device_page *page)
{
	page->used = ++uses;
}

/* The device's bytes first: where both have written, theirs are what is logged. */
static bool bring_in(struct device_page *page)
{
	static u8 device[PAGE_SIZE], buffer[PAGE_SIZE], data[CHANGE_DATA_MAX];
	bool dirty = npt_is_dirty(page->frame);
	unsigned at = 0;

	if (!memcmp(guest_ram_device_view(page->frame), page->base, PAGE_SIZE))
		return false;
	memcpy(device, guest_ram_device_view(page->frame), PAGE_SIZE); /* it may go on writing */
	while (at < PAGE_SIZE) {
		u32 length = change_encode(device, page->base,
			guest_ram_view(address_of(page), buffer), &at, data);

		if (length)
			host.changed(page, data, length);
	}
	memcpy(page->base, device, PAGE_SIZE);
	pages_use(page);
	if (!dirty) /* what came in need not go out */
		npt_set_dirty(page->frame, false);
	return true;
}

static void publish(struct device_page *page)
{
	static u64 buffer[PAGE_SIZE / sizeof(u64)];
	const u64 *guest;

	if (!npt_is_dirty(page->frame))
		return;
	npt_set_dirty(page->frame, false);
	guest = guest_ram_view(address_of(page), buffer);
	if (!memcmp(guest, page->base, PAGE_SIZE))
		return;
	host.publishing(page, guest);
	change_publish(guest_ram_device_view(page->frame), guest, (u64 *)page->base);
}

void pages_publish(void)
{
	for (unsigned i = 0; i < touched_count; i++)
		publish(&pages[touched[i]]);
}

static void hide_touched(void)
{
	for (unsigned i = 0; i < touched_count; i++)
		npt_set_present(pages[touched[i]].frame, false);
	touched_count = 0;
}

/*
 * A device writes the data first and then says so elsewhere: what was compared before a page that shows news must be as
 * new as that one.
 */
static void bring_in_touched(void)
{
	for (unsigned round = 0; round < ROUNDS; round++) {
		bool news = false;

		for (unsigned i = 0; i < touched_count; i++)
			news |= bring_in(&pages[touched[i]]);
		if (!news)
			return;
	}
	hide_touched();
}

static void add_touched(struct device_page *page)
{
	npt_set_present(page->frame, true);
	touched[touched_count++] = index_of[page->frame];
}

static bool bring_in_block(u64 frame)
{
	u64 begin = frame & ~(BLOCK_PAGES - 1ull);
	bool news = false;

	for (u64 f = begin; f < begin + BLOCK_PAGES && f < npt_ram_frames(); f++) {
		struct device_page *page = pages_find(f);

		if (!page || npt_is_present(f))
			continue;
		news |= bring_in(page);
		add_touched(page);
	}
	return news;
}

/* The device pages beside one with news, as long as they have some: buffers in a row are written one after the other. */
static void look_beside(u64 frame, int direction)
{
	for (unsigned i = 0; i < AHEAD; i++) {
		struct device_page *page;

		frame += (u64)(long)direction;
		page = frame < npt_ram_frames() ? pages_find(frame) : NULL;
		if (!page || npt_is_present(frame) || !bring_in(page))
			return;
		add_touched(page);
	}
}

bool pages_touch(struct device_page *page, bool around)
{
	bool news = bring_in(page);

	add_touched(page);
	if (news) {
		look_beside(page->frame, 1);
		look_beside(page->frame, -1);
	}
	if (around)
		news |= bring_in_block(page->frame);
	if (news)
		bring_in_touched();
	/* All were given up: the others will be compared later than this one, and the guest shall go on. */
	if (!npt_is_present(page->frame))
		add_touched(page);
	return news;
}

void pages_sync(void)
{
	pages_publish();
	hide_touched();
}

void pages_renew(void)
{
	unsigned kept = 0;

	pages_publish();
	for (unsigned i = 0; i < touched_count; i++) {
		u64 frame = pages[touched[i]].frame;

		if (npt_take_accessed(frame))
			touched[kept++] = touched[i];
		else
			npt_set_present(frame, false);
	}
	touched_count = kept;
	bring_in_touched();
}

void pages_hide_all(void)
{
	for (unsigned i = 1; i <= count; i++)
		npt_set_present(pages[i].frame, false);
	touched_count = 0;
}

/* The last one takes its place. */
static void forget(struct device_page *page)
{
	index_of[page->frame] = NOT_ONE;
	host.give(page->copy);
	host.give(page->base);
	*page = pages[count--];
	if (page != &pages[count + 1])
		index_of[page->frame] = (u16)(page - pages);
}

void pages_remove(struct device_page *page)
{
	u64 frame = page->frame;

	pages_sync();
	bring_in(page);
	publish(page);
	guest_ram_set_backing(frame, NULL);
	npt_set_present(frame, true);
	forget(page);
}

void pages_apply(struct gpa page, const u8 *data, u32 length)
{
	struct change_range range;
	u32 position = 0;

	while (change_next(data, length, &position, &range))
		guest_ram_write((struct gpa){page.addr + range.offset}, range.bytes, range.length);
}
