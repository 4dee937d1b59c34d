/* SPDX-License-Identifier: EPL-2.0 */
#include "dev/virtio_queue.h"

#include "cpu/io.h"
#include "cpu/phys.h"

#define REG_QUEUE_PAGE   8
#define REG_QUEUE_SIZE   12
#define REG_QUEUE_SELECT 14
#define REG_QUEUE_NOTIFY 16
#define REG_QUEUE_VECTOR 22

bool virtio_queue_init(struct virtio_queue *queue, u16 base, u16 number, u16 vector, unsigned least)
{
	u64 available;

	queue->base = base;
	queue->number = number;
	io_write(base + REG_QUEUE_SELECT, 2, number);
	queue->size = (u16)io_read(base + REG_QUEUE_SIZE, 2);
	if (queue->size < least || queue->size > VIRTIO_QUEUE_SIZE_MAX)
		return false;
	available = sizeof(struct virtio_descriptor) * queue->size;
	queue->descriptors = (volatile struct virtio_descriptor *)queue->memory;
	queue->available = (volatile struct virtio_available *)(queue->memory + available);
	queue->used = (volatile struct virtio_used *)(queue->memory +
		((available + sizeof(u16) * (3 + queue->size) + PAGE_MASK) & ~PAGE_MASK));
	io_write(base + REG_QUEUE_PAGE, 4, (u32)(virt_to_phys(queue->memory) >> PAGE_SHIFT));
	io_write(base + REG_QUEUE_VECTOR, 2, vector);
	return io_read(base + REG_QUEUE_VECTOR, 2) == vector;
}

bool virtio_queue_hand_over(struct virtio_queue *queue, u16 id)
{
	u16 index = queue->available->index;

	queue->available->ring[index % queue->size] = id;
	__sync_synchronize();
	queue->available->index = (u16)(index + 1);
	__sync_synchronize();
	return queue->used->index == index;
}

void virtio_queue_send(struct virtio_queue *queue, u64 address, u32 length)
{
	queue->descriptors[0].address = address;
	queue->descriptors[0].length = length;
	virtio_queue_hand_over(queue, 0);
	virtio_queue_notify(queue);
}

void virtio_queue_notify(const struct virtio_queue *queue)
{
	io_write(queue->base + REG_QUEUE_NOTIFY, 2, queue->number);
}

bool virtio_queue_is_idle(const struct virtio_queue *queue)
{
	return queue->used->index == queue->available->index;
}
