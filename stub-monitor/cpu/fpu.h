/* SPDX-License-Identifier: EPL-2.0 */
/*
 * x87/SSE/AVX of the guest: the monitor is compiled without them, so they stay in the hardware
 * until somebody asks.
 */
#ifndef CPU_FPU_H
#define CPU_FPU_H

#include "cpu/cpu_state.h"

void fpu_init(void);
void fpu_save(struct cpu_state *cpu);       /* hardware -> cpu->fpu, cpu->xcr0 */
void fpu_load(const struct cpu_state *cpu); /* cpu->fpu, cpu->xcr0 -> hardware */
void fpu_reset(struct cpu_state *cpu);      /* registers and cpu->fpu as after FNINIT */
u64 fpu_supported_xcr0(void); /* what the guest may enable: x87, SSE, AVX as the CPU has them */

#endif
