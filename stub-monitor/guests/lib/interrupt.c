/* SPDX-License-Identifier: EPL-2.0 */
/* The IDT, the handler table, and panic(). */
#include "interrupt.h"
#include "cpu.h"
#include "print.h"

#define VECTORS           256
#define ENTRY_BYTES       16
#define SELECTOR_CODE64   0x08
#define GATE_INTERRUPT_64 0x8e

struct gate {
	u16 offset_low;
	u16 selector;
	u8 ist;
	u8 type;
	u16 offset_middle;
	u32 offset_high;
	u32 reserved;
};

struct idt_pointer {
	u16 limit;
	u64 base;
} __attribute__((packed));

extern const u8 interrupt_entries[];

static struct gate idt[VECTORS];
static interrupt_handler handlers[VECTORS];

void interrupt_init(void)
{
	struct idt_pointer pointer = {sizeof(idt) - 1, (u64)idt};
	u32 i;

	for (i = 0; i < VECTORS; i++) {
		u64 entry = (u64)interrupt_entries + i * ENTRY_BYTES;

		idt[i] = (struct gate){
			.offset_low = (u16)entry,
			.selector = SELECTOR_CODE64,
			.type = GATE_INTERRUPT_64,
			.offset_middle = (u16)(entry >> 16),
			.offset_high = (u32)(entry >> 32),
		};
	}
	__asm__ volatile("lidt %0" ::"m"(pointer));
}

void interrupt_handle(u8 vector, interrupt_handler handler)
{
	handlers[vector] = handler;
}

void interrupt_dispatch(struct interrupt_frame *frame)
{
	interrupt_handler handler = handlers[(u8)frame->vector];

	if (!handler)
		panic(frame);
	handler(frame);
}

void panic(struct interrupt_frame *f)
{
	print("panic: vector %lu error %lx rip %lx cr2 %lx\n", f->vector, f->error, f->rip,
		read_cr2());
	print("panic: rax %lx rbx %lx rcx %lx rdx %lx\n", f->rax, f->rbx, f->rcx, f->rdx);
	print("panic: rsi %lx rdi %lx rbp %lx rsp %lx\n", f->rsi, f->rdi, f->rbp, f->rsp);
	print("panic: r8 %lx r9 %lx r10 %lx r11 %lx\n", f->r8, f->r9, f->r10, f->r11);
	print("panic: r12 %lx r13 %lx r14 %lx r15 %lx rflags %lx\n", f->r12, f->r13, f->r14, f->r15,
		f->rflags);
	for (;;)
		__asm__ volatile("cli\n\thlt");
}
