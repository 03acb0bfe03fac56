/* SPDX-License-Identifier: MIT */
/*
 * What is learned in a fixed workload, of which every instruction set, compiler and machine must make the same bits:
 * those whose hashes are in golden.txt. The data comes from an integer generator and never from libm, and each NaN
 * counts as the same.
 *
 *     golden_fit [--file PATH] [--isa NAME] [--best NAME] [--write]
 */
#include "hashes.h"
#include "lesson.h"
#include "report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RUNS 12

enum {
    BY_VALUES = 1, /* targets */
    FEW = 2,
    COOL_MODELS = 4,
    COOL_RESULT = 8,
    FOLDS = 16,
    BAGS = 32,
    NANS = 64,
    MISSING = 128,
    MAPS = 256,
    TWINS = 512,
    MANY = 1024,
    LONG = 2048,
    METRIC = 4096,
    STRAY = 8192 /* gaps, and any address */
};

struct section {
    const char *name;
    enum call call;
    int32_t how, objective, constraint; /* objective 0: each in turn that there is */
    int with;
};

#define SQUARES ENSEMBLE_SCORE_SQUARED_ERROR
#define LOSS ENSEMBLE_SCORE_LOG_LOSS

static const struct section sections[] = {
    {"squares", FIT, ENSEMBLE_FIT_CONVEX, SQUARES, ENSEMBLE_SIMPLEX, 0},
    {"squares-of-values", FIT, ENSEMBLE_FIT_CONVEX, SQUARES, ENSEMBLE_SIMPLEX, BY_VALUES},
    {"nonnegative", FIT, ENSEMBLE_FIT_CONVEX, SQUARES, ENSEMBLE_NONNEGATIVE, BY_VALUES},
    {"unconstrained", FIT, ENSEMBLE_FIT_CONVEX, SQUARES, ENSEMBLE_UNCONSTRAINED, BY_VALUES},
    {"log-loss", FIT, ENSEMBLE_FIT_CONVEX, LOSS, ENSEMBLE_SIMPLEX, 0},
    {"few-squares", FIT, ENSEMBLE_FIT_CONVEX, SQUARES, ENSEMBLE_SIMPLEX, FEW},
    {"few-nonnegative", FIT, ENSEMBLE_FIT_CONVEX, SQUARES, ENSEMBLE_NONNEGATIVE, FEW},
    {"few-log-loss", FIT, ENSEMBLE_FIT_CONVEX, LOSS, ENSEMBLE_SIMPLEX, FEW},
    {"few-of-many", FIT, ENSEMBLE_FIT_CONVEX, SQUARES, ENSEMBLE_SIMPLEX, FEW | MANY},
    {"greedy-squares", FIT, ENSEMBLE_FIT_GREEDY, SQUARES, 0, 0},
    {"greedy-log-loss", FIT, ENSEMBLE_FIT_GREEDY, LOSS, 0, 0},
    {"greedy-accuracy", FIT, ENSEMBLE_FIT_GREEDY, ENSEMBLE_SCORE_ACCURACY, 0, 0},
    {"greedy-area", FIT, ENSEMBLE_FIT_GREEDY, ENSEMBLE_SCORE_AUC, 0, 0},
    {"greedy-metric", FIT, ENSEMBLE_FIT_GREEDY, SQUARES, 0, METRIC},
    {"greedy-few", FIT, ENSEMBLE_FIT_GREEDY, LOSS, 0, FEW},
    {"inverse-error", FIT, ENSEMBLE_FIT_INVERSE_ERROR, 0, 0, 0},
    {"log-odds", FIT, ENSEMBLE_FIT_LOG_ODDS, 0, 0, 0},
    {"softmax", FIT, ENSEMBLE_FIT_SOFTMAX, 0, 0, 0},
    {"calibrate-models", FIT, ENSEMBLE_FIT_CONVEX, LOSS, 0, COOL_MODELS},
    {"calibrate-result", FIT, ENSEMBLE_FIT_CONVEX, LOSS, 0, COOL_RESULT},
    {"calibrate-both", FIT, ENSEMBLE_FIT_NOTHING, LOSS, 0, COOL_MODELS | COOL_RESULT},
    {"folds", FIT, ENSEMBLE_FIT_CONVEX, 0, 0, FOLDS},
    {"folds-greedy", FIT, ENSEMBLE_FIT_GREEDY, 0, 0, FOLDS},
    {"bags", FIT, ENSEMBLE_FIT_CONVEX, 0, 0, BAGS},
    {"missing", FIT, ENSEMBLE_FIT_CONVEX, 0, 0, MISSING},
    {"nan", FIT, ENSEMBLE_FIT_CONVEX, 0, 0, NANS},
    {"maps", FIT, ENSEMBLE_FIT_CONVEX, 0, 0, MAPS},
    {"twins", FIT, ENSEMBLE_FIT_CONVEX, 0, 0, TWINS},
    {"many", FIT, ENSEMBLE_FIT_CONVEX, 0, 0, MANY},
    {"long", FIT, ENSEMBLE_FIT_CONVEX, 0, 0, LONG},
    {"stray", FIT, ENSEMBLE_FIT_CONVEX, 0, 0, STRAY | MAPS},
    {"scores", SCORE, 0, 0, 0, 0},
    {"scores-everything", SCORE, 0, 0, 0, NANS | MISSING | MAPS | STRAY},
    {"updates", UPDATE, 0, 0, 0, 0},
    {"updates-everything", UPDATE, 0, 0, 0, NANS | MISSING | MAPS | STRAY},
    {"everything", FIT, ENSEMBLE_FIT_GREEDY, 0, 0, NANS | MISSING | MAPS | STRAY | COOL_MODELS | COOL_RESULT | FOLDS},
};
#define SECTIONS ((int)(sizeof sections / sizeof sections[0]))

static const char *name_of(int section)
{
    return sections[section].name;
}

/* A value that suits its space, larger where the class is that of the label. */
static uint64_t value_bits(struct lesson *l, const struct member *m, int right)
{
    const uint64_t unit = number_infinity(m->dtype) & (~number_infinity(m->dtype) + 1);
    const uint64_t one = number_infinity(m->dtype) / unit / 2, bits = rng_bits(&l->rng);
    const uint64_t sign = right ? 0 : bits & number_sign(m->dtype), step = right ? 7 : bits >> 40 & 7;
    const uint64_t mantissa = bits & (bits >> 50 & 1 ? unit - 1 : unit - unit / 4);

    if ((bits >> 52 & 63) == 0)
        return 0;
    switch (m->space) {
    case ENSEMBLE_LOG_PROBABILITIES:
        return number_sign(m->dtype) | (one - 4 + (7 - step)) * unit | mantissa;
    case ENSEMBLE_LOGITS:
    case ENSEMBLE_BINARY_LOGITS:
        return sign | (one - 4 + step % 7) * unit | mantissa;
    default:
        return (one - 8 + step) * unit | mantissa;
    }
}

/* The first model is always there, and can be calibrated. */
static void fill_member(struct lesson *l, struct member *m, int with)
{
    const int first = m == l->members;

    m->dtype = (int)rng_below(&l->rng, DTYPES);
    m->space = (int32_t)rng_below(&l->rng, 5);
    if (first && (with & COOL_MODELS))
        m->space = l->width > 1 ? ENSEMBLE_LOGITS : ENSEMBLE_BINARY_LOGITS;
    if (m->space >= ENSEMBLE_LOGITS)
        m->temperature = (double)rng_below(&l->rng, 3) * .75;
    m->missing = !first && (with & MISSING) && rng_one_in(&l->rng, 5);
    m->mapped = !first && (with & MAPS) && rng_one_in(&l->rng, 2);
    m->columns = m->mapped ? rng_between(&l->rng, 1, l->width) : l->width;
    for (size_t c = 0; c < m->columns; c++)
        m->map[c] = c > 0 && rng_one_in(&l->rng, 6) ? -1 : (int32_t)(l->width - 1 - c);
    for (size_t r = 0; r < l->rows; r++)
        for (size_t c = 0; c < m->columns; c++) {
            const int32_t k = m->mapped ? m->map[c] : (int32_t)c;
            const int right = l->label[r] == (l->width == 1 ? 1 : k) && rng_one_in(&l->rng, 2);

            m->bits[r * m->columns + c] = value_bits(l, m, right);
            if ((with & NANS) && rng_one_in(&l->rng, 50 * m->columns))
                m->bits[r * m->columns + c] = number_infinity(m->dtype) + rng_below(&l->rng, 2);
        }
}

static void choose_options(struct lesson *l, const struct section *s, unsigned run)
{
    static const double ridges[] = {0, 0, 1e-3, .5}, temperatures[] = {0, .25, 2};
    struct ensemble_fit_options *o = &l->options;
    const int32_t scores = s->how <= ENSEMBLE_FIT_CONVEX ? 2 : 4;

    o->struct_size = sizeof *o;
    o->how = s->how;
    o->objective = s->objective > 0 ? s->objective : 1 + (int32_t)run % scores;
    o->constraint = s->constraint;
    o->ridge = o->how == ENSEMBLE_FIT_CONVEX && o->objective == SQUARES ? ridges[run % 4] : 0;
    o->temperature = o->how == ENSEMBLE_FIT_SOFTMAX ? temperatures[run % 3] : 0;
    o->rounds = o->how == ENSEMBLE_FIT_GREEDY ? 5 + run : 0;
    o->calibrate = (s->with & COOL_MODELS ? ENSEMBLE_CALIBRATE_MODELS : 0) |
                   (s->with & COOL_RESULT ? ENSEMBLE_CALIBRATE_RESULT : 0);
    o->folds = s->with & FOLDS ? 2 + run % 4 : 0;
    o->bags = s->with & BAGS ? 1 + run % 6 : 0;
    o->seed = run / 2;
    for (size_t i = 0; i < l->n; i++)
        l->cost[i] = (double)rng_below(&l->rng, 9) / 4;
    if ((s->with & FEW) && run % 3 > 0) {
        l->cost[0] = 1;
        o->cost = l->cost;
        o->n_costs = l->n;
        o->budget = 1 + (double)run / 4;
    }
    if ((s->with & FEW) && run % 3 < 2)
        o->max_models = 1 + run % 4;
    l->own_metric = (s->with & METRIC) != 0;
}

static void choose_handle(struct lesson *l, const struct section *s, unsigned run)
{
    const int free_method = s->call == SCORE || s->how > ENSEMBLE_FIT_GREEDY;

    l->method = free_method && run % 2 == 0 ? (int32_t)(run % (ENSEMBLE_RANK + 1)) : (int32_t)(run / 2 % 2);
    if (s->constraint != ENSEMBLE_SIMPLEX)
        l->method = ENSEMBLE_SUM;
    l->form = s->with & COOL_RESULT ? ENSEMBLE_RESULT_TEMPERED : run % 3 == 0 ? ENSEMBLE_RESULT_NORMALISED : 0;
    l->policy = s->with & MISSING ? ENSEMBLE_LEAVE_OUT_MISSING : 0;
    l->weights_set = run % 3 > 0;
    for (size_t i = 0; i < l->n; i++)
        l->weights[i] = l->weights_set ? (double)rng_between(&l->rng, 1, 1000) / 997 : 1. / (double)l->n;
    l->score = 1 + (int32_t)run % (s->call == UPDATE ? 2 : ENSEMBLE_SCORE_CALIBRATION_ERROR);
    l->rate = (double)(run % 5 + 1) / 8;
    l->share = (double)(run % 4) / 16;
}

static void make(struct lesson *l, const struct section *s, unsigned run)
{
    static const size_t widths[] = {1, 2, 3, 10, 5, 12};

    l->call = s->call;
    l->n = rng_between(&l->rng, s->with & MANY ? 15 : 1, s->with & MANY ? MODELS : 7);
    l->width = widths[run % 6] + (s->with & COOL_RESULT && widths[run % 6] == 1);
    l->rows = !(s->with & LONG) ? rng_between(&l->rng, 12, 60) : l->width == WIDTH ? ROWS : 400 + 60 * run;
    l->target = s->with & BY_VALUES ? (int)(run % DTYPES) : LABELS;
    for (size_t r = 0; r < l->rows; r++) {
        l->label[r] = (int32_t)rng_below(&l->rng, l->width > 1 ? l->width : 2) - 3 * rng_one_in(&l->rng, 20);
        if (l->label[r] < 0 && !(s->with & NANS))
            l->label[r] = 0;
        for (size_t k = 0; k < l->width; k++)
            l->values[r * l->width + k] = (double)rng_below(&l->rng, 33) / 16 + (l->label[r] == (int32_t)k);
    }
    for (size_t i = 0; i < l->n; i++) {
        struct member *m = &l->members[i];
        uint64_t *bits = m->bits;

        memset(m, 0, sizeof *m);
        m->bits = bits;
        fill_member(l, m, s->with);
        if ((s->with & TWINS) && i % 2 == 1) {
            *m = l->members[i - 1];
            m->bits = bits;
            memcpy(bits, l->members[i - 1].bits, l->rows * m->columns * sizeof *bits);
        }
    }
    memset(&l->options, 0, sizeof l->options);
    if (l->call == FIT)
        choose_options(l, s, run);
    choose_handle(l, s, run);
}

static void hash_reals(uint64_t *hash, const double *x, size_t n)
{
    uint64_t bits;

    for (size_t i = 0; i < n; i++) {
        memcpy(&bits, &x[i], sizeof bits);
        hash_value(hash, number_is_nan(ENS_f64, bits) ? number_infinity(ENS_f64) + 1 : bits);
    }
}

static void hash_outcome(uint64_t *hash, const struct lesson *l, const struct outcome *o)
{
    const struct ensemble_fit_report *r = &o->report;
    const double reals[] = {r->uniform, r->best_single, r->objective, r->held_out, r->gap, r->temperature, r->log_loss};

    hash_value(hash, (uint64_t)(int64_t)o->code);
    hash_reals(hash, o->now, l->n);
    hash_reals(hash, &o->score, 1);
    if (l->call != FIT || o->code != 0)
        return;
    hash_reals(hash, reals, sizeof reals / sizeof reals[0]);
    hash_reals(hash, o->weights, l->n);
    hash_reals(hash, o->single, l->n);
    hash_reals(hash, o->temperatures, l->n);
    hash_reals(hash, o->trajectory, ROUNDS);
    hash_value(hash, (uint64_t)r->exact);
    hash_value(hash, (uint64_t)r->best_model);
    hash_value(hash, (uint64_t)r->iterations);
    hash_value(hash, r->rows_used);
    hash_value(hash, r->models_used);
}

static uint64_t hash_section(int section, const char *isa, int *wrong)
{
    static struct lesson lesson;
    static struct outcome outcome;
    uint64_t hash = FNV_START;

    for (size_t i = 0; i < MODELS && lesson.members[i].bits == NULL; i++)
        lesson.members[i].bits = malloc(ROWS * (WIDTH + 3) * sizeof *lesson.members[i].bits);
    if (lesson.values == NULL)
        lesson.values = malloc(ROWS * WIDTH * sizeof *lesson.values);
    lesson.rng.state = (uint64_t)section;
    for (unsigned run = 0; run < RUNS; run++) {
        struct rng place;
        struct ensemble *e;

        make(&lesson, &sections[section], run);
        place = lesson.rng;
        e = lesson_handle(&lesson, isa, !(sections[section].with & STRAY), &place);
        if (e == NULL)
            exit(1);
        lesson_call(&lesson, e, 0, &outcome);
        ensemble_destroy(e);
        hash_outcome(&hash, &lesson, &outcome);
        if (outcome.code != 0 && outcome.code != ENSEMBLE_EZEROSUM && outcome.code != ENSEMBLE_EQUORUM) {
            printf("FAILED: %s: %s, run %u: %s\n", isa, name_of(section), run, ensemble_strerror(outcome.code));
            ++*wrong;
        }
        report_pass();
    }
    return hash;
}

int main(int argc, char **argv)
{
    const struct hashes_suite suite = {
        .program = "golden_fit", .sections = SECTIONS, .name = name_of, .hash = hash_section,
    };
    const int status = hashes_main(&suite, argc, argv);

    return status != 0 ? status : report_end();
}
