/* SPDX-License-Identifier: MIT */
/* Conversions between the 16-bit types and float or double, bit by bit: src/base/half.h. */
#include "support.h"

#include "base/half.h"

#include <float.h>

static int is_f16_nan(uint16_t h)
{
    return (h & 0x7FFF) > 0x7C00;
}

static int is_bf16_nan(uint16_t h)
{
    return (h & 0x7FFF) > 0x7F80;
}

/* x times 2^exponent, exactly. */
static double scaled(double x, int exponent)
{
    for (; exponent > 0; exponent--)
        x *= 2;
    for (; exponent < 0; exponent++)
        x /= 2;
    return x;
}

/* What a finite binary16 means, by its definition. */
static double meaning_of_f16(uint16_t h)
{
    const int exponent = h >> 10 & 0x1F, mantissa = h & 0x3FF;
    const double magnitude = exponent > 0 ? scaled(1024 + mantissa, exponent - 25) : scaled(mantissa, -24);

    return h & 0x8000 ? -magnitude : magnitude;
}

TEST(test_float_to_f16)
{
    const struct {
        float x;
        uint16_t h;
    } pairs[] = {
        {0, 0x0000},
        {-0.0f, 0x8000},
        {1, 0x3C00},
        {-2, 0xC000},
        {65504, 0x7BFF},
        {65519.99f, 0x7BFF},
        {65520, 0x7C00},
        {-65520, 0xFC00},
        {FLT_MAX, 0x7C00},
        {INFINITY, 0x7C00},
        {-INFINITY, 0xFC00},
        {0x1p-14f, 0x0400},          /* the smallest normal number */
        {0x1.FF8p-15f, 0x03FF},      /* the largest denormal one */
        {0x1.FFCp-15f, 0x0400},      /* halfway between both, to even */
        {0x1p-24f, 0x0001},          /* the smallest number */
        {0x1p-25f, 0x0000},          /* half of it, to even */
        {-0x1p-25f, 0x8000},
        {0x1.000002p-25f, 0x0001},   /* just more than half */
        {0x1.8p-24f, 0x0002},        /* halfway, to even */
        {0x1p-149f, 0x0000},
        {1 + 0x1p-11f, 0x3C00},      /* halfway, to even: down */
        {1 + 0x1.8p-10f, 0x3C02},    /* halfway, to even: up */
        {1 + 0x1.004p-11f, 0x3C01},  /* just more than half */
        {0x1.FFEp0f, 0x4000},        /* rounds up into the next power of 2 */
    };

    for (size_t i = 0; i < LENGTH(pairs); i++) {
        assert_int_equal(ens_f16_from_f32(pairs[i].x), pairs[i].h);
        assert_int_equal(ens_f16_from_f64((double)pairs[i].x), pairs[i].h);
    }
}

TEST(test_double_to_f16_rounds_once)
{
    const struct {
        double x;
        uint16_t h;
    } pairs[] = {
        {1 + 0x1p-11 + 0x1p-30, 0x3C01},     /* as a float it would be halfway, and go to 0x3C00 */
        {1 + 0x1.8p-10 - 0x1p-30, 0x3C01},   /* or to 0x3C02 */
        {0x1p-25 + 0x1p-60, 0x0001},         /* or to 0 */
        {0x1.8p-24 - 0x1p-60, 0x0001},       /* or to 0x0002 */
        {65520 - 0x1p-30, 0x7BFF},           /* or to infinity */
        {-(65520 - 0x1p-30), 0xFBFF},
        {65519.99, 0x7BFF},
        {65520, 0x7C00},
        {1e39, 0x7C00},
        {-DBL_MAX, 0xFC00},
        {0x1p-1074, 0x0000},
        {-0x1p-1074, 0x8000},
        {INFINITY, 0x7C00},
    };

    for (size_t i = 0; i < LENGTH(pairs); i++)
        assert_int_equal(ens_f16_from_f64(pairs[i].x), pairs[i].h);
}

TEST(test_float_to_bf16)
{
    const struct {
        float x;
        uint16_t h;
    } pairs[] = {
        {0, 0x0000},
        {-0.0f, 0x8000},
        {1, 0x3F80},
        {-2, 0xC000},
        {0x1.FEp127f, 0x7F7F},       /* the largest number */
        {0x1.FEFFFEp127f, 0x7F7F},
        {0x1.FFp127f, 0x7F80},       /* halfway to 2^128 */
        {FLT_MAX, 0x7F80},
        {-FLT_MAX, 0xFF80},
        {INFINITY, 0x7F80},
        {-INFINITY, 0xFF80},
        {1 + 0x1p-8f, 0x3F80},       /* halfway, to even: down */
        {1 + 0x1.8p-7f, 0x3F82},     /* halfway, to even: up */
        {1 + 0x1.0002p-8f, 0x3F81},  /* just more than half */
        {0x1p-126f, 0x0080},         /* the smallest normal number */
        {0x1p-133f, 0x0001},         /* the smallest number */
        {0x1p-134f, 0x0000},         /* half of it, to even */
        {0x1.8p-133f, 0x0002},       /* halfway, to even */
        {0x1.0002p-134f, 0x0001},    /* just more than half */
        {0x1p-149f, 0x0000},
    };

    for (size_t i = 0; i < LENGTH(pairs); i++) {
        assert_int_equal(ens_bf16_from_f32(pairs[i].x), pairs[i].h);
        assert_int_equal(ens_bf16_from_f64((double)pairs[i].x), pairs[i].h);
    }
}

TEST(test_double_to_bf16_rounds_once)
{
    const struct {
        double x;
        uint16_t h;
    } pairs[] = {
        {1 + 0x1p-8 + 0x1p-40, 0x3F81},          /* as a float it would be halfway, and go to 0x3F80 */
        {1 + 0x1.8p-7 - 0x1p-40, 0x3F81},        /* or to 0x3F82 */
        {0x1p-134 + 0x1p-180, 0x0001},           /* or to 0 */
        {0x1.8p-133 - 0x1p-180, 0x0001},         /* or to 0x0002 */
        {0x1.FEFFFFFFFFFFFp127, 0x7F7F},         /* or to infinity */
        {-0x1.FEFFFFFFFFFFFp127, 0xFF7F},
        {0x1.FFp127, 0x7F80},
        {1e39, 0x7F80},
        {-1e39, 0xFF80},
        {DBL_MAX, 0x7F80},
        {0x1p-1074, 0x0000},
        {-0x1p-1074, 0x8000},
        {-INFINITY, 0xFF80},
    };

    for (size_t i = 0; i < LENGTH(pairs); i++)
        assert_int_equal(ens_bf16_from_f64(pairs[i].x), pairs[i].h);
}

/* Also one whose payload lies in the bits that are cut off: it must not become infinite. */
TEST(test_nan_stays_nan)
{
    const uint32_t nans[] = {0x7FC00000, 0xFFC00000, 0x7F800001, 0xFF800001, 0x7F801FFF, 0x7FFFFFFF, 0xFFFFFFFF};

    for (size_t i = 0; i < LENGTH(nans); i++) {
        const float x = ens_f32_from_bits(nans[i]);

        assert_true(is_f16_nan(ens_f16_from_f32(x)));
        assert_true(is_f16_nan(ens_f16_from_f64((double)x)));
        assert_true(is_bf16_nan(ens_bf16_from_f32(x)));
        assert_true(is_bf16_nan(ens_bf16_from_f64((double)x)));
    }
}

TEST(test_f16_to_float)
{
    for (unsigned h = 0; h <= 0xFFFF; h++) {
        const float x = ens_f32_from_f16((uint16_t)h);

        if ((h & 0x7C00) != 0x7C00)
            assert_true((double)x == meaning_of_f16((uint16_t)h) && (ens_f32_bits(x) >> 31) == h >> 15);
        else if ((h & 0x7FFF) == 0x7C00)
            assert_true(x == (h >> 15 ? (float)-INFINITY : (float)INFINITY));
        else
            assert_true(is_nan((double)x));
    }
}

TEST(test_every_f16_and_bf16_survives_the_way_through_float_and_double)
{
    for (unsigned bits = 0; bits <= 0xFFFF; bits++) {
        const uint16_t h = (uint16_t)bits;

        if (!is_f16_nan(h)) {
            assert_int_equal(ens_f16_from_f32(ens_f32_from_f16(h)), h);
            assert_int_equal(ens_f16_from_f64((double)ens_f32_from_f16(h)), h);
        }
        if (!is_bf16_nan(h)) {
            assert_int_equal(ens_bf16_from_f32(ens_f32_from_bf16(h)), h);
            assert_int_equal(ens_bf16_from_f64((double)ens_f32_from_bf16(h)), h);
        }
    }
}

/* Between two neighbours: the middle goes to the even one, and what is next to the middle goes to the nearer one. */
TEST(test_rounding_between_all_neighbours_in_f16)
{
    for (uint16_t h = 0; h < 0x7BFF; h++) {
        const double middle = (meaning_of_f16(h) + meaning_of_f16((uint16_t)(h + 1))) / 2;
        const int even = h & 1 ? h + 1 : h;

        assert_int_equal(ens_f16_from_f32((float)middle), even);
        assert_int_equal(ens_f16_from_f64(middle), even);
        assert_int_equal(ens_f16_from_f64(-middle), even | 0x8000);
        assert_int_equal(ens_f16_from_f64(middle * (1 - 0x1p-50)), h);
        assert_int_equal(ens_f16_from_f64(middle * (1 + 0x1p-50)), h + 1);
    }
}

TEST(test_rounding_between_all_neighbours_in_bf16)
{
    for (uint16_t h = 0; h < 0x7F7F; h++) {
        const double low = (double)ens_f32_from_bf16(h), high = (double)ens_f32_from_bf16((uint16_t)(h + 1));
        const double middle = (low + high) / 2;
        const int even = h & 1 ? h + 1 : h;

        assert_int_equal(ens_bf16_from_f32((float)middle), even);
        assert_int_equal(ens_bf16_from_f64(middle), even);
        assert_int_equal(ens_bf16_from_f64(-middle), even | 0x8000);
        assert_int_equal(ens_bf16_from_f64(middle * (1 - 0x1p-50)), h);
        assert_int_equal(ens_bf16_from_f64(middle * (1 + 0x1p-50)), h + 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_float_to_f16),
        cmocka_unit_test(test_double_to_f16_rounds_once),
        cmocka_unit_test(test_float_to_bf16),
        cmocka_unit_test(test_double_to_bf16_rounds_once),
        cmocka_unit_test(test_nan_stays_nan),
        cmocka_unit_test(test_f16_to_float),
        cmocka_unit_test(test_every_f16_and_bf16_survives_the_way_through_float_and_double),
        cmocka_unit_test(test_rounding_between_all_neighbours_in_f16),
        cmocka_unit_test(test_rounding_between_all_neighbours_in_bf16),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
