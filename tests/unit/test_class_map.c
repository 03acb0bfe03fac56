/* SPDX-License-Identifier: MIT */
/* Models with classes of their own: what they say, and what they do not say, of the ensemble's classes. */
#include "mapped.h"

#define INF ((double)INFINITY)
#define NOT ((double)NAN)
#define ABSENT ENSEMBLE_LEAVE_OUT_ABSENT

static void leave_out(const struct mapped *mapped, int32_t policy, double quorum)
{
    assert_int_equal(ensemble_set_missing_policy(mapped->e, policy, quorum), 0);
}

/* A tolerance that is absolute: values of at most 1, from inputs of any dtype. */
static double allowed(int32_t dtype)
{
    return dtype == ENSEMBLE_F64 ? 5.01e-11 : dtype == ENSEMBLE_F32 ? 1e-6 : 1e-3;
}

static void assert_map(const struct mapped *mapped, const double *expected, size_t count)
{
    assert_result(mapped->e, ENSEMBLE_F32, expected, count, allowed(mapped->dtype) + 1e-6);
    assert_result(mapped->e, ENSEMBLE_F64, expected, count, allowed(mapped->dtype));
}

/* Source: the definition of a mean over the union of two label sets; what a model does not know has probability 0. */
TEST(test_two_models_of_different_label_sets)
{
    const double a[] = {.2, .8}, b[] = {1}, expected[] = {.1, .5, .4};
    const int32_t a_map[] = {0, 2}, b_map[] = {1}, methods[] = {ENSEMBLE_MEAN, ENSEMBLE_SUM};

    for (size_t m = 0; m < LENGTH(methods); m++)
        for (size_t i = 0; i < LENGTH(number_dtypes); i++) {
            struct mapped mapped = mapped_of(methods[m], number_dtypes[i], 3);

            add_mapped(&mapped, a, 1, a_map, 2);
            add_mapped(&mapped, b, 1, b_map, 1);
            assert_map(&mapped, expected, 3);
            forget_mapped(&mapped);
        }
}

/* Source: the same, where one model knows everything: absent is probability 0, or it is missing. */
TEST(test_an_absent_class_is_0_or_left_out)
{
    const double a[] = {.2, .3, .5}, b[] = {1}, zero[] = {.1, .65, .25}, left_out[] = {.2, .65, .5};
    const double normalised[] = {.1481481481, .4814814815, .3703703704};
    const int32_t a_map[] = {0, 1, 2}, b_map[] = {1}, methods[] = {ENSEMBLE_MEAN, ENSEMBLE_SUM};

    for (size_t m = 0; m < LENGTH(methods); m++)
        for (size_t i = 0; i < LENGTH(number_dtypes); i++) {
            struct mapped mapped = mapped_of(methods[m], number_dtypes[i], 3);

            add_mapped(&mapped, a, 1, a_map, 3);
            add_mapped(&mapped, b, 1, b_map, 1);
            assert_map(&mapped, zero, 3);
            leave_out(&mapped, ABSENT, 1); /* absent classes do not count for a quorum */
            assert_map(&mapped, left_out, 3);
            assert_int_equal(ensemble_set_result(mapped.e, ENSEMBLE_RESULT_NORMALISED, 0), 0);
            assert_map(&mapped, normalised, 3);
            leave_out(&mapped, 0, 0);
            assert_map(&mapped, zero, 3); /* its sum is 1 */
            forget_mapped(&mapped);
        }
}

/* Two rows each, the columns in another order. */
TEST(test_a_map_may_be_any_order)
{
    const double values[] = {1, 2, 3, 4, 5, 6}, expected[] = {2, 3, 1, 5, 6, 4};
    const int32_t map[] = {2, 0, 1};

    for (size_t i = 0; i < LENGTH(number_dtypes); i++) {
        struct mapped mapped = mapped_of(ENSEMBLE_SUM, number_dtypes[i], 3);

        add_mapped(&mapped, values, 2, map, 3);
        for (size_t k = 0; k < LENGTH(number_dtypes); k++)
            assert_result(mapped.e, number_dtypes[k], expected, 6, 0);
        forget_mapped(&mapped);
    }
}

/* More columns than the ensemble has classes; what stands in those that it does not have is no matter. */
TEST(test_columns_of_no_class_are_not_looked_at)
{
    const double values[] = {NOT, 1, INF, 2, NOT, -INF, 3, NOT, 4, 5}, expected[] = {2, 1, 4, 3};
    const int32_t map[] = {-1, 1, -1, 0, -1};

    for (int32_t policy = 0; policy <= ENSEMBLE_LEAVE_OUT_NAN; policy += ENSEMBLE_LEAVE_OUT_NAN)
        for (size_t i = 0; i < LENGTH(number_dtypes); i++) {
            struct mapped mapped = mapped_of(ENSEMBLE_MEAN, number_dtypes[i], 2);

            add_mapped(&mapped, values, 2, map, 5);
            leave_out(&mapped, policy, 0);
            assert_result(mapped.e, ENSEMBLE_F32, expected, 4, 0);
            assert_result(mapped.e, ENSEMBLE_F64, expected, 4, 0);
            forget_mapped(&mapped);
        }
}

/* The softmax goes over all columns: of four that are equal, two are classes of the ensemble. */
TEST(test_columns_of_no_class_count_towards_the_softmax_of_logits)
{
    const double values[] = {5, 5, 5, 5, NOT, 5, 5, 5, 5, 5, 5, INF}, expected[] = {.25, 0, .25};
    const int32_t map[] = {2, -1, 0, -1};

    for (size_t i = 0; i < LENGTH(float_and_double); i++) {
        struct mapped mapped = mapped_of(ENSEMBLE_MEAN, float_and_double[i], 3);
        double y[9];

        add_mapped(&mapped, values, 3, map, 4);
        assert_int_equal(ensemble_set_input(mapped.e, 0, ENSEMBLE_LOGITS, 0), 0);
        combine_to(mapped.e, float_and_double[i], y, 9);
        assert_values(y, expected, 3, 2 * unit_of(float_and_double[i]));
        for (size_t k = 0; k < 3; k += 2)
            assert_true(is_nan(y[3 + k]) && is_nan(y[6 + k]));
        forget_mapped(&mapped);
    }
}

/* Probability 0 in every space, and its logarithm where that is what is combined. */
TEST(test_an_absent_class_has_probability_0_in_every_space)
{
    const int32_t spaces[] = {ENSEMBLE_AS_IS, ENSEMBLE_PROBABILITIES, ENSEMBLE_LOG_PROBABILITIES, ENSEMBLE_LOGITS,
                              ENSEMBLE_BINARY_LOGITS};
    const int32_t methods[] = {ENSEMBLE_SUM,     ENSEMBLE_MEAN, ENSEMBLE_GEOMETRIC, ENSEMBLE_HARMONIC, ENSEMBLE_POWER,
                               ENSEMBLE_LOG_POOL, ENSEMBLE_MIN,  ENSEMBLE_MAX,       ENSEMBLE_PRODUCT,  ENSEMBLE_MEDIAN,
                               ENSEMBLE_TRIMMED};
    const double values[] = {.5, .5};
    const int32_t map[] = {0, 2};

    for (size_t s = 0; s < LENGTH(spaces); s++)
        for (size_t m = 0; m < LENGTH(methods); m++)
            for (size_t i = 0; i < LENGTH(float_and_double); i++) {
                struct mapped mapped = mapped_of(methods[m], float_and_double[i], 3);
                double y[3];

                add_mapped(&mapped, values, 1, map, 2);
                assert_int_equal(ensemble_set_input(mapped.e, 0, spaces[s], 0), 0);
                combine_to(mapped.e, float_and_double[i], y, 3);
                assert_true(y[0] > .4 && y[1] == 0 && y[2] > .4);
                leave_out(&mapped, ABSENT, 0);
                combine_to(mapped.e, float_and_double[i], y, 3);
                assert_true(is_nan(y[1])); /* nobody is left for that class */
                forget_mapped(&mapped);
            }
}

/* Of two models the other one decides, where absent classes are left out; where not, a 0 is among what is combined. */
TEST(test_absent_classes_of_every_method)
{
    const double a[] = {.5, .25, .25}, b[] = {.5, .5};
    const int32_t a_map[] = {0, 1, 2}, b_map[] = {0, 1};
    const struct {
        int32_t method;
        double zero, left_out; /* of the class that the second model does not have */
    } cases[] = {
        {ENSEMBLE_SUM, .125, .25},     {ENSEMBLE_MEAN, .125, .25}, {ENSEMBLE_GEOMETRIC, 0, .25},
        {ENSEMBLE_HARMONIC, 0, .25},   {ENSEMBLE_MIN, 0, .25},     {ENSEMBLE_MAX, .25, .25},
        {ENSEMBLE_PRODUCT, 0, .25},    {ENSEMBLE_MEDIAN, .125, .25}, {ENSEMBLE_TRIMMED, .125, .25},
        {ENSEMBLE_POWER, .1767766952966369, .25},
    };

    for (size_t c = 0; c < LENGTH(cases); c++)
        for (size_t i = 0; i < LENGTH(float_and_double); i++) {
            struct mapped mapped = mapped_of(cases[c].method, float_and_double[i], 3);
            double y[3];

            add_mapped(&mapped, a, 1, a_map, 3);
            add_mapped(&mapped, b, 1, b_map, 2);
            combine_to(mapped.e, float_and_double[i], y, 3);
            assert_near(y[2], cases[c].zero, 4 * unit_of(float_and_double[i]));
            leave_out(&mapped, ABSENT, 0);
            combine_to(mapped.e, float_and_double[i], y, 3);
            assert_near(y[2], cases[c].left_out, 4 * unit_of(float_and_double[i]));
            forget_mapped(&mapped);
        }
}

/* Geometric means .5, sqrt(.125) and the first model's own .25, each divided by their sum. */
TEST(test_the_logarithmic_pool_with_absent_classes)
{
    const double a[] = {.5, .25, .25}, b[] = {.5, .5};
    const int32_t a_map[] = {0, 1, 2}, b_map[] = {0, 1};
    const double two = .5 + .3535533905932738, three = two + .25;
    const double zero[] = {.5 / two, .3535533905932738 / two, 0};
    const double left_out[] = {.5 / three, .3535533905932738 / three, .25 / three};

    for (size_t i = 0; i < LENGTH(float_and_double); i++) {
        struct mapped mapped = mapped_of(ENSEMBLE_LOG_POOL, float_and_double[i], 3);

        add_mapped(&mapped, a, 1, a_map, 3);
        add_mapped(&mapped, b, 1, b_map, 2);
        assert_result(mapped.e, float_and_double[i], zero, 3, 8 * unit_of(float_and_double[i]));
        leave_out(&mapped, ABSENT, 0);
        assert_result(mapped.e, float_and_double[i], left_out, 3, 8 * unit_of(float_and_double[i]));
        forget_mapped(&mapped);
    }
}

/* Wide rows: a random half of the classes, in random order, with columns of no class among them. */
TEST(test_maps_of_wide_rows)
{
    const size_t width = 1000, n = 700, rows = 3;
    double *values = malloc(rows * n * sizeof *values), *expected = calloc(rows * width, sizeof *expected);
    int32_t map[700], classes[1000];
    struct rng rng = {21};

    assert_true(values != NULL && expected != NULL);
    for (size_t i = 0; i < width; i++)
        classes[i] = (int32_t)i;
    for (size_t i = 0; i < n; i++) {
        const size_t other = rng_between(&rng, i, width - 1);
        const int32_t kept = classes[i];

        classes[i] = classes[other];
        classes[other] = kept;
        map[i] = rng_one_in(&rng, 4) ? -1 : classes[i];
    }
    for (size_t i = 0; i < rows * n; i++) {
        values[i] = (double)rng_below(&rng, 200);
        if (map[i % n] >= 0)
            expected[i / n * width + (size_t)map[i % n]] = values[i];
    }
    for (size_t i = 0; i < LENGTH(number_dtypes); i++) {
        struct mapped mapped = mapped_of(ENSEMBLE_SUM, number_dtypes[i], width);

        add_mapped(&mapped, values, rows, map, n);
        assert_result(mapped.e, ENSEMBLE_F32, expected, rows * width, 0);
        assert_result(mapped.e, ENSEMBLE_F64, expected, rows * width, 0);
        forget_mapped(&mapped);
    }
    free(values);
    free(expected);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_two_models_of_different_label_sets),
        cmocka_unit_test(test_an_absent_class_is_0_or_left_out),
        cmocka_unit_test(test_a_map_may_be_any_order),
        cmocka_unit_test(test_columns_of_no_class_are_not_looked_at),
        cmocka_unit_test(test_columns_of_no_class_count_towards_the_softmax_of_logits),
        cmocka_unit_test(test_an_absent_class_has_probability_0_in_every_space),
        cmocka_unit_test(test_absent_classes_of_every_method),
        cmocka_unit_test(test_the_logarithmic_pool_with_absent_classes),
        cmocka_unit_test(test_maps_of_wide_rows),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
