/* SPDX-License-Identifier: EPL-2.0 */
/*
 * Hexadecimal digits and bytes. Pure. Reads both cases, writes lower case.
 */
#ifndef LIB_HEX_H
#define LIB_HEX_H

#include "lib/types.h"

/* Value 0-15 of a hexadecimal digit, or -1. */
int hex_value(u8 character);

/* The digit of a value 0-15. */
char hex_digit(unsigned value);

/* Writes 2 * length characters, no terminating NUL. */
void hex_encode(char *out, const void *data, size_t length);

/* Reads `length` bytes from 2 * length characters; false if one of them is no digit. */
bool hex_decode(void *out, const void *text, size_t length);

#endif
