/* SPDX-License-Identifier: EPL-2.0 */
/* The `stepped` guest's code as a Linux program, to be debugged through gdbserver. */
#include "../../guests/lib/stepped.h"

int main(void)
{
	fill_block();
	stepped_for_ever();
}
