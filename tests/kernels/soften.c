/* SPDX-License-Identifier: MIT */
/* Exponentials of rows of logits, with all that is done beside them, and the largest logit of a row. */
#include "check.h"
#include "number.h"
#include "report.h"
#include "trial.h"

#include <math.h>
#include <string.h>

/* What is asked of it: bits of t->n. */
enum { KEEPS = 1, SUMS = 2, SCALED = 4, LOOKS_AHEAD = 8 };

static const double infinity = (double)INFINITY;

static double greatest_of(const struct trial *t, size_t array)
{
    double most = -infinity;

    for (size_t j = 0; j < t->length; j++) {
        const double x = number_read(t->in, t->at[array], j);

        most = x > most ? x : most;
    }
    return most + 0; /* never -0 */
}

static void make_peak(struct trial *t, struct rng *rng)
{
    trial_add_data(t, rng, READ, t->in, t->length);
}

static void call_peak(struct trial *t, const struct ens_kernels *kernels)
{
    t->result[0] = kernels->peak[t->acc][t->in](t->at[0], t->length);
}

static void do_peak(struct trial *t)
{
    t->result[0] = greatest_of(t, 0);
}

/* Arrays: the logits, the next ones, the exponentials, the sum. Exponents are not above 0, or NaN. */
static void make_soften(struct trial *t, struct rng *rng)
{
    static const double factors[] = {1, 1, 0.25, 1.0 / 3, 20, 88};
    static const size_t stretches[] = {ENS_BLOCK, ENS_BLOCK / 2, 33, 1};
    const void *from = data_piece(rng, t->in, t->data, t->length);
    double most = -infinity;

    t->n = rng_below(rng, 16);
    t->beyond = (t->n & (KEEPS | SUMS)) == SUMS; /* adds its own exponentials */
    t->rows = stretches[rng_below(rng, 4)];
    for (size_t i = 0; i < 2; i++)
        t->goals[i] = number_read(t->in, data_piece(rng, t->in, DATA_ORDINARY, 1), 0);
    t->map = (struct ens_map){.a = trial_round(t, factors[rng_below(rng, 6)])};
    for (size_t j = 0; j < t->length; j++)
        most = number_read(t->in, from, j) > most ? number_read(t->in, from, j) : most;
    t->map.b = trial_round(t, most * t->map.a);
    trial_add(t, READ, t->in, t->length, from);
    trial_add_data(t, rng, READ, t->in, t->length);
    trial_add_data(t, rng, RESULT, t->acc, t->length);
    trial_add_data(t, rng, RESULT, t->acc, t->length);
}

static void call_soften(struct trial *t, const struct ens_kernels *kernels)
{
    struct ens_soften s = {
        .from = t->at[0],
        .length = t->length,
        .stretch = t->rows,
        .a = t->map.a,
        .b = t->map.b,
        .to = t->n & KEEPS ? t->at[2] : NULL,
        .sum = t->n & SUMS ? t->at[3] : NULL,
        .factor = t->goals[0],
        .own = t->beyond,
        .scaled = (t->n & SCALED) != 0,
        .scale = t->goals[1],
        .next = t->n & LOOKS_AHEAD ? t->at[1] : NULL,
    };

    t->result[0] = kernels->soften[t->acc][t->in](&s);
    t->result[1] = t->n & LOOKS_AHEAD ? s.most : 0;
}

static void add_term(struct trial *t, size_t j, double x)
{
    const double old = trial_get(t, 3, j), term = trial_round(t, trial_round(t, t->goals[0]) * x);

    if (t->n & SCALED)
        trial_put(t, 3, j, trial_round(t, trial_round(t, trial_round(t, t->goals[1]) * old) + term));
    else
        trial_put(t, 3, j, trial_round(t, old + term));
}

/* Exponentials one by one, by the map, which functions.c is about. */
static void do_soften(struct trial *t)
{
    static double e[TRIAL_LONG];
    double total = 0;

    for (size_t j = 0; j < t->length; j++) {
        const double x = number_read(t->in, t->at[0], j);
        const float single = (float)x;
        float y;

        if ((t->n & SUMS) && !t->beyond)
            add_term(t, j, trial_get(t, 2, j));
        if (t->acc == ENS_f32) {
            isas[ENS_ISA_portable].kernels->map[ENS_f32][ENS_MAP_decay](&y, &single, 1, &t->map);
            e[j] = (double)y;
        } else {
            isas[ENS_ISA_portable].kernels->map[ENS_f64][ENS_MAP_decay](&e[j], &x, 1, &t->map);
        }
        if (t->n & KEEPS)
            trial_put(t, 2, j, e[j]);
        if (t->beyond)
            add_term(t, j, e[j]);
    }
    for (size_t at = 0; at < t->length; at += t->rows)
        total += trial_sum(t, e + at, t->length - at < t->rows ? t->length - at : t->rows);
    t->result[0] = total;
    t->result[1] = t->n & LOOKS_AHEAD ? greatest_of(t, 1) : 0;
}

void check_soften(struct check *check)
{
    struct trial kinds[] = {
        {.kernel = "peak", .make = make_peak, .call = call_peak, .reference = do_peak},
        {.kernel = "soften", .make = make_soften, .call = call_soften, .reference = do_soften},
    };

    for (int i = 0; i < ENS_ISAS; i++)
        for (int acc = 0; isas[i].run && acc < 2; acc++)
            for (int in = 0; in < ENS_DTYPES; in++)
                for (size_t kind = 0; kind < sizeof kinds / sizeof kinds[0]; kind++) {
                    if (isas[i].kernels->soften[acc][in] == NULL)
                        continue;
                    kinds[kind].acc = acc;
                    kinds[kind].in = in;
                    trial_all(&isas[i], &kinds[kind], check);
                }
    report_subject(NULL, NULL, NULL);
}
