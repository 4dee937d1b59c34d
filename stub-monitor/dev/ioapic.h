/* SPDX-License-Identifier: EPL-2.0 */
/*
 * The I/O APIC (82093AA data sheet). The monitor owns one redirection entry: its UART's line,
 * delivered as NMI, so that a debugger's break-in reaches a guest that has interrupts off. All
 * other entries are the guest's.
 */
#ifndef DEV_IOAPIC_H
#define DEV_IOAPIC_H

#include "lib/types.h"

#define IOAPIC_PHYS 0xfec00000ull

/* Routes ISA line `irq` to this CPU as NMI and protects the entry from then on. */
void ioapic_own_line(unsigned irq);

/*
 * The guest's accesses to the register window, offset 0x00 (select) or 0x10 (data), the monitor's
 * entry left out.
 */
u32 ioapic_guest_read(unsigned offset);
void ioapic_guest_write(unsigned offset, u32 value);

#endif
