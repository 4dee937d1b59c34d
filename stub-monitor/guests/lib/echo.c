/* SPDX-License-Identifier: EPL-2.0 */
#include "echo.h"
#include "guest.h"
#include "print.h"

#define TYPE_ARP      0x0806
#define TYPE_IPV4     0x0800
#define ARP_REQUEST   1
#define ARP_REPLY     2
#define PROTOCOL_ICMP 1
#define ICMP_ECHO     8
#define ICMP_REPLY    0
#define MIN_FRAME     60
#define ADDRESS_BYTES 6
#define AT_TYPE       12
#define AT_ARP        14
#define AT_IP         14
#define AT_ICMP       34
#define AT_PAYLOAD    42
#define PAYLOAD_MAX   (FRAME_MAX - AT_PAYLOAD)
#define IDENTIFIER    0x5254

static const u8 our_ip[4] = {10, 0, 2, 15}, their_ip[4] = {10, 0, 2, 2};
static u8 frame[FRAME_MAX], reply[2048], their_address[ADDRESS_BYTES];

static void put16(u8 *at, u32 value)
{
	at[0] = (u8)(value >> 8);
	at[1] = (u8)value;
}

static u32 get16(const u8 *at)
{
	return (u32)at[0] << 8 | at[1];
}

static void copy(void *to, const void *from, u32 bytes)
{
	__builtin_memcpy(to, from, bytes);
}

/* Internet checksum (RFC 1071). */
static u32 checksum(const u8 *at, u32 bytes)
{
	u32 i, sum = 0;

	for (i = 0; i + 1 < bytes; i += 2)
		sum += get16(at + i);
	if (bytes & 1)
		sum += (u32)at[bytes - 1] << 8;
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return ~sum & 0xffff;
}

static void ethernet(const struct nic *nic, const u8 *to, u32 type)
{
	__builtin_memset(frame, 0, sizeof(frame));
	copy(frame, to, ADDRESS_BYTES);
	copy(frame + ADDRESS_BYTES, nic->address, ADDRESS_BYTES);
	put16(frame + AT_TYPE, type);
}

static void ask_address(const struct nic *nic)
{
	static const u8 everybody[ADDRESS_BYTES] = {255, 255, 255, 255, 255, 255};
	u8 *arp = frame + AT_ARP;

	ethernet(nic, everybody, TYPE_ARP);
	put16(arp, 1);
	put16(arp + 2, TYPE_IPV4);
	arp[4] = ADDRESS_BYTES;
	arp[5] = 4;
	put16(arp + 6, ARP_REQUEST);
	copy(arp + 8, nic->address, ADDRESS_BYTES);
	copy(arp + 14, our_ip, 4);
	copy(arp + 24, their_ip, 4);
	nic->send(frame, MIN_FRAME);
}

static void wait_address(const struct nic *nic)
{
	do
		nic->receive(reply);
	while (get16(reply + AT_TYPE) != TYPE_ARP || get16(reply + AT_ARP + 6) != ARP_REPLY);
	copy(their_address, reply + AT_ARP + 8, ADDRESS_BYTES);
	digest_add_bytes(their_address, ADDRESS_BYTES);
}

static void fill(u8 *at, u32 bytes, u64 seed)
{
	while (bytes--) {
		seed = seed * 6364136223846793005ull + 1442695040888963407ull;
		*at++ = (u8)(seed >> 56);
	}
}

static void send_echo(const struct nic *nic, u32 number, u32 bytes)
{
	u8 *ip = frame + AT_IP, *icmp = frame + AT_ICMP;

	ethernet(nic, their_address, TYPE_IPV4);
	ip[0] = 0x45;
	put16(ip + 2, AT_PAYLOAD - AT_IP + bytes);
	ip[8] = 64;
	ip[9] = PROTOCOL_ICMP;
	copy(ip + 12, our_ip, 4);
	copy(ip + 16, their_ip, 4);
	put16(ip + 10, checksum(ip, AT_ICMP - AT_IP));
	icmp[0] = ICMP_ECHO;
	put16(icmp + 4, IDENTIFIER);
	put16(icmp + 6, number);
	fill(frame + AT_PAYLOAD, bytes, number);
	put16(icmp + 2, checksum(icmp, AT_PAYLOAD - AT_ICMP + bytes));
	nic->send(frame, AT_PAYLOAD + bytes > MIN_FRAME ? AT_PAYLOAD + bytes : MIN_FRAME);
}

/* False: another frame than the reply. */
static bool is_reply(u32 number)
{
	return get16(reply + AT_TYPE) == TYPE_IPV4 && reply[AT_IP + 9] == PROTOCOL_ICMP &&
		reply[AT_ICMP] == ICMP_REPLY && get16(reply + AT_ICMP + 4) == IDENTIFIER &&
		get16(reply + AT_ICMP + 6) == number;
}

static bool came_back(const struct nic *nic, u32 number, u32 bytes)
{
	u32 length;

	do
		length = nic->receive(reply);
	while (!is_reply(number));
	digest_add_bytes(reply + AT_PAYLOAD, bytes);
	return length >= AT_PAYLOAD + bytes &&
		!__builtin_memcmp(reply + AT_PAYLOAD, frame + AT_PAYLOAD, bytes);
}

/* A benchmark changes the one and reads the other. */
u64 echo_packets = ECHO_PACKETS, echo_bytes;

void echo_test(const char *name, const struct nic *nic)
{
	u32 number, wrong = 0;

	ask_address(nic);
	wait_address(nic);
	for (number = 0; number < echo_packets; number++) {
		u32 bytes = 18 + number * 131 % (PAYLOAD_MAX - 18);

		send_echo(nic, number, bytes);
		wrong += !came_back(nic, number, bytes);
		echo_bytes += AT_PAYLOAD + bytes;
	}
	if (wrong)
		print("%s: error: %u of %u echoes differ\n", name, wrong, number);
	digest_add(wrong);
	print("%s: %u echoes\n", name, number);
}
