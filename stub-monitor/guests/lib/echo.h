/* SPDX-License-Identifier: EPL-2.0 */
/* What the network guests do, whatever the card: ARP and ICMP echoes to QEMU's user network (10.0.2.2), checked byte by byte. */
#ifndef GUEST_ECHO_H
#define GUEST_ECHO_H

#include "types.h"

#define FRAME_MAX    1514
#define ECHO_PACKETS 100

struct nic {
	const u8 *address; /* 6 bytes */
	void (*send)(const void *frame, u32 bytes);
	/* Waits for a frame and copies it; returns its bytes without the checksum. */
	u32 (*receive)(void *frame);
};

/* Prints "NAME: 100 echoes", or what was wrong; all that was received goes into the digest. */
void echo_test(const char *name, const struct nic *nic);

#endif
