/* SPDX-License-Identifier: EPL-2.0 */
/*
 * The end of the monitor for a bug of its own: the panic screen (reason, registers, stack) on the
 * debug channel, then the server of panic_set_server(), which does not return. A fault in the server
 * is said on the debug channel, and then the machine halts. Implemented in cpu/panic.c.
 */
#ifndef LIB_PANIC_H
#define LIB_PANIC_H

/* Where a panic is said besides the debug channel while there is no server: the link to the debugger. */
void panic_set_link(void (*write_line)(const char *line));

/* What goes on after a panic, on a stack of its own: the read-only debugger. It must not return. */
void panic_set_server(void (*serve)(void));

/* NULL, or why the monitor has failed: one line. */
const char *panic_reason(void);

__attribute__((noreturn, format(printf, 1, 2))) void panic(const char *format, ...);

#endif
