/* SPDX-License-Identifier: EPL-2.0 */
/* Does a replay image hold together? Nothing is changed here, and nothing outside of the image is read. */
#include "boot/replay_image.h"
#include "cpu/cpu_state.h"
#include "lib/format.h"
#include "trace/event.h"

#define MAX_VECTOR 0xff
#define ALIGNMENT  8 /* of all parts: what stands in them is read in place */

static char why[160];

const char *replay_image_unfit(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vformat(why, sizeof(why), fmt, args);
	va_end(args);
	return why;
}

static bool inside(const struct replay_image *image, u64 offset, u64 bytes)
{
	return offset >= sizeof(*image) && offset % ALIGNMENT == 0 && offset <= image->bytes &&
		bytes <= image->bytes - offset;
}

static const char *check_versions(const struct replay_image *image)
{
	if (image->magic != REPLAY_IMAGE_MAGIC)
		return replay_image_unfit("no recording lies at the address given with replay=");
	if (image->version != REPLAY_IMAGE_VERSION)
		return replay_image_unfit("the replay image has version %u (expected: %u)",
			image->version, REPLAY_IMAGE_VERSION);
	if (image->trace_format != TRACE_FORMAT_VERSION &&
		image->trace_format != TRACE_FORMAT_TSC_LOGGED &&
		image->trace_format != TRACE_FORMAT_PLACES)
		return replay_image_unfit("the recording has trace format %u (expected: %u to %u)",
			image->trace_format, TRACE_FORMAT_TSC_LOGGED, TRACE_FORMAT_PLACES);
	if ((image->cpu_state_version != CPU_STATE_VERSION &&
		    image->cpu_state_version != CPU_STATE_WITHOUT_TSC) ||
		image->cpu_state_bytes != sizeof(struct cpu_state))
		return replay_image_unfit(
			"the recording's CPU state has version %u (expected: %u or %u)",
			image->cpu_state_version, CPU_STATE_WITHOUT_TSC, CPU_STATE_VERSION);
	return NULL;
}

const char *replay_image_check_header(const struct replay_image *image)
{
	return check_versions(image);
}

static bool parts_fit(const struct replay_image *image)
{
	return inside(image, image->log_offset, image->log_bytes) &&
		image->log_bytes % ALIGNMENT == 0 && image->checkpoint_count &&
		image->checkpoint_count <= REPLAY_IMAGE_CHECKPOINTS &&
		inside(image, image->checkpoints_offset,
			image->checkpoint_count * sizeof(struct replay_image_checkpoint)) &&
		inside(image, image->pages_offset, (u64)image->page_count << PAGE_SHIFT) &&
		image->hidden_page_count <= NPT_HIDDEN_PAGES;
}

static u64 record_bytes(const struct trace_event *event)
{
	return sizeof(*event) + ((event->data_length + 7ull) & ~7ull);
}

/* NULL: none can begin there. */
static const struct trace_event *event_at(const struct replay_image *image, u64 position)
{
	const struct trace_event *event;
	u64 left = image->log_bytes - position;

	if (position > image->log_bytes || position % ALIGNMENT || left < sizeof(*event))
		return NULL;
	event = replay_image_part(image, image->log_offset + position);
	return event->data_length <= TRACE_DATA_MAX && record_bytes(event) <= left ? event : NULL;
}

/* The log before a checkpoint has happened by then, the log from there on has not. A record names the length of the one before. */
static bool log_fits(const struct replay_image *image, const struct replay_image_checkpoint *c)
{
	const struct trace_event *next = event_at(image, c->log_position), *before;
	u64 length = next ? next->prev_length : image->last_length;

	if (next ? next->instant < c->instant : c->log_position != image->log_bytes)
		return false;
	if (!c->log_position)
		return true;
	if (length > c->log_position)
		return false;
	before = event_at(image, c->log_position - length);
	return before && record_bytes(before) == length && before->instant <= c->instant;
}

static const char *check_places(const struct replay_image *image,
	const struct replay_image_checkpoint *c)
{
	const struct replay_image_place *places = replay_image_part(image, c->places_offset);

	for (u32 i = 0; i < c->place_count; i++) {
		u64 address = (u64)places[i].frame << PAGE_SHIFT;

		if (i && places[i].frame <= places[i - 1].frame)
			return replay_image_unfit("the replay image's pages are out of order");
		if (places[i].page >= image->page_count)
			return replay_image_unfit("the replay image has no page %u",
				places[i].page);
		if (address >= image->ram_end || npt_kind((struct gpa){address}) != MEMORY_RAM)
			return replay_image_unfit(
				"the recording has a page at 0x%lx, where there is no RAM",
				address);
	}
	return NULL;
}

static bool follows(const struct replay_image_checkpoint *c,
	const struct replay_image_checkpoint *before)
{
	return !before ||
		(before->instant < c->instant && before->events <= c->events &&
			before->log_position <= c->log_position);
}

static const char *check_checkpoint(const struct replay_image *image,
	const struct replay_image_checkpoint *c, const struct replay_image_checkpoint *before)
{
	if (!inside(image, c->cpu_offset, sizeof(struct cpu_state)) ||
		!inside(image, c->places_offset,
			(u64)c->place_count * sizeof(struct replay_image_place)) ||
		c->inject_vector > MAX_VECTOR || c->instant > image->end)
		return replay_image_unfit("the replay image contradicts itself");
	if (!follows(c, before) || !log_fits(image, c))
		return replay_image_unfit("the checkpoint at @%lu does not fit the recording",
			c->instant);
	return check_places(image, c);
}

const char *replay_image_check_checkpoints(const struct replay_image *image, u64 pool_pages)
{
	const struct replay_image_checkpoint *before = NULL;
	u64 kept = 0;

	if (!parts_fit(image))
		return replay_image_unfit("the replay image contradicts itself");
	for (u32 i = 0; i < image->checkpoint_count; i++) {
		const struct replay_image_checkpoint *c = replay_image_checkpoint(image, i);
		const char *wrong = check_checkpoint(image, c, before);

		if (wrong)
			return wrong;
		kept += i + 1 < image->checkpoint_count ? c->place_count : 0;
		before = c;
	}
	if (kept > pool_pages)
		return replay_image_unfit(
			"the checkpoints keep %lu pages, there is room for %lu: use a larger log (log=)",
			kept, pool_pages);
	return NULL;
}
