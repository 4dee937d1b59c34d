/* SPDX-License-Identifier: EPL-2.0 */
/*
 * DMA remapping by Intel VT-d (Intel Virtualization Technology for Directed I/O, 3.4; "VT-d"), where
 * the firmware's DMAR table names a unit: every device sees memory as it is, but for the monitor's,
 * which is not there. AMD's units are in dev/amdvi.h.
 */
#ifndef DEV_IOMMU_H
#define DEV_IOMMU_H

#include "lib/types.h"

#define IOMMU_UNITS_MAX 2
#define IOMMU_PAGES_MAX 4

struct iommu_hidden {
	u64 start, end; /* physical: what no device may reach */
};

/* Bytes that iommu_protect() takes from `allocate`. */
u64 iommu_table_bytes(void);

/*
 * Turns on every unit, and hides them from the guest's ACPI. Returns how many
 * register pages they have, to be hidden by the caller: `pages`. 0: none, or none that can do it; the
 * log says why.
 */
unsigned iommu_protect(const struct iommu_hidden *hidden, void *(*allocate)(u64 bytes),
	u64 pages[IOMMU_PAGES_MAX]);

/* Protection, and what was blocked so far: a line each. Collects new faults first. */
void iommu_print(void (*print)(void *context, const char *line), void *context);

#endif
