/* SPDX-License-Identifier: EPL-2.0 */
/*
 * A disk that a BIOS boots: 16-bit code that prints the memory map, reads the disk by INT 13h, waits for the timer, and goes
 * through unreal and protected mode. Compiled for real mode (-m16); all segments are 0.
 */
#include "layout.h"

typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;

#define COM1          0x3f8
#define LINE_STATUS   5
#define TRANSMIT_FREE 0x20
#define DEBUG_EXIT    0xf4
#define CARRY         1
#define SMAP          0x534d4150
#define DATA_AT       0xc000
#define HIGH_AT       0x300000 /* above 1 MB */
#define TICKS         3        /* of the timer, 55 ms each */

struct bios_registers {
	u32 eax, ebx, ecx, edx, esi, edi, flags;
};

#define CALL_CONVENTION __attribute__((regparm(3)))

void CALL_CONVENTION bios_call(struct bios_registers *registers, u32 vector);
void unreal_enter(void);
u32 CALL_CONVENTION unreal_read(u32 address);
void CALL_CONVENTION unreal_write(u32 address, u32 value);
void CALL_CONVENTION protected_visit(u32 address, u32 value);
void CALL_CONVENTION bootdisk_main(u32 drive);

static u32 digest = 0x811c9dc5;

static void out(u16 port, u8 value)
{
	__asm__ volatile("outb %0, %1" : : "a"(value), "Nd"(port));
}

static u8 in(u16 port)
{
	u8 value;

	__asm__ volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
	return value;
}

static void print(const char *text)
{
	for (; *text; text++) {
		while (!(in(COM1 + LINE_STATUS) & TRANSMIT_FREE))
			;
		out(COM1, (u8)*text);
	}
}

static void print_hex(u32 value)
{
	char digits[9] = "";

	for (int i = 7; i >= 0; i--, value >>= 4)
		digits[i] = "0123456789abcdef"[value & 15];
	print(digits);
}

static void print_number(const char *name, u32 value)
{
	print(name);
	print_hex(value);
	print("\n");
}

static void stop_because(const char *what)
{
	print("bootdisk: ");
	print(what);
	print("\n");
	for (;;)
		__asm__ volatile("hlt");
}

static void digest_add(u32 value) /* FNV-1a, by words */
{
	digest = (digest ^ value) * 0x01000193;
}

static void print_memory_map(void)
{
	u32 entry[5];
	struct bios_registers r = {.ebx = 0};

	do {
		r.eax = 0xe820;
		r.ecx = sizeof(entry);
		r.edx = SMAP;
		r.edi = (u32)entry;
		bios_call(&r, 0x15);
		if ((r.flags & CARRY) || r.eax != SMAP || r.ecx != sizeof(entry))
			stop_because("no memory map");
		print("map ");
		for (int i = 0; i < 5; i++) {
			print_hex(entry[i]);
			print(i < 4 ? " " : "\n");
		}
	} while (r.ebx);
}

static void print_memory_sizes(void)
{
	struct bios_registers r = {.eax = 0xe801};

	bios_call(&r, 0x15);
	print_number("below 16 MB: ", r.eax & 0xffff);
	print_number("above 16 MB: ", r.ebx & 0xffff);
	r.eax = 0x8800;
	bios_call(&r, 0x15);
	print_number("extended: ", r.eax & 0xffff);
	bios_call(&r, 0x12);
	print_number("conventional: ", r.eax & 0xffff);
	r.eax = 0xc000; /* one that the monitor's hook hands on: the configuration table is at ES:BX */
	bios_call(&r, 0x15);
	digest_add(r.flags & CARRY);
}

static void read_sector(u32 drive, u32 sector)
{
	struct {
		u8 size, reserved;
		u16 count, offset, segment;
		u32 low, high;
	} packet = {16, 0, 1, DATA_AT, 0, sector, 0};
	struct bios_registers r = {.eax = 0x4200, .edx = drive, .esi = (u32)&packet};

	bios_call(&r, 0x13);
	if (r.flags & CARRY)
		stop_because("a sector cannot be read");
}

static void read_disk(u32 drive)
{
	for (u32 i = 0; i < DATA_SECTORS; i++) {
		read_sector(drive, PROGRAM_SECTORS + i);
		for (u32 at = 0; at < SECTOR_BYTES; at += 4)
			digest_add(*(volatile u32 *)(DATA_AT + at));
	}
	print_number("data: ", digest);
}

static u32 ticks(void)
{
	struct bios_registers r = {.eax = 0};

	bios_call(&r, 0x1a);
	return r.edx & 0xffff;
}

static void wait_for_timer(void)
{
	u32 start = ticks();

	while (((ticks() - start) & 0xffff) < TICKS)
		__asm__ volatile("hlt");
	print("timer\n");
}

static void visit_modes(void)
{
	unreal_enter();
	unreal_write(HIGH_AT, 0x12345678);
	digest_add(unreal_read(HIGH_AT));
	protected_visit(HIGH_AT + 4, 0x9abcdef0);
	unreal_enter(); /* the visit has left limits of 64 KB */
	digest_add(unreal_read(HIGH_AT + 4));
	print("modes\n");
}

void CALL_CONVENTION bootdisk_main(u32 drive)
{
	print_number("bootdisk: drive ", drive);
	print_memory_map();
	print_memory_sizes();
	read_disk(drive);
	wait_for_timer();
	visit_modes();
	print_number("bootdisk: done ", digest);
	out(DEBUG_EXIT, 0);
	for (;;)
		__asm__ volatile("hlt");
}
