/* SPDX-License-Identifier: MIT */
/*
 * The networks of kernels/networks.h, by the zero-one principle (Knuth, 1998, section 5.3.4, theorem Z): one that
 * brings the middle values of all sequences of zeros and ones to their places does so with all sequences.
 */
#include "kernels/networks.h"

#include "check.h"
#include "report.h"

#include <stdio.h>
#include <stdlib.h>

struct step {
    int low, high;
};

/* Each with a step behind its end. */
#define STEP(i, j) {i, j},
#define NETWORK(n, middle, before) static const struct step network##n[] = {ENS_NETWORK_##n(STEP) {-1, -1}};
ENS_NETWORK_LIST(NETWORK)

static const struct network {
    int n;
    const char *middle, *before; /* "x4" */
    const struct step *steps;
} networks[] = {
#define ENTRY(n, middle, before) {n, #middle, #before, network##n},
    ENS_NETWORK_LIST(ENTRY)
};

static void describe_network(const void *what, char *text, size_t size)
{
    const struct network *network = what;

    snprintf(text, size, "network of %d", network->n);
}

/* Value `at` when `bits` have gone through it. */
static int come_out(const struct network *network, unsigned bits, int at)
{
    for (const struct step *s = network->steps; s->low >= 0; s++) {
        const unsigned low = bits >> s->low & 1, high = bits >> s->high & 1;

        bits &= ~(1u << s->low | 1u << s->high);
        bits |= (low & high) << s->low | (low | high) << s->high;
    }
    return (int)(bits >> at & 1);
}

static int ones_in(unsigned bits)
{
    int ones = 0;

    for (; bits != 0; bits >>= 1)
        ones += (int)(bits & 1);
    return ones;
}

static void check_network(const struct network *network)
{
    const int n = network->n, middle = atoi(network->middle + 1), before = atoi(network->before + 1);

    report_subject(NULL, describe_network, network);
    for (const struct step *s = network->steps; s->low >= 0; s++)
        if (s->low >= n || s->high < 0 || s->high >= n || s->low == s->high)
            report_fail("a step compares %d and %d", s->low, s->high);
    for (unsigned bits = 0; bits < 1u << n; bits++) {
        const int zeros = n - ones_in(bits);

        /* Sorted, value k is 1 if there are at most k zeros. */
        if (come_out(network, bits, middle) != (n / 2 >= zeros))
            report_fail("of the bits 0x%x the value of order %d is wrong", bits, n / 2);
        else if (n % 2 == 0 && come_out(network, bits, before) != (n / 2 - 1 >= zeros))
            report_fail("of the bits 0x%x the value of order %d is wrong", bits, n / 2 - 1);
        else
            report_pass();
    }
}

void check_networks(struct check *check)
{
    (void)check;
    for (size_t i = 0; i < sizeof networks / sizeof networks[0]; i++)
        check_network(&networks[i]);
    report_subject(NULL, NULL, NULL);
}
