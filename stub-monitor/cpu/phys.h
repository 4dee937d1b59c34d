/* SPDX-License-Identifier: EPL-2.0 */
/*
 * The monitor sees physical memory through a direct map; everything it hands to the hardware goes
 * back through virt_to_phys().
 */
#ifndef CPU_PHYS_H
#define CPU_PHYS_H

#include "lib/types.h"

#define DIRECT_MAP     0xffff800000000000ull
#define VIRT_BASE      0xffffffff80000000ull
#define DIRECT_MAP_END 0x100000000ull /* physical addresses from here on are not mapped */

/* Where the image is now: LOAD_BASE until boot/relocate.c moves it. */
extern u64 image_phys;

static inline void *phys_to_virt(u64 phys)
{
	return (void *)(DIRECT_MAP + phys);
}

static inline u64 virt_to_phys(const void *virt)
{
	u64 address = (u64)virt;

	return address >= VIRT_BASE ? address - VIRT_BASE + image_phys : address - DIRECT_MAP;
}

#endif
