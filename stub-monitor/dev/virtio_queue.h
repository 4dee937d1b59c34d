/* SPDX-License-Identifier: EPL-2.0 */
/*
 * A split virtqueue in the monitor's memory (VIRTIO 1.1, 2.6), in the legacy layout, where the used ring begins on the
 * next page, and driven through the legacy registers in BAR 0 (4.1.4.8) with MSI-X enabled.
 */
#ifndef DEV_VIRTIO_QUEUE_H
#define DEV_VIRTIO_QUEUE_H

#include "lib/types.h"

#define VIRTIO_QUEUE_SIZE_MAX 256
#define VIRTIO_NO_VECTOR      0xffff

#define VIRTIO_DESC_WRITE   2
#define VIRTIO_NO_INTERRUPT 1 /* flag of an available ring */

struct virtio_descriptor {
	u64 address;
	u32 length;
	u16 flags, next;
};

struct virtio_available {
	u16 flags, index, ring[VIRTIO_QUEUE_SIZE_MAX];
};

struct virtio_used {
	u16 flags, index;
	struct {
		u32 id, length;
	} ring[VIRTIO_QUEUE_SIZE_MAX];
};

#define VIRTIO_RING_PAGE_1 \
	((sizeof(struct virtio_descriptor) * VIRTIO_QUEUE_SIZE_MAX + \
		 sizeof(struct virtio_available) + PAGE_MASK) & \
		~PAGE_MASK)

struct virtio_queue {
	u8 memory[VIRTIO_RING_PAGE_1 + 2 * PAGE_SIZE] __attribute__((aligned(4096)));
	volatile struct virtio_descriptor *descriptors;
	volatile struct virtio_available *available;
	volatile struct virtio_used *used;
	u16 base, number;
	u16 size, seen; /* seen: used entries taken so far */
};

/*
 * Gives the device at port `base` its queue `number`, whose notifications go by MSI-X entry `vector`. False if the device
 * has no such queue, one of under `least` or over VIRTIO_QUEUE_SIZE_MAX entries, or does not take the vector.
 */
bool virtio_queue_init(struct virtio_queue *queue, u16 base, u16 number, u16 vector,
	unsigned least);

/* Hands descriptor `id` to the device. True if it had used up all others: it may have stopped looking. */
bool virtio_queue_hand_over(struct virtio_queue *queue, u16 id);

/* Hands over descriptor 0, with `length` bytes at `address`, and notifies the device. */
void virtio_queue_send(struct virtio_queue *queue, u64 address, u32 length);

void virtio_queue_notify(const struct virtio_queue *queue);

/* True if the device has used up all that was handed over. */
bool virtio_queue_is_idle(const struct virtio_queue *queue);

#endif
