/* SPDX-License-Identifier: MIT */
/* A model's values, from its output to tiles of the accumulator's type. */
#ifndef ENS_PLAN_VALUES_H
#define ENS_PLAN_VALUES_H

#include "plan/blend.h"

/* The temperature's inverse, as the accumulator's type has it. */
double ens_cooling(const struct ens_blend *b, const struct ens_model *model);

/* Where row `row` of model k begins. */
const unsigned char *ens_row_of(const struct ens_blend *b, size_t k, size_t row);

/* Columns `first` to `first + length - 1` of the model's own, as they are: in place, or converted in `tile`. */
const void *ens_raw(const struct ens_blend *b, size_t k, size_t row, size_t first, size_t length, void *tile);

/*
 * The values of model k for a tile's classes, in the form that the recipe wants: where they are, or in the tile
 * `values`, behind which there is room for two more if the form is ENS_FORM_RANKS. With `factor` they may be too large
 * by a factor, which is taken off that number.
 */
const void *ens_values(const struct ens_blend *b, size_t k, const struct ens_tile *tile, void *values, double *factor);

/*
 * The same in double: where they are, or in `doubles`; `values` is a tile to convert them in. A label is 1 for its
 * class and 0 for the others. ens_values_any() leaves them in the dtype that they have, which goes to *dtype.
 */
const double *ens_doubles(const struct ens_blend *b, size_t k, const struct ens_tile *tile, void *values,
                          double *doubles);
const void *ens_values_any(const struct ens_blend *b, size_t k, const struct ens_tile *tile, void *values,
                           double *doubles, int *dtype);

/* Sorts the current row of model k into the workspace, if there is room for that and it pays. */
void ens_ranks_prepare(const struct ens_blend *b, size_t k);

/* Are its values to be had in place, with nothing to convert? Then they have its output's dtype. */
int ens_values_are_plain(const struct ens_blend *b, size_t k);

#endif
