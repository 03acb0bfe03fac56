/* SPDX-License-Identifier: MIT */
/*
 * A fixed workload through the public functions, of which every instruction set, compiler and machine must make the
 * same bits: those whose hashes are in golden.txt. The data comes from an integer generator, and hashes are taken of
 * values, not of bytes, so that word size and byte order do not matter. Each NaN counts as the same.
 *
 *     golden [--file PATH] [--isa NAME] [--best NAME] [--write]
 */
#include "hashes.h"
#include "number.h"
#include "rng.h"

#include "base/public.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MODELS 70
#define SECTIONS 14

/* A section of the workload: one line of golden.txt. */
struct section {
    const char *name;
    int input; /* dtype from 0; -1: a mixture */
    int32_t method;
    enum { PLAIN, SPECIAL, STRIDED, IN_PLACE, LARGE, FAR } shape;
};

static const struct section sections[SECTIONS] = {
    {"f32-sum", ENS_f32, ENSEMBLE_SUM, PLAIN},    {"f32-mean", ENS_f32, ENSEMBLE_MEAN, PLAIN},
    {"f64-sum", ENS_f64, ENSEMBLE_SUM, PLAIN},    {"f64-mean", ENS_f64, ENSEMBLE_MEAN, PLAIN},
    {"f16-sum", ENS_f16, ENSEMBLE_SUM, PLAIN},    {"f16-mean", ENS_f16, ENSEMBLE_MEAN, PLAIN},
    {"bf16-sum", ENS_bf16, ENSEMBLE_SUM, PLAIN},  {"bf16-mean", ENS_bf16, ENSEMBLE_MEAN, PLAIN},
    {"mixed-sum", -1, ENSEMBLE_SUM, PLAIN},       {"special", -1, ENSEMBLE_SUM, SPECIAL},
    {"strided", -1, ENSEMBLE_MEAN, STRIDED},      {"in-place", -1, ENSEMBLE_SUM, IN_PLACE},
    {"large", -1, ENSEMBLE_SUM, LARGE},           {"far", -1, ENSEMBLE_SUM, FAR},
};

/* One combine. */
struct work {
    const struct section *section;
    struct rng rng;
    const char *isa;
    size_t n, width, rows;
    size_t stride[MODELS], result_stride;
    int dtype[MODELS], result;
    double weight[MODELS];
    unsigned char *data[MODELS], *out;
    uint64_t hash;
};

static void *allocate(size_t size)
{
    void *memory = malloc(size > 0 ? size : 1);

    if (memory == NULL) {
        perror("golden");
        exit(1);
    }
    return memory;
}

/* Any pattern in the special section; else a value between about 1/16 and 16, of either sign. */
static uint64_t value_bits(struct work *w, int dtype)
{
    const uint64_t unit = number_infinity(dtype) & (~number_infinity(dtype) + 1);
    const uint64_t one = number_infinity(dtype) / unit / 2;
    const uint64_t bits = rng_bits(&w->rng);

    if (w->section->shape == SPECIAL)
        return bits & (number_sign(dtype) * 2 - 1);
    return (bits & number_sign(dtype)) | (one - 4 + (bits >> 40 & 7)) * unit | (bits & (unit - 1));
}

/* From a list in the special section, else a quotient; never negative for ENSEMBLE_MEAN, whose sum must not be 0. */
static double weight_of(struct work *w, size_t model)
{
    static const double special[] = {0, -0.0, 1, -1, 0x1p-149, -0x1p-1074, 0x1p127, 1e300, 0x1.8p-14, 3};
    const double share = (double)rng_between(&w->rng, 1, 1000) / 997;

    if (w->section->shape == SPECIAL)
        return special[rng_below(&w->rng, sizeof special / sizeof special[0])];
    if (model > 0 && w->section->shape != FAR && rng_one_in(&w->rng, 8))
        return 0;
    return w->section->method == ENSEMBLE_SUM && rng_one_in(&w->rng, 3) ? -share : share;
}

static void fill(struct work *w)
{
    const int gaps = w->section->shape == STRIDED;

    for (size_t i = 0; i < w->n; i++) {
        w->dtype[i] = w->section->input >= 0 ? w->section->input : (int)rng_below(&w->rng, ENS_DTYPES);
        if ((w->section->shape == IN_PLACE && i == w->n / 2) || w->section->shape == FAR ||
            (w->section->shape == LARGE && number_size(w->result) > 2))
            w->dtype[i] = w->result;
        w->stride[i] = w->width + (gaps ? rng_below(&w->rng, 9) : 0);
        w->weight[i] = weight_of(w, i);
        w->data[i] = allocate(w->rows * w->stride[i] * 8);
        for (size_t k = 0; k < w->rows * w->stride[i]; k++)
            number_put(w->dtype[i], w->data[i], k, value_bits(w, w->dtype[i]));
    }
    w->result_stride = w->width + (gaps ? rng_below(&w->rng, 9) : 0);
    w->out = w->section->shape == IN_PLACE ? w->data[w->n / 2] : allocate(w->rows * w->result_stride * 8);
    for (size_t k = 0; w->out != w->data[w->n / 2] && k < w->rows * w->result_stride; k++)
        number_put(w->result, w->out, k, 0x2A); /* what the gaps of the result hold, and must go on to hold */
}

/* The result in two calls: the first row, and the others. 0 or an error code. */
static int combine(struct work *w, struct ensemble *e)
{
    struct ensemble_call call = {.struct_size = sizeof call, .dtype = w->result + 1};
    int code;

    call.result_stride = w->result_stride;
    call.result = w->out;
    call.row_count = 1;
    call.result_count = w->width;
    code = ensemble_run(e, &call);
    if (code != 0 || w->rows == 1)
        return code;
    call.result = w->out + w->result_stride * number_size(w->result);
    call.row_begin = 1;
    call.row_count = w->rows - 1;
    call.result_count = (w->rows - 2) * w->result_stride + w->width;
    return ensemble_run(e, &call);
}

static void run(struct work *w)
{
    const struct ensemble_options options = {.struct_size = sizeof options, .isa = w->isa};
    struct ensemble *e = NULL;
    int code;

    fill(w);
    code = ensemble_create_with(&e, w->width, &options);
    for (size_t i = 0; code >= 0 && i < w->n; i++) {
        code = ensemble_add_model_output(e, NULL, ENSEMBLE_F32, 0);
        if (code >= 0)
            code = ensemble_set_model_output(e, i, w->data[i], w->dtype[i] + 1, w->rows, w->stride[i]);
    }
    if (code >= 0)
        code = ensemble_set_method(e, w->section->method);
    if (code >= 0 && w->n % 5 != 0) /* some with the default weights */
        code = ensemble_set_weights(e, w->weight, w->n);
    if (code >= 0)
        code = combine(w, e);
    hash_value(&w->hash, (uint64_t)(int64_t)code);
    for (size_t k = 0; k < (w->rows - 1) * w->result_stride + w->width; k++) {
        const uint64_t bits = number_get(w->result, w->out, k);

        hash_value(&w->hash, number_is_nan(w->result, bits) ? number_infinity(w->result) + 1 : bits);
    }
    ensemble_destroy(e);
    if (w->section->shape != IN_PLACE)
        free(w->out);
    for (size_t i = 0; i < w->n; i++)
        free(w->data[i]);
}

/* Its codes are part of the hash, so `wrong` is not needed. */
static uint64_t hash_section(int index, const char *isa, int *wrong)
{
    const struct section *section = &sections[index];
    static const size_t models[] = {1, 2, 3, 4, 5, 7, 8, 9, 16, 17, 33, 64, 65, 70};
    static const size_t widths[] = {1, 3, 10, 67, 1100, 3100};
    struct work w = {.section = section, .isa = isa, .hash = FNV_START};

    (void)wrong;
    for (w.result = 0; w.result < ENS_DTYPES; w.result++) {
        w.rows = 1;
        if (section->shape == LARGE || section->shape == FAR) { /* larger than any cache, in all or in the result */
            w.n = section->shape == LARGE ? 2 : 16;
            w.width = (((size_t)16 << 20) / w.n + 200) / number_size(w.result);
            run(&w);
            continue;
        }
        for (size_t n = 0; n < sizeof models / sizeof models[0]; n++)
            for (size_t i = 0; i < sizeof widths / sizeof widths[0]; i++) {
                w.n = models[n];
                w.width = widths[i];
                w.rows = w.width > 1000 ? 1 : 1 + n % 5;
                if (w.width < 1000 || w.n < 10)
                    run(&w);
            }
    }
    return w.hash;
}

static const char *section_name(int index)
{
    return sections[index].name;
}

int main(int argc, char **argv)
{
    const struct hashes_suite suite = {
        .program = "golden", .sections = SECTIONS, .name = section_name, .hash = hash_section,
    };

    return hashes_main(&suite, argc, argv);
}
