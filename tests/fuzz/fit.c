/* SPDX-License-Identifier: MIT */
/*
 * Fits of small ensembles to any targets: weights that are allowed, an objective that is nowhere above that of equal
 * weights and of the best model by itself, by more than the gap that the report admits; the same bits with every
 * instruction set and without a report; and after an error the weights of before.
 */
#include "fuzz.h"

#include "isas.h"

#include <math.h>

#define MODELS 5
#define WIDTH 3
#define ROWS 24

struct lesson {
    size_t n, width, rows;
    int32_t method, space, policy;
    int labels;
    double outputs[MODELS][ROWS * WIDTH], values[ROWS * WIDTH], before[MODELS];
    int32_t targets[ROWS];
    struct ensemble_fit_options options;
};

struct learned {
    int code;
    double weights[MODELS];
    struct ensemble_fit_report report;
};

/* A probability in most cases, so that most fits go well. */
static double draw_value(struct fuzz *f)
{
    return fuzz_one_in(f, 32) ? fuzz_double(f) : (double)fuzz_bits(f, 1) / 256;
}

static void draw_options(struct lesson *l, struct fuzz *f)
{
    struct ensemble_fit_options *o = &l->options;

    *o = (struct ensemble_fit_options){.struct_size = sizeof *o, .how = (int32_t)fuzz_below(f, 7)};
    o->objective = (int32_t)fuzz_below(f, 6);
    o->constraint = fuzz_one_in(f, 4) ? (int32_t)fuzz_below(f, 4) : ENSEMBLE_SIMPLEX;
    o->folds = fuzz_one_in(f, 4) ? (uint32_t)fuzz_below(f, 5) : 0;
    o->bags = fuzz_one_in(f, 8) ? (uint32_t)fuzz_below(f, 4) : 0;
    o->seed = fuzz_bits(f, 1);
    o->ridge = fuzz_one_in(f, 8) ? fuzz_double(f) : 0;
    o->temperature = fuzz_one_in(f, 8) ? fuzz_double(f) : 0;
    o->max_models = fuzz_one_in(f, 4) ? fuzz_below(f, MODELS + 1) : 0;
    o->rounds = fuzz_below(f, 12);
}

static void draw(struct lesson *l, struct fuzz *f)
{
    l->n = fuzz_between(f, 1, MODELS);
    l->width = fuzz_between(f, 1, WIDTH);
    l->rows = fuzz_between(f, 1, ROWS);
    l->method = (int32_t)fuzz_below(f, 2);
    l->space = (int32_t)fuzz_below(f, ENSEMBLE_LOG_PROBABILITIES);
    l->policy = (int32_t)fuzz_below(f, 4);
    l->labels = fuzz_below(f, 2) != 0;
    draw_options(l, f);
    for (size_t i = 0; i < l->n; i++) {
        l->before[i] = (double)fuzz_below(f, 8) / 8;
        for (size_t k = 0; k < l->rows * l->width; k++)
            l->outputs[i][k] = draw_value(f);
    }
    for (size_t r = 0; r < l->rows; r++)
        l->targets[r] = (int32_t)fuzz_below(f, l->width + 2) - 1;
    for (size_t k = 0; k < l->rows * l->width; k++)
        l->values[k] = draw_value(f);
}

static void learn(const struct lesson *l, const char *isa, int mute, struct learned *a)
{
    const struct ensemble_options options = {.struct_size = sizeof options, .isa = isa};
    const void *targets = l->labels ? (const void *)l->targets : (const void *)l->values;
    const int32_t dtype = l->labels ? ENSEMBLE_I32 : ENSEMBLE_F64;
    const size_t count = l->labels ? l->rows : l->rows * l->width;
    struct ensemble *e;

    memset(a, 0, sizeof *a);
    a->report.struct_size = sizeof a->report;
    FUZZ_CHECK(ensemble_create_with(&e, l->width, &options) == 0);
    for (size_t i = 0; i < l->n; i++) {
        FUZZ_CHECK(ensemble_add_model_output(e, l->outputs[i], ENSEMBLE_F64, l->rows) == (int)i);
        FUZZ_CHECK(ensemble_set_input(e, i, l->space, 0) == 0);
    }
    FUZZ_CHECK(ensemble_set_method(e, l->method) == 0);
    FUZZ_CHECK(ensemble_set_missing_policy(e, l->policy, 0) == 0);
    FUZZ_CHECK(ensemble_set_weights(e, l->before, l->n) == 0);
    a->code = ensemble_fit(e, targets, dtype, count, &l->options, mute ? NULL : &a->report);
    FUZZ_CHECK(a->code <= 0);
    FUZZ_CHECK(ensemble_get_weights(e, a->weights, l->n) == 0);
    ensemble_destroy(e);
}

static int is_lower(double x, double bound)
{
    return isnan(bound) || x <= bound + 1e-9 * (1 + fabs(bound));
}

/* What holds of all weights on the simplex, and of those that are the best. */
static void check(const struct lesson *l, const struct learned *a)
{
    const struct ensemble_fit_options *o = &l->options;
    const int closed = o->how != ENSEMBLE_FIT_CONVEX && o->how != ENSEMBLE_FIT_GREEDY;
    const int more_is_better = o->objective == ENSEMBLE_SCORE_ACCURACY || o->objective == ENSEMBLE_SCORE_AUC;
    const double slack = a->report.exact ? a->report.gap : 0;
    double sum = 0;
    size_t used = 0;

    if (a->code != 0 || o->how == ENSEMBLE_FIT_NOTHING) {
        FUZZ_CHECK(memcmp(a->weights, l->before, l->n * sizeof *l->before) == 0);
        return;
    }
    for (size_t i = 0; i < l->n; i++) {
        FUZZ_CHECK(isfinite(a->weights[i]) && (o->constraint == ENSEMBLE_UNCONSTRAINED || a->weights[i] >= 0));
        sum += a->weights[i];
        used += a->weights[i] != 0;
    }
    FUZZ_CHECK(o->constraint != ENSEMBLE_SIMPLEX || fabs(sum - 1) < 1e-12);
    FUZZ_CHECK(a->report.models_used == used && a->report.rows_used <= l->rows);
    FUZZ_CHECK(o->max_models == 0 || used <= o->max_models);
    if (closed || o->bags > 0 || o->ridge != 0)
        return;
    FUZZ_CHECK(more_is_better ? a->report.objective >= a->report.best_single - 1e-9
                              : is_lower(a->report.objective, a->report.best_single + slack));
    if (o->how == ENSEMBLE_FIT_CONVEX && o->max_models == 0)
        FUZZ_CHECK(is_lower(a->report.objective, a->report.uniform + slack));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct lesson l;
    static struct learned first, other;
    struct fuzz f = fuzz_begin(data, size);

    isas_select(NULL);
    memset(&l, 0, sizeof l);
    draw(&l, &f);
    learn(&l, "portable", 0, &first);
    check(&l, &first);
    for (int i = 0; i < ENS_ISAS; i++)
        if (isas[i].run) {
            learn(&l, isas[i].name, i % 2, &other);
            FUZZ_CHECK(first.code == other.code && memcmp(first.weights, other.weights, sizeof first.weights) == 0);
            FUZZ_CHECK(i % 2 || first.report.iterations == other.report.iterations);
        }
    return 0;
}
