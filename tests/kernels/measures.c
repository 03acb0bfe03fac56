/* SPDX-License-Identifier: MIT */
/* Kernels that reports are made of: the two largest values, deviations from a center, pairs of arrays. */
#include "check.h"
#include "number.h"
#include "report.h"
#include "trial.h"

#include <math.h>
#include <string.h>

/* Which kernel of those about a center, and of those about pairs. */
enum { DIFFERENCES, SQUARES, VARIANCE, CENTER_KERNELS };
enum { PRODUCTS, DISTANCES, PAIR_KERNELS };

/* Half of the rows are one value again and again, but for a few: the largest may be anywhere, and be all there is. */
static void make_lead(struct trial *t, struct rng *rng)
{
    static unsigned char row[TRIAL_LONG * sizeof(double)];
    const uint64_t infinite = number_infinity(t->acc), sign = number_sign(t->acc);
    const uint64_t fill[] = {infinite | sign, infinite + 1, sign, 0, infinite, number_encode(t->acc, -1)};
    const size_t fills = sizeof fill / sizeof fill[0], filler = rng_below(rng, fills);

    memcpy(row, data_piece(rng, t->acc, t->data, t->length), t->length * number_size(t->acc));
    if (t->length > 0 && rng_one_in(rng, 2)) {
        for (size_t j = 0; j < t->length; j++)
            number_put(t->acc, row, j, fill[filler]);
        for (size_t others = rng_below(rng, 4); others > 0; others--)
            number_put(t->acc, row, rng_below(rng, t->length),
                       rng_one_in(rng, 2) ? fill[rng_below(rng, fills)] : data_bits(rng, t->acc, t->data));
    }
    trial_add(t, READ, t->acc, t->length, row);
}

/* Either zero may be given, but no NaN. */
static void note_lead(struct trial *t, const struct ens_lead *lead)
{
    t->result[0] = lead->best + 0;
    t->result[1] = lead->second + 0;
    t->result[2] = lead->nan != 0;
    t->result[3] = (double)lead->at;
}

static void call_lead(struct trial *t, const struct ens_kernels *kernels)
{
    struct ens_lead lead = {.best = NAN, .second = NAN, .at = 1, .nan = -1};

    kernels->lead[t->acc](t->at[0], t->length, &lead);
    note_lead(t, &lead);
}

/* The largest value and its first index; then the largest at any other index. */
static void do_lead(struct trial *t)
{
    struct ens_lead lead = {.best = -(double)INFINITY, .second = -(double)INFINITY, .at = t->length};

    for (size_t j = 0; j < t->length; j++) {
        const double x = trial_get(t, 0, j);

        if (isnan(x)) {
            lead.nan = 1;
        } else if (lead.at == t->length || x > lead.best) {
            lead.best = x;
            lead.at = j;
        }
    }
    for (size_t j = 0; j < t->length; j++)
        if (j != lead.at && trial_get(t, 0, j) > lead.second)
            lead.second = trial_get(t, 0, j);
    if (t->length > ENS_LEAD_SHORT)
        lead.at = ENS_LEAD_UNKNOWN;
    note_lead(t, &lead);
}

/*
 * Arrays 0 to n - 1 are the models and n the weights; then come, but for variances, the center and sometimes the start.
 * The result is the start, or a model, or the last array.
 */
static void make_deviation(struct trial *t, struct rng *rng)
{
    const int with_center = t->which != VARIANCE, with_start = with_center && rng_one_in(rng, 2);

    t->n = rng_between(rng, 1, rng_one_in(rng, 8) ? TRIAL_MODELS : rng_one_in(rng, 2) ? 16 : 5);
    t->in_place = rng_one_in(rng, 2);
    t->victim = t->n + 1 + (size_t)(with_center + with_start);
    if (t->in_place && t->in == ENS_f64 && (!with_start || rng_one_in(rng, 2)))
        t->victim = rng_below(rng, t->n);
    else if (t->in_place && with_start)
        t->victim--;
    for (size_t m = 0; m < t->n; m++)
        trial_add_data(t, rng, m == t->victim ? RESULT : READ, t->in, t->length);
    trial_add_aligned(t, ENS_f64, t->n, data_piece(rng, ENS_f64, data_kind_of_weights(rng), t->n));
    if (with_center)
        trial_add_aligned(t, ENS_f64, t->length, data_piece(rng, ENS_f64, t->data, t->length));
    if (with_start)
        trial_add_data(t, rng, t->victim == t->n + 2 ? RESULT : READ, ENS_f64, t->length);
    if (t->victim == t->arrays_n)
        trial_add(t, RESULT, ENS_f64, t->length, NULL);
}

/* Only a result that is nothing else comes from nowhere. */
static int has_start(const struct trial *t)
{
    return t->which != VARIANCE && t->arrays_n > t->n + 2 && t->arrays[t->n + 2].from != NULL;
}

static void call_deviation(struct trial *t, const struct ens_kernels *kernels)
{
    const struct ens_span span = {.out = t->at[t->victim], .start = has_start(t) ? t->at[t->n + 2] : NULL,
                                  .in = trial_pointers(t, 0, t->n), .weight = t->at[t->n], .n = t->n,
                                  .length = t->length};

    if (t->which == VARIANCE)
        kernels->variance[t->in](&span);
    else
        kernels->deviation[t->in][t->which](&span, (const double *)(const void *)t->at[t->n + 1]);
}

/* Where there is no start it is -0, which changes no product that is added to it. */
static double deviation_of(const struct trial *t, size_t j, double start, int which, double center)
{
    double sum = start;

    for (size_t m = 0; m < t->n; m++) {
        const double difference = number_read(t->in, t->at[m], j) - center;

        sum += trial_get(t, t->n, m) * (which == SQUARES ? difference * difference : difference);
    }
    return sum;
}

static void do_deviation(struct trial *t)
{
    for (size_t j = 0; j < t->length; j++) {
        const double start = has_start(t) ? trial_get(t, t->n + 2, j) : -0.0;

        trial_put(t, t->victim, j, deviation_of(t, j, start, t->which, trial_get(t, t->n + 1, j)));
    }
}

static void do_variance(struct trial *t)
{
    for (size_t j = 0; j < t->length; j++) {
        const double first = number_read(t->in, t->at[0], j);
        const double mean = first + deviation_of(t, j, -0.0, DIFFERENCES, first);

        trial_put(t, t->victim, j, deviation_of(t, j, -0.0, SQUARES, mean));
    }
}

/* Array 0 is the sums, 1 the one array, and the others are beside it; some are the same, as for a group's last ones. */
static void make_pairs(struct trial *t, struct rng *rng)
{
    t->n = rng_between(rng, 1, ENS_PAIRS);
    trial_add(t, RESULT, ENS_f64, ENS_PAIRS, NULL);
    t->arrays[0].alignment = sizeof(double);
    for (size_t k = 0; k < 1 + t->n; k++)
        trial_add_aligned(t, ENS_f64, t->length, data_piece(rng, ENS_f64, t->data, t->length));
}

/* The array at hand is beside itself, too. */
static size_t other_of(const struct trial *t, size_t k)
{
    return k < t->n ? 2 + k : 1;
}

static void call_pairs(struct trial *t, const struct ens_kernels *kernels)
{
    const double *others[ENS_PAIRS];

    for (size_t k = 0; k < ENS_PAIRS; k++)
        others[k] = (const double *)(const void *)t->at[other_of(t, k)];
    kernels->pairs[t->which]((const double *)(const void *)t->at[1], others, t->length,
                             (double *)(void *)t->at[0]);
}

static void do_pairs(struct trial *t)
{
    for (size_t k = 0; k < ENS_PAIRS; k++) {
        double partial[ENS_PAIR_LANES] = {0};

        for (size_t j = 0; j < t->length; j++) {
            const double x = trial_get(t, 1, j), y = trial_get(t, other_of(t, k), j);

            partial[j % ENS_PAIR_LANES] += t->which == DISTANCES ? fabs(x - y) : x * y;
        }
        for (size_t half = ENS_PAIR_LANES / 2; half > 0; half /= 2)
            for (size_t i = 0; i < half; i++)
                partial[i] += partial[i + half];
        trial_put(t, 0, k, partial[0]);
    }
}

static void all_of(struct isa *isa, struct check *check)
{
    struct trial t = {.kernel = "lead", .make = make_lead, .call = call_lead, .reference = do_lead};

    for (t.acc = t.in = 0; t.acc < 2; t.in = ++t.acc)
        trial_all(isa, &t, check);
    t = (struct trial){.acc = ENS_f64, .make = make_deviation, .call = call_deviation};
    for (t.in = 0; t.in < ENS_DTYPES; t.in++)
        for (t.which = 0; t.which < CENTER_KERNELS; t.which++) {
            t.kernel = t.which == VARIANCE ? "variance" : "deviation";
            t.reference = t.which == VARIANCE ? do_variance : do_deviation;
            trial_all(isa, &t, check);
        }
    t = (struct trial){.kernel = "pairs", .acc = ENS_f64, .in = ENS_f64, .make = make_pairs, .call = call_pairs,
                       .reference = do_pairs};
    for (t.which = 0; t.which < PAIR_KERNELS; t.which++)
        trial_all(isa, &t, check);
}

void check_measures(struct check *check)
{
    for (int i = 0; i < ENS_ISAS; i++)
        if (isas[i].run)
            all_of(&isas[i], check);
    report_subject(NULL, NULL, NULL);
}
