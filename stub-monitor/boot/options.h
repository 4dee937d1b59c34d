/* SPDX-License-Identifier: EPL-2.0 */
/*
 * The monitor's command line: words NAME=VALUE, separated by spaces; an unknown word is an error
 * that names it.
 */
#ifndef BOOT_OPTIONS_H
#define BOOT_OPTIONS_H

#include "boot/provoke.h"
#include "clock/instruction_clock.h"
#include "lib/types.h"

struct options {
	u16 uart_port;
	u8 uart_irq;
	bool virtio;   /* a virtio console besides the UART */
	u64 log_bytes; /* memory for log and checkpoints; 0 = a quarter of RAM, at most 64 MB */
	u64 replay; /* where a recording made elsewhere lies in RAM; 0 = none (boot/replay_image.h) */
	bool bios;                    /* the guest is what the BIOS boots, not a module */
	bool start_running;           /* do not wait for a debugger */
	enum clock_kind clock;        /* that names the instants of a recording */
	bool record;                  /* from the first instruction */
	enum provoke_kind test_fault; /* for tests: a bug of the monitor's own */
};

/*
 * Returns NULL, or what was wrong (a static buffer, one line). The first word, a file name, is
 * skipped.
 */
const char *options_parse(const char *line, struct options *options);

#endif
