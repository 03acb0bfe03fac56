/* SPDX-License-Identifier: MIT */
/*
 * Ways through src/plan that few calls take, each beside a way that many do: far more models or classes than usual,
 * rows that a tile does not hold, addresses that fit no vector, and sums of weights that no double holds.
 */
#include "report.h"

#include <math.h>

/* Weights whose sum is infinite divide by nothing: the row is at fault, and where no row is to blame the call is. */
static const double large[] = {1e300, 1e300, 1};
static const double shares[] = {.25, .25, .5,  .125, .625, .25, .125, .75, .125, .25, .625, .125, .375, .125, .5,
                                .25, .5,  .25};
static const float large_rows[] = {1e8F, 1e8F, 1, 1, 2, 3};

/* Of two rows of three values, in a type; the first one may be at fault. */
static void assert_rows(const struct said *said, int32_t dtype, int is_at_fault)
{
    double y[6];
    struct told told = told_of(FIELD(LABEL) | FIELD(ROW_FAULT), 2, 3, 3, 0);

    combine_to(said->e, dtype, y, LENGTH(y));
    for (size_t j = 0; j < LENGTH(y); j++)
        assert_int_equal(is_nan(y[j]), j < 3 && is_at_fault);
    ask(said->e, &told, dtype);
    assert_int_equal(told.report.row_fault[0], is_at_fault ? ENSEMBLE_ROW_WEIGHT : ENSEMBLE_ROW_SOUND);
    assert_int_equal(told.report.row_fault[1], ENSEMBLE_ROW_SOUND);
    end_told(&told);
}

static int divides(int32_t method)
{
    return method != ENSEMBLE_SUM && method != ENSEMBLE_PRODUCT && method != ENSEMBLE_MIN && method != ENSEMBLE_MAX;
}

TEST(test_a_row_whose_weights_have_an_infinite_sum_is_at_fault)
{
    for (int32_t method = ENSEMBLE_SUM; method <= ENSEMBLE_RANK; method++)
        for (size_t i = 0; i < LENGTH(number_dtypes); i++) {
            struct said said = say(method, number_dtypes[i], shares, 3, 2, 3);

            weigh(&said, large);
            assert_int_equal(ensemble_set_row_weights(said.e, large_rows, 2, 3), 0);
            assert_rows(&said, ENSEMBLE_F64, divides(method));
            assert_rows(&said, number_dtypes[i], divides(method));
            forget(&said);
        }
}

/* Of a class: an error of the call; with weights of rows besides, the classes concerned are NaN. */
TEST(test_a_class_whose_weights_have_an_infinite_sum_has_no_value)
{
    const double beyond[] = {1e308, 1, 1, 1e308, 1, 1, 1, 1, 1}, fine[] = {1, 0, 1, 1, 1, 0, 0, 1, 1};

    for (int32_t method = ENSEMBLE_SUM; method < ENSEMBLE_VOTE; method++) {
        struct said said = say(method, ENSEMBLE_F64, shares, 3, 2, 3);
        double y[6];

        assert_int_equal(ensemble_set_class_weights(said.e, beyond, 3, 3), 0);
        if (divides(method))
            assert_combine_fails(said.e, LENGTH(y), ENSEMBLE_EZEROSUM);
        else
            combine_to(said.e, ENSEMBLE_F64, y, LENGTH(y));
        assert_int_equal(ensemble_set_class_weights(said.e, fine, 3, 3), 0);
        weigh(&said, large);
        assert_int_equal(ensemble_set_row_weights(said.e, large_rows, 2, 3), 0);
        combine_to(said.e, ENSEMBLE_F64, y, LENGTH(y));
        for (size_t j = 0; j < LENGTH(y); j++) /* of two models that weigh so much, in the first class only */
            assert_int_equal(is_nan(y[j]), method == ENSEMBLE_LOG_POOL ? j < 3 : j < 1 && divides(method));
        forget(&said);
    }
}

/* By the call: weights that cancel out in a class, or whose product is infinite. */
TEST(test_factors_of_a_class_that_are_infinite)
{
    const double opposite[] = {1, 1, 1, 1, -1, 1, 0, 0, 1}, products[] = {1, 1, 1e10, 1, 1, 1, 1, 1, 1};
    struct said said = say(ENSEMBLE_MEAN, ENSEMBLE_F64, shares, 3, 2, 3);

    assert_int_equal(ensemble_set_class_weights(said.e, opposite, 3, 3), 0);
    assert_combine_fails(said.e, 6, ENSEMBLE_EZEROSUM);
    assert_int_equal(ensemble_set_method(said.e, ENSEMBLE_SUM), 0);
    assert_int_equal(ensemble_check(said.e, NULL, 0), 0);
    weigh(&said, large);
    assert_int_equal(ensemble_set_class_weights(said.e, products, 3, 3), 0);
    assert_combine_fails(said.e, 6, ENSEMBLE_EZEROSUM);
    forget(&said);
}

/* Weights of both signs, whose sum is 0 in one class of one row: only MEAN divides by it, and only there. */
TEST(test_a_class_whose_weights_cancel_out_in_a_row_is_nan_there)
{
    const double classes[] = {1, 1, 1, -2, -1, 3, 0, 1, 0};
    const float gates[] = {2, 1, 1, 1, 1, 1};
    struct said said = say(ENSEMBLE_MEAN, ENSEMBLE_F64, shares, 3, 2, 3);
    double y[6];

    assert_int_equal(ensemble_set_class_weights(said.e, classes, 3, 3), 0);
    assert_int_equal(ensemble_set_row_weights(said.e, gates, 2, 3), 0);
    combine_to(said.e, ENSEMBLE_F64, y, LENGTH(y));
    for (size_t j = 0; j < LENGTH(y); j++)
        assert_int_equal(is_nan(y[j]), j == 0);
    forget(&said);
}

/* What models say of each other is weighed, too, where the method itself does not divide. */
TEST(test_measures_of_a_row_whose_weights_have_an_infinite_sum_are_nan)
{
    struct said said = say(ENSEMBLE_MAX, ENSEMBLE_F64, shares, 3, 2, 3);
    struct told told = told_of(OF_PROBABILITIES | FIELD(VARIANCE) | FIELD(LABEL), 2, 3, 3, 0);

    interpret(&said, ENSEMBLE_PROBABILITIES, 0);
    weigh(&said, large);
    assert_int_equal(ensemble_set_row_weights(said.e, large_rows, 2, 3), 0);
    ask(said.e, &told, ENSEMBLE_F64);
    assert_int_equal(told.report.label[0], 1);
    assert_true(is_nan(told.report.mean_entropy[0]) && is_nan(told.report.mutual_information[0]));
    assert_true(is_nan(told.report.variation_ratio[0]) && is_nan(told.report.conflict[0]));
    assert_false(is_nan(told.report.mean_entropy[1]) || is_nan(told.report.mutual_information[1]));
    for (size_t j = 0; j < 6; j++)
        assert_int_equal(is_nan(told.report.variance[j]), j < 3);
    end_told(&told);
    forget(&said);
}

/* Softmaxes of 16 models, whose exponentials fill more than the stack that is there for them. */
TEST(test_softmaxes_of_many_models_that_are_too_wide_for_the_stack)
{
    enum { N = 16, ROWS = 3, WIDTH = 256 };
    static double logits[N * ROWS * WIDTH], expected[ROWS * WIDTH];
    struct rng rng = {3};
    struct said said;

    for (size_t i = 0; i < LENGTH(logits); i++)
        logits[i] = (double)(float)(8 * rng_unit(&rng));
    for (size_t row = 0; row < N * ROWS; row++) {
        double sum = 0;

        for (size_t j = 0; j < WIDTH; j++)
            sum += exp(logits[row * WIDTH + j]);
        for (size_t j = 0; j < WIDTH; j++)
            expected[row % ROWS * WIDTH + j] += exp(logits[row * WIDTH + j]) / sum / N;
    }
    said = say(ENSEMBLE_MEAN, ENSEMBLE_F32, logits, N, ROWS, WIDTH);
    interpret(&said, ENSEMBLE_LOGITS, 0);
    assert_result(said.e, ENSEMBLE_F32, expected, ROWS * WIDTH, 1e-8);
    forget(&said);
}

/* Votes and ranks of many rows, which go to the result itself, if its address is one of floats. */
TEST(test_votes_and_ranks_at_any_address)
{
    enum { N = 3, ROWS = 40, WIDTH = 5 };
    static double values[N * ROWS * WIDTH];
    static float y[ROWS * WIDTH];
    static unsigned char bytes[sizeof y + 8];
    struct rng rng = {4};

    for (size_t i = 0; i < LENGTH(values); i++)
        values[i] = (double)rng_below(&rng, 7) / 8;
    for (int32_t method = ENSEMBLE_VOTE; method <= ENSEMBLE_RANK; method++) {
        struct said said = say(method, ENSEMBLE_F32, values, N, ROWS, WIDTH);

        assert_int_equal(ensemble_combine(said.e, y, ENSEMBLE_F32, LENGTH(y)), 0);
        for (size_t at = 1; at < 4; at++) {
            poison(bytes, sizeof bytes);
            assert_int_equal(ensemble_combine(said.e, bytes + at, ENSEMBLE_F32, LENGTH(y)), 0);
            assert_memory_equal(bytes + at, y, sizeof y);
            assert_poisoned(bytes, at);
            assert_poisoned(bytes + at + sizeof y, sizeof bytes - sizeof y - at);
        }
        forget(&said);
    }
}

/* A model whose weight is 0 in a row says nothing there, of no class: as though there were no such model. */
TEST(test_measures_with_class_weights_leave_out_who_weighs_nothing_in_the_row)
{
    const double classes[] = {1, 2, 3, 5, 5, 5, 2, 1, 1}, others[] = {1, 2, 3, 2, 1, 1};
    const float gates[] = {1, 0, 1, 1, 0, 1};
    const unsigned fields = OF_PROBABILITIES | FIELD(VARIANCE) | FIELD(LABEL);
    struct said three = say(ENSEMBLE_MEAN, ENSEMBLE_F64, shares, 3, 2, 3), two = three;
    struct told a = told_of(fields, 2, 3, 3, 0), b = told_of(fields, 2, 3, 2, 0);

    interpret(&three, ENSEMBLE_PROBABILITIES, 0);
    assert_int_equal(ensemble_set_class_weights(three.e, classes, 3, 3), 0);
    assert_int_equal(ensemble_set_row_weights(three.e, gates, 2, 3), 0);
    two.e = ensemble_of(3);
    two.n = 2;
    add(two.e, output_of(&three, 0), ENSEMBLE_F64, 2);
    add(two.e, output_of(&three, 2), ENSEMBLE_F64, 2);
    assert_int_equal(ensemble_set_method(two.e, ENSEMBLE_MEAN), 0);
    interpret(&two, ENSEMBLE_PROBABILITIES, 0);
    assert_int_equal(ensemble_set_class_weights(two.e, others, 2, 3), 0);
    ask(three.e, &a, ENSEMBLE_F64);
    ask(two.e, &b, ENSEMBLE_F64);
    assert_same_told(&a, 0, &b, fields);
    assert_false(is_nan(a.report.mutual_information[0]) || is_nan(a.report.variance[5]));
    end_told(&a);
    end_told(&b);
    ensemble_destroy(two.e);
    forget(&three);
}

/* Sums of 16 models that do not stay in the caches are summed in another order of places, with the same bits. */
TEST(test_sums_of_many_models_of_many_rows)
{
    enum { N = 16, ROWS = 40, WIDTH = 1000 };
    static float outputs[N][ROWS * WIDTH], whole[ROWS * WIDTH], row[WIDTH];
    struct ensemble *e = ensemble_of(WIDTH);
    struct ensemble_call call = {.struct_size = sizeof call, .dtype = ENSEMBLE_F32, .result = row,
                                 .result_count = WIDTH,
                                 .row_count = 1};
    double weights[N];
    struct rng rng = {5};

    for (size_t k = 0; k < N; k++) {
        for (size_t i = 0; i < ROWS * WIDTH; i++)
            outputs[k][i] = (float)rng_unit(&rng);
        weights[k] = rng_unit(&rng);
        add(e, outputs[k], ENSEMBLE_F32, ROWS);
    }
    assert_int_equal(ensemble_set_weights(e, weights, N), 0);
    assert_int_equal(ensemble_combine(e, whole, ENSEMBLE_F32, ROWS * WIDTH), 0);
    for (call.row_begin = 0; call.row_begin < ROWS; call.row_begin++) {
        assert_int_equal(ensemble_run(e, &call), 0);
        assert_memory_equal(row, whole + call.row_begin * WIDTH, sizeof row);
    }
    ensemble_destroy(e);
}

/* Ranks of more classes than float tells apart, with halves: one model that ascends, and one that says nothing. */
TEST(test_ranks_of_millions_of_classes)
{
    const size_t width = ((size_t)1 << 22) + 2;
    float *memory = calloc(3 * width, sizeof *memory), *ascending = memory, *y = memory + 2 * width;
    struct ensemble_call call = {.struct_size = sizeof call, .dtype = ENSEMBLE_F32, .result = y, .result_count = width};
    struct ensemble *e = ensemble_of(width);

    assert_non_null(memory);
    for (size_t j = 0; j < width; j++)
        ascending[j] = (float)j;
    add(e, ascending, ENSEMBLE_F32, 1);
    add(e, memory + width, ENSEMBLE_F32, 1);
    assert_int_equal(ensemble_set_method(e, ENSEMBLE_RANK), 0);
    call.workspace_size = ensemble_workspace_size(e);
    call.workspace = malloc(call.workspace_size);
    assert_non_null(call.workspace);
    assert_int_equal(ensemble_run(e, &call), 0);
    free(call.workspace);
    for (size_t j = 0; j < width; j++) {
        const double mean = ((double)(j + 1) + (double)(width + 1) / 2) / 2;

        if (y[j] != (float)mean)
            fail_msg("class %zu: %.9g, not %.9g", j, (double)y[j], (double)(float)mean);
    }
    ensemble_destroy(e);
    free(memory);
}

/* Outputs of more rows than memory has, of which a call combines some: where they lie is looked at all the same. */
TEST(test_outputs_that_are_longer_than_memory_overlap)
{
    const size_t rows = (size_t)PTRDIFF_MAX / 4;
    uint16_t memory[8] = {0};
    struct ensemble *e = ensemble_of(1);
    struct ensemble_call call = {.struct_size = sizeof call, .dtype = ENSEMBLE_F16, .result_count = 3, .row_count = 3};

    for (size_t i = 4; i < 7; i++)
        put_number(&memory[i], ENSEMBLE_F16, (double)i);
    add(e, &memory[4], ENSEMBLE_F16, rows);
    call.result = memory;
    assert_int_equal(ensemble_run(e, &call), 0);
    assert_memory_equal(memory, memory + 4, 3 * sizeof *memory);
    call.result = memory + 2;
    assert_int_equal(ensemble_run(e, &call), ENSEMBLE_EOVERLAP);
    call.result = memory + 4;
    assert_int_equal(ensemble_run(e, &call), 0);
    ensemble_destroy(e);
}

/* What comes with a call is looked at as what is bound to a handle. */
TEST(test_faults_of_outputs_and_row_weights_that_come_with_a_call)
{
    static const float one = 1;
    const size_t most = (size_t)PTRDIFF_MAX / 2;
    struct ensemble_output outputs[9];
    struct ensemble *e = ensemble_of(1);
    float y;
    struct ensemble_call call = {.struct_size = sizeof call, .dtype = ENSEMBLE_F32, .result = &y, .result_count = 1,
                                 .outputs = outputs, .n_outputs = LENGTH(outputs), .output_size = sizeof *outputs,
                                 .row_count = 1};

    for (size_t k = 0; k < LENGTH(outputs); k++) {
        outputs[k] = (struct ensemble_output){.data = &one, .dtype = ENSEMBLE_F32, .rows = 1};
        add(e, NULL, ENSEMBLE_F32, 1);
    }
    assert_int_equal(ensemble_run(e, &call), 0);
    call.row_count = 0;
    assert_int_equal(ensemble_run(e, &call), 0);
    outputs[0].dtype = 77;
    assert_int_equal(ensemble_run(e, &call), ENSEMBLE_EDTYPE);
    outputs[0].dtype = ENSEMBLE_F32;
    call.row_weights = &one; /* of no row */
    assert_int_equal(ensemble_run(e, &call), ENSEMBLE_EWEIGHTS);
    call.row_count = 1;
    for (size_t k = 0; k < LENGTH(outputs); k++)
        outputs[k] = (struct ensemble_output){.data = &one, .dtype = ENSEMBLE_F16, .rows = most};
    call.row_weights_count = 9 * most; /* which is another number, since it wraps around */
    assert_int_equal(ensemble_run(e, &call), ENSEMBLE_EWEIGHTS);
    ensemble_destroy(e);
    e = ensemble_of(1);
    add(e, NULL, ENSEMBLE_F32, 1);
    call.n_outputs = 1;
    call.row_weights_count = most;
    assert_int_equal(ensemble_run(e, &call), ENSEMBLE_EOVERFLOW);
    call.row_weights_count = outputs[0].rows = 3;
    call.row_weights = (const float *)(UINTPTR_MAX - 7);
    assert_int_equal(ensemble_run(e, &call), ENSEMBLE_EOVERFLOW);
    ensemble_destroy(e);
}

/* Models without rows may have as many classes as there can be doubles; their class weights may not. */
TEST(test_class_weights_that_no_memory_has)
{
    static const double one = 1;
    const size_t width = (size_t)PTRDIFF_MAX / sizeof one;
    struct ensemble *e = ensemble_of(width);

    for (size_t n = 1; n <= 33; n++) { /* the product wraps around from 17 or 33 on */
        add(e, NULL, ENSEMBLE_F32, 0);
        assert_int_equal(ensemble_set_class_weights(e, &one, n, width), ENSEMBLE_EOVERFLOW);
    }
    ensemble_destroy(e);
}

/* The first output lies in memory, and the last one beyond its end. */
TEST(test_an_array_of_outputs_that_leaves_the_address_space)
{
    const unsigned char *start = (const unsigned char *)(UINTPTR_MAX - 64);
    struct ensemble *e = ensemble_of(2);
    float y[2];

    for (size_t k = 0; k < 3; k++)
        add(e, NULL, ENSEMBLE_F32, 1);
    assert_int_equal(ensemble_run_flat(e, start, ENSEMBLE_F32, 1, 16, 0, y, ENSEMBLE_F32, 2, 0, NULL, 0),
                     ENSEMBLE_EOVERFLOW);
    ensemble_destroy(e);
}

/* Outputs of no rows may lie anywhere: nothing is read there. */
TEST(test_outputs_of_no_rows_overlap_nothing)
{
    double matrix[4];
    struct ensemble *e = ensemble_of(3);

    for (size_t k = 0; k < 2; k++)
        add(e, matrix + k, ENSEMBLE_F64, 0);
    assert_int_equal(ensemble_similarity(e, ENSEMBLE_SIMILARITY_CORRELATION, matrix), 0);
    assert_true(is_nan(matrix[1]) && is_nan(matrix[2]));
    ensemble_destroy(e);
}

TEST(test_a_report_that_leaves_the_address_space)
{
    struct said said = say(ENSEMBLE_MEAN, ENSEMBLE_F64, shares, 3, 2, 3);
    struct told told = told_of(FIELD(LABEL), 2, 3, 3, 0);
    struct ensemble_call call = asking(&told, ENSEMBLE_F64);

    told.report.confidence = (double *)(UINTPTR_MAX - 7);
    poison_told(&told);
    assert_int_equal(ensemble_run(said.e, &call), ENSEMBLE_EOVERFLOW);
    assert_poisoned(told.report.label, 2 * sizeof(int32_t));
    end_told(&told);
    forget(&said);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_row_whose_weights_have_an_infinite_sum_is_at_fault),
        cmocka_unit_test(test_a_class_whose_weights_have_an_infinite_sum_has_no_value),
        cmocka_unit_test(test_factors_of_a_class_that_are_infinite),
        cmocka_unit_test(test_a_class_whose_weights_cancel_out_in_a_row_is_nan_there),
        cmocka_unit_test(test_measures_of_a_row_whose_weights_have_an_infinite_sum_are_nan),
        cmocka_unit_test(test_softmaxes_of_many_models_that_are_too_wide_for_the_stack),
        cmocka_unit_test(test_votes_and_ranks_at_any_address),
        cmocka_unit_test(test_measures_with_class_weights_leave_out_who_weighs_nothing_in_the_row),
        cmocka_unit_test(test_sums_of_many_models_of_many_rows),
        cmocka_unit_test(test_ranks_of_millions_of_classes),
        cmocka_unit_test(test_outputs_that_are_longer_than_memory_overlap),
        cmocka_unit_test(test_faults_of_outputs_and_row_weights_that_come_with_a_call),
        cmocka_unit_test(test_class_weights_that_no_memory_has),
        cmocka_unit_test(test_an_array_of_outputs_that_leaves_the_address_space),
        cmocka_unit_test(test_outputs_of_no_rows_overlap_nothing),
        cmocka_unit_test(test_a_report_that_leaves_the_address_space),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
