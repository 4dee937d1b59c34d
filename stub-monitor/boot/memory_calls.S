/* SPDX-License-Identifier: EPL-2.0 */
/*
 * What stays resident below the top of conventional memory of a guest that boots by the BIOS: it answers the BIOS's calls
 * for the memory map (INT 15h, AX=E820h and E801h, AH=88h; ACPI 6.5, 15.1; Ralf Brown's Interrupt List) without the
 * monitor's memory, and hands on all others. Real mode or virtual-8086, at offset 0 of any segment; boot/boot_bios.c
 * copies it there and fills in its data. It is the guest's: the monitor does not know it any more.
 */
#define SMAP         0x534d4150
#define ENTRY_BYTES  20
#define CARRY        1
#define UNSUPPORTED  0x86
#define FLAGS_OFFSET 6 /* behind BP, IP and CS */
#define IN(label)    (label - memory_calls)

	.section .rodata
	.balign 16
	.globl memory_calls, memory_calls_bytes, memory_calls_data_at
	.code16
memory_calls:
	cmpw $0xe820, %ax
	je map_entry
	cmpw $0xe801, %ax
	je two_sizes
	cmpb $0x88, %ah
	je one_size
	ljmpw *%cs:IN(next)

map_entry:
	cmpl $SMAP, %edx
	jne unsupported
	cmpw %cs:IN(count), %bx
	jae unsupported
	pushw %si
	pushw %di
	pushw %ds
	pushw %cs
	popw %ds
	imulw $ENTRY_BYTES, %bx, %si
	addw $IN(entries), %si
	movl $ENTRY_BYTES, %ecx
	cld
	rep movsb
	movzwl %bx, %ebx
	incw %bx
	cmpw IN(count), %bx
	jb 1f
	xorl %ebx, %ebx
1:	movb $ENTRY_BYTES, %cl
	movl $SMAP, %eax
	popw %ds
	popw %di
	popw %si
	jmp done

two_sizes:
	movw %cs:IN(below_16mb), %ax
	movw %cs:IN(above_16mb), %bx
	movw %ax, %cx
	movw %bx, %dx
	jmp done

one_size:
	movw %cs:IN(extended), %ax

done:
	pushw %bp
	movw %sp, %bp
	andb $~CARRY, FLAGS_OFFSET(%bp)
	popw %bp
	iretw

unsupported:
	movb $UNSUPPORTED, %ah
	pushw %bp
	movw %sp, %bp
	orb $CARRY, FLAGS_OFFSET(%bp)
	popw %bp
	iretw

/* struct memory_calls_data */
	.balign 4
data:
next:		.long 0
below_16mb:	.word 0
above_16mb:	.word 0
extended:	.word 0
count:		.word 0
entries:
memory_calls_end:

	.balign 8
memory_calls_bytes:	.quad IN(memory_calls_end)
memory_calls_data_at:	.quad IN(data)
