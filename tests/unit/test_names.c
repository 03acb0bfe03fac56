/* SPDX-License-Identifier: MIT */
/* The names of models, and what a handle says of itself: src/api/names.c, src/base/name.c, src/api/info.c. */
#include "heap.h"

#include "base/name.h"

#include <errno.h>

static struct ensemble *named(const char *first, const char *second)
{
    struct ensemble *e = example();

    assert_int_equal(ensemble_set_model_name(e, 0, first), 0);
    assert_int_equal(ensemble_set_model_name(e, 1, second), 0);
    return e;
}

TEST(test_models_are_found_by_their_names)
{
    struct ensemble *e = named("forest", "W\xc3\xa4lder und B\xc3\xa4ume");

    assert_string_equal(ensemble_get_model_name(e, 0), "forest");
    assert_string_equal(ensemble_get_model_name(e, 1), "W\xc3\xa4lder und B\xc3\xa4ume");
    assert_string_equal(ensemble_get_model_name(e, 2), "");
    assert_int_equal(ensemble_find_model(e, "forest"), 0);
    assert_int_equal(ensemble_find_model(e, "W\xc3\xa4lder und B\xc3\xa4ume"), 1);
    assert_int_equal(ensemble_find_model(e, "fores"), ENSEMBLE_EMODEL);
    assert_int_equal(ensemble_find_model(e, "forests"), ENSEMBLE_EMODEL);
    assert_int_equal(ensemble_find_model(e, ""), ENSEMBLE_EMODEL);
    assert_example(e);
    ensemble_destroy(e);
}

TEST(test_a_name_is_copied)
{
    char name[] = "forest";
    struct ensemble *e = named(name, NULL);

    poison(name, sizeof name);
    assert_string_equal(ensemble_get_model_name(e, 0), "forest");
    ensemble_destroy(e);
}

TEST(test_a_model_without_a_name_has_the_empty_one)
{
    struct ensemble *e = named("a", "b");

    assert_int_equal(ensemble_set_model_name(e, 0, ""), 0);
    assert_int_equal(ensemble_set_model_name(e, 1, NULL), 0);
    for (size_t model = 0; model < 3; model++)
        assert_string_equal(ensemble_get_model_name(e, model), "");
    assert_int_equal(ensemble_find_model(e, "a"), ENSEMBLE_EMODEL);
    assert_int_equal(ensemble_set_model_name(e, 0, ""), 0);
    ensemble_destroy(e);
}

TEST(test_no_two_models_have_one_name)
{
    struct ensemble *e = named("a", "b");

    assert_int_equal(ensemble_set_model_name(e, 1, "a"), ENSEMBLE_ENAME);
    assert_int_equal(ensemble_set_model_name(e, 2, "b"), ENSEMBLE_ENAME);
    assert_string_equal(ensemble_get_model_name(e, 1), "b");
    assert_string_equal(ensemble_get_model_name(e, 2), "");
    assert_int_equal(ensemble_set_model_name(e, 1, "b"), 0);
    assert_int_equal(ensemble_set_model_name(e, 0, "c"), 0);
    assert_int_equal(ensemble_set_model_name(e, 1, "a"), 0);
    assert_int_equal(ensemble_find_model(e, "a"), 1);
    assert_int_equal(ensemble_find_model(e, "c"), 0);
    assert_int_equal(ensemble_find_model(e, "b"), ENSEMBLE_EMODEL);
    ensemble_destroy(e);
}

/* The old name is where the new one is taken from. */
TEST(test_a_name_may_be_made_of_the_old_one)
{
    struct ensemble *e = named("forest", NULL);

    assert_int_equal(ensemble_set_model_name(e, 0, ensemble_get_model_name(e, 0)), 0);
    assert_string_equal(ensemble_get_model_name(e, 0), "forest");
    assert_int_equal(ensemble_set_model_name(e, 0, ensemble_get_model_name(e, 0) + 3), 0);
    assert_string_equal(ensemble_get_model_name(e, 0), "est");
    ensemble_destroy(e);
}

TEST(test_names_stay_when_models_are_added)
{
    struct ensemble *e = named("a", "b");

    for (int i = 0; i < 50; i++)
        add(e, example_outputs[0], ENSEMBLE_F32, 1);
    assert_string_equal(ensemble_get_model_name(e, 1), "b");
    assert_string_equal(ensemble_get_model_name(e, 52), "");
    assert_int_equal(ensemble_set_model_name(e, 52, "last"), 0);
    assert_int_equal(ensemble_find_model(e, "last"), 52);
    ensemble_destroy(e);
}

TEST(test_names_of_no_handle_or_no_model)
{
    struct ensemble *e = named("a", NULL);

    assert_int_equal(ensemble_set_model_name(NULL, 0, "a"), ENSEMBLE_ENULL);
    assert_int_equal(ensemble_set_model_name(e, 3, "b"), ENSEMBLE_EMODEL);
    assert_int_equal(ensemble_set_model_name(e, SIZE_MAX, "\n"), ENSEMBLE_EMODEL);
    assert_string_equal(ensemble_get_model_name(NULL, 0), "");
    assert_string_equal(ensemble_get_model_name(e, 3), "");
    assert_string_equal(ensemble_get_model_name(e, SIZE_MAX), "");
    assert_int_equal(ensemble_find_model(NULL, "a"), ENSEMBLE_ENULL);
    assert_int_equal(ensemble_find_model(e, NULL), ENSEMBLE_ENULL);
    ensemble_destroy(e);
}

TEST(test_a_name_has_at_most_255_bytes)
{
    char name[300];
    struct ensemble *e = example();

    memset(name, 'x', sizeof name);
    name[255] = '\0';
    assert_int_equal(ensemble_set_model_name(e, 0, name), 0);
    assert_string_equal(ensemble_get_model_name(e, 0), name);
    name[255] = 'x';
    name[256] = '\0';
    assert_int_equal(ensemble_set_model_name(e, 1, name), ENSEMBLE_ENAME);
    memcpy(name + 254, "\xc3\xa4", 3);
    assert_int_equal(ensemble_set_model_name(e, 1, name), ENSEMBLE_ENAME);
    memcpy(name + 253, "\xc3\xa4", 3);
    assert_int_equal(ensemble_set_model_name(e, 1, name), 0);
    assert_string_equal(ensemble_get_model_name(e, 2), "");
    ensemble_destroy(e);
}

/* Nothing behind the 256th byte of a name is looked at. */
TEST(test_a_name_without_an_end)
{
    char *memory = mmap(NULL, (size_t)2 * PAGE_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    struct ensemble *e = example();

    assert_true(memory != MAP_FAILED);
    assert_int_equal(mprotect(memory + PAGE_BYTES, PAGE_BYTES, PROT_NONE), 0);
    memset(memory, 'x', PAGE_BYTES);
    assert_int_equal(ensemble_set_model_name(e, 0, memory + PAGE_BYTES - 256), ENSEMBLE_ENAME);
    assert_int_equal(munmap(memory, (size_t)2 * PAGE_BYTES), 0);
    ensemble_destroy(e);
}

/* The edges of what is well-formed UTF-8, and of what no line of text holds. */
TEST(test_characters_of_names)
{
    const char *fit[] = {
        " ", "~", "\xc2\xa0", "\xdf\xbf", "\xe0\xa0\x80", "\xed\x9f\xbf", "\xee\x80\x80", "\xef\xbf\xbf",
        "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf", "'", "\\", "#", "/", "\xe6\xa3\xae", "\xf0\x9f\x8c\xb2",
    };
    const char *unfit[] = {
        "\"", "a\"b", "\n", "\t", "\r", "\x01", "\x1f", "\x7f", "a\x1b[0m", "\xc2\x80", "\xc2\x85", "\xc2\x9f",
        "\x80", "\xbf", "\xc0\x80", "\xc1\xbf", "\xc3", "\xc3(", "\xe0\x9f\xbf", "\xe0\x80\x80", "\xe2\x82",
        "\xe2\x28\xa1", "\xe2\x82\x28", "\xed\xa0\x80", "\xed\xbf\xbf", "\xf0\x8f\xbf\xbf", "\xf0\x9f\x8c",
        "\xf0\x28\x8c\xbc", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xf7\xbf\xbf\xbf", "\xf8\x90\x80\x80",
        "\xf8\x88\x80\x80\x80", "\xfe", "\xff", "abc\xff", "\xe6\xa3\xae\xe6\xa3",
    };
    struct ensemble *e = example();

    for (size_t i = 0; i < LENGTH(fit); i++) {
        assert_int_equal(ensemble_set_model_name(e, 0, fit[i]), 0);
        assert_string_equal(ensemble_get_model_name(e, 0), fit[i]);
    }
    assert_int_equal(ensemble_set_model_name(e, 0, "kept"), 0);
    for (size_t i = 0; i < LENGTH(unfit); i++) {
        assert_int_equal(ensemble_set_model_name(e, 0, unfit[i]), ENSEMBLE_ENAME);
        assert_string_equal(ensemble_get_model_name(e, 0), "kept");
    }
    ensemble_destroy(e);
}

/* As in a text, where no NUL follows: only the bytes of the name count. */
TEST(test_the_length_of_a_name_counts)
{
    assert_true(ens_name_is_fit("", 0));
    assert_true(ens_name_is_fit("\"", 0));
    assert_true(ens_name_is_fit("a\"", 1));
    assert_false(ens_name_is_fit("a\0b", 3));
    assert_true(ens_name_is_fit("\xc3\xa4", 2));
    assert_false(ens_name_is_fit("\xc3\xa4", 1));
    assert_false(ens_name_is_fit("\xf0\x9f\x8c\xb2", 3));
}

/* Every character, written as UTF-8 says: all but controls, surrogates and the quotation mark. */
TEST(test_every_character)
{
    struct ensemble *e = example();

    for (uint32_t c = 1; c < 0x110000; c += c < 0x3000 || (c > 0xD700 && c < 0xE100) ? 1 : 251) {
        const int control = c < 0x20 || (c >= 0x7F && c < 0xA0);
        const int surrogate = c >= 0xD800 && c < 0xE000;
        char name[5] = {0};

        if (c < 0x80) {
            name[0] = (char)c;
        } else if (c < 0x800) {
            name[0] = (char)(0xC0 | c >> 6);
            name[1] = (char)(0x80 | (c & 63));
        } else if (c < 0x10000) {
            name[0] = (char)(0xE0 | c >> 12);
            name[1] = (char)(0x80 | (c >> 6 & 63));
            name[2] = (char)(0x80 | (c & 63));
        } else {
            name[0] = (char)(0xF0 | c >> 18);
            name[1] = (char)(0x80 | (c >> 12 & 63));
            name[2] = (char)(0x80 | (c >> 6 & 63));
            name[3] = (char)(0x80 | (c & 63));
        }
        assert_int_equal(ensemble_set_model_name(e, 2, name), control || surrogate || c == '"' ? ENSEMBLE_ENAME : 0);
    }
    ensemble_destroy(e);
}

TEST(test_a_name_without_memory_changes_nothing)
{
    struct heap heap = {.fails_at = SIZE_MAX};
    struct ensemble *e = NULL;

    assert_int_equal(create_on(&heap, &e), 0);
    add(e, example_outputs[0], ENSEMBLE_F32, 1);
    assert_int_equal(ensemble_set_model_name(e, 0, "old"), 0);
    heap.fails_at = heap.allocations;
    assert_int_equal(ensemble_set_model_name(e, 0, "new"), ENSEMBLE_ENOMEM);
    assert_string_equal(ensemble_get_model_name(e, 0), "old");
    assert_int_equal(ensemble_set_model_name(e, 0, "newer"), 0);
    assert_string_equal(ensemble_get_model_name(e, 0), "newer");
    ensemble_destroy(e);
    assert_int_equal(heap.bytes, 0);
}

TEST(test_names_are_released_and_asked_for_only_where_needed)
{
    struct heap heap = {.fails_at = SIZE_MAX};
    struct ensemble *e = NULL;
    size_t bytes, calls;

    assert_int_equal(create_on(&heap, &e), 0);
    add(e, example_outputs[0], ENSEMBLE_F32, 1);
    bytes = heap.bytes;
    assert_int_equal(ensemble_set_model_name(e, 0, "forest"), 0);
    assert_int_equal(heap.bytes, bytes + sizeof "forest");
    calls = heap.calls;
    assert_int_equal(ensemble_set_model_name(e, 0, "\n"), ENSEMBLE_ENAME);
    assert_int_equal(ensemble_set_model_name(e, 1, "other"), ENSEMBLE_EMODEL);
    assert_int_equal(ensemble_find_model(e, "forest"), 0);
    assert_string_equal(ensemble_get_model_name(e, 0), "forest");
    assert_int_equal(heap.calls, calls);
    assert_int_equal(ensemble_set_model_name(e, 0, NULL), 0);
    assert_int_equal(heap.bytes, bytes);
    assert_int_equal(ensemble_set_model_name(e, 0, "left"), 0);
    ensemble_destroy(e);
    assert_int_equal(heap.bytes, 0);
}

TEST(test_what_a_handle_holds)
{
    struct ensemble *e = ensemble_of(7);

    assert_int_equal(ensemble_get_width(e), 7);
    assert_int_equal(ensemble_get_models(e), 0);
    assert_int_equal(ensemble_get_method(e), ENSEMBLE_SUM);
    for (int32_t method = ENSEMBLE_SUM; method <= ENSEMBLE_RANK; method++) {
        add(e, NULL, ENSEMBLE_F32, 0);
        assert_int_equal(ensemble_set_method(e, method), 0);
        assert_int_equal(ensemble_get_method(e), method);
        assert_int_equal(ensemble_get_models(e), method + 1);
    }
    assert_int_equal(ensemble_get_width(NULL), 0);
    assert_int_equal(ensemble_get_models(NULL), 0);
    assert_int_equal(ensemble_get_method(NULL), 0);
    ensemble_destroy(e);
}

TEST(test_names_keep_errno)
{
    struct ensemble *e = example();

    errno = 7654;
    assert_int_equal(ensemble_set_model_name(e, 0, "a"), 0);
    assert_int_equal(ensemble_set_model_name(e, 1, "a"), ENSEMBLE_ENAME);
    assert_int_equal(ensemble_find_model(e, "a"), 0);
    assert_int_equal(errno, 7654);
    ensemble_destroy(e);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_models_are_found_by_their_names),
        cmocka_unit_test(test_a_name_is_copied),
        cmocka_unit_test(test_a_model_without_a_name_has_the_empty_one),
        cmocka_unit_test(test_no_two_models_have_one_name),
        cmocka_unit_test(test_a_name_may_be_made_of_the_old_one),
        cmocka_unit_test(test_names_stay_when_models_are_added),
        cmocka_unit_test(test_names_of_no_handle_or_no_model),
        cmocka_unit_test(test_a_name_has_at_most_255_bytes),
        cmocka_unit_test(test_a_name_without_an_end),
        cmocka_unit_test(test_characters_of_names),
        cmocka_unit_test(test_the_length_of_a_name_counts),
        cmocka_unit_test(test_every_character),
        cmocka_unit_test(test_a_name_without_memory_changes_nothing),
        cmocka_unit_test(test_names_are_released_and_asked_for_only_where_needed),
        cmocka_unit_test(test_what_a_handle_holds),
        cmocka_unit_test(test_names_keep_errno),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
