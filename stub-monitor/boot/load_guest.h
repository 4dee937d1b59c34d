/* SPDX-License-Identifier: EPL-2.0 */
/*
 * Loads a Multiboot 1 kernel (ELF32, ELF64, or a.out kludge addresses) from memory, as a boot
 * loader would (Multiboot Specification 0.6.96, chapter 3), and describes the machine to it without
 * the monitor.
 */
#ifndef BOOT_LOAD_GUEST_H
#define BOOT_LOAD_GUEST_H

#include "boot/memory_map.h"
#include "lib/types.h"
#include "cpu/cpu_state.h"

struct guest_image {
	const u8 *bytes; /* the kernel's file, in the monitor's or the modules' memory */
	u64 size;
	const char *command_line;
};

struct guest_modules {
	const struct multiboot_module
		*modules; /* physical addresses, already at their final place */
	u32 count;
};

/* Whether the file has a Multiboot 1 header. */
bool load_guest_recognizes(const struct guest_image *image);

/*
 * Copies the kernel's segments into place and writes the Multiboot information, `info_pages` at
 * `info_phys`. Returns NULL, or one line on what is wrong with the image (nothing has been started
 * then).
 */
const char *load_guest(const struct guest_image *image, const struct guest_modules *modules,
	const struct memory_map *map, u64 info_phys, u32 *entry);

/* Size of what load_guest() writes at info_phys, in bytes, at most. */
#define GUEST_INFO_BYTES 0x4000

/*
 * The CPU as Multiboot promises it: 32-bit protected mode, paging off, magic in EAX, information in
 * EBX.
 */
void load_guest_cpu(struct cpu_state *cpu, u32 entry, u64 info_phys);

#endif
