/* SPDX-License-Identifier: MIT */
/*
 * A result in place of an output: allowed where a row has been read to its end before it is written, with the same bits
 * as elsewhere, and an error where it is not (ensemble.h, ensemble_combine()).
 */
#include "said.h"

#define ROWS 2
#define LONG_ROW 33 /* rows up to 32 are always read to their end first */
#define MANY 65      /* more models than are kept at once */

static double *numbers(size_t count)
{
    double *values = malloc(count * sizeof *values);
    struct rng rng = {80 + count};

    assert_non_null(values);
    for (size_t i = 0; i < count; i++)
        values[i] = (double)rng_between(&rng, 1, 127) / 64;
    return values;
}

static struct said many(int32_t method, int32_t dtype, size_t n, size_t width)
{
    double *values = numbers(n * ROWS * width);
    struct said said = say(method, dtype, values, n, ROWS, width);

    free(values);
    return said;
}

/* Every model's output in turn is refused, and stays as it is. */
static void assert_refused(const struct said *said)
{
    const size_t bytes = said->rows * said->width * bytes_of(said->dtype);
    unsigned char *before = malloc(said->n * bytes);

    assert_non_null(before);
    memcpy(before, said->data, said->n * bytes);
    for (size_t model = 0; model < said->n; model += said->n > 4 ? 16 : 1)
        assert_int_equal(ensemble_combine(said->e, output_of(said, model), said->dtype, said->rows * said->width),
                         ENSEMBLE_EOVERLAP);
    assert_memory_equal(said->data, before, said->n * bytes);
    free(before);
}

static void assert_allowed(const struct said *said, size_t model)
{
    const size_t count = said->rows * said->width, bytes = count * bytes_of(said->dtype);
    unsigned char *elsewhere = malloc(bytes);

    assert_non_null(elsewhere);
    assert_int_equal(ensemble_combine(said->e, elsewhere, said->dtype, count), 0);
    assert_int_equal(ensemble_combine(said->e, output_of(said, model), said->dtype, count), 0);
    assert_memory_equal(output_of(said, model), elsewhere, bytes);
    free(elsewhere);
}

TEST(test_ranks_never_replace_an_output)
{
    const size_t widths[] = {1, 5, 32, LONG_ROW};

    for (size_t i = 0; i < LENGTH(number_dtypes); i++)
        for (size_t w = 0; w < LENGTH(widths); w++) {
            struct said said = many(ENSEMBLE_RANK, number_dtypes[i], 3, widths[w]);

            assert_refused(&said);
            forget(&said);
        }
}

/* Logits, votes and NaN want a row to be gone through before anything of it is written. */
TEST(test_long_rows_of_many_models_do_not_replace_an_output)
{
    for (size_t i = 0; i < LENGTH(number_dtypes); i++) {
        struct said logits = many(ENSEMBLE_MEAN, number_dtypes[i], MANY, LONG_ROW);
        struct said votes = many(ENSEMBLE_VOTE, number_dtypes[i], MANY, LONG_ROW);
        struct said nans = many(ENSEMBLE_MEAN, number_dtypes[i], MANY, LONG_ROW);

        interpret(&logits, ENSEMBLE_LOGITS, 0);
        assert_int_equal(ensemble_set_missing_policy(nans.e, ENSEMBLE_LEAVE_OUT_NAN, 0), 0);
        assert_refused(&logits);
        assert_refused(&votes);
        assert_refused(&nans);
        forget(&logits);
        forget(&votes);
        forget(&nans);
    }
}

/* One model less, or one class less. */
TEST(test_fewer_models_and_shorter_rows_do)
{
    const size_t shapes[][2] = {{MANY - 1, LONG_ROW}, {MANY, LONG_ROW - 1}, {MANY - 1, 700}, {130, 20}};

    for (size_t i = 0; i < LENGTH(number_dtypes); i++)
        for (size_t s = 0; s < LENGTH(shapes); s++)
            for (size_t model = 0; model < shapes[s][0]; model += 21) {
                struct said logits = many(ENSEMBLE_MEAN, number_dtypes[i], shapes[s][0], shapes[s][1]);
                struct said votes = many(ENSEMBLE_VOTE, number_dtypes[i], shapes[s][0], shapes[s][1]);
                struct said nans = many(ENSEMBLE_MEDIAN, number_dtypes[i], shapes[s][0], shapes[s][1]);

                interpret(&logits, ENSEMBLE_LOGITS, 0);
                assert_int_equal(ensemble_set_missing_policy(nans.e, ENSEMBLE_LEAVE_OUT_NAN, 0), 0);
                assert_allowed(&logits, model);
                assert_allowed(&votes, model);
                assert_allowed(&nans, model);
                forget(&logits);
                forget(&votes);
                forget(&nans);
            }
}

/* Long rows of many models that are combined as they are; and results that go through a row once more. */
TEST(test_what_goes_through_a_combined_row_replaces_an_output_of_any_size)
{
    const int32_t forms[] = {ENSEMBLE_RESULT_AS_IS, ENSEMBLE_RESULT_NORMALISED, ENSEMBLE_RESULT_SOFTMAX};
    const size_t shapes[][2] = {{3, 1000}, {MANY, 700}, {130, 300}};

    for (int32_t method = ENSEMBLE_SUM; method < ENSEMBLE_VOTE; method++)
        for (size_t f = 0; f < LENGTH(forms); f++)
            for (size_t s = 0; s < LENGTH(shapes); s++) {
                struct said said = many(method, number_dtypes[(f + s) % 4], shapes[s][0], shapes[s][1]);

                assert_int_equal(ensemble_set_result(said.e, forms[f], 0), 0);
                assert_allowed(&said, shapes[s][0] - 1);
                assert_allowed(&said, 0);
                forget(&said);
            }
}

/* The model with the map gives its rows in another order; those without one are replaced as ever. */
TEST(test_an_output_with_a_class_map_is_not_replaced_and_others_are)
{
    const size_t widths[] = {3, 300};

    for (size_t w = 0; w < LENGTH(widths); w++) {
        struct said said = many(ENSEMBLE_MEAN, ENSEMBLE_F32, 2, widths[w]);
        int32_t map[300];

        for (size_t i = 0; i < widths[w]; i++)
            map[i] = (int32_t)(widths[w] - 1 - i);
        assert_int_equal(ensemble_set_class_map(said.e, 0, map, widths[w]), 0);
        assert_int_equal(ensemble_combine(said.e, output_of(&said, 0), ENSEMBLE_F32, ROWS * widths[w]),
                         ENSEMBLE_EOVERLAP);
        assert_allowed(&said, 1);
        forget(&said);
    }
}

/* With row weights and class weights nothing is different. */
TEST(test_a_result_in_place_with_weights_per_row_and_class)
{
    const float rows[] = {1, .5f, 0, .25f, 2, 1};
    double classes[3 * 300];

    for (size_t i = 0; i < LENGTH(classes); i++)
        classes[i] = (double)(1 + i % 4) / 4;
    for (int32_t method = ENSEMBLE_SUM; method < ENSEMBLE_VOTE; method++)
        for (size_t i = 0; i < LENGTH(number_dtypes); i++) {
            struct said said = many(method, number_dtypes[i], 3, 300);

            assert_int_equal(ensemble_set_row_weights(said.e, rows, ROWS, 3), 0);
            assert_int_equal(ensemble_set_class_weights(said.e, classes, 3, 300), 0);
            assert_allowed(&said, i % 3);
            forget(&said);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ranks_never_replace_an_output),
        cmocka_unit_test(test_long_rows_of_many_models_do_not_replace_an_output),
        cmocka_unit_test(test_fewer_models_and_shorter_rows_do),
        cmocka_unit_test(test_what_goes_through_a_combined_row_replaces_an_output_of_any_size),
        cmocka_unit_test(test_an_output_with_a_class_map_is_not_replaced_and_others_are),
        cmocka_unit_test(test_a_result_in_place_with_weights_per_row_and_class),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
