/* SPDX-License-Identifier: EPL-2.0 */
/* Port I/O, width in bytes: 1, 2 or 4. */
#ifndef CPU_IO_H
#define CPU_IO_H

#include "lib/types.h"

static inline u8 in8(u16 port)
{
	u8 value;
	__asm__ volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
	return value;
}

static inline void out8(u16 port, u8 value)
{
	__asm__ volatile("outb %0, %1" : : "a"(value), "Nd"(port));
}

static inline u32 io_read(u16 port, unsigned width)
{
	u16 word;
	u32 value;

	if (width == 1)
		return in8(port);
	if (width == 2) {
		__asm__ volatile("inw %1, %0" : "=a"(word) : "Nd"(port));
		return word;
	}
	__asm__ volatile("inl %1, %0" : "=a"(value) : "Nd"(port));
	return value;
}

static inline void io_write(u16 port, unsigned width, u32 value)
{
	if (width == 1)
		out8(port, (u8)value);
	else if (width == 2)
		__asm__ volatile("outw %0, %1" : : "a"((u16)value), "Nd"(port));
	else
		__asm__ volatile("outl %0, %1" : : "a"(value), "Nd"(port));
}

#endif
