/* SPDX-License-Identifier: EPL-2.0 */
/*
 * The target description (GDB manual, Target Descriptions), written from the register table. One
 * element a line: some debuggers lose registers otherwise. Pure.
 */
#ifndef RSP_TARGET_XML_H
#define RSP_TARGET_XML_H

#include "rsp/register_table.h"
#include "rsp/rsp_encode.h"

/* What is before a feature's registers: the types they use, NULL if none (target_xml_types.c). */
extern const char *const rsp_feature_types[RSP_FEATURE_COUNT];
extern const char *const rsp_feature_names[RSP_FEATURE_COUNT];

/*
 * Appends the answer to qXfer:features:read: `m` (there is more) or `l` (the last part), and at
 * most `length` bytes from `offset`, fewer if the reply is full. False if `offset` is beyond the
 * end.
 */
bool rsp_target_xml_read(struct rsp_reply *reply, u64 offset, u64 length);

#endif
