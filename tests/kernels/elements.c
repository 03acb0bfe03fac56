/* SPDX-License-Identifier: MIT */
/* Kernels that make each element from those at its place: widen, gather, map, fold, mean, blend. */
#include "check.h"
#include "number.h"
#include "report.h"
#include "trial.h"

#include <math.h>
#include <string.h>

static void make_widen(struct trial *t, struct rng *rng)
{
    trial_add(t, RESULT, t->acc, t->length, NULL);
    trial_add_data(t, rng, READ, t->in, t->length);
}

static void call_widen(struct trial *t, const struct ens_kernels *kernels)
{
    kernels->widen[t->acc][t->in](t->at[0], t->at[1], t->length);
}

static void do_widen(struct trial *t)
{
    for (size_t j = 0; j < t->length; j++)
        trial_put(t, 0, j, number_read(t->in, t->at[1], j));
}

/* A row that is shorter or longer than what is gathered from it, and columns in any order. */
static void make_gather(struct trial *t, struct rng *rng)
{
    static const double absents[] = {0, -(double)INFINITY, (double)NAN, -2.5, 1.0 / 3};
    static int32_t columns[TRIAL_LONG];

    t->n = rng_between(rng, 1, rng_one_in(rng, 2) ? 9 : 2000);
    for (size_t j = 0; j < t->length; j++)
        columns[j] = rng_one_in(rng, 5) ? rng_one_in(rng, 2) ? -1 : INT32_MIN : (int32_t)rng_below(rng, t->n);
    t->value = absents[rng_below(rng, sizeof absents / sizeof absents[0])];
    trial_add(t, RESULT, t->acc, t->length, NULL);
    trial_add_data(t, rng, READ, t->in, t->n);
    trial_add_raw(t, READ, t->length * sizeof columns[0], sizeof columns[0], columns);
}

static void call_gather(struct trial *t, const struct ens_kernels *kernels)
{
    kernels->gather[t->acc][t->in](t->at[0], t->at[1], (const int32_t *)(const void *)t->at[2], t->length, t->value);
}

static void do_gather(struct trial *t)
{
    const int32_t *columns = (const int32_t *)(const void *)t->at[2];

    for (size_t j = 0; j < t->length; j++)
        trial_put(t, 0, j, columns[j] < 0 ? t->value : number_read(t->in, t->at[1], (size_t)columns[j]));
}

/* A decay must not be given an exponent above 0: b is the largest product. */
static void limit_decay(struct trial *t, const void *from)
{
    t->map.b = -(double)INFINITY;
    for (size_t j = 0; j < t->length; j++) {
        const double product = trial_round(t, number_read(t->acc, from, j) * trial_round(t, t->map.a));

        t->map.b = product > t->map.b ? product : t->map.b;
    }
    if (isinf(t->map.b) && t->map.b < 0)
        t->map.b = 0;
}

static void choose_map(struct trial *t, struct rng *rng)
{
    static const double factors[] = {1, 1, -1, 0.5, 3, 1.0 / 3, 20, 88, 300, -0.0, 1e30};
    static const double floors[] = {-(double)INFINITY, -(double)INFINITY, 0, -1.5, 1e-7, 2};
    const size_t factors_n = sizeof factors / sizeof factors[0];

    t->map.a = factors[rng_below(rng, factors_n)];
    t->map.b = rng_one_in(rng, 2) ? 0 : factors[rng_below(rng, factors_n)];
    t->map.c = floors[rng_below(rng, sizeof floors / sizeof floors[0])];
}

/* Array 0 is the result, and in place also what it comes from, else array 1. */
static void add_from(struct trial *t, const void *from)
{
    trial_add(t, RESULT, t->acc, t->length, t->in_place ? from : NULL);
    if (!t->in_place)
        trial_add(t, READ, t->acc, t->length, from);
}

static void make_map(struct trial *t, struct rng *rng)
{
    const void *from = data_piece(rng, t->acc, t->data, t->length);

    choose_map(t, rng);
    if (t->which == ENS_MAP_decay || t->which == ENS_MAP_softmax)
        limit_decay(t, from);
    t->in_place = rng_one_in(rng, 2);
    add_from(t, from);
}

static void call_map(struct trial *t, const struct ens_kernels *kernels)
{
    kernels->map[t->acc][t->which](t->at[0], t->at[!t->in_place], t->length, &t->map);
}

/* Those of one operation and no parameter. */
static double simple_map(int map, double x)
{
    switch (map) {
    case ENS_MAP_sign:
        return signbit(x) ? -1 : 1;
    case ENS_MAP_root:
        return sqrt(x);
    case ENS_MAP_reciprocal:
        return 1 / x;
    default: /* ENS_MAP_square */
        return x * x;
    }
}

/* The logarithm of element j of the result, in its place; by the map, which functions.c is about. */
static double logarithm(const struct trial *t, size_t j)
{
    const struct ens_map map = {.a = -(double)INFINITY, .c = -(double)INFINITY};
    unsigned char *at = t->at[0] + j * number_size(t->acc);

    isas[ENS_ISA_portable].kernels->map[t->acc][ENS_MAP_log](at, at, 1, &map);
    return trial_get(t, 0, j);
}

/* Two maps, one after the other. */
static void do_softmax(struct trial *t)
{
    const struct ens_kernels *portable = isas[ENS_ISA_portable].kernels;

    portable->map[t->acc][ENS_MAP_decay](t->at[0], t->at[!t->in_place], t->length, &t->map);
    portable->map[t->acc][ENS_MAP_quotient](t->at[0], t->at[0], t->length, &(struct ens_map){.a = t->map.c});
}

/* Elements are read before they are written, in place too. */
static void do_map(struct trial *t)
{
    const double a = trial_round(t, t->map.a), b = trial_round(t, t->map.b), c = trial_round(t, t->map.c);

    for (size_t j = 0; j < t->length; j++) {
        const double x = trial_get(t, !t->in_place, j);
        double y;

        if (t->which == ENS_MAP_affine) {
            y = trial_round(t, trial_round(t, x * a) - b);
            y = y < c ? c : y;
        } else if (t->which == ENS_MAP_log_times) {
            trial_put(t, 0, j, x);
            y = x == 0 ? 0 : x * logarithm(t, j);
        } else {
            y = t->which == ENS_MAP_quotient ? x / a : simple_map(t->which, x);
        }
        trial_put(t, 0, j, y);
    }
}

/* Arrays 0 to n - 1 are the models, array n the start, if there is one. One of these, or one more, is the result. */
static void make_fold(struct trial *t, struct rng *rng)
{
    const size_t most = t->which == ENS_FOLD_median ? ENS_MEDIAN_MOST : TRIAL_MODELS;
    const int with_start = t->which != ENS_FOLD_median && rng_one_in(rng, 2);

    t->n = rng_between(rng, 1, rng_one_in(rng, 4) ? most : ENS_MEDIAN_MOST);
    t->in_place = rng_one_in(rng, 2);
    t->victim = t->in_place ? rng_below(rng, t->n + (size_t)with_start) : t->n + (size_t)with_start;
    for (size_t m = 0; m < t->n + (size_t)with_start; m++)
        trial_add_data(t, rng, m == t->victim ? RESULT : READ, t->acc, t->length);
    if (!t->in_place)
        trial_add(t, RESULT, t->acc, t->length, NULL);
}

/* There is a start if there is an array more than the models and the result. */
static int has_start(const struct trial *t)
{
    return t->arrays_n > t->n + !t->in_place;
}

static void call_fold(struct trial *t, const struct ens_kernels *kernels)
{
    const struct ens_span span = {.out = t->at[t->victim], .start = has_start(t) ? t->at[t->n] : NULL,
                                  .in = trial_pointers(t, 0, t->n), .n = t->n, .length = t->length};

    kernels->fold[t->acc][t->which](&span);
}

/* Is a the smaller one, or NaN, where -0 is smaller than +0? */
static int wins(double a, double b)
{
    if (isnan(a) || isnan(b))
        return isnan(a);
    return a < b || (a == b && signbit(a) && !signbit(b));
}

static double lesser(double a, double b)
{
    return wins(a, b) ? a : b;
}

static double halfway(const struct trial *t, double p, double q)
{
    const double sum = trial_round(t, p + q);
    const double y = isinf(sum) ? trial_round(t, p / 2) + trial_round(t, q / 2) : trial_round(t, sum / 2);

    /* Whatever the rule, it must lie between the two. */
    if (isfinite(p) && isfinite(q) && !(p <= y && y <= q))
        report_fail("the reference has %.17g halfway between %.17g and %.17g", y, p, q);
    return y;
}

static double median_of(const struct trial *t, size_t j)
{
    double x[ENS_MEDIAN_MOST], y;

    for (size_t m = 0; m < t->n; m++) {
        size_t to = m;

        y = trial_get(t, m, j);
        if (isnan(y))
            return y;
        for (; to > 0 && wins(y, x[to - 1]); to--)
            x[to] = x[to - 1];
        x[to] = y;
    }
    return t->n % 2 == 1 ? x[t->n / 2] : halfway(t, x[t->n / 2 - 1], x[t->n / 2]);
}

static double fold_of(const struct trial *t, size_t j)
{
    double y = trial_get(t, has_start(t) ? t->n : 0, j);

    for (size_t m = has_start(t) ? 0 : 1; m < t->n; m++) {
        const double x = trial_get(t, m, j);

        if (t->which == ENS_FOLD_product)
            y = trial_round(t, y * x);
        else
            y = t->which == ENS_FOLD_min ? lesser(y, x) : -lesser(-y, -x);
    }
    return y;
}

static void do_fold(struct trial *t)
{
    for (size_t j = 0; j < t->length; j++)
        trial_put(t, t->victim, j, t->which == ENS_FOLD_median ? median_of(t, j) : fold_of(t, j));
}

/* What instantiate.h has to know too, by the dtype of what goes in and out. */
static const struct mean {
    int acc, before, after;
} means[2][ENS_MEANS] = {
#define MEAN(io, acc, name, before, after)                                                                           \
    [ENS_##io][ENS_MEAN_##name] = {ENS_##acc, ENS_MAP_##before, ENS_MAP_##after},
    ENS_MEAN_LIST(MEAN)
#undef MEAN
};

/* Arrays 0 to n - 1 are the models, n the weights, and n + 1, if not one of the models, the result. */
static void make_mean(struct trial *t, struct rng *rng)
{
    t->n = rng_between(rng, 1, rng_one_in(rng, 4) ? TRIAL_MODELS : 5);
    t->in_place = rng_one_in(rng, 2);
    t->victim = t->in_place ? rng_below(rng, t->n) : t->n + 1;
    for (size_t m = 0; m < t->n; m++)
        trial_add_data(t, rng, m == t->victim ? RESULT : READ, t->in, t->length);
    trial_add_aligned(t, t->acc, t->n, data_piece(rng, t->acc, data_kind_of_weights(rng), t->n));
    if (!t->in_place)
        trial_add(t, RESULT, t->in, t->length, NULL);
}

static void call_mean(struct trial *t, const struct ens_kernels *kernels)
{
    const struct ens_span span = {.out = t->at[t->victim], .in = trial_pointers(t, 0, t->n), .weight = t->at[t->n],
                                  .n = t->n, .length = t->length};

    kernels->mean[t->in][t->which](&span);
}

static void do_mean(struct trial *t)
{
    const struct mean *mean = &means[t->in][t->which];

    for (size_t j = 0; j < t->length; j++) {
        double sum = 0;
        float single;

        for (size_t m = 0; m < t->n; m++) {
            const double x = trial_round(t, simple_map(mean->before, number_read(t->in, t->at[m], j)));
            const double product = trial_round(t, trial_get(t, t->n, m) * x);

            sum = m == 0 ? product : trial_round(t, sum + product);
        }
        sum = trial_round(t, simple_map(mean->after, sum));
        single = (float)sum;
        memcpy(t->at[t->victim] + j * number_size(t->in), t->in == ENS_f32 ? (void *)&single : &sum,
               number_size(t->in));
    }
}

static void make_blend(struct trial *t, struct rng *rng)
{
    static unsigned char factors[TRIAL_LONG * sizeof(double)];
    const size_t missing = rng_between(rng, 1, 5);

    memcpy(factors, data_piece(rng, t->acc, data_kind_of_weights(rng), t->length), t->length * number_size(t->acc));
    for (size_t j = 0; j < t->length; j++)
        if (rng_one_in(rng, missing))
            number_put(t->acc, factors, j, number_infinity(t->acc) + rng_between(rng, 1, 5));
    trial_add_data(t, rng, RESULT, t->acc, t->length);
    trial_add_data(t, rng, READ, t->acc, t->length);
    trial_add(t, READ, t->acc, t->length, factors);
}

static void call_blend(struct trial *t, const struct ens_kernels *kernels)
{
    kernels->blend[t->acc][t->which](t->at[0], t->at[1], t->at[2], t->length);
}

static void do_blend(struct trial *t)
{
    for (size_t j = 0; j < t->length; j++) {
        const double x = trial_get(t, 1, j), factor = trial_get(t, 2, j);
        double y = trial_get(t, 0, j);

        if (isnan(factor))
            continue;
        if (t->which == ENS_BLEND_sum)
            y = trial_round(t, y + trial_round(t, factor * x));
        else if (t->which == ENS_BLEND_product)
            y = trial_round(t, y * x);
        else
            y = t->which == ENS_BLEND_min ? lesser(y, x) : -lesser(-y, -x);
        trial_put(t, 0, j, y);
    }
}

static int is_simple_map(int map)
{
    return map == ENS_MAP_affine || map == ENS_MAP_quotient || map == ENS_MAP_reciprocal || map == ENS_MAP_square ||
           map == ENS_MAP_root || map == ENS_MAP_sign || map == ENS_MAP_log_times;
}

static void all_of(struct isa *isa, struct check *check, int acc)
{
    struct trial t = {.acc = acc};

    for (t.in = 0; t.in < ENS_DTYPES; t.in++) {
        if (isa->kernels->widen[acc][t.in] != NULL) {
            t.kernel = "widen";
            t.make = make_widen, t.call = call_widen, t.reference = do_widen;
            trial_all(isa, &t, check);
        }
        if (isa->kernels->gather[acc][t.in] != NULL) {
            t.kernel = "gather";
            t.make = make_gather, t.call = call_gather, t.reference = do_gather;
            trial_all(isa, &t, check);
        }
    }
    t = (struct trial){.kernel = "map", .acc = acc, .in = acc, .make = make_map, .call = call_map};
    for (t.which = 0; t.which < ENS_MAPS; t.which++) {
        t.reference = is_simple_map(t.which) ? do_map : t.which == ENS_MAP_softmax ? do_softmax : NULL;
        trial_all(isa, &t, check);
    }
    t = (struct trial){.kernel = "fold", .acc = acc, .in = acc, .make = make_fold, .call = call_fold,
                       .reference = do_fold};
    for (t.which = 0; t.which < ENS_FOLDS; t.which++)
        trial_all(isa, &t, check);
    t = (struct trial){.kernel = "blend", .acc = acc, .in = acc, .make = make_blend, .call = call_blend,
                       .reference = do_blend};
    for (t.which = 0; t.which < ENS_BLENDS; t.which++)
        trial_all(isa, &t, check);
    t = (struct trial){.kernel = "mean", .in = acc, .make = make_mean, .call = call_mean, .reference = do_mean};
    for (t.which = 0; t.which < ENS_MEANS; t.which++) {
        t.acc = means[acc][t.which].acc;
        trial_all(isa, &t, check);
    }
}

void check_elements(struct check *check)
{
    for (int i = 0; i < ENS_ISAS; i++)
        for (int acc = 0; isas[i].run && acc < 2; acc++)
            all_of(&isas[i], check, acc);
    report_subject(NULL, NULL, NULL);
}
