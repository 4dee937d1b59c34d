/* SPDX-License-Identifier: EPL-2.0 */
/*
 * Memory that a user says devices write, where dma/reach.h does not find it: ranges, kept from one recording to the
 * next. Pure.
 */
#ifndef DMA_DESCRIBED_H
#define DMA_DESCRIBED_H

#include "dma/scan.h"

#define DESCRIBED_MAX       16
#define DESCRIBED_BYTES_MAX (1024 * 1024u)

/* False, and nothing changes: no bytes, too many, not all below `ram_end`, or the table is full. */
bool described_add(struct scan_range range, u64 ram_end);
void described_clear(void);

unsigned described_count(void);
struct scan_range described_at(unsigned index); /* below described_count() */

void described_each_frame(void (*each)(u64 frame));

#endif
