/* SPDX-License-Identifier: EPL-2.0 */
#include "debug/breakpoint.h"

#include "debug/console_ring.h"
#include "debug/debug_slots.h"
#include "debug/expressions.h"
#include "debug/trace_places.h"
#include "lib/format.h"
#include "lib/printk.h"
#include "lib/string.h"
#include "npt/guest_linear.h"
#include "npt/guest_ram.h"
#include "vt/machine.h"

#define DR6_RESERVED  0xffff0ff0ull
#define REAL_MODE_END 0x100000
#define WATCH_BYTES   (DEBUG_SLOTS * DEBUG_SLOT_BYTES)

struct breakpoint {
	enum breakpoint_kind kind;
	struct gla address;
	u64 length;
	bool in_ram; /* armed: its byte stands at gpa */
	struct gpa gpa;
	struct expression_set expressions;
	u8 value[WATCH_BYTES]; /* of a watchpoint, when last looked at */
};

static struct breakpoint table[BREAKPOINTS_MAX];
static unsigned count;
static bool armed, silent, slots_missing;

/* The guest is to execute the instruction under its breakpoints without stopping at them. */
static struct {
	bool on, lifted;
	u64 rip, now; /* it has done so when it is no longer there */
	struct gpa gpa;
} pass;

static bool is_watch(enum breakpoint_kind kind)
{
	return kind >= WATCH_WRITE;
}

static unsigned slots_needed(const struct breakpoint *b)
{
	if (b->kind == BREAK_SOFTWARE)
		return 0;
	return b->kind == BREAK_HARDWARE ? 1 : debug_slots_needed(b->address.addr, b->length);
}

static bool place(unsigned i)
{
	const struct breakpoint *b = &table[i];

	if (b->kind == BREAK_SOFTWARE || b->in_ram)
		return true;
	if (b->kind == BREAK_HARDWARE)
		return debug_slots_take((int)i, b->address.addr, 1, DEBUG_EXECUTE);
	return debug_slots_take((int)i, b->address.addr, b->length,
		b->kind == WATCH_WRITE ? DEBUG_WRITE : DEBUG_READ_WRITE);
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
	unsigned slots = debug_slots_of_guest();

	for (unsigned i = 0; i < count; i++)
		slots += slots_needed(&table[i]);
	return slots;
}

static enum status check_new(const struct breakpoint *b)
{
	size_t done;
	u8 byte;

	if (count == BREAKPOINTS_MAX)
		return STATUS_TABLE_FULL;
	if (b->kind == BREAK_SOFTWARE)
		return guest_linear_read(&machine.cpu, b->address, &byte, 1, &done);
	if (is_watch(b->kind) && (!b->length || b->length > WATCH_BYTES))
		return STATUS_TABLE_FULL;
	return slots_in_use() + slots_needed(b) > DEBUG_SLOTS ? STATUS_TABLE_FULL : STATUS_OK;
}

enum status breakpoint_insert(enum breakpoint_kind kind, struct gla address, u64 length,
	const struct breakpoint_actions *actions)
{
	struct breakpoint b = {.kind = kind, .address = address, .length = length};
	int i = find(kind, address, length);
	enum status status;

	if (i >= 0)
		return expressions_replace(&table[i].expressions, actions);
	status = check_new(&b);
	if (status == STATUS_OK)
		status = expressions_replace(&b.expressions, actions);
	if (status == STATUS_OK)
		table[count++] = b;
	return status;
}

enum status breakpoint_remove(enum breakpoint_kind kind, struct gla address, u64 length)
{
	int i = find(kind, address, length);

	if (i < 0)
		return STATUS_OK;
	expressions_drop(&table[i].expressions);
	table[i] = table[--count];
	return STATUS_OK;
}

void breakpoint_remove_all(void)
{
	while (count)
		expressions_drop(&table[--count].expressions);
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

bool breakpoint_watches_any(void)
{
	for (unsigned i = 0; i < count; i++)
		if (is_watch(table[i].kind))
			return true;
	return false;
}

/*
 * QEMU 7.2 ends if a debug register matches the instruction behind one that hit a watchpoint, or an instruction whose
 * linear address is not RIP. A hardware breakpoint in RAM then stands there as INT3; below 1 MB always: real-mode code
 * may be there by the time it is hit. Not at a boot sector's address: its byte would be overwritten when that is read.
 */
bool breakpoint_may_use_registers(void)
{
	return !breakpoint_watches_any() && guest_linear_rip(&machine.cpu).addr == machine.cpu.rip;
}

static bool belongs_in_ram(const struct breakpoint *b)
{
	if (b->kind != BREAK_HARDWARE)
		return b->kind == BREAK_SOFTWARE;
	if (!breakpoint_may_use_registers())
		return true;
	return b->address.addr < REAL_MODE_END && b->address.addr != BOOT_SECTOR_AT;
}

static void arm(struct breakpoint *b)
{
	struct guest_walk walk;

	b->in_ram = false;
	if (is_watch(b->kind))
		read_value(b, b->value);
	if (!belongs_in_ram(b))
		return;
	walk = guest_linear_walk(&machine.cpu, b->address, 0);
	b->gpa = walk.gpa;
	b->in_ram = walk.status == GUEST_WALK_OK && guest_ram_patch(walk.gpa);
}

void breakpoint_arm(enum breakpoint_arming how)
{
	armed = true;
	silent = how == ARM_SILENTLY;
	pass.on = false;
	for (unsigned i = 0; i < count; i++)
		arm(&table[i]);
	if (!silent)
		trace_places_arm();
}

void breakpoint_disarm(void)
{
	armed = false;
	pass.on = false;
	guest_ram_unpatch_all();
	trace_places_disarm();
}

/* ---- going on at a breakpoint ---- */

static void begin_pass(struct gpa gpa)
{
	pass.on = true;
	pass.rip = machine.cpu.rip;
	pass.now = machine.now;
	pass.gpa = gpa;
}

bool breakpoint_passing(void)
{
	pass.on = pass.on && pass.rip == machine.cpu.rip && pass.now == machine.now;
	return pass.on;
}

void breakpoint_passed(void)
{
	pass.on = false;
}

static bool is_passed(const struct breakpoint *b)
{
	return pass.on && b->kind == BREAK_HARDWARE &&
		b->address.addr == guest_linear_rip(&machine.cpu).addr;
}

/* The guest's own debug registers first, in their slots. */
static bool assign_slots(void)
{
	bool all = true;

	debug_slots_reset();
	for (unsigned i = 0; armed && i < count; i++)
		if (!is_passed(&table[i]))
			all &= place(i);
	return all;
}

void breakpoint_fill_entry(struct vt_entry *entry)
{
	bool all;

	pass.lifted = breakpoint_passing() && guest_ram_unpatch(pass.gpa);
	all = assign_slots();
	if (!all && !slots_missing)
		printk("the guest has enabled debug registers of its own: not all breakpoints are in");
	slots_missing = !all;
	debug_slots_fill_entry(entry);
	entry->trap_soft_int = trace_places_any();
	for (unsigned i = 0; armed && i < count; i++)
		entry->trap_soft_int |= table[i].in_ram;
}

void breakpoint_end_entry(void)
{
	if (pass.lifted)
		guest_ram_patch(pass.gpa);
	pass.lifted = false;
}

/* ---- hits ---- */

static char failure_line[120];

static const char *describe(const char *what, enum agent_status failure)
{
	format(failure_line, sizeof(failure_line), "the %s of the breakpoint at 0x%lx: %s", what,
		guest_linear_rip(&machine.cpu).addr, agent_status_text(failure));
	return failure_line;
}

/* Commands run in the place of a stop; one that fails says so where its output would be. */
static bool commands_take_it(const struct breakpoint *b)
{
	enum agent_status status = AGENT_OK;

	if (!b->expressions.commands)
		return false;
	if (!silent)
		status = expressions_run(&b->expressions);
	if (status != AGENT_OK) {
		describe("command", status);
		console_ring_put(failure_line, strlen(failure_line));
		console_ring_put("\n", 1);
	}
	return true;
}

/* A condition that cannot be evaluated stops the guest, and says why. */
static struct stop stop_at(const struct breakpoint *b, enum agent_status failure)
{
	return (struct stop){
		.reason = b->kind == BREAK_SOFTWARE ? STOP_SW_BREAKPOINT : STOP_HW_BREAKPOINT,
		.text = failure == AGENT_OK ? NULL : describe("condition", failure),
	};
}

static bool stands_here(const struct breakpoint *b, struct gpa gpa)
{
	if (b->in_ram || b->kind == BREAK_SOFTWARE)
		return b->in_ram && b->gpa.addr == gpa.addr;
	return b->kind == BREAK_HARDWARE && b->address.addr == guest_linear_rip(&machine.cpu).addr;
}

/* All that stand at this instruction are asked at once: it is passed once. */
static bool somebody_wants(struct gpa gpa, struct stop *stop)
{
	bool wanted = false;

	for (unsigned i = 0; i < count; i++) {
		enum agent_status failure;

		if (!stands_here(&table[i], gpa) ||
			!expressions_true(&table[i].expressions, &failure) ||
			commands_take_it(&table[i]))
			continue;
		*stop = stop_at(&table[i], failure);
		wanted = true;
	}
	return wanted;
}

bool breakpoint_is_ours(struct gpa *gpa)
{
	struct guest_walk walk = guest_linear_walk(&machine.cpu, guest_linear_rip(&machine.cpu), 0);

	*gpa = walk.gpa;
	return walk.status == GUEST_WALK_OK && guest_ram_is_patched(walk.gpa);
}

bool breakpoint_wants_stop(struct gpa gpa, struct stop *stop)
{
	if (somebody_wants(gpa, stop))
		return true;
	trace_places_pass(gpa);
	begin_pass(gpa);
	return false;
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

/* A slot that was hit lies in it: so it was hit, too. */
static bool watch_contains_hit(const struct breakpoint *b, u64 dr6)
{
	for (unsigned i = 0; i < DEBUG_SLOTS; i++)
		if ((dr6 & BIT(i)) && debug_slots_watches_in(i, b->address.addr, b->length))
			return true;
	return false;
}

/*
 * x86 has no read-only watchpoint: an access that changed nothing counts as a read. A write
 * watchpoint reports changes only, as gdb would find out at the price of a stop.
 */
static bool watch_wants(struct breakpoint *b, u64 dr6)
{
	bool changed = value_changed(b);

	if (b->kind == WATCH_WRITE || changed)
		return b->kind != WATCH_READ && changed;
	return watch_contains_hit(b, dr6);
}

static enum stop_reason watch_reason(enum breakpoint_kind kind)
{
	if (kind == WATCH_WRITE)
		return STOP_WATCH_WRITE;
	return kind == WATCH_READ ? STOP_WATCH_READ : STOP_WATCH_ACCESS;
}

static struct stop watch_stop(const struct breakpoint *b)
{
	return (struct stop){watch_reason(b->kind), b->address.addr, NULL};
}

/* Of several watchpoints that one access hits QEMU reports the first. So all are asked, whichever it was. */
static bool watches_want(u64 dr6, struct stop *stop)
{
	bool wanted = false;

	for (unsigned i = 0; i < count; i++)
		if (is_watch(table[i].kind) && watch_wants(&table[i], dr6)) {
			*stop = watch_stop(&table[i]);
			wanted = true;
		}
	return wanted;
}

static bool is_hardware_breakpoint(unsigned slot)
{
	int owner = debug_slots_owner(slot);

	return owner >= 0 && table[owner].kind == BREAK_HARDWARE;
}

u64 breakpoint_step_hits(u64 dr6)
{
	u64 hits = dr6 & DR6_HITS;

	for (unsigned i = 0; i < DEBUG_SLOTS; i++)
		if (is_hardware_breakpoint(i))
			hits &= ~BIT(i);
	return hits;
}

static bool hardware_breakpoint_wants(u64 dr6, struct stop *stop)
{
	struct guest_walk walk;

	for (unsigned i = 0; i < DEBUG_SLOTS; i++) {
		if (!(dr6 & BIT(i)) || !is_hardware_breakpoint(i))
			continue;
		walk = guest_linear_walk(&machine.cpu, table[debug_slots_owner(i)].address, 0);
		return breakpoint_wants_stop(walk.gpa, stop);
	}
	return false;
}

/* The instruction that hit a watchpoint comes before the one with a breakpoint, which will be hit when the guest goes on. */
static bool debugger_wants(u64 dr6, struct stop *stop)
{
	if (!armed || !(dr6 & DR6_HITS))
		return false;
	return watches_want(dr6, stop) || hardware_breakpoint_wants(dr6, stop);
}

enum debug_hit breakpoint_debug_exception(u64 dr6, struct stop *stop)
{
	enum debug_hit hit = debugger_wants(dr6, stop) ? HIT_DEBUGGER : HIT_NOTHING;
	u64 guest_bits = dr6 & DR6_SINGLE_STEP;

	for (unsigned i = 0; i < DEBUG_SLOTS; i++)
		if (debug_slots_owner(i) == DEBUG_SLOT_GUEST && debug_slots_guest_enabled(i))
			guest_bits |= dr6 & BIT(i); /* QEMU sets those of disabled ones, too */
	if (!guest_bits &&
		(dr6 & (DR6_HITS | DR6_SINGLE_STEP))) /* no bit at all: INT1 of the guest */
		return hit;
	machine.cpu.dr6 = DR6_RESERVED | guest_bits;
	return hit == HIT_DEBUGGER ? HIT_BOTH : HIT_GUEST;
}

bool breakpoint_watch_changed(struct stop *stop)
{
	for (unsigned i = 0; armed && i < count; i++)
		if (is_watch(table[i].kind) && table[i].kind != WATCH_READ &&
			value_changed(&table[i])) {
			*stop = watch_stop(&table[i]);
			return true;
		}
	return false;
}
