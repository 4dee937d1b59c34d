/* SPDX-License-Identifier: EPL-2.0 */
/*
 * A recording from elsewhere, laid into this machine's RAM by whoever started it: where `replay=ADDRESS` says, above all of the
 * RAM that the recorded guest had (docs/spec/recording-format.md, "The replay image"). The log is read where it lies.
 */
#ifndef BOOT_REPLAY_IMAGE_H
#define BOOT_REPLAY_IMAGE_H

#include "boot/memory_map.h"
#include "clock/instruction_clock.h"
#include "lib/types.h"
#include "npt/npt.h"

#define REPLAY_IMAGE_MAGIC   0x474d494f52544552ull /* "RETROIMG" */
#define REPLAY_IMAGE_VERSION 2

/* More than any file has (docs/spec/recording-format.md); the rest of CHECKPOINTS_MAX is for those that a replay leaves. */
#define REPLAY_IMAGE_CHECKPOINTS 256

struct replay_image {
	u64 magic;
	u32 version, trace_format, cpu_state_version, cpu_state_bytes;
	u64 bytes; /* of all of it, from here on */
	u64 ram_end, hidden_start, hidden_end;
	u64 hidden_page_count, hidden_page[NPT_HIDDEN_PAGES];
	u64 end;                                /* instant */
	u64 log_offset, log_bytes, last_length; /* of the last event, with data and padding */
	u32 checkpoint_count, page_count;
	u64 checkpoints_offset; /* oldest first */
	u64 pages_offset;       /* contents that the places below name */
};

/* Places rise by frame. Those of the newest are its RAM, all other RAM is zero; those of another one: where the next differs. */
struct replay_image_checkpoint {
	u64 instant, events;
	u64 log_position; /* of the next event, from the log's beginning */
	u64 cpu_offset, places_offset;
	u32 inject_valid, inject_type, inject_vector, inject_has_error, inject_error;
	u32 place_count;
};

struct replay_image_place {
	u32 frame, page; /* page: a number, counted from pages_offset */
};

_Static_assert(sizeof(struct replay_image) == 152, "docs/spec/recording-format.md");
_Static_assert(sizeof(struct replay_image_checkpoint) == 64, "docs/spec/recording-format.md");

/*
 * Checks what can be checked before memory is laid out; replay_image_start() checks the rest before it changes anything. NULL, or
 * one line on what does not fit.
 */
const char *replay_image_check(u64 address, const struct memory_map *map);

/* Of one that was checked: where it ends. */
u64 replay_image_end(u64 address);

/* The clock that named its instants. */
enum clock_kind replay_image_clock(u64 address);

/* The recorded machine's memory, as the guest is to see it. */
struct npt_layout replay_image_layout(u64 address);

/* After npt_init() and checkpoint_init(): fills RAM and CPU and stands at the newest checkpoint. */
const char *replay_image_start(u64 address);

/* One line on what does not fit, in a buffer that the next one takes. */
const char *replay_image_unfit(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Parts of the two, of an image whose `bytes` are there (replay_image_check.c). */
const char *replay_image_check_header(const struct replay_image *image);
const char *replay_image_check_checkpoints(const struct replay_image *image, u64 pool_pages);

static inline const void *replay_image_part(const struct replay_image *image, u64 offset)
{
	return (const u8 *)image + offset;
}

static inline const struct replay_image_checkpoint *replay_image_checkpoint(
	const struct replay_image *image, u32 index)
{
	const struct replay_image_checkpoint *first = replay_image_part(image,
		image->checkpoints_offset);

	return first + index;
}

#endif
