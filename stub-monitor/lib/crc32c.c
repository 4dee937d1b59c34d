/* SPDX-License-Identifier: EPL-2.0 */
/* CRC-32C, eight bytes at a time with eight tables ("slicing by 8"); see crc32c.h. */
#include "lib/crc32c.h"

#include "lib/string.h"

#define POLYNOMIAL_REFLECTED 0x82f63b78u
#define SLICES               8

static u32 table[SLICES][256];
static bool table_ready;

static u32 divide_byte(u32 remainder)
{
	for (int bit = 0; bit < 8; bit++)
		remainder = (remainder >> 1) ^ (remainder & 1 ? POLYNOMIAL_REFLECTED : 0);
	return remainder;
}

static void make_tables(void)
{
	for (u32 byte = 0; byte < 256; byte++)
		table[0][byte] = divide_byte(byte);
	for (int slice = 1; slice < SLICES; slice++)
		for (u32 byte = 0; byte < 256; byte++) {
			u32 crc = table[slice - 1][byte];

			table[slice][byte] = (crc >> 8) ^ table[0][crc & 255];
		}
	table_ready = true;
}

static u32 add_eight(u32 crc, const u8 *bytes)
{
	u64 word;

	memcpy(&word, bytes, sizeof(word));
	word ^= crc;
	crc = 0;
	for (int i = 0; i < SLICES; i++)
		crc ^= table[SLICES - 1 - i][word >> (8 * i) & 255];
	return crc;
}

u32 crc32c(u32 before, const void *data, size_t length)
{
	const u8 *bytes = data;
	u32 crc = ~before;

	if (!table_ready)
		make_tables();
	for (; length >= SLICES; length -= SLICES, bytes += SLICES)
		crc = add_eight(crc, bytes);
	for (; length; length--, bytes++)
		crc = (crc >> 8) ^ table[0][(crc ^ *bytes) & 255];
	return ~crc;
}
