/* SPDX-License-Identifier: EPL-2.0 */
/*
 * Emulates one decoded instruction that touched device memory, or memory that the monitor hides.
 * Guarantees: with any result but INSN_OK and INSN_AGAIN no register has changed; with
 * INSN_UNKNOWN, INSN_FAULT and INSN_MISMATCH the bus has not been accessed either. Flags are those
 * of hardware. A repeated string instruction does one iteration a call: INSN_AGAIN leaves RIP where
 * it is, and the guest may be entered again, or interrupted, as on hardware. Does not: make a
 * LOCKed read-modify-write atomic against other CPUs; raise #AC, or #GP for a misaligned XMM
 * operand; raise a single-step trap (the caller does, as for all emulated instructions). Not
 * emulated, hence INSN_UNKNOWN: PUSH, POP, CALL, JMP with a memory operand, shifts, MUL, DIV,
 * CMOVcc, SETcc, x87, MMX, AVX. Specified in APM 3, chapter 3 (each instruction); APM 4 for the XMM
 * moves.
 */
#ifndef INSN_EMULATE_H
#define INSN_EMULATE_H

#include "insn/insn_bus.h"
#include "insn/insn_decode.h"

/* An exception for the guest. All of these push an error code. */
struct insn_fault {
	u8 vector; /* VECTOR_xx */
	u32 error_code;
	struct gla linear; /* CR2 of a #PF */
};

#define VECTOR_SS 12
#define VECTOR_GP 13
#define VECTOR_PF 14

/*
 * `fault_gpa`: where the nested fault was, or NULL if there was none. An instruction of which no
 * operand is in that page is INSN_MISMATCH: the bytes that were decoded are not what the CPU
 * executed. Changes cpu->gpr, rflags, rip, fpu, and at the end of the instruction clears RF and the
 * interrupt shadow.
 */
enum insn_result insn_emulate(const struct insn *insn, struct cpu_state *cpu,
	const struct insn_bus *bus, const struct gpa *fault_gpa, struct insn_fault *fault);

#endif
