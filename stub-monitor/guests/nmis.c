/* SPDX-License-Identifier: EPL-2.0 */
/*
 * Shows NMIs: the guest sends them to itself through its local APIC while the PIT interrupts at
 * 1 kHz, each after the one before has been handled; none of either may be lost.
 */
#include "lib/apic.h"
#include "lib/cpu.h"
#include "lib/guest.h"
#include "lib/interrupt.h"
#include "lib/pic.h"
#include "lib/print.h"

#define NMIS          100
#define LONGEST_WAIT  10000000u
#define SPINS_BETWEEN 20000u

static volatile u64 nmis, ticks;
static volatile u64 work;

static void on_nmi(struct interrupt_frame *frame)
{
	nmis++;
	digest_add(frame->rip);
	digest_add(work);
}

static void on_tick(struct interrupt_frame *frame)
{
	ticks++;
	digest_add(frame->rip);
	digest_add(work);
	pic_eoi(IRQ_PIT);
}

/* False: it never came. */
static bool send_one(void)
{
	u64 before = nmis;
	u32 i;

	lapic_write(LAPIC_COMMAND_HIGH, lapic_read(LAPIC_ID));
	lapic_write(LAPIC_COMMAND, LAPIC_COMMAND_NMI);
	for (i = 0; i < LONGEST_WAIT && nmis == before; i++)
		work++;
	return nmis == before + 1;
}

static u32 send_all(void)
{
	u32 handled = 0;
	u32 i, spin;

	for (i = 0; i < NMIS; i++) {
		handled += send_one();
		for (spin = 0; spin < SPINS_BETWEEN; spin++)
			work++;
	}
	return handled;
}

void guest_main(u32 magic, const struct multiboot_info *info)
{
	u32 handled;

	(void)magic;
	(void)info;
	guest_ready("nmis");
	interrupt_handle(VECTOR_NMI, on_nmi);
	interrupt_handle(PIC_VECTOR + IRQ_PIT, on_tick);
	pic_init(PIC_VECTOR);
	pit_start(1000);
	pic_unmask(IRQ_PIT);
	interrupts_on();
	handled = send_all();
	interrupts_off();
	print("nmis: sent %u handled %u all %lu, %s\n", NMIS, handled, nmis,
		ticks >= 2 ? "interrupts" : "no interrupts");
	digest_add(nmis);
	digest_add(ticks);
	guest_done();
}
