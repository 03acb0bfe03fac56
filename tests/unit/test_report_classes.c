/* SPDX-License-Identifier: MIT */
/* Reports of rows with classes that no model speaks of: they are no NaN, and a NaN is not one of them. */
#include "report.h"

/* Class 1 has no weight. */
static const double without_one[] = {1, 0, 1, 3, 0, 2};

static struct said weighed(const double *values, const double *weights, int32_t form)
{
    struct said said = say(ENSEMBLE_MEAN, ENSEMBLE_F64, values, 2, 2, 3);

    interpret(&said, ENSEMBLE_PROBABILITIES, 0);
    assert_int_equal(ensemble_set_class_weights(said.e, weights, 2, 3), 0);
    assert_int_equal(ensemble_set_result(said.e, form, 0), 0);
    return said;
}

/* The spread is that of the other classes, and a NaN of theirs leaves the row without an answer. */
TEST(test_a_nan_beside_a_class_that_no_model_speaks_of)
{
    const double values[] = {.5, .25, .25, .75, .25, (double)NAN, .5, .25, .25, .25, .5, .25};
    const int32_t forms[] = {ENSEMBLE_RESULT_AS_IS, ENSEMBLE_RESULT_LOG};
    const double spread = log(.75) - (.5 * log(.5) + .25 * log(.25)) / .75;

    for (size_t i = 0; i < LENGTH(forms); i++) {
        struct said said = weighed(values, without_one, forms[i]);
        struct told told = hear(&said, FIELD(ENTROPY) | FIELD(LABEL) | WHO | TOP, ENSEMBLE_F64);

        assert_int_equal(told.report.label[0], 0);
        assert_int_equal(told.report.row_fault[0], ENSEMBLE_ROW_SOUND);
        assert_near(told.report.entropy[0], spread, 1e-14);
        assert_int_equal(told.report.label[1], -1);
        assert_int_equal(told.report.row_fault[1], ENSEMBLE_ROW_NAN);
        assert_true(is_nan(told.report.entropy[1]));
        end_told(&told);
        forget(&said);
    }
}

/* No class of any model has a weight. */
TEST(test_rows_in_which_no_model_speaks_of_any_class)
{
    const double values[] = {.5, .25, .25, .75, .25, 0, .5, .25, .25, .25, .5, .25}, weights[6] = {0};
    struct said said = weighed(values, weights, ENSEMBLE_RESULT_AS_IS);
    struct told told = hear(&said, FIELD(ENTROPY) | FIELD(LABEL) | FIELD(CONFIDENCE) | WHO | TOP, ENSEMBLE_F64);
    double y[6];

    combine_to(said.e, ENSEMBLE_F64, y, 6);
    for (size_t row = 0; row < 2; row++) {
        assert_int_equal(told.report.label[row], -1);
        assert_int_equal(told.report.row_fault[row], ENSEMBLE_ROW_NOBODY);
        assert_true(is_nan(told.report.entropy[row]) && is_nan(told.report.confidence[row]));
        for (size_t j = 0; j < 3; j++) {
            assert_true(is_nan(y[3 * row + j]));
            assert_int_equal(told.report.top_labels[3 * row + j], -1);
        }
    }
    end_told(&told);
    forget(&said);
}

/* MIN and MAX do not divide by weights; what models say of each other does: of class 1, by an infinite sum. */
TEST(test_measures_of_a_class_whose_weights_have_an_infinite_sum)
{
    const double values[] = {.5, .25, .25, .75, .25, 0, .25, .25, .5, .25, .5, .25};
    const double weights[] = {1, 1e308, 1, 3, 1e308, 2};
    const int32_t methods[] = {ENSEMBLE_MIN, ENSEMBLE_MAX};

    for (size_t i = 0; i < LENGTH(methods); i++) {
        struct said said = weighed(values, weights, ENSEMBLE_RESULT_AS_IS);
        struct told told = told_of(OF_PROBABILITIES | FIELD(VARIANCE) | FIELD(LABEL), 2, 3, 2, 0);

        assert_int_equal(ensemble_set_method(said.e, methods[i]), 0);
        ask(said.e, &told, ENSEMBLE_F64);
        for (size_t row = 0; row < 2; row++) {
            assert_int_equal(told.report.label[row], 0);
            assert_true(is_nan(told.report.mean_entropy[row]) && is_nan(told.report.mutual_information[row]));
            assert_true(is_nan(told.report.variation_ratio[row]) && is_nan(told.report.conflict[row]));
            for (size_t j = 0; j < 3; j++)
                assert_int_equal(is_nan(told.report.variance[3 * row + j]), j == 1);
        }
        end_told(&told);
        forget(&said);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_nan_beside_a_class_that_no_model_speaks_of),
        cmocka_unit_test(test_rows_in_which_no_model_speaks_of_any_class),
        cmocka_unit_test(test_measures_of_a_class_whose_weights_have_an_infinite_sum),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
