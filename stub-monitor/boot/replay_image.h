/* SPDX-License-Identifier: EPL-2.0 */
/*
 * A recording from elsewhere, laid into this machine's RAM by whoever started it: where `replay=ADDRESS` says, above all of the
 * RAM that the recorded guest had (docs/spec/recording-format.md, "The replay image"). The log is read where it lies.
 */
#ifndef BOOT_REPLAY_IMAGE_H
#define BOOT_REPLAY_IMAGE_H

#include "boot/memory_map.h"
#include "lib/types.h"
#include "npt/npt.h"

#define REPLAY_IMAGE_MAGIC   0x474d494f52544552ull /* "RETROIMG" */
#define REPLAY_IMAGE_VERSION 1

struct replay_image {
	u64 magic;
	u32 version, trace_format, cpu_state_version, cpu_state_bytes;
	u64 bytes; /* of all of it, from here on */
	u64 ram_end, hidden_start, hidden_end;
	u64 hidden_page_count, hidden_page[NPT_HIDDEN_PAGES];
	u64 begin, end;                         /* instants */
	u64 log_offset, log_bytes, last_length; /* of the last event, with data and padding */
	u64 cpu_offset;
	u32 inject_valid, inject_type, inject_vector, inject_has_error, inject_error;
	u32 page_count;
	u64 frames_offset; /* a u32 for each page */
	u64 pages_offset;  /* in the same order; all other RAM is zero */
};

_Static_assert(sizeof(struct replay_image) == 184, "docs/spec/recording-format.md");

/* Checks everything that can be checked before anything is changed. NULL, or one line on what does not fit. */
const char *replay_image_check(u64 address, const struct memory_map *map);

/* Of one that was checked: where it ends. */
u64 replay_image_end(u64 address);

/* The recorded machine's memory, as the guest is to see it. */
struct npt_layout replay_image_layout(u64 address);

/* After npt_init() and checkpoint_init(): fills RAM and CPU and stands at the recording's beginning. */
const char *replay_image_start(u64 address);

#endif
