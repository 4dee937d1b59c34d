/* SPDX-License-Identifier: EPL-2.0 */
/*
 * How emulated instructions reach memory. The emulator computes a linear address, asks translate()
 * what is there, and then uses memory_*() or device_*(). translate() is asked for every page of
 * every operand before the first access, so a page that does not translate costs no device access.
 * Device accesses have the operand's width (1, 2, 4, 8) and happen once per operand, reads before
 * writes. Two exceptions: a 16-byte XMM operand is two accesses of 8, the lower first; an operand
 * that lies partly in a device and partly elsewhere is accessed byte by byte.
 */
#ifndef INSN_BUS_H
#define INSN_BUS_H

#include "lib/status.h"
#include "lib/types.h"

enum insn_access { INSN_READ, INSN_WRITE };

enum translation_kind {
	TRANSLATION_RAM,
	TRANSLATION_DEVICE, /* also memory that the monitor hides from the guest */
	TRANSLATION_FAULT,  /* the guest's page tables do not allow it */
};

struct translation {
	enum translation_kind kind;
	struct gpa gpa;
	u32 error_code; /* of the #PF, with TRANSLATION_FAULT (APM 2 8.4.2) */
};

struct insn_bus {
	/* False: the access was not made, and the instruction must not be completed. */
	bool (*device_read)(void *ctx, struct gpa gpa, unsigned width, u64 *value);
	bool (*device_write)(void *ctx, struct gpa gpa, unsigned width, u64 value);
	enum status (*memory_read)(void *ctx, struct gla gla, void *buffer, size_t size);
	enum status (*memory_write)(void *ctx, struct gla gla, const void *buffer, size_t size);
	struct translation (*translate)(void *ctx, struct gla gla, enum insn_access access);
	/*
	 * Hardware registers to cpu->fpu and back. NULL: instructions with XMM registers are
	 * unknown.
	 */
	void (*fpu_fetch)(void *ctx);
	void (*fpu_commit)(void *ctx);
	void *ctx;
};

#endif
