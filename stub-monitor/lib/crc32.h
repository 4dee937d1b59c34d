/* SPDX-License-Identifier: EPL-2.0 */
/*
 * CRC-32 as gdb computes it for `compare-sections` (GDB manual, qCRC): polynomial 0x04c11db7, most
 * significant bit first, without a final inversion.
 */
#ifndef LIB_CRC32_H
#define LIB_CRC32_H

#include "lib/types.h"

#define CRC32_START 0xffffffffu

/* The checksum of what `before` is the checksum of, and then `length` bytes. */
u32 crc32(u32 before, const void *data, size_t length);

#endif
