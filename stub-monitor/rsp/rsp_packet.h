/* SPDX-License-Identifier: EPL-2.0 */
/*
 * Sizes that both directions share, and the error replies.
 */
#ifndef RSP_RSP_PACKET_H
#define RSP_RSP_PACKET_H

/*
 * The most payload bytes of one packet, framing not counted, on any link; replies keep to it too. What is announced
 * (GDB manual, General Query Packets, PacketSize) is the link's own size, at most this.
 */
#define RSP_PACKET_SIZE 0x4000

/* The interrupt request: one byte outside of any packet (GDB manual, Interrupts). */
#define RSP_BREAK_BYTE 0x03

/* The only thread: the guest's one CPU. Thread ids count from 1. */
#define RSP_THREAD_ID 1

#endif
