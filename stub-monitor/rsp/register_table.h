/* SPDX-License-Identifier: EPL-2.0 */
/*
 * The registers as the debugger numbers them: one table from number to field of struct cpu_state.
 * The target description (target_xml.c), `g`, `p` and the expedited registers of stop replies all
 * follow it. Pure.
 *
 * Order and names of the first three features and of avx are gdb's (GDB manual, i386 Features); the
 * layout is that of one architecture in every mode of the CPU, because gdb cannot change it in the
 * middle of a session: 64-bit, unless `monitor set architecture` says otherwise.
 */
#ifndef RSP_REGISTER_TABLE_H
#define RSP_REGISTER_TABLE_H

#include "lib/status.h"
#include "cpu/cpu_state.h"

/* In the order of their registers; RSP_FEATURE_AVX is last, since `g` ends before it. */
enum rsp_feature {
	RSP_FEATURE_CORE,
	RSP_FEATURE_SSE,
	RSP_FEATURE_SEGMENTS,
	RSP_FEATURE_SYSTEM,
	RSP_FEATURE_DESC,
	RSP_FEATURE_AVX,
	RSP_FEATURE_COUNT
};

/* How a register's value is got at. */
enum rsp_register_kind {
	RSP_REGISTER_FIELD,     /* `width` bytes at `offset`, the rest zero */
	RSP_REGISTER_READ_ONLY, /* the same, not to be written */
	RSP_REGISTER_PC,        /* RIP, as a linear address where that is wanted */
	RSP_REGISTER_SP,        /* RSP, likewise */
	RSP_REGISTER_TAG_WORD,  /* the x87 tag word, 2 bits a register; the state has 1 bit each */
};

struct rsp_register {
	const char *name;
	const char *type;  /* in the target description */
	const char *group; /* for gdb's `info registers GROUP`, or NULL */
	u16 offset;        /* in struct cpu_state */
	u8 width;          /* bytes there */
	u8 size;           /* bytes on the wire */
	u8 feature;        /* enum rsp_feature */
	u8 kind;           /* enum rsp_register_kind */
};

/* Numbers in the 64-bit description (GDB manual, i386 Features: core, in order). */
#define RSP_REGNUM_RBP 6
#define RSP_REGNUM_RSP 7
#define RSP_REGNUM_RIP 16

#define RSP_REGISTER_MAX 16 /* bytes of the largest register */

/* A description that gdb can be given: it chooses one when it connects, and stays with it. */
struct rsp_architecture {
	const char *name, *gdb_name;
	unsigned pc, sp, bp; /* numbers of what stop replies carry */
	const struct rsp_register *registers;
	unsigned count;
};

/* The one in use. */
extern const struct rsp_architecture *rsp_architecture;
#define rsp_registers      (rsp_architecture->registers)
#define rsp_register_count (rsp_architecture->count)

/* x86-64, i386 or i8086; NULL for another name. */
const struct rsp_architecture *rsp_architecture_find(const char *name);

/*
 * gdb knows no segments: outside of 64-bit code PC and SP are shown with the bases of CS and SS added, unless this is
 * switched off. The offsets themselves are ip16 and sp16.
 */
extern bool rsp_linear_pc;

/* What is added to RIP. */
u64 rsp_pc_base(const struct cpu_state *cpu);

/*
 * False if the guest has not enabled what holds the register (AVX in XCR0): gdb shows
 * <unavailable>.
 */
bool rsp_register_available(const struct cpu_state *cpu, unsigned number);

/* The register's rsp_registers[number].size bytes, little endian. */
void rsp_register_read(const struct cpu_state *cpu, unsigned number, u8 *value);

/*
 * Changes it in *cpu only. STATUS_UNSUPPORTED: read-only, or not available; STATUS_MALFORMED: does
 * not fit the field, or sets bits that the hardware refuses to load (MXCSR).
 */
enum status rsp_register_write(struct cpu_state *cpu, unsigned number, const u8 *value);

/* Number of the register with this name, or -1. */
int rsp_register_find(const char *name);

#endif
