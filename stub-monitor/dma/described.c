/* SPDX-License-Identifier: EPL-2.0 */
#include "dma/described.h"

static struct scan_range ranges[DESCRIBED_MAX];
static unsigned count;

bool described_add(struct scan_range range, u64 ram_end)
{
	if (!range.bytes || range.bytes > DESCRIBED_BYTES_MAX || range.address >= ram_end ||
		range.bytes > ram_end - range.address || count == DESCRIBED_MAX)
		return false;
	ranges[count++] = range;
	return true;
}

void described_clear(void)
{
	count = 0;
}

unsigned described_count(void)
{
	return count;
}

struct scan_range described_at(unsigned index)
{
	return ranges[index];
}

void described_each_frame(void (*each)(u64 frame))
{
	for (unsigned i = 0; i < count; i++) {
		u64 last = (ranges[i].address + ranges[i].bytes - 1) >> PAGE_SHIFT;

		for (u64 frame = ranges[i].address >> PAGE_SHIFT; frame <= last; frame++)
			each(frame);
	}
}
