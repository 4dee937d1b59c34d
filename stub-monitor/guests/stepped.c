/* SPDX-License-Identifier: EPL-2.0 */
/* Runs for ever through code that benchmarks break and step in; reads no input. */
#include "lib/guest.h"
#include "lib/stepped.h"

void guest_main(u32 magic, const struct multiboot_info *info)
{
	(void)magic;
	(void)info;
	fill_block();
	guest_ready("stepped");
	stepped_for_ever();
}
