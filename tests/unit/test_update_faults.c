/* SPDX-License-Identifier: MIT */
/* What can be wrong with an update or a score, after which nothing has changed; and memory that is not there. */
#include "fit.h"
#include "ledger.h"

#define N 4
#define ROWS 20

static const double before[N] = {1, 2, 3, 4};

static struct problem tidy(void)
{
    struct problem p = random_problem(1, ENSEMBLE_F32, N, ROWS, 3);

    weigh(&p.said, before);
    return p;
}

/* The update fails with this code, or with the other one, and the weights are what they were. */
static void refused_at(struct problem *p, const void *targets, int32_t dtype, size_t count, int32_t score, double rate,
                       double share, int code, int or_code, int line)
{
    double old[N], after[N];
    int got;

    assert_int_equal(ensemble_get_weights(p->said.e, old, N), 0);
    got = ensemble_update(p->said.e, targets, dtype, count, score, rate, share);
    if (got != or_code)
        code_at(got, code, __FILE__, line);
    assert_int_equal(ensemble_get_weights(p->said.e, after, N), 0);
    assert_same_bits(after, old, N);
}
#define refused(p, score, rate, share, code)                                                                         \
    refused_at(p, (p)->labels, ENSEMBLE_I32, ROWS, score, rate, share, code, code, __LINE__)

TEST(test_rates_and_shares)
{
    const double bad_rates[] = {0, -0.0, -1, NAN, INFINITY, -INFINITY}, bad_shares[] = {-.1, 1, 2, NAN, INFINITY};
    struct problem p = tidy();

    for (size_t i = 0; i < LENGTH(bad_rates); i++)
        refused(&p, ENSEMBLE_SCORE_LOG_LOSS, bad_rates[i], 0, ENSEMBLE_EPARAMETER);
    for (size_t i = 0; i < LENGTH(bad_shares); i++)
        refused(&p, ENSEMBLE_SCORE_LOG_LOSS, .1, bad_shares[i], ENSEMBLE_EPARAMETER);
    drop(&p);
}

TEST(test_scores)
{
    const int32_t no_scores[] = {0, -1, 6, INT32_MIN, INT32_MAX};
    struct problem p = tidy();

    for (size_t i = 0; i < LENGTH(no_scores); i++)
        refused(&p, no_scores[i], .1, 0, ENSEMBLE_EPARAMETER);
    for (int32_t score = ENSEMBLE_SCORE_ACCURACY; score <= ENSEMBLE_SCORE_CALIBRATION_ERROR; score++)
        refused_at(&p, p.labels, ENSEMBLE_I32, ROWS, score, .1, 0, ENSEMBLE_EPARAMETER, ENSEMBLE_EFIT, __LINE__);
    refused_at(&p, p.targets, ENSEMBLE_F64, ROWS * 3, ENSEMBLE_SCORE_LOG_LOSS, .1, 0, ENSEMBLE_EFIT, ENSEMBLE_EFIT,
               __LINE__);
    drop(&p);
}

TEST(test_targets)
{
    const int32_t log_loss = ENSEMBLE_SCORE_LOG_LOSS;
    struct problem p = tidy();

    assert_int_equal(ensemble_update(NULL, p.labels, ENSEMBLE_I32, ROWS, log_loss, .1, 0), ENSEMBLE_ENULL);
    refused_at(&p, NULL, ENSEMBLE_I32, ROWS, log_loss, .1, 0, ENSEMBLE_ENULL, ENSEMBLE_ENULL, __LINE__);
    refused_at(&p, p.labels, ENSEMBLE_I32, ROWS - 1, log_loss, .1, 0, ENSEMBLE_ECOUNT, ENSEMBLE_ECOUNT, __LINE__);
    refused_at(&p, p.labels, 77, ROWS, log_loss, .1, 0, ENSEMBLE_EDTYPE, ENSEMBLE_EDTYPE, __LINE__);
    p.targets[4] = INFINITY;
    refused_at(&p, p.targets, ENSEMBLE_F64, ROWS * 3, ENSEMBLE_SCORE_SQUARED_ERROR, .1, 0, ENSEMBLE_ETARGET,
               ENSEMBLE_ETARGET, __LINE__);
    p.labels[0] = 3;
    refused(&p, log_loss, .1, 0, ENSEMBLE_ETARGET);
    drop(&p);
}

TEST(test_weights_to_begin_with)
{
    const double negative[N] = {1, -.5, 1, 1}, nothing[N] = {0};
    struct problem p = tidy();

    weigh(&p.said, negative);
    refused(&p, ENSEMBLE_SCORE_LOG_LOSS, .1, 0, ENSEMBLE_ENEGATIVE);
    weigh(&p.said, nothing);
    refused(&p, ENSEMBLE_SCORE_LOG_LOSS, .1, 0, ENSEMBLE_EZEROSUM);
    weigh(&p.said, before);
    add(p.said.e, output_of(&p.said, 0), ENSEMBLE_F32, ROWS);
    assert_int_equal(
        ensemble_update(p.said.e, p.labels, ENSEMBLE_I32, ROWS, ENSEMBLE_SCORE_LOG_LOSS, .1, 0), ENSEMBLE_EWEIGHTS);
    drop(&p);
}

TEST(test_nobody_is_awake)
{
    const double first[N] = {1, 0, 0, 0};
    struct problem p = tidy();

    for (size_t i = 1; i < N; i++)
        assert_int_equal(ensemble_set_model_output(p.said.e, i, NULL, ENSEMBLE_F32, ROWS, 0), 0);
    assert_int_equal(
        ensemble_update(p.said.e, p.labels, ENSEMBLE_I32, ROWS, ENSEMBLE_SCORE_LOG_LOSS, .1, 0), 0);
    weigh(&p.said, first);
    assert_int_equal(ensemble_set_model_output(p.said.e, 0, NULL, ENSEMBLE_F32, ROWS, 0), 0);
    refused(&p, ENSEMBLE_SCORE_LOG_LOSS, .1, 0, ENSEMBLE_EMISSING);
    weigh(&p.said, before);
    refused(&p, ENSEMBLE_SCORE_LOG_LOSS, .1, 0, ENSEMBLE_EMISSING);
    drop(&p);
}

TEST(test_what_is_no_linear_pool)
{
    struct problem p = tidy();

    for (int32_t method = ENSEMBLE_GEOMETRIC; method <= ENSEMBLE_RANK; method++) {
        assert_int_equal(ensemble_set_method(p.said.e, method), 0);
        refused(&p, ENSEMBLE_SCORE_LOG_LOSS, .1, 0, ENSEMBLE_EFIT);
    }
    assert_int_equal(ensemble_set_method(p.said.e, ENSEMBLE_MEAN), 0);
    assert_int_equal(ensemble_set_result(p.said.e, ENSEMBLE_RESULT_SOFTMAX, 0), 0);
    refused(&p, ENSEMBLE_SCORE_LOG_LOSS, .1, 0, ENSEMBLE_EFIT);
    drop(&p);
}

/* Returns whether the allocation `number` of an update (score 0: of a score), from 0, was there to fail. */
static int lacks_memory(const struct problem *p, int32_t score, size_t number)
{
    struct ledger ledger = {.fails_at = SIZE_MAX};
    struct ensemble *e = ensemble_on(&ledger, 3);
    double after[N], value = 12;
    int code;

    for (size_t i = 0; i < N; i++)
        add(e, output_of(&p->said, i), ENSEMBLE_F32, ROWS);
    assert_int_equal(ensemble_set_weights(e, before, N), 0);
    ledger.fails_at = ledger.allocations + number;
    if (score > 0)
        code = ensemble_update(e, p->labels, ENSEMBLE_I32, ROWS, score, .1, .1);
    else
        code = ensemble_score(e, -score, p->labels, ENSEMBLE_I32, ROWS, &value);
    assert_int_equal(code, ledger.allocations > ledger.fails_at ? ENSEMBLE_ENOMEM : 0);
    if (code || score < 0) {
        assert_int_equal(ensemble_get_weights(e, after, N), 0);
        assert_same_bits(after, before, N);
    }
    assert_int_equal(value == 12, code != 0 || score > 0);
    ensemble_destroy(e);
    assert_int_equal(ledger.bytes, 0);
    return code != 0;
}

TEST(test_every_allocation_may_fail)
{
    struct problem p = tidy();

    for (int left_out = 0; left_out < 2; left_out++) {
        for (int32_t score = -ENSEMBLE_SCORE_CALIBRATION_ERROR; score <= ENSEMBLE_SCORE_SQUARED_ERROR; score++) {
            size_t number = 0;

            while (score != 0 && lacks_memory(&p, score, number))
                number++;
        }
        p.labels[3] = -1;
        ((float *)output_of(&p.said, 1))[5 * 3] = NAN;
    }
    drop(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rates_and_shares),      cmocka_unit_test(test_scores),
        cmocka_unit_test(test_targets),               cmocka_unit_test(test_weights_to_begin_with),
        cmocka_unit_test(test_nobody_is_awake),       cmocka_unit_test(test_what_is_no_linear_pool),
        cmocka_unit_test(test_every_allocation_may_fail),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
