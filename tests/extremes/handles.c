/* SPDX-License-Identifier: MIT */
/* Functions that make and set up handles. */
#include "extremes.h"

#include <string.h>

static const struct {
    int32_t dtype;
    size_t bytes;
} dtypes[] = {{ENSEMBLE_F64, 8}, {ENSEMBLE_F32, 4}, {ENSEMBLE_F16, 2}, {ENSEMBLE_BF16, 2}};
#define DTYPES (sizeof dtypes / sizeof *dtypes)

/* A handle may be as wide as it likes, since it holds the number alone; but no row that cannot be is bound to it. */
static void wide(struct ensemble *e, size_t width)
{
    WANT(ensemble_get_width(e) == width);
    for (size_t d = 0; d < DTYPES; d++) {
        const int code = ensemble_add_model_output(e, nowhere, dtypes[d].dtype, 1);

        WANT(fits(nowhere, 1, width, width, dtypes[d].bytes) ? code >= 0 : code == ENSEMBLE_EOVERFLOW);
        WANT(ensemble_add_model_output(e, nowhere, dtypes[d].dtype, SIZE_MAX / 2) == ENSEMBLE_EOVERFLOW);
    }
    WANT(ensemble_combine(e, nowhere, ENSEMBLE_F32, 1) < 0);
    ensemble_destroy(e);
    WANT(most_asked() <= MOST_ASKED);
}

void try_create(void)
{
    struct ensemble *e = NULL;

    WANT(ensemble_create(&e, 0) == ENSEMBLE_EWIDTH && e == NULL);
    for EACH_EXTREME(width) {
        const int code = ensemble_create(&e, width);

        WANT(code == 0 || (code == ENSEMBLE_EOVERFLOW && e == NULL));
        if (code == 0)
            wide(e, width);
        e = NULL;
    }
}

void try_create_with(void)
{
    struct ensemble_options options = {.struct_size = sizeof options, .isa = "portable"};
    struct ensemble *e = NULL;

    for EACH_EXTREME(width) {
        const int code = ensemble_create_with(&e, width, &options);

        WANT(code == 0 || (code == ENSEMBLE_EOVERFLOW && e == NULL));
        if (code == 0)
            wide(e, width);
        e = NULL;
    }
    for (uint32_t size = 0; size < 8; size++) {
        options.struct_size = size;
        WANT(ensemble_create_with(&e, 3, &options) == ENSEMBLE_ESTRUCT && e == NULL);
    }
}

void try_add_model_output(void)
{
    for (size_t d = 0; d < DTYPES; d++) {
        for EACH_EXTREME(rows) {
            struct ensemble *e = three();
            int code = ensemble_add_model_output(e, nowhere, dtypes[d].dtype, rows);

            if (code < 0) {
                WANT(code == ENSEMBLE_EOVERFLOW && !fits(nowhere, rows, 3, 3, dtypes[d].bytes));
                still_three(e);
            } else {
                WANT(code == 3 && fits(nowhere, rows, 3, 3, dtypes[d].bytes));
                WANT(ensemble_set_weights(e, (const double[]){.25, .5, .25, 1}, 4) == 0);
                WANT(ensemble_combine(e, nowhere, ENSEMBLE_F32, 6) == ENSEMBLE_EROWS);
            }
            ensemble_destroy(e);
        }
    }
}

/* Models that take no part still say how many rows there are: a product that wraps to a small number is not that. */
static void no_rows_by_wrapping(size_t rows)
{
    struct ensemble *e = NULL;
    int code;

    WANT(ensemble_create(&e, 4) == 0);
    code = ensemble_add_model_output(e, NULL, ENSEMBLE_F32, rows);
    WANT(code == 0 || code == ENSEMBLE_EOVERFLOW);
    if (code == 0) {
        WANT(ensemble_set_weights(e, (const double[]){0}, 1) == 0);
        if (!fits(nowhere, rows, 4, 4, 4))
            WANT(ensemble_combine(e, nowhere, ENSEMBLE_F32, rows * 4) < 0);
        WANT(ensemble_combine(e, nowhere, ENSEMBLE_F32, 4) < 0);
    }
    ensemble_destroy(e);
}

void try_set_model_output(void)
{
    struct ensemble *e = three();
    static float row[3] = {1, 2, 3};

    for (size_t d = 0; d < DTYPES; d++) {
        for EACH_EXTREME(x) {
            const size_t pairs[][2] = {{x, 0}, {x, 3}, {2, x}, {3, x}, {x, x}, {x, 4}};

            for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
                const size_t rows = pairs[i][0], stride = pairs[i][1];
                const int code = ensemble_set_model_output(e, 1, nowhere, dtypes[d].dtype, rows, stride);

                WANT(code == (fits(nowhere, rows, 3, stride ? stride : 3, dtypes[d].bytes) ? 0 : ENSEMBLE_EOVERFLOW));
                if (code == 0) {
                    struct ensemble *fresh = three();

                    ensemble_destroy(e);
                    e = fresh;
                }
                still_three(e);
            }
        }
    }
    for EACH_EXTREME(x) {
        WANT(ensemble_set_model_output(e, x, nowhere, ENSEMBLE_F32, 2, 0) == ENSEMBLE_EMODEL);
        no_rows_by_wrapping(x);
        still_three(e);
    }
    WANT(ensemble_set_model_output(e, 1, nowhere, ENSEMBLE_F32, 2, 1) == ENSEMBLE_ESTRIDE);
    WANT(ensemble_set_model_output(e, 1, nowhere, ENSEMBLE_F32, 2, 2) == ENSEMBLE_ESTRIDE);
    /* A single row is as long as it is, whatever the way to the next; and no rows are nowhere. */
    WANT(ensemble_set_model_output(e, 1, row, ENSEMBLE_F32, 1, SIZE_MAX) == 0);
    WANT(ensemble_set_model_output(e, 1, nowhere, ENSEMBLE_F32, 0, SIZE_MAX) == 0);
    ensemble_destroy(e);
}

/* A tensor of two dimensions of 32-bit floats, as DLPack 1 lays it out. */
struct tensor {
    void *data;
    int32_t device_type, device_id, ndim;
    uint8_t code, bits;
    uint16_t lanes;
    int64_t *shape, *strides;
    uint64_t byte_offset;
};

void try_set_model_dlpack(void)
{
    const int64_t far[] = {
        INT64_MAX, INT64_MIN, -1, -3, INT64_MAX / 2, INT64_MAX / 4 + 1, INT64_MIN / 4, INT64_MIN + 1,
    };
    const int32_t dimensions[] = {INT32_MAX, INT32_MIN, -1, 0, 3, 65536};
    struct ensemble *e = three();

    for (size_t i = 0; i < sizeof far / sizeof *far; i++) {
        int64_t shape[2] = {2, 3}, strides[2] = {3, 1};
        struct tensor tensor = {nowhere, 1, 0, 2, 2, 32, 1, shape, strides, 0};

        strides[0] = far[i];
        WANT(ensemble_set_model_dlpack(e, 1, &tensor) < 0);
        strides[0] = 3;
        strides[1] = far[i];
        WANT(ensemble_set_model_dlpack(e, 1, &tensor) < 0);
        strides[1] = 1;
        shape[0] = far[i];
        WANT(ensemble_set_model_dlpack(e, 1, &tensor) < 0);
        shape[0] = 2;
        shape[1] = far[i];
        WANT(ensemble_set_model_dlpack(e, 1, &tensor) == ENSEMBLE_ETENSOR);
        shape[1] = 3;
        tensor.byte_offset = UINT64_MAX - (uint64_t)i;
        WANT(ensemble_set_model_dlpack(e, 1, &tensor) == ENSEMBLE_EOVERFLOW);
        still_three(e);
    }
    for (size_t i = 0; i < sizeof dimensions / sizeof *dimensions; i++) {
        int64_t shape[2] = {2, 3};
        struct tensor tensor = {nowhere, 1, 0, dimensions[i], 2, 32, 1, shape, NULL, 0};

        WANT(ensemble_set_model_dlpack(e, 1, &tensor) == ENSEMBLE_ETENSOR);
        still_three(e);
    }
    ensemble_destroy(e);
}

void try_weights(void)
{
    struct ensemble *e = three();

    for EACH_EXTREME(n) {
        WANT(ensemble_set_weights(e, nowhere, n) == ENSEMBLE_EWEIGHTS);
        WANT(ensemble_get_weights(e, nowhere, n) == ENSEMBLE_EWEIGHTS);
        still_three(e);
    }
    ensemble_destroy(e);
}

void try_class_weights(void)
{
    struct ensemble *e = three();

    for EACH_EXTREME(n) {
        WANT(ensemble_set_class_weights(e, nowhere, n, 3) == ENSEMBLE_EWEIGHTS);
        WANT(ensemble_set_class_weights(e, nowhere, 3, n) == ENSEMBLE_EWEIGHTS);
        WANT(ensemble_set_class_weights(e, nowhere, n, n) == ENSEMBLE_EWEIGHTS);
        still_three(e);
    }
    ensemble_destroy(e);
}

void try_row_weights(void)
{
    struct ensemble *e = three();

    for EACH_EXTREME(n) {
        int code = ensemble_set_row_weights(e, nowhere, 2, n);

        WANT(code == ENSEMBLE_EWEIGHTS || code == ENSEMBLE_EOVERFLOW);
        still_three(e);
        code = ensemble_set_row_weights(e, nowhere, n, 3);
        WANT(code == (fits(nowhere, n, 3, 3, 4) ? 0 : ENSEMBLE_EOVERFLOW));
        if (code == 0) {
            WANT(ensemble_combine(e, nowhere, ENSEMBLE_F32, 6) == ENSEMBLE_EWEIGHTS);
            WANT(ensemble_set_row_weights(e, NULL, 0, 0) == 0);
        }
        still_three(e);
    }
    ensemble_destroy(e);
}

void try_class_map(void)
{
    struct ensemble *e = three();

    for EACH_EXTREME(n) {
        WANT(ensemble_set_class_map(e, n, nowhere, 3) == ENSEMBLE_EMODEL);
        if (n > INT32_MAX)
            WANT(ensemble_set_class_map(e, 1, nowhere, n) == ENSEMBLE_EMAP);
        still_three(e);
    }
    ensemble_destroy(e);
}

void try_model_index(void)
{
    struct ensemble *e = three();

    for EACH_EXTREME(model) {
        WANT(ensemble_set_input(e, model, ENSEMBLE_LOGITS, 2) == ENSEMBLE_EMODEL);
        WANT(ensemble_set_model_name(e, model, "name") == ENSEMBLE_EMODEL);
        WANT(strcmp(ensemble_get_model_name(e, model), "") == 0);
        WANT(ensemble_set_model_dlpack(e, model, nowhere) == ENSEMBLE_EMODEL);
        still_three(e);
    }
    ensemble_destroy(e);
}
