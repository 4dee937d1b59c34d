/* SPDX-License-Identifier: EPL-2.0 */
/* A USB disk behind xHCI, by SCSI commands over bulk transfers (USB Mass Storage Class, Bulk-Only Transport 1.0). */
#include "../lib/disk.h"
#include "../lib/guest.h"
#include "../lib/print.h"
#include "../lib/xhci.h"

#define GET_DESCRIPTOR    6
#define SET_CONFIGURATION 9
#define TO_HOST           0x80
#define CONFIGURATION     2
#define ENDPOINT          5
#define BULK              2
#define COMMAND_SIGNATURE 0x43425355
#define STATUS_SIGNATURE  0x53425355
#define COMMAND_BYTES     31
#define STATUS_BYTES      13
#define TEST_READY        0x00
#define READ_10           0x28
#define WRITE_10          0x2a
#define READY_TRIES       8

static struct {
	u32 signature, tag, bytes;
	u8 flags, unit, length, scsi[16];
} command_block;

static struct {
	u32 signature, tag, left;
	u8 status;
} status_block;

static u8 descriptors[256];
static struct xhci_endpoint in, out;

static bool find_endpoints(void)
{
	const u8 *at = descriptors, *end = descriptors + (descriptors[2] | descriptors[3] << 8);

	if (end > descriptors + sizeof(descriptors))
		end = descriptors + sizeof(descriptors);
	for (; at < end && at[0]; at += at[0])
		if (at[1] == ENDPOINT && (at[3] & 3) == BULK)
			*(at[2] & TO_HOST ? &in : &out) = (struct xhci_endpoint){at[2],
				(u16)(at[4] | at[5] << 8)};
	return in.address && out.address;
}

static bool set_up(void)
{
	const struct xhci_setup ask = {TO_HOST, GET_DESCRIPTOR, CONFIGURATION << 8, 0,
		sizeof(descriptors)};
	struct xhci_setup configure = {0, SET_CONFIGURATION, 0, 0, 0};

	if (!xhci_begin() || !xhci_address() || !xhci_control(&ask, descriptors) ||
		!find_endpoints())
		return false;
	configure.value = descriptors[5];
	return xhci_bulk_begin(&in, &out) && xhci_control(&configure, NULL);
}

/* The block's `bytes` go the way that its flags say. */
static bool carry_out(void *data)
{
	command_block.signature = COMMAND_SIGNATURE;
	command_block.tag++;
	status_block.signature = 0;
	if (!xhci_bulk(&out, &command_block, COMMAND_BYTES))
		return false;
	if (command_block.bytes &&
		!xhci_bulk(command_block.flags ? &in : &out, data, command_block.bytes))
		return false;
	return xhci_bulk(&in, &status_block, STATUS_BYTES) &&
		status_block.signature == STATUS_SIGNATURE &&
		status_block.tag == command_block.tag && status_block.status == 0;
}

/* It has to say first that it was plugged in. */
static bool wait_ready(void)
{
	u32 tries;

	command_block.length = 6;
	command_block.scsi[0] = TEST_READY;
	for (tries = 0; tries < READY_TRIES; tries++)
		if (carry_out(NULL))
			return true;
	return false;
}

static bool transfer(enum disk_direction direction, u64 sector, void *memory)
{
	u8 *scsi = command_block.scsi;

	command_block.length = 10;
	command_block.bytes = TRANSFER_BYTES;
	command_block.flags = direction == DISK_READ ? TO_HOST : 0;
	scsi[0] = direction == DISK_READ ? READ_10 : WRITE_10;
	scsi[2] = (u8)(sector >> 24);
	scsi[3] = (u8)(sector >> 16);
	scsi[4] = (u8)(sector >> 8);
	scsi[5] = (u8)sector;
	scsi[8] = TRANSFER_BYTES / SECTOR_BYTES;
	return carry_out(memory);
}

void guest_main(u32 magic, const struct multiboot_info *info)
{
	(void)magic;
	(void)info;
	guest_ready("xhci");
	if (set_up() && wait_ready())
		disk_test("xhci", transfer);
	else
		print("xhci: error: no USB disk\n");
	guest_done();
}
