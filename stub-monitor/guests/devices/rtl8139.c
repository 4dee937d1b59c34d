/* SPDX-License-Identifier: EPL-2.0 */
/*
 * A network card, Realtek RTL8139C (data sheet, 6): one receive ring in memory without descriptors, four transmit buffers
 * named by registers; an interrupt for each frame.
 */
#include "../lib/cpu.h"
#include "../lib/echo.h"
#include "../lib/guest.h"
#include "../lib/interrupt.h"
#include "../lib/pci.h"
#include "../lib/pic.h"
#include "../lib/port.h"
#include "../lib/print.h"

#define REG_ADDRESS          0x00
#define REG_SEND_STATUS      0x10
#define REG_SEND_START       0x20
#define REG_RECEIVE_START    0x30
#define REG_COMMAND          0x37
#define REG_READ_POSITION    0x38
#define REG_INTERRUPT_MASK   0x3c
#define REG_INTERRUPT_STATUS 0x3e
#define REG_RECEIVE_CONFIG   0x44
#define REG_CONFIG1          0x52

#define COMMAND_RESET    0x10
#define COMMAND_RECEIVE  0x08
#define COMMAND_TRANSMIT 0x04
#define COMMAND_EMPTY    0x01
#define RECEIVED         0x01
#define SENT             (1u << 15) /* in a send status */
#define ACCEPT           0x0f       /* all frames */
#define WRAP             0x80       /* a frame at the end goes on behind it */
#define RING_8K          0
#define RING_BYTES       8192
#define HEADER_BYTES     4
#define CRC_BYTES        4
#define BUFFERS          4

u8 received[RING_BYTES + 16 + 2048] __attribute__((aligned(4096)));
static u8 sent[BUFFERS][2048] __attribute__((aligned(4096)));
static u16 base;
static u8 irq, address[6];
static u32 next_sent, position;
static volatile u64 interrupts;

static void on_interrupt(struct interrupt_frame *frame)
{
	(void)frame;
	outw((u16)(base + REG_INTERRUPT_STATUS), inw((u16)(base + REG_INTERRUPT_STATUS)));
	interrupts++;
	pic_eoi(irq);
}

static void send(const void *frame, u32 bytes)
{
	u16 status = (u16)(base + REG_SEND_STATUS + 4 * next_sent);

	__builtin_memcpy(sent[next_sent], frame, bytes);
	outl((u16)(base + REG_SEND_START + 4 * next_sent), (u32)(u64)sent[next_sent]);
	outl(status, bytes);
	while (!(inl(status) & SENT))
		;
	next_sent = (next_sent + 1) % BUFFERS;
}

static u32 receive(void *frame)
{
	const volatile u16 *header = (const volatile u16 *)(received + position);
	u32 bytes;

	interrupts_off();
	while (inb((u16)(base + REG_COMMAND)) & COMMAND_EMPTY) {
		wait_for_interrupt();
		interrupts_off();
	}
	bytes = header[1];
	__builtin_memcpy(frame, received + position + HEADER_BYTES, bytes - CRC_BYTES);
	position = (position + HEADER_BYTES + bytes + 3) & ~3u;
	position %= RING_BYTES;
	outw((u16)(base + REG_READ_POSITION), (u16)(position - 16));
	return bytes - CRC_BYTES;
}

static void set_up(void)
{
	u32 i;

	outb((u16)(base + REG_CONFIG1), 0);
	outb((u16)(base + REG_COMMAND), COMMAND_RESET);
	while (inb((u16)(base + REG_COMMAND)) & COMMAND_RESET)
		;
	for (i = 0; i < sizeof(address); i++)
		address[i] = inb((u16)(base + REG_ADDRESS + i));
	outl((u16)(base + REG_RECEIVE_START), (u32)(u64)received);
	outb((u16)(base + REG_COMMAND), COMMAND_RECEIVE | COMMAND_TRANSMIT);
	outl((u16)(base + REG_RECEIVE_CONFIG), ACCEPT | WRAP | RING_8K);
}

void guest_main(u32 magic, const struct multiboot_info *info)
{
	const struct nic nic = {address, send, receive};
	u32 function;

	(void)magic;
	(void)info;
	guest_ready("rtl8139");
	function = pci_find(0x10ec, 0x8139);
	if (function == PCI_NONE) {
		print("rtl8139: error: no such card\n");
		guest_done();
	}
	base = (u16)pci_bar(function, 0);
	irq = pci_irq(function);
	set_up();
	interrupt_handle((u8)(PIC_VECTOR + irq), on_interrupt);
	pic_init(PIC_VECTOR);
	pic_unmask(irq);
	outw((u16)(base + REG_INTERRUPT_MASK), RECEIVED);
	interrupts_on();
	echo_test("rtl8139", &nic);
	print("rtl8139: interrupts were there: %u\n", interrupts != 0);
	guest_done();
}
