/* SPDX-License-Identifier: EPL-2.0 */
/* The two 8259s, mapped to vectors PIC_VECTOR..+15, and the 8254's channel 0. */
#ifndef GUEST_PIC_H
#define GUEST_PIC_H

#include "types.h"

#define PIC_VECTOR  0x20
#define IRQ_PIT     0
#define IRQ_CASCADE 2

/* Initializes both with every line masked. */
void pic_init(u8 first_vector);
void pic_unmask(u8 irq);
void pic_mask_all(void);
void pic_eoi(u8 irq);

#define PIT_HZ       1193182u
#define PIT_CHANNEL0 0x40
#define PIT_COMMAND  0x43

/* Channel 0 as a rate generator. */
void pit_start(u32 hz);

#endif
