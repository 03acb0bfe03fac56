/* SPDX-License-Identifier: MIT */
/* Reports of rows that have no answer, and reports that are refused: nothing is written then. */
#include "report.h"

#define NOT ((double)NAN)
#define INF ((double)INFINITY)

/* Nothing was written at all. */
static void assert_untold(const struct told *told)
{
    for (int i = 1; i < TOLD_FIELDS; i++)
        if (told->memory[i] != NULL)
            assert_poisoned(told->memory[i], told->bytes[i] + 2 * GUARD_BYTES);
}

/* In a row without an answer labels are -1, real numbers but weight_present NaN, flags 0. */
static void assert_no_answer(const struct told *told, size_t row)
{
    for (int i = 1; i < TOLD_FIELDS; i++) {
        const size_t bytes = told_fields[i].bytes, count = elements_of(&told->report, i);

        if (told->memory[i] == NULL || (WHO >> i & 1) != 0)
            continue;
        for (size_t k = row * count; k < (row + 1) * count; k++) {
            const unsigned char *at = told->memory[i] + GUARD_BYTES + k * bytes;

            if (bytes == sizeof(double))
                assert_true(is_nan(get_number(at, ENSEMBLE_F64)));
            else
                assert_int_equal(*at, bytes == sizeof(int32_t) ? 0xFF : 0); /* -1, of which this is a byte */
        }
    }
    assert_in_range(told->report.row_fault[row], ENSEMBLE_ROW_WEIGHT, ENSEMBLE_ROW_RULED_OUT);
    assert_true(told->report.weight_present[row] >= 0 && told->report.weight_present[row] <= 1);
    assert_in_range(told->report.models_present[row], 0, told->report.models);
}

/* The faults of the rows, in every type of result, and with all fields or only this one. */
static void assert_faults(const struct said *said, unsigned fields, const int32_t *faults)
{
    for (size_t i = 0; i < LENGTH(float_and_double); i++) {
        struct told told = hear(said, fields | WHO, float_and_double[i]);
        struct told alone = hear(said, FIELD(ROW_FAULT), float_and_double[i]);

        assert_memory_equal(told.report.row_fault, faults, said->rows * sizeof *faults);
        assert_same_told(&told, 0, &alone, EVERYTHING);
        for (size_t row = 0; row < said->rows; row++)
            if (faults[row] != ENSEMBLE_ROW_SOUND)
                assert_no_answer(&told, row);
            else
                assert_true(told.report.label == NULL || told.report.label[row] >= 0);
        end_told(&told);
        end_told(&alone);
    }
}

/* Two models that say probabilities; the rows are all alike. */
static struct said six_rows(int32_t method)
{
    double values[24];
    struct said said;

    for (size_t i = 0; i < 24; i++)
        values[i] = i % 2 ? .25 : .75;
    said = say(method, ENSEMBLE_F32, values, 2, 6, 2);
    interpret(&said, ENSEMBLE_PROBABILITIES, 0);
    return said;
}

TEST(test_row_weights_that_cannot_be_used_are_the_fault_of_their_rows)
{
    const float weights[] = {1, 1, (float)NOT, 1, 1, (float)INF, -1, 2, -(float)INF, 1, 0, 0};
    const int32_t faults[] = {ENSEMBLE_ROW_SOUND,  ENSEMBLE_ROW_WEIGHT, ENSEMBLE_ROW_WEIGHT,
                              ENSEMBLE_ROW_WEIGHT, ENSEMBLE_ROW_WEIGHT, ENSEMBLE_ROW_NOBODY};

    for (int32_t method = ENSEMBLE_GEOMETRIC; method <= ENSEMBLE_RANK; method++) {
        const int sums = method < ENSEMBLE_PRODUCT || method > ENSEMBLE_MAX;
        struct said said = six_rows(method);

        assert_int_equal(ensemble_set_row_weights(said.e, weights, 6, 2), 0);
        assert_faults(&said, EVERYTHING & ~(FIELD(SETTLED) | (sums ? 0 : FIELD(CONTRIBUTION))), faults);
        forget(&said);
    }
}

/* Row weights of a model that takes no part do not matter. A negative one is allowed where weights may be negative. */
TEST(test_row_weights_of_means_and_of_models_that_take_no_part)
{
    const float weights[] = {1, (float)NOT, 1, -1, (float)NOT, 1, 0, -1, 2, -1, 0, 0};
    const double one_of_two[] = {1, 0};
    const int32_t one[] = {ENSEMBLE_ROW_SOUND, ENSEMBLE_ROW_SOUND, ENSEMBLE_ROW_WEIGHT,
                           ENSEMBLE_ROW_NOBODY, ENSEMBLE_ROW_SOUND, ENSEMBLE_ROW_NOBODY};
    const int32_t both[] = {ENSEMBLE_ROW_WEIGHT, ENSEMBLE_ROW_WEIGHT, ENSEMBLE_ROW_WEIGHT, /* 1 - 1: no quotient */
                            ENSEMBLE_ROW_SOUND, ENSEMBLE_ROW_SOUND, ENSEMBLE_ROW_NOBODY};
    struct said said = six_rows(ENSEMBLE_MEAN);

    assert_int_equal(ensemble_set_row_weights(said.e, weights, 6, 2), 0);
    assert_faults(&said, FIELD(LABEL) | FIELD(CONFIDENCE) | REASONS | TOP, both);
    weigh(&said, one_of_two);
    assert_faults(&said, FIELD(LABEL) | FIELD(CONFIDENCE) | REASONS | TOP, one);
    forget(&said);
}

TEST(test_where_every_weight_is_0_nobody_speaks)
{
    const int32_t methods[] = {ENSEMBLE_SUM, ENSEMBLE_PRODUCT, ENSEMBLE_MIN, ENSEMBLE_MAX};
    const double zeros[] = {0, 0};
    const int32_t faults[] = {2, 2, 2, 2, 2, 2};

    for (size_t m = 0; m < LENGTH(methods); m++) {
        struct said said = six_rows(methods[m]);
        struct told told;

        weigh(&said, zeros);
        assert_faults(&said, EVERYTHING & ~(FIELD(SETTLED) | FIELD(CONTRIBUTION)), faults);
        told = hear(&said, WHO, ENSEMBLE_F32);
        assert_int_equal(told.report.models_present[0], 0);
        end_told(&told);
        forget(&said);
    }
}

/* A label that is no class comes before a NaN, a row weight before both. */
TEST(test_labels_that_are_no_class_and_nan_in_votes)
{
    const int32_t labels[] = {1, -1, 0, 2, 1, 7}, faults[] = {0, 4, 5, 4, 5, 4};
    const int32_t weighed[] = {1, 1, 2, 1, 5, 4}, left_out[] = {0, 0, 0, 3, 0, 0};
    const double values[] = {.3, .7, .3, .7, NOT, .7, .3, NOT, NOT, NOT, .4, .6};
    const float weights[] = {(float)NOT, 1, 1, -1, 0, 0, 1, (float)INF, 1, 1, 1, 1};
    struct said said = say(ENSEMBLE_VOTE, ENSEMBLE_F32, values, 1, 6, 2);

    add(said.e, labels, ENSEMBLE_I32, 6);
    said.n = 2;
    assert_int_equal(ensemble_set_input(said.e, 0, ENSEMBLE_PROBABILITIES, 0), 0);
    assert_faults(&said, EVERYTHING, faults);
    assert_int_equal(ensemble_set_row_weights(said.e, weights, 6, 2), 0);
    assert_faults(&said, EVERYTHING & ~FIELD(SETTLED), weighed);
    assert_int_equal(ensemble_set_row_weights(said.e, NULL, 0, 0), 0);
    assert_int_equal(ensemble_set_missing_policy(said.e, ENSEMBLE_LEAVE_OUT_NAN, 0), 0);
    assert_faults(&said, EVERYTHING, left_out);
    forget(&said);
}

/* A NaN in one class leaves the row without an answer, wherever it is; also one that only the method makes. */
TEST(test_nan_in_any_class_is_the_fault_of_its_row)
{
    const size_t widths[] = {1, 3, 10, 40, 600};

    for (size_t w = 0; w < LENGTH(widths); w++)
        for (size_t at = 0; at < widths[w]; at += 1 + widths[w] / 9) {
            const size_t width = widths[w];
            double *values = malloc(2 * 2 * width * sizeof *values);
            const int32_t faults[] = {ENSEMBLE_ROW_SOUND, ENSEMBLE_ROW_NAN};

            assert_non_null(values);
            for (size_t i = 0; i < 4 * width; i++)
                values[i] = i == width + at ? NOT : .5;
            for (int32_t method = ENSEMBLE_SUM; method <= ENSEMBLE_RANK; method++) {
                struct said said = say(method, ENSEMBLE_F32, values, 2, 2, width);

                assert_faults(&said, FIELD(LABEL) | FIELD(CONFIDENCE) | FIELD(VOTE_DISAGREEMENT) | TOP, faults);
                forget(&said);
            }
            free(values);
        }
}

TEST(test_nan_that_arises)
{
    const double infinities[] = {INF, 0, -INF, 0}, negative[] = {-1, 2, 3, 2}, positive[] = {INF, 1, 2, INF};
    const int32_t faults[] = {ENSEMBLE_ROW_NAN};
    struct said sum = say(ENSEMBLE_SUM, ENSEMBLE_F64, infinities, 2, 1, 2);
    struct said root = say(ENSEMBLE_GEOMETRIC, ENSEMBLE_F64, negative, 2, 1, 2);
    struct said shares = say(ENSEMBLE_SUM, ENSEMBLE_F64, positive, 2, 1, 2);

    assert_faults(&sum, FIELD(LABEL) | REASONS | FIELD(VARIANCE), faults);
    assert_faults(&root, FIELD(LABEL) | REASONS | FIELD(VARIANCE), faults);
    assert_int_equal(ensemble_set_result(shares.e, ENSEMBLE_RESULT_NORMALISED, 0), 0);
    assert_faults(&shares, FIELD(LABEL) | FIELD(ENTROPY) | REASONS, faults);
    forget(&sum);
    forget(&root);
    forget(&shares);
}

/* Rows: sound; every class ruled out; a NaN, which comes first; every class 0 in both. */
TEST(test_rows_of_which_every_class_is_ruled_out)
{
    const double values[] = {.5, .5, 1, 0, NOT, 0, 0, 0, .5, .5, 0, 1, 1, 0, 0, 0};
    const int32_t pooled[] = {0, 6, 5, 6}, normalised[] = {0, 0, 5, 6}, products[] = {0, 6, 5, 6};
    struct said pool = say(ENSEMBLE_LOG_POOL, ENSEMBLE_F32, values, 2, 4, 2);
    struct said mean = say(ENSEMBLE_MEAN, ENSEMBLE_F32, values, 2, 4, 2);
    struct said product = say(ENSEMBLE_PRODUCT, ENSEMBLE_F32, values, 2, 4, 2);

    for (size_t form = 0; form < 2; form++) {
        assert_int_equal(ensemble_set_result(pool.e, form ? ENSEMBLE_RESULT_LOG : ENSEMBLE_RESULT_AS_IS, 0), 0);
        assert_faults(&pool, FIELD(LABEL) | FIELD(CONFIDENCE) | REASONS, pooled);
    }
    assert_int_equal(ensemble_set_result(mean.e, ENSEMBLE_RESULT_NORMALISED, 0), 0);
    assert_faults(&mean, FIELD(LABEL) | FIELD(ENTROPY) | REASONS, normalised);
    assert_int_equal(ensemble_set_result(product.e, ENSEMBLE_RESULT_NORMALISED, 0), 0);
    assert_faults(&product, FIELD(LABEL) | FIELD(ENTROPY) | FIELD(INFLUENCE) | FIELD(FLIPS), products);
    forget(&pool);
    forget(&mean);
    forget(&product);
}

/* A case of the errors below: the example, with a report of everything that it can have. */
struct asked {
    struct said said;
    struct told told;
    struct ensemble_call call;
    double result[6];
};

static void begin_asked(struct asked *a)
{
    static const double values[] = {.5, .25, .25, .125, .5, .375, .25, .25, .5, .75, .25, 0};

    a->said = say(ENSEMBLE_MEAN, ENSEMBLE_F64, values, 2, 2, 3);
    interpret(&a->said, ENSEMBLE_PROBABILITIES, 0);
    a->told = told_of(EVERYTHING, 2, 3, 2, 3);
    a->call = asking(&a->told, ENSEMBLE_F64);
    a->call.result = a->result;
    a->call.result_count = 6;
    poison(a->result, sizeof a->result);
}

static void assert_error_at(const struct asked *a, int code, const char *file, int line)
{
    code_at(ensemble_run(a->said.e, &a->call), code, file, line);
    if (code == 0) {
        assert_guarded(&a->told);
        return;
    }
    assert_untold(&a->told);
    assert_poisoned(a->result, sizeof a->result);
}
#define assert_error(a, code) assert_error_at(a, code, __FILE__, __LINE__)

static void end_asked(struct asked *a)
{
    assert_error(a, 0); /* what was changed was changed back */
    end_told(&a->told);
    forget(&a->said);
}

TEST(test_reports_of_other_sizes_than_the_call)
{
    struct asked a;
    struct ensemble_report *r = &a.told.report;

    begin_asked(&a);
    r->rows = 1, assert_error(&a, ENSEMBLE_ECOUNT), r->rows = 0, assert_error(&a, ENSEMBLE_ECOUNT), r->rows = 2;
    r->width = 2, assert_error(&a, ENSEMBLE_ECOUNT), r->width = 4, assert_error(&a, ENSEMBLE_ECOUNT), r->width = 3;
    r->models = 1, assert_error(&a, ENSEMBLE_ECOUNT), r->models = 3, assert_error(&a, ENSEMBLE_ECOUNT), r->models = 2;
    r->top = 4, assert_error(&a, ENSEMBLE_EPARAMETER), r->top = SIZE_MAX, assert_error(&a, ENSEMBLE_EPARAMETER);
    r->top = 3, r->top_labels = NULL;
    assert_error(&a, ENSEMBLE_ENULL);
    r->top_labels = (int32_t *)(void *)(a.told.memory[19] + GUARD_BYTES), r->top_values = NULL;
    assert_error(&a, ENSEMBLE_ENULL);
    r->top_values = (double *)(void *)(a.told.memory[20] + GUARD_BYTES);
    a.call.row_begin = 3, assert_error(&a, ENSEMBLE_ERANGE), a.call.row_begin = 0;
    r->rows = SIZE_MAX; /* more room than needed is no error */
    end_asked(&a);
}

/* A size that no field needs does not matter. */
TEST(test_sizes_of_what_is_not_asked_for)
{
    struct asked a;

    begin_asked(&a);
    a.told.report.width = a.told.report.models = a.told.report.top = 0;
    a.told.report.variance = a.told.report.contribution = a.told.report.influence = NULL;
    a.told.report.flips = NULL;
    end_asked(&a);
}

TEST(test_reports_of_older_and_newer_headers)
{
    const uint32_t small[] = {0, 1, 4, 8, sizeof(struct ensemble_report) - 1};
    struct {
        struct ensemble_report known;
        unsigned char added[16];
    } newer;
    struct asked a;

    begin_asked(&a);
    for (size_t i = 0; i < LENGTH(small); i++)
        a.told.report.struct_size = small[i], assert_error(&a, ENSEMBLE_ESTRUCT);
    a.told.report.struct_size = sizeof a.told.report;
    a.told.report.reserved = 1, assert_error(&a, ENSEMBLE_E2BIG), a.told.report.reserved = 0;
    memset(&newer, 0, sizeof newer);
    newer.known = a.told.report;
    newer.known.struct_size = sizeof newer;
    a.call.report = &newer.known;
    for (size_t i = 0; i < sizeof newer.added; i++)
        newer.added[i] = 1, assert_error(&a, ENSEMBLE_E2BIG), newer.added[i] = 0;
    end_asked(&a);
}

TEST(test_results_with_a_report)
{
    struct asked a;

    begin_asked(&a);
    a.call.dtype = 0, assert_error(&a, ENSEMBLE_EDTYPE);
    a.call.result = NULL, a.call.result_count = 0;
    for (size_t i = 1; i < LENGTH(no_result_dtypes); i++)
        a.call.dtype = no_result_dtypes[i], assert_error(&a, ENSEMBLE_EDTYPE);
    a.call.report = NULL, a.call.dtype = ENSEMBLE_F32, a.call.result_count = 6;
    assert_error(&a, ENSEMBLE_ENULL);
    a.call.report = &a.told.report, a.call.result_count = 0;
    a.call.result = output_of(&a.said, 1), a.call.result_count = 6, a.call.dtype = ENSEMBLE_F64;
    assert_error(&a, ENSEMBLE_EOVERLAP); /* which is no error without a report */
    a.call.result = a.result;
    end_asked(&a);
}

/* Every array, byte by byte, over the end of an output, of row weights and of the result; and just behind each. */
TEST(test_arrays_that_overlap_what_the_call_reads_or_writes)
{
    for (int field = 1; field < TOLD_FIELDS; field++)
        for (size_t what = 0; what < 3; what++)
            for (size_t shift = 0; shift <= 8; shift += 8) { /* on the last 8 bytes, or just behind them */
                struct asked a;
                union {
                    double numbers[20];
                    float gates[40];
                } memory;
                const size_t size = what == 1 ? 4 * sizeof(float) : sizeof a.result;
                unsigned char *array = (unsigned char *)&memory + size - 8 + shift;

                begin_asked(&a);
                for (size_t i = 0; i < 40; i++)
                    memory.gates[i] = .5f;
                if (what == 0)
                    assert_int_equal(ensemble_set_model_output(a.said.e, 1, &memory, ENSEMBLE_F64, 2, 0), 0);
                else if (what == 1)
                    assert_int_equal(ensemble_set_row_weights(a.said.e, memory.gates, 2, 2), 0);
                else
                    a.call.result = &memory;
                memcpy((unsigned char *)&a.told.report + told_fields[field].offset, &array, sizeof array);
                assert_error(&a, shift == 0 ? ENSEMBLE_EOVERLAP : 0);
                end_told(&a.told);
                forget(&a.said);
            }
}

/* Rows of no number: nothing is written. */
TEST(test_a_report_of_no_rows)
{
    struct ensemble *e = ensemble_of(3);
    struct told told = told_of(EVERYTHING & ~(OF_PROBABILITIES | FIELD(ENTROPY) | FIELD(SETTLED)), 0, 3, 1, 3);

    add(e, NULL, ENSEMBLE_F32, 0);
    ask(e, &told, ENSEMBLE_F32);
    assert_untold(&told);
    end_told(&told);
    ensemble_destroy(e);
}

TEST(test_weights_whose_sum_is_infinite_are_no_shares)
{
    const double x[] = {.25, .75}, weights[] = {1e308, 1e308};
    double variance[] = {-7, -7};
    const struct ensemble_report report = {.struct_size = sizeof report, .rows = 1, .width = 2, .variance = variance};
    const struct ensemble_call call = {.struct_size = sizeof call, .report = &report};
    struct ensemble *e = ensemble_of(2);

    add(e, x, ENSEMBLE_F64, 1);
    add(e, x, ENSEMBLE_F64, 1);
    assert_int_equal(ensemble_set_weights(e, weights, 2), 0);
    assert_int_equal(ensemble_run(e, &call), ENSEMBLE_EZEROSUM);
    assert_true(variance[0] == -7 && variance[1] == -7);
    ensemble_destroy(e);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_row_weights_that_cannot_be_used_are_the_fault_of_their_rows),
        cmocka_unit_test(test_row_weights_of_means_and_of_models_that_take_no_part),
        cmocka_unit_test(test_where_every_weight_is_0_nobody_speaks),
        cmocka_unit_test(test_labels_that_are_no_class_and_nan_in_votes),
        cmocka_unit_test(test_nan_in_any_class_is_the_fault_of_its_row),
        cmocka_unit_test(test_nan_that_arises),
        cmocka_unit_test(test_rows_of_which_every_class_is_ruled_out),
        cmocka_unit_test(test_reports_of_other_sizes_than_the_call),
        cmocka_unit_test(test_sizes_of_what_is_not_asked_for),
        cmocka_unit_test(test_reports_of_older_and_newer_headers),
        cmocka_unit_test(test_results_with_a_report),
        cmocka_unit_test(test_arrays_that_overlap_what_the_call_reads_or_writes),
        cmocka_unit_test(test_a_report_of_no_rows),
        cmocka_unit_test(test_weights_whose_sum_is_infinite_are_no_shares),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
