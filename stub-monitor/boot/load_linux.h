/* SPDX-License-Identifier: EPL-2.0 */
/*
 * Loads a Linux bzImage for x86-64 from memory and describes the machine to it without the monitor, as a boot loader does by
 * the 64-bit boot protocol (Linux, Documentation/arch/x86/boot.rst and zero-page.rst). The kernel's 16-bit setup code
 * does not run. At most one module, the initrd, which stays where it is.
 */
#ifndef BOOT_LOAD_LINUX_H
#define BOOT_LOAD_LINUX_H

#include "boot/load_guest.h"

/* Whether the file has a Linux setup header. It may be a Multiboot kernel as well. */
bool load_linux_recognizes(const struct guest_image *image);

/*
 * Puts the kernel, below `limit`, and what it is told into place, and the CPU at its 64-bit entry point. Returns NULL, or one line on
 * what is wrong with the image (nothing has been started then).
 */
const char *load_linux(const struct guest_image *image, const struct guest_modules *modules,
	const struct memory_map *map, u64 limit, struct cpu_state *cpu);

#endif
