/* SPDX-License-Identifier: MIT */
#include "task.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define METHODS (ENSEMBLE_RANK + 1)
#define FORMS (ENSEMBLE_RESULT_TEMPERED + 1)

/* The widest rows of the largest type, their gaps, row weights, and the odd distances between all of them. */
#define INPUTS_BYTES ((TASK_VALUES + (size_t)TASK_MODELS * (TASK_ROWS + 4) * 32) * sizeof(double))
#define MAPS_LENGTH (TASK_VALUES + (size_t)TASK_MODELS * 8)

void task_make_memory(struct memory *memory)
{
    memory->inputs = guarded_make(INPUTS_BYTES);
    memory->classes = guarded_make(TASK_VALUES * sizeof(double));
    memory->result = guarded_make((TASK_VALUES + TASK_ROWS * 32) * sizeof(double) + 4 * GUARD_MARGIN);
    memory->workspace = guarded_make(TASK_VALUES * 6 * sizeof(double));
    memory->maps = malloc(MAPS_LENGTH * sizeof *memory->maps);
    if (memory->maps == NULL) {
        perror("maps");
        exit(1);
    }
}

double task_row_weight(const struct task *t, size_t row, size_t model)
{
    float weight = 1;

    if (t->row_weights != NULL)
        memcpy(&weight, t->row_weights + (row * t->n + model) * sizeof weight, sizeof weight);
    return (double)weight;
}

int task_quorum(const struct task *t, long double all, long double missing)
{
    return missing <= (1 - (long double)t->quorum + 1e-12L) * all;
}

static void choose_shape(struct task *t)
{
    static const size_t wide[] = {255, 256, 257, 258, 511, 600, 1000, TASK_WIDTH};
    const size_t most = rng_one_in(&t->rng, 8) ? TASK_LARGE : TASK_USUAL;

    t->width = rng_one_in(&t->rng, 8) ? wide[rng_below(&t->rng, sizeof wide / sizeof wide[0])]
                                      : rng_between(&t->rng, 1, rng_one_in(&t->rng, 4) ? 4 : 70);
    t->n = rng_between(&t->rng, 1, rng_one_in(&t->rng, 3) ? 40 : 10);
    if (rng_one_in(&t->rng, 8))
        t->n = rng_between(&t->rng, 63, rng_one_in(&t->rng, 2) ? TASK_MODELS / 2 : TASK_MODELS);
    if (t->n * t->width > most)
        t->n = most / t->width > 0 ? most / t->width : 1;
    t->rows = rng_between(&t->rng, 1, TASK_ROWS);
    if (t->n * t->width * t->rows > most)
        t->rows = most / (t->n * t->width) > 0 ? most / (t->n * t->width) : 1;
}

/* Every third parameter stays unset, so that the defaults are tried. */
static void choose_parameters(struct task *t)
{
    static const double exponents[] = {1, -1, 0, 3, .5, -2, 8, .0625, -.3, 1.7, 20};
    static const double trims[] = {0, .125, .25, .3125, .4375, .49};
    static const double floors[] = {0, 0x1p-10, .01, .125, 1e-6};
    static const double temperatures[] = {0, .5, 1, 2, 1.7, 10};

    t->exponent = t->trim = t->floor = (double)NAN;
    if (!rng_one_in(&t->rng, 3))
        t->exponent = exponents[rng_below(&t->rng, sizeof exponents / sizeof exponents[0])];
    if (!rng_one_in(&t->rng, 3))
        t->trim = trims[rng_below(&t->rng, sizeof trims / sizeof trims[0])];
    if (!rng_one_in(&t->rng, 3))
        t->floor = floors[rng_below(&t->rng, sizeof floors / sizeof floors[0])];
    t->form_temperature = 0;
    if (t->form >= ENSEMBLE_RESULT_SOFTMAX)
        t->form_temperature = temperatures[rng_below(&t->rng, sizeof temperatures / sizeof temperatures[0])];
}

/* Multiples of 2^-4 where sums are to be exact. */
static double share(struct task *t)
{
    const double part = (double)rng_between(&t->rng, 1, 64);

    return t->exact_weights ? part / 16 : part * 0.0173 + (double)rng_below(&t->rng, 1000) * 1.7e-5;
}

static void choose_weights(struct task *t, int zeros, int negative)
{
    const int equal = rng_one_in(&t->rng, 3);
    const double one = share(t);
    size_t left = 0;

    for (size_t i = 0; i < t->n; i++) {
        double *weight = &t->models[i].weight;

        *weight = equal ? one : share(t);
        if (negative && rng_one_in(&t->rng, 4))
            *weight = -*weight;
        if (zeros && rng_one_in(&t->rng, 6))
            *weight = rng_one_in(&t->rng, 2) ? 0 : -0.0;
        left += *weight != 0;
    }
    if (left == 0)
        t->models[rng_below(&t->rng, t->n)].weight = one;
    if (rng_one_in(&t->rng, 60) && t->policy == 0)
        for (size_t i = 0; i < t->n; i++)
            t->models[i].weight = 0;
}

static void fill_class_weights(struct task *t, int negative)
{
    const int zeros = rng_one_in(&t->rng, 2), equal = rng_one_in(&t->rng, 4);
    const double one = share(t);

    for (size_t i = 0; i < t->n * t->width; i++) {
        t->class_weights[i] = equal ? one : share(t);
        if (zeros && rng_one_in(&t->rng, 4))
            t->class_weights[i] = 0;
        if (negative && rng_one_in(&t->rng, 6))
            t->class_weights[i] = -t->class_weights[i];
    }
}

/*
 * A model that takes no part may have anything; bad weights of the others spoil their rows. Whether POWER allows
 * negative ones where it is MEAN is left open.
 */
static void fill_row_weights(struct task *t, int negative)
{
    static const float bad[] = {NAN, INFINITY, -INFINITY, -1};
    const int open = t->method <= ENSEMBLE_MEAN || t->method == ENSEMBLE_POWER;
    const int zeros = rng_one_in(&t->rng, 2), equal = rng_one_in(&t->rng, 4), spoiled = rng_one_in(&t->rng, 6);
    const double one = share(t);

    for (size_t row = 0; row < t->rows; row++)
        for (size_t i = 0; i < t->n; i++) {
            float weight = (float)(equal ? one : share(t));

            if (zeros && rng_one_in(&t->rng, 4))
                weight = rng_one_in(&t->rng, 4) ? -0.f : 0;
            if (negative && rng_one_in(&t->rng, 6))
                weight = -weight;
            if (spoiled && !t->models[i].missing && rng_one_in(&t->rng, 8 * t->n))
                weight = bad[rng_below(&t->rng, sizeof bad / sizeof bad[0] - (open ? 1 : 0))];
            if (!takes_part(&t->models[i]) && rng_one_in(&t->rng, 2))
                weight = NAN;
            memcpy(t->row_weights + (row * t->n + i) * sizeof weight, &weight, sizeof weight);
        }
}

/* What a sum of weights is made of beside the models' own. */
enum { BY_ROW = 1, BY_CLASS = 2, OF_MISSING = 4, PARTS = 8 };

/* Is such a sum small beside the weights' sizes, so that quotients by it are all error, or an error code? */
static int cancels(const struct task *t, size_t row, size_t k, int parts)
{
    double sum = 0, size = 0;

    for (size_t i = 0; i < t->n; i++) {
        double weight = t->models[i].weight;

        if (weight == 0 || (t->models[i].missing && !(parts & OF_MISSING)))
            continue;
        if (parts & BY_ROW)
            weight *= task_row_weight(t, row, i);
        if ((parts & BY_CLASS) && t->class_weights != NULL)
            weight *= t->class_weights[i * t->width + k];
        sum += weight;
        size += fabs(weight);
    }
    return fabs(sum) < size / 10;
}

static void without_signs(struct task *t)
{
    float weight;

    for (size_t i = 0; i < t->n; i++)
        t->models[i].weight = fabs(t->models[i].weight);
    for (size_t i = 0; t->class_weights != NULL && i < t->n * t->width; i++)
        t->class_weights[i] = fabs(t->class_weights[i]);
    for (size_t i = 0; t->row_weights != NULL && i < t->n * t->rows; i++) {
        memcpy(&weight, t->row_weights + i * sizeof weight, sizeof weight);
        weight = fabsf(weight);
        memcpy(t->row_weights + i * sizeof weight, &weight, sizeof weight);
    }
}

static void mend_signs(struct task *t)
{
    for (size_t row = 0; row < t->rows; row++)
        for (size_t k = 0; k < t->width; k++)
            for (int parts = 0; parts < PARTS; parts++)
                if (cancels(t, row, k, parts)) {
                    without_signs(t);
                    return;
                }
}

/*
 * What the call must return. Row weights make the share of the weight that is present another one in each row, so that
 * with them a call fails only where nothing is there.
 */
static int expected_code(const struct task *t)
{
    long double all = 0, missing = 0;
    int any = 0, missed = 0;

    for (size_t i = 0; i < t->n; i++)
        if (takes_part(&t->models[i])) {
            any = 1;
            all += fabsl((long double)t->models[i].weight);
            missing += t->models[i].missing ? fabsl((long double)t->models[i].weight) : 0;
            missed |= t->models[i].missing;
        }
    if (!any)
        return t->method == ENSEMBLE_SUM || t->method == ENSEMBLE_PRODUCT || t->method == ENSEMBLE_MIN ||
               t->method == ENSEMBLE_MAX ? 0 : ENSEMBLE_EZEROSUM;
    if (missed && !(t->policy & ENSEMBLE_LEAVE_OUT_MISSING))
        return ENSEMBLE_EMISSING;
    for (size_t i = 0; i < t->n; i++)
        if (takes_part(&t->models[i]) && !t->models[i].missing)
            return missed && t->row_weights == NULL && !task_quorum(t, all, missing) ? ENSEMBLE_EQUORUM : 0;
    return ENSEMBLE_EQUORUM;
}

void task_random(struct task *t, const struct memory *memory, uint64_t seed)
{
    static const double quorums[] = {0, 0, 0, 1, .5, .25, .75, .875, 1. / 3};
    const int by_row = seed / 5 % 4 == 0;
    int signs, by_class;

    memset(t, 0, sizeof *t);
    t->seed = t->rng.state = seed;
    t->method = (int32_t)(seed % METHODS);
    by_class = seed / 7 % 4 == 0 && !orders_only(t->method);
    t->form = rng_one_in(&t->rng, 3) ? (int32_t)(seed / METHODS % FORMS) : ENSEMBLE_RESULT_AS_IS;
    t->result = (int)(seed / METHODS / FORMS % DTYPES);
    choose_shape(t);
    choose_parameters(t);
    if (rng_one_in(&t->rng, 2))
        t->policy = (int32_t)rng_below(&t->rng, 8);
    t->quorum = quorums[rng_below(&t->rng, sizeof quorums / sizeof quorums[0])];
    t->exact_weights = rng_one_in(&t->rng, 2);
    t->weights_set = !rng_one_in(&t->rng, 3);
    t->wild = rng_one_in(&t->rng, 8);
    signs = t->method <= ENSEMBLE_MEAN && rng_one_in(&t->rng, 3);
    for (size_t i = 0; i < t->n; i++)
        t->models[i].weight = by_class || by_row ? 1 : 1. / (double)t->n;
    if (!t->weights_set && !by_class && !by_row)
        t->exact_weights = (t->n & (t->n - 1)) == 0;
    if (t->weights_set)
        choose_weights(t, rng_one_in(&t->rng, 2), signs);
    if (by_class)
        t->class_weights = (double *)(void *)memory->classes.end - t->n * t->width;
    if (by_row)
        t->row_weights = memory->inputs.end; /* models_random() knows better */
    models_random(t, memory);
    if (t->class_weights != NULL)
        fill_class_weights(t, signs);
    if (t->row_weights != NULL)
        fill_row_weights(t, signs);
    if (signs && (t->method == ENSEMBLE_MEAN || t->policy != 0))
        mend_signs(t);
    t->code = expected_code(t);
}

static void describe_models(const struct task *t, char *text, size_t size)
{
    static const char *const spaces[] = {"", "p", "log", "z", "b", "labels"};
    const char *name;
    size_t length;

    for (size_t i = 0; i < t->n && i < 12; i++) {
        const struct model *m = &t->models[i];

        length = strlen(text);
        name = m->dtype == LABELS ? "i32" : number_name(m->dtype);
        snprintf(text + length, size - length, " %s%s%s%s%.2g", name, spaces[m->space], m->map != NULL ? "@" : "",
                 m->missing ? "?" : "*", m->weight);
    }
}

void task_describe(const void *what, char *text, size_t size)
{
    static const char *const methods[METHODS] = {"sum", "mean", "geometric", "harmonic", "power", "log pool",
                                                 "product", "median", "trimmed", "min", "max", "vote", "rank"};
    static const char *const forms[FORMS] = {"", " normalised", " log", " softmax", " tempered"};
    const struct task *t = what;

    snprintf(text, size, "--seed 0x%" PRIx64 " --count 1: %s%s (p %g, trim %g, floor %g) to %s%s, T %g, n %zu, width "
             "%zu, rows %zu, policy %d, quorum %g%s%s, weights%s%s%s%s:", t->seed, t->wild ? "wild " : "",
             methods[t->method], t->exponent, t->trim, t->floor, number_name(t->result), forms[t->form],
             t->form_temperature, t->n, t->width, t->rows, (int)t->policy, t->quorum,
             t->code != 0 ? ", to fail: " : "", t->code != 0 ? ensemble_strerror(t->code) : "",
             t->weights_set ? " set" : " default", t->class_weights != NULL ? " by class" : "",
             t->row_weights != NULL ? " by row" : "", t->exact_weights ? " exact" : "");
    describe_models(t, text, size);
}
