/* SPDX-License-Identifier: EPL-2.0 */
#include "dev/iommu_pages.h"

#include "cpu/phys.h"

#define ENTRIES     512
#define DIRECTORIES 4 /* of 1 GB: the first 4 GB */
#define LARGE_SHIFT 21
#define GB_SHIFT    30
#define EDGES       2 /* 2 MB pages that the hidden region covers in part */

u64 iommu_pages_bytes(void)
{
	return (1 + DIRECTORIES + EDGES) * PAGE_SIZE;
}

static u64 edge_table(const struct iommu_page_format *format, const struct iommu_hidden *hidden,
	u64 start, void *(*allocate)(u64 bytes))
{
	u64 *table = allocate(PAGE_SIZE);

	for (u64 i = 0; i < ENTRIES; i++) {
		u64 address = start + (i << PAGE_SHIFT);
		bool inside = address >= hidden->start && address < hidden->end;

		table[i] = inside ? format->hidden : address | format->small;
	}
	return virt_to_phys(table) | format->table[0];
}

static u64 large_entry(const struct iommu_page_format *format, const struct iommu_hidden *hidden,
	u64 start, void *(*allocate)(u64 bytes))
{
	u64 end = start + (1ull << LARGE_SHIFT);

	if (end <= hidden->start || start >= hidden->end)
		return start | format->large;
	if (start >= hidden->start && end <= hidden->end)
		return format->hidden;
	return edge_table(format, hidden, start, allocate);
}

u64 iommu_pages_build(const struct iommu_page_format *format, const struct iommu_hidden *hidden,
	void *(*allocate)(u64 bytes))
{
	u64 *top = allocate(PAGE_SIZE), *directories = allocate(DIRECTORIES * PAGE_SIZE);

	for (u64 i = 0; i < DIRECTORIES * ENTRIES; i++)
		directories[i] = large_entry(format, hidden, i << LARGE_SHIFT, allocate);
	for (u64 i = 0; i < ENTRIES; i++)
		top[i] = i < DIRECTORIES
			? virt_to_phys(directories + i * ENTRIES) | format->table[1]
			: i << GB_SHIFT | format->large;
	return virt_to_phys(top);
}
