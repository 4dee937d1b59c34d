/* SPDX-License-Identifier: EPL-2.0 */
#include "npt/guest_ram.h"

#include "cpu/phys.h"
#include "lib/string.h"
#include "npt/npt.h"

#define INT3 0xcc

static struct patch {
	u64 address;
	u8 original;
} patches[GUEST_RAM_PATCHES];
static unsigned patch_count;
static void (*observer)(u64 frame);

void guest_ram_set_observer(void (*before_write)(u64 frame))
{
	observer = before_write;
}

/* The guest's memory at an address: up to the end of the page. */
static void *guest_view(u64 address)
{
	return (u8 *)phys_to_virt(npt_backing(address >> PAGE_SHIFT)) + (address & PAGE_MASK);
}

void *guest_ram_device_view(u64 frame)
{
	return phys_to_virt(frame << PAGE_SHIFT);
}

static bool is_ram(struct gpa gpa, u64 length)
{
	u64 last = gpa.addr + length - 1;

	if (last < gpa.addr)
		return false;
	for (u64 page = gpa.addr >> PAGE_SHIFT; page <= last >> PAGE_SHIFT; page++)
		if (npt_kind((struct gpa){page << PAGE_SHIFT}) != MEMORY_RAM)
			return false;
	return true;
}

bool guest_ram_read(struct gpa gpa, void *buffer, u64 length)
{
	if (!length)
		return true;
	if (!is_ram(gpa, length))
		return false;
	for (u64 done = 0, part; done < length; done += part) {
		part = min_u64(length - done, PAGE_SIZE - ((gpa.addr + done) & PAGE_MASK));
		memcpy((u8 *)buffer + done, guest_view(gpa.addr + done), part);
	}
	for (unsigned i = 0; i < patch_count; i++) {
		u64 at = patches[i].address - gpa.addr;

		/* Anything but INT3 is a newer byte of the guest's. */
		if (at < length && ((u8 *)buffer)[at] == INT3)
			((u8 *)buffer)[at] = patches[i].original;
	}
	return true;
}

const void *guest_ram_view(struct gpa page, void *buffer)
{
	for (unsigned i = 0; i < patch_count; i++)
		if (patches[i].address >> PAGE_SHIFT == page.addr >> PAGE_SHIFT)
			return guest_ram_read(page, buffer, PAGE_SIZE) ? buffer : NULL;
	return guest_view(page.addr);
}

void guest_ram_prepare_write(u64 frame)
{
	if (npt_is_writable(frame))
		return;
	if (observer)
		observer(frame);
	npt_set_writable(frame, true);
}

static void copy_in(struct gpa gpa, const void *data, u64 length)
{
	for (u64 done = 0, part; done < length; done += part) {
		part = min_u64(length - done, PAGE_SIZE - ((gpa.addr + done) & PAGE_MASK));
		memcpy(guest_view(gpa.addr + done), (const u8 *)data + done, part);
		npt_set_dirty((gpa.addr + done) >> PAGE_SHIFT, true);
	}
	for (unsigned i = 0; i < patch_count; i++)
		if (patches[i].address - gpa.addr < length) {
			patches[i].original = ((const u8 *)data)[patches[i].address - gpa.addr];
			*(u8 *)guest_view(patches[i].address) = INT3;
		}
}

bool guest_ram_write(struct gpa gpa, const void *data, u64 length)
{
	if (!length)
		return true;
	if (!is_ram(gpa, length))
		return false;
	for (u64 frame = gpa.addr >> PAGE_SHIFT; frame <= (gpa.addr + length - 1) >> PAGE_SHIFT;
		frame++)
		guest_ram_prepare_write(frame);
	copy_in(gpa, data, length);
	return true;
}

void guest_ram_write_kept(struct gpa page, const void *data)
{
	copy_in(page, data, PAGE_SIZE);
}

bool guest_ram_is_patched(struct gpa gpa)
{
	for (unsigned i = 0; i < patch_count; i++)
		if (patches[i].address == gpa.addr)
			return true;
	return false;
}

bool guest_ram_patch(struct gpa gpa)
{
	u8 *byte;

	if (!is_ram(gpa, 1) || patch_count == GUEST_RAM_PATCHES)
		return false;
	byte = guest_view(gpa.addr);
	if (guest_ram_is_patched(gpa))
		return true;
	patches[patch_count++] = (struct patch){gpa.addr, *byte};
	*byte = INT3;
	return true;
}

static void put_back(const struct patch *p)
{
	u8 *byte = guest_view(p->address);

	if (*byte == INT3) /* else the guest has written over it: its byte stays */
		*byte = p->original;
}

/* Breakpoint bytes go where the guest goes, and the devices never see them. */
void guest_ram_set_backing(u64 frame, void *page)
{
	u8 *from = phys_to_virt(npt_backing(frame));
	u8 *to = page ? page : guest_ram_device_view(frame);

	for (unsigned i = 0; i < patch_count; i++) {
		u64 at = patches[i].address & PAGE_MASK;

		if (patches[i].address >> PAGE_SHIFT != frame || from[at] != INT3)
			continue;
		from[at] = patches[i].original;
		to[at] = INT3;
	}
	npt_set_backing(frame, virt_to_phys(to));
}

bool guest_ram_unpatch(struct gpa gpa)
{
	for (unsigned i = 0; i < patch_count; i++)
		if (patches[i].address == gpa.addr) {
			put_back(&patches[i]);
			patches[i] = patches[--patch_count];
			return true;
		}
	return false;
}

void guest_ram_unpatch_all(void)
{
	while (patch_count)
		put_back(&patches[--patch_count]);
}
