/* SPDX-License-Identifier: EPL-2.0 */
/* Hexadecimal digits and bytes; see hex.h. */
#include "lib/hex.h"

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

void hex_encode(char *out, const void *data, size_t length)
{
	const u8 *bytes = data;

	for (size_t i = 0; i < length; i++) {
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
