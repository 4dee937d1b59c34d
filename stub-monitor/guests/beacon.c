/* SPDX-License-Identifier: EPL-2.0 */
/*
 * Counts for ever, and says so outside: who watches the port from the host knows what the guest had done at each moment, and
 * what a recording that broke off lacks. The argument says how:
 *   steady   (or none) at each tick of the PIT, 1 kHz, the counter's four bytes, the lowest first, to port 0x4f0 (on QEMU
 *            an isa-debugcon, which takes them at once), computing and sleeping in between by turns
 *   flood    the counter in 32 bits to port 0x80, where nobody listens, as fast as it goes; at each tick one byte to 0x4f0
 *   stop     like flood, up to FLOOD_END; prints the last line and halts
 */
#include "lib/cpu.h"
#include "lib/guest.h"
#include "lib/interrupt.h"
#include "lib/pic.h"
#include "lib/port.h"

#define PORT_BEACON 0x4f0
#define PORT_NOBODY 0x80
#define TICK_HZ     1000
#define PHASE_TICKS 16
#define FLOOD_END   60000

static volatile u64 ticks;
static volatile u64 work;
static bool flooding;

static void send(u32 value)
{
	for (unsigned byte = 0; byte < sizeof(value); byte++)
		outb(PORT_BEACON, (u8)(value >> (8 * byte)));
}

static void on_tick(struct interrupt_frame *frame)
{
	digest_add(frame->rip);
	digest_add(work);
	digest_add(rdtsc());
	if (flooding)
		outb(PORT_BEACON, (u8)ticks);
	else
		send((u32)ticks);
	ticks++;
	pic_eoi(IRQ_PIT);
}

static void steady(void)
{
	for (;;) {
		if (ticks / PHASE_TICKS % 2)
			wait_for_interrupt();
		else
			work = work * 6364136223846793005ull + 1442695040888963407ull;
	}
}

static void flood(u64 end)
{
	flooding = true;
	for (u64 count = 0; count != end; count++) {
		outl(PORT_NOBODY, (u32)count);
		work += count;
	}
}

void guest_main(u32 magic, const struct multiboot_info *info)
{
	const char *how = multiboot_argument(info);

	(void)magic;
	guest_ready("beacon");
	interrupt_handle(PIC_VECTOR + IRQ_PIT, on_tick);
	pic_init(PIC_VECTOR);
	pit_start(TICK_HZ);
	pic_unmask(IRQ_PIT);
	interrupts_on();
	if (strings_equal(how, "flood"))
		flood(~0ull);
	if (strings_equal(how, "stop")) {
		flood(FLOOD_END);
		interrupts_off();
		guest_done();
	}
	steady();
}
