/* SPDX-License-Identifier: EPL-2.0 */
/*
 * What of Linux's setup header and zero page a loader of 64-bit kernels reads and writes (Linux,
 * Documentation/arch/x86/boot.rst, zero-page.rst). Offsets are those of the file and of the zero page alike.
 */
#ifndef BOOT_LINUX_BOOT_H
#define BOOT_LINUX_BOOT_H

#include "lib/types.h"

#define LINUX_SECTOR          512
#define LINUX_DEFAULT_SECTORS 4 /* of setup code, if the header says 0 */
#define LINUX_BOOT_FLAG       0xaa55
#define LINUX_HEADER_MAGIC    0x53726448 /* "HdrS" */
#define LINUX_LOADED_HIGH     BIT(0)
#define LINUX_KERNEL_64       BIT(0) /* XLF_KERNEL_64 */
#define LINUX_ABOVE_4G        BIT(1) /* XLF_CAN_BE_LOADED_ABOVE_4G: everything may be anywhere */
#define LINUX_ENTRY_64        0x200
#define LINUX_UNKNOWN_LOADER  0xff
#define LINUX_E820_MAX        128
#define LINUX_VGA             1 /* orig_video_isVGA: colour text */
#define LINUX_BOOT_CS         0x10
#define LINUX_BOOT_DS         0x18

struct linux_setup_header { /* at 0x1f1 */
	u8 setup_sects;
	u16 root_flags;
	u32 syssize; /* of the protected-mode code, in units of 16 bytes */
	u16 ram_size, vid_mode, root_dev, boot_flag;
	u8 jump, jump_offset; /* the header ends so many bytes after 0x202 */
	u32 magic;
	u16 version;
	u32 realmode_swtch;
	u16 start_sys_seg, kernel_version;
	u8 type_of_loader, loadflags;
	u16 setup_move_size;
	u32 code32_start, ramdisk_image, ramdisk_size, bootsect_kludge;
	u16 heap_end_ptr;
	u8 ext_loader_ver, ext_loader_type;
	u32 cmd_line_ptr, initrd_addr_max, kernel_alignment;
	u8 relocatable_kernel, min_alignment;
	u16 xloadflags;
	u32 cmdline_size, hardware_subarch;
	u64 hardware_subarch_data;
	u32 payload_offset, payload_length;
	u64 setup_data, pref_address;
	u32 init_size, handover_offset;
} __attribute__((packed));

struct linux_screen_info { /* at 0 */
	u8 orig_x, orig_y;
	u16 ext_mem_k, orig_video_page;
	u8 orig_video_mode, orig_video_cols, flags, unused2;
	u16 orig_video_ega_bx, unused3;
	u8 orig_video_lines, orig_video_isVGA;
	u16 orig_video_points;
} __attribute__((packed));

struct linux_e820_entry {
	u64 addr, size;
	u32 type; /* numbered as Multiboot's */
} __attribute__((packed));

struct linux_zero_page {
	struct linux_screen_info screen;
	u8 other[0x1e8 - sizeof(struct linux_screen_info)];
	u8 e820_entries;
	u8 more[0x1f1 - 0x1e9];
	struct linux_setup_header header;
	u8 rest[0x2d0 - 0x1f1 - sizeof(struct linux_setup_header)];
	struct linux_e820_entry e820[LINUX_E820_MAX];
	u8 last[0x1000 - 0x2d0 - LINUX_E820_MAX * sizeof(struct linux_e820_entry)];
} __attribute__((packed));

#define LINUX_SETUP_HEADER 0x1f1

_Static_assert(offsetof(struct linux_zero_page, header) == LINUX_SETUP_HEADER, "boot.rst");
_Static_assert(offsetof(struct linux_setup_header, magic) + LINUX_SETUP_HEADER == 0x202,
	"boot.rst");
_Static_assert(offsetof(struct linux_setup_header, xloadflags) + LINUX_SETUP_HEADER == 0x236,
	"boot.rst");
_Static_assert(offsetof(struct linux_setup_header, init_size) + LINUX_SETUP_HEADER == 0x260,
	"boot.rst");
_Static_assert(offsetof(struct linux_zero_page, e820) == 0x2d0, "zero-page.rst");
_Static_assert(sizeof(struct linux_zero_page) == PAGE_SIZE, "zero-page.rst");

#endif
