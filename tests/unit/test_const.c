/* SPDX-License-Identifier: MIT */
/* Calls on a const handle do not allocate. */
#include "counted.h"
#include "support.h"

TEST(test_create_and_destroy_allocate_so_the_counting_works)
{
    struct ensemble *e;

    calls = 0;
    e = example();
    assert_true(calls >= 2);
    calls = 0;
    ensemble_destroy(e);
    assert_true(calls >= 2);
}

/* Many models of every dtype, long rows and gaps: every way through the data. */
TEST(test_combine_and_run_do_not_allocate)
{
    static double data[20][6001];
    static double y[6000];
    struct ensemble *e = ensemble_of(3000);

    for (size_t i = 0; i < 20; i++) {
        add(e, NULL, ENSEMBLE_F32, 2);
        assert_int_equal(ensemble_set_model_output(e, i, data[i], (int32_t)(1 + i % 4), 2, 3000 + i % 2), 0);
    }
    calls = 0;
    for (int32_t dtype = ENSEMBLE_F32; dtype <= ENSEMBLE_BF16; dtype++) {
        const struct ensemble_call call = {
            .struct_size = sizeof call, .row_begin = 1, .result = y, .result_count = 3000, .dtype = dtype};

        assert_int_equal(ensemble_combine(e, y, dtype, 6000), 0);
        assert_int_equal(ensemble_run(e, &call), 0);
    }
    assert_int_equal(calls, 0);
    ensemble_destroy(e);
}

/* Every method, in every space and form. */
static void combine_every_way(struct ensemble *e, int32_t last_method)
{
    static float y[2 * 600];
    char message[128];

    for (int32_t method = ENSEMBLE_SUM; method <= last_method; method++)
        for (int32_t space = ENSEMBLE_AS_IS; space <= ENSEMBLE_BINARY_LOGITS; space++)
            for (int32_t form = ENSEMBLE_RESULT_AS_IS; form <= ENSEMBLE_RESULT_SOFTMAX; form++) {
                assert_int_equal(ensemble_set_method(e, method), 0);
                assert_int_equal(ensemble_set_input(e, 1, space, 0), 0);
                assert_int_equal(ensemble_set_result(e, form, 0), 0);
                assert_int_equal(ensemble_combine(e, y, ENSEMBLE_F32, 1200), 0);
                assert_int_equal(ensemble_check(e, message, sizeof message), 0);
                (void)ensemble_workspace_size(e);
            }
}

/* With a map, row weights, class weights, and an output that is missing. */
TEST(test_no_method_allocates)
{
    static float data[2 * 600], row_weights[] = {1, 1, 1, 1, 1, 0, 1, 1};
    static double class_weights[4 * 600];
    static int32_t map[600];
    struct ensemble *e = ensemble_of(600);

    for (size_t i = 0; i < 600; i++) {
        data[i] = data[600 + i] = (float)i / 600;
        map[i] = (int32_t)(599 - i);
    }
    for (size_t i = 0; i < LENGTH(class_weights); i++)
        class_weights[i] = (double)(1 + i % 3);
    for (size_t i = 0; i < 3; i++)
        add(e, data, ENSEMBLE_F32, 2);
    add(e, NULL, ENSEMBLE_F32, 2);
    assert_int_equal(ensemble_set_class_map(e, 0, map, 600), 0);
    calls = 0;
    assert_int_equal(ensemble_set_missing_policy(e, 7, .5), 0);
    combine_every_way(e, ENSEMBLE_RANK);
    assert_int_equal(ensemble_set_row_weights(e, row_weights, 2, 4), 0);
    combine_every_way(e, ENSEMBLE_RANK);
    assert_int_equal(calls, 0);
    assert_int_equal(ensemble_set_class_weights(e, class_weights, 4, 600), 0);
    calls = 0;
    combine_every_way(e, ENSEMBLE_MAX);
    assert_int_equal(calls, 0);
    ensemble_destroy(e);
}

TEST(test_questions_do_not_allocate)
{
    double weights[3];
    char message[128];
    struct ensemble *e = example();

    calls = 0;
    assert_int_equal(ensemble_get_weights(e, weights, 3), 0);
    assert_int_equal(ensemble_check(e, message, sizeof message), 0);
    assert_int_equal(ensemble_workspace_size(e), 0);
    assert_non_null(ensemble_isa(e));
    assert_non_null(ensemble_strerror(ENSEMBLE_ENOMEM));
    assert_true(ensemble_version() > 0);
    assert_int_equal(calls, 0);
    ensemble_destroy(e);
}

TEST(test_faults_do_not_allocate)
{
    float y[3];
    char message[128];
    struct ensemble *e = example();

    assert_int_equal(ensemble_set_model_output(e, 1, NULL, ENSEMBLE_F32, 1, 0), 0);
    calls = 0;
    assert_int_equal(ensemble_combine(e, y, ENSEMBLE_F32, 3), ENSEMBLE_EMISSING);
    assert_int_equal(ensemble_check(e, message, sizeof message), ENSEMBLE_EMISSING);
    assert_int_equal(calls, 0);
    ensemble_destroy(e);
}

/* They change the handle, but find their room there. */
TEST(test_setting_weights_method_and_outputs_does_not_allocate)
{
    const double weights[] = {1, 2, 3};
    struct ensemble *e = example();

    calls = 0;
    assert_int_equal(ensemble_set_weights(e, weights, 3), 0);
    assert_int_equal(ensemble_set_weights(e, NULL, 0), 0);
    assert_int_equal(ensemble_set_method(e, ENSEMBLE_MEAN), 0);
    assert_int_equal(ensemble_set_model_output(e, 1, NULL, ENSEMBLE_F64, 9, 0), 0);
    assert_int_equal(ensemble_set_parameter(e, ENSEMBLE_FLOOR, .5), 0);
    assert_int_equal(ensemble_set_input(e, 2, ENSEMBLE_LOGITS, 2), 0);
    assert_int_equal(ensemble_set_result(e, ENSEMBLE_RESULT_SOFTMAX, 2), 0);
    assert_int_equal(ensemble_set_missing_policy(e, 7, 1), 0);
    assert_int_equal(calls, 0);
    ensemble_destroy(e);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_create_and_destroy_allocate_so_the_counting_works),
        cmocka_unit_test(test_combine_and_run_do_not_allocate),
        cmocka_unit_test(test_no_method_allocates),
        cmocka_unit_test(test_questions_do_not_allocate),
        cmocka_unit_test(test_faults_do_not_allocate),
        cmocka_unit_test(test_setting_weights_method_and_outputs_does_not_allocate),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
