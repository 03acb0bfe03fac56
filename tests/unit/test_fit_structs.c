/* SPDX-License-Identifier: MIT */
/* The options and the report of a fit as structs of other versions, arrays of the report; memory that is not there. */
#include "fit.h"
#include "ledger.h"

#define N 4
#define ROWS 20

struct longer_options {
    struct ensemble_fit_options known;
    uint64_t unknown;
};
struct longer_report {
    struct ensemble_fit_report known;
    uint64_t unknown;
};

static const double before[N] = {.5, .25, .125, .125};

static struct problem tidy(void)
{
    struct problem p = random_problem(1, ENSEMBLE_F32, N, ROWS, 3);

    weigh(&p.said, before);
    return p;
}

static void fails_with(struct problem *p, const void *options, void *report, int code)
{
    double after[N];

    assert_int_equal(ensemble_fit(p->said.e, p->labels, ENSEMBLE_I32, ROWS, options, report), code);
    assert_int_equal(ensemble_get_weights(p->said.e, after, N), 0);
    if (code)
        assert_same_bits(after, before, N);
    weigh(&p->said, before);
}

TEST(test_structs_that_are_too_small)
{
    struct problem p = tidy();
    const uint32_t sizes[] = {0, 1, 4, 8, 32};

    for (size_t i = 0; i < LENGTH(sizes); i++) {
        struct ensemble_fit_options options = {.struct_size = sizes[i]};
        struct ensemble_fit_report report = {.struct_size = sizes[i]};

        fails_with(&p, &options, NULL, ENSEMBLE_ESTRUCT);
        fails_with(&p, NULL, &report, ENSEMBLE_ESTRUCT);
    }
    drop(&p);
}

TEST(test_structs_of_a_newer_header)
{
    struct problem p = tidy();
    struct longer_options options = {.known = {.struct_size = sizeof options}};
    struct longer_report report = {.known = {.struct_size = sizeof report}};

    fails_with(&p, &options, &report, 0);
    assert_int_equal(report.known.struct_size, sizeof report);
    assert_int_equal(report.known.rows_used, ROWS);
    options.unknown = 1;
    fails_with(&p, &options, NULL, ENSEMBLE_E2BIG);
    report.unknown = (uint64_t)1 << 63;
    fails_with(&p, NULL, &report, ENSEMBLE_E2BIG);
    drop(&p);
}

TEST(test_the_reserved_field)
{
    struct problem p = tidy();
    const struct ensemble_fit_options options = OPTIONS(.reserved = 1);

    fails_with(&p, &options, NULL, ENSEMBLE_E2BIG);
    drop(&p);
}

TEST(test_costs_for_another_number_of_models)
{
    const double cost[N + 1] = {1, 1, 1, 1, 1};
    struct problem p = tidy();

    for (size_t n = 0; n <= N + 1; n++) {
        const struct ensemble_fit_options options = OPTIONS(.budget = 10, .cost = cost, .n_costs = n);

        fails_with(&p, &options, NULL, n == N ? 0 : ENSEMBLE_ECOUNT);
    }
    drop(&p);
}

/* Without an array, no length matters; with one, it must be long enough. */
TEST(test_arrays_that_are_too_short)
{
    const struct ensemble_fit_options greedy = OPTIONS(.how = ENSEMBLE_FIT_GREEDY, .rounds = 10);
    double array[50];
    struct problem p = tidy();

    for (size_t field = 0; field < 3; field++)
        for (size_t length = 0; length <= N + 1; length++) {
            struct ensemble_fit_report report = {.struct_size = sizeof report, .models = length};

            *(field == 0 ? &report.weights : field == 1 ? &report.single : &report.temperatures) = array;
            poison(array, sizeof array);
            fails_with(&p, NULL, &report, length < N ? ENSEMBLE_ECOUNT : 0);
            assert_poisoned(array + (length < N ? 0 : N), sizeof array - (length < N ? 0 : N * sizeof *array));
            fails_with(&p, NULL, &report, length < N ? ENSEMBLE_ECOUNT : 0);
        }
    for (size_t length = 0; length <= 50; length += 5) {
        struct ensemble_fit_report report = {.struct_size = sizeof report, .rounds = length, .trajectory = array};

        poison(array, sizeof array);
        fails_with(&p, &greedy, &report, length < 10 ? ENSEMBLE_ECOUNT : 0);
        assert_poisoned(array + (length < 10 ? 0 : length), sizeof array - (length < 10 ? 0 : length * sizeof *array));
        for (size_t k = 0; k < length && length >= 10; k++)
            assert_int_equal(is_nan(array[k]), k >= 10);
    }
    drop(&p);
}

/* The default number of rounds is checked, too. */
TEST(test_a_trajectory_of_50_rounds)
{
    const struct ensemble_fit_options greedy = OPTIONS(.how = ENSEMBLE_FIT_GREEDY);
    double array[50];
    struct problem p = tidy();
    struct ensemble_fit_report report = {.struct_size = sizeof report, .rounds = 49, .trajectory = array};

    fails_with(&p, &greedy, &report, ENSEMBLE_ECOUNT);
    report.rounds = 50;
    fails_with(&p, &greedy, &report, 0);
    drop(&p);
}

/* The caller's fields of a report are left to the caller. */
TEST(test_a_report_keeps_its_arrays)
{
    struct problem p = tidy();
    struct learned l, fresh;

    ask(&fresh);
    fit_labels(&p, NULL, &l);
    assert_int_equal(l.report.struct_size, sizeof l.report);
    assert_ptr_equal(l.report.weights, l.weights);
    assert_ptr_equal(l.report.single, l.single);
    assert_ptr_equal(l.report.temperatures, l.temperatures);
    assert_ptr_equal(l.report.trajectory, l.trajectory);
    assert_int_equal(l.report.models, fresh.report.models);
    assert_int_equal(l.report.rounds, fresh.report.rounds);
    drop(&p);
}

/* Every way of learning, with all that asks for memory. */
static const double dear[N] = {1, 2, 1, 2};
static const struct ensemble_fit_options ways[] = {
    OPTIONS(.objective = ENSEMBLE_SCORE_LOG_LOSS),
    OPTIONS(.objective = ENSEMBLE_SCORE_SQUARED_ERROR, .folds = 3),
    OPTIONS(.objective = ENSEMBLE_SCORE_LOG_LOSS, .max_models = 2, .folds = 2),
    OPTIONS(.objective = ENSEMBLE_SCORE_LOG_LOSS, .bags = 3, .calibrate = ENSEMBLE_CALIBRATE_MODELS),
    OPTIONS(.how = ENSEMBLE_FIT_GREEDY, .objective = ENSEMBLE_SCORE_LOG_LOSS),
    OPTIONS(.how = ENSEMBLE_FIT_GREEDY, .objective = ENSEMBLE_SCORE_SQUARED_ERROR),
    OPTIONS(.how = ENSEMBLE_FIT_GREEDY, .objective = ENSEMBLE_SCORE_AUC, .bags = 2),
    OPTIONS(.how = ENSEMBLE_FIT_GREEDY, .objective = ENSEMBLE_SCORE_ACCURACY, .budget = 3, .cost = dear, .n_costs = N),
    OPTIONS(.how = ENSEMBLE_FIT_INVERSE_ERROR, .objective = ENSEMBLE_SCORE_AUC, .folds = 2),
    OPTIONS(.how = ENSEMBLE_FIT_LOG_ODDS),
    OPTIONS(.how = ENSEMBLE_FIT_SOFTMAX),
    OPTIONS(.how = ENSEMBLE_FIT_NOTHING, .calibrate = ENSEMBLE_CALIBRATE_MODELS | ENSEMBLE_CALIBRATE_RESULT),
};

/* An ensemble of models whose logits may be calibrated, with weights. */
static struct ensemble *build(struct ledger *ledger, const struct problem *p, int32_t form)
{
    struct ensemble *e = ensemble_on(ledger, 3);

    for (size_t i = 0; i < N; i++) {
        add(e, output_of(&p->said, i), ENSEMBLE_F32, ROWS);
        assert_int_equal(ensemble_set_input(e, i, ENSEMBLE_LOGITS, 0), 0);
    }
    assert_int_equal(ensemble_set_weights(e, before, N), 0);
    assert_int_equal(ensemble_set_result(e, form, form == ENSEMBLE_RESULT_TEMPERED ? 3 : 0), 0);
    return e;
}

/* Returns whether the allocation `number` of a fit, from 0, was there to fail. */
static int lacks_memory(const struct problem *p, const struct ensemble_fit_options *options, size_t number)
{
    const int32_t form =
        options->calibrate & ENSEMBLE_CALIBRATE_RESULT ? ENSEMBLE_RESULT_TEMPERED : ENSEMBLE_RESULT_AS_IS;
    struct ledger ledger = {.fails_at = SIZE_MAX};
    struct ensemble *e = build(&ledger, p, form);
    double y[ROWS * 3], z[ROWS * 3], after[N];
    struct learned l, same;
    const size_t held = ledger.bytes;
    int code;

    ask(&l);
    same = l;
    assert_int_equal(ensemble_combine(e, y, ENSEMBLE_F64, ROWS * 3), 0);
    ledger.fails_at = ledger.allocations + number;
    code = ensemble_fit(e, p->labels, ENSEMBLE_I32, ROWS, options, &l.report);
    assert_true(ledger.bytes == held); /* what it took for itself, it gave back */
    if (code) {
        assert_int_equal(code, ENSEMBLE_ENOMEM);
        assert_memory_equal(&l, &same, sizeof l);
        assert_int_equal(ensemble_get_weights(e, after, N), 0);
        assert_same_bits(after, before, N);
        assert_int_equal(ensemble_combine(e, z, ENSEMBLE_F64, ROWS * 3), 0);
        assert_same_bits(z, y, ROWS * 3);
    }
    assert_int_equal(code != 0, ledger.allocations > ledger.fails_at);
    ensemble_destroy(e);
    assert_int_equal(ledger.bytes, 0);
    return code != 0;
}

TEST(test_every_allocation_may_fail)
{
    struct problem p = random_problem(2, ENSEMBLE_F32, N, ROWS, 3);

    for (size_t k = 0; k < 2 * LENGTH(ways); k++) {
        size_t number = 0;

        if (k == LENGTH(ways)) { /* from here on, with rows that are left out */
            p.labels[3] = -1;
            ((float *)output_of(&p.said, 1))[5 * 3] = NAN;
        }
        while (lacks_memory(&p, &ways[k % LENGTH(ways)], number))
            number++;
    }
    drop(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_structs_that_are_too_small),
        cmocka_unit_test(test_structs_of_a_newer_header),
        cmocka_unit_test(test_the_reserved_field),
        cmocka_unit_test(test_costs_for_another_number_of_models),
        cmocka_unit_test(test_arrays_that_are_too_short),
        cmocka_unit_test(test_a_trajectory_of_50_rounds),
        cmocka_unit_test(test_a_report_keeps_its_arrays),
        cmocka_unit_test(test_every_allocation_may_fail),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
