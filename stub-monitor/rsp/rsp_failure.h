/* SPDX-License-Identifier: EPL-2.0 */
/*
 * What is still served after the monitor itself has failed: reading. A packet or `monitor` command
 * that is not listed is refused, so that a new one is, until somebody has thought about it.
 */
#ifndef RSP_RSP_FAILURE_H
#define RSP_RSP_FAILURE_H

#include "rsp/rsp_commands.h"

/* By the name in the tables of rsp_commands.c and cmd_monitor.c. */
bool rsp_failure_serves_packet(const char *name);
bool rsp_failure_serves_command(const char *name);

/* `E.` and a line with the reason. */
enum rsp_answer rsp_failure_answer(struct rsp_session *session);

#endif
