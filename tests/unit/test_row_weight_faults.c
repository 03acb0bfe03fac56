/* SPDX-License-Identifier: MIT */
/* Row weights that do not fit, that the result overlaps, or that an older header does not know. */
#include "said.h"

static const double values[] = {1, 2, 3, 4, 10, 20, 30, 40, 100, 200, 300, 400};

/* Three models, two rows, two classes. */
static struct said three_models(void)
{
    return say(ENSEMBLE_SUM, ENSEMBLE_F32, values, 3, 2, 2);
}

static struct ensemble_call call_into(float *y, const float *weights, size_t count)
{
    return (struct ensemble_call){.struct_size = sizeof(struct ensemble_call),
                                  .result = y,
                                  .result_count = 4,
                                  .dtype = ENSEMBLE_F32,
                                  .row_weights = weights,
                                  .row_weights_count = count};
}

TEST(test_faults_of_row_weights)
{
    const float weights[8] = {1, 1, 1, 1, 1, 1, 1, 1};
    struct ensemble *e = example(), *empty = ensemble_of(3);

    assert_int_equal(ensemble_set_row_weights(NULL, weights, 1, 3), ENSEMBLE_ENULL);
    assert_int_equal(ensemble_set_row_weights(NULL, NULL, 0, 0), ENSEMBLE_ENULL);
    assert_int_equal(ensemble_set_row_weights(e, NULL, 1, 3), ENSEMBLE_ENULL);
    assert_int_equal(ensemble_set_row_weights(empty, weights, 1, 1), ENSEMBLE_EEMPTY);
    assert_int_equal(ensemble_set_row_weights(e, weights, 1, 3), 0);
    assert_int_equal(ensemble_set_row_weights(e, NULL, 1, 0), 0); /* of no weights, in either way: none are set */
    assert_int_equal(ensemble_set_row_weights(e, weights, 1, 3), 0);
    assert_int_equal(ensemble_set_row_weights(e, NULL, 0, 3), 0);
    assert_int_equal(ensemble_set_row_weights(e, weights, 1, 2), ENSEMBLE_EWEIGHTS);
    assert_int_equal(ensemble_set_row_weights(e, weights, 1, 4), ENSEMBLE_EWEIGHTS);
    assert_int_equal(ensemble_set_row_weights(e, weights, SIZE_MAX / 2, 3), ENSEMBLE_EOVERFLOW);
    assert_int_equal(ensemble_set_row_weights(e, weights, (size_t)PTRDIFF_MAX / 12 + 1, 3), ENSEMBLE_EOVERFLOW);
    assert_int_equal(ensemble_set_row_weights(e, (const float *)(UINTPTR_MAX - 7), 1, 3), ENSEMBLE_EOVERFLOW);
    assert_example(e);
    ensemble_destroy(e);
    ensemble_destroy(empty);
}

/* What was set before stays after a fault. */
TEST(test_faults_of_row_weights_keep_those_that_were_set)
{
    const float weights[] = {0, 1, 0, 1, 0, 0};
    const double expected[] = {10, 20, 3, 4};
    struct said said = three_models();

    assert_int_equal(ensemble_set_row_weights(said.e, weights, 2, 3), 0);
    assert_int_equal(ensemble_set_row_weights(said.e, weights, 2, 2), ENSEMBLE_EWEIGHTS);
    assert_int_equal(ensemble_set_row_weights(said.e, NULL, 2, 3), ENSEMBLE_ENULL);
    assert_result(said.e, ENSEMBLE_F32, expected, 4, 0);
    forget(&said);
}

TEST(test_row_weights_can_be_taken_back)
{
    const float weights[] = {0, 1, 0, 1, 0, 0};
    const double expected[] = {37, 74, 111, 148};
    struct said said = three_models();

    assert_int_equal(ensemble_set_row_weights(said.e, weights, 2, 3), 0);
    assert_int_equal(ensemble_set_row_weights(said.e, NULL, 0, 0), 0);
    assert_result(said.e, ENSEMBLE_F64, expected, 4, 8 * 148 * 0x1p-53); /* again 1/3 each */
    forget(&said);
}

TEST(test_row_weights_are_borrowed)
{
    float weights[] = {0, 1, 0, 1, 0, 0};
    const double expected[] = {10, 20, 3, 4}, changed[] = {100, 200, 3, 4};
    struct said said = three_models();

    assert_int_equal(ensemble_set_row_weights(said.e, weights, 2, 3), 0);
    assert_result(said.e, ENSEMBLE_F32, expected, 4, 0);
    weights[1] = 0;
    weights[2] = 1;
    assert_result(said.e, ENSEMBLE_F32, changed, 4, 0);
    forget(&said);
}

TEST(test_row_weights_of_another_number_of_rows_are_an_error_when_combining)
{
    const float weights[9] = {1, 1, 1, 1, 1, 1, 1, 1, 1};
    const size_t rows[] = {0, 1, 3};
    const double expected[] = {111, 222, 333, 444};
    struct said said = three_models();

    for (size_t i = 0; i < LENGTH(rows); i++) {
        assert_int_equal(ensemble_set_row_weights(said.e, weights, rows[i], 3), 0);
        assert_combine_fails(said.e, 4, ENSEMBLE_EWEIGHTS);
    }
    assert_int_equal(ensemble_set_row_weights(said.e, weights, 2, 3), 0);
    assert_result(said.e, ENSEMBLE_F32, expected, 4, 0);
    forget(&said);
}

TEST(test_row_weights_do_not_fit_after_a_model_was_added)
{
    const float weights[8] = {1, 1, 1, 1, 1, 1, 1, 1};
    struct said said = three_models();

    assert_int_equal(ensemble_set_row_weights(said.e, weights, 2, 3), 0);
    add(said.e, said.data, ENSEMBLE_F32, 2);
    assert_combine_fails(said.e, 4, ENSEMBLE_EWEIGHTS);
    assert_int_equal(ensemble_set_row_weights(said.e, weights, 2, 4), 0);
    assert_int_equal(ensemble_check(said.e, NULL, 0), 0);
    forget(&said);
}

TEST(test_row_weights_of_a_call_must_have_its_length)
{
    const float weights[8] = {1, 1, 1, 1, 1, 1, 1, 1};
    const size_t counts[] = {0, 1, 3, 5, 7, SIZE_MAX};
    struct said said = three_models();
    float y[4];

    for (size_t i = 0; i < LENGTH(counts); i++) {
        const struct ensemble_call call = call_into(y, weights, counts[i]);

        poison(y, sizeof y);
        assert_int_equal(ensemble_run(said.e, &call), ENSEMBLE_EWEIGHTS);
        assert_poisoned(y, sizeof y);
    }
    forget(&said);
}

/* The length is that of all rows, also where the call combines fewer. */
TEST(test_row_weights_of_a_call_are_those_of_all_rows)
{
    const float weights[] = {(float)NAN, (float)NAN, (float)NAN, 0, 1, 0};
    struct said said = three_models();
    float y[2];
    struct ensemble_call call = call_into(y, weights, 3);

    call.row_begin = 1;
    call.result_count = 2;
    assert_int_equal(ensemble_run(said.e, &call), ENSEMBLE_EWEIGHTS);
    call.row_weights_count = 6;
    assert_int_equal(ensemble_run(said.e, &call), 0);
    assert_true(y[0] == 30 && y[1] == 40);
    forget(&said);
}

/* Also where it would be of the kind that goes the short way. */
TEST(test_a_length_without_row_weights_is_an_error)
{
    struct ensemble *e = example();
    struct ensemble_output outputs[3];
    float y[3];
    struct ensemble_call call = {.struct_size = sizeof call, .outputs = outputs, .output_size = sizeof *outputs,
                                 .n_outputs = 3, .result = y, .result_count = 3, .dtype = ENSEMBLE_F32};

    for (size_t i = 0; i < 3; i++)
        outputs[i] = (struct ensemble_output){.data = example_outputs[i], .rows = 1, .dtype = ENSEMBLE_F32};
    assert_int_equal(ensemble_run(e, &call), 0);
    call.row_weights_count = 3;
    poison(y, sizeof y);
    assert_int_equal(ensemble_run(e, &call), ENSEMBLE_ENULL);
    assert_poisoned(y, sizeof y);
    ensemble_destroy(e);
}

TEST(test_a_result_that_overlaps_row_weights_is_an_error)
{
    float memory[4 + 6 + 4];
    struct said said = three_models();

    for (size_t i = 0; i < LENGTH(memory); i++)
        memory[i] = 1;
    for (size_t at = 0; at <= 10; at++)
        for (int bound = 0; bound < 2; bound++) {
            const struct ensemble_call call = call_into(memory + at, bound ? NULL : memory + 4, bound ? 0 : 6);
            const int code = at == 0 || at == 10 ? 0 : ENSEMBLE_EOVERLAP;

            for (size_t i = 0; i < 6; i++)
                memory[4 + i] = 1;
            if (bound)
                assert_int_equal(ensemble_set_row_weights(said.e, memory + 4, 2, 3), 0);
            else
                assert_int_equal(ensemble_set_row_weights(said.e, NULL, 0, 0), 0);
            assert_int_equal(ensemble_run(said.e, &call), code);
            for (size_t i = 0; i < 6; i++)
                assert_true(memory[4 + i] == 1);
        }
    forget(&said);
}

/* In the middle of a range of rows, and byte by byte. */
TEST(test_a_result_of_a_range_of_rows_that_overlaps_its_row_weights_is_an_error)
{
    _Alignas(float) unsigned char memory[128];
    float ones[6] = {1, 1, 1, 1, 1, 1};
    struct said said = three_models();

    for (size_t at = 24; at <= 56; at++) { /* row 1 of the weights is at 32 to 44, and the result has 8 bytes */
        struct ensemble_call call = call_into(NULL, (const float *)(const void *)(memory + 20), 6);
        const int apart = at + 8 <= 32 || at >= 44;

        memcpy(memory + 20, ones, sizeof ones);
        call.row_begin = 1;
        call.result = memory + at;
        call.result_count = 2;
        if (!apart)
            assert_int_equal(ensemble_run(said.e, &call), ENSEMBLE_EOVERLAP);
        else if (at >= 44)
            assert_int_equal(ensemble_run(said.e, &call), 0);
    }
    forget(&said);
}

/* A program that was compiled with the first header has no row weights in its struct: those of the handle hold. */
TEST(test_the_call_of_the_first_header_still_works)
{
    const float weights[] = {0, 1, 0, 1, 0, 0};
    struct said said = three_models();
    float y[4];
    struct ensemble_call call = call_into(y, (const float *)16, 99); /* what lies behind its end is not looked at */

    call.struct_size = offsetof(struct ensemble_call, row_weights);
    assert_int_equal(ensemble_set_row_weights(said.e, weights, 2, 3), 0);
    assert_int_equal(ensemble_run(said.e, &call), 0);
    assert_true(y[0] == 10 && y[1] == 20 && y[2] == 3 && y[3] == 4);
    forget(&said);
}

TEST(test_row_weights_of_no_rows)
{
    const float weights[] = {1};
    struct ensemble *e = ensemble_of(2);

    add(e, NULL, ENSEMBLE_F32, 0);
    assert_int_equal(ensemble_set_row_weights(e, weights, 0, 1), 0);
    assert_int_equal(ensemble_combine(e, NULL, ENSEMBLE_F32, 0), 0);
    ensemble_destroy(e);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_faults_of_row_weights),
        cmocka_unit_test(test_faults_of_row_weights_keep_those_that_were_set),
        cmocka_unit_test(test_row_weights_can_be_taken_back),
        cmocka_unit_test(test_row_weights_are_borrowed),
        cmocka_unit_test(test_row_weights_of_another_number_of_rows_are_an_error_when_combining),
        cmocka_unit_test(test_row_weights_do_not_fit_after_a_model_was_added),
        cmocka_unit_test(test_row_weights_of_a_call_must_have_its_length),
        cmocka_unit_test(test_row_weights_of_a_call_are_those_of_all_rows),
        cmocka_unit_test(test_a_length_without_row_weights_is_an_error),
        cmocka_unit_test(test_a_result_that_overlaps_row_weights_is_an_error),
        cmocka_unit_test(test_a_result_of_a_range_of_rows_that_overlaps_its_row_weights_is_an_error),
        cmocka_unit_test(test_the_call_of_the_first_header_still_works),
        cmocka_unit_test(test_row_weights_of_no_rows),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
