/* SPDX-License-Identifier: MIT */
#include "plan/gather.h"

#include "base/compiler.h"
#include "plan/shares.h"
#include "plan/soft.h"
#include "plan/stats.h"
#include "plan/values.h"

#include <math.h>
#include <string.h>

/* The tile that sums and folds begin in, and those behind it that hold values. */
#define SUM_TILE 0
#define FIRST_VALUES 1

/* By copies of what is filled already, each as long as that. */
void ens_fill(const struct ens_blend *b, void *tile, size_t length, double value)
{
    const size_t bytes = length << b->shift, few = 8 * sizeof(double);
    unsigned char *const to = tile;

    for (size_t j = 0; j < length && j << b->shift < few; j++)
        ens_put(b, tile, j, value);
    for (size_t done = few; done < bytes; done *= 2)
        memcpy(to + done, to, bytes - done < done ? bytes - done : done);
}

/* Ranks need two tiles more for each model's values. */
static size_t tiles_for_values(const struct ens_blend *b)
{
    return b->recipe->form == ENS_FORM_RANKS ? 3 : 1;
}

/* Ranks need more tiles; where weights differ from class to class, the pool also holds three arrays of doubles. */
size_t ens_gather_tile(const struct ens_blend *b)
{
    const size_t parts = b->recipe->form == ENS_FORM_RANKS ? 2 : 1;

    return b->by_class ? ENS_TILE_BYTES / 2 / sizeof(double) / parts : ens_stretch(b) / parts;
}

/* Some of the models, with their values for a tile; together they are what one kernel call takes. */
struct group {
    size_t n;
    int dtype; /* of the values */
    const void *in[ENS_GROUP_NEAR];
    double weight64[ENS_GROUP_NEAR];
    float weight32[ENS_GROUP_NEAR];
};

/* Collects models from *next on: of one dtype, as many as there is room for, without those that are left out. */
static void collect(const struct ens_blend *b, const struct ens_tile *tile, size_t *next, struct group *group)
{
    const size_t step = tiles_for_values(b), room = ENS_POOL_BYTES / (b->tile << b->shift);
    size_t values = FIRST_VALUES;

    group->n = 0;
    for (; *next < b->e->plan.n && group->n < ENS_GROUP_NEAR && values + step <= room; ++*next) {
        const int plain = b->recipe->gathering == ENS_SUMMED && ens_values_are_plain(b, *next);
        const int dtype = plain ? ens_output_of(b, *next).dtype - 1 : b->acc;
        double factor;

        if (b->by_row && ens_share(b, *next) == 0)
            continue;
        if (group->n > 0 && dtype != group->dtype)
            return;
        factor = b->recipe->gathering == ENS_SUMMED ? ens_factor(b, *next) : 1;
        group->dtype = dtype;
        if (plain) {
            group->in[group->n] = ens_row_of(b, *next, tile->row) + (tile->column << ens_dtype_shift(dtype + 1));
        } else {
            group->in[group->n] =
                ens_values(b, *next, tile, ens_pool(b, values),
                           b->recipe->gathering == ENS_SUMMED && b->recipe->before == ENS_NO_MAP ? &factor : NULL);
            values += group->in[group->n] == ens_pool(b, values) ? step : 0;
        }
        group->weight64[group->n] = factor;
        group->weight32[group->n] = (float)factor;
        group->n++;
    }
}

/* Group by group; only the last one writes to `out`. Where nobody takes part nothing is known. */
static ENS_APART void sum_or_fold(const struct ens_blend *b, const struct ens_tile *tile, void *out)
{
    struct group group;
    size_t next = 0;
    const void *start = NULL;

    for (collect(b, tile, &next, &group); group.n > 0; collect(b, tile, &next, &group)) {
        const struct ens_span span = {
            .out = next == b->e->plan.n ? out : ens_pool(b, SUM_TILE),
            .start = start,
            .in = group.in,
            .weight = b->acc == ENS_f64 ? (const void *)group.weight64 : group.weight32,
            .n = group.n,
            .length = tile->length,
        };

        if (b->recipe->gathering == ENS_SUMMED)
            b->kernels->wsum[b->acc][group.dtype][b->acc](&span);
        else
            b->kernels->fold[b->acc][b->recipe->fold](&span);
        start = span.out;
    }
    if (start == NULL)
        ens_fill(b, out, tile->length, NAN);
    else if (start != out)
        memcpy(out, start, tile->length << b->shift);
}

/* What sums and folds begin with, so that the first value that comes is what they are then. */
static double neutral(const struct ens_recipe *recipe)
{
    if (recipe->gathering == ENS_SUMMED)
        return -0.0;
    if (recipe->fold == ENS_FOLD_product)
        return 1;
    return recipe->fold == ENS_FOLD_min ? INFINITY : -INFINITY;
}

/* The same with weights for each class, one model after the other. Classes that nobody speaks of are NaN. */
static ENS_APART void blend_classes(const struct ens_blend *b, const struct ens_tile *tile, void *out)
{
    unsigned char *sum = ens_pool(b, SUM_TILE), *factors = ens_pool(b, 1), *values = ens_pool(b, 2);
    double *arrays = (double *)(void *)ens_pool(b, 2 + tiles_for_values(b));
    const struct ens_class_shares shares = {.total = arrays,
                                            .present = arrays + b->tile,
                                            .first = arrays + 2 * b->tile,
                                            .state = (unsigned char *)(arrays + 3 * b->tile)};

    ens_fill(b, sum, tile->length, neutral(b->recipe));
    ens_shares_of_classes(b, tile, &shares);
    for (size_t k = 0; k < b->e->plan.n; k++)
        if (!b->by_row || ens_share(b, k) != 0)
            b->kernels->blend[b->acc][b->recipe->blend](sum, ens_values(b, k, tile, values, NULL),
                                                        ens_class_factors(b, k, tile, &shares, factors), tile->length);
    for (size_t j = 0; j < tile->length; j++)
        if (!(shares.state[j] & ENS_CLASS_TAKEN))
            ens_put(b, sum, j, NAN);
    memmove(out, sum, tile->length << b->shift);
}

/* And where those do not change from row to row. */
static ENS_APART void blend_known_classes(const struct ens_blend *b, const struct ens_tile *tile, void *out)
{
    unsigned char *sum = ens_pool(b, SUM_TILE);

    ens_fill(b, sum, tile->length, neutral(b->recipe));
    for (size_t k = 0; k < b->e->plan.n; k++)
        b->kernels->blend[b->acc][b->recipe->blend](sum, ens_values(b, k, tile, ens_pool(b, 2), NULL),
                                                    ens_known_factors(b, k, tile), tile->length);
    if (b->e->class_weights.gaps)
        for (size_t j = 0; j < tile->length; j++) {
            int taken = 0;

            for (size_t k = 0; k < b->e->plan.n; k++)
                taken |= b->e->class_weights.weight[b->e->plan.model[k] * b->e->width + tile->column + j] != 0;
            if (!taken)
                ens_put(b, sum, j, NAN);
        }
    memmove(out, sum, tile->length << b->shift);
}

/* Model k's vote, as a place in a tile; `length` of it, or more: none. */
static size_t vote_at(const struct ens_blend *b, size_t k, const struct ens_tile *tile)
{
    const double label = ens_share(b, k) == 0 ? -1 : ens_stat(b, k).most - (double)tile->column;

    return label < 0 || label >= (double)tile->length ? tile->length : (size_t)label;
}

/* Of so few voters it is quicker found out which classes have votes than divided for all classes. */
#define FEW_VOTERS 16

/* Whole votes become shares. Nearly all of a tile is 0, and stays 0. */
static void divide_votes(const struct ens_blend *b, const struct ens_tile *tile, void *votes)
{
    const double whole = (double)b->row.whole;

    if (b->e->plan.n > FEW_VOTERS) {
        ens_apply(b, ENS_MAP_quotient, votes, votes, tile->length, (struct ens_map){.a = whole});
        return;
    }
    for (size_t k = 0; k < b->e->plan.n; k++) {
        const size_t at = vote_at(b, k, tile);
        size_t before = 0;

        while (before < k && vote_at(b, before, tile) != at)
            before++;
        if (at < tile->length && before == k)
            ens_put(b, votes, at, b->acc == ENS_f64 ? ens_get(b, votes, at) / whole
                                                    : (double)((float)ens_get(b, votes, at) / (float)whole));
    }
}

/* Each model's vote counts for the class that its row's statistics name. */
static void count_votes(const struct ens_blend *b, const struct ens_tile *tile, void *out)
{
    unsigned char *votes = ens_pool(b, SUM_TILE);

    ens_fill(b, votes, tile->length, 0);
    for (size_t k = 0; k < b->e->plan.n; k++) {
        const size_t at = vote_at(b, k, tile);

        if (at == tile->length)
            continue;
        if (b->acc == ENS_f64)
            ((double *)(void *)votes)[at] += ens_factor(b, k);
        else
            ((float *)(void *)votes)[at] += (float)ens_factor(b, k);
    }
    if (b->row.whole > 0)
        divide_votes(b, tile, votes);
    memmove(out, votes, tile->length << b->shift);
}

void ens_gather(const struct ens_blend *b, const struct ens_tile *tile, void *out)
{
    switch (b->recipe->gathering) {
    case ENS_MEDIAN:
    case ENS_TRIMMED:
        ens_select(b, tile, out);
        break;
    case ENS_COUNTED:
        count_votes(b, tile, out);
        break;
    default:
        if (b->soft.on)
            ens_soft_tile(b, tile, out);
        else if (b->known_factors)
            blend_known_classes(b, tile, out);
        else if (b->by_class)
            blend_classes(b, tile, out);
        else
            sum_or_fold(b, tile, out);
    }
    if (b->row.whole > 0 && b->recipe->gathering != ENS_COUNTED)
        ens_apply(b, ENS_MAP_quotient, out, out, tile->length, (struct ens_map){.a = (double)b->row.whole});
    if (b->recipe->after != ENS_NO_MAP)
        ens_apply(b, b->recipe->after, out, out, tile->length,
                  (struct ens_map){.a = b->recipe->after == ENS_MAP_power ? b->recipe->root : 1});
    if (b->recipe->log)
        ens_apply(b, ENS_MAP_log, out, out, tile->length, (struct ens_map){.a = -INFINITY, .c = -INFINITY});
}
