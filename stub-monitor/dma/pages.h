/* SPDX-License-Identifier: EPL-2.0 */
/*
 * The pages that a device may write, while recording. The guest has a copy of such a page; the page itself, the
 * original, is the devices'. `base` is what both had last in common.
 *
 *   pages_bring_in   device to guest: what differs between original and base is logged and goes into the copy
 *   pages_sync       guest to device: what differs between copy and base goes into the original, and all copies are
 *                    made absent, so that the next touch of each exits (and brings in)
 *   pages_renew      the same, but what the guest uses again and again stays present, and is brought in at once
 *
 * Guarantees: the copy changes only by the guest, or by what was logged. No device's byte that differs from base is
 * lost, no word of the guest's that the device leaves alone either; where both changed a byte it is the device's.
 * Does not know which pages these are (dma/reach.h).
 */
#ifndef DMA_PAGES_H
#define DMA_PAGES_H

#include "dma/scan.h"
#include "lib/types.h"

#define PAGES_MAX 8192

/* What lies together, aligned, is used together: comparing a page is cheaper than an exit. */
#define BLOCK_PAGES 8

/* Who writes the page, as far as is known. */
struct dma_device {
	bool known;
	u16 address; /* PCI bus in bits 15-8, device and function below */
	u32 id, class;
};

struct device_page {
	u64 frame;
	u8 *copy, *base;
	struct dma_device device;
	const struct scan_layout *layout;
	unsigned level;                /* steps from a register */
	unsigned scan_begin, scan_end; /* searched for addresses so far */
	u64 used;    /* when it was last named or written by a device; counts up */
	bool marked; /* reach.c: reached from a register */
};

/* What pages needs from above. Memory comes page by page; `take` gives NULL when there is none. */
struct pages_host {
	void *(*take)(void);
	void (*give)(void *page);
	/* Logs bytes that a device has written, and puts them into guest RAM (pages_apply). */
	void (*changed)(const struct device_page *page, const u8 *data, u32 length);
	/* The guest has written words of a page, which goes out next. */
	void (*publishing)(const struct device_page *page, const u64 *now);
};

u64 pages_overhead_bytes(u64 frames);
void pages_init(void *(*allocate)(u64 bytes), u64 frames, const struct pages_host *host);

/* At most so many device pages (of 2 pages of memory each) from now on. */
void pages_set_limit(unsigned limit);
unsigned pages_limit(void);
unsigned pages_count(void);
struct device_page *pages_at(unsigned index); /* in no order; an index below pages_count() */
struct device_page *pages_find(u64 frame);    /* NULL: not a device page */

/* The page becomes one, absent. NULL: no memory, or the limit. */
struct device_page *pages_add(u64 frame);
/* Brings in, publishes, and gives the page back to both. */
void pages_remove(struct device_page *page);

/* It was named: it is not the next to go. */
void pages_use(struct device_page *page);

/*
 * First touch of an absent one. True: bytes were brought in. The pages beside it come along: `around`, all in its block of
 * BLOCK_PAGES; else as long as they have news, if it had.
 */
bool pages_touch(struct device_page *page, bool around);
unsigned pages_touched(void); /* how many are present now */
/* What the guest has written into those goes out. */
void pages_publish(void);
/* The same, and they are absent again. */
void pages_sync(void);
/* The same for those that the guest has not touched since the last time; the others are as new. Logs: between instructions. */
void pages_renew(void);

/* The guest comes back from the past: its copies are as they were; what is present is not known. */
void pages_hide_all(void);

/* Puts logged bytes into guest RAM. */
void pages_apply(struct gpa page, const u8 *data, u32 length);

#endif
