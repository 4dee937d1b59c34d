/* SPDX-License-Identifier: EPL-2.0 */
/*
 * The only way the monitor reads or writes guest RAM. Breakpoint bytes that stand in the RAM never
 * show in what is read, and a write under one changes what will be put back; a write is announced
 * first, so that checkpoints keep the old page.
 */
#ifndef NPT_GUEST_RAM_H
#define NPT_GUEST_RAM_H

#include "lib/types.h"

/* False if any byte is not RAM. */
bool guest_ram_read(struct gpa gpa, void *buffer, u64 length);
/*
 * A page of RAM, to be looked at before the guest runs: where it lies or, if breakpoints stand in it, `buffer` with what is
 * under them.
 */
const void *guest_ram_view(struct gpa page, void *buffer);
bool guest_ram_write(struct gpa gpa, const void *data, u64 length);

/* Called with the frame before the first change to it while the frame is write-protected. */
void guest_ram_set_observer(void (*before_write)(u64 frame));

/*
 * Makes a frame writable for the guest after telling the observer: the answer to a write fault on
 * RAM.
 */
void guest_ram_prepare_write(u64 frame);

/* Puts a kept page back: no observer, the frame stays protected. */
void guest_ram_write_kept(struct gpa page, const void *data);

/*
 * A frame that devices may write is given to the guest as a copy (dma/): `page` is the guest's from now on, and must hold
 * what the guest's memory holds. NULL: the frame itself, which the devices have all the time.
 */
void guest_ram_set_backing(u64 frame, void *page);
void *guest_ram_device_view(u64 frame);

/* Patches: one INT3 byte each. At most GUEST_RAM_PATCHES. */
#define GUEST_RAM_PATCHES 256
bool guest_ram_patch(struct gpa gpa);
bool guest_ram_unpatch(struct gpa gpa); /* false: there was none */
void guest_ram_unpatch_all(void);
bool guest_ram_is_patched(struct gpa gpa);

#endif
