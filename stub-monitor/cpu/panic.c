/* SPDX-License-Identifier: EPL-2.0 */
/*
 * panic() raises an exception of its own (UD2), so that a broken assertion and a fault arrive on the
 * same way: on the fault stack, with all registers. Each depth of panic does less than the one
 * before: the screen and the server; a line; nothing.
 */
#include "lib/panic.h"

#include "cpu/exception.h"
#include "cpu/regs.h"
#include "cpu/stacks.h"
#include "lib/debug_channel.h"
#include "lib/format.h"
#include "lib/printk.h"

#define REASON_SIZE 140
#define STACK_WORDS 16
#define PF_IS_FETCH BIT(4)
#define PF_IS_WRITE BIT(1)

static const char prefix[] = "retrovisor: PANIC:";
static char reason[REASON_SIZE];
static bool asserted; /* `reason` is a panic()'s, not an exception's */
static unsigned depth;
static void (*link_line)(const char *line);
static void (*server)(void);

void panic_set_link(void (*write_line)(const char *line))
{
	link_line = write_line;
}

void panic_set_server(void (*serve)(void))
{
	server = serve;
}

const char *panic_reason(void)
{
	return depth ? reason : NULL;
}

void panic(const char *format_string, ...)
{
	__builtin_va_list arguments;

	if (!depth) {
		__builtin_va_start(arguments, format_string);
		vformat(reason, sizeof(reason), format_string, arguments);
		__builtin_va_end(arguments);
		asserted = true;
	}
	__asm__ volatile("ud2");
	halt_forever();
}

static const char *access_name(u64 error_code)
{
	if (error_code & PF_IS_FETCH)
		return "execution";
	return error_code & PF_IS_WRITE ? "write" : "read";
}

static void describe(const struct exception_frame *frame)
{
	const struct stack *stack = stack_around(read_cr2());

	if (asserted && frame->vector == VECTOR_UD)
		return;
	if (frame->vector != VECTOR_PF)
		format(reason, sizeof(reason), "exception %u (error 0x%lx) at 0x%lx",
			(unsigned)frame->vector, frame->error_code, frame->rip);
	else if (stack && read_cr2() < (u64)stack->bottom)
		format(reason, sizeof(reason), "stack overflow: %s stack, at 0x%lx", stack->name,
			frame->rip);
	else
		format(reason, sizeof(reason), "page fault: %s at 0x%lx, by 0x%lx",
			access_name(frame->error_code), read_cr2(), frame->rip);
}

static void print_registers(const struct exception_frame *f)
{
	printk("rip %016lx rflags %08lx vector %lu error %lx", f->rip, f->rflags, f->vector,
		f->error_code);
	printk("rax %016lx rbx %016lx rcx %016lx rdx %016lx", f->rax, f->rbx, f->rcx, f->rdx);
	printk("rsi %016lx rdi %016lx rbp %016lx rsp %016lx", f->rsi, f->rdi, f->rbp, f->rsp);
	printk("r8  %016lx r9  %016lx r10 %016lx r11 %016lx", f->r8, f->r9, f->r10, f->r11);
	printk("r12 %016lx r13 %016lx r14 %016lx r15 %016lx", f->r12, f->r13, f->r14, f->r15);
	printk("cr0 %016lx cr2 %016lx cr3 %016lx cr4 %016lx", read_cr0(), read_cr2(), read_cr3(),
		read_cr4());
}

/* The words from RSP upwards, four a line; from the end of the guard page if RSP is in there. */
static void print_stack(u64 rsp)
{
	const struct stack *stack = stack_around(rsp & ~7ull);
	const u64 *word = (const u64 *)max_u64(rsp & ~7ull, stack ? (u64)stack->bottom : 0);

	if (!stack) {
		printk("rsp is on no stack of the monitor's");
		return;
	}
	for (unsigned i = 0; i < STACK_WORDS && word + 4 <= (const u64 *)stack->top; i += 4) {
		printk("stack %016lx: %016lx %016lx %016lx %016lx", (u64)word, word[0], word[1],
			word[2], word[3]);
		word += 4;
	}
}

static void fail_first(const struct exception_frame *frame)
{
	describe(frame);
	printk("PANIC: %s", reason);
	print_registers(frame);
	print_stack(frame->rsp);
	if (server)
		panic_switch_stack(server);
	if (link_line) {
		link_line(prefix);
		link_line(reason);
	}
}

void panic_exception(const struct exception_frame *frame)
{
	depth++;
	if (depth == 1)
		fail_first(frame);
	else if (depth == 2)
		printk("PANIC in the panic server: exception %lu (error 0x%lx) at 0x%lx, cr2 0x%lx; "
		       "this is the end",
			frame->vector, frame->error_code, frame->rip, read_cr2());
	halt_forever();
}
