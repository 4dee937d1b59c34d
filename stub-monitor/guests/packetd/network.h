/* SPDX-License-Identifier: EPL-2.0 */
/* Just enough of ARP, IPv4 and UDP: packetd is 10.0.2.15 and listens on UDP port 9000. */
#ifndef PACKETD_NETWORK_H
#define PACKETD_NETWORK_H

#include "lib/types.h"

/* The network card's interrupt: takes every frame off the card. */
void network_interrupt(void);

#endif
