/* SPDX-License-Identifier: EPL-2.0 */
/*
 * insn_emulate() against the CPU this test runs on: random instructions with random registers,
 * flags and memory; registers, flags, memory and the number of device accesses are compared. The
 * seed is fixed.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "insn/insn_address.h"
#include "insn/insn_alu.h"
#include "insn/insn_emulate.h"
#include "test_insn_generate.h"
#include "test_insn_native.h"

#define MEMORY_SIZE       32768u
#define STATUS_FLAGS      (RFLAGS_CF | RFLAGS_PF | RFLAGS_AF | RFLAGS_ZF | RFLAGS_SF | RFLAGS_OF)
#define RFLAGS_ALWAYS_ONE BIT(1)
#define CASES_PER_OPCODE  3000

static u8 *memory;             /* what the CPU uses, below 4 GB */
static u8 shadow[MEMORY_SIZE]; /* what the emulator uses: the device */
static bool is_device;
static unsigned reads, writes, widest;

static u8 *shadow_at(u64 address, size_t size)
{
	u64 offset = address - (u64)(uintptr_t)memory;

	if (offset >= MEMORY_SIZE || size > MEMORY_SIZE - offset)
		fail_msg("access of %zu bytes at offset %llx", size, (unsigned long long)offset);
	return shadow + offset;
}

static bool device_read(void *ctx, struct gpa gpa, unsigned width, u64 *value)
{
	(void)ctx;
	reads++;
	widest = (unsigned)max_u64(widest, width);
	*value = random64(); /* the upper bytes are not the device's */
	memcpy(value, shadow_at(gpa.addr, width), width);
	return true;
}

static bool device_write(void *ctx, struct gpa gpa, unsigned width, u64 value)
{
	(void)ctx;
	writes++;
	widest = (unsigned)max_u64(widest, width);
	memcpy(shadow_at(gpa.addr, width), &value, width);
	return true;
}

static enum status memory_read(void *ctx, struct gla gla, void *buffer, size_t size)
{
	(void)ctx;
	memcpy(buffer, shadow_at(gla.addr, size), size);
	return STATUS_OK;
}

static enum status memory_write(void *ctx, struct gla gla, const void *buffer, size_t size)
{
	(void)ctx;
	memcpy(shadow_at(gla.addr, size), buffer, size);
	return STATUS_OK;
}

static struct translation translate(void *ctx, struct gla gla, enum insn_access access)
{
	(void)ctx;
	(void)access;
	return (struct translation){is_device ? TRANSLATION_DEVICE : TRANSLATION_RAM, {gla.addr},
		0};
}

static void fpu_nothing(void *ctx)
{
	(void)ctx;
}

static const struct insn_bus bus = {
	.device_read = device_read,
	.device_write = device_write,
	.memory_read = memory_read,
	.memory_write = memory_write,
	.translate = translate,
	.fpu_fetch = fpu_nothing,
	.fpu_commit = fpu_nothing,
};

static void init_cpu(struct cpu_state *cpu)
{
	memset(cpu, 0, sizeof(*cpu));
	for (unsigned i = 0; i < GPR_COUNT; i++)
		cpu->gpr[i] = interesting64();
	cpu->rflags = (random64() & STATUS_FLAGS) | RFLAGS_ALWAYS_ONE | RFLAGS_IF;
	cpu->efer = EFER_LMA | EFER_LME;
	cpu->cr0 = CR0_PE | CR0_PG;
	cpu->segment[SEG_CS].attributes = SEG_ATTR_L;
	cpu->rip = 0x1000;
	__asm__ volatile("fxsave64 %0" : "=m"(cpu->fpu));
	for (unsigned i = 0; i < 256; i += 8) {
		u64 value = random64();

		memcpy(cpu->fpu + FPU_OFFSET_XMM + i, &value, 8);
	}
}

static void fill_memory(u64 address)
{
	u64 values[4];

	for (unsigned i = 0; i < 4; i++)
		values[i] = interesting64();
	memcpy((u8 *)(uintptr_t)address, values, sizeof(values));
	memcpy(shadow_at(address, sizeof(values)), values, sizeof(values));
}

/* The base register is what makes the operand lie at `target`. */
static void aim(struct cpu_state *cpu, const struct machine_code *code, u64 target)
{
	u64 base = target - (u64)(int64_t)code->displacement;

	if (code->index != RSP)
		base -= cpu->gpr[code->index] << code->scale;
	if (code->address_32)
		base = (base & 0xffffffff) | (random64() & ~0xffffffffull);
	cpu->gpr[code->base] = base;
}

static void compare(const struct cpu_state *emulated, const struct cpu_state *native,
	const struct machine_code *code)
{
	char hex[2 * INSN_MAX_LENGTH + 1] = "";

	for (size_t i = 0; i < code->length; i++)
		snprintf(hex + 2 * i, 3, "%02x", code->bytes[i]);
	for (unsigned i = 0; i < GPR_COUNT; i++)
		if (emulated->gpr[i] != native->gpr[i])
			fail_msg("%s: register %u is %llx (expected: %llx)", hex, i,
				(unsigned long long)emulated->gpr[i],
				(unsigned long long)native->gpr[i]);
	if (emulated->rflags != native->rflags)
		fail_msg("%s: rflags %llx (expected: %llx)", hex,
			(unsigned long long)emulated->rflags, (unsigned long long)native->rflags);
	if (memcmp(shadow, memory, MEMORY_SIZE))
		fail_msg("%s: memory differs", hex);
	if (memcmp(emulated->fpu, native->fpu, FXSAVE_SIZE))
		fail_msg("%s: XMM registers differ", hex);
	assert_true(emulated->rip == native->rip);
}

static void decode_or_fail(const struct machine_code *code, struct insn *insn)
{
	if (insn_decode(code->bytes, code->length, CODE_64, insn) != INSN_OK ||
		insn->length != code->length)
		fail_msg("%02x%02x%02x%02x: not decoded", code->bytes[0], code->bytes[1],
			code->bytes[2], code->bytes[3]);
}

static void check_accesses(const struct insn *insn)
{
	unsigned per_operand = insn->operand_size == 16 ? 2 : 1;

	if (!is_device)
		return;
	assert_true(reads <= per_operand && writes <= per_operand && reads + writes > 0);
	assert_int_equal(widest, insn->source_size == 16 ? 8 : insn->source_size);
}

static void run_case(struct machine_code *code, struct cpu_state *cpu)
{
	static struct cpu_state native;
	struct insn_fault fault;
	struct insn insn;

	native = *cpu;
	native_execute(&native, code->bytes, code->length);
	decode_or_fail(code, &insn);
	is_device = below(2);
	reads = writes = widest = 0;
	assert_int_equal(insn_emulate(&insn, cpu, &bus, NULL, &fault), INSN_OK);
	memcpy(cpu->fpu + FXSAVE_SIZE, native.fpu + FXSAVE_SIZE, FPU_XSAVE_SIZE - FXSAVE_SIZE);
	compare(cpu, &native, code);
	check_accesses(&insn);
}

static u64 target_in_memory(const struct template *t)
{
	u64 target = (u64)(uintptr_t)memory + MEMORY_SIZE / 2 + below(4096 - 32);

	return t->reg == XMM ? target & ~15ull : target;
}

static void run_template(const struct template *t)
{
	static struct cpu_state cpu;
	struct machine_code code;

	for (unsigned i = 0; i < CASES_PER_OPCODE; i++) {
		u64 target = target_in_memory(t);

		assemble(&code, t);
		init_cpu(&cpu);
		fill_memory(target);
		if (below(2)) /* CMPXCHG finds what it looks for */
			memcpy(&cpu.gpr[RAX], (void *)(uintptr_t)target, 8);
		aim(&cpu, &code, target);
		run_case(&code, &cpu);
	}
}

static void run_templates(const struct template *templates, size_t count)
{
	for (size_t i = 0; i < count; i++)
		run_template(&templates[i]);
}

static void arithmetic_on_device_memory(void **state)
{
	(void)state;
	for (u8 op = 0; op < 8; op++) {
		const struct template forms[] = {
			{{op * 8}, 1, BYTE, REGISTER, 0, 0, 0},
			{{op * 8 + 1}, 1, WIDE, REGISTER, 0, 0, 0},
			{{op * 8 + 2}, 1, BYTE, REGISTER, 0, 0, 0},
			{{op * 8 + 3}, 1, WIDE, REGISTER, 0, 0, 0},
			{{0x80}, 1, BYTE, EXTENSION, op, 1, 0},
			{{0x81}, 1, WIDE, EXTENSION, op, 4, 0},
			{{0x83}, 1, WIDE, EXTENSION, op, 1, 0},
		};

		run_templates(forms, ARRAY_SIZE(forms));
	}
}

static void locked_arithmetic(void **state)
{
	static const struct template forms[] = {
		{{0x01}, 1, WIDE, REGISTER, 0, 0, 0xf0},
		{{0x0f, 0xc1}, 2, WIDE, REGISTER, 0, 0, 0xf0},
		{{0x0f, 0xb1}, 2, WIDE, REGISTER, 0, 0, 0xf0},
		{{0xff}, 1, WIDE, EXTENSION, 0, 0, 0xf0},
	};

	(void)state;
	run_templates(forms, ARRAY_SIZE(forms));
}

static void unary_and_test(void **state)
{
	static const struct template forms[] = {
		{{0x84}, 1, BYTE, REGISTER, 0, 0, 0},
		{{0x85}, 1, WIDE, REGISTER, 0, 0, 0},
		{{0xf6}, 1, BYTE, EXTENSION, 0, 1, 0},
		{{0xf7}, 1, WIDE, EXTENSION, 0, 4, 0},
		{{0xf6}, 1, BYTE, EXTENSION, 2, 0, 0},
		{{0xf7}, 1, WIDE, EXTENSION, 2, 0, 0},
		{{0xf6}, 1, BYTE, EXTENSION, 3, 0, 0},
		{{0xf7}, 1, WIDE, EXTENSION, 3, 0, 0},
		{{0xfe}, 1, BYTE, EXTENSION, 0, 0, 0},
		{{0xff}, 1, WIDE, EXTENSION, 0, 0, 0},
		{{0xfe}, 1, BYTE, EXTENSION, 1, 0, 0},
		{{0xff}, 1, WIDE, EXTENSION, 1, 0, 0},
	};

	(void)state;
	run_templates(forms, ARRAY_SIZE(forms));
}

static void moves(void **state)
{
	static const struct template forms[] = {
		{{0x88}, 1, BYTE, REGISTER, 0, 0, 0},
		{{0x89}, 1, WIDE, REGISTER, 0, 0, 0},
		{{0x8a}, 1, BYTE, REGISTER, 0, 0, 0},
		{{0x8b}, 1, WIDE, REGISTER, 0, 0, 0},
		{{0xc6}, 1, BYTE, EXTENSION, 0, 1, 0},
		{{0xc7}, 1, WIDE, EXTENSION, 0, 4, 0},
		{{0x0f, 0xb6}, 2, WIDE, REGISTER, 0, 0, 0},
		{{0x0f, 0xb7}, 2, WIDE, REGISTER, 0, 0, 0},
		{{0x0f, 0xbe}, 2, WIDE, REGISTER, 0, 0, 0},
		{{0x0f, 0xbf}, 2, WIDE, REGISTER, 0, 0, 0},
		{{0x63}, 1, NEVER_16, REGISTER, 0, 0, 0},
		{{0x0f, 0xc3}, 2, NEVER_16, REGISTER, 0, 0, 0},
	};

	(void)state;
	run_templates(forms, ARRAY_SIZE(forms));
}

static void exchanges(void **state)
{
	static const struct template forms[] = {
		{{0x86}, 1, BYTE, REGISTER, 0, 0, 0},
		{{0x87}, 1, WIDE, REGISTER, 0, 0, 0},
		{{0x0f, 0xb0}, 2, BYTE, REGISTER, 0, 0, 0},
		{{0x0f, 0xb1}, 2, WIDE, REGISTER, 0, 0, 0},
		{{0x0f, 0xc0}, 2, BYTE, REGISTER, 0, 0, 0},
		{{0x0f, 0xc1}, 2, WIDE, REGISTER, 0, 0, 0},
	};

	(void)state;
	run_templates(forms, ARRAY_SIZE(forms));
}

static void bit_tests_with_an_immediate(void **state)
{
	(void)state;
	for (u8 op = 4; op < 8; op++) {
		const struct template form = {{0x0f, 0xba}, 2, WIDE, EXTENSION, op, 1, 0};

		run_template(&form);
	}
}

/* The bit number reaches up to 4 KB to either side of the operand. */
static void bit_tests_with_a_register(void **state)
{
	static const u8 opcodes[] = {0xa3, 0xab, 0xb3, 0xbb};
	static struct cpu_state cpu;
	struct machine_code code;

	(void)state;
	for (unsigned i = 0; i < ARRAY_SIZE(opcodes) * CASES_PER_OPCODE; i++) {
		const struct template form = {{0x0f, opcodes[i % 4]}, 2, WIDE, REGISTER, 0, 0, 0};
		u64 target = target_in_memory(&form);

		do
			assemble(&code, &form);
		while (code.reg == code.base);
		init_cpu(&cpu);
		cpu.gpr[code.reg] = (u64)((int64_t)below(65536) - 32768);
		fill_memory(target);
		aim(&cpu, &code, target);
		run_case(&code, &cpu);
	}
}

static void xmm_moves(void **state)
{
	static const struct template forms[] = {
		{{0x0f, 0x10}, 2, FIXED, XMM, 0, 0, 0},
		{{0x0f, 0x11}, 2, FIXED, XMM, 0, 0, 0},
		{{0x0f, 0x10}, 2, FIXED, XMM, 0, 0, 0x66},
		{{0x0f, 0x11}, 2, FIXED, XMM, 0, 0, 0x66},
		{{0x0f, 0x10}, 2, FIXED, XMM, 0, 0, 0xf3},
		{{0x0f, 0x11}, 2, FIXED, XMM, 0, 0, 0xf3},
		{{0x0f, 0x10}, 2, FIXED, XMM, 0, 0, 0xf2},
		{{0x0f, 0x11}, 2, FIXED, XMM, 0, 0, 0xf2},
		{{0x0f, 0x28}, 2, FIXED, XMM, 0, 0, 0},
		{{0x0f, 0x29}, 2, FIXED, XMM, 0, 0, 0},
		{{0x0f, 0x28}, 2, FIXED, XMM, 0, 0, 0x66},
		{{0x0f, 0x29}, 2, FIXED, XMM, 0, 0, 0x66},
		{{0x0f, 0x2b}, 2, FIXED, XMM, 0, 0, 0},
		{{0x0f, 0x2b}, 2, FIXED, XMM, 0, 0, 0x66},
		{{0x0f, 0x6f}, 2, FIXED, XMM, 0, 0, 0x66},
		{{0x0f, 0x7f}, 2, FIXED, XMM, 0, 0, 0x66},
		{{0x0f, 0x6f}, 2, FIXED, XMM, 0, 0, 0xf3},
		{{0x0f, 0x7f}, 2, FIXED, XMM, 0, 0, 0xf3},
		{{0x0f, 0x6e}, 2, NEVER_16, XMM, 0, 0, 0x66},
		{{0x0f, 0x7e}, 2, NEVER_16, XMM, 0, 0, 0x66},
		{{0x0f, 0x7e}, 2, FIXED, XMM, 0, 0, 0xf3},
		{{0x0f, 0xd6}, 2, FIXED, XMM, 0, 0, 0x66},
		{{0x0f, 0xe7}, 2, FIXED, XMM, 0, 0, 0x66},
	};

	(void)state;
	run_templates(forms, ARRAY_SIZE(forms));
}

/* MOV between the accumulator and an absolute address. */
static void moffs(void **state)
{
	static struct cpu_state cpu;

	(void)state;
	for (unsigned i = 0; i < CASES_PER_OPCODE; i++) {
		struct machine_code code = {.length = 0};
		u64 target = (u64)(uintptr_t)memory + MEMORY_SIZE / 2 + below(64);
		bool address_32 = below(2);

		if (address_32)
			emit(&code, 0x67, 1);
		if (below(2))
			emit(&code, 0x66, 1);
		if (below(2))
			emit(&code, 0x48, 1);
		emit(&code, 0xa0 + below(4), 1);
		emit(&code, target, address_32 ? 4 : 8);
		init_cpu(&cpu);
		fill_memory(target);
		run_case(&code, &cpu);
	}
}

static void assemble_string(struct machine_code *code)
{
	static const u8 opcodes[] = {0xa4, 0xa6, 0xaa, 0xac, 0xae};
	static const u8 repeats[] = {0, 0xf2, 0xf3};
	u8 repeat = repeats[below(3)];

	memset(code, 0, sizeof(*code));
	code->address_32 = below(3) == 0;
	if (code->address_32)
		emit(code, 0x67, 1);
	if (repeat)
		emit(code, repeat, 1);
	if (below(3) == 0)
		emit(code, 0x66, 1);
	if (below(3) == 0)
		emit(code, 0x48, 1);
	emit(code, opcodes[below(5)] + below(2), 1);
}

static void init_string(struct cpu_state *cpu, const struct machine_code *code)
{
	u64 middle = (u64)(uintptr_t)memory + MEMORY_SIZE / 2;
	u64 upper = code->address_32 ? random64() << 32 : 0;

	init_cpu(cpu);
	/* Few different values, so that comparisons run for a while. */
	for (unsigned i = 0; i < 1024; i++)
		memory[MEMORY_SIZE / 2 - 512 + i] = shadow[MEMORY_SIZE / 2 - 512 + i] = below(20) ==
			0;
	if (below(2))
		cpu->gpr[RAX] = 0;
	cpu->gpr[RSI] = (middle + below(64)) | upper;
	cpu->gpr[RDI] = (middle + below(64)) | upper;
	cpu->gpr[RCX] = below(40) | upper;
	if (below(2))
		cpu->rflags |= RFLAGS_DF;
}

static void strings_one_iteration_a_call(void **state)
{
	static struct cpu_state cpu, native;
	struct machine_code code;
	struct insn_fault fault;
	enum insn_result result;
	struct insn insn;

	(void)state;
	for (unsigned i = 0; i < 20 * CASES_PER_OPCODE; i++) {
		assemble_string(&code);
		init_string(&cpu, &code);
		native = cpu;
		native_execute(&native, code.bytes, code.length);
		decode_or_fail(&code, &insn);
		do {
			is_device = below(2);
			reads = writes = 0;
			result = insn_emulate(&insn, &cpu, &bus, NULL, &fault);
			assert_true(reads <= 2 && writes <= 1);
		} while (result == INSN_AGAIN && cpu.rip == 0x1000);
		assert_int_equal(result, INSN_OK);
		compare(&cpu, &native, &code);
	}
}

static int map_memory(void **state)
{
	(void)state;
	memory = native_map(MEMORY_SIZE, PROT_READ | PROT_WRITE);
	return memory ? 0 : -1;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(arithmetic_on_device_memory),
		cmocka_unit_test(locked_arithmetic),
		cmocka_unit_test(unary_and_test),
		cmocka_unit_test(moves),
		cmocka_unit_test(exchanges),
		cmocka_unit_test(bit_tests_with_an_immediate),
		cmocka_unit_test(bit_tests_with_a_register),
		cmocka_unit_test(xmm_moves),
		cmocka_unit_test(moffs),
		cmocka_unit_test(strings_one_iteration_a_call),
	};

	return cmocka_run_group_tests(tests, map_memory, NULL);
}
