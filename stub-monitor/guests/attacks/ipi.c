/* SPDX-License-Identifier: EPL-2.0 */
/*
 * An attack by inter-processor interrupt; the argument says which: init (to itself), init-all, smi,
 * message (an INIT as a write to the message addresses), ioapic (an entry that delivers INIT), lvt (a
 * local vector that does), or wake: INIT, start-up and NMI to the second CPU, whose first instruction
 * counts up a word.
 */
#include "../lib/apic.h"
#include "../lib/guest.h"
#include "../lib/pic.h"
#include "../lib/port.h"
#include "../lib/print.h"

#define LAPIC_VERSION_PAGE 0xfee01000ull
#define COMMAND_INIT       0x4500u
#define COMMAND_SMI        0x4200u
#define COMMAND_NMI        0x4400u
#define COMMAND_START_UP   0x4608u /* at page 8 */
#define COMMAND_ALL        0x80000u
#define COMMAND_OTHERS     0xc0000u
#define DELIVERY_INIT      0x500u
#define DELIVERY_NMI       0x400u
#define START_UP_PAGE      0x8000ull
#define WITNESS            0x8800ull
#define NMI_VECTOR_ENTRY   (2 * 4)
#define PIT_LINE           2
#define SPINS              3000000
#define APM_CONTROL        0xb2

/* 16-bit code: incl %cs:0x800 with CS at the page; then again. */
static const u8 trampoline[] = {0x2e, 0x66, 0xff, 0x06, 0x00, 0x08, 0xeb, 0xf8};

static void spin(u64 count)
{
	volatile u64 i;

	for (i = 0; i < count; i++)
		;
}

static void command(u32 destination, u32 value)
{
	lapic_write(LAPIC_COMMAND_HIGH, destination << 24);
	lapic_write(LAPIC_COMMAND, value);
	spin(SPINS / 10);
}

/* Every way to get another CPU going, with its code in place for each. */
static void wake_others(void)
{
	volatile u32 *witness = (volatile u32 *)WITNESS;
	u8 *page = (u8 *)START_UP_PAGE;
	u32 i;

	for (i = 0; i < sizeof(trampoline); i++)
		page[i] = trampoline[i];
	*(volatile u32 *)NMI_VECTOR_ENTRY = (u32)(START_UP_PAGE >> 4) << 16;
	*witness = 0;
	command(1, COMMAND_NMI);
	command(0, COMMAND_OTHERS | COMMAND_NMI);
	ioapic_write((u8)(IOAPIC_ENTRY + 2 * PIT_LINE), DELIVERY_NMI);
	ioapic_write((u8)(IOAPIC_ENTRY + 2 * PIT_LINE + 1), 1u << 24);
	ioapic_mask(PIT_LINE);
	command(1, COMMAND_INIT);
	command(1, COMMAND_START_UP);
	command(1, COMMAND_START_UP);
	command(0, COMMAND_OTHERS | COMMAND_INIT);
	command(0, COMMAND_OTHERS | COMMAND_START_UP);
	spin(SPINS);
	print("ipi: others counted %u\n", *witness);
}

static void attack(const char *way)
{
	if (strings_equal(way, "init")) {
		command(lapic_read(LAPIC_ID) >> 24, COMMAND_INIT);
	} else if (strings_equal(way, "init-all")) {
		command(0, COMMAND_ALL | COMMAND_INIT);
	} else if (strings_equal(way, "smi")) {
		outb(APM_CONTROL, 0x55);
		command(lapic_read(LAPIC_ID) >> 24, COMMAND_SMI);
	} else if (strings_equal(way, "message")) {
		*(volatile u32 *)LAPIC_VERSION_PAGE = DELIVERY_INIT;
		*(volatile u32 *)(LAPIC_VERSION_PAGE - 0x1000) = DELIVERY_INIT;
	} else if (strings_equal(way, "ioapic")) {
		ioapic_write((u8)(IOAPIC_ENTRY + 2 * PIT_LINE + 1), 0);
		ioapic_write((u8)(IOAPIC_ENTRY + 2 * PIT_LINE), DELIVERY_INIT);
		pit_start(100);
	} else if (strings_equal(way, "lvt")) {
		lapic_write(LAPIC_LVT_LINT0, DELIVERY_INIT);
		lapic_write(LAPIC_LVT_TIMER, DELIVERY_INIT);
		lapic_write(LAPIC_TIMER_DIVIDE, LAPIC_DIVIDE_BY_1);
		lapic_write(LAPIC_TIMER_INITIAL, 1000);
	} else if (strings_equal(way, "wake")) {
		wake_others();
	}
}

void guest_main(u32 magic, const struct multiboot_info *info)
{
	const char *way = multiboot_argument(info);
	u64 line;

	(void)magic;
	guest_ready("ipi");
	print("ipi: by %s\n", way);
	attack(way);
	spin(SPINS);
	guest_print_done();
	for (line = 1;; line++)
		spin(SPINS);
}
