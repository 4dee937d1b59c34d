/* SPDX-License-Identifier: EPL-2.0 */
/*
 * Shows port input of every width and string form: fw_cfg (REP INSB), CMOS and clock, the PIT's
 * latched counter, PCI configuration space (1, 2, 4 bytes), IDE IDENTIFY (REP INSW, REP INSL),
 * OUTS, a string input backwards, one of no elements, and one across a page boundary.
 */
#include "lib/guest.h"
#include "lib/pic.h"
#include "lib/port.h"
#include "lib/print.h"

#define FW_CFG_SELECTOR  0x510
#define FW_CFG_DATA      0x511
#define FW_CFG_SIGNATURE 0x0000
#define FW_CFG_RAM_SIZE  0x0003

#define CMOS_INDEX   0x70
#define CMOS_DATA    0x71
#define CMOS_NMI_OFF 0x80
#define CMOS_BYTES   128

#define PIT_LATCH_CHANNEL0 0x00

#define PCI_ADDRESS 0xcf8
#define PCI_DATA    0xcfc
#define PCI_ENABLE  0x80000000u
#define PCI_SLOTS   32

#define IDE_LBA_MIDDLE      4
#define IDE_LBA_HIGH        5
#define IDE_DEVICE          6
#define IDE_DEVICE_FIRST    0xa0
#define IDE_STATUS          7
#define IDE_CONTROL         0x206
#define IDE_NO_INTERRUPT    0x02
#define IDE_IDENTIFY        0xec
#define IDE_IDENTIFY_PACKET 0xa1
#define IDE_ATAPI_SIGNATURE 0xeb14
#define IDE_BUSY            0x80
#define IDE_DATA_REQUEST    0x08
#define IDE_ERROR           0x01
#define IDE_FLOATING        0xff

#define PAGE 4096

static u8 two_pages[2 * PAGE] __attribute__((aligned(PAGE)));

/* The data lands on both sides of a page boundary. */
static void read_fw_cfg(void)
{
	u8 *to = two_pages + PAGE - 6;

	outw(FW_CFG_SELECTOR, FW_CFG_SIGNATURE);
	insb(FW_CFG_DATA, to, 12);
	digest_add_bytes(to, 12);
	print("ports: fw_cfg %c%c%c%c\n", to[0], to[1], to[2], to[3]);
}

static void read_backwards_and_nothing(void)
{
	u8 bytes[8] = {0};
	u8 *to = bytes + 7;
	u64 count = 8;

	outw(FW_CFG_SELECTOR, FW_CFG_RAM_SIZE);
	__asm__ volatile("std\n\trep insb\n\tcld"
			 : "+D"(to), "+c"(count)
			 : "d"((u16)FW_CFG_DATA)
			 : "memory");
	insb(FW_CFG_DATA, bytes, 0);
	digest_add_bytes(bytes, sizeof(bytes));
	digest_add((u64)(bytes - to) + count);
}

static void read_cmos(void)
{
	u8 i;

	for (i = 0; i < CMOS_BYTES; i++) {
		outb(CMOS_INDEX, i | CMOS_NMI_OFF);
		digest_add(inb(CMOS_DATA));
	}
	outb(CMOS_INDEX, 0);
}

static void read_pit(void)
{
	u32 i;

	for (i = 0; i < 200; i++) {
		outb(PIT_COMMAND, PIT_LATCH_CHANNEL0);
		digest_add(inb(PIT_CHANNEL0));
		digest_add(inb(PIT_CHANNEL0));
	}
}

static void read_pci(void)
{
	u32 slot, found = 0;

	for (slot = 0; slot < PCI_SLOTS; slot++) {
		outl(PCI_ADDRESS, PCI_ENABLE | slot << 11);
		if (inw(PCI_DATA) == 0xffff)
			continue;
		found++;
		digest_add(inl(PCI_DATA));
		digest_add(inw(PCI_DATA + 2));
		digest_add(inb(PCI_DATA + 1));
		digest_add(inl(PCI_ADDRESS));
	}
	print("ports: %u PCI devices\n", found);
}

/* The status after `command`: DATA_REQUEST when the device has something to say. */
static u8 ide_command(u16 base, u8 command)
{
	u8 status;

	outb(base + IDE_STATUS, command);
	do
		status = inb(base + IDE_STATUS);
	while (status != IDE_FLOATING && (status & IDE_BUSY));
	return status;
}

/* The identification of the first device behind `base`; false when nobody is there. */
static bool identify(u16 base, u16 words[256])
{
	u8 status;

	outb(base + IDE_DEVICE, IDE_DEVICE_FIRST);
	outb(base + IDE_CONTROL, IDE_NO_INTERRUPT);
	status = ide_command(base, IDE_IDENTIFY);
	if ((inb(base + IDE_LBA_HIGH) << 8 | inb(base + IDE_LBA_MIDDLE)) == IDE_ATAPI_SIGNATURE)
		status = ide_command(base, IDE_IDENTIFY_PACKET);
	if (status == IDE_FLOATING || !(status & IDE_DATA_REQUEST) || (status & IDE_ERROR))
		return false;
	insw(base, words, 128);
	insl(base, words + 128, 64);
	return true;
}

static void read_ide(u16 base)
{
	static u16 words[256];

	if (!identify(base, words)) {
		print("ports: no disk at %x\n", base);
		return;
	}
	digest_add_bytes(words, sizeof(words));
	print("ports: disk at %x, word 0 is %x\n", base, words[0]);
}

/* Output strings of every width, each to a port that can be read back. */
static void write_strings(void)
{
	static const u32 addresses[] = {PCI_ENABLE, PCI_ENABLE | 4, PCI_ENABLE | 8};
	static const u16 selectors[] = {FW_CFG_RAM_SIZE, FW_CFG_SIGNATURE};

	outsl(PCI_ADDRESS, addresses, ARRAY_SIZE(addresses));
	digest_add(inl(PCI_ADDRESS));
	outsw(FW_CFG_SELECTOR, selectors, ARRAY_SIZE(selectors));
	digest_add(inb(FW_CFG_DATA));
}

void guest_main(u32 magic, const struct multiboot_info *info)
{
	(void)magic;
	(void)info;
	guest_ready("ports");
	pit_start(100);
	read_fw_cfg();
	read_backwards_and_nothing();
	read_cmos();
	read_pit();
	read_pci();
	read_ide(0x1f0);
	read_ide(0x170);
	write_strings();
	guest_done();
}
