/* SPDX-License-Identifier: EPL-2.0 */
#include "disk.h"
#include "guest.h"
#include "print.h"

#define SECTORS_EACH (TRANSFER_BYTES / SECTOR_BYTES)
#define WRITE_FROM   (DISK_SECTORS / 4 * 3)

u8 disk_received[TRANSFER_BYTES] __attribute__((aligned(4096)));
static u8 sent[TRANSFER_BYTES] __attribute__((aligned(4096)));

static void fail(const char *name, const char *what, u64 sector)
{
	print("%s: %s at sector %lu\n", name, what, sector);
	guest_print_done();
	for (;;)
		__asm__ volatile("cli\n\thlt");
}

static void fill(u64 seed)
{
	u64 i;

	for (i = 0; i < TRANSFER_BYTES; i++) {
		seed = seed * 6364136223846793005ull + 1442695040888963407ull;
		sent[i] = (u8)(seed >> 56);
	}
}

static void compare(const char *name, u64 sector)
{
	u64 i;

	for (i = 0; i < TRANSFER_BYTES; i++)
		if (disk_received[i] != sent[i])
			fail(name, "another content than was written", sector);
}

static void move(const char *name, disk_transfer *transfer, enum disk_direction direction,
	u64 sector)
{
	if (!transfer(direction, sector, direction == DISK_READ ? disk_received : sent))
		fail(name, "an error", sector);
}

void disk_test(const char *name, disk_transfer *transfer)
{
	u64 sector;

	for (sector = 0; sector < WRITE_FROM; sector += SECTORS_EACH) {
		move(name, transfer, DISK_READ, sector);
		digest_add_bytes(disk_received, TRANSFER_BYTES);
	}
	print("%s: %lu sectors read\n", name, sector);
	for (; sector < DISK_SECTORS; sector += SECTORS_EACH) {
		fill(sector);
		move(name, transfer, DISK_WRITE, sector);
		move(name, transfer, DISK_READ, sector);
		compare(name, sector);
		digest_add_bytes(disk_received, TRANSFER_BYTES);
	}
	print("%s: %lu sectors written\n", name, sector - WRITE_FROM);
}
