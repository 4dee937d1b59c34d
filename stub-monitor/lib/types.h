/* SPDX-License-Identifier: EPL-2.0 */
/*
 * The integer types every file uses, and the address types that keep guest and host apart:
 * a guest-physical address (GPA) and a guest-linear address are one-member structs, so that
 * handing one to a function that wants the other does not compile.
 */
#ifndef LIB_TYPES_H
#define LIB_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;

/* A guest-physical address, in bytes. */
struct gpa {
	u64 addr;
};

/* A guest-linear address (what the guest's own page tables translate), in bytes. */
struct gla {
	u64 addr;
};

#define PAGE_SHIFT 12
#define PAGE_SIZE  4096ull
#define PAGE_MASK  (PAGE_SIZE - 1)

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define BIT(n)        (1ull << (n))

static inline u64 min_u64(u64 a, u64 b)
{
	return a < b ? a : b;
}

static inline u64 max_u64(u64 a, u64 b)
{
	return a > b ? a : b;
}

#endif
