/* SPDX-License-Identifier: EPL-2.0 */
#include "dev/iommu.h"

#include "cpu/phys.h"
#include "dev/acpi.h"
#include "dev/amdvi.h"
#include "dev/iommu_pages.h"
#include "lib/format.h"
#include "lib/printk.h"
#include "lib/string.h"

/* VT-d 10.4: registers. */
#define REG_CAP    0x08
#define REG_ECAP   0x10
#define REG_GCMD   0x18
#define REG_GSTS   0x1c
#define REG_RTADDR 0x20
#define REG_CCMD   0x28
#define REG_FSTS   0x34

#define CAP_AGAW_39      BIT(9)
#define CAP_2MB          BIT(34)
#define CAP_1GB          BIT(35)
#define CAP_FRO(cap)     (((cap) >> 24 & 0x3ff) * 16)
#define CAP_NFR(cap)     (((cap) >> 40 & 0xff) + 1)
#define ECAP_IRO(ecap)   (((ecap) >> 8 & 0x3ff) * 16)
#define GCMD_TRANSLATE   BIT(31)
#define GCMD_ROOT        BIT(30)
#define CCMD_INVALIDATE  BIT(63)
#define CCMD_GLOBAL      BIT(61)
#define IOTLB_OFFSET     8
#define IOTLB_INVALIDATE BIT(63)
#define IOTLB_GLOBAL     BIT(60)
#define FSTS_CLEAR       0x7f
#define FSTS_OVERFLOW    BIT(0)
#define FAULT_BYTES      16
#define FAULT_VALID      BIT(63) /* of the high half */
#define FAULT_IS_READ    BIT(62)

/* VT-d 9: root, context and second-level entries. */
#define PRESENT         BIT(0)
#define CONTEXT_AGAW_39 1ull
#define CONTEXT_DOMAIN  (1ull << 8)
#define SL_READ_WRITE   3ull
#define SL_LARGE        BIT(7)
#define BUSES           256
#define FUNCTIONS       256

/* VT-d 8.1, 8.3. */
#define DMAR_HEADER 48
#define DRHD        0
#define DRHD_BASE   8
#define DRHD_LENGTH 16

#define SPINS      1000000
#define FAULTS_MAX 4

static const struct iommu_page_format second_level = {.small = SL_READ_WRITE,
	.large = SL_READ_WRITE | SL_LARGE,
	.table = {SL_READ_WRITE, SL_READ_WRITE}};
static volatile u8 *units[IOMMU_UNITS_MAX];
static unsigned unit_count;
static struct {
	u64 address;
	u16 source;
	u8 reason;
	bool read;
} faults[FAULTS_MAX]; /* the first ones */
static u64 fault_count;
static bool faults_lost; /* the unit had no room to note one */

static u64 read64(const volatile u8 *unit, unsigned offset)
{
	return *(const volatile u64 *)(unit + offset);
}

static void write64(volatile u8 *unit, unsigned offset, u64 value)
{
	*(volatile u64 *)(unit + offset) = value;
}

static bool wait_status(const volatile u8 *unit, u64 bit)
{
	for (unsigned i = 0; i < SPINS; i++)
		if (*(const volatile u32 *)(unit + REG_GSTS) & bit)
			return true;
	return false;
}

static bool wait_clear(const volatile u8 *unit, unsigned offset, u64 bit)
{
	for (unsigned i = 0; i < SPINS; i++)
		if (!(read64(unit, offset) & bit))
			return true;
	return false;
}

/* ---- tables ---- */

u64 iommu_table_bytes(void)
{
	return 2 * PAGE_SIZE + iommu_pages_bytes() + amdvi_table_bytes();
}

/* One context for every function of every bus. */
static u64 build_root(u64 pages, void *(*allocate)(u64 bytes))
{
	u64 *root = allocate(PAGE_SIZE), *contexts = allocate(PAGE_SIZE);

	for (u64 i = 0; i < FUNCTIONS; i++) {
		contexts[2 * i] = pages | PRESENT;
		contexts[2 * i + 1] = CONTEXT_AGAW_39 | CONTEXT_DOMAIN;
	}
	for (u64 i = 0; i < BUSES; i++)
		root[2 * i] = virt_to_phys(contexts) | PRESENT;
	return virt_to_phys(root);
}

/* ---- the units ---- */

static bool can_do(const volatile u8 *unit)
{
	const u64 needed = CAP_AGAW_39 | CAP_2MB | CAP_1GB;

	return (read64(unit, REG_CAP) & needed) == needed;
}

static bool turn_on(volatile u8 *unit, u64 root)
{
	volatile u32 *command = (volatile u32 *)(unit + REG_GCMD);
	unsigned iotlb = (unsigned)ECAP_IRO(read64(unit, REG_ECAP)) + IOTLB_OFFSET;

	write64(unit, REG_RTADDR, root);
	*command = (u32)GCMD_ROOT;
	if (!wait_status(unit, GCMD_ROOT))
		return false;
	write64(unit, REG_CCMD, CCMD_INVALIDATE | CCMD_GLOBAL);
	if (!wait_clear(unit, REG_CCMD, CCMD_INVALIDATE))
		return false;
	write64(unit, iotlb, IOTLB_INVALIDATE | IOTLB_GLOBAL);
	if (!wait_clear(unit, iotlb, IOTLB_INVALIDATE))
		return false;
	*command = (u32)GCMD_TRANSLATE;
	return wait_status(unit, GCMD_TRANSLATE);
}

/* The units that the DMAR table names, or 0 if it names one that the monitor cannot reach or use. */
static unsigned find_units(const struct acpi_header *dmar, u64 pages[IOMMU_UNITS_MAX])
{
	const u8 *at = (const u8 *)dmar + DMAR_HEADER, *end = (const u8 *)dmar + dmar->length;
	unsigned found = 0;
	u16 type, length;
	u64 base;

	for (; end - at >= 4; at += length) {
		memcpy(&type, at, sizeof(type));
		memcpy(&length, at + 2, sizeof(length));
		if (length < 4 || length > end - at)
			break;
		if (type != DRHD || length < DRHD_LENGTH)
			continue;
		memcpy(&base, at + DRHD_BASE, sizeof(base));
		if (found == IOMMU_UNITS_MAX || base & PAGE_MASK ||
			base > DIRECT_MAP_END - PAGE_SIZE || !can_do(phys_to_virt(base))) {
			printk("iommu: the unit at 0x%lx cannot be used", base);
			return 0;
		}
		pages[found++] = base;
	}
	return found;
}

static unsigned protect_by_vtd(const struct iommu_hidden *hidden, void *(*allocate)(u64 bytes),
	u64 *pages)
{
	struct acpi_header *dmar = acpi_find("DMAR");
	unsigned found = dmar ? find_units(dmar, pages) : 0;
	u64 root;

	if (!found)
		return 0;
	root = build_root(iommu_pages_build(&second_level, hidden, allocate), allocate);
	for (unsigned i = 0; i < found; i++) {
		volatile u8 *unit = phys_to_virt(pages[i]);

		if (!turn_on(unit, root)) {
			printk("iommu: the unit at 0x%lx does not answer", pages[i]);
			return 0;
		}
		units[unit_count++] = unit;
	}
	acpi_hide(dmar);
	printk("iommu: %u unit%s on; devices cannot reach 0x%lx..0x%lx", found,
		found > 1 ? "s" : "", hidden->start, hidden->end);
	return found;
}

unsigned iommu_protect(const struct iommu_hidden *hidden, void *(*allocate)(u64 bytes),
	u64 pages[IOMMU_PAGES_MAX])
{
	unsigned count = protect_by_vtd(hidden, allocate, pages);

	return count ? count : amdvi_protect(hidden, allocate, pages);
}

/* ---- faults ---- */

static void collect(volatile u8 *unit)
{
	u64 cap = read64(unit, REG_CAP);

	for (unsigned i = 0; i < CAP_NFR(cap); i++) {
		unsigned offset = (unsigned)CAP_FRO(cap) + i * FAULT_BYTES;
		u64 high = read64(unit, offset + 8);

		if (!(high & FAULT_VALID))
			continue;
		if (fault_count < FAULTS_MAX) {
			faults[fault_count].address = read64(unit, offset) & ~PAGE_MASK;
			faults[fault_count].source = (u16)high;
			faults[fault_count].reason = (u8)(high >> 32);
			faults[fault_count].read = high & FAULT_IS_READ;
		}
		fault_count++;
		write64(unit, offset + 8, FAULT_VALID);
	}
	faults_lost |= *(volatile u32 *)(unit + REG_FSTS) & FSTS_OVERFLOW;
	*(volatile u32 *)(unit + REG_FSTS) = FSTS_CLEAR;
}

void iommu_print(void (*print)(void *context, const char *line), void *context)
{
	char line[120];

	for (unsigned i = 0; i < unit_count; i++)
		collect(units[i]);
	print(context,
		unit_count || amdvi_is_on()
			? "dma the monitor's memory is out of the devices' reach (IOMMU)"
			: "dma no IOMMU: a device can write the monitor's memory");
	for (u64 i = 0; i < min_u64(fault_count, FAULTS_MAX); i++) {
		format(line, sizeof(line),
			"dma blocked: device %02x:%02x.%u, %s of page 0x%lx (reason %u)",
			faults[i].source >> 8, faults[i].source >> 3 & 0x1fu, faults[i].source & 7u,
			faults[i].read ? "read" : "write", faults[i].address, faults[i].reason);
		print(context, line);
	}
	if (fault_count > FAULTS_MAX || faults_lost)
		print(context, "dma blocked: more than are listed here");
	amdvi_print(print, context);
}
