/* SPDX-License-Identifier: EPL-2.0 */
#include "lib/debug_channel.h"

#include "cpu/io.h"

#define DEBUGCON_PORT 0xe9

void debug_channel_write(const char *line)
{
	for (; *line; line++)
		out8(DEBUGCON_PORT, (u8)*line);
	out8(DEBUGCON_PORT, '\n');
}

void halt_forever(void)
{
	for (;;)
		__asm__ volatile("cli; hlt");
}
