/* SPDX-License-Identifier: EPL-2.0 */
/*
 * From the Multiboot loader to guest_main(magic, info) in long mode, interrupts off, the low 4 GiB
 * mapped one to one by 2 MiB pages. The loader clears .bss (Multiboot 3.2), nothing here does.
 * With MULTIBOOT_KLUDGE the header carries load addresses ("a.out kludge"), for flat binaries.
 */
#define MULTIBOOT_MAGIC 0x1badb002
#define MULTIBOOT_ALIGN_AND_MEMORY 0x3
#define MULTIBOOT_HAS_ADDRESSES 0x10000

#ifdef MULTIBOOT_KLUDGE
#define MULTIBOOT_FLAGS (MULTIBOOT_ALIGN_AND_MEMORY | MULTIBOOT_HAS_ADDRESSES)
#else
#define MULTIBOOT_FLAGS MULTIBOOT_ALIGN_AND_MEMORY
#endif

#define CR0_PE (1 << 0)
#define CR0_MP (1 << 1)
#define CR0_EM (1 << 2)
#define CR0_TS (1 << 3)
#define CR0_NE (1 << 5)
#define CR0_WP (1 << 16)
#define CR0_PG (1 << 31)
#define CR4_PAE (1 << 5)
#define CR4_OSFXSR (1 << 9)
#define CR4_OSXMMEXCPT (1 << 10)
#define MSR_EFER 0xc0000080
#define EFER_LME (1 << 8)
#define PTE_PRESENT_WRITABLE 0x3
#define PTE_2M_PRESENT_WRITABLE 0x83
#define PAGE_2M 0x200000
#define STACK_BYTES 16384
#define SELECTOR_CODE64 0x08
#define SELECTOR_DATA 0x10

	.cfi_sections .debug_frame

	.section .multiboot, "a"
	.balign 4
multiboot_header:
	.long MULTIBOOT_MAGIC
	.long MULTIBOOT_FLAGS
	.long -(MULTIBOOT_MAGIC + MULTIBOOT_FLAGS)
#ifdef MULTIBOOT_KLUDGE
	.long multiboot_header
	.long image_start
	.long image_data_end
	.long image_end
	.long entry
#endif

	.text
	.code32
	.globl entry
entry:
	cli
	cld
	mov $stack_top, %esp
	mov %eax, %esi
	mov %ebx, %edi

	/* The four page directories lie one after the other: 2048 entries of 2 MiB. */
	mov $page_directories, %edx
	mov $PTE_2M_PRESENT_WRITABLE, %eax
	mov $2048, %ecx
1:	mov %eax, (%edx)
	add $8, %edx
	add $PAGE_2M, %eax
	loop 1b

	mov $page_directories + PTE_PRESENT_WRITABLE, %eax
	mov $page_pointers, %edx
	mov $4, %ecx
2:	mov %eax, (%edx)
	add $8, %edx
	add $4096, %eax
	loop 2b
	movl $page_pointers + PTE_PRESENT_WRITABLE, page_root

	mov $(CR4_PAE | CR4_OSFXSR | CR4_OSXMMEXCPT), %eax
	mov %eax, %cr4
	mov $page_root, %eax
	mov %eax, %cr3
	mov $MSR_EFER, %ecx
	rdmsr
	or $EFER_LME, %eax
	wrmsr
	mov %cr0, %eax
	and $~(CR0_EM | CR0_TS), %eax
	or $(CR0_PG | CR0_WP | CR0_NE | CR0_MP | CR0_PE), %eax
	mov %eax, %cr0
	lgdt gdt_pointer
	ljmp $SELECTOR_CODE64, $entry64

	.code64
entry64:
	.cfi_startproc
	.cfi_undefined %rip
	mov $SELECTOR_DATA, %eax
	mov %eax, %ds
	mov %eax, %es
	mov %eax, %ss
	xor %eax, %eax
	mov %eax, %fs
	mov %eax, %gs
	xor %ebp, %ebp
	xchg %edi, %esi
	call guest_main
3:	cli
	hlt
	jmp 3b
	.cfi_endproc

	.data
	.balign 8
gdt:
	.quad 0
	.quad 0x00af9b000000ffff
	.quad 0x00cf93000000ffff
gdt_end:
gdt_pointer:
	.word gdt_end - gdt - 1
	.quad gdt

	.bss
	.balign 4096
	.globl page_root
page_root:
	.skip 4096
page_pointers:
	.skip 4096
page_directories:
	.skip 4 * 4096
	.skip STACK_BYTES
stack_top:

	.section .note.GNU-stack, "", @progbits
