/* SPDX-License-Identifier: MIT */
/* Reports: numbers that others publish (shared/acceptance/cases.md), and what follows from definitions and promises. */
#include "report.h"

#define LOG_2 .6931471805599453

/* One real number per row, of models that say probabilities. */
struct known_field {
    unsigned field; /* its FIELD(...) */
    size_t n, rows, width;
    const double *outputs, *weights, *expected;
    double digits; /* how exactly `expected` is given */
};

#define TEN_DIGITS 5.01e-11

static void assert_known_in(const struct known_field *k, int32_t dtype, double tolerance)
{
    struct said said = say(ENSEMBLE_MEAN, dtype, k->outputs, k->n, k->rows, k->width);
    int field = 1;

    while (k->field >> field != 1)
        field++;
    interpret(&said, ENSEMBLE_PROBABILITIES, 0);
    weigh(&said, k->weights);
    for (size_t i = 0; i < LENGTH(float_and_double); i++) {
        struct told told = hear(&said, k->field, float_and_double[i]);
        const double *values = (const double *)(const void *)(told.memory[field] + GUARD_BYTES);
        const size_t count = told.bytes[field] / sizeof *values;

        assert_values(values, k->expected, count, i == 1 || tolerance > 1e-6 ? tolerance : 1e-6);
        end_told(&told);
    }
    forget(&said);
}

/* In 16 bits to 1e-3, or as far as rounding moves what bfloat16 holds: by 2^-9 of it, and its effect is twice that. */
static void assert_known(const struct known_field *k)
{
    assert_known_in(k, ENSEMBLE_F64, k->digits);
    assert_known_in(k, ENSEMBLE_F32, k->digits > 1e-6 ? k->digits : 1e-6);
    assert_known_in(k, ENSEMBLE_F16, k->digits > 1e-3 ? k->digits : 1e-3);
    assert_known_in(k, ENSEMBLE_BF16, k->digits > 8e-3 ? k->digits : 8e-3);
}

/* Source: auto-sklearn, testPredict: two rows, A, B and C with the weights .7, .2 and .1. */
static const double sklearn_outputs[] = {.9, .1, .4, .6, .8, .2, .3, .7, 1, 0, .1, .9};
static const double sklearn_weights[] = {.7, .2, .1};

/* Source: cases.md, "Conflict and uncertainty": the first row of auto-sklearn's case. */
TEST(test_the_entropies_of_auto_sklearn_s_first_row)
{
    const double outputs[] = {.9, .1, .8, .2, 1, 0};
    const double entropy[] = {.3465153369}, mean_entropy[] = {.3276385661}, information[] = {.0188767708};
    const struct known_field cases[] = {
        {FIELD(ENTROPY), 3, 1, 2, outputs, sklearn_weights, entropy, TEN_DIGITS},
        {FIELD(MEAN_ENTROPY), 3, 1, 2, outputs, sklearn_weights, mean_entropy, TEN_DIGITS},
        {FIELD(MUTUAL_INFORMATION), 3, 1, 2, outputs, sklearn_weights, information, TEN_DIGITS},
    };

    for (size_t i = 0; i < LENGTH(cases); i++)
        assert_known(&cases[i]);
}

/* Source: cases.md: models that are sure of opposite things contradict each other by a bit; those that agree do not. */
TEST(test_the_mutual_information_of_opposites_is_log_2_and_of_equals_0)
{
    const double opposites[] = {1e-8, 1, 1, 1e-8}, equals[] = {.9, .1, .9, .1};
    const double log_2[] = {LOG_2}, none[] = {0};
    const struct known_field apart = {FIELD(MUTUAL_INFORMATION), 2, 1, 2, opposites, NULL, log_2, 1e-5};
    const struct known_field same = {FIELD(MUTUAL_INFORMATION), 2, 1, 2, equals, NULL, none, 1e-15};

    assert_known(&apart);
    assert_known(&same);
}

/* Source: cases.md: weighted Jensen-Shannon divergences of three models. The digits shown are cut, not rounded. */
TEST(test_the_mutual_information_of_three_models)
{
    const double outputs[] = {.7, .3, .4, .6, .6, .4, .5, .5, .8, .2, .3, .7}, expected[] = {.0161048378, .0140039505};
    const struct known_field known = {FIELD(MUTUAL_INFORMATION), 3, 2, 2, outputs, NULL, expected, 1e-10};

    assert_known(&known);
}

/* Source: cases.md: 1 - sum k (k - 1) / (n (n - 1)): top classes 1, 1, 0 and 0, 1. */
TEST(test_the_share_of_disagreeing_pairs)
{
    const double three[] = {.2, .8, .3, .7, .6, .4}, two[] = {.7, .3, .1, .9};
    const double two_thirds[] = {2. / 3}, all[] = {1};
    const struct known_field of_three = {FIELD(VOTE_DISAGREEMENT), 3, 1, 2, three, NULL, two_thirds, 1e-15};
    const struct known_field of_two = {FIELD(VOTE_DISAGREEMENT), 2, 1, 2, two, NULL, all, 1e-15};

    assert_known(&of_three);
    assert_known(&of_two);
}

/* Source: cases.md: 1 - max of the mean (Freeman, 1965). */
TEST(test_the_variation_ratios_of_three_models)
{
    const double outputs[] = {.2, .8, .2, .8, .7, .3, .3, .7, .6, .4, .4, .6}, expected[] = {.5, .3};
    const struct known_field known = {FIELD(VARIATION_RATIO), 3, 2, 2, outputs, NULL, expected, 1e-15};

    assert_known(&known);
}

/* Source: chemprop, its tests of the variance between the models of an ensemble (population form). */
TEST(test_the_variances_of_chemprop)
{
    const double outputs[] = {2.25354, 2.23501, .09652, .08291}, expected[] = {1.16318, 1.15788};
    struct known_field known = {FIELD(VARIANCE), 2, 2, 1, outputs, NULL, expected, 5.01e-6};

    assert_known_in(&known, ENSEMBLE_F64, known.digits);
    assert_known_in(&known, ENSEMBLE_F32, known.digits);
    assert_known_in(&known, ENSEMBLE_F16, 1e-3 * 2.25354); /* of the largest term */
    assert_known_in(&known, ENSEMBLE_BF16, 8e-3 * 2.25354);
}

/* Source: cases.md, "Explanation": what each model adds to .89, and what its leaving changes. */
TEST(test_contributions_and_influence_in_auto_sklearn_s_first_row)
{
    const double contributions[] = {.63, .16, .10}, influence[] = {.0233333, -.0225, .0122222};

    for (size_t d = 0; d < LENGTH(number_dtypes); d++) {
        const int32_t dtype = number_dtypes[d];
        const double digits = dtype == ENSEMBLE_F64 ? 5.01e-8 : dtype == ENSEMBLE_F32 ? 1e-6 : 1e-3;
        const double slack = dtype == ENSEMBLE_BF16 ? 2 : 1; /* .9 is off by .0016 in bfloat16 */
        struct said said = say(ENSEMBLE_MEAN, dtype, sklearn_outputs, 3, 2, 2);
        struct told told;

        weigh(&said, sklearn_weights);
        told = hear(&said, FIELD(LABEL) | FIELD(CONFIDENCE) | REASONS, ENSEMBLE_F64);
        assert_true(told.report.label[0] == 0 && told.report.label[1] == 1);
        assert_near(told.report.confidence[0], .89, slack * digits);
        assert_values(told.report.contribution, contributions, 3, slack * (dtype == ENSEMBLE_F64 ? 1e-15 : digits));
        assert_values(told.report.influence, influence, 3, slack * digits);
        for (size_t i = 0; i < 6; i++)
            assert_int_equal(told.report.flips[i], 0);
        end_told(&told);
        forget(&said);
    }
}

/* Source: combo, the tests of its majority vote: four rows; in the second one there is a tie of three. */
TEST(test_the_votes_of_combo_and_their_tie)
{
    const int32_t labels[] = {0, 0, 2, 1, 1, 1, 2, 1, 1, 2, 2, 2}, plain[] = {1, 0, 2, 1}, weighted[] = {1, 1, 2, 1};
    const double weights[] = {.1, .8, .1};
    struct ensemble *e = ensemble_of(3);
    struct told told = told_of(EVERYTHING, 4, 3, 3, 3);

    for (size_t model = 0; model < 3; model++)
        add(e, labels + 4 * model, ENSEMBLE_I32, 4);
    assert_int_equal(ensemble_set_method(e, ENSEMBLE_VOTE), 0);
    ask(e, &told, ENSEMBLE_F32);
    assert_memory_equal(told.report.label, plain, sizeof plain);
    for (size_t row = 0; row < 4; row++) {
        assert_int_equal(told.report.tied[row], row == 1);
        assert_true(row == 1 ? told.report.margin[row] == 0 : told.report.margin[row] > .3);
    }
    assert_near(told.report.vote_disagreement[1], 1, 0);
    assert_int_equal(ensemble_set_weights(e, weights, 3), 0);
    ask(e, &told, ENSEMBLE_F64);
    assert_memory_equal(told.report.label, weighted, sizeof weighted);
    for (size_t row = 0; row < 4; row++)
        assert_int_equal(told.report.tied[row], 0);
    end_told(&told);
    ensemble_destroy(e);
}

/* Source: DESlib, its weighted majority vote: votes 1, 1, 2 of weights .2, .5, 1 within one row; 2 wins. */
TEST(test_the_weighted_vote_of_deslib)
{
    const int32_t labels[] = {1, 1, 2};
    const float weights[] = {.2f, .5f, 1};
    struct ensemble *e = ensemble_of(3);
    struct told told = told_of(EVERYTHING, 1, 3, 3, 3);

    for (size_t model = 0; model < 3; model++)
        add(e, labels + model, ENSEMBLE_I32, 1);
    assert_int_equal(ensemble_set_method(e, ENSEMBLE_VOTE), 0);
    assert_int_equal(ensemble_set_row_weights(e, weights, 1, 3), 0);
    ask(e, &told, ENSEMBLE_F64);
    assert_int_equal(told.report.label[0], 2);
    assert_near(told.report.variation_ratio[0], .7 / 1.7, 1e-8); /* .2f is .2 to 3e-9 */
    assert_near(told.report.vote_disagreement[0], 2. / 3, 1e-15);
    assert_true(told.report.flips[0] == 0 && told.report.flips[1] == 0 && told.report.flips[2] == 1);
    end_told(&told);
    ensemble_destroy(e);
}

/* Source: cases.md, "Is it settled already?": the two rows of auto-sklearn, model after model. */
TEST(test_when_auto_sklearn_s_rows_are_settled)
{
    const uint8_t expected[3][2] = {{1, 0}, {1, 1}, {1, 1}};

    for (size_t present = 1; present <= 3; present++) {
        struct said said = say(ENSEMBLE_MEAN, ENSEMBLE_F64, sklearn_outputs, 3, 2, 2);
        struct told told;

        interpret(&said, ENSEMBLE_PROBABILITIES, 0);
        weigh(&said, sklearn_weights);
        assert_int_equal(ensemble_set_missing_policy(said.e, ENSEMBLE_LEAVE_OUT_MISSING, 0), 0);
        for (size_t i = present; i < 3; i++)
            assert_int_equal(ensemble_set_model_output(said.e, i, NULL, ENSEMBLE_F64, 2, 0), 0);
        told = hear(&said, FIELD(SETTLED) | FIELD(LABEL), ENSEMBLE_F64);
        assert_memory_equal(told.report.settled, expected[present - 1], 2);
        assert_true(told.report.label[0] == 0 && told.report.label[1] == 1);
        end_told(&told);
        forget(&said);
    }
}

/* -log(sqrt(.90 x .01) + sqrt(.09 x .50) + sqrt(.01 x .49)); 1, 0, 0 against 0, 1, 0; with a floor .1 + .1 + .01. */
TEST(test_conflicts_by_hand)
{
    const double outputs[] = {.90, .09, .01, 1, 0, 0, .01, .50, .49, 0, 1, 0};
    const double expected[] = {.9755091256, (double)INFINITY}, floored[] = {expected[0], -log(.21)};
    struct said said = say(ENSEMBLE_MEAN, ENSEMBLE_F64, outputs, 2, 2, 3);
    struct told told;

    interpret(&said, ENSEMBLE_PROBABILITIES, 0);
    told = hear(&said, FIELD(CONFLICT), ENSEMBLE_F64);
    assert_values(told.report.conflict, expected, 2, 1e-10);
    end_told(&told);
    set_parameter(said.e, ENSEMBLE_FLOOR, .01);
    told = hear(&said, FIELD(CONFLICT), ENSEMBLE_F64);
    assert_values(told.report.conflict, floored, 2, 1e-10);
    end_told(&told);
    forget(&said);
}

/* The linear pool is the combined row itself: the header's "entropy less mean entropy". */
TEST(test_entropy_less_mean_entropy_is_mutual_information_for_means)
{
    for (size_t i = 0; i < LENGTH(trial_sizes); i++)
        for (size_t d = 0; d < LENGTH(float_and_double); d++) {
            struct trial t = {.method = ENSEMBLE_MEAN,
                              .space = i % 2 ? ENSEMBLE_PROBABILITIES : ENSEMBLE_LOGITS,
                              .dtype = float_and_double[d],
                              .result = ENSEMBLE_F64,
                              .weighing = (enum weighing)(i % 3),
                              .n = trial_sizes[i].n,
                              .rows = trial_sizes[i].rows,
                              .width = trial_sizes[i].width,
                              .seed = 70 + i};
            const double tolerance = t.dtype == ENSEMBLE_F64 ? 1e-13 : 1e-6; /* a row sums to 1 to that */
            struct told told;

            begin_trial(&t);
            told = hear_trial(&t, EVERYTHING);
            for (size_t row = 0; row < t.rows; row++)
                assert_near(told.report.entropy[row] - told.report.mean_entropy[row],
                            told.report.mutual_information[row], tolerance);
            end_told(&told);
            end_trial(&t);
        }
}

/* Models that say the same: whatever is rounded, it is rounded in the same way. */
TEST(test_models_that_say_the_same_do_not_contradict_each_other)
{
    const size_t widths[] = {1, 2, 3, 10, 33, 128, 129, 513, 1000, 2000};
    const int32_t spaces[] = {ENSEMBLE_PROBABILITIES, ENSEMBLE_LOG_PROBABILITIES, ENSEMBLE_LOGITS};

    for (size_t i = 0; i < LENGTH(widths); i++)
        for (size_t s = 0; s < 3 * LENGTH(number_dtypes); s++) {
            struct trial t = {.method = ENSEMBLE_MEAN, .space = spaces[s % 3], .dtype = number_dtypes[s / 3],
                              .result = ENSEMBLE_F32, .weighing = UNEVEN, .n = 1 + i % 9, .rows = 2,
                              .width = widths[i], .seed = 30 + i};
            const double tolerance = t.dtype == ENSEMBLE_F64 ? 1e-13 : t.dtype == ENSEMBLE_BF16 ? 8e-3 : 1e-3;
            struct told told;

            begin_trial(&t);
            for (size_t model = 1; model < t.n; model++)
                memcpy(trial_output(&t, model), trial_output(&t, 0), t.rows * t.width * bytes_of(t.dtype));
            told = hear_trial(&t, EVERYTHING);
            for (size_t row = 0; row < t.rows; row++) {
                assert_near(told.report.mutual_information[row], 0, 1e-14 * (double)t.width);
                assert_near(told.report.conflict[row], 0, tolerance); /* -log of the sum of the row */
                assert_true(told.report.vote_disagreement[row] == 0);
                for (size_t j = 0; j < t.width; j++)
                    assert_true(told.report.variance[row * t.width + j] == 0);
            }
            end_told(&told);
            end_trial(&t);
        }
}

/* Without a result, dtype 0 is float: other bits than those of double where the models say floats. */
TEST(test_dtype_0_stands_for_float)
{
    const double values[] = {.9f, .1f, .8f, .2f, .7f, .3f};
    struct said said = say(ENSEMBLE_MEAN, ENSEMBLE_F32, values, 3, 1, 2);
    struct told none = hear(&said, FIELD(CONFIDENCE) | REASONS | TOP, 0);
    struct told f32 = hear(&said, FIELD(CONFIDENCE) | REASONS | TOP, ENSEMBLE_F32);

    assert_same_told(&none, 0, &f32, EVERYTHING);
    end_told(&none);
    end_told(&f32);
    forget(&said);
}

static void check_instruction_sets(const struct trial *t)
{
    const char *const isas[] = {"portable", "sse2", "avx2", "neon"};
    struct told expected = hear_trial(t, fields_of(t)), told;

    for (size_t i = 0; i < LENGTH(isas); i++) {
        struct trial twin = *t;

        twin.isa = isas[i];
        if (!begin_trial(&twin))
            continue;
        told = hear_trial(&twin, fields_of(t));
        assert_same_told(&expected, 0, &told, EVERYTHING);
        end_told(&told);
        end_trial(&twin);
    }
    end_told(&expected);
}

TEST(test_every_instruction_set_gives_the_same_bits)
{
    try_methods(ENSEMBLE_SUM, ENSEMBLE_RANK, 4, check_instruction_sets);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_entropies_of_auto_sklearn_s_first_row),
        cmocka_unit_test(test_the_mutual_information_of_opposites_is_log_2_and_of_equals_0),
        cmocka_unit_test(test_the_mutual_information_of_three_models),
        cmocka_unit_test(test_the_share_of_disagreeing_pairs),
        cmocka_unit_test(test_the_variation_ratios_of_three_models),
        cmocka_unit_test(test_the_variances_of_chemprop),
        cmocka_unit_test(test_contributions_and_influence_in_auto_sklearn_s_first_row),
        cmocka_unit_test(test_the_votes_of_combo_and_their_tie),
        cmocka_unit_test(test_the_weighted_vote_of_deslib),
        cmocka_unit_test(test_when_auto_sklearn_s_rows_are_settled),
        cmocka_unit_test(test_conflicts_by_hand),
        cmocka_unit_test(test_entropy_less_mean_entropy_is_mutual_information_for_means),
        cmocka_unit_test(test_models_that_say_the_same_do_not_contradict_each_other),
        cmocka_unit_test(test_dtype_0_stands_for_float),
        cmocka_unit_test(test_every_instruction_set_gives_the_same_bits),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
