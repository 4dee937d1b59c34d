/* SPDX-License-Identifier: EPL-2.0 */
/*
 * What changed in a page, by byte, and the two directions of the three-way merge: `base` is what device and guest last
 * had in common. Pure. On the wire (docs/spec/trace-format.md, kind 16) a change is a row of ranges: offset in the page
 * and length, 16 bits each, then the bytes.
 */
#ifndef DMA_CHANGE_H
#define DMA_CHANGE_H

#include "lib/types.h"

/* Most bytes of ranges that one record holds: the format's bound of data. A page may need several. */
#define CHANGE_DATA_MAX 4096

struct change_range {
	u16 offset, length;
	const u8 *bytes;
};

/*
 * Device to guest. Encodes the bytes in which `device` differs from `base`, from position *at on; *at is PAGE_SIZE when
 * all are in. Between two changes that are close together the guest's own bytes, `guest`, are put in. Returns the length.
 */
u32 change_encode(const u8 *device, const u8 *base, const u8 *guest, unsigned *at, u8 *data);

/* The range at *position, which moves on. False at the end, or where the data is no change of a page. */
bool change_next(const u8 *data, u32 length, u32 *position, struct change_range *range);

/* "0..7 100..1613 and 3 more": which bytes of the page. */
void change_describe(const u8 *data, u32 length, char *text, size_t size);

/*
 * Guest to device. Bytes in which `guest` differs from `base` go to `device`, which may write the others at any
 * time; then base has them, too. Bytes of one aligned 8-byte word arrive together. True if there were any.
 */
bool change_publish(u64 *device, const u64 *guest, u64 *base);

#endif
