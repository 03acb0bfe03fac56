/* SPDX-License-Identifier: MIT */
/* What is done to a combined row as a whole, its steps; and combined tiles that are done are told and stored. */
#ifndef ENS_PLAN_STEPS_H
#define ENS_PLAN_STEPS_H

#include "base/compiler.h"
#include "plan/blend.h"
#include "plan/decision.h"
#include "plan/report.h"

#include <string.h>

/* May accumulators be where the row of the result is that begins at `to`? */
static inline int ens_is_direct(const struct ens_blend *b, const unsigned char *to)
{
    return to != NULL && b->walk->dtype - 1 == b->acc && ((uintptr_t)to & (((size_t)1 << b->shift) - 1)) == 0;
}

/* Where the tile of a row that begins at a column goes; NULL where nothing is written. */
static inline unsigned char *ens_result_at(const struct ens_blend *b, unsigned char *row, size_t column)
{
    return row == NULL ? NULL : row + (column << ens_dtype_shift(b->walk->dtype));
}

/* The tile of a row that begins at a column. */
static inline struct ens_tile ens_tile_at(const struct ens_blend *b, size_t column, size_t width)
{
    return (struct ens_tile){b->row.index, column, width - column < b->tile ? width - column : b->tile};
}

/*
 * A combined tile is told to those who ask, and stored. `again`: a row that was reported on is combined once more, and
 * only its decision is asked for. That is known when compiling, so that the one's stack is not added to the other's.
 */
static ENS_INLINE void ens_deliver(struct ens_blend *b, const int again, const struct ens_tile *tile, void *values,
                               unsigned char *to)
{
    if (again)
        ens_decide(b, tile, values);
    else if (b->report != NULL)
        ens_report_tile(b, tile, values);
    if (to == NULL || values == to)
        return;
    if (b->walk->dtype - 1 != b->acc)
        b->kernels->narrow[b->acc][b->walk->dtype - 1](to, values, tile->length, 0);
    else
        memcpy(to, values, tile->length << b->shift);
}

/*
 * How many rows are combined and normalised at once, where each is divided by its sum and nothing else has to
 * be known of a row; 1: that is not so. And that, for rows without gaps.
 */
#define ENS_ROWS_AT_ONCE ((size_t)32)
size_t ens_rows_at_once(const struct ens_blend *b);
void ens_normalise_rows(struct ens_blend *b, size_t row, size_t rows, unsigned char *to);

/* The current row, or several rows as one, of `width` values: combined, with all its steps, told and stored. */
void ens_combine_line(struct ens_blend *b, size_t width, unsigned char *to);

#endif
