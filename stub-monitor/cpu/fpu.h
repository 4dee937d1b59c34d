/* SPDX-License-Identifier: EPL-2.0 */
/*
 * x87/SSE/AVX of the guest: the monitor is compiled without them, so they stay in the hardware
 * until somebody asks.
 */
#ifndef CPU_FPU_H
#define CPU_FPU_H

#include "cpu/cpu_state.h"

#define FPU_X87_SSE     0x3
#define FPU_AVX         0x4
#define FPU_X87_SSE_AVX (FPU_X87_SSE | FPU_AVX)

void fpu_init(void);
void fpu_save(struct cpu_state *cpu);         /* hardware -> cpu->fpu, cpu->xcr0 */
void fpu_load(const struct cpu_state *cpu);   /* cpu->fpu, cpu->xcr0 -> hardware */
void fpu_reset(struct cpu_state *cpu);        /* registers and cpu->fpu as after FNINIT */
void fpu_set_saved(u8 *area, u64 components); /* what XRSTOR loads from it, and does not reset */
u64 fpu_supported_xcr0(void); /* what the guest may enable: x87, SSE, AVX as the CPU has them */

#endif
