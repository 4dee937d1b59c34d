/* SPDX-License-Identifier: EPL-2.0 */
/*
 * One debugger at the other end of a line: acks, retransmission, and when a stop reply is owed.
 * Pure: bytes come in by rsp_session_receive(), go out by the transport, and the machine is reached
 * by debug/debugger.h.
 *
 * Order of calls, by the monitor's main loop:
 * 	rsp_session_init
 * 	guest stopped:  rsp_session_receive for each byte, until it returns RSP_RESUME or RSP_DETACHED
 * 	guest running:  rsp_session_receive_running for each byte, until it returns true (then stop the guest
 * 			and hand over no further byte before the next line)
 * 	it has stopped: rsp_session_stopped; it may ask to run on at once, else back to the first
 *
 * A debugger may vanish and another one come at any moment, running or stopped, without a word.
 */
#ifndef RSP_RSP_SESSION_H
#define RSP_RSP_SESSION_H

#include "debug/debugger.h"
#include "rsp/rsp_decode.h"
#include "rsp/rsp_encode.h"
#include "rsp/rsp_sequence.h"

/*
 * The line. write() takes all `length` bytes, waiting if it must. packet_size() is what to announce on it now.
 */
struct rsp_transport {
	void (*write)(void *context, const void *data, size_t length);
	u32 (*packet_size)(void *context);
	void *context;
};

/* Where a relocated guest is, against its file (monitor set offsets). */
struct rsp_offsets {
	bool set;
	u64 text, data;
};

struct rsp_architecture;

enum rsp_event {
	RSP_NOTHING,
	RSP_RESUME,   /* run the guest as session->resume says, then rsp_session_stopped() */
	RSP_DETACHED, /* run the guest freely; no stop reply until a debugger asks */
};

struct rsp_session {
	struct resume resume; /* what RSP_RESUME asks for */

	/* the rest is private to rsp/ */
	struct rsp_transport transport;
	struct rsp_decoder decoder;
	struct rsp_reply reply;
	struct rsp_frame last; /* what was sent last; length 0: nothing to send again */
	struct stop stop; /* the last one; its text is valid only while it is being announced */
	unsigned unacked; /* packets sent whose + or - has not come */
	const char
		*failure; /* why the monitor has failed, or NULL: then it can only be read from */
	bool answering; /* a packet is being carried out (it may be a journey), its answer is not sent yet */
	bool attached;        /* a debugger has spoken and not left */
	bool stop_reply_owed; /* it waits for one */
	bool packet_waits; /* came while the guest ran, is in the decoder, to be answered at the stop */
	bool no_ack;       /* QStartNoAckMode */
	bool no_ack_confirming; /* its OK has not been acknowledged yet */
	bool wants_swbreak, wants_hwbreak, wants_error_text;
	struct rsp_offsets offsets;
	const struct rsp_architecture
		*architecture; /* what the next debugger gets; NULL: no change */
	unsigned trace_frame; /* 1 + the number of the one looked at (tfind); 0: the guest itself */
	bool step_interrupts; /* monitor set step-interrupts */
	struct rsp_sequence sequence;
	bool physical_memory; /* QRetro.PhysicalMemory: m, M and X take guest-physical addresses */
};

/* `first_stop`: what `?` answers before anything has run. The transport is copied. */
void rsp_session_init(struct rsp_session *session, const struct rsp_transport *transport,
	const struct stop *first_stop);

/* A byte while the guest is stopped. Answers what it completes; may take long (monitor seek). */
enum rsp_event rsp_session_receive(struct rsp_session *session, u8 byte);

/*
 * A byte while the guest runs, or travels. True: stop it; a debugger broke in, or sent a packet,
 * which rsp_session_stopped() will answer.
 */
bool rsp_session_receive_running(struct rsp_session *session, u8 byte);

/*
 * The guest has stopped: sends the stop reply if one is owed, or answers the packet that made it stop. RSP_RESUME then says
 * that the debugger goes on waiting: run on as session->resume says. `stop` is not kept.
 */
enum rsp_event rsp_session_stopped(struct rsp_session *session, const struct stop *stop);

/*
 * The monitor itself has failed (a panic), in the middle of whatever it did: a debugger that waits
 * for a stop gets one that says so, a packet that was being carried out is answered with an error.
 * From now on rsp_session_receive() serves what reads, and refuses the rest. `why` is kept.
 */
void rsp_session_fail(struct rsp_session *session, const char *why);

/*
 * Guest running, the line free: sends the first of the text in the console ring (debug/console_ring.h) as an O packet.
 * Without a debugger that waits for the guest the text is dropped.
 */
void rsp_session_send_waiting(struct rsp_session *session);

/*
 * Text for the debugger's console (an O packet); dropped unless a debugger waits for a running
 * guest.
 */
void rsp_session_console(struct rsp_session *session, const char *text);

/* For commands only: the same while stopped, between a qRcmd and its OK. */
void rsp_send_console(struct rsp_session *session, const char *text);

/* For commands only: forgets what the debugger that was here had asked for. */
void rsp_session_new_debugger(struct rsp_session *session);

#endif
