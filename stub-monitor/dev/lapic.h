/* SPDX-License-Identifier: EPL-2.0 */
/*
 * The local APIC (APM 2 chapter 16), xAPIC mode. It is the guest's; the monitor borrows the timer
 * while the guest is in the past (lapic_borrow ... lapic_return) to stop it at an exact instant.
 */
#ifndef DEV_LAPIC_H
#define DEV_LAPIC_H

#include "lib/types.h"

#define LAPIC_PHYS 0xfee00000ull
#define LAPIC_TPR  0x080
#define LAPIC_EOI  0x0b0

/*
 * Vector of the borrowed timer: the highest class, so that the task priority can hold everything
 * else off.
 */
#define LAPIC_STOP_VECTOR 0xfe

void lapic_borrow(void);
void lapic_return(void);
bool lapic_borrowed(void);

/*
 * Stops the borrowed timer and takes its interrupt if it has expired. The timer first: left running
 * it would expire again before the next entry, which would then end at once, and so for ever.
 */
void lapic_end_stop(void);

/*
 * Recording, an idle timer of the guest's is lent for one run, so that a long computation exits now and then (for a
 * checkpoint). Interrupts stay as they are. lapic_pace_end() is true if it has expired.
 */
bool lapic_timer_idle(void);
bool lapic_timer_is_near(void); /* it runs, and expires within some milliseconds */
void lapic_pace_begin(void);
bool lapic_pace_end(void);

/*
 * The guest's writes, which the monitor does for it: what would start, reset or redirect a CPU outside
 * the monitor (INIT, start-up, SMI, NMI to others; APM 2 16.5, 16.4) is left out and noted in the log.
 */
void lapic_guest_write(unsigned offset, u32 value);

/* What the guest reads of a register; of a timer that a borrow made one-shot, what the guest had set. */
u32 lapic_guest_read(unsigned offset);

/* The write is an INIT for this CPU: a reset, as far as the guest can tell. */
bool lapic_write_asks_for_init(unsigned offset, u32 value);

/* Writes there are messages to any CPU (QEMU), or nothing (APM 2 16.1): not the guest's to make. */
#define LAPIC_MESSAGES_END 0xfef00000ull
#define LAPIC_REGISTERS    0x1000 /* bytes; above are the messages */

/* An interrupt of vector F0h-FFh that came while the timer was borrowed, or -1. */
int lapic_take_late(void);
u32 lapic_id(void);

/*
 * A guest timer whose period was cut by a borrow runs on as one-shot first; called for each vector
 * the guest receives.
 */
void lapic_interrupt_taken(int vector);

/*
 * The initial-count register, for svm_run.S: written with the number of instructions until the
 * stop.
 */
volatile u32 *lapic_timer_register(void);

#endif
