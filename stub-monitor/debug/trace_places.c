/* SPDX-License-Identifier: EPL-2.0 */
#include "debug/trace_places.h"

#include "debug/tracepoint.h"
#include "npt/guest_linear.h"
#include "npt/guest_ram.h"
#include "vt/machine.h"

static struct {
	bool in_ram;
	struct gpa gpa;
} places[TRACEPOINTS_MAX];
static unsigned count;

void trace_places_arm(void)
{
	count = trace_state()->running ? tracepoint_count() : 0;
	for (unsigned i = 0; i < count; i++) {
		struct guest_walk walk = guest_linear_walk(&machine.cpu,
			(struct gla){tracepoint_at(i)->address}, 0);

		places[i].gpa = walk.gpa;
		places[i].in_ram = walk.status == GUEST_WALK_OK && guest_ram_patch(walk.gpa);
	}
}

void trace_places_disarm(void)
{
	count = 0;
}

bool trace_places_any(void)
{
	return count != 0;
}

void trace_places_pass(struct gpa gpa)
{
	for (unsigned i = 0; i < count; i++)
		if (places[i].in_ram && places[i].gpa.addr == gpa.addr)
			tracepoint_hit(i);
}
