/* SPDX-License-Identifier: EPL-2.0 */
/*
 * Goes through real mode before it is a guest like the others: 32-bit (modes_entry), 16-bit
 * protected mode, real mode with CS.base and SS.base at LOW, 32-bit again, and then the common
 * entry in long mode. For debuggers: from modes_copied on the real-mode code is in place, real_loop calls real_call.
 */
#include "lib/guest.h"

#define LOW 0x8000

/* EAX and EBX are the loader's, for the common entry. */
__asm__("	.text\n"
	"	.code32\n"
	"	.globl modes_entry\n"
	"modes_entry:\n"
	"	cli\n"
	"	cld\n"
	"	out	%al, $0x80\n" /* something to record in 32-bit code */
	"	mov	$real_start, %esi\n"
	"	mov	$0x8000, %edi\n"
	"	mov	$(real_end - real_start), %ecx\n"
	"	rep movsb\n"
	"	.globl modes_copied\n"
	"modes_copied:\n"
	"	lgdt	modes_gdt_pointer\n"
	"	ljmp	$0x18, $0\n"
	"\n"
	"	.code16\n"
	"	.globl real_start, real_mode, real_loop, real_call\n"
	"real_start:\n"
	"	mov	$0x20, %cx\n"
	"	mov	%cx, %ss\n"
	"	mov	%cx, %ds\n"
	"	mov	%cr0, %ecx\n"
	"	and	$~1, %cx\n"
	"	mov	%ecx, %cr0\n"
	"	ljmp	$0x800, $(real_mode - real_start)\n"
	"real_mode:\n"
	"	mov	%cs, %cx\n"
	"	mov	%cx, %ss\n"
	"	mov	%cx, %ds\n"
	"	mov	$0x1000, %sp\n"
	"	mov	$5, %cx\n"
	"real_loop:\n"
	"	call	real_call\n"
	"	loop	real_loop\n"
	"	mov	%cr0, %ecx\n"
	"	or	$1, %cx\n"
	"	mov	%ecx, %cr0\n"
	"	ljmpl	$0x08, $protected_again\n"
	"real_call:\n"
	"	push	$0x1234\n"
	"	pop	%dx\n"
	"	ret\n"
	"real_end:\n"
	"\n"
	"	.code32\n"
	"	.globl protected_again\n"
	"protected_again:\n"
	"	mov	$0x10, %cx\n"
	"	mov	%cx, %ss\n"
	"	mov	%cx, %ds\n"
	"	mov	%cx, %es\n"
	"	mov	$0x7000, %esp\n"
	"	jmp	entry\n"
	"\n"
	"	.section .rodata\n"
	"	.balign	8\n"
	"modes_gdt:\n"
	"	.quad	0\n"
	"	.quad	0x00cf9b000000ffff\n" /* 08: 32-bit code, flat */
	"	.quad	0x00cf93000000ffff\n" /* 10: data, flat */
	"	.quad	0x00009b008000ffff\n" /* 18: 16-bit code at LOW */
	"	.quad	0x000093008000ffff\n" /* 20: data at LOW */
	"modes_gdt_pointer:\n"
	"	.word	. - modes_gdt - 1\n"
	"	.long	modes_gdt\n"
	"	.text\n"
	"	.code64\n");

void guest_main(u32 magic, const struct multiboot_info *info)
{
	(void)info;
	guest_ready("modes");
	digest_add(magic);
	digest_add_bytes((const void *)LOW, 32);
	guest_done();
}
