/* SPDX-License-Identifier: MIT */
#include "task.h"
#include "values.h"

#include <math.h>
#include <string.h>

size_t value_size(int dtype)
{
    return dtype == LABELS ? sizeof(int32_t) : number_size(dtype);
}

size_t model_stride(const struct model *model)
{
    return model->stride > 0 ? model->stride : model->dtype == LABELS ? 1 : model->columns;
}

const unsigned char *model_row(const struct model *model, size_t row)
{
    return model->data + row * model_stride(model) * value_size(model->dtype);
}

/* Each column has a class of its own, or none. A shuffle that may end early, so that some maps are in order. */
static void choose_map(struct task *t, struct model *m, int32_t *map)
{
    size_t named = 0;

    m->map = map;
    m->columns = rng_between(&t->rng, 1, t->width + 5);
    for (size_t i = 0; i < t->width; i++)
        map[i] = (int32_t)i;
    for (size_t i = t->width; i < t->width + 5; i++)
        map[i] = -1;
    for (size_t i = t->width + 4; i > 0 && !rng_one_in(&t->rng, 4 * t->width); i--) {
        const size_t other = rng_below(&t->rng, i + 1);
        const int32_t class = map[i];

        map[i] = map[other];
        map[other] = class;
    }
    for (size_t i = 0; i < m->columns; i++) {
        if (rng_one_in(&t->rng, 8))
            map[i] = -1;
        named += map[i] >= 0;
    }
    if (named == 0)
        map[rng_below(&t->rng, m->columns)] = (int32_t)rng_below(&t->rng, t->width);
}

static int32_t choose_space(struct task *t)
{
    static const int32_t spaces[] = {ENSEMBLE_PROBABILITIES, ENSEMBLE_LOG_PROBABILITIES, ENSEMBLE_BINARY_LOGITS,
                                     ENSEMBLE_LOGITS, ENSEMBLE_LOGITS};

    return rng_one_in(&t->rng, 3) ? ENSEMBLE_AS_IS : spaces[rng_below(&t->rng, sizeof spaces / sizeof spaces[0])];
}

/* Half of the tasks have one dtype and space for all, since most programs do. */
static void choose_kinds(struct task *t, int32_t *maps)
{
    static const double temperatures[] = {0, .5, 2, 1.7, 1};
    const int one_dtype = rng_one_in(&t->rng, 2), one_space = rng_one_in(&t->rng, 2), gaps = rng_one_in(&t->rng, 2);
    const int mapped = rng_one_in(&t->rng, 4) || (t->policy & ENSEMBLE_LEAVE_OUT_ABSENT);
    const int labels = rng_one_in(&t->rng, 3);
    const int dtype = (int)rng_below(&t->rng, DTYPES);
    const int32_t space = choose_space(t);

    for (size_t i = 0; i < t->n; i++) {
        struct model *m = &t->models[i];

        m->dtype = one_dtype ? dtype : (int)rng_below(&t->rng, DTYPES);
        m->space = one_space ? space : choose_space(t);
        if (m->space == ENSEMBLE_LOGITS || m->space == ENSEMBLE_BINARY_LOGITS)
            m->temperature = temperatures[rng_below(&t->rng, sizeof temperatures / sizeof temperatures[0])];
        m->columns = t->width;
        if (mapped && rng_one_in(&t->rng, 2))
            choose_map(t, m, maps + i * (t->width + 5));
        if (t->method == ENSEMBLE_VOTE && labels && rng_one_in(&t->rng, 2)) {
            m->dtype = LABELS;
            m->space = rng_one_in(&t->rng, 2) ? ENSEMBLE_LABELS : ENSEMBLE_AS_IS;
            m->temperature = 0;
        }
        if (gaps && rng_one_in(&t->rng, 2))
            m->stride = (m->dtype == LABELS ? 1 : m->columns) + rng_below(&t->rng, 20);
        m->rows = t->rows;
        m->missing = takes_part(m) && rng_one_in(&t->rng, t->policy & ENSEMBLE_LEAVE_OUT_MISSING ? 4 : 60 * t->n);
    }
}

static enum kind kind_of(struct task *t, const struct model *m)
{
    const int of_probabilities = t->form == ENSEMBLE_RESULT_LOG || t->form == ENSEMBLE_RESULT_NORMALISED ||
                                 t->form == ENSEMBLE_RESULT_TEMPERED;
    const int positive = of_probabilities || rng_one_in(&t->rng, 2);

    if (t->wild)
        return WILD;
    if (orders_only(t->method) && rng_one_in(&t->rng, 2))
        return GRID;
    switch (m->space) {
    case ENSEMBLE_PROBABILITIES:
        return PROBABILITY;
    case ENSEMBLE_LOG_PROBABILITIES:
        return LOG_PROBABILITY;
    case ENSEMBLE_LOGITS:
    case ENSEMBLE_BINARY_LOGITS:
        return LOGIT;
    default:
        break;
    }
    switch (t->method) {
    case ENSEMBLE_GEOMETRIC:
    case ENSEMBLE_POWER:
    case ENSEMBLE_LOG_POOL:
    case ENSEMBLE_HARMONIC:
        if (rng_one_in(&t->rng, 12)) /* where they have no logarithm: NaN */
            return SIGNED;
        return rng_one_in(&t->rng, 3) ? PROBABILITY : POSITIVE;
    case ENSEMBLE_PRODUCT:
        return t->n > 8 || rng_one_in(&t->rng, 2) ? NEAR_ONE : GRID;
    default:
        return positive ? POSITIVE : rng_one_in(&t->rng, 2) ? SIGNED : GRID;
    }
}

/*
 * Infinities where the meaning of the numbers has a place for them: log 0, logits of certainty, and any sums but those
 * whose values are never so.
 */
static double infinity_for(struct task *t, const struct model *m)
{
    const double sign = rng_one_in(&t->rng, 2) ? 1 : -1;

    switch (m->space) {
    case ENSEMBLE_PROBABILITIES:
        return 1;
    case ENSEMBLE_LOG_PROBABILITIES:
        return -(double)INFINITY;
    case ENSEMBLE_LOGITS:
        return rng_one_in(&t->rng, 12) ? (double)INFINITY : -(double)INFINITY;
    case ENSEMBLE_BINARY_LOGITS:
        return sign * (double)INFINITY;
    default:
        return t->signs ? sign * (double)INFINITY : (double)INFINITY;
    }
}

/* +0, and -0 too where its sign does not turn into a difference that the header leaves open. */
static double zero_for(struct task *t)
{
    return t->signs && t->method != ENSEMBLE_TRIMMED && rng_one_in(&t->rng, 2) ? -0.0 : 0;
}

static void spoil_row(struct task *t, struct model *m, unsigned char *row, int zeros, int infinities, int nans)
{
    if (zeros && rng_one_in(&t->rng, 3))
        for (size_t c = rng_below(&t->rng, m->columns); c < m->columns; c += rng_between(&t->rng, 1, m->columns))
            number_put(m->dtype, row, c, number_encode(m->dtype, zero_for(t)));
    if (infinities && rng_one_in(&t->rng, 3))
        number_put(m->dtype, row, rng_below(&t->rng, m->columns), number_encode(m->dtype, infinity_for(t, m)));
    if (infinities && m->space == ENSEMBLE_LOGITS && rng_one_in(&t->rng, 20))
        for (size_t c = 0; c < m->columns; c++)
            number_put(m->dtype, row, c, number_sign(m->dtype) | number_infinity(m->dtype));
    if (nans && rng_one_in(&t->rng, 8))
        number_put(m->dtype, row, rng_below(&t->rng, m->columns), number_infinity(m->dtype) + 1);
}

static void fill_labels(struct task *t, struct model *m, int nans)
{
    static const int32_t none[] = {-1, INT32_MIN, INT32_MAX};

    for (size_t row = 0; row < t->rows; row++) {
        int32_t label = (int32_t)rng_below(&t->rng, m->columns);

        if (nans && rng_one_in(&t->rng, 8))
            label = rng_one_in(&t->rng, 2) ? (int32_t)m->columns : none[rng_below(&t->rng, 3)];
        memcpy(m->data + row * model_stride(m) * sizeof label, &label, sizeof label);
    }
}

static void fill(struct task *t)
{
    const int zeros = rng_one_in(&t->rng, 3) && !t->wild, infinities = rng_one_in(&t->rng, 4) && !t->wild;
    const int nans = rng_one_in(&t->rng, t->policy & ENSEMBLE_LEAVE_OUT_NAN ? 2 : 4) && !t->wild;
    const int one_kind = rng_one_in(&t->rng, 2);
    enum kind kind = SIGNED;

    for (size_t i = 0; i < t->n; i++) {
        struct model *m = &t->models[i];

        if (m->dtype == LABELS) {
            fill_labels(t, m, nans);
            continue;
        }
        if (i == 0 || !one_kind || m->space != m[-1].space)
            kind = kind_of(t, m);
        t->signs = kind == SIGNED || kind == GRID || (kind == NEAR_ONE && m->space == ENSEMBLE_AS_IS);
        for (size_t row = 0; row < t->rows; row++) {
            unsigned char *at = m->data + row * model_stride(m) * number_size(m->dtype);

            memcpy(at, values_piece(&t->rng, m->dtype, kind, m->columns), m->columns * number_size(m->dtype));
            spoil_row(t, m, at, zeros, infinities, nans);
        }
    }
}

/* One after the other with small odd distances, the last one ending at the guard page, in an order by chance. */
static void lay(struct task *t, const struct memory *memory)
{
    const size_t first = rng_below(&t->rng, t->n + 1); /* this model, or the row weights, come last */
    unsigned char *at = memory->inputs.end;

    for (size_t k = 0; k <= t->n; k++) {
        const size_t i = (first + k) % (t->n + 1);

        if (i == t->n) {
            at -= t->row_weights != NULL ? t->rows * t->n * sizeof(float) : 0;
            t->row_weights = t->row_weights != NULL ? at : NULL;
        } else {
            struct model *m = &t->models[i];

            at -= ((t->rows - 1) * model_stride(m) + (m->dtype == LABELS ? 1 : m->columns)) * value_size(m->dtype);
            m->data = at;
        }
        at -= rng_below(&t->rng, 64);
    }
    t->used = at;
    memset(at, GAP, (size_t)(memory->inputs.end - at));
}

void models_random(struct task *t, const struct memory *memory)
{
    size_t present = 0;

    choose_kinds(t, memory->maps);
    lay(t, memory);
    fill(t);
    for (size_t i = 0; i < t->n; i++) {
        if (t->models[i].missing)
            t->models[i].data = NULL;
        if (takes_part(&t->models[i]))
            present++;
    }
    /* Who takes no part may lack data and have other rows; where nobody does, model 0 says how many rows there are. */
    for (size_t i = 0; present > 0 && i < t->n; i++)
        if (!takes_part(&t->models[i]) && rng_one_in(&t->rng, 2)) {
            t->models[i].data = NULL;
            t->models[i].rows = rng_below(&t->rng, 3);
        }
}
