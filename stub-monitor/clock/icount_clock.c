/* SPDX-License-Identifier: EPL-2.0 */
/*
 * The clock of QEMU's -icount shift=0: the TSC advances by one per retired instruction, of guest
 * and monitor alike, and the local APIC's timer at divisor 1 counts the same. What the world switch
 * itself costs is constant (svm/svm_run.S) and measured here once, on a guest of a few NOPs; the
 * same measurement tells whether the clock is exact at all.
 */
#include "clock/icount_clock.h"

#include "cpu/phys.h"
#include "dev/lapic.h"
#include "lib/printk.h"
#include "lib/string.h"

#define TIMER_MAX    0xf0000000ull /* the register has 32 bits */
#define SCRATCH_PAGE 0x8000ull     /* guest RAM, put back afterwards */
#define OPCODE_NOP   0x90
#define OPCODE_HLT   0xf4
#define OPCODE_RDTSC 0x0f, 0x31
#define SHORT_RUN    16
#define LONG_RUN     2000
#define ATTR_CODE32  0xc9b
#define ATTR_DATA32  0xc93
#define PROBE_TIMER  100

extern volatile u32 *svm_timer_register;

static u64 switch_cost; /* TSC ticks of an entry and exit with no guest instruction */
static u64 timer_cost;  /* timer ticks from writing the timer to the first guest instruction */
static u64 tsc_cost;    /* TSC ticks from setting the guest's TSC to its first instruction */

static void probe_cpu(struct cpu_state *cpu)
{
	const struct segment data = {.selector = 0x18,
		.attributes = ATTR_DATA32,
		.limit = 0xffffffff};

	memset(cpu, 0, sizeof(*cpu));
	cpu->rip = SCRATCH_PAGE;
	cpu->rflags = 2;
	cpu->cr0 = CR0_PE | 0x10;
	for (unsigned i = 0; i < SEG_LDTR; i++)
		cpu->segment[i] = data;
	cpu->segment[SEG_CS] = (struct segment){0x10, ATTR_CODE32, 0xffffffff, 0};
	cpu->segment[SEG_TR] = (struct segment){0, 0x8b, 0xffff, 0};
}

/* Runs what lies in the scratch page, up to its HLT or until the timer stops it. */
static struct vm_exit run_probe(struct cpu_state *cpu, u64 timer)
{
	struct vt_entry entry = {.trap_inputs = true,
		.stop_after = timer,
		.flush_tlb = true,
		.own_tsc = true};
	struct vm_exit exit;

	probe_cpu(cpu);
	vt_run(cpu, &entry, &exit);
	lapic_end_stop();
	return exit;
}

static struct vm_exit probe(unsigned nops, u64 timer, u64 *rip)
{
	struct cpu_state cpu;
	struct vm_exit exit;
	u8 *code = phys_to_virt(SCRATCH_PAGE);

	memset(code, OPCODE_NOP, nops);
	code[nops] = OPCODE_HLT;
	exit = run_probe(&cpu, timer);
	*rip = cpu.rip - SCRATCH_PAGE;
	return exit;
}

/* What the guest reads after `nops` instructions where its TSC was set to 0. */
static u64 probe_tsc(unsigned nops)
{
	static const u8 read_it[] = {OPCODE_RDTSC, OPCODE_HLT};
	struct cpu_state cpu;
	u8 *code = phys_to_virt(SCRATCH_PAGE);

	memset(code, OPCODE_NOP, nops);
	memcpy(code + nops, read_it, sizeof(read_it));
	run_probe(&cpu, 0);
	return (u32)cpu.gpr[RAX];
}

static bool measure(void)
{
	struct vm_exit none, some, many, timed;
	u64 rip, reached;

	probe(1, 0, &rip); /* translate the code once */
	none = probe(0, 0, &rip);
	some = probe(SHORT_RUN, 0, &rip);
	many = probe(LONG_RUN, 0, &rip);
	timed = probe(LONG_RUN, PROBE_TIMER, &reached);
	switch_cost = none.instructions;
	timer_cost = PROBE_TIMER - reached;
	tsc_cost = probe_tsc(0);
	return probe_tsc(LONG_RUN) - tsc_cost == LONG_RUN &&
		some.instructions - switch_cost == SHORT_RUN &&
		many.instructions - switch_cost == LONG_RUN && timed.kind == EXIT_INTERRUPT &&
		reached < PROBE_TIMER && timed.instructions - switch_cost == reached;
}

bool icount_clock_init(void)
{
	static u8 saved[PAGE_SIZE];
	bool exact;

	memcpy(saved, phys_to_virt(SCRATCH_PAGE), PAGE_SIZE);
	svm_timer_register = lapic_timer_register();
	lapic_borrow();
	exact = measure();
	lapic_return();
	memcpy(phys_to_virt(SCRATCH_PAGE), saved, PAGE_SIZE);
	printk("clock: world switch %lu, timer %lu, TSC %lu", switch_cost, timer_cost, tsc_cost);
	return exact;
}

u64 icount_clock_instructions(const struct vm_exit *exit)
{
	return exit->instructions ? exit->instructions - switch_cost
				  : 0; /* 0: VMRUN was not tried */
}

u64 icount_clock_stop_value(u64 instructions)
{
	return min_u64(instructions + timer_cost, TIMER_MAX);
}

u64 icount_clock_tsc_value(u64 tsc)
{
	return tsc - tsc_cost;
}
