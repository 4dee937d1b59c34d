/* SPDX-License-Identifier: EPL-2.0 */
#include "record/record_dma.h"

#include "clock/instruction_clock.h"
#include "cpu/phys.h"
#include "dev/pci.h"
#include "dma/change.h"
#include "dma/described.h"
#include "dma/reach.h"
#include "lib/format.h"
#include "lib/printk.h"
#include "lib/string.h"
#include "npt/guest_ram.h"
#include "npt/npt.h"
#include "record/missed.h"
#include "record/record.h"
#include "replay/checkpoint.h"
#include "replay/page_pool.h"
#include "replay/replay.h"
#include "vt/machine.h"

/* Of the pool; a device page takes two. */
#define PAGES_SHARE 4

/* While device pages are present a run lasts so long at most (clock_time()): longer and longer as long as nothing comes. */
#define PATIENCE_MIN 10000
#define PATIENCE_MAX 1000000

#define IDENTIFIED 64

static struct record_dma_counts counts;
static u64 patience, deadline;
static bool wants_settling, described_anew;
static bool renewal_due, may_renew_quietly;

static void *take_page(void)
{
	u32 index;

	while (!(index = page_pool_take()))
		if (!checkpoint_make_room())
			return NULL;
	return page_pool_page(index);
}

static void give_page(void *page)
{
	page_pool_give(page_pool_index_of_page(page));
}

static u64 device_value(const struct dma_device *device)
{
	return device->known
		? DMA_DEVICE_KNOWN | device->address | (u64)device->id << DMA_DEVICE_ID_SHIFT
		: 0;
}

static void log_change(const struct device_page *page, const u8 *data, u32 length)
{
	struct trace_event event = {.kind = EVENT_DMA,
		.address = page->frame << PAGE_SHIFT,
		.value = device_value(&page->device),
		.width = DMA_IN_TIME,
		.data_length = length};

	record_asynchronous(&event, data);
	pages_apply((struct gpa){event.address}, data, length);
	counts.events++;
	counts.bytes += length;
	patience = PATIENCE_MIN;
}

/* Asking is slow. Devices may be moved, so what is known of a register does not outlive the recording. */
static struct identified {
	bool valid;
	struct root_register where;
	struct dma_device device;
} identified[IDENTIFIED];

static struct dma_device look_up(struct root_register where)
{
	struct pci_identity found;

	if (!pci_identify(where.space == ROOT_PORT ? PCI_SPACE_IO : PCI_SPACE_MEMORY, where.at,
		    &found))
		return (struct dma_device){.known = false};
	return (struct dma_device){true, found.function.devfn, found.id, found.class};
}

static struct dma_device identify(struct root_register where)
{
	struct identified *slot = &identified[where.at / sizeof(u32) % IDENTIFIED];

	if (!slot->valid || slot->where.space != where.space || slot->where.at != where.at)
		*slot = (struct identified){true, where, look_up(where)};
	return slot->device;
}

static u32 read_register(u64 at)
{
	return *(const volatile u32 *)phys_to_virt(at);
}

u64 record_dma_overhead_bytes(u64 frames)
{
	return pages_overhead_bytes(frames);
}

void record_dma_init(void *(*allocate)(u64 bytes))
{
	const struct pages_host host = {take_page, give_page, log_change, reach_publishing};

	pages_init(allocate, npt_ram_frames(), &host);
}

/* What comes of it is said with each divergence, which may be the only trace of it. */
static void no_room(u64 frame)
{
	static char hint[120];

	missed_watch(frame);
	wants_settling = true;
	if (counts.unwatched++)
		return;
	printk("no memory to watch page 0x%lx, which a device may write (and perhaps others): use a larger log=",
		frame << PAGE_SHIFT);
	format(hint, sizeof(hint),
		"; page 0x%lx, which a device may write, was not watched (monitor log)",
		frame << PAGE_SHIFT);
	replay_hint(hint);
}

void record_dma_begin(void)
{
	const struct reach_host host = {identify, read_register, no_room, missed_watch};

	counts = (struct record_dma_counts){0};
	patience = PATIENCE_MIN;
	wants_settling = described_anew = described_count() > 0;
	renewal_due = false;
	replay_hint("");
	memset(identified, 0, sizeof(identified));
	pages_set_limit((unsigned)(page_pool_total() / PAGES_SHARE));
	missed_begin();
	reach_begin(npt_ram_frames() << PAGE_SHIFT, &host);
}

/* The log goes with the recording; the bytes stay. */
void record_dma_end(void)
{
	while (pages_count())
		pages_remove(pages_at(pages_count() - 1));
}

/*
 * The board's own devices, which the guest asks often and which write no memory: PIC, PIT, keyboard controller, RTC,
 * POST code, COM ports, PCI configuration; local APIC, I/O APIC, HPET. And VGA's window: four blank cells of text,
 * 0720072007200720h, are no address.
 */
static bool is_board(const struct trace_event *access)
{
	static const struct {
		u16 first, last;
	} ports[] = {{0x20, 0x21}, {0x40, 0x43}, {0x60, 0x64}, {0x70, 0x71}, {0x80, 0x80},
		{0xa0, 0xa1}, {0x2f8, 0x2ff}, {0x3f8, 0x3ff}, {0xcf8, 0xcff}};
	static const struct {
		u64 first, last;
	} memory[] = {{0xa0000, 0xbffff}, {0xfec00000, 0xfeefffff}};
	bool is_memory = access->kind == EVENT_DEVICE_READ || access->kind == EVENT_DEVICE_WRITE;

	for (unsigned i = 0; is_memory && i < ARRAY_SIZE(memory); i++)
		if (access->address >= memory[i].first && access->address <= memory[i].last)
			return true;
	if (is_memory)
		return false;
	for (unsigned i = 0; i < ARRAY_SIZE(ports); i++)
		if (access->address >= ports[i].first && access->address <= ports[i].last)
			return true;
	return false;
}

static bool is_device_access(const struct trace_event *access)
{
	return access->kind >= EVENT_PORT_READ && access->kind <= EVENT_DEVICE_WRITE &&
		!is_board(access);
}

/* A guest that looks into memory for the answer finds it soon. */
static void be_impatient(void)
{
	patience = PATIENCE_MIN;
	if (pages_touched())
		deadline = clock_time() + patience;
}

/*
 * What is read tells the guest how far the device is, so what it touches then must be as new. A write tells it nothing:
 * what is present stays so until an interrupt, a read, or patience ends.
 */
void record_dma_before_access(const struct trace_event *access)
{
	bool port = access->kind == EVENT_PORT_WRITE;

	if (!is_device_access(access))
		return;
	if (!port && access->kind != EVENT_DEVICE_WRITE) {
		pages_publish();
		renewal_due = true;
		return;
	}
	be_impatient();
	pages_publish();
	if (!access->data_length)
		reach_register_write(
			(struct root_register){port ? ROOT_PORT : ROOT_MEMORY, access->address},
			access->width, access->value);
}

void record_dma_sync(void)
{
	pages_sync();
	renewal_due = false;
}

/*
 * What comes in without a touch gets an instant of its own here: not where an event is on its way into the guest already, nor
 * where the instant is to be found again by a touch (docs/decisions/0080).
 */
static void renew(bool quietly)
{
	if (quietly && !machine.drifts && !machine.inject.valid)
		pages_renew();
	else
		pages_sync();
	renewal_due = false;
	deadline = clock_time() + patience;
}

void record_dma_renew(bool quietly)
{
	u64 now = clock_time();
	bool late = pages_touched() && (now >= deadline || deadline - now > PATIENCE_MAX);

	may_renew_quietly = quietly;
	if (late)
		patience = min_u64(patience * 2, PATIENCE_MAX);
	if (late || renewal_due)
		renew(quietly);
}

void record_dma_before_delivery(void)
{
	renew(may_renew_quietly && clock_counts());
}

void record_dma_touch(u64 frame)
{
	struct device_page *page = pages_find(frame);

	if (!page || npt_is_present(frame))
		return;
	if (!pages_touched())
		deadline = clock_time() + patience;
	pages_touch(page, clock_counts());
}

u64 record_dma_patience(void)
{
	return pages_touched() ? deadline - min_u64(clock_time(), deadline - 1) : 0;
}

/* The whole page, since nobody knows what of it is new: two records, of which one says that it is late. */
static void log_late(u64 frame)
{
	static u8 page[PAGE_SIZE], nothing[PAGE_SIZE], data[CHANGE_DATA_MAX];
	struct trace_event event = {.kind = EVENT_DMA,
		.address = frame << PAGE_SHIFT,
		.width = DMA_LATE};

	guest_ram_read((struct gpa){event.address}, page, PAGE_SIZE);
	for (unsigned i = 0; i < PAGE_SIZE; i++)
		nothing[i] = (u8)~page[i];
	for (unsigned at = 0; at < PAGE_SIZE; event.width = DMA_IN_TIME) {
		event.data_length = change_encode(page, nothing, page, &at, data);
		record_asynchronous(&event, data);
		pages_apply((struct gpa){event.address}, data, event.data_length);
	}
	counts.late++;
	printk("page 0x%lx was written by a device without the recorder's knowledge, before @%lu: the past may show it wrong until then",
		frame << PAGE_SHIFT, machine.now);
	printk("record from before the driver sets its device up; if you do, describe the page before it does: monitor set dma 0x%lx %u",
		frame << PAGE_SHIFT, (unsigned)PAGE_SIZE);
}

static void take_up_missed(void)
{
	u64 frame;

	while (missed_take(&frame)) {
		log_late(frame);
		reach_add(frame);
	}
}

bool record_dma_describe(u64 address, u64 bytes)
{
	if (!described_add((struct scan_range){address, bytes}, npt_ram_frames() << PAGE_SHIFT))
		return false;
	wants_settling = described_anew = true;
	return true;
}

/* A device may have written it already. */
static void suspect(u64 frame)
{
	if (!pages_find(frame))
		missed_watch(frame);
}

static void watch(u64 frame)
{
	if (npt_kind((struct gpa){frame << PAGE_SHIFT}) == MEMORY_RAM && !reach_add(frame))
		printk("no memory to watch page 0x%lx, which was described: use a larger log=",
			frame << PAGE_SHIFT);
}

void record_dma_settle(void)
{
	wants_settling = false;
	reach_make_room();
	if (described_anew)
		described_each_frame(suspect);
	missed_look();
	take_up_missed();
	if (described_anew)
		described_each_frame(watch);
	described_anew = false;
}

bool record_dma_wants_settling(void)
{
	return wants_settling;
}

void record_dma_after_checkpoint(void)
{
	missed_look();
}

void record_dma_back(void)
{
	pages_hide_all();
}

struct record_dma_counts record_dma_counts(void)
{
	counts.pages = pages_count();
	counts.limit = pages_limit();
	return counts;
}
