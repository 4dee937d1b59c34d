/* SPDX-License-Identifier: EPL-2.0 */
/*
 * What pages were at checkpoints: for each frame its kept versions, newest label first, and for each checkpoint the list of
 * the versions that bear its label (checkpoint.h says what a label means).
 */
#ifndef REPLAY_PAGE_HISTORY_H
#define REPLAY_PAGE_HISTORY_H

#include "replay/checkpoint.h"
#include "replay/page_pool.h"

void page_history_init(void *(*allocate)(u64 bytes), u64 frames);

/* The version with just this label; NULL if there is none. */
struct page_version *page_history_find(u64 frame, const struct checkpoint *label);

/* First version at or after `from`: what the page was at `from`. NULL: it is in RAM. */
struct page_version *page_history_at(u64 frame, const struct checkpoint *from);

/* Keeps the page as it is in RAM now, unless there is such a version already. False: pool full. */
bool page_history_keep(u64 frame, struct checkpoint *label);

/* A version leaves its frame's list (not its label's), or enters both. */
void page_history_unlink(u32 index);
void page_history_link(u32 index, u64 frame, struct checkpoint *label);

#endif
