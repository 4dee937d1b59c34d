/* SPDX-License-Identifier: EPL-2.0 */
#include "rsp/exception_signals.h"

#include "lib/format.h"
#include "lib/string.h"

#define SIGNAL_ILL  0x04
#define SIGNAL_TRAP 0x05
#define SIGNAL_FPE  0x08
#define SIGNAL_BUS  0x0a
#define SIGNAL_SEGV 0x0b

#define VECTOR_NM 7

/* Not #DB and #BP, which are the debugger's own, nor those that are no faults (APM 2 8.2). */
static const struct {
	const char *name;
	u8 vector, signal;
} exceptions[] = {
	{"de", 0, SIGNAL_FPE},
	{"ud", 6, SIGNAL_ILL},
	{"nm", VECTOR_NM, SIGNAL_FPE},
	{"ts", 10, SIGNAL_SEGV},
	{"np", 11, SIGNAL_SEGV},
	{"ss", 12, SIGNAL_BUS},
	{"gp", 13, SIGNAL_SEGV},
	{"pf", 14, SIGNAL_SEGV},
	{"mf", 16, SIGNAL_FPE},
	{"ac", 17, SIGNAL_BUS},
	{"xm", 19, SIGNAL_FPE},
};

u8 rsp_exception_signal(unsigned vector)
{
	for (size_t i = 0; i < ARRAY_SIZE(exceptions); i++)
		if (exceptions[i].vector == vector)
			return exceptions[i].signal;
	return SIGNAL_TRAP;
}

u32 rsp_vectors_of_signal(u64 signal)
{
	u32 vectors = 0;

	for (size_t i = 0; i < ARRAY_SIZE(exceptions); i++)
		if (exceptions[i].signal == signal)
			vectors |= 1u << exceptions[i].vector;
	return vectors;
}

static u32 vector_of_name(const char *name, size_t length)
{
	for (size_t i = 0; i < ARRAY_SIZE(exceptions); i++)
		if (strlen(exceptions[i].name) == length &&
			strncmp(exceptions[i].name, name, length) == 0)
			return 1u << exceptions[i].vector;
	return 0;
}

static bool parse_names(const char *at, u32 *vectors)
{
	size_t length;
	u32 vector;

	for (*vectors = 0;; at += length + 1) {
		for (length = 0; at[length] && at[length] != ',';)
			length++;
		vector = vector_of_name(at, length);
		if (!vector)
			return false;
		*vectors |= vector;
		if (!at[length])
			return true;
	}
}

bool rsp_parse_exceptions(const char *word, u32 *vectors)
{
	*vectors = 0;
	if (strcmp(word, "off") == 0)
		return true;
	if (strcmp(word, "on") != 0)
		return parse_names(word, vectors);
	for (size_t i = 0; i < ARRAY_SIZE(exceptions); i++)
		if (exceptions[i].vector != VECTOR_NM)
			*vectors |= 1u << exceptions[i].vector;
	return true;
}

void rsp_format_exceptions(u32 vectors, char *text, size_t size)
{
	size_t at = 0;

	format(text, size, "off");
	for (size_t i = 0; i < ARRAY_SIZE(exceptions); i++)
		if (vectors >> exceptions[i].vector & 1)
			at += (size_t)format(text + at, size - at, "%s%s", at ? "," : "",
				exceptions[i].name);
}
