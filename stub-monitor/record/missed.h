/* SPDX-License-Identifier: EPL-2.0 */
/*
 * Finds pages that changed though neither the guest nor a known device page's log accounts for it: a device writes them
 * and nobody knew. Those that look suspect (given up, no room) are looked at each time, all of RAM in turns.
 */
#ifndef RECORD_MISSED_H
#define RECORD_MISSED_H

#include "lib/types.h"

void missed_begin(void);
void missed_watch(u64 frame);

/* Looks, and remembers what is found, until it is taken. */
void missed_look(void);
bool missed_take(u64 *frame);

#endif
