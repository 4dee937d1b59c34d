/* SPDX-License-Identifier: EPL-2.0 */
/* Register packets, the register table and the target description written from it. */
#include "test_host.h"

#include "rsp/register_table.h"

static char *read_description(unsigned step)
{
	static char text[1 << 16];
	char packet[64];
	size_t length = 0;

	do {
		snprintf(packet, sizeof(packet), "qXfer:features:read:target.xml:%zx,%x", length,
			step);
		fake_line_ask(packet);
		assert_true(line.reply[0] == 'm' || line.reply[0] == 'l');
		strcpy(text + length, line.reply + 1);
		length += strlen(line.reply + 1);
	} while (line.reply[0] == 'm');
	return text;
}

static void the_description_is_the_same_in_any_parts(void **state)
{
	char *whole = strdup(read_description(0xffb));
	unsigned steps[] = {64, 999, 0x2000};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(steps); i++)
		assert_string_equal(read_description(steps[i]), whole);
	assert_non_null(
		strstr(whole, "\n<architecture>i386:x86-64</architecture>\n<osabi>none</osabi>\n"));
	assert_string_equal(whole + strlen(whole) - 10, "</target>\n");
	free(whole);
}

static void the_description_has_one_element_a_line(void **state)
{
	char *text = read_description(0x800);

	(void)state;
	for (char *element = strtok(text, "\n"); element; element = strtok(NULL, "\n")) {
		assert_int_equal(element[0], '<');
		assert_int_equal(element[strlen(element) - 1], '>');
		if (strncmp(element, "<reg ", 5) == 0)
			assert_null(strchr(element + 1, '<'));
	}
}

static void malformed_description_requests_are_errors(void **state)
{
	(void)state;
	assert_answer("qXfer:features:read:other.xml:0,100", "E02");
	assert_answer("qXfer:features:read:target.xml:0", "E16");
	assert_answer("qXfer:features:read:target.xml:0,0", "E16");
	assert_answer("qXfer:features:read:target.xml:z,100", "E16");
	assert_answer("qXfer:features:read:target.xml:100000,100", "E16");
	assert_answer("qXfer:features:read:target.xml:ffffffffffffffff,100", "E16");
	assert_answer("qXfer:features:read:target.xml:0,100x", "E16");
}

/* gdb's numbering of its own features (GDB manual, i386 Features). */
static void numbers_follow_gdb(void **state)
{
	(void)state;
	assert_int_equal(rsp_register_find("rax"), 0);
	assert_int_equal(rsp_register_find("rbp"), RSP_REGNUM_RBP);
	assert_int_equal(rsp_register_find("rsp"), RSP_REGNUM_RSP);
	assert_int_equal(rsp_register_find("rip"), RSP_REGNUM_RIP);
	assert_int_equal(rsp_register_find("eflags"), 17);
	assert_int_equal(rsp_register_find("st0"), 24);
	assert_int_equal(rsp_register_find("fop"), 39);
	assert_int_equal(rsp_register_find("xmm0"), 40);
	assert_int_equal(rsp_register_find("mxcsr"), 56);
	assert_int_equal(rsp_register_find("fs_base"), 57);
	assert_int_equal(rsp_register_find("k_gs_base"), 59);
	assert_int_equal(rsp_register_find("nothing"), -1);
}

static void the_table_is_sound(void **state)
{
	(void)state;
	for (unsigned i = 0; i < rsp_register_count; i++) {
		const struct rsp_register *reg = &rsp_registers[i];

		assert_true(reg->width <= reg->size && reg->size <= RSP_REGISTER_MAX);
		assert_true(reg->offset + reg->width <= sizeof(struct cpu_state));
		assert_int_equal(rsp_register_find(reg->name), i);
		assert_true(i == 0 || reg->feature >= rsp_registers[i - 1].feature);
	}
}

static size_t general_packet_size(void)
{
	size_t size = 0;

	for (unsigned i = 0; i < rsp_register_count && rsp_registers[i].feature != RSP_FEATURE_AVX;
		i++)
		size += rsp_registers[i].size;
	return size;
}

static void every_register_is_written_and_read_back(void **state)
{
	char write[64], read[16], value[2 * RSP_REGISTER_MAX + 1];

	(void)state;
	for (unsigned i = 0; i < rsp_register_count; i++) {
		memset(value, '0', sizeof(value));
		value[0] = '1'; /* one bit, in the lowest byte */
		value[2 * rsp_registers[i].size] = 0;
		if (strcmp(rsp_registers[i].name, "ftag") == 0)
			continue;
		snprintf(write, sizeof(write), "P%x=%s", i, value);
		snprintf(read, sizeof(read), "p%x", i);
		if (rsp_registers[i].kind == RSP_REGISTER_READ_ONLY) {
			write[strcspn(write, "=") + 1] = '3'; /* not what it has */
			assert_answer(write, "E5f");
			continue;
		}
		assert_answer(write, "OK");
		assert_answer(read, value);
	}
}

static void all_registers_at_once(void **state)
{
	static char packet[RSP_PACKET_SIZE + 1];
	unsigned calls;

	(void)state;
	fake.cpu.gpr[RBX] = 0x0102030405060708;
	fake_line_ask("g");
	assert_int_equal(strlen(line.reply), 2 * general_packet_size());
	assert_memory_equal(line.reply + 16, "0807060504030201", 16);
	packet[0] = 'G';
	strcpy(packet + 1, line.reply);
	calls = fake.set_cpu_calls;
	assert_answer(packet, "OK");
	assert_int_equal(fake.set_cpu_calls, calls); /* nothing has changed */
	packet[2] = '7';
	assert_answer(packet, "OK");
	assert_int_equal(fake.set_cpu_calls, calls + 1);
	assert_int_equal(fake.cpu.gpr[RAX], 7);
	packet[strlen(packet) - 1] = 0;
	assert_answer(packet, "E16");
	strcat(packet, "000");
	assert_answer(packet, "E16");
	assert_answer("G", "E16");
}

static void malformed_register_packets_are_errors(void **state)
{
	static const char *const bad[] = {"p", "pz", "p0,", "P", "P0", "P0=", "P0=00",
		"P0=000000000000000000", "P0=000000000000000z", "P=0", "P0:0000000000000000"};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		assert_answer(bad[i], "E16");
	assert_answer("pfff", "E02");
	assert_answer("p100000000", "E02");
	assert_answer("Pfff=00", "E02");
	assert_int_equal(fake.set_cpu_calls, 0);
}

static void a_value_the_field_cannot_hold_is_refused(void **state)
{
	(void)state;
	assert_answer("P12=00000100", "E16"); /* cs: 16 bits */
	assert_answer("P38=00000100", "E16"); /* mxcsr: reserved bits */
	assert_answer("P38=801f0000", "OK");
	assert_answer("P3e=0000000000001000", "E16"); /* cr3: 52 bits */
	assert_answer("P3f=0000000001000000", "E16"); /* cr4: 32 bits */
	assert_answer("P63=0000000001000000", "E16"); /* dr7: 32 bits */
	assert_int_equal(fake.set_cpu_calls, 0);
}

static void what_the_machine_refuses_is_an_error(void **state)
{
	(void)state;
	fake.set_cpu_status = STATUS_MALFORMED;
	assert_answer("P0=0100000000000000", "E16");
	assert_int_equal(fake.cpu.gpr[RAX], 0);
}

static void avx_is_unavailable_until_enabled(void **state)
{
	char packet[16];

	(void)state;
	snprintf(packet, sizeof(packet), "p%x", rsp_register_find("ymm0h"));
	assert_answer(packet, "00000000000000000000000000000000");
	fake.cpu.xcr0 = 1;
	assert_answer(packet, "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx");
}

static void writing_marks_the_component_as_in_use(void **state)
{
	(void)state;
	assert_int_equal(fake.cpu.fpu[FPU_OFFSET_XSTATE_BV], 0);
	assert_answer("P18=01000000000000000000", "OK");
	assert_int_equal(fake.cpu.fpu[FPU_OFFSET_XSTATE_BV], 1);
	assert_answer("P28=01000000000000000000000000000000", "OK");
	assert_int_equal(fake.cpu.fpu[FPU_OFFSET_XSTATE_BV], 3);
}

/*
 * Two values pushed: TOP is 6; st0 (in physical 6) is zero, st1 (in 7) is 1.0; then one not normal.
 */
static void the_tag_word_has_two_bits_a_register(void **state)
{
	u8 *fpu = fake.cpu.fpu, *st0 = fpu + FPU_OFFSET_ST, *st1 = st0 + 16;

	(void)state;
	assert_answer("p22", "ffff0000");
	fpu[FPU_OFFSET_FSW + 1] = 6 << 3;
	fpu[FPU_OFFSET_FTW] = 0xc0;
	st1[7] = 0x80;
	st1[8] = 0xff;
	st1[9] = 0x3f;
	assert_answer("p22", "ff1f0000");
	st0[8] = 0xff;
	st0[9] = 0x7f;
	assert_answer("p22", "ff2f0000");
	assert_answer("P22=ffff0000", "OK");
	assert_int_equal(fpu[FPU_OFFSET_FTW], 0);
	assert_answer("P22=fc3f0000", "OK");
	assert_int_equal(fpu[FPU_OFFSET_FTW], 0x81);
}

static void another_architecture_after_reconnecting(void **state)
{
	(void)state;
	fake_line_monitor("set architecture i8086");
	assert_non_null(
		strstr(line.console, "architecture i8086 (for the debugger that connects next)"));
	assert_non_null(strstr(read_description(0x800), ">i386:x86-64<"));
	fake_line_ask("qSupported");
	assert_non_null(strstr(read_description(0x800), "<architecture>i8086</architecture>"));
	assert_null(strstr(read_description(0x800), "i386.avx"));
	the_table_is_sound(state);
	fake.cpu.gpr[RBX] = 0x0102030405060708;
	fake.cpu.efer = 0;
	fake.cpu.cr0 = 0;
	assert_int_equal(strlen(fake_line_ask("g")), 2 * general_packet_size());
	assert_memory_equal(line.reply + 2 * 4 * 3, "08070605", 8);
	assert_answer("p8", "00001000");
	assert_answer("P8=34120000", "OK");
	assert_int_equal(fake.cpu.rip, 0x1234);
	assert_memory_equal(fake_line_ask("?"), "T0508:34120000;04:00801000;05:00811000;", 39);
	fake_line_monitor("set architecture arm");
	assert_non_null(strstr(line.console, "expected: x86-64|i386|i8086"));
	fake_line_monitor("set architecture i386");
	fake_line_ask("qSupported");
	assert_non_null(strstr(read_description(0x800), "<architecture>i386</architecture>"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(the_description_is_the_same_in_any_parts),
		test(the_description_has_one_element_a_line),
		test(malformed_description_requests_are_errors),
		test(numbers_follow_gdb),
		test(the_table_is_sound),
		test(every_register_is_written_and_read_back),
		test(all_registers_at_once),
		test(malformed_register_packets_are_errors),
		test(a_value_the_field_cannot_hold_is_refused),
		test(what_the_machine_refuses_is_an_error),
		test(avx_is_unavailable_until_enabled),
		test(writing_marks_the_component_as_in_use),
		test(the_tag_word_has_two_bits_a_register),
		test(another_architecture_after_reconnecting),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
