/* SPDX-License-Identifier: MIT */
/* The steps of an order statistic one by one, each from any state (struct ens_sift; orders.c takes them all). */
#include "check.h"
#include "number.h"
#include "report.h"
#include "trial.h"

#include <math.h>

/* Bit patterns that count upwards as the values do. */
static uint64_t key_of(int acc, uint64_t bits)
{
    const uint64_t sign = number_sign(acc), all = sign * 2 - 1;

    return bits & sign ? ~bits & all : bits | sign;
}

static uint64_t bits_of(int acc, uint64_t key)
{
    const uint64_t sign = number_sign(acc), all = sign * 2 - 1;

    return key & sign ? key & ~sign : ~key & all;
}

static uint64_t middle_of(int acc, uint64_t low, uint64_t high)
{
    const uint64_t all = number_sign(acc) * 2 - 1;

    return (low + ((high - low) & all) / 2) & all;
}

/* Arrays: low, high, middle, tally, then for each step what it reads. */
enum { LOW, HIGH, MIDDLE, TALLY, FIRST, SECOND };

static struct ens_sift sift_to_call(const struct trial *t)
{
    return (struct ens_sift){.length = t->length, .low = t->at[LOW], .high = t->at[HIGH], .middle = t->at[MIDDLE],
                             .tally = t->at[TALLY], .goal = t->at[FIRST], .beyond = t->beyond};
}

static void make_begin(struct trial *t, struct rng *rng)
{
    for (int i = LOW; i <= TALLY; i++)
        trial_add(t, RESULT, t->acc, t->length, NULL);
    t->arrays[LOW].dtype = t->arrays[HIGH].dtype = TRIAL_RAW;
    trial_add_data(t, rng, READ, t->acc, t->length);
    trial_add_data(t, rng, READ, t->acc, t->length);
}

static void call_begin(struct trial *t, const struct ens_kernels *kernels)
{
    const struct ens_sift sift = sift_to_call(t);

    kernels->sift_begin[t->acc](&sift, t->at[FIRST], t->at[SECOND]);
}

static void do_begin(struct trial *t)
{
    for (size_t j = 0; j < t->length; j++) {
        const uint64_t low = key_of(t->acc, number_get(t->acc, t->at[FIRST], j));
        const uint64_t high = key_of(t->acc, number_get(t->acc, t->at[SECOND], j));

        number_put(t->acc, t->at[LOW], j, low);
        number_put(t->acc, t->at[HIGH], j, high);
        number_put(t->acc, t->at[MIDDLE], j, bits_of(t->acc, middle_of(t->acc, low, high)));
        number_put(t->acc, t->at[TALLY], j, 0);
    }
}

/* `low` and `high` have nothing to do with it, and do not exist. */
static void make_tally(struct trial *t, struct rng *rng)
{
    trial_add_raw(t, READ, 0, 1, "");
    trial_add_raw(t, READ, 0, 1, "");
    trial_add_data(t, rng, READ, t->acc, t->length);
    trial_add_data(t, rng, RESULT, t->acc, t->length);
    trial_add_data(t, rng, READ, t->acc, t->length);
    trial_add_data(t, rng, READ, t->acc, t->length);
    t->value = number_read(t->acc, data_piece(rng, t->acc, DATA_SIMPLE, 1), 0);
    t->which = (int)rng_below(rng, 2);
}

static void call_tally(struct trial *t, const struct ens_kernels *kernels)
{
    const struct ens_share share = {.weight = t->value, .weights = t->which == 1 ? t->at[SECOND] : NULL};
    struct ens_sift sift = sift_to_call(t);

    sift.low = sift.high = NULL;
    sift.goal = NULL;
    kernels->sift_tally[t->acc](&sift, t->at[FIRST], &share);
}

static void do_tally(struct trial *t)
{
    for (size_t j = 0; j < t->length; j++)
        if (!(trial_get(t, FIRST, j) > trial_get(t, MIDDLE, j)))
            trial_put(t, TALLY, j,
                      trial_round(t, trial_get(t, TALLY, j) + (t->which == 1 ? trial_get(t, SECOND, j) : t->value)));
}

/* Ranges of any size, mostly small; in half of the calls all are of one value but at most one, which must be seen. */
static void make_halve(struct trial *t, struct rng *rng)
{
    static unsigned char low[TRIAL_LONG * sizeof(double)], high[TRIAL_LONG * sizeof(double)];
    const int closed = rng_one_in(rng, 2);

    t->victim = rng_below(rng, t->length + 1);
    for (size_t j = 0; j < t->length; j++) {
        const uint64_t all = number_sign(t->acc) * 2 - 1, first = rng_bits(rng) & all;
        const uint64_t range = rng_one_in(rng, 4) ? rng_bits(rng) & all : rng_below(rng, 4);

        number_put(t->acc, low, j, first);
        number_put(t->acc, high, j, (first + (closed && j != t->victim ? 0 : range)) & all);
    }
    t->beyond = rng_one_in(rng, 2);
    t->data = rng_one_in(rng, 2) ? DATA_FEW : t->data;
    trial_add(t, RESULT, t->acc, t->length, low);
    trial_add(t, RESULT, t->acc, t->length, high);
    t->arrays[LOW].dtype = t->arrays[HIGH].dtype = TRIAL_RAW;
    trial_add(t, RESULT, t->acc, t->length, NULL);
    trial_add_data(t, rng, RESULT, t->acc, t->length);
    trial_add_data(t, rng, READ, t->acc, t->length);
}

static void call_halve(struct trial *t, const struct ens_kernels *kernels)
{
    const struct ens_sift sift = sift_to_call(t);

    t->result[0] = kernels->sift_halve[t->acc](&sift) != 0;
}

static void do_halve(struct trial *t)
{
    const uint64_t all = number_sign(t->acc) * 2 - 1;

    for (size_t j = 0; j < t->length; j++) {
        const double tally = trial_get(t, TALLY, j), goal = trial_get(t, FIRST, j);
        uint64_t low = number_get(t->acc, t->at[LOW], j), high = number_get(t->acc, t->at[HIGH], j);
        const uint64_t middle = middle_of(t->acc, low, high);

        if (low != high) {
            if (t->beyond ? tally > goal : !(tally < goal))
                high = middle;
            else
                low = (middle + 1) & all;
        }
        number_put(t->acc, t->at[LOW], j, low);
        number_put(t->acc, t->at[HIGH], j, high);
        number_put(t->acc, t->at[MIDDLE], j, bits_of(t->acc, middle_of(t->acc, low, high)));
        number_put(t->acc, t->at[TALLY], j, 0);
        if (low != high)
            t->result[0] = 1;
    }
}

void check_sift(struct check *check)
{
    struct trial kinds[] = {
        {.kernel = "sift_begin", .make = make_begin, .call = call_begin, .reference = do_begin},
        {.kernel = "sift_tally", .make = make_tally, .call = call_tally, .reference = do_tally},
        {.kernel = "sift_halve", .make = make_halve, .call = call_halve, .reference = do_halve},
    };

    for (int i = 0; i < ENS_ISAS; i++)
        for (int acc = 0; isas[i].run && acc < 2; acc++)
            for (size_t kind = 0; kind < sizeof kinds / sizeof kinds[0]; kind++) {
                kinds[kind].acc = kinds[kind].in = acc;
                kinds[kind].which = 0;
                trial_all(&isas[i], &kinds[kind], check);
            }
    report_subject(NULL, NULL, NULL);
}
