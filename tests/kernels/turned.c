/* SPDX-License-Identifier: MIT */
/* Kernels of short rows that are turned on their sides (struct ens_turned), and of shares. */
#include "check.h"
#include "number.h"
#include "report.h"
#include "trial.h"

#include <math.h>
#include <string.h>

#define MOST_ROWS 400

/*
 * As many rows as a length, or a number of which there are rows that are turned in a way of their own; of 1 to
 * ENS_LANES values, where there is room for them.
 */
static void choose_rows(struct trial *t, struct rng *rng)
{
    t->rows = rng_one_in(rng, 4) ? 16 : rng_one_in(rng, 3) ? 32 : t->length;
    t->n = rng_between(rng, 1, t->rows > TRIAL_LONG / ENS_LANES ? TRIAL_LONG / t->rows : ENS_LANES);
}

/* Arrays: what is turned, room for as much, and the rows, mostly without gaps. */
static void make_turn(struct trial *t, struct rng *rng)
{
    static const size_t gaps[] = {0, 0, 0, 4, 8, 1, 7};
    const size_t size = number_size(t->acc);
    size_t bytes;

    choose_rows(t, rng);
    t->stride = t->n * size + gaps[rng_below(rng, sizeof gaps / sizeof gaps[0])];
    bytes = t->rows == 0 ? 0 : (t->rows - 1) * t->stride + t->n * size;
    trial_add_raw(t, RESULT, t->rows * t->n * size, 1, NULL);
    trial_add_raw(t, SCRATCH, t->rows * t->n * size, 1, NULL);
    trial_add_raw(t, READ, bytes, 1, data_piece(rng, t->acc, DATA_BITS, bytes / size + 1));
}

static void call_turn(struct trial *t, const struct ens_kernels *kernels)
{
    kernels->turn[t->acc](t->at[0], t->at[1], t->at[2], t->stride, t->rows, t->n);
}

static void do_turn(struct trial *t)
{
    const size_t size = number_size(t->acc);

    for (size_t row = 0; row < t->rows; row++)
        for (size_t j = 0; j < t->n; j++)
            memcpy(t->at[0] + (j * t->rows + row) * size, t->at[2] + row * t->stride + j * size, size);
}

static struct ens_turned turned_of(const struct trial *t)
{
    return (struct ens_turned){t->at[0], t->rows, t->n};
}

/* Value j of a row. */
static double value(const struct trial *t, size_t row, size_t j)
{
    return trial_get(t, 0, j * t->rows + row);
}

/* Half of the rows have few different values, or nothing above minus infinity. */
static void make_values(struct trial *t, struct rng *rng, enum role role)
{
    static unsigned char values[TRIAL_LONG * sizeof(double)];

    choose_rows(t, rng);
    memcpy(values, data_piece(rng, t->acc, rng_one_in(rng, 2) ? DATA_FEW : t->data, t->rows * t->n),
           t->rows * t->n * number_size(t->acc));
    for (size_t row = 0; row < t->rows && rng_one_in(rng, 2); row++)
        if (rng_one_in(rng, 8))
            for (size_t j = 0; j < t->n; j++)
                number_put(t->acc, values, j * t->rows + row,
                           number_infinity(t->acc) | (rng_one_in(rng, 9) ? 1 : number_sign(t->acc)));
    trial_add(t, role, t->acc, t->rows * t->n, values);
    t->arrays[0].alignment = t->acc == ENS_f64 ? sizeof(double) : 1;
}

/* `which`: 0 lead_rows, 1 next_rows. Arrays: the values; the largest, their indices, the second largest. */
static void make_lead(struct trial *t, struct rng *rng)
{
    make_values(t, rng, READ);
    for (int i = 0; i < 3 - t->which; i++)
        trial_add(t, RESULT, t->acc, t->rows, NULL);
}

static void call_lead(struct trial *t, const struct ens_kernels *kernels)
{
    const struct ens_turned turned = turned_of(t);

    if (t->which == 1)
        kernels->next_rows[t->acc](&turned, t->at[1], t->at[2]);
    else
        t->result[0] = kernels->lead_rows[t->acc](&turned, t->at[1], t->at[3], t->at[2]) != 0;
}

static void do_lead(struct trial *t)
{
    for (size_t row = 0; row < t->rows; row++) {
        double best = -(double)INFINITY, second = best;
        size_t label = 0;
        int nan = 0;

        for (size_t j = 0; j < t->n; j++) {
            nan |= isnan(value(t, row, j));
            if (value(t, row, j) > best) {
                best = value(t, row, j);
                label = j;
            }
        }
        for (size_t j = 0; j < t->n; j++)
            if (j != label && value(t, row, j) > second)
                second = value(t, row, j);
        trial_put(t, 1, row, best);
        trial_put(t, 2, row, nan && t->which == 0 ? -1 : (double)label);
        if (t->which == 0)
            trial_put(t, 3, row, second);
        t->result[0] = t->which == 0 && (nan || t->result[0] != 0);
    }
}

/* `which`: 0 sum_rows, 1 decay_turned. Arrays: the values, the sums, the largest values. */
static void make_sums(struct trial *t, struct rng *rng)
{
    make_values(t, rng, SCRATCH);
    for (int i = 0; i < 1 + t->which; i++) {
        trial_add(t, RESULT, ENS_f64, t->rows, NULL);
        t->arrays[1 + i].alignment = sizeof(double);
    }
}

static void call_sums(struct trial *t, const struct ens_kernels *kernels)
{
    const struct ens_turned turned = turned_of(t);

    if (t->which == 1)
        kernels->decay_turned(&turned, (double *)(void *)t->at[2], (double *)(void *)t->at[1]);
    else
        kernels->sum_rows(&turned, (double *)(void *)t->at[1]);
}

/* By the kernels for one row, which rows.c is about. */
static void do_sums(struct trial *t)
{
    const struct ens_kernels *kernels = isas[ENS_ISA_portable].kernels;
    double x[ENS_LANES], most;

    for (size_t row = 0; row < t->rows; row++) {
        struct ens_map map = {.a = 1};

        for (size_t j = 0; j < t->n; j++)
            x[j] = value(t, row, j);
        if (t->which == 0) {
            trial_put(t, 1, row, kernels->sum[ENS_f64](x, t->n));
            continue;
        }
        kernels->greatest[ENS_f64](x, t->n, &most);
        map.b = most == -(double)INFINITY ? 0 : most;
        trial_put(t, 1, row, kernels->decay_sum[ENS_f64](x, x, t->n, &map));
        trial_put(t, 2, row, most);
    }
}

/* Arrays: what is divided, and by what. */
static void make_quotients(struct trial *t, struct rng *rng)
{
    trial_add(t, RESULT, ENS_f64, t->length, data_piece(rng, ENS_f64, t->data, t->length));
    t->arrays[0].alignment = sizeof(double);
    trial_add_aligned(t, ENS_f64, t->length, data_piece(rng, ENS_f64, data_kind_of_weights(rng), t->length));
}

static void call_quotients(struct trial *t, const struct ens_kernels *kernels)
{
    t->result[0] = kernels->quotients((double *)(void *)t->at[0], (const double *)(const void *)t->at[1],
                                      t->length) != 0;
}

static void do_quotients(struct trial *t)
{
    for (size_t j = 0; j < t->length; j++) {
        const double quotient = trial_get(t, 0, j) / trial_get(t, 1, j);

        trial_put(t, 0, j, quotient);
        if (quotient == 0 || !isfinite(quotient))
            t->result[0] = 1;
    }
}

void check_turned(struct check *check)
{
    struct trial kinds[] = {
        {.kernel = "turn", .make = make_turn, .call = call_turn, .reference = do_turn, .longest = MOST_ROWS},
        {.kernel = "lead_rows", .make = make_lead, .call = call_lead, .reference = do_lead, .zeros_equal = 1,
         .longest = MOST_ROWS},
        {.kernel = "next_rows", .which = 1, .make = make_lead, .call = call_lead, .reference = do_lead,
         .longest = MOST_ROWS},
        {.kernel = "sum_rows", .make = make_sums, .call = call_sums, .reference = do_sums, .longest = MOST_ROWS},
        {.kernel = "decay_turned", .which = 1, .make = make_sums, .call = call_sums, .reference = do_sums,
         .zeros_equal = 1, .longest = MOST_ROWS},
        {.kernel = "quotients", .make = make_quotients, .call = call_quotients, .reference = do_quotients},
    };
    const size_t in_double = 3; /* kinds from here on */

    for (int i = 0; i < ENS_ISAS; i++)
        for (int acc = 0; isas[i].run && acc < 2; acc++)
            for (size_t kind = 0; kind < (acc == ENS_f64 ? sizeof kinds / sizeof kinds[0] : in_double); kind++) {
                kinds[kind].acc = kinds[kind].in = acc;
                trial_all(&isas[i], &kinds[kind], check);
            }
    report_subject(NULL, NULL, NULL);
}
