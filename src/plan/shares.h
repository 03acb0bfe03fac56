/* SPDX-License-Identifier: MIT */
/* Who takes part, and with which weight: per call, per row, per class. */
#ifndef ENS_PLAN_SHARES_H
#define ENS_PLAN_SHARES_H

#include "plan/blend.h"

/* Is enough of the weight there for the call as a whole? 0 or ENSEMBLE_EQUORUM. */
int ens_shares_of_call(const struct ens_blend *b);

/* The weight of model k in the current row, whether it is present or not. */
double ens_weight_in_row(const struct ens_blend *b, size_t k);

/* Weighs the models of the current row, whose statistics are known, and sets the rest of b->row. */
void ens_shares_of_row(struct ens_blend *b);

/* The weight of model k in the current row: 0 where it is left out or missing. */
double ens_share(const struct ens_blend *b, size_t k);

/* And the factor by which sums multiply its values. */
double ens_factor(const struct ens_blend *b, size_t k);

/*
 * Weights that differ from class to class. `total` and `present` are W and W_present of each class of a tile; `state`
 * says of each what the bits below mean.
 */
enum { ENS_CLASS_TAKEN = 1, ENS_CLASS_UNEQUAL = 2 };

struct ens_class_shares {
    double *total;
    double *present;
    double *first; /* the first weight of each class that is present */
    unsigned char *state;
};

void ens_shares_of_classes(const struct ens_blend *b, const struct ens_tile *tile,
                           const struct ens_class_shares *shares);

/* The weights of model k for a tile's classes: 0 where it is left out. */
double ens_class_share(const struct ens_blend *b, size_t k, size_t column);

/*
 * Its factors for ENS_BLEND kernels, as accumulators, written to `factors`. A class that cannot be normalised loses
 * ENS_CLASS_TAKEN.
 */
const void *ens_class_factors(const struct ens_blend *b, size_t k, const struct ens_tile *tile,
                              const struct ens_class_shares *shares, void *factors);

/* The same where they do not depend on the row, nor on who is present: those of the plan. */
const void *ens_known_factors(const struct ens_blend *b, size_t k, const struct ens_tile *tile);

#endif
