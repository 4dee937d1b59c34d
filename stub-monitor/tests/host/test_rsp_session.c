/* SPDX-License-Identifier: EPL-2.0 */
/*
 * rsp_session.c: acks, retransmission, no-ack mode, break-in, debuggers that vanish and come back.
 */
#include "test_host.h"

static void feed(const char *text)
{
	fake_line_clear();
	fake_line_feed(text, strlen(text));
	fake_line_read();
}

static void assert_raw(const char *expected)
{
	assert_int_equal(line.raw_length, strlen(expected));
	assert_memory_equal(line.raw, expected, line.raw_length);
}

static struct stop stopped(enum stop_reason reason)
{
	return (struct stop){.reason = reason};
}

static void a_packet_is_acknowledged_before_its_reply(void **state)
{
	(void)state;
	feed("$qAttached#8f");
	assert_raw("+$1#31");
}

static void a_damaged_packet_is_asked_for_again(void **state)
{
	(void)state;
	feed("$qAttached#8e");
	assert_raw("-");
	feed("$qAttached#8f");
	assert_raw("+$1#31");
}

static void a_nak_brings_the_reply_again(void **state)
{
	(void)state;
	feed("$qAttached#8f");
	feed("-");
	assert_raw("$1#31");
	feed("-");
	assert_raw("$1#31");
	feed("+$qC#b4");
	assert_raw("+$QC01#f5");
}

static void a_nak_before_anything_was_sent_is_ignored(void **state)
{
	(void)state;
	feed("---");
	assert_raw("");
}

/*
 * It may speak of an O packet that is gone; the reply would then come twice and shift all that
 * follow.
 */
static void a_nak_of_console_text_does_not_repeat_the_reply(void **state)
{
	(void)state;
	fake_line_monitor("status");
	assert_int_equal(line.packets, 2);
	feed("-");
	assert_raw("");
	feed("+");
	assert_raw("");
	feed("-");
	assert_raw("$OK#9a");
}

static void a_lost_ack_does_not_wedge(void **state)
{
	(void)state;
	for (int i = 0; i < 5; i++)
		assert_answer("qAttached", "1");
}

static void garbage_between_packets_is_ignored(void **state)
{
	(void)state;
	feed("\r\nlogin: #00 }x\x80\xff$qAttached#8f");
	assert_raw("+$1#31");
}

static void a_packet_too_long_is_an_error_and_not_a_nak(void **state)
{
	static char packet[3 * RSP_PACKET_SIZE];

	(void)state;
	memset(packet, 'm', sizeof(packet));
	fake_line_send(packet, RSP_PACKET_SIZE);
	fake_line_clear();
	fake_line_feed("$", 1);
	fake_line_feed(packet, sizeof(packet));
	fake_line_feed("#00", 3); /* 0x6d * 0x3000 */
	assert_raw("+$E16#ac");
	assert_answer("qAttached", "1");
}

static void without_acks_there_are_none(void **state)
{
	(void)state;
	assert_answer("QStartNoAckMode", "OK");
	assert_int_equal(line.acks, 1);
	feed("+$qAttached#8f");
	assert_raw("$1#31");
	feed("$qAttached#00");
	assert_raw("$E16#ac");
}

static void a_debugger_that_connects_to_a_line_without_acks_gets_acks(void **state)
{
	(void)state;
	fake_line_ask("QStartNoAckMode");
	feed("+$qC#b4");
	assert_raw("$QC01#f5");
	feed("+$qAttached#8f");
	assert_raw("+$1#31");
}

static void no_ack_mode_is_acknowledged_again_if_asked_for_again(void **state)
{
	(void)state;
	fake_line_ask("QStartNoAckMode");
	feed("+");
	fake_line_ask("QStartNoAckMode");
	assert_int_equal(line.acks, 1);
	feed("+$qC#b4");
	assert_raw("$QC01#f5");
}

static void an_interrupt_while_stopped_is_ignored(void **state)
{
	(void)state;
	feed("\x03\x03");
	assert_raw("");
}

static void resume_running(void)
{
	fake_line_clear();
	assert_int_equal(fake_line_feed("$c#63", 5), RSP_RESUME);
	assert_raw("+");
	fake_line_clear();
}

static void an_interrupt_stops_a_running_guest(void **state)
{
	struct stop stop = stopped(STOP_BREAK_IN);

	(void)state;
	resume_running();
	assert_false(rsp_session_receive_running(&line.session, '+'));
	assert_false(rsp_session_receive_running(&line.session, 'x'));
	assert_true(rsp_session_receive_running(&line.session, 0x03));
	rsp_session_stopped(&line.session, &stop);
	fake_line_read();
	assert_memory_equal(line.reply, "T02", 3);
	assert_int_equal(line.packets, 1);
}

/* Feeds a packet to the running session; true if it wants the guest to stop. */
static bool feed_running(const char *payload)
{
	static struct rsp_frame frame;
	bool stop = false;

	fake_line_clear();
	rsp_encode(&frame, payload, strlen(payload));
	for (size_t i = 0; i < frame.length; i++) {
		assert_false(stop);
		stop = rsp_session_receive_running(&line.session, frame.bytes[i]);
	}
	return stop;
}

static enum rsp_event announce(enum stop_reason reason)
{
	struct stop stop = stopped(reason);
	enum rsp_event event = rsp_session_stopped(&line.session, &stop);

	fake_line_read();
	return event;
}

static void a_packet_is_answered_in_a_pause(void **state)
{
	(void)state;
	resume_running();
	assert_true(feed_running("m100000,2"));
	assert_int_equal(announce(STOP_BREAK_IN), RSP_RESUME);
	assert_raw("+$9090#d2");
	assert_int_equal(line.session.resume.kind, RESUME_CONTINUE);
	assert_true(feed_running("M100000,1:55"));
	assert_int_equal(announce(STOP_BREAK_IN), RSP_RESUME);
	assert_string_equal(line.reply, "OK");
	assert_int_equal(fake.ram[0], 0x55);
	fake_line_clear();
	announce(STOP_STEP);
	assert_memory_equal(line.reply, "T05", 3);
	assert_int_equal(line.packets, 1);
}

static void a_stop_that_comes_before_the_pause_is_told_first(void **state)
{
	(void)state;
	resume_running();
	assert_true(feed_running("m100000,2"));
	assert_int_equal(announce(STOP_SW_BREAKPOINT), RSP_NOTHING);
	assert_int_equal(line.packets, 2);
	assert_memory_equal(line.raw, "$T05", 4);
	assert_string_equal(line.reply, "9090");
}

static void asking_why_it_stopped_stops_it(void **state)
{
	(void)state;
	resume_running();
	assert_true(feed_running("?"));
	assert_int_equal(announce(STOP_BREAK_IN), RSP_NOTHING);
	assert_int_equal(line.packets, 1);
	assert_memory_equal(line.reply, "T02", 3);
}

static void resuming_in_a_pause_resumes(void **state)
{
	(void)state;
	resume_running();
	assert_true(feed_running("vCont;s:1"));
	assert_int_equal(announce(STOP_BREAK_IN), RSP_RESUME);
	assert_int_equal(line.session.resume.kind, RESUME_STEP);
	assert_true(feed_running("vCont;s:1;x"));
	line.session.resume.kind = RESUME_CONTINUE;
	assert_int_equal(announce(STOP_BREAK_IN), RSP_RESUME);
	assert_int_equal(line.session.resume.kind, RESUME_CONTINUE);
	assert_true(feed_running("D"));
	assert_int_equal(announce(STOP_BREAK_IN), RSP_DETACHED);
	resume_running();
	assert_true(feed_running("k"));
	assert_int_equal(announce(STOP_BREAK_IN), RSP_NOTHING);
}

static void a_debugger_that_connects_lets_the_guest_run_until_it_asks(void **state)
{
	(void)state;
	resume_running();
	assert_true(feed_running("qSupported:swbreak+"));
	assert_int_equal(announce(STOP_BREAK_IN), RSP_RESUME);
	assert_memory_equal(line.reply, "PacketSize", 10);
	fake_line_clear();
	assert_int_equal(announce(STOP_SW_BREAKPOINT), RSP_NOTHING);
	assert_raw(""); /* the debugger that waited is gone */
	assert_memory_equal(fake_line_ask("?"), "T05swbreak", 10);
}

static void a_journey_is_not_disturbed(void **state)
{
	(void)state;
	fake_line_clear();
	assert_int_equal(fake_line_feed("$bc#c5", 6), RSP_RESUME);
	assert_false(feed_running("m100000,2"));
	assert_raw("+$E10#a6");
	assert_true(feed_running("qSupported"));
	assert_int_equal(announce(STOP_BREAK_IN), RSP_NOTHING);
	assert_memory_equal(line.reply, "PacketSize", 10);
	assert_int_equal(line.packets, 1);
}

static void noise_does_not_stop_a_running_guest(void **state)
{
	(void)state;
	resume_running();
	for (const char *noise = "$$m100#+-zz$x#00$"; *noise; noise++)
		assert_false(rsp_session_receive_running(&line.session, (u8)*noise));
	assert_raw("--");
	assert_true(rsp_session_receive_running(&line.session, 0x03));
	fake_line_clear();
	assert_int_equal(announce(STOP_BREAK_IN), RSP_NOTHING);
	assert_memory_equal(line.reply, "T02", 3);
}

static void detaching_resumes_and_owes_nothing(void **state)
{
	struct stop stop = stopped(STOP_SHUTDOWN);

	(void)state;
	fake_line_ask("Z0,100010,1");
	assert_int_equal(fake_line_send("D", 1), RSP_DETACHED);
	assert_string_equal(line.reply, "OK");
	assert_int_equal(fake_breakpoint_count(), 0);
	fake_line_clear();
	rsp_session_console(&line.session, "nobody listens");
	rsp_session_stopped(&line.session, &stop);
	assert_raw("");
	assert_memory_equal(fake_line_ask("?"), "T06", 3);
}

static void killing_leaves_the_guest_stopped(void **state)
{
	(void)state;
	fake_line_ask("Z0,100010,1");
	assert_int_equal(fake_line_send("k", 1), RSP_NOTHING);
	assert_int_equal(line.packets, 0);
	assert_int_equal(fake_breakpoint_count(), 0);
	assert_answer("vKill;1", "OK");
	assert_memory_equal(fake_line_ask("?"), "T05", 3);
}

static void console_text_comes_only_while_a_debugger_waits(void **state)
{
	struct stop stop = stopped(STOP_STEP);

	(void)state;
	rsp_session_console(&line.session, "early");
	assert_raw("");
	resume_running();
	rsp_session_console(&line.session, "tick\n");
	fake_line_read();
	assert_string_equal(line.console, "tick\n");
	rsp_session_stopped(&line.session, &stop);
	fake_line_clear();
	rsp_session_console(&line.session, "late");
	assert_raw("");
}

static void the_text_of_a_stop_comes_once_and_before_it(void **state)
{
	struct stop stop = {.reason = STOP_SHUTDOWN, .text = "triple fault at 0x7c00"};

	(void)state;
	resume_running();
	rsp_session_stopped(&line.session, &stop);
	fake_line_read();
	assert_string_equal(line.console, "triple fault at 0x7c00\n");
	assert_memory_equal(line.reply, "T06", 3);
	assert_memory_equal(fake_line_ask("?"), "T06", 3);
	assert_string_equal(line.console, "");
}

/* The same bytes in any grouping: the session keeps no assumption about how they arrive. */
static void a_conversation_may_stop_at_every_byte(void **state)
{
	const char conversation[] = "+$qSupported:swbreak+#e9$?#3f+$g#67+$m100000,4#eb+$qC#b4+";
	size_t whole;
	static u8 expected[1 << 16];

	(void)state;
	fake_line_feed(conversation, strlen(conversation));
	whole = line.raw_length;
	memcpy(expected, line.raw, whole);
	for (size_t cut = 0; cut < strlen(conversation); cut++) {
		fake_line_open();
		fake_line_feed(conversation, cut);
		fake_line_feed(conversation + cut, strlen(conversation) - cut);
		assert_int_equal(line.raw_length, whole);
		assert_memory_equal(line.raw, expected, whole);
	}
}

/* A debugger that dies at any byte of a packet, and one that connects after it. */
static void a_debugger_may_vanish_at_every_byte(void **state)
{
	const char packet[] = "$X100000,4:a}\x03z#2c";

	(void)state;
	for (size_t cut = 0; cut < strlen(packet); cut++) {
		fake_line_open();
		fake_line_feed(packet, cut);
		feed("+$qAttached#8f");
		/*
		 * Within the checksum the + looks like a bad digit, and the broken packet is
		 * refused.
		 */
		assert_int_equal(line.naks, cut == strlen(packet) - 1);
		assert_string_equal(line.reply, "1");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(a_packet_is_acknowledged_before_its_reply),
		test(a_damaged_packet_is_asked_for_again),
		test(a_nak_brings_the_reply_again),
		test(a_nak_before_anything_was_sent_is_ignored),
		test(a_nak_of_console_text_does_not_repeat_the_reply),
		test(a_lost_ack_does_not_wedge),
		test(garbage_between_packets_is_ignored),
		test(a_packet_too_long_is_an_error_and_not_a_nak),
		test(without_acks_there_are_none),
		test(a_debugger_that_connects_to_a_line_without_acks_gets_acks),
		test(no_ack_mode_is_acknowledged_again_if_asked_for_again),
		test(an_interrupt_while_stopped_is_ignored),
		test(an_interrupt_stops_a_running_guest),
		test(a_packet_is_answered_in_a_pause),
		test(a_stop_that_comes_before_the_pause_is_told_first),
		test(asking_why_it_stopped_stops_it),
		test(resuming_in_a_pause_resumes),
		test(a_debugger_that_connects_lets_the_guest_run_until_it_asks),
		test(a_journey_is_not_disturbed),
		test(noise_does_not_stop_a_running_guest),
		test(detaching_resumes_and_owes_nothing),
		test(killing_leaves_the_guest_stopped),
		test(console_text_comes_only_while_a_debugger_waits),
		test(the_text_of_a_stop_comes_once_and_before_it),
		test(a_conversation_may_stop_at_every_byte),
		test(a_debugger_may_vanish_at_every_byte),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
