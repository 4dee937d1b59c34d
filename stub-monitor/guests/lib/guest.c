/* SPDX-License-Identifier: EPL-2.0 */
/* The beginning and the end of a guest, and the digest in between (FNV-1a, 64 bits). */
#include "guest.h"
#include "cpu.h"
#include "interrupt.h"
#include "port.h"
#include "print.h"
#include "serial.h"

#define FNV_OFFSET      0xcbf29ce484222325ull
#define FNV_PRIME       0x100000001b3ull
#define DEBUG_EXIT_PORT 0xf4

static const char *guest_name = "guest";
static u64 digest = FNV_OFFSET;

void guest_ready(const char *name)
{
	guest_name = name;
	serial_init();
	interrupt_init();
	print("%s: ready\n", name);
}

void digest_add_bytes(const void *bytes, u64 count)
{
	const u8 *p = bytes;

	while (count--)
		digest = (digest ^ *p++) * FNV_PRIME;
}

void digest_add(u64 value)
{
	digest_add_bytes(&value, sizeof(value));
}

u64 digest_value(void)
{
	return digest;
}

void guest_print_done(void)
{
	print("%s: done %lx\n", guest_name, digest);
}

void guest_done(void)
{
	interrupts_off();
	guest_print_done();
	outb(DEBUG_EXIT_PORT, 0);
	for (;;)
		__asm__ volatile("cli\n\thlt");
}

bool strings_equal(const char *a, const char *b)
{
	while (*a && *a == *b) {
		a++;
		b++;
	}
	return *a == *b;
}
