/* SPDX-License-Identifier: MIT */
/* Reading structs of programs of other versions: src/api/struct.h. */
#include "support.h"

#include "api/struct.h"

/* A struct that had two fields in its first release, has three now, and will have four. */
struct first {
    uint32_t struct_size, a;
};
struct present {
    uint32_t struct_size, a, b;
};
struct future {
    uint32_t struct_size, a, b, c;
};

static int read_as_present(struct present *known, const void *given)
{
    return ens_struct_read(known, sizeof *known, sizeof(struct first), given);
}

TEST(test_a_struct_of_this_version_is_copied)
{
    const struct present given = {sizeof given, 1, 2};
    struct present known;

    poison(&known, sizeof known);
    assert_int_equal(read_as_present(&known, &given), 0);
    assert_memory_equal(&known, &given, sizeof known);
}

TEST(test_what_an_older_struct_does_not_have_becomes_0)
{
    const struct first given = {sizeof given, 1};
    struct present known;

    poison(&known, sizeof known);
    assert_int_equal(read_as_present(&known, &given), 0);
    assert_int_equal(known.a, 1);
    assert_int_equal(known.b, 0);
}

TEST(test_what_a_newer_struct_has_besides_must_be_0)
{
    struct future given = {sizeof given, 1, 2, 0};
    struct present known, before;

    assert_int_equal(read_as_present(&known, &given), 0);
    assert_true(known.a == 1 && known.b == 2);
    memcpy(&before, &known, sizeof known);
    given.c = 1;
    given.a = 9;
    assert_int_equal(read_as_present(&known, &given), ENSEMBLE_E2BIG);
    assert_memory_equal(&known, &before, sizeof known);
}

TEST(test_a_struct_smaller_than_in_the_first_release_is_an_error)
{
    const uint32_t sizes[] = {0, 1, 4, 7};
    struct present known;

    for (size_t i = 0; i < LENGTH(sizes); i++) {
        const struct future given = {sizes[i], 1, 2, 3};

        assert_int_equal(read_as_present(&known, &given), ENSEMBLE_ESTRUCT);
    }
}

TEST(test_every_byte_of_a_tail_counts)
{
    unsigned char bytes[16] = {0};

    assert_true(ens_tail_is_zero(bytes, 0, sizeof bytes));
    assert_true(ens_tail_is_zero(bytes, 16, 8));
    for (size_t i = 0; i < sizeof bytes; i++) {
        bytes[i] = 1;
        assert_false(ens_tail_is_zero(bytes, 0, sizeof bytes));
        assert_false(ens_tail_is_zero(bytes, i, i + 1));
        assert_true(ens_tail_is_zero(bytes, i + 1, sizeof bytes));
        assert_true(ens_tail_is_zero(bytes, 0, i));
        bytes[i] = 0;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_struct_of_this_version_is_copied),
        cmocka_unit_test(test_what_an_older_struct_does_not_have_becomes_0),
        cmocka_unit_test(test_what_a_newer_struct_has_besides_must_be_0),
        cmocka_unit_test(test_a_struct_smaller_than_in_the_first_release_is_an_error),
        cmocka_unit_test(test_every_byte_of_a_tail_counts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
