/* SPDX-License-Identifier: MIT */
/*
 * What each model has to do with a row: contribution and variance against their formulas, influence and flips against
 * what the ensemble says once the model is really missing, to the bit.
 */
#include "report.h"

#define UNIT(t) (is_in_double(t) ? 0x1p-53 : 0x1p-24)

static double total_weight(const struct trial *t)
{
    double total = t->weights[0];

    for (size_t i = 1; i < t->n; i++)
        total += t->weights[i];
    return total;
}

/* The rank of one of a row's numbers: 1 for the smallest. */
static long double rank_of(const long double *z, size_t width, size_t column)
{
    size_t smaller = 0, equal = 0;

    for (size_t j = 0; j < width; j++) {
        smaller += z[j] < z[column];
        equal += z[j] == z[column];
    }
    return .5L + (long double)smaller + .5L * (long double)equal;
}

static int is_top(const long double *z, size_t width, size_t column)
{
    for (size_t j = 0; j < width; j++)
        if (j < column ? z[j] >= z[column] : z[j] > z[column])
            return 0;
    return 1;
}

/* Factor times value, as the header has the method form it. */
static double term_of(const struct trial *t, size_t model, size_t row, size_t label)
{
    const long double factor = (long double)t->weights[model] / (t->method == ENSEMBLE_SUM ? 1 : total_weight(t));
    long double *x = malloc(t->width * sizeof *x), value;

    assert_non_null(x);
    if (t->method >= ENSEMBLE_VOTE)
        trial_numbers(t, model, row, x);
    else
        trial_says(t, model, row, x);
    if (t->method == ENSEMBLE_VOTE)
        value = is_top(x, t->width, label);
    else if (t->method == ENSEMBLE_RANK)
        value = rank_of(x, t->width, label);
    else if (t->method == ENSEMBLE_GEOMETRIC || t->method == ENSEMBLE_LOG_POOL)
        value = logl(x[label]);
    else
        value = t->method == ENSEMBLE_HARMONIC ? 1 / x[label] : x[label];
    if (t->method == ENSEMBLE_POWER)
        value *= value;
    free(x);
    return (double)(factor * value);
}

/* Logits are at most 8 in size, and so the exponents are rounded by less than 16 units. */
static void check_contribution(const struct trial *t)
{
    struct told told = hear_trial(t, FIELD(LABEL) | FIELD(CONFIDENCE) | FIELD(CONTRIBUTION));
    const int adds_up = t->form == ENSEMBLE_RESULT_AS_IS &&
                        (t->method <= ENSEMBLE_MEAN || t->method >= ENSEMBLE_VOTE);

    for (size_t row = 0; row < t->rows; row++) {
        const double *contribution = told.report.contribution + row * t->n;
        double sum = 0, size = 0;

        for (size_t i = 0; i < t->n; i++) {
            double term = 0, tolerance;

            if (told.report.label[row] < 0)
                term = (double)NAN;
            else if (t->weights[i] != 0)
                term = term_of(t, i, row, (size_t)told.report.label[row]);
            tolerance = term == 0 ? 0 : 64 * UNIT(t) * (isinf(term) ? 1 : 1 + fabs(term));
            assert_values(&contribution[i], &term, 1, tolerance);
            sum += contribution[i];
            size += fabs(contribution[i]);
        }
        if (adds_up && told.report.label[row] >= 0)
            assert_near(sum, told.report.confidence[row], UNIT(t) * (double)(t->n + 4) * size);
    }
    end_told(&told);
}

TEST(test_contributions_to_sums_and_means_are_factor_times_value_and_add_up)
{
    try_methods(ENSEMBLE_SUM, ENSEMBLE_MEAN, 1, check_contribution);
}

TEST(test_contributions_to_other_means_are_terms_of_their_sums)
{
    try_methods(ENSEMBLE_GEOMETRIC, ENSEMBLE_LOG_POOL, 1, check_contribution);
}

TEST(test_contributions_to_votes_and_ranks_add_up)
{
    try_methods(ENSEMBLE_VOTE, ENSEMBLE_RANK, 1, check_contribution);
}

/* The first of the largest values, or -1. */
static int32_t label_of(const double *y, size_t width)
{
    size_t at = 0;

    for (size_t j = 0; j < width; j++) {
        if (is_nan(y[j]))
            return -1;
        at = y[j] > y[at] ? j : at;
    }
    return (int32_t)at;
}

/* What the call gives without the model, all of it NaN where it gives nothing. */
static void combine_without(const struct trial *t, size_t model, double *y)
{
    const size_t count = t->rows * t->width;
    unsigned char *result = malloc(count * sizeof(double));
    int code;

    assert_non_null(result);
    assert_int_equal(ensemble_set_missing_policy(t->e, ENSEMBLE_LEAVE_OUT_MISSING, 0), 0);
    assert_int_equal(ensemble_set_model_output(t->e, model, NULL, t->dtype, t->rows, 0), 0);
    code = ensemble_combine(t->e, result, UNROUNDED(t), count);
    assert_true(code == 0 || code == ENSEMBLE_EQUORUM || code == ENSEMBLE_EZEROSUM);
    for (size_t i = 0; i < count; i++)
        y[i] = code != 0 ? (double)NAN : get_number(result + i * bytes_of(UNROUNDED(t)), UNROUNDED(t));
    assert_int_equal(ensemble_set_model_output(t->e, model, trial_output(t, model), t->dtype, t->rows, 0), 0);
    free(result);
}

static void assert_influence(const struct trial *t, const struct ensemble_report *r, size_t model, const double *y)
{
    for (size_t row = 0; row < t->rows; row++) {
        const int32_t label = r->label[row], without = label_of(y + row * t->width, t->width);
        double influence = 0;

        if (label < 0)
            influence = (double)NAN;
        else if (t->weights[model] != 0)
            influence = r->confidence[row] - y[row * t->width + (size_t)label];
        assert_values(&r->influence[row * t->n + model], &influence, 1, 0);
        assert_int_equal(r->flips[row * t->n + model], label >= 0 && t->weights[model] != 0 && without != label);
    }
}

static void check_influence(const struct trial *t)
{
    struct told told = hear_trial(t, FIELD(LABEL) | FIELD(CONFIDENCE) | FIELD(INFLUENCE) | FIELD(FLIPS));
    double *y = malloc(t->rows * t->width * sizeof *y);

    assert_non_null(y);
    for (size_t model = 0; model < t->n; model++) {
        combine_without(t, model, y);
        assert_influence(t, &told.report, model, y);
    }
    free(y);
    end_told(&told);
}

TEST(test_influence_on_sums_and_means_is_what_is_without_the_model)
{
    try_methods(ENSEMBLE_SUM, ENSEMBLE_MEAN, 1, check_influence);
}

TEST(test_influence_on_pools_is_what_is_without_the_model)
{
    try_methods(ENSEMBLE_GEOMETRIC, ENSEMBLE_LOG_POOL, 1, check_influence);
}

TEST(test_influence_on_robust_rules_is_what_is_without_the_model)
{
    try_methods(ENSEMBLE_PRODUCT, ENSEMBLE_MAX, 1, check_influence);
}

TEST(test_influence_on_votes_and_ranks_is_what_is_without_the_model)
{
    try_methods(ENSEMBLE_VOTE, ENSEMBLE_RANK, 1, check_influence);
}

TEST(test_influence_does_not_depend_on_the_quorum)
{
    const double values[] = {.9, .1, .2, .8, .6, .4};
    struct said said = say(ENSEMBLE_MEAN, ENSEMBLE_F64, values, 3, 1, 2);
    struct told lenient = hear(&said, FIELD(INFLUENCE) | FIELD(FLIPS), ENSEMBLE_F64), strict;

    assert_int_equal(ensemble_set_missing_policy(said.e, ENSEMBLE_LEAVE_OUT_MISSING, 1), 0);
    strict = hear(&said, FIELD(INFLUENCE) | FIELD(FLIPS), ENSEMBLE_F64);
    assert_same_told(&lenient, 0, &strict, EVERYTHING);
    end_told(&lenient);
    end_told(&strict);
    forget(&said);
}

TEST(test_one_model_alone_has_no_influence_that_is_a_number_and_flips)
{
    const double values[] = {.9, .1};

    for (int32_t method = ENSEMBLE_SUM; method <= ENSEMBLE_RANK; method++) {
        struct said said = say(method, ENSEMBLE_F32, values, 1, 1, 2);
        struct told told = hear(&said, FIELD(INFLUENCE) | FIELD(FLIPS), ENSEMBLE_F64);

        assert_true(is_nan(told.report.influence[0]));
        assert_int_equal(told.report.flips[0], 1);
        end_told(&told);
        forget(&said);
    }
}

/* 1 and -1 cannot be divided by their sum: no answer. */
TEST(test_a_model_without_which_the_weights_sum_to_0_flips)
{
    const double values[] = {.5, .1, .2, .1, .1, .4}, weights[] = {1, -1, 2};

    for (int32_t method = ENSEMBLE_SUM; method <= ENSEMBLE_MEAN; method++) {
        struct said said = say(method, ENSEMBLE_F64, values, 3, 1, 2);
        struct told told;

        weigh(&said, weights);
        told = hear(&said, FIELD(INFLUENCE) | FIELD(FLIPS), ENSEMBLE_F64);
        assert_true(is_nan(told.report.influence[2]));
        assert_int_equal(told.report.flips[2], 1);
        end_told(&told);
        forget(&said);
    }
}

/* A model in double among others in float: computed in double with it, and as though it were missing without it. */
TEST(test_influence_of_models_of_different_dtypes)
{
    const float a[] = {.3f, .1f, .6f}, b[] = {.7f, .2f, .1f};
    const double c[] = {.1, .2, .7};
    const void *const outputs[] = {a, b, c};
    const int32_t dtypes[] = {ENSEMBLE_F32, ENSEMBLE_F32, ENSEMBLE_F64};
    struct ensemble *e = ensemble_of(3);
    struct told told = told_of(EVERYTHING & ~(OF_PROBABILITIES | FIELD(ENTROPY) | FIELD(SETTLED)), 1, 3, 3, 1);
    struct told without = told_of(FIELD(LABEL) | TOP, 1, 3, 3, 3);

    for (size_t i = 0; i < 3; i++)
        add(e, outputs[i], dtypes[i], 1);
    assert_int_equal(ensemble_set_missing_policy(e, ENSEMBLE_LEAVE_OUT_MISSING, 0), 0);
    ask(e, &told, ENSEMBLE_F32);
    for (size_t i = 0; i < 3; i++) {
        size_t at = 0;

        assert_int_equal(ensemble_set_model_output(e, i, NULL, dtypes[i], 1, 0), 0);
        ask(e, &without, ENSEMBLE_F32);
        while (without.report.top_labels[at] != told.report.label[0])
            at++;
        assert_true(told.report.influence[i] == told.report.confidence[0] - without.report.top_values[at]);
        assert_int_equal(told.report.flips[i], without.report.label[0] != told.report.label[0]);
        assert_int_equal(ensemble_set_model_output(e, i, outputs[i], dtypes[i], 1, 0), 0);
    }
    end_told(&told);
    end_told(&without);
    ensemble_destroy(e);
}

static void check_variance(const struct trial *t)
{
    const int converted = t->space >= ENSEMBLE_LOG_PROBABILITIES && t->space <= ENSEMBLE_BINARY_LOGITS;
    const double tolerance = converted && !is_in_double(t) ? 1e-6 : 1e-14;
    long double *x, *mean, *squares;
    struct told told;

    if (t->weighing == WITH_NEGATIVES)
        return;
    assert_non_null(x = malloc(3 * t->width * sizeof *x));
    squares = (mean = x + t->width) + t->width;
    told = hear_trial(t, FIELD(VARIANCE) | FIELD(LABEL));
    for (size_t row = 0; row < t->rows; row++) {
        memset(mean, 0, 2 * t->width * sizeof *mean);
        for (size_t i = 0; i < 2 * t->n; i++) { /* first the means, then the squares of the distances */
            const long double v = (long double)t->weights[i % t->n] / total_weight(t);

            trial_says(t, i % t->n, row, x);
            for (size_t j = 0; v != 0 && j < t->width; j++)
                (i < t->n ? mean : squares)[j] += v * (i < t->n ? x[j] : (x[j] - mean[j]) * (x[j] - mean[j]));
        }
        for (size_t j = 0; j < t->width; j++)
            if (told.report.label[row] >= 0)
                assert_near(told.report.variance[row * t->width + j], (double)squares[j], tolerance);
            else
                assert_true(is_nan(told.report.variance[row * t->width + j]));
    }
    free(x);
    end_told(&told);
}

TEST(test_variance_is_that_between_the_models_whatever_the_method_is)
{
    try_methods(ENSEMBLE_SUM, ENSEMBLE_RANK, 1, check_variance);
}

/* Each field by itself gets this code, and writes nothing unless that is 0. */
static void fields_refused_at(const struct said *said, unsigned fields, int code, const char *file, int line)
{
    for (int i = 1; i < TOLD_FIELDS; i++) {
        struct told told = told_of(fields & 1u << i, said->rows, said->width, said->n, said->width);
        const struct ensemble_call call = asking(&told, ENSEMBLE_F32);

        if (told.memory[i] != NULL)
            code_at(ensemble_run(said->e, &call), code, file, line);
        if (told.memory[i] != NULL && code != 0)
            assert_poisoned(told.memory[i], told.bytes[i] + 2 * GUARD_BYTES);
        end_told(&told);
    }
}
#define assert_fields_refused(said, fields, code) fields_refused_at(said, fields, code, __FILE__, __LINE__)

static const double two_models[] = {.5, .25, .25, .125, .5, .375};
#define SPREAD (OF_PROBABILITIES | FIELD(ENTROPY))

/* AS_IS and BINARY_LOGITS are no probabilities; one model of them is enough, unless it takes no part. */
TEST(test_fields_about_probabilities_want_models_that_say_probabilities)
{
    const int32_t spaces[] = {ENSEMBLE_AS_IS, ENSEMBLE_BINARY_LOGITS};
    const double weights[] = {1, 0};

    for (int32_t method = ENSEMBLE_SUM; method <= ENSEMBLE_RANK; method++)
        for (size_t s = 0; s < 2; s++) {
            struct said said = say(method, ENSEMBLE_F64, two_models, 2, 1, 3);
            const int sums_to_one = method == ENSEMBLE_LOG_POOL || method == ENSEMBLE_VOTE;
            struct told told;

            interpret(&said, ENSEMBLE_PROBABILITIES, 0);
            assert_int_equal(ensemble_set_input(said.e, 1, spaces[s], 0), 0);
            assert_fields_refused(&said, OF_PROBABILITIES, ENSEMBLE_EREPORT);
            for (int32_t form = ENSEMBLE_RESULT_AS_IS; form <= ENSEMBLE_RESULT_SOFTMAX; form++) {
                assert_int_equal(ensemble_set_result(said.e, form, 0), 0);
                assert_fields_refused(&said, FIELD(ENTROPY), form % 2 || sums_to_one ? 0 : ENSEMBLE_EREPORT);
            }
            weigh(&said, weights);
            told = hear(&said, SPREAD, ENSEMBLE_F32);
            end_told(&told);
            forget(&said);
        }
}

TEST(test_fields_that_do_not_go_with_negative_weights)
{
    const double weights[] = {2, -1}, class_weights[] = {1, 1, 1, 2, -.5, 1};
    struct said said = say(ENSEMBLE_MEAN, ENSEMBLE_F64, two_models, 2, 1, 3);

    interpret(&said, ENSEMBLE_PROBABILITIES, 0);
    weigh(&said, weights);
    assert_fields_refused(&said, SPREAD | FIELD(VARIANCE) | FIELD(SETTLED), ENSEMBLE_ENEGATIVE);
    assert_fields_refused(&said, FIELD(LABEL) | FIELD(VOTE_DISAGREEMENT) | WHO | REASONS, 0);
    weigh(&said, NULL);
    assert_int_equal(ensemble_set_class_weights(said.e, class_weights, 2, 3), 0);
    assert_fields_refused(&said, SPREAD | FIELD(VARIANCE), ENSEMBLE_ENEGATIVE);
    forget(&said);
}

TEST(test_methods_that_form_no_sum_have_no_contributions_and_few_methods_settle)
{
    for (int32_t method = ENSEMBLE_SUM; method <= ENSEMBLE_RANK; method++) {
        struct said said = say(method, ENSEMBLE_F64, two_models, 2, 1, 3);
        const int folds = method >= ENSEMBLE_PRODUCT && method <= ENSEMBLE_MAX;
        const int settles = method <= ENSEMBLE_MEAN || method == ENSEMBLE_VOTE;

        assert_fields_refused(&said, FIELD(SETTLED), method == ENSEMBLE_VOTE ? 0 : ENSEMBLE_EREPORT);
        interpret(&said, ENSEMBLE_PROBABILITIES, 0);
        assert_fields_refused(&said, FIELD(CONTRIBUTION), folds ? ENSEMBLE_EREPORT : 0);
        assert_fields_refused(&said, FIELD(SETTLED), settles ? 0 : ENSEMBLE_EREPORT);
        assert_int_equal(ensemble_set_result(said.e, ENSEMBLE_RESULT_SOFTMAX, 0), 0);
        assert_fields_refused(&said, FIELD(SETTLED), ENSEMBLE_EREPORT);
        forget(&said);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_contributions_to_sums_and_means_are_factor_times_value_and_add_up),
        cmocka_unit_test(test_contributions_to_other_means_are_terms_of_their_sums),
        cmocka_unit_test(test_contributions_to_votes_and_ranks_add_up),
        cmocka_unit_test(test_influence_on_sums_and_means_is_what_is_without_the_model),
        cmocka_unit_test(test_influence_on_pools_is_what_is_without_the_model),
        cmocka_unit_test(test_influence_on_robust_rules_is_what_is_without_the_model),
        cmocka_unit_test(test_influence_on_votes_and_ranks_is_what_is_without_the_model),
        cmocka_unit_test(test_influence_does_not_depend_on_the_quorum),
        cmocka_unit_test(test_one_model_alone_has_no_influence_that_is_a_number_and_flips),
        cmocka_unit_test(test_a_model_without_which_the_weights_sum_to_0_flips),
        cmocka_unit_test(test_influence_of_models_of_different_dtypes),
        cmocka_unit_test(test_variance_is_that_between_the_models_whatever_the_method_is),
        cmocka_unit_test(test_fields_about_probabilities_want_models_that_say_probabilities),
        cmocka_unit_test(test_fields_that_do_not_go_with_negative_weights),
        cmocka_unit_test(test_methods_that_form_no_sum_have_no_contributions_and_few_methods_settle),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
