/* SPDX-License-Identifier: EPL-2.0 */
#include "boot/load_guest.h"

#include "cpu/phys.h"
#include "lib/format.h"
#include "lib/string.h"

#define ELF_MAGIC    0x464c457f
#define ELF_CLASS    4
#define ELF_CLASS_32 1
#define ELF_CLASS_64 2
#define PT_LOAD      1
#define LOADER_NAME  "Retrovisor"
#define KNOWN_MANDATORY_FLAGS \
	(MULTIBOOT_FLAG_PAGE_ALIGN | MULTIBOOT_FLAG_MEMORY | MULTIBOOT_FLAG_ADDRESSES)
#define MANDATORY_FLAGS 0xffff
#define PAT_RESET       0x0007040600070406ull
#define RFLAGS_RESERVED 2
#define ATTR_CODE32     0xc9b /* present, ring 0, execute/read, 32-bit, 4 KB granular */
#define ATTR_DATA32     0xc93
#define ATTR_LDT        0x82
#define ATTR_TSS        0x8b
#define DR6_INIT        0xffff0ff0
#define DR7_INIT        0x400
#define APIC_BASE_RESET 0xfee00900 /* enabled, bootstrap processor */

struct elf32_header {
	u32 ident[4];
	u16 type, machine;
	u32 version, entry, phoff, shoff, flags;
	u16 ehsize, phentsize, phnum;
};

struct elf64_header {
	u32 ident[4];
	u16 type, machine;
	u32 version;
	u64 entry, phoff, shoff;
	u32 flags;
	u16 ehsize, phentsize, phnum;
};

struct elf32_segment {
	u32 type, offset, vaddr, paddr, filesz, memsz, flags, align;
};

struct elf64_segment {
	u32 type, flags;
	u64 offset, vaddr, paddr, filesz, memsz, align;
};

struct segment_copy {
	u64 offset, phys, file_size, memory_size;
};

static char error[160];

static const struct multiboot_header *find_header(const struct guest_image *image, u64 *offset)
{
	u64 end = min_u64(image->size, MULTIBOOT_SEARCH);

	for (u64 at = 0; at + 12 <= end; at += 4) {
		const struct multiboot_header *h = (const void *)(image->bytes + at);

		if (h->magic == MULTIBOOT_HEADER_MAGIC && h->magic + h->flags + h->checksum == 0) {
			*offset = at;
			return h;
		}
	}
	return NULL;
}

bool load_guest_recognizes(const struct guest_image *image)
{
	u64 offset;

	return find_header(image, &offset) != NULL;
}

static const char *copy_segment(const struct guest_image *image, const struct memory_map *map,
	const struct segment_copy *s)
{
	if (s->offset > image->size || s->file_size > image->size - s->offset ||
		s->file_size > s->memory_size)
		return "guest image is cut short: a segment reaches past the end of the file";
	if (!memory_map_available(map, s->phys, s->phys + s->memory_size)) {
		format(error, sizeof(error),
			"guest image wants memory 0x%lx-0x%lx, which is no free RAM", s->phys,
			s->phys + s->memory_size);
		return error;
	}
	memcpy(phys_to_virt(s->phys), image->bytes + s->offset, s->file_size);
	memset((u8 *)phys_to_virt(s->phys) + s->file_size, 0, s->memory_size - s->file_size);
	return NULL;
}

static const char *load_kludge(const struct guest_image *image, const struct memory_map *map,
	u64 header_offset, const struct multiboot_header *h, u32 *entry)
{
	struct segment_copy s = {.phys = h->load_addr};
	u64 before = (u64)h->header_addr - h->load_addr;

	if (header_offset + sizeof(*h) > image->size || h->header_addr < h->load_addr ||
		before > header_offset)
		return "guest image has impossible addresses in its Multiboot header";
	s.offset = header_offset - before;
	s.file_size = h->load_end_addr ? (u64)h->load_end_addr - h->load_addr
				       : image->size - s.offset;
	s.memory_size = h->bss_end_addr ? (u64)h->bss_end_addr - h->load_addr : s.file_size;
	*entry = h->entry_addr;
	return copy_segment(image, map, &s);
}

/* The entry of an ELF file may be a virtual address: Multiboot starts it at the physical one. */
static const char *load_elf32(const struct guest_image *image, const struct memory_map *map,
	u32 *entry)
{
	const struct elf32_header *h = (const void *)image->bytes;
	const char *why = NULL;

	*entry = h->entry;
	for (unsigned i = 0; i < h->phnum && !why; i++) {
		u64 at = h->phoff + (u64)i * h->phentsize;
		const struct elf32_segment *p = (const void *)(image->bytes + at);

		if (at + sizeof(*p) > image->size)
			return "guest image is cut short: its program headers are missing";
		if (p->type != PT_LOAD || !p->memsz)
			continue;
		if (h->entry - p->vaddr < p->memsz)
			*entry = h->entry - p->vaddr + p->paddr;
		why = copy_segment(image, map,
			&(struct segment_copy){p->offset, p->paddr, p->filesz, p->memsz});
	}
	return why;
}

static const char *load_elf64(const struct guest_image *image, const struct memory_map *map,
	u32 *entry)
{
	const struct elf64_header *h = (const void *)image->bytes;
	u64 start = h->entry;
	const char *why = NULL;

	for (unsigned i = 0; i < h->phnum && !why; i++) {
		u64 at = h->phoff + (u64)i * h->phentsize;
		const struct elf64_segment *p = (const void *)(image->bytes + at);

		if (h->phoff > image->size || at + sizeof(*p) > image->size)
			return "guest image is cut short: its program headers are missing";
		if (p->type != PT_LOAD || !p->memsz)
			continue;
		if (h->entry - p->vaddr < p->memsz)
			start = h->entry - p->vaddr + p->paddr;
		why = copy_segment(image, map,
			&(struct segment_copy){p->offset, p->paddr, p->filesz, p->memsz});
	}
	*entry = (u32)start;
	return why;
}

static const char *load_image(const struct guest_image *image, const struct memory_map *map,
	u32 *entry)
{
	u64 offset;
	const struct multiboot_header *h = find_header(image, &offset);

	if (!h)
		return "guest image is no Multiboot 1 kernel (no header in its first 8192 bytes) and no Linux bzImage";
	if (h->flags & MANDATORY_FLAGS & ~KNOWN_MANDATORY_FLAGS)
		return "guest image asks for a Multiboot feature that is not offered (video mode)";
	if (h->flags & MULTIBOOT_FLAG_ADDRESSES)
		return load_kludge(image, map, offset, h, entry);
	if (image->size < sizeof(struct elf64_header) || *(const u32 *)image->bytes != ELF_MAGIC)
		return "guest image has a Multiboot header, but is no ELF file and names no addresses";
	if (image->bytes[ELF_CLASS] == ELF_CLASS_32)
		return load_elf32(image, map, entry);
	if (image->bytes[ELF_CLASS] == ELF_CLASS_64)
		return load_elf64(image, map, entry);
	return "guest image is an ELF file of unknown class";
}

/* Lays out information, strings, modules and map one after the other from info_phys. */
struct info_writer {
	u64 phys, end;
};

static u64 put(struct info_writer *w, const void *data, u64 size)
{
	u64 at = w->phys;

	if (at + size > w->end)
		return 0;
	memcpy(phys_to_virt(at), data, size);
	w->phys += (size + 7) & ~7ull;
	return at;
}

static u64 put_string(struct info_writer *w, const char *s)
{
	return put(w, s, strlen(s) + 1);
}

static bool put_modules(struct info_writer *w, const struct guest_modules *modules,
	struct multiboot_info *info)
{
	struct multiboot_module *copies;

	info->mods_addr = (u32)put(w, modules->modules, modules->count * sizeof(*copies));
	copies = phys_to_virt(info->mods_addr);
	for (u32 i = 0; i < modules->count && info->mods_addr; i++) {
		copies[i].string = (u32)put_string(w, phys_to_virt(modules->modules[i].string));
		if (!copies[i].string)
			return false;
	}
	info->mods_count = modules->count;
	return info->mods_addr != 0;
}

static u32 kilobytes_from(const struct memory_map *map, u64 start)
{
	for (unsigned i = 0; i < map->count; i++)
		if (map->entries[i].type == MULTIBOOT_MEMORY_AVAILABLE &&
			map->entries[i].addr <= start &&
			start < map->entries[i].addr + map->entries[i].len)
			return (u32)((map->entries[i].addr + map->entries[i].len - start) >> 10);
	return 0;
}

static const char *write_info(const struct guest_image *image, const struct guest_modules *modules,
	const struct memory_map *map, u64 info_phys)
{
	struct info_writer w = {info_phys + sizeof(struct multiboot_info),
		info_phys + GUEST_INFO_BYTES};
	struct multiboot_info info = {.flags = MULTIBOOT_INFO_MEMORY | MULTIBOOT_INFO_CMDLINE |
			MULTIBOOT_INFO_MODULES | MULTIBOOT_INFO_MMAP | MULTIBOOT_INFO_LOADER,
		.mem_lower = kilobytes_from(map, 0),
		.mem_upper = kilobytes_from(map, 1 << 20)};

	w.phys = (w.phys + 7) & ~7ull;
	info.cmdline = (u32)put_string(&w, image->command_line);
	info.boot_loader_name = (u32)put_string(&w, LOADER_NAME);
	info.mmap_length = (u32)(map->count * sizeof(map->entries[0]));
	info.mmap_addr = (u32)put(&w, map->entries, info.mmap_length);
	if (!put_modules(&w, modules, &info) || !info.cmdline || !info.mmap_addr)
		return "command lines of guest and modules are too long (expected: together below 12 KB)";
	memcpy(phys_to_virt(info_phys), &info, sizeof(info));
	return NULL;
}

const char *load_guest(const struct guest_image *image, const struct guest_modules *modules,
	const struct memory_map *map, u64 info_phys, u32 *entry)
{
	const char *why = load_image(image, map, entry);

	return why ? why : write_info(image, modules, map, info_phys);
}

void load_guest_cpu(struct cpu_state *cpu, u32 entry, u64 info_phys)
{
	const struct segment data = {.selector = 0x18,
		.attributes = ATTR_DATA32,
		.limit = 0xffffffff};

	memset(cpu, 0, sizeof(*cpu));
	cpu->gpr[RAX] = MULTIBOOT_BOOT_MAGIC;
	cpu->gpr[RBX] = info_phys;
	cpu->rip = entry;
	cpu->rflags = RFLAGS_RESERVED;
	cpu->cr0 = CR0_PE | CR0_ET;
	cpu->pat = PAT_RESET;
	cpu->apic_base = APIC_BASE_RESET;
	cpu->dr6 = DR6_INIT;
	cpu->dr7 = DR7_INIT;
	cpu->xcr0 = 1;
	for (unsigned i = 0; i < SEG_LDTR; i++)
		cpu->segment[i] = data;
	cpu->segment[SEG_CS] = (struct segment){0x10, ATTR_CODE32, 0xffffffff, 0};
	cpu->segment[SEG_LDTR] = (struct segment){0, ATTR_LDT, 0xffff, 0};
	cpu->segment[SEG_TR] = (struct segment){0, ATTR_TSS, 0xffff, 0};
	cpu->gdtr.limit = cpu->idtr.limit = 0xffff;
}
