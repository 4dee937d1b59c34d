/* SPDX-License-Identifier: EPL-2.0 */
/* A hash of each page of guest RAM, made when it is asked for and kept until the page is written. */
#ifndef REPLAY_RAM_HASH_H
#define REPLAY_RAM_HASH_H

#include "lib/types.h"

void ram_hash_init(void *(*allocate)(u64 bytes), u64 frames);

/* The page has been written, or may have been. */
void ram_hash_forget(u64 frame);
void ram_hash_forget_all(void);

/*
 * False if a page that the guest has not written since it was last asked about is not what it was then: somebody else has
 * written it.
 */
bool ram_hash_is_as_known(u64 frame);

/* Hash over all guest RAM; only pages changed since the last call are read again. */
u64 ram_hash(void);

#endif
