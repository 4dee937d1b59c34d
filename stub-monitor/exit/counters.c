/* SPDX-License-Identifier: EPL-2.0 */
#include "exit/counters.h"

#include "debug/debugger.h"
#include "lib/format.h"
#include "vt/machine.h"

#define VECTORS       256
#define PORTS_A_BLOCK 8
#define PORT_BLOCKS   (0x10000 / PORTS_A_BLOCK)

static const char *const kinds[] = {
	[EXIT_INTERRUPT] = "interrupt pending",
	[EXIT_TIMER] = "timer of the monitor",
	[EXIT_INTERRUPT_WINDOW] = "interrupt window",
	[EXIT_NMI] = "NMI",
	[EXIT_SMI] = "SMI",
	[EXIT_INIT] = "INIT",
	[EXIT_HLT] = "HLT",
	[EXIT_CPUID] = "CPUID",
	[EXIT_RDTSC] = "RDTSC, RDTSCP",
	[EXIT_RDPMC] = "RDPMC",
	[EXIT_MSR] = "RDMSR, WRMSR",
	[EXIT_PORT] = "port",
	[EXIT_CR0_WRITE] = "CR0",
	[EXIT_CR8] = "CR8",
	[EXIT_DR] = "debug register",
	[EXIT_NESTED_FAULT] = "nested page fault",
	[EXIT_DEBUG] = "debug exception",
	[EXIT_BREAKPOINT] = "breakpoint",
	[EXIT_SOFT_INT] = "INT n",
	[EXIT_EXCEPTION] = "exception",
	[EXIT_SHUTDOWN] = "shutdown",
	[EXIT_VIRTUALIZATION] = "SVM instruction, MONITOR, MWAIT",
	[EXIT_XSETBV] = "XSETBV",
	[EXIT_INVALID_STATE] = "invalid state",
	[EXIT_UNKNOWN] = "unknown",
};

static u64 exits[ARRAY_SIZE(kinds)], interrupts[VECTORS], ports[PORT_BLOCKS];

void counters_note_exit(const struct vm_exit *exit)
{
	if (machine_in_past())
		return;
	exits[exit->kind]++;
	if (exit->kind == EXIT_PORT)
		ports[exit->port / PORTS_A_BLOCK]++;
}

void counters_note_entry(const struct vt_event *inject)
{
	if (inject->valid && inject->type == EVENT_INTERRUPT && !machine_in_past())
		interrupts[inject->vector]++;
}

static void print_exits(print_count print, void *context)
{
	for (unsigned i = 0; i < ARRAY_SIZE(kinds); i++)
		if (exits[i])
			print(context, kinds[i], exits[i]);
}

static void print_interrupts(print_count print, void *context)
{
	char name[16];

	for (unsigned i = 0; i < VECTORS; i++) {
		format(name, sizeof(name), "0x%02x", i);
		if (interrupts[i])
			print(context, name, interrupts[i]);
	}
}

static void print_ports(print_count print, void *context)
{
	char name[32];

	for (unsigned i = 0; i < PORT_BLOCKS; i++) {
		format(name, sizeof(name), "0x%04x-0x%04x", i * PORTS_A_BLOCK,
			i * PORTS_A_BLOCK + PORTS_A_BLOCK - 1);
		if (ports[i])
			print(context, name, ports[i]);
	}
}

void debugger_print_counters(enum debugger_counters which, print_count print, void *context)
{
	switch (which) {
	case COUNT_EXITS:
		print_exits(print, context);
		break;
	case COUNT_INTERRUPTS:
		print_interrupts(print, context);
		break;
	case COUNT_PORTS:
		print_ports(print, context);
		break;
	}
}
