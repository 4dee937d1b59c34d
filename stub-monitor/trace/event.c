/* SPDX-License-Identifier: EPL-2.0 */
#include "trace/event.h"

#include "lib/format.h"

static const char *const names[] = {
	[EVENT_PORT_READ] = "port read",
	[EVENT_PORT_WRITE] = "port write",
	[EVENT_DEVICE_READ] = "device read",
	[EVENT_DEVICE_WRITE] = "device write",
	[EVENT_TSC] = "rdtsc",
	[EVENT_MSR_READ] = "rdmsr",
	[EVENT_MSR_WRITE] = "wrmsr",
	[EVENT_CPUID] = "cpuid",
	[EVENT_CR8_READ] = "cr8 read",
	[EVENT_CR8_WRITE] = "cr8 write",
	[EVENT_GUEST_INTERRUPT] = "interrupt",
	[EVENT_GUEST_NMI] = "nmi",
	[EVENT_DEBUGGER_MEMORY] = "debugger write",
	[EVENT_DEBUGGER_REGISTERS] = "debugger registers",
	[EVENT_DMA] = "dma",
	[EVENT_PLACE] = "place",
};

static const char *kind_name(u16 kind)
{
	return kind < ARRAY_SIZE(names) && names[kind] ? names[kind] : "?";
}

static void describe_value(const struct trace_event *e, char *text, size_t size)
{
	if (e->data_length)
		format(text, size, "%u bytes", e->data_length);
	else if (e->kind == EVENT_GUEST_INTERRUPT || e->kind == EVENT_GUEST_NMI)
		text[0] = 0;
	else
		format(text, size, "= 0x%lx", e->value);
}

/* "00:03.0 8086:100e", or that it is not known. */
static void describe_device(u64 device, char *text, size_t size)
{
	u32 id = (u32)(device >> DMA_DEVICE_ID_SHIFT);

	if (device & DMA_DEVICE_KNOWN)
		format(text, size, "device %02x:%02x.%x %04x:%04x", (u32)device >> 8 & 0xff,
			(u32)device >> 3 & 0x1f, (u32)device & 7, id & 0xffff, id >> 16);
	else
		format(text, size, "device not known");
}

static void describe_dma(const struct trace_event *e, char *line, size_t size)
{
	char device[40];

	describe_device(e->value, device, sizeof(device));
	format(line, size, "@%lu  dma%s  page 0x%lx  %s  rip 0x%lx", e->instant,
		e->width == DMA_LATE ? " (late)" : "", e->address, device, e->rip);
}

void event_describe(const struct trace_event *e, char *line, size_t size)
{
	char value[40];

	describe_value(e, value, sizeof(value));
	if (e->kind == EVENT_DMA)
		describe_dma(e, line, size);
	else if (e->kind == EVENT_TSC || e->kind == EVENT_GUEST_NMI ||
		e->kind == EVENT_DEBUGGER_REGISTERS || e->kind == EVENT_CR8_READ ||
		e->kind == EVENT_CR8_WRITE)
		format(line, size, "@%lu  %s  %s  rip 0x%lx", e->instant, kind_name(e->kind), value,
			e->rip);
	else if (e->kind == EVENT_PLACE)
		format(line, size, "@%lu  place  state 0x%016lx  rip 0x%lx", e->instant, e->value,
			e->rip);
	else if (e->kind == EVENT_GUEST_INTERRUPT)
		format(line, size, "@%lu  interrupt  vector 0x%lx (%lu)  rip 0x%lx", e->instant,
			e->address, e->address, e->rip);
	else
		format(line, size, "@%lu  %s  0x%lx/%u  %s  rip 0x%lx", e->instant,
			kind_name(e->kind), e->address, e->width, value, e->rip);
}
