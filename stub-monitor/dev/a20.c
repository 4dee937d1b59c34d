/* SPDX-License-Identifier: EPL-2.0 */
#include "dev/a20.h"

#include "lib/printk.h"

#define SYSTEM_A_A20        BIT(1)
#define WRITE_OUTPUT_PORT   0xd1 /* the next byte at the data port goes there */
#define CLOSE_GATE          0xdd
#define OPEN_GATE           0xdf
#define OUTPUT_PORT_RUNNING BIT(0) /* 0: reset */
#define OUTPUT_PORT_A20     BIT(1)

static bool output_port_next;

bool a20_is_port(u16 port)
{
	return port == PORT_KEYBOARD_DATA || port == PORT_KEYBOARD_COMMAND || port == PORT_SYSTEM_A;
}

static u8 write_command(u8 command)
{
	output_port_next = command == WRITE_OUTPUT_PORT;
	return command == CLOSE_GATE ? OPEN_GATE : command;
}

static u8 write_data(u8 value)
{
	if (!output_port_next)
		return value;
	output_port_next = false;
	if (!(value & OUTPUT_PORT_RUNNING))
		printk("a reset by the keyboard controller's output port is ignored");
	return value | OUTPUT_PORT_RUNNING | OUTPUT_PORT_A20;
}

u8 a20_guest_write(u16 port, u8 value)
{
	switch (port) {
	case PORT_KEYBOARD_COMMAND:
		return write_command(value);
	case PORT_KEYBOARD_DATA:
		return write_data(value);
	case PORT_SYSTEM_A:
		return value | SYSTEM_A_A20;
	default:
		return value;
	}
}
