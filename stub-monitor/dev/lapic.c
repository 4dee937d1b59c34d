/* SPDX-License-Identifier: EPL-2.0 */
#include "dev/lapic.h"

#include "cpu/interrupts.h"
#include "cpu/phys.h"
#include "lib/printk.h"

#define LAPIC_FIRST       0x010
#define LAPIC_ID          0x020
#define LAPIC_LDR         0x0d0
#define LAPIC_SVR         0x0f0
#define LAPIC_COMMAND     0x300
#define LAPIC_COMMAND_HI  0x310
#define LAPIC_LVT_TIMER   0x320
#define LAPIC_LVT_ERROR   0x370
#define LAPIC_LVT_LINT0   0x350
#define LAPIC_IRR_HIGHEST 0x270 /* vectors E0h-FFh */
#define LAPIC_INITIAL     0x380
#define LAPIC_CURRENT     0x390
#define LAPIC_DIVIDE      0x3e0

#define SVR_ENABLE               BIT(8)
#define LVT_MASKED               BIT(16)
#define LVT_PERIODIC             BIT(17)
#define LVT_VECTOR               0xff
#define DIVIDE_BY_1              0xb
#define TPR_HOLD_ALL_BUT_HIGHEST 0xe0

/* Interrupt command register and local vector table (APM 2 16.5, 16.4). */
#define DELIVERY_SHIFT   8
#define DELIVERY_MASK    7
#define LEVEL_ASSERT     BIT(14)
#define TRIGGER_LEVEL    BIT(15)
#define LOGICAL          BIT(11)
#define SHORTHAND_SHIFT  18
#define TO_EVERYBODY     0xff
#define DESTINATION_HIGH 24

enum delivery { FIXED, LOWEST, SMI, RESERVED, NMI, INIT, START_UP, EXTERNAL };
enum shorthand { NO_SHORTHAND, SELF, ALL, OTHERS };

/* What the guest had in its timer and masks when it went into the past. */
static struct {
	bool active;
	u32 tpr, svr, timer, lint0, divide, initial, remaining;
	bool restore_period; /* the next expiry of `timer` puts the period back */
} saved;

/* Interrupts of the highest class that came while the timer was borrowed: one a vector is all the hardware would keep. */
#define LATE_MAX 16
static u8 late[LATE_MAX];
static unsigned late_count;

static volatile u32 *reg(unsigned offset)
{
	return phys_to_virt(LAPIC_PHYS + offset);
}

static bool is_masked_and_over(void)
{
	return (saved.timer & LVT_MASKED) && !*reg(LAPIC_CURRENT);
}

/* Of a masked timer no interrupt tells that its first period is over. */
static void restore_period(void)
{
	saved.restore_period = false;
	*reg(LAPIC_LVT_TIMER) = saved.timer;
	*reg(LAPIC_INITIAL) = saved.initial;
}

void lapic_borrow(void)
{
	if (saved.active)
		return;
	if (saved.restore_period && is_masked_and_over())
		restore_period();
	saved.remaining = *reg(LAPIC_CURRENT);
	saved.tpr = *reg(LAPIC_TPR);
	saved.svr = *reg(LAPIC_SVR);
	saved.lint0 = *reg(LAPIC_LVT_LINT0);
	saved.divide = *reg(LAPIC_DIVIDE);
	if (!saved.restore_period) { /* else `timer` and `initial` still hold the guest's own values */
		saved.timer = *reg(LAPIC_LVT_TIMER);
		saved.initial = *reg(LAPIC_INITIAL);
	}
	saved.active = true;
	*reg(LAPIC_SVR) = saved.svr | SVR_ENABLE;
	*reg(LAPIC_LVT_LINT0) = saved.lint0 | LVT_MASKED;
	*reg(LAPIC_TPR) = TPR_HOLD_ALL_BUT_HIGHEST;
	*reg(LAPIC_LVT_TIMER) = LAPIC_STOP_VECTOR;
	*reg(LAPIC_DIVIDE) = DIVIDE_BY_1;
	*reg(LAPIC_INITIAL) = 0;
}

void lapic_end_stop(void)
{
	int vector;

	*reg(LAPIC_INITIAL) = 0;
	vector = interrupts_take();
	if (vector < 0)
		return;
	/* A vector of the same class got past the task priority: it is completed here and kept for the guest. */
	*reg(LAPIC_EOI) = 0;
	if (vector != LAPIC_STOP_VECTOR)
		late[late_count++ % LATE_MAX] = (u8)vector;
}

void lapic_return(void)
{
	bool periodic = saved.timer & LVT_PERIODIC;

	if (!saved.active)
		return;
	lapic_end_stop(); /* left pending, it would be taken as an interrupt of the guest's */
	saved.active = false;
	*reg(LAPIC_INITIAL) = 0;
	*reg(LAPIC_DIVIDE) = saved.divide;
	saved.restore_period = periodic && saved.initial;
	*reg(LAPIC_LVT_TIMER) = saved.restore_period ? saved.timer & ~LVT_PERIODIC : saved.timer;
	if (saved.remaining)
		*reg(LAPIC_INITIAL) = saved.remaining;
	*reg(LAPIC_TPR) = saved.tpr;
	*reg(LAPIC_SVR) = saved.svr;
	*reg(LAPIC_LVT_LINT0) = saved.lint0;
}

bool lapic_borrowed(void)
{
	return saved.active;
}

void lapic_interrupt_taken(int vector)
{
	if (!saved.restore_period || vector != (int)(saved.timer & LVT_VECTOR))
		return;
	restore_period();
}

int lapic_take_late(void)
{
	return late_count ? late[--late_count % LATE_MAX] : -1;
}

u32 lapic_id(void)
{
	return *reg(LAPIC_ID) >> 24;
}

volatile u32 *lapic_timer_register(void)
{
	return reg(LAPIC_INITIAL);
}

/* Only the vector entry and the divisor are lent: an idle timer has nothing else. */
static struct {
	u32 timer, divide;
} lent;

bool lapic_timer_idle(void)
{
	return !saved.active && !saved.restore_period && (*reg(LAPIC_LVT_TIMER) & LVT_MASKED) &&
		!*reg(LAPIC_INITIAL);
}

/* Ticks at any divisor: 10 ms at QEMU's 1 GHz. */
#define NEAR_COUNT 10000000

bool lapic_timer_is_near(void)
{
	u32 left = *reg(LAPIC_CURRENT);

	return !(*reg(LAPIC_LVT_TIMER) & LVT_MASKED) && left && left < NEAR_COUNT;
}

void lapic_pace_begin(void)
{
	lent.timer = *reg(LAPIC_LVT_TIMER);
	lent.divide = *reg(LAPIC_DIVIDE);
	*reg(LAPIC_LVT_TIMER) = LAPIC_STOP_VECTOR;
	*reg(LAPIC_DIVIDE) = DIVIDE_BY_1;
}

bool lapic_pace_end(void)
{
	bool expired;

	*reg(LAPIC_INITIAL) = 0;
	expired = *reg(LAPIC_IRR_HIGHEST) & BIT(LAPIC_STOP_VECTOR % 32);
	*reg(LAPIC_LVT_TIMER) = lent.timer;
	*reg(LAPIC_DIVIDE) = lent.divide;
	if (expired) { /* a borrow holds all other interrupts off while this one is taken */
		lapic_borrow();
		lapic_return();
	}
	return expired;
}

/* ---- the guest's accesses ---- */

u32 lapic_guest_read(unsigned offset)
{
	if (!saved.restore_period)
		return *reg(offset);
	if (is_masked_and_over())
		restore_period();
	if (offset == LAPIC_LVT_TIMER)
		return saved.timer;
	return offset == LAPIC_INITIAL ? saved.initial : *reg(offset);
}

/* A timer that runs on as one-shot is what the guest says now, and no longer what was saved of it. */
static void write_timer(unsigned offset, u32 value)
{
	if (offset == LAPIC_LVT_TIMER && (value & LVT_PERIODIC) && *reg(LAPIC_CURRENT)) {
		saved.timer = value;
		*reg(offset) = value & ~LVT_PERIODIC;
		return;
	}
	saved.restore_period = false;
	if (offset == LAPIC_INITIAL)
		*reg(LAPIC_LVT_TIMER) = saved.timer;
	*reg(offset) = value;
}

static enum delivery delivery_of(u32 value)
{
	return (enum delivery)(value >> DELIVERY_SHIFT & DELIVERY_MASK);
}

static enum shorthand shorthand_of(u32 command)
{
	return (enum shorthand)(command >> SHORTHAND_SHIFT & 3);
}

static bool only_to_self(u32 command)
{
	return shorthand_of(command) == SELF ||
		(shorthand_of(command) == NO_SHORTHAND && !(command & LOGICAL) &&
			*reg(LAPIC_COMMAND_HI) >> DESTINATION_HIGH == lapic_id());
}

static bool reaches_self(u32 command)
{
	u32 to = *reg(LAPIC_COMMAND_HI) >> DESTINATION_HIGH;

	if (shorthand_of(command) != NO_SHORTHAND)
		return shorthand_of(command) != OTHERS;
	if (command & LOGICAL)
		return to & *reg(LAPIC_LDR) >> DESTINATION_HIGH;
	return to == TO_EVERYBODY || to == lapic_id();
}

/* INIT with level de-asserted only sets arbitration IDs: nothing. */
static bool is_init(u32 command)
{
	return delivery_of(command) == INIT &&
		!((command & TRIGGER_LEVEL) && !(command & LEVEL_ASSERT));
}

bool lapic_write_asks_for_init(unsigned offset, u32 value)
{
	return offset == LAPIC_COMMAND && is_init(value) && reaches_self(value);
}

static void write_command(u32 command)
{
	enum delivery delivery = delivery_of(command);

	if (delivery == FIXED || delivery == LOWEST || (delivery == NMI && only_to_self(command)))
		*reg(LAPIC_COMMAND) = command;
	else
		printk("the guest's inter-processor interrupt 0x%x to 0x%x is ignored "
		       "(docs/LIMITS.md)",
			command, *reg(LAPIC_COMMAND_HI));
}

void lapic_guest_write(unsigned offset, u32 value)
{
	offset &= ~0xfu;
	if (offset < LAPIC_FIRST)
		return;
	if (offset == LAPIC_COMMAND) {
		write_command(value);
		return;
	}
	if (offset >= LAPIC_LVT_TIMER && offset <= LAPIC_LVT_ERROR &&
		(delivery_of(value) == SMI || delivery_of(value) == INIT))
		value |= LVT_MASKED;
	if (saved.restore_period && (offset == LAPIC_LVT_TIMER || offset == LAPIC_INITIAL))
		write_timer(offset, value);
	else
		*reg(offset) = value;
}
