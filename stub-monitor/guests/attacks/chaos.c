/* SPDX-License-Identifier: EPL-2.0 */
/*
 * An attack by chance: pages of random bytes, executed with random registers at privilege level 0 in
 * 64-, 32- or 16-bit code segments, or in real mode. Arguments, the last word: BITS-SEED-FIRST-COUNT, in decimal,
 * BITS 8086 for real mode; the same four make the same pages. "chaos: page N" before each; an exception or the clock ends a page.
 */
#include "../lib/cpu.h"
#include "../lib/guest.h"
#include "../lib/interrupt.h"
#include "../lib/pic.h"
#include "../lib/print.h"
#include "../lib/real_mode.h"

#define REAL_MODE   8086
#define REAL_PAGE   0x10000ull
#define REAL_STACK  0x2000
#define REAL_DATA   0x3000
#define CODE        0x800000ull /* also the base of the 16-bit segment */
#define CODE_BYTES  4096
#define STACK_TOP   0x1800000ull
#define GATES       256
#define TICKS       500
#define SELECTOR_64 0x08
#define SELECTOR_32 0x18
#define SELECTOR_16 0x20
#define SELECTOR_TR 0x28
#define TYPE_TASK   0x89ull

struct table_pointer {
	u16 limit;
	u64 base;
} __attribute__((packed));

struct gate {
	u16 offset_low, selector;
	u8 ist, type;
	u16 offset_middle;
	u32 offset_high, reserved;
};

struct task_state {
	u32 reserved1;
	u64 rsp[3], reserved2, ist[7], reserved3;
	u16 reserved4, io_map;
} __attribute__((packed));

struct start {
	u64 gpr[15];
	u64 rip, cs, rflags, rsp, ss;
};

static u64 state;
static u64 gdt[7] = {0, 0x00af9b000000ffff, 0x00cf93000000ffff, 0x00cf9b000000ffff,
	0x008f9b000000ffff};
static struct task_state task_state;
static u8 exception_stack[16384] __attribute__((aligned(16)));
static u64 resume_rsp;
static u32 page_ended;

/* xorshift64*. */
static u64 random_word(void)
{
	state ^= state >> 12;
	state ^= state << 25;
	state ^= state >> 27;
	return state * 0x2545f4914f6cdd1dull;
}

static u32 take_number(const char **text)
{
	u32 value = 0;

	for (; **text >= '0' && **text <= '9'; (*text)++)
		value = value * 10 + (u32)(**text - '0');
	*text += **text == '-';
	return value;
}

/* Every vector on a stack of its own: the random code's may be anywhere. */
static void use_own_tables(void)
{
	struct table_pointer pointer = {sizeof(gdt) - 1, (u64)gdt}, idt;
	struct gate *gates;
	u64 base = (u64)&task_state;
	u32 i;

	task_state.ist[0] = (u64)exception_stack + sizeof(exception_stack);
	task_state.io_map = sizeof(task_state);
	gdt[SELECTOR_TR / 8] = (sizeof(task_state) - 1) | (base & 0xffffff) << 16 |
		TYPE_TASK << 40 | (base >> 24 & 0xff) << 56;
	gdt[SELECTOR_TR / 8 + 1] = base >> 32;
	__asm__ volatile("lgdt %0\n\tsidt %1\n\tltr %w2"
			 : "+m"(pointer), "=m"(idt)
			 : "r"(SELECTOR_TR)
			 : "memory");
	gates = (struct gate *)idt.base;
	for (i = 0; i < GATES; i++)
		gates[i].ist = 1;
}

extern u8 chaos_resume[];

/* Whatever ended the page: back behind enter(), with what the harness needs put right. */
static void end_page(struct interrupt_frame *frame)
{
	page_ended = 1;
	frame->rip = (u64)chaos_resume;
	frame->cs = SELECTOR_64;
	frame->ss = 0x10;
	frame->rflags = 2;
	frame->rsp = resume_rsp;
	pic_eoi(0);
}

static void enter(const struct start *start)
{
	__asm__ volatile(
		"push %%rbx\n\tpush %%rbp\n\tpush %%r12\n\tpush %%r13\n\tpush %%r14\n\tpush %%r15\n\t"
		"mov %%rsp, %0\n\t"
		"mov %1, %%rsp\n\t"
		"pop %%rax\n\tpop %%rbx\n\tpop %%rcx\n\tpop %%rdx\n\tpop %%rsi\n\tpop %%rdi\n\t"
		"pop %%rbp\n\tpop %%r8\n\tpop %%r9\n\tpop %%r10\n\tpop %%r11\n\tpop %%r12\n\t"
		"pop %%r13\n\tpop %%r14\n\tpop %%r15\n\tiretq\n"
		".globl chaos_resume\nchaos_resume:\n\t"
		"pop %%r15\n\tpop %%r14\n\tpop %%r13\n\tpop %%r12\n\tpop %%rbp\n\tpop %%rbx\n\t"
		"mov $0x10, %%eax\n\tmov %%eax, %%ds\n\tmov %%eax, %%es\n\tcld"
		: "=m"(resume_rsp)
		: "r"(start)
		: "rax", "rcx", "rdx", "rsi", "rdi", "r8", "r9", "r10", "r11", "memory", "cc");
}

static void make_page(u64 *page, u32 bits, u32 seed, u32 number)
{
	u32 i;

	state = ((u64)seed << 32 | number) * 0x9e3779b97f4a7c15ull + bits;
	for (i = 0; i < 8; i++)
		random_word();
	for (i = 0; i < CODE_BYTES / sizeof(u64); i++)
		page[i] = random_word();
}

static u16 random_segment(void)
{
	return (u16)(REAL_DATA + (random_word() & 0x3fff));
}

/* A whole period for the page, whatever has become of the last tick: a debugger may have stopped the guest meanwhile. */
static __attribute__((noinline)) void begin_period(void)
{
	pic_init(PIC_VECTOR);
	pit_start(TICKS);
	pic_unmask(IRQ_PIT);
}

static void run_real_page(u32 seed, u32 number)
{
	struct real_mode_frame frame;

	make_page((u64 *)REAL_PAGE, REAL_MODE, seed, number);
	frame = (struct real_mode_frame){(u32)random_word(), (u32)random_word(), (u32)random_word(),
		(u32)random_word(), (u32)random_word(), (u32)random_word(), (u32)random_word(),
		random_segment(), random_segment(), random_segment(), random_segment(), 0xfff0,
		REAL_STACK, 0, REAL_PAGE >> 4, 0x202};
	begin_period();
	real_mode_run(&frame);
	pic_eoi(0);
	digest_add(number);
}

static void run_page(u32 bits, u32 seed, u32 number)
{
	struct start start = {.rip = bits == 16 ? 0 : CODE,
		.rflags = 0x202,
		.rsp = STACK_TOP,
		.ss = 0x10};
	u32 i;

	make_page((u64 *)CODE, bits, seed, number);
	for (i = 0; i < ARRAY_SIZE(start.gpr); i++)
		start.gpr[i] = random_word() & (random_word() & 1 ? ~0ull : 0x1ffffff);
	start.cs = bits == 64 ? SELECTOR_64 : bits == 32 ? SELECTOR_32 : SELECTOR_16;
	page_ended = 0;
	enter(&start);
	digest_add(page_ended);
}

void guest_main(u32 magic, const struct multiboot_info *info)
{
	const char *text = multiboot_argument(info);
	u32 bits = take_number(&text), seed = take_number(&text), first = take_number(&text),
	    count = take_number(&text), i;

	(void)magic;
	guest_ready("chaos");
	gdt[SELECTOR_16 / 8] |= (CODE & 0xffffff) << 16; /* bits 31-24 of the base are 0 */
	use_own_tables();
	for (i = 0; i < GATES; i++)
		interrupt_handle((u8)i, end_page);
	begin_period();
	for (i = first; i < first + count; i++) {
		print("chaos: page %u\n", i);
		if (bits == REAL_MODE)
			run_real_page(seed, i);
		else
			run_page(bits, seed, i);
	}
	guest_print_done();
	for (;;)
		__asm__ volatile("cli\n\thlt");
}
