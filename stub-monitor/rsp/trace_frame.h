/* SPDX-License-Identifier: EPL-2.0 */
/* The trace frame that the debugger looks at (tfind): registers and memory are then those that were collected. */
#ifndef RSP_TRACE_FRAME_H
#define RSP_TRACE_FRAME_H

#include "rsp/rsp_session.h"

static inline bool rsp_in_trace_frame(const struct rsp_session *session)
{
	return session->trace_frame != 0;
}

/* All registers in their order, `length` bytes. NULL: none. */
const u8 *rsp_trace_registers(const struct rsp_session *session, size_t *length);

/* What one block has of the range, from its beginning on. */
enum status rsp_trace_memory(const struct rsp_session *session, u64 address, void *buffer,
	size_t length, size_t *done);

/* The value of a trace state variable. False: it was not collected. */
bool rsp_trace_variable(const struct rsp_session *session, u16 number, u64 *value);

#endif
