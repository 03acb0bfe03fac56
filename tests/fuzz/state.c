/* SPDX-License-Identifier: MIT */
#include "state.h"

#include <math.h>

struct state state_new(size_t width)
{
    return (struct state){.width = width, .parameters = {2, .2, 0}, .temperature = 1};
}

struct state_model state_model(const void *data, int32_t dtype, size_t rows)
{
    return (struct state_model){.data = data, .rows = rows, .dtype = dtype, .temperature = 1};
}

size_t state_columns(const struct state *s, const struct state_model *m, int32_t dtype)
{
    return dtype == ENSEMBLE_I32 ? 1 : m->columns > 0 ? m->columns : s->width;
}

double state_weight(const struct state *s, size_t model)
{
    return s->n_weights > 0 ? s->weights[model] : 1. / (double)s->n;
}

int state_is_stale(const struct state *s)
{
    return s->n_weights > 0 && s->n_weights != s->n;
}

int state_is_any_stale(const struct state *s)
{
    return state_is_stale(s) || (s->n_class_weights > 0 && s->n_class_weights != s->n) ||
           (s->row_weights != NULL && s->row_weights_n != s->n);
}

/* The first model that takes part, whose rows the others must have; model 0 where none does. */
static size_t first_part(const struct state *s)
{
    for (size_t i = 0; i < s->n; i++)
        if (state_weight(s, i) != 0)
            return i;
    return 0;
}

size_t state_rows(const struct state *s)
{
    return s->models[first_part(s)].rows;
}

/* With an exponent of 1, 0 or -1, POWER is another method. */
static int32_t method_of(const struct state *s)
{
    if (s->method != ENSEMBLE_POWER)
        return s->method;
    return s->parameters[0] == 1 ? ENSEMBLE_MEAN : s->parameters[0] == -1 ? ENSEMBLE_HARMONIC : ENSEMBLE_POWER;
}

static int divides(int32_t method)
{
    return method != ENSEMBLE_SUM && method != ENSEMBLE_PRODUCT && method != ENSEMBLE_MIN && method != ENSEMBLE_MAX;
}

static int has_negative(const double *weights, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (weights[i] < 0)
            return 1;
    return 0;
}

/* Weights that cannot be divided by their sum: of models, or of one class. */
static int has_no_shares(const double *weights, size_t n, int32_t method)
{
    double sum = 0;

    for (size_t i = 0; i < n; i++)
        sum += weights[i];
    for (size_t i = 0; i < n; i++)
        if (weights[i] != 0 && (divides(method) ? !isfinite(weights[i] / sum)
                                                : method == ENSEMBLE_SUM && !isfinite(weights[i])))
            return 1;
    return divides(method) && !isfinite(sum);
}

static int is_zero_sum(const struct state *s, int32_t method)
{
    double weights[STATE_MODELS];
    int all_zero = 1;

    for (size_t i = 0; i < s->n; i++) {
        weights[i] = state_weight(s, i);
        all_zero &= weights[i] == 0;
    }
    if (divides(method) && all_zero)
        return 1;
    if (s->n_class_weights == 0)
        return divides(method) && has_no_shares(weights, s->n, method);
    for (size_t k = 0; k < s->width; k++) {
        for (size_t i = 0; i < s->n; i++)
            weights[i] = (s->n_weights > 0 ? s->weights[i] : 1) * s->class_weights[i * s->width + k];
        if (has_no_shares(weights, s->n, method))
            return 1;
    }
    return 0;
}

static int is_missing(const struct state_model *m)
{
    return m->data == NULL && m->rows > 0;
}

static uint64_t codes_of_outputs(const struct state *s)
{
    double all = 0, missing = 0;
    size_t parts = 0, absent = 0;
    uint64_t codes = 0;

    for (size_t i = 0; i < s->n; i++) {
        const struct state_model *m = &s->models[i];
        const double weight = fabs(state_weight(s, i));
        const int labels = m->dtype == ENSEMBLE_I32;

        if (weight == 0)
            continue;
        parts++;
        all += weight;
        absent += is_missing(m) ? 1 : 0;
        missing += is_missing(m) ? weight : 0;
        codes |= m->rows != state_rows(s) ? fuzz_code(ENSEMBLE_EROWS) : 0;
        if (is_missing(m) && !(s->policy & ENSEMBLE_LEAVE_OUT_MISSING))
            codes |= fuzz_code(ENSEMBLE_EMISSING);
        if (labels ? s->method != ENSEMBLE_VOTE || (m->space != ENSEMBLE_LABELS && m->space != ENSEMBLE_AS_IS)
                   : m->space == ENSEMBLE_LABELS)
            codes |= fuzz_code(ENSEMBLE_ESPACE);
    }
    if (parts > 0 && (absent == parts || (absent > 0 && s->row_weights == NULL &&
                                          missing > (1 - s->quorum + 1e-12) * all)))
        codes |= fuzz_code(ENSEMBLE_EQUORUM);
    if (s->row_weights != NULL && s->row_weights_rows != state_rows(s))
        codes |= fuzz_code(ENSEMBLE_EWEIGHTS);
    return codes;
}

uint64_t state_codes(const struct state *s)
{
    const int32_t method = method_of(s);
    uint64_t codes = 0;

    if (s->n == 0)
        return fuzz_code(ENSEMBLE_EEMPTY);
    if (state_is_any_stale(s))
        return fuzz_code(ENSEMBLE_EWEIGHTS);
    if (s->n_class_weights > 0 && s->method >= ENSEMBLE_VOTE)
        codes |= fuzz_code(ENSEMBLE_ESPACE);
    if (method > ENSEMBLE_MEAN && (has_negative(s->weights, s->n_weights) ||
                                   has_negative(s->class_weights, s->n_class_weights * s->width)))
        codes |= fuzz_code(ENSEMBLE_ENEGATIVE);
    if (is_zero_sum(s, method))
        codes |= fuzz_code(ENSEMBLE_EZEROSUM);
    return codes | codes_of_outputs(s);
}

/* Models one after the other, and weights of them as soon as there are as many as there were then. */
static void add_models(const struct state *s, struct ensemble *e)
{
    for (size_t i = 0; i <= s->n; i++) {
        const struct state_model *m = &s->models[i];

        if (i > 0 && i == s->n_weights)
            FUZZ_CHECK(ensemble_set_weights(e, s->weights, i) == 0);
        if (i > 0 && i == s->n_class_weights)
            FUZZ_CHECK(ensemble_set_class_weights(e, s->class_weights, i, s->width) == 0);
        if (i > 0 && s->row_weights != NULL && i == s->row_weights_n)
            FUZZ_CHECK(ensemble_set_row_weights(e, s->row_weights, s->row_weights_rows, i) == 0);
        if (i == s->n)
            break;
        FUZZ_CHECK(ensemble_add_model_output(e, NULL, ENSEMBLE_F32, 0) == (int)i);
        FUZZ_CHECK(ensemble_set_class_map(e, i, m->columns > 0 ? m->map : NULL, m->columns) == 0);
        FUZZ_CHECK(ensemble_set_model_output(e, i, m->data, m->dtype, m->rows, m->stride) == 0);
        FUZZ_CHECK(ensemble_set_input(e, i, m->space, m->temperature) == 0);
        FUZZ_CHECK(ensemble_set_model_name(e, i, m->name) == 0);
    }
}

struct ensemble *state_make(const struct state *s, const char *isa)
{
    const struct ensemble_options options = {.struct_size = sizeof options, .isa = isa};
    struct ensemble *e;

    FUZZ_CHECK(ensemble_create_with(&e, s->width, &options) == 0);
    FUZZ_CHECK(ensemble_set_method(e, s->method) == 0);
    for (int p = 0; p < 3; p++)
        FUZZ_CHECK(ensemble_set_parameter(e, p + 1, s->parameters[p]) == 0);
    FUZZ_CHECK(ensemble_set_result(e, s->form, s->temperature) == 0);
    FUZZ_CHECK(ensemble_set_missing_policy(e, s->policy, s->quorum) == 0);
    add_models(s, e);
    return e;
}
