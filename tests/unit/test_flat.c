/* SPDX-License-Identifier: MIT */
/* ensemble_run_flat() beside ensemble_run() with the same outputs in structs: the same bits, or the same fault. */
#include "support.h"

#include "../kernels/rng.h"

#include <stdlib.h>

enum { MOST_MODELS = 9, MOST_ROWS = 5, MOST_WIDTH = 700, ROOM = MOST_MODELS * MOST_ROWS * (MOST_WIDTH + 3) * 2 };

static size_t size_of(int32_t dtype)
{
    return dtype == ENSEMBLE_F64 ? 8 : dtype == ENSEMBLE_F32 || dtype == ENSEMBLE_I32 ? 4 : 2;
}

/* What a flat call is told. */
struct flat {
    const unsigned char *data;
    int32_t dtype;
    size_t models, rows, width, row_stride, model_stride;
    int32_t result_dtype;
    size_t result_count, result_stride;
};

static int run_structs(const struct ensemble *e, const struct flat *f, void *result)
{
    const size_t row = f->row_stride > 0 ? f->row_stride : f->dtype == ENSEMBLE_I32 ? 1 : f->width;
    const size_t step = f->model_stride > 0 ? f->model_stride : f->rows * row;
    struct ensemble_output outputs[MOST_MODELS];
    const struct ensemble_call call = {.struct_size = sizeof call, .output_size = sizeof *outputs,
        .outputs = outputs, .n_outputs = f->models, .result = result, .result_count = f->result_count,
        .result_stride = f->result_stride, .dtype = f->result_dtype};

    for (size_t i = 0; i < f->models; i++)
        outputs[i] = (struct ensemble_output){
            .data = f->data == NULL ? NULL : f->data + i * step * size_of(f->dtype), .rows = f->rows,
            .row_stride = row, .dtype = f->dtype};
    return ensemble_run(e, &call);
}

static int run_flat(const struct ensemble *e, const struct flat *f, void *result)
{
    return ensemble_run_flat(e, f->data, f->dtype, f->rows, f->row_stride, f->model_stride, result, f->result_dtype,
                             f->result_count, f->result_stride, NULL, 0);
}

static unsigned char room[ROOM * 8];
static double results[2][2 * MOST_ROWS * (MOST_WIDTH + 3)];

static void assert_same(const struct ensemble *e, const struct flat *f, int expected)
{
    poison(results, sizeof results);
    assert_int_equal(run_structs(e, f, results[0]), expected);
    assert_int_equal(run_flat(e, f, results[1]), expected);
    assert_memory_equal(results[0], results[1], sizeof results[0]);
    if (expected)
        assert_poisoned(results[1], sizeof results[1]);
}

static struct ensemble *ensemble_with(size_t models, size_t width)
{
    struct ensemble *e = ensemble_of(width);

    for (size_t i = 0; i < models; i++)
        add(e, NULL, ENSEMBLE_F32, 1);
    return e;
}

/* Numbers of any dtype: halves of four bytes each that are one. */
static void fill(struct rng *rng)
{
    for (size_t i = 0; i < sizeof room / 2; i++) {
        const uint16_t half = (uint16_t)(0x3000 + rng_below(rng, 0xC00));

        memcpy(room + 2 * i, &half, sizeof half);
    }
}

/* One array in each of its orders, and with gaps. */
static void lay_out(struct rng *rng, struct flat *f)
{
    switch (rng_below(rng, 5)) {
    case 0: /* models x rows x width */
        f->row_stride = f->model_stride = 0;
        break;
    case 1: /* rows x models x width */
        f->row_stride = f->models * f->width;
        f->model_stride = f->width;
        break;
    case 2: /* with gaps */
        f->row_stride = f->width + rng_below(rng, 3);
        f->model_stride = f->rows * f->row_stride + rng_below(rng, 7);
        break;
    case 3: /* gaps between models only */
        f->row_stride = f->width;
        f->model_stride = f->rows * f->width + 1;
        break;
    default: /* one after the other in the rows, too: outputs that share values */
        f->row_stride = f->width;
        f->model_stride = f->width;
        break;
    }
}

TEST(test_random_calls)
{
    static const size_t widths[] = {1, 3, 10, 33, MOST_WIDTH};
    struct rng rng = {5};

    fill(&rng);
    for (int i = 0; i < 4000; i++) {
        struct flat f = {.data = room + 2 * rng_below(&rng, 20), .dtype = (int32_t)rng_between(&rng, 1, 4),
                         .models = rng_between(&rng, 1, MOST_MODELS), .rows = rng_below(&rng, MOST_ROWS + 1),
                         .width = widths[rng_below(&rng, LENGTH(widths))],
                         .result_dtype = (int32_t)rng_between(&rng, 1, 4)};
        double weights[MOST_MODELS];
        struct ensemble *e = ensemble_with(f.models, f.width);

        lay_out(&rng, &f);
        f.result_stride = rng_one_in(&rng, 3) ? f.width + 2 : rng_one_in(&rng, 2) ? f.width : 0;
        f.result_count = MOST_ROWS * (f.width + 2);
        for (size_t k = 0; k < f.models; k++)
            weights[k] = (double)rng_below(&rng, 4) / 7;
        weights[rng_below(&rng, f.models)] = 1;
        assert_int_equal(ensemble_set_weights(e, weights, f.models), 0);
        assert_int_equal(ensemble_set_method(e, rng_one_in(&rng, 2) ? ENSEMBLE_SUM
                                                                    : (int32_t)rng_below(&rng, ENSEMBLE_RANK + 1)), 0);
        if (rng_one_in(&rng, 4))
            assert_int_equal(ensemble_set_input(e, 0, ENSEMBLE_LOGITS, 0), 0);
        assert_same(e, &f, 0);
        ensemble_destroy(e);
    }
}

/* In the two orders of one array, to known numbers; the last one a batch of one row. */
TEST(test_the_example)
{
    const float rows[] = {1, 2, 3, 4, 5, 6, 7, 8, 9};
    const float stacked[] = {1, 2, 3, 1, 2, 3, 4, 5, 6, 4, 5, 6, 7, 8, 9, 7, 8, 9};
    const float beside[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 1, 2, 3, 4, 5, 6, 7, 8, 9};
    struct ensemble *e = example();
    float y[3][6];

    assert_int_equal(ensemble_run_flat(e, rows, ENSEMBLE_F32, 1, 0, 0, y[0], ENSEMBLE_F32, 3, 0, NULL, 0), 0);
    for (size_t i = 0; i < 3; i++)
        assert_near((double)y[0][i], 4.0 + (double)i, 6e-6);
    assert_int_equal(ensemble_run_flat(e, stacked, ENSEMBLE_F32, 2, 0, 0, y[1], ENSEMBLE_F32, 6, 0, NULL, 0), 0);
    assert_int_equal(ensemble_run_flat(e, beside, ENSEMBLE_F32, 2, 9, 3, y[2], ENSEMBLE_F32, 6, 0, NULL, 0), 0);
    for (size_t i = 0; i < 6; i++) {
        assert_true(y[1][i] == y[0][i % 3]);
        assert_true(y[2][i] == y[0][i % 3]);
    }
    assert_example(e); /* what is bound stays bound */
    ensemble_destroy(e);
}

TEST(test_labels_and_class_maps)
{
    const int32_t labels[] = {0, 2, 1, 2, 2, 0}, map[] = {2, 0};
    const float padded[] = {.25f, .75f, -1, .5f, .25f, .25f};
    struct ensemble *e = ensemble_with(2, 3);
    const struct flat votes = {(const unsigned char *)labels, ENSEMBLE_I32, 2, 3, 3, 0, 0, ENSEMBLE_F32, 9, 0};
    const struct flat mapped = {(const unsigned char *)padded, ENSEMBLE_F32, 2, 1, 3, 0, 0, ENSEMBLE_F32, 3, 0};
    const float *y = (const float *)(const void *)results[1];

    assert_int_equal(ensemble_set_method(e, ENSEMBLE_VOTE), 0);
    assert_same(e, &votes, 0);
    assert_true(y[0] == .5f && y[1] == 0 && y[2] == .5f && y[5] == 1);
    assert_int_equal(ensemble_set_method(e, ENSEMBLE_MEAN), 0);
    assert_int_equal(ensemble_set_class_map(e, 0, map, 2), 0);
    assert_same(e, &mapped, 0);
    assert_true(y[0] == .625f && y[1] == .125f && y[2] == .25f);
    ensemble_destroy(e);
}

/* NaN stands for a model that is missing, in a row or in all; a workspace changes nothing. */
TEST(test_missing_models_and_a_workspace)
{
    float data[3][2][3] = {{{1, 2, 3}, {1, 2, 3}}, {{4, 5, 6}, {4, 5, 6}}, {{7, 8, 9}, {7, 8, 9}}};
    const double weights[] = {.5, .25, .25};
    struct ensemble *e = example();
    unsigned char workspace[1000];
    float y[6], z[6];

    assert_int_equal(ensemble_set_weights(e, weights, 3), 0);
    assert_int_equal(ensemble_set_missing_policy(e, ENSEMBLE_LEAVE_OUT_NAN, .5), 0);
    data[1][0][2] = NAN;
    assert_int_equal(ensemble_run_flat(e, data, ENSEMBLE_F32, 2, 0, 0, y, ENSEMBLE_F32, 6, 0, NULL, 0), 0);
    assert_near((double)y[0], 3, 1e-6); /* (.5 x 1 + .25 x 7) / .75 */
    assert_near((double)y[3], 3.25, 1e-6);
    data[0][0][0] = NAN;
    assert_int_equal(ensemble_run_flat(e, data, ENSEMBLE_F32, 2, 0, 0, y, ENSEMBLE_F32, 6, 0, NULL, 0), 0);
    assert_true(is_nan((double)y[0]) && !is_nan((double)y[3])); /* .25 of 1 is below the quorum */
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(ensemble_set_input(e, i, ENSEMBLE_LOGITS, 0), 0);
    assert_true(ensemble_workspace_size(e) > 0 && ensemble_workspace_size(e) <= sizeof workspace);
    assert_int_equal(ensemble_run_flat(e, data[1], ENSEMBLE_F32, 1, 0, 3, y, ENSEMBLE_F32, 3, 0, NULL, 0), 0);
    assert_int_equal(
        ensemble_run_flat(e, data[1], ENSEMBLE_F32, 1, 0, 3, z, ENSEMBLE_F32, 3, 0, workspace, sizeof workspace), 0);
    assert_memory_equal(y, z, 3 * sizeof *y);
    ensemble_destroy(e);
}

TEST(test_faults)
{
    struct ensemble *e = ensemble_with(3, 4), *empty = ensemble_of(4);
    const struct flat good = {room, ENSEMBLE_F32, 3, 2, 4, 0, 0, ENSEMBLE_F32, 8, 0};
    struct flat f = good;

    assert_same(e, &f, 0);
    for (size_t i = 0; i < LENGTH(no_dtypes); i++) {
        f.dtype = no_dtypes[i];
        poison(results, sizeof results);
        assert_int_equal(run_flat(e, &f, results[1]), ENSEMBLE_EDTYPE);
        assert_poisoned(results[1], sizeof results[1]);
    }
    f = good;
    for (size_t i = 0; i < LENGTH(no_result_dtypes); i++) {
        f.result_dtype = no_result_dtypes[i];
        assert_same(e, &f, ENSEMBLE_EDTYPE);
    }
    f = good, f.row_stride = 3;
    assert_same(e, &f, ENSEMBLE_ESTRIDE);
    f = good, f.rows = 1, f.row_stride = 3, f.result_count = 4;
    assert_same(e, &f, ENSEMBLE_ESTRIDE);
    f = good, f.result_stride = 3;
    assert_same(e, &f, ENSEMBLE_ESTRIDE);
    f = good, f.result_count = 7;
    assert_same(e, &f, ENSEMBLE_ECOUNT);
    f = good, f.data = NULL;
    assert_same(e, &f, ENSEMBLE_EMISSING);
    assert_int_equal(run_flat(e, &good, NULL), ENSEMBLE_ENULL);
    assert_int_equal(run_flat(NULL, &good, results[0]), ENSEMBLE_ENULL);
    assert_int_equal(run_flat(empty, &good, results[0]), ENSEMBLE_EEMPTY);
    f = good, f.rows = 0, f.data = NULL, f.result_count = 0;
    assert_same(e, &f, 0);
    ensemble_destroy(e);
    ensemble_destroy(empty);
}

TEST(test_sizes_beyond_the_address_space)
{
    static const size_t huge[] = {SIZE_MAX, SIZE_MAX / 2, SIZE_MAX / 4, SIZE_MAX / 8, SIZE_MAX / 16};
    struct ensemble *e = ensemble_with(3, 4);
    const struct flat good = {room, ENSEMBLE_F64, 3, 2, 4, 0, 0, ENSEMBLE_F32, 8, 0};

    for (size_t i = 0; i < LENGTH(huge); i++) {
        struct flat f = good;

        f.model_stride = huge[i];
        poison(results, sizeof results);
        assert_int_equal(run_flat(e, &f, results[1]), ENSEMBLE_EOVERFLOW);
        f = good, f.row_stride = huge[i];
        assert_int_equal(run_flat(e, &f, results[1]), ENSEMBLE_EOVERFLOW);
        f = good, f.rows = huge[i];
        assert_int_equal(run_flat(e, &f, results[1]), ENSEMBLE_EOVERFLOW);
        f = good, f.rows = 1, f.row_stride = huge[i], f.model_stride = 4;
        assert_int_equal(run_flat(e, &f, results[1]), 0); /* from one row to none */
    }
    ensemble_destroy(e);
}

/* The result in the place of an output is fine; beside its start, or across two of them, it is not. */
TEST(test_overlaps)
{
    float data[24];
    struct ensemble *e = ensemble_with(3, 4);

    for (size_t i = 0; i < LENGTH(data); i++)
        data[i] = (float)i;
    assert_int_equal(ensemble_run_flat(e, data, ENSEMBLE_F32, 2, 0, 0, data + 1, ENSEMBLE_F32, 8, 0, NULL, 0),
                     ENSEMBLE_EOVERLAP);
    assert_int_equal(ensemble_run_flat(e, data, ENSEMBLE_F32, 2, 0, 0, data + 20, ENSEMBLE_F32, 8, 0, NULL, 0),
                     ENSEMBLE_EOVERLAP);
    assert_int_equal(ensemble_run_flat(e, data, ENSEMBLE_F32, 2, 12, 4, data + 4, ENSEMBLE_F32, 8, 0, NULL, 0),
                     ENSEMBLE_EOVERLAP);
    for (size_t i = 0; i < LENGTH(data); i++)
        assert_true(data[i] == (float)i);
    assert_int_equal(ensemble_run_flat(e, data, ENSEMBLE_F32, 2, 12, 4, data + 4, ENSEMBLE_F32, 20, 12, NULL, 0), 0);
    assert_true(data[3] == 3 && data[4] == 4 && data[8] == 8 && data[16] == 16 && data[20] == 20);
    ensemble_destroy(e);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_random_calls),
        cmocka_unit_test(test_the_example),
        cmocka_unit_test(test_labels_and_class_maps),
        cmocka_unit_test(test_missing_models_and_a_workspace),
        cmocka_unit_test(test_faults),
        cmocka_unit_test(test_sizes_beyond_the_address_space),
        cmocka_unit_test(test_overlaps),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
