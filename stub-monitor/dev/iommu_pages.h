/* SPDX-License-Identifier: EPL-2.0 */
/*
 * The page tables that an IOMMU, Intel's or AMD's, gives the devices: three levels of 512 entries, every address is
 * itself, but for what is hidden. 2 MB pages below 4 GB, 1 GB pages above, up to 512 GB.
 */
#ifndef DEV_IOMMU_PAGES_H
#define DEV_IOMMU_PAGES_H

#include "dev/iommu.h"

/* What an entry has beside its address. */
struct iommu_page_format {
	u64 small, large; /* a page of 4 KB, one of 2 MB or 1 GB */
	u64 table[2];     /* a table of small pages, one of 2 MB pages */
	u64 hidden;       /* nothing is here: the whole entry */
};

u64 iommu_pages_bytes(void);

/* The physical address of the top table. */
u64 iommu_pages_build(const struct iommu_page_format *format, const struct iommu_hidden *hidden,
	void *(*allocate)(u64 bytes));

#endif
