/* SPDX-License-Identifier: EPL-2.0 */
/*
 * A disk by the bus master of an IDE controller (Programming Interface for Bus Master IDE Controller 1.0): a table of
 * 32-bit addresses with counts. The driver polls a status register.
 */
#include "../lib/disk.h"
#include "../lib/guest.h"
#include "../lib/pci.h"
#include "../lib/port.h"
#include "../lib/print.h"

#define BUS_MASTER_BAR 4
#define REG_COMMAND    0
#define REG_STATUS     2
#define REG_TABLE      4
#define COMMAND_START  1
#define COMMAND_READ   8 /* the device writes memory */
#define STATUS_ERROR   2
#define STATUS_ENDED   4
#define ATA            0x1f0
#define ATA_COUNT      (ATA + 2)
#define ATA_LBA_0      (ATA + 3)
#define ATA_LBA_1      (ATA + 4)
#define ATA_LBA_2      (ATA + 5)
#define ATA_DEVICE     (ATA + 6)
#define ATA_COMMAND    (ATA + 7)
#define ATA_BUSY       0x80
#define ATA_ERROR      0x01
#define ATA_READ_DMA   0xc8
#define ATA_WRITE_DMA  0xca
#define ATA_LBA        0xe0
#define LAST           0x8000

static struct {
	u32 address;
	u16 bytes, flags;
} table[2] __attribute__((aligned(4096)));
static u16 base;

/* Two regions that are not of one size. */
static void fill_table(void *memory)
{
	u32 at = (u32)(u64)memory, first = 4096 + 512;

	table[0].address = at;
	table[0].bytes = (u16)first;
	table[0].flags = 0;
	table[1].address = at + first;
	table[1].bytes = (u16)(TRANSFER_BYTES - first);
	table[1].flags = LAST;
}

static void start_disk(enum disk_direction direction, u64 sector)
{
	outb(ATA_DEVICE, ATA_LBA | (u8)(sector >> 24 & 0xf));
	outb(ATA_COUNT, TRANSFER_BYTES / SECTOR_BYTES);
	outb(ATA_LBA_0, (u8)sector);
	outb(ATA_LBA_1, (u8)(sector >> 8));
	outb(ATA_LBA_2, (u8)(sector >> 16));
	outb(ATA_COMMAND, direction == DISK_READ ? ATA_READ_DMA : ATA_WRITE_DMA);
}

static bool transfer(enum disk_direction direction, u64 sector, void *memory)
{
	u8 command = direction == DISK_READ ? COMMAND_READ : 0, status;

	fill_table(memory);
	outl((u16)(base + REG_TABLE), (u32)(u64)table);
	outb((u16)(base + REG_STATUS), STATUS_ERROR | STATUS_ENDED);
	outb((u16)(base + REG_COMMAND), command);
	start_disk(direction, sector);
	outb((u16)(base + REG_COMMAND), command | COMMAND_START);
	do
		status = inb((u16)(base + REG_STATUS));
	while (!(status & (STATUS_ENDED | STATUS_ERROR)));
	outb((u16)(base + REG_COMMAND), command);
	while (inb(ATA_COMMAND) & ATA_BUSY)
		;
	return !(status & STATUS_ERROR) && !(inb(ATA_COMMAND) & ATA_ERROR);
}

void guest_main(u32 magic, const struct multiboot_info *info)
{
	u32 function;

	(void)magic;
	(void)info;
	guest_ready("ide");
	function = pci_find(0x8086, 0x7010);
	if (function == PCI_NONE) {
		print("ide: error: no such controller\n");
		guest_done();
	}
	base = (u16)pci_bar(function, BUS_MASTER_BAR);
	disk_test("ide", transfer);
	guest_done();
}
