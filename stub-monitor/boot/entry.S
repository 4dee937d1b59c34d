/* SPDX-License-Identifier: EPL-2.0 */
/*
 * Multiboot entry: 32-bit protected mode, paging off -> long mode at VIRT_BASE -> boot_main(magic, info).
 * Boot page tables: the first 4 GB at DIRECT_MAP and (only until relocation) at 0, the image at VIRT_BASE.
 */
#include "boot/multiboot.h"

#define LOAD_BASE     0x200000            /* as in boot/monitor.ld */
#define PHYS(symbol)  (symbol + 0x80000000 + LOAD_BASE) /* linked at -2 GB */
#define PTE_TABLE     0x3
#define PTE_2MB       0x83
#define CR4_PAE_FXSR  0x620   /* PAE, OSFXSR, OSXMMEXCPT */
#define MSR_EFER      0xc0000080
#define EFER_LME_NXE  0x900
#define CR0_PG_WP_PE  0x80010033

	.section .multiboot, "ax"
	.code32
	.align 4
multiboot_header:
	.long MULTIBOOT_HEADER_MAGIC
	.long MULTIBOOT_FLAG_ADDRESSES | MULTIBOOT_FLAG_MEMORY
	.long -(MULTIBOOT_HEADER_MAGIC + (MULTIBOOT_FLAG_ADDRESSES | MULTIBOOT_FLAG_MEMORY))
	.long PHYS(multiboot_header)
	.long PHYS(image_start)
	.long PHYS(image_data_end)
	.long PHYS(image_end)
	.long PHYS(entry)

	.globl entry
entry:
	cli
	cld
	movl $PHYS(main_stack_top), %esp
	movl %eax, %ebp		/* Multiboot magic */
	movl %ebx, %esi		/* Multiboot information */

	/* 4 page directories of 2 MB pages: the first 4 GB */
	movl $PHYS(boot_pd), %edi
	movl $PTE_2MB, %eax
	xorl %ecx, %ecx
1:	movl %eax, (%edi)
	movl $0, 4(%edi)
	addl $0x200000, %eax
	addl $8, %edi
	incl %ecx
	cmpl $2048, %ecx
	jne 1b
	movl $PHYS(boot_pd) + PTE_TABLE, %eax
	movl $PHYS(boot_pdpt_low), %edi
	movl $4, %ecx
2:	movl %eax, (%edi)
	addl $0x1000, %eax
	addl $8, %edi
	loop 2b
	movl $PHYS(boot_pdpt_low) + PTE_TABLE, PHYS(boot_pml4)
	movl $PHYS(boot_pdpt_low) + PTE_TABLE, PHYS(boot_pml4) + 256 * 8
	/* the image: VIRT_BASE = -2 GB is slot 511 / 510 / 0 */
	movl $PHYS(boot_pdpt_high) + PTE_TABLE, PHYS(boot_pml4) + 511 * 8
	movl $PHYS(boot_pd_image) + PTE_TABLE, PHYS(boot_pdpt_high) + 510 * 8
	movl $LOAD_BASE + PTE_2MB, PHYS(boot_pd_image)
	movl $LOAD_BASE + 0x200000 + PTE_2MB, PHYS(boot_pd_image) + 8
	movl $LOAD_BASE + 0x400000 + PTE_2MB, PHYS(boot_pd_image) + 16
	movl $LOAD_BASE + 0x600000 + PTE_2MB, PHYS(boot_pd_image) + 24

	movl $PHYS(boot_pml4), %eax
	movl %eax, %cr3
	movl $CR4_PAE_FXSR, %eax
	movl %eax, %cr4
	movl $MSR_EFER, %ecx
	rdmsr
	orl $EFER_LME_NXE, %eax
	wrmsr
	movl $CR0_PG_WP_PE, %eax
	movl %eax, %cr0
	lgdt PHYS(boot_gdt_pointer32)
	ljmp $8, $PHYS(entry64_low)

	.code64
entry64_low:
	movabs $entry64, %rax
	jmp *%rax

	.text
	.globl entry64
entry64:
	lgdt boot_gdt_pointer(%rip)
	movl $16, %eax
	movl %eax, %ds
	movl %eax, %es
	movl %eax, %ss
	xorl %eax, %eax
	movl %eax, %fs
	movl %eax, %gs
	movq $main_stack_top, %rsp
	movl %ebp, %edi
	movl %esi, %esi
	xorl %ebp, %ebp
	call boot_main
1:	hlt
	jmp 1b

	.data
	.align 8
	.globl boot_gdt
boot_gdt:
	.quad 0
	.quad 0x00af9a000000ffff	/* 8: 64-bit code */
	.quad 0x00cf92000000ffff	/* 16: data */
	.quad 0, 0			/* 24: task state segment, filled by cpu/interrupts.c */
boot_gdt_end:
	.globl boot_gdt_pointer
boot_gdt_pointer:
	.word boot_gdt_end - boot_gdt - 1
	.quad boot_gdt
boot_gdt_pointer32:
	.word boot_gdt_end - boot_gdt - 1
	.long PHYS(boot_gdt)

	.bss
	.align 4096
	.globl boot_pml4, boot_pdpt_low, boot_pd_image, boot_pd
boot_pml4:	.skip 4096
boot_pdpt_low:	.skip 4096
boot_pdpt_high:	.skip 4096
boot_pd_image:	.skip 4096
boot_pd:	.skip 4 * 4096
