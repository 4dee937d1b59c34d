/* SPDX-License-Identifier: EPL-2.0 */
/*
 * A disk by virtio, legacy interface (Virtual I/O Device 1.0, 2.4 and 4.1.4.8): the queue's place is told as a page
 * number. Polled: the driver spins on the used ring in memory and asks no register.
 */
#include "../lib/disk.h"
#include "../lib/guest.h"
#include "../lib/pci.h"
#include "../lib/port.h"
#include "../lib/print.h"

#define REG_QUEUE_PFN    8
#define REG_QUEUE_SIZE   12
#define REG_QUEUE_SELECT 14
#define REG_NOTIFY       16
#define REG_STATUS       18
#define STATUS_ALIVE     3 /* acknowledge, driver */
#define STATUS_READY     7
#define QUEUE_MAX        256
#define DESC_NEXT        1
#define DESC_WRITE       2
#define NO_INTERRUPT     1
#define TYPE_IN          0
#define TYPE_OUT         1

struct descriptor {
	u64 address;
	u32 length;
	u16 flags, next;
};

struct available {
	u16 flags, index, ring[QUEUE_MAX];
};

struct used {
	u16 flags;
	volatile u16 index;
	struct {
		u32 id, length;
	} ring[QUEUE_MAX];
};

static u8 queue[4 * 4096] __attribute__((aligned(4096)));
static struct {
	u32 type, reserved;
	u64 sector;
} request;
static volatile u8 status;
static u16 base, size;

/* As many as the device says: legacy drivers cannot choose. */
static struct descriptor *descriptors(void)
{
	return (struct descriptor *)queue;
}

static struct available *available(void)
{
	return (struct available *)(queue + sizeof(struct descriptor) * size);
}

static struct used *used(void)
{
	u64 end = sizeof(struct descriptor) * size + 6 + 2ull * size;

	return (struct used *)(queue + ((end + 4095) & ~4095ull));
}

static void describe(u16 i, const volatile void *at, u32 length, u16 flags)
{
	descriptors()[i] = (struct descriptor){(u64)at, length, flags, (u16)(i + 1)};
}

static bool transfer(enum disk_direction direction, u64 sector, void *memory)
{
	u16 before = used()->index;
	struct available *a = available();

	request.type = direction == DISK_READ ? TYPE_IN : TYPE_OUT;
	request.sector = sector;
	status = 0xff;
	describe(0, &request, 16, DESC_NEXT);
	describe(1, memory, TRANSFER_BYTES, DESC_NEXT | (direction == DISK_READ ? DESC_WRITE : 0));
	describe(2, &status, 1, DESC_WRITE);
	a->flags = NO_INTERRUPT;
	a->ring[a->index % size] = 0;
	__sync_synchronize();
	a->index++;
	outw((u16)(base + REG_NOTIFY), 0);
	while (used()->index == before)
		;
	__sync_synchronize();
	return status == 0;
}

void guest_main(u32 magic, const struct multiboot_info *info)
{
	u32 function;

	(void)magic;
	(void)info;
	guest_ready("vblk");
	function = pci_find(0x1af4, 0x1001);
	if (function == PCI_NONE)
		print("vblk: no virtio disk\n");
	if (function == PCI_NONE)
		guest_done();
	base = (u16)pci_bar(function, 0);
	outb((u16)(base + REG_STATUS), 0);
	outb((u16)(base + REG_STATUS), STATUS_ALIVE);
	outw((u16)(base + REG_QUEUE_SELECT), 0);
	size = inw((u16)(base + REG_QUEUE_SIZE));
	print("vblk: queue of %u\n", size);
	outl((u16)(base + REG_QUEUE_PFN), (u32)((u64)queue >> 12));
	outb((u16)(base + REG_STATUS), STATUS_READY);
	disk_test("vblk", transfer);
	guest_done();
}
