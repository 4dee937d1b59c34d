/* SPDX-License-Identifier: EPL-2.0 */
/*
 * Roots: values in device registers that look like RAM addresses. A register may name several (virtio has one for all
 * its queues), so every value counts that was written; the table forgets what was not written for longest. Pure.
 */
#ifndef DMA_ROOTS_H
#define DMA_ROOTS_H

#include "dma/scan.h"

#define ROOTS_MAX 256

enum root_space { ROOT_PORT, ROOT_MEMORY };

struct root_register {
	enum root_space space;
	u64 at; /* of its aligned 4 bytes */
};

struct root {
	struct root_register where;
	u64 address;
	bool page_number; /* the register held the page's number */
	u64 used;         /* 0: free */
};

struct roots {
	struct root table[ROOTS_MAX];
	u64 uses;
	/* A register that is written in parts narrower than 4 bytes. */
	struct root_register part;
	u32 part_value, part_bytes;
};

/*
 * The guest writes a register: the addresses that it names now, at most 2 into `found`; returns how many. Beside an
 * address in 4 or 8 bytes that is a page number in a port of 4 bytes (legacy virtio, 4.1.4.8).
 */
#define ROOTS_OF_A_WRITE 2
unsigned roots_write(struct roots *roots, struct root_register where, unsigned width, u64 value,
	u64 ram_end, const struct root *found[ROOTS_OF_A_WRITE]);

#endif
