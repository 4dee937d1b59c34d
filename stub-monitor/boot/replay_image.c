/* SPDX-License-Identifier: EPL-2.0 */
#include "boot/replay_image.h"

#include "cpu/phys.h"
#include "dev/pci.h"
#include "lib/format.h"
#include "lib/string.h"
#include "npt/guest_ram.h"
#include "replay/replay.h"
#include "trace/log_ring.h"
#include "vt/machine.h"

#define MAX_VECTOR   0xff
#define ROM_START    0xc0000
#define ROM_END      0x100000
#define I440FX       0x12378086
#define PAM_FIRST    0x58 /* i440FX data sheet 3.2.17: PAM0 is the second byte */
#define PAM_OPEN     0x33333000
#define PAM_ALL_OPEN 0x33333333

static char why[160];

static const char *unfit(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

static const char *unfit(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vformat(why, sizeof(why), fmt, args);
	va_end(args);
	return why;
}

static const struct replay_image *image_at(u64 address)
{
	return phys_to_virt(address);
}

static bool inside(const struct replay_image *image, u64 offset, u64 bytes)
{
	return offset >= sizeof(*image) && offset <= image->bytes && bytes <= image->bytes - offset;
}

static const char *check_versions(const struct replay_image *image)
{
	if (image->magic != REPLAY_IMAGE_MAGIC)
		return unfit("no recording lies at the address given with replay=");
	if (image->version != REPLAY_IMAGE_VERSION)
		return unfit("the replay image has version %u (expected: %u)", image->version,
			REPLAY_IMAGE_VERSION);
	if (image->trace_format != TRACE_FORMAT_VERSION &&
		image->trace_format != TRACE_FORMAT_TSC_LOGGED)
		return unfit("the recording has trace format %u (expected: %u or %u)",
			image->trace_format, TRACE_FORMAT_TSC_LOGGED, TRACE_FORMAT_VERSION);
	if ((image->cpu_state_version != CPU_STATE_VERSION &&
		    image->cpu_state_version != CPU_STATE_WITHOUT_TSC) ||
		image->cpu_state_bytes != sizeof(struct cpu_state))
		return unfit("the recording's CPU state has version %u (expected: %u or %u)",
			image->cpu_state_version, CPU_STATE_WITHOUT_TSC, CPU_STATE_VERSION);
	return NULL;
}

static const char *check_parts(const struct replay_image *image)
{
	if (!inside(image, image->log_offset, image->log_bytes) ||
		!inside(image, image->cpu_offset, sizeof(struct cpu_state)) ||
		!inside(image, image->frames_offset, image->page_count * sizeof(u32)) ||
		!inside(image, image->pages_offset, (u64)image->page_count << PAGE_SHIFT) ||
		image->hidden_page_count > NPT_HIDDEN_PAGES || image->end < image->begin ||
		image->inject_vector > MAX_VECTOR)
		return unfit("the replay image contradicts itself");
	return NULL;
}

const char *replay_image_check(u64 address, const struct memory_map *map)
{
	const struct replay_image *image = image_at(address);
	const char *wrong;

	if ((address & PAGE_MASK) || !memory_map_available(map, address, address + sizeof(*image)))
		return unfit("no RAM at 0x%lx, where replay= says that the recording lies",
			address);
	wrong = check_versions(image);
	if (wrong)
		return wrong;
	if (image->bytes < sizeof(*image) ||
		!memory_map_available(map, address, address + image->bytes))
		return unfit("the replay image ends beyond the RAM of this machine");
	if (image->ram_end > address || (image->ram_end & PAGE_MASK))
		return unfit(
			"the recorded machine has RAM up to 0x%lx, the replay image lies at 0x%lx",
			image->ram_end, address);
	return check_parts(image);
}

u64 replay_image_end(u64 address)
{
	return address + image_at(address)->bytes;
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

static const char *fill_ram(const struct replay_image *image)
{
	const u32 *frames = phys_to_virt(virt_to_phys(image) + image->frames_offset);
	const u8 *page = phys_to_virt(virt_to_phys(image) + image->pages_offset);
	u64 next = 0;

	for (u32 i = 0; i <= image->page_count; i++, page += PAGE_SIZE) {
		u64 frame = i < image->page_count ? frames[i] : npt_ram_frames();

		if (frame < next || frame > npt_ram_frames())
			return unfit("the replay image's pages are out of order");
		for (; next < frame; next++)
			if (npt_kind((struct gpa){next << PAGE_SHIFT}) == MEMORY_RAM)
				clear(next);
		next++;
		if (i == image->page_count)
			break;
		if (npt_kind((struct gpa){frame << PAGE_SHIFT}) != MEMORY_RAM)
			return unfit("the recording has a page at 0x%lx, where there is no RAM",
				frame << PAGE_SHIFT);
		guest_ram_write_kept((struct gpa){frame << PAGE_SHIFT}, page);
		if (memcmp(phys_to_virt(frame << PAGE_SHIFT), page, PAGE_SIZE))
			return unfit("0x%lx of this machine does not keep what is written",
				frame << PAGE_SHIFT);
	}
	return NULL;
}

static void fill_cpu(const struct replay_image *image)
{
	memcpy(&machine.cpu, phys_to_virt(virt_to_phys(image) + image->cpu_offset),
		sizeof(machine.cpu));
	machine.inject = (struct vt_event){.valid = image->inject_valid,
		.type = (enum event_type)image->inject_type,
		.vector = (u8)image->inject_vector,
		.has_error_code = image->inject_has_error,
		.error_code = image->inject_error};
}

const char *replay_image_start(u64 address)
{
	const struct replay_image *image = image_at(address);
	const char *wrong;

	for (u64 i = 0; i < image->hidden_page_count; i++)
		npt_hide_page(image->hidden_page[i]);
	if (!open_rom())
		return unfit("no i440FX in this machine: use QEMU's -machine pc");
	wrong = fill_ram(image);
	if (wrong)
		return wrong;
	fill_cpu(image);
	machine.tsc_logged = image->trace_format == TRACE_FORMAT_TSC_LOGGED;
	log_ring_load(phys_to_virt(address + image->log_offset), image->log_bytes,
		(u32)image->last_length);
	replay_begin(image->begin, image->end);
	return NULL;
}
