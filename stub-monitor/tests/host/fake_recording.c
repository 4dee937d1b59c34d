/* SPDX-License-Identifier: EPL-2.0 */
/* A recording for host tests of rsp/: while fake.history, 600 log bytes from position 0x100 on, and two pages. */
#include "fake_debugger.h"
#include "lib/string.h"
#include "debug/recording.h"

#define LOG_START 0x100
#define LOG_END   0x358
#define FRAMES    8

static const struct vt_event no_event;

enum status recording_log(struct recording_log *log)
{
	*log = (struct recording_log){3, LOG_START, LOG_END, fake.now};
	return fake.history ? STATUS_OK : STATUS_NO_HISTORY;
}

enum status recording_base(struct recording_base *base)
{
	*base = (struct recording_base){3, 0x10, LOG_START, 0, &fake.cpu, &no_event};
	return fake.history ? STATUS_OK : STATUS_NO_HISTORY;
}

enum status recording_here(struct recording_base *here)
{
	*here = (struct recording_base){3, fake.now, LOG_END, 0x22, &fake.cpu, &no_event};
	return fake.history ? STATUS_OK : STATUS_NO_HISTORY;
}

/* One frame changes at each instant, the one of its number. */
bool recording_next_change(u64 since, u64 *frame, void *page)
{
	for (; *frame < FRAMES; ++*frame)
		if (*frame >= since) {
			memset(page, (int)*frame, PAGE_SIZE);
			return true;
		}
	return false;
}

size_t recording_read(u64 position, void *buffer, size_t length)
{
	size_t n = 0;

	for (; n < length && position + n >= LOG_START && position + n < LOG_END; n++)
		((u8 *)buffer)[n] = (u8)(position + n);
	return n;
}

bool recording_next_page(u64 *frame, void *page)
{
	for (; *frame < FRAMES; ++*frame)
		if (*frame % 4 == 1) {
			memset(page, (int)*frame, PAGE_SIZE);
			return true;
		}
	return false;
}

u64 recording_frames(void)
{
	return FRAMES;
}

void recording_print_machine(print_line print, void *context)
{
	print(context, "monitor fake");
}

struct recording_mark recording_mark(void)
{
	return (struct recording_mark){fake.now, fake.cpu.rip, debugger_state_digest()};
}
