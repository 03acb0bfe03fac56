/* SPDX-License-Identifier: MIT */
/* Kernels that weights are learned with: sums of products, of logarithms, of quotients; hits; what is finite. */
#include "check.h"
#include "number.h"
#include "oracle.h"
#include "report.h"
#include "trial.h"

#include <math.h>
#include <string.h>

/* More than a piece of rows that sums are made of, and no multiple of anything that vectors are. */
#define GRAM_LONGEST 600

/* Rows whose hits are counted at once, at most. */
#define MOST_ROWS 40

#define PARTIALS (ENS_PAIRS * ENS_PAIR_LANES)

static const double *numbers(const struct trial *t, size_t array)
{
    return (const double *)(const void *)t->at[array];
}

/*
 * Array 0 is the partial sums, 1 the one array, and the others are beside it; some are the same, as for a group's last
 * ones. Every second call begins with sums that are not 0. No sum is -0: they all began with 0, and from there only
 * sums of two -0 lead to it.
 */
static void make_gram(struct trial *t, struct rng *rng)
{
    static double partial[PARTIALS];

    memset(partial, 0, sizeof partial);
    if (rng_one_in(rng, 2)) {
        const void *data = data_piece(rng, ENS_f64, t->data, PARTIALS);

        for (size_t i = 0; i < PARTIALS; i++)
            partial[i] = number_read(ENS_f64, data, i) + 0;
    }
    t->n = rng_between(rng, 1, ENS_PAIRS);
    t->focus = rng_below(rng, 2 + t->n);
    trial_add(t, RESULT, ENS_f64, PARTIALS, partial);
    t->arrays[0].alignment = sizeof(double);
    for (size_t k = 0; k < 1 + t->n; k++)
        trial_add_aligned(t, ENS_f64, t->length, data_piece(rng, ENS_f64, t->data, t->length));
}

/* The array at hand is beside itself, too. */
static size_t other_of(const struct trial *t, size_t k)
{
    return k < t->n ? 2 + k : 1;
}

static void call_gram(struct trial *t, const struct ens_kernels *kernels)
{
    const double *others[ENS_PAIRS];

    for (size_t k = 0; k < ENS_PAIRS; k++)
        others[k] = numbers(t, other_of(t, k));
    kernels->gram(numbers(t, 1), others, t->length, (double *)(void *)t->at[0]);
}

static void do_gram(struct trial *t)
{
    for (size_t j = 0; j < t->length; j++)
        for (size_t k = 0; k < ENS_PAIRS; k++) {
            const size_t sum = k * ENS_PAIR_LANES + j % ENS_PAIR_LANES;

            trial_put(t, 0, sum, trial_get(t, 0, sum) + trial_get(t, 1, j) * trial_get(t, other_of(t, k), j));
        }
}

/* What the elements are like: as probabilities are; from 1e-18 to 1e18; at both ends of that, or at one; beyond it. */
enum { NEAR_ONE, ANY, ENDS, LEAST, MOST, BEYOND, KINDS };

static double log_value(struct rng *rng, int kind)
{
    static const double beyond[] = {0, -0.0, -1, 1e-300, 1e300, -1e300, INFINITY, -INFINITY, 1};

    switch (kind) {
    case ANY:
        return pow(10, (double)rng_below(rng, 3600001) / 1e5 - 18);
    case ENDS:
        return rng_one_in(rng, 2) ? 1e-18 : 1e18;
    case LEAST:
        return 1e-18;
    case MOST:
        return 1e18;
    case BEYOND:
        return beyond[rng_below(rng, sizeof beyond / sizeof beyond[0])];
    default:
        return (double)rng_between(rng, 1, 1 << 20) / (1 << 20);
    }
}

/* Two numbers whose sum is about `x`: either may be 0, less than 0, or the larger one. */
static void split(struct rng *rng, double x, double *a, double *b)
{
    static const double shares[] = {0, 1, .5, -1, 2, 1e-3};
    const double share = rng_one_in(rng, 2) ? shares[rng_below(rng, sizeof shares / sizeof shares[0])]
                                            : (double)rng_below(rng, 1000) / 1000;

    *a = isinf(x) ? x : x * share;
    *b = isinf(x) ? 1 : x - *a;
}

/* Array 0 is the one that there always is, 1 the one that may be NULL. The goals are the least and the most. */
static void make_log_sum(struct trial *t, struct rng *rng)
{
    static const double limits[][2] = {{1e-18, 1e18}, {1e-12, 1}, {5e-13, 1e18}, {3e-12, 3}, {.25, .5}, {2, 2}};
    static double a[ENS_LOG_BLOCK], b[ENS_LOG_BLOCK];
    static float singles[ENS_LOG_BLOCK];
    const int kind = (int)rng_below(rng, KINDS);

    t->focus = t->which ? rng_below(rng, 2) : 0;
    memcpy(t->goals, limits[rng_one_in(rng, 2) ? 0 : rng_below(rng, sizeof limits / sizeof limits[0])], sizeof *limits);
    for (size_t j = 0; j < t->length; j++) {
        a[j] = log_value(rng, rng_one_in(rng, 16) ? BEYOND : kind);
        if (t->which)
            split(rng, a[j], &a[j], &b[j]);
        singles[j] = (float)b[j];
    }
    trial_add_aligned(t, ENS_f64, t->length, a);
    if (t->which)
        trial_add_aligned(t, t->in, t->length, t->in == ENS_f32 ? (const void *)singles : b);
}

static void call_log_sum(struct trial *t, const struct ens_kernels *kernels)
{
    t->result[0] = kernels->log_sum[t->in](numbers(t, 0), t->which ? t->at[1] : NULL, t->length, t->goals[0],
                                           t->goals[1]);
}

/* Element j, within the limits. */
static double element_of(const struct trial *t, size_t j)
{
    const double x = t->which ? trial_get(t, 0, j) + number_read(t->in, t->at[1], j) : trial_get(t, 0, j);

    return x < t->goals[0] ? t->goals[0] : x > t->goals[1] ? t->goals[1] : x;
}

/* Beside the sum of single logarithms: a product of 16 elements is off by 16 roundings, what follows by a few more. */
static void judge_log_sum(const struct trial *t, double sum)
{
    long double exact = 0, sizes = (long double)ENS_LOG_LANES;

    for (size_t j = 0; j < t->length; j++) {
        const long double y = logl((long double)element_of(t, j));

        exact += y;
        sizes += fabsl(y);
    }
    if (oracle_is_wide() && fabsl(exact - (long double)sum) > 40 * 0x1p-53L * sizes)
        report_fail("the reference is %.17g, and far from %.17g", sum, (double)exact);
    else
        report_pass();
}

/* The logarithm is that of the portable map, which has tests of its own. */
static void do_log_sum(struct trial *t)
{
    static const struct ens_map plain = {.a = -(double)INFINITY, .c = -(double)INFINITY};
    double product[ENS_LOG_LANES];

    for (size_t i = 0; i < ENS_LOG_LANES; i++)
        product[i] = 1;
    for (size_t j = 0; j < t->length; j++)
        product[j % ENS_LOG_LANES] *= element_of(t, j);
    isas[ENS_ISA_portable].kernels->map[ENS_f64][ENS_MAP_log](product, product, ENS_LOG_LANES, &plain);
    for (size_t half = ENS_LOG_LANES / 2; half > 0; half /= 2)
        for (size_t i = 0; i < half; i++)
            product[i] += product[i + half];
    t->result[0] = product[0];
    judge_log_sum(t, t->result[0]);
}

/* Rows of `length` values, and their labels, half of which are where the largest value is. */
static void make_hits(struct trial *t, struct rng *rng)
{
    static int32_t labels[MOST_ROWS];
    const void *rows;

    t->rows = t->length > 0 ? rng_below(rng, MOST_ROWS + 1) : 0;
    t->focus = rng_below(rng, 2);
    rows = data_piece(rng, ENS_f64, t->data, t->rows * t->length);
    for (size_t r = 0; r < t->rows; r++) {
        labels[r] = (int32_t)rng_below(rng, t->length);
        for (size_t j = 0; j < t->length && r % 2 > 0; j++)
            if (number_read(ENS_f64, rows, r * t->length + j) >
                number_read(ENS_f64, rows, r * t->length + (size_t)labels[r]))
                labels[r] = (int32_t)j;
    }
    trial_add_aligned(t, ENS_f64, t->rows * t->length, rows);
    trial_add_raw(t, READ, t->rows * sizeof *labels, sizeof *labels, labels);
}

static const int32_t *labels_of(const struct trial *t)
{
    return (const int32_t *)(const void *)t->at[1];
}

static void call_hits(struct trial *t, const struct ens_kernels *kernels)
{
    t->result[0] = (double)kernels->hits(numbers(t, 0), t->rows, t->length, labels_of(t));
}

static void do_hits(struct trial *t)
{
    for (size_t r = 0; r < t->rows; r++) {
        const double *row = numbers(t, 0) + r * t->length, own = row[labels_of(t)[r]];
        int hit = 1;

        for (size_t j = 0; j < t->length; j++)
            hit &= row[j] < own || (row[j] == own && j >= (size_t)labels_of(t)[r]);
        t->result[0] += hit;
    }
}

/* Values that are all finite, as often as not, whatever the kind is. */
static void make_finite(struct trial *t, struct rng *rng)
{
    static unsigned char values[TRIAL_LONG * sizeof(double)];
    const uint64_t odd[] = {number_infinity(t->acc), number_infinity(t->acc) | number_sign(t->acc),
                            number_infinity(t->acc) + 1};

    memcpy(values, data_piece(rng, t->acc, t->data, t->length), t->length * number_size(t->acc));
    for (size_t j = 0; j < t->length; j++)
        if (!isfinite(number_read(t->acc, values, j)))
            number_put(t->acc, values, j, 0);
    if (t->length > 0 && rng_one_in(rng, 2))
        number_put(t->acc, values, rng_below(rng, t->length), odd[rng_below(rng, sizeof odd / sizeof odd[0])]);
    trial_add(t, READ, t->acc, t->length, values);
}

static void call_finite(struct trial *t, const struct ens_kernels *kernels)
{
    t->result[0] = kernels->finite[t->acc](t->at[0], t->length) != 0;
}

static void do_finite(struct trial *t)
{
    t->result[0] = 1;
    for (size_t j = 0; j < t->length; j++)
        if (!isfinite(number_read(t->acc, t->at[0], j)))
            t->result[0] = 0;
}

/* Array 0 is what the quotients are taken from, 1 what is divided by, and then come the models. */
static void make_descend(struct trial *t, struct rng *rng)
{
    t->n = rng_between(rng, 1, 6);
    t->value = rng_one_in(rng, 2) ? 1e-12 : 0;
    t->focus = rng_below(rng, 2 + t->n);
    trial_add(t, RESULT, ENS_f64, t->n, data_piece(rng, ENS_f64, t->data, t->n));
    t->arrays[0].alignment = sizeof(double);
    for (size_t k = 0; k < 1 + t->n; k++)
        trial_add_aligned(t, ENS_f64, t->length, data_piece(rng, ENS_f64, t->data, t->length));
}

static void call_descend(struct trial *t, const struct ens_kernels *kernels)
{
    const double *in[TRIAL_MODELS];

    for (size_t i = 0; i < t->n; i++)
        in[i] = numbers(t, 2 + i);
    kernels->descend(in, t->n, numbers(t, 1), t->length, t->value, (double *)(void *)t->at[0]);
}

static void do_descend(struct trial *t)
{
    for (size_t i = 0; i < t->n; i++)
        for (size_t j = 0; j < t->length; j++) {
            const double below = trial_get(t, 1, j), divisor = below > t->value ? below : t->value;

            trial_put(t, 0, i, trial_get(t, 0, i) - trial_get(t, 2 + i, j) / divisor);
        }
}

static void one(struct isa *isa, struct trial *t, struct check *check)
{
    t->data = (enum data_kind)rng_below(&check->rng, DATA_KINDS);
    trial_run(isa, t, &check->rng);
}

/* All lengths in all places, and with the doubles at every distance from a multiple of 64. */
static void all_lengths(struct isa *isa, struct trial *t, struct check *check)
{
    for (t->length = 0; t->length <= t->longest; t->length++)
        for (int place = 0; place < PLACES; place++)
            for (t->offset = 0; t->offset < (place == WITHIN ? 64 : sizeof(double)); t->offset += sizeof(double)) {
                if (check->quick && (t->length + t->offset / sizeof(double)) % PLACES != (size_t)place)
                    continue;
                t->place = (enum place)place;
                one(isa, t, check);
            }
}

static void all_of(struct isa *isa, struct check *check)
{
    struct trial t = {.kernel = "gram", .acc = ENS_f64, .in = ENS_f64, .longest = GRAM_LONGEST, .make = make_gram,
                      .call = call_gram, .reference = do_gram};

    all_lengths(isa, &t, check);
    t = (struct trial){.kernel = "log_sum", .acc = ENS_f64, .in = ENS_f64, .longest = ENS_LOG_BLOCK,
                       .make = make_log_sum, .call = call_log_sum, .reference = do_log_sum};
    for (t.in = ENS_f32; t.in <= ENS_f64; t.in++)
        for (t.which = 0; t.which < 2; t.which++)
            all_lengths(isa, &t, check);
    t = (struct trial){.kernel = "hits", .acc = ENS_f64, .in = ENS_f64, .longest = ENS_HITS_WIDTH, .make = make_hits,
                       .call = call_hits, .reference = do_hits};
    for (int round = 0; round < 20; round++)
        all_lengths(isa, &t, check);
    t = (struct trial){.kernel = "descend", .acc = ENS_f64, .in = ENS_f64, .longest = 70, .make = make_descend,
                       .call = call_descend, .reference = do_descend};
    all_lengths(isa, &t, check);
    t = (struct trial){.kernel = "finite", .make = make_finite, .call = call_finite, .reference = do_finite};
    for (t.acc = t.in = 0; t.acc < 2; t.in = ++t.acc)
        trial_all(isa, &t, check);
}

void check_learn(struct check *check)
{
    for (int i = 0; i < ENS_ISAS; i++)
        if (isas[i].run)
            all_of(&isas[i], check);
    report_subject(NULL, NULL, NULL);
}
