/* SPDX-License-Identifier: EPL-2.0 */
#include "dev/one_cpu.h"

#include "cpu/phys.h"
#include "dev/acpi.h"
#include "dev/lapic.h"
#include "lib/string.h"

/* Multiple APIC description table (ACPI 6.4, 5.2.12). */
#define MADT_ENTRIES       8 /* behind the header: local APIC address, flags */
#define MADT_LOCAL_APIC    0
#define MADT_LOCAL_X2APIC  9
#define LOCAL_APIC_LENGTH  8
#define LOCAL_APIC_ID      3
#define LOCAL_APIC_FLAGS   4
#define X2APIC_LENGTH      16
#define X2APIC_ID          4
#define X2APIC_FLAGS       8
#define ENABLED_OR_CAPABLE 3u

/* MultiProcessor Specification 1.4, 4.1 to 4.3. */
#define FLOATING_STEP    16
#define FLOATING_TABLE   4
#define TABLE_LENGTH     4
#define TABLE_CHECKSUM   7
#define TABLE_ENTRIES    34
#define TABLE_HEADER     44
#define PROCESSOR_LENGTH 20
#define OTHER_LENGTH     8
#define PROCESSOR        0
#define PROCESSOR_ID     1
#define PROCESSOR_FLAGS  3
#define PROCESSOR_USABLE 1u

#define BIOS_START   0xf0000ull
#define BIOS_END     0x100000ull
#define EBDA_POINTER 0x40eull
#define EBDA_SEARCH  1024

static u32 word_at(const u8 *bytes)
{
	u32 value;

	memcpy(&value, bytes, sizeof(value));
	return value;
}

static void disable(u8 *flags)
{
	u32 value = word_at(flags) & ~ENABLED_OR_CAPABLE;

	memcpy(flags, &value, sizeof(value));
}

static void madt_entry(u8 *entry, u32 length)
{
	if (entry[0] == MADT_LOCAL_APIC && length >= LOCAL_APIC_LENGTH &&
		entry[LOCAL_APIC_ID] != lapic_id())
		disable(entry + LOCAL_APIC_FLAGS);
	if (entry[0] == MADT_LOCAL_X2APIC && length >= X2APIC_LENGTH &&
		word_at(entry + X2APIC_ID) != lapic_id())
		disable(entry + X2APIC_FLAGS);
}

static void change_madt(struct acpi_header *madt)
{
	u8 *table = (u8 *)madt;
	u32 length;

	for (u32 at = sizeof(*madt) + MADT_ENTRIES; at + 2 <= madt->length; at += length) {
		length = table[at + 1];
		if (length < 2 || at + length > madt->length)
			break;
		madt_entry(table + at, length);
	}
	acpi_mend_sum(madt);
}

static u8 *find_floating(u64 start, u64 end)
{
	for (u64 at = start; at + FLOATING_STEP <= end; at += FLOATING_STEP) {
		u8 *found = phys_to_virt(at);

		if (!strncmp((const char *)found, "_MP_", 4) && !acpi_sum(found, FLOATING_STEP))
			return found;
	}
	return NULL;
}

static void change_mp_table(u8 *table)
{
	u32 length = word_at(table + TABLE_LENGTH) & 0xffff,
	    entries = word_at(table + TABLE_ENTRIES) & 0xffff, at = TABLE_HEADER;

	if (strncmp((const char *)table, "PCMP", 4) || acpi_sum(table, length))
		return;
	for (; entries && at + PROCESSOR_LENGTH <= length; entries--) {
		bool processor = table[at] == PROCESSOR;

		if (processor && table[at + PROCESSOR_ID] != lapic_id())
			table[at + PROCESSOR_FLAGS] &= (u8)~PROCESSOR_USABLE;
		at += processor ? PROCESSOR_LENGTH : OTHER_LENGTH;
	}
	table[TABLE_CHECKSUM] = (u8)(table[TABLE_CHECKSUM] - acpi_sum(table, length));
}

void one_cpu_tell(void)
{
	u64 ebda = (u64) * (const u16 *)phys_to_virt(EBDA_POINTER) << 4;
	struct acpi_header *madt = acpi_find("APIC");
	u8 *floating = find_floating(ebda, ebda + EBDA_SEARCH);
	u32 table;

	if (madt)
		change_madt(madt);
	if (!floating)
		floating = find_floating(BIOS_START, BIOS_END);
	table = floating ? word_at(floating + FLOATING_TABLE) : 0;
	if (table && table < BIOS_END)
		change_mp_table(phys_to_virt(table));
}
