/* SPDX-License-Identifier: EPL-2.0 */
/* A few frames of guest RAM with write protection, in the place of npt/ and guest_ram. */
#ifndef FAKE_GUEST_MEMORY_H
#define FAKE_GUEST_MEMORY_H

#include "lib/types.h"

#define FAKE_FRAMES 24

extern u8 fake_ram[FAKE_FRAMES][PAGE_SIZE];

/* A store by the guest: announced first if the frame is write-protected. */
void fake_guest_store(u64 frame, unsigned offset, u8 value);

/* The guest's own view of a frame: fake_ram, or the copy that it has been given. */
u8 *fake_guest_view(u64 frame);

/* Called before the guest touches an absent frame; it is to be present then. */
extern void (*fake_absent)(u64 frame);
u8 fake_guest_load(u64 frame, unsigned offset);

#endif
