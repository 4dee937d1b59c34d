/* SPDX-License-Identifier: EPL-2.0 */
#include "debug/agent_machine.h"

#include "debug/console_ring.h"
#include "debug/guest_registers.h"
#include "debug/tracepoint.h"
#include "npt/guest_linear.h"
#include "vt/machine.h"

static bool read_register(void *context, u16 number, u64 *value)
{
	(void)context;
	return guest_register_value(number, value);
}

static bool read_memory(void *context, u64 address, void *buffer, size_t length)
{
	size_t done;

	(void)context;
	guest_linear_read(&machine.cpu, (struct gla){address}, buffer, length, &done);
	return done == length;
}

static u64 get_variable(void *context, u16 number)
{
	(void)context;
	return trace_variable_get(number);
}

static void set_variable(void *context, u16 number, u64 value)
{
	(void)context;
	trace_variable_set(number, value);
}

static void print(void *context, const char *text, size_t length)
{
	(void)context;
	console_ring_put(text, length);
}

const struct agent_host agent_machine = {
	.read_register = read_register,
	.read_memory = read_memory,
	.get_variable = get_variable,
	.set_variable = set_variable,
	.print = print,
};
