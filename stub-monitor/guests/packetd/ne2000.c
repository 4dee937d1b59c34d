/* SPDX-License-Identifier: EPL-2.0 */
/* The NE2000 driver; see ne2000.h. Everything but ne2000_init() runs in the interrupt handler. */
#include "ne2000.h"
#include "lib/port.h"

#define NE2000_PORT 0x300
#define REG_COMMAND (NE2000_PORT + 0x00)
#define REG_DATA    (NE2000_PORT + 0x10)
#define REG_RESET   (NE2000_PORT + 0x1f)

/* Page 0 */
#define REG_PAGE_START          (NE2000_PORT + 0x01)
#define REG_PAGE_STOP           (NE2000_PORT + 0x02)
#define REG_BOUNDARY            (NE2000_PORT + 0x03)
#define REG_SEND_PAGE           (NE2000_PORT + 0x04)
#define REG_SEND_COUNT_LOW      (NE2000_PORT + 0x05)
#define REG_SEND_COUNT_HIGH     (NE2000_PORT + 0x06)
#define REG_INTERRUPT_STATUS    (NE2000_PORT + 0x07)
#define REG_REMOTE_ADDRESS_LOW  (NE2000_PORT + 0x08)
#define REG_REMOTE_ADDRESS_HIGH (NE2000_PORT + 0x09)
#define REG_REMOTE_COUNT_LOW    (NE2000_PORT + 0x0a)
#define REG_REMOTE_COUNT_HIGH   (NE2000_PORT + 0x0b)
#define REG_RECEIVE_CONFIG      (NE2000_PORT + 0x0c)
#define REG_SEND_CONFIG         (NE2000_PORT + 0x0d)
#define REG_DATA_CONFIG         (NE2000_PORT + 0x0e)
#define REG_INTERRUPT_MASK      (NE2000_PORT + 0x0f)
/* Page 1 */
#define REG_ADDRESS0     (NE2000_PORT + 0x01)
#define REG_CURRENT_PAGE (NE2000_PORT + 0x07)

#define COMMAND_STOP         0x21
#define COMMAND_START        0x22
#define COMMAND_START_PAGE1  0x62
#define COMMAND_STOP_PAGE1   0x61
#define COMMAND_REMOTE_READ  0x0a
#define COMMAND_REMOTE_WRITE 0x12
#define COMMAND_SEND         0x26

#define INTERRUPT_RECEIVED 0x01
#define INTERRUPT_OVERFLOW 0x10
#define INTERRUPT_RESET    0x80
#define INTERRUPT_ALL      0xff

#define RECEIVE_BROADCAST      0x04
#define DATA_WORDS_NO_LOOPBACK 0x49

#define PROM_BYTES 32
#define SEND_PAGE  0x40
#define FIRST_PAGE 0x46
#define STOP_PAGE  0x80
#define READ_BYTES 302

struct ring_header {
	u8 status;
	u8 next_page;
	u16 bytes;
};

struct received {
	struct ring_header ring;
	u8 frame[FRAME_HEADER_BYTES];
};

static u8 address[ETHERNET_ADDRESS_BYTES];
static u8 read_page;
static u8 current_page;
static u8 next_page;

static void start_remote_dma(u8 command, u16 at, u16 bytes)
{
	outb(REG_REMOTE_ADDRESS_LOW, (u8)at);
	outb(REG_REMOTE_ADDRESS_HIGH, (u8)(at >> 8));
	outb(REG_REMOTE_COUNT_LOW, (u8)bytes);
	outb(REG_REMOTE_COUNT_HIGH, (u8)(bytes >> 8));
	outb(REG_COMMAND, command);
}

static void reset(void)
{
	outb(REG_RESET, inb(REG_RESET));
	while (!(inb(REG_INTERRUPT_STATUS) & INTERRUPT_RESET))
		;
	outb(REG_COMMAND, COMMAND_STOP);
	outb(REG_DATA_CONFIG, DATA_WORDS_NO_LOOPBACK);
	outb(REG_RECEIVE_CONFIG, RECEIVE_BROADCAST);
	outb(REG_SEND_CONFIG, 0);
}

/* The address PROM shows every byte twice. */
static void read_address(void)
{
	u16 prom[PROM_BYTES / 2];
	u32 i;

	start_remote_dma(COMMAND_REMOTE_READ, 0, PROM_BYTES);
	insw(REG_DATA, prom, ARRAY_SIZE(prom));
	for (i = 0; i < ETHERNET_ADDRESS_BYTES; i++)
		address[i] = (u8)prom[i];
}

static void set_up_ring(void)
{
	u32 i;

	outb(REG_PAGE_START, FIRST_PAGE);
	outb(REG_PAGE_STOP, STOP_PAGE);
	outb(REG_BOUNDARY, FIRST_PAGE);
	outb(REG_COMMAND, COMMAND_STOP_PAGE1);
	for (i = 0; i < ETHERNET_ADDRESS_BYTES; i++)
		outb((u16)(REG_ADDRESS0 + i), address[i]);
	read_page = FIRST_PAGE + 1;
	outb(REG_CURRENT_PAGE, read_page);
	outb(REG_COMMAND, COMMAND_STOP);
}

void ne2000_init(void)
{
	reset();
	read_address();
	set_up_ring();
	outb(REG_INTERRUPT_STATUS, INTERRUPT_ALL);
	outb(REG_INTERRUPT_MASK, INTERRUPT_RECEIVED | INTERRUPT_OVERFLOW);
	outb(REG_COMMAND, COMMAND_START);
}

const u8 *ne2000_address(void)
{
	return address;
}

/* Acknowledged before the ring is looked at: what arrives later interrupts again. */
void ne2000_acknowledge(void)
{
	outb(REG_INTERRUPT_STATUS, inb(REG_INTERRUPT_STATUS));
	outb(REG_COMMAND, COMMAND_START_PAGE1);
	current_page = inb(REG_CURRENT_PAGE);
	outb(REG_COMMAND, COMMAND_START);
}

bool ne2000_next_frame(u8 header[FRAME_HEADER_BYTES])
{
	struct received received;

	if (read_page == current_page)
		return false;
	start_remote_dma(COMMAND_REMOTE_READ, (u16)(read_page << 8), READ_BYTES);
	insw(REG_DATA, &received, sizeof(received) / 2);
	next_page = received.ring.next_page;
	__builtin_memcpy(header, received.frame, FRAME_HEADER_BYTES);
	return true;
}

void ne2000_read_payload(void *to, u32 bytes)
{
	insw(REG_DATA, to, bytes / 2);
}

/* The boundary stays one page behind: equal to the current page would mean full. */
void ne2000_release_frame(void)
{
	read_page = next_page;
	outb(REG_BOUNDARY, read_page == FIRST_PAGE ? STOP_PAGE - 1 : read_page - 1);
}

void ne2000_send(const void *frame, u32 bytes)
{
	start_remote_dma(COMMAND_REMOTE_WRITE, SEND_PAGE << 8, (u16)bytes);
	outsw(REG_DATA, frame, bytes / 2);
	outb(REG_SEND_PAGE, SEND_PAGE);
	outb(REG_SEND_COUNT_LOW, (u8)bytes);
	outb(REG_SEND_COUNT_HIGH, (u8)(bytes >> 8));
	outb(REG_COMMAND, COMMAND_SEND);
}
