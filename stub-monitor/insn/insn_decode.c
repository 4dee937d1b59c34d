/* SPDX-License-Identifier: EPL-2.0 */
/*
 * Prefixes, opcode, ModRM, SIB, displacement, immediate: in the order of the bytes (APM 3 1.1).
 * What an opcode is followed by comes from the tables of insn_opcodes.c; this file only applies
 * them. A step that fails leaves `result` other than INSN_OK in the cursor, and the later steps do
 * no harm.
 */
#include "insn/insn_decode.h"

#include "insn/insn_opcodes.h"
#include "lib/string.h"

#define PREFIX_OPERAND_SIZE 0x66
#define PREFIX_ADDRESS_SIZE 0x67
#define PREFIX_LOCK         0xf0
#define PREFIX_REPNE        0xf2
#define PREFIX_REP          0xf3
#define ESCAPE_0F           0x0f
#define ESCAPE_38           0x38
#define ESCAPE_3A           0x3a
#define OPCODE_NOP          0x90
#define OPCODE_MOVSXD       0x63 /* ARPL outside 64-bit code */
#define OPCODE_MOVNTI       0xc3 /* after 0F */

#define MOD_REGISTER 3
#define RM_SIB       4
#define SIB_NO_INDEX 4

struct cursor {
	const u8 *bytes;
	size_t available, at;
	enum insn_result result;
};

static u64 fetch(struct cursor *c, size_t size)
{
	u64 value = 0;

	if (c->result != INSN_OK)
		return 0;
	if (c->at + size > INSN_MAX_LENGTH) {
		c->result = INSN_UNKNOWN;
		return 0;
	}
	if (c->at + size > c->available) {
		c->result = INSN_TRUNCATED;
		return 0;
	}
	for (size_t i = 0; i < size; i++)
		value |= (u64)c->bytes[c->at + i] << (8 * i);
	c->at += size;
	return value;
}

static u64 sign_extend(u64 value, unsigned size)
{
	u64 sign = BIT(8 * size - 1);

	return size == 8 ? value : (value ^ sign) - sign;
}

static u64 fetch_signed(struct cursor *c, unsigned size)
{
	return sign_extend(fetch(c, size), size);
}

static void override_segment(struct insn *insn, enum segment_name segment)
{
	/*
	 * In 64-bit code the other four do nothing, not even end an FS or GS prefix (APM 3 1.2.4).
	 */
	if (insn->code_size == CODE_64 && segment != SEG_FS && segment != SEG_GS)
		return;
	insn->segment = (u8)segment;
	insn->segment_override = true;
}

static bool apply_prefix(struct insn *insn, u8 byte)
{
	static const u8 segment_prefixes[] = {[SEG_ES] = 0x26,
		[SEG_CS] = 0x2e,
		[SEG_SS] = 0x36,
		[SEG_DS] = 0x3e,
		[SEG_FS] = 0x64,
		[SEG_GS] = 0x65};

	for (unsigned i = 0; i < ARRAY_SIZE(segment_prefixes); i++)
		if (byte == segment_prefixes[i]) {
			override_segment(insn, (enum segment_name)i);
			return true;
		}
	if (byte == PREFIX_OPERAND_SIZE)
		insn->operand_size_prefix = true;
	else if (byte == PREFIX_ADDRESS_SIZE)
		insn->address_size = insn->code_size == CODE_32 ? 2 : 4;
	else if (byte == PREFIX_LOCK)
		insn->lock = true;
	else if (byte == PREFIX_REP || byte == PREFIX_REPNE)
		insn->repeat = byte == PREFIX_REP ? INSN_REP : INSN_REPNE;
	else
		return false;
	return true;
}

/* Returns the first byte after the prefixes. REX counts only right before the opcode. */
static u8 decode_prefixes(struct cursor *c, struct insn *insn)
{
	u8 byte;

	insn->address_size = (u8)(insn->code_size / 8);
	do {
		byte = (u8)fetch(c, 1);
	} while (c->result == INSN_OK && apply_prefix(insn, byte));
	while (insn->code_size == CODE_64 && (byte & 0xf0) == 0x40) {
		insn->rex = byte;
		byte = (u8)fetch(c, 1);
		while (c->result == INSN_OK && apply_prefix(insn, byte)) {
			insn->rex = 0;
			byte = (u8)fetch(c, 1);
		}
	}
	return byte;
}

static const struct opcode *decode_opcode(struct cursor *c, struct insn *insn, u8 byte)
{
	static const struct opcode map_0f38 = {.flags = OPCODE_KNOWN | OPCODE_MODRM};
	static const struct opcode map_0f3a = {.immediate = IMM_8,
		.flags = OPCODE_KNOWN | OPCODE_MODRM};

	insn->opcode = byte;
	if (byte != ESCAPE_0F)
		return &insn_one_byte_map[byte];
	insn->map = INSN_MAP_0F;
	insn->opcode = (u8)fetch(c, 1);
	if (insn->opcode != ESCAPE_38 && insn->opcode != ESCAPE_3A)
		return &insn_0f_map[insn->opcode];
	insn->map = insn->opcode == ESCAPE_38 ? INSN_MAP_0F38 : INSN_MAP_0F3A;
	insn->opcode = (u8)fetch(c, 1);
	return insn->map == INSN_MAP_0F38 ? &map_0f38 : &map_0f3a;
}

static void decode_memory_16(struct cursor *c, struct insn *insn, unsigned mod, unsigned rm)
{
	static const u8 bases[8] = {RBX, RBX, RBP, RBP, RSI, RDI, RBP, RBX};
	static const u8 indices[8] = {RSI, RDI, RSI, RDI, INSN_NO_REGISTER, INSN_NO_REGISTER,
		INSN_NO_REGISTER, INSN_NO_REGISTER};

	insn->index = indices[rm];
	if (mod == 0 && rm == 6)
		insn->displacement = (int64_t)fetch_signed(c, 2);
	else
		insn->base = bases[rm];
	if (mod)
		insn->displacement = (int64_t)fetch_signed(c, mod);
}

static void decode_memory_32(struct cursor *c, struct insn *insn, unsigned mod, unsigned rm)
{
	unsigned base = rm;

	if (rm == RM_SIB) {
		u8 sib = (u8)fetch(c, 1);
		unsigned index = ((sib >> 3) & 7) | (insn->rex & REX_X ? 8 : 0);

		insn->scale = (u8)(1 << (sib >> 6));
		if (index != SIB_NO_INDEX)
			insn->index = (u8)index;
		base = sib & 7;
	}
	if (mod == 0 && base == RBP) {
		insn->rip_relative = rm != RM_SIB && insn->code_size == CODE_64;
		insn->displacement = (int64_t)fetch_signed(c, 4);
		return;
	}
	insn->base = (u8)(base | (insn->rex & REX_B ? 8 : 0));
	if (mod)
		insn->displacement = (int64_t)fetch_signed(c, mod == 1 ? 1 : 4);
}

static void decode_modrm(struct cursor *c, struct insn *insn, u8 modrm, u16 flags)
{
	unsigned mod = flags & OPCODE_MOD_IS_3 ? MOD_REGISTER : modrm >> 6;
	unsigned rm = modrm & 7;

	insn->has_modrm = true;
	insn->memory = mod != MOD_REGISTER;
	insn->reg = ((modrm >> 3) & 7) | (insn->rex & REX_R ? 8 : 0);
	insn->rm = (u8)(rm | (insn->rex & REX_B ? 8 : 0));
	if (!insn->memory)
		return;
	if (insn->address_size == 2)
		decode_memory_16(c, insn, mod, rm);
	else
		decode_memory_32(c, insn, mod, rm);
	if (!insn->segment_override && (insn->base == RSP || insn->base == RBP))
		insn->segment = SEG_SS;
}

/* Completes `opcode` from the group's table when ModRM.reg selects the instruction. */
static void resolve_group(struct insn *insn, struct opcode *opcode, u8 modrm)
{
	const struct opcode *entry = &insn_groups[opcode->op][(modrm >> 3) & 7];
	bool group7_register = opcode->op == GROUP_7 && modrm >> 6 == MOD_REGISTER;
	enum insn_op op = group7_register ? insn_group7_register_op(modrm) : INSN_OP_OTHER;

	insn->form = (enum insn_form)entry->form;
	opcode->flags &= (u16)~OPCODE_GROUP;
	if (op != INSN_OP_OTHER) {
		opcode->op = (u8)op;
		insn->form = INSN_FORM_NONE;
		return;
	}
	if (!(entry->flags & OPCODE_KNOWN))
		opcode->flags = 0;
	opcode->op = entry->op;
	opcode->flags |= entry->flags & OPCODE_KNOWN ? entry->flags : 0;
	if (entry->immediate == IMM_Z)
		opcode->immediate = opcode->flags & OPCODE_BYTE ? IMM_8 : IMM_Z;
}

static void decode_operand_size(struct insn *insn, u16 flags)
{
	bool is_16 = (insn->code_size == CODE_16) != insn->operand_size_prefix;

	if (flags & OPCODE_BYTE)
		insn->operand_size = 1;
	else if (insn->rex & REX_W)
		insn->operand_size = 8;
	else if (flags & OPCODE_MOD_IS_3)
		insn->operand_size = insn->code_size == CODE_64 ? 8 : 4;
	else if (is_16)
		insn->operand_size = 2;
	else
		insn->operand_size = insn->code_size == CODE_64 && flags & OPCODE_STACK ? 8 : 4;
	insn->source_size = insn->operand_size;
}

static void decode_immediate(struct cursor *c, struct insn *insn, enum immediate_kind kind)
{
	unsigned size = insn->operand_size;

	switch (kind) {
	case IMM_NONE:
		break;
	case IMM_8:
		insn->immediate = fetch_signed(c, 1);
		break;
	case IMM_16:
		insn->immediate = fetch(c, 2);
		break;
	case IMM_Z:
		insn->immediate = fetch_signed(c, size < 4 ? size : 4);
		break;
	case IMM_V:
		insn->immediate = fetch_signed(c, size);
		break;
	case IMM_MOFFS:
		insn->memory = true;
		insn->displacement = (int64_t)fetch(c, insn->address_size);
		break;
	case IMM_16_8:
		insn->immediate = fetch(c, 3);
		break;
	case IMM_FAR_PTR:
		insn->immediate = fetch(c, size + 2);
		break;
	}
}

static u8 mandatory_prefix(const struct insn *insn)
{
	if (insn->repeat != INSN_NO_REPEAT)
		return insn->repeat == INSN_REP ? PREFIX_REP : PREFIX_REPNE;
	return insn->operand_size_prefix ? PREFIX_OPERAND_SIZE : 0;
}

static void name_xmm_move(struct insn *insn)
{
	const struct xmm_move *move = insn_find_xmm_move(insn->opcode, mandatory_prefix(insn));

	if (!move)
		return;
	insn->op = INSN_OP_MOV_XMM;
	insn->form = (enum insn_form)move->form;
	insn->operand_size = move->size ? move->size : (insn->rex & REX_W ? 8 : 4);
	insn->source_size = insn->operand_size;
}

static bool is_port_io(enum insn_op op)
{
	return op == INSN_OP_IN || op == INSN_OP_OUT || op == INSN_OP_INS || op == INSN_OP_OUTS;
}

/* What the tables cannot say: operand sizes and names that depend on prefixes or on the mode. */
static void refine(struct insn *insn)
{
	if (insn->map == INSN_MAP_0F && insn->op == INSN_OP_OTHER)
		name_xmm_move(insn);
	if (insn->map == INSN_MAP_0F && (insn->op == INSN_OP_MOVZX || insn->op == INSN_OP_MOVSX))
		insn->source_size = insn->opcode & 1 ? 2 : 1;
	if (insn->map == INSN_MAP_ONE_BYTE && insn->opcode == OPCODE_MOVSXD) {
		insn->source_size = 4;
		if (insn->code_size != CODE_64) {
			insn->op = INSN_OP_OTHER;
			insn->form = INSN_FORM_NONE;
		}
	}
	if (insn->map == INSN_MAP_ONE_BYTE && insn->opcode == OPCODE_NOP &&
		insn->repeat == INSN_REP && !(insn->rex & REX_B))
		insn->op = INSN_OP_PAUSE;
	if (is_port_io(insn->op) && insn->operand_size == 8)
		insn->operand_size = insn->source_size = 4;
	if (insn->op == INSN_OP_INT || (is_port_io(insn->op) && insn->form == INSN_FORM_NONE))
		insn->immediate &= 0xff;
	if ((insn->op == INSN_OP_MOV_FROM_CR || insn->op == INSN_OP_MOV_TO_CR) && insn->lock)
		insn->reg |= 8;
}

static bool destination_is_memory(const struct insn *insn)
{
	return insn->memory && insn->form != INSN_FORM_REG_RM;
}

static bool is_defined(const struct insn *insn, u16 flags)
{
	bool is_64 = insn->code_size == CODE_64;
	bool lockable = flags & OPCODE_LOCK &&
		(destination_is_memory(insn) || flags & OPCODE_MOD_IS_3);
	/* Vendors do not agree on what a 66 prefix does to these. */
	bool vague = is_64 && insn->operand_size_prefix && !(insn->rex & REX_W) &&
		(flags & OPCODE_RELATIVE ||
			(insn->map == INSN_MAP_ONE_BYTE && insn->opcode == OPCODE_MOVSXD));

	if (insn->lock && !lockable)
		return false;
	if (insn->memory ? flags & OPCODE_REGISTER : flags & OPCODE_MEMORY)
		return false;
	if (insn->map == INSN_MAP_0F && insn->opcode == OPCODE_MOVNTI && mandatory_prefix(insn))
		return false;
	return !vague;
}

static void decode_operands(struct cursor *c, struct insn *insn, struct opcode *opcode)
{
	insn->form = (enum insn_form)opcode->form;
	if (opcode->flags & OPCODE_MODRM) {
		u8 modrm = (u8)fetch(c, 1);

		if (opcode->flags & OPCODE_GROUP)
			resolve_group(insn, opcode, modrm);
		decode_modrm(c, insn, modrm, opcode->flags);
	}
	insn->op = (enum insn_op)opcode->op;
	decode_operand_size(insn, opcode->flags);
	decode_immediate(c, insn, (enum immediate_kind)opcode->immediate);
}

enum insn_result insn_decode(const u8 *bytes, size_t available, enum code_size code_size,
	struct insn *out)
{
	struct cursor c = {.bytes = bytes, .available = available};
	struct opcode opcode;
	u8 byte;

	memset(out, 0, sizeof(*out));
	out->code_size = code_size;
	out->segment = SEG_DS;
	out->base = out->index = INSN_NO_REGISTER;
	out->scale = 1;
	byte = decode_prefixes(&c, out);
	opcode = *decode_opcode(&c, out, byte);
	if (c.result != INSN_OK)
		return c.result;
	if (!(opcode.flags & OPCODE_KNOWN) ||
		(code_size == CODE_64 && opcode.flags & OPCODE_NOT_64))
		return INSN_UNKNOWN;
	decode_operands(&c, out, &opcode);
	if (c.result != INSN_OK)
		return c.result;
	refine(out);
	if (!(opcode.flags & OPCODE_KNOWN) || !is_defined(out, opcode.flags))
		return INSN_UNKNOWN;
	out->length = (u8)c.at;
	return INSN_OK;
}
