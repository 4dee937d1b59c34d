/* SPDX-License-Identifier: EPL-2.0 */
/*
 * Shows x87, SSE and (if CPUID has it) AVX state under interrupts at 1 kHz: the handler saves the
 * state, spoils it, and restores it; the main loop's values must not notice.
 */
#include "lib/cpu.h"
#include "lib/guest.h"
#include "lib/interrupt.h"
#include "lib/pic.h"
#include "lib/print.h"

#define TICKS 60
#define LANES 4

#define CPUID_FEATURES   1
#define CPUID_ECX_XSAVE  (1u << 26)
#define CPUID_ECX_AVX    (1u << 28)
#define XCR0_X87_SSE_AVX 0x7u

static bool has_avx;
static volatile u64 ticks;
static u8 saved[1024] __attribute__((aligned(64)));

static void enable_avx(void)
{
	u32 ecx = cpuid(CPUID_FEATURES, 0).ecx;

	if (!(ecx & CPUID_ECX_XSAVE) || !(ecx & CPUID_ECX_AVX))
		return;
	write_cr4(read_cr4() | CR4_OSXSAVE);
	__asm__ volatile("xsetbv" ::"c"(0), "a"(XCR0_X87_SSE_AVX), "d"(0));
	has_avx = true;
}

static void save_state(void)
{
	if (has_avx)
		__asm__ volatile("xsave64 (%0)" ::"r"(saved), "a"(~0u), "d"(~0u) : "memory");
	else
		__asm__ volatile("fxsave64 (%0)" ::"r"(saved) : "memory");
}

static void restore_state(void)
{
	if (has_avx)
		__asm__ volatile("xrstor64 (%0)" ::"r"(saved), "a"(~0u), "d"(~0u) : "memory");
	else
		__asm__ volatile("fxrstor64 (%0)" ::"r"(saved) : "memory");
}

static void spoil_state(void)
{
	__asm__ volatile("fninit\n\tfldpi\n\tfldl2e\n\tpcmpeqd %%xmm0, %%xmm0\n\t"
			 "pxor %%xmm1, %%xmm1\n\tpcmpeqd %%xmm15, %%xmm15" ::
				 : "memory");
	if (has_avx)
		__asm__ volatile("vpcmpeqd %%xmm2, %%xmm2, %%xmm2\n\t"
				 "vinsertf128 $1, %%xmm2, %%ymm2, %%ymm2\n\tvzeroall" ::
					 : "memory");
}

static void on_tick(struct interrupt_frame *frame)
{
	ticks++;
	digest_add(frame->rip);
	save_state();
	digest_add_bytes(saved, 512);
	spoil_state();
	restore_state();
	pic_eoi(IRQ_PIT);
}

static long double x87_step(long double x)
{
	__asm__ volatile("fsqrt" : "+t"(x));
	return x * 3.25L + 1.0L / (x + 0.5L);
}

static void sse_step(double lanes[LANES])
{
	u32 i;

	for (i = 0; i < LANES; i++) {
		__asm__ volatile("sqrtsd %0, %0" : "+x"(lanes[i]));
		lanes[i] = lanes[i] * 1.75 + i;
	}
}

static void avx_step(double lanes[LANES])
{
	__asm__ volatile("vmovupd (%0), %%ymm5\n\tvsqrtpd %%ymm5, %%ymm6\n\t"
			 "vaddpd %%ymm5, %%ymm6, %%ymm7\n\tvmulpd %%ymm6, %%ymm7, %%ymm7\n\t"
			 "vsqrtpd %%ymm7, %%ymm7\n\tvmovupd %%ymm7, (%0)" ::"r"(lanes)
			 : "memory");
}

static u64 compute_until(u64 tick, long double *x, double sse[LANES], double avx[LANES])
{
	u64 steps = 0;

	for (; ticks < tick; steps++) {
		*x = x87_step(*x);
		sse_step(sse);
		if (has_avx)
			avx_step(avx);
	}
	return steps;
}

void guest_main(u32 magic, const struct multiboot_info *info)
{
	double sse[LANES] = {1, 2, 3, 4};
	double avx[LANES] = {5, 6, 7, 8};
	long double x = 2.0L;
	u64 steps;

	(void)magic;
	(void)info;
	guest_ready("fpu");
	enable_avx();
	__asm__ volatile("fninit");
	print("fpu: avx %u\n", has_avx);
	interrupt_handle(PIC_VECTOR + IRQ_PIT, on_tick);
	pic_init(PIC_VECTOR);
	pit_start(1000);
	pic_unmask(IRQ_PIT);
	interrupts_on();
	steps = compute_until(TICKS, &x, sse, avx);
	interrupts_off();
	print("fpu: %lu steps\n", steps);
	digest_add_bytes(&x, 10);
	digest_add_bytes(sse, sizeof(sse));
	digest_add_bytes(avx, sizeof(avx));
	guest_done();
}
