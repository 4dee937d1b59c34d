/* SPDX-License-Identifier: EPL-2.0 */
/* Shows every clock a guest can read: RDTSC, RDTSCP, the TSC's MSR, the ACPI PM timer, the HPET. */
#include "lib/apic.h"
#include "lib/cpu.h"
#include "lib/guest.h"
#include "lib/port.h"
#include "lib/print.h"

#define ROUNDS 200

#define CPUID_EXTENDED_FEATURES 0x80000001u
#define CPUID_EDX_RDTSCP        (1u << 27)

#define PCI_ADDRESS     0xcf8
#define PCI_DATA        0xcfc
#define PIIX4_ID        0x71138086u
#define PIIX4_PM_BASE   0x40
#define PM_TIMER_OFFSET 8

/* The PIIX4's power management function is device 1, function 3 on QEMU's machine "pc". */
static u16 pm_timer_port(void)
{
	const u32 function = 0x80000000u | 1u << 11 | 3u << 8;

	outl(PCI_ADDRESS, function);
	if (inl(PCI_DATA) != PIIX4_ID)
		return 0;
	outl(PCI_ADDRESS, function | PIIX4_PM_BASE);
	return (u16)((inl(PCI_DATA) & 0xffc0) + PM_TIMER_OFFSET);
}

static void read_tsc(bool has_rdtscp)
{
	u32 aux = 0;

	digest_add(rdtsc());
	if (has_rdtscp) {
		digest_add(rdtscp(&aux));
		digest_add(aux);
	}
	digest_add(rdmsr(MSR_TSC));
}

void guest_main(u32 magic, const struct multiboot_info *info)
{
	bool has_rdtscp = cpuid(CPUID_EXTENDED_FEATURES, 0).edx & CPUID_EDX_RDTSCP;
	bool has_hpet = hpet_present();
	u16 pm_timer = pm_timer_port();
	u32 i;

	(void)magic;
	(void)info;
	guest_ready("clocks");
	print("clocks: rdtscp %u hpet %u pm timer %x\n", has_rdtscp, has_hpet, pm_timer);
	if (has_hpet)
		hpet_write(HPET_CONFIG, HPET_CONFIG_ENABLE);
	for (i = 0; i < ROUNDS; i++) {
		read_tsc(has_rdtscp);
		if (pm_timer)
			digest_add(inl(pm_timer));
		if (has_hpet)
			digest_add(hpet_read(HPET_COUNTER));
	}
	guest_done();
}
