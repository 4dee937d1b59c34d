/* SPDX-License-Identifier: EPL-2.0 */
/* What printk and panic need of the hardware. Implemented above, in cpu/debug_channel.c. */
#ifndef LIB_DEBUG_CHANNEL_H
#define LIB_DEBUG_CHANNEL_H

/* A line to port 0xE9, which QEMU's -debugcon shows. */
void debug_channel_write(const char *line);

__attribute__((noreturn)) void halt_forever(void);

#endif
