/* SPDX-License-Identifier: EPL-2.0 */
/*
 * Moves the monitor to its place at the top of RAM and gives out the rest of that place.
 * The image keeps its virtual address, so the move is a copy and a new CR3.
 */
#ifndef BOOT_RELOCATE_H
#define BOOT_RELOCATE_H

#include "lib/types.h"

struct region {
	u64 start, end; /* physical, bytes */
};

/*
 * Copies image and stack to `home.start` (2 MB aligned) and continues there; from now on only the
 * direct map and the image are mapped.
 */
void relocate_to(struct region home);

/* Zeroed pages of the monitor's region. The caller has sized the region; running out is a panic. */
void *arena_alloc(u64 bytes);

u64 image_size(void);

#endif
