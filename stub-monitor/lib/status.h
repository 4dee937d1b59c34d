/* SPDX-License-Identifier: EPL-2.0 */
/*
 * What can go wrong on the debugger's side. The RSP layer turns a status into an `E xx` reply in
 * one table (rsp/rsp_commands.c); nothing else invents error numbers.
 */
#ifndef LIB_STATUS_H
#define LIB_STATUS_H

enum status {
	STATUS_OK = 0,
	STATUS_UNMAPPED, /* the address is not mapped in the guest's page tables, or is no RAM */
	STATUS_DEVICE_MEMORY, /* reading it could have side effects on a device */
	STATUS_MALFORMED,     /* the request does not parse, or a number is out of its range */
	STATUS_TABLE_FULL,    /* no slot left: debug registers, breakpoint table, checkpoints */
	STATUS_NOT_FOUND,     /* no such breakpoint, register, instant */
	STATUS_UNSUPPORTED,   /* understood, and not offered here (says docs/LIMITS.md) */
	STATUS_NO_HISTORY,    /* asks for a past and nothing is recorded */
	STATUS_BUSY,          /* the machine travels in time; ask again when it has stopped */
};

#endif
