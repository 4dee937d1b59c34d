/* SPDX-License-Identifier: EPL-2.0 */
/*
 * The target description (GDB manual, Target Descriptions), written from the register table. One
 * element a line: some debuggers lose registers otherwise. Pure.
 */
#ifndef RSP_TARGET_XML_H
#define RSP_TARGET_XML_H

#include "rsp/register_table.h"
#include "rsp/rsp_xfer.h"

/* What is before a feature's registers: the types they use, NULL if none (target_xml_types.c). */
extern const char *const rsp_feature_types[RSP_FEATURE_COUNT];
extern const char *const rsp_feature_names[RSP_FEATURE_COUNT];

/* The whole description, for rsp_answer_xfer(). */
void rsp_target_xml_emit(struct rsp_window *window);

#endif
