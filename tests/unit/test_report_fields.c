/* SPDX-License-Identifier: MIT */
/*
 * Reports of random ensembles: the decision against the combined rows, to the bit; what the models say against its
 * formulas, in long double.
 */
#include "report.h"

/* All of it is in double, but for the exponentials of logits and logarithms; those are right to 1e-6 (cases.md). */
static double tolerance_of(const struct trial *t)
{
    const int converted = t->space == ENSEMBLE_LOGITS || t->space == ENSEMBLE_LOG_PROBABILITIES;

    return converted && !is_in_double(t) ? 1e-6 : 1e-14 * (16 + (double)t->width + (double)t->n);
}

static size_t first_largest(const double *y, size_t width)
{
    size_t at = 0;

    for (size_t j = 1; j < width; j++)
        at = y[j] > y[at] ? j : at;
    return at;
}

static int has_nan(const double *y, size_t width)
{
    for (size_t j = 0; j < width; j++)
        if (is_nan(y[j]))
            return 1;
    return 0;
}

static void assert_no_answer(const struct told *told, size_t row)
{
    const struct ensemble_report *r = &told->report;

    assert_int_equal(r->label[row], -1);
    assert_true(is_nan(r->confidence[row]) && is_nan(r->margin[row]) && is_nan(r->vote_disagreement[row]));
    assert_int_equal(r->tied[row], 0);
    assert_in_range(r->row_fault[row], ENSEMBLE_ROW_NAN, ENSEMBLE_ROW_RULED_OUT);
    for (size_t k = 0; k < r->top; k++)
        assert_true(r->top_labels[row * r->top + k] == -1 && is_nan(r->top_values[row * r->top + k]));
    for (int i = ENSEMBLE_MEASURE_ENTROPY; i <= ENSEMBLE_MEASURE_CONFLICT; i++)
        if (told->memory[i] != NULL)
            assert_true(is_nan(((const double *)(const void *)(told->memory[i] + GUARD_BYTES))[row]));
}

/* Before each place of the list come as many classes as are larger, or as large and lower. */
static void assert_top(const struct ensemble_report *r, size_t row, const double *y, size_t width)
{
    const int32_t *labels = r->top_labels + row * r->top;
    const double *values = r->top_values + row * r->top;

    for (size_t k = 0; k < r->top; k++) {
        size_t before = 0;

        assert_in_range(labels[k], 0, width - 1);
        assert_memory_equal(&values[k], &y[labels[k]], sizeof *y);
        for (size_t j = 0; j < width; j++)
            before += y[j] > values[k] || (y[j] == values[k] && j < (size_t)labels[k]);
        assert_int_equal(before, k);
    }
}

static void assert_decision(const struct told *told, size_t row, const double *y, size_t width)
{
    const struct ensemble_report *r = &told->report;
    const size_t label = first_largest(y, width);
    double second = -(double)INFINITY, margin;

    for (size_t j = 0; j < width; j++)
        second = j != label && y[j] > second ? y[j] : second;
    margin = width == 1 ? (double)INFINITY : y[label] == second ? 0 : y[label] - second;
    assert_int_equal(r->label[row], label);
    assert_memory_equal(&r->confidence[row], &y[label], sizeof *y);
    assert_memory_equal(&r->margin[row], &margin, sizeof margin);
    assert_int_equal(r->tied[row], width > 1 && y[label] == second);
    assert_int_equal(r->row_fault[row], ENSEMBLE_ROW_SOUND);
    assert_top(r, row, y, width);
}

static long double log_times(long double x)
{
    return x == 0 ? 0 : x * logl(x);
}

/* NaN where the row sums to 0, and cannot be divided by that. */
static double entropy_of(const struct trial *t, const double *y)
{
    long double sum = 0, entropy = 0;

    for (size_t j = 0; j < t->width; j++)
        sum += t->form == ENSEMBLE_RESULT_LOG ? expl((long double)y[j]) : (long double)y[j];
    if (sum == 0)
        return (double)NAN;
    for (size_t j = 0; j < t->width; j++)
        entropy -= log_times((t->form == ENSEMBLE_RESULT_LOG ? expl((long double)y[j]) : (long double)y[j]) / sum);
    return (double)entropy;
}

static void check_decision(const struct trial *t)
{
    const size_t count = t->rows * t->width;
    struct told told = hear_trial(t, fields_of(t));
    double *y = malloc(count * sizeof *y), expected;

    assert_non_null(y);
    combine_to(t->e, UNROUNDED(t), y, count);
    for (size_t row = 0; row < t->rows; row++) {
        if (has_nan(y + row * t->width, t->width)) {
            assert_no_answer(&told, row);
            continue;
        }
        assert_decision(&told, row, y + row * t->width, t->width);
        if (told.report.entropy == NULL)
            continue;
        expected = entropy_of(t, y + row * t->width);
        assert_values(&told.report.entropy[row], &expected, 1, 1e-14 * (16 + (double)t->width));
        assert_true(is_nan(expected) || told.report.entropy[row] <= log((double)t->width) * (1 + 1e-14));
    }
    free(y);
    end_told(&told);
}

TEST(test_the_decision_of_sums_and_means_is_that_of_the_combined_row)
{
    try_methods(ENSEMBLE_SUM, ENSEMBLE_MEAN, 1, check_decision);
}

TEST(test_the_decision_of_pools_is_that_of_the_combined_row)
{
    try_methods(ENSEMBLE_GEOMETRIC, ENSEMBLE_LOG_POOL, 1, check_decision);
}

TEST(test_the_decision_of_robust_rules_is_that_of_the_combined_row)
{
    try_methods(ENSEMBLE_PRODUCT, ENSEMBLE_MAX, 1, check_decision);
}

TEST(test_the_decision_of_votes_and_ranks_is_that_of_the_combined_row)
{
    try_methods(ENSEMBLE_VOTE, ENSEMBLE_RANK, 1, check_decision);
}

/* The sums over a row of which the fields about probabilities consist. */
struct contest {
    long double mean_log_times; /* sum_j sum_i v_i x_ij log x_ij */
    long double information;
    long double most;
    long double pool; /* sum_j prod_i x_ij^v_i */
};

static struct contest contest_of(const struct trial *t, size_t row)
{
    struct contest c = {.most = 0};
    long double *x = malloc(4 * t->width * sizeof *x), *mean = x + t->width, *times = mean + t->width;
    long double *logs = times + t->width, all = 0;

    assert_non_null(x);
    memset(mean, 0, 3 * t->width * sizeof *mean);
    for (size_t i = 0; i < t->n; i++)
        all += (long double)t->weights[i];
    for (size_t i = 0; i < t->n; i++) {
        const long double v = (long double)t->weights[i] / all;

        if (v == 0)
            continue;
        trial_says(t, i, row, x);
        for (size_t j = 0; j < t->width; j++) {
            mean[j] += v * x[j];
            times[j] += v * log_times(x[j]);
            logs[j] += v * logl(x[j]);
        }
    }
    for (size_t j = 0; j < t->width; j++) {
        c.mean_log_times += times[j];
        c.information += times[j] - log_times(mean[j]);
        c.most = mean[j] > c.most ? mean[j] : c.most;
        c.pool += expl(logs[j]);
    }
    free(x);
    return c;
}

static double disagreement_of(const struct trial *t, size_t row)
{
    size_t tops[MOST_MODELS], n = 0, differ = 0;
    long double *z = malloc(t->width * sizeof *z);

    assert_non_null(z);
    for (size_t i = 0; i < t->n; i++) {
        if (t->weights[i] == 0)
            continue;
        trial_numbers(t, i, row, z);
        tops[n] = 0;
        for (size_t j = 1; j < t->width; j++)
            tops[n] = z[j] > z[tops[n]] ? j : tops[n];
        for (size_t k = 0; k < n; k++)
            differ += tops[k] != tops[n];
        n++;
    }
    free(z);
    return n < 2 ? 0 : (double)differ / ((double)(n * (n - 1)) / 2);
}

static void check_row_of_models(const struct trial *t, const struct ensemble_report *r, size_t row)
{
    const double tolerance = tolerance_of(t);
    const struct contest c = contest_of(t, row);
    const double conflict = c.pool == 0 ? (double)INFINITY : c.pool > 1 ? 0 : (double)-logl(c.pool);

    assert_near(r->mean_entropy[row], (double)-c.mean_log_times, tolerance);
    assert_near(r->mutual_information[row], (double)c.information, tolerance);
    assert_near(r->variation_ratio[row], (double)(1 - c.most), tolerance);
    assert_values(&r->conflict[row], &conflict, 1, tolerance * (1 + (c.pool > 0 ? conflict : 0)));
    assert_true(r->conflict[row] >= 0 && r->mean_entropy[row] >= 0 && r->variation_ratio[row] >= 0);
    assert_true(r->mutual_information[row] >= -1e-15 * (double)t->width);
}

static void check_models(const struct trial *t)
{
    const unsigned fields = fields_of(t) & (OF_PROBABILITIES | FIELD(VOTE_DISAGREEMENT) | FIELD(LABEL));
    struct told told = hear_trial(t, fields | WHO);
    int32_t taking_part = 0;

    for (size_t i = 0; i < t->n; i++)
        taking_part += t->weights[i] != 0;
    for (size_t row = 0; row < t->rows; row++) {
        assert_int_equal(told.report.models_present[row], taking_part);
        assert_true(told.report.weight_present[row] == 1);
        if (told.report.label[row] < 0)
            continue;
        assert_near(told.report.vote_disagreement[row], disagreement_of(t, row), 1e-15);
        if (fields & FIELD(CONFLICT))
            check_row_of_models(t, &told.report, row);
    }
    end_told(&told);
}

TEST(test_what_the_models_of_sums_and_means_say_is_what_the_formulas_say)
{
    try_methods(ENSEMBLE_SUM, ENSEMBLE_MEAN, 1, check_models);
}

TEST(test_what_the_models_of_pools_say_is_what_the_formulas_say)
{
    try_methods(ENSEMBLE_GEOMETRIC, ENSEMBLE_LOG_POOL, 1, check_models);
}

TEST(test_what_the_models_of_robust_rules_say_is_what_the_formulas_say)
{
    try_methods(ENSEMBLE_PRODUCT, ENSEMBLE_MAX, 1, check_models);
}

TEST(test_what_the_models_of_votes_and_ranks_say_is_what_the_formulas_say)
{
    try_methods(ENSEMBLE_VOTE, ENSEMBLE_RANK, 1, check_models);
}

static void check_one_by_one(const struct trial *t)
{
    const unsigned fields = fields_of(t);
    struct told all = hear_trial(t, fields);

    for (int i = 1; i < TOLD_FIELDS; i++) {
        struct told one;

        if ((fields >> i & 1) == 0)
            continue;
        one = hear_trial(t, (1u << i & TOP) != 0 ? TOP : 1u << i);
        assert_same_told(&all, 0, &one, EVERYTHING);
        end_told(&one);
    }
    end_told(&all);
}

TEST(test_a_field_has_the_same_bits_whatever_else_is_asked_for)
{
    try_methods(ENSEMBLE_SUM, ENSEMBLE_RANK, 4, check_one_by_one);
}

static void check_split(const struct trial *t)
{
    const unsigned fields = fields_of(t);
    struct told all = hear_trial(t, fields);
    size_t count;

    for (size_t row = 0; row < t->rows; row += count) {
        struct told part;
        struct ensemble_call call;

        count = 1 + row % 6 < t->rows - row ? 1 + row % 6 : t->rows - row;
        part = told_of(fields, count, t->width, t->n, all.report.top);
        call = asking(&part, t->result);
        call.row_begin = row;
        call.row_count = count;
        assert_int_equal(ensemble_run(t->e, &call), 0);
        assert_guarded(&part);
        assert_same_told(&all, row, &part, EVERYTHING);
        end_told(&part);
    }
    end_told(&all);
}

TEST(test_a_split_of_the_rows_changes_no_bit)
{
    try_methods(ENSEMBLE_SUM, ENSEMBLE_RANK, 4, check_split);
}

/* Outputs of the call with NaN between their rows; a workspace. */
static void check_layout(const struct trial *t)
{
    const size_t length = trial_columns(t), stride = length + 3, bytes = bytes_of(t->dtype);
    const size_t room = ensemble_workspace_size(t->e);
    unsigned char *spread = malloc(t->n * t->rows * stride * bytes), *workspace = malloc(room + 1);
    struct ensemble_output outputs[MOST_MODELS];
    struct told expected = hear_trial(t, fields_of(t)), told = hear_trial(t, fields_of(t));
    struct ensemble_call call = asking(&told, t->result);

    assert_true(spread != NULL && workspace != NULL);
    memset(spread, 0xFF, t->n * t->rows * stride * bytes);
    for (size_t i = 0; i < t->n * t->rows; i++)
        memcpy(spread + i * stride * bytes, t->data + i * length * bytes, length * bytes);
    for (size_t i = 0; i < t->n; i++)
        outputs[i] = (struct ensemble_output){
            .data = spread + i * t->rows * stride * bytes, .rows = t->rows, .row_stride = stride, .dtype = t->dtype};
    call.outputs = outputs;
    call.output_size = sizeof *outputs;
    call.n_outputs = t->n;
    for (size_t with = 0; with < 2; with++) {
        call.workspace = with ? workspace : NULL;
        call.workspace_size = with ? room : 0;
        poison_told(&told);
        assert_int_equal(ensemble_run(t->e, &call), 0);
        assert_guarded(&told);
        assert_same_told(&expected, 0, &told, EVERYTHING);
    }
    free(spread), free(workspace);
    end_told(&expected);
    end_told(&told);
}

TEST(test_strides_and_a_workspace_change_no_bit)
{
    try_methods(ENSEMBLE_SUM, ENSEMBLE_RANK, 4, check_layout);
}

/* The result, with gaps between its rows, is the same with a report, and the report the same with a result. */
static void check_result(const struct trial *t)
{
    const size_t stride = t->width + 2, bytes = bytes_of(t->result), size = t->rows * stride * bytes;
    unsigned char *expected = malloc(2 * size), *result = expected + size;
    struct told alone = hear_trial(t, fields_of(t)), told = hear_trial(t, fields_of(t));
    struct ensemble_call call = asking(&told, t->result);

    assert_non_null(expected);
    poison(expected, 2 * size);
    call.result_stride = stride;
    call.result_count = t->rows * stride;
    call.result = result;
    poison_told(&told);
    assert_int_equal(ensemble_run(t->e, &call), 0);
    assert_guarded(&told);
    assert_same_told(&alone, 0, &told, EVERYTHING);
    call.report = NULL;
    call.result = expected;
    assert_int_equal(ensemble_run(t->e, &call), 0);
    for (size_t i = 0; i < size; i += bytes)
        assert_true(memcmp(result + i, expected + i, bytes) == 0 ||
                    (is_nan(get_number(result + i, t->result)) && is_nan(get_number(expected + i, t->result))));
    free(expected);
    end_told(&alone);
    end_told(&told);
}

TEST(test_the_result_has_the_same_bits_with_a_report_and_the_report_with_a_result)
{
    try_methods(ENSEMBLE_SUM, ENSEMBLE_RANK, 4, check_result);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_decision_of_sums_and_means_is_that_of_the_combined_row),
        cmocka_unit_test(test_the_decision_of_pools_is_that_of_the_combined_row),
        cmocka_unit_test(test_the_decision_of_robust_rules_is_that_of_the_combined_row),
        cmocka_unit_test(test_the_decision_of_votes_and_ranks_is_that_of_the_combined_row),
        cmocka_unit_test(test_what_the_models_of_sums_and_means_say_is_what_the_formulas_say),
        cmocka_unit_test(test_what_the_models_of_pools_say_is_what_the_formulas_say),
        cmocka_unit_test(test_what_the_models_of_robust_rules_say_is_what_the_formulas_say),
        cmocka_unit_test(test_what_the_models_of_votes_and_ranks_say_is_what_the_formulas_say),
        cmocka_unit_test(test_a_field_has_the_same_bits_whatever_else_is_asked_for),
        cmocka_unit_test(test_a_split_of_the_rows_changes_no_bit),
        cmocka_unit_test(test_strides_and_a_workspace_change_no_bit),
        cmocka_unit_test(test_the_result_has_the_same_bits_with_a_report_and_the_report_with_a_result),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
