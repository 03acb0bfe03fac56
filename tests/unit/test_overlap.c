/* SPDX-License-Identifier: MIT */
/* Where the result may lie with respect to the outputs: src/plan/run.c. */
#include "support.h"

/* Memory in which an output and the result are placed at any distance. */
#define BYTES 256
#define MIDDLE 96
static _Alignas(16) unsigned char memory[BYTES];

static const int32_t dtypes[] = {ENSEMBLE_F32, ENSEMBLE_F64, ENSEMBLE_F16, ENSEMBLE_BF16};

static size_t size_of(int32_t dtype)
{
    return dtype == ENSEMBLE_F64 ? 8 : dtype == ENSEMBLE_F32 ? 4 : 2;
}

/* One model of `rows` x 2 in the middle of the memory. */
static struct ensemble *in_the_middle(int32_t dtype, size_t rows, size_t stride)
{
    struct ensemble *e = ensemble_of(2);

    for (size_t i = 0; i < BYTES; i++)
        memory[i] = (unsigned char)(i % 0x3C);
    add(e, NULL, dtype, rows);
    assert_int_equal(ensemble_set_model_output(e, 0, memory + MIDDLE, dtype, rows, stride), 0);
    return e;
}

/* Runs all rows with the result at `at`. After an error nothing may have changed. */
static int run_into(const struct ensemble *e, unsigned char *at, int32_t dtype, size_t stride)
{
    unsigned char before[BYTES];
    const struct ensemble_call call = {.struct_size = sizeof call,
                                       .result = at,
                                       .result_count = BYTES,
                                       .result_stride = stride,
                                       .dtype = dtype};
    int code;

    memcpy(before, memory, BYTES);
    code = ensemble_run(e, &call);
    if (code)
        assert_memory_equal(memory, before, BYTES);
    return code;
}

TEST(test_the_result_may_be_exactly_the_output)
{
    for (size_t i = 0; i < LENGTH(dtypes); i++) {
        struct ensemble *e = in_the_middle(dtypes[i], 3, 0);
        unsigned char before[BYTES];

        memcpy(before, memory, BYTES);
        assert_int_equal(ensemble_combine(e, memory + MIDDLE, dtypes[i], 6), 0);
        assert_memory_equal(memory, before, BYTES);
        ensemble_destroy(e);
    }
}

/* Each model in turn is replaced by the sum; the others stay as they are. */
TEST(test_the_result_may_be_any_one_of_the_outputs)
{
    for (size_t replaced = 0; replaced < 3; replaced++) {
        float outputs[3][3];
        struct ensemble *e = example();

        memcpy(outputs, example_outputs, sizeof outputs);
        for (size_t i = 0; i < 3; i++)
            assert_int_equal(ensemble_set_model_output(e, i, outputs[i], ENSEMBLE_F32, 1, 0), 0);
        assert_int_equal(ensemble_combine(e, outputs[replaced], ENSEMBLE_F32, 3), 0);
        for (size_t i = 0; i < 3; i++)
            if (i == replaced)
                assert_near((double)outputs[i][1], 5, 5e-6);
            else
                assert_memory_equal(outputs[i], example_outputs[i], sizeof outputs[i]);
        ensemble_destroy(e);
    }
}

TEST(test_two_models_may_share_the_output_that_is_replaced)
{
    float y[] = {1, 2, 3};
    struct ensemble *e = ensemble_of(3);

    add(e, y, ENSEMBLE_F32, 1);
    add(e, y, ENSEMBLE_F32, 1);
    assert_int_equal(ensemble_combine(e, y, ENSEMBLE_F32, 3), 0);
    assert_memory_equal(y, example_outputs[0], sizeof y);
    ensemble_destroy(e);
}

/* The result moves byte by byte over the output, which has no gaps. */
TEST(test_any_partial_overlap_is_an_error_and_touching_is_not)
{
    for (size_t i = 0; i < LENGTH(dtypes); i++) {
        struct ensemble *e = in_the_middle(dtypes[i], 3, 0);
        const size_t size = 6 * size_of(dtypes[i]);

        for (size_t at = MIDDLE - size; at <= MIDDLE + size; at++) {
            const int apart = at == MIDDLE - size || at == MIDDLE + size;

            assert_int_equal(run_into(e, memory + at, dtypes[i], 0), apart || at == MIDDLE ? 0 : ENSEMBLE_EOVERLAP);
        }
        ensemble_destroy(e);
    }
}

TEST(test_combine_with_a_partial_overlap_is_an_error)
{
    struct ensemble *e = in_the_middle(ENSEMBLE_F32, 3, 0);

    assert_int_equal(ensemble_combine(e, memory + MIDDLE + 4, ENSEMBLE_F32, 6), ENSEMBLE_EOVERLAP);
    assert_int_equal(ensemble_combine(e, memory + MIDDLE - 4, ENSEMBLE_F32, 6), ENSEMBLE_EOVERLAP);
    ensemble_destroy(e);
}

TEST(test_a_result_inside_an_output_is_an_error)
{
    struct ensemble *e = in_the_middle(ENSEMBLE_F64, 3, 0);

    for (size_t at = 0; at <= 36; at += 4) /* a float16 result has 12 bytes, the output 48 */
        assert_int_equal(run_into(e, memory + MIDDLE + at, ENSEMBLE_F16, 0), ENSEMBLE_EOVERLAP);
    assert_int_equal(run_into(e, memory + MIDDLE + 48, ENSEMBLE_F16, 0), 0);
    assert_int_equal(run_into(e, memory + MIDDLE - 12, ENSEMBLE_F16, 0), 0);
    ensemble_destroy(e);
}

TEST(test_an_output_inside_the_result_is_an_error)
{
    struct ensemble *e = in_the_middle(ENSEMBLE_F16, 3, 0);

    assert_int_equal(run_into(e, memory + MIDDLE - 8, ENSEMBLE_F64, 0), ENSEMBLE_EOVERLAP);
    ensemble_destroy(e);
}

TEST(test_the_same_address_with_another_dtype_is_an_error)
{
    for (size_t i = 0; i < LENGTH(dtypes); i++)
        for (size_t k = 0; k < LENGTH(dtypes); k++) {
            struct ensemble *e = in_the_middle(dtypes[i], 3, 0);

            assert_int_equal(run_into(e, memory + MIDDLE, dtypes[k], 0), i == k ? 0 : ENSEMBLE_EOVERLAP);
            ensemble_destroy(e);
        }
}

TEST(test_the_same_address_with_another_stride_is_an_error)
{
    struct ensemble *e = in_the_middle(ENSEMBLE_F32, 3, 3);

    assert_int_equal(run_into(e, memory + MIDDLE, ENSEMBLE_F32, 2), ENSEMBLE_EOVERLAP);
    assert_int_equal(run_into(e, memory + MIDDLE, ENSEMBLE_F32, 4), ENSEMBLE_EOVERLAP);
    assert_int_equal(ensemble_combine(e, memory + MIDDLE, ENSEMBLE_F32, 6), ENSEMBLE_EOVERLAP);
    assert_int_equal(run_into(e, memory + MIDDLE, ENSEMBLE_F32, 3), 0);
    ensemble_destroy(e);
}

TEST(test_with_one_row_the_stride_does_not_matter)
{
    const size_t strides[] = {2, 3, 100, SIZE_MAX / 4 + 1, SIZE_MAX / 2 + 1, SIZE_MAX};

    for (size_t i = 0; i < LENGTH(strides); i++)
        for (size_t k = 0; k < LENGTH(strides); k++) {
            struct ensemble *e = in_the_middle(ENSEMBLE_F32, 1, strides[i]);

            assert_int_equal(run_into(e, memory + MIDDLE, ENSEMBLE_F32, strides[k]), 0);
            assert_int_equal(run_into(e, memory + MIDDLE + 4, ENSEMBLE_F32, strides[k]), ENSEMBLE_EOVERLAP);
            assert_int_equal(run_into(e, memory + MIDDLE + 8, ENSEMBLE_F32, strides[k]), 0);
            ensemble_destroy(e);
        }
}

/* Rows of 8 bytes every 24 bytes: the result, with rows as long and as far apart, moves over them. */
TEST(test_the_result_may_lie_in_the_gaps_of_an_output)
{
    struct ensemble *e = in_the_middle(ENSEMBLE_F32, 3, 6);

    for (size_t at = MIDDLE - 56; at <= MIDDLE + 56; at++) {
        const size_t phase = (at + 24 * 4 - MIDDLE) % 24; /* of the result, from the start of a row of the output */
        const int free_of_rows = (phase >= 8 && phase <= 16) || at == MIDDLE - 56 || at == MIDDLE + 56;

        assert_int_equal(run_into(e, memory + at, ENSEMBLE_F32, 6),
                         free_of_rows || at == MIDDLE ? 0 : ENSEMBLE_EOVERLAP);
    }
    ensemble_destroy(e);
}

TEST(test_a_result_in_the_gaps_is_right)
{
    float interleaved[3][4] = {{1, 2, 0, 0}, {3, 4, 0, 0}, {5, 6, 0, 0}};
    const float expected[3][4] = {{1, 2, 1, 2}, {3, 4, 3, 4}, {5, 6, 5, 6}};
    struct ensemble *e = ensemble_of(2);
    const struct ensemble_call call = {.struct_size = sizeof call,
                                       .result = &interleaved[0][2],
                                       .result_count = 10,
                                       .result_stride = 4,
                                       .dtype = ENSEMBLE_F32};

    add(e, NULL, ENSEMBLE_F32, 3);
    assert_int_equal(ensemble_set_model_output(e, 0, interleaved, ENSEMBLE_F32, 3, 4), 0);
    assert_int_equal(ensemble_run(e, &call), 0);
    assert_memory_equal(interleaved, expected, sizeof expected);
    ensemble_destroy(e);
}

/* Rows of two doubles every 32 bytes, and between them rows of two floats, also every 32 bytes. */
TEST(test_a_result_in_the_gaps_may_have_another_dtype)
{
    struct ensemble *e = in_the_middle(ENSEMBLE_F64, 3, 4);

    assert_int_equal(run_into(e, memory + MIDDLE + 12, ENSEMBLE_F32, 8), ENSEMBLE_EOVERLAP);
    assert_int_equal(run_into(e, memory + MIDDLE + 16, ENSEMBLE_F32, 8), 0);
    assert_int_equal(run_into(e, memory + MIDDLE + 24, ENSEMBLE_F32, 8), 0);
    assert_int_equal(run_into(e, memory + MIDDLE + 28, ENSEMBLE_F32, 8), ENSEMBLE_EOVERLAP);
    assert_int_equal(run_into(e, memory + MIDDLE - 8, ENSEMBLE_F32, 8), 0);
    ensemble_destroy(e);
}

/* The distances differ, so rows and gaps do not keep step: refused, even where no element is hit. */
TEST(test_a_result_in_the_gaps_with_another_stride_is_an_error)
{
    struct ensemble *e = in_the_middle(ENSEMBLE_F32, 2, 8);

    assert_int_equal(run_into(e, memory + MIDDLE + 8, ENSEMBLE_F32, 2), ENSEMBLE_EOVERLAP);
    assert_int_equal(run_into(e, memory + MIDDLE + 8, ENSEMBLE_F32, 7), ENSEMBLE_EOVERLAP);
    ensemble_destroy(e);
}

TEST(test_overlap_with_a_model_of_weight_0_is_allowed)
{
    const double weights[] = {.3, .4, .3, 0};
    float outputs[6] = {0};
    struct ensemble *e = example();

    add(e, outputs, ENSEMBLE_F32, 1);
    assert_int_equal(ensemble_combine(e, outputs + 1, ENSEMBLE_F32, 3), ENSEMBLE_EWEIGHTS);
    assert_int_equal(ensemble_set_weights(e, weights, 4), 0);
    assert_int_equal(ensemble_combine(e, outputs + 1, ENSEMBLE_F32, 3), 0);
    assert_near((double)outputs[2], 5, 5e-6);
    ensemble_destroy(e);
}

TEST(test_a_model_of_weight_0_may_overlap_the_output_that_is_replaced)
{
    const double weights[] = {1, 0};
    float outputs[] = {1, 2, 3, 4};
    const float before[] = {1, 2, 3, 4};
    struct ensemble *e = ensemble_of(3);

    add(e, outputs, ENSEMBLE_F32, 1);
    add(e, outputs + 1, ENSEMBLE_F32, 1);
    assert_int_equal(ensemble_combine(e, outputs, ENSEMBLE_F32, 3), ENSEMBLE_EOVERLAP);
    assert_int_equal(ensemble_set_weights(e, weights, 2), 0);
    assert_int_equal(ensemble_combine(e, outputs, ENSEMBLE_F32, 3), 0);
    assert_memory_equal(outputs, before, sizeof outputs);
    ensemble_destroy(e);
}

TEST(test_overlap_matters_for_the_rows_of_the_call_only)
{
    struct ensemble *e = in_the_middle(ENSEMBLE_F32, 4, 0);
    struct ensemble_call call = {.struct_size = sizeof call,
                                 .row_begin = 2,
                                 .row_count = 2,
                                 .result_count = 4,
                                 .dtype = ENSEMBLE_F32};

    call.result = memory + MIDDLE; /* rows 0 and 1, which this call does not read */
    assert_int_equal(ensemble_run(e, &call), 0);
    assert_memory_equal(memory + MIDDLE, memory + MIDDLE + 16, 16);
    call.result = memory + MIDDLE + 8; /* row 1 and row 2 */
    assert_int_equal(ensemble_run(e, &call), ENSEMBLE_EOVERLAP);
    call.result = memory + MIDDLE + 16; /* exactly its rows */
    assert_int_equal(ensemble_run(e, &call), 0);
    call.row_count = 1;
    call.result = memory + MIDDLE + 4; /* half of row 0 and half of row 1 */
    assert_int_equal(ensemble_run(e, &call), 0);
    call.result = memory + MIDDLE + 20; /* half of row 2 */
    assert_int_equal(ensemble_run(e, &call), ENSEMBLE_EOVERLAP);
    call.row_begin = 0;
    call.row_count = 3; /* rows 0 to 2 into what begins at row 2 */
    call.result = memory + MIDDLE + 16;
    call.result_count = 6;
    assert_int_equal(ensemble_run(e, &call), ENSEMBLE_EOVERLAP);
    ensemble_destroy(e);
}

/* A short model before a long one, and the other way round: the result moves over the end of the longer one. */
TEST(test_overlap_with_the_longest_of_several_models)
{
    for (size_t order = 0; order < 2; order++) {
        const double weights[] = {1, 1};
        struct ensemble *e = in_the_middle(order == 0 ? ENSEMBLE_F16 : ENSEMBLE_F64, 3, 0);
        uint16_t elsewhere[6] = {0};

        add(e, NULL, ENSEMBLE_F32, 3);
        assert_int_equal(ensemble_set_weights(e, weights, 2), 0);
        assert_int_equal(ensemble_set_model_output(e, order, memory + MIDDLE, ENSEMBLE_F64, 3, 0), 0);
        assert_int_equal(ensemble_set_model_output(e, 1 - order, elsewhere, ENSEMBLE_F16, 3, 0), 0);
        for (size_t at = 1; at <= 48; at++)
            assert_int_equal(run_into(e, memory + MIDDLE + at, ENSEMBLE_F32, 0), at < 48 ? ENSEMBLE_EOVERLAP : 0);
        ensemble_destroy(e);
    }
}

TEST(test_an_empty_result_overlaps_nothing)
{
    struct ensemble *e = in_the_middle(ENSEMBLE_F32, 3, 0);
    const struct ensemble_call call = {
        .struct_size = sizeof call, .row_begin = 3, .result = memory + MIDDLE + 3, .dtype = ENSEMBLE_F32};

    assert_int_equal(ensemble_run(e, &call), 0);
    ensemble_destroy(e);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_result_may_be_exactly_the_output),
        cmocka_unit_test(test_the_result_may_be_any_one_of_the_outputs),
        cmocka_unit_test(test_two_models_may_share_the_output_that_is_replaced),
        cmocka_unit_test(test_any_partial_overlap_is_an_error_and_touching_is_not),
        cmocka_unit_test(test_combine_with_a_partial_overlap_is_an_error),
        cmocka_unit_test(test_a_result_inside_an_output_is_an_error),
        cmocka_unit_test(test_an_output_inside_the_result_is_an_error),
        cmocka_unit_test(test_the_same_address_with_another_dtype_is_an_error),
        cmocka_unit_test(test_the_same_address_with_another_stride_is_an_error),
        cmocka_unit_test(test_with_one_row_the_stride_does_not_matter),
        cmocka_unit_test(test_the_result_may_lie_in_the_gaps_of_an_output),
        cmocka_unit_test(test_a_result_in_the_gaps_is_right),
        cmocka_unit_test(test_a_result_in_the_gaps_may_have_another_dtype),
        cmocka_unit_test(test_a_result_in_the_gaps_with_another_stride_is_an_error),
        cmocka_unit_test(test_overlap_with_a_model_of_weight_0_is_allowed),
        cmocka_unit_test(test_a_model_of_weight_0_may_overlap_the_output_that_is_replaced),
        cmocka_unit_test(test_overlap_matters_for_the_rows_of_the_call_only),
        cmocka_unit_test(test_overlap_with_the_longest_of_several_models),
        cmocka_unit_test(test_an_empty_result_overlaps_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
