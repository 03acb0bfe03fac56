/* SPDX-License-Identifier: MIT */
#include "plan/steps.h"

#include "plan/gather.h"
#include "plan/shares.h"
#include "plan/stats.h"

#include <math.h>

/* The temperature of a step, inverted. */
static double cooling(const struct ens_blend *b, int step)
{
    return step == b->recipe->n_steps - 1 ? 1 / b->recipe->temperature : 1;
}

/* The largest value of a tile, after the temperature of a step. */
static double peak_of(const struct ens_blend *b, int step, const void *tile, size_t length)
{
    const double most = b->kernels->peak[b->acc][b->acc](tile, length);

    return b->acc == ENS_f64 ? most * cooling(b, step) : (double)((float)most * (float)cooling(b, step));
}

/* Adds exponentials of a tile, whose peak is `most`, to what is known of the row; they go to `to`, if not NULL. */
static void measure_exponentials(const struct ens_blend *b, int step, double most, const void *tile, size_t length,
                                 void *to, struct ens_stat *stat)
{
    struct ens_soften s = {.from = tile,
                           .length = length,
                           .stretch = length,
                           .a = cooling(b, step),
                           .b = most == -INFINITY ? 0 : most,
                           .to = to};

    ens_stat_add(b, stat, most, b->kernels->soften[b->acc][b->acc](&s));
}

/* Adds a tile to what a step has to know of the row. */
static void measure(const struct ens_blend *b, int step, const void *tile, size_t length, struct ens_stat *stat)
{
    if (b->recipe->steps[step] == ENS_STEP_NORMALISE)
        stat->sum += b->kernels->sum[b->acc](tile, length);
    else
        measure_exponentials(b, step, peak_of(b, step, tile, length), tile, length, NULL, stat);
}

static void apply_step(const struct ens_blend *b, int step, void *tile, size_t length, const struct ens_stat *stat)
{
    struct ens_map map = {.a = cooling(b, step), .b = stat->most, .c = -INFINITY};

    if (b->recipe->steps[step] == ENS_STEP_LOG_SOFTMAX) {
        map.b += ens_log(b, stat->sum);
        ens_apply(b, ENS_MAP_affine, tile, tile, length, map);
    } else if (b->recipe->steps[step] == ENS_STEP_SOFTMAX) {
        map.c = stat->sum;
        ens_apply(b, ENS_MAP_softmax, tile, tile, length, map);
    } else {
        ens_apply(b, ENS_MAP_quotient, tile, tile, length, (struct ens_map){.a = stat->sum});
    }
}

/* A row of at most so many tiles is looked through for its largest value once more, see soften_row(). */
#define FEW_TILES 4

/*
 * A softmax of a row of few tiles, which is kept: the exponentials by which its largest value's tile is measured are
 * those that it becomes. To know which tile that is takes about a tenth of the time of the exponentials of all.
 */
static ENS_APART void soften_row(struct ens_blend *b, unsigned char *kept, unsigned char *to)
{
    const size_t width = b->e->width;
    struct ens_stat stat = {.most = -INFINITY};
    double most = -INFINITY, peaks[FEW_TILES];
    size_t best = 0;

    for (size_t at = 0; at < width; at += b->tile) {
        const struct ens_tile tile = ens_tile_at(b, at, width);
        ens_gather(b, &tile, kept + (at << b->shift));
        peaks[at / b->tile] = peak_of(b, 0, kept + (at << b->shift), tile.length);
        best = peaks[at / b->tile] > most ? at : best;
        most = peaks[at / b->tile] > most ? peaks[at / b->tile] : most;
    }
    for (size_t at = 0; at < width; at += b->tile) {
        unsigned char *values = kept + (at << b->shift);

        measure_exponentials(b, 0, peaks[at / b->tile], values, ens_tile_at(b, at, width).length,
                             at == best && most > -INFINITY ? values : NULL, &stat);
    }
    if (b->decision != NULL)
        ens_decide_steps(b->decision, b->recipe, &stat);
    for (size_t at = 0; at < width; at += b->tile) {
        const struct ens_tile tile = ens_tile_at(b, at, width);
        unsigned char *values = kept + (at << b->shift);

        if (at == best && most > -INFINITY)
            ens_apply(b, ENS_MAP_quotient, values, values, tile.length, (struct ens_map){.a = stat.sum});
        else
            apply_step(b, 0, values, tile.length, &stat);
        ens_deliver(b, 0, &tile, values, ens_result_at(b, to, at));
    }
}

/*
 * A row that is normalised, or becomes a softmax: each step goes through it once to measure it. It is kept in between,
 * in the result, or if it is one tile, or if there is room; else it is combined anew each time.
 */
static ENS_INLINE void finish_row(struct ens_blend *b, const int again, unsigned char *to)
{
    const size_t width = b->e->width;
    unsigned char *kept = ens_is_direct(b, to) ? to : width <= b->tile ? ens_pool(b, 0) : b->room.row;
    struct ens_stat stats[ENS_STEPS] = {{0, 0}};

    if (!again && kept != NULL && b->recipe->n_steps == 1 && b->recipe->steps[0] == ENS_STEP_SOFTMAX &&
        width <= FEW_TILES * b->tile) {
        soften_row(b, kept, to);
        return;
    }
    for (int step = 0; step <= b->recipe->n_steps; step++) {
        if (step == b->recipe->n_steps && b->decision != NULL)
            ens_decide_steps(b->decision, b->recipe, stats);
        if (step < b->recipe->n_steps)
            stats[step] = (struct ens_stat){.most = -INFINITY};
        for (size_t at = 0; at < width; at += b->tile) {
            const struct ens_tile tile = ens_tile_at(b, at, width);
            unsigned char *values = kept != NULL ? kept + (at << b->shift) : ens_pool(b, 0);

            if (kept == NULL || step == 0)
                ens_gather(b, &tile, values);
            for (int done = kept != NULL && step > 0 ? step - 1 : 0; done < step; done++)
                apply_step(b, done, values, tile.length, &stats[done]);
            if (step < b->recipe->n_steps)
                measure(b, step, values, tile.length, &stats[step]);
            else
                ens_deliver(b, again, &tile, values, ens_result_at(b, to, at));
        }
    }
}

/*
 * What is gathered at once. It matters only to those who are told whether it is in the first-level cache, where nothing
 * has to be converted in tiles: a few tiles then cost them less than as many calls.
 */
static size_t length_at_once(const struct ens_blend *b, size_t width, const unsigned char *to)
{
    if (!b->soft.on || !ens_is_direct(b, to))
        return b->tile;
    return b->report == NULL ? width : 4 * b->tile;
}

/* The current row, or several rows as one, of `width` values. */
static ENS_INLINE void combine_line(struct ens_blend *b, const int again, size_t width, unsigned char *to)
{
    const size_t most = length_at_once(b, width, to);

    if (b->recipe->n_steps > 0) {
        finish_row(b, again, to);
        return;
    }
    for (size_t at = 0; at < width; at += most) {
        const struct ens_tile tile = {b->row.index, b->walk->column + at, width - at < most ? width - at : most};
        unsigned char *result = ens_result_at(b, to, at);
        void *out = ens_is_direct(b, result) ? result : ens_pool(b, 0);

        ens_gather(b, &tile, out);
        ens_deliver(b, again, &tile, out, result);
    }
}

size_t ens_rows_at_once(const struct ens_blend *b)
{
    const struct ens_walk *walk = b->walk;
    const size_t width = b->e->width, rows = width < b->tile ? b->tile / width : 1;

    for (size_t k = 0; k < b->e->plan.n; k++)
        if (ens_model_of(b, k)->map != NULL)
            return 1;
    /* Sums of softmaxes need statistics, too. */
    if (b->by_row || b->by_class || b->stats || b->recipe->n_steps != 1 ||
        b->recipe->steps[0] != ENS_STEP_NORMALISE || walk->inputs->summary->gaps > 0 || walk->result_stride != width)
        return 1;
    return rows < ENS_ROWS_AT_ONCE ? rows : ENS_ROWS_AT_ONCE;
}

void ens_normalise_rows(struct ens_blend *b, size_t row, size_t rows, unsigned char *to)
{
    const size_t width = b->e->width;
    const struct ens_tile tile = {row, 0, rows * width};
    unsigned char *const values = ens_pool(b, 0);
    double sums[ENS_ROWS_AT_ONCE];

    ens_gather(b, &tile, values);
    for (size_t r = 0; r < rows; r++)
        sums[r] = b->kernels->sum[b->acc](values + (r * width << b->shift), width);
    b->kernels->divide_rows[b->acc](values, rows, width, sums);
    ens_deliver(b, 0, &tile, values, to);
}

void ens_combine_line(struct ens_blend *b, size_t width, unsigned char *to)
{
    combine_line(b, 0, width, to);
}

int ens_blend_again(struct ens_blend *b, size_t column)
{
    const struct ens_tile tile = {b->row.index, column, 1};

    ens_shares_of_row(b);
    if (b->row.fault)
        return b->row.fault;
    if (column == ENS_NOBODY || b->recipe->n_steps > 0) {
        combine_line(b, 1, b->e->width, NULL);
    } else {
        ens_gather(b, &tile, ens_pool(b, 0));
        ens_deliver(b, 1, &tile, ens_pool(b, 0), NULL);
    }
    return 0;
}
