/* SPDX-License-Identifier: EPL-2.0 */
/*
 * The guest's registers by the numbers a debugger uses. Implemented in rsp/, which holds the table of them
 * (rsp/register_table.h).
 */
#ifndef DEBUG_GUEST_REGISTERS_H
#define DEBUG_GUEST_REGISTERS_H

#include "lib/types.h"

/* The register as it is now, zero-extended. False: there is none with this number, or it is wider than 64 bits. */
bool guest_register_value(unsigned number, u64 *value);

#define GUEST_REGISTERS_BYTES 2048 /* more than there are */

/* All registers of the target description, as bytes one after the other; returns how many bytes. */
size_t guest_registers_block(u8 *block);

#endif
