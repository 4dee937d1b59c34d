/* SPDX-License-Identifier: EPL-2.0 */
/*
 * An attack by a device: QEMU's educational one (1234:11e8) copies a page over the beginning of the
 * monitor, and then, to show that it does work, into a buffer of the guest's. With the argument `bar`
 * its registers are moved over the monitor instead, and written.
 */
#include "../lib/guest.h"
#include "../lib/port.h"
#include "../lib/print.h"

#define CONFIG_ADDRESS 0xcf8
#define CONFIG_DATA    0xcfc
#define ENABLE         0x80000000u
#define EDU_ID         0x11e81234u
#define REG_COMMAND    0x04
#define REG_BAR0       0x10
#define BUS_MASTER     0x6 /* and memory */
#define DMA_SOURCE     0x80
#define DMA_TARGET     0x88
#define DMA_COUNT      0x90
#define DMA_COMMAND    0x98
#define DMA_RUN        1
#define DMA_TO_RAM     2
#define EDU_BUFFER     0x40000
#define BYTES          2048 /* the device takes less than a page at once */
#define SPINS          200000000u
#define PATTERN        0x5a

static u8 pattern[BYTES] __attribute__((aligned(4096)));
static volatile u8 arrived[BYTES] __attribute__((aligned(4096)));

static u32 config_address(u32 device, u32 reg)
{
	return ENABLE | device << 11 | reg;
}

static u32 config_read(u32 device, u32 reg)
{
	outl(CONFIG_ADDRESS, config_address(device, reg));
	return inl(CONFIG_DATA);
}

/* The registers of the device on bus 0, or 0. */
static u64 find_edu(void)
{
	u32 device;

	for (device = 0; device < 32; device++)
		if (config_read(device, 0) == EDU_ID) {
			u32 bar = config_read(device, REG_BAR0) & ~15u;

			outl(CONFIG_ADDRESS, config_address(device, REG_COMMAND));
			outl(CONFIG_DATA, BUS_MASTER);
			return bar;
		}
	return 0;
}

/* The device's registers where the monitor is: whoever answers there gets the writes. */
static void move_over(u64 target)
{
	u32 device, i;

	for (device = 0; device < 32; device++)
		if (config_read(device, 0) == EDU_ID) {
			outl(CONFIG_ADDRESS, config_address(device, REG_BAR0));
			outl(CONFIG_DATA, (u32)target);
			print("dma: registers at %x\n", config_read(device, REG_BAR0));
		}
	for (i = 0; i < BYTES; i += 4)
		*(volatile u32 *)(target + i) = PATTERN;
}

static void copy(u64 edu, u64 source, u64 target, u32 command)
{
	u32 i;

	*(volatile u32 *)(edu + DMA_SOURCE) = (u32)source;
	*(volatile u32 *)(edu + DMA_TARGET) = (u32)target;
	*(volatile u32 *)(edu + DMA_COUNT) = BYTES;
	*(volatile u32 *)(edu + DMA_COMMAND) = command | DMA_RUN;
	for (i = 0; i < SPINS; i++)
		if (!(*(volatile u32 *)(edu + DMA_COMMAND) & DMA_RUN))
			return;
	print("dma: the device does not end\n");
}

static u64 end_of_ram(const struct multiboot_info *info)
{
	const struct multiboot_mmap *e = NULL;
	u64 end = 0;

	while ((e = multiboot_mmap_next(info, e)))
		if (e->type == MULTIBOOT_RAM && e->base + e->length > end)
			end = e->base + e->length;
	return end;
}

void guest_main(u32 magic, const struct multiboot_info *info)
{
	u64 edu, target = end_of_ram(info);
	u32 i;

	(void)magic;
	guest_ready("dma");
	edu = find_edu();
	for (i = 0; i < BYTES; i++)
		pattern[i] = PATTERN;
	print("dma: device at %lx, target %lx\n", edu, target);
	if (edu && strings_equal(multiboot_argument(info), "bar")) {
		move_over(target);
	} else if (edu) {
		copy(edu, (u64)pattern, EDU_BUFFER, 0);
		copy(edu, EDU_BUFFER, target, DMA_TO_RAM);
		copy(edu, target, EDU_BUFFER, 0);
		copy(edu, (u64)pattern, EDU_BUFFER, 0);
		copy(edu, EDU_BUFFER, (u64)arrived, DMA_TO_RAM);
	}
	print("dma: arrived %x %x\n", arrived[0], arrived[BYTES - 1]);
	guest_print_done();
	for (;;)
		__asm__ volatile("cli\n\thlt");
}
