/* SPDX-License-Identifier: EPL-2.0 */
/*
 * g, G, p, P (GDB manual, Packets). `g` holds everything before the AVX registers, which gdb
 * fetches by `p`. Writes go through a changed copy of the whole state: all of it is accepted, or
 * nothing changes.
 */
#include "debug/guest_registers.h"
#include "lib/hex.h"
#include "lib/string.h"
#include "rsp/register_table.h"
#include "rsp/rsp_commands.h"
#include "rsp/trace_frame.h"

static bool in_general_packet(unsigned number)
{
	return number < rsp_register_count && rsp_registers[number].feature != RSP_FEATURE_AVX;
}

size_t guest_registers_block(u8 *block)
{
	size_t length = 0;

	for (unsigned i = 0; i < rsp_register_count; i++) {
		rsp_register_read(debugger_cpu(), i, block + length);
		length += rsp_registers[i].size;
	}
	return length;
}

/* Where a register is among all of them, one after the other. */
static size_t offset_of(unsigned number)
{
	size_t offset = 0;

	for (unsigned i = 0; i < number; i++)
		offset += rsp_registers[i].size;
	return offset;
}

static size_t length_of_general_packet(void)
{
	unsigned count = 0;

	while (in_general_packet(count))
		count++;
	return offset_of(count);
}

/* Of a trace frame: false if it has none. */
static bool add_traced(struct rsp_session *session, size_t offset, size_t size)
{
	size_t length;
	const u8 *registers = rsp_trace_registers(session, &length);

	if (!registers || offset + size > length)
		return false;
	rsp_reply_hex(&session->reply, registers + offset, size);
	return true;
}

static void add_register(struct rsp_session *session, unsigned number)
{
	u8 value[RSP_REGISTER_MAX];

	rsp_register_read(debugger_cpu(), number, value);
	rsp_reply_hex(&session->reply, value, rsp_registers[number].size);
}

static void add_unavailable(struct rsp_session *session, unsigned size)
{
	for (unsigned i = 0; i < size; i++)
		rsp_reply_text(&session->reply, "xx");
}

/* An unchanged state is not handed on: in the past, writing starts another branch of history. */
static enum status set_cpu_if_changed(const struct cpu_state *cpu)
{
	if (memcmp(cpu, debugger_cpu(), sizeof(*cpu)) == 0)
		return STATUS_OK;
	return debugger_set_cpu(cpu);
}

enum rsp_answer rsp_read_registers(struct rsp_session *session, struct rsp_args *args)
{
	(void)args;
	if (rsp_in_trace_frame(session)) {
		add_traced(session, 0, length_of_general_packet());
		return RSP_ANSWER_REPLY;
	}
	for (unsigned i = 0; in_general_packet(i); i++)
		add_register(session, i);
	return RSP_ANSWER_REPLY;
}

static bool take_value(struct rsp_args *args, unsigned number, u8 *value)
{
	size_t size = rsp_registers[number].size;

	if (rsp_args_left(args) < 2 * size || !hex_decode(value, args->at, size))
		return false;
	args->at += 2 * size;
	return true;
}

/* Read-only registers are part of every G; what it says of them does not count. */
static enum status write_one_of_all(struct cpu_state *cpu, unsigned number, struct rsp_args *args)
{
	u8 value[RSP_REGISTER_MAX];

	if (!take_value(args, number, value))
		return STATUS_MALFORMED;
	if (rsp_registers[number].kind == RSP_REGISTER_READ_ONLY)
		return STATUS_OK;
	return rsp_register_write(cpu, number, value);
}

enum rsp_answer rsp_write_registers(struct rsp_session *session, struct rsp_args *args)
{
	enum status status = STATUS_OK;
	struct cpu_state cpu;

	if (rsp_in_trace_frame(session))
		return rsp_answer_status(session, STATUS_UNSUPPORTED);
	memcpy(&cpu, debugger_cpu(), sizeof(cpu));
	for (unsigned i = 0; in_general_packet(i) && status == STATUS_OK; i++)
		status = write_one_of_all(&cpu, i, args);
	if (status == STATUS_OK && rsp_args_left(args))
		status = STATUS_MALFORMED;
	if (status == STATUS_OK)
		status = set_cpu_if_changed(&cpu);
	return rsp_answer_status(session, status);
}

static enum status take_register(struct rsp_args *args, unsigned *number)
{
	u64 wanted;

	if (!rsp_take_number(args, &wanted))
		return STATUS_MALFORMED;
	*number = (unsigned)min_u64(wanted, rsp_register_count);
	return wanted < rsp_register_count ? STATUS_OK : STATUS_NOT_FOUND;
}

enum rsp_answer rsp_read_register(struct rsp_session *session, struct rsp_args *args)
{
	unsigned number, size;
	enum status status = take_register(args, &number);

	if (status == STATUS_OK && rsp_args_left(args))
		status = STATUS_MALFORMED;
	if (status != STATUS_OK)
		return rsp_answer_status(session, status);
	size = rsp_registers[number].size;
	if (rsp_in_trace_frame(session)) {
		if (!add_traced(session, offset_of(number), size))
			add_unavailable(session, size);
	} else if (rsp_register_available(debugger_cpu(), number))
		add_register(session, number);
	else
		add_unavailable(session, size);
	return RSP_ANSWER_REPLY;
}

static enum status write_register(struct rsp_args *args)
{
	u8 value[RSP_REGISTER_MAX];
	struct cpu_state cpu;
	unsigned number;
	enum status status = take_register(args, &number);

	if (status != STATUS_OK)
		return status;
	if (!rsp_take_char(args, '=') || !take_value(args, number, value) || rsp_args_left(args))
		return STATUS_MALFORMED;
	memcpy(&cpu, debugger_cpu(), sizeof(cpu));
	status = rsp_register_write(&cpu, number, value);
	return status == STATUS_OK ? set_cpu_if_changed(&cpu) : status;
}

enum rsp_answer rsp_write_register(struct rsp_session *session, struct rsp_args *args)
{
	return rsp_answer_status(session,
		rsp_in_trace_frame(session) ? STATUS_UNSUPPORTED : write_register(args));
}
