/* SPDX-License-Identifier: EPL-2.0 */
/* CRC-32, a byte at a time; see crc32.h. */
#include "lib/crc32.h"

#define POLYNOMIAL 0x04c11db7u
#define TOP_BIT    0x80000000u

static u32 table[256];

static void make_table(void)
{
	for (u32 byte = 0; byte < 256; byte++) {
		u32 remainder = byte << 24;

		for (int bit = 0; bit < 8; bit++)
			remainder = (remainder << 1) ^ (remainder & TOP_BIT ? POLYNOMIAL : 0);
		table[byte] = remainder;
	}
}

u32 crc32(u32 before, const void *data, size_t length)
{
	const u8 *bytes = data;

	if (!table[1])
		make_table();
	for (; length; length--, bytes++)
		before = (before << 8) ^ table[(before >> 24) ^ *bytes];
	return before;
}
