/* SPDX-License-Identifier: MIT */
/* Parameters, spaces, forms and policies: their ranges, their faults, and that a fault changes nothing. */
#include "said.h"

#include <float.h>

#define INF ((double)INFINITY)
#define NOT ((double)NAN)

static const double values[] = {.5, .25, .25, .25, .5, .25, 1, 0, 0, .125, .375, .5, 0, .5, .5};

static struct said five(int32_t method)
{
    return say(method, ENSEMBLE_F64, values, 5, 1, 3);
}

/* What every fault must leave as it was: the bits of the result. */
struct before {
    double y[3];
};

static struct before before_of(const struct said *said)
{
    struct before before;

    combine_to(said->e, ENSEMBLE_F64, before.y, 3);
    return before;
}

static void assert_unchanged(const struct said *said, const struct before *before)
{
    assert_result(said->e, ENSEMBLE_F64, before->y, 3, 0);
}

TEST(test_exponents_are_finite)
{
    const double good[] = {0, -0.0, 1, -1, 2, .5, -DBL_MAX, DBL_MAX, DBL_MIN, 5e-324, 1e6, -1e6};
    const double bad[] = {NOT, INF, -INF};
    struct said said = five(ENSEMBLE_POWER);
    struct before before;

    for (size_t i = 0; i < LENGTH(good); i++)
        assert_int_equal(ensemble_set_parameter(said.e, ENSEMBLE_EXPONENT, good[i]), 0);
    set_parameter(said.e, ENSEMBLE_EXPONENT, 3);
    before = before_of(&said);
    for (size_t i = 0; i < LENGTH(bad); i++) {
        assert_int_equal(ensemble_set_parameter(said.e, ENSEMBLE_EXPONENT, bad[i]), ENSEMBLE_EPARAMETER);
        assert_unchanged(&said, &before);
    }
    forget(&said);
}

TEST(test_trims_are_from_0_to_below_a_half)
{
    const double good[] = {0, -0.0, .1, .25, .49999, .49999999999999994}, bad[] = {NOT, INF, -INF, .5, 1, -.1, -5e-324};
    struct said said = five(ENSEMBLE_TRIMMED);
    struct before before;

    for (size_t i = 0; i < LENGTH(good); i++)
        assert_int_equal(ensemble_set_parameter(said.e, ENSEMBLE_TRIM, good[i]), 0);
    set_parameter(said.e, ENSEMBLE_TRIM, .4);
    before = before_of(&said);
    for (size_t i = 0; i < LENGTH(bad); i++) {
        assert_int_equal(ensemble_set_parameter(said.e, ENSEMBLE_TRIM, bad[i]), ENSEMBLE_EPARAMETER);
        assert_unchanged(&said, &before);
    }
    forget(&said);
}

TEST(test_floors_are_from_0_to_below_1)
{
    const double good[] = {0, -0.0, 1e-300, .5, .9999999999999999}, bad[] = {NOT, INF, -INF, 1, 2, -.1, -5e-324};
    struct said said = five(ENSEMBLE_GEOMETRIC);
    struct before before;

    for (size_t i = 0; i < LENGTH(good); i++)
        assert_int_equal(ensemble_set_parameter(said.e, ENSEMBLE_FLOOR, good[i]), 0);
    set_parameter(said.e, ENSEMBLE_FLOOR, .125);
    before = before_of(&said);
    for (size_t i = 0; i < LENGTH(bad); i++) {
        assert_int_equal(ensemble_set_parameter(said.e, ENSEMBLE_FLOOR, bad[i]), ENSEMBLE_EPARAMETER);
        assert_unchanged(&said, &before);
    }
    forget(&said);
}

TEST(test_unknown_parameters_and_null)
{
    const int32_t unknown[] = {0, 4, -1, 99, INT32_MIN, INT32_MAX};
    struct said said = five(ENSEMBLE_TRIMMED);
    const struct before before = before_of(&said);

    for (size_t i = 0; i < LENGTH(unknown); i++)
        assert_int_equal(ensemble_set_parameter(said.e, unknown[i], .25), ENSEMBLE_EPARAMETER);
    assert_int_equal(ensemble_set_parameter(NULL, ENSEMBLE_TRIM, .25), ENSEMBLE_ENULL);
    assert_unchanged(&said, &before);
    forget(&said);
}

/* Set before the method, or for another one: it is kept. */
TEST(test_parameters_are_kept_whatever_the_method)
{
    const double median[] = {.25, .375, .25};
    struct said said = five(ENSEMBLE_SUM);
    double y[3];

    set_parameter(said.e, ENSEMBLE_TRIM, .4);
    set_parameter(said.e, ENSEMBLE_EXPONENT, 1);
    set_parameter(said.e, ENSEMBLE_FLOOR, .25);
    for (int32_t method = ENSEMBLE_SUM; method <= ENSEMBLE_RANK; method++)
        assert_int_equal(ensemble_set_method(said.e, method), 0);
    assert_int_equal(ensemble_set_method(said.e, ENSEMBLE_TRIMMED), 0);
    assert_result(said.e, ENSEMBLE_F64, median, 3, 0); /* two of five cut at each end */
    assert_int_equal(ensemble_set_method(said.e, ENSEMBLE_MEAN), 0);
    combine_to(said.e, ENSEMBLE_F64, y, 3);
    assert_int_equal(ensemble_set_method(said.e, ENSEMBLE_POWER), 0);
    assert_result(said.e, ENSEMBLE_F64, y, 3, 0);
    assert_int_equal(ensemble_set_method(said.e, ENSEMBLE_GEOMETRIC), 0);
    combine_to(said.e, ENSEMBLE_F64, y, 3);
    assert_true(y[1] > .25 && y[2] > .25); /* in spite of a model that says 0 */
    forget(&said);
}

TEST(test_faults_of_inputs)
{
    const int32_t unknown[] = {-1, 6, 99, INT32_MIN, INT32_MAX};
    const int32_t cold[] = {ENSEMBLE_AS_IS, ENSEMBLE_PROBABILITIES, ENSEMBLE_LOG_PROBABILITIES, ENSEMBLE_LABELS};
    const int32_t warm[] = {ENSEMBLE_LOGITS, ENSEMBLE_BINARY_LOGITS};
    const double bad[] = {NOT, INF, -INF, -1, -5e-324, .9e-30, 1.1e30}, others[] = {2, .5, -1, NOT, INF, 5e-324};
    struct said said = five(ENSEMBLE_MEAN);
    struct before before;

    interpret(&said, ENSEMBLE_LOGITS, 2);
    before = before_of(&said);
    for (size_t i = 0; i < LENGTH(unknown); i++)
        assert_int_equal(ensemble_set_input(said.e, 0, unknown[i], 0), ENSEMBLE_EPARAMETER);
    for (size_t s = 0; s < LENGTH(warm); s++)
        for (size_t i = 0; i < LENGTH(bad); i++)
            assert_int_equal(ensemble_set_input(said.e, 0, warm[s], bad[i]), ENSEMBLE_EPARAMETER);
    for (size_t s = 0; s < LENGTH(cold); s++)
        for (size_t i = 0; i < LENGTH(others); i++)
            assert_int_equal(ensemble_set_input(said.e, 0, cold[s], others[i]), ENSEMBLE_EPARAMETER);
    assert_int_equal(ensemble_set_input(said.e, 5, ENSEMBLE_LOGITS, 0), ENSEMBLE_EMODEL);
    assert_int_equal(ensemble_set_input(said.e, SIZE_MAX, ENSEMBLE_LOGITS, 0), ENSEMBLE_EMODEL);
    assert_int_equal(ensemble_set_input(NULL, 0, ENSEMBLE_LOGITS, 0), ENSEMBLE_ENULL);
    assert_unchanged(&said, &before);
    forget(&said);
}

/* 0 means 1, for every space; and the spaces of logits take 1e-30 to 1e30. */
TEST(test_temperatures_of_inputs)
{
    const double good[] = {0, 1, 2, .5, 1e-30, 1e30};
    struct said said = five(ENSEMBLE_MEAN);
    struct before before;

    for (size_t i = 0; i < LENGTH(good); i++) {
        assert_int_equal(ensemble_set_input(said.e, 4, ENSEMBLE_LOGITS, good[i]), 0);
        assert_int_equal(ensemble_set_input(said.e, 4, ENSEMBLE_BINARY_LOGITS, good[i]), 0);
    }
    interpret(&said, ENSEMBLE_LOGITS, 1);
    before = before_of(&said);
    interpret(&said, ENSEMBLE_LOGITS, 3);
    interpret(&said, ENSEMBLE_LOGITS, 0);
    assert_unchanged(&said, &before);
    for (int32_t space = ENSEMBLE_AS_IS; space <= ENSEMBLE_LABELS; space++) {
        assert_int_equal(ensemble_set_input(said.e, 0, space, 0), 0);
        assert_int_equal(ensemble_set_input(said.e, 0, space, 1), 0);
    }
    forget(&said);
}

TEST(test_faults_of_results)
{
    const int32_t unknown[] = {-1, 5, 99, INT32_MIN, INT32_MAX};
    const double bad[] = {NOT, INF, -INF, -1, -5e-324, .9e-30, 1.1e30}, others[] = {2, .5, -1, NOT, INF, 5e-324};
    struct said said = five(ENSEMBLE_MEAN);
    struct before before;

    assert_int_equal(ensemble_set_result(said.e, ENSEMBLE_RESULT_SOFTMAX, .25), 0);
    before = before_of(&said);
    for (size_t i = 0; i < LENGTH(unknown); i++)
        assert_int_equal(ensemble_set_result(said.e, unknown[i], 0), ENSEMBLE_EPARAMETER);
    for (size_t i = 0; i < LENGTH(bad); i++)
        assert_int_equal(ensemble_set_result(said.e, ENSEMBLE_RESULT_SOFTMAX, bad[i]), ENSEMBLE_EPARAMETER);
    for (int32_t form = ENSEMBLE_RESULT_AS_IS; form < ENSEMBLE_RESULT_SOFTMAX; form++)
        for (size_t i = 0; i < LENGTH(others); i++)
            assert_int_equal(ensemble_set_result(said.e, form, others[i]), ENSEMBLE_EPARAMETER);
    assert_int_equal(ensemble_set_result(NULL, ENSEMBLE_RESULT_LOG, 0), ENSEMBLE_ENULL);
    assert_unchanged(&said, &before);
    forget(&said);
}

TEST(test_temperatures_of_results)
{
    const double good[] = {0, 1, 2, .5, 1e-30, 1e30};
    struct said said = five(ENSEMBLE_MEAN);
    struct before before;

    for (size_t i = 0; i < LENGTH(good); i++)
        assert_int_equal(ensemble_set_result(said.e, ENSEMBLE_RESULT_SOFTMAX, good[i]), 0);
    assert_int_equal(ensemble_set_result(said.e, ENSEMBLE_RESULT_SOFTMAX, 1), 0);
    before = before_of(&said);
    assert_int_equal(ensemble_set_result(said.e, ENSEMBLE_RESULT_SOFTMAX, 0), 0);
    assert_unchanged(&said, &before);
    for (int32_t form = ENSEMBLE_RESULT_AS_IS; form <= ENSEMBLE_RESULT_SOFTMAX; form++) {
        assert_int_equal(ensemble_set_result(said.e, form, 0), 0);
        assert_int_equal(ensemble_set_result(said.e, form, 1), 0);
    }
    forget(&said);
}

TEST(test_faults_of_policies)
{
    const int32_t unknown[] = {-1, 8, 9, 16, 1 << 30, INT32_MIN, INT32_MAX};
    const double bad[] = {NOT, INF, -INF, -.1, -5e-324, 1.0000000000000002, 2};
    struct said said = five(ENSEMBLE_MEAN);
    struct before before;

    assert_int_equal(ensemble_set_model_output(said.e, 1, NULL, ENSEMBLE_F64, 1, 0), 0);
    assert_int_equal(ensemble_set_missing_policy(said.e, ENSEMBLE_LEAVE_OUT_MISSING, .5), 0);
    before = before_of(&said);
    for (size_t i = 0; i < LENGTH(unknown); i++)
        assert_int_equal(ensemble_set_missing_policy(said.e, unknown[i], 0), ENSEMBLE_EPARAMETER);
    for (int32_t policy = 0; policy <= 7; policy++)
        for (size_t i = 0; i < LENGTH(bad); i++)
            assert_int_equal(ensemble_set_missing_policy(said.e, policy, bad[i]), ENSEMBLE_EPARAMETER);
    assert_int_equal(ensemble_set_missing_policy(NULL, ENSEMBLE_LEAVE_OUT_NAN, 0), ENSEMBLE_ENULL);
    assert_unchanged(&said, &before);
    for (int32_t policy = 0; policy <= 7; policy++) {
        assert_int_equal(ensemble_set_missing_policy(said.e, policy, 0), 0);
        assert_int_equal(ensemble_set_missing_policy(said.e, policy, 1), 0);
        assert_int_equal(ensemble_set_missing_policy(said.e, policy, -0.0), 0);
    }
    forget(&said);
}

/* What is set stays with the handle and its models, whatever is added afterwards. */
TEST(test_settings_survive_the_adding_of_models)
{
    struct said said = five(ENSEMBLE_MEAN), again = five(ENSEMBLE_MEAN);
    struct before before;

    interpret(&said, ENSEMBLE_LOGITS, 2);
    assert_int_equal(ensemble_set_result(said.e, ENSEMBLE_RESULT_SOFTMAX, .5), 0);
    before = before_of(&said);
    for (size_t i = 0; i < 40; i++)
        add(said.e, NULL, ENSEMBLE_F64, 1);
    assert_int_equal(ensemble_set_missing_policy(said.e, ENSEMBLE_LEAVE_OUT_MISSING, 0), 0);
    interpret(&again, ENSEMBLE_LOGITS, 2);
    assert_int_equal(ensemble_set_result(again.e, ENSEMBLE_RESULT_SOFTMAX, .5), 0);
    assert_unchanged(&again, &before);
    assert_result(said.e, ENSEMBLE_F64, before.y, 3, 16 * 0x1p-53); /* five weights of 1/45 are five of 1/5 */
    forget(&said);
    forget(&again);
}

/* A new handle reads everything as it is, leaves nothing out, and writes what comes out. */
TEST(test_the_defaults_of_a_new_handle)
{
    struct said said = five(ENSEMBLE_SUM), set = five(ENSEMBLE_SUM);
    const struct before before = before_of(&said);

    interpret(&set, ENSEMBLE_AS_IS, 0);
    assert_int_equal(ensemble_set_result(set.e, ENSEMBLE_RESULT_AS_IS, 0), 0);
    assert_int_equal(ensemble_set_missing_policy(set.e, 0, 0), 0);
    assert_unchanged(&set, &before);
    for (int32_t method = ENSEMBLE_POWER; method <= ENSEMBLE_TRIMMED; method++) {
        double y[3];

        assert_int_equal(ensemble_set_method(said.e, method), 0);
        assert_int_equal(ensemble_set_method(set.e, method), 0);
        set_parameter(set.e, ENSEMBLE_EXPONENT, 2);
        set_parameter(set.e, ENSEMBLE_TRIM, .2);
        set_parameter(set.e, ENSEMBLE_FLOOR, 0);
        combine_to(said.e, ENSEMBLE_F64, y, 3);
        assert_result(set.e, ENSEMBLE_F64, y, 3, 0);
    }
    forget(&said);
    forget(&set);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_exponents_are_finite),
        cmocka_unit_test(test_trims_are_from_0_to_below_a_half),
        cmocka_unit_test(test_floors_are_from_0_to_below_1),
        cmocka_unit_test(test_unknown_parameters_and_null),
        cmocka_unit_test(test_parameters_are_kept_whatever_the_method),
        cmocka_unit_test(test_faults_of_inputs),
        cmocka_unit_test(test_temperatures_of_inputs),
        cmocka_unit_test(test_faults_of_results),
        cmocka_unit_test(test_temperatures_of_results),
        cmocka_unit_test(test_faults_of_policies),
        cmocka_unit_test(test_settings_survive_the_adding_of_models),
        cmocka_unit_test(test_the_defaults_of_a_new_handle),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
