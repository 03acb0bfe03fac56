/* SPDX-License-Identifier: MIT */
/* ensemble_check(), faults in words: src/api/check.c. */
#include "support.h"

#define HOLDS_ANY 128 /* as ensemble.h says */

/* What check says must be this code and these words, and combine must return the same code. */
static void assert_says(const struct ensemble *e, int code, const char *words)
{
    char message[HOLDS_ANY];

    memset(message, 'x', sizeof message);
    assert_int_equal(ensemble_check(e, message, sizeof message), code);
    assert_string_equal(message, words);
    assert_int_equal(ensemble_check(e, NULL, 0), code);
    if (code) {
        float y[3];

        assert_int_equal(ensemble_combine(e, y, ENSEMBLE_F32, 3), code);
    }
}

TEST(test_check_says_nothing_when_all_is_well)
{
    struct ensemble *e = example();

    assert_says(e, 0, "");
    ensemble_destroy(e);
}

TEST(test_check_without_a_handle)
{
    assert_says(NULL, ENSEMBLE_ENULL, ensemble_strerror(ENSEMBLE_ENULL));
}

TEST(test_check_without_models)
{
    struct ensemble *e = ensemble_of(3);

    assert_says(e, ENSEMBLE_EEMPTY, ensemble_strerror(ENSEMBLE_EEMPTY));
    ensemble_destroy(e);
}

TEST(test_check_names_the_model_that_has_other_rows)
{
    float rows[15] = {0};
    struct ensemble *e = ensemble_of(3);

    add(e, rows, ENSEMBLE_F32, 4);
    add(e, rows, ENSEMBLE_F32, 4);
    add(e, rows, ENSEMBLE_F32, 5);
    assert_says(e, ENSEMBLE_EROWS, "model 2 has 5 rows, but model 0 has 4");
    ensemble_destroy(e);
}

TEST(test_check_names_the_weights_that_are_for_fewer_models)
{
    const float rows[12] = {0}, row_weights[8] = {1, 1, 1, 1, 1, 1, 1, 1};
    const double class_weights[9] = {1, 1, 1, 1, 1, 1, 1, 1, 1};
    struct ensemble *e = ensemble_of(3);

    add(e, rows, ENSEMBLE_F32, 4);
    add(e, rows, ENSEMBLE_F32, 4);
    assert_int_equal(ensemble_set_row_weights(e, row_weights, 4, 2), 0);
    assert_int_equal(ensemble_set_class_weights(e, class_weights, 2, 3), 0);
    assert_says(e, 0, "");
    add(e, rows, ENSEMBLE_F32, 4);
    assert_says(e, ENSEMBLE_EWEIGHTS, "class weights were set for 2 models, but there are 3");
    assert_int_equal(ensemble_set_class_weights(e, class_weights, 3, 3), 0);
    assert_says(e, ENSEMBLE_EWEIGHTS, "row weights were set for 2 models, but there are 3");
    ensemble_destroy(e);
}

TEST(test_check_compares_rows_with_the_first_model_that_takes_part)
{
    const double weights[] = {0, 1, 1};
    float rows[15] = {0};
    struct ensemble *e = ensemble_of(3);

    add(e, rows, ENSEMBLE_F32, 1);
    add(e, rows, ENSEMBLE_F32, 4);
    add(e, rows, ENSEMBLE_F32, 5);
    assert_int_equal(ensemble_set_weights(e, weights, 3), 0);
    assert_says(e, ENSEMBLE_EROWS, "model 2 has 5 rows, but model 1 has 4");
    ensemble_destroy(e);
}

TEST(test_check_names_the_model_that_has_no_output)
{
    float rows[12] = {0};
    struct ensemble *e = ensemble_of(3);

    add(e, rows, ENSEMBLE_F32, 4);
    add(e, NULL, ENSEMBLE_F32, 4);
    assert_says(e, ENSEMBLE_EMISSING, "model 1 has no output (4 x 3 values are expected)");
    ensemble_destroy(e);
}

TEST(test_check_names_the_number_of_weights)
{
    struct ensemble *e = example();

    add(e, example_outputs[0], ENSEMBLE_F32, 1);
    add(e, example_outputs[0], ENSEMBLE_F32, 1);
    assert_says(e, ENSEMBLE_EWEIGHTS, "3 weights were set, but there are 5 models");
    ensemble_destroy(e);
}

TEST(test_check_says_that_weights_have_no_mean)
{
    const double weights[] = {1, -1, 0};
    struct ensemble *e = example();

    assert_int_equal(ensemble_set_weights(e, weights, 3), 0);
    assert_int_equal(ensemble_set_method(e, ENSEMBLE_MEAN), 0);
    assert_says(e, ENSEMBLE_EZEROSUM, ensemble_strerror(ENSEMBLE_EZEROSUM));
    ensemble_destroy(e);
}

TEST(test_check_has_the_same_code_for_every_fault_of_an_output)
{
    struct ensemble *e = example();

    assert_int_equal(ensemble_set_model_output(e, 0, NULL, ENSEMBLE_F32, 1, 0), 0);
    assert_says(e, ENSEMBLE_EMISSING, "model 0 has no output (1 x 3 values are expected)");
    assert_int_equal(ensemble_set_model_output(e, 0, NULL, ENSEMBLE_F32, 0, 0), 0);
    assert_says(e, ENSEMBLE_EROWS, "model 1 has 1 rows, but model 0 has 0");
    assert_int_equal(ensemble_set_model_output(e, 0, example_outputs[0], ENSEMBLE_F32, 1, 0), 0);
    assert_says(e, 0, "");
    ensemble_destroy(e);
}

TEST(test_check_cuts_its_message_to_the_buffer)
{
    const char *const whole = "the ensemble has no models: add one with ensemble_add_model_output";
    struct ensemble *e = ensemble_of(3);

    for (size_t size = 0; size <= strlen(whole) + 2; size++) {
        const size_t fits = size < strlen(whole) + 1 ? size : strlen(whole) + 1; /* the NUL included */
        char message[HOLDS_ANY];

        poison(message, sizeof message);
        assert_int_equal(ensemble_check(e, message, size), ENSEMBLE_EEMPTY);
        if (size > 0) {
            assert_int_equal(message[fits - 1], '\0');
            assert_memory_equal(message, whole, fits - 1);
        }
        assert_poisoned(message + fits, sizeof message - fits);
    }
    ensemble_destroy(e);
}

TEST(test_check_empties_a_buffer_of_one_byte_when_all_is_well)
{
    struct ensemble *e = example();
    char message[] = "xy";

    assert_int_equal(ensemble_check(e, message, 0), 0);
    assert_string_equal(message, "xy");
    assert_int_equal(ensemble_check(e, message, 1), 0);
    assert_string_equal(message, "");
    assert_int_equal(message[1], 'y');
    ensemble_destroy(e);
}

TEST(test_check_with_a_null_message_ignores_its_size)
{
    struct ensemble *e = ensemble_of(3);

    assert_int_equal(ensemble_check(e, NULL, 128), ENSEMBLE_EEMPTY);
    assert_int_equal(ensemble_check(NULL, NULL, SIZE_MAX), ENSEMBLE_ENULL);
    ensemble_destroy(e);
}

TEST(test_check_says_the_longest_numbers_in_128_bytes)
{
    const size_t many = (size_t)PTRDIFF_MAX / 2;
    struct ensemble *e = ensemble_of(1);
    char message[HOLDS_ANY], expected[2 * HOLDS_ANY];

    add(e, NULL, ENSEMBLE_F16, many);
    add(e, NULL, ENSEMBLE_F16, many - 1);
    snprintf(expected, sizeof expected, "model 0 has no output (%zu x 1 values are expected)", many);
    assert_int_equal(ensemble_check(e, message, sizeof message), ENSEMBLE_EMISSING);
    assert_string_equal(message, expected);
    ensemble_destroy(e);
}

/* The code of a fault, and a sentence about it that has these words in it, such as the model's name. */
static void assert_says_something(const struct ensemble *e, int code, const char *words)
{
    char message[HOLDS_ANY];
    float y[3];

    memset(message, 'x', sizeof message);
    assert_int_equal(ensemble_check(e, message, sizeof message), code);
    assert_non_null(memchr(message, '\0', sizeof message));
    assert_true(strlen(message) > 0);
    if (strstr(message, words) == NULL)
        fail_msg("\"%s\" does not have \"%s\" in it", message, words);
    assert_int_equal(ensemble_check(e, NULL, 0), code);
    assert_int_equal(ensemble_combine(e, y, ENSEMBLE_F32, 3), code);
}

TEST(test_check_names_the_model_whose_weight_is_negative)
{
    const double weights[] = {.5, .75, -.25};
    struct ensemble *e = example();

    assert_int_equal(ensemble_set_weights(e, weights, 3), 0);
    for (int32_t method = ENSEMBLE_GEOMETRIC; method <= ENSEMBLE_RANK; method++) {
        assert_int_equal(ensemble_set_method(e, method), 0);
        assert_says_something(e, ENSEMBLE_ENEGATIVE, "model 2");
    }
    ensemble_destroy(e);
}

TEST(test_check_names_the_model_whose_numbers_do_not_go_with_the_method)
{
    const int32_t labels[] = {1};
    struct ensemble *e = example();

    assert_int_equal(ensemble_set_model_output(e, 1, labels, ENSEMBLE_I32, 1, 0), 0);
    assert_says_something(e, ENSEMBLE_ESPACE, "model 1");
    assert_int_equal(ensemble_set_method(e, ENSEMBLE_VOTE), 0);
    assert_says(e, 0, "");
    assert_int_equal(ensemble_set_input(e, 1, ENSEMBLE_LOGITS, 0), 0);
    assert_says_something(e, ENSEMBLE_ESPACE, "model 1");
    assert_int_equal(ensemble_set_input(e, 1, ENSEMBLE_LABELS, 0), 0);
    assert_int_equal(ensemble_set_input(e, 2, ENSEMBLE_LABELS, 0), 0);
    assert_says_something(e, ENSEMBLE_ESPACE, "model 2");
    ensemble_destroy(e);
}

TEST(test_check_says_that_votes_have_no_class_weights)
{
    const double ones[] = {1, 1, 1, 1, 1, 1, 1, 1, 1};
    struct ensemble *e = example();

    assert_int_equal(ensemble_set_class_weights(e, ones, 3, 3), 0);
    assert_int_equal(ensemble_set_method(e, ENSEMBLE_RANK), 0);
    assert_says_something(e, ENSEMBLE_ESPACE, "class");
    ensemble_destroy(e);
}

TEST(test_check_says_that_the_quorum_is_not_met)
{
    struct ensemble *e = example();

    assert_int_equal(ensemble_set_missing_policy(e, ENSEMBLE_LEAVE_OUT_MISSING, .75), 0);
    assert_int_equal(ensemble_set_model_output(e, 0, NULL, ENSEMBLE_F32, 1, 0), 0);
    assert_says_something(e, ENSEMBLE_EQUORUM, "");
    assert_int_equal(ensemble_set_missing_policy(e, ENSEMBLE_LEAVE_OUT_MISSING, .5), 0);
    assert_says(e, 0, "");
    ensemble_destroy(e);
}

TEST(test_check_says_which_weights_do_not_fit)
{
    const double ones[] = {1, 1, 1, 1, 1, 1, 1, 1, 1}, weights[] = {.3, .4, .3, 0};
    const float rows[] = {1, 1, 1, 1, 1, 1};
    struct ensemble *e = example();

    assert_int_equal(ensemble_set_row_weights(e, rows, 2, 3), 0);
    assert_says_something(e, ENSEMBLE_EWEIGHTS, "row");
    assert_int_equal(ensemble_set_row_weights(e, NULL, 0, 0), 0);
    assert_int_equal(ensemble_set_class_weights(e, ones, 3, 3), 0);
    assert_says(e, 0, "");
    add(e, example_outputs[0], ENSEMBLE_F32, 1);
    assert_int_equal(ensemble_set_weights(e, weights, 4), 0);
    assert_says_something(e, ENSEMBLE_EWEIGHTS, "class");
    ensemble_destroy(e);
}

TEST(test_check_says_that_weights_cannot_be_normalised_for_any_method)
{
    const double weights[] = {0, 0, 0};
    struct ensemble *e = example();

    assert_int_equal(ensemble_set_weights(e, weights, 3), 0);
    for (int32_t method = ENSEMBLE_MEAN; method <= ENSEMBLE_RANK; method++) {
        assert_int_equal(ensemble_set_method(e, method), 0);
        if (method == ENSEMBLE_PRODUCT || method == ENSEMBLE_MIN || method == ENSEMBLE_MAX)
            assert_says(e, 0, "");
        else
            assert_says_something(e, ENSEMBLE_EZEROSUM, "");
    }
    ensemble_destroy(e);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_check_says_nothing_when_all_is_well),
        cmocka_unit_test(test_check_without_a_handle),
        cmocka_unit_test(test_check_without_models),
        cmocka_unit_test(test_check_names_the_model_that_has_other_rows),
        cmocka_unit_test(test_check_names_the_weights_that_are_for_fewer_models),
        cmocka_unit_test(test_check_compares_rows_with_the_first_model_that_takes_part),
        cmocka_unit_test(test_check_names_the_model_that_has_no_output),
        cmocka_unit_test(test_check_names_the_number_of_weights),
        cmocka_unit_test(test_check_says_that_weights_have_no_mean),
        cmocka_unit_test(test_check_has_the_same_code_for_every_fault_of_an_output),
        cmocka_unit_test(test_check_cuts_its_message_to_the_buffer),
        cmocka_unit_test(test_check_empties_a_buffer_of_one_byte_when_all_is_well),
        cmocka_unit_test(test_check_with_a_null_message_ignores_its_size),
        cmocka_unit_test(test_check_says_the_longest_numbers_in_128_bytes),
        cmocka_unit_test(test_check_names_the_model_whose_weight_is_negative),
        cmocka_unit_test(test_check_names_the_model_whose_numbers_do_not_go_with_the_method),
        cmocka_unit_test(test_check_says_that_votes_have_no_class_weights),
        cmocka_unit_test(test_check_says_that_the_quorum_is_not_met),
        cmocka_unit_test(test_check_says_which_weights_do_not_fit),
        cmocka_unit_test(test_check_says_that_weights_cannot_be_normalised_for_any_method),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
