/* SPDX-License-Identifier: EPL-2.0 */
#include "virtio.h"
#include "pci.h"
#include "port.h"

#define VENDOR       0x1af4
#define FIRST_MODERN 0x1040
#define NO_INTERRUPT 1

#define STATUS_ALIVE       3 /* acknowledge, driver */
#define STATUS_DRIVER_OK   4
#define STATUS_FEATURES_OK 8
#define VERSION_1          1u /* in feature bits 63-32 */

/* Legacy, by ports (4.1.4.8). */
#define PORT_FEATURES     4
#define PORT_QUEUE_PFN    8
#define PORT_QUEUE_SIZE   12
#define PORT_QUEUE_SELECT 14
#define PORT_NOTIFY       16
#define PORT_STATUS       18
#define PORT_CONFIG       20

/* Modern, struct virtio_pci_cap and virtio_pci_common_cfg (4.1.4). */
#define CAP_VENDOR        9
#define CAP_BAR           4
#define CAP_OFFSET        8
#define CAP_MULTIPLIER    16
#define TYPE_COMMON       1
#define TYPE_NOTIFY       2
#define TYPE_DEVICE       4
#define FEATURE_SELECT    0x08
#define FEATURES          0x0c
#define STATUS            0x14
#define QUEUE_SELECT      0x16
#define QUEUE_SIZE        0x18
#define QUEUE_ENABLE      0x1c
#define QUEUE_NOTIFY      0x1e
#define QUEUE_DESCRIPTORS 0x20
#define QUEUE_AVAILABLE   0x28
#define QUEUE_USED        0x30

static volatile u32 *common32(const struct virtio_device *d, u32 reg)
{
	return (volatile u32 *)(d->common + reg);
}

static volatile u16 *common16(const struct virtio_device *d, u32 reg)
{
	return (volatile u16 *)(d->common + reg);
}

static void write_address(const struct virtio_device *d, u32 reg, const void *at)
{
	*common32(d, reg) = (u32)(u64)at;
	*common32(d, reg + 4) = (u32)((u64)at >> 32);
}

static u8 read_status(const struct virtio_device *d)
{
	return d->modern ? *(volatile u8 *)(d->common + STATUS)
			 : inb((u16)(d->ports + PORT_STATUS));
}

static void write_status(const struct virtio_device *d, u8 status)
{
	if (d->modern)
		*(volatile u8 *)(d->common + STATUS) = status;
	else
		outb((u16)(d->ports + PORT_STATUS), status);
}

static void find_capabilities(struct virtio_device *d, u32 function)
{
	u32 at = 0;

	while ((at = pci_capability(function, CAP_VENDOR, at)) != 0) {
		u64 bar = pci_bar(function, pci_read(function, at + CAP_BAR) & 0xff);
		u64 address = bar + pci_read(function, at + CAP_OFFSET);
		u32 type = pci_read(function, at) >> 24;

		if (type == TYPE_COMMON)
			d->common = address;
		if (type == TYPE_DEVICE)
			d->config = address;
		if (type == TYPE_NOTIFY) {
			d->notify = address;
			d->notify_multiplier = pci_read(function, at + CAP_MULTIPLIER);
		}
	}
}

static bool accept(struct virtio_device *d, u32 features)
{
	if (!d->modern) {
		outl((u16)(d->ports + PORT_FEATURES), features);
		return true;
	}
	*common32(d, FEATURE_SELECT) = 0;
	*common32(d, FEATURES) = features;
	*common32(d, FEATURE_SELECT) = 1;
	*common32(d, FEATURES) = VERSION_1;
	write_status(d, STATUS_ALIVE | STATUS_FEATURES_OK);
	return read_status(d) & STATUS_FEATURES_OK;
}

bool virtio_begin(struct virtio_device *device, u16 pci_device, u32 features)
{
	u32 function = pci_find(VENDOR, pci_device);

	if (function == PCI_NONE)
		return false;
	*device = (struct virtio_device){.modern = pci_device >= FIRST_MODERN};
	if (device->modern)
		find_capabilities(device, function);
	else
		device->ports = (u16)pci_bar(function, 0);
	if (device->modern && !(device->common && device->notify))
		return false;
	write_status(device, 0);
	while (read_status(device))
		;
	write_status(device, STATUS_ALIVE);
	return accept(device, features);
}

/* Legacy drivers cannot choose another layout, nor the size; modern ones may have the same. */
static void lay_out(struct virtio_queue *q, u8 *memory)
{
	u64 end = sizeof(struct virtio_descriptor) * q->size + 6 + 2ull * q->size;

	q->descriptors = (struct virtio_descriptor *)memory;
	q->available = (struct virtio_available *)(q->descriptors + q->size);
	q->used = (struct virtio_used *)(memory + ((end + 4095) & ~4095ull));
	q->available->flags = NO_INTERRUPT;
}

static void begin_modern(struct virtio_device *d, struct virtio_queue *q, u8 *memory)
{
	*common16(d, QUEUE_SELECT) = q->number;
	q->size = *common16(d, QUEUE_SIZE);
	lay_out(q, memory);
	write_address(d, QUEUE_DESCRIPTORS, q->descriptors);
	write_address(d, QUEUE_AVAILABLE, q->available);
	write_address(d, QUEUE_USED, q->used);
	q->notify = (volatile u16 *)(d->notify + *common16(d, QUEUE_NOTIFY) * d->notify_multiplier);
	*common16(d, QUEUE_ENABLE) = 1;
}

void virtio_queue_begin(struct virtio_device *device, struct virtio_queue *queue, u16 number,
	void *memory)
{
	*queue = (struct virtio_queue){.number = number};
	if (device->modern) {
		begin_modern(device, queue, memory);
		return;
	}
	outw((u16)(device->ports + PORT_QUEUE_SELECT), number);
	queue->size = inw((u16)(device->ports + PORT_QUEUE_SIZE));
	lay_out(queue, memory);
	outl((u16)(device->ports + PORT_QUEUE_PFN), (u32)((u64)memory >> 12));
}

void virtio_ready(struct virtio_device *device)
{
	write_status(device, read_status(device) | STATUS_DRIVER_OK);
}

u8 virtio_config(const struct virtio_device *device, u32 offset)
{
	return device->modern ? *(volatile u8 *)(device->config + offset)
			      : inb((u16)(device->ports + PORT_CONFIG + offset));
}

void virtio_describe(struct virtio_queue *queue, u16 i, const volatile void *at, u32 length,
	u16 flags)
{
	queue->descriptors[i] = (struct virtio_descriptor){(u64)at, length, flags, (u16)(i + 1)};
}

void virtio_give(const struct virtio_device *device, struct virtio_queue *queue, u16 head)
{
	struct virtio_available *a = queue->available;

	a->ring[a->index % queue->size] = head;
	__sync_synchronize();
	a->index++;
	__sync_synchronize();
	if (device->modern)
		*queue->notify = queue->number;
	else
		outw((u16)(device->ports + PORT_NOTIFY), queue->number);
}

u16 virtio_take(struct virtio_queue *queue, u32 *bytes)
{
	u16 at = queue->seen % queue->size;

	while (queue->used->index == queue->seen)
		;
	__sync_synchronize();
	queue->seen++;
	*bytes = queue->used->ring[at].length;
	return (u16)queue->used->ring[at].id;
}
