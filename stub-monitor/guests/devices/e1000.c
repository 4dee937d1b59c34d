/* SPDX-License-Identifier: EPL-2.0 */
/*
 * A network card, Intel 82540EM (PCI/PCI-X Family of Gigabit Ethernet Controllers, Software Developer's Manual): rings of
 * descriptors in memory, an interrupt for each frame; the main loop sleeps meanwhile.
 */
#include "../lib/cpu.h"
#include "../lib/echo.h"
#include "../lib/guest.h"
#include "../lib/interrupt.h"
#include "../lib/pci.h"
#include "../lib/pic.h"
#include "../lib/print.h"

#define REG_CONTROL          0x0000
#define REG_INTERRUPT_CAUSE  0x00c0
#define REG_INTERRUPT_MASK   0x00d0
#define REG_RECEIVE_CONTROL  0x0100
#define REG_TRANSMIT_CONTROL 0x0400
#define REG_RING             0x2800 /* receive; transmit is 1000h above */
#define REG_TRANSMIT_RING    0x3800
#define RING_LOW             0x00
#define RING_HIGH            0x04
#define RING_BYTES           0x08
#define RING_HEAD            0x10
#define RING_TAIL            0x18
#define REG_ADDRESS          0x5400

#define CONTROL_RESET     (1u << 26)
#define CONTROL_LINK_UP   (1u << 6)
#define CAUSE_RECEIVED    (1u << 7)
#define RECEIVE_ON        (1u << 1)
#define RECEIVE_ALL       (3u << 3)
#define RECEIVE_BROADCAST (1u << 15)
#define RECEIVE_NO_CRC    (1u << 26)
#define TRANSMIT_ON       (1u << 1)
#define TRANSMIT_PAD      (1u << 3)
#define SEND_END          1
#define SEND_CRC          2
#define SEND_REPORT       8
#define STATUS_DONE       1
#define RECEIVE_BUFFERS   16
#define TRANSMIT_BUFFERS  8
#define BUFFER_BYTES      2048

struct receive_descriptor {
	u64 address;
	u16 length, checksum;
	volatile u8 status;
	u8 errors;
	u16 special;
};

struct transmit_descriptor {
	u64 address;
	u16 length;
	u8 checksum_offset, command;
	volatile u8 status;
	u8 checksum_start;
	u16 special;
};

static struct receive_descriptor receive_ring[RECEIVE_BUFFERS] __attribute__((aligned(4096)));
static struct transmit_descriptor transmit_ring[TRANSMIT_BUFFERS] __attribute__((aligned(4096)));
u8 received[RECEIVE_BUFFERS][BUFFER_BYTES] __attribute__((aligned(4096)));
static u8 sent[TRANSMIT_BUFFERS][BUFFER_BYTES] __attribute__((aligned(4096)));
static u64 base;
static u32 next_received, next_sent;
static u8 irq, address[6];
static volatile u64 interrupts;

static u32 read_register(u32 reg)
{
	return *(volatile u32 *)(base + reg);
}

static void write_register(u32 reg, u32 value)
{
	*(volatile u32 *)(base + reg) = value;
}

static void on_interrupt(struct interrupt_frame *frame)
{
	(void)frame;
	if (read_register(REG_INTERRUPT_CAUSE) & CAUSE_RECEIVED)
		interrupts++;
	pic_eoi(irq);
}

static void send(const void *frame, u32 bytes)
{
	struct transmit_descriptor *d = &transmit_ring[next_sent];

	__builtin_memcpy(sent[next_sent], frame, bytes);
	*d = (struct transmit_descriptor){.address = (u64)sent[next_sent],
		.length = (u16)bytes,
		.command = SEND_END | SEND_CRC | SEND_REPORT};
	next_sent = (next_sent + 1) % TRANSMIT_BUFFERS;
	write_register(REG_TRANSMIT_RING + RING_TAIL, next_sent);
	while (!(d->status & STATUS_DONE))
		;
}

static u32 receive(void *frame)
{
	struct receive_descriptor *d = &receive_ring[next_received];
	u32 bytes;

	interrupts_off();
	while (!(d->status & STATUS_DONE)) {
		wait_for_interrupt();
		interrupts_off();
	}
	bytes = d->length;
	__builtin_memcpy(frame, received[next_received], bytes);
	d->status = 0;
	write_register(REG_RING + RING_TAIL, next_received);
	next_received = (next_received + 1) % RECEIVE_BUFFERS;
	return bytes;
}

static void set_up_ring(u32 ring, const void *descriptors, u32 bytes)
{
	write_register(ring + RING_LOW, (u32)(u64)descriptors);
	write_register(ring + RING_HIGH, 0);
	write_register(ring + RING_BYTES, bytes);
	write_register(ring + RING_HEAD, 0);
	write_register(ring + RING_TAIL, 0);
}

static void set_up(void)
{
	u32 i;

	write_register(REG_CONTROL, CONTROL_RESET);
	while (read_register(REG_CONTROL) & CONTROL_RESET)
		;
	write_register(REG_CONTROL, CONTROL_LINK_UP);
	for (i = 0; i < sizeof(address); i++)
		address[i] = (u8)(read_register(REG_ADDRESS + (i & 4)) >> 8 * (i & 3));
	for (i = 0; i < RECEIVE_BUFFERS; i++)
		receive_ring[i].address = (u64)received[i];
	set_up_ring(REG_RING, receive_ring, sizeof(receive_ring));
	set_up_ring(REG_TRANSMIT_RING, transmit_ring, sizeof(transmit_ring));
	write_register(REG_RECEIVE_CONTROL,
		RECEIVE_ON | RECEIVE_ALL | RECEIVE_BROADCAST | RECEIVE_NO_CRC);
	write_register(REG_RING + RING_TAIL, RECEIVE_BUFFERS - 1);
	write_register(REG_TRANSMIT_CONTROL, TRANSMIT_ON | TRANSMIT_PAD);
}

void guest_main(u32 magic, const struct multiboot_info *info)
{
	const struct nic nic = {address, send, receive};
	u32 function;

	(void)magic;
	(void)info;
	guest_ready("e1000");
	function = pci_find(0x8086, 0x100e);
	if (function == PCI_NONE) {
		print("e1000: error: no such card\n");
		guest_done();
	}
	base = pci_bar(function, 0);
	irq = pci_irq(function);
	set_up();
	interrupt_handle((u8)(PIC_VECTOR + irq), on_interrupt);
	pic_init(PIC_VECTOR);
	pic_unmask(irq);
	write_register(REG_INTERRUPT_MASK, CAUSE_RECEIVED);
	interrupts_on();
	echo_test("e1000", &nic);
	print("e1000: interrupts were there: %u\n", interrupts != 0);
	guest_done();
}
