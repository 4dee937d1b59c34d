/* SPDX-License-Identifier: EPL-2.0 */
/*
 * CPUID as the guest sees it: without what the monitor keeps (SVM), cannot record (RDRAND, RDSEED),
 * or does not offer.
 */
#include "exit/exit.h"

#include "cpu/fpu.h"
#include "cpu/regs.h"
#include "lib/string.h"
#include "vt/machine.h"

#define LEAF_FEATURES         1
#define LEAF_STRUCTURED       7
#define LEAF_XSTATE           0xd
#define LEAF_EXTENDED         0x80000001
#define LEAF_SVM              0x8000000a
#define FEATURES_ECX_HIDDEN   (BIT(3) /* MONITOR */ | BIT(21) /* x2APIC */ | BIT(30) /* RDRAND */)
#define FEATURES_ECX_OSXSAVE  BIT(27)
#define STRUCTURED_EBX_HIDDEN (BIT(14) /* MPX */ | BIT(18) /* RDSEED */)
#define STRUCTURED_ECX_HIDDEN \
	(BIT(3) | BIT(4)) /* PKU, OSPKE: their registers are not in checkpoints */
#define EXTENDED_ECX_SVM BIT(2)

static void hide(u32 leaf, u32 subleaf, struct cpuid_regs *r)
{
	if (leaf == LEAF_FEATURES) {
		r->ecx &= ~(u32)(FEATURES_ECX_HIDDEN | FEATURES_ECX_OSXSAVE);
		r->ecx |= machine.cpu.cr4 & CR4_OSXSAVE ? (u32)FEATURES_ECX_OSXSAVE : 0;
	} else if (leaf == LEAF_STRUCTURED) {
		r->ebx &= ~(u32)STRUCTURED_EBX_HIDDEN;
		r->ecx &= ~(u32)STRUCTURED_ECX_HIDDEN;
	} else if (leaf == LEAF_XSTATE && subleaf == 0) {
		r->eax &= (u32)fpu_supported_xcr0();
	} else if (leaf == LEAF_EXTENDED) {
		r->ecx &= ~(u32)EXTENDED_ECX_SVM;
	} else if (leaf == LEAF_SVM) {
		memset(r, 0, sizeof(*r));
	}
}

struct cpuid_regs exit_cpuid_shown(u32 leaf, u32 subleaf)
{
	struct cpuid_regs r = cpuid(leaf, subleaf);

	hide(leaf, subleaf, &r);
	return r;
}

static void perform(struct trace_event *event, void *data)
{
	struct cpuid_regs r = exit_cpuid_shown((u32)event->address, (u32)(event->address >> 32));

	memcpy(data, &r, sizeof(r));
	event->data_length = sizeof(r);
}

enum exit_action exit_cpuid(struct stop *stop)
{
	u64 *gpr = machine.cpu.gpr;
	struct trace_event event = {.kind = EVENT_CPUID, .address = (u32)gpr[RAX] | gpr[RCX] << 32};
	struct cpuid_regs r;
	struct insn insn;

	if (!exit_decode(&insn, stop) || exit_input(&event, &r, perform, stop) == STOP_FOR_DEBUGGER)
		return STOP_FOR_DEBUGGER;
	gpr[RAX] = r.eax;
	gpr[RBX] = r.ebx;
	gpr[RCX] = r.ecx;
	gpr[RDX] = r.edx;
	exit_complete(&insn);
	return RESUME_GUEST;
}
