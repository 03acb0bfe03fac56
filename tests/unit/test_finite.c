/* SPDX-License-Identifier: MIT */
/* isfinite() without libm: src/base/finite.h. */
#include "support.h"

#include "base/finite.h"

TEST(test_numbers_are_finite)
{
    const double numbers[] = {0, -0.0, 1, -1, DBL_MAX, -DBL_MAX, DBL_MIN, 0x1p-1074};

    for (size_t i = 0; i < LENGTH(numbers); i++)
        assert_true(ens_is_finite(numbers[i]));
}

TEST(test_nan_and_infinity_are_not_finite)
{
    assert_false(ens_is_finite(NAN));
    assert_false(ens_is_finite(-NAN));
    assert_false(ens_is_finite(INFINITY));
    assert_false(ens_is_finite(-INFINITY));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_numbers_are_finite),
        cmocka_unit_test(test_nan_and_infinity_are_not_finite),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
