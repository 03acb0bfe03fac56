/* SPDX-License-Identifier: MIT */
/* Numbers as text and back: src/base/number.c, compared with the C library's printf() and strtod(). */
#include "support.h"

#include "../kernels/rng.h"
#include "base/number.h"

#include <float.h>
#include <locale.h>
#include <stdlib.h>

static void assert_writes(double value, const char *expected)
{
    char text[ENS_NUMBER_SIZE + 1];

    poison(text, sizeof text);
    assert_int_equal(ens_number_write(text, value), strlen(expected));
    assert_string_equal(text, expected);
    assert_poisoned(text + ENS_NUMBER_SIZE, 1);
}

static void reads_at(const char *text, double expected, const char *file, int line)
{
    double value = 77;

    if (ens_number_read(text, strlen(text), &value) == 0 && memcmp(&value, &expected, sizeof value) == 0)
        return;
    print_error("\"%s\" is read as %a, not %a\n", text, value, expected);
    _fail(file, line);
}
#define assert_reads(text, expected) reads_at(text, expected, __FILE__, __LINE__)

static void refuses_at(const char *text, size_t length, const char *file, int line)
{
    double value = 77;

    if (ens_number_read(text, length, &value) == 1 && value == 77)
        return;
    print_error("\"%s\" is read as %a\n", text, value);
    _fail(file, line);
}
#define assert_refuses(text) refuses_at(text, strlen(text), __FILE__, __LINE__)

TEST(test_numbers_have_one_text)
{
    assert_writes(0, "0x0p+0");
    assert_writes(-0.0, "-0x0p+0");
    assert_writes(1, "0x1p+0");
    assert_writes(-1.5, "-0x1.8p+0");
    assert_writes(.1, "0x1.999999999999ap-4");
    assert_writes(10, "0x1.4p+3");
    assert_writes(1024, "0x1p+10");
    assert_writes(DBL_MAX, "0x1.fffffffffffffp+1023");
    assert_writes(DBL_MIN, "0x1p-1022");
    assert_writes(-0x1.fffffffffffffp-1022, "-0x1.fffffffffffffp-1022");
    assert_writes(0x1.0000000000001p-100, "0x1.0000000000001p-100");
}

TEST(test_denormals_begin_with_1_too)
{
    assert_writes(0x1p-1074, "0x1p-1074");
    assert_writes(0x3p-1074, "0x1.8p-1073");
    assert_writes(DBL_MIN - 0x1p-1074, "0x1.ffffffffffffep-1023");
    assert_writes(0x1p-1023, "0x1p-1023");
    assert_writes(-0x1.8p-1030, "-0x1.8p-1030");
}

static double any_finite(struct rng *rng)
{
    uint64_t bits = rng_bits(rng);
    double value;

    if (rng_one_in(rng, 4))
        bits &= (uint64_t)0x800FFFFFFFFFFFFF >> rng_below(rng, 40); /* small and denormal ones */
    if ((bits >> 52 & 0x7FF) == 0x7FF)
        bits ^= (uint64_t)1 << 60;
    memcpy(&value, &bits, sizeof value);
    return value;
}

/* Written, and read by both; written by the C library, and read. */
TEST(test_every_finite_double_comes_back)
{
    struct rng rng = {1};

    for (int i = 0; i < 200000; i++) {
        const double value = any_finite(&rng);
        char text[ENS_NUMBER_SIZE], libc[64], upper[64];
        double back;

        assert_in_range(ens_number_write(text, value), 6, ENS_NUMBER_SIZE - 1);
        assert_reads(text, value);
        back = strtod(text, NULL);
        assert_memory_equal(&back, &value, sizeof value);
        snprintf(libc, sizeof libc, "%a", value);
        assert_reads(libc, value);
        snprintf(upper, sizeof upper, "%+.20A", value);
        assert_reads(upper, value);
    }
}

static double power_of_two(int exponent)
{
    double value = 1;

    for (; exponent > 0; exponent--)
        value *= 2;
    for (; exponent < 0; exponent++)
        value /= 2;
    return value;
}

TEST(test_exponents_at_the_edges_come_back)
{
    for (int exponent = -1074; exponent <= 1023; exponent++) {
        const double value = power_of_two(exponent);
        char text[ENS_NUMBER_SIZE], expected[32];

        snprintf(expected, sizeof expected, "0x1p%+d", exponent);
        ens_number_write(text, value);
        assert_string_equal(text, expected);
        assert_reads(text, value);
    }
}

TEST(test_other_ways_to_write_a_number)
{
    assert_reads("0x10", 16);
    assert_reads("0X1P4", 16);
    assert_reads("+0x1p+004", 16);
    assert_reads("0x.1p8", 16);
    assert_reads("0x10.p0", 16);
    assert_reads("-0xAbC.DeFp-0", -0xabc.defp0);
    assert_reads("0x0000000000000000000000001p0", 1);
    assert_reads("0x0.00000000000000000000000000000001p128", 1);
    assert_reads("0x100000000000000000000000000000000p-128", 1);
    assert_reads("0x1.80000000000000000000000000000000000p1", 3);
    assert_reads("0x0p99999999999999999999999999999999", 0);
    assert_reads("-0x0.0p-99999999999999999999999999999999", -0.0);
    assert_reads("0x1.00000000000010p-1022", 0x1.0000000000001p-1022);
    assert_reads("0x0.0000000000001p-1022", 0x1p-1074);
    assert_reads("0x8p-1077", 0x1p-1074);
    assert_reads("0x0.8p1024", 0x1p1023);
    assert_reads("0x1fffffffffffff", 0x1fffffffffffffp0);
    assert_reads("0xfffffffffffff800p+960", DBL_MAX);
}

TEST(test_decimal_integers)
{
    assert_reads("0", 0);
    assert_reads("-0", -0.0);
    assert_reads("3", 3);
    assert_reads("-120", -120);
    assert_reads("+7", 7);
    assert_reads("9007199254740992", 0x1p53);
    assert_reads("9007199254740991", 0x1p53 - 1);
    assert_refuses("9007199254740993");
    assert_refuses("18446744073709551617");
    assert_refuses("99999999999999999999999999999999");
    assert_refuses("007");
    assert_refuses("00");
}

/* What a double does not hold exactly is not rounded. */
TEST(test_what_would_be_rounded_is_refused)
{
    assert_refuses("0x1.00000000000008p0");
    assert_refuses("0x3fffffffffffff");
    assert_refuses("0x1.0000000000000000000001p0");
    assert_refuses("0x10000000000000001");
    assert_refuses("0x1p1024");
    assert_refuses("0x2p1023");
    assert_refuses("-0x1p1024");
    assert_refuses("0x1p-1075");
    assert_refuses("0x1.8p-1074");
    assert_refuses("0x1.0000000000001p-1023");
    assert_refuses("0x1p99999999999999999999999999999999");
    assert_refuses("0x1p-99999999999999999999999999999999");
    assert_refuses("0x1p18446744073709551616");
    assert_refuses("0x1p4294967296");
}

TEST(test_what_is_no_number_is_refused)
{
    const char *texts[] = {
        "", "-", "+", "--1", "+-1", "0x", "0xp1", "0x.p1", "0x1p", "0x1p+", "0x1p-", "0x1p+-1", "0x1.2.3p0",
        "0x1,8p0", "1.5", "1e3", ".5", "1.", "0x1g", "x1", "1x", " 1", "1 ", "0x1 p0", "0x1p0 ", "0x1p0x", "0x1p1.0",
        "nan", "NAN", "inf", "-inf", "infinity", "0x-1p0", "- 1", "1f", "0x1p0f", "0b1", "1'000", "1_000", "\xd9\xa1",
        "0y1", "-0x", "+0xp",
    };

    for (size_t i = 0; i < LENGTH(texts); i++)
        assert_refuses(texts[i]);
    refuses_at("1\0", 2, __FILE__, __LINE__);
    refuses_at("0x1\0p0", 6, __FILE__, __LINE__);
}

/* Nothing behind the length is looked at: it lies at the end of what may be read. */
TEST(test_only_the_length_counts)
{
    const char *texts[] = {"0x1.8p+1", "0x", "-", "12", "0x1p", "0x1p+", "0", "+"};
    char *memory = mmap(NULL, (size_t)2 * PAGE_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    double value;
    size_t size;
    int32_t int32;

    assert_true(memory != MAP_FAILED);
    assert_int_equal(mprotect(memory + PAGE_BYTES, PAGE_BYTES, PROT_NONE), 0);
    for (size_t i = 0; i < LENGTH(texts); i++) {
        const size_t length = strlen(texts[i]);
        char *at = memory + PAGE_BYTES - length;

        memcpy(at, texts[i], length);
        (void)ens_number_read(at, length, &value);
        (void)ens_number_read_size(at, length, &size);
        (void)ens_number_read_int32(at, length, &int32);
    }
    assert_int_equal(ens_number_read("0x1p12", 5, &value), 0);
    assert_true(value == 2);
    assert_int_equal(munmap(memory, (size_t)2 * PAGE_BYTES), 0);
}

TEST(test_sizes)
{
    const char *wrong[] = {
        "", "-1", "+1", "01", "00", "1 ", "0x1", "1.0", "a", "18446744073709551616", "99999999999999999999999",
    };
    char most[32];
    size_t size = 7;

    for (size_t i = 0; i < LENGTH(wrong); i++)
        assert_int_equal(ens_number_read_size(wrong[i], strlen(wrong[i]), &size), 1);
    assert_int_equal(size, 7);
    snprintf(most, sizeof most, "%zu", SIZE_MAX);
    assert_int_equal(ens_number_read_size(most, strlen(most), &size), 0);
    assert_int_equal(size, SIZE_MAX);
    most[strlen(most) - 1]++;
    assert_int_equal(ens_number_read_size(most, strlen(most), &size), 1);
    assert_int_equal(ens_number_read_size("0", 1, &size), 0);
    assert_int_equal(size, 0);
    assert_int_equal(ens_number_read_size("1203", 3, &size), 0);
    assert_int_equal(size, 120);
}

TEST(test_classes)
{
    const char *wrong[] = {
        "", "-", "-0", "+1", "01", "-01", "2147483648", "-2147483649", "4294967296", "1.", "--1", "- 1",
    };
    int32_t value = 7;

    for (size_t i = 0; i < LENGTH(wrong); i++)
        assert_int_equal(ens_number_read_int32(wrong[i], strlen(wrong[i]), &value), 1);
    assert_int_equal(value, 7);
    assert_int_equal(ens_number_read_int32("2147483647", 10, &value), 0);
    assert_int_equal(value, INT32_MAX);
    assert_int_equal(ens_number_read_int32("-2147483648", 11, &value), 0);
    assert_int_equal(value, INT32_MIN);
    assert_int_equal(ens_number_read_int32("-1", 2, &value), 0);
    assert_int_equal(value, -1);
    assert_int_equal(ens_number_read_int32("0", 1, &value), 0);
    assert_int_equal(value, 0);
}

/* A locale with a comma, where the machine has one; none of this asks the C library. */
TEST(test_the_locale_does_not_matter)
{
    const char *locales[] = {"de_DE.UTF-8", "de_DE.utf8", "fr_FR.UTF-8", "fr_FR.utf8", "pt_BR.UTF-8", "ru_RU.UTF-8"};
    size_t i = 0;

    while (i < LENGTH(locales) && setlocale(LC_ALL, locales[i]) == NULL)
        i++;
    assert_writes(1.5, "0x1.8p+0");
    assert_reads("0x1.8p+0", 1.5);
    assert_refuses("0x1,8p+0");
    setlocale(LC_ALL, "C");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_numbers_have_one_text),
        cmocka_unit_test(test_denormals_begin_with_1_too),
        cmocka_unit_test(test_every_finite_double_comes_back),
        cmocka_unit_test(test_exponents_at_the_edges_come_back),
        cmocka_unit_test(test_other_ways_to_write_a_number),
        cmocka_unit_test(test_decimal_integers),
        cmocka_unit_test(test_what_would_be_rounded_is_refused),
        cmocka_unit_test(test_what_is_no_number_is_refused),
        cmocka_unit_test(test_only_the_length_counts),
        cmocka_unit_test(test_sizes),
        cmocka_unit_test(test_classes),
        cmocka_unit_test(test_the_locale_does_not_matter),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
