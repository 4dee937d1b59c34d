/* SPDX-License-Identifier: EPL-2.0 */
/*
 * A floppy disk (Intel 82077AA) by ISA DMA (Intel 8237A, channel 2), polled by a register. The address goes byte by
 * byte to ports of the DMA controller, which is no PCI device: a recorder that follows addresses does not find it.
 */
#include "../lib/guest.h"
#include "../lib/port.h"
#include "../lib/print.h"

#define DMA_ADDRESS 0x04
#define DMA_COUNT   0x05
#define DMA_MASK    0x0a
#define DMA_MODE    0x0b
#define DMA_FIRST   0x0c /* the next byte is a low one */
#define DMA_PAGE    0x81
#define DMA_CLOSE   6
#define DMA_OPEN    2
#define DMA_TO_RAM  0x46 /* single transfers, channel 2 */

#define OUTPUT       0x3f2
#define STATUS       0x3f4
#define DATA         0x3f5
#define RATE         0x3f7
#define MOTOR_AND_ON 0x1c /* drive 0, with DMA */
#define READY        0x80
#define TO_CPU       0x40
#define SENSE        0x08
#define SPECIFY      0x03
#define RECALIBRATE  0x07
#define SEEK         0x0f
#define READ         0x46 /* MFM */
#define SEEK_DONE    0x20
#define FAILED       0xc0
#define RESULTS      7

#define SECTORS    8
#define TRACKS     20
#define AFTERWARDS 8000 /* device reads, so that the log grows and checkpoints are taken */

u8 floppy_received[4096] __attribute__((aligned(4096)));

static void put(u8 byte)
{
	while ((inb(STATUS) & (READY | TO_CPU)) != READY)
		;
	outb(DATA, byte);
}

static u8 get(void)
{
	while ((inb(STATUS) & (READY | TO_CPU)) != (READY | TO_CPU))
		;
	return inb(DATA);
}

static u8 sense(void)
{
	u8 status;

	put(SENSE);
	status = get();
	if (status != 0x80) /* else there was nothing to say */
		get();
	return status;
}

static void begin(void)
{
	u32 drive;

	outb(OUTPUT, 0);
	outb(OUTPUT, MOTOR_AND_ON);
	outb(RATE, 0);
	for (drive = 0; drive < 4; drive++)
		sense();
	put(SPECIFY);
	put(0xdf);
	put(0x02);
	put(RECALIBRATE);
	put(0);
	while (!(sense() & SEEK_DONE))
		;
}

static void seek(u8 track)
{
	put(SEEK);
	put(0);
	put(track);
	while (!(sense() & SEEK_DONE))
		;
}

static void point_dma(const void *to, u32 bytes)
{
	u32 address = (u32)(u64)to;

	outb(DMA_MASK, DMA_CLOSE);
	outb(DMA_FIRST, 0);
	outb(DMA_ADDRESS, (u8)address);
	outb(DMA_ADDRESS, (u8)(address >> 8));
	outb(DMA_PAGE, (u8)(address >> 16));
	outb(DMA_FIRST, 0);
	outb(DMA_COUNT, (u8)(bytes - 1));
	outb(DMA_COUNT, (u8)((bytes - 1) >> 8));
	outb(DMA_MODE, DMA_TO_RAM);
	outb(DMA_MASK, DMA_OPEN);
}

static bool read(u8 track)
{
	const u8 command[] = {READ, 0, track, 0, 1, 2, SECTORS, 0x1b, 0xff};
	u8 status;
	u32 i;

	seek(track);
	point_dma(floppy_received, sizeof(floppy_received));
	for (i = 0; i < sizeof(command); i++)
		put(command[i]);
	status = get();
	for (i = 1; i < RESULTS; i++)
		get();
	return !(status & FAILED);
}

/* Called before the disk is touched: a place to stop at. */
__attribute__((noinline)) void read_all(void)
{
	u8 track;

	begin();
	for (track = 0; track < TRACKS; track++) {
		if (!read(track)) {
			print("floppy: error: track %u\n", track);
			return;
		}
		digest_add_bytes(floppy_received, sizeof(floppy_received));
	}
	print("floppy: %u tracks\n", track);
}

void guest_main(u32 magic, const struct multiboot_info *info)
{
	u32 i;

	(void)magic;
	(void)info;
	guest_ready("floppy");
	read_all();
	for (i = 0; i < AFTERWARDS; i++)
		inb(STATUS);
	guest_done();
}
