/* SPDX-License-Identifier: EPL-2.0 */
#include "dev/link.h"

#include "cpu/interrupts.h"

#define LINKS_MAX    2
#define PACKET_START '$' /* GDB manual, Overview */
#define BREAK_BYTE   0x03
#define WAITING_MAX \
	16384 /* as many acknowledgements as a long answer has packets: the session counts them */
#define WAIT_LOOKS 1000 /* some 50 microseconds; more takes the CPU from a debugger that needs it */

static const struct link *links[LINKS_MAX];
static unsigned count;
static const struct link *speaker;

/* What came from the speaker while it was written to. */
static u8 waiting[WAITING_MAX];
static unsigned waiting_begin, waiting_end;

void link_add(const struct link *link)
{
	links[count++] = link;
	if (!speaker)
		speaker = link;
}

static bool any_waits(void)
{
	return waiting_begin != waiting_end;
}

/*
 * A debugger that acknowledges each packet of a long answer, and finds that nobody takes that in, would stop reading in
 * the end, and both would wait for each other.
 */
void link_gather(void)
{
	int byte;

	if (!any_waits())
		waiting_begin = waiting_end = 0;
	while (waiting_end < WAITING_MAX && (byte = speaker->receive()) >= 0)
		waiting[waiting_end++] = (u8)byte;
}

int link_receive(void)
{
	int byte = any_waits() ? waiting[waiting_begin++] : speaker->receive();

	for (unsigned i = 0; byte < 0 && i < count; i++) {
		if (links[i] == speaker)
			continue;
		do
			byte = links[i]->receive();
		while (byte >= 0 && byte != PACKET_START && byte != BREAK_BYTE);
		if (byte >= 0)
			speaker = links[i];
	}
	return byte;
}

void link_write(const void *data, size_t length)
{
	link_gather();
	speaker->write(data, length);
}

bool link_free_to_write(void)
{
	bool is_free = !speaker->can_write || speaker->can_write();

	if (speaker->wake_to_write)
		speaker->wake_to_write(!is_free);
	return is_free;
}

u32 link_packet_size(void)
{
	return speaker->packet_size;
}

void link_wait(void)
{
	if (any_waits())
		return;
	for (unsigned i = 0; speaker->in_memory && i < WAIT_LOOKS; i++)
		if (speaker->has_input() || any_waits())
			return;
	interrupts_wait(false);
	interrupts_take_nmis();
}

static bool interrupted(void)
{
	bool any = any_waits();

	for (unsigned i = 0; i < count; i++)
		any |= links[i]->interrupted();
	return any;
}

/* Asked before and after each taking, so that none is taken without having been asked for. */
bool link_take_nmis(bool *ours)
{
	bool any = false;

	*ours = interrupted();
	while (interrupts_take_nmis()) {
		any = true;
		*ours |= interrupted();
	}
	return any;
}

void link_before_run(void)
{
	bool ours;

	link_take_nmis(&ours);
	for (unsigned i = 0; i < count; i++)
		if (links[i]->has_input())
			interrupts_send_nmi();
	if (any_waits())
		interrupts_send_nmi();
}
