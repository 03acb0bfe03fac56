/* SPDX-License-Identifier: MIT */
#include "learn/source.h"

#include "base/dtype.h"
#include "base/finite.h"
#include "base/size.h"
#include "plan/plan.h"
#include "plan/stats.h"
#include "plan/values.h"

#include <math.h>
#include <string.h>

/* Do the targets fit the outputs' rows, and is there what they say? */
static int check_targets(const struct ens_source *s)
{
    const size_t columns = ens_source_has_labels(s) ? 1 : s->width;
    size_t bytes;

    if (ens_size_of_matrix(s->rows, columns, columns, ens_dtype_shift(s->targets.dtype), &bytes) ||
        ens_size_wraps(s->targets.data, bytes))
        return ENSEMBLE_EOVERFLOW;
    if (s->targets.count != bytes >> ens_dtype_shift(s->targets.dtype))
        return ENSEMBLE_ECOUNT;
    return s->targets.data == NULL && s->targets.count > 0 ? ENSEMBLE_ENULL : 0;
}

/* Columns of a row of the targets' values, in double. */
static void read_values(const struct ens_source *s, size_t row, size_t column, size_t length, double *to)
{
    const int32_t dtype = s->targets.dtype;
    const unsigned char *from =
        (const unsigned char *)s->targets.data + ((row * s->width + column) << ens_dtype_shift(dtype));

    if (dtype == ENSEMBLE_F64)
        memcpy(to, from, length * sizeof *to);
    else
        s->e.kernels->widen[ENS_f64][dtype - 1](to, from, length);
}

/* Is the target of this row known? 1, 0, or ENSEMBLE_ETARGET. */
static int is_known(struct ens_source *s, size_t row)
{
    if (ens_source_has_labels(s)) {
        const int32_t label = ens_source_label(s, row);

        return label >= 0 && (size_t)label >= s->classes ? ENSEMBLE_ETARGET : label >= 0;
    }
    int known = 1, infinite = 0;

    for (size_t column = 0, length; column < s->width; column += length) {
        length = s->width - column < ENS_PIECE ? s->width - column : ENS_PIECE;
        read_values(s, row, column, length, s->truth);
        for (size_t j = 0; j < length; j++) {
            infinite |= s->truth[j] - s->truth[j] != 0 && s->truth[j] == s->truth[j];
            known &= s->truth[j] == s->truth[j];
        }
    }
    return infinite ? ENSEMBLE_ETARGET : known;
}

/* Are the targets of these rows all known? Then they need not be looked at one by one. */
static int all_known(struct ens_source *s, size_t row, size_t count)
{
    if (ens_source_has_labels(s)) {
        int all = 1;

        for (size_t r = row; r < row + count; r++) {
            const int32_t label = ens_source_label(s, r);

            all &= label >= 0 && (size_t)label < s->classes;
        }
        return all;
    }
    if (count * s->width > ENS_PIECE)
        return 0;
    read_values(s, row, 0, count * s->width, s->truth);
    return s->e.kernels->finite[ENS_f64](s->truth, count * s->width);
}

/* Leaves rows out of s->known, those that `keep` does not say 1 of. */
static int choose(struct ens_source *s, const unsigned char *keep)
{
    size_t *row, n = 0;

    for (size_t at = 0; at < s->known.n; at++)
        n += keep[at];
    if (n == s->known.n)
        return 0;
    row = ens_heap_take(s->heap, n, sizeof *row);
    if (row == NULL)
        return ENSEMBLE_ENOMEM;
    n = 0;
    for (size_t at = 0; at < s->known.n; at++)
        if (keep[at])
            row[n++] = ens_sample_row(&s->known, at);
    s->known = (struct ens_sample){row, n};
    return 0;
}

static int find_known(struct ens_source *s)
{
    const size_t step = s->width < ENS_PIECE ? ENS_PIECE / s->width : 1;
    unsigned char *keep;
    size_t row = 0;

    s->known = (struct ens_sample){NULL, s->rows};
    while (row < s->rows && all_known(s, row, s->rows - row < step ? s->rows - row : step))
        row += s->rows - row < step ? s->rows - row : step;
    if (row == s->rows)
        return 0;
    keep = ens_heap_take(s->heap, s->rows, 1);
    if (keep == NULL)
        return ENSEMBLE_ENOMEM;
    memset(keep, 1, row);
    for (; row < s->rows; row++) {
        const int known = is_known(s, row);

        if (known < 0)
            return known;
        keep[row] = (unsigned char)known;
    }
    return choose(s, keep);
}

/* A handle with arrays of its own, wherever it may be changed. */
static int copy_handle(struct ens_source *s, const struct ensemble *e, int how)
{
    const size_t n = e->n_models > 0 ? e->n_models : 1;
    int failed = 0;

    s->e = *e;
    s->e.plan.model = ens_heap_take(s->heap, n, sizeof *s->e.plan.model);
    s->e.plan.data = ens_heap_take(s->heap, n, sizeof *s->e.plan.data);
    s->e.plan.weight32 = ens_heap_take(s->heap, n, sizeof *s->e.plan.weight32);
    s->e.models = ens_heap_take(s->heap, n, sizeof *s->e.models);
    s->k = ens_heap_take(s->heap, n, sizeof *s->k);
    s->e.plan.weight64 = ens_heap_doubles(s->heap, n, &failed);
    s->e.weights = ens_heap_doubles(s->heap, n, &failed);
    s->truth = ens_heap_doubles(s->heap, ENS_PIECE, &failed);
    s->less = ens_heap_doubles(s->heap, ENS_PIECE, &failed);
    s->raw = ens_heap_doubles(s->heap, ENS_PIECE, &failed);
    if (failed || s->e.plan.model == NULL || s->e.plan.data == NULL || s->e.plan.weight32 == NULL ||
        s->e.models == NULL || s->k == NULL)
        return ENSEMBLE_ENOMEM;
    if (e->n_models > 0) {
        memcpy(s->e.models, e->models, n * sizeof *e->models);
        memcpy(s->e.weights, e->weights, n * sizeof *e->weights);
    }
    if (!(how & ENS_SOURCE_WEIGHTED)) {
        s->e.n_weights = 0;
        s->e.class_weights = (struct ens_class_weights){0};
        s->e.row_weights = (struct ens_row_weights){0};
    }
    ens_plan_build(&s->e);
    return 0;
}

/* The models' values by themselves, in double, and arrays to combine them in. */
static int open_values(struct ens_source *s)
{
    const size_t align = ENS_STREAM_ALIGNMENT;
    unsigned char *tiles = ens_heap_take(s->heap, 1, ENS_POOL_BYTES + ENS_TILE_BYTES + align);
    struct ens_stat *kept = ens_heap_clear(s->heap, ENS_STATS, sizeof *kept);

    if (tiles == NULL || kept == NULL)
        return ENSEMBLE_ENOMEM;
    tiles += (0 - (uintptr_t)tiles) & (align - 1);
    s->desk = (struct ens_desk){tiles, tiles + ENS_POOL_BYTES, kept};
    s->walk = (struct ens_walk){.e = &s->e, .inputs = &s->inputs, .row_count = s->rows, .dtype = ENSEMBLE_F64};
    s->b = ens_blend_of_values(&s->walk);
    s->b.spare = s->desk.spare;
    s->b.kept = kept;
    return 0;
}

int ens_source_open(struct ens_source *s, struct ens_heap *heap, const struct ensemble *e,
                    const struct ens_targets *targets, int how)
{
    struct ens_fault fault;
    int code;

    *s = (struct ens_source){.heap = heap, .targets = *targets, .width = e->width};
    if (!ens_dtype_of_output(targets->dtype))
        return ENSEMBLE_EDTYPE;
    s->classes = s->width > 1 ? s->width : 2;
    code = copy_handle(s, e, how);
    if (code == 0)
        code = ens_inputs_take_bound(&s->inputs, &s->e, how & ENS_SOURCE_PARTIAL, &fault);
    if (code)
        return code;
    s->rows = s->inputs.summary->rows;
    if (s->e.row_weights.weight != NULL && s->e.row_weights.rows != s->rows)
        return ENSEMBLE_EWEIGHTS;
    code = check_targets(s);
    if (code == 0)
        code = open_values(s);
    for (size_t k = 0; code == 0 && k < s->e.plan.n; k++)
        if (ens_output_of(&s->b, k).data != NULL || s->rows == 0)
            s->k[s->n++] = k;
    return code ? code : find_known(s);
}

int ens_is_linear(const struct ensemble *e, int alone)
{
    if ((e->method != ENSEMBLE_SUM && e->method != ENSEMBLE_MEAN) || e->form == ENSEMBLE_RESULT_LOG ||
        e->form == ENSEMBLE_RESULT_SOFTMAX)
        return 0;
    if (alone && (e->class_weights.n_models > 0 || e->row_weights.weight != NULL))
        return 0;
    for (size_t i = 0; alone && i < e->n_models && (e->policy & ENSEMBLE_LEAVE_OUT_ABSENT); i++)
        if (e->models[i].map != NULL)
            return 0;
    return 1;
}

void ens_source_undo_form(struct ens_source *s, int pool)
{
    const int32_t form = s->e.form;

    if (pool ? form != ENSEMBLE_RESULT_NORMALISED && form != ENSEMBLE_RESULT_TEMPERED : form != ENSEMBLE_RESULT_LOG)
        return;
    s->e.form = ENSEMBLE_RESULT_AS_IS;
    s->e.temperature = 1;
    ens_plan_build(&s->e);
}

struct ens_piece ens_piece_next(const struct ens_source *s, const struct ens_sample *sample, struct ens_piece piece)
{
    const size_t left = sample->n - piece.first - piece.count;

    if (s->width <= ENS_PIECE) {
        const size_t most = ENS_PIECE / s->width;

        return (struct ens_piece){piece.first + piece.count, left < most ? left : most, 0, s->width};
    }
    piece.column += piece.length;
    if (piece.count == 0 || piece.column == s->width)
        piece = (struct ens_piece){piece.first + piece.count, left > 0, 0, 0};
    piece.length = s->width - piece.column < ENS_PIECE ? s->width - piece.column : ENS_PIECE;
    return piece;
}

/* Do the rows of a piece follow each other? */
static int is_run(const struct ens_sample *sample, const struct ens_piece *piece)
{
    return ens_sample_row(sample, piece->first + piece->count - 1) - ens_sample_row(sample, piece->first) ==
           piece->count - 1;
}

/* And without a gap, so that model k's values can be read as one stretch? */
static int is_stretch(const struct ens_source *s, const struct ens_sample *sample, const struct ens_piece *piece,
                      size_t k)
{
    const struct ensemble_output output = ens_output_of(&s->b, k);
    const struct ens_model *model = ens_model_of(&s->b, k);

    if (model->space == ENSEMBLE_LOGITS || model->map != NULL || output.dtype == ENSEMBLE_I32)
        return 0;
    if (piece->count == 1)
        return 1;
    return ens_stride(&output, s->width) == s->width && is_run(sample, piece);
}

const double *ens_source_values(struct ens_source *s, const struct ens_sample *sample, const struct ens_piece *piece,
                                size_t i, double *to)
{
    const size_t k = s->k[i];

    if (is_stretch(s, sample, piece, k)) {
        const struct ens_tile all = {ens_sample_row(sample, piece->first), piece->column,
                                     piece->count * piece->length};

        return ens_doubles(&s->b, k, &all, s->raw, to);
    }
    for (size_t r = 0; r < piece->count; r++) {
        const struct ens_tile row = {ens_sample_row(sample, piece->first + r), piece->column, piece->length};
        double *own = to + r * piece->length;
        const double *values;

        s->b.row.index = row.row;
        if (k < ENS_STATS && piece->column == 0 && ens_stat_is_needed(&s->b, k))
            ens_stat_prepare(&s->b, k);
        values = ens_doubles(&s->b, k, &row, s->raw, own);
        if (values != own)
            memcpy(own, values, piece->length * sizeof *own);
    }
    return to;
}

/* The targets of a piece. */
static void read_truth(struct ens_source *s, const struct ens_sample *sample, const struct ens_piece *piece)
{
    if (!ens_source_has_labels(s) && is_run(sample, piece)) {
        read_values(s, ens_sample_row(sample, piece->first), piece->column, piece->count * piece->length, s->truth);
        return;
    }
    memset(s->truth, 0, piece->count * piece->length * sizeof *s->truth);
    for (size_t r = 0; r < piece->count; r++) {
        const size_t row = ens_sample_row(sample, piece->first + r);
        double *own = s->truth + r * piece->length;

        if (!ens_source_has_labels(s)) {
            read_values(s, row, piece->column, piece->length, own);
            continue;
        }
        const size_t label = (size_t)ens_source_label(s, row);

        if (s->width == 1)
            own[0] = (double)label;
        else if (label >= piece->column && label - piece->column < piece->length)
            own[label - piece->column] = 1;
    }
}

void ens_source_truth(struct ens_source *s, const struct ens_sample *sample, const struct ens_piece *piece)
{
    static const struct ens_map negated = {.a = -1, .c = -INFINITY};

    read_truth(s, sample, piece);
    s->e.kernels->map[ENS_f64][ENS_MAP_affine](s->less, s->truth, piece->count * piece->length, &negated);
}

const unsigned char *ens_source_matrix(const struct ens_source *s, size_t i, int *dtype, size_t *stride)
{
    const size_t k = s->k[i];
    const struct ensemble_output output = ens_output_of(&s->b, k);

    if (!ens_values_are_plain(&s->b, k))
        return NULL;
    *dtype = output.dtype - 1;
    *stride = ens_stride(&output, s->width) << ens_dtype_shift(output.dtype);
    return ens_row_of(&s->b, k, 0);
}

const void *ens_source_raw(const struct ens_source *s, const struct ens_sample *sample, const struct ens_piece *piece,
                           size_t i, int *dtype)
{
    const size_t k = s->k[i];

    if (!is_stretch(s, sample, piece, k) || !ens_values_are_plain(&s->b, k))
        return NULL;
    *dtype = ens_output_of(&s->b, k).dtype - 1;
    return ens_row_of(&s->b, k, ens_sample_row(sample, piece->first)) + (piece->column << ens_dtype_shift(*dtype + 1));
}

void ens_source_errors(struct ens_source *s, const struct ens_sample *sample, const struct ens_piece *piece, size_t i,
                       double *to)
{
    static const double one = 1;
    int dtype = ENS_f64;
    const void *in = ens_source_raw(s, sample, piece, i, &dtype);
    const struct ens_span span = {
        .out = to, .start = s->less, .in = &in, .weight = &one, .n = 1, .length = piece->count * piece->length};

    if (in == NULL)
        in = ens_source_values(s, sample, piece, i, to);
    s->e.kernels->wsum[ENS_f64][dtype][ENS_f64](&span);
}

/* Are those of each row of a piece finite? */
static void screen_piece(struct ens_source *s, const struct ens_piece *piece, const double *values, unsigned char *keep)
{
    if (s->e.kernels->finite[ENS_f64](values, piece->count * piece->length))
        return;
    for (size_t r = 0; r < piece->count; r++)
        for (size_t j = 0; j < piece->length; j++)
            keep[piece->first + r] &= (unsigned char)ens_is_finite(values[r * piece->length + j]);
}

int ens_source_screen(struct ens_source *s)
{
    unsigned char *keep = ens_heap_take(s->heap, s->known.n, 1);
    double *tile = ens_heap_take(s->heap, ENS_PIECE, sizeof *tile);
    const struct ens_sample all = s->known;

    if (keep == NULL || tile == NULL)
        return ENSEMBLE_ENOMEM;
    memset(keep, 1, all.n);
    ENS_EACH_PIECE(piece, s, &all)
        for (size_t i = 0; i < s->n; i++)
            screen_piece(s, &piece, ens_source_values(s, &all, &piece, i, tile), keep);
    return choose(s, keep);
}
