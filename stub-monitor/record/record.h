/* SPDX-License-Identifier: EPL-2.0 */
/*
 * Recording: every input is appended to the log; checkpoints are taken on the way. The twin of
 * replay/replay.h.
 */
#ifndef RECORD_RECORD_H
#define RECORD_RECORD_H

#include "trace/event.h"
#include "vt/vt.h"

/* Starts a recording here: this state is instant 0. History of an earlier recording is gone. */
void record_begin(void);

/* Counts the recordings since the monitor started: another number, another history. */
u64 record_number(void);

/* Ends it: the history is dropped, devices are native again. */
void record_end(void);

/* Logs an input or output at the current instant. The oldest segment goes when the ring is full. */
void record_event(struct trace_event *event, const void *data);

/* By state match: what comes now stands at an exact instant. Writes a place into the log where the guest drifts. */
void record_place(void);

/* Logs what came from outside between two instructions, makes room for it if need be; takes a tick. */
void record_asynchronous(struct trace_event *event, const void *data);

/* Logs an asynchronous delivery and queues it for the guest; takes a tick. */
void record_delivery(const struct vt_event *delivery);

/* A debugger's change of the live guest. Consecutive ones take one tick together. */
void record_debugger_write(struct trace_event *event, const void *data);
void record_guest_ran(void); /* ends such a run */

/* Takes a checkpoint if one is due. */
void record_checkpoint_if_due(void);

/* Instant of the oldest state that can be reached. */
u64 record_history_begin(void);

#endif
