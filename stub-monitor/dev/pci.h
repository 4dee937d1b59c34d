/* SPDX-License-Identifier: EPL-2.0 */
/*
 * PCI configuration space of bus 0 by configuration mechanism #1 (PCI Local Bus Specification 3.0, 3.2.2.3.2), mostly at
 * start-up: afterwards the address register holds what the guest wrote, and has to be put back. One function may be the monitor's: there
 * is nothing in its place for the guest.
 */
#ifndef DEV_PCI_H
#define DEV_PCI_H

#include "lib/types.h"

#define PCI_CONFIG_ADDRESS 0xcf8
#define PCI_CONFIG_DATA    0xcfc /* four ports */

#define PCI_COMMAND            0x04
#define PCI_COMMAND_IO         BIT(0)
#define PCI_COMMAND_MEMORY     BIT(1)
#define PCI_COMMAND_BUS_MASTER BIT(2)
#define PCI_COMMAND_NO_INTX    BIT(10)
#define PCI_BAR(n)             (0x10 + 4 * (n))
#define PCI_BAR_IO             BIT(0)

/* Device in bits 7-3, function in bits 2-0. */
struct pci_function {
	u8 devfn;
};

u32 pci_address(void);
void pci_set_address(u32 address);

u32 pci_read(struct pci_function function, unsigned offset);
void pci_write(struct pci_function function, unsigned offset, u32 value);

/* The last function on bus 0 with this vendor (bits 15-0) and device (bits 31-16). */
bool pci_find_last(u32 id, struct pci_function *function);

/* Whose base address register covers a port or an address of memory, as far as bus 0 tells. */
enum pci_space { PCI_SPACE_IO, PCI_SPACE_MEMORY };
struct pci_identity {
	struct pci_function function;
	u32 id;    /* vendor in bits 15-0, device in bits 31-16 */
	u32 class; /* base class, subclass, interface in bits 23-0 */
};
bool pci_identify(enum pci_space space, u64 address, struct pci_identity *found);

/* True for a function of bus 0 that may write memory; not a bridge, and not the monitor's. */
bool pci_is_master(struct pci_function function, struct pci_identity *found);

/* Offset of a capability (3.0, 6.7), 0 if there is none. */
unsigned pci_capability(struct pci_function function, u8 id);

/* Size of a base address register's window in bytes; decoding must be off. */
u32 pci_bar_size(struct pci_function function, unsigned bar);

/* Physical address of the function's page in memory-mapped configuration space (q35), 0 if there is no such space. */
u64 pci_mapped_config(struct pci_function function);

/* The function is the monitor's from now on. */
void pci_own(struct pci_function function);

/* True if `port` would now reach the monitor's function: to be answered with ones, writes to be dropped. */
bool pci_port_is_owned(u16 port);

#endif
