/* SPDX-License-Identifier: MIT */
/* Whole rows, several at a time where they are short: what one model says, or what the handle combines. */
#ifndef ENS_LEARN_ROWS_H
#define ENS_LEARN_ROWS_H

#include "learn/source.h"

/* Rows that are looked at together, at most, */
size_t ens_rows_together(const struct ens_source *s);

/* and of them those that the sample has from `first` on. */
size_t ens_rows_at(const struct ens_source *s, const struct ens_sample *sample, size_t first);

/* Room for as many values as they have, at least ENS_PIECE; sets *failed where there is none. */
static inline double *ens_rows_room(const struct ens_source *s, int *failed)
{
    return ens_heap_doubles(s->heap, s->width < ENS_PIECE ? ENS_PIECE : s->width, failed);
}

/*
 * Rows of model i, the sample's from `first` on: in `to`, with that room, or elsewhere until the next call. They are
 * together if they are not more than that.
 */
const double *ens_rows_of_model(struct ens_source *s, const struct ens_sample *sample, size_t first, size_t count,
                                size_t i, double *to);

/* Combines rows, in double. What ens_blend_check() reports of the source's handle must have been seen to. */
void ens_rows_combine(const struct ens_source *s, const struct ens_sample *sample, size_t first, size_t count,
                      double *to);

#endif
