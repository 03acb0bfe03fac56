/* SPDX-License-Identifier: MIT */
/* Sentences in a buffer of the caller's: src/base/text.c. */
#include "support.h"

#include "base/text.h"

TEST(test_a_text_begins_empty)
{
    char buffer[8] = "old";
    struct ens_text text;

    ens_text_begin(&text, buffer, sizeof buffer);
    assert_string_equal(buffer, "");
}

TEST(test_words_and_numbers_follow_each_other)
{
    char buffer[64];
    struct ens_text text;

    ens_text_begin(&text, buffer, sizeof buffer);
    ens_text_add(&text, "model ");
    ens_text_add_number(&text, 120);
    ens_text_add(&text, "");
    ens_text_add(&text, " of ");
    ens_text_add_number(&text, 0);
    assert_string_equal(buffer, "model 120 of 0");
    assert_int_equal(text.used, strlen(buffer));
}

TEST(test_the_largest_number)
{
    char buffer[64], expected[64];
    struct ens_text text;

    ens_text_begin(&text, buffer, sizeof buffer);
    ens_text_add_number(&text, SIZE_MAX);
    snprintf(expected, sizeof expected, "%zu", SIZE_MAX);
    assert_string_equal(buffer, expected);
}

TEST(test_what_does_not_fit_is_cut)
{
    char buffer[6];
    struct ens_text text;

    poison(buffer, sizeof buffer);
    ens_text_begin(&text, buffer, 5);
    ens_text_add(&text, "abc");
    ens_text_add_number(&text, 12345);
    ens_text_add(&text, "z");
    assert_string_equal(buffer, "abc1");
    assert_poisoned(buffer + 5, 1);
}

TEST(test_a_text_that_just_fits_is_whole)
{
    char buffer[6];
    struct ens_text text;

    ens_text_begin(&text, buffer, sizeof buffer);
    ens_text_add(&text, "abcde");
    assert_string_equal(buffer, "abcde");
}

TEST(test_one_byte_holds_the_nul)
{
    char buffer[] = "xy";
    struct ens_text text;

    ens_text_begin(&text, buffer, 1);
    ens_text_add(&text, "abc");
    assert_string_equal(buffer, "");
    assert_int_equal(buffer[1], 'y');
}

TEST(test_no_bytes_hold_nothing)
{
    char buffer[] = "xy";
    struct ens_text text;

    ens_text_begin(&text, buffer, 0);
    ens_text_add(&text, "abc");
    ens_text_add_number(&text, 7);
    assert_string_equal(buffer, "xy");
}

TEST(test_a_null_buffer_is_never_written)
{
    struct ens_text text;

    ens_text_begin(&text, NULL, 100);
    ens_text_add(&text, "abc");
    ens_text_add_number(&text, 7);
    assert_int_equal(text.size, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_text_begins_empty),
        cmocka_unit_test(test_words_and_numbers_follow_each_other),
        cmocka_unit_test(test_the_largest_number),
        cmocka_unit_test(test_what_does_not_fit_is_cut),
        cmocka_unit_test(test_a_text_that_just_fits_is_whole),
        cmocka_unit_test(test_one_byte_holds_the_nul),
        cmocka_unit_test(test_no_bytes_hold_nothing),
        cmocka_unit_test(test_a_null_buffer_is_never_written),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
