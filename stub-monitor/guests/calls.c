/* SPDX-License-Identifier: EPL-2.0 */
/*
 * Shows what gdb looks at: plain C functions, compiled without optimization, called round after
 * round for ever. Prints its digest once, after the first round, and reads no input.
 */
#include "lib/guest.h"

#define NUMBERS 10

volatile u64 round;
volatile u64 watched;
volatile double halves;
int numbers[NUMBERS] = {3, 1, 4, 1, 5, 9, 2, 6, 5, 3};

int add(int a, int b)
{
	int sum = a + b;

	return sum;
}

double mul(double a, double b)
{
	return a * b;
}

double half(double x)
{
	double result = x / 2.0;

	return result;
}

int fact(int n)
{
	if (n <= 1)
		return 1;
	return n * fact(n - 1);
}

int inner(int x)
{
	int in_inner = x * 2;

	watched = watched + (u64)in_inner;
	return in_inner + 1;
}

int middle(int x)
{
	int in_middle = x + 10;

	in_middle = inner(in_middle);
	return in_middle + 1;
}

int outer(int x)
{
	int in_outer = x + 100;

	in_outer = middle(in_outer);
	return in_outer + 1;
}

int sum_of_numbers(void)
{
	int sum = 0;
	int i;

	for (i = 0; i < NUMBERS; i++) {
		sum = add(sum, numbers[i]);
		if (numbers[i] == 9)
			watched = 9;
	}
	return sum;
}

void one_round(void)
{
	int sum = sum_of_numbers();
	int nested = outer(1);
	double product = mul(1.5, 4.0);

	watched = (u64)sum;
	halves = half(product);
	numbers[0] = fact(5) + nested;
	numbers[0] = 3;
	watched = 0;
	round++;
}

void guest_main(u32 magic, const struct multiboot_info *info)
{
	(void)magic;
	(void)info;
	guest_ready("calls");
	one_round();
	digest_add((u64)(int)halves);
	guest_print_done();
	for (;;)
		one_round();
}
