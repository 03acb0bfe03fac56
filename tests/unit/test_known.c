/* SPDX-License-Identifier: MIT */
/* Known numbers of sums and means, from systems and books that publish them: each case names its source. */
#include "known.h"

/* Source: the article that this project starts from, its example of a weighted sum. */
static const double article_outputs[] = {1, 2, 3, 4, 5, 6, 7, 8, 9};
static const double article_weights[] = {.3, .4, .3};
static const double article_expected[] = {4, 5, 6};

TEST(test_the_example_of_the_article_as_a_sum)
{
    const struct known known = EXACTLY(ENSEMBLE_SUM, 3, 1, 3, article_outputs, article_weights, article_expected);

    assert_known(&known);
}

TEST(test_the_example_of_the_article_as_a_mean)
{
    const struct known known = EXACTLY(ENSEMBLE_MEAN, 3, 1, 3, article_outputs, article_weights, article_expected);

    assert_known(&known);
}

/* Source: auto-sklearn, testPredict in its test of EnsembleSelection: two rows, two classes. */
static const double sklearn_outputs[] = {.9, .1, .4, .6, .8, .2, .3, .7, 1, 0, .1, .9, .5, .5, .5, .5};
static const double sklearn_weights[] = {.7, .2, .1, 0};
static const double sklearn_expected[] = {.89, .11, .35, .65};

TEST(test_the_probabilities_of_sklearn_as_a_sum)
{
    const struct known known = EXACTLY(ENSEMBLE_SUM, 3, 2, 2, sklearn_outputs, sklearn_weights, sklearn_expected);

    assert_known(&known);
}

TEST(test_the_probabilities_of_sklearn_as_a_mean)
{
    const struct known known = EXACTLY(ENSEMBLE_MEAN, 3, 2, 2, sklearn_outputs, sklearn_weights, sklearn_expected);

    assert_known(&known);
}

/* Source: the same test; a fourth model of weight 0 changes nothing. */
TEST(test_the_fourth_model_of_sklearn_has_weight_0)
{
    const struct known known = EXACTLY(ENSEMBLE_SUM, 4, 2, 2, sklearn_outputs, sklearn_weights, sklearn_expected);
    const struct known mean = EXACTLY(ENSEMBLE_MEAN, 4, 2, 2, sklearn_outputs, sklearn_weights, sklearn_expected);

    assert_known(&known);
    assert_known(&mean);
}

/* Source: combo, test_score_comb: three rows of two scores, here two models of one value per row. */
static const double combo_outputs[] = {1, 3, 5, 2, 4, 6};

TEST(test_the_weighted_scores_of_combo)
{
    const double weights[] = {.2, .6}, expected[] = {1.75, 3.75, 5.75};
    const struct known known = EXACTLY(ENSEMBLE_MEAN, 2, 3, 1, combo_outputs, weights, expected);

    assert_known(&known);
}

TEST(test_the_unweighted_scores_of_combo)
{
    const double expected[] = {1.5, 3.5, 5.5};
    const struct known mean = EXACTLY(ENSEMBLE_MEAN, 2, 3, 1, combo_outputs, NULL, expected);
    const struct known sum = EXACTLY(ENSEMBLE_SUM, 2, 3, 1, combo_outputs, NULL, expected);

    assert_known(&mean);
    assert_known(&sum);
}

/* Source: the ONNX operators Mean and Sum, their examples. */
static const double onnx_outputs[] = {3, 0, 2, 1, 3, 4, 2, 6, 6};

TEST(test_the_mean_of_onnx)
{
    const double expected[] = {2, 3, 4};
    const struct known known = EXACTLY(ENSEMBLE_MEAN, 3, 1, 3, onnx_outputs, NULL, expected);

    assert_known(&known);
}

TEST(test_the_sum_of_onnx)
{
    const double weights[] = {1, 1, 1}, expected[] = {6, 9, 12};
    const struct known known = EXACTLY(ENSEMBLE_SUM, 3, 1, 3, onnx_outputs, weights, expected);

    assert_known(&known);
}

/* Source: OpenSearch, neural-search, the test of its arithmetic mean technique: no score is missing. */
TEST(test_the_scores_of_opensearch)
{
    const double outputs[] = {1.0, .5, .3}, weights[] = {.45, .15, .40}, expected[] = {.645};
    const struct known known = EXACTLY(ENSEMBLE_MEAN, 3, 1, 1, outputs, weights, expected);
    const struct known sum = EXACTLY(ENSEMBLE_SUM, 3, 1, 1, outputs, weights, expected);

    assert_known(&known);
    assert_known(&sum);
}

/* Source: the same, a score of 0 between others: it counts like any other value. */
TEST(test_a_score_of_0_of_opensearch)
{
    const double outputs[] = {1.0, 0.0, 0.6}, weights[] = {.45, .15, .40}, expected[] = {.69};
    const struct known known = EXACTLY(ENSEMBLE_MEAN, 3, 1, 1, outputs, weights, expected);

    assert_known(&known);
}

/* Source: DESlib, its test of the mean rule, with the classifiers of Kuncheva's book. */
TEST(test_the_mean_of_kuncheva_s_five_models)
{
    const double outputs[] = {.1, .5, .4, 0, 0, 1, .4, .3, .4, .2, .7, .1, .1, .8, .2}, expected[] = {.16, .46, .42};
    const struct known known = EXACTLY(ENSEMBLE_MEAN, 5, 1, 3, outputs, NULL, expected);

    assert_known(&known);
}

/* Source: the definition of the linear opinion pool (Stone, 1961), on two models that disagree. */
TEST(test_the_linear_pool_of_two_models_that_disagree)
{
    const double outputs[] = {.90, .09, .01, .01, .50, .49}, weights[] = {.5, .5}, expected[] = {.455, .295, .25};
    const struct known known = EXACTLY(ENSEMBLE_MEAN, 2, 1, 3, outputs, weights, expected);

    assert_known(&known);
}

/* Source: four forecasts of one event, pooled with equal weights; linear pool 1.10 %. */
TEST(test_the_linear_pool_of_four_forecasts)
{
    const double outputs[] = {.0140, .0221, .0039, .0040}, expected[] = {.0110};
    const struct known known = EXACTLY(ENSEMBLE_MEAN, 4, 1, 1, outputs, NULL, expected);

    assert_known(&known);
}

/* Source: ranx, its weighted sum of three lists of scores; what a list does not have scores 0. */
TEST(test_the_weighted_sum_of_ranx)
{
    const double outputs[] = {1, 2, 3, 3, 2, 0, 0, 0, 1}, weights[] = {.3, .2, .5}, expected[] = {.9, 1.0, 1.4};
    const struct known known = EXACTLY(ENSEMBLE_SUM, 3, 1, 3, outputs, weights, expected);

    assert_known(&known);
}

/* Source: ranx, CombSUM of the same lists. */
TEST(test_combsum_of_ranx)
{
    const double outputs[] = {1, 2, 3, 3, 2, 0, 0, 0, 1}, weights[] = {1, 1, 1}, expected[] = {4, 4, 4};
    const struct known known = EXACTLY(ENSEMBLE_SUM, 3, 1, 3, outputs, weights, expected);

    assert_known(&known);
}

/* Source: chainer, issue 7681: accumulating 300 values of 500 in float16 gives infinity. */
TEST(test_300_float16_models_that_say_500_have_the_mean_500)
{
    const uint16_t says = 0x5FD0; /* 500 */
    const int32_t methods[] = {ENSEMBLE_SUM, ENSEMBLE_MEAN};
    struct ensemble *e = ensemble_of(1);

    for (size_t i = 0; i < 300; i++)
        add(e, &says, ENSEMBLE_F16, 1);
    for (size_t i = 0; i < LENGTH(methods); i++) {
        uint16_t y16;
        float y32;
        double y64;

        assert_int_equal(ensemble_set_method(e, methods[i]), 0);
        assert_int_equal(ensemble_combine(e, &y16, ENSEMBLE_F16, 1), 0);
        assert_int_equal(ensemble_combine(e, &y32, ENSEMBLE_F32, 1), 0);
        assert_int_equal(ensemble_combine(e, &y64, ENSEMBLE_F64, 1), 0);
        assert_int_equal(y16, says);
        assert_near((double)y32, 500, 5e-3); /* 300 roundings of at most 2^-16 each; 1e-3 x 500 is allowed */
        assert_near(y64, 500, 1e-10);
    }
    ensemble_destroy(e);
}

/* The same with a plain sum: 150000 is beyond float16, and so infinite there, but nowhere else. */
TEST(test_300_float16_models_that_say_500_have_the_sum_150000)
{
    const uint16_t says = 0x5FD0;
    double weights[300];
    struct ensemble *e = ensemble_of(1);
    uint16_t y16;
    float y32;

    for (size_t i = 0; i < 300; i++) {
        add(e, &says, ENSEMBLE_F16, 1);
        weights[i] = 1;
    }
    assert_int_equal(ensemble_set_weights(e, weights, 300), 0);
    assert_int_equal(ensemble_combine(e, &y32, ENSEMBLE_F32, 1), 0);
    assert_int_equal(ensemble_combine(e, &y16, ENSEMBLE_F16, 1), 0);
    assert_true(y32 == 150000);
    assert_int_equal(y16, 0x7C00);
    ensemble_destroy(e);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_example_of_the_article_as_a_sum),
        cmocka_unit_test(test_the_example_of_the_article_as_a_mean),
        cmocka_unit_test(test_the_probabilities_of_sklearn_as_a_sum),
        cmocka_unit_test(test_the_probabilities_of_sklearn_as_a_mean),
        cmocka_unit_test(test_the_fourth_model_of_sklearn_has_weight_0),
        cmocka_unit_test(test_the_weighted_scores_of_combo),
        cmocka_unit_test(test_the_unweighted_scores_of_combo),
        cmocka_unit_test(test_the_mean_of_onnx),
        cmocka_unit_test(test_the_sum_of_onnx),
        cmocka_unit_test(test_the_scores_of_opensearch),
        cmocka_unit_test(test_a_score_of_0_of_opensearch),
        cmocka_unit_test(test_the_mean_of_kuncheva_s_five_models),
        cmocka_unit_test(test_the_linear_pool_of_two_models_that_disagree),
        cmocka_unit_test(test_the_linear_pool_of_four_forecasts),
        cmocka_unit_test(test_the_weighted_sum_of_ranx),
        cmocka_unit_test(test_combsum_of_ranx),
        cmocka_unit_test(test_300_float16_models_that_say_500_have_the_mean_500),
        cmocka_unit_test(test_300_float16_models_that_say_500_have_the_sum_150000),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
