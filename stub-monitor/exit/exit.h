/* SPDX-License-Identifier: EPL-2.0 */
/*
 * What happens after an exit. exit_dispatch() is the one switch over exit kinds; handlers change
 * the machine and say whether the guest runs on. None of them talks to the debugger.
 */
#ifndef EXIT_EXIT_H
#define EXIT_EXIT_H

#include "debug/debugger.h"
#include "cpu/regs.h"
#include "insn/insn_decode.h"
#include "trace/event.h"
#include "vt/vt.h"

enum exit_action { RESUME_GUEST, STOP_FOR_DEBUGGER };

enum exit_action exit_dispatch(const struct vm_exit *exit, struct stop *stop);

/* Asked after an NMI of the monitor's UART: does the debugger want the guest to stop? */
extern bool (*exit_debugger_wants_stop)(void);

/* Called after an exit while text waits in the console ring: sends what the line takes. */
extern void (*exit_send_console)(void);

/* Asks until no more bytes have come; true: the guest is to stop. */
bool exit_debugger_breaks_in(void);

/* IF is set, no shadow, and no other event is on its way. */
bool exit_guest_takes_interrupts(void);

/* An interrupt waits for a synchronous exit: for how many ticks more, and is it time? */
bool exit_holds_interrupt(void);
u64 exit_hold_left(void);
void exit_take_held_interrupt(void);

/* ---- shared by the handlers ---- */

/*
 * Every input and output of the guest passes here, and only here is the mode looked at: `perform`
 * touches the hardware (live, recording), the log answers (replay), or it is the end of a what-if
 * branch. `perform` fills value, width, data.
 */
typedef void (*input_perform)(struct trace_event *event, void *data);
enum exit_action exit_input(struct trace_event *event, void *data, input_perform perform,
	struct stop *stop);

/* Decodes the instruction at RIP; if it cannot, fills the stop. */
bool exit_decode(struct insn *insn, struct stop *stop);

/* The instruction has been done by the monitor: RIP moves on, one tick. */
void exit_complete(const struct insn *insn);

#define VECTOR_DB     1
#define VECTOR_UD     6
#define VECTOR_DF     8
#define VECTOR_PF     14
#define NO_ERROR_CODE (-1)
void exit_inject_exception(u8 vector, int error_code);
enum exit_action exit_limit(struct stop *stop, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/*
 * Permission of the access for the guest's CPL, for emulated instructions; false: #PF was injected.
 */
bool exit_check_page(struct gla gla, u32 access);

enum exit_action exit_port(const struct vm_exit *exit, struct stop *stop);
enum exit_action exit_msr(const struct vm_exit *exit, struct stop *stop);
enum exit_action exit_cpuid(struct stop *stop);
struct cpuid_regs exit_cpuid_shown(u32 leaf, u32 subleaf); /* as the guest sees it */
enum exit_action exit_rdtsc(struct stop *stop);
enum exit_action exit_rdpmc(struct stop *stop);
enum exit_action exit_cr0_write(struct stop *stop);
enum exit_action exit_cr8(struct stop *stop);
enum exit_action exit_dr(struct stop *stop);
enum exit_action exit_xsetbv(struct stop *stop);
enum exit_action exit_exception(const struct vm_exit *exit, struct stop *stop);
enum exit_action exit_nested_fault(const struct vm_exit *exit, struct stop *stop);

/* exit_device_page.c */
enum exit_action exit_device_page(const struct vm_exit *exit, struct stop *stop);
/* Before the monitor carries out a string instruction: its memory as the devices have left it. False: stop is filled. */
bool exit_touch_strings(const struct insn *insn, struct stop *stop);
/* A device has written memory. True: a watched value has changed, and stop says by what. */
bool exit_device_wrote(struct stop *stop);

#endif
