/* SPDX-License-Identifier: EPL-2.0 */
/*
 * The room for breakpoints' agent expressions: copied in when a breakpoint is set, evaluated when the guest comes to
 * it.
 */
#ifndef DEBUG_EXPRESSIONS_H
#define DEBUG_EXPRESSIONS_H

#include "debug/debugger.h"

#define EXPRESSIONS_MAX 128 /* of all breakpoints together */

/* Those of one breakpoint. All zero: none. */
struct expression_set {
	u8 conditions, commands;
	u8 slot[BREAKPOINT_EXPRESSIONS]; /* the conditions, then the commands */
};

/* Puts the actions in the place of what the set holds; if they do not check, or do not fit, it stays as it is. */
enum status expressions_replace(struct expression_set *set,
	const struct breakpoint_actions *actions);
void expressions_drop(struct expression_set *set);

/* No condition, or one is true, or cannot be evaluated; `*failure` then says why, and is AGENT_OK otherwise. */
bool expressions_true(const struct expression_set *set, enum agent_status *failure);

/* Runs the commands, up to the first that fails. */
enum agent_status expressions_run(const struct expression_set *set);

#endif
