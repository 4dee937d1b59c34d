/* SPDX-License-Identifier: EPL-2.0 */
/*
 * A disk by NVMe (NVM Express 1.4): queues in memory, data by lists of pages. Polled: the driver spins on the completion
 * queue's phase bit in memory.
 */
#include "../lib/disk.h"
#include "../lib/guest.h"
#include "../lib/pci.h"
#include "../lib/print.h"

#define REG_CAPABILITIES 0x00
#define REG_CONFIG       0x14
#define REG_STATUS       0x1c
#define REG_ADMIN_SIZES  0x24
#define REG_ADMIN_SUBMIT 0x28
#define REG_ADMIN_DONE   0x30
#define REG_DOORBELLS    0x1000
#define CONFIG_ENABLE    1u
#define CONFIG_ENTRIES   (4u << 20 | 6u << 16) /* 16 and 64 bytes */
#define STATUS_READY     1u
#define CREATE_SUBMIT    0x01
#define CREATE_DONE      0x05
#define WRITE            0x01
#define READ             0x02
#define CONTIGUOUS       1
#define ENTRIES          16
#define NAMESPACE        1
#define PAGE             4096

struct command {
	u32 opcode, space;
	u64 reserved, metadata;
	u64 pages[2];
	u32 word[6];
};

struct completion {
	u32 result, reserved;
	u16 head, queue, id;
	volatile u16 status; /* bit 0: phase */
};

struct queue {
	struct command submit[ENTRIES] __attribute__((aligned(4096)));
	struct completion done[ENTRIES] __attribute__((aligned(4096)));
	u32 tail, head, phase, number;
};

static struct queue admin, io;
static u64 page_list[PAGE / 8] __attribute__((aligned(4096)));
static u64 base;
static u32 stride;

static void write_register(u32 reg, u32 value)
{
	*(volatile u32 *)(base + reg) = value;
}

static u32 read_register(u32 reg)
{
	return *(volatile u32 *)(base + reg);
}

static u32 doorbell(const struct queue *q, u32 completion)
{
	return REG_DOORBELLS + (2 * q->number + completion) * stride;
}

/* The status without its phase; 0 is success. */
static u32 carry_out(struct queue *q, const struct command *command)
{
	struct completion *c = &q->done[q->head];
	u32 status;

	q->submit[q->tail] = *command;
	q->tail = (q->tail + 1) % ENTRIES;
	__sync_synchronize();
	write_register(doorbell(q, 0), q->tail);
	while ((c->status & 1) == q->phase)
		;
	status = c->status >> 1;
	q->head = (q->head + 1) % ENTRIES;
	q->phase ^= q->head == 0;
	write_register(doorbell(q, 1), q->head);
	return status;
}

static bool transfer(enum disk_direction direction, u64 sector, void *memory)
{
	struct command c = {.opcode = direction == DISK_READ ? READ : WRITE,
		.space = NAMESPACE,
		.pages = {(u64)memory, (u64)page_list}};
	u32 i;

	for (i = 1; i < TRANSFER_PAGES; i++)
		page_list[i - 1] = (u64)memory + i * PAGE;
	c.word[0] = (u32)sector;
	c.word[2] = TRANSFER_BYTES / SECTOR_BYTES - 1;
	return carry_out(&io, &c) == 0;
}

static bool create(u8 opcode, const void *memory, u32 flags)
{
	struct command c = {.opcode = opcode, .pages = {(u64)memory, 0}};

	c.word[0] = (ENTRIES - 1) << 16 | io.number;
	c.word[1] = flags;
	return carry_out(&admin, &c) == 0;
}

static bool set_up(void)
{
	stride = 4u << (read_register(REG_CAPABILITIES + 4) & 0xf);
	write_register(REG_CONFIG, 0);
	while (read_register(REG_STATUS) & STATUS_READY)
		;
	write_register(REG_ADMIN_SIZES, (ENTRIES - 1) << 16 | (ENTRIES - 1));
	write_register(REG_ADMIN_SUBMIT, (u32)(u64)admin.submit);
	write_register(REG_ADMIN_SUBMIT + 4, 0);
	write_register(REG_ADMIN_DONE, (u32)(u64)admin.done);
	write_register(REG_ADMIN_DONE + 4, 0);
	write_register(REG_CONFIG, CONFIG_ENTRIES | CONFIG_ENABLE);
	while (!(read_register(REG_STATUS) & STATUS_READY))
		;
	io.number = 1;
	return create(CREATE_DONE, io.done, CONTIGUOUS) &&
		create(CREATE_SUBMIT, io.submit, io.number << 16 | CONTIGUOUS);
}

void guest_main(u32 magic, const struct multiboot_info *info)
{
	u32 function;

	(void)magic;
	(void)info;
	guest_ready("nvme");
	function = pci_find_class(0x010802);
	if (function == PCI_NONE) {
		print("nvme: error: no such controller\n");
		guest_done();
	}
	base = pci_bar(function, 0);
	if (!set_up()) {
		print("nvme: error: no queues\n");
		guest_done();
	}
	disk_test("nvme", transfer);
	guest_done();
}
