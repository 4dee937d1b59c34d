/* SPDX-License-Identifier: EPL-2.0 */
/*
 * A fixed amount of work between the lines "bench: begin" and "bench: end", for the clock on the
 * host. The first argument says which work, the second how many rounds:
 *   alu ROUNDS       8 additions, multiplications and shifts a round, no memory, no input
 *   memory ROUNDS    a read and a write at a random place in 16 MiB
 *   ports ROUNDS     a read of one byte from a port (CMOS)
 *   device ROUNDS    a read of a device's register in memory (the local APIC's version)
 *   cpuid ROUNDS     a CPUID
 *   tsc ROUNDS       an RDTSC
 */
#include "lib/cpu.h"
#include "lib/guest.h"
#include "lib/port.h"
#include "lib/print.h"

#define CMOS_INDEX    0x70
#define CMOS_DATA     0x71
#define LAPIC_VERSION 0xfee00030ull
#define AREA_BYTES    (16u << 20)
#define LCG_FACTOR    6364136223846793005ull
#define LCG_ADD       1442695040888963407ull

static u64 area[AREA_BYTES / sizeof(u64)];

static u64 alu(u64 rounds)
{
	u64 a = 1, b = 2, c = 3, d = 4;

	while (rounds--) {
		a += b;
		b = b * LCG_FACTOR;
		c += a;
		d = d << 1;
		a += d;
		b += c;
		c = c * LCG_FACTOR;
		d += LCG_ADD;
		__asm__ volatile("" : "+r"(a), "+r"(b), "+r"(c), "+r"(d));
	}
	return a + b + c + d;
}

static u64 memory(u64 rounds)
{
	u64 random = 1, sum = 0;

	while (rounds--) {
		u64 *word;

		random = random * LCG_FACTOR + LCG_ADD;
		word = &area[(random >> 33) % ARRAY_SIZE(area)];
		sum += *word;
		*word = random;
	}
	return sum;
}

/* So that nobody measures the host's first touch of a page. */
static void touch_all(void)
{
	for (u32 i = 0; i < ARRAY_SIZE(area); i++)
		area[i] = i;
}

static u64 ports(u64 rounds)
{
	u64 sum = 0;

	outb(CMOS_INDEX, 0x0f);
	while (rounds--)
		sum += inb(CMOS_DATA);
	return sum;
}

static u64 device(u64 rounds)
{
	u64 sum = 0;

	while (rounds--)
		sum += *(volatile u32 *)LAPIC_VERSION;
	return sum;
}

static u64 cpuids(u64 rounds)
{
	u64 sum = 0;

	while (rounds--)
		sum += cpuid(0, 0).eax;
	return sum;
}

static u64 clocks(u64 rounds)
{
	u64 last = 0;

	while (rounds--)
		last = rdtsc();
	return last;
}

/* The loader may put a file's name first: the words are found from the end. */
static const char *last_word(const char *line, const char *end)
{
	while (end > line && end[-1] != ' ')
		end--;
	return end;
}

static u64 number(const char *digits)
{
	u64 value = 0;

	for (; *digits >= '0' && *digits <= '9'; digits++)
		value = value * 10 + (u64)(*digits - '0');
	return value;
}

static bool begins_with(const char *text, const char *word)
{
	while (*word && *text == *word) {
		text++;
		word++;
	}
	return !*word;
}

static u64 work(const char *kind, u64 rounds)
{
	if (begins_with(kind, "alu "))
		return alu(rounds);
	if (begins_with(kind, "memory "))
		return memory(rounds);
	if (begins_with(kind, "ports "))
		return ports(rounds);
	if (begins_with(kind, "device "))
		return device(rounds);
	if (begins_with(kind, "cpuid "))
		return cpuids(rounds);
	if (begins_with(kind, "tsc "))
		return clocks(rounds);
	print("bench: no such work: %s\n", kind);
	return 0;
}

void guest_main(u32 magic, const struct multiboot_info *info)
{
	const char *line = multiboot_cmdline(info);
	const char *end = line, *count, *kind;

	(void)magic;
	while (*end)
		end++;
	count = last_word(line, end);
	kind = last_word(line, count > line ? count - 1 : line);
	guest_ready("bench");
	touch_all();
	print("bench: begin\n");
	digest_add(work(kind, number(count)));
	print("bench: end\n");
	guest_done();
}
