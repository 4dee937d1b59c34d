/* SPDX-License-Identifier: EPL-2.0 */
#include "virtio_net.h"
#include "echo.h"
#include "print.h"
#include "virtio.h"

#define FEATURE_MAC   (1u << 5)
#define RECEIVE_QUEUE 0
#define SEND_QUEUE    1
#define BUFFERS       16
#define BUFFER_BYTES  2048
#define HEADER_LEGACY 10 /* 5.1.6: without the count of buffers */
#define HEADER_MODERN 12

static u8 receive_memory[VIRTIO_QUEUE_BYTES] __attribute__((aligned(4096)));
static u8 send_memory[VIRTIO_QUEUE_BYTES] __attribute__((aligned(4096)));
u8 received[BUFFERS][BUFFER_BYTES] __attribute__((aligned(4096)));
static u8 headers[BUFFERS][16], send_header[16];
static u8 sent[BUFFER_BYTES], address[6];
static struct virtio_device device;
static struct virtio_queue receive_queue, send_queue;
static u32 header_bytes;

static void send(const void *frame, u32 bytes)
{
	u32 written;

	__builtin_memcpy(sent, frame, bytes);
	virtio_describe(&send_queue, 0, send_header, header_bytes, VIRTIO_DESC_NEXT);
	virtio_describe(&send_queue, 1, sent, bytes, 0);
	virtio_give(&device, &send_queue, 0);
	virtio_take(&send_queue, &written);
}

/* Legacy devices want the header in a descriptor of its own. */
static u32 receive(void *frame)
{
	u32 bytes;
	u16 head = virtio_take(&receive_queue, &bytes);

	bytes -= header_bytes;
	__builtin_memcpy(frame, received[head / 2], bytes);
	virtio_give(&device, &receive_queue, head);
	return bytes;
}

static void give_buffers(void)
{
	u16 i;

	for (i = 0; i < BUFFERS; i++) {
		virtio_describe(&receive_queue, 2 * i, headers[i], header_bytes,
			VIRTIO_DESC_NEXT | VIRTIO_DESC_WRITE);
		virtio_describe(&receive_queue, 2 * i + 1, received[i], BUFFER_BYTES,
			VIRTIO_DESC_WRITE);
		virtio_give(&device, &receive_queue, 2 * i);
	}
}

void virtio_net_test(const char *name, u16 pci_device)
{
	const struct nic nic = {address, send, receive};
	u32 i;

	if (!virtio_begin(&device, pci_device, FEATURE_MAC)) {
		print("%s: error: no such card\n", name);
		return;
	}
	header_bytes = device.modern ? HEADER_MODERN : HEADER_LEGACY;
	for (i = 0; i < sizeof(address); i++)
		address[i] = virtio_config(&device, i);
	virtio_queue_begin(&device, &receive_queue, RECEIVE_QUEUE, receive_memory);
	virtio_queue_begin(&device, &send_queue, SEND_QUEUE, send_memory);
	virtio_ready(&device);
	give_buffers();
	echo_test(name, &nic);
}
