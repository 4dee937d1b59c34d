/* SPDX-License-Identifier: EPL-2.0 */
/*
 * The monitor's own messages: a line each, to the debug channel (port 0xE9) and to a ring that
 * `monitor log` shows.
 */
#ifndef LIB_PRINTK_H
#define LIB_PRINTK_H

#include "lib/types.h"

__attribute__((format(printf, 1, 2))) void printk(const char *format, ...);

/* The last lines, oldest first. */
void printk_replay(void (*print)(void *context, const char *line), void *context);

#endif
