/* SPDX-License-Identifier: EPL-2.0 */
/*
 * The end of the monitor for a bug of its own: says what happened on the debug channel and on the
 * UART, and stays there.
 */
#ifndef LIB_PANIC_H
#define LIB_PANIC_H

/* Where a panic is said besides the debug channel: the link to the debugger. */
void panic_set_link(void (*write_line)(const char *line));

__attribute__((noreturn, format(printf, 1, 2))) void panic(const char *format, ...);

#endif
