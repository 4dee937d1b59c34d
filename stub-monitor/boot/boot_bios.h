/* SPDX-License-Identifier: EPL-2.0 */
/*
 * A guest that the BIOS boots, from the next device of its boot order (BIOS Boot Specification 1.01, 6.6: what was booted
 * gives up by INT 18h). The BIOS, its interrupts and its data are as they were when it started the monitor's boot loader, but for
 * the memory map, which has no monitor in it (boot/memory_calls.S).
 * Order: boot_bios_prepare(), then, with the debugger's calls ready to be used, boot_bios_run().
 */
#ifndef BOOT_BOOT_BIOS_H
#define BOOT_BOOT_BIOS_H

#include "boot/memory_map.h"
#include "cpu/cpu_state.h"

/* Cuts some KB off the end of conventional memory, in `map` as well. Returns NULL, or one line on why it cannot be done. */
const char *boot_bios_prepare(struct memory_map *map, struct cpu_state *cpu);

/*
 * Lets the BIOS run, live, until the boot sector's first instruction at 0000:7C00. Returns NULL, or one line on what happened instead.
 */
const char *boot_bios_run(void);

#endif
