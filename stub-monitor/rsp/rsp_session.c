/* SPDX-License-Identifier: EPL-2.0 */
/*
 * The state machine of a session; see rsp_session.h. The only file of rsp/ that writes to the line.
 *
 * Acks (GDB manual, Packet Acknowledgment): a packet is acknowledged before it is carried out,
 * because a debugger repeats what is not acknowledged soon. We never wait for an ack. `-` speaks of
 * the oldest packet not acknowledged: if that is the last one it is sent again; an older one was
 * console text, and is lost.
 */
#include "rsp/rsp_session.h"

#include "debug/console_ring.h"
#include "lib/string.h"
#include "rsp/register_table.h"
#include "rsp/rsp_commands.h"
#include "rsp/rsp_failure.h"
#include "rsp/stop_reply.h"

#define CONSOLE_CHUNK 2047 /* an O packet of 4095 bytes, whatever the link takes */
#define WAITING_CHUNK 128  /* bytes at a time while the guest runs: sending holds it up */

void rsp_session_init(struct rsp_session *session, const struct rsp_transport *transport,
	const struct stop *first_stop)
{
	memset(session, 0, sizeof(*session));
	session->transport = *transport;
	session->stop = *first_stop;
	session->stop.text = NULL;
	rsp_decoder_init(&session->decoder);
}

void rsp_session_new_debugger(struct rsp_session *session)
{
	session->wants_swbreak = false;
	session->wants_hwbreak = false;
	session->wants_error_text = false;
	debugger_pass_exceptions(0);
	if (session->architecture)
		rsp_architecture = session->architecture;
	session->physical_memory = false;
	session->trace_frame = 0;
}

static void write_line(struct rsp_session *session, const void *data, size_t length)
{
	session->transport.write(session->transport.context, data, length);
}

static void send_reply(struct rsp_session *session)
{
	if (session->sequence.tag)
		rsp_sequence_wrap(session);
	rsp_encode_reply(&session->last, session->reply.payload, session->reply.length);
	session->unacked++;
	write_line(session, session->last.bytes, session->last.length);
}

void rsp_send_console(struct rsp_session *session, const char *text)
{
	bool nobody_reads = session->answering && session->packet_waits;
	size_t left = nobody_reads ? 0 : strlen(text);

	if (session->sequence.tag) {
		rsp_sequence_say(session, text);
		return;
	}
	while (left) {
		size_t chunk = min_u64(left, CONSOLE_CHUNK);

		rsp_reply_clear(&session->reply);
		rsp_reply_byte(&session->reply, 'O');
		rsp_reply_hex(&session->reply, text, chunk);
		send_reply(session);
		text += chunk;
		left -= chunk;
	}
	rsp_reply_clear(&session->reply);
}

void rsp_session_console(struct rsp_session *session, const char *text)
{
	if (session->attached && session->stop_reply_owed)
		rsp_send_console(session, text);
}

static void send_piece(struct rsp_session *session)
{
	char text[WAITING_CHUNK + 1];

	if (!session->attached || !session->stop_reply_owed)
		console_ring_clear();
	text[console_ring_take(text, WAITING_CHUNK)] = 0;
	rsp_session_console(session, text);
}

/* Not while a packet comes in: its sender waits for the reply, and for nothing else. */
void rsp_session_send_waiting(struct rsp_session *session)
{
	if (!rsp_decoder_inside_packet(&session->decoder))
		send_piece(session);
}

static void announce_stop(struct rsp_session *session)
{
	if (session->stop.text) {
		rsp_send_console(session, session->stop.text);
		rsp_send_console(session, "\n");
	}
	session->stop.text = NULL;
	session->stop_reply_owed = false;
	rsp_reply_clear(&session->reply);
	if (!rsp_picture_of_stop(session))
		rsp_build_stop_reply(session);
	send_reply(session);
}

static enum rsp_event give_answer(struct rsp_session *session, enum rsp_answer answer)
{
	switch (answer) {
	case RSP_ANSWER_REPLY:
		send_reply(session);
		return RSP_NOTHING;
	case RSP_ANSWER_STOP:
		announce_stop(session);
		return RSP_NOTHING;
	case RSP_ANSWER_RESUME:
		session->stop_reply_owed = true;
		session->trace_frame = 0;
		session->last.length = 0;
		return RSP_RESUME;
	case RSP_ANSWER_DETACH:
		send_reply(session);
		session->attached = false;
		return RSP_DETACHED;
	case RSP_ANSWER_LEAVE_STOPPED:
		if (session->reply.length)
			send_reply(session);
		session->attached = false;
		return RSP_NOTHING;
	}
	return RSP_NOTHING;
}

static void acknowledge(struct rsp_session *session, const char *ack)
{
	/*
	 * Only a debugger that does use acks sends this packet, so it is a new one and waits for
	 * the ack.
	 */
	if (rsp_is_packet(&session->decoder, "QStartNoAckMode"))
		session->no_ack = false;
	if (!session->no_ack)
		write_line(session, ack, 1);
	session->no_ack_confirming = false;
	session->unacked = 0;
}

static void send_again(struct rsp_session *session)
{
	write_line(session, session->last.bytes, session->last.length);
}

static enum rsp_answer run_one_command(struct rsp_session *session)
{
	enum rsp_answer answer;

	session->packet_waits = false;
	acknowledge(session, "+");
	session->attached = true;
	session->stop_reply_owed = false;
	rsp_reply_clear(&session->reply);
	session->answering = true;
	answer = rsp_run_command(session);
	session->answering = false;
	return answer;
}

/* A packet that comes in the middle of a long command is a new debugger's (see packet_while_running): answer that one. */
static enum rsp_answer run_command(struct rsp_session *session)
{
	enum rsp_answer answer = run_one_command(session);

	while (session->packet_waits)
		answer = run_one_command(session);
	return answer;
}

/* It was carried out before: its reply comes once more, as it is asked for now. */
static void repeat_reply(struct rsp_session *session)
{
	acknowledge(session, "+");
	if (!session->last.length)
		return;
	rsp_sequence_present(session);
	rsp_encode_reply(&session->last, session->reply.payload, session->reply.length);
	send_again(session);
}

static void send_part(struct rsp_session *session)
{
	acknowledge(session, "+");
	rsp_encode_reply(&session->last, session->reply.payload, session->reply.length);
	send_again(session);
}

static enum rsp_event receive_packet(struct rsp_session *session)
{
	switch (rsp_sequence_open(session)) {
	case RSP_SEQUENCE_REPEATED:
		repeat_reply(session);
		return RSP_NOTHING;
	case RSP_SEQUENCE_PART_ASKED:
		send_part(session);
		return RSP_NOTHING;
	case RSP_SEQUENCE_NEW:
		break;
	}
	return give_answer(session, run_command(session));
}

static void refuse_packet(struct rsp_session *session, enum rsp_input why)
{
	if (why == RSP_INPUT_DAMAGED && !session->no_ack) {
		write_line(session, "-", 1);
		return;
	}
	/*
	 * Asking for a too long packet again would bring it again; without acks an error is all
	 * there is.
	 */
	acknowledge(session, "+");
	rsp_reply_clear(&session->reply);
	give_answer(session, rsp_answer_status(session, STATUS_MALFORMED));
}

static void receive_ack(struct rsp_session *session)
{
	if (session->unacked)
		session->unacked--;
	if (!session->no_ack)
		return;
	/* Without acks nobody sends +, except a debugger that has just connected. */
	if (!session->no_ack_confirming)
		session->no_ack = false;
	session->no_ack_confirming = false;
}

static void receive_nak(struct rsp_session *session)
{
	if (session->unacked > 1)
		session->unacked--;
	else if (session->last.length)
		send_again(session);
}

enum rsp_event rsp_session_receive(struct rsp_session *session, u8 byte)
{
	enum rsp_input input = rsp_decode(&session->decoder, byte);

	switch (input) {
	case RSP_INPUT_PACKET:
		if (rsp_sequence_is_damaged(&session->decoder)) {
			refuse_packet(session, RSP_INPUT_DAMAGED);
			break;
		}
		return receive_packet(session);
	case RSP_INPUT_DAMAGED:
	case RSP_INPUT_TOO_LONG:
		refuse_packet(session, input);
		break;
	case RSP_INPUT_ACK:
		receive_ack(session);
		break;
	case RSP_INPUT_NAK:
		receive_nak(session);
		break;
	case RSP_INPUT_BREAK: /* it crossed our stop reply on the line */
	case RSP_INPUT_NOTHING:
		break;
	}
	return RSP_NOTHING;
}

static bool is_new_debugger(const struct rsp_session *session)
{
	struct rsp_args args = {session->decoder.payload,
		session->decoder.payload + session->decoder.length};

	return rsp_take_text(&args, "qSupported");
}

/* On a journey there is no state to speak of before its end. */
static bool travels(const struct rsp_session *session)
{
	return session->answering || session->resume.kind == RESUME_REVERSE_STEP ||
		session->resume.kind == RESUME_REVERSE_CONTINUE;
}

/* The guest pauses for it. A journey goes on, but not for a debugger that is gone: another one has come. */
static bool packet_while_running(struct rsp_session *session)
{
	if (rsp_sequence_is_running(session)) {
		acknowledge(session, "+");
		return false;
	}
	rsp_sequence_end_unless_tagged(session);
	if (!travels(session) || is_new_debugger(session)) {
		session->packet_waits = true;
		return true;
	}
	acknowledge(session, "+");
	rsp_reply_clear(&session->reply);
	rsp_answer_status(session, STATUS_BUSY);
	send_reply(session);
	rsp_reply_clear(&session->reply);
	return false;
}

/*
 * 0x03 is always the break-in here, also inside of what looks like a packet: a false `$` on the line must not cost a debugger
 * its only means. Damaged packets are noise, unless somebody uses acks and sends them again.
 */
bool rsp_session_receive_running(struct rsp_session *session, u8 byte)
{
	if (byte == RSP_BREAK_BYTE) {
		rsp_decoder_init(&session->decoder);
		return true;
	}
	switch (rsp_decode(&session->decoder, byte)) {
	case RSP_INPUT_PACKET:
		return packet_while_running(session);
	case RSP_INPUT_DAMAGED:
		if (!session->no_ack)
			write_line(session, "-", 1);
		return false;
	case RSP_INPUT_TOO_LONG:
		refuse_packet(session, RSP_INPUT_TOO_LONG);
		return false;
	case RSP_INPUT_ACK:
		receive_ack(session);
		return false;
	case RSP_INPUT_NAK:
		receive_nak(session);
		return false;
	case RSP_INPUT_BREAK:
	case RSP_INPUT_NOTHING:
		break;
	}
	return false;
}

/* The guest has paused: who waits for its stop goes on waiting, unless a new debugger has come. */
static enum rsp_event answer_in_pause(struct rsp_session *session)
{
	bool owed = session->stop_reply_owed && !is_new_debugger(session);
	bool goes_on = !travels(session);
	enum rsp_answer answer = run_command(session);
	enum rsp_event event = give_answer(session, answer);

	if (answer != RSP_ANSWER_REPLY || !goes_on)
		return event;
	session->stop_reply_owed = owed;
	return RSP_RESUME;
}

enum rsp_event rsp_session_stopped(struct rsp_session *session, const struct stop *stop)
{
	bool waits = session->packet_waits, paused = waits && stop->reason == STOP_BREAK_IN;

	session->packet_waits = false;
	session->stop = *stop;
	if (paused && is_new_debugger(session))
		console_ring_clear();
	while (!paused && console_ring_used())
		send_piece(session);
	if (session->stop_reply_owed && session->attached && !paused)
		announce_stop(session);
	session->stop.text = NULL;
	if (paused)
		return answer_in_pause(session);
	return waits ? receive_packet(session) : RSP_NOTHING;
}

void rsp_session_fail(struct rsp_session *session, const char *why)
{
	const struct stop stop = {STOP_MONITOR_LIMIT, 0, "the monitor has failed: "};
	bool answering = session->answering;

	session->failure = why;
	session->answering = session->packet_waits = false;
	session->stop = stop;
	if (session->stop_reply_owed && session->attached) {
		rsp_send_console(session, stop.text);
		session->stop.text = why;
		announce_stop(session);
	} else if (answering) {
		give_answer(session, rsp_failure_answer(session));
	}
	session->stop.text = NULL;
}
