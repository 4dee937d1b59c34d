/* SPDX-License-Identifier: EPL-2.0 */
/*
 * The contract of a virtual CPU. svm/ answers it for AMD-V; a VT-x answer has the same shape.
 * Nothing above this header knows a VMCB or an exit code: vt_run() loads the state, lets the guest
 * run until something is worth an exit, stores the state and says what it was. It never interprets:
 * deciding is exit/'s work.
 */
#ifndef VT_VT_H
#define VT_VT_H

#include "lib/types.h"
#include "cpu/cpu_state.h"

enum exit_kind {
	EXIT_INTERRUPT,        /* a physical interrupt is pending (not acknowledged) */
	EXIT_TIMER,            /* the borrowed timer ended the run; nothing is pending any more */
	EXIT_INTERRUPT_WINDOW, /* the guest can take an interrupt now (asked for by want_window) */
	EXIT_NMI,              /* pending, not taken */
	EXIT_SMI,              /* pending, not taken; only while inputs are trapped */
	EXIT_INIT,
	EXIT_HLT,
	EXIT_CPUID,
	EXIT_RDTSC, /* RDTSC or RDTSCP: the instruction tells */
	EXIT_RDPMC,
	EXIT_MSR,            /* write: info1 = 1 */
	EXIT_PORT,           /* port, width, in, string, rep; next_rip */
	EXIT_CR0_WRITE,      /* paging is off, EFER.LME set; register from the instruction */
	EXIT_CR8,            /* info1: 1 = write; register from the instruction */
	EXIT_DR,             /* info1: 1 = write; info2: DR number */
	EXIT_NESTED_FAULT,   /* gpa, write, fetch */
	EXIT_DEBUG,          /* #DB; info1 = DR6 */
	EXIT_BREAKPOINT,     /* INT3, RIP at it */
	EXIT_SOFT_INT,       /* INT n or INTO, RIP at it */
	EXIT_EXCEPTION,      /* where exceptions are trapped; info1 = vector, info2 = error code */
	EXIT_SHUTDOWN,       /* triple fault */
	EXIT_VIRTUALIZATION, /* an instruction of SVM/VMX itself, MONITOR or MWAIT */
	EXIT_XSETBV,
	EXIT_INVALID_STATE, /* the CPU refuses this state; the guest has not run */
	EXIT_UNKNOWN,       /* info1 = the hardware's exit code */
};

/* An event to deliver to the guest at entry, or one whose delivery an exit interrupted. */
enum event_type { EVENT_INTERRUPT = 0, EVENT_NMI = 2, EVENT_EXCEPTION = 3, EVENT_SOFT_INT = 4 };

struct vt_event {
	bool valid;
	enum event_type type;
	u8 vector;
	bool has_error_code;
	u32 error_code;
};

struct vt_entry {
	bool trap_inputs;     /* HLT, CPUID.., all ports and interrupts exit */
	bool hold_interrupts; /* physical interrupts stay pending and do not exit */
	bool want_window;     /* exit when the guest can take an interrupt */
	bool trap_soft_int;   /* breakpoints: INT n exits (QEMU ignores the #BP intercept) */
	bool single_step;     /* one instruction, by RFLAGS.TF */
	bool trap_exceptions; /* exceptions exit, so that no pushed frame shows our TF */
	u32 trap_vectors; /* exceptions that exit beside those that always do: bit N is vector N */
	bool flush_tlb;   /* nested permissions were reduced */
	u64 stop_after;   /* ends the run, in timer ticks (clock_stop_value); 0 = unused */
	u64 stop_instructions; /* the same in instructions */
	bool paced;            /* the timer only makes sure that a long run exits */
	bool delivers_only; /* the run ends before the first instruction; the timer only makes sure of it */
	bool trap_tsc;  /* RDTSC and RDTSCP exit */
	bool own_tsc;   /* the guest's TSC is not the machine's, but: */
	u64 tsc;        /* clock_tsc_value() of what it is before the first instruction */
	u64 dr[4], dr7; /* breakpoints for the hardware */
	struct vt_event inject;
};

struct vm_exit {
	enum exit_kind kind;
	u64 instructions; /* retired since entry, by the TSC (exact under -icount shift=0) */
	u64 info1, info2;
	u64 fault_address; /* EXIT_EXCEPTION of #PF: not in CR2 yet */
	u64 next_rip;
	struct gpa gpa;
	bool write, fetch;
	u16 port;
	u8 width;
	bool in, string, rep;
	struct vt_event interrupted; /* was being delivered when the exit came */
};

/* False where the CPU lacks what is needed; `why` then names it. */
bool vt_init(u64 npt_root, const char **why);
void vt_run(struct cpu_state *cpu, const struct vt_entry *entry, struct vm_exit *exit);

/* MSRs whose writes always exit, because they rearrange the machine underneath the monitor. */
struct msr_range {
	u32 first, last;
};
extern const struct msr_range vt_protected_msrs[];
extern const unsigned vt_protected_msr_ranges;

/* Ports that exit also when inputs are not trapped. */
void vt_trap_port(u16 port, unsigned count);

#endif
