/* SPDX-License-Identifier: MIT */
/* Scores of combined rows: by hand, by their definitions, and what cannot be scored. */
#include "fit.h"

static double score_labels(struct ensemble *e, int32_t score, const int32_t *labels, size_t rows)
{
    double value = -1;

    assert_int_equal(ensemble_score(e, score, labels, ENSEMBLE_I32, rows, &value), 0);
    return value;
}

static double score_values(struct ensemble *e, int32_t score, const double *targets, size_t count)
{
    double value = -1;

    assert_int_equal(ensemble_score(e, score, targets, ENSEMBLE_F64, count, &value), 0);
    return value;
}

/* One model. */
static struct ensemble *alone(const double *output, size_t rows, size_t width)
{
    struct ensemble *e = ensemble_of(width);

    add(e, output, ENSEMBLE_F64, rows);
    return e;
}

TEST(test_three_classes_by_hand)
{
    const double y[] = {.5, .25, .25, .125, .75, .125, .5, .5, 0, .25, .25, .5};
    const int32_t labels[] = {0, 1, 1, 0};
    struct ensemble *e = alone(y, 4, 3);

    assert_near(score_labels(e, ENSEMBLE_SCORE_LOG_LOSS, labels, 4), (log(2) - log(.75) + log(2) + log(4)) / 4, 1e-15);
    assert_near(score_labels(e, ENSEMBLE_SCORE_SQUARED_ERROR, labels, 4),
                (.25 + .0625 + .0625 + .015625 + .0625 + .015625 + .25 + .25 + .5625 + .0625 + .25) / 4, 1e-15);
    assert_near(score_labels(e, ENSEMBLE_SCORE_ACCURACY, labels, 4), .5, 0); /* the third row's first largest is 0 */
    /* Class 0: .5 and .25 against .125 and .5: right, half, right, wrong. Class 1: .75, .5 against .25, .25. */
    assert_near(score_labels(e, ENSEMBLE_SCORE_AUC, labels, 4), (2.5 / 4 + 1) / 2, 1e-15);
    ensemble_destroy(e);
}

TEST(test_one_value_by_hand)
{
    const double y[] = {.75, .5, .125, .25, .5};
    const int32_t labels[] = {1, 1, 1, 0, 0};
    struct ensemble *e = alone(y, 5, 1);

    assert_near(score_labels(e, ENSEMBLE_SCORE_LOG_LOSS, labels, 5),
                -(log(.75) + log(.5) + log(.125) + log(.75) + log(.5)) / 5, 1e-15);
    assert_near(score_labels(e, ENSEMBLE_SCORE_SQUARED_ERROR, labels, 5),
                (.0625 + .25 + .765625 + .0625 + .25) / 5, 1e-15);
    /* .5 is as much for 0 as for 1, and 0 is the first of them. */
    assert_near(score_labels(e, ENSEMBLE_SCORE_ACCURACY, labels, 5), 3 / 5., 1e-15);
    /* .75: above both; .5: above .25, equal to .5; .125: below both. */
    assert_near(score_labels(e, ENSEMBLE_SCORE_AUC, labels, 5), 3.5 / 6, 1e-15);
    ensemble_destroy(e);
}

/* Probabilities of 0 count as 1e-12, those above 1 as 1. */
TEST(test_log_loss_is_bounded)
{
    const double y[] = {0, 1, -3, 4, 5e-13, 1, 1, 7}, binary[] = {0, 1, 2, -1};
    const int32_t labels[] = {0, 0, 0, 1}, ones[] = {1, 0, 1, 0};
    struct ensemble *e = alone(y, 4, 2), *b = alone(binary, 4, 1);

    assert_near(score_labels(e, ENSEMBLE_SCORE_LOG_LOSS, labels, 4), 3 * -log(1e-12) / 4, 1e-13);
    assert_near(score_labels(b, ENSEMBLE_SCORE_LOG_LOSS, ones, 4), 2 * -log(1e-12) / 4, 1e-13);
    ensemble_destroy(e);
    ensemble_destroy(b);
}

/* Values as targets: the sum over the row of what they are apart, its mean over the rows. */
TEST(test_squared_error_of_values)
{
    const double y[] = {1, 2, 3, 4, 5, 6}, targets[] = {1, 0, 3, 7, 5, 6.5}, some[] = {1, 0, 3, NAN, 5, 6.5};
    struct ensemble *e = alone(y, 3, 2);

    assert_near(score_values(e, ENSEMBLE_SCORE_SQUARED_ERROR, targets, 6), (4 + 9 + .25) / 3, 1e-15);
    assert_near(score_values(e, ENSEMBLE_SCORE_SQUARED_ERROR, some, 6), (4 + .25) / 2, 1e-15);
    ensemble_destroy(e);
}

/* Targets of any dtype of numbers, at any address. */
TEST(test_dtypes_of_targets)
{
    const double y[] = {1, 2, 3, 4, 5, 6}, targets[] = {1, 0, 3, 7, 5, 6.5};
    struct ensemble *e = alone(y, 3, 2);

    for (size_t k = 0; k < LENGTH(number_dtypes); k++) {
        unsigned char odd[6 * 8 + 1];
        double value = -1;

        for (size_t i = 0; i < 6; i++)
            put_number(odd + 1 + i * bytes_of(number_dtypes[k]), number_dtypes[k], targets[i]);
        assert_int_equal(ensemble_score(e, ENSEMBLE_SCORE_SQUARED_ERROR, odd + 1, number_dtypes[k], 6, &value), 0);
        assert_near(value, (4 + 9 + .25) / 3, 1e-15);
    }
    ensemble_destroy(e);
}

/* Bins ((m - 1) / 15, m / 15]: confidences of one bin are averaged, others are not. */
TEST(test_calibration_error_by_hand)
{
    /* .75 and .78125 are in the bin from .7333 to .8; .8125 in the next; .5 in that from .4667 to .5333. */
    const double y[] = {.75, .25, .78125, .21875, .1875, .8125, .5, .5};
    const int32_t labels[] = {0, 1, 0, 0};
    struct ensemble *e = alone(y, 4, 2);
    const double binary[] = {.25, .21875, .8125, .5};
    const int32_t ones[] = {0, 1, 0, 0};
    struct ensemble *b = alone(binary, 4, 1);

    assert_near(score_labels(e, ENSEMBLE_SCORE_CALIBRATION_ERROR, labels, 4),
                ((.75 + .78125 - 1) + .8125 + (1 - .5)) / 4, 1e-15);
    assert_near(score_labels(b, ENSEMBLE_SCORE_CALIBRATION_ERROR, ones, 4),
                ((.75 + .78125 - 1) + .8125 + (1 - .5)) / 4, 1e-15);
    ensemble_destroy(e);
    ensemble_destroy(b);
}

/* The upper end of a bin is part of it: 1 is in the last one, and so is what is above 14/15. */
TEST(test_ends_of_bins)
{
    const double y[] = {1, 0, .96875, .03125, 1, 0}, z[] = {.4, .3, .3, .375, .3125, .3125};
    const int32_t labels[] = {0, 0, 1}, others[] = {1, 0};
    struct ensemble *e = alone(y, 3, 2), *f = alone(z, 2, 3);

    assert_near(score_labels(e, ENSEMBLE_SCORE_CALIBRATION_ERROR, labels, 3), (1 + .96875 + 1 - 2) / 3, 1e-15);
    assert_near(score_labels(f, ENSEMBLE_SCORE_CALIBRATION_ERROR, others, 2), (1 - .375 - .4) / 2, 1e-15);
    ensemble_destroy(e);
    ensemble_destroy(f);
}

/* Rows of one class have no area; a class that nobody has does not count. */
TEST(test_area_of_classes_that_are_there)
{
    const double y[] = {.5, .25, .25, .25, .5, .25, .125, .75, .125};
    const int32_t same[] = {1, 1, 1}, two[] = {0, 1, 1};
    struct ensemble *e = alone(y, 3, 3);

    assert_true(is_nan(score_labels(e, ENSEMBLE_SCORE_AUC, same, 3)));
    assert_near(score_labels(e, ENSEMBLE_SCORE_AUC, two, 3), 1, 0);
    ensemble_destroy(e);
}

static const int32_t scores[] = {ENSEMBLE_SCORE_LOG_LOSS, ENSEMBLE_SCORE_SQUARED_ERROR, ENSEMBLE_SCORE_ACCURACY,
                                 ENSEMBLE_SCORE_AUC, ENSEMBLE_SCORE_CALIBRATION_ERROR};

/* The definitions, of what ensemble_combine() gives in double. Rows without an answer or a label do not count. */
static void assert_scores(struct ensemble *e, const struct problem *p, double tolerance)
{
    const size_t rows = p->said.rows, width = p->said.width, count = rows * width;
    double *combined = memory_of(count, sizeof *combined);
    long double *y = memory_of(count, sizeof *y);
    int32_t *labels = memory_of(rows, sizeof *labels);

    combine_to(e, ENSEMBLE_F64, combined, count);
    memcpy(labels, p->labels, rows * sizeof *labels);
    for (size_t k = 0; k < count; k++) {
        y[k] = (long double)combined[k];
        if (is_nan(combined[k]))
            labels[k / width] = -1;
    }
    for (size_t k = 0; k < LENGTH(scores); k++) {
        const double expected = (double)score_of(scores[k], y, labels, p->targets, rows, width);

        assert_near(score_labels(e, scores[k], p->labels, rows), expected, tolerance);
    }
    free(combined);
    free(y);
    free(labels);
}

static void refused(struct ensemble *e, int32_t score, const void *targets, int32_t dtype, size_t count, int code)
{
    double value = 12;

    assert_int_equal(ensemble_score(e, score, targets, dtype, count, &value), code);
    assert_true(value == 12);
}

TEST(test_every_method)
{
    const double weights[] = {1, 2, .5, 3};

    for (size_t width = 1; width <= 4; width += 3) {
        struct problem p = random_problem(width, ENSEMBLE_F64, 4, 120, width);

        for (size_t r = 0; r < 120; r += 11)
            p.labels[r] = -1;
        weigh(&p.said, weights);
        for (int32_t method = ENSEMBLE_MEAN; method <= ENSEMBLE_RANK; method++) {
            assert_int_equal(ensemble_set_method(p.said.e, method), 0);
            if (method != ENSEMBLE_RANK && (width > 1 || (method != ENSEMBLE_VOTE && method != ENSEMBLE_LOG_POOL)))
                assert_scores(p.said.e, &p, 1e-12); /* of ranks, the confidence is no probability */
        }
        assert_int_equal(ensemble_set_method(p.said.e, ENSEMBLE_MEAN), 0);
        assert_int_equal(ensemble_set_result(p.said.e, ENSEMBLE_RESULT_TEMPERED, 1.5), 0);
        if (width > 1)
            assert_scores(p.said.e, &p, 1e-12);
        drop(&p);
    }
}

TEST(test_weights_of_class_and_row)
{
    double class_weights[4 * 3];
    float row_weights[50 * 4];
    struct problem p = random_problem(5, ENSEMBLE_F64, 4, 50, 3);

    for (size_t i = 0; i < LENGTH(class_weights); i++)
        class_weights[i] = (double)(1 + i % 4);
    for (size_t i = 0; i < LENGTH(row_weights); i++)
        row_weights[i] = (float)(i % 7);
    assert_int_equal(ensemble_set_method(p.said.e, ENSEMBLE_MEAN), 0);
    assert_int_equal(ensemble_set_class_weights(p.said.e, class_weights, 4, 3), 0);
    assert_int_equal(ensemble_set_row_weights(p.said.e, row_weights, 50, 4), 0);
    assert_scores(p.said.e, &p, 1e-12);
    drop(&p);
}

TEST(test_rows_without_an_answer)
{
    struct problem p = random_problem(6, ENSEMBLE_F64, 3, 60, 3);
    double *output = output_of(&p.said, 1), value = -1;

    output[7] = NAN;
    output[50] = NAN;
    assert_scores(p.said.e, &p, 1e-12);
    assert_int_equal(ensemble_set_missing_policy(p.said.e, ENSEMBLE_LEAVE_OUT_NAN, 0), 0);
    assert_scores(p.said.e, &p, 1e-12);
    assert_int_equal(ensemble_set_missing_policy(p.said.e, 0, 0), 0);
    for (size_t r = 0; r < 60; r++)
        output[r * 3] = NAN;
    for (size_t k = 0; k < LENGTH(scores); k++) {
        assert_int_equal(ensemble_score(p.said.e, scores[k], p.labels, ENSEMBLE_I32, 60, &value), 0);
        assert_true(is_nan(value));
    }
    drop(&p);
}

TEST(test_a_missing_model)
{
    struct problem p = random_problem(11, ENSEMBLE_F64, 3, 60, 3);

    assert_int_equal(ensemble_set_model_output(p.said.e, 1, NULL, ENSEMBLE_F64, 60, 0), 0);
    assert_int_equal(ensemble_set_missing_policy(p.said.e, ENSEMBLE_LEAVE_OUT_MISSING, .6), 0);
    assert_scores(p.said.e, &p, 1e-12);
    assert_int_equal(ensemble_set_missing_policy(p.said.e, ENSEMBLE_LEAVE_OUT_MISSING, .7), 0);
    refused(p.said.e, ENSEMBLE_SCORE_ACCURACY, p.labels, ENSEMBLE_I32, 60, ENSEMBLE_EQUORUM);
    drop(&p);
}

/* In float, what is combined is rounded; the scores are not. */
TEST(test_outputs_of_every_dtype)
{
    for (size_t k = 0; k < LENGTH(number_dtypes); k++) {
        struct problem p = random_problem(7, number_dtypes[k], 4, 90, 5);

        assert_scores(p.said.e, &p, 1e-6);
        drop(&p);
    }
}

TEST(test_labels_of_voters)
{
    const int32_t said[3][4] = {{0, 1, 1, 2}, {0, 1, 2, 0}, {2, 2, 2, 1}}, truth[] = {0, 1, 2, 1};
    struct ensemble *e = ensemble_of(3);

    for (size_t i = 0; i < 3; i++)
        add(e, said[i], ENSEMBLE_I32, 4);
    assert_int_equal(ensemble_set_method(e, ENSEMBLE_VOTE), 0);
    assert_near(score_labels(e, ENSEMBLE_SCORE_ACCURACY, truth, 4), .75, 0); /* a tie of all is for 0 */
    assert_near(score_labels(e, ENSEMBLE_SCORE_LOG_LOSS, truth, 4), -(3 * log(2 / 3.) + log(1 / 3.)) / 4, 1e-7);
    ensemble_destroy(e);
}

TEST(test_no_row_is_left)
{
    struct problem p = random_problem(8, ENSEMBLE_F32, 3, 10, 3);
    struct ensemble *empty = ensemble_of(3);
    double value = 1;

    memset(p.labels, 0xFF, 10 * sizeof *p.labels);
    for (size_t k = 0; k < LENGTH(scores); k++)
        assert_true(is_nan(score_labels(p.said.e, scores[k], p.labels, 10)));
    add(empty, NULL, ENSEMBLE_F32, 0);
    assert_int_equal(ensemble_score(empty, ENSEMBLE_SCORE_ACCURACY, p.labels, ENSEMBLE_I32, 0, &value), 0);
    assert_true(is_nan(value));
    ensemble_destroy(empty);
    drop(&p);
}

TEST(test_what_cannot_be_scored)
{
    const int32_t no_scores[] = {0, -1, 6, INT32_MAX, INT32_MIN}, accuracy = ENSEMBLE_SCORE_ACCURACY;
    struct problem p = random_problem(9, ENSEMBLE_F32, 3, 10, 3);
    struct ensemble *e = p.said.e, *empty = ensemble_of(3);

    refused(NULL, accuracy, p.labels, ENSEMBLE_I32, 10, ENSEMBLE_ENULL);
    refused(e, accuracy, NULL, ENSEMBLE_I32, 10, ENSEMBLE_ENULL);
    assert_int_equal(ensemble_score(e, accuracy, p.labels, ENSEMBLE_I32, 10, NULL), ENSEMBLE_ENULL);
    refused(empty, accuracy, p.labels, ENSEMBLE_I32, 10, ENSEMBLE_EEMPTY);
    for (size_t i = 0; i < LENGTH(no_scores); i++)
        refused(e, no_scores[i], p.labels, ENSEMBLE_I32, 10, ENSEMBLE_EPARAMETER);
    for (size_t i = 0; i < LENGTH(no_dtypes); i++)
        refused(e, accuracy, p.labels, no_dtypes[i], 10, ENSEMBLE_EDTYPE);
    for (size_t k = 0; k < LENGTH(scores); k++)
        if (scores[k] != ENSEMBLE_SCORE_SQUARED_ERROR)
            refused(e, scores[k], p.targets, ENSEMBLE_F64, 30, ENSEMBLE_EFIT);
    refused(e, accuracy, p.labels, ENSEMBLE_I32, 9, ENSEMBLE_ECOUNT);
    refused(e, ENSEMBLE_SCORE_SQUARED_ERROR, p.targets, ENSEMBLE_F64, 10, ENSEMBLE_ECOUNT);
    p.targets[5] = INFINITY;
    refused(e, ENSEMBLE_SCORE_SQUARED_ERROR, p.targets, ENSEMBLE_F64, 30, ENSEMBLE_ETARGET);
    p.labels[9] = 3;
    refused(e, accuracy, p.labels, ENSEMBLE_I32, 10, ENSEMBLE_ETARGET);
    p.labels[9] = 2;
    assert_int_equal(ensemble_set_model_output(e, 0, NULL, ENSEMBLE_F32, 10, 0), 0);
    refused(e, accuracy, p.labels, ENSEMBLE_I32, 10, ENSEMBLE_EMISSING);
    ensemble_destroy(empty);
    drop(&p);
}

/* One value per row has labels 0 and 1 only. */
TEST(test_labels_of_one_value)
{
    const double y[] = {.5, .5};
    const int32_t labels[] = {0, 2};
    struct ensemble *e = alone(y, 2, 1);

    refused(e, ENSEMBLE_SCORE_ACCURACY, labels, ENSEMBLE_I32, 2, ENSEMBLE_ETARGET);
    ensemble_destroy(e);
}

/* Many rows, by every instruction set: the same bits. */
TEST(test_every_instruction_set_gives_the_same_bits)
{
    const int32_t methods[] = {ENSEMBLE_SUM, ENSEMBLE_LOG_POOL, ENSEMBLE_MEDIAN};
    struct problem p = random_problem(10, ENSEMBLE_F32, 5, 777, 5);

    for (size_t m = 0; m < LENGTH(methods); m++)
        for (size_t k = 0; k < LENGTH(scores); k++) {
            double best;

            assert_int_equal(ensemble_set_method(p.said.e, methods[m]), 0);
            best = score_labels(p.said.e, scores[k], p.labels, 777);
            for (size_t i = 0; i < LENGTH(isa_names); i++) {
                struct ensemble *e = on_isa(&p.said, isa_names[i]);
                double value;

                if (e == NULL)
                    continue;
                assert_int_equal(ensemble_set_method(e, methods[m]), 0);
                value = score_labels(e, scores[k], p.labels, 777);
                assert_same_bits(&value, &best, 1);
                ensemble_destroy(e);
            }
        }
    drop(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_three_classes_by_hand),
        cmocka_unit_test(test_one_value_by_hand),
        cmocka_unit_test(test_log_loss_is_bounded),
        cmocka_unit_test(test_squared_error_of_values),
        cmocka_unit_test(test_dtypes_of_targets),
        cmocka_unit_test(test_calibration_error_by_hand),
        cmocka_unit_test(test_ends_of_bins),
        cmocka_unit_test(test_area_of_classes_that_are_there),
        cmocka_unit_test(test_every_method),
        cmocka_unit_test(test_weights_of_class_and_row),
        cmocka_unit_test(test_rows_without_an_answer),
        cmocka_unit_test(test_a_missing_model),
        cmocka_unit_test(test_outputs_of_every_dtype),
        cmocka_unit_test(test_labels_of_voters),
        cmocka_unit_test(test_no_row_is_left),
        cmocka_unit_test(test_what_cannot_be_scored),
        cmocka_unit_test(test_labels_of_one_value),
        cmocka_unit_test(test_every_instruction_set_gives_the_same_bits),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
