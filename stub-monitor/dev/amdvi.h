/* SPDX-License-Identifier: EPL-2.0 */
/*
 * DMA remapping by AMD's IOMMU (AMD I/O Virtualization Technology Specification, 3.00), where the firmware's IVRS table
 * names a unit: dev/iommu.h says what it is for. No commands are sent: the tables are complete before the unit is turned
 * on, and never change. Of what was blocked only that something was is known: the event log is not used, because QEMU
 * 7.2 writes none.
 */
#ifndef DEV_AMDVI_H
#define DEV_AMDVI_H

#include "dev/iommu.h"

u64 amdvi_table_bytes(void);

/* As iommu_protect(). */
unsigned amdvi_protect(const struct iommu_hidden *hidden, void *(*allocate)(u64 bytes),
	u64 pages[IOMMU_PAGES_MAX]);

bool amdvi_is_on(void);

/* A line if something was blocked since the start. */
void amdvi_print(void (*print)(void *context, const char *line), void *context);

#endif
