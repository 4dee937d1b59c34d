/* SPDX-License-Identifier: EPL-2.0 */
/* The four functions gcc calls without being asked. */
#include "types.h"

void *memcpy(void *to, const void *from, size_t count)
{
	void *start = to;

	__asm__ volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(count)::"memory");
	return start;
}

void *memset(void *to, int value, size_t count)
{
	void *start = to;

	__asm__ volatile("rep stosb" : "+D"(to), "+c"(count) : "a"(value) : "memory");
	return start;
}

void *memmove(void *to, const void *from, size_t count)
{
	u8 *d = to;
	const u8 *s = from;

	if (d <= s)
		return memcpy(to, from, count);
	while (count--)
		d[count] = s[count];
	return to;
}

int memcmp(const void *a, const void *b, size_t count)
{
	const u8 *x = a;
	const u8 *y = b;

	for (; count; count--, x++, y++)
		if (*x != *y)
			return *x - *y;
	return 0;
}
