/* SPDX-License-Identifier: EPL-2.0 */
/*
 * A session on the fake machine and the debugger's end of its line: sends packets, and takes apart
 * what comes back. In a reply, `reply` is the last packet's payload and `console` the text of all O
 * packets before it.
 */
#ifndef TESTS_HOST_FAKE_LINE_H
#define TESTS_HOST_FAKE_LINE_H

#include "fake_debugger.h"
#include "rsp/rsp_session.h"

#define FAKE_LINE_PACKET_SIZE 0x1000 /* what the line announces; replies may be longer */

struct fake_line {
	struct rsp_session session;
	u8 raw[1 << 20]; /* everything written since fake_line_clear() */
	size_t raw_length;
	char reply[RSP_PACKET_SIZE + 1];
	size_t reply_length;
	char console[1 << 18];
	unsigned packets, acks, naks;
	bool damaged; /* something was written that is neither a packet nor an ack */
};

extern struct fake_line line;

/* A new machine, a new session, acks on. */
void fake_line_open(void);

/* Forgets what was written and reads what has been written since into the fields above. */
void fake_line_clear(void);
void fake_line_read(void);

/* Feeds bytes to the stopped session; the last event that was not RSP_NOTHING. */
enum rsp_event fake_line_feed(const void *bytes, size_t length);

/* Clears, sends a packet, runs the machine if told to and announces its stop, reads. */
enum rsp_event fake_line_send(const void *payload, size_t length);

/* The same for text; returns line.reply. */
const char *fake_line_ask(const char *text);

/* `monitor TEXT`; returns line.console. */
const char *fake_line_monitor(const char *text);

#endif
