/* SPDX-License-Identifier: MIT */
/*
 * What follows from the definitions of methods, on random outputs. u is half a unit of the last place (unit_of()); the
 * bounds count roundings, each wrong by u of what is rounded at most. Outputs are at least 2^-10, so their logarithms
 * are at most 7 in size, and a logarithm that is wrong by 7 u makes exp() of it wrong by 7 u, relatively.
 */
#include "said.h"

#define MOST_MODELS 70
#define LARGEST_LOG 7.0

static const struct shape {
    size_t n, rows, width;
} shapes[] = {{1, 3, 5}, {2, 2, 2}, {3, 5, 10}, {4, 1, 1}, {5, 4, 33}, {9, 2, 100}, {8, 2, 257}, {65, 1, 300}};

/* Probabilities: each row is positive and sums to 1, up to a rounding of each value. */
static double *probabilities(const struct shape *shape, struct rng *rng, int32_t dtype)
{
    const size_t rows = shape->n * shape->rows, width = shape->width;
    double *values = malloc(2 * rows * width * sizeof *values); /* with room for every model twice */

    assert_non_null(values);
    for (size_t row = 0; row < rows; row++) {
        double sum = 0;

        for (size_t i = 0; i < width; i++)
            sum += values[row * width + i] = 1 + 7 * rng_unit(rng);
        for (size_t i = 0; i < width; i++) {
            unsigned char one[sizeof(double)];

            put_number(one, dtype, values[row * width + i] / sum + (width > 100 ? 0x1p-10 : 0));
            values[row * width + i] = get_number(one, dtype);
        }
    }
    return values;
}

/* Weights in steps of 1/64, whose halves are exact, and so are their sums; they sum to anything. */
static void draw_weights(struct rng *rng, double *weights, size_t n)
{
    for (size_t i = 0; i < n; i++)
        weights[i] = (double)rng_between(rng, 1, 64) / 64;
}

/* How far a method's values may be from the truth, relatively, with n models. */
static double error_of(int32_t method, size_t n, size_t width, int32_t dtype)
{
    const double u = unit_of(dtype), sums = 2 * (double)n + 4; /* quotients of weights, products, sums, and the rest */

    switch (method) {
    case ENSEMBLE_GEOMETRIC:
        return sums * (1 + LARGEST_LOG) * u;
    case ENSEMBLE_POWER: /* logarithms and exp() twice, in double; in the end a rounding */
        return 2 * sums * (1 + LARGEST_LOG) * 0x1p-53 + u;
    case ENSEMBLE_LOG_POOL:
        return (2 * sums * (1 + LARGEST_LOG) + (double)width) * u;
    case ENSEMBLE_MIN:
    case ENSEMBLE_MAX:
    case ENSEMBLE_MEDIAN:
        return 0;
    default:
        return sums * u;
    }
}

static void assert_close(const double *y, const double *expected, size_t count, double relative, int32_t method)
{
    for (size_t i = 0; i < count; i++)
        if (!(fabs(y[i] - expected[i]) <= relative * fabs(expected[i])))
            fail_msg("method %d: value %zu is %.17g, not %.17g", (int)method, i, y[i], expected[i]);
}

/* One property, tried with every shape, in float and double. */
static void try_all(uint64_t seed, void (*property)(const struct shape *shape, const double *values, struct rng *rng,
                                                    int32_t dtype))
{
    struct rng rng = {seed};

    for (size_t s = 0; s < LENGTH(shapes); s++)
        for (size_t i = 0; i < LENGTH(float_and_double); i++) {
            double *values = probabilities(&shapes[s], &rng, float_and_double[i]);

            property(&shapes[s], values, &rng, float_and_double[i]);
            free(values);
        }
}

/* A model that is there twice, with half of its weight each, counts once. Not so for products and trimmed means. */
static void halved(const struct shape *shape, const double *values, struct rng *rng, int32_t dtype)
{
    const size_t n = shape->n, count = shape->rows * shape->width, twin = rng_below(rng, n);
    double *more = malloc((n + 1) * count * sizeof *more), *y = malloc(2 * count * sizeof *y), weights[MOST_MODELS + 1];

    assert_true(more != NULL && y != NULL);
    memcpy(more, values, n * count * sizeof *more);
    memcpy(more + n * count, values + twin * count, count * sizeof *more);
    for (int32_t method = ENSEMBLE_SUM; method <= ENSEMBLE_RANK; method++) {
        struct said said, with_twin;

        if (method == ENSEMBLE_PRODUCT || method == ENSEMBLE_TRIMMED)
            continue;
        said = say(method, dtype, values, n, shape->rows, shape->width);
        with_twin = say(method, dtype, more, n + 1, shape->rows, shape->width);
        draw_weights(rng, weights, n);
        weigh(&said, weights);
        weights[n] = weights[twin] /= 2;
        weigh(&with_twin, weights);
        combine_to(said.e, dtype, y, count);
        combine_to(with_twin.e, dtype, y + count, count);
        assert_close(y + count, y, count, 2 * error_of(method, n + 1, shape->width, dtype), method);
        forget(&said);
        forget(&with_twin);
    }
    free(more);
    free(y);
}

TEST(test_a_model_given_twice_with_half_its_weight_changes_nothing)
{
    try_all(30, halved);
}

/* Models that all say the same are one model; for LOG_POOL that is normalised already. */
static void equal(const struct shape *shape, const double *values, struct rng *rng, int32_t dtype)
{
    const size_t n = shape->n, count = shape->rows * shape->width;
    double *same = malloc(n * count * sizeof *same), *y = malloc(2 * count * sizeof *y), *expected = y + count;
    double weights[MOST_MODELS];

    assert_true(same != NULL && y != NULL);
    for (size_t model = 0; model < n; model++)
        memcpy(same + model * count, values, count * sizeof *same);
    for (int32_t method = ENSEMBLE_SUM; method <= ENSEMBLE_MAX; method++) {
        struct said said;

        if (method == ENSEMBLE_PRODUCT)
            continue;
        said = say(method, dtype, same, n, shape->rows, shape->width);
        draw_weights(rng, weights, n);
        if (method != ENSEMBLE_SUM && !rng_one_in(rng, 3))
            weigh(&said, weights);
        memcpy(expected, values, count * sizeof *values);
        for (size_t row = 0; row < shape->rows && method == ENSEMBLE_LOG_POOL; row++) {
            double sum = 0;

            for (size_t i = 0; i < shape->width; i++)
                sum += values[row * shape->width + i];
            for (size_t i = 0; i < shape->width; i++)
                expected[row * shape->width + i] /= sum;
        }
        combine_to(said.e, dtype, y, count);
        assert_close(y, expected, count, error_of(method, n, shape->width, dtype), method);
        forget(&said);
    }
    free(same);
    free(y);
}

TEST(test_models_that_say_the_same_give_the_model_back)
{
    try_all(31, equal);
}

/* One model alone: exactly itself where nothing but its value is looked at, and within a few roundings elsewhere. */
static void alone(const struct shape *shape, const double *values, struct rng *rng, int32_t dtype)
{
    const int32_t exact[] = {ENSEMBLE_SUM,    ENSEMBLE_MEAN, ENSEMBLE_PRODUCT, ENSEMBLE_MEDIAN,
                             ENSEMBLE_TRIMMED, ENSEMBLE_MIN,  ENSEMBLE_MAX};
    const int32_t near[] = {ENSEMBLE_GEOMETRIC, ENSEMBLE_HARMONIC, ENSEMBLE_POWER};
    const size_t count = shape->rows * shape->width;
    const double weight = (double)rng_between(rng, 1, 100) / 7;
    double *y = malloc(count * sizeof *y);

    assert_non_null(y);
    for (size_t m = 0; m < LENGTH(exact); m++) {
        struct said said = say(exact[m], dtype, values, 1, shape->rows, shape->width);

        assert_result(said.e, dtype, values, count, 0);
        if (exact[m] != ENSEMBLE_SUM) {
            weigh(&said, &weight);
            assert_result(said.e, dtype, values, count, 0);
        }
        forget(&said);
    }
    for (size_t m = 0; m < LENGTH(near); m++) {
        struct said said = say(near[m], dtype, values, 1, shape->rows, shape->width);

        weigh(&said, &weight);
        combine_to(said.e, dtype, y, count);
        assert_close(y, values, count, 2 * (1 + LARGEST_LOG) * unit_of(dtype), near[m]);
        forget(&said);
    }
    free(y);
}

TEST(test_one_model_alone_is_given_back)
{
    try_all(32, alone);
}

/* Every value of a result of probabilities lies in [0, 1 + n eps], eps = 2 u, also of those that are 0 or 1. */
static void within(const struct shape *shape, const double *values, struct rng *rng, int32_t dtype)
{
    const size_t n = shape->n, count = shape->rows * shape->width;
    double *extreme = malloc(n * count * sizeof *extreme), *y = malloc(count * sizeof *y), weights[MOST_MODELS];

    assert_true(extreme != NULL && y != NULL);
    for (size_t i = 0; i < n * count; i++)
        extreme[i] = rng_one_in(rng, 2) ? values[i] : rng_one_in(rng, 2) ? 1 : rng_one_in(rng, 8) ? 0 : 1 - 0x1p-24;
    for (int32_t method = ENSEMBLE_MEAN; method <= ENSEMBLE_VOTE; method++) {
        struct said said = say(method, dtype, extreme, n, shape->rows, shape->width);

        for (size_t i = 0; i < n; i++)
            weights[i] = .01 + rng_unit(rng);
        weigh(&said, weights);
        combine_to(said.e, dtype, y, count);
        for (size_t i = 0; i < count; i++) /* a row of LOG_POOL in which every class is ruled out is NaN */
            if (!(y[i] >= 0 && y[i] <= 1 + 2 * (double)n * unit_of(dtype)) && method != ENSEMBLE_LOG_POOL)
                fail_msg("method %d: value %zu is %.17g", (int)method, i, y[i]);
            else if (y[i] < 0 || y[i] > 1 + 2 * (double)n * unit_of(dtype))
                fail_msg("LOG_POOL: value %zu is %.17g", i, y[i]);
        forget(&said);
    }
    free(extreme);
    free(y);
}

TEST(test_results_of_probabilities_are_probabilities)
{
    try_all(33, within);
}

/* The values of a row add up to 1: `roundings` of them in all, of parts of 1. */
static void assert_rows_sum_to_1(const struct said *said, double roundings)
{
    const size_t count = said->rows * said->width;
    double *y = malloc(count * sizeof *y);

    assert_non_null(y);
    combine_to(said->e, said->dtype, y, count);
    for (size_t row = 0; row < said->rows; row++) {
        double sum = 0;

        for (size_t i = 0; i < said->width; i++)
            sum += y[row * said->width + i];
        assert_near(sum, 1, roundings * unit_of(said->dtype) + (double)said->width * 0x1p-53);
    }
    free(y);
}

static void sums(const struct shape *shape, const double *values, struct rng *rng, int32_t dtype)
{
    const double n = (double)shape->n, width = (double)shape->width;
    const int32_t divided[] = {ENSEMBLE_MEAN, ENSEMBLE_VOTE};
    double weights[MOST_MODELS];

    draw_weights(rng, weights, shape->n);
    for (size_t m = 0; m < 2; m++) {
        struct said said = say(divided[m], dtype, values, shape->n, shape->rows, shape->width);

        weigh(&said, weights);
        /* The rows that go in sum to 1 within a rounding, if they are as they are drawn; wide ones are not. */
        if (shape->width <= 100 || m == 1)
            assert_rows_sum_to_1(&said, 2 * n + 6);
        forget(&said);
    }
    for (int32_t method = ENSEMBLE_SUM; method <= ENSEMBLE_RANK; method++) {
        struct said said = say(method, dtype, values, shape->n, shape->rows, shape->width);

        weigh(&said, weights);
        assert_int_equal(ensemble_set_result(said.e, ENSEMBLE_RESULT_NORMALISED, 0), 0);
        if (method != ENSEMBLE_PRODUCT) /* that may be 0 */
            assert_rows_sum_to_1(&said, width + 4);
        assert_int_equal(ensemble_set_result(said.e, ENSEMBLE_RESULT_SOFTMAX, 0), 0);
        assert_rows_sum_to_1(&said, width + 4);
        assert_int_equal(ensemble_set_result(said.e, ENSEMBLE_RESULT_AS_IS, 0), 0);
        if (method == ENSEMBLE_LOG_POOL)
            assert_rows_sum_to_1(&said, width + 4);
        forget(&said);
    }
}

TEST(test_rows_of_pools_and_shares_sum_to_1)
{
    try_all(34, sums);
}

/* The harmonic mean is at most the geometric one, that at most the mean, and that at most the quadratic one. */
static void ordered(const struct shape *shape, const double *values, struct rng *rng, int32_t dtype)
{
    const int32_t methods[] = {ENSEMBLE_MIN,  ENSEMBLE_HARMONIC, ENSEMBLE_GEOMETRIC,
                               ENSEMBLE_MEAN, ENSEMBLE_POWER,    ENSEMBLE_MAX};
    const size_t count = shape->rows * shape->width;
    double *y = malloc(2 * count * sizeof *y), weights[MOST_MODELS];

    assert_non_null(y);
    draw_weights(rng, weights, shape->n);
    for (size_t m = 0; m < LENGTH(methods); m++) {
        struct said said = say(methods[m], dtype, values, shape->n, shape->rows, shape->width);
        const double error = 2 * error_of(ENSEMBLE_GEOMETRIC, shape->n, shape->width, dtype);

        weigh(&said, weights);
        combine_to(said.e, dtype, y + m % 2 * count, count);
        for (size_t i = 0; i < count && m > 0; i++)
            assert_true(y[m % 2 * count + i] >= y[(m - 1) % 2 * count + i] * (1 - error));
        forget(&said);
    }
    free(y);
}

TEST(test_means_are_ordered_as_they_must_be)
{
    try_all(35, ordered);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_model_given_twice_with_half_its_weight_changes_nothing),
        cmocka_unit_test(test_models_that_say_the_same_give_the_model_back),
        cmocka_unit_test(test_one_model_alone_is_given_back),
        cmocka_unit_test(test_results_of_probabilities_are_probabilities),
        cmocka_unit_test(test_rows_of_pools_and_shares_sum_to_1),
        cmocka_unit_test(test_means_are_ordered_as_they_must_be),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
