/* SPDX-License-Identifier: EPL-2.0 */
#include "boot/load_linux.h"

#include "boot/linux_boot.h"
#include "cpu/phys.h"
#include "lib/format.h"
#include "lib/string.h"

#define PROTOCOL_LEAST   0x20c /* the first with xloadflags: Linux 3.8 */
#define HEADER_AFTER     0x202 /* what setup_header.jump_offset counts from */
#define COMMAND_LINE_MAX PAGE_SIZE
#define TABLE_PAGES      6 /* the first 4 GB, identity, in 2 MB pages */
#define ENTRIES          512
#define GB_TABLES        4
#define LARGE_SHIFT      21
#define PTE_TABLE        0x3  /* present, writable */
#define PTE_LARGE        0x83 /* a page of 2 MB */
#define CODE64           0x00af9b000000ffffull
#define DATA32           0x00cf93000000ffffull
#define ATTR_CODE64      0xa9b
#define ATTR_DATA32      0xc93

/* The BIOS data area: what video mode it has set. */
#define BDA_VIDEO_MODE  0x449
#define BDA_COLUMNS     0x44a
#define BDA_LAST_ROW    0x484
#define BDA_CHAR_HEIGHT 0x485
#define VIDEO_TEXT      3

/* What the kernel finds in low memory; it moves its stack, tables and descriptors away from here at once. */
struct boot_area {
	struct linux_zero_page zero_page;
	char command_line[COMMAND_LINE_MAX];
	u64 tables[TABLE_PAGES][ENTRIES];
	u64 gdt[8];
};

#define BOOT_AREA 0x10000ull

static char error[200];

static const struct linux_setup_header *header_of(const struct guest_image *image)
{
	return (const void *)(image->bytes + LINUX_SETUP_HEADER);
}

bool load_linux_recognizes(const struct guest_image *image)
{
	const struct linux_setup_header *h = header_of(image);

	return image->size >= sizeof(struct linux_zero_page) && h->boot_flag == LINUX_BOOT_FLAG &&
		h->magic == LINUX_HEADER_MAGIC;
}

static u64 setup_bytes(const struct linux_setup_header *h)
{
	return (1 + (h->setup_sects ? h->setup_sects : LINUX_DEFAULT_SECTORS)) * (u64)LINUX_SECTOR;
}

static u64 code_bytes(const struct linux_setup_header *h)
{
	return h->syssize * 16ull;
}

static const char *check_header(const struct guest_image *image)
{
	const struct linux_setup_header *h = header_of(image);

	if (h->version < PROTOCOL_LEAST) {
		format(error, sizeof(error),
			"guest image is a Linux kernel of boot protocol %u.%u (expected: 2.12 or later, Linux 3.8)",
			h->version >> 8, h->version & 0xff);
		return error;
	}
	if (!(h->xloadflags & LINUX_KERNEL_64))
		return "guest image is a Linux kernel without a 64-bit entry point (XLF_KERNEL_64): give one for x86-64";
	if (!(h->loadflags & LINUX_LOADED_HIGH))
		return "guest image is a Linux zImage: give a bzImage";
	if (image->size < setup_bytes(h) + code_bytes(h))
		return "guest image is cut short: the Linux kernel's code is not all there";
	if (h->init_size < code_bytes(h))
		return "guest image is a Linux kernel that claims to need less memory than its code takes";
	return NULL;
}

/* The first word is the file's name, as QEMU hands it over. */
static const char *arguments_of(const char *command_line)
{
	if (*command_line != '/')
		return command_line;
	while (*command_line && *command_line != ' ')
		command_line++;
	return *command_line ? command_line + 1 : command_line;
}

static const char *check_surroundings(const struct guest_image *image,
	const struct guest_modules *modules, const struct memory_map *map)
{
	const struct linux_setup_header *h = header_of(image);
	size_t length = strlen(arguments_of(image->command_line));

	if (modules->count > 1)
		return "too many modules for a Linux kernel (expected: at most one, the initrd)";
	if (modules->count && !(h->xloadflags & LINUX_ABOVE_4G) &&
		modules->modules[0].mod_end > (u64)h->initrd_addr_max + 1)
		return "the Linux kernel wants its initrd in lower memory: use a machine with less";
	if (length > h->cmdline_size || length >= COMMAND_LINE_MAX) {
		format(error, sizeof(error),
			"the Linux kernel's command line is too long: %lu characters (expected: at most %u)",
			length, h->cmdline_size);
		return error;
	}
	if (!memory_map_available(map, BOOT_AREA, BOOT_AREA + sizeof(struct boot_area)))
		return "no RAM at 0x10000 for what a Linux kernel is told";
	return NULL;
}

/* Where it prefers to be; or else, if it can be moved, at the lowest place of its alignment from 1 MB on. 0: nowhere. */
static u64 choose_place(const struct linux_setup_header *h, const struct memory_map *map, u64 limit)
{
	u64 step = h->kernel_alignment, size = h->init_size;

	if (h->pref_address + size <= limit &&
		memory_map_available(map, h->pref_address, h->pref_address + size))
		return h->pref_address;
	if (!h->relocatable_kernel || !step || (step & (step - 1)))
		return 0;
	for (u64 at = max_u64(step, 1 << 20); at + size <= limit; at += step)
		if (!(at & (step - 1)) && memory_map_available(map, at, at + size))
			return at;
	return 0;
}

static void tell_screen(struct linux_screen_info *screen)
{
	const u8 *mode = phys_to_virt(BDA_VIDEO_MODE), *row = phys_to_virt(BDA_LAST_ROW);

	if (*mode != VIDEO_TEXT)
		return;
	screen->orig_video_isVGA = LINUX_VGA;
	screen->orig_video_mode = VIDEO_TEXT;
	screen->orig_video_cols = *(const u8 *)phys_to_virt(BDA_COLUMNS);
	screen->orig_video_lines = (u8)(*row + 1);
	screen->orig_video_points = *(const u8 *)phys_to_virt(BDA_CHAR_HEIGHT);
}

static void tell_memory(struct linux_zero_page *zero, const struct memory_map *map)
{
	for (unsigned i = 0; i < map->count; i++) {
		const struct multiboot_mmap_entry *e = &map->entries[i];

		if (e->len)
			zero->e820[zero->e820_entries++] = (struct linux_e820_entry){e->addr,
				e->len, e->type};
	}
}

_Static_assert(MEMORY_MAP_MAX <= LINUX_E820_MAX, "all of the map fits");

static void fill_zero_page(struct boot_area *area, const struct guest_image *image,
	const struct guest_modules *modules, const struct memory_map *map)
{
	struct linux_zero_page *zero = &area->zero_page;
	struct linux_setup_header *h = &zero->header;

	memset(zero, 0, sizeof(*zero));
	memcpy(h, header_of(image),
		min_u64(HEADER_AFTER - LINUX_SETUP_HEADER + header_of(image)->jump_offset,
			sizeof(*h)));
	h->type_of_loader = LINUX_UNKNOWN_LOADER;
	h->cmd_line_ptr = (u32)virt_to_phys(area->command_line);
	memcpy(area->command_line, arguments_of(image->command_line),
		strlen(arguments_of(image->command_line)) + 1);
	if (modules->count) {
		h->ramdisk_image = modules->modules[0].mod_start;
		h->ramdisk_size = modules->modules[0].mod_end - modules->modules[0].mod_start;
	}
	tell_screen(&zero->screen);
	tell_memory(zero, map);
}

static void map_low_memory(struct boot_area *area)
{
	u64 *directories = area->tables[2];

	memset(area->tables, 0, sizeof(area->tables));
	area->tables[0][0] = virt_to_phys(area->tables[1]) | PTE_TABLE;
	for (u64 i = 0; i < GB_TABLES; i++)
		area->tables[1][i] = virt_to_phys(directories + i * ENTRIES) | PTE_TABLE;
	for (u64 i = 0; i < GB_TABLES * ENTRIES; i++)
		directories[i] = i << LARGE_SHIFT | PTE_LARGE;
}

static void fill_gdt(struct boot_area *area)
{
	memset(area->gdt, 0, sizeof(area->gdt));
	area->gdt[LINUX_BOOT_CS / sizeof(u64)] = CODE64;
	area->gdt[LINUX_BOOT_DS / sizeof(u64)] = DATA32;
}

/* boot.rst, "64-bit boot protocol": long mode, interrupts off, the zero page in RSI. */
static void start_cpu(struct cpu_state *cpu, const struct boot_area *area, u64 kernel)
{
	const struct segment data = {LINUX_BOOT_DS, ATTR_DATA32, 0xffffffff, 0};

	load_guest_cpu(cpu, 0, 0);
	memset(cpu->gpr, 0, sizeof(cpu->gpr));
	cpu->gpr[RSI] = virt_to_phys(&area->zero_page);
	cpu->rip = kernel + LINUX_ENTRY_64;
	cpu->cr0 = CR0_PE | CR0_ET | CR0_PG;
	cpu->cr3 = virt_to_phys(area->tables);
	cpu->cr4 = CR4_PAE;
	cpu->efer = EFER_LME | EFER_LMA;
	for (unsigned i = 0; i < SEG_LDTR; i++)
		cpu->segment[i] = data;
	cpu->segment[SEG_CS] = (struct segment){LINUX_BOOT_CS, ATTR_CODE64, 0xffffffff, 0};
	cpu->gdtr.base = virt_to_phys(area->gdt);
	cpu->gdtr.limit = sizeof(area->gdt) - 1;
}

const char *load_linux(const struct guest_image *image, const struct guest_modules *modules,
	const struct memory_map *map, u64 limit, struct cpu_state *cpu)
{
	const struct linux_setup_header *h = header_of(image);
	struct boot_area *area = phys_to_virt(BOOT_AREA);
	const char *why = check_header(image);
	u64 kernel;

	if (!why)
		why = check_surroundings(image, modules, map);
	if (why)
		return why;
	kernel = choose_place(h, map, limit);
	if (!kernel) {
		format(error, sizeof(error),
			"the Linux kernel needs %lu MB in one piece below the monitor: use a smaller log (log=, --log) or a machine with more memory",
			((u64)h->init_size >> 20) + 1);
		return error;
	}
	memcpy(phys_to_virt(kernel), image->bytes + setup_bytes(h), code_bytes(h));
	fill_zero_page(area, image, modules, map);
	map_low_memory(area);
	fill_gdt(area);
	area->zero_page.header.code32_start = (u32)kernel;
	start_cpu(cpu, area, kernel);
	return NULL;
}
