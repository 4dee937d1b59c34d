/* SPDX-License-Identifier: EPL-2.0 */
/*
 * ACPI tables (ACPI Specification 6.4, 5.2) as the firmware left them, below 4 GB. Nothing in them is
 * believed before it is checked: signatures, lengths, sums.
 */
#ifndef DEV_ACPI_H
#define DEV_ACPI_H

#include "lib/types.h"

/* What every table but the first begins with (5.2.6). */
struct acpi_header {
	char signature[4];
	u32 length; /* of the whole table */
	u8 revision, checksum;
	char oem[6], oem_table[8];
	u32 oem_revision, creator, creator_revision;
} __attribute__((packed));

/* The table with this signature, or NULL. Its `length` bytes may be read. */
struct acpi_header *acpi_find(const char *signature);

/* The sum of the bytes, 0 where they belong to a sound table; and the checksum made right after a change. */
u8 acpi_sum(const void *bytes, u32 length);
void acpi_mend_sum(struct acpi_header *table);

/* The table gets a name that nobody looks for; its sum stays right. */
void acpi_hide(struct acpi_header *table);

#endif
