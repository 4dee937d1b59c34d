/* SPDX-License-Identifier: EPL-2.0 */
/*
 * The T packet: why the guest stopped, and the registers that save gdb a `g` per step (GDB manual,
 * Stop Reply Packets). Pure.
 */
#ifndef RSP_STOP_REPLY_H
#define RSP_STOP_REPLY_H

#include "rsp/rsp_session.h"

/* Appends the stop reply for session->stop to session->reply. */
void rsp_build_stop_reply(struct rsp_session *session);

#endif
