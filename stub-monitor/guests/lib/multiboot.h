/* SPDX-License-Identifier: EPL-2.0 */
/* What a Multiboot 1 loader hands over (Multiboot Specification 0.6.96, section 3.3). */
#ifndef GUEST_MULTIBOOT_H
#define GUEST_MULTIBOOT_H

#include "types.h"

#define MULTIBOOT_LOADED 0x2badb002u

#define MULTIBOOT_HAS_CMDLINE (1u << 2)
#define MULTIBOOT_HAS_MODULES (1u << 3)
#define MULTIBOOT_HAS_MMAP    (1u << 6)

#define MULTIBOOT_RAM 1u

struct multiboot_info {
	u32 flags;
	u32 mem_lower, mem_upper;
	u32 boot_device;
	u32 cmdline;
	u32 mods_count, mods_addr;
	u32 syms[4];
	u32 mmap_length, mmap_addr;
	u32 drives_length, drives_addr;
	u32 config_table;
	u32 boot_loader_name;
};

struct multiboot_module {
	u32 start, end;
	u32 string;
	u32 reserved;
};

struct multiboot_mmap {
	u32 size;
	u64 base;
	u64 length;
	u32 type;
} __attribute__((packed));

/* The first entry, or the one after `entry`; NULL when there is none (or no map at all). */
const struct multiboot_mmap *multiboot_mmap_next(const struct multiboot_info *info,
	const struct multiboot_mmap *entry);

/* The command line, "" when there is none. */
const char *multiboot_cmdline(const struct multiboot_info *info);

/* The last word of the command line: the argument of a guest that takes one; "" without words. */
const char *multiboot_argument(const struct multiboot_info *info);

#endif
