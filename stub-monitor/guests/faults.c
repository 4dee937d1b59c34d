/* SPDX-License-Identifier: EPL-2.0 */
/*
 * Shows exceptions and software interrupts with handlers of the guest's own: #PF that maps a page,
 * #UD, #DE and #GP that are skipped, INT n. No input at all, so every run has the same digest.
 */
#include "lib/cpu.h"
#include "lib/guest.h"
#include "lib/interrupt.h"
#include "lib/print.h"

#define ROUNDS           4000
#define VECTOR_SOFTWARE  0x30
#define SOFTWARE_VECTORS 4

#define PTE_PRESENT_WRITABLE 0x3ull
#define ENTRIES              512
/* The first address of page-table root entry 1: nothing is mapped there at the start. */
#define WINDOW 0x8000000000ull
#define PAGE   4096ull

extern u64 page_root[ENTRIES];

static u64 level3[ENTRIES] __attribute__((aligned(4096)));
static u64 level2[ENTRIES] __attribute__((aligned(4096)));
static u64 level1[ENTRIES] __attribute__((aligned(4096)));
static u8 frames[8][4096] __attribute__((aligned(4096)));
static u64 counts[256];

static void note(const struct interrupt_frame *frame)
{
	counts[(u8)frame->vector]++;
	digest_add(frame->vector);
	digest_add(frame->error);
	digest_add(frame->rip);
	digest_add(frame->rsp);
}

static void on_page_fault(struct interrupt_frame *frame)
{
	u64 page = (read_cr2() - WINDOW) / PAGE;

	note(frame);
	digest_add(page);
	level1[page % ENTRIES] = (u64)frames[page % ARRAY_SIZE(frames)] | PTE_PRESENT_WRITABLE;
}

/* UD2, DIV %ecx and MOV (%rcx),%eax are two bytes each. */
static void on_skipped(struct interrupt_frame *frame)
{
	note(frame);
	frame->rip += 2;
}

static void on_software(struct interrupt_frame *frame)
{
	note(frame);
	frame->rax = frame->rax * 31 + frame->vector;
}

static u64 software_interrupt(u32 which, u64 value)
{
	switch (which % SOFTWARE_VECTORS) {
	case 0:
		__asm__ volatile("int $0x30" : "+a"(value));
		break;
	case 1:
		__asm__ volatile("int $0x31" : "+a"(value));
		break;
	case 2:
		__asm__ volatile("int $0x32" : "+a"(value));
		break;
	default:
		__asm__ volatile("int $0x33" : "+a"(value));
	}
	return value;
}

static void touch(u64 random)
{
	u64 page = random % ENTRIES;
	volatile u64 *word = (u64 *)(WINDOW + page * PAGE);

	*word += random;
	digest_add(*word);
	level1[page] = 0;
	invlpg((u64)word);
}

static void divide_by_zero(void)
{
	u32 low = 7, high = 0;

	__asm__ volatile("div %%ecx" : "+a"(low), "+d"(high) : "c"(0));
}

/* An address whose bits 47..63 differ. */
static void read_non_canonical(void)
{
	u32 value;

	__asm__ volatile("mov (%%rcx), %0" : "=a"(value) : "c"(1ull << 62), "0"(0));
}

static void one_round(u64 random)
{
	switch ((random >> 60) & 7) {
	case 0:
	case 1:
		touch(random);
		break;
	case 2:
		__asm__ volatile("ud2");
		break;
	case 3:
		divide_by_zero();
		break;
	case 4:
		read_non_canonical();
		break;
	default:
		digest_add(software_interrupt((u32)(random >> 32), random));
	}
}

static void set_up(void)
{
	u32 i;

	page_root[1] = (u64)level3 | PTE_PRESENT_WRITABLE;
	level3[0] = (u64)level2 | PTE_PRESENT_WRITABLE;
	level2[0] = (u64)level1 | PTE_PRESENT_WRITABLE;
	interrupt_handle(VECTOR_PF, on_page_fault);
	interrupt_handle(VECTOR_UD, on_skipped);
	interrupt_handle(VECTOR_DE, on_skipped);
	interrupt_handle(VECTOR_GP, on_skipped);
	for (i = 0; i < SOFTWARE_VECTORS; i++)
		interrupt_handle((u8)(VECTOR_SOFTWARE + i), on_software);
}

void guest_main(u32 magic, const struct multiboot_info *info)
{
	u64 random = 1;
	u32 i;

	(void)magic;
	(void)info;
	guest_ready("faults");
	set_up();
	for (i = 0; i < ROUNDS; i++) {
		random = random * 6364136223846793005ull + 1442695040888963407ull;
		one_round(random);
	}
	print("faults: PF %lu UD %lu DE %lu GP %lu INT %lu %lu %lu %lu\n", counts[VECTOR_PF],
		counts[VECTOR_UD], counts[VECTOR_DE], counts[VECTOR_GP], counts[VECTOR_SOFTWARE],
		counts[VECTOR_SOFTWARE + 1], counts[VECTOR_SOFTWARE + 2],
		counts[VECTOR_SOFTWARE + 3]);
	guest_done();
}
