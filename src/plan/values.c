/* SPDX-License-Identifier: MIT */
#include "plan/values.h"

#include "plan/room.h"
#include "plan/stats.h"

#include <math.h>
#include <string.h>

double ens_cooling(const struct ens_blend *b, const struct ens_model *model)
{
    return b->acc == ENS_f64 ? model->cooling : (double)(float)model->cooling;
}

/* Are the exponentials of a model's logits at hand? There is room for any only where the form is linear. */
static int has_exponentials(const struct ens_blend *b, size_t k)
{
    return b->room.exponentials != NULL && ens_model_of(b, k)->space == ENSEMBLE_LOGITS &&
           ens_model_of(b, k)->map == NULL;
}

const unsigned char *ens_row_of(const struct ens_blend *b, size_t k, size_t row)
{
    const struct ensemble_output output = ens_output_of(b, k);
    const size_t stride = ens_stride(&output, ens_row_length(b->e, b->e->plan.model[k], output.dtype));

    return (const unsigned char *)output.data + (row * stride << ens_dtype_shift(output.dtype));
}

const void *ens_raw(const struct ens_blend *b, size_t k, size_t row, size_t first, size_t length, void *tile)
{
    const int dtype = ens_output_of(b, k).dtype - 1;
    const unsigned char *values = ens_row_of(b, k, row) + (first << ens_dtype_shift(dtype + 1));

    if (dtype == b->acc)
        return values;
    b->kernels->widen[b->acc][dtype](tile, values, length);
    return tile;
}

int ens_values_are_plain(const struct ens_blend *b, size_t k)
{
    const struct ens_model *model = ens_model_of(b, k);

    return model->space <= ENSEMBLE_PROBABILITIES && model->map == NULL && b->recipe->form == ENS_FORM_LINEAR &&
           b->recipe->before == ENS_NO_MAP;
}

/* Logits as probabilities: exp(z - m) / S, where m is the largest logit of the row and S the sum of those. */
static const void *probabilities(const struct ens_blend *b, size_t k, const struct ens_tile *tile, const void *raw,
                                 void *values, double *factor)
{
    const struct ens_stat stat = ens_stat(b, k);
    const struct ens_map map = {.a = ens_cooling(b, ens_model_of(b, k)), .b = stat.most};

    if (has_exponentials(b, k)) {
        raw = b->room.exponentials + ((k * b->e->width + tile->column) << b->shift);
    } else {
        ens_apply(b, ENS_MAP_decay, values, raw, tile->length, map);
        raw = values;
    }
    if (factor != NULL) {
        *factor *= 1 / stat.sum;
        return raw;
    }
    ens_apply(b, ENS_MAP_affine, values, raw, tile->length, (struct ens_map){.a = 1 / stat.sum, .c = -INFINITY});
    return values;
}

static const void *linear(const struct ens_blend *b, size_t k, const struct ens_tile *tile, const void *raw,
                          void *values, double *factor)
{
    const struct ens_model *model = ens_model_of(b, k);

    switch (model->space) {
    case ENSEMBLE_LOG_PROBABILITIES:
        ens_apply(b, ENS_MAP_exp, values, raw, tile->length, (struct ens_map){.a = 1});
        return values;
    case ENSEMBLE_BINARY_LOGITS:
        ens_apply(b, ENS_MAP_sigmoid, values, raw, tile->length, (struct ens_map){.a = ens_cooling(b, model)});
        return values;
    case ENSEMBLE_LOGITS:
        return probabilities(b, k, tile, raw, values, factor);
    default:
        return raw;
    }
}

static const void *logarithms(const struct ens_blend *b, size_t k, const struct ens_tile *tile, const void *raw,
                              void *values)
{
    const struct ens_model *model = ens_model_of(b, k);
    struct ens_map map = {.a = 1, .c = b->recipe->log_floor};
    int op = ENS_MAP_affine;

    if (model->space <= ENSEMBLE_PROBABILITIES) {
        op = ENS_MAP_log;
        map.a = b->recipe->floor;
    } else if (model->space == ENSEMBLE_BINARY_LOGITS) {
        op = ENS_MAP_log_sigmoid;
        map.a = ens_cooling(b, model);
    } else if (model->space == ENSEMBLE_LOGITS) {
        const struct ens_stat stat = ens_stat(b, k);

        map.a = ens_cooling(b, model);
        map.b = stat.most + ens_log(b, stat.sum);
    }
    ens_apply(b, op, values, raw, tile->length, map);
    return values;
}

void ens_ranks_prepare(const struct ens_blend *b, size_t k)
{
    const size_t width = b->e->width;
    unsigned char *sorted = b->room.sorted;

    if (sorted == NULL || ens_model_of(b, k)->map != NULL)
        return;
    memcpy(sorted + (k * width << b->shift), ens_raw(b, k, b->row.index, 0, width, sorted + (k * width << b->shift)),
           width << b->shift);
    b->kernels->sort[b->acc](sorted + (k * width << b->shift), sorted + (b->e->plan.n * width << b->shift), width);
}

/*
 * Ranks among the model's row as the ensemble has it, or among the classes that the model knows, if it has no others.
 */
static const void *ranks(const struct ens_blend *b, size_t k, const struct ens_tile *tile, const void *raw,
                         unsigned char *values, double absent)
{
    const struct ens_model *model = ens_model_of(b, k);
    const int known = model->map != NULL && (b->e->policy & ENSEMBLE_LEAVE_OUT_ABSENT) != 0;
    const size_t columns = known ? model->n_known : b->e->width;
    unsigned char *row = values + 2 * (b->tile << b->shift);
    const int dtype = ens_output_of(b, k).dtype - 1;

    for (size_t j = 0; j < tile->length; j++) { /* a value is equal to itself, which is half a place too many */
        if (b->acc == ENS_f64)
            ((double *)(void *)values)[j] = .5;
        else
            ((float *)(void *)values)[j] = .5F;
    }
    if (b->room.sorted != NULL && model->map == NULL) {
        b->kernels->outrank_sorted[b->acc](values, raw, tile->length, b->room.sorted + (k * columns << b->shift),
                                           columns);
        return values;
    }
    for (size_t at = 0; at < columns; at += b->tile) {
        const size_t length = columns - at < b->tile ? columns - at : b->tile;
        const void *others = row;

        if (model->map == NULL)
            others = ens_raw(b, k, tile->row, at, length, row);
        else
            b->kernels->gather[b->acc][dtype](row, ens_row_of(b, k, tile->row),
                                              (known ? model->known_from : model->source) + at, length, absent);
        b->kernels->outrank[b->acc](values, raw, tile->length, others, length);
    }
    return values;
}

const void *ens_values(const struct ens_blend *b, size_t k, const struct ens_tile *tile, void *values, double *factor)
{
    const struct ens_model *model = ens_model_of(b, k);
    const enum ens_form form = b->recipe->form;
    const int logarithmic = model->space == ENSEMBLE_LOG_PROBABILITIES || model->space == ENSEMBLE_LOGITS ||
                            model->space == ENSEMBLE_BINARY_LOGITS;
    const double absent = logarithmic ? -INFINITY : 0;
    unsigned char *raw_tile = (unsigned char *)values + (form == ENS_FORM_RANKS ? b->tile << b->shift : 0);
    const void *raw = raw_tile;

    if (model->map != NULL)
        b->kernels->gather[b->acc][ens_output_of(b, k).dtype - 1](raw_tile, ens_row_of(b, k, tile->row),
                                                                   model->source + tile->column, tile->length, absent);
    else if (!has_exponentials(b, k))
        raw = ens_raw(b, k, tile->row, tile->column, tile->length, raw_tile);
    if (form == ENS_FORM_RANKS)
        return ranks(b, k, tile, raw, values, absent);
    raw = form == ENS_FORM_LOG ? logarithms(b, k, tile, raw, values) : linear(b, k, tile, raw, values, factor);
    if (b->recipe->before != ENS_NO_MAP) {
        ens_apply(b, b->recipe->before, values, raw, tile->length, (struct ens_map){.a = b->recipe->exponent});
        raw = values;
    }
    return raw;
}

static const double *values_of_label(const struct ens_blend *b, size_t k, const struct ens_tile *tile, double *values)
{
    const struct ens_stat stat = ens_stat_of_label(b, k);
    const double label = stat.most - (double)tile->column;

    for (size_t j = 0; j < tile->length; j++)
        values[j] = stat.sum > 0 ? 0 : (double)NAN;
    if (stat.sum > 0 && label >= 0 && label < (double)tile->length)
        values[(size_t)label] = 1;
    return values;
}

const void *ens_values_any(const struct ens_blend *b, size_t k, const struct ens_tile *tile, void *values,
                           double *doubles, int *dtype)
{
    const int32_t own = ens_output_of(b, k).dtype;

    if (own == ENSEMBLE_I32) {
        *dtype = ENS_f64;
        return values_of_label(b, k, tile, doubles);
    }
    if (ens_values_are_plain(b, k)) {
        *dtype = own - 1;
        return ens_row_of(b, k, tile->row) + (tile->column << ens_dtype_shift(own));
    }
    *dtype = b->acc;
    return ens_values(b, k, tile, values, NULL);
}

const double *ens_doubles(const struct ens_blend *b, size_t k, const struct ens_tile *tile, void *values,
                          double *doubles)
{
    int dtype;
    const void *any = ens_values_any(b, k, tile, values, doubles, &dtype);

    if (dtype == ENS_f64 && ((uintptr_t)any & (sizeof(double) - 1)) == 0)
        return any;
    if (dtype == ENS_f64)
        memcpy(doubles, any, tile->length * sizeof *doubles);
    else
        b->kernels->widen[ENS_f64][dtype](doubles, any, tile->length);
    return doubles;
}
