/* SPDX-License-Identifier: MIT */
/*
 * The workload of the golden programs. Its data comes from an integer generator and never from libm, and hashes are
 * taken of values, not of bytes, so that machine, word size and byte order do not matter. Each NaN counts as the same.
 */
#include "golden_work.h"

#include "number.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define METHODS (ENSEMBLE_RANK + 1)
#define DTYPES 4
#define LABELS (ENSEMBLE_I32 - 1)

/* A section: one line of golden.txt. */
struct section {
    const char *name;
    int32_t method; /* -1: each in turn */
    int with;
};

static const struct section sections[WORK_SECTIONS] = {
    {"sum", ENSEMBLE_SUM, 0},
    {"mean", ENSEMBLE_MEAN, 0},
    {"geometric", ENSEMBLE_GEOMETRIC, 0},
    {"harmonic", ENSEMBLE_HARMONIC, 0},
    {"power", ENSEMBLE_POWER, 0},
    {"log-pool", ENSEMBLE_LOG_POOL, 0},
    {"product", ENSEMBLE_PRODUCT, 0},
    {"median", ENSEMBLE_MEDIAN, 0},
    {"trimmed", ENSEMBLE_TRIMMED, 0},
    {"min", ENSEMBLE_MIN, 0},
    {"max", ENSEMBLE_MAX, 0},
    {"vote", ENSEMBLE_VOTE, 0},
    {"rank", ENSEMBLE_RANK, 0},
    {"class-weights", -1, CLASS_WEIGHTS},
    {"row-weights", -1, ROW_WEIGHTS},
    {"class-and-row-weights", -1, CLASS_WEIGHTS | ROW_WEIGHTS},
    {"maps", -1, MAPS},
    {"absent", -1, MAPS | LEAVE_OUT},
    {"missing", -1, MISSING},
    {"nan", -1, NANS | TEMPERATURES},
    {"leave-out", -1, NANS | LEAVE_OUT | MISSING},
    {"parameters", -1, PARAMETERS | TEMPERATURES},
    {"strides", -1, STRIDES},
    {"in-place", -1, IN_PLACE | TEMPERATURES},
    {"wide", -1, WIDE},
    {"many", -1, MANY},
    {"special", -1, ANY_BITS},
    {"everything", -1,
     CLASS_WEIGHTS | ROW_WEIGHTS | MAPS | MISSING | NANS | LEAVE_OUT | PARAMETERS | TEMPERATURES | STRIDES},
    {"tempered", -1, TEMPERED | TEMPERATURES},
    {"tempered-wide", -1, TEMPERED | TEMPERATURES | PARAMETERS | WIDE},
    {"tempered-everything", -1,
     TEMPERED | CLASS_WEIGHTS | ROW_WEIGHTS | MAPS | MISSING | NANS | LEAVE_OUT | PARAMETERS | TEMPERATURES | STRIDES},
    {"faulty-row-weights", -1, ROW_WEIGHTS | FAULTS},
};

const char *work_name(int section)
{
    return sections[section].name;
}

void *work_allocate(size_t size)
{
    void *memory = malloc(size > 0 ? size : 1);

    if (memory == NULL) {
        perror("golden");
        exit(1);
    }
    return memory;
}

static int orders_only(const struct work *w)
{
    return w->method == ENSEMBLE_VOTE || w->method == ENSEMBLE_RANK;
}

/* A value that suits its space: exponents around that of 1, and the sign that it must or may have. */
static uint64_t value_bits(struct work *w, int dtype, int32_t space)
{
    const uint64_t unit = number_infinity(dtype) & (~number_infinity(dtype) + 1);
    const uint64_t one = number_infinity(dtype) / unit / 2, bits = rng_bits(&w->rng);
    const uint64_t sign = bits & number_sign(dtype), step = bits >> 40 & 7;
    const uint64_t mantissa = bits & (bits >> 50 & 1 ? unit - 1 : unit - unit / 4); /* half of them with many equals */
    const int positive = w->method >= ENSEMBLE_GEOMETRIC && w->method <= ENSEMBLE_PRODUCT;

    if (w->with & ANY_BITS)
        return bits & (number_sign(dtype) * 2 - 1);
    if ((bits >> 52 & 31) == 0)
        return 0;
    switch (space) {
    case ENSEMBLE_PROBABILITIES:
        return (one - 8 + step) * unit | mantissa;
    case ENSEMBLE_LOG_PROBABILITIES:
        return number_sign(dtype) | (one - 4 + step) * unit | mantissa;
    case ENSEMBLE_LOGITS:
    case ENSEMBLE_BINARY_LOGITS:
        return sign | (one - 4 + step % 7) * unit | mantissa;
    default:
        return (positive ? 0 : sign) | (one - 4 + step) * unit | mantissa;
    }
}

static void choose_map(struct work *w, size_t i)
{
    const size_t first = rng_below(&w->rng, w->width);
    const size_t step = w->width % 7 != 0 ? 7 : 1; /* prime to the width, so that no class comes twice */

    w->columns[i] = rng_between(&w->rng, 1, w->width);
    w->map[i] = work_allocate(w->columns[i] * sizeof *w->map[i]);
    for (size_t c = 0; c < w->columns[i]; c++)
        w->map[i][c] = c > 0 && rng_one_in(&w->rng, 6) ? -1 : (int32_t)((first + c * step) % w->width);
}

static void fill_model(struct work *w, size_t i)
{
    const int replaced = (w->with & IN_PLACE) && i == w->replaced;

    w->dtype[i] = replaced ? w->result : (int)rng_below(&w->rng, DTYPES);
    w->spaces[i] = w->space < 5 ? w->space : (int32_t)rng_below(&w->rng, 5);
    w->columns[i] = w->width;
    w->map[i] = NULL;
    if ((w->with & MAPS) && rng_one_in(&w->rng, 2))
        choose_map(w, i);
    if (w->method == ENSEMBLE_VOTE && w->space == 5 && !replaced && rng_one_in(&w->rng, 2)) {
        w->dtype[i] = LABELS;
        w->spaces[i] = ENSEMBLE_LABELS;
    }
    w->stride[i] = (w->dtype[i] == LABELS ? 1 : w->columns[i]) + (w->with & STRIDES ? rng_below(&w->rng, 9) : 0);
    w->data[i] = work_allocate(w->rows * w->stride[i] * 8);
    for (size_t k = 0; k < w->rows * w->stride[i]; k++) {
        const int nan = (w->with & NANS) && rng_one_in(&w->rng, 8 * w->width);
        const int32_t label = (int32_t)rng_below(&w->rng, w->columns[i]) - nan * 100000;

        if (w->dtype[i] == LABELS)
            memcpy(w->data[i] + k * sizeof label, &label, sizeof label);
        else
            number_put(w->dtype[i], w->data[i], k,
                       nan ? number_infinity(w->dtype[i]) + 1 : value_bits(w, w->dtype[i], w->spaces[i]));
    }
}

static double weight_of(struct work *w, size_t i)
{
    const double share = (double)rng_between(&w->rng, 1, 1000) / 997;

    if (i > 0 && rng_one_in(&w->rng, 8) && i != w->replaced)
        return 0;
    return w->method == ENSEMBLE_SUM && !(w->with & (MISSING | LEAVE_OUT)) && rng_one_in(&w->rng, 3) ? -share : share;
}

static float row_weight(struct work *w)
{
    static const float faults[] = {(float)NAN, (float)INFINITY, -1};

    if ((w->with & FAULTS) && rng_one_in(&w->rng, 12))
        return faults[rng_below(&w->rng, sizeof faults / sizeof faults[0])];
    return (float)rng_below(&w->rng, 40) / 16;
}

static void fill(struct work *w)
{
    w->replaced = w->n / 2;
    for (size_t i = 0; i < w->n; i++)
        fill_model(w, i);
    w->result_stride = w->width + (w->with & STRIDES ? rng_below(&w->rng, 9) : 0);
    w->out = w->data[w->replaced];
    if (!(w->with & IN_PLACE)) {
        w->out = work_allocate(w->rows * w->result_stride * 8);
        for (size_t k = 0; k < w->rows * w->result_stride; k++)
            number_put(w->result, w->out, k, 0x2A); /* what the gaps of the result hold, and must go on to hold */
    }
    w->row_weights = work_allocate(w->rows * w->n * sizeof(float));
    for (size_t i = 0; i < w->rows * w->n; i++)
        w->row_weights[i] = row_weight(w);
}

static int set_weights(struct work *w, struct ensemble *e)
{
    double *weights = work_allocate(w->n * w->width * sizeof *weights);
    int code = 0;

    for (size_t i = 0; i < w->n; i++)
        weights[i] = weight_of(w, i);
    if (w->number % 3 != 0) /* some with the default weights, some with equal ones */
        code = ensemble_set_weights(e, weights, w->n);
    for (size_t i = 0; i < w->n * w->width; i++)
        weights[i] = (double)rng_below(&w->rng, 30) / 7;
    if (code == 0 && (w->with & CLASS_WEIGHTS) && !orders_only(w))
        code = ensemble_set_class_weights(e, weights, w->n, w->width);
    if (code == 0 && (w->with & ROW_WEIGHTS))
        code = ensemble_set_row_weights(e, w->row_weights, w->rows, w->n);
    free(weights);
    return code;
}

static int set_options(struct work *w, struct ensemble *e)
{
    static const double exponents[] = {3, -.5, .5, -2, 1, 0, -1}, trims[] = {0, .125, .3, .49};
    static const double floors[] = {.01, 1e-6, .25}, temperatures[] = {.5, 2, 1.3};
    const int32_t policy = (w->with & MISSING ? ENSEMBLE_LEAVE_OUT_MISSING : 0) |
                           (w->with & LEAVE_OUT ? ENSEMBLE_LEAVE_OUT_NAN | ENSEMBLE_LEAVE_OUT_ABSENT : 0);
    const double temperature = w->with & TEMPERATURES ? temperatures[w->number % 3] : 0;
    int code = ensemble_set_method(e, w->method);

    if (code == 0 && (w->with & PARAMETERS))
        code = ensemble_set_parameter(e, ENSEMBLE_EXPONENT, exponents[w->number % 7]);
    if (code == 0 && (w->with & PARAMETERS))
        code = ensemble_set_parameter(e, ENSEMBLE_TRIM, trims[w->number % 4]);
    if (code == 0 && (w->with & PARAMETERS))
        code = ensemble_set_parameter(e, ENSEMBLE_FLOOR, floors[w->number % 3]);
    if (code == 0)
        code = ensemble_set_result(e, w->form, w->form >= ENSEMBLE_RESULT_SOFTMAX ? temperature : 0);
    if (code == 0)
        code = ensemble_set_missing_policy(e, policy, policy ? (double)(w->number % 4) / 8 : 0);
    return code;
}

static int add_models(struct work *w, struct ensemble *e)
{
    int code = 0;

    for (size_t i = 0; code == 0 && i < w->n; i++) {
        const int logits = w->spaces[i] == ENSEMBLE_LOGITS || w->spaces[i] == ENSEMBLE_BINARY_LOGITS;
        const int missing = (w->with & MISSING) && i % 5 == 1;

        code = ensemble_add_model_output(e, NULL, ENSEMBLE_F32, 0);
        if (code >= 0)
            code = w->map[i] != NULL ? ensemble_set_class_map(e, i, w->map[i], w->columns[i]) : 0;
        if (code == 0)
            code = ensemble_set_model_output(e, i, missing ? NULL : w->data[i], w->dtype[i] + 1, w->rows, w->stride[i]);
        if (code == 0)
            code = ensemble_set_input(e, i, w->spaces[i],
                                      logits && (w->with & TEMPERATURES) ? 1.5 + (double)(i % 3) / 4 : 0);
    }
    return code;
}

static void run(struct work *w, work_on *on)
{
    const struct ensemble_options options = {.struct_size = sizeof options, .isa = w->isa};
    struct ensemble *e = NULL;
    int code;

    if ((w->with & IN_PLACE) && w->method == ENSEMBLE_RANK)
        w->method = ENSEMBLE_SUM; /* which may */
    fill(w);
    code = ensemble_create_with(&e, w->width, &options);
    if (code == 0)
        code = add_models(w, e);
    if (code == 0)
        code = set_weights(w, e);
    if (code == 0)
        code = set_options(w, e);
    if (code == 0)
        code = on(w, e);
    if (code != 0 && code != ENSEMBLE_EQUORUM) {
        printf("FAILED: %s: run %u: %s\n", w->isa, w->number, ensemble_strerror(code));
        w->wrong++;
    }
    ensemble_destroy(e);
    if (!(w->with & IN_PLACE))
        free(w->out);
    free(w->row_weights);
    for (size_t i = 0; i < w->n; i++) {
        free(w->data[i]);
        free(w->map[i]);
    }
    w->number++;
}

static void choose_shape(struct work *w)
{
    static const size_t models[] = {1, 2, 3, 4, 5, 8, 9, 17, 33}, widths[] = {1, 3, 10, 67, 2, 16, 33, 5};
    static const size_t wide[] = {255, 256, 257, 600, 1100, 3100};

    w->n = models[rng_below(&w->rng, sizeof models / sizeof models[0])];
    w->width = widths[rng_below(&w->rng, sizeof widths / sizeof widths[0])];
    w->rows = rng_between(&w->rng, 1, 4);
    if (w->with & WIDE) {
        w->width = wide[rng_below(&w->rng, sizeof wide / sizeof wide[0])];
        w->n = rng_between(&w->rng, 1, w->width < 1000 ? 6 : 3);
        w->rows = w->width < 1000 ? 2 : 1;
    }
    if (w->with & MANY) {
        w->n = rng_between(&w->rng, 63, WORK_MODELS);
        w->width = w->number % 8 == 0 ? 259 : rng_between(&w->rng, 1, 40);
        w->rows = w->number % 8 == 0 ? 1 : 2;
    }
}

uint64_t work_section(int section, const char *isa, work_on *on, int *wrong)
{
    struct work w = {.isa = isa, .with = sections[section].with, .hash = FNV_START};
    const int32_t method = sections[section].method;
    const int tempered = (w.with & TEMPERED) != 0;
    const int32_t first = tempered ? ENSEMBLE_RESULT_TEMPERED : ENSEMBLE_RESULT_AS_IS;
    const int32_t last = tempered ? ENSEMBLE_RESULT_TEMPERED : ENSEMBLE_RESULT_SOFTMAX;

    w.rng.state = (uint64_t)section;
    for (w.result = 0; w.result < DTYPES; w.result++)
        for (int32_t form = first; form <= last; form++)
            for (int32_t k = 0; k < (method < 0 ? METHODS : 6); k++) {
                w.method = method < 0 ? k : method;
                w.form = form;
                w.space = method < 0 ? (int32_t)rng_below(&w.rng, 6) : k;
                choose_shape(&w);
                run(&w, on);
            }
    *wrong += w.wrong;
    return w.hash;
}
