/* SPDX-License-Identifier: EPL-2.0 */
/*
 * The device never writes anywhere but into the receive buffers and the two used rings below, all in the monitor's
 * memory: the guest cannot tell whether there is a debugger.
 *
 * Whose NMI it was tells the interrupt status register: the device sets it before it raises the interrupt, and reading
 * clears it (4.1.4.5.2; QEMU sets it with MSI-X as well). In QEMU one access to a port comes before or after the whole of
 * "used ring, status, NMI" in another thread; so an NMI whose status has been read is pending already.
 */
#include "dev/virtio_console.h"

#include "cpu/interrupts.h"
#include "cpu/io.h"
#include "cpu/phys.h"
#include "dev/lapic.h"
#include "dev/link.h"
#include "dev/pci.h"
#include "dev/virtio_queue.h"
#include "lib/string.h"

#define VIRTIO_CONSOLE_ID 0x10031af4u /* device 1003h: transitional, vendor 1AF4h */

/* Legacy registers in BAR 0 (4.1.4.8), with MSI-X enabled. */
#define REG_DEVICE_FEATURES 0
#define REG_GUEST_FEATURES  4
#define REG_STATUS          18
#define REG_INTERRUPT       19
#define REG_CONFIG_VECTOR   20
#define REG_PORTS           28 /* max_nr_ports of the console's configuration (5.3.4) */
#define STATUS_ACKNOWLEDGE  1
#define STATUS_DRIVER       2
#define STATUS_DRIVER_OK    4

/* MSI-X (PCI 3.0, 6.8.2) and the message's format (APM 2 16.12). */
#define CAPABILITY_MSIX  0x11
#define MSIX_TABLE       4
#define MSIX_BAR_MASK    7u
#define MSIX_ENABLE      BIT(31)
#define MESSAGE_ADDRESS  0xfee00000u
#define MESSAGE_ID_SHIFT 12
#define MESSAGE_NMI      0x400

/*
 * Queues (5.3.2): those of port 0, and with the multiport feature those for control and those of port 1. QEMU loses what
 * the host of port 0 does not read in time, and holds the queue of any other port until it has.
 */
#define MULTIPORT        BIT(1)
#define RECEIVE_QUEUE    0
#define TRANSMIT_QUEUE   1
#define CONTROL_TRANSMIT 3
#define RECEIVE_QUEUE_1  4
#define TRANSMIT_QUEUE_1 5

/* Messages to the device (5.3.6.2). */
#define DEVICE_READY  0
#define PORT_READY    3
#define PORT_OPEN     6
#define CONTROL_LOOKS 1000000

#define RECEIVE_BUFFERS 16
#define RECEIVE_SIZE    4096 /* QEMU hands over no more at once */
#define TRANSMIT_SIZE   0x8000
#define TRANSMIT_LOOKS  200000000 /* some seconds */
#define PACKET_SIZE     0x4000

struct control {
	u32 port;
	u16 event, value;
};

static u8 received[RECEIVE_BUFFERS][RECEIVE_SIZE] __attribute__((aligned(4096)));
static u8 transmitted[TRANSMIT_SIZE] __attribute__((aligned(4096)));
static struct virtio_queue receiver = {0}, transmitter = {0}, controller = {0};
static struct control message __attribute__((aligned(8)));
static bool multiport;
#define ACKNOWLEDGEMENT '+' /* GDB manual, Packet Acknowledgment */

static const u8 *next, *end; /* what is left of the receive buffer in hand */
static u8 held;              /* not sent yet, or 0 */
static u16 in_hand;          /* its descriptor, if end is not NULL */
static u16 base, port_count;
static struct pci_function device;
static unsigned msix;

/* ---- receiving ---- */

static bool is_filled(void)
{
	return next != end || receiver.used->index != receiver.seen;
}

static void give_back(void)
{
	end = next = NULL;
	if (virtio_queue_hand_over(&receiver, in_hand))
		virtio_queue_notify(&receiver);
}

/*
 * The next filled buffer, and its NMI with it: nothing that runs the guest on the debugger's behalf shall be ended by it.
 * A length or number that the device made up is taken for one that is possible.
 */
static bool open_buffer(void)
{
	u32 length;

	if (receiver.used->index == receiver.seen)
		return false;
	in8(base + REG_INTERRUPT);
	interrupts_take_nmis();
	in_hand = (u16)(receiver.used->ring[receiver.seen % receiver.size].id % RECEIVE_BUFFERS);
	length = receiver.used->ring[receiver.seen % receiver.size].length;
	receiver.seen++;
	next = received[in_hand];
	end = next + min_u64(length, RECEIVE_SIZE);
	return true;
}

static int receive(void)
{
	int byte;

	while (next == end) {
		if (end)
			give_back();
		if (!open_buffer())
			return -1;
	}
	byte = *next++;
	if (next == end)
		give_back();
	return byte;
}

static bool interrupted(void)
{
	return (in8(base + REG_INTERRUPT) & 1) || is_filled();
}

/* ---- transmitting ---- */

static bool can_write(void)
{
	return virtio_queue_is_idle(&transmitter);
}

/* A host that has stopped reading is waited for once; until it reads again, what is for it is dropped at once. */
static bool transmitter_free(void)
{
	static bool given_up;

	for (unsigned i = 0; i < (given_up ? 1 : TRANSMIT_LOOKS); i++) {
		if (can_write()) {
			given_up = false;
			return true;
		}
		link_gather();
	}
	given_up = true;
	return false;
}

static void send(const u8 *from, size_t length)
{
	for (size_t part, before; length; from += part, length -= part) {
		before = held ? 1 : 0;
		part = min_u64(length, TRANSMIT_SIZE - before);
		if (!transmitter_free())
			return;
		transmitted[0] = held;
		held = 0;
		memcpy(transmitted + before, from, part);
		virtio_queue_send(&transmitter, virt_to_phys(transmitted), (u32)(before + part));
	}
}

/* What was held goes out alone. */
static void let_go(void)
{
	u8 byte = held;

	held = 0;
	if (byte)
		send(&byte, 1);
}

/* After an acknowledgement its reply mostly comes next: one message instead of two, each of which wakes up the host. */
static void write(const void *data, size_t length)
{
	const u8 *from = data;

	if (length != 1 || *from != ACKNOWLEDGEMENT) {
		send(from, length);
		return;
	}
	let_go();
	held = *from;
}

/* Asked before waiting, and before the guest runs. */
static bool has_input(void)
{
	let_go();
	return is_filled();
}

static const struct link console_link = {.receive = receive,
	.has_input = has_input,
	.interrupted = interrupted,
	.write = write,
	.can_write = can_write,
	.packet_size = PACKET_SIZE,
	.in_memory = true};

/* ---- setting up ---- */

static bool set_up_queues(void)
{
	multiport = (io_read(base + REG_DEVICE_FEATURES, 4) & MULTIPORT) &&
		io_read(base + REG_PORTS, 4) > 1;
	io_write(base + REG_GUEST_FEATURES, 4, multiport ? (u32)MULTIPORT : 0);
	io_write(base + REG_CONFIG_VECTOR, 2, VIRTIO_NO_VECTOR);
	if (multiport &&
		!virtio_queue_init(&controller, base, CONTROL_TRANSMIT, VIRTIO_NO_VECTOR, 1))
		return false;
	return virtio_queue_init(&receiver, base, multiport ? RECEIVE_QUEUE_1 : RECEIVE_QUEUE, 0,
		       RECEIVE_BUFFERS) &&
		virtio_queue_init(&transmitter, base, multiport ? TRANSMIT_QUEUE_1 : TRANSMIT_QUEUE,
			VIRTIO_NO_VECTOR, 1);
}

static void fill_queues(void)
{
	for (u16 i = 0; i < RECEIVE_BUFFERS; i++) {
		receiver.descriptors[i].address = virt_to_phys(received[i]);
		receiver.descriptors[i].length = RECEIVE_SIZE;
		receiver.descriptors[i].flags = VIRTIO_DESC_WRITE;
		virtio_queue_hand_over(&receiver, i);
	}
	transmitter.available->flags =
		VIRTIO_NO_INTERRUPT; /* it would set the status register without an NMI */
	if (multiport)
		controller.available->flags = VIRTIO_NO_INTERRUPT;
}

/* Entry 0 of the table: an NMI to this CPU. */
static void direct_messages(u64 table)
{
	volatile u32 *entry = phys_to_virt(table);

	entry[0] = MESSAGE_ADDRESS | lapic_id() << MESSAGE_ID_SHIFT;
	entry[1] = 0;
	entry[2] = MESSAGE_NMI;
	entry[3] = 0;
}

static bool find_resources(struct virtio_console_resources *resources, u64 *table)
{
	u32 io = pci_read(device, PCI_BAR(0)), where, memory;

	msix = pci_capability(device, CAPABILITY_MSIX);
	if (!msix || !(io & PCI_BAR_IO))
		return false;
	where = pci_read(device, msix + MSIX_TABLE);
	memory = pci_read(device, PCI_BAR(where & MSIX_BAR_MASK)) & ~15u;
	*table = memory + (where & ~MSIX_BAR_MASK);
	base = (u16)(io & ~3u);
	port_count = (u16)pci_bar_size(device, 0);
	resources->port = base;
	resources->port_count = port_count;
	resources->msix_page = *table & ~PAGE_MASK;
	resources->mapped_config_page = pci_mapped_config(device);
	return base && memory;
}

const struct link *virtio_console_init(struct virtio_console_resources *resources, const char **why)
{
	u64 table;

	*why = "link=virtio, and there is no virtio console on PCI bus 0 (QEMU: -device virtio-serial-pci)";
	if (!pci_find_last(VIRTIO_CONSOLE_ID, &device))
		return NULL;
	*why = "link=virtio, and the virtio console has no legacy interface with MSI-X (QEMU: disable-legacy=off)";
	pci_write(device, PCI_COMMAND, PCI_COMMAND_NO_INTX);
	if (!find_resources(resources, &table))
		return NULL;
	pci_write(device, PCI_COMMAND,
		PCI_COMMAND_IO | PCI_COMMAND_MEMORY | PCI_COMMAND_BUS_MASTER | PCI_COMMAND_NO_INTX);
	out8(base + REG_STATUS, 0);
	out8(base + REG_STATUS, STATUS_ACKNOWLEDGE | STATUS_DRIVER);
	pci_write(device, msix, pci_read(device, msix) | (u32)MSIX_ENABLE);
	direct_messages(table);
	if (!set_up_queues())
		return NULL;
	fill_queues();
	pci_own(device);
	return &console_link;
}

static void tell(u32 port, u16 event)
{
	message = (struct control){.port = port, .event = event, .value = 1};
	virtio_queue_send(&controller, virt_to_phys(&message), sizeof(message));
	for (unsigned i = 0; i < CONTROL_LOOKS && !virtio_queue_is_idle(&controller); i++)
		;
}

void virtio_console_start(void)
{
	out8(base + REG_STATUS, STATUS_ACKNOWLEDGE | STATUS_DRIVER | STATUS_DRIVER_OK);
	if (multiport) {
		tell(0, DEVICE_READY);
		tell(1, PORT_READY);
		tell(1, PORT_OPEN);
	}
	virtio_queue_notify(&receiver);
}

bool virtio_console_port(u16 port)
{
	return port >= base && port < base + port_count;
}
