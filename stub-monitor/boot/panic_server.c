/* SPDX-License-Identifier: EPL-2.0 */
#include "boot/panic_server.h"

#include "lib/panic.h"

static struct rsp_session *served;
static int (*receive_byte)(void);
static bool fails_itself;

/* Polling: neither interrupts nor anything else of the failed monitor is used but the session. */
static void serve(void)
{
	if (fails_itself)
		panic("provoked by the option test-fault=server");
	rsp_session_fail(served, panic_reason());
	for (;;) {
		int byte = receive_byte();

		if (byte >= 0)
			rsp_session_receive(served, (u8)byte);
	}
}

void panic_server_init(struct rsp_session *session, int (*receive)(void), bool then_fault)
{
	served = session;
	receive_byte = receive;
	fails_itself = then_fault;
	panic_set_server(serve);
}
