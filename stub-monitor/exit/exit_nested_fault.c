/* SPDX-License-Identifier: EPL-2.0 */
/*
 * Nested page faults: the first write to a page since a checkpoint, device memory while inputs are
 * trapped, and the monitor's hidden memory, where for the guest there is nothing (reads give ones,
 * writes are lost).
 */
#include "exit/exit.h"

#include "clock/instruction_clock.h"
#include "cpu/fpu.h"
#include "cpu/phys.h"
#include "dev/ioapic.h"
#include "dev/lapic.h"
#include "insn/insn_emulate.h"
#include "lib/string.h"
#include "npt/guest_linear.h"
#include "npt/guest_ram.h"
#include "npt/npt.h"
#include "vt/machine.h"

#define IOAPIC_WINDOW_SIZE 0x20
#define TPR_CLASS_SHIFT    4

static struct stop *pending_stop; /* where a refused device access says why */
static bool init_asked;           /* the instruction's write was an INIT for this CPU */

static bool is_lapic(u64 address)
{
	return address - LAPIC_PHYS < LAPIC_REGISTERS;
}

static u64 read_device(u64 address, unsigned width)
{
	const volatile void *at = phys_to_virt(address);

	if (address - IOAPIC_PHYS < IOAPIC_WINDOW_SIZE)
		return ioapic_guest_read((unsigned)(address - IOAPIC_PHYS));
	if (is_lapic(address) && width == sizeof(u32))
		return lapic_guest_read((unsigned)(address - LAPIC_PHYS));
	switch (width) {
	case 1:
		return *(const volatile u8 *)at;
	case 2:
		return *(const volatile u16 *)at;
	case 4:
		return *(const volatile u32 *)at;
	default:
		return *(const volatile u64 *)at;
	}
}

static void write_device(u64 address, unsigned width, u64 value)
{
	volatile void *at = phys_to_virt(address);

	if (address - IOAPIC_PHYS < IOAPIC_WINDOW_SIZE)
		ioapic_guest_write((unsigned)(address - IOAPIC_PHYS), (u32)value);
	else if (is_lapic(address))
		lapic_guest_write((unsigned)(address - LAPIC_PHYS), (u32)value);
	else if (width == 1)
		*(volatile u8 *)at = (u8)value;
	else if (width == 2)
		*(volatile u16 *)at = (u16)value;
	else if (width == 4)
		*(volatile u32 *)at = (u32)value;
	else
		*(volatile u64 *)at = value;
}

static void perform_read(struct trace_event *event, void *data)
{
	(void)data;
	event->value = read_device(event->address, event->width);
}

static void perform_write(struct trace_event *event, void *data)
{
	(void)data;
	write_device(event->address, event->width, event->value);
}

/* The monitor maps the first 4 GB: beyond, and in what is its own, there is nothing for the guest. */
static bool is_void(struct gpa gpa)
{
	return npt_kind(gpa) == MEMORY_HIDDEN || gpa.addr >= DIRECT_MAP_END;
}

static bool bus_device_read(void *ctx, struct gpa gpa, unsigned width, u64 *value)
{
	struct trace_event event = {.kind = EVENT_DEVICE_READ,
		.address = gpa.addr,
		.width = (u16)width};

	(void)ctx;
	*value = ~0ull;
	if (is_void(gpa))
		return true;
	if (exit_input(&event, NULL, perform_read, pending_stop) == STOP_FOR_DEBUGGER)
		return false;
	*value = event.value;
	return true;
}

static bool bus_device_write(void *ctx, struct gpa gpa, unsigned width, u64 value)
{
	struct trace_event event = {.kind = EVENT_DEVICE_WRITE,
		.address = gpa.addr,
		.width = (u16)width,
		.value = value};

	(void)ctx;
	if (is_void(gpa))
		return true;
	if (exit_input(&event, NULL, perform_write, pending_stop) == STOP_FOR_DEBUGGER)
		return false;
	init_asked = is_lapic(gpa.addr) &&
		lapic_write_asks_for_init((unsigned)(gpa.addr - LAPIC_PHYS), (u32)value);
	if (gpa.addr == LAPIC_PHYS + LAPIC_TPR)
		machine.cpu.cr8 = (value >> TPR_CLASS_SHIFT) & 0xf;
	return true;
}

static enum status bus_memory_read(void *ctx, struct gla gla, void *buffer, size_t size)
{
	size_t done;
	enum status status = guest_linear_read(&machine.cpu, gla, buffer, size, &done);

	(void)ctx;
	return status == STATUS_OK && done == size ? STATUS_OK : STATUS_UNMAPPED;
}

static enum status bus_memory_write(void *ctx, struct gla gla, const void *buffer, size_t size)
{
	(void)ctx;
	return guest_linear_write(&machine.cpu, gla, buffer, size);
}

static struct translation bus_translate(void *ctx, struct gla gla, enum insn_access access)
{
	u32 bits = (access == INSN_WRITE ? PF_WRITE : 0) | (machine.cpu.cpl == 3 ? PF_USER : 0);
	struct guest_walk walk = guest_linear_walk(&machine.cpu, gla, bits);

	(void)ctx;
	if (walk.status != GUEST_WALK_OK)
		return (struct translation){TRANSLATION_FAULT, {0}, walk.error_code};
	return (struct translation){npt_kind(walk.gpa) == MEMORY_RAM ? TRANSLATION_RAM
								     : TRANSLATION_DEVICE,
		walk.gpa, 0};
}

static void bus_fpu_fetch(void *ctx)
{
	(void)ctx;
	fpu_save(&machine.cpu);
}

static void bus_fpu_commit(void *ctx)
{
	(void)ctx;
	fpu_load(&machine.cpu);
}

static const struct insn_bus bus = {bus_device_read, bus_device_write, bus_memory_read,
	bus_memory_write, bus_translate, bus_fpu_fetch, bus_fpu_commit, NULL};

static enum exit_action init_stop(struct stop *stop)
{
	*stop = (struct stop){STOP_RESET, 0,
		"the guest sent itself an INIT; continuing ignores the request"};
	return STOP_FOR_DEBUGGER;
}

static enum exit_action emulate(const struct insn *insn, const struct gpa *gpa, struct stop *stop)
{
	struct insn_fault fault;

	pending_stop = stop;
	init_asked = false;
	switch (insn_emulate(insn, &machine.cpu, &bus, gpa, &fault)) {
	case INSN_OK:
	case INSN_AGAIN:
		clock_tick();
		return init_asked ? init_stop(stop) : RESUME_GUEST;
	case INSN_FAULT:
		if (fault.vector == VECTOR_PF)
			machine.cpu.cr2 = fault.linear.addr;
		exit_inject_exception(fault.vector, (int)fault.error_code);
		return RESUME_GUEST;
	case INSN_REFUSED:
		return STOP_FOR_DEBUGGER;
	case INSN_TRUNCATED:
	case INSN_UNKNOWN:
	case INSN_MISMATCH:
		break;
	}
	return exit_limit(stop,
		"instruction at 0x%lx (opcode 0x%x) touches device memory at 0x%lx and is not emulated",
		machine.cpu.rip, insn->opcode, gpa->addr);
}

enum exit_action exit_nested_fault(const struct vm_exit *exit, struct stop *stop)
{
	struct insn insn;

	if (npt_kind(exit->gpa) == MEMORY_RAM && !npt_is_present(exit->gpa.addr >> PAGE_SHIFT))
		return exit_device_page(exit, stop);
	if (npt_kind(exit->gpa) == MEMORY_RAM && exit->write) {
		guest_ram_prepare_write(exit->gpa.addr >> PAGE_SHIFT);
		return RESUME_GUEST;
	}
	if (exit->fetch) {
		exit_inject_exception(VECTOR_GP, 0);
		return RESUME_GUEST;
	}
	if (npt_kind(exit->gpa) == MEMORY_RAM)
		return exit_limit(stop, "nested fault on RAM at 0x%lx that is no write",
			exit->gpa.addr);
	if (!exit_decode(&insn, stop) || !exit_touch_strings(&insn, stop))
		return STOP_FOR_DEBUGGER;
	return emulate(&insn, &exit->gpa, stop);
}
