/* SPDX-License-Identifier: MIT */
/* Tempered results: a power of each value, divided by the sum of those. */
#include "report.h"

#define INF ((double)INFINITY)
#define NOT ((double)NAN)

static void temper(const struct said *said, double temperature)
{
    assert_int_equal(ensemble_set_result(said->e, ENSEMBLE_RESULT_TEMPERED, temperature), 0);
}

/* Square roots and squares of .1, .2 and .7, divided by their sum. */
TEST(test_tempered_rows)
{
    const double values[] = {.1, .2, .7}, temperatures[] = {2, .5};
    const double expected[][3] = {{.1976298304459594, .2794907865461709, .5228793830078697},
                                  {1. / 54, 4. / 54, 49. / 54}};

    for (size_t t = 0; t < 2; t++)
        for (size_t i = 0; i < LENGTH(float_and_double); i++) {
            struct said said = say(ENSEMBLE_MEAN, float_and_double[i], values, 1, 1, 3);

            temper(&said, temperatures[t]);
            for (size_t k = 0; k < LENGTH(number_dtypes); k++)
                assert_result(said.e, number_dtypes[k], expected[t], 3,
                              16 * unit_of(i == 0 ? ENSEMBLE_F32 : ENSEMBLE_F64) + unit_of(number_dtypes[k]));
            forget(&said);
        }
}

TEST(test_tempered_rows_of_special_values)
{
    const double values[] = {NOT, 1, 1, 0, -0.0, 0, 0, 4, 1, 0, 3, -0.0, 1, -1, 1, INF, 1, 1, 1e-30, 4e-30, 0};
    const double expected[] = {NOT, NOT, NOT, NOT, NOT, NOT, 0, 2. / 3, 1. / 3, 0, 1, 0, NOT, NOT, NOT, NOT, NOT, NOT,
                               1. / 3, 2. / 3, 0};
    const double single[] = {.25, 0, 7, NOT, -1, 1e-30}, alone[] = {1, NOT, 1, NOT, NOT, 1};

    for (size_t i = 0; i < LENGTH(float_and_double); i++) {
        struct said said = say(ENSEMBLE_SUM, float_and_double[i], values, 1, 7, 3);
        struct said one = say(ENSEMBLE_SUM, float_and_double[i], single, 1, 6, 1);

        temper(&said, 2);
        temper(&one, 2);
        assert_result(said.e, float_and_double[i], expected, 21, 64 * unit_of(float_and_double[i]));
        assert_result(one.e, float_and_double[i], alone, 6, 0);
        forget(&said);
        forget(&one);
    }
}

TEST(test_the_highest_and_lowest_temperatures)
{
    const double values[] = {.1, .2, .7, .4, .4, .2, 0, 1, 0}, cold[] = {0, 0, 1, .5, .5, 0, 0, 1, 0};
    const double hot[] = {1. / 3, 1. / 3, 1. / 3, 1. / 3, 1. / 3, 1. / 3, 0, 1, 0};

    for (size_t i = 0; i < LENGTH(number_dtypes); i++) {
        struct said said = say(ENSEMBLE_MEAN, number_dtypes[i], values, 1, 3, 3);

        temper(&said, 1e-30);
        assert_result(said.e, number_dtypes[i], cold, 9, 0);
        temper(&said, 1e30);
        assert_result(said.e, number_dtypes[i], hot, 9, 0);
        forget(&said);
    }
}

static void assert_replaces(const struct said *said, const double *expected, size_t count)
{
    unsigned char *result = output_of(said, 1);

    assert_int_equal(ensemble_combine(said->e, result, said->dtype, count), 0);
    for (size_t k = 0; k < count; k++, expected++)
        assert_values(&(double){get_number(result + k * bytes_of(said->dtype), said->dtype)}, expected, 1, 0);
}

/* To the bit; and so they are with other temperatures wherever a row is kept, and whatever it overwrites. */
TEST(test_tempered_rows_are_normalised_ones_at_1_and_the_same_in_every_place)
{
    static double values[2 * 3 * 700], expected[3 * 700], y[3 * 700];
    const size_t widths[] = {1, 5, 700};
    struct rng rng = {7};

    for (size_t i = 0; i < LENGTH(values); i++)
        values[i] = i == 2 ? -.5 : i % 11 == 10 ? 0 : rng_unit(&rng); /* the row with -.5 has no logarithms */
    for (int32_t method = ENSEMBLE_SUM; method <= ENSEMBLE_RANK; method++)
        for (size_t i = 0; i < LENGTH(widths) * LENGTH(number_dtypes); i++) {
            const int32_t dtype = number_dtypes[i % 4];
            const size_t count = 3 * widths[i / 4];
            struct said said = say(method, dtype, values, 2, 3, widths[i / 4]);

            assert_int_equal(ensemble_set_result(said.e, ENSEMBLE_RESULT_NORMALISED, 0), 0);
            combine_to(said.e, dtype, expected, count);
            temper(&said, (double)(i % 2));
            combine_to(said.e, dtype, y, count);
            assert_values(y, expected, count, 0);
            temper(&said, 1.5);
            assert_true((ensemble_workspace_size(said.e) > 0) == (said.width == 700));
            assert_workspace_changes_nothing(&said);
            combine_to(said.e, dtype, expected, count);
            if (method == ENSEMBLE_GEOMETRIC) {
                assert_int_equal(ensemble_set_method(said.e, ENSEMBLE_LOG_POOL), 0);
                assert_result(said.e, dtype, expected, count, 0);
            }
            if (method != ENSEMBLE_RANK)
                assert_replaces(&said, expected, count);
            forget(&said);
        }
}

/* With T = 1/2: (.35, .65) is .12250 to .42250, the first model alone .36 to .16, the second .01 to .81. */
TEST(test_reports_of_tempered_rows)
{
    const double values[] = {.6, .4, 0, 0, 1, -1, .1, .9, 0, 0, 0, 0};
    const double all = .4225 / .545, p = .1225 / .545;
    struct said said = say(ENSEMBLE_MEAN, ENSEMBLE_F64, values, 2, 3, 2);
    struct told told = told_of(EVERYTHING & ~(OF_PROBABILITIES | FIELD(SETTLED)), 3, 2, 2, 2);
    const struct ensemble_report *r = &told.report;
    uint8_t settled[3];

    temper(&said, .5);
    ask(said.e, &told, ENSEMBLE_F64);
    assert_true(r->label[0] == 1 && r->label[1] == -1 && r->label[2] == -1);
    assert_true(r->row_fault[1] == ENSEMBLE_ROW_RULED_OUT && r->row_fault[2] == ENSEMBLE_ROW_NAN);
    assert_near(r->confidence[0], all, 1e-15);
    assert_near(r->margin[0], all - p, 1e-15);
    assert_near(r->entropy[0], 0.5328800287091802, 1e-15);
    assert_true(r->top_labels[0] == 1 && r->top_labels[1] == 0 && r->top_values[0] == r->confidence[0]);
    assert_near(r->contribution[0], .2, 1e-15); /* of .65, which they sum to */
    assert_near(r->influence[0], all - .81 / .82, 1e-15);
    assert_near(r->influence[1], all - .16 / .52, 1e-15);
    assert_true(r->flips[0] == 0 && r->flips[1] == 1);
    interpret(&said, ENSEMBLE_PROBABILITIES, 0);
    assert_int_equal(ensemble_settled(said.e, settled), ENSEMBLE_EREPORT);
    temper(&said, 1);
    assert_int_equal(ensemble_settled(said.e, settled), ENSEMBLE_EREPORT);
    end_told(&told);
    forget(&said);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tempered_rows),
        cmocka_unit_test(test_tempered_rows_of_special_values),
        cmocka_unit_test(test_the_highest_and_lowest_temperatures),
        cmocka_unit_test(test_tempered_rows_are_normalised_ones_at_1_and_the_same_in_every_place),
        cmocka_unit_test(test_reports_of_tempered_rows),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
