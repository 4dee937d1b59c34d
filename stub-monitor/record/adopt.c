/* SPDX-License-Identifier: EPL-2.0 */
#include "record/adopt.h"

#include "cpu/io.h"
#include "cpu/phys.h"
#include "dev/pci.h"
#include "dma/reach.h"
#include "lib/format.h"
#include "lib/printk.h"
#include "replay/replay.h"

#define FUNCTIONS     256
#define REGISTERS_MAX 8
#define BAR_IO_MASK   ~3u
#define BAR_MASK      ~15u

/* Which registers hold addresses; `again` more sets of them, `stride` apart. */
struct readable {
	u32 id, id_mask, class, class_mask;
	unsigned bar, count;
	u16 at[REGISTERS_MAX];
	unsigned again, stride;
	bool all; /* else there are more that cannot be read */
};

static const struct readable readables[] = {
	{.id = 0x813910ec,
		.id_mask = ~0u,
		.count = 5,
		.at = {0x20, 0x24, 0x28, 0x2c, 0x30},
		.all = true}, /* RTL8139: TSAD0-3, RBSTART */
	{.id = 0x10001af4,
		.id_mask = 0xffc0ffff,
		.count = 1,
		.at = {8}}, /* legacy virtio: the queue selected last */
	{.id = 0x8086,
		.id_mask = 0xffff,
		.class = 0x020000,
		.class_mask = 0xffff00,
		.count = 2,
		.at = {0x2800, 0x3800},
		.all = true}, /* Intel's network cards: RDBAL, TDBAL */
	{.class = 0x010100,
		.class_mask = 0xffff00,
		.bar = 4,
		.count = 2,
		.at = {4, 12},
		.all = true}, /* bus master IDE: PRDT, both channels */
	{.class = 0x010601,
		.class_mask = 0xffffff,
		.bar = 5,
		.count = 2,
		.at = {0x100, 0x108},
		.again = 5,
		.stride = 0x80,
		.all = true}, /* AHCI: PxCLB, PxFB */
	{.class = 0x010802,
		.class_mask = 0xffffff,
		.count = 2,
		.at = {0x28, 0x30}}, /* NVMe: ASQ, ACQ */
};

static const struct readable *readable_of(const struct pci_identity *device)
{
	for (unsigned i = 0; i < ARRAY_SIZE(readables); i++)
		if (!((device->id ^ readables[i].id) & readables[i].id_mask) &&
			!((device->class ^ readables[i].class) & readables[i].class_mask))
			return &readables[i];
	return NULL;
}

static void adopt_register(u32 bar, unsigned at)
{
	bool port = bar & PCI_BAR_IO;
	u64 address = (bar & (port ? BAR_IO_MASK : BAR_MASK)) + at;
	u32 value = port ? io_read((u16)address, sizeof(value))
			 : *(const volatile u32 *)phys_to_virt(address);

	reach_register_write((struct root_register){port ? ROOT_PORT : ROOT_MEMORY, address},
		sizeof(value), value);
}

/* False: not all that the device was told can be known. */
static bool adopt(const struct pci_identity *device)
{
	const struct readable *r = readable_of(device);
	u32 bar = r ? pci_read(device->function, PCI_BAR(r->bar)) : 0;

	if (!(bar & BAR_MASK))
		return false;
	for (unsigned set = 0; set <= r->again; set++)
		for (unsigned i = 0; i < r->count; i++)
			adopt_register(bar, set * r->stride + r->at[i]);
	return r->all;
}

static void say_unknown(const struct pci_identity *device)
{
	static char hint[160];

	printk("device %x:%x may write memory and was set up before the recording began: not all that it was told is known",
		device->id & 0xffff, device->id >> 16);
	format(hint, sizeof(hint),
		"; device %x:%x may write memory and was set up before the recording began (monitor log)",
		device->id & 0xffff, device->id >> 16);
	replay_hint(hint);
}

void adopt_devices(void)
{
	u32 guests = pci_address();
	struct pci_identity device;

	for (unsigned devfn = 0; devfn < FUNCTIONS; devfn++)
		if (pci_is_master((struct pci_function){(u8)devfn}, &device) && !adopt(&device))
			say_unknown(&device);
	pci_set_address(guests);
}
