/* SPDX-License-Identifier: EPL-2.0 */
#include "dev/acpi.h"

#include "cpu/phys.h"
#include "lib/string.h"

#define BIOS_START   0xe0000ull
#define BIOS_END     0x100000ull
#define EBDA_POINTER 0x40eull
#define EBDA_SEARCH  1024
#define RSDP_STEP    16
#define RSDP_LENGTH  20
#define RSDP_RSDT    16
#define TABLE_MAX    0x100000u
#define ENTRIES_MAX  256
#define ENTRY_SIZE   4 /* of the RSDT: QEMU and PC firmware always have one beside the XSDT */

static const char rsdp_signature[] = "RSD PTR ";
static const char nobodys_name[] = "RTVR";

u8 acpi_sum(const void *bytes, u32 length)
{
	u8 total = 0;

	for (u32 i = 0; i < length; i++)
		total += ((const u8 *)bytes)[i];
	return total;
}

static const u8 *find_rsdp(u64 start, u64 end)
{
	for (u64 at = start; at + RSDP_LENGTH <= end; at += RSDP_STEP) {
		const u8 *rsdp = phys_to_virt(at);

		if (!strncmp((const char *)rsdp, rsdp_signature, sizeof(rsdp_signature) - 1) &&
			!acpi_sum(rsdp, RSDP_LENGTH))
			return rsdp;
	}
	return NULL;
}

static u32 word_at(const u8 *bytes)
{
	u32 value;

	memcpy(&value, bytes, sizeof(value));
	return value;
}

static struct acpi_header *table_at(u32 address)
{
	struct acpi_header *table = phys_to_virt(address);

	if (!address || address > DIRECT_MAP_END - TABLE_MAX)
		return NULL;
	if (table->length < sizeof(*table) || table->length > TABLE_MAX)
		return NULL;
	return acpi_sum(table, table->length) ? NULL : table;
}

struct acpi_header *acpi_find(const char *signature)
{
	u64 ebda = (u64) * (const u16 *)phys_to_virt(EBDA_POINTER) << 4;
	const u8 *rsdp = find_rsdp(ebda, ebda + EBDA_SEARCH);
	const struct acpi_header *root;
	u32 entries;

	if (!rsdp)
		rsdp = find_rsdp(BIOS_START, BIOS_END);
	root = rsdp ? table_at(word_at(rsdp + RSDP_RSDT)) : NULL;
	if (!root)
		return NULL;
	entries = (root->length - (u32)sizeof(*root)) / ENTRY_SIZE;
	for (u32 i = 0; i < entries && i < ENTRIES_MAX; i++) {
		struct acpi_header *table = table_at(
			word_at((const u8 *)(root + 1) + (size_t)ENTRY_SIZE * i));

		if (table && !strncmp(table->signature, signature, sizeof(table->signature)))
			return table;
	}
	return NULL;
}

void acpi_mend_sum(struct acpi_header *table)
{
	table->checksum = (u8)(table->checksum - acpi_sum(table, table->length));
}

void acpi_hide(struct acpi_header *table)
{
	memcpy(table->signature, nobodys_name, sizeof(table->signature));
	acpi_mend_sum(table);
}
