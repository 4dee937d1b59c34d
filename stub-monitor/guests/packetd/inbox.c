/* SPDX-License-Identifier: EPL-2.0 */
/* The two areas of the inbox and the stations; inbox.h tells the story of the bug. */
#include "inbox.h"
#include "lib/cpu.h"
#include "lib/print.h"
#include "ne2000.h"

/* A slow trickle of messages is worked through after so long; the TSC runs at about 1 GHz. */
#define FLUSH_AFTER 100000000ull

#define CRC32_POLYNOMIAL 0xedb88320u

struct inbox inbox;
static bool mask_interrupts;

void inbox_init(bool careful)
{
	mask_interrupts = careful;
	inbox.write = inbox.areas[0];
	inbox.room = AREA_BYTES;
	inbox.loudest = &inbox.stations[0];
}

static u32 message_size(u32 bytes)
{
	return (u32)sizeof(u32) + ((bytes + 3) & ~3u);
}

void inbox_store(u32 bytes)
{
	struct message *message = (struct message *)inbox.write;
	u32 size = message_size(bytes);

	if (bytes < STATION_NAME_BYTES || size > MESSAGE_MAX || size > inbox.room) {
		inbox.lost++;
		return;
	}
	message->bytes = bytes;
	ne2000_read_payload(message->station, (bytes + 1) & ~1u);
	inbox.write += size;
	inbox.room -= size;
	inbox.received++;
}

bool inbox_has_work(void)
{
	return inbox.room < MESSAGE_MAX ||
		(inbox.room < AREA_BYTES && rdtsc() - inbox.swapped_at > FLUSH_AFTER);
}

/* CRC-32, as on Ethernet, without a table. */
static u32 checksum_of(const u8 *bytes, u32 count)
{
	u32 crc = ~0u;
	u32 i, bit;

	for (i = 0; i < count; i++) {
		crc ^= bytes[i];
		for (bit = 0; bit < 8; bit++)
			crc = crc & 1 ? crc >> 1 ^ CRC32_POLYNOMIAL : crc >> 1;
	}
	return ~crc;
}

/* Hands the other area to the interrupt handler; the answer is how much of the old one is full. */
static u32 swap_areas(void)
{
	const u8 *full = inbox.areas[inbox.filling];
	u32 used = (u32)(inbox.write - full);

	inbox.filling ^= 1;
	/* There is room again: the handler shall know at once, so that no message is lost. */
	inbox.room = AREA_BYTES;
	inbox.checksum += checksum_of(full, used);
	inbox.swapped_at = rdtsc();
	inbox.write = inbox.areas[inbox.filling];
	return used;
}

/* The station of that name, or the one that has been waiting for a name; NULL if all are taken. */
static struct station *find_station(const char *name)
{
	struct station *s;

	for (s = inbox.stations; s < inbox.stations + STATIONS; s++) {
		if (!s->name[0])
			__builtin_memcpy(s->name, name, STATION_NAME_BYTES);
		if (!__builtin_memcmp(s->name, name, STATION_NAME_BYTES))
			return s;
	}
	return NULL;
}

static void account(const struct message *message)
{
	struct station *station = find_station(message->station);

	if (!station)
		return;
	station->messages++;
	station->recent++;
	station->bytes += message->bytes;
}

void inbox_work(void)
{
	const u8 *area = inbox.areas[inbox.filling];
	u32 used, at = 0;

	if (mask_interrupts)
		interrupts_off();
	used = swap_areas();
	interrupts_on();

	while (at < used) {
		const struct message *message = (const struct message *)(area + at);

		account(message);
		at += message_size(message->bytes);
	}
}

void inbox_age(void)
{
	struct station *s;

	for (s = inbox.stations; s < inbox.stations + STATIONS; s++) {
		if (s->recent > inbox.loudest->recent)
			inbox.loudest = s;
		s->recent /= 2;
	}
}

void inbox_report(void)
{
	const char *n = inbox.loudest->name;

	print("packetd: %lu messages, %lu lost, loudest %c%c%c%c%c%c%c%c\n", inbox.received,
		inbox.lost, n[0], n[1], n[2], n[3], n[4], n[5], n[6], n[7]);
}
