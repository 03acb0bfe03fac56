/* SPDX-License-Identifier: MIT */
/* Numbers and sizes of dtypes: src/base/dtype.h. */
#include "support.h"

#include "base/dtype.h"

TEST(test_the_known_dtypes_are_the_public_ones)
{
    for (int32_t dtype = ENSEMBLE_F32; dtype <= ENSEMBLE_BF16; dtype++)
        assert_true(ens_dtype_known(dtype));
    for (size_t i = 0; i < LENGTH(no_dtypes); i++)
        assert_false(ens_dtype_known(no_dtypes[i]));
}

TEST(test_the_sizes_of_dtypes)
{
    assert_int_equal(ens_dtype_size(ENSEMBLE_F32), sizeof(float));
    assert_int_equal(ens_dtype_size(ENSEMBLE_F64), sizeof(double));
    assert_int_equal(ens_dtype_size(ENSEMBLE_F16), sizeof(uint16_t));
    assert_int_equal(ens_dtype_size(ENSEMBLE_BF16), sizeof(uint16_t));
}

TEST(test_tables_index_dtypes_from_0)
{
    assert_int_equal(ENS_f32, 0);
    assert_int_equal(ENS_f64, 1);
    assert_int_equal(ENS_f16, 2);
    assert_int_equal(ENS_bf16, 3);
    assert_int_equal(ENS_DTYPES, 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_known_dtypes_are_the_public_ones),
        cmocka_unit_test(test_the_sizes_of_dtypes),
        cmocka_unit_test(test_tables_index_dtypes_from_0),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
