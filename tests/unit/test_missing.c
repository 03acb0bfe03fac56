/* SPDX-License-Identifier: MIT */
/* Models whose output is missing: errors, or left out of the call, as far as the quorum goes. */
#include "said.h"

#define MISSING ENSEMBLE_LEAVE_OUT_MISSING

static void set_policy(const struct said *said, int32_t policy, double quorum)
{
    assert_int_equal(ensemble_set_missing_policy(said->e, policy, quorum), 0);
}

static void lose(const struct said *said, size_t model)
{
    assert_int_equal(ensemble_set_model_output(said->e, model, NULL, said->dtype, said->rows, 0), 0);
}

/* Source: OpenSearch, neural-search: scores 1.0, none, and 0.6. */
static const double scores[] = {1.0, 99, 0.6};
static const double score_weights[] = {.45, .15, .40};

TEST(test_a_missing_score_of_opensearch)
{
    const struct {
        int32_t method;
        double expected;
    } cases[] = {{ENSEMBLE_MEAN, .8},
                 {ENSEMBLE_SUM, .8},
                 {ENSEMBLE_GEOMETRIC, .7745966692},
                 {ENSEMBLE_HARMONIC, .75},
                 {ENSEMBLE_MEDIAN, .8}};

    for (size_t c = 0; c < LENGTH(cases); c++)
        for (size_t i = 0; i < LENGTH(number_dtypes); i++) {
            const double digits = i < 2 ? 0 : i < 3 ? 1e-3 : 2e-3; /* .6 is 154/256 in bfloat16, wrong by 1.6e-3 */
            struct said said = say(cases[c].method, number_dtypes[i], scores, 3, 1, 1);

            lose(&said, 1);
            set_policy(&said, MISSING, 0);
            assert_result(said.e, ENSEMBLE_F32, &cases[c].expected, 1, 1e-6 + digits);
            assert_result(said.e, ENSEMBLE_F64, &cases[c].expected, 1,
                          number_dtypes[i] == ENSEMBLE_F64 ? 5.01e-11 : 1e-6 + digits);
            forget(&said);
        }
}

TEST(test_a_missing_score_of_opensearch_with_weights)
{
    const int32_t methods[] = {ENSEMBLE_MEAN, ENSEMBLE_SUM};
    const double expected[] = {.8117647059};

    for (size_t m = 0; m < LENGTH(methods); m++) {
        struct said said = say(methods[m], ENSEMBLE_F64, scores, 3, 1, 1);

        weigh(&said, score_weights);
        lose(&said, 1);
        set_policy(&said, MISSING, 0);
        assert_result(said.e, ENSEMBLE_F64, expected, 1, 5.01e-11);
        assert_result(said.e, ENSEMBLE_F32, expected, 1, 1e-6);
        forget(&said);
    }
}

/* Source: the same; but a score of 0 is there. OpenSearch's geometric and harmonic means skip it; ours do not. */
TEST(test_a_score_of_0_is_not_missing)
{
    const double with_0[] = {1.0, 0.0, 0.6}, expected[] = {.69, .69, 0, 0};
    const int32_t methods[] = {ENSEMBLE_MEAN, ENSEMBLE_SUM, ENSEMBLE_GEOMETRIC, ENSEMBLE_HARMONIC};

    for (size_t m = 0; m < LENGTH(methods); m++) {
        struct said said = say(methods[m], ENSEMBLE_F64, with_0, 3, 1, 1);

        weigh(&said, score_weights);
        set_policy(&said, MISSING | ENSEMBLE_LEAVE_OUT_NAN | ENSEMBLE_LEAVE_OUT_ABSENT, 1);
        assert_result(said.e, ENSEMBLE_F64, &expected[m], 1, 1e-15);
        assert_result(said.e, ENSEMBLE_F32, &expected[m], 1, 1e-6);
        forget(&said);
    }
}

/* Source: PMML, missingThreshold: four equal models, threshold .25, exceeded strictly. */
TEST(test_the_quorum_of_pmml)
{
    const double values[] = {1, 2, 3, 6}, all[] = {3}, three[] = {2};
    const double ones[] = {1, 1, 1, 1}, weights[] = {1, 1, 1.5, 1};

    for (int weighted = 0; weighted < 2; weighted++) {
        struct said said = say(ENSEMBLE_MEAN, ENSEMBLE_F64, values, 4, 1, 1);

        weigh(&said, weighted ? ones : NULL);
        set_policy(&said, MISSING, .75);
        assert_result(said.e, ENSEMBLE_F64, all, 1, 1e-15);
        lose(&said, 3);
        assert_result(said.e, ENSEMBLE_F64, three, 1, 2e-15);
        lose(&said, 0);
        assert_combine_fails(said.e, 1, ENSEMBLE_EQUORUM);
        set_policy(&said, MISSING, .5);
        assert_int_equal(ensemble_check(said.e, NULL, 0), 0);
        weigh(&said, weights); /* of 4.5, 2 are missing */
        assert_int_equal(ensemble_check(said.e, NULL, 0), 0);
        set_policy(&said, MISSING, .5625);
        assert_combine_fails(said.e, 1, ENSEMBLE_EQUORUM);
        forget(&said);
    }
}

/* 1 - .8 is a little less than 1/5 in double, and the like for others: rounding is allowed for. */
TEST(test_a_quorum_of_decimal_fractions_is_met_exactly)
{
    const struct {
        size_t n, missing;
        double quorum;
    } cases[] = {{5, 1, .8}, {10, 1, .9}, {10, 3, .7}, {3, 1, 2. / 3}, {6, 4, 1. / 3}, {7, 2, 5. / 7}};
    const double values[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10};

    for (size_t c = 0; c < LENGTH(cases); c++) {
        struct said said = say(ENSEMBLE_MEAN, ENSEMBLE_F32, values, cases[c].n, 1, 1);

        for (size_t model = 0; model < cases[c].missing; model++)
            lose(&said, model);
        set_policy(&said, MISSING, cases[c].quorum);
        assert_int_equal(ensemble_check(said.e, NULL, 0), 0);
        set_policy(&said, MISSING, cases[c].quorum + 1e-9);
        assert_combine_fails(said.e, 1, ENSEMBLE_EQUORUM);
        forget(&said);
    }
}

/* For the quorum it is the sizes of weights that count, of which here there are 4 in all. */
TEST(test_negative_weights_count_for_the_quorum_by_their_size)
{
    const double values[] = {1, 2, 4}, weights[] = {2, -1, 1};

    for (int32_t method = ENSEMBLE_SUM; method <= ENSEMBLE_MEAN; method++) {
        struct said said = say(method, ENSEMBLE_F32, values, 3, 1, 1);

        weigh(&said, weights);
        lose(&said, 1);
        set_policy(&said, MISSING, .75);
        assert_int_equal(ensemble_check(said.e, NULL, 0), 0);
        set_policy(&said, MISSING, .76);
        assert_combine_fails(said.e, 1, ENSEMBLE_EQUORUM);
        forget(&said);
    }
}

TEST(test_a_quorum_of_1_wants_all_and_of_0_wants_one)
{
    const double values[] = {1, 2, 3, 6}, last[] = {6};
    struct said said = say(ENSEMBLE_MEAN, ENSEMBLE_F64, values, 4, 1, 1);

    set_policy(&said, MISSING, 1);
    assert_int_equal(ensemble_check(said.e, NULL, 0), 0);
    lose(&said, 0);
    assert_combine_fails(said.e, 1, ENSEMBLE_EQUORUM);
    set_policy(&said, MISSING, 0);
    lose(&said, 1);
    lose(&said, 2);
    assert_result(said.e, ENSEMBLE_F64, last, 1, 0);
    lose(&said, 3);
    assert_combine_fails(said.e, 1, ENSEMBLE_EQUORUM);
    forget(&said);
}

/* A model of weight 0 is not needed by any quorum. */
TEST(test_a_missing_model_of_weight_0_counts_for_nothing)
{
    const double values[] = {1, 2, 3}, weights[] = {1, 0, 1}, expected[] = {2};
    struct said said = say(ENSEMBLE_MEAN, ENSEMBLE_F32, values, 3, 1, 1);

    weigh(&said, weights);
    lose(&said, 1);
    set_policy(&said, MISSING, 1);
    assert_result(said.e, ENSEMBLE_F32, expected, 1, 0);
    forget(&said);
}

TEST(test_without_the_policy_a_missing_output_is_an_error)
{
    const int32_t others[] = {0, ENSEMBLE_LEAVE_OUT_NAN, ENSEMBLE_LEAVE_OUT_ABSENT,
                              ENSEMBLE_LEAVE_OUT_NAN | ENSEMBLE_LEAVE_OUT_ABSENT};

    for (int32_t method = ENSEMBLE_SUM; method <= ENSEMBLE_RANK; method++) {
        struct said said = say(method, ENSEMBLE_F32, scores, 3, 1, 1);

        lose(&said, 1);
        for (size_t i = 0; i < LENGTH(others); i++) {
            set_policy(&said, others[i], 0);
            assert_combine_fails(said.e, 1, ENSEMBLE_EMISSING);
        }
        set_policy(&said, MISSING, 0);
        assert_int_equal(ensemble_check(said.e, NULL, 0), 0);
        set_policy(&said, 0, 0);
        assert_combine_fails(said.e, 1, ENSEMBLE_EMISSING);
        forget(&said);
    }
}

/* What must be the same: an ensemble in which a model is missing, and one that never had it. */
static void assert_as_without(int32_t method, int32_t dtype, const double *weights, size_t missing)
{
    const size_t n = 5, rows = 3, width = 7, count = rows * width;
    double values[5 * 3 * 7], fewer[4 * 3 * 7], rest[4], expected[3 * 7], all = 0, present = 0;
    struct rng rng = {18 + missing};
    struct said said, without;

    for (size_t i = 0; i < LENGTH(values); i++)
        values[i] = .05 + .9 * rng_unit(&rng);
    for (size_t model = 0, k = 0; model < n; model++) {
        all += weights != NULL ? weights[model] : 1;
        if (model == missing)
            continue;
        memcpy(fewer + k * count, values + model * count, count * sizeof *values);
        present += rest[k++] = weights != NULL ? weights[model] : 1;
    }
    said = say(method, dtype, values, n, rows, width);
    without = say(method, dtype, fewer, n - 1, rows, width);
    weigh(&said, weights);
    weigh(&without, rest);
    lose(&said, missing);
    set_policy(&said, MISSING, .25);
    combine_to(without.e, dtype, expected, count);
    for (size_t i = 0; i < count && method == ENSEMBLE_SUM; i++)
        expected[i] *= weights != NULL ? all / present : 1 / present;
    /* Some twenty roundings of weights, products, sums and logarithms on either side; ranks are up to 7. */
    assert_result(said.e, dtype, expected, count, 80 * (method == ENSEMBLE_RANK ? 7 : 1) * unit_of(dtype));
    forget(&said);
    forget(&without);
}

TEST(test_a_missing_model_is_left_out_of_every_method)
{
    const double weights[] = {.5, .25, 1, .125, .75};

    for (int32_t method = ENSEMBLE_SUM; method <= ENSEMBLE_RANK; method++)
        for (size_t missing = 0; missing < 5; missing++)
            for (size_t i = 0; i < LENGTH(float_and_double); i++) {
                assert_as_without(method, float_and_double[i], NULL, missing);
                assert_as_without(method, float_and_double[i], weights, missing);
            }
}

/* The same by a call, which brings outputs of its own, one of them NULL. */
TEST(test_an_output_that_is_missing_in_a_call)
{
    const double values[] = {1, 2, 99, 99, 3, 6}, expected[] = {2, 4};
    struct said said = say(ENSEMBLE_MEAN, ENSEMBLE_F32, values, 3, 1, 2);
    struct ensemble_output outputs[3];
    float y[2];
    const struct ensemble_call call = {.struct_size = sizeof call,
                                       .output_size = sizeof *outputs,
                                       .outputs = outputs,
                                       .n_outputs = 3,
                                       .result = y,
                                       .result_count = 2,
                                       .dtype = ENSEMBLE_F32};

    for (size_t i = 0; i < 3; i++)
        outputs[i] = (struct ensemble_output){.data = output_of(&said, i), .rows = 1, .dtype = ENSEMBLE_F32};
    outputs[1].data = NULL;
    poison(y, sizeof y);
    assert_int_equal(ensemble_run(said.e, &call), ENSEMBLE_EMISSING);
    set_policy(&said, MISSING, .75);
    assert_int_equal(ensemble_run(said.e, &call), ENSEMBLE_EQUORUM);
    assert_poisoned(y, sizeof y);
    set_policy(&said, MISSING, .5);
    assert_int_equal(ensemble_run(said.e, &call), 0);
    for (size_t i = 0; i < 2; i++)
        assert_near((double)y[i], expected[i], 8 * 0x1p-24);
    outputs[0].data = outputs[2].data = NULL;
    assert_int_equal(ensemble_run(said.e, &call), ENSEMBLE_EQUORUM);
    assert_int_equal(ensemble_check(said.e, NULL, 0), 0); /* what is bound is there */
    forget(&said);
}

/* With what is left, the weights sum to 0: there is nothing to divide by. */
TEST(test_weights_of_the_present_that_sum_to_0_are_an_error)
{
    const int32_t methods[] = {ENSEMBLE_SUM, ENSEMBLE_MEAN};
    const double values[] = {1, 2, 3}, weights[] = {1, -1, 2};

    for (size_t m = 0; m < LENGTH(methods); m++) {
        struct said said = say(methods[m], ENSEMBLE_F32, values, 3, 1, 1);

        weigh(&said, weights);
        set_policy(&said, MISSING, 0);
        assert_int_equal(ensemble_check(said.e, NULL, 0), 0);
        lose(&said, 2);
        assert_combine_fails(said.e, 1, ENSEMBLE_EZEROSUM);
        forget(&said);
    }
}

TEST(test_an_empty_output_is_not_missing)
{
    struct ensemble *e = ensemble_of(2);

    add(e, NULL, ENSEMBLE_F32, 0);
    add(e, NULL, ENSEMBLE_F32, 0);
    assert_int_equal(ensemble_set_missing_policy(e, MISSING, 1), 0);
    assert_int_equal(ensemble_combine(e, NULL, ENSEMBLE_F32, 0), 0);
    ensemble_destroy(e);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_missing_score_of_opensearch),
        cmocka_unit_test(test_a_missing_score_of_opensearch_with_weights),
        cmocka_unit_test(test_a_score_of_0_is_not_missing),
        cmocka_unit_test(test_the_quorum_of_pmml),
        cmocka_unit_test(test_a_quorum_of_decimal_fractions_is_met_exactly),
        cmocka_unit_test(test_negative_weights_count_for_the_quorum_by_their_size),
        cmocka_unit_test(test_a_quorum_of_1_wants_all_and_of_0_wants_one),
        cmocka_unit_test(test_a_missing_model_of_weight_0_counts_for_nothing),
        cmocka_unit_test(test_without_the_policy_a_missing_output_is_an_error),
        cmocka_unit_test(test_a_missing_model_is_left_out_of_every_method),
        cmocka_unit_test(test_an_output_that_is_missing_in_a_call),
        cmocka_unit_test(test_weights_of_the_present_that_sum_to_0_are_an_error),
        cmocka_unit_test(test_an_empty_output_is_not_missing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
