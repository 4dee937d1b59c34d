/* SPDX-License-Identifier: EPL-2.0 */
/* The target description; see target_xml.h. It is read once per session. */
#include "rsp/target_xml.h"

static void emit_register(struct rsp_window *window, unsigned number)
{
	const struct rsp_register *reg = &rsp_registers[number];

	rsp_window_format(window, "<reg name=\"%s\" bitsize=\"%d\" type=\"%s\" regnum=\"%u\"",
		reg->name, reg->size * 8, reg->type, number);
	if (reg->group)
		rsp_window_format(window, " group=\"%s\"", reg->group);
	rsp_window_text(window, "/>\n");
}

static void emit_feature(struct rsp_window *window, enum rsp_feature feature)
{
	rsp_window_format(window, "<feature name=\"%s\">\n", rsp_feature_names[feature]);
	if (rsp_feature_types[feature])
		rsp_window_text(window, rsp_feature_types[feature]);
	for (unsigned i = 0; i < rsp_register_count; i++)
		if (rsp_registers[i].feature == feature)
			emit_register(window, i);
	rsp_window_text(window, "</feature>\n");
}

static bool has_feature(unsigned feature)
{
	for (unsigned i = 0; i < rsp_register_count; i++)
		if (rsp_registers[i].feature == feature)
			return true;
	return false;
}

void rsp_target_xml_emit(struct rsp_window *window)
{
	rsp_window_text(window,
		"<?xml version=\"1.0\"?>\n"
		"<!DOCTYPE target SYSTEM \"gdb-target.dtd\">\n"
		"<target version=\"1.0\">\n");
	rsp_window_format(window, "<architecture>%s</architecture>\n<osabi>none</osabi>\n",
		rsp_architecture->gdb_name);
	for (unsigned feature = 0; feature < RSP_FEATURE_COUNT; feature++)
		if (has_feature(feature))
			emit_feature(window, (enum rsp_feature)feature);
	rsp_window_text(window, "</target>\n");
}
