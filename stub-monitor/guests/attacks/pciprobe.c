/* SPDX-License-Identifier: EPL-2.0 */
/*
 * Lists the PCI functions of bus 0 by ports and, on a Q35, by memory. Then an attack on a function the monitor hides:
 * its configuration by accesses of every width, its ports and its memory, told as arguments `SLOT PORT COUNT PAGE` in
 * hexadecimal digits. All must read as ones. Then a counter, for ever.
 */
#include "../lib/guest.h"
#include "../lib/port.h"
#include "../lib/print.h"

#define CONFIG_ADDRESS 0xcf8
#define CONFIG_DATA    0xcfc
#define ENABLE         0x80000000u
#define FUNCTIONS      256
#define NOTHING        0xffffffffu
#define REG_COMMAND    0x04
#define REG_CLASS      0x08
#define REG_BAR0       0x10
#define Q35_HOST       0x29c08086u
#define Q35_PCIEXBAR   0x60
#define SPINS_PER_LINE 2000000

static u64 wrong;
static volatile u8 *mapped; /* configuration space in memory, NULL without */

static u32 config_read(u32 function, u32 offset)
{
	outl(CONFIG_ADDRESS, ENABLE | function << 8 | offset);
	return inl(CONFIG_DATA);
}

static volatile u32 *mapped_register(u32 function, u32 offset)
{
	return (volatile u32 *)(mapped + ((u64)function << 12) + offset);
}

static void expect_ones(u32 value, u32 mask)
{
	wrong += (value & mask) != mask;
}

static void list(void)
{
	u32 id, function;

	if (config_read(0, 0) == Q35_HOST)
		mapped = (volatile u8 *)(u64)(config_read(0, Q35_PCIEXBAR) & 0xf0000000u);
	for (function = 0; function < FUNCTIONS; function++) {
		id = config_read(function, 0);
		wrong += mapped && *mapped_register(function, 0) != id;
		if (id == NOTHING)
			continue;
		print("pciprobe: %x id %x class %x\n", function, id,
			config_read(function, REG_CLASS));
	}
}

static void attack_config(u32 function)
{
	u32 offset, i;

	for (offset = 0; offset < 256; offset += 4) {
		expect_ones(config_read(function, offset), NOTHING);
		for (i = 0; i < 4; i++)
			expect_ones(inb((u16)(CONFIG_DATA + i)), 0xff);
		expect_ones(inw(CONFIG_DATA + 1), 0xffff);
		outl(CONFIG_DATA, 0);
		outw(CONFIG_DATA, 0);
		outb(CONFIG_DATA + 3, 0);
	}
	outl(CONFIG_ADDRESS, ENABLE | function << 8 | REG_COMMAND);
	outl(CONFIG_DATA - 2, 0);
	outl(CONFIG_DATA + 2, 0);
	outl(CONFIG_ADDRESS, ENABLE | function << 8 | REG_BAR0);
	outl(CONFIG_DATA, 0x5000);
	if (!mapped)
		return;
	for (offset = 0; offset < 4096; offset += 4) {
		expect_ones(*mapped_register(function, offset), NOTHING);
		*mapped_register(function, offset) = 0;
	}
}

static void attack_ports(u32 port, u32 count)
{
	u32 i;

	for (i = port; i < port + count; i++) {
		expect_ones(inb((u16)i), 0xff);
		outb((u16)i, 0);
		outw((u16)(i - 1), 0);
		outl((u16)(i - 3), 0);
	}
}

static void attack_memory(u64 page)
{
	u64 at;

	for (at = page; at < page + 4096; at += 4) {
		expect_ones(*(volatile u32 *)at, NOTHING);
		*(volatile u32 *)at = 0x12345678;
	}
}

static u32 number(const char **text)
{
	u32 value = 0;

	while (**text == ' ')
		(*text)++;
	for (; **text && **text != ' '; (*text)++)
		value = value * 16 + (u32)(**text <= '9' ? **text - '0' : **text - 'a' + 10);
	return value;
}

/* Behind the image's name. */
static const char *arguments(const struct multiboot_info *info)
{
	const char *text = multiboot_cmdline(info);

	while (*text && *text != ' ')
		text++;
	while (*text == ' ')
		text++;
	return text;
}

void guest_main(u32 magic, const struct multiboot_info *info)
{
	const char *text = arguments(info);
	u32 function, port, count;
	volatile u64 spin;
	u64 line;

	(void)magic;
	guest_ready("pciprobe");
	list();
	if (*text) {
		function = number(&text) << 3;
		port = number(&text);
		count = number(&text);
		attack_config(function);
		attack_ports(port, count);
		attack_memory(number(&text));
	}
	digest_add(wrong);
	print("pciprobe: wrong %lu\n", wrong);
	guest_print_done();
	for (line = 1;; line++) {
		for (spin = 0; spin < SPINS_PER_LINE; spin++)
			;
		print("pciprobe: line %lu\n", line);
	}
}
