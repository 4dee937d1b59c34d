/* SPDX-License-Identifier: EPL-2.0 */
/* The boot, in order, a call a line; then the debugger and the guest take turns for ever. */
#include "boot/boot_bios.h"
#include "boot/load_guest.h"
#include "boot/load_linux.h"
#include "boot/memory_map.h"
#include "boot/options.h"
#include "boot/panic_server.h"
#include "boot/protect.h"
#include "boot/relocate.h"
#include "boot/replay_image.h"
#include "clock/instruction_clock.h"
#include "cpu/fpu.h"
#include "cpu/interrupts.h"
#include "cpu/phys.h"
#include "dev/a20.h"
#include "dev/iommu.h"
#include "dev/ioapic.h"
#include "dev/link.h"
#include "dev/pci.h"
#include "dev/one_cpu.h"
#include "dev/pic_8259.h"
#include "dev/uart_16550.h"
#include "dev/virtio_console.h"
#include "exit/exit.h"
#include "lib/debug_channel.h"
#include "lib/panic.h"
#include "lib/printk.h"
#include "lib/string.h"
#include "lib/version.h"
#include "npt/npt.h"
#include "record/adopt.h"
#include "record/record.h"
#include "record/record_dma.h"
#include "replay/checkpoint.h"
#include "rsp/rsp_session.h"
#include "trace/log_ring.h"
#include "vt/machine.h"

#define MAX_MODULES         16
#define STRING_MAX          2048
#define LARGE_PAGE          0x200000ull
#define DEFAULT_LOG_MAX     (64ull << 20)
#define LOG_RING_SHARE      4 /* a quarter of the memory is the log, the rest are checkpoint pages */
#define BOOT_ROM_MEMORY     (32ull << 20)
#define LEAST_FOR_BOOT_ROMS (128ull << 20) /* with less the monitor needs it */
#define SLACK               (64 * PAGE_SIZE)

void boot_main(u32 magic, u32 info_phys);

static const char refusal[] = "retrovisor: cannot start: ";
static struct options options;
static struct memory_map map;
static struct multiboot_module modules[MAX_MODULES];
static u32 module_count;
static struct region home, module_area;
static char guest_command_line[STRING_MAX];
static struct rsp_session session;
static const struct link *console_link; /* NULL: link=uart */

static void link_line(const char *line)
{
	link_write(line, strlen(line));
	link_write("\r\n", 2);
}

/*
 * Said on the debug channel, and on the UART for someone with only a cable; nothing more can be
 * done then.
 */
static void refuse(const char *why)
{
	printk("cannot start: %s", why);
	if (uart_base()) {
		link_write(refusal, sizeof(refusal) - 1);
		link_line(why);
	}
	halt_forever();
}

static void read_options(const struct multiboot_info *info)
{
	const char *why = NULL;

	options_parse("", &options);
	if (info->flags & MULTIBOOT_INFO_CMDLINE)
		why = options_parse(phys_to_virt(info->cmdline), &options);
	link_add(uart_init(options.uart_port));
	panic_set_link(link_line);
	if (why)
		refuse(why);
}

static void read_modules(const struct multiboot_info *info)
{
	bool any = (info->flags & MULTIBOOT_INFO_MODULES) && info->mods_count;

	if (any && options.bios)
		refuse("modules, and boot=bios (expected: one of the two)");
	if (options.bios)
		return;
	if (!any)
		refuse("no guest: the first Multiboot module must be the guest's kernel");
	if (info->mods_count > MAX_MODULES)
		refuse("too many modules (expected: at most 16)");
	module_count = info->mods_count;
	memcpy(modules, phys_to_virt(info->mods_addr), module_count * sizeof(modules[0]));
}

static u64 log_bytes(u64 ram_end)
{
	return options.log_bytes ? options.log_bytes : min_u64(DEFAULT_LOG_MAX, ram_end / 4);
}

/* Where the guest's RAM ends: in a replay, where the recorded one's did. */
static u64 guest_ram_end(void)
{
	return options.replay ? replay_image_layout(options.replay).ram_end
			      : memory_map_ram_end(&map);
}

static u64 home_size(u64 ram_end)
{
	u64 log = log_bytes(ram_end);

	return image_size() + npt_table_bytes(ram_end) + iommu_table_bytes() + log +
		checkpoint_overhead_bytes(ram_end >> PAGE_SHIFT, log) +
		record_dma_overhead_bytes(ram_end >> PAGE_SHIFT) + SLACK;
}

/*
 * A network card's boot ROM keeps its program there that the BIOS will boot, though the memory map calls it free (POST Memory
 * Manager 1.01).
 */
static u64 used_by_boot_roms(void)
{
	return options.bios && memory_map_top(&map) >= LEAST_FOR_BOOT_ROMS ? BOOT_ROM_MEMORY : 0;
}

/* The monitor's region ends where RAM ends; the modules' area stands below it, strings included. */
static void plan_memory(void)
{
	u64 ram_end = guest_ram_end(), top = memory_map_top(&map) - used_by_boot_roms(),
	    size = home_size(ram_end), area = GUEST_INFO_BYTES;

	for (u32 i = 0; i < module_count; i++)
		area += ((modules[i].mod_end - modules[i].mod_start + PAGE_MASK) & ~PAGE_MASK) +
			STRING_MAX;
	area = (area + PAGE_MASK) & ~PAGE_MASK;
	if (top < size + area + LARGE_PAGE)
		refuse("not enough RAM for the monitor's log: use a smaller log (log=, --log) or a machine with more memory");
	home = (struct region){(top - size) & ~(LARGE_PAGE - 1), top};
	module_area = (struct region){home.start - area, home.start};
	if (!memory_map_available(&map, module_area.start, home.end))
		refuse("no RAM in one piece for monitor and modules: use a smaller log (log=, --log) or a machine with more memory");
}

static u32 copy_string(u64 *at, u32 string)
{
	char *copy = phys_to_virt(*at);
	const char *from = string ? phys_to_virt(string) : "";
	size_t length = strlen(from);

	if (length >= STRING_MAX)
		refuse("the command line of a module is too long (expected: at most 2047 characters, the file's name included)");
	memmove(copy, from, length + 1);
	*at += STRING_MAX;
	return (u32)virt_to_phys(copy);
}

/*
 * Out of the way of the guest's own load addresses. Module 0, the kernel, goes last: its room is
 * free RAM afterwards.
 */
static void move_modules(void)
{
	u64 at = module_area.start + GUEST_INFO_BYTES;

	for (u32 i = 0; i < module_count; i++)
		if (modules[i].mod_end > module_area.start)
			refuse("the boot loader put a module where the monitor goes: use a machine with more memory");
	for (u32 i = 0; i < module_count; i++) {
		u32 size = modules[i].mod_end - modules[i].mod_start;

		memcpy(phys_to_virt(at), phys_to_virt(modules[i].mod_start), size);
		modules[i].mod_start = (u32)at;
		modules[i].mod_end = (u32)at + size;
		at += (size + PAGE_MASK) & ~PAGE_MASK;
	}
	for (u32 i = 0; i < module_count; i++)
		modules[i].string = copy_string(&at, modules[i].string);
	memcpy(guest_command_line, phys_to_virt(modules[0].string), STRING_MAX);
}

static struct npt_layout memory_layout(void)
{
	if (options.replay)
		return replay_image_layout(options.replay);
	return (struct npt_layout){memory_map_ram_end(&map), home.start, home.end};
}

static void init_memory(void)
{
	const struct npt_layout layout = memory_layout();
	u64 log = log_bytes(layout.ram_end), ring = options.replay ? 0 : log / LOG_RING_SHARE;
	const char *why;

	if (!vt_init(npt_init(&layout, arena_alloc), &why))
		refuse(why);
	if (ring)
		log_ring_init(arena_alloc(ring), ring);
	checkpoint_init(arena_alloc, log - ring);
	record_dma_init(arena_alloc);
}

/* The rest of the device's places are hidden by pci_own() and in exit/exit_port.c. */
static void own_console(void)
{
	struct virtio_console_resources resources;
	const char *why;

	if (!options.virtio)
		return;
	console_link = virtio_console_init(&resources, &why);
	if (!console_link)
		refuse(why);
	printk("virtio console: ports %x, %u of them, MSI-X page %lx", resources.port,
		resources.port_count, resources.msix_page);
	vt_trap_port(PCI_CONFIG_DATA, 4);
	vt_trap_port(resources.port, resources.port_count);
	if (options.replay)
		return; /* the guest reaches no device there */
	npt_hide_page(resources.msix_page);
	if (resources.mapped_config_page)
		npt_hide_page(resources.mapped_config_page);
}

static void own_iommu(void)
{
	const struct iommu_hidden hidden = {home.start, home.end};
	u64 pages[IOMMU_PAGES_MAX];
	unsigned count = iommu_protect(&hidden, arena_alloc, pages);

	for (unsigned i = 0; i < count; i++)
		npt_hide_page(pages[i]);
}

static void own_devices(void)
{
	if (!options.replay) {
		own_iommu();
		one_cpu_tell();
	}
	ioapic_own_line(options.uart_irq);
	pic_own_line(options.uart_irq);
	vt_trap_port(options.uart_port, UART_PORTS);
	vt_trap_port(PIC_MASTER_COMMAND, 2);
	vt_trap_port(0xcf9, 1);
	vt_trap_port(PORT_SYSTEM_A, 1);
	vt_trap_port(PORT_KEYBOARD_COMMAND, 1);
	vt_trap_port(PORT_KEYBOARD_DATA, 1);
	own_console();
}

/* A Multiboot kernel, even if it is a Linux one as well. */
static const char *load(const struct guest_image *image, const struct guest_modules *rest)
{
	const char *why;
	u32 entry;

	if (!load_guest_recognizes(image) && load_linux_recognizes(image))
		return load_linux(image, rest, &map, module_area.start, &machine.cpu);
	why = load_guest(image, rest, &map, module_area.start, &entry);
	if (!why)
		load_guest_cpu(&machine.cpu, entry, module_area.start);
	return why;
}

static void start_guest(void)
{
	const struct guest_image image = {phys_to_virt(modules[0].mod_start),
		modules[0].mod_end - modules[0].mod_start, guest_command_line};
	const struct guest_modules rest = {modules + 1, module_count - 1};
	const char *why;

	if (!memory_map_remove(&map, home.start, home.end))
		refuse("the memory map has too many entries (expected: at most 63)");
	why = options.bios ? boot_bios_prepare(&map, &machine.cpu) : load(&image, &rest);
	if (why)
		refuse(why);
	fpu_reset(&machine.cpu);
	if (options.bios)
		why = boot_bios_run();
	if (why)
		refuse(why);
}

static void start_recording(void)
{
	const char *why;
	bool usable;

	clock_want(options.clock);
	usable = clock_init(&why);
	if (!usable)
		printk("%s", why);
	if (options.record && !usable)
		refuse(why);
	if (!options.record)
		return;
	record_begin();
	if (options.bios)
		adopt_devices(); /* the BIOS has told them where to write already */
}

/* The image's RAM must stay what it is: the monitor's home begins behind it. */
static void check_replay(void)
{
	const char *why = replay_image_check(options.replay, &map);

	if (why)
		refuse(why);
	if (!memory_map_remove(&map, 0, replay_image_end(options.replay)))
		refuse("the memory map has too many entries (expected: at most 63)");
}

static void start_replay(void)
{
	const char *why;

	clock_want(replay_image_clock(options.replay));
	if (!clock_init(&why))
		refuse(why);
	why = replay_image_start(options.replay);
	if (why)
		refuse(why);
}

/* ---- debugger and guest take turns ---- */

static void write_link(void *context, const void *data, size_t length)
{
	(void)context;
	link_write(data, length);
}

static u32 packet_size(void *context)
{
	(void)context;
	return link_packet_size();
}

static bool debugger_wants_stop(void)
{
	bool stop = false;
	int byte;

	while (!stop && (byte = link_receive()) >= 0)
		stop = rsp_session_receive_running(&session, (u8)byte);
	return stop;
}

static void send_console(void)
{
	if (!link_free_to_write())
		return;
	rsp_session_send_waiting(&session);
	link_before_run(); /* sending ends the interrupt that said the link is free: its NMI is not the guest's */
}

static enum rsp_event serve_until_resume(void)
{
	enum rsp_event event = RSP_NOTHING;

	while (event == RSP_NOTHING) {
		int byte = link_receive();

		if (byte >= 0)
			event = rsp_session_receive(&session, (u8)byte);
		else
			link_wait();
	}
	return event;
}

static void open_links(void)
{
	uart_receive_interrupt(true);
	if (!console_link)
		return;
	link_add(console_link);
	virtio_console_start();
}

static void take_turns(void)
{
	struct stop stop = {STOP_GUEST_START, 0, NULL};
	const struct rsp_transport transport = {write_link, packet_size, NULL};
	enum rsp_event event = options.start_running ? RSP_DETACHED : RSP_NOTHING;

	exit_debugger_wants_stop = debugger_wants_stop;
	exit_send_console = send_console;
	rsp_session_init(&session, &transport, &stop);
	panic_server_init(&session, link_receive, options.test_fault == PROVOKE_SERVER);
	open_links();
	printk("ready (version " RETROVISOR_VERSION ", %s)",
		options.replay           ? "replaying"
			: options.record ? "recording"
					 : "not recording");
	while (true) {
		if (event == RSP_NOTHING)
			event = serve_until_resume();
		if (event == RSP_DETACHED && debugger_has_history())
			debugger_seek_end(); /* detached in the past: the guest goes on where it is live */
		link_before_run();
		stop = debugger_resume(&session.resume);
		provoke(options.test_fault);
		event = rsp_session_stopped(&session, &stop);
		if (stop.text)
			printk("%s", stop.text);
	}
}

void boot_main(u32 magic, u32 info_phys)
{
	const struct multiboot_info *info = phys_to_virt(info_phys);

	interrupts_init();
	if (magic != MULTIBOOT_BOOT_MAGIC)
		refuse("not started by a Multiboot 1 loader");
	read_options(info);
	if (!options.replay)
		read_modules(info);
	if (!memory_map_read(info, &map))
		refuse("the boot loader gave no memory map");
	if (options.replay)
		check_replay();
	plan_memory();
	move_modules();
	relocate_to(home);
	protect_image();
	interrupts_init();
	fpu_init();
	init_memory();
	own_devices();
	if (options.replay) {
		start_replay();
	} else {
		start_guest();
		start_recording();
	}
	take_turns();
}
