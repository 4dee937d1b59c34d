/* SPDX-License-Identifier: EPL-2.0 */
#include "debug/exceptions.h"

static u32 selected, passed;
static bool armed;

void exceptions_select(u32 vectors)
{
	selected = vectors;
}

u32 exceptions_selected(void)
{
	return selected;
}

void exceptions_pass(u32 vectors)
{
	passed = vectors;
}

void exceptions_arm(void)
{
	armed = true;
}

void exceptions_disarm(void)
{
	armed = false;
}

bool exceptions_any(void)
{
	return selected & ~passed;
}

u32 exceptions_trapped(void)
{
	return armed ? selected & ~passed : 0;
}
