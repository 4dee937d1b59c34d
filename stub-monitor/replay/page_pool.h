/* SPDX-License-Identifier: EPL-2.0 */
/* Fixed-size pool of kept pages and their descriptors. */
#ifndef REPLAY_PAGE_POOL_H
#define REPLAY_PAGE_POOL_H

#include "lib/types.h"

#define NO_PAGE 0

struct checkpoint;

struct page_version {
	struct checkpoint *label;
	u32 frame;
	u32 older;         /* next version of the same frame, older label */
	u32 next_of_label; /* next version with the same label; next free while in the pool */
};

void page_pool_init(void *(*allocate)(u64 bytes), u64 bytes);
u64 page_pool_overhead_bytes(u64 bytes);
u32 page_pool_take(void); /* NO_PAGE: full */
void page_pool_give(u32 index);
struct page_version *page_pool_version(u32 index);
u32 page_pool_index(const struct page_version *version);
void *page_pool_page(u32 index);
u32 page_pool_index_of_page(const void *page);
u64 page_pool_used(void);
u64 page_pool_total(void);

#endif
