/* SPDX-License-Identifier: MIT */
/*
 * The best weights where models are nearly copies of others, or numbers are of all sizes, so that rounding decides what
 * is looked at next.
 */
#include "fit.h"

/* One value per row; `targets` NULL: they are 0. */
static struct problem posed(size_t n, size_t rows, const double *values, const double *targets)
{
    struct problem p = empty_problem(n, rows, 1);

    memcpy(p.values, values, n * rows * sizeof *values);
    pose(&p, ENSEMBLE_F64);
    if (targets != NULL)
        memcpy(p.targets, targets, rows * sizeof *targets);
    return p;
}

/* Learns from them under a constraint. */
static struct learned learned_from(size_t n, size_t rows, const double *values, const double *targets,
                                   int32_t constraint)
{
    const struct ensemble_fit_options options = OPTIONS(.constraint = constraint);
    struct problem p = posed(n, rows, values, targets);
    struct learned l;

    fit_targets(&p, &options, &l);
    assert_near(l.report.objective, (double)score_with(&p, ENSEMBLE_SCORE_SQUARED_ERROR, l.weights),
                1e-12 * (1 + l.report.objective));
    drop(&p);
    return l;
}

/* What they say of two rows is the label's probability. */
static struct learned learned_from_pairs(const double first[2], const double second[2])
{
    const double *said[] = {first, second};
    struct problem p = empty_problem(2, 2, 2);
    struct learned l;

    for (size_t i = 0; i < 2; i++)
        for (size_t r = 0; r < 2; r++) {
            p.values[(i * 2 + r) * 2] = said[i][r];
            p.values[(i * 2 + r) * 2 + 1] = 1 - said[i][r];
        }
    pose(&p, ENSEMBLE_F64);
    fit_labels(&p, NULL, &l);
    drop(&p);
    return l;
}

/* ------------------------------------------------------------------------------------------------------------------
 * A weight that promises something, and would then have to be negative
 * --------------------------------------------------------------------------------------------------------------- */

/* The last one is halfway between the others: whatever it is given is better given to the second. */
TEST(test_three_models_that_are_nearly_one)
{
    const double d = 0x1p-29, targets[] = {-1, -1, 2, 1, 2};
    const double values[] = {-1, -2,     -1,        1,         2, /* */
                             -1, -2 - d, -1 + d,    1 + d,     2, /* */
                             -1, -2 - d / 2, -1 + d / 2, 1 + d / 2, 2};
    const struct learned l = learned_from(3, 5, values, targets, ENSEMBLE_NONNEGATIVE);

    assert_true(l.weights[0] == 0 && l.weights[2] == 0);
    assert_in_range(l.report.iterations, 1, 50); /* each is tried once */
    assert_near(l.weights[1], 6 / 11., 1e-8); /* as of the first by itself, nearly */
    assert_near(l.report.objective, (11 - 36 / 11.) / 5, 1e-8);
}

/* One of four is right, and two of the others are nearly one. */
TEST(test_a_model_that_is_right_beside_two_that_are_nearly_one)
{
    const double values[] = {-2, 0, -1, -1 - 0x1p-21};
    const struct learned l = learned_from(4, 1, values, NULL, ENSEMBLE_SIMPLEX);

    assert_true(l.weights[1] == 1 && l.report.models_used == 1 && l.report.objective == 0);
    assert_in_range(l.report.iterations, 1, 50);
}

/* The third is halfway between a small and a large one, which say nearly the opposite of each other. */
TEST(test_a_model_between_a_small_and_a_large_one)
{
    const double values[] = {-0x1p-8, 0x1p-9, -8, 8, -4 - 0x1p-9, 4 + 0x1p-10}, targets[] = {-2, -1};
    const struct learned l = learned_from(3, 2, values, targets, ENSEMBLE_NONNEGATIVE);

    assert_true(l.weights[1] == 0 && l.weights[2] == 0);
    assert_in_range(l.report.iterations, 1, 50);
    assert_near(l.weights[0], 1.5 / 1.25 * 256, 1e-9); /* by itself: (2 - 1 / 2) / (1 + 1 / 4) */
    assert_near(l.report.objective, (5 - 1.5 * 1.5 / 1.25) / 2, 1e-12);
}

/* The third is halfway between the first two, the last between those and the second: none is tried time and again. */
TEST(test_models_on_the_way_from_one_to_another)
{
    const double s = 0x1p-17;
    const double values[] = {-s, s, 0x1p14, -0x1p13, 0x1p13 - s / 2, -0x1p12 + s / 2,
                             3 * 0x1p12 - s / 4, -3 * 0x1p11 + s / 4};
    const struct learned l = learned_from(4, 2, values, NULL, ENSEMBLE_SIMPLEX);

    assert_simplex(l.weights, 4);
    assert_in_range(l.report.iterations, 1, 50);
    assert_near(l.report.objective / (.1 * s * s), 1, 1e-4); /* the nearest to 0 between s (-1, 1) and many (2, -1) */
}

/*
 * The last is halfway between the first two, and the third is the second but for its last bits. Rounding makes one
 * weight after the other look as if it promised something, round and round.
 */
TEST(test_weights_that_go_round_in_circles)
{
    const double s = 0x1p-12, d = 0x1p-26;
    const double values[] = {-s, s, 0x1p19, -0x1p20, 0x1p19 + d, -0x1p20 - d, 0x1p18 - s / 2, -0x1p19 + s / 2};
    const struct learned l = learned_from(4, 2, values, NULL, ENSEMBLE_SIMPLEX);

    assert_simplex(l.weights, 4);
    assert_true(l.weights[0] > 1 - 1e-8);
    assert_near(l.report.objective / (.1 * s * s), 1, 1e-4); /* the nearest to 0 between s (-1, 1) and many (1, -2) */
    assert_true(l.report.iterations > 50 * 4 + 100);         /* a step that goes round ends there */
}

/* ------------------------------------------------------------------------------------------------------------------
 * Numbers so small or large that their squares are hardly numbers
 * --------------------------------------------------------------------------------------------------------------- */

TEST(test_errors_whose_squares_are_next_to_nothing)
{
    for (int exponent = 460; exponent < 540; exponent += 4) {
        const double e = ldexp(1, -exponent), values[] = {e, 0, 3 * e, 0, -e, e, 2 * e, 5 * e};
        const struct learned l = learned_from(4, 2, values, NULL, ENSEMBLE_SIMPLEX);

        assert_simplex(l.weights, 4);
        assert_true(l.report.objective >= 0 && l.report.objective + l.report.gap < 0x1p-900);
    }
}

/*
 * Copies, or models whose squares are next to nothing: no weights are better than equal ones, for which a ridge asks,
 * however small it is.
 */
TEST(test_ridges_that_are_no_normal_numbers)
{
    static const double sizes[] = {0, 0x1p-1074, 0x1p-1060, 0x1p-540, 0x1p-480, 1};

    for (int exponent = 1074; exponent > 1020; exponent--)
        for (size_t k = 0; k < 2 * LENGTH(sizes) - 1; k++) {
            const struct ensemble_fit_options options = OPTIONS(.ridge = ldexp(1, -exponent));
            const double size = sizes[k % LENGTH(sizes)], other = k < LENGTH(sizes) ? size : -3 * size;
            const double values[] = {size, 2 * size, size, 2 * size, other, 2 * other}, targets[] = {size, 3 * size};
            struct problem p = posed(3, 2, values, targets);
            struct learned l;

            fit_targets(&p, &options, &l);
            assert_simplex(l.weights, 3);
            for (size_t i = 0; i < 3; i++)
                assert_near(l.weights[i], 1. / 3, 1e-15);
            drop(&p);
        }
}

/* The best weight is 1, of one model or of two copies together, whatever the numbers' size. */
TEST(test_values_whose_squares_are_next_to_nothing)
{
    for (int exponent = 500; exponent <= 530; exponent++) {
        const double x = ldexp(1, -exponent), values[] = {x, x};
        const struct learned one = learned_from(1, 1, values, &x, ENSEMBLE_UNCONSTRAINED);
        const struct learned two = learned_from(2, 1, values, &x, ENSEMBLE_UNCONSTRAINED);

        assert_near(one.weights[0], 1, 1e-6);
        assert_near(two.weights[0], .5, 1e-6);
        assert_true(two.weights[0] == two.weights[1]);
    }
}

/* Sums of products are numbers, and those of the best weights with them are not. */
TEST(test_an_error_that_is_no_number)
{
    const struct ensemble_fit_options options = OPTIONS(.constraint = ENSEMBLE_UNCONSTRAINED);
    const double values[] = {1e153, 1e153, 1e153, 1.001e153}, targets[] = {0, 1e153}, before[] = {5, 6};
    struct problem p = posed(2, 2, values, targets);
    double after[2];

    weigh(&p.said, before);
    assert_int_equal(ensemble_fit(p.said.e, p.targets, ENSEMBLE_F64, 2, &options, NULL), ENSEMBLE_EFIT);
    assert_int_equal(ensemble_get_weights(p.said.e, after, 2), 0);
    assert_same_bits(after, before, 2);
    drop(&p);
}

/* What a large model takes off a small one's error is all of it, with so little weight. */
TEST(test_a_tiny_weight_that_matters)
{
    const double values[] = {-0x1p-21, 0x1p16};
    const struct learned l = learned_from(2, 1, values, NULL, ENSEMBLE_SIMPLEX);

    assert_near(ldexp(l.weights[1], 37), 1, 1e-9);
    assert_true(l.report.objective < 0x1p-80);
}

/* Either of two can say all; of the nearest weights to 0, that of the small one is nothing beside the large one's. */
TEST(test_a_tiny_weight_of_no_use)
{
    const double values[] = {0x1p-20, 0x1p23}, target = 1;
    const struct learned l = learned_from(2, 1, values, &target, ENSEMBLE_NONNEGATIVE);

    assert_true(l.weights[0] == 0);
    assert_near(ldexp(l.weights[1], 23), 1, 1e-12);
}

/* Two of three are as good as can be together; the third is of no use, and so far off that its square is all. */
TEST(test_a_huge_model_beside_others)
{
    const double values[] = {1e60, 3e60, -6.5, 1, 2, 1}, targets[] = {0, 1};
    const struct learned l = learned_from(3, 2, values, targets, ENSEMBLE_SIMPLEX);

    assert_true(l.weights[0] < 1e-60);
    assert_near(l.weights[1], 2 / 8.5, 1e-9);
    assert_near(l.weights[2], 6.5 / 8.5, 1e-9);
}

/*
 * Weights without a sum begin at 0, where a step that suits the huge one moves no other. Its own takes the first row
 * off the hands of the other, which is left with two; where it would have to be negative, with all three.
 */
TEST(test_a_huge_model_beside_one_without_a_sum)
{
    const double values[] = {1, 2, 3, 1e60, 1, 1}, targets[] = {.5, 1, 1.6};
    const struct learned any = learned_from(2, 3, values, targets, ENSEMBLE_UNCONSTRAINED);
    const struct learned positive = learned_from(2, 3, values, targets, ENSEMBLE_NONNEGATIVE);

    assert_near(any.weights[0], (2 + 3 * 1.6) / 13, 1e-9);
    assert_near(any.weights[1] * 1e60, .5 - (2 + 3 * 1.6) / 13, 1e-9);
    assert_near(positive.weights[0], (.5 + 2 + 3 * 1.6) / 14, 1e-9);
    assert_true(positive.weights[1] == 0);
}

/* Beside values whose squares are the least that count, one that says 0. */
TEST(test_zeros_beside_tiny_values)
{
    const double values[] = {0x1p-460, 0, -0x1p-461}, target = -0x1p-462;
    const struct learned l = learned_from(3, 1, values, &target, ENSEMBLE_SIMPLEX);

    assert_near(l.weights[0] - l.weights[2] / 2, -.25, 1e-9);
}

/* Of sizes so far apart that some squares and products are no numbers: what are weights at the end sums to 1. */
TEST(test_models_of_all_sizes)
{
    static const struct {
        double values[6], targets[2];
    } cases[] = {
        {{0, 0x3p-347, -0x1p-75, 0, -0x1p-102, 0x3p-102}, {0x1p-313, 0x1p-312}},
        {{0, -0x1p-123, 0, 0x3p-238, 0x1p-376, 0x1p-377}, {0x1p-672, -0x1p-672}},
        {{0x1p-545, 0, 0x3p-11, 0, 0x3p-41, 0}, {0x3p-186, 0}},
        {{-0x1p-69, -0x1p-69, 0x1p-155, 0x1p-156, 0x1p-13, -0x1p-13}, {0x1p-538, 0}},
        {{0, 0x3p-209, -0x1p-840, 0x1p-840, 0x3p-319, 0x3p-319}, {0x1p-355, 0x1p-354}},
        {{0x3p-21, 0, -0x1p-109, 0, 0x1p-357, 0}, {0x1p-171, 0}},
    };

    for (size_t i = 0; i < LENGTH(cases); i++) {
        const struct learned l = learned_from(3, 2, cases[i].values, cases[i].targets, ENSEMBLE_SIMPLEX);

        assert_simplex(l.weights, 3);
    }
}

/* ------------------------------------------------------------------------------------------------------------------
 * Models that only look like copies
 * --------------------------------------------------------------------------------------------------------------- */

/* Their products with each other are the same to the last bit, those with the truth are not. */
TEST(test_models_that_the_truth_tells_apart)
{
    const double values[] = {0x1p33, 50, 0x1p33, 51}, targets[] = {0x1p33, 0x1p33};
    const struct learned l = learned_from(2, 2, values, targets, ENSEMBLE_NONNEGATIVE);

    assert_true(l.weights[0] == 0);
    assert_near(l.weights[1], 1 + 51 * 0x1p-33, 1e-12);
}

/* Likewise, but for those with a third model. */
TEST(test_models_that_another_model_tells_apart)
{
    const double values[] = {0x1p33, 50, 0x1p33, 51, 0, 0x1p33};
    const struct learned l = learned_from(3, 2, values, NULL, ENSEMBLE_SIMPLEX);

    assert_true(l.weights[1] == 0);
    assert_near(l.weights[0], .5, 1e-8);
    assert_near(l.weights[2], .5, 1e-8);
}

/* ------------------------------------------------------------------------------------------------------------------
 * Log loss
 * --------------------------------------------------------------------------------------------------------------- */

/*
 * The second model says 1 + a and 1 - b times as much as the first; the best weight for it is (a - b) / (2 a b). With a
 * curvature of a b, which is less than what keeps the steps short, a hundred of them do not get there.
 */
TEST(test_steps_that_are_too_many)
{
    const double a = 1e-4, b = a - .6 * a * a;
    const double first[] = {.5, .5}, second[] = {.5 * (1 + a), .5 * (1 - b)};
    const struct learned l = learned_from_pairs(first, second);
    const double w = l.weights[1], slope = a / (1 + w * a) - b / (1 - w * b);

    assert_int_equal(l.report.iterations, 100);
    assert_near(w, (a - b) / (2 * a * b), .02);
    assert_true(l.report.gap > 1e-14);
    assert_near(l.report.gap, (slope > 0 ? 1 - w : -w) * slope / 2, 1e-15);
}

/* What the second one adds in one row it takes off in the other, to the last bit: a weight that is left is dropped. */
TEST(test_a_model_that_adds_nothing)
{
    const double first[] = {1, .5}, second[] = {.75, .625};
    const struct learned l = learned_from_pairs(first, second);

    assert_true(l.weights[0] == 1 && l.weights[1] == 0 && l.report.gap == 0);
    assert_near(l.report.objective, log(2) / 2, 1e-15);
}

/*
 * Numbers that are no probabilities: what is beyond 1e15 counts as that, and yet has slopes. Here they lead where the
 * other row loses, so nothing is done, and the gap says how little is certain.
 */
TEST(test_slopes_that_lead_astray)
{
    const double first[] = {1e20, .6}, second[] = {3e20, .5};
    const struct learned l = learned_from_pairs(first, second);

    assert_near(l.weights[0], .5, 1e-15);
    assert_near(l.weights[1], .5, 1e-15);
    assert_near(l.report.objective, -log(.55) / 2, 1e-14);
    assert_true(l.report.gap > log(.6 / .55) / 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_three_models_that_are_nearly_one),
        cmocka_unit_test(test_a_model_that_is_right_beside_two_that_are_nearly_one),
        cmocka_unit_test(test_a_model_between_a_small_and_a_large_one),
        cmocka_unit_test(test_models_on_the_way_from_one_to_another),
        cmocka_unit_test(test_weights_that_go_round_in_circles),
        cmocka_unit_test(test_errors_whose_squares_are_next_to_nothing),
        cmocka_unit_test(test_ridges_that_are_no_normal_numbers),
        cmocka_unit_test(test_values_whose_squares_are_next_to_nothing),
        cmocka_unit_test(test_an_error_that_is_no_number),
        cmocka_unit_test(test_a_tiny_weight_that_matters),
        cmocka_unit_test(test_a_tiny_weight_of_no_use),
        cmocka_unit_test(test_a_huge_model_beside_others),
        cmocka_unit_test(test_a_huge_model_beside_one_without_a_sum),
        cmocka_unit_test(test_zeros_beside_tiny_values),
        cmocka_unit_test(test_models_of_all_sizes),
        cmocka_unit_test(test_models_that_the_truth_tells_apart),
        cmocka_unit_test(test_models_that_another_model_tells_apart),
        cmocka_unit_test(test_steps_that_are_too_many),
        cmocka_unit_test(test_a_model_that_adds_nothing),
        cmocka_unit_test(test_slopes_that_lead_astray),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
