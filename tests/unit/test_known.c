/* SPDX-License-Identifier: MIT */
/*
 * Known numbers: values that other systems publish in their tests or manuals. Each case is computed from inputs of
 * every dtype; the digits hold in double, to 1e-6 of the largest term in float, and to 1e-3 from 16-bit inputs.
 */
#include "support.h"

#include "base/half.h"

#define MOST_VALUES 6

struct known {
    int32_t method;
    size_t n_models, rows, width;
    const double *outputs; /* n_models matrices of rows x width */
    const double *weights; /* or NULL */
    const double *expected;
};

static size_t put(unsigned char *to, double value, int32_t dtype)
{
    const float f32 = (float)value;
    const uint16_t half = dtype == ENSEMBLE_F16 ? ens_f16_from_f64(value) : ens_bf16_from_f64(value);

    switch (dtype) {
    case ENSEMBLE_F32:
        memcpy(to, &f32, sizeof f32);
        return sizeof f32;
    case ENSEMBLE_F64:
        memcpy(to, &value, sizeof value);
        return sizeof value;
    default:
        memcpy(to, &half, sizeof half);
        return sizeof half;
    }
}

static void assert_results(const struct ensemble *e, const struct known *known, double tolerance32, double tolerance64)
{
    const size_t count = known->rows * known->width;
    float y32[MOST_VALUES];
    double y64[MOST_VALUES];

    assert_int_equal(ensemble_combine(e, y32, ENSEMBLE_F32, count), 0);
    assert_int_equal(ensemble_combine(e, y64, ENSEMBLE_F64, count), 0);
    for (size_t i = 0; i < count; i++) {
        assert_near((double)y32[i], known->expected[i], tolerance32);
        assert_near(y64[i], known->expected[i], tolerance64);
    }
}

static void assert_known_in(const struct known *known, int32_t dtype, double tolerance32, double tolerance64)
{
    const size_t count = known->rows * known->width;
    unsigned char data[300][MOST_VALUES * sizeof(double)];
    struct ensemble *e = ensemble_of(known->width);

    for (size_t model = 0; model < known->n_models; model++) {
        unsigned char *at = data[model];

        for (size_t i = 0; i < count; i++)
            at += put(at, known->outputs[model * count + i], dtype);
        add(e, data[model], dtype, known->rows);
    }
    assert_int_equal(ensemble_set_weights(e, known->weights, known->weights != NULL ? known->n_models : 0), 0);
    assert_int_equal(ensemble_set_method(e, known->method), 0);
    assert_results(e, known, tolerance32, tolerance64);
    ensemble_destroy(e);
}

static void assert_known(const struct known *known)
{
    double largest = 0;

    for (size_t i = 0; i < known->n_models * known->rows * known->width; i++)
        largest = known->outputs[i] > largest ? known->outputs[i] : largest;
    assert_known_in(known, ENSEMBLE_F64, 1e-6 * largest, 1e-15 * largest);
    assert_known_in(known, ENSEMBLE_F32, 1e-6 * largest, 1e-6 * largest);
    assert_known_in(known, ENSEMBLE_F16, 1e-3 * largest, 1e-3 * largest);
    assert_known_in(known, ENSEMBLE_BF16, 1e-3 * largest, 1e-3 * largest);
}

/* Source: the article that this project starts from, its example of a weighted sum. */
static const double article_outputs[] = {1, 2, 3, 4, 5, 6, 7, 8, 9};
static const double article_weights[] = {.3, .4, .3};
static const double article_expected[] = {4, 5, 6};

TEST(test_the_example_of_the_article_as_a_sum)
{
    const struct known known = {ENSEMBLE_SUM, 3, 1, 3, article_outputs, article_weights, article_expected};

    assert_known(&known);
}

TEST(test_the_example_of_the_article_as_a_mean)
{
    const struct known known = {ENSEMBLE_MEAN, 3, 1, 3, article_outputs, article_weights, article_expected};

    assert_known(&known);
}

/* Source: auto-sklearn, testPredict in its test of EnsembleSelection: two rows, two classes. */
static const double autosklearn_outputs[] = {.9, .1, .4, .6, .8, .2, .3, .7, 1, 0, .1, .9, .5, .5, .5, .5};
static const double autosklearn_weights[] = {.7, .2, .1, 0};
static const double autosklearn_expected[] = {.89, .11, .35, .65};

TEST(test_the_probabilities_of_autosklearn_as_a_sum)
{
    const struct known known = {ENSEMBLE_SUM, 3, 2, 2, autosklearn_outputs, autosklearn_weights, autosklearn_expected};

    assert_known(&known);
}

TEST(test_the_probabilities_of_autosklearn_as_a_mean)
{
    const struct known known = {ENSEMBLE_MEAN, 3, 2, 2, autosklearn_outputs, autosklearn_weights, autosklearn_expected};

    assert_known(&known);
}

/* Source: the same test; a fourth model of weight 0 changes nothing. */
TEST(test_the_fourth_model_of_autosklearn_has_weight_0)
{
    const struct known known = {ENSEMBLE_SUM, 4, 2, 2, autosklearn_outputs, autosklearn_weights, autosklearn_expected};
    const struct known mean = {ENSEMBLE_MEAN, 4, 2, 2, autosklearn_outputs, autosklearn_weights, autosklearn_expected};

    assert_known(&known);
    assert_known(&mean);
}

/* Source: combo, test_score_comb: three rows of two scores, here two models of one value per row. */
static const double combo_outputs[] = {1, 3, 5, 2, 4, 6};

TEST(test_the_weighted_scores_of_combo)
{
    const double weights[] = {.2, .6}, expected[] = {1.75, 3.75, 5.75};
    const struct known known = {ENSEMBLE_MEAN, 2, 3, 1, combo_outputs, weights, expected};

    assert_known(&known);
}

TEST(test_the_unweighted_scores_of_combo)
{
    const double expected[] = {1.5, 3.5, 5.5};
    const struct known mean = {ENSEMBLE_MEAN, 2, 3, 1, combo_outputs, NULL, expected};
    const struct known sum = {ENSEMBLE_SUM, 2, 3, 1, combo_outputs, NULL, expected};

    assert_known(&mean);
    assert_known(&sum);
}

/* Source: the ONNX operators Mean and Sum, their examples. */
static const double onnx_outputs[] = {3, 0, 2, 1, 3, 4, 2, 6, 6};

TEST(test_the_mean_of_onnx)
{
    const double expected[] = {2, 3, 4};
    const struct known known = {ENSEMBLE_MEAN, 3, 1, 3, onnx_outputs, NULL, expected};

    assert_known(&known);
}

TEST(test_the_sum_of_onnx)
{
    const double weights[] = {1, 1, 1}, expected[] = {6, 9, 12};
    const struct known known = {ENSEMBLE_SUM, 3, 1, 3, onnx_outputs, weights, expected};

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
        cmocka_unit_test(test_the_probabilities_of_autosklearn_as_a_sum),
        cmocka_unit_test(test_the_probabilities_of_autosklearn_as_a_mean),
        cmocka_unit_test(test_the_fourth_model_of_autosklearn_has_weight_0),
        cmocka_unit_test(test_the_weighted_scores_of_combo),
        cmocka_unit_test(test_the_unweighted_scores_of_combo),
        cmocka_unit_test(test_the_mean_of_onnx),
        cmocka_unit_test(test_the_sum_of_onnx),
        cmocka_unit_test(test_300_float16_models_that_say_500_have_the_mean_500),
        cmocka_unit_test(test_300_float16_models_that_say_500_have_the_sum_150000),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
