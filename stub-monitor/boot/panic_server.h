/* SPDX-License-Identifier: EPL-2.0 */
/* After a panic: the debugger reads the guest and the monitor's log; nothing runs, nothing is written. */
#ifndef BOOT_PANIC_SERVER_H
#define BOOT_PANIC_SERVER_H

#include "rsp/rsp_session.h"

/*
 * From now on a panic ends in serving `session`. `receive`: the line's next byte, or -1. With
 * `then_fault` the server itself fails at once, for the test of what happens then.
 */
void panic_server_init(struct rsp_session *session, int (*receive)(void), bool then_fault);

#endif
