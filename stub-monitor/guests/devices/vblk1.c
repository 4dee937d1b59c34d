/* SPDX-License-Identifier: EPL-2.0 */
/* A disk by virtio, modern interface (registers in memory, found by PCI capabilities), polled. */
#include "../lib/disk.h"
#include "../lib/guest.h"
#include "../lib/print.h"
#include "../lib/virtio.h"

#define TYPE_IN  0
#define TYPE_OUT 1

static u8 memory[VIRTIO_QUEUE_BYTES] __attribute__((aligned(4096)));
static struct virtio_device device;
static struct virtio_queue queue;
static struct {
	u32 type, reserved;
	u64 sector;
} request;
static volatile u8 status;

static bool transfer(enum disk_direction direction, u64 sector, void *data)
{
	u16 written = direction == DISK_READ ? VIRTIO_DESC_WRITE : 0;
	u32 bytes;

	request.type = direction == DISK_READ ? TYPE_IN : TYPE_OUT;
	request.sector = sector;
	status = 0xff;
	virtio_describe(&queue, 0, &request, sizeof(request), VIRTIO_DESC_NEXT);
	virtio_describe(&queue, 1, data, TRANSFER_BYTES, VIRTIO_DESC_NEXT | written);
	virtio_describe(&queue, 2, &status, 1, VIRTIO_DESC_WRITE);
	virtio_give(&device, &queue, 0);
	virtio_take(&queue, &bytes);
	return status == 0;
}

void guest_main(u32 magic, const struct multiboot_info *info)
{
	(void)magic;
	(void)info;
	guest_ready("vblk1");
	if (!virtio_begin(&device, 0x1042, 0)) {
		print("vblk1: error: no such disk\n");
		guest_done();
	}
	virtio_queue_begin(&device, &queue, 0, memory);
	virtio_ready(&device);
	disk_test("vblk1", transfer);
	guest_done();
}
