/* SPDX-License-Identifier: EPL-2.0 */
/*
 * rsp_decode.c and rsp_encode.c against the shared vectors of testdata/rsp, and the decoder's
 * edges.
 */
#include "test_host.h"

#include "lib/hex.h"

static size_t from_hex(u8 *out, const char *digits)
{
	size_t length = strcmp(digits, "-") == 0 ? 0 : strlen(digits) / 2;

	assert_true(hex_decode(out, digits, length));
	return length;
}

static void encoding_gives_the_wire_of_each_vector(const char *payload, const char *wire)
{
	static struct rsp_frame frame;
	u8 bytes[256], expected[256];
	size_t length = from_hex(bytes, payload), wire_length = from_hex(expected, wire);

	rsp_encode(&frame, bytes, length);
	assert_int_equal(frame.length, wire_length);
	assert_memory_equal(frame.bytes, expected, wire_length);
}

static void describe(char *out, const struct rsp_decoder *decoder, enum rsp_input input)
{
	switch (input) {
	case RSP_INPUT_NOTHING:
		return;
	case RSP_INPUT_ACK:
		strcat(out, " ack");
		return;
	case RSP_INPUT_NAK:
		strcat(out, " nak");
		return;
	case RSP_INPUT_BREAK:
		strcat(out, " break");
		return;
	case RSP_INPUT_DAMAGED:
		strcat(out, " damaged");
		return;
	case RSP_INPUT_TOO_LONG:
		strcat(out, " too-long");
		return;
	case RSP_INPUT_PACKET:
		strcat(out, " packet:");
		out += strlen(out);
		hex_encode(out, decoder->payload, decoder->length);
		out[2 * decoder->length] = 0;
	}
}

static void decoding_gives(const char *wire, const char *expected)
{
	static struct rsp_decoder decoder;
	char results[1024] = "";
	u8 bytes[256];
	size_t length = from_hex(bytes, wire);

	rsp_decoder_init(&decoder);
	for (size_t i = 0; i < length; i++)
		describe(results, &decoder, rsp_decode(&decoder, bytes[i]));
	assert_string_equal(*results ? results + 1 : "-", expected);
}

static FILE *open_vectors(const char *name)
{
	char path[256];
	FILE *file;

	snprintf(path, sizeof(path), "%s/rsp/%s", TESTDATA, name);
	file = fopen(path, "r");
	assert_non_null(file);
	return file;
}

static void framing_vectors(void **state)
{
	FILE *file = open_vectors("framing.txt");
	char text[1024], name[64], payload[256], wire[512], packet[300];
	unsigned count = 0;

	(void)state;
	while (fgets(text, sizeof(text), file)) {
		if (text[0] == '#')
			continue;
		assert_int_equal(sscanf(text, "%63s %255s %511s", name, payload, wire), 3);
		encoding_gives_the_wire_of_each_vector(payload, wire);
		snprintf(packet, sizeof(packet), "packet:%s", strcmp(payload, "-") ? payload : "");
		decoding_gives(wire, packet);
		count++;
	}
	fclose(file);
	assert_true(count >= 10);
}

static void reply_vectors(void **state)
{
	FILE *file = open_vectors("replies.txt");
	char text[1024], name[64], payload[256], wire[512];
	u8 bytes[128], expected[256];
	static struct rsp_frame frame;
	unsigned count = 0;

	(void)state;
	while (fgets(text, sizeof(text), file)) {
		if (text[0] == '#')
			continue;
		assert_int_equal(sscanf(text, "%63s %255s %511s", name, payload, wire), 3);
		rsp_encode_reply(&frame, bytes, from_hex(bytes, payload));
		assert_int_equal(frame.length, from_hex(expected, wire));
		assert_memory_equal(frame.bytes, expected, frame.length);
		count++;
	}
	fclose(file);
	assert_true(count >= 10);
}

static void reply_is(const char *payload, const char *wire)
{
	static struct rsp_frame frame;

	rsp_encode_reply(&frame, payload, strlen(payload));
	assert_int_equal(frame.length, strlen(wire) + 4);
	assert_memory_equal(frame.bytes + 1, wire, strlen(wire));
}

/* As a receiver does it (GDB manual, Overview). */
static size_t expand(const struct rsp_frame *frame, u8 *out, u8 *sum)
{
	size_t length = 0;

	*sum = 0;
	for (size_t i = 1; i + 3 < frame->length; i++) {
		u8 byte = frame->bytes[i];

		*sum = (u8)(*sum + byte);
		if (byte != '*' && byte != '}') {
			out[length++] = byte;
			continue;
		}
		*sum = (u8)(*sum + frame->bytes[++i]);
		if (byte == '}')
			out[length++] = frame->bytes[i] ^ 0x20;
		for (unsigned n = frame->bytes[i]; byte == '*' && n > 29; n--, length++)
			out[length] = out[length - 1];
	}
	return length;
}

/* Eight bytes are taken at once where that is possible: escapes and runs at every distance from each other. */
static void replies_of_all_kinds_come_back(void **state)
{
	static const u8 kinds[] = "0123456789abcdef$#*}";
	static struct rsp_frame frame;
	static u8 payload[400], back[sizeof(frame.bytes) * 2];
	char digits[3];
	u32 seed = 1;
	u8 sum;

	(void)state;
	for (unsigned round = 0; round < 20000; round++) {
		size_t length = 0, wanted = round % sizeof(payload);

		while (length < wanted) {
			seed = seed * 1664525 + 1013904223;
			for (unsigned n = seed >> 28 ? 1 : seed >> 20 & 31; n && length < wanted;
				n--)
				payload[length++] = kinds[(seed >> 8) % (seed >> 30 ? 16 : 20)];
		}
		rsp_encode_reply(&frame, payload, length);
		assert_int_equal(expand(&frame, back, &sum), length);
		assert_memory_equal(back, payload, length);
		snprintf(digits, sizeof(digits), "%02x", sum);
		assert_memory_equal(frame.bytes + frame.length - 2, digits, 2);
	}
}

static void runs_that_pay_are_shortened(void **state)
{
	char payload[128], wire[128];

	(void)state;
	reply_is("aaa", "aaa");
	reply_is("aaaa", "a* ");
	reply_is("aaaaab", "a*!b");
	reply_is("xaaaaaa", "xa*\"");
	/* 6, 7, 14 and 16 copies would be counted by # $ + and - */
	reply_is("aaaaaaa", "a*\"a");
	reply_is("aaaaaaaa", "a*\"aa");
	reply_is("aaaaaaaaa", "a*%");
	reply_is("aaaaaaaaaaaaaaa", "a**a");
	reply_is("aaaaaaaaaaaaaaaaa", "a*,a");
	/* a byte that is escaped is not repeated, and the one behind it by itself only */
	reply_is("$$$$", "}\x04}\x04}\x04}\x04");
	reply_is("#\x03\x03\x03\x03", "}\x03\x03* ");
	memset(payload, '0', 99);
	payload[99] = 0;
	snprintf(wire, sizeof(wire), "0*%c0", 126);
	reply_is(payload, wire);
}

static void decoding_vectors(void **state)
{
	FILE *file = open_vectors("decoding.txt");
	char text[1024], name[64], wire[512], results[512];
	unsigned count = 0;

	(void)state;
	while (fgets(text, sizeof(text), file)) {
		if (text[0] == '#')
			continue;
		assert_int_equal(sscanf(text, "%63s %511s %511[^\n]", name, wire, results), 3);
		decoding_gives(wire, results);
		count++;
	}
	fclose(file);
	assert_true(count >= 10);
}

/* Whatever came before, at whatever byte it broke off, the next packet is read. */
static void every_prefix_of_a_packet_is_forgotten_at_the_next_one(void **state)
{
	const char packet[] = "$X10,2:}\x03z#5a";
	static struct rsp_decoder decoder;

	(void)state;
	for (size_t cut = 0; cut < strlen(packet); cut++) {
		enum rsp_input last = RSP_INPUT_NOTHING;

		rsp_decoder_init(&decoder);
		for (size_t i = 0; i < cut; i++)
			rsp_decode(&decoder, (u8)packet[i]);
		for (const char *c = "$OK#9a"; *c; c++)
			last = rsp_decode(&decoder, (u8)*c);
		assert_int_equal(last, RSP_INPUT_PACKET);
		assert_memory_equal(decoder.payload, "OK", 2);
	}
}

static enum rsp_input decode_packet_of(size_t length)
{
	static struct rsp_decoder decoder;
	enum rsp_input last;
	char end[8];

	rsp_decoder_init(&decoder);
	rsp_decode(&decoder, '$');
	for (size_t i = 0; i < length; i++)
		assert_int_equal(rsp_decode(&decoder, 'a'), RSP_INPUT_NOTHING);
	snprintf(end, sizeof(end), "#%02x", (u8)('a' * length));
	rsp_decode(&decoder, (u8)end[0]);
	rsp_decode(&decoder, (u8)end[1]);
	last = rsp_decode(&decoder, (u8)end[2]);
	assert_true(decoder.length <= RSP_PACKET_SIZE);
	return last;
}

static void a_packet_may_fill_the_buffer_and_no_more(void **state)
{
	(void)state;
	assert_int_equal(decode_packet_of(RSP_PACKET_SIZE - 1), RSP_INPUT_PACKET);
	assert_int_equal(decode_packet_of(RSP_PACKET_SIZE), RSP_INPUT_PACKET);
	assert_int_equal(decode_packet_of(RSP_PACKET_SIZE + 1), RSP_INPUT_TOO_LONG);
	assert_int_equal(decode_packet_of(5 * RSP_PACKET_SIZE), RSP_INPUT_TOO_LONG);
}

static void a_full_payload_of_escapes_fits_the_frame(void **state)
{
	static struct rsp_frame frame;
	static u8 payload[RSP_PACKET_SIZE];

	(void)state;
	memset(payload, '$', sizeof(payload));
	rsp_encode(&frame, payload, sizeof(payload));
	assert_int_equal(frame.length, sizeof(frame.bytes));
}

static void a_reply_takes_what_fits_and_no_more(void **state)
{
	static struct rsp_reply reply;

	(void)state;
	rsp_reply_clear(&reply);
	for (int i = 0; i < RSP_PACKET_SIZE + 10; i++)
		rsp_reply_byte(&reply, 'x');
	assert_int_equal(reply.length, RSP_PACKET_SIZE);
	assert_int_equal(rsp_reply_room(&reply), 0);
}

static void assert_number(u64 value, const char *digits)
{
	static struct rsp_reply reply;

	rsp_reply_clear(&reply);
	rsp_reply_number(&reply, value);
	assert_int_equal(reply.length, strlen(digits));
	assert_memory_equal(reply.payload, digits, reply.length);
}

static void numbers_have_no_leading_zeros(void **state)
{
	(void)state;
	assert_number(0, "0");
	assert_number(0x10, "10");
	assert_number(~0ull, "ffffffffffffffff");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(framing_vectors),
		cmocka_unit_test(reply_vectors),
		test(runs_that_pay_are_shortened),
		test(replies_of_all_kinds_come_back),
		cmocka_unit_test(decoding_vectors),
		cmocka_unit_test(every_prefix_of_a_packet_is_forgotten_at_the_next_one),
		cmocka_unit_test(a_packet_may_fill_the_buffer_and_no_more),
		cmocka_unit_test(a_full_payload_of_escapes_fits_the_frame),
		cmocka_unit_test(a_reply_takes_what_fits_and_no_more),
		cmocka_unit_test(numbers_have_no_leading_zeros),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
