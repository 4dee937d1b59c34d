/* SPDX-License-Identifier: EPL-2.0 */
/*
 * Shows a divergence: uses RDRAND although CPUID does not offer it under the monitor, which cannot
 * record it, and writes what it got to a port. Needs a machine with +rdrand.
 */
#include "lib/guest.h"
#include "lib/port.h"

#define DELAY_PORT 0x80
#define ROUNDS     50

static u32 rdrand(void)
{
	u32 value;

	__asm__ volatile("1: rdrand %0\n\tjnc 1b" : "=r"(value));
	return value;
}

void guest_main(u32 magic, const struct multiboot_info *info)
{
	(void)magic;
	(void)info;
	guest_ready("unrecorded");
	for (unsigned i = 0; i < ROUNDS; i++)
		outl(DELAY_PORT, rdrand());
	guest_done();
}
