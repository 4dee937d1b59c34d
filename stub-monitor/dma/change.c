/* SPDX-License-Identifier: EPL-2.0 */
#include "dma/change.h"

#include "lib/format.h"
#include "lib/string.h"

#define HEADER 4 /* bytes of a range's offset and length */
#define WORD   8
#define BLOCK  32

static u64 word_at(const u8 *bytes)
{
	u64 word;

	__builtin_memcpy(&word, bytes, sizeof(word));
	return word;
}

/* The aligned 32 bytes from there on. */
static bool differ(const u8 *a, const u8 *b)
{
	return (word_at(a) ^ word_at(b)) | (word_at(a + WORD) ^ word_at(b + WORD)) |
		(word_at(a + 2 * WORD) ^ word_at(b + 2 * WORD)) |
		(word_at(a + 3 * WORD) ^ word_at(b + 3 * WORD));
}

static unsigned skip_equal(const u8 *a, const u8 *b, unsigned at)
{
	while (at < PAGE_SIZE && at % BLOCK && a[at] == b[at])
		at++;
	if (at % BLOCK)
		return at;
	while (at < PAGE_SIZE && !differ(a + at, b + at))
		at += BLOCK;
	while (at < PAGE_SIZE && a[at] == b[at])
		at++;
	return at;
}

/* ff in each byte of `word` that is not 0. */
static u64 filled_bytes(u64 word)
{
	const u64 low = 0x7f7f7f7f7f7f7f7full;
	u64 high_bits = (((word & low) + low) | word) & ~low;

	return (high_bits >> 7) * 0xff;
}

/*
 * The range that begins at the change at `begin`, at most up to `limit`: what the device did not change in it is the guest's.
 * Returns its end. A gap no longer than a header is cheaper than a range of its own; within 8 bytes none is looked for.
 */
static unsigned encode_range(u8 *data, const u8 *device, const u8 *base, const u8 *guest,
	unsigned begin, unsigned limit)
{
	unsigned at = begin, end = begin;

	for (; limit - at >= WORD; at += WORD) {
		u64 now = word_at(device + at), difference = now ^ word_at(base + at), mask;

		mask = filled_bytes(difference);
		if (!~mask) {
			__builtin_memcpy(data + (at - begin), &now, sizeof(now));
			end = at + WORD;
			continue;
		}
		if (!difference || at + (unsigned)__builtin_ctzll(difference) / 8 - end > HEADER)
			return end;
		now = (now & mask) | (word_at(guest + at) & ~mask);
		__builtin_memcpy(data + (at - begin), &now, sizeof(now));
		end = at + WORD - (unsigned)__builtin_clzll(difference) / 8;
	}
	for (; at < limit && at - end <= HEADER; at++) {
		data[at - begin] = device[at] != base[at] ? device[at] : guest[at];
		if (device[at] != base[at])
			end = at + 1;
	}
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
		end = encode_range(data + used + HEADER, device, base, guest, begin, limit);
		put_u16(data + used, begin);
		put_u16(data + used + 2, end - begin);
		used += HEADER + end - begin;
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

/* Bytes of the word that the guest left alone stay what the device may write into them at this moment. */
static void publish_word(u64 *device, u64 guest, u64 *base)
{
	u64 mask = filled_bytes(guest ^ *base), old;

	if (!mask)
		return;
	if (!~mask) {
		__atomic_store_n(device, guest, __ATOMIC_RELEASE);
		*base = guest;
		return;
	}
	old = __atomic_load_n(device, __ATOMIC_RELAXED);
	while (!__atomic_compare_exchange_n(device, &old, (old & ~mask) | (guest & mask), false,
		__ATOMIC_RELEASE, __ATOMIC_RELAXED))
		;
	*base = (*base & ~mask) | (guest & mask);
}

bool change_publish(u64 *device, const u64 *guest, u64 *base)
{
	bool any = false;

	for (unsigned i = 0; i < PAGE_SIZE / WORD; i += BLOCK / WORD) {
		if (!differ((const u8 *)(guest + i), (const u8 *)(base + i)))
			continue;
		for (unsigned k = i; k < i + BLOCK / WORD; k++)
			publish_word(&device[k], guest[k], &base[k]);
		any = true;
	}
	return any;
}
