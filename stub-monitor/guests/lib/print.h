/* SPDX-License-Identifier: EPL-2.0 */
/* A small printf to COM1. */
#ifndef GUEST_PRINT_H
#define GUEST_PRINT_H

/* Knows %s %c %u %x %lu %lx and %%; up to 256 characters a call, the rest is cut off. */
void print(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
