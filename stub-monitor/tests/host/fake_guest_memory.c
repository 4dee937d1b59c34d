/* SPDX-License-Identifier: EPL-2.0 */
#include "fake_guest_memory.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cpu/fpu.h"
#include "lib/panic.h"
#include "npt/guest_ram.h"
#include "npt/npt.h"
#include "vt/machine.h"

struct machine machine;
u8 fake_ram[FAKE_FRAMES][PAGE_SIZE];
static bool writable[FAKE_FRAMES];
static bool dirty[FAKE_FRAMES], accessed[FAKE_FRAMES], absent[FAKE_FRAMES];
static u8 *backing[FAKE_FRAMES];
static void (*observer)(u64 frame);
void (*fake_absent)(u64 frame);

u8 *fake_guest_view(u64 frame)
{
	return backing[frame] ? backing[frame] : fake_ram[frame];
}

static void touch(u64 frame)
{
	if (absent[frame])
		fake_absent(frame);
	if (absent[frame])
		panic("frame %lx is absent still", frame);
	accessed[frame] = true;
}

u8 fake_guest_load(u64 frame, unsigned offset)
{
	touch(frame);
	return fake_guest_view(frame)[offset];
}

void fake_guest_store(u64 frame, unsigned offset, u8 value)
{
	touch(frame);
	guest_ram_prepare_write(frame);
	fake_guest_view(frame)[offset] = value;
	dirty[frame] = true;
}

void guest_ram_set_backing(u64 frame, void *page)
{
	backing[frame] = page;
}

void *guest_ram_device_view(u64 frame)
{
	return fake_ram[frame];
}

bool guest_ram_write(struct gpa gpa, const void *data, u64 length)
{
	u64 frame = gpa.addr >> PAGE_SHIFT;

	guest_ram_prepare_write(frame);
	memcpy(fake_guest_view(frame) + (gpa.addr & PAGE_MASK), data, length);
	dirty[frame] = true;
	return true;
}

void npt_set_present(u64 frame, bool present)
{
	absent[frame] = !present;
}

bool npt_is_present(u64 frame)
{
	return !absent[frame];
}

bool npt_is_dirty(u64 frame)
{
	return dirty[frame];
}

void npt_set_dirty(u64 frame, bool on)
{
	dirty[frame] = on;
}

bool npt_take_accessed(u64 frame)
{
	bool was = accessed[frame];

	accessed[frame] = false;
	return was;
}

void guest_ram_set_observer(void (*before_write)(u64 frame))
{
	observer = before_write;
}

void guest_ram_prepare_write(u64 frame)
{
	if (!writable[frame] && observer)
		observer(frame);
	writable[frame] = true;
}

bool guest_ram_read(struct gpa gpa, void *buffer, u64 length)
{
	memcpy(buffer, fake_guest_view(gpa.addr >> PAGE_SHIFT) + (gpa.addr & PAGE_MASK), length);
	return true;
}

const void *guest_ram_view(struct gpa page, void *buffer)
{
	(void)buffer;
	return fake_guest_view(page.addr >> PAGE_SHIFT);
}

void guest_ram_write_kept(struct gpa page, const void *data)
{
	memcpy(fake_guest_view(page.addr >> PAGE_SHIFT), data, PAGE_SIZE);
}

u64 npt_ram_frames(void)
{
	return FAKE_FRAMES;
}

enum memory_kind npt_kind(struct gpa gpa)
{
	return gpa.addr >> PAGE_SHIFT < FAKE_FRAMES ? MEMORY_RAM : MEMORY_DEVICE;
}

bool npt_is_writable(u64 frame)
{
	return writable[frame];
}

void npt_set_writable(u64 frame, bool on)
{
	writable[frame] = on;
}

void npt_protect_all(bool on)
{
	memset(writable, on, sizeof(writable));
}

void fpu_save(struct cpu_state *cpu)
{
	(void)cpu;
}

void fpu_load(const struct cpu_state *cpu)
{
	(void)cpu;
}

void panic(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vfprintf(stderr, fmt, args);
	va_end(args);
	abort();
}
