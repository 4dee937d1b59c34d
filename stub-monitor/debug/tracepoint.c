/* SPDX-License-Identifier: EPL-2.0 */
#include "debug/tracepoint.h"

#include "debug/debugger.h"
#include "debug/guest_registers.h"
#include "debug/trace_buffer.h"
#include "lib/string.h"

#define PIECE 1024 /* bytes of memory read at once */

static struct tracepoint table[TRACEPOINTS_MAX];
static unsigned count;
static u8 code[TRACE_CODE_BYTES]; /* filled until the next reset */
static size_t code_used;
static struct trace_state state;
static struct {
	bool defined;
	u64 value;
} variables[TRACE_VARIABLES];
static bool unreadable; /* why collecting failed: memory, and not room */

void trace_reset(void)
{
	memset(variables, 0, sizeof(variables));
	memset(&state, 0, sizeof(state));
	count = 0;
	code_used = 0;
	trace_buffer_clear();
}

/* ---- variables ---- */

bool trace_variable_defined(u16 number)
{
	return number < TRACE_VARIABLES && variables[number].defined;
}

u64 trace_variable_get(u16 number)
{
	return number < TRACE_VARIABLES ? variables[number].value : 0;
}

bool trace_variable_set(u16 number, u64 value)
{
	if (number >= TRACE_VARIABLES)
		return false;
	variables[number].defined = true;
	variables[number].value = value;
	return true;
}

/* ---- defining ---- */

static struct tracepoint *find(u16 number, u64 address)
{
	for (unsigned i = 0; i < count; i++)
		if (table[i].number == number && table[i].address == address)
			return &table[i];
	return NULL;
}

static enum status keep_code(struct agent_code *kept, bool wants_value)
{
	if (agent_check(kept->bytes, kept->length, wants_value) != AGENT_OK)
		return STATUS_MALFORMED;
	if (kept->length > TRACE_CODE_BYTES - code_used)
		return STATUS_TABLE_FULL;
	memcpy(code + code_used, kept->bytes, kept->length);
	kept->bytes = code + code_used;
	code_used += kept->length;
	return STATUS_OK;
}

enum status trace_define(const struct tracepoint *tracepoint)
{
	struct tracepoint *found = find(tracepoint->number, tracepoint->address);
	struct agent_code condition = tracepoint->condition;
	enum status status = STATUS_OK;

	if (!found && count == TRACEPOINTS_MAX)
		return STATUS_TABLE_FULL;
	if (condition.length)
		status = keep_code(&condition, true);
	if (status != STATUS_OK)
		return status;
	if (!found)
		found = &table[count++];
	memset(found, 0, sizeof(*found));
	found->number = tracepoint->number;
	found->address = tracepoint->address;
	found->enabled = tracepoint->enabled;
	found->pass_count = tracepoint->pass_count;
	found->condition = condition;
	return STATUS_OK;
}

enum status trace_add_action(u16 number, u64 address, const struct trace_action *action)
{
	struct tracepoint *found = find(number, address);
	struct trace_action kept = *action;
	enum status status = STATUS_OK;

	if (!found)
		return STATUS_NOT_FOUND;
	if (found->action_count == TRACE_ACTIONS_MAX)
		return STATUS_TABLE_FULL;
	if (action->kind == TRACE_EXPRESSION)
		status = keep_code(&kept.code, false);
	if (status == STATUS_OK)
		found->action[found->action_count++] = kept;
	return status;
}

struct trace_mark trace_mark(u16 number, u64 address)
{
	const struct tracepoint *found = find(number, address);

	return (struct trace_mark){found ? found->action_count : 0, code_used};
}

void trace_back_to(u16 number, u64 address, const struct trace_mark *mark)
{
	struct tracepoint *found = find(number, address);

	if (found)
		found->action_count = mark->actions;
	code_used = mark->code_used;
}

enum status trace_enable(u16 number, u64 address, bool enabled)
{
	struct tracepoint *found = find(number, address);

	if (!found)
		return STATUS_NOT_FOUND;
	found->enabled = enabled;
	return STATUS_OK;
}

unsigned tracepoint_count(void)
{
	return count;
}

const struct tracepoint *tracepoint_at(unsigned index)
{
	return &table[index];
}

/* ---- running ---- */

void trace_start(void)
{
	trace_buffer_clear();
	for (unsigned i = 0; i < count; i++)
		table[i].hits = table[i].bytes = 0;
	state = (struct trace_state){.running = true};
}

static void end(enum trace_end why, u16 tracepoint)
{
	state.running = false;
	state.end = why;
	state.tracepoint = tracepoint;
}

void trace_stop(void)
{
	if (state.running)
		end(TRACE_STOPPED, 0);
}

const struct trace_state *trace_state(void)
{
	return &state;
}

/* ---- collecting ---- */

static bool read_register(void *context, u16 number, u64 *value)
{
	(void)context;
	return guest_register_value(number, value);
}

static bool read_memory(void *context, u64 address, void *buffer, size_t length)
{
	size_t done;

	(void)context;
	return debugger_read_memory((struct gla){address}, buffer, length, &done) == STATUS_OK &&
		done == length;
}

static bool collect_memory(void *context, u64 address, u64 length)
{
	static u8 bytes[PIECE];

	for (u64 done = 0, part; done < length; done += part) {
		part = min_u64(length - done, PIECE);
		if (!read_memory(context, address + done, bytes, part)) {
			unreadable = true;
			return false;
		}
		if (!trace_frame_memory(address + done, bytes, (u16)part))
			return false;
	}
	return true;
}

static bool collect_variable(void *context, u16 number)
{
	(void)context;
	return trace_frame_variable(number, trace_variable_get(number));
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

static const struct agent_host host = {
	.read_register = read_register,
	.read_memory = read_memory,
	.get_variable = get_variable,
	.set_variable = set_variable,
	.collect_memory = collect_memory,
	.collect_variable = collect_variable,
};

static enum agent_status collect_range(const struct trace_action *action)
{
	u64 base = 0;

	if (action->base != TRACE_ABSOLUTE && !guest_register_value((unsigned)action->base, &base))
		return AGENT_NO_REGISTER;
	return collect_memory(NULL, base + action->offset, action->length) ? AGENT_OK
									   : AGENT_NO_ROOM;
}

static enum agent_status collect(const struct tracepoint *tracepoint)
{
	static u8 registers[GUEST_REGISTERS_BYTES];
	enum agent_status status = AGENT_OK;
	u64 value;

	if (!trace_frame_begin(tracepoint->number) ||
		!trace_frame_registers(registers, guest_registers_block(registers)))
		return AGENT_NO_ROOM;
	for (unsigned i = 0; i < tracepoint->action_count && status == AGENT_OK; i++) {
		const struct trace_action *action = &tracepoint->action[i];

		if (action->kind == TRACE_MEMORY)
			status = collect_range(action);
		if (action->kind == TRACE_EXPRESSION)
			status = agent_run(action->code.bytes, &host, &value);
	}
	return status == AGENT_NO_ROOM && unreadable ? AGENT_NO_MEMORY : status;
}

static void fail(u16 tracepoint, enum agent_status status)
{
	end(status == AGENT_NO_ROOM ? TRACE_FULL : TRACE_FAILED, tracepoint);
	state.failure = status;
}

void tracepoint_hit(unsigned index)
{
	struct tracepoint *tracepoint = &table[index];
	size_t before = trace_buffer_used();
	enum agent_status status = AGENT_OK;
	u64 wanted = 1;

	if (!state.running || !tracepoint->enabled)
		return;
	unreadable = false;
	if (tracepoint->condition.length)
		status = agent_run(tracepoint->condition.bytes, &host, &wanted);
	if (status == AGENT_OK && !wanted)
		return;
	if (status == AGENT_OK) {
		status = collect(tracepoint);
		trace_frame_end(status == AGENT_OK);
	}
	if (status != AGENT_OK) {
		fail(tracepoint->number, status);
		return;
	}
	tracepoint->hits++;
	tracepoint->bytes += trace_buffer_used() - before;
	if (tracepoint->hits == tracepoint->pass_count)
		end(TRACE_PASSED, tracepoint->number);
}
