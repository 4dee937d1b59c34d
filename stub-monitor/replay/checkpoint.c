/* SPDX-License-Identifier: EPL-2.0 */
#include "replay/checkpoint.h"

#include "cpu/fpu.h"
#include "lib/panic.h"
#include "lib/string.h"
#include "npt/guest_ram.h"
#include "npt/npt.h"
#include "replay/page_history.h"
#include "replay/ram_hash.h"
#include "vt/machine.h"

#define NOWHERE       (~0ull)
#define TEMPORARY_MAX 32

static struct checkpoint *slots; /* CHECKPOINTS_MAX; free ones have the instant NOWHERE */
static struct checkpoint *order[CHECKPOINTS_MAX]; /* oldest first */
static unsigned count;
static struct checkpoint *base;
static struct checkpoint *pinned; /* being restored: not to be thinned */
static u32 *dirty;                /* frames writable since `base` */
static u64 dirty_count;
static u64 *visited; /* per frame: the last round of for_each_difference() that met it */
static bool overflow;

static struct checkpoint *newest(void)
{
	return order[count - 1];
}

static void remove_slot(unsigned position)
{
	order[position]->instant = NOWHERE;
	for (unsigned i = position; i + 1 < count; i++)
		order[i] = order[i + 1];
	count--;
}

/* Versions of the dropped checkpoint serve the one before, unless that has its own. */
static void drop(unsigned position)
{
	struct checkpoint *gone = order[position], *before = position ? order[position - 1] : NULL;
	u32 next;

	for (u32 i = gone->first_version; i != NO_PAGE; i = next) {
		u64 frame = page_pool_version(i)->frame;

		next = page_pool_version(i)->next_of_label;
		page_history_unlink(i);
		if (before && !page_history_find(frame, before))
			page_history_link(i, frame, before);
		else
			page_pool_give(i);
	}
	remove_slot(position);
}

bool checkpoint_drop_oldest(void)
{
	if (count < 2 || order[0] == base)
		return false;
	drop(0);
	return true;
}

static bool may_go(const struct checkpoint *c, enum checkpoint_origin origin)
{
	return c != base && c != pinned && c->origin == origin;
}

/* The shortcut that is farthest from where we are; 0 if there is none. */
static unsigned farthest_temporary(void)
{
	unsigned farthest = 0;
	u64 longest = 0;

	for (unsigned i = 1; i + 1 < count; i++) {
		u64 at = order[i]->instant;
		u64 distance = at < machine.now ? machine.now - at : at - machine.now;

		if (may_go(order[i], CHECKPOINT_TEMPORARY) && distance >= longest) {
			longest = distance;
			farthest = i;
		}
	}
	return farthest;
}

/*
 * The automatic one whose loss hurts least: smallest stretch to bridge, seen from the live end (keeps about O(log
 * length)); 0 if there is none.
 */
static unsigned least_useful(void)
{
	unsigned best = 0;
	u64 best_weight = ~0ull, now = newest()->instant;

	for (unsigned i = 1; i + 1 < count; i++) {
		u64 gap = order[i + 1]->instant - order[i - 1]->instant,
		    age = now - order[i]->instant;
		u64 weight = gap * 1024 / (age + 1);

		if (!may_go(order[i], CHECKPOINT_AUTOMATIC) || weight >= best_weight)
			continue;
		best_weight = weight;
		best = i;
	}
	return best;
}

static bool thin(void)
{
	unsigned victim = farthest_temporary();

	if (!victim)
		victim = least_useful();
	if (victim)
		drop(victim);
	return victim != 0;
}

bool checkpoint_make_room(void)
{
	return thin() || (!machine_in_past() && checkpoint_drop_oldest());
}

/* Keeps a page, making room as long as there is any to make. */
static bool keep_or_thin(u64 frame, struct checkpoint *label)
{
	while (!page_history_keep(frame, label))
		if (!checkpoint_make_room())
			return false;
	return true;
}

/*
 * In the past a page may have no version from `base` on (only a what-if branch writes such a page): it is the same at the
 * newest, whose it is then. And a loaded checkpoint has none of a page that is the same at the next one and another one
 * between them: without one of its own here, a checkpoint taken in between would not have it either.
 */
static void before_write(u64 frame)
{
	ram_hash_forget(frame);
	if (!base)
		return;
	if ((!page_history_at(frame, base) && !keep_or_thin(frame, newest())) ||
		(base != newest() && !keep_or_thin(frame, base)))
		overflow = true;
	dirty[dirty_count++] = (u32)frame;
}

u64 checkpoint_overhead_bytes(u64 frames, u64 page_pool_bytes)
{
	return frames * (sizeof(u32) * 2 + sizeof(u64) * 2 + 1) + CHECKPOINTS_MAX * sizeof(*slots) +
		6 * PAGE_SIZE + page_pool_overhead_bytes(page_pool_bytes);
}

void checkpoint_init(void *(*allocate)(u64 bytes), u64 page_pool_bytes)
{
	u64 frames = npt_ram_frames();

	page_history_init(allocate, frames);
	slots = allocate(CHECKPOINTS_MAX * sizeof(*slots));
	for (unsigned i = 0; i < CHECKPOINTS_MAX; i++)
		slots[i].instant = NOWHERE;
	dirty = allocate(frames * sizeof(u32));
	visited = allocate(frames * sizeof(u64));
	ram_hash_init(allocate, frames);
	page_pool_init(allocate, page_pool_bytes);
	guest_ram_set_observer(before_write);
}

void checkpoint_reset(void)
{
	while (count)
		drop(count - 1);
	base = NULL;
	dirty_count = 0;
	overflow = false;
	ram_hash_forget_all(); /* live, writes are not seen */
}

static struct checkpoint *new_slot(void)
{
	if (count == CHECKPOINTS_MAX && !thin())
		return NULL;
	for (unsigned i = 0; i < CHECKPOINTS_MAX; i++)
		if (slots[i].instant == NOWHERE)
			return &slots[i];
	return NULL;
}

static unsigned insert_slot(struct checkpoint *c)
{
	unsigned at = count++;

	for (; at && order[at - 1]->instant > c->instant; at--)
		order[at] = order[at - 1];
	order[at] = c;
	return at;
}

static void protect_dirty(void)
{
	for (u64 i = 0; i < dirty_count; i++) {
		npt_set_writable(dirty[i], false);
		ram_hash_forget(dirty[i]);
	}
	dirty_count = 0;
}

static bool is_dirty(u64 frame)
{
	return npt_is_writable(frame);
}

/*
 * A checkpoint between `before` and the next: the pages labelled `before` are the ones that differ
 * somewhere in between. Those written since (the dirty ones) get a version of their own; the others
 * are the same at both, and move.
 */
static bool split_versions(struct checkpoint *before, struct checkpoint *c)
{
	u32 next;

	for (u32 i = before->first_version; i != NO_PAGE; i = next) {
		next = page_pool_version(i)->next_of_label;
		if (is_dirty(page_pool_version(i)->frame) &&
			!page_history_keep(page_pool_version(i)->frame, c))
			return false;
	}
	u32 list = before->first_version;

	before->first_version = NO_PAGE;
	before->pages = 0;
	for (u32 i = list; i != NO_PAGE; i = next) {
		u64 frame = page_pool_version(i)->frame;

		next = page_pool_version(i)->next_of_label;
		page_history_unlink(i);
		page_history_link(i, frame, is_dirty(frame) ? before : c);
	}
	return true;
}

unsigned checkpoint_count_of(enum checkpoint_origin origin)
{
	unsigned n = 0;

	for (unsigned i = 0; i < count; i++)
		n += order[i]->origin == origin;
	return n;
}

static void fill(struct checkpoint *c, enum checkpoint_origin origin, u64 log_position)
{
	fpu_save(&machine.cpu);
	*c = (struct checkpoint){.instant = machine.now,
		.events = machine.events,
		.log_position = log_position,
		.cpu = machine.cpu,
		.inject = machine.inject,
		.origin = origin};
}

/*
 * A checkpoint at this very instant: in the past it will do; live it is replaced (it may be from
 * before an exception).
 */
static bool exists_already(u64 instant)
{
	unsigned i = checkpoint_before(instant);

	if (!checkpoint_at_instant(instant))
		return false;
	if (machine_in_past() || count == 1)
		return true;
	drop(i);
	return false;
}

bool checkpoint_is_due(u64 log_position, u64 log_size, bool counted)
{
	const struct checkpoint *last = newest();

	return (counted && machine.now - last->instant >= CHECKPOINT_INSTRUCTIONS) ||
		machine.events - last->events >= CHECKPOINT_EVENTS ||
		log_position - last->log_position >= log_size / CHECKPOINT_LOG_PART;
}

bool checkpoint_take(enum checkpoint_origin origin, u64 log_position)
{
	struct checkpoint *c;
	unsigned at;

	if (exists_already(machine.now))
		return true;
	if (checkpoint_count_of(CHECKPOINT_TEMPORARY) >= TEMPORARY_MAX && farthest_temporary())
		drop(farthest_temporary());
	c = new_slot();
	if (!c)
		return false;
	fill(c, origin, log_position);
	at = insert_slot(c);
	if (machine_in_past() && at && at + 1 < count && !split_versions(order[at - 1], c)) {
		drop(at);
		return false;
	}
	protect_dirty();
	base = c;
	return true;
}

bool checkpoint_load(const struct checkpoint *loaded)
{
	struct checkpoint *c = new_slot();

	if (!c)
		return false;
	*c = *loaded;
	c->origin = CHECKPOINT_AUTOMATIC;
	c->first_version = NO_PAGE;
	c->pages = 0;
	insert_slot(c);
	return true;
}

bool checkpoint_load_page(u64 frame, const void *page)
{
	u32 index = page_pool_take();

	if (index == NO_PAGE)
		return false;
	memcpy(page_pool_page(index), page, PAGE_SIZE);
	page_history_link(index, frame, newest());
	return true;
}

bool checkpoint_may_differ(u64 frame, u64 instant)
{
	unsigned i = checkpoint_before(instant);

	return is_dirty(frame) || page_history_at(frame, order[i < count ? i : 0]);
}

static void put_back(u64 frame, const struct page_version *v)
{
	u64 phys = frame << PAGE_SHIFT;

	ram_hash_forget(frame);
	guest_ram_write_kept((struct gpa){phys}, page_pool_page(page_pool_index(v)));
}

typedef void frame_visitor(u64 frame, const struct checkpoint *target);

static void visit_once(u64 frame, u64 round, const struct checkpoint *target, frame_visitor *visit)
{
	if (visited[frame] == round)
		return;
	visited[frame] = round;
	visit(frame, target);
}

/* Calls visit() once for each frame whose RAM may differ from what it is at `target`. */
static void for_each_difference(const struct checkpoint *target, frame_visitor *visit)
{
	static u64 round;
	u64 low = min_u64(target->instant, base->instant),
	    high = max_u64(target->instant, base->instant);

	round++;
	for (u64 i = 0; i < dirty_count; i++)
		visit_once(dirty[i], round, target, visit);
	for (unsigned i = 0; i < count; i++) {
		if (order[i]->instant < low || order[i]->instant >= high)
			continue;
		for (u32 v = order[i]->first_version; v != NO_PAGE;
			v = page_pool_version(v)->next_of_label)
			visit_once(page_pool_version(v)->frame, round, target, visit);
	}
}

static u64 pages_wanted;

static void count_unkept(u64 frame, const struct checkpoint *target)
{
	(void)target;
	if (!page_history_find(frame, newest()))
		pages_wanted++;
}

/*
 * A page without a version at the newest checkpoint holds the live end's content: it is kept before
 * it is replaced.
 */
static void restore_page(u64 frame, const struct checkpoint *target)
{
	struct page_version *v;

	if (!page_history_keep(frame, newest()))
		panic("page pool ran out in a restore that had counted its pages");
	v = page_history_at(frame, target);
	if (v)
		put_back(frame, v);
}

static bool make_room(struct checkpoint *target)
{
	pinned = target;
	do {
		pages_wanted = 0;
		for_each_difference(target, count_unkept);
	} while (page_pool_used() + pages_wanted > page_pool_total() && thin());
	pinned = NULL;
	return page_pool_used() + pages_wanted <= page_pool_total();
}

const struct checkpoint *checkpoint_restore(unsigned index)
{
	struct checkpoint *target = order[index];

	if (!make_room(target))
		return NULL;
	for_each_difference(target, restore_page);
	protect_dirty();
	base = target;
	machine.cpu = target->cpu;
	machine.inject = target->inject;
	machine.now = target->instant;
	machine.drifts = false;
	machine.events = target->events;
	fpu_load(&machine.cpu);
	return target;
}

bool checkpoint_ram_equals_newest(u64 *frame)
{
	static u8 page[PAGE_SIZE];

	for (u32 v = newest()->first_version; v != NO_PAGE;
		v = page_pool_version(v)->next_of_label) {
		*frame = page_pool_version(v)->frame;
		guest_ram_read((struct gpa){*frame << PAGE_SHIFT}, page, PAGE_SIZE);
		if (memcmp(page, page_pool_page(v), PAGE_SIZE))
			return false;
	}
	return true;
}

unsigned checkpoint_count(void)
{
	return count;
}

const u32 *checkpoint_written(u64 *number)
{
	*number = dirty_count;
	return dirty;
}

const struct checkpoint *checkpoint_at(unsigned index)
{
	return order[index];
}

void checkpoint_read_oldest(u64 frame, void *page)
{
	const struct page_version *v = page_history_at(frame, order[0]);

	if (v)
		memcpy(page, page_pool_page(page_pool_index(v)), PAGE_SIZE);
	else if (!guest_ram_read((struct gpa){frame << PAGE_SHIFT}, page, PAGE_SIZE))
		panic("frame %lx is no RAM", frame);
}

unsigned checkpoint_before(u64 instant)
{
	for (unsigned i = count; i > 0; i--)
		if (order[i - 1]->instant <= instant)
			return i - 1;
	return count;
}

u64 checkpoint_pages_used(void)
{
	return page_pool_used();
}

u64 checkpoint_pages_total(void)
{
	return page_pool_total();
}

bool checkpoint_take_overflow(void)
{
	bool was = overflow;

	overflow = false;
	return was;
}
