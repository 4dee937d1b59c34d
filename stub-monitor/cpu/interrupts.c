/* SPDX-License-Identifier: EPL-2.0 */
/*
 * The monitor's interrupt descriptor tables, and the task state segment with their stacks.
 * Exceptions in the monitor are bugs and end in panic_exception(), except #GP on a probed MSR (cpu_rdmsr_safe) and #DB (a guest's debug register that matched a
 * monitor address in the few instructions around VMRUN, or svm/svm.c, guest_ticks), which is only counted.
 */
#include "cpu/interrupts.h"

#include "cpu/exception.h"
#include "cpu/phys.h"
#include "cpu/regs.h"
#include "cpu/stacks.h"

#define GATE_INTERRUPT64 0x8e00
#define CODE_SELECTOR    8
#define TASK_SELECTOR    24
#define TASK_AVAILABLE   0x89ull
#define STUB_SIZE        16
#define VECTOR_DB        1
#define VECTOR_NMI       2
#define VECTOR_GP        13
#define EXCEPTIONS       32
#define VECTORS          256
/*
 * Interrupt command register (APM 2 16.5): the shorthand "self" cannot send an NMI, our own ID can.
 */
#define LAPIC_ID_REGISTER  0xfee00020ull
#define LAPIC_COMMAND      0xfee00300ull
#define LAPIC_COMMAND_HIGH 0xfee00310ull
#define COMMAND_NMI        0x4400

struct gate {
	u16 offset_low, selector, flags, offset_middle;
	u32 offset_high, reserved;
};

/* The interrupt stack table: a gate's index into the stacks of the task state segment. */
enum ist { IST_CURRENT, IST_NMI, IST_INTERRUPT, IST_FAULT };

/* APM 2 12.2.5. */
struct task_state {
	u32 reserved1;
	u64 rsp[3], reserved2, ist[7], reserved3;
	u16 reserved4, io_map;
} __attribute__((packed));

extern const char exception_stubs[], interrupt_stubs[], debug_stub[], nmi_stub[];
extern volatile u32 interrupt_taken, interrupt_nmis;
void interrupt_open(void);
void interrupt_open_nmi(void);
void interrupt_halt(bool interrupts);
void exception_entry(struct exception_frame *frame);
extern u64 boot_gdt[];

static struct task_state task_state;
static struct gate exception_table[EXCEPTIONS], interrupt_table[VECTORS];

/* Where a #GP at a probing instruction continues: set by cpu_*msr_safe around the probe. */
static volatile u64 probe_rip, probe_resume;

static void set_gate(struct gate *gate, const void *stub, enum ist ist)
{
	u64 offset = (u64)stub;

	*gate = (struct gate){.offset_low = (u16)offset,
		.selector = CODE_SELECTOR,
		.flags = (u16)(GATE_INTERRUPT64 | ist),
		.offset_middle = (u16)(offset >> 16),
		.offset_high = (u32)(offset >> 32)};
}

static void load_table(const struct gate *table, unsigned count)
{
	struct {
		u16 limit;
		u64 base;
	} __attribute__((packed)) pointer = {(u16)(count * sizeof(*table) - 1), (u64)table};

	__asm__ volatile("lidt %0" : : "m"(pointer));
}

/* A descriptor of a task state segment, not busy (APM 2 4.8.3). */
static void load_task_state(void)
{
	u64 base = (u64)&task_state;

	task_state.ist[IST_NMI - 1] = (u64)stacks[STACK_NMI].top;
	task_state.ist[IST_INTERRUPT - 1] = (u64)stacks[STACK_INTERRUPT].top;
	task_state.ist[IST_FAULT - 1] = (u64)stacks[STACK_FAULT].top;
	task_state.io_map = sizeof(task_state);
	boot_gdt[TASK_SELECTOR / 8] = (sizeof(task_state) - 1) | (base & 0xffffff) << 16 |
		TASK_AVAILABLE << 40 | (base >> 24 & 0xff) << 56;
	boot_gdt[TASK_SELECTOR / 8 + 1] = base >> 32;
	__asm__ volatile("ltr %w0" : : "r"(TASK_SELECTOR) : "memory");
}

void interrupts_init(void)
{
	for (unsigned i = 0; i < EXCEPTIONS; i++)
		set_gate(&exception_table[i], exception_stubs + i * STUB_SIZE, IST_FAULT);
	for (unsigned i = 0; i < VECTORS; i++)
		set_gate(&interrupt_table[i], interrupt_stubs + i * STUB_SIZE, IST_INTERRUPT);
	/* QEMU raises it behind VMRUN too, for a watchpoint hit in the entry's last instruction: the TSS is the guest's yet. */
	set_gate(&exception_table[VECTOR_DB], debug_stub, IST_CURRENT);
	set_gate(&exception_table[VECTOR_NMI], nmi_stub, IST_NMI);
	set_gate(&interrupt_table[VECTOR_NMI], nmi_stub, IST_NMI);
	load_table(exception_table, EXCEPTIONS);
	load_task_state();
}

void exception_entry(struct exception_frame *frame)
{
	if (frame->vector == VECTOR_GP && frame->rip == probe_rip) {
		frame->rip = probe_resume;
		return;
	}
	panic_exception(frame);
}

int interrupts_take(void)
{
	interrupt_taken = (u32)-1;
	load_table(interrupt_table, VECTORS);
	interrupt_open();
	load_table(exception_table, EXCEPTIONS);
	return (int)interrupt_taken;
}

int interrupts_wait(bool interrupts)
{
	interrupt_taken = (u32)-1;
	load_table(interrupt_table, VECTORS);
	interrupt_halt(interrupts);
	load_table(exception_table, EXCEPTIONS);
	return (int)interrupt_taken;
}

bool interrupts_nmi_held(void)
{
	return interrupt_nmis != 0;
}

unsigned interrupts_take_nmis(void)
{
	unsigned count;

	interrupt_open_nmi();
	count = interrupt_nmis;
	interrupt_nmis = 0;
	return count;
}

void interrupts_send_nmi(void)
{
	volatile u32 *command = phys_to_virt(LAPIC_COMMAND),
		     *destination = phys_to_virt(LAPIC_COMMAND_HIGH);
	const volatile u32 *id = phys_to_virt(LAPIC_ID_REGISTER);

	*destination = *id;
	*command = COMMAND_NMI;
}

bool cpu_rdmsr_safe(u32 msr, u64 *value)
{
	u32 low = 0, high = 0, ok = 0;

	__asm__ volatile(
		"lea 1f(%%rip), %%rax\n mov %%rax, %[rip]\n"
		"lea 2f(%%rip), %%rax\n mov %%rax, %[resume]\n"
		"xor %%eax, %%eax\n"
		"1: rdmsr\n"
		"movl $1, %[ok]\n"
		"2:\n"
		: "=&a"(low),
		"=&d"(high), [ok] "+m"(ok), [rip] "=m"(probe_rip), [resume] "=m"(probe_resume)
		: "c"(msr)
		: "memory");
	probe_rip = 0;
	*value = low | (u64)high << 32;
	return ok;
}

bool cpu_wrmsr_safe(u32 msr, u64 value)
{
	u32 ok = 0;

	__asm__ volatile("lea 1f(%%rip), %%r8\n mov %%r8, %[rip]\n"
			 "lea 2f(%%rip), %%r8\n mov %%r8, %[resume]\n"
			 "1: wrmsr\n"
			 "movl $1, %[ok]\n"
			 "2:\n"
			 : [ok] "+m"(ok), [rip] "=m"(probe_rip), [resume] "=m"(probe_resume)
			 : "a"((u32)value), "d"((u32)(value >> 32)), "c"(msr)
			 : "memory", "r8");
	probe_rip = 0;
	return ok;
}
