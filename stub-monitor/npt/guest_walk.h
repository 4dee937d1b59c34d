/* SPDX-License-Identifier: EPL-2.0 */
/*
 * Walks the guest's own page tables: guest-linear to guest-physical, with what a page allows, and
 * the error code of the #PF where it does not. Without paging, with 32-bit paging (PSE, PSE-36),
 * PAE, 4 levels, and 5. Guarantees to change nothing: accessed and dirty bits are not set. Reads
 * only through the callback. Does not know: protection keys, and the PDPTEs a processor may have
 * cached when CR3 was loaded in PAE mode (under nested paging AMD reads them from memory, APM 2
 * 15.25.10). Specified in APM 2, chapter 5 (formats, reserved bits, 5.6 protection), 8.4.2 (error
 * code).
 */
#ifndef NPT_GUEST_WALK_H
#define NPT_GUEST_WALK_H

#include "lib/types.h"
#include "cpu/cpu_state.h"

/* Error code of a #PF; WRITE, USER and FETCH also say which access is asked about. */
#define PF_PRESENT  BIT(0)
#define PF_WRITE    BIT(1)
#define PF_USER     BIT(2)
#define PF_RESERVED BIT(3)
#define PF_FETCH    BIT(4)

#define CR4_SMEP  BIT(20)
#define CR4_SMAP  BIT(21)
#define RFLAGS_AC BIT(18)

struct guest_paging {
	u64 cr0, cr3, cr4, efer, rflags;
	u8 physical_bits; /* the guest's CPUID 8000_0008 EAX[7:0]; higher ones are reserved */
};

struct guest_memory {
	bool (*read_physical)(void *ctx, struct gpa gpa, void *buffer, size_t size);
	void *ctx;
};

enum guest_walk_status {
	GUEST_WALK_OK,
	GUEST_WALK_FAULT,         /* #PF with `error_code` */
	GUEST_WALK_NOT_CANONICAL, /* #GP(0), or #SS(0) for the stack */
	GUEST_WALK_UNREADABLE,    /* read_physical refused at `gpa`, a page-table entry */
};

struct guest_walk {
	enum guest_walk_status status;
	struct gpa gpa;
	u64 page_size;                   /* 4 KB, 2 MB, 4 MB, 1 GB; 4 KB without paging */
	bool writable, user, executable; /* by the entries alone, not by CR0.WP, SMEP, SMAP */
	u32 error_code;
};

/* `access`: PF_WRITE, PF_USER, PF_FETCH or'ed; 0 is a read by the supervisor. */
struct guest_walk guest_walk(const struct guest_paging *paging, const struct guest_memory *memory,
	struct gla gla, u32 access);

static inline struct guest_paging guest_paging_of(const struct cpu_state *cpu, u8 physical_bits)
{
	return (struct guest_paging){cpu->cr0, cpu->cr3, cpu->cr4, cpu->efer, cpu->rflags,
		physical_bits};
}

#endif
