/* SPDX-License-Identifier: EPL-2.0 */
/* Hexadecimal digits and bytes; see hex.h. */
#include "lib/hex.h"

typedef u32 __attribute__((may_alias, aligned(1))) word32;
typedef u64 __attribute__((may_alias, aligned(1))) word64;

int hex_value(u8 character)
{
	if (character >= '0' && character <= '9')
		return character - '0';
	if (character >= 'a' && character <= 'f')
		return character - 'a' + 10;
	if (character >= 'A' && character <= 'F')
		return character - 'A' + 10;
	return -1;
}

char hex_digit(unsigned value)
{
	return "0123456789abcdef"[value & 15];
}

/*
 * Four bytes at a time, each of the eight digits in a byte of its own: '0' is added to it and, where it is above 9, what
 * lies between '9' and 'a'.
 */
static u64 eight_digits(u32 bytes)
{
	const u64 nibble = 0x0f0f0f0f0f0f0f0full, one = 0x0101010101010101ull;
	u64 w = bytes;

	w = (w | w << 16) & 0x0000ffff0000ffffull;
	w = (w | w << 8) & 0x00ff00ff00ff00ffull;
	w = (w >> 4 | w << 8) & nibble;
	return w + '0' * one + (((w + 6 * one) >> 4) & one) * ('a' - '9' - 1);
}

void hex_encode(char *out, const void *data, size_t length)
{
	const u8 *bytes = data;
	size_t i = 0;

	for (; i + 4 <= length; i += 4)
		*(word64 *)(out + 2 * i) = eight_digits(*(const word32 *)(bytes + i));
	for (; i < length; i++) {
		out[2 * i] = hex_digit(bytes[i] >> 4);
		out[2 * i + 1] = hex_digit(bytes[i]);
	}
}

bool hex_decode(void *out, const void *text, size_t length)
{
	const u8 *digits = text;
	u8 *bytes = out;

	for (size_t i = 0; i < length; i++) {
		int high = hex_value(digits[2 * i]);
		int low = hex_value(digits[2 * i + 1]);

		if (high < 0 || low < 0)
			return false;
		bytes[i] = (u8)(high << 4 | low);
	}
	return true;
}
