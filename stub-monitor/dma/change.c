/* SPDX-License-Identifier: EPL-2.0 */
#include "dma/change.h"

#include "lib/format.h"
#include "lib/string.h"

#define HEADER 4 /* bytes of a range's offset and length */
#define WORD   8

static unsigned skip_equal(const u8 *a, const u8 *b, unsigned at)
{
	while (at < PAGE_SIZE && at % WORD && a[at] == b[at])
		at++;
	if (at % WORD)
		return at;
	while (at < PAGE_SIZE && !memcmp(a + at, b + at, WORD))
		at += WORD;
	while (at < PAGE_SIZE && a[at] == b[at])
		at++;
	return at;
}

/* The end of the change at `at`: a gap no longer than a header is cheaper than a range of its own. */
static unsigned end_of_range(const u8 *device, const u8 *base, unsigned at, unsigned limit)
{
	unsigned end = at;

	for (; at < limit && at - end <= HEADER; at++)
		if (device[at] != base[at])
			end = at + 1;
	return end;
}

static void put_u16(u8 *at, unsigned value)
{
	at[0] = (u8)value;
	at[1] = (u8)(value >> 8);
}

static unsigned get_u16(const u8 *at)
{
	return at[0] | (unsigned)at[1] << 8;
}

u32 change_encode(const u8 *device, const u8 *base, const u8 *guest, unsigned *at, u8 *data)
{
	u32 used = 0;

	while ((*at = skip_equal(device, base, *at)) < PAGE_SIZE) {
		unsigned begin = *at, limit, end;

		if (used + HEADER >= CHANGE_DATA_MAX)
			return used;
		limit = (unsigned)min_u64(PAGE_SIZE, begin + CHANGE_DATA_MAX - used - HEADER);
		end = end_of_range(device, base, begin, limit);
		put_u16(data + used, begin);
		put_u16(data + used + 2, end - begin);
		used += HEADER;
		for (unsigned i = begin; i < end; i++)
			data[used++] = device[i] != base[i] ? device[i] : guest[i];
		*at = end;
	}
	return used;
}

bool change_next(const u8 *data, u32 length, u32 *position, struct change_range *range)
{
	if (length - *position < HEADER)
		return false;
	range->offset = (u16)get_u16(data + *position);
	range->length = (u16)get_u16(data + *position + 2);
	range->bytes = data + *position + HEADER;
	if (range->offset + range->length > (unsigned)PAGE_SIZE ||
		range->length > length - *position - HEADER)
		return false;
	*position += HEADER + range->length;
	return true;
}

#define SHOWN_RANGES 3

void change_describe(const u8 *data, u32 length, char *text, size_t size)
{
	struct change_range range;
	u32 position = 0, number = 0;
	size_t used = 0;

	text[0] = 0;
	for (; change_next(data, length, &position, &range); number++)
		if (number < SHOWN_RANGES && used < size)
			used += (size_t)format(text + used, size - used, " %u..%u", range.offset,
				range.offset + range.length - 1u);
	if (number > SHOWN_RANGES && used < size)
		format(text + used, size - used, " and %u more", number - SHOWN_RANGES);
}

/* 0xff in each byte in which the words differ. */
static u64 differing_bytes(u64 a, u64 b)
{
	u64 mask = 0;

	for (unsigned i = 0; i < WORD; i++)
		if ((a ^ b) >> 8 * i & 0xff)
			mask |= 0xffull << 8 * i;
	return mask;
}

bool change_publish(u64 *device, const u64 *guest, u64 *base)
{
	bool any = false;

	for (unsigned i = 0; i < PAGE_SIZE / WORD; i++) {
		u64 mask, old;

		if (guest[i] == base[i])
			continue;
		mask = differing_bytes(guest[i], base[i]);
		old = __atomic_load_n(&device[i], __ATOMIC_RELAXED);
		while (!__atomic_compare_exchange_n(&device[i], &old,
			(old & ~mask) | (guest[i] & mask), false, __ATOMIC_RELEASE,
			__ATOMIC_RELAXED))
			;
		base[i] = (base[i] & ~mask) | (guest[i] & mask);
		any = true;
	}
	return any;
}
