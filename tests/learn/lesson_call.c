/* SPDX-License-Identifier: MIT */
#include "lesson.h"

#include "report.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

/* What lies in gaps: NaN, and no label; and what no call may write. */
#define GAP 0xFF
#define SENTINEL (-12345.5)

#define INPUTS_BYTES ((VALUES + (size_t)MODELS * ROWS * 8 + ROWS * WIDTH) * 8 + (size_t)MODELS * 128)

static struct guarded memory;
static unsigned char *used, *targets; /* the inputs lie from `used` to the end of the memory */
static uint64_t sum_before;
static size_t seen;

static size_t value_size(int dtype)
{
    return dtype == LABELS ? sizeof(int32_t) : number_size(dtype);
}

static uint64_t sum_of_inputs(void)
{
    uint64_t sum = 0;

    for (const unsigned char *at = used; at < memory.end; at++)
        sum = sum * 31 + *at;
    return sum;
}

/* Room for so many bytes in front of what has been laid, at any address or a multiple of 64. */
static unsigned char *room_for(size_t bytes, int plain, struct rng *rng)
{
    used -= bytes;
    used -= plain ? (uintptr_t)used % 64 : rng_below(rng, 24);
    return used;
}

static void put(int dtype, unsigned char *array, size_t index, uint64_t bits)
{
    const int32_t label = (int32_t)(uint32_t)bits;

    if (dtype == LABELS)
        memcpy(array + index * sizeof label, &label, sizeof label);
    else
        number_put(dtype, array, index, bits);
}

static int add_model(const struct lesson *l, struct ensemble *e, size_t i, int plain, struct rng *rng)
{
    const struct member *m = &l->members[i];
    const size_t gap = plain || rng_one_in(rng, 3) ? 0 : rng_below(rng, 8), stride = m->columns + gap;
    const size_t bytes = l->rows * stride * value_size(m->dtype);
    unsigned char *data = memset(room_for(bytes, plain, rng), GAP, bytes);
    int code = ensemble_add_model_output(e, NULL, ENSEMBLE_F32, 0);

    for (size_t r = 0; r < l->rows; r++)
        for (size_t c = 0; c < m->columns; c++)
            put(m->dtype, data, r * stride + c, m->bits[r * m->columns + c]);
    if (code >= 0)
        code = m->mapped ? ensemble_set_class_map(e, i, m->map, m->columns) : 0;
    if (code == 0)
        code = ensemble_set_model_output(e, i, m->missing ? NULL : data, m->dtype + 1, l->rows, gap > 0 ? stride : 0);
    if (code == 0)
        code = ensemble_set_input(e, i, m->space, m->temperature);
    return code;
}

static void lay_targets(const struct lesson *l, int plain, struct rng *rng)
{
    const size_t count = l->target == LABELS ? l->rows : l->rows * l->width;

    targets = room_for(count * value_size(l->target), plain, rng);
    for (size_t i = 0; i < count; i++)
        put(l->target, targets, i, l->target == LABELS ? (uint64_t)(uint32_t)l->label[i]
                                                       : number_encode(l->target, l->values[i]));
}

struct ensemble *lesson_handle(const struct lesson *l, const char *isa, int plain, struct rng *rng)
{
    const struct ensemble_options options = {.struct_size = sizeof options, .isa = isa};
    struct ensemble *e = NULL;
    int code = ensemble_create_with(&e, l->width, &options);

    if (memory.begin == NULL)
        memory = guarded_make(INPUTS_BYTES);
    used = memory.end;
    for (size_t i = 0; code == 0 && i < l->n; i++)
        code = add_model(l, e, i, plain, rng);
    lay_targets(l, plain, rng);
    sum_before = sum_of_inputs();
    if (code == 0)
        code = ensemble_set_method(e, l->method);
    if (code == 0)
        code = ensemble_set_result(e, l->form, l->form_temperature);
    if (code == 0)
        code = ensemble_set_missing_policy(e, l->policy, 0);
    if (code == 0 && l->weights_set)
        code = ensemble_set_weights(e, l->weights, l->n);
    if (code == 0 && strcmp(ensemble_isa(e), isa) == 0)
        return e;
    report_fail("the handle could not be made: %s", ensemble_strerror(code));
    ensemble_destroy(e);
    return NULL;
}

const void *lesson_targets(const struct lesson *l, size_t *count)
{
    *count = l->target == LABELS ? l->rows : l->rows * l->width;
    return targets;
}

int lesson_touched(void)
{
    return sum_of_inputs() != sum_before;
}

double lesson_target(const struct lesson *l, size_t r, size_t k)
{
    if (l->target != LABELS)
        return l->values[r * l->width + k];
    if (l->label[r] < 0)
        return (double)NAN;
    return l->width == 1 ? l->label[r] : l->label[r] == (int32_t)k;
}

double lesson_metric(const double *values, const size_t *row, size_t rows, size_t width, void *user)
{
    const struct lesson *l = user;
    double sum = 0;
    int wrong = seen != 0 && seen != rows;

    for (size_t r = 0; r < rows && width == l->width && row[r] < l->rows; r++) {
        wrong |= r > 0 && row[r] <= row[r - 1];
        for (size_t k = 0; k < width; k++)
            sum += fabs(values[r * width + k] - lesson_target(l, row[r], k));
    }
    for (size_t r = 0; r < rows; r++)
        wrong |= width != l->width || row[r] >= l->rows;
    seen = wrong ? SIZE_MAX : rows;
    return sum / (double)rows;
}

static void fill(double *array, size_t n)
{
    for (size_t i = 0; i < n; i++)
        array[i] = SENTINEL;
}

/* Has an array been written behind its end? */
static int overrun(const double *array, size_t from, size_t n)
{
    for (size_t i = from; i < n; i++)
        if (array[i] < SENTINEL || array[i] > SENTINEL || isnan(array[i]))
            return 1;
    return 0;
}

/* Are the options what NULL stands for? */
static int is_default(const struct lesson *l)
{
    const int32_t objective = l->target == LABELS ? ENSEMBLE_SCORE_LOG_LOSS : ENSEMBLE_SCORE_SQUARED_ERROR;
    struct ensemble_fit_options plain = {.struct_size = sizeof plain, .objective = objective};

    return memcmp(&plain, &l->options, sizeof plain) == 0;
}

static void fit(const struct lesson *l, struct ensemble *e, int mute, struct outcome *o)
{
    struct ensemble_fit_options options = l->options;
    struct ensemble_fit_report report = {.struct_size = sizeof report, .models = l->n, .rounds = ROUNDS - 2};
    size_t count;
    const void *truth = lesson_targets(l, &count);

    seen = 0;
    if (l->own_metric) {
        options.metric = lesson_metric;
        options.user = (void *)(uintptr_t)l;
    }
    report.weights = o->weights;
    report.single = o->single;
    report.temperatures = o->temperatures;
    report.trajectory = o->trajectory;
    o->code = ensemble_fit(e, truth, l->target + 1, count, mute && is_default(l) ? NULL : &options,
                           mute ? NULL : &report);
    o->report = report;
    o->rows_seen = seen;
    if (o->code != 0 ? overrun(o->weights, 0, MODELS) || overrun(o->single, 0, MODELS) ||
                       overrun(o->temperatures, 0, MODELS) || overrun(o->trajectory, 0, ROUNDS)
                     : overrun(o->weights, l->n, MODELS) || overrun(o->single, l->n, MODELS) ||
                       overrun(o->temperatures, l->n, MODELS) || overrun(o->trajectory, ROUNDS - 2, ROUNDS))
        report_fail("the report was written where it should not be (code %d)", o->code);
}

void lesson_call(const struct lesson *l, struct ensemble *e, int mute, struct outcome *o)
{
    size_t count;
    const void *truth = lesson_targets(l, &count);

    memset(o, 0, sizeof *o);
    fill(o->weights, MODELS);
    fill(o->single, MODELS);
    fill(o->temperatures, MODELS);
    fill(o->trajectory, ROUNDS);
    o->score = SENTINEL;
    if (l->call == FIT)
        fit(l, e, mute, o);
    else if (l->call == SCORE)
        o->code = ensemble_score(e, l->score, truth, l->target + 1, count, &o->score);
    else
        o->code = ensemble_update(e, truth, l->target + 1, count, l->score, l->rate, l->share);
    if (ensemble_get_weights(e, o->now, l->n) != 0)
        report_fail("the weights cannot be had afterwards");
    if (lesson_touched())
        report_fail("inputs were written");
}
