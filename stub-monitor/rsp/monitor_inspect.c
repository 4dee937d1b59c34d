/* SPDX-License-Identifier: EPL-2.0 */
/*
 * The `monitor` commands that look at the machine past the debugger: xp (guest-physical memory) and
 * regs (the registers as they are, whatever the debugger remembers).
 */
#include "lib/format.h"
#include "lib/hex.h"
#include "lib/string.h"
#include "rsp/monitor_command.h"
#include "rsp/register_table.h"
#include "rsp/rsp_commands.h"

#define XP_UNLESS_TOLD 64
#define XP_MOST        0x10000
#define BYTES_A_LINE   16

static void print_bytes(struct rsp_session *session, u64 address, const u8 *bytes, size_t count)
{
	char digits[3 * BYTES_A_LINE + 1], text[BYTES_A_LINE + 1];

	for (size_t i = 0; i < count; i++) {
		format(digits + 3 * i, 4, " %02x", bytes[i]);
		text[i] = bytes[i] >= ' ' && bytes[i] <= '~' ? (char)bytes[i] : '.';
	}
	text[count] = 0;
	rsp_print(session, "%016lx%-48s  %s", (unsigned long)address, digits, text);
}

static void dump(struct rsp_session *session, u64 address, u64 length)
{
	u8 bytes[BYTES_A_LINE];

	while (length) {
		size_t wanted = min_u64(length, sizeof(bytes)), done = 0;
		enum status status = debugger_read_physical((struct gpa){address}, bytes, wanted,
			&done);

		if (status != STATUS_OK || done == 0) {
			rsp_print(session, "xp: 0x%lx: %s", (unsigned long)address,
				rsp_status_text(status != STATUS_OK ? status : STATUS_UNMAPPED));
			return;
		}
		print_bytes(session, address, bytes, done);
		address += done;
		length -= done;
	}
}

void rsp_monitor_xp(struct rsp_session *session, const struct rsp_words *words)
{
	u64 address, length = XP_UNLESS_TOLD;

	if (words->count < 2 || !rsp_parse_number(words->word[1], &address) ||
		(words->count > 2 && !rsp_parse_number(words->word[2], &length)))
		rsp_print(session, "xp: expected ADDRESS [LENGTH], as in: xp 0x1000 64");
	else if (length > XP_MOST)
		rsp_print(session, "xp: length: %lu (expected: <= %u)", (unsigned long)length,
			XP_MOST);
	else if (address + length < address)
		rsp_print(session, "xp: beyond the end of the address space");
	else
		dump(session, address, length);
}

static void print_register(struct rsp_session *session, unsigned number)
{
	const struct rsp_register *reg = &rsp_registers[number];
	char digits[2 * RSP_REGISTER_MAX + 1] = "";
	u8 value[RSP_REGISTER_MAX];

	if (!rsp_register_available(debugger_cpu(), number)) {
		rsp_print(session, "%-12s not enabled", reg->name);
		return;
	}
	rsp_register_read(debugger_cpu(), number, value);
	for (unsigned i = 0; i < reg->size; i++)
		hex_encode(digits + 2 * i, &value[reg->size - 1 - i], 1);
	rsp_print(session, "%-12s 0x%s", reg->name, digits);
}

/* The set's name is the last part of its feature's: "core" for org.gnu.gdb.i386.core. */
static const char *set_name(const struct rsp_register *reg)
{
	static const char *const names[RSP_FEATURE_COUNT] = {
		[RSP_FEATURE_CORE] = "core",
		[RSP_FEATURE_SSE] = "sse",
		[RSP_FEATURE_SEGMENTS] = "segments",
		[RSP_FEATURE_SYSTEM] = "system",
		[RSP_FEATURE_DESC] = "desc",
		[RSP_FEATURE_AVX] = "avx",
	};

	return names[reg->feature];
}

static void print_named(struct rsp_session *session, const char *name)
{
	bool found = false;

	for (unsigned i = 0; i < rsp_register_count; i++) {
		if (strcmp(rsp_registers[i].name, name) != 0 &&
			strcmp(set_name(&rsp_registers[i]), name) != 0)
			continue;
		print_register(session, i);
		found = true;
	}
	if (!found)
		rsp_print(session,
			"regs: no register '%s' (expected: core, sse, segments, system, desc, avx, "
			"or a register's name)",
			name);
}

void rsp_monitor_regs(struct rsp_session *session, const struct rsp_words *words)
{
	if (words->count == 1)
		print_named(session, "core");
	for (unsigned i = 1; i < words->count; i++)
		print_named(session, words->word[i]);
}
