/* SPDX-License-Identifier: EPL-2.0 */
/*
 * Multiboot 1 structures (Multiboot Specification 0.6.96, sections 3.1 to 3.3): the monitor is
 * loaded by it and loads its guest by it.
 */
#ifndef BOOT_MULTIBOOT_H
#define BOOT_MULTIBOOT_H

#define MULTIBOOT_HEADER_MAGIC 0x1BADB002
#define MULTIBOOT_BOOT_MAGIC   0x2BADB002
#define MULTIBOOT_SEARCH       8192 /* the header stands in this many first bytes, 4-byte aligned */

#define MULTIBOOT_FLAG_PAGE_ALIGN 0x00000001
#define MULTIBOOT_FLAG_MEMORY     0x00000002
#define MULTIBOOT_FLAG_VIDEO      0x00000004
#define MULTIBOOT_FLAG_ADDRESSES  0x00010000

#define MULTIBOOT_INFO_MEMORY  0x00000001
#define MULTIBOOT_INFO_CMDLINE 0x00000004
#define MULTIBOOT_INFO_MODULES 0x00000008
#define MULTIBOOT_INFO_MMAP    0x00000040
#define MULTIBOOT_INFO_LOADER  0x00000200

#define MULTIBOOT_MEMORY_AVAILABLE 1
#define MULTIBOOT_MEMORY_RESERVED  2

#ifndef __ASSEMBLER__
#include "lib/types.h"

struct multiboot_header {
	u32 magic, flags, checksum;
	u32 header_addr, load_addr, load_end_addr, bss_end_addr, entry_addr;
};

struct multiboot_info {
	u32 flags, mem_lower, mem_upper, boot_device, cmdline, mods_count, mods_addr;
	u32 syms[4];
	u32 mmap_length, mmap_addr, drives_length, drives_addr, config_table, boot_loader_name;
	u32 apm_table, vbe_control_info, vbe_mode_info;
	u16 vbe_mode, vbe_interface_seg, vbe_interface_off, vbe_interface_len;
};

struct multiboot_module {
	u32 mod_start, mod_end, string, reserved;
};

struct multiboot_mmap_entry {
	u32 size; /* of what follows: 20 */
	u64 addr, len;
	u32 type;
} __attribute__((packed));
#endif
#endif
