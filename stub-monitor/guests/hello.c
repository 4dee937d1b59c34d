/* SPDX-License-Identifier: EPL-2.0 */
/*
 * Shows what the loader handed over: magic, command line, modules, memory map. Also built as a flat
 * binary with load addresses in its header (hello.flat, "a.out kludge").
 */
#include "lib/guest.h"
#include "lib/print.h"

static const char *text(u32 address)
{
	return (const char *)(u64)address;
}

static void show_string(const char *what, const char *s)
{
	print("hello: %s \"%s\"\n", what, s);
	while (*s)
		digest_add((u8)*s++);
}

static void show_modules(const struct multiboot_info *info)
{
	const struct multiboot_module *module = (const void *)(u64)info->mods_addr;
	u32 i;

	if (!(info->flags & MULTIBOOT_HAS_MODULES))
		return;
	for (i = 0; i < info->mods_count; i++, module++) {
		print("hello: module %u %x..%x\n", i, module->start, module->end);
		show_string("module string", module->string ? text(module->string) : "");
		digest_add_bytes(text(module->start), module->end - module->start);
	}
}

static void show_memory_map(const struct multiboot_info *info)
{
	const struct multiboot_mmap *e = NULL;

	while ((e = multiboot_mmap_next(info, e))) {
		print("hello: memory %lx..%lx type %u\n", e->base, e->base + e->length, e->type);
		digest_add(e->base);
		digest_add(e->length);
		digest_add(e->type);
	}
}

void guest_main(u32 magic, const struct multiboot_info *info)
{
	guest_ready("hello");
	print("hello: magic %x flags %x\n", magic, info->flags);
	print("hello: lower %u KiB upper %u KiB\n", info->mem_lower, info->mem_upper);
	show_string("command line", multiboot_cmdline(info));
	show_modules(info);
	show_memory_map(info);
	guest_done();
}
