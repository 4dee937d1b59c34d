/* SPDX-License-Identifier: EPL-2.0 */
/*
 * AMD's answer to vt/vt.h. The VMCB is filled from struct cpu_state before each entry and read back
 * after each exit (APM 2 15.5); QEMU's deviations from the manual are worked around here and
 * nowhere else: it does not arm VMCB.DR7 (svm_run.S loads the register itself), it ignores the #BP
 * intercept (INTn is used), and it forgets the interrupt shadow on
 * entry (exit/run.c runs the shadowed instruction alone).
 */
#include "svm/svm_vmcb.h"
#include "vt/vt.h"

#include "cpu/interrupts.h"
#include "cpu/phys.h"
#include "cpu/regs.h"
#include "lib/string.h"

#define EFER_SVM_ENABLE   EFER_SVME
#define VM_CR_SVMDIS      BIT(4)
#define CPUID_SVM_LEAF    0x8000000a
#define CPUID_SVM_NP      BIT(0)
#define CPUID_EXT_LEAF    0x80000001
#define CPUID_EXT_ECX_SVM BIT(2)
#define IOPM_PAGES        3
#define MSRPM_PAGES       2
#define EXCEPTION_DB      1
#define EXCEPTION_BP      3
#define ALL_EXCEPTIONS    0xffffffffu
#define DR7_RESERVED      0x400
#define IOIO_WIDTH_SHIFT  4
#define IOIO_PORT_SHIFT   16
#define DR6_RESERVED      0xffff0ff0

/* Layout known to svm_run.S. */
struct svm_world {
	u64 vmcb;
	u64 *gprs;
	u64 dr7;
	volatile u32 *timer;
	u64 timer_value;
	u64 tsc_before, tsc_after;
	u64 host;
	u64 tsc, tsc_mask;
	u64 *tsc_offset;
};

void svm_run(struct svm_world *world);
extern volatile u32 *svm_timer_register; /* set by the clock when it has borrowed the timer */
volatile u32 *svm_timer_register;

static struct vmcb vmcb, host_save, host_state;
static u8 io_bitmap_live[IOPM_PAGES * PAGE_SIZE] __attribute__((aligned(4096)));
static u8 io_bitmap_all[IOPM_PAGES * PAGE_SIZE] __attribute__((aligned(4096)));
static u8 msr_bitmap_live[MSRPM_PAGES * PAGE_SIZE] __attribute__((aligned(4096)));
static u8 msr_bitmap_all[MSRPM_PAGES * PAGE_SIZE] __attribute__((aligned(4096)));
static u32 no_timer;

static void msr_set(u8 *bitmap, u32 msr, bool trap)
{
	u32 bit = (msr & 0x1fff) * 2;
	u32 base = msr >= 0xc0010000 ? 0x1000 : msr >= 0xc0000000 ? 0x800 : 0;
	u8 mask = (u8)(3 << (bit % 8));

	if (trap)
		bitmap[base + bit / 8] |= mask;
	else
		bitmap[base + bit / 8] &= (u8)~mask;
}

/*
 * MSRs that VMRUN, VMLOAD and VMSAVE switch: the guest's accesses cannot be told from anyone
 * else's, and need not be.
 */
static const u32 switched_msrs[] = {MSR_STAR, MSR_LSTAR, MSR_CSTAR, MSR_SFMASK, MSR_FS_BASE,
	MSR_GS_BASE, MSR_KERNEL_GS, MSR_SYSENTER_CS, MSR_SYSENTER_ESP, MSR_SYSENTER_EIP};
static const u32 guarded_msrs[] = {MSR_EFER, MSR_APIC_BASE, MSR_VM_CR, MSR_VM_HSAVE_PA, MSR_TSC_AUX,
	MSR_TSC};

/* APM 2 appendix A: SYSCFG..TOP_MEM2, SMI on I/O, SMM_BASE..SVM_KEY. */
const struct msr_range vt_protected_msrs[] = {{0xc0010010, 0xc001001f}, {0xc0010050, 0xc0010056},
	{0xc0010111, 0xc001011b}};
const unsigned vt_protected_msr_ranges = ARRAY_SIZE(vt_protected_msrs);

static void init_bitmaps(void)
{
	memset(io_bitmap_all, 0xff, sizeof(io_bitmap_all));
	memset(msr_bitmap_all, 0xff, sizeof(msr_bitmap_all));
	for (unsigned i = 0; i < ARRAY_SIZE(switched_msrs); i++)
		msr_set(msr_bitmap_all, switched_msrs[i], false);
	for (unsigned i = 0; i < ARRAY_SIZE(guarded_msrs); i++)
		msr_set(msr_bitmap_live, guarded_msrs[i], true);
	for (unsigned i = 0; i < vt_protected_msr_ranges; i++)
		for (u32 msr = vt_protected_msrs[i].first; msr <= vt_protected_msrs[i].last; msr++)
			msr_set(msr_bitmap_live, msr, true);
}

static const char *missing_feature(void)
{
	u64 vm_cr = 0;

	if (cpuid(0x80000000, 0).eax < CPUID_SVM_LEAF ||
		!(cpuid(CPUID_EXT_LEAF, 0).ecx & CPUID_EXT_ECX_SVM))
		return "the CPU has no AMD-V (SVM); in QEMU use -cpu max or +svm,+npt";
	if (!(cpuid(CPUID_SVM_LEAF, 0).edx & CPUID_SVM_NP))
		return "the CPU has no nested paging; in QEMU use -cpu max or +npt";
	if (cpu_rdmsr_safe(MSR_VM_CR, &vm_cr) && (vm_cr & VM_CR_SVMDIS))
		return "AMD-V is disabled by the firmware (VM_CR.SVMDIS)";
	return NULL;
}

bool vt_init(u64 npt_root, const char **why)
{
	*why = missing_feature();
	if (*why)
		return false;
	wrmsr(MSR_EFER, rdmsr(MSR_EFER) | EFER_SVM_ENABLE);
	wrmsr(MSR_VM_HSAVE_PA, virt_to_phys(&host_save));
	__asm__ volatile("clgi");
	__asm__ volatile("vmsave %0" : : "a"(virt_to_phys(&host_state)) : "memory");
	init_bitmaps();
	vmcb.asid = 1;
	vmcb.np_enable = 1;
	vmcb.nested_cr3 = npt_root;
	vmcb.tlb_control = TLB_FLUSH_ALL;
	return true;
}

void vt_trap_port(u16 port, unsigned count)
{
	for (unsigned i = port; i < port + count; i++)
		io_bitmap_live[i / 8] |= (u8)BIT(i % 8);
}

static void store_segments(struct vmcb *v, const struct cpu_state *cpu)
{
	v->es = cpu->segment[SEG_ES];
	v->cs = cpu->segment[SEG_CS];
	v->ss = cpu->segment[SEG_SS];
	v->ds = cpu->segment[SEG_DS];
	v->fs = cpu->segment[SEG_FS];
	v->gs = cpu->segment[SEG_GS];
	v->ldtr = cpu->segment[SEG_LDTR];
	v->tr = cpu->segment[SEG_TR];
	v->gdtr.base = cpu->gdtr.base;
	v->gdtr.limit = cpu->gdtr.limit;
	v->idtr.base = cpu->idtr.base;
	v->idtr.limit = cpu->idtr.limit;
}

static void load_segments(struct cpu_state *cpu, const struct vmcb *v)
{
	cpu->segment[SEG_ES] = v->es;
	cpu->segment[SEG_CS] = v->cs;
	cpu->segment[SEG_SS] = v->ss;
	cpu->segment[SEG_DS] = v->ds;
	cpu->segment[SEG_FS] = v->fs;
	cpu->segment[SEG_GS] = v->gs;
	cpu->segment[SEG_LDTR] = v->ldtr;
	cpu->segment[SEG_TR] = v->tr;
	cpu->gdtr.base = v->gdtr.base;
	cpu->gdtr.limit = (u16)v->gdtr.limit;
	cpu->idtr.base = v->idtr.base;
	cpu->idtr.limit = (u16)v->idtr.limit;
}

/* VMRUN does not switch TSC_AUX, and RDPID cannot be trapped: the hardware holds the guest's. */
static void store_tsc_aux(const struct cpu_state *cpu)
{
	static u64 in_hardware;

	if (cpu->tsc_aux == in_hardware)
		return;
	cpu_wrmsr_safe(MSR_TSC_AUX, cpu->tsc_aux);
	in_hardware = cpu->tsc_aux;
}

/* A debugger can write CR0 alone: LMA follows LME and PG, as in hardware (APM 2 14.6). */
static u64 legal_efer(const struct cpu_state *cpu)
{
	bool active = (cpu->efer & EFER_LME) && (cpu->cr0 & CR0_PG);

	return (cpu->efer & ~EFER_LMA) | (active ? EFER_LMA : 0);
}

/*
 * QEMU 7.2 leaves the monitor's CR0 unrestored, and with it the monitor unpaged, at an exit of a guest that has EFER.LME
 * set and CR0.PG and CR4.PAE clear: its do_vmexit() takes the write of CR0 for an illegal step into long mode. So LME is
 * kept from the CPU while paging is off, and the guest's way into long mode is done for it (exit_cr0_write).
 */
static bool hides_lme(const struct cpu_state *cpu)
{
	return (cpu->efer & EFER_LME) && !(cpu->cr0 & CR0_PG);
}

/* What VMRUN refuses (APM 2 15.5.1), and QEMU takes for a state to run the monitor in. */
static bool is_legal(const struct cpu_state *cpu)
{
	bool cs_l_and_d = (cpu->segment[SEG_CS].attributes & (SEG_ATTR_L | SEG_ATTR_DB)) ==
		(SEG_ATTR_L | SEG_ATTR_DB);

	if (cpu->cr0 >> 32 || (!(cpu->cr0 & CR0_CD) && (cpu->cr0 & CR0_NW)))
		return false;
	if ((cpu->cr0 & CR0_PG) && !(cpu->cr0 & CR0_PE))
		return false;
	if (!(legal_efer(cpu) & EFER_LMA))
		return true;
	return (cpu->cr4 & CR4_PAE) && !cs_l_and_d;
}

static void store_state(struct vmcb *v, const struct cpu_state *cpu)
{
	store_tsc_aux(cpu);
	store_segments(v, cpu);
	v->cpl = cpu->cpl;
	/* Must be set for VMRUN (APM 2 15.5.1); hidden from the guest. */
	v->efer = legal_efer(cpu) | EFER_SVME;
	if (hides_lme(cpu))
		v->efer &= ~(u64)EFER_LME;
	v->cr0 = cpu->cr0;
	v->cr2 = cpu->cr2;
	v->cr3 = cpu->cr3;
	v->cr4 = cpu->cr4;
	v->rflags = cpu->rflags;
	v->rip = cpu->rip;
	v->rsp = cpu->gpr[RSP];
	v->rax = cpu->gpr[RAX];
	v->star = cpu->star;
	v->lstar = cpu->lstar;
	v->cstar = cpu->cstar;
	v->sfmask = cpu->sfmask;
	v->kernel_gs_base = cpu->kernel_gs_base;
	v->sysenter_cs = cpu->sysenter_cs;
	v->sysenter_esp = cpu->sysenter_esp;
	v->sysenter_eip = cpu->sysenter_eip;
	v->pat = cpu->pat;
	v->dr6 = DR6_RESERVED;
	v->int_state = 0;
}

static void load_state(struct cpu_state *cpu, const struct vmcb *v)
{
	load_segments(cpu, v);
	cpu->cpl = v->cpl;
	/* cpu is still as it was at the entry: a guest from which LME is kept cannot turn paging on without an exit. */
	cpu->efer = (v->efer & ~EFER_SVME) | (hides_lme(cpu) ? EFER_LME : 0);
	cpu->cr0 = v->cr0;
	cpu->cr2 = v->cr2;
	cpu->cr3 = v->cr3;
	cpu->cr4 = v->cr4;
	cpu->rflags = v->rflags;
	cpu->rip = v->rip;
	cpu->gpr[RSP] = v->rsp;
	cpu->gpr[RAX] = v->rax;
	cpu->star = v->star;
	cpu->lstar = v->lstar;
	cpu->cstar = v->cstar;
	cpu->sfmask = v->sfmask;
	cpu->kernel_gs_base = v->kernel_gs_base;
	cpu->sysenter_cs = v->sysenter_cs;
	cpu->sysenter_esp = v->sysenter_esp;
	cpu->sysenter_eip = v->sysenter_eip;
	cpu->pat = v->pat;
	cpu->interrupt_shadow = v->int_state & INT_STATE_SHADOW;
}

static void store_intercepts(struct vmcb *v, const struct vt_entry *entry)
{
	u64 first = INTERCEPT1_NMI | INTERCEPT1_INIT | INTERCEPT1_CPUID | INTERCEPT1_HLT |
		INTERCEPT1_INVLPGA | INTERCEPT1_IOIO | INTERCEPT1_MSR | INTERCEPT1_SHUTDOWN;

	if (entry->trap_inputs)
		first |= INTERCEPT1_INTR | INTERCEPT1_SMI | INTERCEPT1_RDPMC;
	if (entry->trap_tsc)
		first |= INTERCEPT1_RDTSC;
	if (entry->want_window)
		first |= INTERCEPT1_VINTR;
	if (entry->trap_soft_int)
		first |= INTERCEPT1_INTN;
	v->intercept1 = (u32)first;
	v->intercept2 = (u32)(INTERCEPT2_SVM | INTERCEPT2_MONITOR | INTERCEPT2_MWAIT |
		INTERCEPT2_XSETBV | (entry->trap_tsc ? INTERCEPT2_RDTSCP : 0));
	v->intercept_dr_read = v->intercept_dr_write = 0xffff;
	v->intercept_cr_read = v->intercept_cr_write =
		(entry->trap_inputs || entry->hold_interrupts) ? BIT(8) : 0;
	v->intercept_exceptions = entry->trap_exceptions
		? ALL_EXCEPTIONS
		: BIT(EXCEPTION_DB) | BIT(EXCEPTION_BP) | entry->trap_vectors;
	v->iopm_base = virt_to_phys(entry->trap_inputs ? io_bitmap_all : io_bitmap_live);
	v->msrpm_base = virt_to_phys(entry->trap_inputs ? msr_bitmap_all : msr_bitmap_live);
}

static void store_event(struct vmcb *v, const struct vt_event *event)
{
	v->event_inject = 0;
	if (event->valid)
		v->event_inject = EVENT_VALID | event->vector |
			(u64)event->type << EVENT_TYPE_SHIFT |
			(event->has_error_code ? EVENT_ERROR_CODE | (u64)event->error_code << 32
					       : 0);
}

static void store_control(struct vmcb *v, const struct vt_entry *entry)
{
	store_intercepts(v, entry);
	store_event(v, &entry->inject);
	v->int_ctl = 0;
	if (entry->trap_inputs || entry->hold_interrupts)
		v->int_ctl |= INT_CTL_V_INTR_MASKING;
	if (entry->want_window)
		v->int_ctl |= INT_CTL_V_IRQ | INT_CTL_V_IGN_TPR;
	v->tlb_control = entry->flush_tlb ? TLB_FLUSH_ALL : 0;
	v->dr7 = entry->dr7 | DR7_RESERVED;
	if (entry->single_step)
		v->rflags |= RFLAGS_TF;
}

static void load_debug_registers(const struct vt_entry *entry)
{
	write_dr0(entry->dr[0]);
	write_dr1(entry->dr[1]);
	write_dr2(entry->dr[2]);
	write_dr3(entry->dr[3]);
}

static struct vt_event decode_event(u64 info)
{
	struct vt_event event = {.valid = info & EVENT_VALID,
		.vector = (u8)info,
		.type = (enum event_type)((info >> EVENT_TYPE_SHIFT) & 7),
		.has_error_code = info & EVENT_ERROR_CODE,
		.error_code = (u32)(info >> 32)};
	return event;
}

static void decode_port(struct vm_exit *exit, const struct vmcb *v)
{
	exit->kind = EXIT_PORT;
	exit->port = (u16)(v->exit_info1 >> IOIO_PORT_SHIFT);
	exit->width = (u8)((v->exit_info1 >> IOIO_WIDTH_SHIFT) & 7);
	exit->in = v->exit_info1 & IOIO_IN;
	exit->string = v->exit_info1 & IOIO_STRING;
	exit->rep = v->exit_info1 & IOIO_REP;
	exit->next_rip = v->exit_info2;
}

static void decode_nested_fault(struct vm_exit *exit, const struct vmcb *v)
{
	exit->kind = EXIT_NESTED_FAULT;
	exit->gpa.addr = v->exit_info2;
	exit->write = v->exit_info1 & NPF_WRITE;
	exit->fetch = v->exit_info1 & NPF_FETCH;
}

static enum exit_kind simple_kind(u64 code)
{
	switch (code) {
	case VMEXIT_INTR:
		return EXIT_INTERRUPT;
	case VMEXIT_NMI:
		return EXIT_NMI;
	case VMEXIT_SMI:
		return EXIT_SMI;
	case VMEXIT_INIT:
		return EXIT_INIT;
	case VMEXIT_VINTR:
		return EXIT_INTERRUPT_WINDOW;
	case VMEXIT_RDTSC:
	case VMEXIT_RDTSCP:
		return EXIT_RDTSC;
	case VMEXIT_RDPMC:
		return EXIT_RDPMC;
	case VMEXIT_CPUID:
		return EXIT_CPUID;
	case VMEXIT_EXCP_BP:
		return EXIT_BREAKPOINT;
	case VMEXIT_SWINT:
		return EXIT_SOFT_INT;
	case VMEXIT_HLT:
		return EXIT_HLT;
	case VMEXIT_MSR:
		return EXIT_MSR;
	case VMEXIT_SHUTDOWN:
		return EXIT_SHUTDOWN;
	case VMEXIT_INVLPGA:
	case VMEXIT_MONITOR:
	case VMEXIT_MWAIT:
	case VMEXIT_MWAIT_CONDITIONAL:
		return EXIT_VIRTUALIZATION;
	case VMEXIT_XSETBV:
		return EXIT_XSETBV;
	default:
		return EXIT_UNKNOWN;
	}
}

/* Of the exit code QEMU writes the low half. */
static bool is_refused(const struct vmcb *v)
{
	return (u32)v->exit_code == (u32)VMEXIT_INVALID;
}

static void decode_exit(struct vm_exit *exit, const struct vmcb *v)
{
	u64 code = v->exit_code;

	exit->kind = simple_kind(code);
	exit->info1 = v->exit_info1;
	exit->info2 = v->exit_info2;
	exit->interrupted = decode_event(v->exit_int_info);
	if (is_refused(v))
		exit->kind = EXIT_INVALID_STATE;
	else if (code == VMEXIT_IOIO)
		decode_port(exit, v);
	else if (code == VMEXIT_NPF)
		decode_nested_fault(exit, v);
	else if (code == VMEXIT_EXCP_DB)
		exit->kind = EXIT_DEBUG, exit->info1 = v->dr6;
	else if (code >= VMEXIT_VMRUN && code <= VMEXIT_SKINIT)
		exit->kind = EXIT_VIRTUALIZATION;
	else if (code >= VMEXIT_EXCP0 && code < VMEXIT_INTR && code != VMEXIT_EXCP_BP)
		exit->kind = EXIT_EXCEPTION, exit->info2 = v->exit_info1,
		exit->info1 = code - VMEXIT_EXCP0, exit->fault_address = v->exit_info2;
	else if (code >= VMEXIT_DR0_READ && code < VMEXIT_EXCP0)
		exit->kind = EXIT_DR, exit->info1 = code >= VMEXIT_DR0_WRITE,
		exit->info2 = code & 0xf;
	else if (code == VMEXIT_CR0_WRITE)
		exit->kind = EXIT_CR0_WRITE;
	else if ((code & 0xf) == 8 && code < VMEXIT_DR0_READ)
		exit->kind = EXIT_CR8, exit->info1 = code >= VMEXIT_CR0_WRITE;
	else if (exit->kind == EXIT_UNKNOWN)
		exit->info1 = code;
}

/*
 * QEMU raises the #DB of a watchpoint in the monitor, at the first instruction behind VMRUN, if another exit ended the instruction that
 * hit it: a nested fault of a read-modify-write, whose read was the hit, or the trap of a step. The instruction either
 * runs, and hits, again, or its hit is in the trap's DR6 already. Only what the handler cost is left to take off.
 */
static u64 guest_ticks(const struct svm_world *world)
{
	return world->tsc_after - world->tsc_before -
		interrupts_debug_traps * INTERRUPTS_DEBUG_TRAP_COST;
}

void vt_run(struct cpu_state *cpu, const struct vt_entry *entry, struct vm_exit *exit)
{
	struct svm_world world = {.vmcb = virt_to_phys(&vmcb),
		.gprs = cpu->gpr,
		.host = virt_to_phys(&host_state),
		.tsc = entry->tsc,
		.tsc_mask = entry->own_tsc ? ~0ull : 0,
		.tsc_offset = &vmcb.tsc_offset,
		.dr7 = entry->dr7 | DR7_RESERVED};
	bool interrupts_exit = entry->trap_inputs && !entry->hold_interrupts;
	bool our_trap_flag = entry->single_step && !(cpu->rflags & RFLAGS_TF);

	if (!is_legal(cpu)) {
		*exit = (struct vm_exit){.kind = EXIT_INVALID_STATE};
		return;
	}
	world.timer = entry->stop_after ? svm_timer_register : &no_timer;
	world.timer_value = entry->stop_after;
	store_state(&vmcb, cpu);
	store_control(&vmcb, entry);
	vmcb.intercept_cr_write |= hides_lme(cpu) ? BIT(0) : 0;
	load_debug_registers(entry);
	/*
	 * GIF is clear: nothing is taken here, RFLAGS.IF only decides what exits (APM 2 15.21.1).
	 */
	if (interrupts_exit)
		__asm__ volatile("sti");
	interrupts_debug_traps = 0;
	svm_run(&world);
	__asm__ volatile("cli");
	/* What a refused VMRUN leaves in the VMCB is not the guest's (APM 2 15.5.1). */
	if (!is_refused(&vmcb))
		load_state(cpu, &vmcb);
	if (our_trap_flag)
		cpu->rflags &= ~RFLAGS_TF;
	*exit = (struct vm_exit){.instructions = guest_ticks(&world)};
	decode_exit(exit, &vmcb);
}
