/* SPDX-License-Identifier: MIT */
/* Kernels that look at rows as a whole: sums, the greatest value, what is where, ranks, and several short rows. */
#include "check.h"
#include "number.h"
#include "report.h"
#include "trial.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MOST_ROWS 5

static const double infinity = (double)INFINITY;

static double greatest_of(const double *x, size_t n)
{
    double most = -infinity;

    for (size_t j = 0; j < n; j++)
        most = x[j] > most ? x[j] : most;
    return most + 0; /* never -0 */
}

/* Row `row` of array `array`, whose rows are `stride` bytes apart. */
static void read_row(const struct trial *t, size_t array, size_t row, size_t stride, double *x)
{
    for (size_t j = 0; j < t->length; j++)
        x[j] = number_read(t->acc, t->at[array] + row * stride, j);
}

static void make_sum(struct trial *t, struct rng *rng)
{
    trial_add_data(t, rng, READ, t->acc, t->length);
}

static void call_sum(struct trial *t, const struct ens_kernels *kernels)
{
    t->result[0] = kernels->sum[t->acc](t->at[0], t->length);
}

static void do_sum(struct trial *t)
{
    double x[ENS_BLOCK];

    read_row(t, 0, 0, 0, x);
    t->result[0] = trial_sum(t, x, t->length);
}

/* Exponents x a - b that are not above 0, as a row's largest one makes them. */
static void choose_decay(struct trial *t, struct rng *rng, const void *from)
{
    static const double factors[] = {1, 1, 0.25, 1.0 / 3, 20, 88, 300};
    double x[ENS_BLOCK];

    t->map = (struct ens_map){.a = factors[rng_below(rng, sizeof factors / sizeof factors[0])]};
    for (size_t j = 0; j < t->length; j++)
        x[j] = number_read(t->acc, from, j);
    t->map.b = trial_round(t, greatest_of(x, t->length) * trial_round(t, t->map.a));
}

static void make_decay_sum(struct trial *t, struct rng *rng)
{
    const void *from = data_piece(rng, t->acc, t->data, t->length);

    choose_decay(t, rng, from);
    t->in_place = rng_one_in(rng, 2);
    trial_add(t, RESULT, t->acc, t->length, t->in_place ? from : NULL);
    if (!t->in_place)
        trial_add(t, READ, t->acc, t->length, from);
}

static void call_decay_sum(struct trial *t, const struct ens_kernels *kernels)
{
    t->result[0] = kernels->decay_sum[t->acc](t->at[0], t->at[!t->in_place], t->length, &t->map);
}

/* By the map, which functions.c and the comparison with all other maps are about. */
static void do_decay_sum(struct trial *t)
{
    isas[ENS_ISA_portable].kernels->map[t->acc][ENS_MAP_decay](t->at[0], t->at[!t->in_place], t->length, &t->map);
    do_sum(t);
}

static void call_greatest(struct trial *t, const struct ens_kernels *kernels)
{
    t->result[0] = kernels->greatest[t->acc](t->at[0], t->length, &t->result[1]) != 0;
}

static void do_greatest(struct trial *t)
{
    static double x[TRIAL_LONG];

    read_row(t, 0, 0, 0, x);
    t->result[1] = greatest_of(x, t->length);
    for (size_t j = 0; j < t->length; j++)
        if (isnan(x[j]))
            t->result[0] = 1;
}

/* Searches for what is there, for what is there with another sign, for what is not, and for NaN, which never is. */
static void make_find(struct trial *t, struct rng *rng)
{
    make_sum(t, rng);
    t->value = number_read(t->acc, data_piece(rng, t->acc, DATA_SPECIAL, 1), 0);
    if (t->length > 0 && !rng_one_in(rng, 4))
        t->value = number_read(t->acc, t->arrays[0].from, rng_below(rng, t->length));
    if (rng_one_in(rng, 3))
        t->value = t->value == 0 ? -t->value : 0;
}

static void call_find(struct trial *t, const struct ens_kernels *kernels)
{
    t->result[0] = (double)kernels->find[t->acc](t->at[0], t->length, t->value);
}

static void do_find(struct trial *t)
{
    size_t j = 0;

    while (j < t->length && !(trial_get(t, 0, j) == t->value))
        j++;
    t->result[0] = (double)j;
}

/* A value that few are above: the largest of a few of them. */
static void make_above(struct trial *t, struct rng *rng)
{
    trial_add_data(t, rng, READ, t->acc, t->length);
    t->value = number_read(t->acc, data_piece(rng, t->acc, DATA_SPECIAL, 1), 0);
    for (size_t i = 0; t->length > 0 && i < 20; i++) {
        const double x = number_read(t->acc, t->arrays[0].from, rng_below(rng, t->length));

        t->value = x > t->value ? x : t->value;
    }
}

static void call_above(struct trial *t, const struct ens_kernels *kernels)
{
    t->result[0] = (double)kernels->above[t->acc](t->at[0], t->length, t->value);
}

static void do_above(struct trial *t)
{
    size_t j = 0;

    while (j < t->length && !(trial_get(t, 0, j) > t->value))
        j++;
    t->result[0] = (double)j;
}

/* Some rows with gaps between them, which need not be whole values. Rows that have one value at least. */
static size_t choose_rows(struct trial *t, struct rng *rng)
{
    static const size_t gaps[] = {0, 0, 4, 8, 24, 1, 7};

    t->rows = t->length == 0 ? 0 : rng_between(rng, 0, MOST_ROWS);
    t->stride = t->length * number_size(t->acc) + gaps[rng_below(rng, sizeof gaps / sizeof gaps[0])];
    return t->rows == 0 ? 0 : (t->rows - 1) * t->stride + t->length * number_size(t->acc);
}

static const void *bytes_piece(struct trial *t, struct rng *rng, size_t bytes)
{
    return data_piece(rng, t->acc, t->data, bytes / number_size(t->acc) + 1);
}

/* `labels` are integers; array 1. */
static void make_labels(struct trial *t, struct rng *rng)
{
    const size_t bytes = choose_rows(t, rng);

    trial_add_raw(t, READ, bytes, 1, bytes_piece(t, rng, bytes));
    trial_add_raw(t, RESULT, t->rows * sizeof(int32_t), sizeof(int32_t), NULL);
}

static void call_labels(struct trial *t, const struct ens_kernels *kernels)
{
    kernels->labels[t->acc](t->at[0], t->stride, t->rows, t->length, (int32_t *)(void *)t->at[1]);
}

static void do_labels(struct trial *t)
{
    double x[ENS_BLOCK];

    for (size_t row = 0; row < t->rows; row++) {
        int32_t label = 0;

        read_row(t, 0, row, t->stride, x);
        for (size_t j = 0; j < t->length; j++)
            if (label >= 0)
                label = isnan(x[j]) ? -1 : x[j] > x[label] ? (int32_t)j : label;
        memcpy(t->at[1] + row * sizeof label, &label, sizeof label);
    }
}

/* Arrays: the result, the sums, and where the result is not in place the rows. */
static void make_decay_rows(struct trial *t, struct rng *rng)
{
    const size_t bytes = choose_rows(t, rng);

    choose_decay(t, rng, data_piece(rng, t->acc, DATA_SIMPLE, t->length)); /* b is the kernel's own affair */
    t->in_place = t->stride == t->length * number_size(t->acc) && rng_one_in(rng, 2);
    trial_add(t, RESULT, t->acc, t->rows * t->length, t->in_place ? bytes_piece(t, rng, bytes) : NULL);
    trial_add(t, RESULT, ENS_f64, t->rows, NULL);
    t->arrays[1].alignment = sizeof(double);
    if (!t->in_place)
        trial_add_raw(t, READ, bytes, 1, bytes_piece(t, rng, bytes));
}

static void call_decay_rows(struct trial *t, const struct ens_kernels *kernels)
{
    kernels->decay_rows[t->acc](t->at[0], t->at[t->in_place ? 0 : 2], t->stride, t->rows, t->length, t->map.a,
                                (double *)(void *)t->at[1]);
}

static void do_decay_rows(struct trial *t)
{
    const size_t bytes = t->length * number_size(t->acc);
    double x[ENS_BLOCK], sum;

    for (size_t row = 0; row < t->rows; row++) {
        struct ens_map map = {.a = t->map.a};

        read_row(t, t->in_place ? 0 : 2, row, t->stride, x);
        map.b = trial_round(t, greatest_of(x, t->length) * trial_round(t, map.a));
        isas[ENS_ISA_portable].kernels->map[t->acc][ENS_MAP_decay](
            t->at[0] + row * bytes, t->at[t->in_place ? 0 : 2] + row * t->stride, t->length, &map);
        read_row(t, 0, row, bytes, x);
        sum = trial_sum(t, x, t->length);
        memcpy(t->at[1] + row * sizeof sum, &sum, sizeof sum);
    }
}

static void make_divide_rows(struct trial *t, struct rng *rng)
{
    static double sums[MOST_ROWS];

    t->rows = rng_between(rng, 0, MOST_ROWS);
    for (size_t row = 0; row < t->rows; row++)
        sums[row] = number_read(t->acc, data_piece(rng, t->acc, t->data, 1), 0);
    trial_add_data(t, rng, RESULT, t->acc, t->rows * t->length);
    trial_add_aligned(t, ENS_f64, t->rows, sums);
}

static void call_divide_rows(struct trial *t, const struct ens_kernels *kernels)
{
    kernels->divide_rows[t->acc](t->at[0], t->rows, t->length, (const double *)(const void *)t->at[1]);
}

static void do_divide_rows(struct trial *t)
{
    for (size_t i = 0; i < t->rows * t->length; i++)
        trial_put(t, 0, i, trial_get(t, 0, i) / number_read(ENS_f64, t->at[1], i / t->length));
}

static int compare(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

/* n values of t->data as accumulators, and for `sorted` in order and without NaN. They live until the next call. */
static const void *values_of(struct trial *t, struct rng *rng, size_t n, int sorted)
{
    static double x[TRIAL_LONG];
    static float single[TRIAL_LONG];
    const void *from = data_piece(rng, t->acc, t->data, n);

    for (size_t i = 0; i < n; i++) {
        x[i] = number_read(t->acc, from, i);
        if (isnan(x[i]))
            x[i] = -0.0;
    }
    if (sorted)
        qsort(x, n, sizeof x[0], compare);
    for (size_t i = 0; i < n; i++)
        single[i] = t->acc == ENS_f32 ? (float)x[i] : 0;
    return t->acc == ENS_f32 ? (const void *)single : x;
}

/* Arrays: the counts, what is ranked, the others. These have no NaN where they are to be sorted. */
static void make_outrank(struct trial *t, struct rng *rng)
{
    static unsigned char counts[TRIAL_LONG * sizeof(double)];

    for (size_t j = 0; j < t->length; j++)
        number_put(t->acc, counts, j, number_encode(t->acc, (double)rng_below(rng, 1000) / 2));
    t->n = rng_below(rng, rng_one_in(rng, 4) ? 300 : 20);
    trial_add(t, RESULT, t->acc, t->length, counts);
    trial_add_data(t, rng, READ, t->acc, t->length);
    if (t->which == 0)
        trial_add_data(t, rng, READ, t->acc, t->n);
    else
        trial_add(t, READ, t->acc, t->n, values_of(t, rng, t->n, 1));
}

static void call_outrank(struct trial *t, const struct ens_kernels *kernels)
{
    if (t->which == 0)
        kernels->outrank[t->acc](t->at[0], t->at[1], t->length, t->at[2], t->n);
    else
        kernels->outrank_sorted[t->acc](t->at[0], t->at[1], t->length, t->at[2], t->n);
}

/* Of sorted values the portable kernel for any values must count the same, too. */
static void do_outrank(struct trial *t)
{
    if (t->which == 1 && t->n % 2 == 0) {
        isas[ENS_ISA_portable].kernels->outrank[t->acc](t->at[0], t->at[1], t->length, t->at[2], t->n);
        return;
    }
    for (size_t j = 0; j < t->length; j++) {
        const double x = trial_get(t, 1, j);
        double count = trial_get(t, 0, j);

        for (size_t i = 0; i < t->n; i++)
            count += trial_get(t, 2, i) < x ? 1 : trial_get(t, 2, i) == x ? 0.5 : 0;
        trial_put(t, 0, j, count);
    }
}

static void make_sort(struct trial *t, struct rng *rng)
{
    trial_add(t, RESULT, t->acc, t->length, values_of(t, rng, t->length, 0));
    trial_add_raw(t, SCRATCH, t->length * number_size(t->acc), 1, NULL);
}

static void call_sort(struct trial *t, const struct ens_kernels *kernels)
{
    kernels->sort[t->acc](t->at[0], t->at[1], t->length);
}

/* Which zero comes where is left open; but as many of each as there were must come out. */
static void do_sort(struct trial *t)
{
    static double x[TRIAL_LONG];

    read_row(t, 0, 0, 0, x);
    qsort(x, t->length, sizeof x[0], compare);
    for (size_t j = 0; j < t->length; j++) {
        t->result[0] += x[j] == 0 && signbit(x[j]);
        trial_put(t, 0, j, x[j]);
    }
}

static void call_sort_and_count(struct trial *t, const struct ens_kernels *kernels)
{
    call_sort(t, kernels);
    for (size_t j = 0; j < t->length; j++)
        t->result[0] += trial_get(t, 0, j) == 0 && signbit(trial_get(t, 0, j));
}

void check_rows(struct check *check)
{
    struct trial kinds[] = {
        {.kernel = "sum", .make = make_sum, .call = call_sum, .reference = do_sum, .longest = ENS_BLOCK},
        {.kernel = "decay_sum", .make = make_decay_sum, .call = call_decay_sum, .reference = do_decay_sum,
         .longest = ENS_BLOCK},
        {.kernel = "greatest", .make = make_sum, .call = call_greatest, .reference = do_greatest},
        {.kernel = "find", .make = make_find, .call = call_find, .reference = do_find},
        {.kernel = "above", .make = make_above, .call = call_above, .reference = do_above},
        {.kernel = "labels", .make = make_labels, .call = call_labels, .reference = do_labels, .longest = ENS_BLOCK},
        {.kernel = "decay_rows", .make = make_decay_rows, .call = call_decay_rows, .reference = do_decay_rows,
         .longest = ENS_BLOCK},
        {.kernel = "divide_rows", .make = make_divide_rows, .call = call_divide_rows, .reference = do_divide_rows,
         .longest = ENS_BLOCK},
        {.kernel = "outrank", .make = make_outrank, .call = call_outrank, .reference = do_outrank},
        {.kernel = "outrank_sorted", .which = 1, .make = make_outrank, .call = call_outrank, .reference = do_outrank},
        {.kernel = "sort", .make = make_sort, .call = call_sort_and_count, .reference = do_sort, .zeros_equal = 1},
    };

    for (int i = 0; i < ENS_ISAS; i++)
        for (int acc = 0; isas[i].run && acc < 2; acc++)
            for (size_t kind = 0; kind < sizeof kinds / sizeof kinds[0]; kind++) {
                kinds[kind].acc = kinds[kind].in = acc;
                trial_all(&isas[i], &kinds[kind], check);
            }
    report_subject(NULL, NULL, NULL);
}
