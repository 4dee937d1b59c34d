/* SPDX-License-Identifier: EPL-2.0 */
/*
 * Shows interrupts and registers by memory-mapped I/O: the local APIC's timer, then the PIT and the
 * HPET through the I/O APIC, each with EOI to the local APIC and reads of its current count.
 */
#include "lib/apic.h"
#include "lib/cpu.h"
#include "lib/guest.h"
#include "lib/interrupt.h"
#include "lib/pic.h"
#include "lib/print.h"

#define VECTOR_TIMER        0x40
#define VECTOR_PIT          0x41
#define VECTOR_HPET         0x42
#define VECTOR_SPURIOUS     0xff
#define IOAPIC_LINE_PIT     2
#define INTERRUPTS_EACH     100
#define TIMER_COUNT         500000
#define LONG_COUNT          0x0fffffff
#define FEMTOSECONDS_PER_MS 1000000000000ull

static volatile u64 interrupts;
static volatile u64 work;

static void on_interrupt(struct interrupt_frame *frame)
{
	interrupts++;
	digest_add(frame->vector);
	digest_add(frame->rip);
	digest_add(work);
	digest_add(lapic_read(LAPIC_TIMER_CURRENT));
	if (frame->vector == VECTOR_HPET)
		digest_add(hpet_read(HPET_COUNTER));
	lapic_eoi();
}

static void on_spurious(struct interrupt_frame *frame)
{
	(void)frame;
}

/* Half of them find the CPU at work, half asleep. */
static void take_interrupts(const char *source, u64 count)
{
	interrupts = 0;
	interrupts_on();
	while (interrupts < count / 2)
		work = work * 6364136223846793005ull + 1442695040888963407ull;
	while (interrupts < count)
		wait_for_interrupt();
	interrupts_off();
	print("apic: %lu interrupts from %s\n", interrupts, source);
}

static void init_controllers(void)
{
	u32 line;

	pic_init(PIC_VECTOR);
	lapic_write(LAPIC_SPURIOUS, LAPIC_ENABLE | VECTOR_SPURIOUS);
	lapic_write(LAPIC_LVT_LINT0, LAPIC_MASKED);
	for (line = 0; line <= ((ioapic_read(IOAPIC_VERSION) >> 16) & 0xff); line++)
		ioapic_mask((u8)line);
	interrupt_handle(VECTOR_TIMER, on_interrupt);
	interrupt_handle(VECTOR_PIT, on_interrupt);
	interrupt_handle(VECTOR_HPET, on_interrupt);
	interrupt_handle(VECTOR_SPURIOUS, on_spurious);
}

/* As Linux does it: the timer runs without interrupts while the PIT's come, and is set anew when the count is known. */
static void calibrate_local_timer(void)
{
	lapic_write(LAPIC_TIMER_DIVIDE, LAPIC_DIVIDE_BY_1);
	lapic_write(LAPIC_LVT_TIMER, LAPIC_MASKED | LAPIC_TIMER_PERIODIC | VECTOR_TIMER);
	lapic_write(LAPIC_TIMER_INITIAL, LONG_COUNT);
	ioapic_route(IOAPIC_LINE_PIT, VECTOR_PIT);
	pit_start(1000);
	take_interrupts("pit, calibrating", INTERRUPTS_EACH / 10);
	ioapic_mask(IOAPIC_LINE_PIT);
	print("apic: the timer is %x, its count %x\n", lapic_read(LAPIC_LVT_TIMER),
		lapic_read(LAPIC_TIMER_INITIAL));
}

static void use_local_timer(void)
{
	lapic_write(LAPIC_LVT_TIMER, LAPIC_TIMER_PERIODIC | VECTOR_TIMER);
	lapic_write(LAPIC_TIMER_INITIAL, TIMER_COUNT);
	take_interrupts("local timer", INTERRUPTS_EACH);
	lapic_write(LAPIC_LVT_TIMER, LAPIC_MASKED);
	lapic_write(LAPIC_TIMER_INITIAL, 0);
}

static void use_pit(void)
{
	ioapic_route(IOAPIC_LINE_PIT, VECTOR_PIT);
	pit_start(1000);
	take_interrupts("pit", INTERRUPTS_EACH);
	ioapic_mask(IOAPIC_LINE_PIT);
}

static void use_hpet(void)
{
	u32 routes = (u32)(hpet_read(HPET_TIMER0_CONFIG) >> 32);
	u64 period = FEMTOSECONDS_PER_MS / (hpet_read(HPET_CAPABILITIES) >> 32);
	u8 line = (u8)__builtin_ctz(routes);

	ioapic_route(line, VECTOR_HPET);
	hpet_write(HPET_CONFIG, 0);
	hpet_write(HPET_COUNTER, 0);
	hpet_write(HPET_TIMER0_CONFIG,
		HPET_TIMER_INTERRUPT | HPET_TIMER_PERIODIC | HPET_TIMER_SET_PERIOD |
			(u64)line << HPET_TIMER_ROUTE_SHIFT);
	hpet_write(HPET_TIMER0_COMPARATOR, period);
	hpet_write(HPET_TIMER0_COMPARATOR, period);
	hpet_write(HPET_CONFIG, HPET_CONFIG_ENABLE);
	take_interrupts("hpet", INTERRUPTS_EACH);
	hpet_write(HPET_TIMER0_CONFIG, 0);
	hpet_write(HPET_CONFIG, 0);
}

void guest_main(u32 magic, const struct multiboot_info *info)
{
	(void)magic;
	(void)info;
	guest_ready("apic");
	init_controllers();
	calibrate_local_timer();
	use_local_timer();
	use_pit();
	if (hpet_present() && hpet_read(HPET_TIMER0_CONFIG) >> 32)
		use_hpet();
	guest_done();
}
