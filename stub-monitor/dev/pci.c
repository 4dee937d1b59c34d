/* SPDX-License-Identifier: EPL-2.0 */
#include "dev/pci.h"

#include "cpu/io.h"

#define ADDRESS_ENABLE      BIT(31)
#define ADDRESS_BUS_DEVFN   0xffff00u
#define DEVFN_SHIFT         8
#define FUNCTIONS           256
#define FUNCTION_MASK       7
#define REG_ID              0x00
#define REG_HEADER_TYPE     0x0c /* bits 23-16 of the double word */
#define MULTIFUNCTION       BIT(23)
#define REG_STATUS          0x04 /* bits 31-16 of the double word */
#define STATUS_CAPABILITIES BIT(20)
#define REG_CAPABILITIES    0x34
#define CAPABILITIES_MAX    48
#define NO_FUNCTION         0xffffffffu

/* Intel Q35 (3 Series Express Chipset data sheet, 5.1.16): PCIEXBAR of the host bridge. */
#define Q35_HOST_BRIDGE   0x29c08086u
#define Q35_PCIEXBAR      0x60
#define PCIEXBAR_ENABLE   BIT(0)
#define PCIEXBAR_BASE     0xf0000000u
#define MAPPED_PAGE_SHIFT 12

static bool owns;
static u8 owned;

static u32 address_of(struct pci_function function, unsigned offset)
{
	return (u32)ADDRESS_ENABLE | (u32)function.devfn << DEVFN_SHIFT | (offset & 0xfc);
}

u32 pci_address(void)
{
	return io_read(PCI_CONFIG_ADDRESS, 4);
}

void pci_set_address(u32 address)
{
	io_write(PCI_CONFIG_ADDRESS, 4, address);
}

u32 pci_read(struct pci_function function, unsigned offset)
{
	io_write(PCI_CONFIG_ADDRESS, 4, address_of(function, offset));
	return io_read(PCI_CONFIG_DATA, 4);
}

void pci_write(struct pci_function function, unsigned offset, u32 value)
{
	io_write(PCI_CONFIG_ADDRESS, 4, address_of(function, offset));
	io_write(PCI_CONFIG_DATA, 4, value);
}

bool pci_find_last(u32 id, struct pci_function *function)
{
	bool found = false;

	for (unsigned devfn = 0; devfn < FUNCTIONS; devfn++) {
		const struct pci_function here = {(u8)devfn};
		const struct pci_function first = {(u8)(devfn & ~FUNCTION_MASK)};

		if (here.devfn != first.devfn &&
			!(pci_read(first, REG_HEADER_TYPE) & MULTIFUNCTION))
			continue;
		if (pci_read(here, REG_ID) != id)
			continue;
		*function = here;
		found = true;
	}
	return found;
}

#define REG_CLASS        0x08 /* bits 31-8 of the double word */
#define HEADER_TYPE_BITS 0x7f0000u
#define BARS             6
#define NEAR_IO          0x100u /* no window of ports is larger */
#define NEAR_MEMORY      0x100000u

/* How far behind the beginning of its nearest window the address lies; NOT_NEAR: none. */
#define NOT_NEAR (~0ull)
static u64 distance(struct pci_function function, enum pci_space space, u64 address)
{
	u64 near = space == PCI_SPACE_IO ? NEAR_IO : NEAR_MEMORY, nearest = NOT_NEAR;

	if (pci_read(function, REG_HEADER_TYPE) & HEADER_TYPE_BITS)
		return NOT_NEAR; /* a bridge */
	for (unsigned bar = 0; bar < BARS; bar++) {
		u32 value = pci_read(function, PCI_BAR(bar));
		u64 begin = value & (value & PCI_BAR_IO ? ~3u : ~15u);

		if ((space == PCI_SPACE_IO) == (bool)(value & PCI_BAR_IO) && begin &&
			address >= begin && address - begin < near)
			nearest = min_u64(nearest, address - begin);
	}
	return nearest;
}

static bool exists(struct pci_function function)
{
	const struct pci_function first = {(u8)(function.devfn & ~FUNCTION_MASK)};

	if (function.devfn != first.devfn && !(pci_read(first, REG_HEADER_TYPE) & MULTIFUNCTION))
		return false;
	return pci_read(function, REG_ID) != NO_FUNCTION && !(owns && function.devfn == owned);
}

static struct pci_identity identity_of(struct pci_function function)
{
	return (struct pci_identity){function, pci_read(function, REG_ID),
		pci_read(function, REG_CLASS) >> 8};
}

bool pci_is_master(struct pci_function function, struct pci_identity *found)
{
	if (!exists(function) || (pci_read(function, REG_HEADER_TYPE) & HEADER_TYPE_BITS) ||
		!(pci_read(function, PCI_COMMAND) & PCI_COMMAND_BUS_MASTER))
		return false;
	*found = identity_of(function);
	return true;
}

bool pci_identify(enum pci_space space, u64 address, struct pci_identity *found)
{
	u32 guests = pci_address();
	u64 nearest = NOT_NEAR;

	for (unsigned devfn = 0; devfn < FUNCTIONS; devfn++) {
		const struct pci_function here = {(u8)devfn};
		u64 away = exists(here) ? distance(here, space, address) : NOT_NEAR;

		if (away >= nearest)
			continue;
		nearest = away;
		*found = identity_of(here);
	}
	pci_set_address(guests);
	return nearest != NOT_NEAR;
}

unsigned pci_capability(struct pci_function function, u8 id)
{
	unsigned at;

	if (!(pci_read(function, REG_STATUS) & STATUS_CAPABILITIES))
		return 0;
	at = pci_read(function, REG_CAPABILITIES) & 0xfc;
	for (unsigned i = 0; at && i < CAPABILITIES_MAX; i++) {
		u32 head = pci_read(function, at);

		if ((u8)head == id)
			return at;
		at = head >> 8 & 0xfc;
	}
	return 0;
}

u32 pci_bar_size(struct pci_function function, unsigned bar)
{
	u32 value = pci_read(function, PCI_BAR(bar)), mask;

	pci_write(function, PCI_BAR(bar), ~0u);
	mask = pci_read(function, PCI_BAR(bar)) & (value & PCI_BAR_IO ? ~3u : ~15u);
	pci_write(function, PCI_BAR(bar), value);
	return value & PCI_BAR_IO ? (u16)(~mask + 1) : ~mask + 1;
}

u64 pci_mapped_config(struct pci_function function)
{
	const struct pci_function host_bridge = {0};
	u32 base;

	if (pci_read(host_bridge, REG_ID) != Q35_HOST_BRIDGE)
		return 0;
	base = pci_read(host_bridge, Q35_PCIEXBAR);
	if (!(base & PCIEXBAR_ENABLE))
		return 0;
	return (base & PCIEXBAR_BASE) + ((u64)function.devfn << MAPPED_PAGE_SHIFT);
}

void pci_own(struct pci_function function)
{
	owns = true;
	owned = function.devfn;
}

/* The address register takes whole double words only, so the hardware's content is what counts. */
bool pci_port_is_owned(u16 port)
{
	if (!owns || (port & ~3) != PCI_CONFIG_DATA)
		return false;
	return (io_read(PCI_CONFIG_ADDRESS, 4) & (ADDRESS_ENABLE | ADDRESS_BUS_DEVFN)) ==
		address_of((struct pci_function){owned}, 0);
}
