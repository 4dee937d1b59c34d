/* SPDX-License-Identifier: EPL-2.0 */
#include "npt/guest_linear.h"

#include "cpu/regs.h"
#include "npt/guest_ram.h"
#include "npt/npt.h"

#define CPUID_ADDRESS_SIZES 0x80000008
#define MAX_INSTRUCTION     15

static bool read_physical(void *ctx, struct gpa gpa, void *buffer, size_t size)
{
	(void)ctx;
	return guest_ram_read(gpa, buffer, size);
}

static u8 physical_bits(void)
{
	static u8 bits;

	if (!bits)
		bits = (u8)cpuid(CPUID_ADDRESS_SIZES, 0).eax;
	return bits;
}

struct guest_walk guest_linear_walk(const struct cpu_state *cpu, struct gla gla, u32 access)
{
	const struct guest_memory memory = {read_physical, NULL};
	const struct guest_paging paging = guest_paging_of(cpu, physical_bits());

	return guest_walk(&paging, &memory, gla, access);
}

/* Where a page is, whoever may touch it: without SMAP, a read by the kernel is never forbidden. */
static enum status find_page(const struct cpu_state *cpu, struct gla gla, struct gpa *gpa)
{
	const struct guest_memory memory = {read_physical, NULL};
	struct guest_paging paging = guest_paging_of(cpu, physical_bits());
	struct guest_walk walk;

	paging.cr4 &= ~(u64)CR4_SMAP;
	walk = guest_walk(&paging, &memory, gla, 0);

	if (walk.status != GUEST_WALK_OK)
		return STATUS_UNMAPPED;
	*gpa = walk.gpa;
	if (npt_kind(walk.gpa) == MEMORY_DEVICE)
		return STATUS_DEVICE_MEMORY;
	return npt_kind(walk.gpa) == MEMORY_RAM ? STATUS_OK : STATUS_UNMAPPED;
}

static size_t in_page(struct gla gla, size_t length)
{
	return min_u64(length, PAGE_SIZE - (gla.addr & PAGE_MASK));
}

enum status guest_linear_read(const struct cpu_state *cpu, struct gla gla, void *buffer,
	size_t length, size_t *done)
{
	enum status status = STATUS_OK;
	struct gpa gpa;

	for (*done = 0; *done < length;) {
		struct gla at = {gla.addr + *done};
		size_t part = in_page(at, length - *done);

		status = find_page(cpu, at, &gpa);
		if (status != STATUS_OK)
			break;
		guest_ram_read(gpa, (u8 *)buffer + *done, part);
		*done += part;
	}
	return *done ? STATUS_OK : status;
}

enum status guest_linear_write(const struct cpu_state *cpu, struct gla gla, const void *data,
	size_t length)
{
	struct gpa gpa;

	for (size_t done = 0; done < length;
		done += in_page((struct gla){gla.addr + done}, length - done)) {
		enum status status = find_page(cpu, (struct gla){gla.addr + done}, &gpa);

		if (status != STATUS_OK)
			return status;
	}
	for (size_t done = 0; done < length;) {
		struct gla at = {gla.addr + done};
		size_t part = in_page(at, length - done);

		find_page(cpu, at, &gpa);
		guest_ram_write(gpa, (const u8 *)data + done, part);
		done += part;
	}
	return STATUS_OK;
}

struct gla guest_linear_rip(const struct cpu_state *cpu)
{
	return (struct gla){
		cpu_in_64bit_code(cpu) ? cpu->rip : (u32)(cpu->segment[SEG_CS].base + cpu->rip)};
}

size_t guest_linear_fetch(const struct cpu_state *cpu, u8 *bytes)
{
	size_t done = 0;

	guest_linear_read(cpu, guest_linear_rip(cpu), bytes, MAX_INSTRUCTION, &done);
	return done;
}
