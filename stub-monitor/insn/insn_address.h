/* SPDX-License-Identifier: EPL-2.0 */
/*
 * From registers to linear addresses: effective address, wrap at the address size, segment base,
 * and the checks that segmentation makes. Nothing here touches memory. Specified in APM 1 2.1.3 and
 * 2.2 (addressing), APM 2 4.5 and 4.12 (segment bases, limits), 5.3.1 (canonical form); INS and
 * OUTS in APM 3, chapter 3.
 */
#ifndef INSN_ADDRESS_H
#define INSN_ADDRESS_H

#include "insn/insn_bus.h"
#include "insn/insn_decode.h"

#define RFLAGS_DF BIT(10)

/* All ones in the lowest `size` bytes, 1 to 8. */
static inline u64 insn_size_mask(unsigned size)
{
	return ~0ull >> (64 - 8 * size);
}

/* The offset in its segment of the memory operand, displaced by `extra` bytes. */
u64 insn_effective_offset(const struct cpu_state *cpu, const struct insn *insn, int64_t extra);

struct gla insn_segment_to_linear(const struct cpu_state *cpu, enum segment_name segment,
	u64 offset);

/* The linear address of the memory operand: of ModRM.rm or moffs, not of string instructions. */
struct gla insn_linear_address(const struct cpu_state *cpu, const struct insn *insn);

/* False: the access raises #GP(0), or #SS(0) if `segment` is SS. */
bool insn_segment_allows(const struct cpu_state *cpu, enum segment_name segment, u64 offset,
	unsigned width, enum insn_access access);

/* What INS or OUTS is about to do. */
struct insn_string_io {
	bool to_memory; /* INS */
	unsigned width; /* bytes of an element: 1, 2, 4 */
	u16 port;
	enum segment_name segment;
	struct gla element; /* the first one; the next is `step` bytes further */
	int64_t step;       /* `width`, negative if DF is set */
	u64 count;          /* elements to go; 0: the instruction completes without an access */
};

/* False: the instruction is neither INS nor OUTS. */
bool insn_string_io(const struct cpu_state *cpu, const struct insn *insn,
	struct insn_string_io *out);

/*
 * Accounts for `elements` done, at most `count`: index register, rCX, and RIP once nothing is left.
 */
void insn_string_io_advance(struct cpu_state *cpu, const struct insn *insn, u64 elements);

/* RIP past the instruction; RF and the interrupt shadow end with it (APM 2 3.1.6, 8.1.4). */
void insn_complete(struct cpu_state *cpu, const struct insn *insn);

/*
 * Adds to rSI, rDI or rCX at the address size: a 16-bit one keeps the upper bits, a 32-bit one
 * clears them.
 */
void insn_add_to_index(struct cpu_state *cpu, const struct insn *insn, enum gpr index, u64 addend);

#endif
