/* SPDX-License-Identifier: EPL-2.0 */
#include "boot/boot_bios.h"

#include "boot/load_guest.h"
#include "cpu/phys.h"
#include "debug/breakpoint.h"
#include "debug/debugger.h"
#include "exit/run.h"
#include "lib/format.h"
#include "lib/string.h"
#include "vt/machine.h"

#define BDA_MEMORY_KB 0x413 /* conventional memory */
#define VECTOR(n)     ((n)*4ull)
#define BOOT_FAILURE  0x18
#define SYSTEM_CALLS  0x15
#define START_AT      0x600 /* where the BIOS keeps nothing */
#define STACK_AT      0x7c00
#define KB            1024ull
#define MB            (KB * KB)
#define LEAST_KB      256 /* of conventional memory: less is no BIOS's data area */
#define MOST_KB       640
#define EXTENDED_MAX  (63 * KB) /* what AH=88h tells at most, in KB */
#define REAL_CODE     0x9b
#define REAL_DATA     0x93
#define REAL_LIMIT    0xffff
#define SLEEPS_MAX    250 /* timer ticks, some 14 s: a BIOS that has nothing to boot waits for ever */

struct memory_calls_data {
	u32 next; /* the BIOS's own vector */
	u16 below_16mb_kb, above_16mb_blocks, extended_kb, count;
	struct {
		u64 addr, len;
		u32 type;
	} __attribute__((packed)) entries[MEMORY_MAP_MAX];
} __attribute__((packed));

extern const u8 memory_calls[];
extern const u64 memory_calls_bytes, memory_calls_data_at; /* of it, and an offset in it */

static const u8 start_code[] = {0xcd, BOOT_FAILURE}; /* INT 18h */
static char error[160];

static u64 room_for_map(const struct memory_map *map)
{
	u64 bytes = memory_calls_bytes +
		(map->count + 1) * sizeof(((struct memory_calls_data *)0)->entries[0]);

	return (bytes + KB - 1) & ~(KB - 1);
}

static u64 ram_from(const struct memory_map *map, u64 start)
{
	for (unsigned i = 0; i < map->count; i++) {
		const struct multiboot_mmap_entry *e = &map->entries[i];

		if (e->type == MULTIBOOT_MEMORY_AVAILABLE && e->addr <= start &&
			start < e->addr + e->len)
			return e->addr + e->len - start;
	}
	return 0;
}

/* In the order of addresses, as BIOSes tell it. */
static void put_entry(struct memory_calls_data *data, const struct multiboot_mmap_entry *e)
{
	unsigned i = data->count++;

	for (; i && data->entries[i - 1].addr > e->addr; i--)
		data->entries[i] = data->entries[i - 1];
	data->entries[i].addr = e->addr;
	data->entries[i].len = e->len;
	data->entries[i].type = e->type;
}

static void tell_memory(struct memory_calls_data *data, const struct memory_map *map)
{
	data->below_16mb_kb = (u16)(min_u64(ram_from(map, MB), 15 * MB) / KB);
	data->above_16mb_blocks = (u16)min_u64(ram_from(map, 16 * MB) / (64 * KB), 0xffff);
	data->extended_kb = (u16)min_u64(ram_from(map, MB) / KB, EXTENDED_MAX);
	data->count = 0;
	for (unsigned i = 0; i < map->count; i++)
		if (map->entries[i].len)
			put_entry(data, &map->entries[i]);
}

/* Between two interrupts of the guest's none of this is seen half done. */
static void hook_memory_calls(u64 at, const struct memory_map *map)
{
	u32 *vector = phys_to_virt(VECTOR(SYSTEM_CALLS));
	struct memory_calls_data *data = phys_to_virt(at + memory_calls_data_at);

	memcpy(phys_to_virt(at), memory_calls, memory_calls_bytes);
	data->next = *vector;
	tell_memory(data, map);
	*vector = (u32)(at >> 4) << 16;
}

static void start_cpu(struct cpu_state *cpu)
{
	const struct segment data = {0, REAL_DATA, REAL_LIMIT, 0};

	load_guest_cpu(cpu, START_AT, 0);
	memset(cpu->gpr, 0, sizeof(cpu->gpr));
	cpu->gpr[RSP] = STACK_AT;
	cpu->cr0 = CR0_ET;
	for (unsigned i = 0; i < SEG_LDTR; i++)
		cpu->segment[i] = data;
	cpu->segment[SEG_CS].attributes = REAL_CODE;
	cpu->idtr.limit = VECTOR(256) - 1;
	memcpy(phys_to_virt(START_AT), start_code, sizeof(start_code));
}

const char *boot_bios_prepare(struct memory_map *map, struct cpu_state *cpu)
{
	u16 *memory_kb = phys_to_virt(BDA_MEMORY_KB);
	u64 top = *memory_kb * KB, at = top - room_for_map(map);

	if (*memory_kb < LEAST_KB || *memory_kb > MOST_KB || !memory_map_available(map, at, top)) {
		format(error, sizeof(error),
			"no BIOS to boot from: its data area says %u KB of conventional memory (expected: %u to %u)",
			*memory_kb, LEAST_KB, MOST_KB);
		return error;
	}
	if (!memory_map_remove(map, at, top))
		return "the memory map has too many entries (expected: at most 63)";
	*memory_kb = (u16)(at / KB);
	hook_memory_calls(at, map);
	start_cpu(cpu);
	return NULL;
}

const char *boot_bios_run(void)
{
	const struct breakpoint_actions always = {.condition_count = 0};
	const struct gla boot_sector = {BOOT_SECTOR_AT};
	struct stop stop;

	debugger_insert(BREAK_HARDWARE, boot_sector, 1, &always);
	run_limit_sleeps(SLEEPS_MAX);
	stop = debugger_resume(&(struct resume){.kind = RESUME_CONTINUE});
	run_limit_sleeps(0);
	debugger_remove(BREAK_HARDWARE, boot_sector, 1);
	if (stop.reason == STOP_HW_BREAKPOINT)
		return NULL;
	format(error, sizeof(error), "the BIOS did not start a boot sector: %s",
		stop.text ? stop.text : "something else stopped it");
	return error;
}
