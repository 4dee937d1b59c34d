/* SPDX-License-Identifier: EPL-2.0 */
/*
 * Packets with a tag, for a line that loses bytes (docs/spec/rsp-extensions.md, Tagged packets): a packet that comes twice
 * is carried out once, a reply says which packet it answers, a CRC finds what the sum of bytes does not, and a long one can be fetched in parts. Console text is part
 * of the reply. Pure. The order of calls is rsp_session.c's.
 */
#ifndef RSP_RSP_SEQUENCE_H
#define RSP_RSP_SEQUENCE_H

#include "lib/types.h"
#include "rsp/rsp_packet.h"

#define RSP_SEQUENCE_TEXT 0x2000 /* console text of one reply, in bytes; what is more is cut */
#define RSP_SEQUENCE_PART 40     /* bytes of a part: short enough for one byte in a hundred lost */
#define RSP_PICTURE_MOST  0x890

struct rsp_session;
struct rsp_decoder;

/* The stopped guest as the other side knows it; see rsp/cmd_picture.c. */
struct rsp_picture {
	bool wanted; /* by the step that is under way */
	u8 sent[RSP_PICTURE_MOST];
};

struct rsp_sequence {
	u8 tag;                                       /* of the last packet; 0: it had none */
	size_t text_length, whole_length, whole_text; /* the last one: text in the whole */
	u8 text[RSP_SEQUENCE_TEXT];
	u8 whole[RSP_SEQUENCE_TEXT + RSP_PACKET_SIZE]; /* the last reply with its text */
	struct rsp_picture picture;
};

enum rsp_sequence_input {
	RSP_SEQUENCE_NEW,        /* carry it out; a tag has been taken off */
	RSP_SEQUENCE_REPEATED,   /* it was carried out before */
	RSP_SEQUENCE_PART_ASKED, /* session->reply is the answer */
};

/* The packet that has just been decoded has a tag, and its CRC is wrong. */
bool rsp_sequence_is_damaged(const struct rsp_decoder *decoder);

/* While the guest runs: the packet is once more the one that let it run, or a damaged one. */
bool rsp_sequence_is_running(const struct rsp_session *session);

/* While the guest runs: a packet without a tag is another debugger's, and so are the replies from now on. */
void rsp_sequence_end_unless_tagged(struct rsp_session *session);

/* Looks at the packet that has just been decoded. */
enum rsp_sequence_input rsp_sequence_open(struct rsp_session *session);

/* Console text for the reply under way. Only if the packet had a tag. */
void rsp_sequence_say(struct rsp_session *session, const char *text);

/* Makes the reply one with tag and text. Only if the packet had a tag. */
void rsp_sequence_wrap(struct rsp_session *session);

/* The same reply once more, as the tag of the packet that was repeated asks for it. */
void rsp_sequence_present(struct rsp_session *session);

/* The stop reply as a picture of the guest, if one was asked for and the stop is the end of a plain step. */
bool rsp_picture_of_stop(struct rsp_session *session);

#endif
