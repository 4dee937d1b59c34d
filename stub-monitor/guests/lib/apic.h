/* SPDX-License-Identifier: EPL-2.0 */
/* Local APIC, I/O APIC and HPET by memory-mapped I/O, at the addresses every PC has them. */
#ifndef GUEST_APIC_H
#define GUEST_APIC_H

#include "types.h"

#define LAPIC_ID            0x020
#define LAPIC_EOI           0x0b0
#define LAPIC_SPURIOUS      0x0f0
#define LAPIC_COMMAND       0x300
#define LAPIC_COMMAND_HIGH  0x310
#define LAPIC_LVT_TIMER     0x320
#define LAPIC_LVT_LINT0     0x350
#define LAPIC_TIMER_INITIAL 0x380
#define LAPIC_TIMER_CURRENT 0x390
#define LAPIC_TIMER_DIVIDE  0x3e0

#define LAPIC_MASKED         (1u << 16)
#define LAPIC_TIMER_PERIODIC (1u << 17)
#define LAPIC_DIVIDE_BY_1    0xbu
#define LAPIC_ENABLE         (1u << 8)
#define LAPIC_COMMAND_NMI    (4u << 8)

u32 lapic_read(u32 reg);
void lapic_write(u32 reg, u32 value);
void lapic_eoi(void);

#define IOAPIC_VERSION 0x01
#define IOAPIC_ENTRY   0x10
#define IOAPIC_MASKED  (1u << 16)

u32 ioapic_read(u8 reg);
void ioapic_write(u8 reg, u32 value);
/* Entry `line`: fixed delivery, edge, to the local APIC with ID 0. */
void ioapic_route(u8 line, u8 vector);
void ioapic_mask(u8 line);

#define HPET_CAPABILITIES      0x000
#define HPET_CONFIG            0x010
#define HPET_COUNTER           0x0f0
#define HPET_TIMER0_CONFIG     0x100
#define HPET_TIMER0_COMPARATOR 0x108

#define HPET_CONFIG_ENABLE     (1ull << 0)
#define HPET_TIMER_INTERRUPT   (1ull << 2)
#define HPET_TIMER_PERIODIC    (1ull << 3)
#define HPET_TIMER_SET_PERIOD  (1ull << 6)
#define HPET_TIMER_ROUTE_SHIFT 9

bool hpet_present(void);
u64 hpet_read(u32 reg);
void hpet_write(u32 reg, u64 value);

#endif
