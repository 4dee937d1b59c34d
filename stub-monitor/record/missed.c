/* SPDX-License-Identifier: EPL-2.0 */
#include "record/missed.h"

#include "dma/pages.h"
#include "npt/npt.h"
#include "replay/ram_hash.h"

#define SUSPECTS_MAX 512
#define FOUND_MAX    64
#define TURN         64 /* frames of all of RAM that are looked at each time */

static u64 suspects[SUSPECTS_MAX], found[FOUND_MAX];
static unsigned suspect_count, found_count;
static u64 suspects_seen, next_in_turn;

void missed_begin(void)
{
	suspect_count = found_count = 0;
	suspects_seen = next_in_turn = 0;
}

/* The oldest makes way. */
void missed_watch(u64 frame)
{
	for (unsigned i = 0; i < suspect_count; i++)
		if (suspects[i] == frame)
			return;
	suspects[suspects_seen++ % SUSPECTS_MAX] = frame;
	suspect_count = (unsigned)min_u64(suspects_seen, SUSPECTS_MAX);
}

static void look_at(u64 frame)
{
	if (npt_kind((struct gpa){frame << PAGE_SHIFT}) != MEMORY_RAM || pages_find(frame))
		return;
	if (!ram_hash_is_as_known(frame) && found_count < FOUND_MAX)
		found[found_count++] = frame;
}

void missed_look(void)
{
	for (unsigned i = 0; i < suspect_count; i++)
		look_at(suspects[i]);
	for (unsigned i = 0; i < TURN; i++) {
		look_at(next_in_turn);
		next_in_turn = (next_in_turn + 1) % npt_ram_frames();
	}
}

bool missed_take(u64 *frame)
{
	if (!found_count)
		return false;
	*frame = found[--found_count];
	return true;
}
