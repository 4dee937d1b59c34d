/* SPDX-License-Identifier: EPL-2.0 */
/*
 * Names and types of the target description's features (GDB manual, i386 Features, Target
 * Description Format). Those of org.gnu.gdb.* are fixed by gdb; the flag names of org.retrovisor.*
 * are the manuals' (APM 2 3.1).
 */
#include "rsp/target_xml.h"

#define FLAG(name, bit) "<field name=\"" name "\" start=\"" #bit "\" end=\"" #bit "\"/>\n"
#define BITS(name, first, last) \
	"<field name=\"" name "\" start=\"" #first "\" end=\"" #last "\"/>\n"
#define FLAGS(id, size, fields) "<flags id=\"" id "\" size=\"" #size "\">\n" fields "</flags>\n"
#define VECTOR(id, type, count) "<vector id=\"" id "\" type=\"" type "\" count=\"" #count "\"/>\n"
#define MEMBER(name, type)      "<field name=\"" name "\" type=\"" type "\"/>\n"

#define EFLAGS \
	FLAGS("i386_eflags", 4, \
		FLAG("CF", 0) FLAG("PF", 2) FLAG("AF", 4) FLAG("ZF", 6) FLAG("SF", 7) \
			FLAG("TF", 8) FLAG("IF", 9) FLAG("DF", 10) FLAG("OF", 11) FLAG("NT", 14) \
				FLAG("RF", 16) FLAG("VM", 17) FLAG("AC", 18) FLAG("VIF", 19) \
					FLAG("VIP", 20) FLAG("ID", 21))

#define MXCSR \
	FLAGS("i386_mxcsr", 4, \
		FLAG("IE", 0) FLAG("DE", 1) FLAG("ZE", 2) FLAG("OE", 3) FLAG("UE", 4) \
			FLAG("PE", 5) FLAG("DAZ", 6) FLAG("IM", 7) FLAG("DM", 8) FLAG("ZM", 9) \
				FLAG("OM", 10) FLAG("UM", 11) FLAG("PM", 12) FLAG("FZ", 15))

#define CR0 \
	FLAGS("cr0_flags", 8, \
		FLAG("PE", 0) FLAG("MP", 1) FLAG("EM", 2) FLAG("TS", 3) FLAG("ET", 4) \
			FLAG("NE", 5) FLAG("WP", 16) FLAG("AM", 18) FLAG("NW", 29) FLAG("CD", 30) \
				FLAG("PG", 31))

#define CR4 \
	FLAGS("cr4_flags", 8, \
		FLAG("VME", 0) FLAG("PVI", 1) FLAG("TSD", 2) FLAG("DE", 3) FLAG("PSE", 4) \
			FLAG("PAE", 5) FLAG("MCE", 6) FLAG("PGE", 7) FLAG("PCE", 8) FLAG("OSFXSR", \
				9) FLAG("OSXMMEXCPT", 10) FLAG("UMIP", 11) FLAG("LA57", \
				12) FLAG("FSGSBASE", 16) FLAG("PCIDE", 17) FLAG("OSXSAVE", 18) \
				FLAG("SMEP", 20) FLAG("SMAP", 21) FLAG("PKE", 22) FLAG("CET", 23))

#define EFER \
	FLAGS("efer_flags", 8, \
		FLAG("SCE", 0) FLAG("LME", 8) FLAG("LMA", 10) FLAG("NXE", 11) FLAG("SVME", 12) \
			FLAG("LMSLE", 13) FLAG("FFXSR", 14) FLAG("TCE", 15))

#define SEGMENT_ATTRIBUTES \
	FLAGS("segment_attributes", 4, \
		BITS("TYPE", 0, 3) FLAG("S", 4) BITS("DPL", 5, 6) FLAG("P", 7) FLAG("AVL", 8) \
			FLAG("L", 9) FLAG("DB", 10) FLAG("G", 11))

/* The formatter takes these pieces for types and names. */
/* clang-format off */
#define VEC128 \
	VECTOR("v4f", "ieee_single", 4) \
	VECTOR("v2d", "ieee_double", 2) \
	VECTOR("v16i8", "int8", 16) \
	VECTOR("v8i16", "int16", 8) \
	VECTOR("v4i32", "int32", 4) \
	VECTOR("v2i64", "int64", 2) \
	"<union id=\"vec128\">\n" \
	MEMBER("v4_float", "v4f") \
	MEMBER("v2_double", "v2d") \
	MEMBER("v16_int8", "v16i8") \
	MEMBER("v8_int16", "v8i16") \
	MEMBER("v4_int32", "v4i32") \
	MEMBER("v2_int64", "v2i64") \
	MEMBER("uint128", "uint128") \
	"</union>\n"
/* clang-format on */

const char *const rsp_feature_types[RSP_FEATURE_COUNT] = {
	[RSP_FEATURE_CORE] = EFLAGS,
	[RSP_FEATURE_SSE] = VEC128 MXCSR,
	[RSP_FEATURE_SYSTEM] = CR0 CR4 EFER,
	[RSP_FEATURE_DESC] = SEGMENT_ATTRIBUTES,
};

const char *const rsp_feature_names[RSP_FEATURE_COUNT] = {
	[RSP_FEATURE_CORE] = "org.gnu.gdb.i386.core",
	[RSP_FEATURE_SSE] = "org.gnu.gdb.i386.sse",
	[RSP_FEATURE_SEGMENTS] = "org.gnu.gdb.i386.segments",
	[RSP_FEATURE_SYSTEM] = "org.retrovisor.system",
	[RSP_FEATURE_DESC] = "org.retrovisor.desc",
	[RSP_FEATURE_AVX] = "org.gnu.gdb.i386.avx",
};
