/* SPDX-License-Identifier: EPL-2.0 */
/*
 * Which pages a device may write: what its registers name (dma/roots.h), and what is named in there (dma/scan.h), found
 * when the guest writes a register, before the write goes out. Pages that are reached no more are given up when room
 * is needed. Works on dma/pages.h.
 */
#ifndef DMA_REACH_H
#define DMA_REACH_H

#include "dma/pages.h"
#include "dma/roots.h"

struct reach_host {
	struct dma_device (*identify)(struct root_register where);
	/* A register in memory that can be read without an effect. */
	u32 (*read_register)(u64 at);
	/* Pages that a device may write and that are not watched, for want of room, or that nothing names any more. */
	void (*no_room)(u64 frame);
	void (*named_no_more)(u64 frame);
};

void reach_begin(u64 ram_end, const struct reach_host *host);

void reach_register_write(struct root_register where, unsigned width, u64 value);

/* To be handed to pages_init as `publishing`. */
void reach_publishing(const struct device_page *page, const u64 *now);

/* A page that was missed is watched from now on. False: no room. */
bool reach_add(u64 frame);

/*
 * Between instructions, since it logs: makes room if there is little. First go the pages that nothing names any more,
 * then, with no_room(), those that were named longest ago.
 */
void reach_make_room(void);

#endif
