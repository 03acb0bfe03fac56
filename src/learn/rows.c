/* SPDX-License-Identifier: MIT */
#include "learn/rows.h"

#include "plan/values.h"

#include <string.h>

size_t ens_rows_together(const struct ens_source *s)
{
    return s->width < ENS_PIECE ? ENS_PIECE / s->width : 1;
}

size_t ens_rows_at(const struct ens_source *s, const struct ens_sample *sample, size_t first)
{
    const size_t most = ens_rows_together(s), left = sample->n - first;

    return left < most ? left : most;
}

const double *ens_rows_of_model(struct ens_source *s, const struct ens_sample *sample, size_t first, size_t count,
                                size_t i, double *to)
{
    struct ens_piece piece = {first, count, 0, s->width};

    if (s->width <= ENS_PIECE)
        return ens_source_values(s, sample, &piece, i, to);
    for (; piece.column < s->width; piece.column += piece.length) {
        const double *values;

        piece.length = s->width - piece.column < ENS_PIECE ? s->width - piece.column : ENS_PIECE;
        values = ens_source_values(s, sample, &piece, i, to + piece.column);
        if (values != to + piece.column)
            memcpy(to + piece.column, values, piece.length * sizeof *to);
    }
    return to;
}

/*
 * Is what the handle combines a weighted sum of outputs as they are? Then it is summed where it is wanted: the walk
 * that a call takes (plan/walk.c) has a tile for that, which here would be too much stack.
 */
static int is_plain(const struct ens_source *s)
{
    return s->e.plan.plain && s->e.plan.n > 0 && s->inputs.summary->missing == 0;
}

/* The weighted sum of rows that follow each other, in groups of models of one dtype. */
static void sum_rows(const struct ens_source *s, size_t row, size_t count, double *to)
{
    const struct ens_plan *plan = &s->e.plan;

    for (size_t k = 0, n; k < plan->n; k += n) {
        const int32_t dtype = ens_output_of(&s->b, k).dtype;
        const void *in[ENS_GROUP_NEAR];
        struct ens_span span = {.out = to,
                                .start = k > 0 ? to : NULL,
                                .in = in,
                                .weight = plan->weight64 + k,
                                .length = count * s->width};

        for (n = 0; k + n < plan->n && n < ENS_GROUP_NEAR && ens_output_of(&s->b, k + n).dtype == dtype; n++)
            in[n] = ens_row_of(&s->b, k + n, row);
        span.n = n;
        s->e.kernels->wsum[ENS_f64][dtype - 1][ENS_f64](&span);
    }
}

static void blend_rows(const struct ens_source *s, size_t row, size_t count, double *to)
{
    const struct ens_walk walk = {.e = &s->e,
                                  .inputs = &s->inputs,
                                  .row_begin = row,
                                  .row_count = count,
                                  .columns = s->width,
                                  .result = (unsigned char *)to,
                                  .result_stride = s->width,
                                  .dtype = ENSEMBLE_F64};

    (void)ens_blend_on(&s->desk, &walk, s->e.row_weights.weight, NULL, 0, NULL); /* it has been checked */
}

void ens_rows_combine(const struct ens_source *s, const struct ens_sample *sample, size_t first, size_t count,
                      double *to)
{
    const int plain = is_plain(s), apart = plain && s->inputs.summary->gaps > 0;
    const size_t begin = ens_sample_row(sample, first);
    const size_t run = !apart && ens_sample_row(sample, first + count - 1) - begin == count - 1 ? count : 1;

    for (size_t r = 0; r < count; r += run)
        if (plain)
            sum_rows(s, ens_sample_row(sample, first + r), run, to + r * s->width);
        else
            blend_rows(s, ens_sample_row(sample, first + r), run, to + r * s->width);
}
