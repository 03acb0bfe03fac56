/* SPDX-License-Identifier: MIT */
/* Is it settled already? Known numbers, votes with a lead of exactly what is missing, policies, faults and errors. */
#include "said.h"

#define NOT ((double)NAN)
#define MOST_ROWS 8

static void take_away(struct ensemble *e, size_t model, int32_t dtype, size_t rows)
{
    assert_int_equal(ensemble_set_model_output(e, model, NULL, dtype, rows, 0), 0);
}

/* The settled rows are these, with every policy and quorum about missing models; nothing is written beside them. */
static void settled_at(struct ensemble *e, const int *expected, size_t rows, const char *file, int line)
{
    const struct {
        int32_t policy;
        double quorum;
    } cases[] = {{0, 0}, {0, 1}, {ENSEMBLE_LEAVE_OUT_MISSING, 1}, {ENSEMBLE_LEAVE_OUT_MISSING, 0}};
    unsigned char settled[MOST_ROWS + 16];

    for (size_t c = 0; c < LENGTH(cases); c++) {
        assert_int_equal(ensemble_set_missing_policy(e, cases[c].policy, cases[c].quorum), 0);
        poison(settled, sizeof settled);
        code_at(ensemble_settled(e, settled + 8), 0, file, line);
        assert_poisoned(settled, 8);
        assert_poisoned(settled + 8 + rows, MOST_ROWS + 8 - rows);
        for (size_t row = 0; row < rows; row++) {
            if (settled[8 + row] == expected[row])
                continue;
            print_error("settled is %d in row %zu\n", settled[8 + row], row);
            _fail(file, line);
        }
    }
}
#define assert_settled(e, expected, rows) settled_at(e, expected, rows, __FILE__, __LINE__)

/* It is an error, whatever the policy, and nothing is written. */
static void assert_settled_fails(const struct ensemble *e, int code)
{
    unsigned char settled[MOST_ROWS];

    poison(settled, sizeof settled);
    assert_int_equal(ensemble_settled(e, settled), code);
    assert_poisoned(settled, sizeof settled);
}

/*
 * Source: auto-sklearn, testPredict, one model after the other: row 1 is settled after model 1 (.56 > .3); row 2 is not
 * (.14 < .3), but is after model 2 (.22 > .1).
 */
static const double autosklearn[] = {.9, .1, .4, .6, .8, .2, .3, .7, 1, 0, .1, .9};

TEST(test_the_rows_of_auto_sklearn_one_model_after_the_other)
{
    const double weights[] = {.7, .2, .1};
    const int expected[3][2] = {{1, 0}, {1, 1}, {1, 1}};
    const int32_t labels[] = {0, 1};

    for (int32_t method = ENSEMBLE_SUM; method <= ENSEMBLE_MEAN; method++)
        for (size_t i = 0; i < LENGTH(number_dtypes); i++) {
            struct said said = say(method, number_dtypes[i], autosklearn, 3, 2, 2);
            int32_t label[2];

            weigh(&said, weights);
            interpret(&said, ENSEMBLE_PROBABILITIES, 0);
            for (size_t model = 1; model < 3; model++)
                take_away(said.e, model, number_dtypes[i], 2);
            for (size_t model = 0; model < 3; model++) {
                assert_int_equal(
                    ensemble_set_model_output(said.e, model, output_of(&said, model), number_dtypes[i], 2, 0), 0);
                assert_settled(said.e, expected[model], 2);
                assert_int_equal(ensemble_measure(said.e, ENSEMBLE_MEASURE_LABEL, label, ENSEMBLE_I32, 2), 0);
                assert_memory_equal(label, labels, sizeof label);
            }
            forget(&said);
        }
}

/* Rows of labels, in which -1 stands for a model that is missing from all of them; class 0, 1 or 2. */
static struct ensemble *ballot(const int32_t *labels, size_t n, size_t rows)
{
    struct ensemble *e = ensemble_of(3);

    for (size_t model = 0; model < n; model++)
        add(e, labels[model * rows] < 0 ? NULL : labels + model * rows, ENSEMBLE_I32, rows);
    assert_int_equal(ensemble_set_method(e, ENSEMBLE_VOTE), 0);
    return e;
}

/*
 * A lead of one vote, and one is missing: a rival of higher index would be level and lose, one of lower index win. In
 * the last row there is no lead at all.
 */
TEST(test_a_lead_of_exactly_what_is_missing_holds_against_higher_classes_only)
{
    const int32_t votes[] = {0, 2, 1, 1, 0, 0, 2, 1, 1, 1, 2, 0, 2, 0, 2, -1, -1, -1, -1, -1};
    const int expected[] = {1, 0, 1, 0, 0};
    const double weights[] = {.3, .3, .3, .3};
    const float gates[] = {.1f, .1f, .1f, .1f, 3, 3, 3, 3, 7, 7, 7, 7, .3f, .3f, .3f, .3f, 1, 1, 1, 1};
    struct ensemble *e = ballot(votes, 4, 5);

    for (int32_t form = ENSEMBLE_RESULT_AS_IS; form <= ENSEMBLE_RESULT_LOG; form++) {
        assert_int_equal(ensemble_set_result(e, form, 0), 0);
        assert_int_equal(ensemble_set_weights(e, NULL, 0), 0);
        assert_settled(e, expected, 5);
        assert_int_equal(ensemble_set_weights(e, weights, 4), 0);
        assert_settled(e, expected, 5);
        assert_int_equal(ensemble_set_row_weights(e, gates, 5, 4), 0);
        assert_settled(e, expected, 5);
        assert_int_equal(ensemble_set_row_weights(e, NULL, 0, 0), 0);
    }
    ensemble_destroy(e);
}

/* The models present weigh 1 each. A missing one of another weight is not one more vote of theirs. */
TEST(test_a_missing_vote_counts_with_its_own_weight)
{
    const int32_t votes[] = {0, 2, 1, 1, 0, 0, 2, 1, 1, 1, 2, 0, 2, 0, 2, -1, -1, -1, -1, -1};
    const double light[] = {1, 1, 1, .5}, heavy[] = {1, 1, 1, 1.5}, none[] = {1, 1, 1, 0};
    const int with_light[] = {1, 1, 1, 1, 0}, with_heavy[] = {0, 0, 0, 0, 0}, with_none[] = {1, 1, 1, 1, 1};
    struct ensemble *e = ballot(votes, 4, 5);

    assert_int_equal(ensemble_set_weights(e, light, 4), 0);
    assert_settled(e, with_light, 5);
    assert_int_equal(ensemble_set_weights(e, heavy, 4), 0);
    assert_settled(e, with_heavy, 5);
    assert_int_equal(ensemble_set_weights(e, none, 4), 0);
    assert_settled(e, with_none, 5);
    ensemble_destroy(e);
}

/* Five voters; the row weight of a missing one is 0 in the second row, and of both in the third. */
TEST(test_a_model_of_row_weight_0_is_not_missing_from_that_row)
{
    const int32_t votes[] = {1, 1, 1, 1, 1, 1, 2, 2, 0, -1, -1, -1, -1, -1, -1};
    const float gates[] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 1, 1, 1, 0, 0};
    const int expected[] = {0, 1, 1};
    struct ensemble *e = ballot(votes, 5, 3);

    assert_int_equal(ensemble_set_row_weights(e, gates, 3, 5), 0);
    assert_settled(e, expected, 3);
    ensemble_destroy(e);
}

/* Ties too: the label is that of the lowest class. */
TEST(test_if_nothing_is_missing_every_row_that_has_an_answer_is_settled)
{
    const double values[] = {.5, .5, .75, .25, NOT, .5, .5, .5, .25, .75, .5, .5};
    const int expected[] = {1, 1, 0}, left_out[] = {1, 1, 1};
    const int32_t methods[] = {ENSEMBLE_SUM, ENSEMBLE_MEAN, ENSEMBLE_VOTE};

    for (size_t m = 0; m < LENGTH(methods); m++)
        for (size_t i = 0; i < LENGTH(number_dtypes); i++) {
            struct said said = say(methods[m], number_dtypes[i], values, 2, 3, 2);
            uint8_t settled[3];

            interpret(&said, ENSEMBLE_PROBABILITIES, 0);
            assert_settled(said.e, expected, 3);
            assert_int_equal(ensemble_set_missing_policy(said.e, ENSEMBLE_LEAVE_OUT_NAN, 0), 0);
            assert_int_equal(ensemble_settled(said.e, settled), 0);
            for (size_t row = 0; row < 3; row++)
                assert_int_equal(settled[row], left_out[row]);
            forget(&said);
        }
}

/* As in the loop of docs/report.md: who says NaN and is left out will not say anything else. */
TEST(test_a_model_that_is_left_out_of_a_row_for_nan_is_not_missing)
{
    const double values[] = {.75, .25, .75, .25, NOT, NOT, .25, .75, 0, 0, 0, 0};
    struct said said = say(ENSEMBLE_MEAN, ENSEMBLE_F32, values, 3, 2, 2);
    const double weights[] = {1, 1, .25};
    uint8_t settled[2];

    weigh(&said, weights);
    interpret(&said, ENSEMBLE_PROBABILITIES, 0);
    take_away(said.e, 2, ENSEMBLE_F32, 2);
    assert_int_equal(ensemble_set_missing_policy(said.e, ENSEMBLE_LEAVE_OUT_NAN, 1), 0);
    assert_int_equal(ensemble_settled(said.e, settled), 0);
    assert_int_equal(settled[0], 1); /* a lead of .5, and .25 is missing */
    assert_int_equal(settled[1], 0); /* a lead of 0 */
    forget(&said);
}

/* Labels that are none, and row weights that cannot be used or are all 0. */
TEST(test_rows_at_fault_are_not_settled)
{
    const int32_t votes[] = {1, 7, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, -1, -1, -1, -1, -1, -1};
    const float gates[] = {1, 1, .5f, 1, 1, .5f, NAN, 1, .5f, 1, -1, .5f, 0, 0, .5f, INFINITY, 1, .5f};
    const int expected[] = {1, 0, 0, 0, 0, 0};
    const int32_t last[] = {2, 2, 2, 2, 2, 2};
    const float no_gates[] = {1, 1, 0, 1, 1, 0, NAN, 1, 0, 1, -1, 0, 0, 0, 0, INFINITY, 1, 0};
    struct ensemble *e = ballot(votes, 3, 6);

    assert_int_equal(ensemble_set_row_weights(e, gates, 6, 3), 0);
    assert_settled(e, expected, 6);
    assert_int_equal(ensemble_set_model_output(e, 2, last, ENSEMBLE_I32, 6, 0), 0);
    assert_int_equal(ensemble_set_row_weights(e, no_gates, 6, 3), 0);
    assert_settled(e, expected, 6);
    ensemble_destroy(e);
}

/* In a report the policy and the quorum hold, of the call and of a row. */
TEST(test_the_report_follows_the_policy_and_the_quorum)
{
    const double values[] = {.9, .1, .9, .1, 0, 0, 0, 0}, weights[] = {.7, .3};
    const float gates[] = {1, 1, .55f, 1};
    struct said said = say(ENSEMBLE_MEAN, ENSEMBLE_F32, values, 2, 2, 2);
    int32_t settled[2];

    weigh(&said, weights);
    interpret(&said, ENSEMBLE_PROBABILITIES, 0);
    take_away(said.e, 1, ENSEMBLE_F32, 2);
    poison(settled, sizeof settled);
    assert_int_equal(ensemble_measure(said.e, ENSEMBLE_MEASURE_SETTLED, settled, ENSEMBLE_I32, 2), ENSEMBLE_EMISSING);
    assert_int_equal(ensemble_set_missing_policy(said.e, ENSEMBLE_LEAVE_OUT_MISSING, .8), 0);
    assert_int_equal(ensemble_measure(said.e, ENSEMBLE_MEASURE_SETTLED, settled, ENSEMBLE_I32, 2), ENSEMBLE_EQUORUM);
    assert_poisoned(settled, sizeof settled);
    assert_int_equal(ensemble_set_missing_policy(said.e, ENSEMBLE_LEAVE_OUT_MISSING, .7), 0);
    assert_int_equal(ensemble_measure(said.e, ENSEMBLE_MEASURE_SETTLED, settled, ENSEMBLE_I32, 2), 0);
    assert_true(settled[0] == 1 && settled[1] == 1);
    assert_int_equal(ensemble_set_row_weights(said.e, gates, 2, 2), 0); /* .385 of .685 are less than .7 */
    assert_int_equal(ensemble_measure(said.e, ENSEMBLE_MEASURE_SETTLED, settled, ENSEMBLE_I32, 2), 0);
    assert_true(settled[0] == 1 && settled[1] == 0);
    assert_int_equal(ensemble_set_missing_policy(said.e, ENSEMBLE_LEAVE_OUT_MISSING, .5), 0);
    assert_int_equal(ensemble_measure(said.e, ENSEMBLE_MEASURE_SETTLED, settled, ENSEMBLE_I32, 2), 0);
    assert_true(settled[0] == 1 && settled[1] == 1);
    forget(&said);
}

/* Only the columns that a missing model has are known; its weight counts all the same. */
TEST(test_a_missing_model_with_a_class_map)
{
    const double values[] = {0, .2, .8, 0, .3, .7};
    const int32_t map[] = {2};
    const double light[] = {.7, .3}, heavy[] = {.4, .6};
    const int settled[] = {1, 0}, open[] = {0, 0};
    struct said said = say(ENSEMBLE_MEAN, ENSEMBLE_F64, values, 1, 2, 3);

    add(said.e, NULL, ENSEMBLE_F64, 2);
    said.n = 2;
    assert_int_equal(ensemble_set_class_map(said.e, 1, map, 1), 0);
    interpret(&said, ENSEMBLE_PROBABILITIES, 0);
    weigh(&said, light);
    assert_settled(said.e, settled, 2); /* .42 and .28 against .3 */
    weigh(&said, heavy);
    assert_settled(said.e, open, 2);
    forget(&said);
}

TEST(test_settled_is_not_for_every_method)
{
    const double values[] = {.9, .1, .4, .6};
    struct said said = say(ENSEMBLE_SUM, ENSEMBLE_F32, values, 2, 1, 2);

    interpret(&said, ENSEMBLE_PROBABILITIES, 0);
    for (int gone = 0; gone < 2; gone++) {
        for (int32_t method = ENSEMBLE_SUM; method <= ENSEMBLE_RANK; method++) {
            uint8_t settled;

            assert_int_equal(ensemble_set_method(said.e, method), 0);
            if (method > ENSEMBLE_MEAN && method != ENSEMBLE_VOTE)
                assert_settled_fails(said.e, ENSEMBLE_EREPORT);
            else
                assert_int_equal(ensemble_settled(said.e, &settled), 0);
        }
        take_away(said.e, 1, ENSEMBLE_F32, 1);
    }
    forget(&said);
}

TEST(test_settled_is_for_values_from_0_to_1)
{
    const double values[] = {.9, .1, .4, .6}, one_only[] = {1, 0};
    const int32_t methods[] = {ENSEMBLE_SUM, ENSEMBLE_MEAN, ENSEMBLE_VOTE};
    struct said said = say(ENSEMBLE_SUM, ENSEMBLE_F32, values, 2, 1, 2);
    uint8_t settled;

    for (size_t m = 0; m < LENGTH(methods); m++)
        for (int32_t space = ENSEMBLE_AS_IS; space <= ENSEMBLE_BINARY_LOGITS; space++) {
            const int bounded = space != ENSEMBLE_AS_IS || methods[m] == ENSEMBLE_VOTE;

            assert_int_equal(ensemble_set_method(said.e, methods[m]), 0);
            assert_int_equal(ensemble_set_input(said.e, 0, ENSEMBLE_LOGITS, 0), 0);
            assert_int_equal(ensemble_set_input(said.e, 1, space, 0), 0);
            weigh(&said, NULL);
            for (int gone = 0; gone < 2; gone++) {
                if (bounded)
                    assert_int_equal(ensemble_settled(said.e, &settled), 0);
                else
                    assert_settled_fails(said.e, ENSEMBLE_EREPORT);
                take_away(said.e, 1, ENSEMBLE_F32, 1);
            }
            weigh(&said, one_only); /* a model of weight 0 takes no part, whatever its numbers mean */
            assert_int_equal(ensemble_settled(said.e, &settled), 0);
            assert_int_equal(settled, 1);
            assert_int_equal(
                ensemble_set_model_output(said.e, 1, output_of(&said, 1), ENSEMBLE_F32, 1, 0), 0);
        }
    forget(&said);
}

TEST(test_settled_does_not_go_with_class_weights_absent_classes_and_softmax)
{
    const double values[] = {.9, .1, .4, .6}, ones[] = {1, 1, 1, 1};
    const int32_t map[] = {1, 0};
    struct said said = say(ENSEMBLE_MEAN, ENSEMBLE_F32, values, 2, 1, 2);
    uint8_t settled;

    interpret(&said, ENSEMBLE_PROBABILITIES, 0);
    assert_int_equal(ensemble_set_class_weights(said.e, ones, 2, 2), 0);
    assert_settled_fails(said.e, ENSEMBLE_EREPORT);
    assert_int_equal(ensemble_set_class_weights(said.e, NULL, 0, 0), 0);
    assert_int_equal(ensemble_set_missing_policy(said.e, ENSEMBLE_LEAVE_OUT_ABSENT, 0), 0);
    assert_int_equal(ensemble_settled(said.e, &settled), 0); /* no class is absent */
    assert_int_equal(ensemble_set_class_map(said.e, 1, map, 1), 0);
    assert_settled_fails(said.e, ENSEMBLE_EREPORT);
    assert_int_equal(ensemble_set_missing_policy(said.e, 0, 0), 0);
    assert_int_equal(ensemble_settled(said.e, &settled), 0);
    assert_int_equal(ensemble_set_result(said.e, ENSEMBLE_RESULT_SOFTMAX, 0), 0);
    assert_settled_fails(said.e, ENSEMBLE_EREPORT);
    assert_int_equal(ensemble_set_method(said.e, ENSEMBLE_VOTE), 0);
    assert_settled_fails(said.e, ENSEMBLE_EREPORT);
    forget(&said);
}

TEST(test_settled_does_not_go_with_negative_weights)
{
    const double values[] = {.9, .1, .4, .6}, first[] = {-1, 2}, second[] = {2, -1};

    for (int gone = 0; gone < 2; gone++)
        for (int32_t method = ENSEMBLE_SUM; method <= ENSEMBLE_VOTE; method += method == ENSEMBLE_SUM ? 1 : 10) {
            struct said said = say(method, ENSEMBLE_F32, values, 2, 1, 2);

            interpret(&said, ENSEMBLE_PROBABILITIES, 0);
            if (gone)
                take_away(said.e, 1, ENSEMBLE_F32, 1);
            weigh(&said, first);
            assert_settled_fails(said.e, ENSEMBLE_ENEGATIVE);
            weigh(&said, second);
            assert_settled_fails(said.e, ENSEMBLE_ENEGATIVE);
            forget(&said);
        }
}

TEST(test_other_errors_of_settled)
{
    const double values[] = {.9, .1, .4, .6}, none[] = {0, 0};
    struct ensemble *empty = ensemble_of(2);
    struct said said = say(ENSEMBLE_MEAN, ENSEMBLE_F32, values, 2, 1, 2);
    const int open[] = {0};
    uint8_t settled;

    interpret(&said, ENSEMBLE_PROBABILITIES, 0);
    assert_int_equal(ensemble_settled(NULL, &settled), ENSEMBLE_ENULL);
    assert_int_equal(ensemble_settled(said.e, NULL), ENSEMBLE_ENULL);
    assert_settled_fails(empty, ENSEMBLE_EEMPTY);
    assert_int_equal(ensemble_settled(said.e, output_of(&said, 1)), ENSEMBLE_EOVERLAP);
    weigh(&said, none);
    assert_settled_fails(said.e, ENSEMBLE_EZEROSUM);
    assert_int_equal(ensemble_set_method(said.e, ENSEMBLE_SUM), 0);
    assert_settled(said.e, open, 1); /* no model says anything: a row without an answer */
    weigh(&said, NULL);
    assert_int_equal(ensemble_set_model_output(said.e, 1, output_of(&said, 1), ENSEMBLE_F32, 0, 0), 0);
    assert_settled_fails(said.e, ENSEMBLE_EROWS);
    take_away(said.e, 0, ENSEMBLE_F32, 1);
    take_away(said.e, 1, ENSEMBLE_F32, 1);
    assert_settled_fails(said.e, ENSEMBLE_EQUORUM);
    add(said.e, NULL, ENSEMBLE_I32, 1); /* labels are for votes */
    assert_settled_fails(said.e, ENSEMBLE_ESPACE);
    forget(&said);
    ensemble_destroy(empty);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_rows_of_auto_sklearn_one_model_after_the_other),
        cmocka_unit_test(test_a_lead_of_exactly_what_is_missing_holds_against_higher_classes_only),
        cmocka_unit_test(test_a_missing_vote_counts_with_its_own_weight),
        cmocka_unit_test(test_a_model_of_row_weight_0_is_not_missing_from_that_row),
        cmocka_unit_test(test_if_nothing_is_missing_every_row_that_has_an_answer_is_settled),
        cmocka_unit_test(test_a_model_that_is_left_out_of_a_row_for_nan_is_not_missing),
        cmocka_unit_test(test_rows_at_fault_are_not_settled),
        cmocka_unit_test(test_the_report_follows_the_policy_and_the_quorum),
        cmocka_unit_test(test_a_missing_model_with_a_class_map),
        cmocka_unit_test(test_settled_is_not_for_every_method),
        cmocka_unit_test(test_settled_is_for_values_from_0_to_1),
        cmocka_unit_test(test_settled_does_not_go_with_class_weights_absent_classes_and_softmax),
        cmocka_unit_test(test_settled_does_not_go_with_negative_weights),
        cmocka_unit_test(test_other_errors_of_settled),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
