/* SPDX-License-Identifier: EPL-2.0 */
/* A network card by virtio, modern interface, polled. */
#include "../lib/guest.h"
#include "../lib/virtio_net.h"

void guest_main(u32 magic, const struct multiboot_info *info)
{
	(void)magic;
	(void)info;
	guest_ready("vnet1");
	virtio_net_test("vnet1", 0x1041);
	guest_done();
}
