/* SPDX-License-Identifier: EPL-2.0 */
/*
 * printf-like formatting into a buffer. Pure, no allocation, no floating point.
 *
 * Understands %s %.*s %c %d %u %x %p %% with the sizes l, ll and z, a width, `-` (flush left) and
 * `0` (pad with zeros). %p prints 0x and 16 digits. An unknown directive is printed as it stands.
 */
#ifndef LIB_FORMAT_H
#define LIB_FORMAT_H

#include <stdarg.h>

#include "lib/types.h"

/*
 * Writes at most size - 1 characters and a NUL (nothing if size is 0). Returns the length the whole
 * text has, as snprintf() does: a result >= size means that it was cut.
 */
int format(char *out, size_t size, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
int vformat(char *out, size_t size, const char *fmt, va_list args)
	__attribute__((format(printf, 3, 0)));

#endif
