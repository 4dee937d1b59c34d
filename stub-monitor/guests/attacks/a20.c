/* SPDX-License-Identifier: EPL-2.0 */
/*
 * An attack by the gate of address line A20: closes it in each way there is, and resets by the keyboard controller's output
 * port. On the bare machine the first way takes the guest's own code away.
 */
#include "../lib/guest.h"
#include "../lib/port.h"
#include "../lib/print.h"

#define SYSTEM_CONTROL_A  0x92
#define GATE              0x02
#define KEYBOARD_DATA     0x60
#define KEYBOARD_COMMAND  0x64
#define INPUT_FULL        0x02
#define WRITE_OUTPUT_PORT 0xd1
#define CLOSE_GATE        0xdd
#define ALL_BUT_GATE      0xdd
#define ALL_BUT_RUNNING   0xde

static volatile u32 *const even = (volatile u32 *)0x600000, *const odd = (volatile u32 *)0x700000;

static void command(u8 value)
{
	while (inb(KEYBOARD_COMMAND) & INPUT_FULL)
		;
	outb(KEYBOARD_COMMAND, value);
}

static void output_port(u8 value)
{
	command(WRITE_OUTPUT_PORT);
	while (inb(KEYBOARD_COMMAND) & INPUT_FULL)
		;
	outb(KEYBOARD_DATA, value);
}

static void look(const char *after)
{
	*even = 1;
	*odd = 2;
	print("a20: %s: %s\n", after, *even == 1 ? "open" : "closed");
	digest_add(*even);
}

void guest_main(u32 magic, const struct multiboot_info *info)
{
	(void)magic;
	(void)info;
	guest_ready("a20");
	outb(SYSTEM_CONTROL_A, (u8)(inb(SYSTEM_CONTROL_A) & ~GATE));
	look("port 92");
	outw(SYSTEM_CONTROL_A - 1, 0);
	look("port 91 and 92");
	command(CLOSE_GATE);
	look("command DD");
	output_port(ALL_BUT_GATE);
	look("output port");
	output_port(ALL_BUT_RUNNING);
	look("output port, reset");
	guest_done();
}
