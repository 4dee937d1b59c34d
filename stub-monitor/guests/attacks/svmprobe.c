/* SPDX-License-Identifier: EPL-2.0 */
/*
 * An attack on the hidden virtualization: looks for SVM in CPUID and in the MSRs, tries to turn it
 * on, and executes each of its instructions; prints what it saw. On a machine without SVM, or under
 * the monitor: "svm 0", and an exception at every try.
 */
#include "../lib/cpu.h"
#include "../lib/guest.h"
#include "../lib/interrupt.h"
#include "../lib/print.h"

#define CPUID_EXTENDED_FEATURES 0x80000001u
#define CPUID_ECX_SVM           (1u << 2)
#define CPUID_SVM               0x8000000au
#define MSR_VM_CR               0xc0010114u
#define MSR_VM_HSAVE_PA         0xc0010117u
#define NO_EXCEPTION            255u

static volatile u64 exception;
static volatile u64 resume_at;

static void on_exception(struct interrupt_frame *frame)
{
	exception = frame->vector;
	frame->rip = resume_at;
}

/* Executes `instruction`; an exception leaves its vector behind and goes on after it. */
#define TRY(instruction, ...) \
	do { \
		exception = NO_EXCEPTION; \
		__asm__ volatile("lea 1f(%%rip), %%r11\n\tmov %%r11, %0\n\t" instruction "\n1:" \
				 : "=m"(resume_at) \
				 : __VA_ARGS__ \
				 : "memory", "r11"); \
	} while (0)

static void report(const char *what)
{
	digest_add(exception);
	if (exception == NO_EXCEPTION)
		print("svmprobe: %s went through\n", what);
	else
		print("svmprobe: %s exception %lu\n", what, exception);
}

static void try_msr(const char *name, u32 msr)
{
	u32 low, high;

	exception = NO_EXCEPTION;
	__asm__ volatile("lea 1f(%%rip), %%r11\n\tmov %%r11, %0\n\trdmsr\n1:"
			 : "=m"(resume_at), "=a"(low), "=d"(high)
			 : "c"(msr)
			 : "memory", "r11");
	report(name);
}

static void try_enable(void)
{
	u64 efer = rdmsr(MSR_EFER);

	print("svmprobe: EFER %lx\n", efer);
	digest_add(efer);
	TRY("wrmsr", "c"(MSR_EFER), "a"((u32)(efer | EFER_SVME)), "d"((u32)(efer >> 32)));
	report("setting EFER.SVME");
	print("svmprobe: EFER.SVME is %u\n", !!(rdmsr(MSR_EFER) & EFER_SVME));
	wrmsr(MSR_EFER, efer);
}

static void try_instructions(void)
{
	TRY("vmrun %%rax", "a"(0));
	report("VMRUN");
	TRY("vmload %%rax", "a"(0));
	report("VMLOAD");
	TRY("vmsave %%rax", "a"(0));
	report("VMSAVE");
	TRY("clgi", "a"(0));
	report("CLGI");
	TRY("stgi", "a"(0));
	report("STGI");
	TRY("vmmcall", "a"(0));
	report("VMMCALL");
	TRY("invlpga %%rax, %%ecx", "a"(0), "c"(0));
	report("INVLPGA");
}

void guest_main(u32 magic, const struct multiboot_info *info)
{
	struct cpuid features = cpuid(CPUID_EXTENDED_FEATURES, 0);
	struct cpuid svm = cpuid(CPUID_SVM, 0);

	(void)magic;
	(void)info;
	guest_ready("svmprobe");
	interrupt_handle(VECTOR_UD, on_exception);
	interrupt_handle(VECTOR_GP, on_exception);
	print("svmprobe: svm %u\n", !!(features.ecx & CPUID_ECX_SVM));
	print("svmprobe: leaf 8000000a %x %x %x %x\n", svm.eax, svm.ebx, svm.ecx, svm.edx);
	digest_add(features.ecx);
	try_msr("reading VM_CR", MSR_VM_CR);
	try_msr("reading VM_HSAVE_PA", MSR_VM_HSAVE_PA);
	try_enable();
	try_instructions();
	guest_done();
}
