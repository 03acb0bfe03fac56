/* SPDX-License-Identifier: MIT */
/* A weight for each row and model, bound to the handle or given with a call. */
#include "said.h"

#define INF ((double)INFINITY)
#define NOT ((double)NAN)
#define INF32 ((float)INFINITY)
#define NAN32 ((float)NAN)

/* Three models, two rows, two classes; weights with which there is nothing to round, and what comes out. */
static const double values[] = {1, 2, 3, 4, 10, 20, 30, 40, 100, 200, 300, 400};
static const float gate[] = {1, .5f, .5f, 0, .25f, .75f};
static const double summed[] = {56, 112, 232.5, 310};
static const double averaged[] = {28, 56, 232.5, 310};

static void gate_rows(const struct said *said, const float *weights)
{
    assert_int_equal(ensemble_set_row_weights(said->e, weights, said->rows, said->n), 0);
}

/* A call of all rows of an ensemble with row weights. */
static struct ensemble_call gated_call(const struct said *said, const float *weights, float *y)
{
    return (struct ensemble_call){.struct_size = sizeof(struct ensemble_call),
                                  .result = y,
                                  .result_count = said->rows * said->width,
                                  .dtype = ENSEMBLE_F32,
                                  .row_weights = weights,
                                  .row_weights_count = weights != NULL ? said->rows * said->n : 0};
}

TEST(test_each_row_has_its_own_weights)
{
    for (size_t i = 0; i < LENGTH(number_dtypes); i++) {
        struct said said = say(ENSEMBLE_SUM, number_dtypes[i], values, 3, 2, 2);

        gate_rows(&said, gate);
        assert_result(said.e, ENSEMBLE_F32, summed, 4, 0);
        assert_int_equal(ensemble_set_method(said.e, ENSEMBLE_MEAN), 0);
        assert_result(said.e, ENSEMBLE_F32, averaged, 4, 0);
        forget(&said);
    }
}

/* The others keep their places among the row weights, of which none is 0. */
TEST(test_a_model_of_no_weight_has_row_weights_that_do_not_count)
{
    const float gates[] = {1, 5, 3, .25f, 6, .75f};
    const double weights[] = {1, 0, 1}, mean[] = {75.25, 150.5, 225.75, 301};

    for (size_t i = 0; i < LENGTH(number_dtypes); i++) {
        struct said said = say(ENSEMBLE_MEAN, number_dtypes[i], values, 3, 2, 2);

        weigh(&said, weights);
        gate_rows(&said, gates);
        assert_result(said.e, ENSEMBLE_F32, mean, 4, 0);
        forget(&said);
    }
}

TEST(test_row_weights_multiply_the_weights_of_the_models)
{
    const double weights[] = {2, 4, 8}, sum[] = {422, 844, 1830, 2440};
    const double mean[] = {422. / 8, 844. / 8, 1830. / 7, 2440. / 7};

    for (size_t i = 0; i < LENGTH(float_and_double); i++) {
        struct said said = say(ENSEMBLE_SUM, float_and_double[i], values, 3, 2, 2);

        weigh(&said, weights);
        gate_rows(&said, gate);
        assert_result(said.e, float_and_double[i], sum, 4, 4 * 2440 * unit_of(float_and_double[i]));
        assert_int_equal(ensemble_set_method(said.e, ENSEMBLE_MEAN), 0);
        assert_result(said.e, float_and_double[i], mean, 4, 8 * 400 * unit_of(float_and_double[i]));
        forget(&said);
    }
}

TEST(test_row_weights_multiply_class_weights_too)
{
    const double weights[] = {2, 4, 8}, classes[] = {1, 0, 2, 1, 0, 1};
    const double sum[] = {42, 840, 60, 2440}, mean[] = {42. / 6, 840. / 6, 30, 2440. / 7};

    for (size_t i = 0; i < LENGTH(float_and_double); i++) {
        struct said said = say(ENSEMBLE_SUM, float_and_double[i], values, 3, 2, 2);

        weigh(&said, weights);
        gate_rows(&said, gate);
        assert_int_equal(ensemble_set_class_weights(said.e, classes, 3, 2), 0);
        assert_result(said.e, float_and_double[i], sum, 4, 4 * 2440 * unit_of(float_and_double[i]));
        assert_int_equal(ensemble_set_method(said.e, ENSEMBLE_MEAN), 0);
        assert_result(said.e, float_and_double[i], mean, 4, 8 * 400 * unit_of(float_and_double[i]));
        forget(&said);
    }
}

/* Each row by itself must be what an ensemble of one row with these weights gives: 12 roundings, and logarithms. */
TEST(test_each_row_is_an_ensemble_of_its_own)
{
    struct rng rng = {16};
    double many[4 * 6 * 5];
    float weights[6 * 4];

    for (size_t i = 0; i < LENGTH(many); i++)
        many[i] = .05 + .9 * rng_unit(&rng);
    for (size_t i = 0; i < LENGTH(weights); i++)
        weights[i] = rng_one_in(&rng, 4) ? 0 : (float)rng_between(&rng, 1, 8) / 8;
    for (size_t row = 0; row < 6; row++)
        weights[4 * row + row % 4] = 1;
    for (int32_t method = ENSEMBLE_SUM; method <= ENSEMBLE_RANK; method++)
        for (size_t i = 0; i < LENGTH(float_and_double); i++) {
            const int32_t dtype = float_and_double[i];
            struct said said = say(method, dtype, many, 4, 6, 5);
            double y[6 * 5];

            gate_rows(&said, weights);
            combine_to(said.e, dtype, y, 30);
            for (size_t row = 0; row < 6; row++) {
                double own[4], outputs[4 * 5];
                struct said single;

                for (size_t model = 0; model < 4; model++) {
                    own[model] = (double)weights[4 * row + model];
                    memcpy(outputs + 5 * model, many + (6 * model + row) * 5, 5 * sizeof *outputs);
                }
                single = say(method, dtype, outputs, 4, 1, 5);
                weigh(&single, own);
                assert_result(single.e, dtype, y + 5 * row, 5, 80 * unit_of(dtype) * (method == ENSEMBLE_RANK ? 5 : 1));
                forget(&single);
            }
            forget(&said);
        }
}

/* Also with a NaN: it is not multiplied by 0. */
TEST(test_a_row_weight_of_0_leaves_the_model_out_of_that_row)
{
    const double with_nan[] = {NOT, .25, .5, .5, .75, .25, INF, NOT};
    const float weights[] = {0, 1, 1, -0.0f};
    const double expected[] = {.75, .25, .5, .5};

    for (int32_t method = ENSEMBLE_SUM; method < ENSEMBLE_VOTE; method++)
        for (size_t i = 0; i < LENGTH(float_and_double); i++) {
            struct said said = say(method, float_and_double[i], with_nan, 2, 2, 2);

            gate_rows(&said, weights);
            assert_result(said.e, float_and_double[i], expected, 4, 8 * unit_of(float_and_double[i]));
            forget(&said);
        }
}

TEST(test_votes_and_ranks_have_row_weights_too)
{
    const double with_nan[] = {NOT, .25, .5, .25, .75, .25, INF, NOT};
    const float weights[] = {0, 1, 1, 0};
    const double votes[] = {1, 0, 1, 0}, ranks[] = {2, 1, 2, 1};
    struct said said = say(ENSEMBLE_VOTE, ENSEMBLE_F32, with_nan, 2, 2, 2);

    gate_rows(&said, weights);
    assert_result(said.e, ENSEMBLE_F32, votes, 4, 0);
    assert_int_equal(ensemble_set_method(said.e, ENSEMBLE_RANK), 0);
    assert_result(said.e, ENSEMBLE_F32, ranks, 4, 0);
    forget(&said);
}

TEST(test_a_row_of_which_no_model_has_a_weight_is_nan)
{
    const float weights[] = {1, 1, 0, -0.0f, 1, 0};
    const double some[] = {.5, .5, .5, .5, .5, .5, .5, .5, .5, .5, .5, .5};

    for (int32_t method = ENSEMBLE_SUM; method <= ENSEMBLE_RANK; method++)
        for (size_t i = 0; i < LENGTH(number_dtypes); i++) {
            struct said said = say(method, number_dtypes[i], some, 2, 3, 2);
            double y[6];

            gate_rows(&said, weights);
            combine_to(said.e, number_dtypes[i], y, 6);
            for (size_t k = 0; k < 6; k++)
                assert_int_equal(is_nan(y[k]), k / 2 == 1);
            forget(&said);
        }
}

TEST(test_a_row_weight_that_is_nan_or_infinite_makes_its_row_nan)
{
    const float wrong[] = {NAN32, INF32, -INF32};
    const double some[] = {.5, .5, .5, .5, .5, .5, .5, .5, .5, .5, .5, .5};

    for (size_t w = 0; w < LENGTH(wrong); w++)
        for (size_t at = 0; at < 2; at++)
            for (int32_t method = ENSEMBLE_SUM; method <= ENSEMBLE_RANK; method++) {
                float weights[] = {1, 1, 1, 1, 1, 1};
                struct said said = say(method, float_and_double[at], some, 2, 3, 2);
                double y[6];

                weights[2 + at] = wrong[w];
                gate_rows(&said, weights);
                assert_int_equal(ensemble_check(said.e, NULL, 0), 0);
                combine_to(said.e, ENSEMBLE_F32, y, 6);
                for (size_t k = 0; k < 6; k++)
                    assert_int_equal(is_nan(y[k]), k / 2 == 1);
                forget(&said);
            }
}

TEST(test_negative_row_weights_are_for_sum_and_mean_only)
{
    const double some[] = {.5, .5, .5, .5, .5, .5, .5, .5}, sum[] = {1, 1, .5, .5}, mean[] = {.5, .5, .5, .5};
    const float weights[] = {1, 1, 2, -1};

    for (int32_t method = ENSEMBLE_SUM; method <= ENSEMBLE_RANK; method++) {
        struct said said = say(method, ENSEMBLE_F32, some, 2, 2, 2);
        double y[4];

        gate_rows(&said, weights);
        combine_to(said.e, ENSEMBLE_F32, y, 4);
        if (method == ENSEMBLE_SUM || method == ENSEMBLE_MEAN)
            assert_values(y, method == ENSEMBLE_SUM ? sum : mean, 4, 4 * 0x1p-24);
        else
            for (size_t k = 0; k < 4; k++)
                assert_int_equal(is_nan(y[k]), k >= 2);
        forget(&said);
    }
}

TEST(test_row_weights_given_with_a_call_take_the_place_of_those_of_the_handle)
{
    const float other[] = {0, 1, 0, 1, 0, 0};
    const double expected[] = {10, 20, 3, 4};
    struct said said = say(ENSEMBLE_SUM, ENSEMBLE_F32, values, 3, 2, 2);
    float y[4];
    struct ensemble_call call = gated_call(&said, other, y);

    assert_int_equal(ensemble_run(said.e, &call), 0);
    for (size_t i = 0; i < 4; i++)
        assert_true((double)y[i] == expected[i]);
    gate_rows(&said, gate);
    assert_int_equal(ensemble_run(said.e, &call), 0);
    for (size_t i = 0; i < 4; i++)
        assert_true((double)y[i] == expected[i]);
    assert_result(said.e, ENSEMBLE_F32, summed, 4, 0);
    call.row_weights = NULL;
    call.row_weights_count = 0;
    assert_int_equal(ensemble_run(said.e, &call), 0);
    for (size_t i = 0; i < 4; i++)
        assert_true((double)y[i] == summed[i]);
    forget(&said);
}

/* Row `row_begin` of the outputs goes with row `row_begin` of the weights. */
TEST(test_ranges_of_rows_with_row_weights)
{
    struct rng rng = {17};
    double many[3 * 7 * 4];
    float weights[7 * 3], whole[7 * 4], part[7 * 4];

    for (size_t i = 0; i < LENGTH(many); i++)
        many[i] = rng_unit(&rng);
    for (size_t i = 0; i < LENGTH(weights); i++)
        weights[i] = rng_one_in(&rng, 5) ? 0 : .125f + (float)rng_unit(&rng);
    for (int32_t method = ENSEMBLE_SUM; method <= ENSEMBLE_RANK; method++)
        for (int bound = 0; bound < 2; bound++) {
            struct said said = say(method, ENSEMBLE_F32, many, 3, 7, 4);
            struct ensemble_call call = gated_call(&said, bound ? NULL : weights, whole);

            if (bound)
                gate_rows(&said, weights);
            assert_int_equal(ensemble_run(said.e, &call), 0);
            call.result = part;
            for (size_t begin = 0; begin < 7; begin++)
                for (size_t count = 1; count <= 7 - begin; count++) {
                    call.row_begin = begin;
                    call.row_count = count;
                    assert_int_equal(ensemble_run(said.e, &call), 0);
                    assert_memory_equal(part, whole + 4 * begin, 4 * count * sizeof *part);
                }
            forget(&said);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_row_has_its_own_weights),
        cmocka_unit_test(test_a_model_of_no_weight_has_row_weights_that_do_not_count),
        cmocka_unit_test(test_row_weights_multiply_the_weights_of_the_models),
        cmocka_unit_test(test_row_weights_multiply_class_weights_too),
        cmocka_unit_test(test_each_row_is_an_ensemble_of_its_own),
        cmocka_unit_test(test_a_row_weight_of_0_leaves_the_model_out_of_that_row),
        cmocka_unit_test(test_votes_and_ranks_have_row_weights_too),
        cmocka_unit_test(test_a_row_of_which_no_model_has_a_weight_is_nan),
        cmocka_unit_test(test_a_row_weight_that_is_nan_or_infinite_makes_its_row_nan),
        cmocka_unit_test(test_negative_row_weights_are_for_sum_and_mean_only),
        cmocka_unit_test(test_row_weights_given_with_a_call_take_the_place_of_those_of_the_handle),
        cmocka_unit_test(test_ranges_of_rows_with_row_weights),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
