/* SPDX-License-Identifier: EPL-2.0 */
/*
 * Nested page tables: what guest-physical memory is (RAM, device, the monitor's hole) and who may
 * touch it (APM 2 15.25). RAM below 4 GB is mapped in 4 KB pages, identity; everything else is
 * device memory in 2 MB pages, mapped in live mode and absent while inputs are trapped. The I/O
 * APIC's page and the monitor's region are never mapped, the local APIC's page only for reading.
 */
#ifndef NPT_NPT_H
#define NPT_NPT_H

#include "lib/types.h"

enum memory_kind {
	MEMORY_RAM,
	MEMORY_DEVICE,
	MEMORY_HIDDEN, /* the monitor's, or interrupt messages: for the guest there is nothing there */
};

struct npt_layout {
	u64 ram_end; /* RAM and firmware tables: [0, ram_end) but for the VGA window */
	u64 hidden_start, hidden_end;
};

/* Bytes of tables npt_init() takes from `allocate`. */
u64 npt_table_bytes(u64 ram_end);
u64 npt_init(const struct npt_layout *layout, void *(*allocate)(u64 bytes));

const struct npt_layout *npt_get_layout(void);

enum memory_kind npt_kind(struct gpa gpa);
u64 npt_ram_frames(void); /* frame numbers run from 0 to this */

/* One page of device memory, below 4 GB, becomes MEMORY_HIDDEN for good. At most NPT_HIDDEN_PAGES; more is a panic. */
#define NPT_HIDDEN_PAGES 4
void npt_hide_page(u64 address);

unsigned npt_hidden_pages(const u64 **addresses);

/* Device memory absent (true: accesses exit) or mapped straight through. */
void npt_trap_devices(bool trap);

void npt_set_writable(u64 frame, bool writable);
bool npt_is_writable(u64 frame);
void npt_protect_all(bool writable); /* all RAM */

/* Where a frame of RAM really is: at its own address, but for pages that are given to the guest as copies. */
u64 npt_backing(u64 frame);
void npt_set_backing(u64 frame, u64 phys);

/* An absent frame keeps what else is set: any touch of it exits. */
void npt_set_present(u64 frame, bool present);
bool npt_is_present(u64 frame);

/* The guest has written the frame since it was last set clean. */
bool npt_is_dirty(u64 frame);
void npt_set_dirty(u64 frame, bool dirty);

/* True if the guest has touched the frame since this was last called. */
bool npt_take_accessed(u64 frame);

/* The guest's own translations change without its doing. */
void npt_flush(void);

/* True once after permissions were reduced, or npt_flush(): the next entry must flush the TLB. */
bool npt_take_flush(void);

#endif
