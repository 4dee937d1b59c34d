/* SPDX-License-Identifier: EPL-2.0 */
#include "debug/breakpoint.h"

#include "lib/printk.h"
#include "lib/string.h"
#include "npt/guest_linear.h"
#include "npt/guest_ram.h"
#include "vt/machine.h"

#define DR_COUNT       4
#define DR7_ENABLE(n)  (3ull << (2 * (n)))
#define DR7_LOCAL(n)   (1ull << (2 * (n)))
#define DR7_FIELD(n)   (16 + 4 * (n))
#define DR7_FIELD_MASK 0xfull
#define DR7_RW_EXECUTE 0
#define DR7_RW_WRITE   1
#define DR7_RW_ACCESS  3
#define DR6_RESERVED   0xffff0ff0ull
#define WATCH_BYTES    (DR_COUNT * 8)

struct breakpoint {
	enum breakpoint_kind kind;
	struct gla address;
	u64 length;
	u8 value[WATCH_BYTES]; /* of a watchpoint, when last looked at */
};

static struct breakpoint table[BREAKPOINTS_MAX];
static unsigned count;
static bool armed, slots_missing;

/* What stands in the debug registers: slot i belongs to table[owner[i]], or to the guest. */
#define OWNER_GUEST -1
static int owner[DR_COUNT];
static u64 slot_address[DR_COUNT], slot_dr7;

static bool is_watch(enum breakpoint_kind kind)
{
	return kind >= WATCH_WRITE;
}

static unsigned piece_length(u64 address, u64 left)
{
	for (unsigned size = 8; size > 1; size /= 2)
		if (address % size == 0 && left >= size)
			return size;
	return 1;
}

static unsigned slots_needed(const struct breakpoint *b)
{
	unsigned slots = 0;

	if (b->kind == BREAK_SOFTWARE)
		return 0;
	if (b->kind == BREAK_HARDWARE)
		return 1;
	for (u64 done = 0; done < b->length;
		done += piece_length(b->address.addr + done, b->length - done))
		slots++;
	return slots;
}

static u64 length_bits(unsigned length)
{
	return length == 8 ? 2 : length - 1; /* APM 2 table 13-3: 1, 2, 8, 4 bytes = 0, 1, 2, 3 */
}

static bool take_slot(int who, u64 address, u64 rw, unsigned length)
{
	for (int i = 0; i < DR_COUNT; i++) {
		if (slot_dr7 & DR7_ENABLE(i))
			continue;
		owner[i] = who;
		slot_address[i] = address;
		slot_dr7 |= DR7_LOCAL(i) | (rw | length_bits(length) << 2) << DR7_FIELD(i);
		return true;
	}
	return false;
}

static bool place(int who)
{
	const struct breakpoint *b = &table[who];
	u64 rw = b->kind == WATCH_WRITE ? DR7_RW_WRITE : DR7_RW_ACCESS;

	if (b->kind == BREAK_SOFTWARE)
		return true;
	if (b->kind == BREAK_HARDWARE)
		return take_slot(who, b->address.addr, DR7_RW_EXECUTE, 1);
	for (u64 done = 0; done < b->length;) {
		unsigned length = piece_length(b->address.addr + done, b->length - done);

		if (!take_slot(who, b->address.addr + done, rw, length))
			return false;
		done += length;
	}
	return true;
}

/* The guest's own first, in its slots; the debugger's in what is left. */
static bool assign_slots(void)
{
	bool all = true;

	slot_dr7 = 0;
	for (int i = 0; i < DR_COUNT; i++) {
		owner[i] = OWNER_GUEST;
		slot_address[i] = machine.cpu.dr[i];
		if (machine.cpu.dr7 & DR7_ENABLE(i))
			slot_dr7 |= machine.cpu.dr7 &
				(DR7_ENABLE(i) | DR7_FIELD_MASK << DR7_FIELD(i));
	}
	for (unsigned i = 0; armed && i < count; i++)
		all &= place((int)i);
	return all;
}

static int find(enum breakpoint_kind kind, struct gla address, u64 length)
{
	for (unsigned i = 0; i < count; i++)
		if (table[i].kind == kind && table[i].address.addr == address.addr &&
			(!is_watch(kind) || table[i].length == length))
			return (int)i;
	return -1;
}

static unsigned slots_in_use(void)
{
	unsigned slots = 0;

	for (unsigned i = 0; i < count; i++)
		slots += slots_needed(&table[i]);
	for (int i = 0; i < DR_COUNT; i++)
		slots += (machine.cpu.dr7 & DR7_ENABLE(i)) != 0;
	return slots;
}

enum status breakpoint_insert(enum breakpoint_kind kind, struct gla address, u64 length)
{
	struct breakpoint b = {.kind = kind, .address = address, .length = length};
	size_t done;

	if (find(kind, address, length) >= 0)
		return STATUS_OK;
	if (count == BREAKPOINTS_MAX || (is_watch(kind) && (!length || length > WATCH_BYTES)) ||
		slots_in_use() + slots_needed(&b) > DR_COUNT)
		if (kind != BREAK_SOFTWARE || count == BREAKPOINTS_MAX)
			return STATUS_TABLE_FULL;
	if (kind == BREAK_SOFTWARE) {
		enum status status = guest_linear_read(&machine.cpu, address, b.value, 1, &done);

		if (status != STATUS_OK)
			return status;
	}
	table[count++] = b;
	return STATUS_OK;
}

enum status breakpoint_remove(enum breakpoint_kind kind, struct gla address, u64 length)
{
	int i = find(kind, address, length);

	if (i >= 0)
		table[i] = table[--count];
	return STATUS_OK;
}

void breakpoint_remove_all(void)
{
	count = 0;
}

bool breakpoint_any(void)
{
	return count != 0;
}

static void read_value(const struct breakpoint *b, u8 *value)
{
	size_t done;

	memset(value, 0, WATCH_BYTES);
	guest_linear_read(&machine.cpu, b->address, value, b->length, &done);
}

void breakpoint_arm(void)
{
	armed = true;
	for (unsigned i = 0; i < count; i++) {
		struct guest_walk walk = guest_linear_walk(&machine.cpu, table[i].address, 0);

		if (is_watch(table[i].kind))
			read_value(&table[i], table[i].value);
		else if (table[i].kind == BREAK_SOFTWARE && walk.status == GUEST_WALK_OK)
			guest_ram_patch(walk.gpa);
	}
}

void breakpoint_disarm(void)
{
	armed = false;
	guest_ram_unpatch_all();
}

void breakpoint_fill_entry(struct vt_entry *entry)
{
	bool all = assign_slots();

	if (!all && !slots_missing)
		printk("the guest has enabled debug registers of its own: not all breakpoints are in");
	slots_missing = !all;
	for (int i = 0; i < DR_COUNT; i++)
		entry->dr[i] = slot_address[i];
	entry->dr7 = slot_dr7;
	for (unsigned i = 0; armed && i < count; i++)
		entry->trap_soft_int |= table[i].kind == BREAK_SOFTWARE;
}

static bool value_changed(struct breakpoint *b)
{
	u8 now[WATCH_BYTES];

	read_value(b, now);
	if (!memcmp(now, b->value, b->length))
		return false;
	memcpy(b->value, now, b->length);
	return true;
}

/*
 * x86 has no read-only watchpoint: an access that changed nothing counts as a read. A write
 * watchpoint reports changes only, as gdb would find out at the price of a stop.
 */
static bool watch_wants(struct breakpoint *b)
{
	bool changed = value_changed(b);

	return b->kind == WATCH_ACCESS || (b->kind == WATCH_WRITE) == changed;
}

static enum stop_reason watch_reason(enum breakpoint_kind kind)
{
	if (kind == WATCH_WRITE)
		return STOP_WATCH_WRITE;
	return kind == WATCH_READ ? STOP_WATCH_READ : STOP_WATCH_ACCESS;
}

static bool slot_wants(int slot, struct stop *stop)
{
	struct breakpoint *b = &table[owner[slot]];

	if (b->kind == BREAK_HARDWARE) {
		*stop = (struct stop){STOP_HW_BREAKPOINT, 0, NULL};
		return true;
	}
	if (!watch_wants(b))
		return false;
	*stop = (struct stop){watch_reason(b->kind), b->address.addr, NULL};
	return true;
}

enum debug_hit breakpoint_debug_exception(u64 dr6, struct stop *stop)
{
	enum debug_hit hit = HIT_NOTHING;
	u64 guest_bits = dr6 & DR6_SINGLE_STEP;

	for (int i = 0; i < DR_COUNT; i++) {
		if (!(dr6 & BIT(i)))
			continue;
		if (owner[i] == OWNER_GUEST)
			guest_bits |= BIT(i);
		else if (armed && slot_wants(i, stop))
			hit = HIT_DEBUGGER;
	}
	if (!guest_bits &&
		(dr6 & (DR6_HITS | DR6_SINGLE_STEP))) /* no bit at all: INT1 of the guest */
		return hit;
	machine.cpu.dr6 = DR6_RESERVED | guest_bits;
	return hit == HIT_DEBUGGER ? HIT_BOTH : HIT_GUEST;
}

bool breakpoint_is_ours(struct stop *stop)
{
	struct guest_walk walk = guest_linear_walk(&machine.cpu, guest_linear_rip(&machine.cpu), 0);

	if (walk.status != GUEST_WALK_OK || !guest_ram_is_patched(walk.gpa))
		return false;
	*stop = (struct stop){STOP_SW_BREAKPOINT, 0, NULL};
	return true;
}

bool breakpoint_watch_changed(struct stop *stop)
{
	for (unsigned i = 0; armed && i < count; i++)
		if (is_watch(table[i].kind) && table[i].kind != WATCH_READ &&
			value_changed(&table[i])) {
			*stop = (struct stop){watch_reason(table[i].kind), table[i].address.addr,
				NULL};
			return true;
		}
	return false;
}
