/* SPDX-License-Identifier: EPL-2.0 */
/* What the disk guests do, whatever the disk: read, write, read back; all of it goes into the digest. */
#ifndef GUEST_DISK_H
#define GUEST_DISK_H

#include "types.h"

#define SECTOR_BYTES   512
#define DISK_SECTORS   2048 /* the first so many are read, and the last quarter of them written */
#define TRANSFER_PAGES 4
#define TRANSFER_BYTES (TRANSFER_PAGES * 4096)

/* One transfer of TRANSFER_BYTES, between memory and the disk from a sector on. False: the device reports an error. */
enum disk_direction { DISK_READ, DISK_WRITE };
typedef bool disk_transfer(enum disk_direction direction, u64 sector, void *memory);

/* Prints "NAME: COUNT sectors read", or panics with what was wrong. `received` in here is where the last read went. */
void disk_test(const char *name, disk_transfer *transfer);

extern u8 disk_received[TRANSFER_BYTES];

#endif
