/* SPDX-License-Identifier: EPL-2.0 */
/*
 * CRC-32C (Castagnoli): polynomial 0x1edc6f41, reflected, initial value and final xor 0xffffffff
 * (RFC 3720, appendix B.4). Pure; the tables (8 KiB) are made at the first call.
 */
#ifndef LIB_CRC32C_H
#define LIB_CRC32C_H

#include "lib/types.h"

/*
 * The CRC of what came before, continued with `length` bytes: start with 0,
 * crc32c(crc32c(0, a), b) is the CRC of a followed by b. "123456789" gives 0xe3069283.
 */
u32 crc32c(u32 before, const void *data, size_t length);

#endif
