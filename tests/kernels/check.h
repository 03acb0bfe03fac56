/* SPDX-License-Identifier: MIT */
/* The parts of the check program. Each runs for the instruction sets that are selected (isas.h). */
#ifndef TESTS_KERNELS_CHECK_H
#define TESTS_KERNELS_CHECK_H

#include "rng.h"

struct check {
    struct rng rng;
    int quick; /* sample the combinations more sparsely, as emulators are slow */
};

/* Every kernel beside the portable one: lengths, addresses, models, overlaps, guard pages. */
void check_spans(struct check *check);

/* Every conversion beside the definition of the formats: all values of the 16-bit types, all ties of rounding. */
void check_conversions(struct check *check);

/* The error of sums beside long double: within the bound that analysis gives. */
void check_errors(struct check *check);

/* The public functions beside a plain loop that does what the documentation says. */
void check_api(struct check *check);

#endif
