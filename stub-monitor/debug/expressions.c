/* SPDX-License-Identifier: EPL-2.0 */
#include "debug/expressions.h"

#include "debug/agent_machine.h"
#include "lib/string.h"

static struct {
	bool used;
	u8 code[AGENT_CODE_MAX];
} slots[EXPRESSIONS_MAX];

static unsigned free_slots(void)
{
	unsigned count = 0;

	for (unsigned i = 0; i < EXPRESSIONS_MAX; i++)
		count += !slots[i].used;
	return count;
}

/* There is one. */
static u8 store(const struct agent_code *code)
{
	u8 i = 0;

	while (slots[i].used)
		i++;
	slots[i].used = true;
	memcpy(slots[i].code, code->bytes, code->length);
	return i;
}

static bool all_check(const struct agent_code *code, unsigned count, bool wants_value)
{
	for (unsigned i = 0; i < count; i++)
		if (agent_check(code[i].bytes, code[i].length, wants_value) != AGENT_OK)
			return false;
	return true;
}

enum status expressions_replace(struct expression_set *set,
	const struct breakpoint_actions *actions)
{
	unsigned wanted = actions->condition_count + actions->command_count;

	if (!all_check(actions->condition, actions->condition_count, true) ||
		!all_check(actions->command, actions->command_count, false))
		return STATUS_MALFORMED;
	if (wanted > BREAKPOINT_EXPRESSIONS ||
		wanted > free_slots() + set->conditions + set->commands)
		return STATUS_TABLE_FULL;
	expressions_drop(set);
	for (unsigned i = 0; i < actions->condition_count; i++)
		set->slot[set->conditions++] = store(&actions->condition[i]);
	for (unsigned i = 0; i < actions->command_count; i++)
		set->slot[set->conditions + set->commands++] = store(&actions->command[i]);
	return STATUS_OK;
}

void expressions_drop(struct expression_set *set)
{
	for (unsigned i = 0; i < set->conditions + set->commands; i++)
		slots[set->slot[i]].used = false;
	*set = (struct expression_set){0};
}

bool expressions_true(const struct expression_set *set, enum agent_status *failure)
{
	u64 value;

	*failure = AGENT_OK;
	for (unsigned i = 0; i < set->conditions && *failure == AGENT_OK; i++) {
		*failure = agent_run(slots[set->slot[i]].code, &agent_machine, &value);
		if (value)
			return true;
	}
	return !set->conditions || *failure != AGENT_OK;
}

enum agent_status expressions_run(const struct expression_set *set)
{
	enum agent_status status = AGENT_OK;
	u64 value;

	for (unsigned i = 0; i < set->commands && status == AGENT_OK; i++)
		status = agent_run(slots[set->slot[set->conditions + i]].code, &agent_machine,
			&value);
	return status;
}
