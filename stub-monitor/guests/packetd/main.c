/* SPDX-License-Identifier: EPL-2.0 */
/*
 * packetd receives UDP messages from stations and keeps statistics, until a rare race between its
 * network interrupt and its main loop kills it. inbox.h tells the story; guests/README.md says how
 * to run it. At the crash `inbox.loudest` is no pointer any more but text of a message; a
 * watchpoint on it and reverse-continue lead to the REP INSW in ne2000_read_payload() that wrote
 * it, called in the interrupt handler, above swap_areas() of the main loop.
 */
#include "inbox.h"
#include "lib/cpu.h"
#include "lib/guest.h"
#include "lib/interrupt.h"
#include "lib/pic.h"
#include "lib/print.h"
#include "ne2000.h"
#include "network.h"

#define TICKS_PER_SECOND    1000
#define TICKS_PER_AGE       50
#define MESSAGES_PER_REPORT 100

static volatile u64 ticks;
static u64 next_age = TICKS_PER_AGE;
static u64 next_report = MESSAGES_PER_REPORT;

static void on_tick(struct interrupt_frame *frame)
{
	(void)frame;
	ticks++;
	pic_eoi(IRQ_PIT);
}

static void on_network(struct interrupt_frame *frame)
{
	(void)frame;
	network_interrupt();
	pic_eoi(NE2000_IRQ);
}

static void on_crash(struct interrupt_frame *frame)
{
	print("packetd: crash after %lu messages\n", inbox.received);
	panic(frame);
}

static void set_up(bool careful)
{
	inbox_init(careful);
	interrupt_handle(PIC_VECTOR + IRQ_PIT, on_tick);
	interrupt_handle(PIC_VECTOR + NE2000_IRQ, on_network);
	interrupt_handle(VECTOR_GP, on_crash);
	interrupt_handle(VECTOR_PF, on_crash);
	pic_init(PIC_VECTOR);
	ne2000_init();
	pit_start(TICKS_PER_SECOND);
	pic_unmask(IRQ_PIT);
	pic_unmask(NE2000_IRQ);
}

static void work_when_due(void)
{
	if (inbox_has_work())
		inbox_work();
	if (ticks >= next_age) {
		inbox_age();
		next_age = ticks + TICKS_PER_AGE;
	}
	if (inbox.received >= next_report) {
		inbox_report();
		next_report += MESSAGES_PER_REPORT;
	}
}

static bool nothing_is_due(void)
{
	return !inbox_has_work() && ticks < next_age && inbox.received < next_report;
}

void guest_main(u32 magic, const struct multiboot_info *info)
{
	(void)magic;
	guest_ready("packetd");
	set_up(strings_equal(multiboot_argument(info), "careful"));
	interrupts_on();
	for (;;) {
		work_when_due();
		interrupts_off();
		if (nothing_is_due())
			wait_for_interrupt();
		interrupts_on();
	}
}
