/* SPDX-License-Identifier: EPL-2.0 */
/*
 * Replay: the log feeds the guest; nothing reaches a device. The twin of record/record.h.
 * replay_enter_past() ... seek, run, step ... replay_go_live(), which finds the live end as it was
 * left.
 */
#ifndef REPLAY_REPLAY_H
#define REPLAY_REPLAY_H

#include "replay/place.h"
#include "trace/event.h"
#include "vt/vt.h"

/* From the live end of a recording into the past. False: no memory to keep the live end. */
bool replay_enter_past(void);

/* Back at the live end: the timer is the guest's again, the next run is recorded. */
bool replay_go_live(void);

/*
 * The recording was made elsewhere: RAM, CPU, log and the checkpoints before here are in place; if there are none, history begins
 * here. It has no live end; the mode stays MODE_REPLAY or MODE_BRANCH for good. Running where nobody was yet leaves checkpoints
 * (replay_checkpoint_if_due).
 */
void replay_begin(u64 log_position, u64 end);
bool replay_has_live_end(void);
void replay_checkpoint_if_due(void);

u64 replay_end(void); /* instant of the live end, or where a recording made elsewhere ends */

/* Puts the guest to a checkpoint and the log cursor with it. */
bool replay_restore(unsigned checkpoint);
bool replay_checkpoint_here(void);

/*
 * Where to leave a checkpoint on the way from here to `instant`: the last quarter of the events and of the instructions in
 * between lies behind it. `instant` itself when it is near.
 */
u64 replay_halt_on_the_way(u64 instant);

enum replay_next {
	REPLAY_RUN,   /* run `*instructions`, then ask again */
	REPLAY_FAULT, /* run up to an exception, and ask again: what is due came at its handler */
	REPLAY_STEP, /* by state match: one instruction, since somebody wants to stand in this epoch */
	REPLAY_MATCH,        /* by state match: run to the place that is the next event */
	REPLAY_DELIVER,      /* by state match: let what is on its way arrive, and ask again */
	REPLAY_DELIVERED,    /* something asynchronous was applied: ask again */
	REPLAY_DEVICE_WROTE, /* the same; it was memory */
	REPLAY_AT_END,
	REPLAY_DIVERGED,
};

/* What has to happen before the guest runs on from the current instant, up to `limit`. */
enum replay_next replay_prepare(u64 limit, u64 *instructions);

/* The next event of the log; false at its end. */
bool replay_next_event(struct trace_event *event);

/* The next event, if it is a place. */
bool replay_next_place(struct place *place);

/* The next event is a place where the guest touched a page that a device had written. */
bool replay_place_is_a_touch(u64 *frame);

/* This instant is a place of the log. */
bool replay_is_at_place(void);

/* Something asynchronous stands at this instant. */
bool replay_is_due(void);

/* Something asynchronous stands at this instant, and comes before what is queued for the guest. */
bool replay_comes_first(void);

/*
 * The guest did something the log should know: compares, and fills value, width and data from the
 * log. False: divergence.
 */
bool replay_event(struct trace_event *event, void *data);

/* Said at the end of each divergence report: what is known to be incomplete in this recording. */
void replay_hint(const char *text);

/* One line on the last divergence. */
const char *replay_divergence(void);
bool replay_diverge(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* A debugger changed the past: a branch begins here (or goes on). False: no memory. */
bool replay_branch(void);
u64 replay_branch_start(void);

/* Log position of the next event that is not applied yet, as of the current instant. */
u64 replay_cursor(void);

#endif
