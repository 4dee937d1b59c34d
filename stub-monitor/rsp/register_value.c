/* SPDX-License-Identifier: EPL-2.0 */
/*
 * Reading and writing registers through the table; see register_table.h.
 *
 * Writes keep the XSAVE area loadable: the component that was written is marked as not in its
 * initial state (APM 2 11.5.2, XSTATE_BV). Reserved bits that the CPU would not load are refused.
 */
#include "debug/debugger.h"
#include "debug/guest_registers.h"
#include "lib/string.h"
#include "rsp/register_table.h"

#define XSTATE_X87 BIT(0)
#define XSTATE_SSE BIT(1)
#define XSTATE_AVX BIT(2)
#define UPPER_HALF 0xffffffff00000000

/* Two bits a register (SDM 1 8.1.7). */
#define TAG_VALID        0
#define TAG_ZERO         1
#define TAG_SPECIAL      2
#define TAG_EMPTY        3
#define X87_EXPONENT_MAX 0x7fff
#define X87_REGISTERS    8

static unsigned tag_of_value(const u8 *st)
{
	u64 significand;
	unsigned exponent = (st[8] | (unsigned)st[9] << 8) & X87_EXPONENT_MAX;

	memcpy(&significand, st, sizeof(significand));
	if (exponent == 0 && significand == 0)
		return TAG_ZERO;
	if (exponent == 0 || exponent == X87_EXPONENT_MAX || !(significand >> 63))
		return TAG_SPECIAL;
	return TAG_VALID;
}

/*
 * Tags are by physical register, the contents by distance from TOP (bits 11-13 of the status word).
 */
static u16 full_tag_word(const u8 *fpu)
{
	unsigned top = fpu[FPU_OFFSET_FSW + 1] >> 3 & 7;
	unsigned tags = 0;

	for (unsigned i = 0; i < X87_REGISTERS; i++) {
		const u8 *st = fpu + FPU_OFFSET_ST + 16 * ((i - top) & 7);
		bool used = fpu[FPU_OFFSET_FTW] >> i & 1;

		tags |= (used ? tag_of_value(st) : TAG_EMPTY) << (2 * i);
	}
	return (u16)tags;
}

static u8 abridged_tag_word(u16 tags)
{
	unsigned used = 0;

	for (unsigned i = 0; i < X87_REGISTERS; i++)
		if ((tags >> (2 * i) & 3) != TAG_EMPTY)
			used |= 1u << i;
	return (u8)used;
}

bool rsp_register_available(const struct cpu_state *cpu, unsigned number)
{
	return rsp_registers[number].feature != RSP_FEATURE_AVX || (cpu->xcr0 & XSTATE_AVX);
}

bool rsp_linear_pc = true;

static u64 base_if_linear(const struct cpu_state *cpu, enum segment_name segment)
{
	return rsp_linear_pc && !cpu_in_64bit_code(cpu) ? cpu->segment[segment].base : 0;
}

u64 rsp_pc_base(const struct cpu_state *cpu)
{
	return base_if_linear(cpu, SEG_CS);
}

static u64 base_of(const struct cpu_state *cpu, const struct rsp_register *reg)
{
	if (reg->kind == RSP_REGISTER_PC)
		return rsp_pc_base(cpu);
	return reg->kind == RSP_REGISTER_SP ? base_if_linear(cpu, SEG_SS) : 0;
}

/* A number of up to 8 bytes, little endian, plus another one. */
static void add_to(u8 *value, unsigned size, u64 summand)
{
	u64 number = 0;

	memcpy(&number, value, size);
	number += summand;
	memcpy(value, &number, size);
}

void rsp_register_read(const struct cpu_state *cpu, unsigned number, u8 *value)
{
	const struct rsp_register *reg = &rsp_registers[number];
	u16 tags;

	memset(value, 0, reg->size);
	if (reg->kind == RSP_REGISTER_TAG_WORD) {
		tags = full_tag_word(cpu->fpu);
		memcpy(value, &tags, sizeof(tags));
		return;
	}
	memcpy(value, (const u8 *)cpu + reg->offset, reg->width);
	if (base_of(cpu, reg))
		add_to(value, reg->size, base_of(cpu, reg));
}

/* The XSTATE_BV bit of the component a register is in, 0 for those outside the XSAVE area. */
static u64 xstate_of(const struct rsp_register *reg)
{
	size_t at = reg->offset - offsetof(struct cpu_state, fpu);

	if (reg->offset < offsetof(struct cpu_state, fpu))
		return 0;
	if (at >= FPU_OFFSET_YMMH)
		return XSTATE_AVX;
	return at >= FPU_OFFSET_XMM || at == FPU_OFFSET_MXCSR ? XSTATE_SSE : XSTATE_X87;
}

/* Bits that must be zero at VMRUN (APM 2 15.5.1, CR3: 5.3.1), or where XRSTOR would fault. */
static const struct {
	size_t offset;
	u64 bits;
} reserved[] = {
	{offsetof(struct cpu_state, fpu) + FPU_OFFSET_MXCSR, 0xffff0000},
	{offsetof(struct cpu_state, cr0), UPPER_HALF},
	{offsetof(struct cpu_state, cr3), 0xfff0000000000000},
	{offsetof(struct cpu_state, cr4), UPPER_HALF},
	{offsetof(struct cpu_state, efer), UPPER_HALF},
	{offsetof(struct cpu_state, dr6), UPPER_HALF},
	{offsetof(struct cpu_state, dr7), UPPER_HALF},
};

static bool fits(const struct rsp_register *reg, const u8 *value)
{
	u64 bits = 0;

	for (unsigned i = reg->width; i < reg->size; i++)
		if (value[i] && reg->kind != RSP_REGISTER_TAG_WORD)
			return false;
	memcpy(&bits, value, reg->size < sizeof(bits) ? reg->size : sizeof(bits));
	for (size_t i = 0; i < ARRAY_SIZE(reserved); i++)
		if (reserved[i].offset == reg->offset && bits & reserved[i].bits)
			return false;
	return true;
}

static void mark_in_use(struct cpu_state *cpu, u64 components)
{
	u64 in_use;

	memcpy(&in_use, cpu->fpu + FPU_OFFSET_XSTATE_BV, sizeof(in_use));
	in_use |= components;
	memcpy(cpu->fpu + FPU_OFFSET_XSTATE_BV, &in_use, sizeof(in_use));
}

enum status rsp_register_write(struct cpu_state *cpu, unsigned number, const u8 *value)
{
	const struct rsp_register *reg = &rsp_registers[number];
	u8 now[RSP_REGISTER_MAX];
	u16 tags;

	/* gdb puts back what it has saved: that must not fail, nor look like a change. */
	rsp_register_read(cpu, number, now);
	if (memcmp(now, value, reg->size) == 0)
		return STATUS_OK;
	if (reg->kind == RSP_REGISTER_READ_ONLY || !rsp_register_available(cpu, number))
		return STATUS_UNSUPPORTED;
	if (!fits(reg, value))
		return STATUS_MALFORMED;
	mark_in_use(cpu, xstate_of(reg));
	memcpy(&tags, value, sizeof(tags));
	if (reg->kind == RSP_REGISTER_TAG_WORD)
		cpu->fpu[FPU_OFFSET_FTW] = abridged_tag_word(tags);
	else
		memcpy((u8 *)cpu + reg->offset, value, reg->width);
	if (base_of(cpu, reg))
		add_to((u8 *)cpu + reg->offset, reg->width, -base_of(cpu, reg));
	return STATUS_OK;
}

int rsp_register_find(const char *name)
{
	for (unsigned i = 0; i < rsp_register_count; i++)
		if (strcmp(rsp_registers[i].name, name) == 0)
			return (int)i;
	return -1;
}

bool guest_register_value(unsigned number, u64 *value)
{
	u8 bytes[RSP_REGISTER_MAX];

	if (number >= rsp_register_count || rsp_registers[number].size > sizeof(*value))
		return false;
	*value = 0;
	rsp_register_read(debugger_cpu(), number, bytes);
	memcpy(value, bytes, rsp_registers[number].size);
	return true;
}
