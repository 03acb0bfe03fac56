/* SPDX-License-Identifier: MIT */
/* An ensemble as text: src/store/save.c. */
#include "counted.h"
#include "stored.h"

#include "store/save.h"

#include <errno.h>
#include <locale.h>

TEST(test_the_text_of_an_ensemble_with_everything)
{
    struct ensemble *e = known_ensemble();

    assert_saves(e, KNOWN_TEXT);
    ensemble_destroy(e);
}

TEST(test_the_text_of_an_ensemble_with_nothing)
{
    struct ensemble *e = ensemble_of(3);

    assert_saves(e, HEAD "end\n");
    add(e, NULL, ENSEMBLE_F16, 9);
    assert_saves(e, HEAD MODEL "end\n");
    ensemble_destroy(e);
}

TEST(test_the_example)
{
    struct ensemble *e = example();

    assert_saves(e, HEAD MODEL "weight 0x1.3333333333333p-2\n" MODEL "weight 0x1.999999999999ap-2\n" MODEL
                               "weight 0x1.3333333333333p-2\nend\n");
    assert_int_equal(ensemble_set_weights(e, NULL, 0), 0);
    assert_saves(e, HEAD MODEL MODEL MODEL "end\n");
    ensemble_destroy(e);
}

/* One line of a text. */
static void assert_has_line(const struct ensemble *e, const char *line)
{
    char *text = text_of(e);
    const char *at = strstr(text, line);

    if (at == NULL || at == text || at[-1] != '\n' || at[strlen(line)] != '\n')
        print_error("no line \"%s\" in:\n%s", line, text);
    assert_true(at != NULL && at[-1] == '\n' && at[strlen(line)] == '\n');
    free(text);
}

TEST(test_the_words)
{
    const char *methods[] = {"sum",     "mean",   "geometric", "harmonic", "power", "log-pool", "product",
                             "median", "trimmed", "min",       "max",      "vote",  "rank"};
    const char *forms[] = {"as-is", "normalised", "log", "softmax", "tempered"};
    const char *spaces[] = {"as-is", "probabilities", "log-probabilities", "logits", "binary-logits", "labels"};
    const char *policies[] = {"nothing", "missing",        "nan",        "missing nan",
                              "absent",  "missing absent", "nan absent", "missing nan absent"};
    struct ensemble *e = example();
    char line[64];

    for (size_t i = 0; i < LENGTH(methods); i++) {
        assert_int_equal(ensemble_set_method(e, (int32_t)i), 0);
        snprintf(line, sizeof line, "method %s", methods[i]);
        assert_has_line(e, line);
    }
    for (size_t i = 0; i < LENGTH(forms); i++) {
        assert_int_equal(ensemble_set_result(e, (int32_t)i, 0), 0);
        snprintf(line, sizeof line, "result %s 0x1p+0", forms[i]);
        assert_has_line(e, line);
    }
    for (size_t i = 0; i < LENGTH(spaces); i++) {
        assert_int_equal(ensemble_set_input(e, 1, (int32_t)i, 0), 0);
        snprintf(line, sizeof line, "space %s 0x1p+0", spaces[i]);
        assert_has_line(e, line);
    }
    for (size_t i = 0; i < LENGTH(policies); i++) {
        assert_int_equal(ensemble_set_missing_policy(e, (int32_t)i, .25), 0);
        snprintf(line, sizeof line, "leave-out %s", policies[i]);
        assert_has_line(e, line);
        assert_has_line(e, "quorum 0x1p-2");
    }
    ensemble_destroy(e);
}

TEST(test_the_widest_ensemble)
{
    const size_t width = (size_t)PTRDIFF_MAX / sizeof(double);
    struct ensemble *e = ensemble_of(width);
    char line[64];

    snprintf(line, sizeof line, "width %zu", width);
    assert_has_line(e, line);
    ensemble_destroy(e);
}

/* Outputs and row weights are no part of the definition. */
TEST(test_what_is_not_in_the_text)
{
    static const float output[12], row_weights[9];
    struct ensemble *e = known_ensemble();

    assert_int_equal(ensemble_set_model_output(e, 0, output, ENSEMBLE_F32, 3, 0), 0);
    assert_int_equal(ensemble_set_row_weights(e, row_weights, 3, 3), 0);
    assert_saves(e, KNOWN_TEXT);
    ensemble_destroy(e);
}

TEST(test_a_text_that_just_fits)
{
    const int length = (int)sizeof KNOWN_TEXT - 1;
    char text[sizeof KNOWN_TEXT + 1];
    struct ensemble *e = known_ensemble();

    assert_int_equal(ensemble_save(e, NULL, 0), length);
    poison(text, sizeof text);
    assert_int_equal(ensemble_save(e, text, sizeof KNOWN_TEXT), length);
    assert_string_equal(text, KNOWN_TEXT);
    assert_poisoned(text + sizeof KNOWN_TEXT, 1);
    poison(text, sizeof text);
    for (size_t size = 0; size < sizeof KNOWN_TEXT; size++)
        assert_int_equal(ensemble_save(e, text, size), ENSEMBLE_ECOUNT);
    assert_poisoned(text, sizeof text);
    assert_int_equal(ensemble_save(e, text, sizeof text), length);
    assert_int_equal(ensemble_save(e, text, SIZE_MAX), length);
    ensemble_destroy(e);
}

TEST(test_faults_of_saving)
{
    char text[16];
    struct ensemble *e = known_ensemble();

    poison(text, sizeof text);
    assert_int_equal(ensemble_save(NULL, text, sizeof text), ENSEMBLE_ENULL);
    assert_int_equal(ensemble_save(NULL, NULL, 0), ENSEMBLE_ENULL);
    assert_int_equal(ensemble_save(e, NULL, 1), ENSEMBLE_ENULL);
    assert_int_equal(ensemble_save(e, NULL, SIZE_MAX), ENSEMBLE_ENULL);
    assert_poisoned(text, sizeof text);
    ensemble_destroy(e);
}

/* The limit is INT_MAX; here it is less, so that a text comes to it. */
TEST(test_a_text_that_is_too_long)
{
    const int length = (int)sizeof KNOWN_TEXT - 1;
    char text[sizeof KNOWN_TEXT];
    struct ensemble *e = known_ensemble();

    poison(text, sizeof text);
    assert_int_equal(ens_save(e, NULL, 0, length - 1), ENSEMBLE_EOVERFLOW);
    assert_int_equal(ens_save(e, text, sizeof text, length - 1), ENSEMBLE_EOVERFLOW);
    assert_poisoned(text, sizeof text);
    assert_int_equal(ens_save(e, NULL, 0, length), length);
    assert_int_equal(ens_save(e, text, sizeof text, length), length);
    ensemble_destroy(e);
}

TEST(test_weights_that_do_not_fit_are_not_saved)
{
    const double weights[] = {1, 2, 3, 4};
    double class_weights[4 * 4] = {1};
    struct ensemble *e = known_ensemble();
    char text[sizeof KNOWN_TEXT + 200];

    poison(text, sizeof text);
    add(e, NULL, ENSEMBLE_F32, 0);
    assert_int_equal(ensemble_save(e, text, sizeof text), ENSEMBLE_EWEIGHTS);
    assert_int_equal(ensemble_set_weights(e, weights, 4), 0);
    assert_int_equal(ensemble_save(e, text, sizeof text), ENSEMBLE_EWEIGHTS);
    assert_int_equal(ensemble_save(e, NULL, 0), ENSEMBLE_EWEIGHTS);
    assert_poisoned(text, sizeof text);
    assert_int_equal(ensemble_set_class_weights(e, class_weights, 4, 4), 0);
    assert_true(ensemble_save(e, text, sizeof text) > 0);
    add(e, NULL, ENSEMBLE_F32, 0);
    assert_int_equal(ensemble_set_class_weights(e, NULL, 0, 0), 0);
    assert_int_equal(ensemble_save(e, text, sizeof text), ENSEMBLE_EWEIGHTS);
    assert_int_equal(ensemble_set_weights(e, NULL, 0), 0);
    assert_true(ensemble_save(e, text, sizeof text) > 0);
    ensemble_destroy(e);
}

/* Weights with which no combine works are a definition all the same. */
TEST(test_an_ensemble_that_does_not_combine_is_saved)
{
    const double weights[] = {-1, 0, 1};
    struct ensemble *e = example();

    assert_int_equal(ensemble_set_weights(e, weights, 3), 0);
    assert_int_equal(ensemble_set_method(e, ENSEMBLE_MEAN), 0);
    assert_example_fails(e, ENSEMBLE_EZEROSUM);
    assert_has_line(e, "weight -0x1p+0");
    assert_has_line(e, "weight 0x0p+0");
    ensemble_destroy(e);
}

TEST(test_saving_neither_allocates_nor_sets_errno)
{
    char text[sizeof KNOWN_TEXT];
    struct ensemble *e = known_ensemble();

    calls = 0;
    errno = 7654;
    assert_int_equal(ensemble_save(e, NULL, 0), sizeof text - 1);
    assert_int_equal(ensemble_save(e, text, sizeof text), sizeof text - 1);
    assert_int_equal(ensemble_save(e, text, 5), ENSEMBLE_ECOUNT);
    assert_int_equal(ensemble_find_model(e, "b"), 2);
    assert_string_equal(ensemble_get_model_name(e, 2), "b");
    assert_int_equal(ensemble_get_width(e) + ensemble_get_models(e), 7);
    assert_int_equal(ensemble_get_method(e), ENSEMBLE_LOG_POOL);
    assert_int_equal(errno, 7654);
    assert_int_equal(calls, 0);
    ensemble_destroy(e);
    assert_true(calls > 0);
}

/* A locale with a decimal comma, where the machine has one. */
TEST(test_the_locale_does_not_matter)
{
    const char *locales[] = {"de_DE.UTF-8", "de_DE.utf8", "fr_FR.UTF-8", "fr_FR.utf8", "ru_RU.UTF-8", "C.UTF-8"};
    struct ensemble *e = known_ensemble(), *back;
    size_t i = 0;

    while (i < LENGTH(locales) && setlocale(LC_ALL, locales[i]) == NULL)
        i++;
    assert_saves(e, KNOWN_TEXT);
    back = loaded(KNOWN_TEXT);
    assert_saves(back, KNOWN_TEXT);
    setlocale(LC_ALL, "C");
    ensemble_destroy(e);
    ensemble_destroy(back);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_text_of_an_ensemble_with_everything),
        cmocka_unit_test(test_the_text_of_an_ensemble_with_nothing),
        cmocka_unit_test(test_the_example),
        cmocka_unit_test(test_the_words),
        cmocka_unit_test(test_the_widest_ensemble),
        cmocka_unit_test(test_what_is_not_in_the_text),
        cmocka_unit_test(test_a_text_that_just_fits),
        cmocka_unit_test(test_faults_of_saving),
        cmocka_unit_test(test_a_text_that_is_too_long),
        cmocka_unit_test(test_weights_that_do_not_fit_are_not_saved),
        cmocka_unit_test(test_an_ensemble_that_does_not_combine_is_saved),
        cmocka_unit_test(test_saving_neither_allocates_nor_sets_errno),
        cmocka_unit_test(test_the_locale_does_not_matter),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
