/* SPDX-License-Identifier: EPL-2.0 */
/*
 * The life of a guest: guest_main() calls guest_ready(), reads things, puts all it read into the
 * digest, and ends with guest_done(). Two runs that read the same print the same digest.
 */
#ifndef GUEST_H
#define GUEST_H

#include "multiboot.h"
#include "types.h"

void guest_main(u32 magic, const struct multiboot_info *info);

/* Serial port and IDT; prints "NAME: ready". */
void guest_ready(const char *name);

void digest_add(u64 value);
void digest_add_bytes(const void *bytes, u64 count);
u64 digest_value(void);

/* Prints "NAME: done DIGEST". */
void guest_print_done(void);

/* The same, then leaves QEMU if it has an isa-debug-exit at 0xf4, else halts for ever. */
void guest_done(void) __attribute__((noreturn));

bool strings_equal(const char *a, const char *b);

#endif
