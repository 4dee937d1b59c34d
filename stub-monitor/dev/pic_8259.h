/* SPDX-License-Identifier: EPL-2.0 */
/*
 * The master 8259A (Intel 8259A data sheet) is the guest's but for one bit: the mask of the
 * monitor's UART line stays set, also when the guest initializes the controller (ICW1 clears all
 * masks).
 */
#ifndef DEV_PIC_8259_H
#define DEV_PIC_8259_H

#include "lib/types.h"

#define PIC_MASTER_COMMAND 0x20
#define PIC_MASTER_DATA    0x21

void pic_own_line(unsigned irq);
void pic_guest_write(u16 port, u8 value);
u8 pic_guest_read(u16 port);

#endif
