/* SPDX-License-Identifier: EPL-2.0 */
/*
 * What the debugger benchmarks step through, the same for a guest (stepped.c) and for a Linux program
 * (tests/bench/stepped_host.c, for gdbserver). Included by these two only.
 */
#ifndef STEPPED_H
#define STEPPED_H

#define BLOCK_BYTES     (4 << 20)
#define LOOP_ROUNDS     200
#define CALLS_PER_ROUND 1000

unsigned char block[BLOCK_BYTES]; /* random bytes, for dumps */
volatile unsigned long sink;

static void fill_block(void)
{
	unsigned long x = 88172645463325252ul, i;

	for (i = 0; i < BLOCK_BYTES; i++) {
		x ^= x << 13;
		x ^= x >> 7;
		x ^= x << 17;
		block[i] = (unsigned char)x;
	}
}

/* For breakpoints with a condition on `number`, which grows with every call. */
__attribute__((noinline)) void counted(unsigned long number)
{
	sink += number;
}

/* For `next` over a line that loops. */
__attribute__((noinline)) void loop_in_a_line(void)
{
	/* clang-format off */
	for (unsigned long i = 0; i < LOOP_ROUNDS; i++) sink += i;
	/* clang-format on */
	sink++;
}

static void stepped_for_ever(void)
{
	unsigned long number = 0, i;

	for (;;) {
		loop_in_a_line();
		for (i = 0; i < CALLS_PER_ROUND; i++)
			counted(number++);
	}
}

#endif
