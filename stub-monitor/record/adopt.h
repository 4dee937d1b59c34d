/* SPDX-License-Identifier: EPL-2.0 */
/*
 * A recording that begins while drivers are at work has not seen what they told their devices. For some devices it can be
 * read back: their registers that hold addresses give what was written, and reading changes nothing.
 */
#ifndef RECORD_ADOPT_H
#define RECORD_ADOPT_H

/* Devices of which that is not known, or not all, are named in the monitor's log and in each divergence. */
void adopt_devices(void);

#endif
