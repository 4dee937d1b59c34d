/* SPDX-License-Identifier: EPL-2.0 */
#include "pci.h"
#include "port.h"

#define CONFIG_ADDRESS 0xcf8
#define CONFIG_DATA    0xcfc
#define ENABLE         0x80000000u
#define FUNCTIONS      256
#define REG_ID         0x00
#define REG_CLASS      0x08
#define REG_STATUS     0x04
#define HAS_LIST       (1u << 20)
#define REG_LIST       0x34
#define BAR_PORTS      1u
#define BAR_64         4u

u32 pci_read(u32 function, u32 offset)
{
	outl(CONFIG_ADDRESS, ENABLE | function << 8 | (offset & 0xfc));
	return inl(CONFIG_DATA);
}

void pci_write(u32 function, u32 offset, u32 value)
{
	outl(CONFIG_ADDRESS, ENABLE | function << 8 | (offset & 0xfc));
	outl(CONFIG_DATA, value);
}

static u32 find(u32 reg, u32 shift, u32 wanted)
{
	u32 function;

	for (function = 0; function < FUNCTIONS; function++)
		if (pci_read(function, REG_ID) != ~0u &&
			pci_read(function, reg) >> shift == wanted) {
			pci_write(function, PCI_COMMAND, PCI_ALL_ENABLED);
			return function;
		}
	return PCI_NONE;
}

u32 pci_find(u16 vendor, u16 device)
{
	return find(REG_ID, 0, (u32)device << 16 | vendor);
}

u32 pci_find_class(u32 class_code)
{
	return find(REG_CLASS, 8, class_code);
}

u64 pci_bar(u32 function, u32 bar)
{
	u32 low = pci_read(function, PCI_BAR0 + 4 * bar);

	if (low & BAR_PORTS)
		return low & ~3u;
	return (low & BAR_64 ? (u64)pci_read(function, PCI_BAR0 + 4 * bar + 4) << 32 : 0) |
		(low & ~15u);
}

u8 pci_irq(u32 function)
{
	return (u8)pci_read(function, PCI_INTERRUPT_LINE);
}

u32 pci_capability(u32 function, u8 id, u32 after)
{
	u32 at;

	if (!(pci_read(function, REG_STATUS) & HAS_LIST))
		return 0;
	at = after ? pci_read(function, after) >> 8 & 0xfc : pci_read(function, REG_LIST) & 0xfc;
	while (at && (pci_read(function, at) & 0xff) != id)
		at = pci_read(function, at) >> 8 & 0xfc;
	return at;
}
