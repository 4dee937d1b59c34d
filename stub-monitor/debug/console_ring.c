/* SPDX-License-Identifier: EPL-2.0 */
#include "debug/console_ring.h"

#include "lib/format.h"

#define LOSS_TEXT 64 /* room kept for the line that says what was lost */

static char ring[CONSOLE_RING_BYTES];
static size_t first, used;
static u64 lost;

static void append(const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++)
		ring[(first + used++) % CONSOLE_RING_BYTES] = text[i];
}

/* After a loss nothing is put in before the line about it, so that it stands where the text is missing. */
static void say_loss(void)
{
	char text[LOSS_TEXT];
	int length;

	if (!lost || used > CONSOLE_RING_BYTES / 2)
		return;
	length = format(text, sizeof(text), "\n[%lu bytes of output are lost]\n", lost);
	lost = 0;
	append(text, (size_t)length);
}

void console_ring_put(const char *text, size_t length)
{
	say_loss();
	if (lost || length > CONSOLE_RING_BYTES - LOSS_TEXT - used)
		lost += length;
	else
		append(text, length);
}

bool console_ring_used(void)
{
	return used || lost;
}

size_t console_ring_take(char *text, size_t size)
{
	size_t taken = 0;

	say_loss();
	for (; used && taken < size; used--) {
		text[taken++] = ring[first];
		first = (first + 1) % CONSOLE_RING_BYTES;
	}
	return taken;
}

void console_ring_clear(void)
{
	used = 0;
	lost = 0;
}
