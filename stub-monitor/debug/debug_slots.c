/* SPDX-License-Identifier: EPL-2.0 */
#include "debug/debug_slots.h"

#include "vt/machine.h"

#define DR7_ENABLE(n)  (3ull << (2 * (n)))
#define DR7_LOCAL(n)   (1ull << (2 * (n)))
#define DR7_FIELD(n)   (16 + 4 * (n))
#define DR7_FIELD_MASK 0xfull

static int owner[DEBUG_SLOTS];
static u64 slot_address[DEBUG_SLOTS], slot_dr7;

static unsigned piece_length(u64 address, u64 left)
{
	for (unsigned size = DEBUG_SLOT_BYTES; size > 1; size /= 2)
		if (address % size == 0 && left >= size)
			return size;
	return 1;
}

unsigned debug_slots_needed(u64 address, u64 length)
{
	unsigned slots = 0;

	for (u64 done = 0; done < length; done += piece_length(address + done, length - done))
		slots++;
	return slots;
}

bool debug_slots_guest_enabled(unsigned slot)
{
	return machine.cpu.dr7 & DR7_ENABLE(slot);
}

unsigned debug_slots_of_guest(void)
{
	unsigned slots = 0;

	for (unsigned i = 0; i < DEBUG_SLOTS; i++)
		slots += debug_slots_guest_enabled(i);
	return slots;
}

void debug_slots_reset(void)
{
	slot_dr7 = 0;
	for (int i = 0; i < DEBUG_SLOTS; i++) {
		owner[i] = DEBUG_SLOT_GUEST;
		slot_address[i] = machine.cpu.dr[i];
		if (machine.cpu.dr7 & DR7_ENABLE(i))
			slot_dr7 |= machine.cpu.dr7 &
				(DR7_ENABLE(i) | DR7_FIELD_MASK << DR7_FIELD(i));
	}
}

static u64 length_bits(unsigned length)
{
	return length == 8 ? 2 : length - 1; /* APM 2 table 13-3: 1, 2, 8, 4 bytes = 0, 1, 2, 3 */
}

static bool take_one(int who, u64 address, u64 access, unsigned length)
{
	for (int i = 0; i < DEBUG_SLOTS; i++) {
		if (slot_dr7 & DR7_ENABLE(i))
			continue;
		owner[i] = who;
		slot_address[i] = address;
		slot_dr7 |= DR7_LOCAL(i) | (access | length_bits(length) << 2) << DR7_FIELD(i);
		return true;
	}
	return false;
}

bool debug_slots_take(int who, u64 address, u64 length, enum debug_access access)
{
	for (u64 done = 0; done < length;) {
		unsigned piece = piece_length(address + done, length - done);

		if (!take_one(who, address + done, access, piece))
			return false;
		done += piece;
	}
	return true;
}

int debug_slots_owner(unsigned slot)
{
	return owner[slot];
}

bool debug_slots_watches_in(unsigned slot, u64 address, u64 length)
{
	u64 field = slot_dr7 >> DR7_FIELD(slot) & DR7_FIELD_MASK;
	u64 bits = field >> 2, size = bits == length_bits(8) ? 8 : bits + 1;

	return (field & 3) != DEBUG_EXECUTE && slot_address[slot] >= address &&
		slot_address[slot] - address + size <= length;
}

void debug_slots_fill_entry(struct vt_entry *entry)
{
	for (int i = 0; i < DEBUG_SLOTS; i++)
		entry->dr[i] = slot_address[i];
	entry->dr7 = slot_dr7;
}
