/* SPDX-License-Identifier: EPL-2.0 */
/* A network card by virtio, legacy interface, polled. */
#include "../lib/guest.h"
#include "../lib/virtio_net.h"

void guest_main(u32 magic, const struct multiboot_info *info)
{
	(void)magic;
	(void)info;
	guest_ready("vnet");
	virtio_net_test("vnet", 0x1000);
	guest_done();
}
