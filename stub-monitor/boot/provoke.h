/* SPDX-License-Identifier: EPL-2.0 */
/*
 * Faults of the monitor's own, on purpose: the boot option test-fault=KIND makes one when the guest
 * has stopped for the first time. For the tests of the protections and of the panic server only; a
 * debugger cannot reach this.
 */
#ifndef BOOT_PROVOKE_H
#define BOOT_PROVOKE_H

#include "lib/types.h"

enum provoke_kind {
	PROVOKE_NOTHING,
	PROVOKE_WRITE_CODE,
	PROVOKE_WRITE_CONSTANT,
	PROVOKE_WRITE_DIRECT,  /* code, through the direct map */
	PROVOKE_EXECUTE_DATA,  /* the monitor's data */
	PROVOKE_EXECUTE_STACK, /* the main stack */
	PROVOKE_EXECUTE_GUEST, /* guest RAM, through the direct map */
	PROVOKE_OVERFLOW,      /* of the main stack */
	PROVOKE_NULL,          /* reads address 0 */
	PROVOKE_PROTECTION,    /* #GP: a non-canonical address */
	PROVOKE_PANIC,         /* panic() */
	PROVOKE_SERVER,        /* panic(), and a fault in the panic server */
};

/* The kind with this name (`length` characters), or PROVOKE_NOTHING. */
enum provoke_kind provoke_named(const char *name, size_t length);

/* Returns only if nothing was asked for, or if the fault did not come: which is then said by panic(). */
void provoke(enum provoke_kind kind);

#endif
