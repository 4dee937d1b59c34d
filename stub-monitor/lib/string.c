/* SPDX-License-Identifier: EPL-2.0 */
/*
 * Freestanding string functions. 8 bytes at a time: `rep` costs one emulated instruction per
 * element under QEMU.
 */
#include "lib/string.h"

#include "lib/types.h"

typedef u64 __attribute__((may_alias, aligned(1))) word;

void *memcpy(void *to, const void *from, size_t size)
{
	char *d = to;
	const char *s = from;

	for (; size >= 32; size -= 32, d += 32, s += 32) {
		u64 a = ((const word *)s)[0], b = ((const word *)s)[1];
		u64 c = ((const word *)s)[2], e = ((const word *)s)[3];

		((word *)d)[0] = a;
		((word *)d)[1] = b;
		((word *)d)[2] = c;
		((word *)d)[3] = e;
	}
	for (; size >= 8; size -= 8, d += 8, s += 8)
		*(word *)d = *(const word *)s;
	for (; size; size--)
		*d++ = *s++;
	return to;
}

void *memmove(void *to, const void *from, size_t size)
{
	char *d = to;
	const char *s = from;

	if (d <= s || d >= s + size)
		return memcpy(to, from, size);
	while (size--)
		d[size] = s[size];
	return to;
}

void *memset(void *to, int byte, size_t size)
{
	char *d = to;
	u64 pattern = 0x0101010101010101ull * (u8)byte;

	for (; size >= 8; size -= 8, d += 8)
		*(word *)d = pattern;
	for (; size; size--)
		*d++ = (char)byte;
	return to;
}

int memcmp(const void *a, const void *b, size_t size)
{
	const u8 *x = a, *y = b;

	for (; size >= 32; size -= 32, x += 32, y += 32) {
		const word *v = (const word *)x, *w = (const word *)y;

		if ((v[0] ^ w[0]) | (v[1] ^ w[1]) | (v[2] ^ w[2]) | (v[3] ^ w[3]))
			break;
	}
	for (; size >= 8 && *(const word *)x == *(const word *)y; size -= 8, x += 8, y += 8)
		;
	for (; size; size--, x++, y++)
		if (*x != *y)
			return *x - *y;
	return 0;
}

size_t strlen(const char *s)
{
	size_t n = 0;

	while (s[n])
		n++;
	return n;
}

int strcmp(const char *a, const char *b)
{
	return strncmp(a, b, (size_t)-1);
}

int strncmp(const char *a, const char *b, size_t size)
{
	for (; size; size--, a++, b++)
		if (*a != *b || !*a)
			return (u8)*a - (u8)*b;
	return 0;
}
