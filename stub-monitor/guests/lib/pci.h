/* SPDX-License-Identifier: EPL-2.0 */
/* PCI configuration space of bus 0, by configuration mechanism #1. */
#ifndef GUEST_PCI_H
#define GUEST_PCI_H

#include "types.h"

#define PCI_COMMAND        0x04
#define PCI_BAR0           0x10
#define PCI_INTERRUPT_LINE 0x3c
#define PCI_ALL_ENABLED    0x7 /* ports, memory, bus master */

/* Device in bits 7-3, function in bits 2-0; PCI_NONE: there is no such device. */
#define PCI_NONE (~0u)

u32 pci_read(u32 function, u32 offset);
void pci_write(u32 function, u32 offset, u32 value);

/* With this device and vendor; or, by class, with this base class, subclass and interface. Enabled for DMA. */
u32 pci_find(u16 vendor, u16 device);
u32 pci_find_class(u32 class_code);

/* The address in base address register `bar`: of ports or memory. */
u64 pci_bar(u32 function, u32 bar);
u8 pci_irq(u32 function);

/* The offset of the capability, or of the next one after `after`; 0: none. */
u32 pci_capability(u32 function, u8 id, u32 after);

#endif
