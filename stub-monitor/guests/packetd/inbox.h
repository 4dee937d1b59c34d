/* SPDX-License-Identifier: EPL-2.0 */
/*
 * Where messages wait between the interrupt handler and the main loop: two areas, one being filled
 * by the handler (inbox_store) while the other one is worked through by the main loop (inbox_work).
 * A message is a station's name of 8 characters and some text.
 *
 * THE BUG IS IN HERE. swap_areas() tells the handler how much room the new area has *before* it
 * tells it where the new area is, with a checksum of the old area in between, and leaves interrupts
 * on. A message that arrives in that window is checked against the room of the new area and copied
 * behind the end of the old one. When the old one is areas[1], what lies behind is `loudest`, the
 * pointer to the station that sent the most: the text of the message is now in it. Nothing happens
 * until somebody looks at the loudest station, up to 50 ms later in inbox_age() or in
 * inbox_report(). (Behind areas[0] lies areas[1]: then a message is lost, and nobody notices.)
 */
#ifndef PACKETD_INBOX_H
#define PACKETD_INBOX_H

#include "lib/types.h"

#define AREA_BYTES         2048
#define MESSAGE_MAX        256
#define STATION_NAME_BYTES 8
#define STATIONS           16

struct message {
	u32 bytes;
	char station[STATION_NAME_BYTES];
	u8 text[];
};

struct station {
	char name[STATION_NAME_BYTES];
	u64 messages;
	u64 recent;
	u64 bytes;
};

struct inbox {
	u8 *write;   /* where the next message goes */
	u32 room;    /* bytes left in the area `write` points into */
	u32 filling; /* the index of that area */
	u64 received;
	u64 lost;
	u64 checksum; /* of all areas worked through */
	u64 swapped_at;
	u8 areas[2][AREA_BYTES];
	struct station *loudest;
	struct station stations[STATIONS];
};

extern struct inbox inbox;

/* careful: interrupts are masked while the areas are swapped, so that the race cannot be lost. */
void inbox_init(bool careful);

/* In the interrupt handler: fetches a payload of so many bytes from the card. */
void inbox_store(u32 bytes);

/* In the main loop: works through the messages when it is time for that. */
bool inbox_has_work(void);
void inbox_work(void);

/* In the main loop, every 50 ms: finds the loudest station of late. */
void inbox_age(void);
/* In the main loop, every 100 messages: prints a line. */
void inbox_report(void);

#endif
