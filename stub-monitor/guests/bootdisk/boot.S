/* SPDX-License-Identifier: EPL-2.0 */
/*
 * The boot sector: fetches the rest of the program from the disk it was booted from, and calls it (main.c). Behind it, what
 * C cannot say: calls of the BIOS, unreal mode, and a visit in 32-bit protected mode.
 */
#include "layout.h"

#define CR0_PE  1
#define FLAT_32 0x08
#define FLAT    0x10
#define CODE_16 0x18
#define DATA_16 0x20

	.section .boot, "ax"
	.code16
	.globl boot_sector, boot_loaded, boot_stuck
boot_sector:
	cli
	xorw %ax, %ax
	movw %ax, %ds
	movw %ax, %es
	movw %ax, %ss
	movl $BOOT_SECTOR_AT, %esp
	sti
	cld
	pushw %dx
	movw $packet, %si
	movb $0x42, %ah		/* INT 13h, extended read */
	int $0x13
	popw %dx
	jc boot_stuck
boot_loaded:
	movzbl %dl, %eax
	calll bootdisk_main
boot_stuck:
	hlt
	jmp boot_stuck

	.balign 4
packet:	.byte 16, 0
	.word PROGRAM_SECTORS - 1
	.word BOOT_SECTOR_AT + SECTOR_BYTES, 0
	.quad 1

	.org 510
	.word 0xaa55

	.text
	.code16

/* void bios_call(struct bios_registers *registers, u32 vector): AX and DX */
	.globl bios_call
bios_call:
	pushl %ebx
	pushl %esi
	pushl %edi
	pushl %ebp
	movb %dl, call_vector
	movl %eax, call_registers
	movl %eax, %esi
	movl (%si), %eax
	movl 4(%si), %ebx
	movl 8(%si), %ecx
	movl 12(%si), %edx
	movl 20(%si), %edi
	movl 16(%si), %esi
	.byte 0xcd		/* INT */
call_vector:
	.byte 0
	pushfl
	pushw $0
	popw %es
	pushl %esi
	movl call_registers, %esi
	movl %eax, (%si)
	movl %ebx, 4(%si)
	movl %ecx, 8(%si)
	movl %edx, 12(%si)
	movl %edi, 20(%si)
	popl 16(%si)
	popl 24(%si)
	popl %ebp
	popl %edi
	popl %esi
	popl %ebx
	retl

/* u32 unreal_read(u32 address), void unreal_write(u32 address, u32 value): anywhere in the first 4 GB */
	.globl unreal_enter, unreal_read, unreal_write, protected_visit
unreal_enter:
	cli
	lgdt gdt_pointer
	movl %cr0, %eax
	orb $CR0_PE, %al
	movl %eax, %cr0
	movw $FLAT, %dx
	movw %dx, %fs
	andb $~CR0_PE, %al
	movl %eax, %cr0
	xorw %dx, %dx
	movw %dx, %fs		/* the limit stays */
	sti
	retl

unreal_read:
	movl %fs:(%eax), %eax
	retl

unreal_write:
	movl %edx, %fs:(%eax)
	retl

/* void protected_visit(u32 address, u32 value): writes it there from 32-bit code */
protected_visit:
	cli
	movl %eax, %ecx
	lgdt gdt_pointer
	movl %cr0, %eax
	orb $CR0_PE, %al
	movl %eax, %cr0
	ljmpl $FLAT_32, $in_32
	.code32
in_32:
	movl $FLAT, %eax
	movl %eax, %ds
	movl %edx, (%ecx)
	ljmp $CODE_16, $back_16
	.code16
back_16:
	movw $DATA_16, %ax
	movw %ax, %ds
	movl %cr0, %eax
	andb $~CR0_PE, %al
	movl %eax, %cr0
	ljmp $0, $in_real
in_real:
	xorw %ax, %ax
	movw %ax, %ds
	sti
	retl

	.balign 8
gdt:	.quad 0
	.quad 0x00cf9b000000ffff
	.quad 0x00cf93000000ffff
	.quad 0x00009b000000ffff
	.quad 0x000093000000ffff
gdt_pointer:
	.word gdt_pointer - gdt - 1
	.long gdt

	.bss
	.balign 4
call_registers:	.skip 4
