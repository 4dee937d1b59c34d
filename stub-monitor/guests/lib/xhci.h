/* SPDX-License-Identifier: EPL-2.0 */
/*
 * One USB device behind an xHCI controller (eXtensible Host Controller Interface 1.2), polled: the driver spins on the
 * event ring's cycle bit in memory. Order: xhci_begin, xhci_address, xhci_control, xhci_bulk_begin, xhci_bulk. Each is
 * false when the controller or the device reports an error. Transfers: at most XHCI_PIECES pieces of a page.
 */
#ifndef GUEST_XHCI_H
#define GUEST_XHCI_H

#include "types.h"

#define XHCI_PIECES      8
#define XHCI_PIECE_BYTES 4096

struct xhci_setup {
	u8 type, request;
	u16 value, index, length;
};

struct xhci_endpoint {
	u8 address; /* bit 7: in */
	u16 packet_bytes;
};

/* Finds the controller and starts it. */
bool xhci_begin(void);
/* Resets the first port that has a device, and gives that an address. */
bool xhci_address(void);
/* By endpoint 0; `length` bytes come into `data`, if any. */
bool xhci_control(const struct xhci_setup *setup, void *data);
bool xhci_bulk_begin(const struct xhci_endpoint *in, const struct xhci_endpoint *out);
/* `data` within pages that lie one behind the other. */
bool xhci_bulk(const struct xhci_endpoint *endpoint, void *data, u32 bytes);

#endif
