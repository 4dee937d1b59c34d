/* SPDX-License-Identifier: EPL-2.0 */
/*
 * An attack on itself, the argument says how: tables (GDT, IDT and page tables filled with ones),
 * everything (a word into every page of the first 4 GB, its own last), stack-hole and stack-monitor
 * (the stack where there is no RAM, with interrupts on).
 */
#include "../lib/cpu.h"
#include "../lib/guest.h"
#include "../lib/interrupt.h"
#include "../lib/pic.h"
#include "../lib/print.h"

#define PAGE       4096ull
#define FOUR_GB    (4ull << 30)
#define HOLE       0x90000000ull
#define PATTERN    0x5245434b5245434bull
#define TABLE_SIZE 4096u

struct table_pointer {
	u16 limit;
	u64 base;
} __attribute__((packed));

extern u64 page_root[];
extern u8 image_start[], image_end[];

static void fill(u64 address, u32 bytes)
{
	volatile u8 *at = (volatile u8 *)address;

	while (bytes--)
		*at++ = 0xff;
}

static void destroy_tables(void)
{
	struct table_pointer gdt, idt;

	__asm__ volatile("sgdt %0\n\tsidt %1" : "=m"(gdt), "=m"(idt));
	fill(gdt.base, gdt.limit + 1u);
	fill(idt.base, idt.limit + 1u);
	fill((u64)page_root, TABLE_SIZE);
	__asm__ volatile("mov %%cr3, %%rax\n\tmov %%rax, %%cr3\n\tud2" ::: "rax");
}

/* What is left of the guest goes last. */
static void write_everywhere(void)
{
	u64 a;

	for (a = 0; a < FOUR_GB; a += PAGE)
		if (a + PAGE <= (u64)image_start || a >= (u64)image_end)
			*(volatile u64 *)(a + 8) = PATTERN;
	print("wreck: itself\n");
	for (a = (u64)image_start; a < (u64)image_end; a += 8)
		*(volatile u64 *)a = PATTERN;
}

/* The end of RAM for the guest is where the monitor begins. */
static u64 end_of_ram(const struct multiboot_info *info)
{
	const struct multiboot_mmap *e = NULL;
	u64 end = 0;

	while ((e = multiboot_mmap_next(info, e)))
		if (e->type == MULTIBOOT_RAM && e->base < FOUR_GB && e->base + e->length > end)
			end = e->base + e->length;
	return end;
}

static void ignore(struct interrupt_frame *frame)
{
	pic_eoi((u8)(frame->vector - PIC_VECTOR));
}

static void use_stack(u64 top)
{
	pic_init(PIC_VECTOR);
	interrupt_handle(PIC_VECTOR + IRQ_PIT, ignore);
	pit_start(1000);
	pic_unmask(IRQ_PIT);
	__asm__ volatile("mov %0, %%rsp\n\tpush %%rax\n\tpop %%rax\n\tsti\n1:\tjmp 1b" ::"r"(top));
}

void guest_main(u32 magic, const struct multiboot_info *info)
{
	const char *way = multiboot_argument(info);

	(void)magic;
	guest_ready("wreck");
	print("wreck: by %s\n", way);
	guest_print_done();
	if (strings_equal(way, "tables"))
		destroy_tables();
	else if (strings_equal(way, "everything"))
		write_everywhere();
	else if (strings_equal(way, "stack-hole"))
		use_stack(HOLE + PAGE);
	else if (strings_equal(way, "stack-monitor"))
		use_stack(end_of_ram(info) + 16 * PAGE);
	for (;;)
		__asm__ volatile("cli\n\thlt");
}
