/* SPDX-License-Identifier: MIT */
#include "learn/calibrate.h"

#include "learn/rows.h"
#include "plan/values.h"

#include <math.h>
#include <string.h>

/*
 * Steps that Newton's method may take, which are some ten; but where the slope falls like an exponential function, each
 * of them goes on by no more than its scale. Then, and wherever they lead nowhere, every step halves what is between
 * the ends, which from 100 down to a part of 1e-14 in a number of .01 is 60 times.
 */
#define NEWTON_STEPS 100

/* A step as small as this, in parts of the number, is rounding: the sums over rows are not more exact. */
#define STILL 1e-14

struct calibration {
    struct ens_source *s;
    const struct ens_sample *sample;
    size_t model;        /* of the source's; or, for the result: */
    int of_result;
    int powers;
    size_t length;       /* of a row of logits */
    size_t together;     /* rows that are combined at once */
    double *rows;        /* room for so many */
    double *row;         /* the row at hand */
    double *exponentials; /* ENS_PIECE */
    double slope, curvature; /* of the sum over the rows, by 1 / temperature */
};

int ens_calibrates(const struct ens_source *s, size_t i)
{
    const struct ens_model *model = ens_model_of(&s->b, s->k[i]);

    return s->width > 1 ? model->space == ENSEMBLE_LOGITS
                        : model->space == ENSEMBLE_BINARY_LOGITS && model->map == NULL;
}

/* The logits of one of the sample's rows. Returns where the label is among them; negative if it is not. */
static long read_row(struct calibration *c, size_t at)
{
    struct ens_source *s = c->s;
    const size_t row = ens_sample_row(c->sample, at);
    const struct ens_model *model = c->of_result ? NULL : ens_model_of(&s->b, s->k[c->model]);
    const struct ens_map log = {.a = -INFINITY, .c = -INFINITY};
    const long label = ens_source_label(s, row);
    double *to = c->rows + (s->width == 1);

    c->row = c->rows + at % c->together * s->width;
    if (c->of_result && c->row == c->rows) {
        const size_t n = ens_rows_at(s, c->sample, at);

        ens_rows_combine(s, c->sample, at, n, c->rows);
        if (c->powers)
            s->e.kernels->map[ENS_f64][ENS_MAP_log](c->rows, c->rows, n * s->width, &log);
    }
    if (c->of_result)
        return label;
    for (size_t column = 0, length; column < c->length - (s->width == 1); column += length) {
        const void *from;

        length = c->length - (s->width == 1) - column;
        length = length < ENS_PIECE ? length : ENS_PIECE;
        from = ens_raw(&s->b, s->k[c->model], row, column, length, to + column);
        if (from != to + column)
            memcpy(to + column, from, length * sizeof *to);
    }
    c->rows[0] = s->width == 1 ? 0 : c->rows[0];
    return model->map != NULL ? model->source[label] : label;
}

/*
 * Adds a row's log loss at the temperature's inverse `beta`, log sum_j exp(beta z_j) - beta z_label, as its
 * derivatives: mean and variance of z under the softmax. A label that is impossible at every temperature has none, nor
 * has a row without an answer.
 */
static void add_row(struct calibration *c, size_t label, double beta)
{
    const struct ens_kernels *kernels = c->s->e.kernels;
    double most, sum = 0, first = 0, second = 0;
    struct ens_map map = {.a = beta};

    kernels->greatest[ENS_f64](c->row, c->length, &most);
    if (!(c->row[label] > -INFINITY))
        return;
    map.b = most * beta;
    for (size_t at = 0; at < c->length; at += ENS_PIECE) {
        const size_t length = c->length - at < ENS_PIECE ? c->length - at : ENS_PIECE;

        kernels->map[ENS_f64][ENS_MAP_decay](c->exponentials, c->row + at, length, &map);
        for (size_t j = 0; j < length; j++) {
            const double e = c->exponentials[j], d = e > 0 ? c->row[at + j] - most : 0;

            sum += e;
            first += e * d;
            second += e * d * d;
        }
    }
    if (!(sum < INFINITY)) /* infinity less infinity is NaN, and so is the sum */
        return;
    first /= sum;
    c->slope += first - (c->row[label] - most);
    c->curvature += second / sum - first * first;
}

static void differentiate(struct calibration *c, double beta)
{
    c->slope = c->curvature = 0;
    for (size_t at = 0; at < c->sample->n; at++) {
        const long label = read_row(c, at);

        if (label >= 0)
            add_row(c, (size_t)label, beta);
    }
}

static int is_still(double beta, double next)
{
    return next - beta <= STILL * beta && beta - next <= STILL * beta;
}

/* Newton's method for the zero of a slope that only grows, kept between the ends of what is sought. */
static double solve(struct calibration *c)
{
    const double least = 1 / ENS_HOTTEST, most = 1 / ENS_COOLEST;
    double beta = 1, low = least, high = most;
    int tried_least = 0, tried_most = 0;

    for (int step = 0;; step++) {
        double next;

        differentiate(c, beta);
        tried_least |= beta == least;
        tried_most |= beta == most;
        if (c->slope < 0)
            low = beta;
        else
            high = beta;
        if (c->slope == 0 || low == high)
            break;
        next = beta - c->slope / c->curvature;
        if (is_still(beta, next)) /* looked at first: beta is one of the ends, and rounding can make it next, too */
            break;
        if (!(next > low))
            next = low == least && !tried_least ? least : low + (high - low) / 2;
        else if (!(next < high))
            next = high == most && !tried_most ? most : low + (high - low) / 2;
        else if (step >= NEWTON_STEPS)
            next = low + (high - low) / 2;
        if (is_still(beta, next))
            break;
        beta = next;
    }
    return 1 / beta;
}

static int open_rows(struct calibration *c, size_t length, size_t together)
{
    int failed = 0;

    c->length = length;
    c->together = together;
    c->rows = ens_heap_doubles(c->s->heap, together * length, &failed);
    c->exponentials = ens_heap_doubles(c->s->heap, ENS_PIECE, &failed);
    return failed ? ENSEMBLE_ENOMEM : 0;
}

int ens_calibrate_model(struct ens_source *s, const struct ens_sample *sample, size_t i, double *temperature)
{
    struct calibration c = {.s = s, .sample = sample, .model = i};
    const size_t length = s->width == 1 ? 2 : ens_row_length(&s->e, ens_source_model(s, i), 0);
    const int code = open_rows(&c, length, 1);

    if (code == 0)
        *temperature = solve(&c);
    return code;
}

int ens_calibrate_result(struct ens_source *s, const struct ens_sample *sample, int powers, double *temperature)
{
    struct calibration c = {.s = s, .sample = sample, .of_result = 1, .powers = powers};
    const int code = open_rows(&c, s->width, ens_rows_together(s));

    if (code == 0)
        *temperature = solve(&c);
    return code;
}
