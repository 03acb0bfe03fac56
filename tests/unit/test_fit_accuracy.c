/* SPDX-License-Identifier: MIT */
/*
 * Greedy selection by accuracy looks at few rows. Beside it the same sums of all rows, candidates and rounds, to the
 * bit: what is on top is decided by rounding where values are equal, or nearly.
 */
#include "fit.h"

/* The models' values: probabilities, few different numbers, numbers below 0, or one model's are far larger. */
enum kind { PROBABILITIES, FEW, NEGATIVE, LARGE };

struct question {
    size_t n, rows, width, gap, rounds, most; /* models that may be chosen; 0: any number */
    int32_t dtype, space;
    enum kind kind;
};

struct answer {
    double *trajectory;
    size_t times[MOST_MODELS];
    size_t round; /* of which the weights are, from 1 */
};

static double value_of(const struct question *q, struct rng *rng, size_t model, int at_label)
{
    const double skill = at_label ? .3 + .1 * (double)(model % 3) : 0;

    if (q->space == ENSEMBLE_LOGITS)
        return 3 * skill + rng_noise(rng);
    if (q->kind == FEW)
        return (double)rng_below(rng, 4) / 4 + (at_label ? .25 : 0);
    return (q->kind == LARGE && model == 1 ? 0x1p52 : q->kind == NEGATIVE ? -3 : 0) + skill + rng_unit(rng);
}

/* The outputs, with gaps between the rows, and labels of which some are not known. */
static struct ensemble *ask_models(const struct question *q, unsigned char *data, int32_t *labels, uint64_t seed)
{
    const size_t stride = q->width + q->gap, size = bytes_of(q->dtype);
    struct ensemble *e = ensemble_of(q->width);
    struct rng rng = {seed};

    for (size_t r = 0; r < q->rows; r++)
        labels[r] = rng_one_in(&rng, 9) ? -1 : (int32_t)rng_below(&rng, q->width == 1 ? 2 : q->width);
    for (size_t i = 0; i < q->n; i++) {
        unsigned char *own = data + i * q->rows * stride * size;

        for (size_t r = 0; r < q->rows; r++)
            for (size_t j = 0; j < q->width; j++)
                put_number(own + (r * stride + j) * size, q->dtype,
                           value_of(q, &rng, i, q->width == 1 ? labels[r] == 1 : labels[r] == (int32_t)j));
        add(e, NULL, q->dtype, 0);
        assert_int_equal(ensemble_set_model_output(e, i, own, q->dtype, q->rows, stride), 0);
        assert_int_equal(ensemble_set_input(e, i, q->space, 0), 0);
    }
    return e;
}

/* What each model says, as the library reads it. */
static double *read_models(const struct question *q, struct ensemble *e)
{
    const size_t count = q->rows * q->width;
    double *values = memory_of(q->n * count, sizeof *values), only[MOST_MODELS];

    for (size_t i = 0; i < q->n; i++) {
        for (size_t k = 0; k < q->n; k++)
            only[k] = k == i;
        assert_int_equal(ensemble_set_weights(e, only, q->n), 0);
        assert_int_equal(ensemble_combine(e, values + i * count, ENSEMBLE_F64, count), 0);
    }
    return values;
}

static int is_hit(const double *sum, const double *values, size_t width, size_t label, size_t round)
{
    const double own = width > 1 ? sum[label] + values[label] : (sum[0] + values[0]) / (double)round;
    int hit = 1;

    if (width == 1)
        return (own > .5) == label;
    for (size_t j = 0; j < width; j++) {
        const double other = sum[j] + values[j];

        hit &= j < label ? other < own : other <= own;
    }
    return hit;
}

/* One that was chosen before, or one more than those, if there are not enough yet. */
static int may_be_chosen(const struct question *q, const size_t *times, size_t model)
{
    size_t chosen = 0;

    for (size_t i = 0; i < q->n; i++)
        chosen += times[i] > 0;
    return times[model] > 0 || q->most == 0 || chosen < q->most;
}

static struct answer select_plainly(const struct question *q, const double *values, const int32_t *labels)
{
    const size_t count = q->rows * q->width;
    double *sum = memory_of(count, sizeof *sum), known = 0;
    struct answer a = {memory_of(q->rounds, sizeof(double)), {0}, 0};
    size_t times[MOST_MODELS] = {0}, most_of_all = 0;

    for (size_t r = 0; r < q->rows; r++)
        known += labels[r] >= 0;
    for (size_t round = 1; round <= q->rounds; round++) {
        size_t most = 0, best = q->n;

        for (size_t i = 0; i < q->n; i++) {
            size_t hits = 0;

            if (!may_be_chosen(q, times, i))
                continue;
            for (size_t r = 0; r < q->rows; r++)
                if (labels[r] >= 0)
                    hits += (size_t)is_hit(sum + r * q->width, values + i * count + r * q->width, q->width,
                                           (size_t)labels[r], round);
            if (best == q->n || hits > most) {
                most = hits;
                best = i;
            }
        }
        for (size_t k = 0; k < count; k++)
            sum[k] += values[best * count + k];
        times[best]++;
        a.trajectory[round - 1] = (double)most / known;
        if (round == 1 || most > most_of_all) {
            most_of_all = most;
            a.round = round;
            memcpy(a.times, times, sizeof times);
        }
    }
    free(sum);
    return a;
}

static void assert_same_choice(const struct question *q, uint64_t seed)
{
    const struct ensemble_fit_options options = OPTIONS(.how = ENSEMBLE_FIT_GREEDY,
                                                        .objective = ENSEMBLE_SCORE_ACCURACY,
                                                        .rounds = q->rounds,
                                                        .max_models = q->most);
    unsigned char *data = memory_of(q->n * q->rows * (q->width + q->gap), bytes_of(q->dtype));
    int32_t *labels = memory_of(q->rows, sizeof *labels);
    struct ensemble *e = ask_models(q, data, labels, seed);
    double *values = read_models(q, e), *trajectory = memory_of(q->rounds, sizeof *trajectory);
    struct answer a = select_plainly(q, values, labels);
    struct learned l;

    ask(&l);
    l.report.rounds = q->rounds;
    l.report.trajectory = trajectory;
    assert_int_equal(ensemble_fit(e, labels, ENSEMBLE_I32, q->rows, &options, &l.report), 0);
    assert_same_bits(trajectory, a.trajectory, q->rounds);
    assert_int_equal(l.report.iterations, a.round);
    for (size_t i = 0; i < q->n; i++)
        assert_near(l.weights[i], (double)a.times[i] / (double)a.round, 1e-15);
    ensemble_destroy(e);
    free(a.trajectory);
    free(trajectory);
    free(values);
    free(labels);
    free(data);
}

TEST(test_choices_of_every_width_dtype_and_space)
{
    static const size_t widths[] = {2, 3, 10, 33, 300};
    static const int32_t spaces[] = {ENSEMBLE_AS_IS, ENSEMBLE_LOGITS};

    for (size_t w = 0; w < LENGTH(widths); w++)
        for (size_t d = 0; d < LENGTH(number_dtypes); d++)
            for (size_t s = 0; s < LENGTH(spaces); s++) {
                const struct question q = {.n = 5, .rows = widths[w] > 10 ? 40 : 300, .width = widths[w],
                                           .gap = d % 2 * 3, .rounds = 40, .dtype = number_dtypes[d],
                                           .space = spaces[s]};

                assert_same_choice(&q, 100 * w + 10 * d + s);
            }
}

/* More rows than wait at once, and in the first rounds many rivals of each. */
TEST(test_choices_from_many_rows)
{
    const struct question q = {.n = 4, .rows = 5000, .width = 12, .rounds = 30, .dtype = ENSEMBLE_F32};

    assert_same_choice(&q, 1);
}

/* So many rows in doubt, of one rival each, that no more can wait; so many rivals that there is no room for more. */
TEST(test_choices_from_many_rows_in_doubt)
{
    const struct question rows = {.n = 4, .rows = 5000, .width = 2, .rounds = 30, .dtype = ENSEMBLE_F32};
    const struct question rivals = {.n = 4, .rows = 1500, .width = 40, .rounds = 8, .dtype = ENSEMBLE_F32};

    assert_same_choice(&rows, 1);
    assert_same_choice(&rivals, 1);
}

/* What one model can do to a lead is at most what it says at its least, where that is below 0. */
TEST(test_choices_of_values_below_0)
{
    for (uint64_t seed = 1; seed <= 10; seed++) {
        const struct question q = {.n = 4, .rows = 200, .width = 4, .rounds = 60, .dtype = ENSEMBLE_F32,
                                   .kind = NEGATIVE};

        assert_same_choice(&q, seed);
    }
}

/* Two of four models, with one value per row and with several. */
TEST(test_choices_of_few_models)
{
    for (size_t width = 1; width <= 3; width++)
        for (uint64_t seed = 1; seed <= 5; seed++) {
            const struct question q = {.n = 4, .rows = 300, .width = width, .rounds = 30, .most = 2,
                                       .dtype = ENSEMBLE_F64};

            assert_same_choice(&q, seed);
        }
}

TEST(test_choices_where_many_values_are_equal)
{
    for (uint64_t seed = 1; seed <= 10; seed++) {
        const struct question q = {.n = 4, .rows = 200, .width = 4, .rounds = 60, .dtype = ENSEMBLE_F32, .kind = FEW};

        assert_same_choice(&q, seed);
    }
}

/* One model's numbers are so large that whatever the others say of a row, its sums with them are rounded. */
TEST(test_choices_where_sums_are_rounded)
{
    for (uint64_t seed = 1; seed <= 10; seed++) {
        const struct question q = {.n = 3, .rows = 200, .width = 5, .rounds = 20, .dtype = ENSEMBLE_F64, .kind = LARGE};

        assert_same_choice(&q, seed);
    }
}

/* So many that rows in which one class leads by far are looked at again. */
TEST(test_choices_of_many_rounds)
{
    const struct question q = {.n = 3, .rows = 30, .width = 3, .rounds = 2500, .dtype = ENSEMBLE_F32};

    assert_same_choice(&q, 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_choices_of_every_width_dtype_and_space),
        cmocka_unit_test(test_choices_from_many_rows),
        cmocka_unit_test(test_choices_from_many_rows_in_doubt),
        cmocka_unit_test(test_choices_of_values_below_0),
        cmocka_unit_test(test_choices_of_few_models),
        cmocka_unit_test(test_choices_where_many_values_are_equal),
        cmocka_unit_test(test_choices_where_sums_are_rounded),
        cmocka_unit_test(test_choices_of_many_rounds),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
