/* SPDX-License-Identifier: EPL-2.0 */
/*
 * The monitor's own page tables, after which no page of it is both writable and executable: code is
 * read-only, constants are read-only and not executable, all else is not executable. So is the
 * direct map, where the monitor's code and constants are read-only, too, and the pages below the
 * stacks are absent in both views. CR0.WP is on since entry.S (APM 2 5.6).
 */
#ifndef BOOT_PROTECT_H
#define BOOT_PROTECT_H

/* Once, after relocate_to(). */
void protect_image(void);

#endif
