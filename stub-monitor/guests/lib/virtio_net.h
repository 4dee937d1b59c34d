/* SPDX-License-Identifier: EPL-2.0 */
/* What both virtio network guests do: the echoes of echo.h over a receive and a transmit queue, both polled. */
#ifndef GUEST_VIRTIO_NET_H
#define GUEST_VIRTIO_NET_H

#include "types.h"

void virtio_net_test(const char *name, u16 pci_device);

#endif
