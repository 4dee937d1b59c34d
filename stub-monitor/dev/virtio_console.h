/* SPDX-License-Identifier: EPL-2.0 */
/*
 * A virtio console as link to the debugger: the fast one, where the machine is QEMU (-device virtio-serial-pci with a
 * virtserialport as port 1, or, with max_ports=1, a virtconsole). Driven through the legacy interface (VIRTIO 1.1, 4.1.4.8 and the "Legacy Interface" sections): queues in
 * the monitor's memory, receive notifications by MSI-X as NMI to this CPU. Of several such devices the last on bus 0 is
 * the monitor's.
 */
#ifndef DEV_VIRTIO_CONSOLE_H
#define DEV_VIRTIO_CONSOLE_H

#include "lib/types.h"

struct link;

/* What has to be kept from the guest. 0: there is no such thing. */
struct virtio_console_resources {
	u16 port, port_count;
	u64 msix_page;          /* the MSI-X table: who writes it directs writes of the device */
	u64 mapped_config_page; /* its page in memory-mapped configuration space */
};

/*
 * Finds and sets up the device, and hides it in configuration space. It neither receives nor raises anything before
 * virtio_console_start(). Returns NULL with the reason in `why`. Once, after the monitor has moved to its place.
 */
const struct link *virtio_console_init(struct virtio_console_resources *resources,
	const char **why);
void virtio_console_start(void);

/* True for a port of the device. */
bool virtio_console_port(u16 port);

#endif
