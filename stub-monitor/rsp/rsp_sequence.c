/* SPDX-License-Identifier: EPL-2.0 */
/* Packets with a tag; see rsp_sequence.h. */
#include "rsp/rsp_sequence.h"

#include "lib/crc32c.h"
#include "lib/format.h"
#include "lib/string.h"
#include "rsp/rsp_args.h"
#include "rsp/rsp_session.h"

#define MARK     '~'
#define PART     '/'
#define CRC_SIZE 2
#define HEADER   (1 + CRC_SIZE) /* before the tag */

static bool is_tag(u8 byte)
{
	return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
}

/* An upper-case tag asks for no more than a part at first. */
static bool wants_part(u8 tag)
{
	return tag >= 'A' && tag <= 'Z';
}

/* A packet may be repeated in the other case, because its reply was too long for the line. */
static bool same_letter(u8 one, u8 other)
{
	return (one | ('a' - 'A')) == (other | ('a' - 'A'));
}

static void add_whole(struct rsp_session *session, size_t offset, size_t most)
{
	struct rsp_sequence *sequence = &session->sequence;
	size_t left = sequence->whole_length - offset;

	if (most > left)
		most = left;
	for (size_t i = 0; i < most; i++)
		rsp_reply_byte(&session->reply, sequence->whole[offset + i]);
}

static void put_crc(u8 *at, const u8 *data, size_t length)
{
	u32 crc = crc32c(0, data, length);

	at[0] = (u8)crc;
	at[1] = (u8)(crc >> 8);
}

static void begin_reply(struct rsp_session *session, const char *header)
{
	static const u8 start[HEADER] = {MARK};

	rsp_reply_clear(&session->reply);
	for (size_t i = 0; i < HEADER; i++)
		rsp_reply_byte(&session->reply, start[i]);
	rsp_reply_text(&session->reply, header);
}

static void end_reply(struct rsp_session *session)
{
	struct rsp_reply *reply = &session->reply;

	put_crc(reply->payload + 1, reply->payload + HEADER, reply->length - HEADER);
}

/* / TAG OFFSET: a part of the last reply. What is wrong with it gets the empty reply, which has no tag. */
static void answer_part(struct rsp_session *session)
{
	const u8 *payload = session->decoder.payload;
	struct rsp_args args = {payload + HEADER + 2, payload + session->decoder.length};
	char header[32];
	u64 offset;

	rsp_reply_clear(&session->reply);
	if (!same_letter(payload[HEADER + 1], session->sequence.tag))
		return;
	if (!rsp_take_number(&args, &offset))
		return;
	if (rsp_args_left(&args) || offset > session->sequence.whole_length)
		return;
	format(header, sizeof(header), "/%c%lx;", session->sequence.tag, (unsigned long)offset);
	begin_reply(session, header);
	add_whole(session, offset, RSP_SEQUENCE_PART);
	end_reply(session);
}

bool rsp_sequence_is_damaged(const struct rsp_decoder *decoder)
{
	u8 crc[CRC_SIZE];

	if (decoder->length < HEADER || decoder->payload[0] != MARK)
		return false;
	put_crc(crc, decoder->payload + HEADER, decoder->length - HEADER);
	return memcmp(crc, decoder->payload + 1, CRC_SIZE) != 0;
}

bool rsp_sequence_is_running(const struct rsp_session *session)
{
	const struct rsp_decoder *decoder = &session->decoder;

	if (rsp_sequence_is_damaged(decoder))
		return true;
	return session->sequence.tag && decoder->length > HEADER && decoder->payload[0] == MARK &&
		same_letter(decoder->payload[HEADER], session->sequence.tag);
}

void rsp_sequence_end_unless_tagged(struct rsp_session *session)
{
	if (session->decoder.length && session->decoder.payload[0] == MARK)
		return;
	session->sequence.tag = 0;
	session->sequence.picture.wanted = false;
}

enum rsp_sequence_input rsp_sequence_open(struct rsp_session *session)
{
	struct rsp_decoder *decoder = &session->decoder;
	bool marked = decoder->length > HEADER && decoder->payload[0] == MARK;
	u8 tag = 0;

	if (marked && decoder->length > HEADER + 2 && decoder->payload[HEADER] == PART) {
		answer_part(session);
		return RSP_SEQUENCE_PART_ASKED;
	}
	if (marked && is_tag(decoder->payload[HEADER]))
		tag = decoder->payload[HEADER];
	if (tag && same_letter(tag, session->sequence.tag)) {
		session->sequence.tag = tag;
		return RSP_SEQUENCE_REPEATED;
	}
	session->sequence.tag = tag;
	session->sequence.text_length = 0;
	session->sequence.picture.wanted = false;
	if (tag) {
		decoder->length -= HEADER + 1;
		memmove(decoder->payload, decoder->payload + HEADER + 1, decoder->length);
	}
	return RSP_SEQUENCE_NEW;
}

void rsp_sequence_say(struct rsp_session *session, const char *text)
{
	struct rsp_sequence *sequence = &session->sequence;

	while (*text && sequence->text_length < RSP_SEQUENCE_TEXT)
		sequence->text[sequence->text_length++] = (u8)*text++;
}

/* Text first, then the reply. */
static void keep_whole(struct rsp_session *session)
{
	struct rsp_sequence *sequence = &session->sequence;

	memcpy(sequence->whole, sequence->text, sequence->text_length);
	memcpy(sequence->whole + sequence->text_length, session->reply.payload,
		session->reply.length);
	sequence->whole_length = sequence->text_length + session->reply.length;
	sequence->whole_text = sequence->text_length;
	sequence->text_length = 0;
}

/* TAG : REPLY where that is all; else TAG LENGTH , LENGTH OF THE TEXT ; and as much of both as is wanted at first. */
void rsp_sequence_present(struct rsp_session *session)
{
	struct rsp_sequence *sequence = &session->sequence;
	size_t most = RSP_PACKET_SIZE;
	char header[48];

	if (wants_part(sequence->tag))
		most = RSP_SEQUENCE_PART;
	if (!sequence->whole_text && sequence->whole_length <= min_u64(most, RSP_PACKET_SIZE - 16))
		format(header, sizeof(header), "%c:", sequence->tag);
	else
		format(header, sizeof(header), "%c%lx,%lx;", sequence->tag,
			(unsigned long)sequence->whole_length, (unsigned long)sequence->whole_text);
	begin_reply(session, header);
	add_whole(session, 0, min_u64(most, rsp_reply_room(&session->reply)));
	end_reply(session);
}

void rsp_sequence_wrap(struct rsp_session *session)
{
	keep_whole(session);
	rsp_sequence_present(session);
}
