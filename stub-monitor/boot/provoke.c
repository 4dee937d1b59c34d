/* SPDX-License-Identifier: EPL-2.0 */
#include "boot/provoke.h"

#include "cpu/phys.h"
#include "lib/panic.h"
#include "lib/string.h"

#define OPCODE_RET    0xc3
#define GUEST_PAGE    0x8000ull
#define NON_CANONICAL 0x8000000000000000ull
#define DEEP          1024

extern u8 image_start[];

static const char *const names[] = {
	[PROVOKE_WRITE_CODE] = "write-code",
	[PROVOKE_WRITE_CONSTANT] = "write-constant",
	[PROVOKE_WRITE_DIRECT] = "write-direct",
	[PROVOKE_EXECUTE_DATA] = "execute-data",
	[PROVOKE_EXECUTE_STACK] = "execute-stack",
	[PROVOKE_EXECUTE_GUEST] = "execute-guest",
	[PROVOKE_OVERFLOW] = "overflow",
	[PROVOKE_NULL] = "null",
	[PROVOKE_PROTECTION] = "protection",
	[PROVOKE_PANIC] = "panic",
	[PROVOKE_SERVER] = "server",
};
static const u8 constant[1];
static u8 data[1];

enum provoke_kind provoke_named(const char *name, size_t length)
{
	for (unsigned i = 1; i < ARRAY_SIZE(names); i++)
		if (strlen(names[i]) == length && !strncmp(names[i], name, length))
			return (enum provoke_kind)i;
	return PROVOKE_NOTHING;
}

static void write_byte(u64 address)
{
	*(volatile u8 *)address = OPCODE_RET;
}

static void call_address(const volatile u8 *address)
{
	((void (*)(void))(u64)address)();
}

/* The volatile byte keeps the compiler from making a loop of it. */
static unsigned recurse(unsigned depth)
{
	volatile u8 room[DEEP];

	room[0] = (u8)depth;
	return depth ? recurse(depth - 1) + room[0] : 0;
}

static void execute(volatile u8 *address)
{
	*address = OPCODE_RET;
	call_address(address);
}

static void attempt(enum provoke_kind kind)
{
	volatile u8 on_stack;

	switch (kind) {
	case PROVOKE_NOTHING:
		return;
	case PROVOKE_WRITE_CODE:
		return write_byte((u64)image_start);
	case PROVOKE_WRITE_CONSTANT:
		return write_byte((u64)constant);
	case PROVOKE_WRITE_DIRECT:
		return write_byte((u64)phys_to_virt(virt_to_phys(image_start)));
	case PROVOKE_EXECUTE_DATA:
		return execute(data);
	case PROVOKE_EXECUTE_STACK:
		return execute(&on_stack);
	case PROVOKE_EXECUTE_GUEST:
		return call_address(phys_to_virt(GUEST_PAGE));
	case PROVOKE_OVERFLOW:
		recurse(DEEP);
		return;
	case PROVOKE_NULL:
		/* cppcheck-suppress nullPointer ; that is what it is for */
		(void)*(volatile u8 *)0;
		return;
	case PROVOKE_PROTECTION:
		return write_byte(NON_CANONICAL);
	case PROVOKE_PANIC:
	case PROVOKE_SERVER:
		panic("provoked by the option test-fault=%s", names[kind]);
	}
}

void provoke(enum provoke_kind kind)
{
	if (kind == PROVOKE_NOTHING)
		return;
	attempt(kind);
	panic("test-fault=%s went through", names[kind]);
}
