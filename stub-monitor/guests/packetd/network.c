/* SPDX-License-Identifier: EPL-2.0 */
/* Frames from the card: ARP requests are answered, datagrams for us go to the inbox. */
#include "network.h"
#include "inbox.h"
#include "ne2000.h"

#define ETHERTYPE            12
#define ETHERTYPE_IPV4       0x0800
#define ETHERTYPE_ARP        0x0806
#define IPV4_VERSION_LENGTH  14
#define IPV4_WITHOUT_OPTIONS 0x45
#define IPV4_PROTOCOL        23
#define PROTOCOL_UDP         17
#define UDP_DESTINATION      36
#define UDP_LENGTH           38
#define UDP_HEADER_BYTES     8
#define ARP_OPERATION        20
#define ARP_REQUEST          1
#define ARP_REPLY            2
#define ARP_SENDER           22
#define ARP_SENDER_IPV4      28
#define ARP_TARGET           32
#define ARP_TARGET_IPV4      38
#define ARP_PARTY_BYTES      10
#define SMALLEST_FRAME       60

#define OUR_PORT 9000
static const u8 our_ipv4[4] = {10, 0, 2, 15};

static u32 big_endian16(const u8 *at)
{
	return (u32)(at[0] << 8 | at[1]);
}

static void answer_arp(const u8 *request)
{
	u8 reply[SMALLEST_FRAME] = {0};

	if (big_endian16(request + ARP_OPERATION) != ARP_REQUEST ||
		__builtin_memcmp(request + ARP_TARGET_IPV4, our_ipv4, sizeof(our_ipv4)))
		return;
	__builtin_memcpy(reply, request, FRAME_HEADER_BYTES);
	__builtin_memcpy(reply, request + ETHERNET_ADDRESS_BYTES, ETHERNET_ADDRESS_BYTES);
	__builtin_memcpy(reply + ETHERNET_ADDRESS_BYTES, ne2000_address(), ETHERNET_ADDRESS_BYTES);
	reply[ARP_OPERATION + 1] = ARP_REPLY;
	__builtin_memcpy(reply + ARP_TARGET, request + ARP_SENDER, ARP_PARTY_BYTES);
	__builtin_memcpy(reply + ARP_SENDER, ne2000_address(), ETHERNET_ADDRESS_BYTES);
	__builtin_memcpy(reply + ARP_SENDER_IPV4, our_ipv4, sizeof(our_ipv4));
	ne2000_send(reply, sizeof(reply));
}

static bool is_datagram_for_us(const u8 *header)
{
	return header[IPV4_VERSION_LENGTH] == IPV4_WITHOUT_OPTIONS &&
		header[IPV4_PROTOCOL] == PROTOCOL_UDP &&
		big_endian16(header + UDP_DESTINATION) == OUR_PORT &&
		big_endian16(header + UDP_LENGTH) > UDP_HEADER_BYTES;
}

static void take_frame(const u8 *header)
{
	switch (big_endian16(header + ETHERTYPE)) {
	case ETHERTYPE_ARP:
		answer_arp(header);
		break;
	case ETHERTYPE_IPV4:
		if (is_datagram_for_us(header))
			inbox_store(big_endian16(header + UDP_LENGTH) - UDP_HEADER_BYTES);
	}
}

void network_interrupt(void)
{
	u8 header[FRAME_HEADER_BYTES];

	ne2000_acknowledge();
	while (ne2000_next_frame(header)) {
		take_frame(header);
		ne2000_release_frame();
	}
}
