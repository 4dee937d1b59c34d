/* SPDX-License-Identifier: EPL-2.0 */
/* COM1, output only, polled, 115200 8N1, 16 bytes per look at the status register. */
#ifndef GUEST_SERIAL_H
#define GUEST_SERIAL_H

#include "types.h"

void serial_init(void);
void serial_write(const char *text, u64 length);

#endif
