/* SPDX-License-Identifier: EPL-2.0 */
/*
 * IN, OUT, INS, OUTS: what the monitor owns is answered here, everything else is an input or output
 * of the guest.
 */
#include "exit/exit.h"

#include "clock/instruction_clock.h"
#include "cpu/io.h"
#include "dev/a20.h"
#include "dev/pci.h"
#include "dev/pic_8259.h"
#include "dev/uart_16550.h"
#include "dev/virtio_console.h"
#include "insn/insn_address.h"
#include "insn/insn_emulate.h"
#include "npt/guest_linear.h"
#include "vt/machine.h"

#define PORT_RESET_CONTROL  0xcf9 /* bit 2 set: reset */
#define PORT_CONFIG_ADDRESS 0xcf8

static bool is_uart(u16 port)
{
	return port >= uart_base() && port < uart_base() + UART_PORTS;
}

static bool is_pic(u16 port)
{
	return port == PIC_MASTER_COMMAND || port == PIC_MASTER_DATA;
}

/* The monitor's own devices: nothing there, for the guest. */
static bool is_hidden(u16 port)
{
	return is_uart(port) || virtio_console_port(port) || pci_port_is_owned(port);
}

/* A wide access that touches a port of the monitor's is made byte by byte. */
static bool touches_owned(u16 port, u8 width)
{
	for (unsigned i = 0; i < width; i++)
		if (is_hidden((u16)(port + i)) || is_pic((u16)(port + i)) ||
			a20_is_port((u16)(port + i)))
			return true;
	return false;
}

static bool byte_asks_for_reset(u16 port, u8 value)
{
	if (port == PORT_RESET_CONTROL)
		return value & BIT(2);
	if (port == PORT_SYSTEM_A)
		return value & BIT(0); /* fast reset */
	/* F0h-FFh with bit 0 clear: pulse the reset line */
	return port == PORT_KEYBOARD_COMMAND && (value & 0xf1) == 0xf0;
}

/*
 * Whatever byte of the access reaches such a port. Only the whole double word at 0xCF8 is something
 * else: PCI's configuration address (PCI 3.0, 3.2.2.3.2).
 */
static bool asks_for_reset(u16 port, u8 width, u32 value)
{
	if (port == PORT_CONFIG_ADDRESS && width == 4)
		return false;
	for (unsigned i = 0; i < width; i++)
		if (byte_asks_for_reset((u16)(port + i), (u8)(value >> 8 * i)))
			return true;
	return false;
}

static u32 width_mask(u8 width)
{
	return width == 4 ? ~0u : (1u << 8 * width) - 1;
}

static u8 read_byte(u16 port)
{
	if (is_hidden(port))
		return 0xff;
	return is_pic(port) ? pic_guest_read(port) : (u8)io_read(port, 1);
}

static u32 read_port(u16 port, u8 width)
{
	u32 value = 0;

	if (!touches_owned(port, width))
		return io_read(port, width);
	for (unsigned i = 0; i < width; i++)
		value |= (u32)read_byte((u16)(port + i)) << 8 * i;
	return value;
}

static void write_byte(u16 port, u8 value)
{
	if (is_pic(port))
		pic_guest_write(port, value);
	else if (!is_hidden(port))
		io_write(port, 1, a20_guest_write(port, value));
}

static void write_port(u16 port, u8 width, u32 value)
{
	if (asks_for_reset(port, width, value))
		return;
	if (!touches_owned(port, width)) {
		io_write(port, width, value);
		return;
	}
	for (unsigned i = 0; i < width; i++)
		write_byte((u16)(port + i), (u8)(value >> 8 * i));
}

static void perform_in(struct trace_event *event, void *data)
{
	(void)data;
	event->value = read_port((u16)event->address, (u8)event->width);
}

static void perform_out(struct trace_event *event, void *data)
{
	(void)data;
	write_port((u16)event->address, (u8)event->width, (u32)event->value);
}

static u32 load_element(const u8 *at, u8 width)
{
	return width == 1 ? *at : width == 2 ? *(const u16 *)at : *(const u32 *)at;
}

static void store_element(u8 *at, u8 width, u32 value)
{
	for (unsigned i = 0; i < width; i++)
		at[i] = (u8)(value >> 8 * i);
}

static void perform_ins(struct trace_event *event, void *data)
{
	for (u32 i = 0; i < event->data_length; i += event->width)
		store_element((u8 *)data + i, (u8)event->width,
			read_port((u16)event->address, (u8)event->width));
}

static void perform_outs(struct trace_event *event, void *data)
{
	for (u32 i = 0; i < event->data_length; i += event->width)
		write_port((u16)event->address, (u8)event->width,
			load_element((u8 *)data + i, (u8)event->width));
}

static enum exit_action reset_stop(struct stop *stop)
{
	*stop = (struct stop){STOP_RESET, 0,
		"the guest asked for a machine reset; continuing ignores the request"};
	return STOP_FOR_DEBUGGER;
}

static enum exit_action single_in(const struct vm_exit *exit, const struct insn *insn,
	struct stop *stop)
{
	struct trace_event event = {.kind = EVENT_PORT_READ,
		.address = exit->port,
		.width = exit->width};
	u64 *rax = &machine.cpu.gpr[RAX], mask = width_mask(exit->width);

	if (exit_input(&event, NULL, perform_in, stop) == STOP_FOR_DEBUGGER)
		return STOP_FOR_DEBUGGER;
	*rax = exit->width == 4 ? (u32)event.value : (*rax & ~mask) | (event.value & mask);
	exit_complete(insn);
	return RESUME_GUEST;
}

static enum exit_action single_out(const struct vm_exit *exit, const struct insn *insn,
	struct stop *stop)
{
	struct trace_event event = {.kind = EVENT_PORT_WRITE,
		.address = exit->port,
		.width = exit->width,
		.value = (u32)machine.cpu.gpr[RAX] & width_mask(exit->width)};

	if (exit_input(&event, NULL, perform_out, stop) == STOP_FOR_DEBUGGER)
		return STOP_FOR_DEBUGGER;
	exit_complete(insn);
	return asks_for_reset(exit->port, exit->width, (u32)event.value) ? reset_stop(stop)
									 : RESUME_GUEST;
}

/*
 * Elements that one event takes: up to the end of the page and of the buffer, upwards only; 1 where
 * that is not possible.
 */
static u64 batch(const struct insn_string_io *io)
{
	u64 in_page = (PAGE_SIZE - (io->element.addr & PAGE_MASK)) / io->width;

	if (io->step < 0 || in_page == 0)
		return 1;
	return min_u64(io->count, min_u64(in_page, TRACE_DATA_MAX / io->width));
}

static bool string_allowed(const struct insn_string_io *io, u64 bytes)
{
	enum insn_access access = io->to_memory ? INSN_WRITE : INSN_READ;

	if (!insn_segment_allows(&machine.cpu, io->segment,
		    io->element.addr - machine.cpu.segment[io->segment].base, (unsigned)bytes,
		    access) &&
		!cpu_in_64bit_code(&machine.cpu)) {
		exit_inject_exception(VECTOR_GP, 0);
		return false;
	}
	return exit_check_page(io->element, io->to_memory ? PF_WRITE : 0) &&
		exit_check_page((struct gla){io->element.addr + bytes - 1},
			io->to_memory ? PF_WRITE : 0);
}

static bool string_asks_for_reset(const struct insn_string_io *io, const u8 *data, u32 bytes)
{
	for (u32 i = 0; i < bytes; i += io->width)
		if (asks_for_reset(io->port, (u8)io->width, load_element(data + i, (u8)io->width)))
			return true;
	return false;
}

static enum exit_action string_in(const struct insn_string_io *io, u32 bytes, struct stop *stop)
{
	static u8 buffer[TRACE_DATA_MAX];
	struct trace_event event = {.kind = EVENT_PORT_READ,
		.address = io->port,
		.width = (u16)io->width,
		.data_length = bytes};

	if (exit_input(&event, buffer, perform_ins, stop) == STOP_FOR_DEBUGGER)
		return STOP_FOR_DEBUGGER;
	if (guest_linear_write(&machine.cpu, io->element, buffer, event.data_length) != STATUS_OK)
		return exit_limit(stop, "INS into device memory at 0x%lx", io->element.addr);
	return RESUME_GUEST;
}

/* `*reset`: an element asks for a reset. */
static enum exit_action string_out(const struct insn_string_io *io, u32 bytes, bool *reset,
	struct stop *stop)
{
	static u8 buffer[TRACE_DATA_MAX];
	struct trace_event event = {.kind = EVENT_PORT_WRITE,
		.address = io->port,
		.width = (u16)io->width,
		.data_length = bytes};
	size_t done;

	guest_linear_read(&machine.cpu, io->element, buffer, bytes, &done);
	if (done != bytes)
		return exit_limit(stop, "OUTS from device memory at 0x%lx", io->element.addr);
	*reset = string_asks_for_reset(io, buffer, bytes);
	return exit_input(&event, buffer, perform_outs, stop);
}

static enum exit_action string_io(const struct insn *insn, struct stop *stop)
{
	struct insn_string_io io;
	enum exit_action action;
	bool reset = false;
	u64 elements;

	if (!insn_string_io(&machine.cpu, insn, &io))
		return exit_limit(stop, "port exit at 0x%lx is no INS or OUTS", machine.cpu.rip);
	elements = io.count ? batch(&io) : 0;
	if (elements) {
		if (!string_allowed(&io, elements * io.width))
			return RESUME_GUEST;
		action = io.to_memory ? string_in(&io, (u32)(elements * io.width), stop)
				      : string_out(&io, (u32)(elements * io.width), &reset, stop);
		if (action == STOP_FOR_DEBUGGER)
			return action;
	}
	insn_string_io_advance(&machine.cpu, insn, elements);
	clock_tick();
	return reset ? reset_stop(stop) : RESUME_GUEST;
}

enum exit_action exit_port(const struct vm_exit *exit, struct stop *stop)
{
	struct insn insn;

	if (!exit_decode(&insn, stop))
		return STOP_FOR_DEBUGGER;
	if (exit->string && !exit_touch_strings(&insn, stop))
		return STOP_FOR_DEBUGGER;
	if (exit->string)
		return string_io(&insn, stop);
	return exit->in ? single_in(exit, &insn, stop) : single_out(exit, &insn, stop);
}
