/* SPDX-License-Identifier: EPL-2.0 */
/*
 * What the monitor has to do for the guest at the live end: exits by kind, interrupts that it
 * delivers, ports that exit. Counted, not timed: some additions an exit. Replays do not count.
 */
#ifndef EXIT_COUNTERS_H
#define EXIT_COUNTERS_H

#include "vt/vt.h"

void counters_note_exit(const struct vm_exit *exit);
void counters_note_entry(const struct vt_event *inject);

#endif
