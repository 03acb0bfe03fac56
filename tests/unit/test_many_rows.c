/* SPDX-License-Identifier: MIT */
/*
 * Many short rows, which a library may well do several at a time: each must be, to the bit, what it is in a call of its
 * own. Every method, space and form, with few and more models, of one type and of several.
 */
#include "said.h"

#define ROWS 75
#define MOST_MODELS 9
#define MOST_WIDTH 300

static const size_t widths[] = {1, 2, 3, 4, 5, 8, 10, 13, 16, 33, 64, 100, 129, 300};
static const size_t numbers[] = {1, 2, 3, 6, 9};
static const int32_t spaces[] = {ENSEMBLE_AS_IS, ENSEMBLE_LOG_PROBABILITIES, ENSEMBLE_LOGITS, ENSEMBLE_BINARY_LOGITS};

/* What is combined; and what varies besides, counted up from case to case so that everything meets everything. */
struct job {
    int32_t method, space, form, result;
    size_t n, width, variation;
};

static void describe(const struct job *job, size_t row)
{
    print_error("method %d, space %d, form %d, result %d, %zu models, width %zu, variation %zu: row %zu\n",
                (int)job->method, (int)job->space, (int)job->form, (int)job->result, job->n, job->width, job->variation,
                row);
}

/* Result and result, where a NaN is any NaN. */
static int same_row(const unsigned char *a, const unsigned char *b, size_t width, int32_t dtype)
{
    if (memcmp(a, b, width * bytes_of(dtype)) == 0)
        return 1;
    for (size_t i = 0; i < width * bytes_of(dtype); i += bytes_of(dtype))
        if (memcmp(a + i, b + i, bytes_of(dtype)) != 0 &&
            !(is_nan(get_number(a + i, dtype)) && is_nan(get_number(b + i, dtype))))
            return 0;
    return 1;
}

/* All rows at once with and without gaps in the result, and each in a call of its own. */
static void assert_rows_alone(const struct ensemble *e, const struct job *job)
{
    static unsigned char whole[ROWS * MOST_WIDTH * 8], gaps[ROWS * (MOST_WIDTH + 1) * 8], one[MOST_WIDTH * 8];
    const size_t bytes = job->width * bytes_of(job->result), step = bytes + bytes_of(job->result);
    struct ensemble_call call = {.struct_size = sizeof call, .dtype = job->result};

    assert_int_equal(ensemble_combine(e, whole, job->result, ROWS * job->width), 0);
    call.result = gaps;
    call.result_count = ROWS * (job->width + 1);
    call.result_stride = job->width + 1;
    poison(gaps, ROWS * step);
    assert_int_equal(ensemble_run(e, &call), 0);
    call.result = one;
    call.result_count = job->width;
    call.row_count = 1;
    for (size_t row = 0; row < ROWS; row++) {
        call.row_begin = row;
        assert_int_equal(ensemble_run(e, &call), 0);
        if (!same_row(whole + row * bytes, one, job->width, job->result) ||
            !same_row(gaps + row * step, one, job->width, job->result)) {
            describe(job, row);
            fail();
        }
        assert_poisoned(gaps + row * step + bytes, bytes_of(job->result));
    }
}

/* The result in place of the last model's output, if that is of its type: the same again. */
static void assert_in_place(const struct ensemble *e, const struct job *job, unsigned char *output)
{
    static unsigned char whole[ROWS * MOST_WIDTH * 8];
    const size_t bytes = job->width * bytes_of(job->result);

    assert_int_equal(ensemble_combine(e, whole, job->result, ROWS * job->width), 0);
    assert_int_equal(ensemble_combine(e, output, job->result, ROWS * job->width), 0);
    for (size_t row = 0; row < ROWS; row++)
        if (!same_row(whole + row * bytes, output + row * bytes, job->width, job->result)) {
            describe(job, row);
            fail_msg("in place of an output");
        }
}

/* Values from 1/64 to 2, which all types have; some rows with a NaN; some outputs with gaps between rows. */
static void run_job(const struct job *job, struct rng *rng)
{
    static unsigned char data[MOST_MODELS][ROWS * (MOST_WIDTH + 2) * 8];
    static double class_weights[MOST_MODELS * MOST_WIDTH];
    static float row_weights[ROWS * MOST_MODELS];
    const int mixed = job->variation % 3 == 2, missing = job->variation % 5 == 4;
    double weights[MOST_MODELS];
    struct ensemble *e = ensemble_of(job->width);
    int32_t type = 0;
    size_t stride = 0;

    for (size_t model = 0; model < job->n; model++) {
        type = number_dtypes[(mixed ? model : job->variation) % 4];
        stride = job->width + (job->variation % 7 == 6 ? model % 3 : 0);
        for (size_t i = 0; i < ROWS * stride; i++)
            put_number(data[model] + i * bytes_of(type), type,
                       missing && rng_one_in(rng, 12 * job->width) ? (double)NAN
                                                                   : (double)rng_between(rng, 1, 127) / 64);
        add(e, NULL, type, ROWS);
        assert_int_equal(ensemble_set_model_output(e, model, data[model], type, ROWS, stride), 0);
        assert_int_equal(ensemble_set_input(e, model, job->space, job->space >= ENSEMBLE_LOGITS ? .5 : 0), 0);
        weights[model] = (double)rng_between(rng, 1, 9) / 8;
    }
    assert_int_equal(ensemble_set_method(e, job->method), 0);
    assert_int_equal(ensemble_set_result(e, job->form, 0), 0);
    assert_int_equal(ensemble_set_missing_policy(e, missing ? ENSEMBLE_LEAVE_OUT_NAN : 0, 0), 0);
    if (job->variation % 2 == 1)
        assert_int_equal(ensemble_set_weights(e, weights, job->n), 0);
    for (size_t i = 0; i < job->n * job->width; i++)
        class_weights[i] = (double)rng_between(rng, 0, 4) / 4;
    if (job->variation % 11 == 10 && job->method < ENSEMBLE_VOTE)
        assert_int_equal(ensemble_set_class_weights(e, class_weights, job->n, job->width), 0);
    for (size_t i = 0; i < ROWS * job->n; i++)
        row_weights[i] = (float)rng_below(rng, 4) / 4;
    if (job->variation % 13 == 12)
        assert_int_equal(ensemble_set_row_weights(e, row_weights, ROWS, job->n), 0);
    assert_rows_alone(e, job);
    if (type == job->result && stride == job->width && job->method != ENSEMBLE_RANK)
        assert_in_place(e, job, data[job->n - 1]);
    ensemble_destroy(e);
}

static void try_method(int32_t method)
{
    struct rng rng = {50 + (uint64_t)method};
    size_t k = (size_t)method;

    for (size_t s = 0; s < LENGTH(spaces); s++)
        for (int32_t form = ENSEMBLE_RESULT_AS_IS; form <= ENSEMBLE_RESULT_SOFTMAX; form++)
            for (size_t w = 0; w < LENGTH(widths); w++)
                for (size_t repeat = 0; repeat < (widths[w] < 100 ? 2 : 1); repeat++, k++) {
                    const struct job job = {.method = method,
                                            .space = spaces[s],
                                            .form = form,
                                            .result = number_dtypes[rng_below(&rng, 4)],
                                            .n = numbers[rng_below(&rng, LENGTH(numbers))],
                                            .width = widths[w],
                                            .variation = k};

                    run_job(&job, &rng);
                }
}

TEST(test_many_rows_of_sums_and_means)
{
    try_method(ENSEMBLE_SUM);
    try_method(ENSEMBLE_MEAN);
}

TEST(test_many_rows_of_geometric_and_harmonic_means)
{
    try_method(ENSEMBLE_GEOMETRIC);
    try_method(ENSEMBLE_HARMONIC);
}

TEST(test_many_rows_of_power_means_and_products)
{
    try_method(ENSEMBLE_POWER);
    try_method(ENSEMBLE_PRODUCT);
}

TEST(test_many_rows_of_logarithmic_pools)
{
    try_method(ENSEMBLE_LOG_POOL);
}

TEST(test_many_rows_of_medians_and_trimmed_means)
{
    try_method(ENSEMBLE_MEDIAN);
    try_method(ENSEMBLE_TRIMMED);
}

TEST(test_many_rows_of_least_and_greatest)
{
    try_method(ENSEMBLE_MIN);
    try_method(ENSEMBLE_MAX);
}

TEST(test_many_rows_of_votes_and_ranks)
{
    try_method(ENSEMBLE_VOTE);
    try_method(ENSEMBLE_RANK);
}

/* Labels with and without gaps, some of them no class. */
TEST(test_many_rows_of_labels)
{
    static int32_t labels[MOST_MODELS][2 * ROWS];
    struct rng rng = {70};

    for (size_t w = 0; w < LENGTH(widths); w++)
        for (size_t n = 1; n <= MOST_MODELS; n += 2) {
            const struct job job = {
                .method = ENSEMBLE_VOTE, .result = number_dtypes[w % 4], .n = n, .width = widths[w]};
            struct ensemble *e = ensemble_of(job.width);

            for (size_t model = 0; model < n; model++) {
                for (size_t i = 0; i < 2 * ROWS; i++)
                    labels[model][i] = (int32_t)rng_between(&rng, rng_one_in(&rng, 30) ? 0 : 1, job.width) - 1;
                add(e, NULL, ENSEMBLE_I32, ROWS);
                assert_int_equal(
                    ensemble_set_model_output(e, model, labels[model], ENSEMBLE_I32, ROWS, 1 + model % 2), 0);
            }
            assert_int_equal(ensemble_set_method(e, ENSEMBLE_VOTE), 0);
            assert_rows_alone(e, &job);
            assert_int_equal(ensemble_set_missing_policy(e, ENSEMBLE_LEAVE_OUT_NAN, .5), 0);
            assert_rows_alone(e, &job);
            ensemble_destroy(e);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_many_rows_of_sums_and_means),
        cmocka_unit_test(test_many_rows_of_geometric_and_harmonic_means),
        cmocka_unit_test(test_many_rows_of_power_means_and_products),
        cmocka_unit_test(test_many_rows_of_logarithmic_pools),
        cmocka_unit_test(test_many_rows_of_medians_and_trimmed_means),
        cmocka_unit_test(test_many_rows_of_least_and_greatest),
        cmocka_unit_test(test_many_rows_of_votes_and_ranks),
        cmocka_unit_test(test_many_rows_of_labels),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
