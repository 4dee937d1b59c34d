/* SPDX-License-Identifier: EPL-2.0 */
/*
 * The ways to the debugger: the UART, always there, and the virtio console where the machine has one for the monitor.
 * Both may be open; one speaks at a time. Whatever is said goes to the one that spoke last: a packet or a break on the
 * other one makes it the speaker, anything else there is dropped.
 */
#ifndef DEV_LINK_H
#define DEV_LINK_H

#include "lib/types.h"

struct link {
	int (*receive)(void);      /* the next received byte, or -1 */
	bool (*has_input)(void);   /* there is such a byte */
	bool (*interrupted)(void); /* it raised an NMI since the last call, or has input */
	void (*write)(const void *data,
		size_t length);  /* takes all bytes, or drops what nobody takes in time */
	bool (*can_write)(void); /* some bytes would be taken at once; NULL: always */
	void (*wake_to_write)(
		bool on); /* raise an NMI when can_write() turns true; NULL: it does not */
	u32 packet_size;  /* the most payload bytes of a packet that pay on it */
	bool in_memory;   /* has_input() is a look at memory: quick enough to be repeated */
};

/* At most two. The first one speaks until the other does. Struct not copied. */
void link_add(const struct link *link);

/* The next byte for the session, or -1. It may have changed the speaker. */
int link_receive(void);
void link_write(const void *data, size_t length);

/* For a link that waits until it can write: keeps what comes from the speaker meanwhile for link_receive(). */
void link_gather(void);

/* Is the line free? If not, an NMI that counts as ours (link_take_nmis) comes when it is, where the link can do that. */
bool link_free_to_write(void);
u32 link_packet_size(void);

/* Guest stopped: sleeps until there may be a byte. A short look at memory first, because waking up takes long. */
void link_wait(void);

/* Guest about to run: what has come already ends the run at once, what the links raised before does not. */
void link_before_run(void);

/*
 * Takes the pending NMIs. `*ours`: one of them was a link's, or bytes have come. Returns whether there was any: one that
 * is not ours is the guest's. Of both kinds together, ours hides the guest's.
 */
bool link_take_nmis(bool *ours);

#endif
