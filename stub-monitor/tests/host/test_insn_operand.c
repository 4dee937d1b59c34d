/* SPDX-License-Identifier: EPL-2.0 */
/*
 * What comparing with a real CPU does not reach: addresses in 16- and 32-bit code, faults, a bus
 * that refuses, operands between a device and RAM, and string port I/O. The linear address space:
 * page 0 is RAM, page 1 a device at GPA 0xfee01000, page 2 RAM, page 3 absent.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "insn/insn_address.h"
#include "insn/insn_emulate.h"

#define DEVICE_GPA     0xfee01000ull
#define DATA_SEGMENT   0x93 /* present, writable, accessed */
#define READ_ONLY_DATA 0x91
#define EXPAND_DOWN    0x97
#define RAX_BEFORE     0x1122334455667788ull
#define RIP_BEFORE     0x7000

static u8 ram[3 * PAGE_SIZE];
static char trace[256]; /* "R4@0 " .. : device accesses, width and offset */
static bool refuse_reads, refuse_writes;
static struct cpu_state cpu;
static struct insn_fault fault;

static void note(char kind, struct gpa gpa, unsigned width)
{
	size_t used = strlen(trace);

	snprintf(trace + used, sizeof(trace) - used, "%c%u@%llx ", kind, width,
		(unsigned long long)(gpa.addr - DEVICE_GPA));
}

static bool device_read(void *ctx, struct gpa gpa, unsigned width, u64 *value)
{
	(void)ctx;
	note('R', gpa, width);
	*value = 0xa1a2a3a4a5a6a7a8;
	return !refuse_reads;
}

static bool device_write(void *ctx, struct gpa gpa, unsigned width, u64 value)
{
	(void)ctx;
	(void)value;
	note('W', gpa, width);
	return !refuse_writes;
}

static enum status memory_read(void *ctx, struct gla gla, void *buffer, size_t size)
{
	(void)ctx;
	assert_true(gla.addr + size <= sizeof(ram));
	memcpy(buffer, ram + gla.addr, size);
	return STATUS_OK;
}

static enum status memory_write(void *ctx, struct gla gla, const void *buffer, size_t size)
{
	(void)ctx;
	assert_true(gla.addr + size <= sizeof(ram));
	memcpy(ram + gla.addr, buffer, size);
	return STATUS_OK;
}

static struct translation translate(void *ctx, struct gla gla, enum insn_access access)
{
	(void)ctx;
	switch (gla.addr >> PAGE_SHIFT) {
	case 0:
	case 2:
		return (struct translation){TRANSLATION_RAM, {gla.addr}, 0};
	case 1:
		return (struct translation){TRANSLATION_DEVICE,
			{DEVICE_GPA | (gla.addr & PAGE_MASK)}, 0};
	}
	return (struct translation){TRANSLATION_FAULT, {0}, access == INSN_WRITE ? 2 : 0};
}

static struct insn_bus bus = {device_read, device_write, memory_read, memory_write, translate, NULL,
	NULL, NULL};

static int reset(void **state)
{
	(void)state;
	memset(&cpu, 0, sizeof(cpu));
	memset(ram, 0x5a, sizeof(ram));
	trace[0] = '\0';
	refuse_reads = refuse_writes = false;
	cpu.cr0 = CR0_PE | CR0_PG;
	cpu.efer = EFER_LMA | EFER_LME;
	cpu.segment[SEG_CS].attributes = SEG_ATTR_L;
	cpu.rip = RIP_BEFORE;
	cpu.gpr[RAX] = RAX_BEFORE;
	cpu.interrupt_shadow = true;
	cpu.rflags = RFLAGS_RF;
	return 0;
}

static void use_32bit_code(void)
{
	cpu.efer = 0;
	cpu.segment[SEG_CS].attributes = SEG_ATTR_DB;
	for (unsigned i = SEG_SS; i <= SEG_GS; i++)
		cpu.segment[i] = (struct segment){0, DATA_SEGMENT | SEG_ATTR_DB, 0xffffffff, 0};
	cpu.segment[SEG_ES] = cpu.segment[SEG_DS];
}

static enum insn_result emulate_at(const char *code, size_t size, const struct gpa *fault_gpa)
{
	struct insn insn;

	assert_int_equal(insn_decode((const u8 *)code, size, insn_code_size(&cpu), &insn), INSN_OK);
	assert_int_equal(insn.length, size);
	return insn_emulate(&insn, &cpu, &bus, fault_gpa, &fault);
}

#define EMULATE(code) emulate_at(code, sizeof(code) - 1, NULL)
#define DECODE(code, insn) \
	assert_int_equal( \
		insn_decode((const u8 *)(code), sizeof(code) - 1, insn_code_size(&cpu), insn), \
		INSN_OK)

static void assert_nothing_changed(void)
{
	assert_true(cpu.rip == RIP_BEFORE && cpu.gpr[RAX] == RAX_BEFORE);
	assert_true(cpu.rflags == RFLAGS_RF && cpu.interrupt_shadow);
}

static void completion_ends_the_shadow_and_rf(void **state)
{
	(void)state;
	cpu.gpr[RBX] = 0x1010;
	assert_int_equal(EMULATE("\x8b\x03"), INSN_OK); /* mov eax, [rbx] */
	assert_string_equal(trace, "R4@10 ");
	assert_true(cpu.gpr[RAX] == 0xa5a6a7a8);
	assert_true(cpu.rip == RIP_BEFORE + 2 && !cpu.rflags && !cpu.interrupt_shadow);
}

static void a_read_modify_write_is_one_read_and_one_write(void **state)
{
	(void)state;
	cpu.gpr[RBX] = 0x1020;
	assert_int_equal(EMULATE("\xf0\x48\x0f\xb1\x0b"), INSN_OK); /* lock cmpxchg [rbx], rcx */
	assert_string_equal(trace, "R8@20 W8@20 ");
	assert_true(cpu.gpr[RAX] == 0xa1a2a3a4a5a6a7a8);
}

static void a_refusing_bus_changes_no_register(void **state)
{
	(void)state;
	cpu.gpr[RBX] = 0x1000;
	refuse_reads = true;
	assert_int_equal(EMULATE("\x03\x03"), INSN_REFUSED); /* add eax, [rbx] */
	refuse_reads = false;
	refuse_writes = true;
	assert_int_equal(EMULATE("\x87\x03"), INSN_REFUSED); /* xchg [rbx], eax */
	assert_int_equal(EMULATE("\x01\x03"), INSN_REFUSED); /* add [rbx], eax */
	assert_nothing_changed();
}

static void the_faulting_page_must_be_an_operand(void **state)
{
	const struct gpa here = {DEVICE_GPA + 0x800}, elsewhere = {DEVICE_GPA + PAGE_SIZE};

	(void)state;
	cpu.gpr[RBX] = 0x1000;
	assert_int_equal(emulate_at("\x8b\x03", 2, &elsewhere), INSN_MISMATCH);
	assert_nothing_changed();
	assert_string_equal(trace, "");
	assert_int_equal(emulate_at("\x8b\x03", 2, &here), INSN_OK);
}

static void a_page_that_does_not_translate_is_a_page_fault(void **state)
{
	(void)state;
	cpu.gpr[RSI] = 0x1000; /* the device */
	cpu.gpr[RDI] = 0x2fff; /* the second byte is in the absent page */
	assert_int_equal(EMULATE("\x66\xa5"), INSN_FAULT); /* movsw */
	assert_int_equal(fault.vector, VECTOR_PF);
	assert_int_equal(fault.error_code, 2);
	assert_true(fault.linear.addr == 0x3000);
	assert_string_equal(trace, "");
	assert_nothing_changed();
}

static void addresses_that_are_not_canonical(void **state)
{
	(void)state;
	cpu.gpr[RBX] = cpu.gpr[RBP] = 0x0000800000000000;
	assert_int_equal(EMULATE("\x8b\x03"), INSN_FAULT);
	assert_int_equal(fault.vector, VECTOR_GP);
	assert_int_equal(EMULATE("\x8b\x45\x00"), INSN_FAULT); /* mov eax, [rbp] */
	assert_int_equal(fault.vector, VECTOR_SS);
	assert_nothing_changed();
}

static void segment_limits_and_types(void **state)
{
	(void)state;
	use_32bit_code();
	cpu.gpr[RBX] = 0x1000;
	cpu.segment[SEG_DS].limit = 0x1002;
	assert_int_equal(EMULATE("\x8b\x03"), INSN_FAULT);
	assert_int_equal(fault.vector, VECTOR_GP);
	cpu.segment[SEG_DS].limit = 0x1003;
	assert_int_equal(EMULATE("\x8b\x03"), INSN_OK);
	cpu.segment[SEG_DS].attributes = READ_ONLY_DATA | SEG_ATTR_DB;
	assert_int_equal(EMULATE("\x89\x03"), INSN_FAULT);
	cpu.segment[SEG_DS].attributes = EXPAND_DOWN | SEG_ATTR_DB;
	assert_int_equal(EMULATE("\x89\x03"), INSN_FAULT);
	cpu.segment[SEG_DS].limit = 0xfff;
	assert_int_equal(EMULATE("\x89\x03"), INSN_OK);
}

static void operands_between_device_and_ram_fall_apart(void **state)
{
	(void)state;
	cpu.gpr[RBX] = 0x0ffe;
	assert_int_equal(EMULATE("\x8b\x03"), INSN_OK);
	assert_string_equal(trace, "R1@0 R1@1 ");
	assert_true(cpu.gpr[RAX] == 0xa8a85a5a);
	trace[0] = '\0';
	cpu.gpr[RBX] = 0x1fff;
	cpu.gpr[RAX] = 0x0102;
	assert_int_equal(EMULATE("\x66\x89\x03"), INSN_OK);
	assert_string_equal(trace, "W1@fff ");
	assert_int_equal(ram[0x2000], 1);
}

static void addresses_of_16_bit_code_wrap(void **state)
{
	struct insn insn;

	(void)state;
	cpu.efer = 0;
	cpu.cr0 = 0;
	cpu.segment[SEG_CS].attributes = 0;
	cpu.segment[SEG_SS].base = 0x20000;
	cpu.segment[SEG_ES].base = 0xfffffff0;
	cpu.gpr[RBP] = 0xfff0;
	cpu.gpr[RSI] = 0x20;
	DECODE("\x8b\x42\x01", &insn); /* mov ax, [bp+si+1] */
	assert_true(insn_linear_address(&cpu, &insn).addr == 0x20011);
	DECODE("\x26\xa1\x34\x00", &insn); /* mov ax, es:[0x34] */
	assert_true(insn_linear_address(&cpu, &insn).addr == 0x24);
	DECODE("\x67\x8b\x04\x75\xf0\xff\xff\xff", &insn); /* mov ax, [esi*2-0x10] */
	assert_true(insn_linear_address(&cpu, &insn).addr == 0x30);
}

static void addresses_of_64_bit_code(void **state)
{
	struct insn insn;

	(void)state;
	cpu.segment[SEG_GS].base = 0xffff888000000000;
	cpu.segment[SEG_DS].base = 0x1234;
	DECODE("\x65\x48\x8b\x04\x25\x28\x00\x00\x00", &insn); /* mov rax, gs:[0x28] */
	assert_true(insn_linear_address(&cpu, &insn).addr == 0xffff888000000028);
	DECODE("\x48\x8b\x05\xf9\xff\xff\xff", &insn); /* mov rax, [rip-7] */
	assert_true(insn_linear_address(&cpu, &insn).addr == RIP_BEFORE);
	DECODE("\x67\x8b\x43\xff", &insn); /* mov eax, [ebx-1] */
	cpu.gpr[RBX] = 0xffffffff00000000;
	assert_true(insn_linear_address(&cpu, &insn).addr == 0xffffffff);
}

static void strings_of_16_bit_code_keep_the_upper_halves(void **state)
{
	(void)state;
	use_32bit_code();
	cpu.segment[SEG_CS].attributes = 0;
	cpu.gpr[RDI] = 0xaaaa1ffc;
	cpu.gpr[RCX] = 0xbbbb0002;
	assert_int_equal(EMULATE("\xf3\xab"), INSN_AGAIN); /* rep stosw */
	assert_int_equal(EMULATE("\xf3\xab"), INSN_OK);
	assert_string_equal(trace, "W2@ffc W2@ffe ");
	assert_true(cpu.gpr[RDI] == 0xaaaa2000);
	assert_true(cpu.gpr[RCX] == 0xbbbb0000);
	assert_int_equal(EMULATE("\xf3\xab"), INSN_OK); /* CX is 0: no access */
	assert_string_equal(trace, "W2@ffc W2@ffe ");
}

static void string_port_io_is_described_and_advanced(void **state)
{
	struct insn_string_io io;
	struct insn insn;

	(void)state;
	cpu.gpr[RDX] = 0xffff01f0;
	cpu.gpr[RDI] = 0x1100;
	cpu.gpr[RCX] = 5;
	cpu.rflags = RFLAGS_DF;
	DECODE("\xf3\x66\x6d", &insn); /* rep insw */
	assert_true(insn_string_io(&cpu, &insn, &io));
	assert_true(io.to_memory && io.width == 2 && io.port == 0x1f0 && io.segment == SEG_ES);
	assert_true(io.element.addr == 0x1100 && io.step == -2 && io.count == 5);
	insn_string_io_advance(&cpu, &insn, 3);
	assert_true(cpu.gpr[RDI] == 0x10fa && cpu.gpr[RCX] == 2 && cpu.rip == RIP_BEFORE);
	insn_string_io_advance(&cpu, &insn, 2);
	assert_true(cpu.gpr[RDI] == 0x10f6 && cpu.gpr[RCX] == 0 && cpu.rip == RIP_BEFORE + 3);
	DECODE("\x64\x6e", &insn); /* outsb from FS */
	assert_true(insn_string_io(&cpu, &insn, &io));
	assert_true(!io.to_memory && io.segment == SEG_FS && io.count == 1 && io.step == -1);
	DECODE("\xec", &insn);
	assert_false(insn_string_io(&cpu, &insn, &io));
}

static void what_is_not_emulated_touches_nothing(void **state)
{
	(void)state;
	cpu.gpr[RBX] = 0x1000;
	assert_int_equal(EMULATE("\xff\x33"), INSN_UNKNOWN);     /* push [rbx] */
	assert_int_equal(EMULATE("\xc1\x23\x04"), INSN_UNKNOWN); /* shl dword [rbx], 4 */
	assert_int_equal(EMULATE("\x0f\x10\x03"), INSN_UNKNOWN); /* movups: no FPU callbacks */
	assert_int_equal(EMULATE("\x0f\x6f\x03"), INSN_UNKNOWN); /* movq mm0, [rbx] */
	assert_int_equal(EMULATE("\x01\xd8"), INSN_UNKNOWN);     /* add eax, ebx */
	assert_int_equal(EMULATE("\xf3\x6c"), INSN_UNKNOWN);     /* rep insb */
	assert_int_equal(EMULATE("\x0f\xc7\x0b"), INSN_UNKNOWN); /* cmpxchg8b */
	assert_nothing_changed();
	assert_string_equal(trace, "");
}

static struct translation everything_is_a_device(void *ctx, struct gla gla, enum insn_access access)
{
	(void)ctx;
	(void)access;
	return (struct translation){TRANSLATION_DEVICE, {gla.addr}, 0};
}

/*
 * Whatever is decoded: an emulated instruction completes by its length, or repeats, or nothing
 * changes.
 */
static void random_instructions_complete_or_change_nothing(void **state)
{
	struct insn_bus devices = bus;
	u32 random = 1;

	devices.translate = everything_is_a_device;
	for (unsigned i = 0; i < 300000; i++) {
		u8 bytes[INSN_MAX_LENGTH];
		enum insn_result result;
		struct insn insn;

		for (unsigned n = 0; n < sizeof(bytes); n++) {
			random = random * 1664525 + 1013904223;
			bytes[n] = (u8)(random >> 24);
		}
		reset(state);
		if (i % 2)
			use_32bit_code();
		memcpy(&cpu.gpr[RBX], bytes, 8);
		if (insn_decode(bytes, sizeof(bytes), insn_code_size(&cpu), &insn) != INSN_OK)
			continue;
		result = insn_emulate(&insn, &cpu, &devices, NULL, &fault);
		if (result == INSN_OK)
			assert_true(cpu.rip == RIP_BEFORE + (u64)insn.length);
		else if (result == INSN_AGAIN)
			assert_true(cpu.rip == RIP_BEFORE);
		else
			assert_nothing_changed();
	}
}

#define TEST(name) cmocka_unit_test_setup(name, reset)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(completion_ends_the_shadow_and_rf),
		TEST(a_read_modify_write_is_one_read_and_one_write),
		TEST(a_refusing_bus_changes_no_register),
		TEST(the_faulting_page_must_be_an_operand),
		TEST(a_page_that_does_not_translate_is_a_page_fault),
		TEST(addresses_that_are_not_canonical),
		TEST(segment_limits_and_types),
		TEST(operands_between_device_and_ram_fall_apart),
		TEST(addresses_of_16_bit_code_wrap),
		TEST(addresses_of_64_bit_code),
		TEST(strings_of_16_bit_code_keep_the_upper_halves),
		TEST(string_port_io_is_described_and_advanced),
		TEST(what_is_not_emulated_touches_nothing),
		TEST(random_instructions_complete_or_change_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
