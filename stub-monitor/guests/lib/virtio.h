/* SPDX-License-Identifier: EPL-2.0 */
/* Virtio over PCI (Virtual I/O Device 1.0, 2.4 and 4.1), legacy by ports or modern by capabilities; queues are polled in memory. */
#ifndef GUEST_VIRTIO_H
#define GUEST_VIRTIO_H

#include "types.h"

#define VIRTIO_QUEUE_MAX   256
#define VIRTIO_QUEUE_BYTES (4 * 4096)
#define VIRTIO_DESC_NEXT   1
#define VIRTIO_DESC_WRITE  2

struct virtio_descriptor {
	u64 address;
	u32 length;
	u16 flags, next;
};

struct virtio_available {
	u16 flags, index, ring[VIRTIO_QUEUE_MAX];
};

struct virtio_used {
	u16 flags;
	volatile u16 index;
	struct {
		u32 id, length;
	} ring[VIRTIO_QUEUE_MAX];
};

struct virtio_queue {
	struct virtio_descriptor *descriptors;
	struct virtio_available *available;
	struct virtio_used *used;
	u16 number, size, seen;
	volatile u16 *notify; /* modern */
};

struct virtio_device {
	bool modern;
	u16 ports;
	u64 common, notify, config;
	u32 notify_multiplier;
};

/* `pci_device` from 1040h on is modern. False: there is none, or it refuses the features (bits 31-0). */
bool virtio_begin(struct virtio_device *device, u16 pci_device, u32 features);
/* In `memory`: VIRTIO_QUEUE_BYTES, zero, at a page's begin. */
void virtio_queue_begin(struct virtio_device *device, struct virtio_queue *queue, u16 number,
	void *memory);
void virtio_ready(struct virtio_device *device);
u8 virtio_config(const struct virtio_device *device, u32 offset);

void virtio_describe(struct virtio_queue *queue, u16 i, const volatile void *at, u32 length,
	u16 flags);
/* The chain that begins with descriptor `head` is the device's. */
void virtio_give(const struct virtio_device *device, struct virtio_queue *queue, u16 head);
/* Waits for a chain to come back: its head, and how many bytes the device wrote. */
u16 virtio_take(struct virtio_queue *queue, u32 *bytes);

#endif
