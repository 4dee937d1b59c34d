/* SPDX-License-Identifier: EPL-2.0 */
/* The stacks of cpu/stacks.h: pages of their own, at the end of the image, a guard page below each. */
#define GUARD 4096

	.macro stack name, bytes
	.skip GUARD
	.globl \name\()_stack_bottom, \name\()_stack_top
\name\()_stack_bottom:
	.skip \bytes
\name\()_stack_top:
	.endm

	.section .stacks, "aw", @nobits
	.align 4096
	stack main, 32768
	stack nmi, 4096
	stack interrupt, 4096
	stack fault, 16384
	stack panic, 32768

	.section .note.GNU-stack, "", @progbits
