/* SPDX-License-Identifier: MIT */
/* As contest.c, of several short rows: sums over models of all of them, then sums over each row. */
#include "base/compiler.h"
#include "plan/report_rows.h"
#include "plan/stats.h"

#include <math.h>

/* As many whole rows as are looked at together. */
struct part {
    struct ens_piece piece;
    const struct ens_rows *rows;
    size_t first, n; /* of the rows */
};

/* Turns an array of the piece, to where values are converted otherwise. */
static struct ens_turned turn(const struct part *p, const double *from)
{
    const size_t width = p->rows->b->e->width;
    const struct ens_turned turned = {ens_piece_array(&p->piece, ENS_PIECE_RAW), p->n, width};

    p->rows->b->kernels->turn[ENS_f64](turned.values, NULL, from, width * sizeof *from, p->n, width);
    return turned;
}

/* A field of the rows; what is not above 0 by rounding is 0. */
static void write(const struct part *p, double *field, const double *values)
{
    const int32_t *labels = p->rows->labels + p->first;
    double *to = field + p->rows->at + p->first;

    for (size_t r = 0; r < p->n; r++)
        to[r] = labels[r] < 0 ? (double)NAN : values[r] <= 0 ? 0 : values[r];
}

static ENS_APART void look_at_entropies(const struct part *p)
{
    const struct ensemble_report *asked = p->rows->b->report->asked;
    const struct ens_kernels *kernels = p->rows->b->kernels;
    const size_t length = p->piece.tile.length;
    double *mean = ens_piece_array(&p->piece, ENS_PIECE_MEAN), *unsure = ens_piece_array(&p->piece, ENS_PIECE_UNSURE);
    double *most = ens_rows_found(p->rows->b, 0), *second = ens_rows_found(p->rows->b, 1);
    double *class = ens_rows_found(p->rows->b, 2), *sums = ens_rows_found(p->rows->b, 3);
    struct ens_turned turned;

    if (p->rows->b->report->asks & ENS_ASKS_MEAN)
        ens_piece_sum(&p->piece, ENS_TERM_VALUES, mean);
    if (asked->variation_ratio != NULL) {
        turned = turn(p, mean);
        kernels->lead_rows[ENS_f64](&turned, most, second, class);
        for (size_t r = 0; r < p->n; r++)
            sums[r] = class[r] < 0 ? (double)NAN : 1 - most[r];
        write(p, asked->variation_ratio, sums);
    }
    if (!(p->rows->b->report->asks & ENS_ASKS_UNSURE))
        return;
    ens_piece_sum(&p->piece, ENS_TERM_LOG_TIMES, unsure);
    if (asked->mean_entropy != NULL) {
        turned = turn(p, unsure);
        kernels->sum_rows(&turned, sums);
        for (size_t r = 0; r < p->n; r++)
            sums[r] = -sums[r];
        write(p, asked->mean_entropy, sums);
    }
    if (asked->mutual_information != NULL) {
        kernels->map[ENS_f64][ENS_MAP_log_times](mean, mean, length, &(struct ens_map){0});
        ens_piece_add(&p->piece, unsure, unsure, mean, -1);
        turned = turn(p, unsure);
        kernels->sum_rows(&turned, sums);
        write(p, asked->mutual_information, sums);
    }
}

static ENS_APART void look_at_log_pool(const struct part *p)
{
    const struct ens_blend *b = p->rows->b;
    const struct ens_map map = {.a = -INFINITY, .c = -INFINITY};
    double *logs = ens_piece_array(&p->piece, ENS_PIECE_LOG_POOL);
    double *most = ens_rows_found(b, 0), *sums = ens_rows_found(b, 1), *log_sums = ens_rows_found(b, 2);
    struct ens_turned turned;

    ens_piece_sum(&p->piece, ENS_TERM_LOGS, logs);
    turned = turn(p, logs);
    b->kernels->decay_turned(&turned, most, sums);
    b->kernels->map[ENS_f64][ENS_MAP_log](log_sums, sums, p->n, &map);
    for (size_t r = 0; r < p->n; r++)
        sums[r] = -(most[r] + log_sums[r]); /* infinity where the sum is 0 */
    write(p, b->report->asked->conflict, sums);
}

static void clear_variance(const struct ens_rows *rows)
{
    const size_t width = rows->b->e->width;

    for (size_t r = 0; r < rows->n; r++)
        for (size_t j = 0; rows->labels[r] < 0 && j < width; j++)
            rows->b->report->asked->variance[(rows->at + r) * width + j] = NAN;
}

void ens_contest_rows(const struct ens_rows *rows)
{
    struct ens_blend *b = rows->b;
    const size_t width = b->e->width, most = ENS_REPORT_PIECE / width;
    const struct ens_recipe *recipe = b->recipe;
    const int what = b->report->asks;
    struct part p = {.piece.b = b, .rows = rows};

    b->recipe = &ens_recipe_of_values;
    for (; p.first < rows->n; p.first += p.n) {
        p.n = rows->n - p.first < most ? rows->n - p.first : most;
        p.piece.tile = (struct ens_tile){rows->row + p.first, 0, p.n * width};
        if (what & (ENS_ASKS_MEAN | ENS_ASKS_UNSURE))
            look_at_entropies(&p);
        if (what & ENS_ASKS_CONFLICT)
            look_at_log_pool(&p);
        if (what & ENS_ASKS_VARIANCE)
            ens_piece_variance(p.piece);
    }
    b->recipe = recipe;
    if (rows->broken && (what & ENS_ASKS_VARIANCE))
        clear_variance(rows);
}
