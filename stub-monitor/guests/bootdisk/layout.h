/* SPDX-License-Identifier: EPL-2.0 */
/* Where the disk's program lies on the disk and in memory. */
#ifndef BOOTDISK_LAYOUT_H
#define BOOTDISK_LAYOUT_H

#define BOOT_SECTOR_AT  0x7c00
#define SECTOR_BYTES    512
#define PROGRAM_SECTORS 16 /* from sector 0 on, the boot sector included */
#define DATA_SECTORS    32 /* behind them */

#endif
