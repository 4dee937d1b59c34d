/* SPDX-License-Identifier: EPL-2.0 */
/*
 * An NE2000 on the ISA bus, port 0x300, IRQ 10 (DP8390 data sheet): receive ring in the card's own
 * memory, read by remote DMA through the data port. Port accesses are dear when they are recorded,
 * so a frame costs one remote DMA set-up and two REP INSW.
 */
#ifndef PACKETD_NE2000_H
#define PACKETD_NE2000_H

#include "lib/types.h"

#define NE2000_IRQ             10
#define ETHERNET_ADDRESS_BYTES 6
/* Ethernet, IPv4 without options, UDP. An ARP frame has the same length. */
#define FRAME_HEADER_BYTES 42

/* Resets the card, learns its address, starts to receive. */
void ne2000_init(void);
const u8 *ne2000_address(void);

/* Acknowledges the card's interrupt and finds out up to where it has received. */
void ne2000_acknowledge(void);

/* The header of the next frame received before ne2000_acknowledge(); false when all are taken. */
bool ne2000_next_frame(u8 header[FRAME_HEADER_BYTES]);

/* The bytes that follow in the frame whose header was read last, an even number up to 256. */
void ne2000_read_payload(void *to, u32 bytes);

/* Gives the last frame's room in the ring back to the card. */
void ne2000_release_frame(void);

/* Sends an even number of bytes, at least 60. */
void ne2000_send(const void *frame, u32 bytes);

#endif
