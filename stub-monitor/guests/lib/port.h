/* SPDX-License-Identifier: EPL-2.0 */
/* Port I/O: IN and OUT of all widths and their REP string forms. */
#ifndef GUEST_PORT_H
#define GUEST_PORT_H

#include "types.h"

#define DEFINE_PORT_ACCESS(letter, type) \
	static inline type in##letter(u16 port) \
	{ \
		type value; \
		__asm__ volatile("in" #letter " %w1, %0" : "=a"(value) : "Nd"(port)); \
		return value; \
	} \
	static inline void out##letter(u16 port, type value) \
	{ \
		__asm__ volatile("out" #letter " %0, %w1" ::"a"(value), "Nd"(port)); \
	} \
	static inline void ins##letter(u16 port, void *to, u64 count) \
	{ \
		__asm__ volatile("rep ins" #letter \
				 : "+D"(to), "+c"(count) \
				 : "d"(port) \
				 : "memory"); \
	} \
	static inline void outs##letter(u16 port, const void *from, u64 count) \
	{ \
		__asm__ volatile("rep outs" #letter \
				 : "+S"(from), "+c"(count) \
				 : "d"(port) \
				 : "memory"); \
	}

DEFINE_PORT_ACCESS(b, u8)
DEFINE_PORT_ACCESS(w, u16)
DEFINE_PORT_ACCESS(l, u32)

#endif
