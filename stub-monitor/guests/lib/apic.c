/* SPDX-License-Identifier: EPL-2.0 */
/* Register access to local APIC, I/O APIC and HPET. */
#include "apic.h"

#define LAPIC_BASE    0xfee00000ull
#define IOAPIC_BASE   0xfec00000ull
#define IOAPIC_WINDOW 0x10
#define HPET_BASE     0xfed00000ull

u32 lapic_read(u32 reg)
{
	return *(volatile u32 *)(LAPIC_BASE + reg);
}

void lapic_write(u32 reg, u32 value)
{
	*(volatile u32 *)(LAPIC_BASE + reg) = value;
}

void lapic_eoi(void)
{
	lapic_write(LAPIC_EOI, 0);
}

u32 ioapic_read(u8 reg)
{
	*(volatile u32 *)IOAPIC_BASE = reg;
	return *(volatile u32 *)(IOAPIC_BASE + IOAPIC_WINDOW);
}

void ioapic_write(u8 reg, u32 value)
{
	*(volatile u32 *)IOAPIC_BASE = reg;
	*(volatile u32 *)(IOAPIC_BASE + IOAPIC_WINDOW) = value;
}

void ioapic_route(u8 line, u8 vector)
{
	ioapic_write((u8)(IOAPIC_ENTRY + 2 * line + 1), 0);
	ioapic_write((u8)(IOAPIC_ENTRY + 2 * line), vector);
}

void ioapic_mask(u8 line)
{
	ioapic_write((u8)(IOAPIC_ENTRY + 2 * line), IOAPIC_MASKED);
}

/* The period in femtoseconds is never 0 and never above 100 ns (IA-PC HPET 1.0a, 2.3.4). */
bool hpet_present(void)
{
	u64 period = hpet_read(HPET_CAPABILITIES) >> 32;

	return period != 0 && period <= 100000000;
}

u64 hpet_read(u32 reg)
{
	return *(volatile u64 *)(HPET_BASE + reg);
}

void hpet_write(u32 reg, u64 value)
{
	*(volatile u64 *)(HPET_BASE + reg) = value;
}
