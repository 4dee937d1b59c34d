/* SPDX-License-Identifier: EPL-2.0 */
#include "replay/page_history.h"

#include "lib/panic.h"
#include "npt/guest_ram.h"

static u32 *newest_version; /* per frame */

void page_history_init(void *(*allocate)(u64 bytes), u64 frames)
{
	newest_version = allocate(frames * sizeof(u32));
}

struct page_version *page_history_find(u64 frame, const struct checkpoint *label)
{
	for (u32 i = newest_version[frame]; i != NO_PAGE; i = page_pool_version(i)->older) {
		if (page_pool_version(i)->label == label)
			return page_pool_version(i);
		if (page_pool_version(i)->label->instant < label->instant)
			break;
	}
	return NULL;
}

struct page_version *page_history_at(u64 frame, const struct checkpoint *from)
{
	struct page_version *found = NULL;

	for (u32 i = newest_version[frame]; i != NO_PAGE; i = page_pool_version(i)->older) {
		if (page_pool_version(i)->label->instant < from->instant)
			break;
		found = page_pool_version(i);
	}
	return found;
}

void page_history_link(u32 index, u64 frame, struct checkpoint *label)
{
	struct page_version *v = page_pool_version(index);
	u32 *link = &newest_version[frame];

	while (*link != NO_PAGE && page_pool_version(*link)->label->instant > label->instant)
		link = &page_pool_version(*link)->older;
	*v = (struct page_version){.frame = (u32)frame,
		.label = label,
		.older = *link,
		.next_of_label = label->first_version};
	*link = index;
	label->first_version = index;
	label->pages++;
}

bool page_history_keep(u64 frame, struct checkpoint *label)
{
	u32 index;

	if (page_history_find(frame, label))
		return true;
	index = page_pool_take();
	if (index == NO_PAGE)
		return false;
	if (!guest_ram_read((struct gpa){frame << PAGE_SHIFT}, page_pool_page(index), PAGE_SIZE))
		panic("checkpoint of frame %lx, which is no RAM", frame);
	page_history_link(index, frame, label);
	return true;
}

void page_history_unlink(u32 index)
{
	u32 *link = &newest_version[page_pool_version(index)->frame];

	while (*link != index)
		link = &page_pool_version(*link)->older;
	*link = page_pool_version(index)->older;
}
