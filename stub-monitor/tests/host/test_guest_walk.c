/* SPDX-License-Identifier: EPL-2.0 */
/*
 * guest_walk() over page tables built in an array, one test for each format and each cause of a
 * fault.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "npt/guest_walk.h"

#define MEMORY_SIZE 0x10000
#define P_W_U       7ull
#define LARGE       BIT(7)
#define NX          BIT(63)

static u8 memory[MEMORY_SIZE];
static unsigned reads;

static bool read_physical(void *ctx, struct gpa gpa, void *buffer, size_t size)
{
	(void)ctx;
	reads++;
	if (gpa.addr > MEMORY_SIZE - size)
		return false;
	memcpy(buffer, memory + gpa.addr, size);
	return true;
}

static const struct guest_memory guest_memory = {read_physical, NULL};

static void entry64(u64 table, unsigned index, u64 value)
{
	memcpy(memory + table + 8 * index, &value, 8);
}

static void entry32(u64 table, unsigned index, u32 value)
{
	memcpy(memory + table + 4 * index, &value, 4);
}

static struct guest_paging paging(u64 cr4, u64 efer)
{
	return (struct guest_paging){CR0_PG | CR0_PE | CR0_WP, 0x1000, cr4, efer, 0, 40};
}

static struct guest_paging long_mode(void)
{
	return paging(CR4_PAE, EFER_LMA | EFER_LME | EFER_NXE);
}

static struct guest_walk walk(struct guest_paging p, u64 address, u32 access)
{
	reads = 0;
	return guest_walk(&p, &guest_memory, (struct gla){address}, access);
}

static void assert_maps(struct guest_walk w, u64 gpa, u64 page_size)
{
	assert_int_equal(w.status, GUEST_WALK_OK);
	assert_true(w.gpa.addr == gpa);
	assert_true(w.page_size == page_size);
}

static void assert_faults(struct guest_walk w, u64 error_code)
{
	assert_int_equal(w.status, GUEST_WALK_FAULT);
	assert_int_equal(w.error_code, error_code);
}

/* 0x0000_0080_4020_1abc: index 1 in each of four levels. */
#define LINEAR 0x0000008040201abcull

static int build_four_levels(void **state)
{
	(void)state;
	memset(memory, 0, sizeof(memory));
	entry64(0x1000, 1, 0x2000 | P_W_U);
	entry64(0x2000, 1, 0x3000 | P_W_U);
	entry64(0x3000, 1, 0x4000 | P_W_U);
	entry64(0x4000, 1, 0x12345000 | P_W_U);
	return 0;
}

static void without_paging_addresses_are_physical(void **state)
{
	struct guest_paging p = paging(0, 0);

	(void)state;
	p.cr0 = CR0_PE;
	assert_maps(walk(p, 0x1234567890ull, PF_WRITE), 0x34567890, PAGE_SIZE);
	assert_int_equal(reads, 0);
}

static void four_levels(void **state)
{
	struct guest_walk w = walk(long_mode(), LINEAR, PF_USER | PF_WRITE);

	(void)state;
	assert_maps(w, 0x12345abc, PAGE_SIZE);
	assert_true(w.writable && w.user && w.executable);
	assert_int_equal(reads, 4);
}

static void large_pages_of_long_mode(void **state)
{
	(void)state;
	entry64(0x3000, 1, 0x40000000 | LARGE | BIT(12) | P_W_U); /* bit 12: PAT */
	assert_maps(walk(long_mode(), LINEAR, 0), 0x40001abc, 2ull << 20);
	entry64(0x2000, 1, 0x80000000 | LARGE | P_W_U);
	assert_maps(walk(long_mode(), LINEAR, 0), 0x80201abc, 1ull << 30);
}

static void five_levels(void **state)
{
	struct guest_paging p = long_mode();
	u64 linear = LINEAR | 3ull << 48;

	(void)state;
	p.cr4 |= CR4_LA57;
	p.cr3 = 0x5000;
	entry64(0x5000, 3, 0x1000 | P_W_U);
	assert_maps(walk(p, linear, 0), 0x12345abc, PAGE_SIZE);
	assert_int_equal(walk(p, linear | BIT(60), 0).status, GUEST_WALK_NOT_CANONICAL);
}

static void addresses_that_are_not_canonical(void **state)
{
	(void)state;
	assert_int_equal(walk(long_mode(), 0x0000800000000000, 0).status, GUEST_WALK_NOT_CANONICAL);
	assert_int_equal(walk(long_mode(), 0xffff7fffffffffff, 0).status, GUEST_WALK_NOT_CANONICAL);
	assert_faults(walk(long_mode(), 0xffff800000000000, 0), 0);
}

static void missing_entries_fault_at_each_level(void **state)
{
	static const u64 tables[] = {0x4000, 0x3000, 0x2000, 0x1000};

	(void)state;
	for (unsigned i = 0; i < ARRAY_SIZE(tables); i++) {
		entry64(tables[i], 1, 0x2000 | (P_W_U & ~PF_PRESENT));
		assert_faults(walk(long_mode(), LINEAR, 0), 0);
		assert_faults(walk(long_mode(), LINEAR, PF_WRITE | PF_USER), PF_WRITE | PF_USER);
		assert_faults(walk(long_mode(), LINEAR, PF_FETCH), PF_FETCH);
	}
}

static void permissions_are_those_of_all_levels(void **state)
{
	struct guest_paging p = long_mode();

	(void)state;
	entry64(0x2000, 1, 0x3000 | PF_PRESENT | PF_WRITE);
	assert_faults(walk(p, LINEAR, PF_USER), PF_PRESENT | PF_USER);
	assert_maps(walk(p, LINEAR, PF_WRITE), 0x12345abc, PAGE_SIZE);
	entry64(0x3000, 1, 0x4000 | PF_PRESENT | PF_USER | NX);
	assert_faults(walk(p, LINEAR, PF_WRITE), PF_PRESENT | PF_WRITE);
	assert_faults(walk(p, LINEAR, PF_FETCH), PF_PRESENT | PF_FETCH);
	assert_false(walk(p, LINEAR, 0).writable);
	assert_false(walk(p, LINEAR, 0).user);
	assert_false(walk(p, LINEAR, 0).executable);
	p.cr0 &= ~CR0_WP;
	assert_maps(walk(p, LINEAR, PF_WRITE), 0x12345abc, PAGE_SIZE);
}

static void smep_and_smap(void **state)
{
	struct guest_paging p = long_mode();

	(void)state;
	p.cr4 |= CR4_SMEP | CR4_SMAP;
	assert_faults(walk(p, LINEAR, PF_FETCH), PF_PRESENT | PF_FETCH);
	assert_faults(walk(p, LINEAR, 0), PF_PRESENT);
	assert_maps(walk(p, LINEAR, PF_USER | PF_FETCH), 0x12345abc, PAGE_SIZE);
	p.rflags = RFLAGS_AC;
	assert_maps(walk(p, LINEAR, PF_WRITE), 0x12345abc, PAGE_SIZE);
}

static void reserved_bits_fault(void **state)
{
	const u64 reserved = PF_PRESENT | PF_RESERVED;
	struct guest_paging p = long_mode();

	(void)state;
	entry64(0x4000, 1, 0x12345000 | BIT(40) | P_W_U);
	assert_faults(walk(p, LINEAR, 0), reserved);
	entry64(0x4000, 1, 0x12345000 | BIT(55) | P_W_U); /* available to software */
	assert_maps(walk(p, LINEAR, 0), 0x12345abc, PAGE_SIZE);
	entry64(0x4000, 1, 0x12345000 | NX | P_W_U);
	p.efer &= ~EFER_NXE;
	assert_faults(walk(p, LINEAR, PF_FETCH), reserved); /* no fetch bit without NX */
	p = long_mode();
	entry64(0x3000, 1, 0x40000000 | BIT(13) | LARGE | P_W_U);
	assert_faults(walk(p, LINEAR, PF_WRITE), reserved | PF_WRITE);
	entry64(0x1000, 1, 0x2000 | LARGE | P_W_U);
	assert_faults(walk(p, LINEAR, 0), reserved);
}

static void pae(void **state)
{
	struct guest_paging p = paging(CR4_PAE, EFER_NXE);

	(void)state;
	memset(memory, 0, sizeof(memory));
	p.cr3 = 0x1020; /* aligned to 32 bytes */
	entry64(0x1020, 3, 0x2000 | PF_PRESENT);
	entry64(0x2000, 511, 0x3000 | P_W_U);
	entry64(0x3000, 2, 0x123456000 | P_W_U);
	assert_maps(walk(p, 0xffe02123, PF_USER | PF_WRITE), 0x123456123, PAGE_SIZE);
	entry64(0x2000, 510, 0x200400000 | LARGE | P_W_U);
	assert_maps(walk(p, 0xffc02123, 0), 0x200402123, 2ull << 20);
	entry64(0x3000, 2, 0x123456000 | BIT(52) | P_W_U);
	assert_faults(walk(p, 0xffe02123, 0), PF_PRESENT | PF_RESERVED);
	entry64(0x1020, 3, 0x2000 | P_W_U);
	assert_faults(walk(p, 0xffe02123, 0), PF_PRESENT | PF_RESERVED);
}

static void paging_of_32_bits(void **state)
{
	struct guest_paging p = paging(CR4_PSE, 0);

	(void)state;
	memset(memory, 0, sizeof(memory));
	entry32(0x1000, 1023, 0x2000 | P_W_U);
	entry32(0x2000, 1, 0x12fff000 | P_W_U);
	assert_maps(walk(p, 0xffc01004, PF_WRITE), 0x12fff004, PAGE_SIZE);
	entry32(0x1000, 1, 0x00c00000 | LARGE | 0x12 << 13 | P_W_U);
	assert_maps(walk(p, 0x00654321, 0), 0x1200e54321, 4ull << 20);
	entry32(0x1000, 1, 0x00c00000 | LARGE | BIT(21) | P_W_U);
	assert_faults(walk(p, 0x00654321, 0), PF_PRESENT | PF_RESERVED);
	p.cr4 = 0; /* without PSE bit 7 means nothing */
	entry32(0x1000, 2, 0x2000 | LARGE | P_W_U);
	assert_maps(walk(p, 0x00801010, 0), 0x12fff010, PAGE_SIZE);
	assert_faults(walk(p, 0x00c00000, PF_FETCH), 0);
}

static void page_tables_that_cannot_be_read(void **state)
{
	struct guest_walk w;

	(void)state;
	entry64(0x3000, 1, 0x10000000 | P_W_U);
	w = walk(long_mode(), LINEAR, 0);
	assert_int_equal(w.status, GUEST_WALK_UNREADABLE);
	assert_true(w.gpa.addr == 0x10000008);
}

static void nothing_is_written(void **state)
{
	static u8 before[MEMORY_SIZE];

	(void)state;
	memcpy(before, memory, sizeof(memory));
	walk(long_mode(), LINEAR, PF_WRITE);
	assert_memory_equal(before, memory, sizeof(memory));
}

#define TEST(name) cmocka_unit_test_setup(name, build_four_levels)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(without_paging_addresses_are_physical),
		TEST(four_levels),
		TEST(large_pages_of_long_mode),
		TEST(five_levels),
		TEST(addresses_that_are_not_canonical),
		TEST(missing_entries_fault_at_each_level),
		TEST(permissions_are_those_of_all_levels),
		TEST(smep_and_smap),
		TEST(reserved_bits_fault),
		TEST(pae),
		TEST(paging_of_32_bits),
		TEST(page_tables_that_cannot_be_read),
		TEST(nothing_is_written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
