/* SPDX-License-Identifier: EPL-2.0 */
/*
 * A disk by AHCI (Serial ATA Advanced Host Controller Interface 1.3.1): a command list names command tables, and these
 * name the data, page by page. An interrupt at each end.
 */
#include "../lib/cpu.h"
#include "../lib/disk.h"
#include "../lib/guest.h"
#include "../lib/interrupt.h"
#include "../lib/pci.h"
#include "../lib/pic.h"
#include "../lib/print.h"

#define REGISTERS_BAR      5
#define HBA_CONTROL        0x04
#define HBA_INTERRUPTS     0x08
#define CONTROL_AHCI       (1u << 31)
#define CONTROL_INTERRUPTS (1u << 1)
#define PORT               0x100 /* the first */
#define PORT_LIST          (PORT + 0x00)
#define PORT_LIST_HIGH     (PORT + 0x04)
#define PORT_FIS           (PORT + 0x08)
#define PORT_FIS_HIGH      (PORT + 0x0c)
#define PORT_INTERRUPTS    (PORT + 0x10)
#define PORT_ENABLE        (PORT + 0x14)
#define PORT_COMMAND       (PORT + 0x18)
#define PORT_TASK          (PORT + 0x20)
#define PORT_ERRORS        (PORT + 0x30)
#define PORT_ISSUE         (PORT + 0x38)
#define COMMAND_START      (1u << 0)
#define COMMAND_FIS        (1u << 4)
#define COMMAND_RUNS       (3u << 14)
#define DEVICE_TO_HOST     (1u << 0)
#define TASK_ERROR         1u
#define TASK_BUSY          0x88u
#define HEADER_WRITE       (1u << 6)
#define HEADER_REGIONS     16
#define FIS_WORDS          5
#define FIS_HOST_TO_DEVICE 0x8027u
#define ATA_READ           0x25u
#define ATA_WRITE          0x35u
#define ATA_LBA            0x40u
#define PAGE               4096

static struct {
	u32 flags, moved;
	u64 table;
	u32 reserved[4];
} list[32] __attribute__((aligned(4096)));
static struct {
	u32 fis[16];
	u8 atapi[64];
	struct {
		u64 address;
		u32 reserved, bytes_less_1;
	} regions[TRANSFER_PAGES];
} table __attribute__((aligned(4096)));
static u8 received_fis[4096] __attribute__((aligned(4096)));
static u64 base;
static u8 irq;
static volatile u32 finished;

static u32 read_register(u32 reg)
{
	return *(volatile u32 *)(base + reg);
}

static void write_register(u32 reg, u32 value)
{
	*(volatile u32 *)(base + reg) = value;
}

static void on_interrupt(struct interrupt_frame *frame)
{
	(void)frame;
	write_register(PORT_INTERRUPTS, read_register(PORT_INTERRUPTS));
	write_register(HBA_INTERRUPTS, read_register(HBA_INTERRUPTS));
	finished++;
	pic_eoi(irq);
}

static void fill_table(enum disk_direction direction, u64 sector, void *memory)
{
	u32 i, command = direction == DISK_READ ? ATA_READ : ATA_WRITE;

	table.fis[0] = FIS_HOST_TO_DEVICE | command << 16;
	table.fis[1] = (u32)(sector & 0xffffff) | ATA_LBA << 24;
	table.fis[2] = (u32)(sector >> 24);
	table.fis[3] = TRANSFER_BYTES / SECTOR_BYTES;
	for (i = 0; i < TRANSFER_PAGES; i++) {
		table.regions[i].address = (u64)memory + i * PAGE;
		table.regions[i].bytes_less_1 = PAGE - 1;
	}
	list[0].flags = FIS_WORDS | TRANSFER_PAGES << HEADER_REGIONS |
		(direction == DISK_WRITE ? HEADER_WRITE : 0);
	list[0].moved = 0;
	list[0].table = (u64)&table;
}

static bool transfer(enum disk_direction direction, u64 sector, void *memory)
{
	u32 before = finished;

	fill_table(direction, sector, memory);
	__sync_synchronize();
	write_register(PORT_ISSUE, 1);
	interrupts_off();
	while (finished == before) {
		wait_for_interrupt();
		interrupts_off();
	}
	interrupts_on();
	return !(read_register(PORT_TASK) & TASK_ERROR) && !(read_register(PORT_ISSUE) & 1) &&
		*(volatile u32 *)&list[0].moved == TRANSFER_BYTES;
}

static void set_up(void)
{
	write_register(HBA_CONTROL, CONTROL_AHCI);
	write_register(PORT_COMMAND, read_register(PORT_COMMAND) & ~(COMMAND_START | COMMAND_FIS));
	while (read_register(PORT_COMMAND) & COMMAND_RUNS)
		;
	write_register(PORT_LIST, (u32)(u64)list);
	write_register(PORT_LIST_HIGH, 0);
	write_register(PORT_FIS, (u32)(u64)received_fis);
	write_register(PORT_FIS_HIGH, 0);
	write_register(PORT_ERRORS, ~0u);
	write_register(PORT_COMMAND, COMMAND_FIS);
	while (read_register(PORT_TASK) & TASK_BUSY)
		;
	write_register(PORT_COMMAND, COMMAND_FIS | COMMAND_START);
	write_register(PORT_INTERRUPTS, ~0u);
	write_register(HBA_INTERRUPTS, ~0u);
	write_register(PORT_ENABLE, DEVICE_TO_HOST);
	write_register(HBA_CONTROL, CONTROL_AHCI | CONTROL_INTERRUPTS);
}

void guest_main(u32 magic, const struct multiboot_info *info)
{
	u32 function;

	(void)magic;
	(void)info;
	guest_ready("ahci");
	function = pci_find_class(0x010601);
	if (function == PCI_NONE) {
		print("ahci: error: no such controller\n");
		guest_done();
	}
	base = pci_bar(function, REGISTERS_BAR);
	irq = pci_irq(function);
	set_up();
	interrupt_handle((u8)(PIC_VECTOR + irq), on_interrupt);
	pic_init(PIC_VECTOR);
	pic_unmask(irq);
	interrupts_on();
	disk_test("ahci", transfer);
	guest_done();
}
