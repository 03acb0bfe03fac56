/* SPDX-License-Identifier: MIT */
#include "task.h"

#include "../cell.h"
#include "../data.h"

#include <ensemble.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

const struct kind_info kinds[KINDS] = {
    [F32_F32] = {"f32", ENSEMBLE_F32, ENSEMBLE_F32, 4, 4, 2e-5},
    [F64_F64] = {"f64", ENSEMBLE_F64, ENSEMBLE_F64, 8, 8, 1e-13},
    [F16_F32] = {"f16-f32", ENSEMBLE_F16, ENSEMBLE_F32, 2, 4, 2e-5},
    [BF16_F32] = {"bf16-f32", ENSEMBLE_BF16, ENSEMBLE_F32, 2, 4, 2e-5},
    [F16_F16] = {"f16-f16", ENSEMBLE_F16, ENSEMBLE_F16, 2, 2, 1. / 1024},
    [BF16_BF16] = {"bf16-bf16", ENSEMBLE_BF16, ENSEMBLE_BF16, 2, 2, 1. / 128},
};

/* The result begins elsewhere in its page than the inputs do. */
enum { RESULT_AT = 2112 };

/* From one input to the next: whole pages and a bit, so that the streams do not fall into the same cache sets. */
static size_t step_of(enum kind kind, const struct shape *shape)
{
    return (shape->rows * shape->stride * kinds[kind].size + 4095) / 4096 * 4096 + 320;
}

static size_t pages(size_t bytes)
{
    return (bytes + 4095) / 4096 * 4096;
}

size_t task_inputs(enum kind kind, size_t models, const struct shape *shape)
{
    return pages(models * step_of(kind, shape));
}

size_t task_results(enum kind kind, const struct shape *shape)
{
    return pages(RESULT_AT + shape->rows * shape->width * kinds[kind].out_size);
}

void task_make(struct sum *sum, enum kind kind, size_t models, const struct shape *shape, const struct room *room)
{
    const int gaps = shape->stride != shape->width;

    *sum = (struct sum){.kind = kind, .models = models, .step = step_of(kind, shape)};
    sum->rows = gaps ? shape->rows : 1;
    sum->width = gaps ? shape->width : shape->rows * shape->width;
    sum->stride = gaps ? shape->stride : sum->width;
    for (size_t i = 0; i < models; i++) {
        sum->in[i] = room->inputs + i * sum->step;
        sum->weights64[i] = sum->weights[i] = (float)i / 100 + .11f;
    }
    sum->out = room->results + RESULT_AT;
}

struct library {
    struct ensemble *ensemble;
    int32_t dtype;
    size_t count;
};

static void must(int code)
{
    if (code < 0)
        die(ensemble_strerror(code));
}

void *library_prepare(const struct sum *sum, const struct shape *shape)
{
    struct library *library = get(sizeof *library);
    struct ensemble *e;

    must(ensemble_create(&e, shape->width));
    for (size_t i = 0; i < sum->models; i++) {
        must(ensemble_add_model_output(e, NULL, kinds[sum->kind].in, shape->rows));
        must(ensemble_set_model_output(e, i, sum->in[i], kinds[sum->kind].in, shape->rows, shape->stride));
    }
    must(ensemble_set_weights(e, sum->weights64, sum->models));
    *library = (struct library){e, kinds[sum->kind].out, shape->rows * shape->width};
    return library;
}

void library_run(const struct sum *sum, void *prepared)
{
    const struct library *library = prepared;

    if (ensemble_combine(library->ensemble, sum->out, library->dtype, library->count) != 0)
        die("a combine failed");
}

void library_finish(void *prepared)
{
    ensemble_destroy(((struct library *)prepared)->ensemble);
    free(prepared);
}

static double from_f16(uint16_t bits)
{
    const int exponent = bits >> 10 & 31;
    const double fraction = bits & 1023;

    if (exponent == 31)
        return fraction != 0 ? NAN : INFINITY;
    return (bits & 0x8000 ? -1 : 1) * (exponent == 0 ? ldexp(fraction, -24) : ldexp(1024 + fraction, exponent - 25));
}

static double element(const struct sum *sum, size_t j)
{
    uint32_t bits;
    float x;

    switch (kinds[sum->kind].out) {
    case ENSEMBLE_F64:
        return ((const double *)sum->out)[j];
    case ENSEMBLE_F32:
        return ((const float *)sum->out)[j];
    case ENSEMBLE_F16:
        return from_f16(((const uint16_t *)sum->out)[j]);
    }
    bits = (uint32_t)((const uint16_t *)sum->out)[j] << 16;
    memcpy(&x, &bits, sizeof x);
    return x;
}

double *task_result(const struct sum *sum)
{
    const size_t n = sum->rows * sum->width;
    double *result = malloc(n * sizeof *result);

    if (result == NULL)
        die("no memory");
    for (size_t j = 0; j < n; j++)
        result[j] = element(sum, j);
    return result;
}

size_t task_differs(const struct sum *sum, const double *expected, int stepwise, double *value)
{
    const double tolerance = kinds[sum->kind].tolerance * (stepwise ? (double)sum->models / 2 + 1 : 1);

    for (size_t j = 0; j < sum->rows * sum->width; j++) {
        *value = element(sum, j);
        if (!(fabs(*value - expected[j]) <= tolerance * fabs(expected[j])))
            return j;
    }
    return SIZE_MAX;
}
