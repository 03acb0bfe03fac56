/* SPDX-License-Identifier: MIT */
/* Error codes and their sentences: src/base/error.h, ensemble_strerror(). */
#include "support.h"

#include "base/error.h"

#include <limits.h>

static const struct {
    int code;
    const char *text;
} errors[] = {
#define ENTRY(code, number, text) {code, text},
    ENS_ERROR_LIST(ENTRY)
#undef ENTRY
};

TEST(test_every_code_has_its_own_sentence)
{
    for (size_t i = 0; i < LENGTH(errors); i++) {
        assert_string_equal(ensemble_strerror(errors[i].code), errors[i].text);
        for (size_t other = 0; other < i; other++)
            assert_string_not_equal(errors[i].text, errors[other].text);
    }
}

TEST(test_the_sentence_of_a_code_is_about_it)
{
    assert_string_equal(ensemble_strerror(ENSEMBLE_ENOMEM), "out of memory");
    assert_string_equal(ensemble_strerror(ENSEMBLE_ENULL), "a pointer that is needed is NULL");
    assert_string_equal(ensemble_strerror(ENSEMBLE_E2BIG),
                        "a struct uses a field that this version of the library does not know");
}

TEST(test_codes_are_numbered_from_minus_1_without_gaps)
{
    for (size_t i = 0; i < LENGTH(errors); i++)
        assert_int_equal(errors[i].code, -1 - (int)i);
}

TEST(test_success_is_0_and_above)
{
    assert_string_equal(ensemble_strerror(0), "success");
    assert_string_equal(ensemble_strerror(1), "success");
    assert_string_equal(ensemble_strerror(INT_MAX), "success");
}

TEST(test_unknown_codes_have_a_sentence_too)
{
    assert_string_equal(ensemble_strerror(-1 - (int)LENGTH(errors)), "unknown error code");
    assert_string_equal(ensemble_strerror(-9999), "unknown error code");
    assert_string_equal(ensemble_strerror(INT_MIN), "unknown error code");
}

TEST(test_sentences_fit_into_128_bytes)
{
    for (size_t i = 0; i < LENGTH(errors); i++)
        assert_in_range(strlen(errors[i].text), 5, 127);
}

TEST(test_sentences_are_static)
{
    assert_ptr_equal(ensemble_strerror(ENSEMBLE_EROWS), ensemble_strerror(ENSEMBLE_EROWS));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_code_has_its_own_sentence),
        cmocka_unit_test(test_the_sentence_of_a_code_is_about_it),
        cmocka_unit_test(test_codes_are_numbered_from_minus_1_without_gaps),
        cmocka_unit_test(test_success_is_0_and_above),
        cmocka_unit_test(test_unknown_codes_have_a_sentence_too),
        cmocka_unit_test(test_sentences_fit_into_128_bytes),
        cmocka_unit_test(test_sentences_are_static),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
