/* SPDX-License-Identifier: EPL-2.0 */
#include "replay/ram_hash.h"

#include "lib/string.h"
#include "npt/guest_ram.h"
#include "npt/npt.h"

static u64 *page_hash;
static u8 *hash_valid;

void ram_hash_init(void *(*allocate)(u64 bytes), u64 frames)
{
	page_hash = allocate(frames * sizeof(*page_hash));
	hash_valid = allocate(frames);
}

void ram_hash_forget(u64 frame)
{
	hash_valid[frame] = 0;
}

void ram_hash_forget_all(void)
{
	memset(hash_valid, 0, npt_ram_frames());
}

static u64 hash_page(u64 frame)
{
	static u64 words[PAGE_SIZE / sizeof(u64)];
	u64 hash = frame * 0x9e3779b97f4a7c15ull + 1;

	guest_ram_read((struct gpa){frame << PAGE_SHIFT}, words, PAGE_SIZE);
	for (unsigned i = 0; i < ARRAY_SIZE(words); i++)
		hash = (hash ^ words[i]) * 0x100000001b3ull + (hash >> 47);
	return hash;
}

bool ram_hash_is_as_known(u64 frame)
{
	u64 was = page_hash[frame];
	bool known = hash_valid[frame];

	if (npt_is_writable(frame))
		return true;
	page_hash[frame] = hash_page(frame);
	hash_valid[frame] = 1;
	return !known || page_hash[frame] == was;
}

u64 ram_hash(void)
{
	u64 total = 0;

	for (u64 frame = 0; frame < npt_ram_frames(); frame++) {
		if (npt_kind((struct gpa){frame << PAGE_SHIFT}) != MEMORY_RAM)
			continue;
		if (!hash_valid[frame] || npt_is_writable(frame)) {
			page_hash[frame] = hash_page(frame);
			hash_valid[frame] = 1;
		}
		total ^= page_hash[frame];
	}
	return total;
}
