/* SPDX-License-Identifier: EPL-2.0 */
/*
 * Agent expressions: what gdb compiled and evaluated itself (testdata/agent/expressions.txt), each
 * error by name, and random code, which must be refused or end within its bounds.
 */
#include "test_host.h"

#include "agent/agent.h"

#define REGIONS      8
#define REGION_BYTES 64
#define LINE_MAX     2048
#define TEXT_MAX     1024
#define RANDOM_CODES 300000

static struct {
	u64 registers[16];
	struct {
		u64 address;
		size_t length;
		u8 bytes[REGION_BYTES];
	} memory[REGIONS];
	unsigned regions;
	u64 variables[4];
	u64 collected_address, collected_length, collected_variable;
	unsigned collected;
	char text[TEXT_MAX];
	size_t text_length;
} world;

static bool read_register(void *context, u16 number, u64 *value)
{
	(void)context;
	*value = number < 16 ? world.registers[number] : 0;
	return number < 16;
}

static bool read_memory(void *context, u64 address, void *buffer, size_t length)
{
	(void)context;
	for (unsigned i = 0; i < world.regions; i++) {
		u64 at = address - world.memory[i].address;

		if (at < world.memory[i].length && world.memory[i].length - at >= length) {
			memcpy(buffer, world.memory[i].bytes + at, length);
			return true;
		}
	}
	return false;
}

static u64 get_variable(void *context, u16 number)
{
	(void)context;
	return number < 4 ? world.variables[number] : 0;
}

static void set_variable(void *context, u16 number, u64 value)
{
	(void)context;
	if (number < 4)
		world.variables[number] = value;
}

static bool collect_memory(void *context, u64 address, u64 length)
{
	(void)context;
	world.collected_address = address;
	world.collected_length = length;
	return ++world.collected < 20;
}

static bool collect_variable(void *context, u16 number)
{
	(void)context;
	world.collected_variable = number;
	return true;
}

static void print(void *context, const char *text, size_t length)
{
	(void)context;
	length = min_u64(length, TEXT_MAX - 1 - world.text_length);
	memcpy(world.text + world.text_length, text, length);
	world.text_length += length;
	world.text[world.text_length] = 0;
}

static const struct agent_host host = {NULL, read_register, read_memory, get_variable, set_variable,
	collect_memory, collect_variable, print};

static void add_memory(u64 address, const void *bytes, size_t length)
{
	assert_true(world.regions < REGIONS && length <= REGION_BYTES);
	world.memory[world.regions].address = address;
	world.memory[world.regions].length = length;
	memcpy(world.memory[world.regions++].bytes, bytes, length);
}

static int reset(void **state)
{
	(void)state;
	memset(&world, 0, sizeof(world));
	return 0;
}

static size_t from_hex(const char *hex, u8 *bytes)
{
	size_t length = strlen(hex) / 2;

	for (size_t i = 0; i < length; i++) {
		unsigned byte;

		assert_int_equal(sscanf(hex + 2 * i, "%2x", &byte), 1);
		bytes[i] = (u8)byte;
	}
	return length;
}

static enum agent_status check_hex(const char *hex)
{
	u8 code[AGENT_CODE_MAX + 1];

	return agent_check(code, from_hex(hex, code), true);
}

/* Checks and runs; the value is what the run left. */
static enum agent_status run_hex(const char *hex, u64 *value)
{
	u8 code[AGENT_CODE_MAX];
	size_t length = from_hex(hex, code);
	u8 *exact = malloc(length); /* so that the sanitizer sees a read behind the end */
	enum agent_status status;

	memcpy(exact, code, length);
	status = agent_check(exact, length, false);
	if (status == AGENT_OK)
		status = agent_run(exact, &host, value);
	free(exact);
	return status;
}

static void assert_value(const char *hex, u64 expected)
{
	u64 value;
	enum agent_status status = run_hex(hex, &value);

	if (status != AGENT_OK)
		fail_msg("%s: %s", hex, agent_status_text(status));
	if (value != expected)
		fail_msg("%s: 0x%lx (expected 0x%lx)", hex, value, expected);
}

static void assert_fails(const char *hex, enum agent_status expected)
{
	u64 value;

	assert_string_equal(agent_status_text(run_hex(hex, &value)), agent_status_text(expected));
}

static void assert_collects(const char *hex)
{
	u64 value;

	world.collected = 0;
	assert_int_equal(run_hex(hex, &value), AGENT_OK);
	assert_true(world.collected > 0);
}

static void what_gdb_compiles_has_the_value_gdb_gives(void **state)
{
	FILE *file = fopen(TESTDATA "/agent/expressions.txt", "r");
	char text[LINE_MAX], word[16], first[LINE_MAX], second[LINE_MAX];
	unsigned values = 0, collections = 0;
	u8 bytes[REGION_BYTES];

	(void)state;
	assert_non_null(file);
	while (fgets(text, sizeof(text), file)) {
		if (text[0] == '#' || sscanf(text, "%15s %2047s %2047s", word, first, second) < 3)
			continue;
		if (!strcmp(word, "register"))
			world.registers[strtoul(first, NULL, 16)] = strtoull(second, NULL, 16);
		else if (!strcmp(word, "memory"))
			add_memory(strtoull(first, NULL, 16), bytes, from_hex(second, bytes));
		else if (!strcmp(word, "value") && ++values)
			assert_value(first, strtoull(second, NULL, 16));
		else if (!strcmp(word, "collect") && ++collections)
			assert_collects(first);
		else
			fail_msg("not understood: %s", text);
	}
	fclose(file);
	assert_true(values > 30 && collections > 3);
}

static void opcodes_that_gdb_seldom_uses(void **state)
{
	(void)state;
	assert_value("220522072927", 5);   /* pop */
	assert_value("220522072b0327", 2); /* swap: 7 - 5 */
	assert_value("22092208320127", 9); /* pick the one below the top */
	assert_value("22092208320027", 8);
	assert_value("2201220222033327", 2); /* rot: 3 1 2 */
	assert_value("220122022203332927", 1);
	assert_value("22012202220333292927", 3);
	assert_value("2204280427", 16);  /* dup */
	assert_value("220122400927", 0); /* shifts by 64 */
	assert_value("220122400b27", 0);
	assert_value("25800000000000000022400a27", ~0ull);
	assert_value("25800000000000000025ffffffffffffffff0527", BIT(63));
	assert_value("25800000000000000025ffffffffffffffff0727", 0);
	assert_value("25ffffffffffffffff164027", ~0ull); /* ext 64 */
	assert_value("25ffffffffffffffff22011527", 0);   /* less_unsigned */
	assert_value("25ffffffffffffffff22011427", 1);   /* less_signed */
	assert_value("22642d0002292c000227", 100);       /* setv, getv */
	assert_value("27", 0);
}

static void what_is_collected(void **state)
{
	static const u8 text[] = "abc";

	(void)state;
	add_memory(0x10, text, sizeof(text));
	assert_collects("221022ff2f27"); /* tracenz: with the NUL */
	assert_int_equal(world.collected_address, 0x10);
	assert_int_equal(world.collected_length, 4);
	assert_collects("221022022f27");
	assert_int_equal(world.collected_length, 2);
	assert_fails("222022022f27", AGENT_NO_MEMORY);
	assert_collects("221030010227");
	assert_int_equal(world.collected_length, 0x102);
	assert_value("2e000327", 0);
	assert_int_equal(world.collected_variable, 3);
	assert_fails("22100d0421000227", AGENT_NO_ROOM);
}

static void what_is_refused(void **state)
{
	static const struct {
		const char *hex;
		enum agent_status status;
	} cases[] = {
		{"", AGENT_TRUNCATED},
		{"2201", AGENT_TRUNCATED}, /* no end */
		{"22", AGENT_TRUNCATED},
		{"25000000", AGENT_TRUNCATED},
		{"2201200005", AGENT_BAD_JUMP}, /* behind the end */
		{"21000127", AGENT_BAD_JUMP},   /* into its own operand */
		{"22012000", AGENT_TRUNCATED},
		{"0027", AGENT_UNKNOWN_OPCODE},
		{"3127", AGENT_UNKNOWN_OPCODE},
		{"3527", AGENT_UNKNOWN_OPCODE},
		{"ff27", AGENT_UNKNOWN_OPCODE},
		{"0127", AGENT_FLOATING_POINT},
		{"22011b27", AGENT_FLOATING_POINT},
		{"22011f27", AGENT_FLOATING_POINT},
		{"2201160027", AGENT_BAD_OPERAND},
		{"2201164127", AGENT_BAD_OPERAND},
		{"22012a0027", AGENT_BAD_OPERAND},
		{"0227", AGENT_STACK_UNDERFLOW},
		{"22010227", AGENT_STACK_UNDERFLOW},
		{"2201320127", AGENT_STACK_UNDERFLOW},
		{"27", AGENT_STACK_UNDERFLOW},             /* and no value */
		{"220128210002", AGENT_STACK_MISMATCH},    /* grows in a loop */
		{"220022003400000027", AGENT_BAD_OPERAND}, /* a format without a NUL */
		{"2200220034000002616227", AGENT_BAD_OPERAND},
		{"22002200340100010027", AGENT_STACK_UNDERFLOW},
		{"220022003400ffff00", AGENT_TRUNCATED},
	};
	char deep[2 * (2 * (AGENT_STACK_MAX + 1) + 1) + 1] = "";

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		if (check_hex(cases[i].hex) != cases[i].status)
			fail_msg("%s: %s (expected: %s)", cases[i].hex,
				agent_status_text(check_hex(cases[i].hex)),
				agent_status_text(cases[i].status));
	for (unsigned i = 0; i <= AGENT_STACK_MAX; i++)
		strcat(deep, "2201");
	strcat(deep, "27");
	assert_int_equal(check_hex(deep), AGENT_STACK_OVERFLOW);
	assert_int_equal(check_hex(deep + 4), AGENT_OK);
}

static void code_as_long_as_allowed_and_longer(void **state)
{
	static u8 code[AGENT_CODE_MAX + 1];

	(void)state;
	memset(code, 0x0e, sizeof(code)); /* log_not */
	memcpy(code, (u8[]){0x22, 0}, 2);
	code[AGENT_CODE_MAX - 1] = 0x27;
	assert_int_equal(agent_check(code, AGENT_CODE_MAX, true), AGENT_OK);
	assert_int_equal(agent_check(code, AGENT_CODE_MAX + 1, true), AGENT_TOO_LONG);
}

static void errors_of_a_run(void **state)
{
	(void)state;
	assert_fails("220122000527", AGENT_DIVISION_BY_ZERO);
	assert_fails("220122000627", AGENT_DIVISION_BY_ZERO);
	assert_fails("220122000727", AGENT_DIVISION_BY_ZERO);
	assert_fails("220122000827", AGENT_DIVISION_BY_ZERO);
	assert_fails("22101727", AGENT_NO_MEMORY);
	assert_fails("26001027", AGENT_NO_REGISTER);
	assert_fails("21000027", AGENT_TOO_MANY_STEPS);
}

static void assert_prints(const char *format, const char *values, unsigned count,
	const char *expected)
{
	char hex[LINE_MAX];
	u64 value;
	int at = snprintf(hex, sizeof(hex), "%s2200220034%02x%04zx", values, count,
		strlen(format) + 1);

	for (const char *character = format; *character; character++)
		at += snprintf(hex + at, sizeof(hex) - (size_t)at, "%02x", (u8)*character);
	snprintf(hex + at, sizeof(hex) - (size_t)at, "0027");
	world.text_length = 0;
	world.text[0] = 0;
	assert_int_equal(run_hex(hex, &value), AGENT_OK);
	assert_string_equal(world.text, expected);
}

static void printf_is_as_in_c(void **state)
{
	static const u8 text[] = "packet";

	(void)state;
	add_memory(0x10, text, sizeof(text));
	assert_prints("plain\n", "", 0, "plain\n");
	assert_prints("%d %u", "24ffffffff23ffff1610", 2, "-1 4294967295");
	assert_prints("%ld|%lld|%hhd", "22ff25fffffffffffffffe2207", 3, "7|-2|-1");
	assert_prints("%x %#x %X %p %o", "2208221022ab22ff22ff", 5, "ff 0xff AB 0x10 10");
	assert_prints("[%5d][%-5d][%05d][%+d][%.3d]", "22052204220322022201", 5,
		"[    1][2    ][00003][+4][005]");
	assert_prints("%s [%.3s] [%8s] [%-8s]", "2210221022102210", 4,
		"packet [pac] [  packet] [packet  ]");
	assert_prints("%s", "2299", 1, "<unreadable>");
	assert_prints("%c%c%%", "22622261", 2, "ab%");
	assert_prints("%d %d", "2201", 1, "1 %d"); /* no value left */
	assert_prints("%f %", "2201", 1, "%f %");
	assert_prints("a\\tb\\n\\\"\\\\\\101\\7.\\", "", 0, "a\tb\n\"\\A\a.");
	assert_prints("%016lx", "25123456789abcdef0", 1, "123456789abcdef0");
}

static void widths_are_bounded(void **state)
{
	char expected[256];

	(void)state;
	memset(expected, ' ', 255);
	expected[254] = '1';
	expected[255] = 0;
	assert_prints("%999999999999d", "2201", 1, expected);
}

static u64 random_state = 1;

static u32 random_number(u32 below)
{
	random_state = random_state * 6364136223846793005ull + 1442695040888963407ull;
	return (u32)(random_state >> 33) % below;
}

/* Mostly opcodes that exist, so that much of it passes the check. */
static void random_code_never_leaves_its_bounds(void **state)
{
	unsigned passed = 0, ended = 0;

	(void)state;
	add_memory(0, world.text, REGION_BYTES);
	for (unsigned i = 0; i < RANDOM_CODES; i++) {
		size_t length = 1 + random_number(24);
		u8 *code = malloc(length);
		u64 value;

		for (size_t at = 0; at < length; at++)
			code[at] = (u8)(random_number(3) ? random_number(0x36)
							 : random_number(256));
		for (size_t at = 0; at < length / 3; at++)
			code[2 * at] = random_number(2) ? 0x22 : code[2 * at];
		code[length - 1] = 0x27;
		world.text_length = 0;
		world.collected = 0;
		if (agent_check(code, length, random_number(2)) == AGENT_OK) {
			passed++;
			ended += agent_run(code, &host, &value) == AGENT_OK;
		}
		free(code);
	}
	assert_true(passed > RANDOM_CODES / 100);
	assert_true(ended > passed / 4);
}

#define agent_test(function) cmocka_unit_test_setup(function, reset)

int main(void)
{
	const struct CMUnitTest tests[] = {
		agent_test(what_gdb_compiles_has_the_value_gdb_gives),
		agent_test(opcodes_that_gdb_seldom_uses),
		agent_test(what_is_collected),
		agent_test(what_is_refused),
		agent_test(code_as_long_as_allowed_and_longer),
		agent_test(errors_of_a_run),
		agent_test(printf_is_as_in_c),
		agent_test(widths_are_bounded),
		agent_test(random_code_never_leaves_its_bounds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
