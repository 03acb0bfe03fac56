/* SPDX-License-Identifier: MIT */
/* Sizes of buffers without wrapping around: src/base/size.h. */
#include "support.h"

#include "base/size.h"

static const size_t most = PTRDIFF_MAX;

TEST(test_the_size_of_a_matrix)
{
    const struct {
        size_t rows, width, stride;
        unsigned shift;
        size_t bytes;
    } sizes[] = {
        {1, 1, 1, 0, 1}, {1, 3, 3, 2, 12}, {4, 3, 3, 2, 48}, {4, 3, 5, 3, 144},
        {2, 3, 10, 1, 26}, {1, 3, SIZE_MAX, 2, 12}, {0, 3, 3, 2, 0},
    };

    for (size_t i = 0; i < LENGTH(sizes); i++) {
        size_t bytes = 99;

        assert_int_equal(ens_size_of_matrix(sizes[i].rows, sizes[i].width, sizes[i].stride, sizes[i].shift, &bytes), 0);
        assert_int_equal(bytes, sizes[i].bytes);
    }
}

TEST(test_no_rows_have_no_size_whatever_their_stride)
{
    size_t bytes = 99;

    assert_int_equal(ens_size_of_matrix(0, SIZE_MAX, SIZE_MAX, 3, &bytes), 0);
    assert_int_equal(bytes, 0);
}

TEST(test_the_largest_matrix)
{
    size_t bytes;

    assert_int_equal(ens_size_of_matrix(most, 1, 1, 0, &bytes), 0);
    assert_int_equal(bytes, most);
    assert_int_equal(ens_size_of_matrix(1, most / 8, most / 8, 3, &bytes), 0);
    assert_int_equal(bytes, most / 8 * 8);
}

TEST(test_larger_matrices_do_not_exist)
{
    const struct {
        size_t rows, width, stride;
        unsigned shift;
    } sizes[] = {
        {most + 1, 1, 1, 0},        /* one byte too many */
        {1, most / 8 + 1, 1, 3},    /* too many by the size of the elements */
        {SIZE_MAX, 1, 1, 0},        /* more than an object */
        {SIZE_MAX, 2, 2, 0},        /* (rows - 1) x stride wraps */
        {2, SIZE_MAX, SIZE_MAX, 0}, /* the sum wraps */
        {3, 1, SIZE_MAX / 2 + 1, 0},
        {2, 2, SIZE_MAX - 1, 0}, /* the sum is 0 */
    };

    for (size_t i = 0; i < LENGTH(sizes); i++) {
        size_t bytes;

        assert_int_equal(ens_size_of_matrix(sizes[i].rows, sizes[i].width, sizes[i].stride, sizes[i].shift, &bytes), 1);
    }
}

TEST(test_a_buffer_may_reach_the_last_byte_but_one)
{
    const void *const near_the_end = (const void *)(UINTPTR_MAX - 8);

    assert_false(ens_size_wraps(near_the_end, 8));
    assert_true(ens_size_wraps(near_the_end, 9));
    assert_true(ens_size_wraps(near_the_end, SIZE_MAX));
    assert_false(ens_size_wraps(near_the_end, 0));
    assert_false(ens_size_wraps(NULL, SIZE_MAX));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_size_of_a_matrix),
        cmocka_unit_test(test_no_rows_have_no_size_whatever_their_stride),
        cmocka_unit_test(test_the_largest_matrix),
        cmocka_unit_test(test_larger_matrices_do_not_exist),
        cmocka_unit_test(test_a_buffer_may_reach_the_last_byte_but_one),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
