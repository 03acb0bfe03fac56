/* SPDX-License-Identifier: MIT */
/*
 * Order statistics and trimmed means: by counting (order, trimmed), and in the steps that src/plan takes for any number
 * of models (sift_*, trim). Here both are compared with what sorting and adding up in plain C comes to.
 */
#include "check.h"
#include "number.h"
#include "report.h"
#include "trial.h"

#include <math.h>
#include <string.h>

/* Elements of a tile, at most. */
#define LENGTH 600

/* A range of doubles is halved so often; what goes on then does not end by itself, and leaves a wrong result. */
#define MOST_ROUNDS 64

static const double infinity = (double)INFINITY;

/* Of one element: what the models say, in their order, and what they weigh, 0 where one is left out. */
struct ballot {
    double x[TRIAL_MODELS], weight[TRIAL_MODELS];
    size_t rank[TRIAL_MODELS]; /* by rank(): how many of those that are not left out come before */
    size_t n;                  /* that are not left out */
    int nan;
};

/* Shares in what is driven step by step: of each model one for all elements, or by element. */
static unsigned char shares[TRIAL_MODELS][LENGTH * sizeof(double)];

/* Arrays 0 to n - 1 are the models, array n their weights, or where t->which is 1, n to 2 n - 1 those by element. */
static void read_ballot(const struct trial *t, size_t j, const unsigned char *const *at, struct ballot *b)
{
    b->n = 0;
    b->nan = 0;
    for (size_t m = 0; m < t->n; m++) {
        b->x[m] = number_read(t->acc, at[m], j);
        b->weight[m] = t->which == 0 ? number_read(t->acc, at[t->n], m) : number_read(t->acc, at[t->n + m], j);
        b->n += b->weight[m] != 0;
        b->nan |= b->weight[m] != 0 && isnan(b->x[m]);
    }
}

static void rank(const struct trial *t, struct ballot *b)
{
    for (size_t m = 0; m < t->n; m++) {
        b->rank[m] = 0;
        for (size_t i = 0; i < t->n; i++)
            if (b->weight[i] != 0)
                b->rank[m] += b->x[i] < b->x[m] || (b->x[i] == b->x[m] && i < m);
    }
}

/* The smallest value up to which the weight is `goal`, or more. */
static double order_of(const struct trial *t, const struct ballot *b, double goal, int beyond)
{
    double least = infinity;

    for (size_t i = 0; i < t->n; i++) {
        double tally = 0;

        if (b->weight[i] == 0 || !(b->x[i] < least))
            continue;
        for (size_t m = 0; m < t->n; m++)
            if (b->x[m] <= b->x[i])
                tally = trial_round(t, tally + b->weight[m]);
        if (beyond ? tally > goal : tally >= goal)
            least = b->x[i];
    }
    return b->nan ? (double)NAN : least;
}

/* What is left without the `dropped` first and last ones: its sum and weight. */
static void trim_of(const struct trial *t, struct ballot *b, size_t dropped, double *sum, double *weight)
{
    rank(t, b);
    *sum = -0.0;
    *weight = 0;
    for (size_t m = 0; m < t->n; m++)
        if (b->weight[m] != 0 && b->rank[m] >= dropped && b->rank[m] < b->n - dropped) {
            *sum = trial_round(t, *sum + trial_round(t, b->weight[m] * b->x[m]));
            *weight = trial_round(t, *weight + b->weight[m]);
        }
}

/* Few models mostly, as the work grows with their square. */
static size_t choose_n(struct rng *rng, size_t most)
{
    return rng_between(rng, 1, rng_one_in(rng, 16) ? most : rng_one_in(rng, 3) ? 12 : 5);
}

static double total_of(const struct trial *t, const void *weights)
{
    double total = 0;

    for (size_t m = 0; m < t->n; m++)
        total = trial_round(t, total + number_read(t->acc, weights, m));
    return total;
}

/* Goals that can be reached: half of the weight, as for a median, or what some of the models weigh. */
static void choose_goals(struct trial *t, struct rng *rng, const void *weights)
{
    const double total = total_of(t, weights);

    t->beyond = rng_one_in(rng, 2);
    for (int i = 0; i < 2; i++) {
        t->goals[i] = trial_round(t, total / 2);
        if (rng_one_in(rng, 2))
            t->goals[i] = trial_round(t, total * (double)rng_between(rng, 1, 7) / 8);
        if (rng_one_in(rng, 4))
            t->goals[i] = t->beyond ? 0 : total;
    }
}

/* Behind the models and their weights: the two results. */
static void make_order(struct trial *t, struct rng *rng)
{
    const void *weights;

    t->n = choose_n(rng, ENS_ORDER_MOST);
    weights = trial_weights(t, rng, t->n, rng_one_in(rng, 2));
    choose_goals(t, rng, weights);
    t->victim = rng_below(rng, (t->n + 1) / 2); /* how many are dropped */
    for (size_t m = 0; m < t->n; m++)
        trial_add_data(t, rng, READ, t->acc, t->length);
    trial_add_aligned(t, t->acc, t->n, weights);
    trial_add(t, RESULT, t->acc, t->length, NULL);
    trial_add(t, RESULT, t->acc, t->length, NULL);
}

static struct ens_order order_to_call(const struct trial *t)
{
    return (struct ens_order){.in = trial_pointers(t, 0, t->n), .weight = t->at[t->n], .n = t->n, .length = t->length,
                              .goals = {t->goals[0], t->goals[1]}, .beyond = t->beyond, .first = t->at[t->n + 1],
                              .second = t->at[t->n + 2]};
}

static void call_order(struct trial *t, const struct ens_kernels *kernels)
{
    const struct ens_order order = order_to_call(t);

    kernels->order[t->acc](&order);
}

static void do_order(struct trial *t)
{
    struct ballot b;

    for (size_t j = 0; j < t->length; j++) {
        read_ballot(t, j, (const unsigned char *const *)t->at, &b);
        trial_put(t, t->n + 1, j, order_of(t, &b, t->goals[0], 0));
        trial_put(t, t->n + 2, j, order_of(t, &b, t->goals[1], t->beyond));
    }
}

/* Its second result does not exist. */
static void call_trimmed(struct trial *t, const struct ens_kernels *kernels)
{
    struct ens_order order = order_to_call(t);

    order.second = NULL;
    kernels->trimmed[t->acc](&order, t->victim);
}

static void do_trimmed(struct trial *t)
{
    struct ballot b;
    double sum, weight;

    for (size_t j = 0; j < t->length; j++) {
        read_ballot(t, j, (const unsigned char *const *)t->at, &b);
        trim_of(t, &b, t->victim, &sum, &weight);
        trial_put(t, t->n + 1, j, b.nan ? (double)NAN : sum / weight);
    }
}

/* Adds the models and their shares, by element for t->which 1. Each element keeps one model at least. */
static void add_shared_models(struct trial *t, struct rng *rng)
{
    t->n = choose_n(rng, TRIAL_MODELS / 2);
    t->which = (int)rng_below(rng, 2);
    for (size_t m = 0; m < t->n; m++)
        trial_add_data(t, rng, READ, t->acc, t->length);
    if (t->which == 0)
        trial_add_aligned(t, t->acc, t->n, trial_weights(t, rng, t->n, rng_one_in(rng, 2)));
    for (size_t j = 0; t->which == 1 && j < t->length; j++) {
        const void *weights = trial_weights(t, rng, t->n, rng_one_in(rng, 2));
        const size_t stays = rng_below(rng, t->n);

        for (size_t m = 0; m < t->n; m++)
            number_put(t->acc, shares[m], j,
                       m == stays || !rng_one_in(rng, 3) ? number_get(t->acc, weights, m) : number_encode(t->acc, 0));
    }
    for (size_t m = 0; t->which == 1 && m < t->n; m++)
        trial_add(t, READ, t->acc, t->length, shares[m]);
}

static struct ens_share share_to_call(const struct trial *t, size_t m)
{
    if (t->which == 1)
        return (struct ens_share){.weights = t->at[t->n + m]};
    return (struct ens_share){.weight = trial_get(t, t->n, m)};
}

/* Element j of what `make` has added so far. */
static void made_ballot(const struct trial *t, size_t j, struct ballot *b)
{
    const unsigned char *from[TRIAL_ARRAYS];

    for (size_t i = 0; i < t->arrays_n; i++)
        from[i] = t->arrays[i].from;
    read_ballot(t, j, from, b);
}

static void put(const struct trial *t, unsigned char *array, size_t j, double x)
{
    const float single = (float)x;

    if (t->acc == ENS_f32)
        memcpy(array + j * sizeof single, &single, sizeof single);
    else
        memcpy(array + j * sizeof x, &x, sizeof x);
}

/* The arrays of the sift, behind the models and shares. */
enum { SMALLEST, LARGEST, GOAL, LOW, HIGH, TALLY, MIDDLE };

static void make_sift(struct trial *t, struct rng *rng)
{
    static unsigned char arrays[3][LENGTH * sizeof(double)];
    struct ballot b;

    add_shared_models(t, rng);
    t->victim = t->arrays_n;
    t->beyond = rng_one_in(rng, 2);
    for (size_t j = 0; j < t->length; j++) {
        double smallest = infinity, largest = -infinity, total = 0;

        made_ballot(t, j, &b);
        for (size_t m = 0; m < t->n; m++)
            if (b.weight[m] != 0) {
                smallest = b.nan ? (double)NAN : b.x[m] < smallest ? b.x[m] : smallest;
                largest = b.nan ? (double)NAN : b.x[m] > largest ? b.x[m] : largest;
                total = trial_round(t, total + b.weight[m]);
            }
        put(t, arrays[SMALLEST], j, smallest);
        put(t, arrays[LARGEST], j, largest);
        put(t, arrays[GOAL], j, total * (double)rng_between(rng, 1, 7) / 8);
    }
    for (int i = SMALLEST; i <= GOAL; i++)
        trial_add(t, READ, t->acc, t->length, arrays[i]);
    for (int i = LOW; i <= TALLY; i++)
        trial_add(t, SCRATCH, t->acc, t->length, NULL);
    trial_add(t, RESULT, t->acc, t->length, NULL);
}

static void call_sift(struct trial *t, const struct ens_kernels *kernels)
{
    unsigned char *const *at = t->at + t->victim;
    const struct ens_sift sift = {.length = t->length, .low = at[LOW], .high = at[HIGH], .middle = at[MIDDLE],
                                  .tally = at[TALLY], .goal = at[GOAL], .beyond = t->beyond};
    int rounds = 0;

    kernels->sift_begin[t->acc](&sift, at[SMALLEST], at[LARGEST]);
    do
        for (size_t m = 0; m < t->n; m++) {
            const struct ens_share share = share_to_call(t, m);

            kernels->sift_tally[t->acc](&sift, t->at[m], &share);
        }
    while (kernels->sift_halve[t->acc](&sift) && ++rounds <= MOST_ROUNDS);
    for (size_t j = 0; j < t->length; j++)
        if (isnan(number_read(t->acc, at[SMALLEST], j)))
            put(t, at[MIDDLE], j, (double)NAN);
}

static void do_sift(struct trial *t)
{
    struct ballot b;

    for (size_t j = 0; j < t->length; j++) {
        read_ballot(t, j, (const unsigned char *const *)t->at, &b);
        trial_put(t, t->victim + MIDDLE, j, order_of(t, &b, trial_get(t, t->victim + GOAL, j), t->beyond));
    }
}

/* The arrays of a trimmed mean, behind the models and shares. */
enum { LEAST, MOST, SKIP, TAKE, SUM, WEIGHT, TRIM_ARRAYS };

/* Of values equal to the highest one kept, those that are skipped at the lower end are among the first to be taken. */
static void make_trim(struct trial *t, struct rng *rng)
{
    static unsigned char arrays[TRIM_ARRAYS][LENGTH * sizeof(double)];
    struct ballot b;

    add_shared_models(t, rng);
    t->victim = t->arrays_n;
    t->value = (double)rng_below(rng, 32) / 64; /* of all are dropped at each end */
    for (size_t j = 0; j < t->length; j++) {
        size_t dropped, below = 0, through = 0;
        double ends[2] = {0};

        made_ballot(t, j, &b);
        rank(t, &b);
        dropped = (size_t)(t->value * (double)b.n);
        for (size_t m = 0; m < t->n; m++)
            for (int end = 0; end < 2; end++)
                if (b.weight[m] != 0 && b.rank[m] == (end == 0 ? dropped : b.n - 1 - dropped))
                    ends[end] = b.x[m];
        for (size_t m = 0; m < t->n; m++) {
            below += b.weight[m] != 0 && b.x[m] < ends[0];
            through += b.weight[m] != 0 && b.x[m] < ends[1];
        }
        put(t, arrays[LEAST], j, ends[0]);
        put(t, arrays[MOST], j, ends[1]);
        put(t, arrays[SKIP], j, (double)(dropped - below));
        put(t, arrays[TAKE], j, (double)(b.n - dropped - through));
        put(t, arrays[SUM], j, -0.0);
        put(t, arrays[WEIGHT], j, 0);
    }
    for (int i = LEAST; i < TRIM_ARRAYS; i++)
        trial_add(t, i <= MOST ? READ : RESULT, t->acc, t->length, arrays[i]);
}

static void call_trim(struct trial *t, const struct ens_kernels *kernels)
{
    unsigned char *const *at = t->at + t->victim;
    const struct ens_trim trim = {.length = t->length, .low = at[LEAST], .high = at[MOST], .skip = at[SKIP],
                                  .take = at[TAKE], .sum = at[SUM], .weight = at[WEIGHT]};

    for (size_t m = 0; m < t->n; m++) {
        const struct ens_share share = share_to_call(t, m);

        kernels->trim[t->acc](&trim, t->at[m], &share);
    }
}

/* Where there is a NaN, nobody asks for the result: it is what the portable kernel gives. */
static void do_trim(struct trial *t)
{
    struct ballot b;

    call_trim(t, isas[ENS_ISA_portable].kernels);
    for (size_t j = 0; j < t->length; j++) {
        double sum, weight;

        read_ballot(t, j, (const unsigned char *const *)t->at, &b);
        if (b.nan)
            continue;
        trim_of(t, &b, (size_t)(t->value * (double)b.n), &sum, &weight);
        trial_put(t, t->victim + SUM, j, sum);
        trial_put(t, t->victim + WEIGHT, j, weight);
    }
}

void check_orders(struct check *check)
{
    struct trial kinds[] = {
        {.kernel = "order", .make = make_order, .call = call_order, .reference = do_order, .zeros_equal = 1},
        {.kernel = "trimmed", .make = make_order, .call = call_trimmed, .reference = do_trimmed},
        {.kernel = "sift", .make = make_sift, .call = call_sift, .reference = do_sift, .zeros_equal = 1},
        {.kernel = "trim", .make = make_trim, .call = call_trim, .reference = do_trim},
    };

    for (int i = 0; i < ENS_ISAS; i++)
        for (int acc = 0; isas[i].run && acc < 2; acc++)
            for (size_t kind = 0; kind < sizeof kinds / sizeof kinds[0]; kind++) {
                kinds[kind].acc = kinds[kind].in = acc;
                kinds[kind].which = 0;
                kinds[kind].longest = LENGTH;
                kinds[kind].thin = check->quick ? 2 : 0;
                trial_all(&isas[i], &kinds[kind], check);
            }
    report_subject(NULL, NULL, NULL);
}
