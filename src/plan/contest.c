/* SPDX-License-Identifier: MIT */
/*
 * What the models say, each by itself and together: entropies, linear and logarithmic pool, variance. Whatever the
 * method is, their values are probabilities here (or numbers as they are), and all of it is computed in double.
 */
#include "plan/contest.h"

#include "base/compiler.h"
#include "base/finite.h"
#include "plan/gather.h"
#include "plan/report.h"
#include "plan/shares.h"
#include "plan/stats.h"
#include "plan/values.h"

#include <math.h>
#include <string.h>

/* The normalised weight of model k in the row; 0 where it is left out. */
static double weight_of(const struct ens_blend *b, size_t k)
{
    return b->by_row ? ens_share(b, k) / b->row.present : ens_weight_in_row(b, k) / b->report->weight;
}

static const double *doubles_of(const struct ens_piece *p, size_t k)
{
    return ens_doubles(p->b, k, &p->tile, ens_piece_array(p, ENS_PIECE_RAW), ens_piece_spare(p, ENS_PIECE_CONVERTED));
}

/* A function of a model's values. */
static const double *map_of(const struct ens_piece *p, enum ens_term term, size_t k)
{
    const struct ens_recipe *recipe = &p->b->e->plan.recipe;
    const struct ens_map floor = {.a = recipe->floor, .c = recipe->log_floor};
    const int map = term == ENS_TERM_LOGS ? ENS_MAP_log : ENS_MAP_log_times;

    p->b->kernels->map[ENS_f64][map](ens_piece_spare(p, ENS_PIECE_MAPPED), doubles_of(p, k), p->tile.length, &floor);
    return ens_piece_spare(p, ENS_PIECE_MAPPED);
}

/* A model's values as distances, or their squares. */
static ENS_APART const double *deviation_of(const struct ens_piece *p, enum ens_term term, size_t k)
{
    const double one = 1;
    const void *in[] = {doubles_of(p, k)};
    const struct ens_span span = {
        .out = ens_piece_spare(p, ENS_PIECE_MAPPED), .in = in, .weight = &one, .n = 1, .length = p->tile.length};

    p->b->kernels->deviation[ENS_f64][term == ENS_TERM_SQUARES](&span, p->center);
    return ens_piece_spare(p, ENS_PIECE_MAPPED);
}

static int is_mapped(enum ens_term term)
{
    return term == ENS_TERM_LOG_TIMES || term == ENS_TERM_LOGS;
}

/* Models whose terms are summed by one kernel call. */
struct bunch {
    size_t n;
    int dtype;
    const void *in[ENS_GROUP_NEAR];
    double weight[ENS_GROUP_NEAR];
};

/* Adds them to `out`, or if that is the `first` bunch, puts their sum there. */
static void sum_bunch(const struct ens_piece *p, enum ens_term term, struct bunch *bunch, double *out, int *first)
{
    const struct ens_span span = {.out = out,
                                  .start = *first ? NULL : out,
                                  .in = bunch->in,
                                  .weight = bunch->weight,
                                  .n = bunch->n,
                                  .length = p->tile.length};

    if (bunch->n == 0)
        return;
    if (term >= ENS_TERM_DISTANCES)
        p->b->kernels->deviation[bunch->dtype][term == ENS_TERM_SQUARES](&span, p->center);
    else
        p->b->kernels->wsum[ENS_f64][bunch->dtype][ENS_f64](&span);
    bunch->n = 0;
    *first = 0;
}

/* The weighted sum of a term over all models. Values that are where they are need not be converted one by one. */
static ENS_APART void sum_models(const struct ens_piece *p, enum ens_term term, double *out)
{
    const struct ens_blend *b = p->b;
    struct bunch bunch = {.n = 0};
    int first = 1, dtype;

    for (size_t k = 0; k < b->e->plan.n; k++) {
        const double weight = weight_of(b, k);
        const void *values;

        if (weight == 0)
            continue;
        dtype = ENS_f64;
        values = is_mapped(term) ? map_of(p, term, k)
                                  : ens_values_any(b, k, &p->tile, ens_piece_array(p, ENS_PIECE_RAW),
                                                   ens_piece_spare(p, ENS_PIECE_CONVERTED), &dtype);
        if (bunch.n == ENS_GROUP_NEAR || (bunch.n > 0 && dtype != bunch.dtype))
            sum_bunch(p, term, &bunch, out, &first);
        bunch.dtype = dtype;
        bunch.in[bunch.n] = values;
        bunch.weight[bunch.n++] = weight;
        if (is_mapped(term) || !ens_values_are_plain(b, k) || ens_output_of(b, k).dtype == ENSEMBLE_I32)
            sum_bunch(p, term, &bunch, out, &first);
    }
    sum_bunch(p, term, &bunch, out, &first);
    if (first)
        memset(out, 0, p->tile.length * sizeof *out);
}

/* The sums of the weights of each class. */
static ENS_APART void weigh_classes(const struct ens_piece *p)
{
    const struct ens_blend *b = p->b;
    double *present = ens_piece_array(p, ENS_PIECE_PRESENT);

    memset(present, 0, p->tile.length * sizeof *present);
    for (size_t k = 0; k < b->e->plan.n; k++)
        if (!b->by_row || ens_share(b, k) != 0)
            for (size_t j = 0; j < p->tile.length; j++)
                present[j] += ens_class_share(b, k, p->tile.column + j);
}

/* The same where weights differ from class to class: 0 where no model speaks, NaN where their sum is infinite. */
static ENS_APART void sum_models_by_class(const struct ens_piece *p, enum ens_term term, double *out)
{
    const struct ens_blend *b = p->b;
    const double *present = ens_piece_array(p, ENS_PIECE_PRESENT);
    double *factors = ens_piece_array(p, ENS_PIECE_FACTORS);

    memset(out, 0, p->tile.length * sizeof *out);
    for (size_t k = 0; k < b->e->plan.n; k++) {
        const double *values;

        if (b->by_row && ens_share(b, k) == 0)
            continue;
        for (size_t j = 0; j < p->tile.length; j++) {
            const double share = ens_class_share(b, k, p->tile.column + j);

            factors[j] = share == 0 ? (double)NAN : share / present[j];
        }
        values = term == ENS_TERM_VALUES ? doubles_of(p, k)
                 : is_mapped(term)       ? map_of(p, term, k)
                                         : deviation_of(p, term, k);
        b->kernels->blend[ENS_f64][ENS_BLEND_sum](out, values, factors, p->tile.length);
    }
    for (size_t j = 0; j < p->tile.length; j++)
        if (!ens_is_finite(present[j]))
            out[j] = NAN;
}

void ens_piece_sum(const struct ens_piece *p, enum ens_term term, double *out)
{
    if (p->b->by_class)
        sum_models_by_class(p, term, out);
    else
        sum_models(p, term, out);
}

/* out = a + factor b */
ENS_APART void ens_piece_add(const struct ens_piece *p, double *out, const double *a, const double *b, double factor)
{
    const void *in[] = {a, b};
    const double weights[] = {1, factor};
    const struct ens_span span = {.out = out, .in = in, .weight = weights, .n = 2, .length = p->tile.length};

    p->b->kernels->wsum[ENS_f64][ENS_f64][ENS_f64](&span);
}

/* The entropies of the models and of their mean, as sums of x log x. */
static ENS_APART void look_at_entropies(const struct ens_piece *p, int what)
{
    struct ens_report *r = p->b->report;
    const struct ens_kernels *kernels = p->b->kernels;
    double *mean = ens_piece_array(p, ENS_PIECE_MEAN), *unsure = ens_piece_array(p, ENS_PIECE_UNSURE), most;

    if (what & ENS_ASKS_MEAN) {
        ens_piece_sum(p, ENS_TERM_VALUES, mean);
        if (kernels->greatest[ENS_f64](mean, p->tile.length, &most))
            r->most = NAN;
        r->most = most > r->most ? most : r->most;
    }
    if (!(what & ENS_ASKS_UNSURE))
        return;
    ens_piece_sum(p, ENS_TERM_LOG_TIMES, unsure);
    r->mean_log_times += kernels->sum[ENS_f64](unsure, p->tile.length);
    if (what & ENS_ASKS_MEAN) {
        kernels->map[ENS_f64][ENS_MAP_log_times](mean, mean, p->tile.length, &(struct ens_map){0});
        ens_piece_add(p, unsure, unsure, mean, -1);
        r->information += kernels->sum[ENS_f64](unsure, p->tile.length);
    }
}

static ENS_APART void look_at_log_pool(const struct ens_piece *p)
{
    double *logs = ens_piece_array(p, ENS_PIECE_LOG_POOL);
    struct ens_map map = {.a = 1};
    double most;

    ens_piece_sum(p, ENS_TERM_LOGS, logs);
    for (size_t j = 0; p->b->by_class && j < p->tile.length; j++)
        if (ens_piece_array(p, ENS_PIECE_PRESENT)[j] == 0)
            logs[j] = -INFINITY;
    p->b->kernels->greatest[ENS_f64](logs, p->tile.length, &most);
    map.b = most == -INFINITY ? 0 : most;
    ens_stat_add(p->b, &p->b->report->log_pool, most,
                 p->b->kernels->decay_sum[ENS_f64](logs, logs, p->tile.length, &map));
}

/* Of few models that are where they are and have one dtype, by one kernel. Is it done? */
static ENS_APART int variance_in_place(const struct ens_piece *p, double *out)
{
    const struct ens_blend *b = p->b;
    const int dtype = b->walk->inputs->summary->dtype - 1;
    const void *in[ENS_GROUP_NEAR];
    double weight[ENS_GROUP_NEAR];
    struct ens_span span = {.out = out, .in = in, .weight = weight, .length = p->tile.length};

    if (b->by_class || b->walk->inputs->summary->other_dtypes > 0 || dtype > ENS_bf16)
        return 0;
    for (size_t k = 0; k < b->e->plan.n; k++) {
        const double own = weight_of(b, k);

        if (own == 0)
            continue;
        if (span.n == ENS_GROUP_NEAR || !ens_values_are_plain(b, k))
            return 0;
        in[span.n] = ens_row_of(b, k, p->tile.row) + (p->tile.column << ens_dtype_shift(dtype + 1));
        weight[span.n++] = own;
    }
    if (span.n > 0)
        b->kernels->variance[dtype](&span);
    return span.n > 0;
}

/* What the first model that speaks of a class says; NaN where none does. */
static ENS_APART void find_first(const struct ens_piece *p, double *values)
{
    const struct ens_blend *b = p->b;
    size_t found = 0;

    for (size_t j = 0; j < p->tile.length; j++)
        values[j] = NAN;
    for (size_t k = 0; k < b->e->plan.n && found < p->tile.length; k++) {
        const double *own;

        if (weight_of(b, k) == 0)
            continue;
        own = doubles_of(p, k);
        for (size_t j = 0; j < p->tile.length; j++)
            if (ens_is_nan(values[j]) && (!b->by_class || ens_class_share(b, k, p->tile.column + j) != 0)) {
                values[j] = own[j];
                found++;
            }
    }
}

/*
 * Around the models' mean, which is found from the first one's values on: then models that say the same have exactly
 * that mean, and no variance.
 */
ENS_APART void ens_piece_variance(struct ens_piece p)
{
    const struct ens_blend *b = p.b;
    double *center = ens_piece_array(&p, ENS_PIECE_UNSURE), *shift = ens_piece_array(&p, ENS_PIECE_MEAN);
    double *out = b->report->asked->variance + ens_report_at(b, p.tile.row) * b->e->width + p.tile.column;

    if (b->e->plan.n > 0 && variance_in_place(&p, out))
        return;
    find_first(&p, center);
    p.center = center;
    ens_piece_sum(&p, ENS_TERM_DISTANCES, shift);
    ens_piece_add(&p, center, center, shift, 1);
    ens_piece_sum(&p, ENS_TERM_SQUARES, out);
    for (size_t j = 0; b->by_class && j < p.tile.length; j++)
        if (ens_piece_array(&p, ENS_PIECE_PRESENT)[j] == 0)
            out[j] = NAN;
}

void ens_contest(struct ens_blend *b, size_t row, size_t end)
{
    const int what = b->report->asks;
    const struct ens_recipe *recipe = b->recipe;
    const size_t index = b->row.index;
    struct ens_report *r = b->report;

    b->recipe = &ens_recipe_of_values;
    b->row.index = row;
    while (r->done < end && (end == b->e->width || end - r->done >= ENS_REPORT_PIECE)) {
        const size_t length = end - r->done < ENS_REPORT_PIECE ? end - r->done : ENS_REPORT_PIECE;
        const struct ens_piece p = {.b = b, .tile = {row, r->done, length}};

        if (b->by_class)
            weigh_classes(&p);
        if (what & (ENS_ASKS_MEAN | ENS_ASKS_UNSURE))
            look_at_entropies(&p, what);
        if (what & ENS_ASKS_CONFLICT)
            look_at_log_pool(&p);
        if (what & ENS_ASKS_VARIANCE)
            ens_piece_variance(p);
        r->done += length;
    }
    b->recipe = recipe;
    b->row.index = index;
}

void ens_contest_afresh(struct ens_blend *b)
{
    const struct ens_recipe *recipe = b->recipe;
    const struct ens_row row = b->row;

    b->recipe = &ens_recipe_of_values;
    ens_stats_of_row(b);
    ens_shares_of_row(b);
    ens_contest(b, row.index, b->e->width);
    b->recipe = recipe;
    b->row = row;
}

int ens_is_unfit(const struct ens_blend *b)
{
    if (b->by_row && !ens_is_finite(b->row.present))
        return 1;
    for (size_t k = 0; b->row_weights != NULL && k < b->e->plan.n; k++)
        if (ens_weight_in_row(b, k) < 0)
            return 1;
    return 0;
}

static void write_number(double *field, size_t at, int sound, double value, double least)
{
    if (field != NULL)
        field[at] = !sound ? (double)NAN : value <= least ? least : value;
}

void ens_contest_write(const struct ens_blend *b, size_t row)
{
    const struct ens_report *r = b->report;
    const struct ensemble_report *asked = r->asked;
    const size_t at = ens_report_at(b, row), width = b->e->width;
    const int sound = r->verdicts[(row - b->row.index) % ENS_REPORT_ROWS].label >= 0 && !ens_is_unfit(b);
    const double sum = r->log_pool.sum;

    write_number(asked->mean_entropy, at, sound, -r->mean_log_times, 0);
    write_number(asked->mutual_information, at, sound, r->information, 0);
    write_number(asked->variation_ratio, at, sound, 1 - r->most, 0);
    write_number(asked->conflict, at, sound, sum == 0 ? INFINITY : -(r->log_pool.most + ens_log(b, sum)), 0);
    if (asked->variance != NULL && !sound)
        for (size_t j = 0; j < width; j++)
            asked->variance[at * width + j] = NAN;
}
