/* SPDX-License-Identifier: MIT */
/* Weighted sums of several rows at once: of short ones (struct ens_panel), and spans with more rows. */
#include "check.h"
#include "number.h"
#include "report.h"
#include "trial.h"

#include <math.h>
#include <string.h>

#define MOST_MODELS 17
#define MOST_ROWS 4
#define WIDTH 600

static size_t in_strides[MOST_MODELS];

/*
 * `beyond`: everybody takes part. Arrays: the models; the result; by row the factors and who takes part, or by class
 * the factors of each model.
 */
static void add_models(struct trial *t, struct rng *rng, int out_dtype)
{
    static const size_t gaps[] = {0, 0, 2, 16, 40, 1, 5}; /* bytes: rows need not be aligned */
    static unsigned char out[MOST_ROWS * (WIDTH + 3) * sizeof(double)];
    const size_t out_gap = rng_below(rng, 3);

    t->n = rng_between(rng, 1, MOST_MODELS);
    t->rows = rng_between(rng, 0, MOST_ROWS);
    for (size_t m = 0; m < t->n; m++) {
        const size_t bytes = t->length * number_size(t->in);
        size_t all;

        in_strides[m] = bytes + gaps[rng_below(rng, sizeof gaps / sizeof gaps[0])];
        all = t->rows == 0 ? 0 : (t->rows - 1) * in_strides[m] + bytes;
        trial_add_raw(t, READ, all, 1, data_piece(rng, t->in, t->data, all / number_size(t->in) + 1));
    }
    /* What is between the rows of the result is poison too, and is compared with them. */
    t->stride = (t->length + out_gap) * number_size(out_dtype);
    memset(out, 0xA5, sizeof out);
    trial_add(t, RESULT, out_dtype, t->rows == 0 ? 0 : (t->rows - 1) * (t->length + out_gap) + t->length, out);
}

static void make_panel(struct trial *t, struct rng *rng)
{
    static unsigned char taken[MOST_ROWS * MOST_MODELS], factors[MOST_MODELS][WIDTH * sizeof(double)];
    const size_t missing = rng_between(rng, 1, 6);

    add_models(t, rng, t->acc);
    t->beyond = rng_one_in(rng, 2);
    for (size_t i = 0; i < t->rows * t->n; i++)
        taken[i] = (unsigned char)(!t->beyond && rng_one_in(rng, missing) ? 0 : 1 << rng_below(rng, 8));
    if (t->which == 0) {
        trial_add_aligned(t, t->acc, t->rows * t->n, data_piece(rng, t->acc, DATA_SPECIAL, t->rows * t->n));
        trial_add_raw(t, READ, t->rows * t->n, 1, taken);
        return;
    }
    for (size_t m = 0; m < t->n; m++) {
        memcpy(factors[m], data_piece(rng, t->acc, data_kind_of_weights(rng), t->length),
               t->length * number_size(t->acc));
        for (size_t j = 0; j < t->length; j++)
            if (!t->beyond && rng_one_in(rng, missing))
                number_put(t->acc, factors[m], j, number_infinity(t->acc) + 1);
            else if (t->beyond && number_is_nan(t->acc, number_get(t->acc, factors[m], j)))
                number_put(t->acc, factors[m], j, 0);
        trial_add(t, READ, t->acc, t->length, factors[m]);
    }
}

static void call_panel(struct trial *t, const struct ens_kernels *kernels)
{
    const void *factors[MOST_MODELS];
    struct ens_panel panel = {.out = t->at[t->n], .out_stride = t->stride, .in_stride = in_strides, .n = t->n,
                              .rows = t->rows, .width = t->length, .all = t->beyond};

    panel.in = trial_pointers(t, 0, t->n);
    if (t->which == 0) {
        panel.factor = t->at[t->n + 1];
        panel.taken = t->at[t->n + 2];
    } else {
        for (size_t m = 0; m < t->n; m++)
            factors[m] = t->at[t->n + 1 + m];
        panel.factors = factors;
    }
    kernels->panel[t->acc][t->in][t->which](&panel);
}

static void do_panel(struct trial *t)
{
    for (size_t row = 0; row < t->rows; row++)
        for (size_t j = 0; j < t->length; j++) {
            double sum = 0;
            int any = 0;

            for (size_t m = 0; m < t->n; m++) {
                const double x = number_read(t->in, t->at[m] + row * in_strides[m], j);
                const double factor = t->which == 0 ? trial_get(t, t->n + 1, row * t->n + m)
                                                    : trial_get(t, t->n + 1 + m, j);
                const double product = trial_round(t, factor * x);

                if (t->which == 0 ? !t->at[t->n + 2][row * t->n + m] : isnan(factor))
                    continue;
                sum = any ? trial_round(t, sum + product) : product;
                any = 1;
            }
            trial_put(t, t->n, row * (t->stride / number_size(t->acc)) + j, any ? sum : (double)NAN);
        }
}

/* `which`: the result's dtype. */
static void make_rows(struct trial *t, struct rng *rng)
{
    add_models(t, rng, t->which);
    trial_add_aligned(t, t->acc, t->n, data_piece(rng, t->acc, data_kind_of_weights(rng), t->n));
}

static void call_rows(struct trial *t, const struct ens_kernels *kernels)
{
    if (t->rows > 0)
        kernels->wsum[t->acc][t->in][t->which](&(struct ens_span){.out = t->at[t->n],
                                                                  .in = trial_pointers(t, 0, t->n),
                                                                  .weight = t->at[t->n + 1],
                                                                  .n = t->n,
                                                                  .length = t->length,
                                                                  .more_rows = t->rows - 1,
                                                                  .out_step = t->stride,
                                                                  .in_step = in_strides});
}

static void do_rows(struct trial *t)
{
    for (size_t row = 0; row < t->rows; row++)
        for (size_t j = 0; j < t->length; j++) {
            double sum = 0;

            for (size_t m = 0; m < t->n; m++) {
                const double x = number_read(t->in, t->at[m] + row * in_strides[m], j);
                const double product = trial_round(t, trial_get(t, t->n + 1, m) * x);

                sum = m > 0 ? trial_round(t, sum + product) : product;
            }
            number_put(t->which, t->at[t->n] + row * t->stride, j, number_encode(t->which, sum));
        }
}

static void check_rows_of_spans(struct check *check)
{
    struct trial t = {.kernel = "wsum of rows", .make = make_rows, .call = call_rows, .reference = do_rows,
                      .longest = WIDTH};

    for (int i = 0; i < ENS_ISAS; i++)
        for (t.acc = 0; isas[i].run && t.acc < 2; t.acc++)
            for (t.in = 0; t.in < ENS_DTYPES; t.in++)
                for (t.which = 0; t.which < ENS_DTYPES; t.which++)
                    if (isas[i].kernels->wsum[t.acc][t.in][t.which] != NULL)
                        trial_all(&isas[i], &t, check);
}

void check_panels(struct check *check)
{
    struct trial t = {.kernel = "panel", .make = make_panel, .call = call_panel, .reference = do_panel,
                      .longest = WIDTH};

    for (int i = 0; i < ENS_ISAS; i++)
        for (t.acc = 0; isas[i].run && t.acc < 2; t.acc++)
            for (t.in = 0; t.in < ENS_DTYPES; t.in++)
                for (t.which = 0; t.which < 2; t.which++)
                    if (isas[i].kernels->panel[t.acc][t.in][t.which] != NULL)
                        trial_all(&isas[i], &t, check);
    check_rows_of_spans(check);
    report_subject(NULL, NULL, NULL);
}
