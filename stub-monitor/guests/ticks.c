/* SPDX-License-Identifier: EPL-2.0 */
/*
 * Shows interrupts through PIC and PIT at 1 kHz: the state depends on where exactly (RIP, TSC, the
 * main loop's own value) each of 300 ticks arrives, in busy phases and in HLT phases.
 */
#include "lib/cpu.h"
#include "lib/guest.h"
#include "lib/interrupt.h"
#include "lib/pic.h"

#define TICKS           300
#define TICKS_PER_PHASE 20

static volatile u64 ticks;
static volatile u64 work;

static void on_tick(struct interrupt_frame *frame)
{
	ticks++;
	digest_add(frame->rip);
	digest_add(frame->rflags);
	digest_add(work);
	digest_add(rdtsc());
	pic_eoi(IRQ_PIT);
}

static void work_until(u64 tick)
{
	while (ticks < tick)
		work = work * 6364136223846793005ull + 1442695040888963407ull;
}

static void sleep_until(u64 tick)
{
	interrupts_off();
	while (ticks < tick) {
		wait_for_interrupt();
		interrupts_off();
	}
	interrupts_on();
}

void guest_main(u32 magic, const struct multiboot_info *info)
{
	u64 tick;

	(void)magic;
	(void)info;
	guest_ready("ticks");
	interrupt_handle(PIC_VECTOR + IRQ_PIT, on_tick);
	pic_init(PIC_VECTOR);
	pit_start(1000);
	pic_unmask(IRQ_PIT);
	interrupts_on();
	for (tick = 0; tick < TICKS; tick += 3 * TICKS_PER_PHASE) {
		work_until(tick + TICKS_PER_PHASE);
		sleep_until(tick + 3 * TICKS_PER_PHASE);
	}
	interrupts_off();
	digest_add(work);
	guest_done();
}
