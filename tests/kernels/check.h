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

/* The other kernels beside the portable ones and beside plain C, by the shape of what they compute (trial.h). */
void check_elements(struct check *check);
void check_rows(struct check *check);
void check_soften(struct check *check);
void check_orders(struct check *check);
void check_sift(struct check *check);
void check_panels(struct check *check);
void check_turned(struct check *check);
void check_measures(struct check *check);
void check_learn(struct check *check);

/* The networks that find medians, by the zero-one principle. */
void check_networks(struct check *check);

/* exp, log and what is made of them: special values, and samples beside double or long double. */
void check_functions(struct check *check);

/* Every conversion beside the definition of the formats: all values of the 16-bit types, all ties of rounding. */
void check_conversions(struct check *check);

/* The error of sums beside long double: within the bound that analysis gives. */
void check_errors(struct check *check);

/* The public functions beside a plain loop that does what the documentation says. */
void check_api(struct check *check);

#endif
