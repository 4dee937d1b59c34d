/* SPDX-License-Identifier: EPL-2.0 */
#include "boot/memory_map.h"

#include "cpu/phys.h"
#include "lib/string.h"

#define FOUR_GB         0x100000000ull
#define FIRMWARE_TABLES (1 << 20) /* ACPI tables reach at most this far above the top of RAM */

static bool add(struct memory_map *map, u64 addr, u64 len, u32 type)
{
	if (map->count == MEMORY_MAP_MAX)
		return false;
	map->entries[map->count++] = (struct multiboot_mmap_entry){20, addr, len, type};
	return true;
}

bool memory_map_read(const struct multiboot_info *info, struct memory_map *map)
{
	u64 at = info->mmap_addr, end = at + info->mmap_length;

	map->count = 0;
	if (!(info->flags & MULTIBOOT_INFO_MMAP))
		return false;
	while (at < end) {
		const struct multiboot_mmap_entry *entry = phys_to_virt(at);

		if (entry->addr < FOUR_GB && !add(map, entry->addr, entry->len, entry->type))
			return false;
		at += entry->size + sizeof(entry->size);
	}
	return map->count > 0;
}

u64 memory_map_top(const struct memory_map *map)
{
	u64 top = 0;

	for (unsigned i = 0; i < map->count; i++)
		if (map->entries[i].type == MULTIBOOT_MEMORY_AVAILABLE)
			top = max_u64(top, map->entries[i].addr + map->entries[i].len);
	return min_u64(top, FOUR_GB) & ~PAGE_MASK;
}

u64 memory_map_ram_end(const struct memory_map *map)
{
	u64 top = memory_map_top(map), end = top;

	for (unsigned i = 0; i < map->count; i++) {
		u64 start = map->entries[i].addr, stop = start + map->entries[i].len;

		if (start >= top && stop <= top + FIRMWARE_TABLES)
			end = max_u64(end, stop);
	}
	return (end + PAGE_MASK) & ~PAGE_MASK;
}

bool memory_map_available(const struct memory_map *map, u64 start, u64 end)
{
	for (unsigned i = 0; i < map->count; i++) {
		const struct multiboot_mmap_entry *e = &map->entries[i];

		if (e->type == MULTIBOOT_MEMORY_AVAILABLE && start >= e->addr && end >= start &&
			end <= e->addr + e->len)
			return true;
	}
	return false;
}

bool memory_map_remove(struct memory_map *map, u64 start, u64 end)
{
	for (unsigned i = 0; i < map->count; i++) {
		struct multiboot_mmap_entry *e = &map->entries[i];
		u64 e_end = e->addr + e->len;

		if (e->type != MULTIBOOT_MEMORY_AVAILABLE || end <= e->addr || start >= e_end)
			continue;
		e->len = start > e->addr ? start - e->addr : 0;
		if (end < e_end && !add(map, end, e_end - end, MULTIBOOT_MEMORY_AVAILABLE))
			return false;
	}
	return true;
}
