/* SPDX-License-Identifier: MIT */
/* The models' top classes in several rows. */
#ifndef ENS_PLAN_LABELS_H
#define ENS_PLAN_LABELS_H

#include "base/dtype.h"
#include "plan/inputs.h"
#include "plan/values.h"

/* Rows of which labels are found together, at most. */
#define ENS_LABEL_ROWS ((size_t)32)

/*
 * Of model k, which has no class map, in n rows from `row` on: the class of the first largest value, or the label that
 * it says; -1 where there is a NaN, or no such class. n is at most ENS_LABEL_ROWS, and a row fits into a tile. `tiles`:
 * two tiles of ENS_TILE_BYTES to work in, besides b->spare.
 */
void ens_labels_of_rows(const struct ens_blend *b, size_t k, size_t row, size_t n, int32_t *labels,
                        unsigned char *const tiles[2]);

/* Bytes from row to row of a model's output. */
static inline size_t ens_row_bytes(const struct ens_blend *b, size_t k)
{
    const struct ensemble_output output = ens_output_of(b, k);
    const size_t length = ens_row_length(b->e, b->e->plan.model[k], output.dtype);

    return ens_stride(&output, length) << ens_dtype_shift(output.dtype);
}

#endif
