/* SPDX-License-Identifier: EPL-2.0 */
/*
 * The machine's memory map as Multiboot gave it, below 4 GB, with the monitor's own region cut out
 * for the guest. RAM above 4 GB stays unused (docs/LIMITS.md).
 */
#ifndef BOOT_MEMORY_MAP_H
#define BOOT_MEMORY_MAP_H

#include "boot/multiboot.h"
#include "lib/types.h"

#define MEMORY_MAP_MAX 64

struct memory_map {
	unsigned count;
	struct multiboot_mmap_entry entries[MEMORY_MAP_MAX];
};

/* False: no map, or more entries than MEMORY_MAP_MAX. */
bool memory_map_read(const struct multiboot_info *info, struct memory_map *map);

/* End of the highest available entry that starts below 4 GB. */
u64 memory_map_top(const struct memory_map *map);

/*
 * End of everything that is memory-like and contiguous with RAM: also the firmware's tables just
 * above the top.
 */
u64 memory_map_ram_end(const struct memory_map *map);

/* True if [start, end) is inside one available entry. */
bool memory_map_available(const struct memory_map *map, u64 start, u64 end);

/* Cuts [start, end) out of the available entries: it becomes a hole, belonging to nothing. */
bool memory_map_remove(struct memory_map *map, u64 start, u64 end);

#endif
