/* SPDX-License-Identifier: EPL-2.0 */
#include "dev/ioapic.h"

#include "cpu/phys.h"
#include "dev/lapic.h"

#define WINDOW_SELECT     0x00
#define WINDOW_DATA       0x10
#define REDIRECTION(n)    (0x10 + 2 * (n))
#define DELIVERY_MASK     0x700
#define DELIVERY_SMI      0x200
#define DELIVERY_NMI      0x400
#define DELIVERY_INIT     0x500
#define LOGICAL           BIT(11)
#define MASKED            BIT(16)
#define DESTINATION_SHIFT 24
#define FIRST_REDIRECTION 0x10

static u32 owned_entry;  /* register index of the low half of the monitor's entry */
static u32 guest_select; /* what the guest last wrote to the select register */
static u32 guest_entry[2] = {0x10000, 0}; /* what the guest sees in the monitor's entry: masked */

static volatile u32 *window(unsigned offset)
{
	return phys_to_virt(IOAPIC_PHYS + offset);
}

static void write_register(u32 index, u32 value)
{
	*window(WINDOW_SELECT) = index;
	*window(WINDOW_DATA) = value;
}

void ioapic_own_line(unsigned irq)
{
	owned_entry = REDIRECTION(irq);
	write_register(owned_entry + 1, lapic_id() << DESTINATION_SHIFT);
	write_register(owned_entry, DELIVERY_NMI);
}

static u32 read_register(u32 index)
{
	*window(WINDOW_SELECT) = index;
	return *window(WINDOW_DATA);
}

/*
 * A guest's entry cannot reset this CPU (INIT), enter SMM, or raise an NMI anywhere but here: another
 * CPU would run outside the monitor.
 */
static void write_redirection(u32 index, u32 value)
{
	u32 here = lapic_id() << DESTINATION_SHIFT;

	if (index & 1) {
		bool nmi = (read_register(index - 1) & DELIVERY_MASK) == DELIVERY_NMI;

		write_register(index, nmi ? here : value);
		return;
	}
	if ((value & DELIVERY_MASK) == DELIVERY_SMI || (value & DELIVERY_MASK) == DELIVERY_INIT)
		value |= MASKED;
	if ((value & DELIVERY_MASK) == DELIVERY_NMI) {
		value &= ~(u32)LOGICAL;
		write_register(index + 1, here);
	}
	write_register(index, value);
}

static bool selects_owned(void)
{
	return guest_select == owned_entry || guest_select == owned_entry + 1;
}

u32 ioapic_guest_read(unsigned offset)
{
	if (offset == WINDOW_SELECT)
		return guest_select;
	if (offset == WINDOW_DATA && selects_owned())
		return guest_entry[guest_select - owned_entry];
	*window(WINDOW_SELECT) = guest_select;
	return *window(offset);
}

void ioapic_guest_write(unsigned offset, u32 value)
{
	if (offset == WINDOW_SELECT) {
		guest_select = value & 0xff;
		return;
	}
	if (offset == WINDOW_DATA && selects_owned()) {
		guest_entry[guest_select - owned_entry] = value;
		return;
	}
	if (offset == WINDOW_DATA && guest_select >= FIRST_REDIRECTION) {
		write_redirection(guest_select, value);
		return;
	}
	*window(WINDOW_SELECT) = guest_select;
	*window(offset) = value;
}
