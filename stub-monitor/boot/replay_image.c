/* SPDX-License-Identifier: EPL-2.0 */
#include "boot/replay_image.h"

#include "cpu/phys.h"
#include "dev/pci.h"
#include "lib/string.h"
#include "npt/guest_ram.h"
#include "replay/checkpoint.h"
#include "replay/replay.h"
#include "trace/log_ring.h"
#include "vt/machine.h"

#define I440FX       0x12378086
#define PAM_FIRST    0x58 /* i440FX data sheet 3.2.17: PAM0 is the second byte */
#define PAM_OPEN     0x33333000
#define PAM_ALL_OPEN 0x33333333

static const struct replay_image *image_at(u64 address)
{
	return phys_to_virt(address);
}

const char *replay_image_check(u64 address, const struct memory_map *map)
{
	const struct replay_image *image = image_at(address);
	const char *wrong;

	if ((address & PAGE_MASK) || !memory_map_available(map, address, address + sizeof(*image)))
		return replay_image_unfit(
			"no RAM at 0x%lx, where replay= says that the recording lies", address);
	wrong = replay_image_check_header(image);
	if (wrong)
		return wrong;
	if (image->bytes < sizeof(*image) ||
		!memory_map_available(map, address, address + image->bytes))
		return replay_image_unfit("the replay image ends beyond the RAM of this machine");
	if (image->ram_end > address || (image->ram_end & PAGE_MASK))
		return replay_image_unfit(
			"the recorded machine has RAM up to 0x%lx, the replay image lies at 0x%lx",
			image->ram_end, address);
	return NULL;
}

u64 replay_image_end(u64 address)
{
	return address + image_at(address)->bytes;
}

enum clock_kind replay_image_clock(u64 address)
{
	return image_at(address)->trace_format == TRACE_FORMAT_PLACES ? CLOCK_STATE_MATCH
								      : CLOCK_ICOUNT;
}

struct npt_layout replay_image_layout(u64 address)
{
	const struct replay_image *image = image_at(address);

	return (struct npt_layout){image->ram_end, image->hidden_start, image->hidden_end};
}

/* What the firmware write-protects is RAM here: the recorded firmware's bytes go there. */
static bool open_rom(void)
{
	const struct pci_function bridge = {0};

	if (pci_read(bridge, 0) != I440FX)
		return false;
	pci_write(bridge, PAM_FIRST, (pci_read(bridge, PAM_FIRST) & 0xfff) | PAM_OPEN);
	pci_write(bridge, PAM_FIRST + 4, PAM_ALL_OPEN);
	return true;
}

/* Only where there is something else: a page of a file that nobody wrote costs nothing that way. */
static void clear(u64 frame)
{
	u64 *words = phys_to_virt(frame << PAGE_SHIFT);

	for (unsigned i = 0; i < PAGE_SIZE / sizeof(u64); i++)
		if (words[i]) {
			memset(words, 0, PAGE_SIZE);
			return;
		}
}

static const void *page_of(const struct replay_image *image, const struct replay_image_place *place)
{
	return replay_image_part(image, image->pages_offset + ((u64)place->page << PAGE_SHIFT));
}

static const char *fill_ram(const struct replay_image *image,
	const struct replay_image_checkpoint *c)
{
	const struct replay_image_place *places = replay_image_part(image, c->places_offset);
	u64 next = 0;

	for (u32 i = 0; i <= c->place_count; i++) {
		u64 frame = i < c->place_count ? places[i].frame : npt_ram_frames();

		for (; next < frame; next++)
			if (npt_kind((struct gpa){next << PAGE_SHIFT}) == MEMORY_RAM)
				clear(next);
		next++;
		if (i == c->place_count)
			break;
		guest_ram_write_kept((struct gpa){frame << PAGE_SHIFT}, page_of(image, &places[i]));
		if (memcmp(phys_to_virt(frame << PAGE_SHIFT), page_of(image, &places[i]),
			    PAGE_SIZE))
			return replay_image_unfit(
				"0x%lx of this machine does not keep what is written",
				frame << PAGE_SHIFT);
	}
	return NULL;
}

static struct checkpoint described(const struct replay_image *image,
	const struct replay_image_checkpoint *c)
{
	struct checkpoint state = {.instant = c->instant,
		.events = c->events,
		.log_position = c->log_position,
		.inject = {.valid = c->inject_valid,
			.type = (enum event_type)c->inject_type,
			.vector = (u8)c->inject_vector,
			.has_error_code = c->inject_has_error,
			.error_code = c->inject_error}};

	memcpy(&state.cpu, replay_image_part(image, c->cpu_offset), sizeof(state.cpu));
	return state;
}

/* All but the newest: each with the pages that are others at the next one. */
static void load_older(const struct replay_image *image)
{
	for (u32 i = 0; i + 1 < image->checkpoint_count; i++) {
		const struct replay_image_checkpoint *c = replay_image_checkpoint(image, i);
		const struct replay_image_place *places = replay_image_part(image,
			c->places_offset);
		struct checkpoint state = described(image, c);

		checkpoint_load(&state);
		for (u32 p = 0; p < c->place_count; p++)
			checkpoint_load_page(places[p].frame, page_of(image, &places[p]));
	}
}

static void stand_at(const struct checkpoint *state)
{
	machine.cpu = state->cpu;
	machine.inject = state->inject;
	machine.now = state->instant;
	machine.events = state->events;
}

const char *replay_image_start(u64 address)
{
	const struct replay_image *image = image_at(address);
	const struct replay_image_checkpoint *newest;
	struct checkpoint state;
	const char *wrong = replay_image_check_checkpoints(image, checkpoint_pages_total());

	if (wrong)
		return wrong;
	for (u64 i = 0; i < image->hidden_page_count; i++)
		npt_hide_page(image->hidden_page[i]);
	if (!open_rom())
		return replay_image_unfit("no i440FX in this machine: use QEMU's -machine pc");
	newest = replay_image_checkpoint(image, image->checkpoint_count - 1);
	wrong = fill_ram(image, newest);
	if (wrong)
		return wrong;
	machine.tsc_logged = image->trace_format != TRACE_FORMAT_VERSION;
	log_ring_load(phys_to_virt(address + image->log_offset), image->log_bytes,
		(u32)image->last_length);
	checkpoint_reset();
	load_older(image);
	state = described(image, newest);
	stand_at(&state);
	replay_begin(state.log_position, image->end);
	return NULL;
}
