/* SPDX-License-Identifier: MIT */
#include "learn/rows.h"

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

double *ens_rows_room(const struct ens_source *s, int *failed)
{
    return ens_heap_doubles(s->heap, s->width < ENS_PIECE ? ENS_PIECE : s->width, failed);
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

int ens_rows_combine(const struct ens_source *s, const struct ens_sample *sample, size_t first, size_t count,
                     double *to)
{
    static const struct ensemble_call call = {.struct_size = sizeof call};
    const size_t begin = ens_sample_row(sample, first);
    const size_t run = ens_sample_row(sample, first + count - 1) - begin == count - 1 ? count : 1;
    const int plain = s->e.plan.plain && s->e.row_weights.weight == NULL && s->inputs.summary->missing == 0;
    int code = 0;

    for (size_t r = 0; r < count && code == 0; r += run) {
        const struct ens_walk walk = {.e = &s->e,
                                      .inputs = &s->inputs,
                                      .row_begin = ens_sample_row(sample, first + r),
                                      .row_count = run,
                                      .result = (unsigned char *)(to + r * s->width),
                                      .result_stride = s->width,
                                      .dtype = ENSEMBLE_F64};

        if (plain)
            ens_walk(&walk);
        else
            code = ens_blend_on(&s->desk, &walk, s->e.row_weights.weight, &call, NULL);
    }
    return code;
}
