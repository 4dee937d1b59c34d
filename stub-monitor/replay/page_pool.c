/* SPDX-License-Identifier: EPL-2.0 */
#include "replay/page_pool.h"

static struct page_version *versions;
static u8 *pages;
static u32 total, used, first_free;

u64 page_pool_overhead_bytes(u64 bytes)
{
	return (bytes / PAGE_SIZE + 2) * sizeof(struct page_version) + PAGE_SIZE;
}

void page_pool_init(void *(*allocate)(u64 bytes), u64 bytes)
{
	total = (u32)(bytes / PAGE_SIZE);
	versions = allocate((total + 1ull) * sizeof(*versions));
	pages = allocate(total * PAGE_SIZE);
	used = 0;
	first_free = NO_PAGE;
	for (u32 i = total; i >= 1; i--) {
		versions[i].next_of_label = first_free;
		first_free = i;
	}
}

u32 page_pool_take(void)
{
	u32 index = first_free;

	if (index) {
		first_free = versions[index].next_of_label;
		used++;
	}
	return index;
}

void page_pool_give(u32 index)
{
	versions[index].next_of_label = first_free;
	first_free = index;
	used--;
}

struct page_version *page_pool_version(u32 index)
{
	return &versions[index];
}

u32 page_pool_index(const struct page_version *version)
{
	return (u32)(version - versions);
}

void *page_pool_page(u32 index)
{
	return pages + (index - 1ull) * PAGE_SIZE;
}

u32 page_pool_index_of_page(const void *page)
{
	return (u32)(((const u8 *)page - pages) / PAGE_SIZE + 1);
}

u64 page_pool_used(void)
{
	return used;
}

u64 page_pool_total(void)
{
	return total;
}
