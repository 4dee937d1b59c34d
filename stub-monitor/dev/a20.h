/* SPDX-License-Identifier: EPL-2.0 */
/*
 * The gate of address line A20 (IBM Personal Computer AT Technical Reference, 8042; QEMU's hw/input/pckbd.c and port92.c).
 * Closed, it takes the line from the monitor's own addresses as well. So it stays open, as in CPUs that have none: what a
 * guest writes to close it opens it. The same output port of the keyboard controller holds the reset line.
 */
#ifndef DEV_A20_H
#define DEV_A20_H

#include "lib/types.h"

#define PORT_KEYBOARD_DATA    0x60
#define PORT_KEYBOARD_COMMAND 0x64
#define PORT_SYSTEM_A         0x92

bool a20_is_port(u16 port);

/* The value that goes to the port in the place of the guest's. */
u8 a20_guest_write(u16 port, u8 value);

#endif
