/* SPDX-License-Identifier: EPL-2.0 */
/*
 * Checkpoints: CPU state plus the pages that changed afterwards, as they were.
 *
 * A page *version* labelled with checkpoint C is the page's content at C, kept because the page
 * changed after C. The content of a page at C is its first version labelled C or later; a page
 * without one has not changed since and is in RAM. So dropping a checkpoint is relabelling, and
 * history can be thinned anywhere.
 *
 * Order: checkpoint_init, checkpoint_reset at the start of a recording, then
 * checkpoint_take/_restore in any order. `base` is the checkpoint the RAM derives from; pages
 * written since are on the dirty list (they are the writable ones).
 */
#ifndef REPLAY_CHECKPOINT_H
#define REPLAY_CHECKPOINT_H

#include "lib/types.h"
#include "cpu/cpu_state.h"
#include "vt/vt.h"

#define CHECKPOINTS_MAX 1024

/*
 * One is due every so many instructions and every so many events, so that replaying that much takes well under a second, and
 * every so large a part of the log, so that its oldest part can go without much of the rest.
 */
#define CHECKPOINT_INSTRUCTIONS 20000000
#define CHECKPOINT_EVENTS       700
#define CHECKPOINT_LOG_PART     64

enum checkpoint_origin { CHECKPOINT_AUTOMATIC, CHECKPOINT_USER, CHECKPOINT_TEMPORARY };

struct checkpoint {
	u64 instant;
	u64 events;       /* machine.events */
	u64 log_position; /* of the first event at or after this instant that is not yet applied */
	struct cpu_state cpu;
	struct vt_event inject; /* an event whose delivery was cut off by the exit */
	enum checkpoint_origin origin;
	u32 first_version; /* list of the versions labelled with this checkpoint */
	u32 pages;         /* length of that list */
};

void checkpoint_init(void *(*allocate)(u64 bytes), u64 page_pool_bytes);
u64 checkpoint_overhead_bytes(u64 frames, u64 page_pool_bytes);

/* Forgets everything; RAM stays as it is. */
void checkpoint_reset(void);

/* Of a log of `log_size` bytes `log_position` has been reached. `counted`: instants are instructions. */
bool checkpoint_is_due(u64 log_position, u64 log_size, bool counted);

/*
 * Keeps the state as it is now. Live: automatic or user. In the past: a shortcut between two
 * others. False: no room was left.
 */
bool checkpoint_take(enum checkpoint_origin origin, u64 log_position);

/*
 * A checkpoint of a recording made elsewhere, newer than those that are there: then what its pages were, where they are others at
 * the next one. The last one is made by checkpoint_take(), with RAM as it was there. False: no room.
 */
bool checkpoint_load(const struct checkpoint *loaded);
bool checkpoint_load_page(u64 frame, const void *page);

/* May the frame's RAM, as it is now, differ from what it was at that instant of the past? */
bool checkpoint_may_differ(u64 frame, u64 instant);

/*
 * Puts RAM and CPU back to checkpoint number `index` (0 = oldest). The RAM of the newest must be
 * kept by then (it is the way back). The checkpoint, whose number may be another afterwards since room may have
 * been made; NULL: page pool full.
 */
const struct checkpoint *checkpoint_restore(unsigned index);

/*
 * Standing at the newest checkpoint's instant by replay: is RAM what was kept there? Else the first
 * frame that is not.
 */
bool checkpoint_ram_equals_newest(u64 *frame);

unsigned checkpoint_count(void);
unsigned checkpoint_count_of(enum checkpoint_origin origin);
const struct checkpoint *checkpoint_at(unsigned index);

/* The frames written since the last checkpoint that was taken or gone back to, in the order of their first write. */
const u32 *checkpoint_written(u64 *number);

/* What a frame of RAM was at the oldest checkpoint. */
void checkpoint_read_oldest(u64 frame, void *page);

/* Index of the last checkpoint at or before an instant; count() if there is none. */
unsigned checkpoint_before(u64 instant);

static inline bool checkpoint_at_instant(u64 instant)
{
	unsigned i = checkpoint_before(instant);

	return i < checkpoint_count() && checkpoint_at(i)->instant == instant;
}

/* Drops the oldest: history begins later. False if it is the last one or the base. */
bool checkpoint_drop_oldest(void);

/* Frees at least one page of the pool by giving up a checkpoint. False: there is none to give up. */
bool checkpoint_make_room(void);

u64 checkpoint_pages_used(void);
u64 checkpoint_pages_total(void);

/* Pages the observer could not keep, because the pool was full: the recording is broken then. */
bool checkpoint_take_overflow(void);

#endif
