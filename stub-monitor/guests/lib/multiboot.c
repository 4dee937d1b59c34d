/* SPDX-License-Identifier: EPL-2.0 */
/* Walking the Multiboot information: memory map and command line. */
#include "multiboot.h"

static const void *at(u32 address)
{
	return (const void *)(u64)address;
}

const struct multiboot_mmap *multiboot_mmap_next(const struct multiboot_info *info,
	const struct multiboot_mmap *entry)
{
	const u8 *next;

	if (!(info->flags & MULTIBOOT_HAS_MMAP))
		return NULL;
	/* `size` does not count itself. */
	next = entry ? (const u8 *)entry + entry->size + sizeof(entry->size) : at(info->mmap_addr);
	if (next >= (const u8 *)at(info->mmap_addr) + info->mmap_length)
		return NULL;
	return (const struct multiboot_mmap *)next;
}

const char *multiboot_cmdline(const struct multiboot_info *info)
{
	return info->flags & MULTIBOOT_HAS_CMDLINE ? at(info->cmdline) : "";
}

const char *multiboot_argument(const struct multiboot_info *info)
{
	const char *word = multiboot_cmdline(info);
	const char *c;

	for (c = word; *c; c++)
		if (c[0] == ' ' && c[1] && c[1] != ' ')
			word = c + 1;
	return word;
}
