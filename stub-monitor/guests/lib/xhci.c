/* SPDX-License-Identifier: EPL-2.0 */
#include "xhci.h"
#include "pci.h"

#define CLASS_XHCI 0x0c0330

/* Capability registers (5.3). */
#define CAP_LENGTH     0x00
#define CAP_STRUCTURE  0x04 /* bits 7-0: slots, bits 31-24: ports */
#define CAP_PARAMETERS 0x10
#define CAP_DOORBELLS  0x14
#define CAP_RUNTIME    0x18
#define WIDE_CONTEXTS  4u /* of 64 bytes, not 32 */

/* Operational (5.4), and interrupter 0 of the runtime registers (5.5.2). */
#define OP_COMMAND       0x00
#define OP_STATUS        0x04
#define OP_COMMAND_RING  0x18
#define OP_CONTEXTS      0x30
#define OP_CONFIGURE     0x38
#define OP_PORT          0x400
#define PORT_STRIDE      0x10
#define COMMAND_RUN      1u
#define COMMAND_RESET    2u
#define STATUS_NOT_READY (1u << 11)
#define PORT_CONNECTED   1u
#define PORT_ENABLED     2u
#define PORT_RESET       (1u << 4)
#define PORT_POWER       (1u << 9)
#define PORT_SPEED(p)    ((p) >> 10 & 0xf)
#define RT_TABLE_SIZE    0x28
#define RT_TABLE         0x30
#define RT_DEQUEUE       0x38
#define DEQUEUE_BUSY     8u

/* Transfer request blocks (6.4). */
#define CYCLE           1u
#define TOGGLE          2u
#define CHAIN           (1u << 4)
#define SAY             (1u << 5) /* interrupt on completion: an event */
#define IMMEDIATE       (1u << 6)
#define DIRECTION_IN    (1u << 16)
#define SETUP_DATA_IN   (3u << 16)
#define TYPE(n)         ((u32)(n) << 10)
#define TYPE_OF(c)      ((c) >> 10 & 0x3f)
#define TRB_NORMAL      1
#define TRB_SETUP       2
#define TRB_DATA        3
#define TRB_STATUS      4
#define TRB_LINK        6
#define TRB_ENABLE_SLOT 9
#define TRB_ADDRESS     11
#define TRB_CONFIGURE   12
#define TRB_TRANSFERRED 32
#define TRB_COMPLETED   33
#define SUCCESS         1
#define SHORT_PACKET    13

#define EP_CONTROL    4
#define EP_BULK_OUT   2
#define EP_BULK_IN    6
#define EP_RETRIES    (3u << 1)
#define CONTROL_INDEX 1
#define ENDPOINTS     32
#define SPEED_SUPER   4
#define SPEED_HIGH    3
#define ENTRIES       64
#define CONTEXT_WORDS (64 / 4)

struct trb {
	u64 parameter;
	u32 status;
	volatile u32 control;
};

struct ring {
	struct trb entries[ENTRIES];
	u32 at, cycle;
} __attribute__((aligned(4096)));

static struct ring commands, events, transfers[3]; /* control, in, out */
static u64 context_table[ENTRIES * 4] __attribute__((aligned(4096)));
static u32 input[4096 / 4] __attribute__((aligned(4096)));
static u32 output[4096 / 4] __attribute__((aligned(4096)));
static struct {
	u64 base;
	u32 size, reserved;
} event_table __attribute__((aligned(64)));
static u64 base, operational, runtime, doorbells;
static u32 context_words, slot, port, speed;

static volatile u32 *reg(u64 at)
{
	return (volatile u32 *)at;
}

static void write_address(u64 at, u64 value)
{
	*reg(at) = (u32)value;
	*reg(at + 4) = (u32)(value >> 32);
}

/* The last entry leads back to the first (4.11.5.1). */
static void put(struct ring *ring, u64 parameter, u32 status, u32 control)
{
	struct trb *trb = &ring->entries[ring->at];

	trb->parameter = parameter;
	trb->status = status;
	__sync_synchronize();
	trb->control = control | ring->cycle;
	if (++ring->at < ENTRIES - 1)
		return;
	trb++;
	trb->parameter = (u64)ring->entries;
	trb->control = TYPE(TRB_LINK) | TOGGLE | (control & CHAIN) | ring->cycle;
	ring->at = 0;
	ring->cycle ^= CYCLE;
}

/* The next event of a type; others (a port's state) are of no interest. */
static struct trb wait_event(u32 type)
{
	struct trb event;

	do {
		while ((events.entries[events.at].control & CYCLE) != events.cycle)
			;
		__sync_synchronize();
		event = events.entries[events.at];
		events.at = (events.at + 1) % ENTRIES;
		events.cycle ^= events.at == 0;
		write_address(runtime + RT_DEQUEUE, (u64)&events.entries[events.at] | DEQUEUE_BUSY);
	} while (TYPE_OF(event.control) != type);
	return event;
}

static bool is_success(const struct trb *event)
{
	u32 code = event->status >> 24;

	return code == SUCCESS || code == SHORT_PACKET;
}

static struct trb command(u64 parameter, u32 control)
{
	put(&commands, parameter, 0, control);
	*reg(doorbells) = 0;
	return wait_event(TRB_COMPLETED);
}

static bool transfer(u32 index)
{
	struct trb event;

	*reg(doorbells + 4 * slot) = index;
	event = wait_event(TRB_TRANSFERRED);
	return is_success(&event);
}

static void reset(void)
{
	*reg(operational + OP_COMMAND) = 0;
	*reg(operational + OP_COMMAND) = COMMAND_RESET;
	while (*reg(operational + OP_COMMAND) & COMMAND_RESET)
		;
	while (*reg(operational + OP_STATUS) & STATUS_NOT_READY)
		;
}

bool xhci_begin(void)
{
	u32 function = pci_find_class(CLASS_XHCI);

	if (function == PCI_NONE)
		return false;
	base = pci_bar(function, 0);
	operational = base + (*reg(base + CAP_LENGTH) & 0xff);
	runtime = base + (*reg(base + CAP_RUNTIME) & ~31u);
	doorbells = base + (*reg(base + CAP_DOORBELLS) & ~3u);
	context_words = *reg(base + CAP_PARAMETERS) & WIDE_CONTEXTS ? CONTEXT_WORDS
								    : CONTEXT_WORDS / 2;
	reset();
	commands.cycle = events.cycle = CYCLE;
	event_table.base = (u64)events.entries;
	event_table.size = ENTRIES;
	*reg(operational + OP_CONFIGURE) = *reg(base + CAP_STRUCTURE) & 0xff;
	write_address(operational + OP_CONTEXTS, (u64)context_table);
	write_address(operational + OP_COMMAND_RING, (u64)commands.entries | CYCLE);
	*reg(runtime + RT_TABLE_SIZE) = 1;
	write_address(runtime + RT_DEQUEUE, (u64)events.entries);
	write_address(runtime + RT_TABLE, (u64)&event_table);
	*reg(operational + OP_COMMAND) = COMMAND_RUN;
	return true;
}

static bool reset_port(void)
{
	u32 ports = *reg(base + CAP_STRUCTURE) >> 24;
	volatile u32 *state;

	for (port = 1; port <= ports; port++) {
		state = reg(operational + OP_PORT + (port - 1) * PORT_STRIDE);
		if (*state & PORT_CONNECTED)
			break;
	}
	if (port > ports)
		return false;
	*state = PORT_POWER | PORT_RESET;
	while ((*state & (PORT_RESET | PORT_ENABLED)) != PORT_ENABLED)
		;
	speed = PORT_SPEED(*state);
	return true;
}

/* Input contexts (6.2.5): control, slot, then the endpoints from index 1 on. */
static void describe_slot(u32 last_index)
{
	u32 *context = input + context_words;

	__builtin_memset(input, 0, sizeof(input));
	input[1] = 1;
	context[0] = last_index << 27 | speed << 20;
	context[1] = port << 16;
}

static void describe_endpoint(u32 index, u32 type, u32 packet_bytes, struct ring *ring)
{
	u32 *context = input + (index + 1) * context_words;

	ring->cycle = CYCLE;
	input[1] |= 1u << index;
	context[1] = packet_bytes << 16 | type << 3 | EP_RETRIES;
	*(u64 *)(context + 2) = (u64)ring->entries | CYCLE;
	context[4] = packet_bytes;
}

bool xhci_address(void)
{
	u32 packet_bytes;
	struct trb event;

	if (!reset_port())
		return false;
	packet_bytes = speed == SPEED_SUPER ? 512 : speed == SPEED_HIGH ? 64 : 8;
	event = command(0, TYPE(TRB_ENABLE_SLOT));
	slot = event.control >> 24;
	if (!is_success(&event))
		return false;
	context_table[slot] = (u64)output;
	describe_slot(CONTROL_INDEX);
	describe_endpoint(CONTROL_INDEX, EP_CONTROL, packet_bytes, &transfers[0]);
	event = command((u64)input, TYPE(TRB_ADDRESS) | slot << 24);
	return is_success(&event);
}

bool xhci_control(const struct xhci_setup *setup, void *data)
{
	u64 words;

	__builtin_memcpy(&words, setup, sizeof(words));
	put(&transfers[0], words, sizeof(words),
		TYPE(TRB_SETUP) | IMMEDIATE | (setup->length ? SETUP_DATA_IN : 0));
	if (setup->length)
		put(&transfers[0], (u64)data, setup->length, TYPE(TRB_DATA) | DIRECTION_IN);
	put(&transfers[0], 0, 0, TYPE(TRB_STATUS) | SAY | (setup->length ? 0 : DIRECTION_IN));
	return transfer(CONTROL_INDEX);
}

/* 4.5.1: the device context index. */
static u32 index_of(const struct xhci_endpoint *endpoint)
{
	return 2u * (endpoint->address & 0xf) + (endpoint->address >> 7);
}

bool xhci_bulk_begin(const struct xhci_endpoint *in, const struct xhci_endpoint *out)
{
	struct trb event;

	describe_slot(ENDPOINTS - 1);
	describe_endpoint(index_of(in), EP_BULK_IN, in->packet_bytes, &transfers[1]);
	describe_endpoint(index_of(out), EP_BULK_OUT, out->packet_bytes, &transfers[2]);
	event = command((u64)input, TYPE(TRB_CONFIGURE) | slot << 24);
	return is_success(&event);
}

bool xhci_bulk(const struct xhci_endpoint *endpoint, void *data, u32 bytes)
{
	struct ring *ring = &transfers[endpoint->address >> 7 ? 1 : 2];
	u64 at = (u64)data;

	while (bytes > XHCI_PIECE_BYTES) {
		put(ring, at, XHCI_PIECE_BYTES, TYPE(TRB_NORMAL) | CHAIN);
		at += XHCI_PIECE_BYTES;
		bytes -= XHCI_PIECE_BYTES;
	}
	put(ring, at, bytes, TYPE(TRB_NORMAL) | SAY);
	return transfer(index_of(endpoint));
}
