/* SPDX-License-Identifier: EPL-2.0 */
#include "dev/amdvi.h"

#include "cpu/phys.h"
#include "dev/acpi.h"
#include "dev/iommu_pages.h"
#include "dev/pci.h"
#include "lib/printk.h"
#include "lib/string.h"

/* Registers (3.4). */
#define REG_DEVICE_TABLE 0x00
#define REG_CONTROL      0x18
#define CONTROL_ENABLE   BIT(0)
#define REGISTER_PAGES   4

/* Device table entry (2.2.2.1) and page table entry (2.2.3): next level in bits 11-9. */
#define ENTRY_PRESENT    BIT(0)
#define ENTRY_TRANSLATE  BIT(1) /* of a device table entry */
#define ENTRY_LEVEL(n)   ((u64)(n) << 9)
#define ENTRY_READ_WRITE (BIT(61) | BIT(62))
#define LEVELS           3
#define DOMAIN           1
#define DEVICES          0x10000
#define DEVICE_WORDS     4
#define TABLE_BYTES      (DEVICES * DEVICE_WORDS * sizeof(u64))

/* I/O virtualization hardware definition blocks of the IVRS (5.2). */
#define IVRS_HEADER 48
#define IVHD_10     0x10
#define IVHD_11     0x11
#define IVHD_40     0x40
#define IVHD_BASE   8
#define IVHD_LENGTH 24

/* The unit's own PCI function: base class 08, subclass 06. */
#define PCI_CLASS           0x08
#define PCI_CLASS_IOMMU     0x0806
#define PCI_ABORT_SIGNALLED BIT(27) /* of command and status; a one clears it */
#define PCI_STATUS_MASK     0xffff0000u
#define FUNCTIONS           256

/* A hidden entry leads nowhere and allows nothing. With all bits clear QEMU 7.2 would block it, and not report it. */
static const struct iommu_page_format host_pages = {
	.small = ENTRY_PRESENT | ENTRY_READ_WRITE,
	.large = ENTRY_PRESENT | ENTRY_READ_WRITE,
	.table = {ENTRY_PRESENT | ENTRY_READ_WRITE | ENTRY_LEVEL(1),
		ENTRY_PRESENT | ENTRY_READ_WRITE | ENTRY_LEVEL(2)},
	.hidden = ENTRY_PRESENT | ENTRY_LEVEL(1),
};
static bool on, blocked;
static struct pci_function function;

static volatile u64 *register_at(u64 base, unsigned offset)
{
	return (volatile u64 *)((volatile u8 *)phys_to_virt(base) + offset);
}

u64 amdvi_table_bytes(void)
{
	return acpi_find("IVRS") ? TABLE_BYTES : 0;
}

static bool is_hardware_definition(u8 type)
{
	return type == IVHD_10 || type == IVHD_11 || type == IVHD_40;
}

/* The one unit that the table names, by one block or several; 0 if there are more, or one that cannot be used. */
static u64 find_unit(const struct acpi_header *ivrs)
{
	const u8 *at = (const u8 *)ivrs + IVRS_HEADER, *end = (const u8 *)ivrs + ivrs->length;
	u64 base, found = 0;
	u16 length;

	for (; end - at >= 4; at += length) {
		memcpy(&length, at + 2, sizeof(length));
		if (length < 4 || length > end - at)
			break;
		if (!is_hardware_definition(*at) || length < IVHD_LENGTH)
			continue;
		memcpy(&base, at + IVHD_BASE, sizeof(base));
		if (!base || base & PAGE_MASK || (found && found != base) ||
			base > DIRECT_MAP_END - REGISTER_PAGES * PAGE_SIZE) {
			printk("iommu: the unit at 0x%lx cannot be used", base);
			return 0;
		}
		found = base;
	}
	return found;
}

static bool find_function(void)
{
	for (unsigned devfn = 0; devfn < FUNCTIONS; devfn++) {
		function.devfn = (u8)devfn;
		if (pci_read(function, PCI_CLASS) >> 16 == PCI_CLASS_IOMMU)
			return true;
	}
	return false;
}

/* One entry for every function of every bus. */
static u64 build_devices(u64 pages, void *(*allocate)(u64 bytes))
{
	u64 *devices = allocate(TABLE_BYTES);

	memset(devices, 0, TABLE_BYTES);
	for (u64 i = 0; i < DEVICES; i++) {
		devices[DEVICE_WORDS * i] = pages | ENTRY_PRESENT | ENTRY_TRANSLATE |
			ENTRY_LEVEL(LEVELS) | ENTRY_READ_WRITE;
		devices[DEVICE_WORDS * i + 1] = DOMAIN;
	}
	return virt_to_phys(devices) | (TABLE_BYTES / PAGE_SIZE - 1);
}

static bool turn_on(u64 base, u64 devices)
{
	*register_at(base, REG_DEVICE_TABLE) = devices;
	*register_at(base, REG_CONTROL) = CONTROL_ENABLE;
	return *register_at(base, REG_DEVICE_TABLE) == devices &&
		(*register_at(base, REG_CONTROL) & CONTROL_ENABLE);
}

unsigned amdvi_protect(const struct iommu_hidden *hidden, void *(*allocate)(u64 bytes),
	u64 pages[IOMMU_PAGES_MAX])
{
	struct acpi_header *ivrs = acpi_find("IVRS");
	u64 base = ivrs ? find_unit(ivrs) : 0;

	if (!base)
		return 0;
	if (*register_at(base, REG_CONTROL) & CONTROL_ENABLE || !find_function()) {
		printk("iommu: the unit at 0x%lx is in use, or has no PCI function", base);
		return 0;
	}
	on = turn_on(base,
		build_devices(iommu_pages_build(&host_pages, hidden, allocate), allocate));
	if (!on) {
		printk("iommu: the unit at 0x%lx does not answer", base);
		return 0;
	}
	acpi_hide(ivrs);
	for (unsigned i = 0; i < REGISTER_PAGES; i++)
		pages[i] = base + i * PAGE_SIZE;
	printk("iommu: 1 unit on; devices cannot reach 0x%lx..0x%lx", hidden->start, hidden->end);
	return REGISTER_PAGES;
}

bool amdvi_is_on(void)
{
	return on;
}

/* The address register is the guest's. */
static void collect(void)
{
	u32 address = pci_address(), status = pci_read(function, PCI_COMMAND);

	if (status & PCI_ABORT_SIGNALLED) {
		pci_write(function, PCI_COMMAND,
			(status & ~PCI_STATUS_MASK) | (u32)PCI_ABORT_SIGNALLED);
		blocked = true;
	}
	pci_set_address(address);
}

void amdvi_print(void (*print)(void *context, const char *line), void *context)
{
	if (!on)
		return;
	collect();
	if (blocked)
		print(context, "dma blocked: an access; the unit does not tell whose");
}
