/* SPDX-License-Identifier: EPL-2.0 */
/*
 * Integer arithmetic with flags exactly as hardware sets them, for operands of 1, 2, 4, 8 bytes.
 * Where the manual leaves a flag undefined this does what AMD's processors do: AF is cleared by
 * AND, OR, XOR, TEST; BT, BTS, BTR, BTC change nothing but CF. Specified in APM 3, chapter 3; flags
 * in APM 1 3.1.4.
 */
#ifndef INSN_ALU_H
#define INSN_ALU_H

#include "insn/insn_decode.h"

#define RFLAGS_CF BIT(0)
#define RFLAGS_PF BIT(2)
#define RFLAGS_AF BIT(4)
#define RFLAGS_ZF BIT(6)
#define RFLAGS_SF BIT(7)
#define RFLAGS_OF BIT(11)

/*
 * INSN_OP_ADD .. INSN_OP_DEC; `b` is ignored by the unary ones. Returns the new value of the
 * destination: for CMP and TEST it is `a`.
 */
u64 insn_alu(enum insn_op op, unsigned width, u64 a, u64 b, u64 *rflags);

/* INSN_OP_BT, BTS, BTR, BTC. `bit` is below 8 * width. */
u64 insn_alu_bit(enum insn_op op, u64 value, unsigned bit, u64 *rflags);

#endif
