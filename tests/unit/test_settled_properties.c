/* SPDX-License-Identifier: MIT */
/*
 * What is settled never changes, however the missing models complete it; and what is not settled, though by more than
 * roundings, does change if they are against it.
 */
#include "completions.h"

/* How far from the weight that is missing a lead has to be, as a part of all weight, before the answer is certain. */
#define CERTAIN 1e-4L

struct verdicts {
    uint8_t *settled; /* with something unwritten behind it */
    int32_t *label, *full;
    double *y;
    size_t changed; /* how often the nearest rival took a row that was open */
};

/* The labels of the ensemble as it is now, where it is computed in double, and as the outputs have it. */
static void assert_labels_stay(const struct scene *s, const struct verdicts *v)
{
    assert_int_equal(ensemble_combine(s->e, v->y, ENSEMBLE_F64, s->rows * s->width), 0);
    assert_int_equal(ensemble_measure(s->e, ENSEMBLE_MEASURE_LABEL, v->full, ENSEMBLE_I32, s->rows), 0);
    for (size_t row = 0; row < s->rows; row++) {
        const double *y = v->y + row * s->width;
        size_t top = 0;

        if (!v->settled[row])
            continue;
        for (size_t j = 1; j < s->width; j++)
            top = y[j] > y[top] ? j : top;
        if (is_nan(y[top]) || top != (size_t)v->label[row] || v->full[row] != v->label[row])
            fail_msg("row %zu was settled for %d and became %zu, or %d (method %d, form %d, n %zu, width %zu)", row,
                     (int)v->label[row], top, (int)v->full[row], (int)s->method, (int)s->form, s->n, s->width);
    }
}

/* The settled rows against what is known of them. */
static void assert_exact(const struct scene *s, const struct verdicts *v)
{
    for (size_t row = 0; row < s->rows; row++) {
        struct standing at;
        int expected;

        if (v->label[row] < 0) {
            assert_int_equal(v->settled[row], 0);
            continue;
        }
        at = standing_of(s, row, (size_t)v->label[row]);
        if (at.missing == 0 || (s->method == ENSEMBLE_VOTE && at.equal))
            expected = at.enough;
        else if (at.lead > at.missing + CERTAIN * at.total || at.lead < at.missing - CERTAIN * at.total)
            expected = at.lead > at.missing;
        else
            continue;
        if (v->settled[row] != expected)
            fail_msg("row %zu: settled is %d, with a lead of %Lg over %zu, and %Lg of %Lg missing (method %d, form %d, "
                     "n %zu, width %zu, label %d)", row, v->settled[row], at.lead, at.rival, at.missing, at.total,
                     (int)s->method, (int)s->form, s->n, s->width, (int)v->label[row]);
    }
}

/* Completes all rows in one way: FOR_RIVAL for the class that comes `step` after the label, or 0: the nearest rival. */
static void try_completion(struct scene *s, struct verdicts *v, enum completion how, size_t step)
{
    for (size_t model = 0; model < s->n; model++) {
        if (!s->missing[model])
            continue;
        for (size_t row = 0; row < s->rows; row++) {
            const size_t label = v->label[row] < 0 ? 0 : (size_t)v->label[row];
            const size_t rival = step > 0 ? (label + step) % s->width : standing_of(s, row, label).rival;

            complete(s, model, row, how, label, rival);
        }
        bind(s, model, s->space[model] == ENSEMBLE_LABELS ? ENSEMBLE_I32 : number_dtypes[rng_below(&s->rng, 4)]);
    }
    assert_labels_stay(s, v);
    for (size_t row = 0; row < s->rows && how == FOR_RIVAL && step == 0; row++) {
        const struct standing at = standing_of(s, row, v->label[row] < 0 ? 0 : (size_t)v->label[row]);
        const int votes = s->method == ENSEMBLE_VOTE && at.equal;

        if (v->label[row] < 0 || s->width == 1 || !(votes ? at.lead < at.missing - at.total * .1L / (long double)s->n
                                                          : at.lead < at.missing - CERTAIN * at.total))
            continue;
        v->changed++;
        if (v->full[row] == v->label[row])
            fail_msg("row %zu is open, and %zu could not take it", row, at.rival);
    }
    for (size_t model = 0; model < s->n; model++)
        if (s->missing[model])
            take_away(s, model);
}

/* Everything about one scene. A few rivals only where there are many. */
static void examine(struct scene *s, size_t *settled, size_t *open)
{
    struct verdicts v = {.settled = malloc(s->rows + 8),
                         .label = malloc(2 * s->rows * sizeof *v.label),
                         .y = malloc(s->rows * s->width * sizeof *v.y)};

    assert_true(v.settled != NULL && v.label != NULL && v.y != NULL);
    v.full = v.label + s->rows;
    poison(v.settled, s->rows + 8);
    assert_int_equal(ensemble_set_missing_policy(s->e, 0, 1), 0);
    assert_int_equal(ensemble_settled(s->e, v.settled), 0);
    assert_poisoned(v.settled + s->rows, 8);
    assert_int_equal(ensemble_set_missing_policy(s->e, ENSEMBLE_LEAVE_OUT_MISSING, 0), 0);
    assert_int_equal(ensemble_measure(s->e, ENSEMBLE_MEASURE_SETTLED, v.full, ENSEMBLE_I32, s->rows), 0);
    assert_int_equal(ensemble_measure(s->e, ENSEMBLE_MEASURE_LABEL, v.label, ENSEMBLE_I32, s->rows), 0);
    for (size_t row = 0; row < s->rows; row++) {
        assert_true(v.settled[row] <= 1);
        assert_int_equal(v.full[row], v.settled[row]);
        *settled += v.settled[row];
    }
    assert_exact(s, &v);
    for (enum completion how = FOR_RIVAL; how < COMPLETIONS; how++)
        if (!(how == FOR_RIVAL && s->width == 1))
            try_completion(s, &v, how, 0);
    for (size_t step = 1; step < s->width; step += 1 + s->width / 40)
        try_completion(s, &v, FOR_RIVAL, step);
    *open += v.changed;
    free(v.settled);
    free(v.label);
    free(v.y);
}

/* The spaces and types of all models, and who is missing: one at least, and not all. */
static void draw_models(struct scene *s)
{
    const size_t speaker = rng_below(&s->rng, s->n);
    const int32_t space = (int32_t)rng_between(&s->rng, ENSEMBLE_PROBABILITIES, ENSEMBLE_BINARY_LOGITS);
    const int32_t dtype = number_dtypes[rng_below(&s->rng, 3)];
    const size_t often = rng_between(&s->rng, 2, 6);

    for (size_t i = 0; i < s->n; i++) {
        s->space[i] = rng_one_in(&s->rng, 3) ? (int32_t)rng_between(&s->rng, 1, 4) : space;
        s->dtype[i] = rng_one_in(&s->rng, 8) ? number_dtypes[rng_below(&s->rng, 4)] : dtype;
        if (s->method == ENSEMBLE_VOTE && rng_one_in(&s->rng, 2)) {
            s->space[i] = rng_one_in(&s->rng, 2) ? ENSEMBLE_LABELS : ENSEMBLE_AS_IS;
            s->dtype[i] = s->space[i] == ENSEMBLE_LABELS ? ENSEMBLE_I32 : s->dtype[i];
        }
        s->missing[i] = i != speaker && rng_one_in(&s->rng, often);
    }
    s->missing[(speaker + 1) % s->n] = 1;
}

/* Weights of models: the default, equal ones, small integers, or random ones; some are 0, but somebody is present. */
static void draw_weights(struct scene *s)
{
    static const double scales[] = {1, 1, 1e-30, 1e30};
    const size_t kind = rng_below(&s->rng, 4);
    const double scale = scales[rng_below(&s->rng, 4)];
    size_t present = 0;

    s->weighted = kind > 0;
    for (size_t i = 0; i < s->n; i++) {
        s->weights[i] = scale * (kind == 1   ? .3
                                 : kind == 2 ? (double)rng_between(&s->rng, 1, 4)
                                             : .01 + rng_unit(&s->rng) * rng_unit(&s->rng));
        if (rng_one_in(&s->rng, 12))
            s->weights[i] = 0;
        present += !s->missing[i] && s->weights[i] > 0;
    }
    for (size_t i = 0; i < s->n && present == 0; i++)
        s->weights[i] = s->missing[i] ? s->weights[i] : scale;
}

static void draw_gates(struct scene *s, int equal)
{
    s->gates = malloc(s->rows * s->n * sizeof *s->gates);
    assert_non_null(s->gates);
    for (size_t i = 0; i < s->rows * s->n; i++)
        s->gates[i] = rng_one_in(&s->rng, 12) ? 0 : equal ? 2.5f : (float)rng_unit(&s->rng);
}

static void assert_property(uint64_t seed, int32_t method, size_t trials, size_t rows, size_t width)
{
    struct rng rng = {seed};
    size_t settled = 0, open = 0;

    for (size_t t = 0; t < trials; t++) {
        struct scene s = {.method = method, .n = rng_between(&rng, 2, 9), .rows = rows, .rng = {rng_bits(&rng)}};

        s.width = width > 0 ? width : rng_one_in(&rng, 3) ? rng_between(&rng, 2, 40) : rng_between(&rng, 2, 5);
        s.form = rng_one_in(&rng, 2) ? ENSEMBLE_RESULT_AS_IS : (int32_t)rng_between(&rng, 1, 2);
        draw_models(&s);
        draw_weights(&s);
        if (rng_one_in(&rng, 2))
            draw_gates(&s, rng_one_in(&rng, 3));
        begin_scene(&s);
        examine(&s, &settled, &open);
        end_scene(&s);
    }
    assert_true(settled > trials / 4 && open > trials / 4); /* or nothing was tried */
}

TEST(test_what_a_sum_settled_stays)
{
    assert_property(50, ENSEMBLE_SUM, 300, 6, 0);
}

TEST(test_what_a_mean_settled_stays)
{
    assert_property(51, ENSEMBLE_MEAN, 300, 6, 0);
}

TEST(test_what_a_vote_settled_stays)
{
    assert_property(52, ENSEMBLE_VOTE, 500, 6, 0);
}

TEST(test_what_was_settled_in_long_rows_stays)
{
    const size_t widths[] = {128, 257, 513, 1100};

    for (size_t i = 0; i < LENGTH(widths); i++) {
        assert_property(60 + i, ENSEMBLE_MEAN, 6, 3, widths[i]);
        assert_property(70 + i, ENSEMBLE_VOTE, 6, 3, widths[i]);
    }
}

TEST(test_one_class_is_always_settled)
{
    for (int32_t method = ENSEMBLE_SUM; method <= ENSEMBLE_VOTE; method += ENSEMBLE_VOTE) {
        for (int32_t form = ENSEMBLE_RESULT_AS_IS; form <= ENSEMBLE_RESULT_LOG; form++) {
            struct scene s = {.method = method, .form = form, .n = 5, .rows = 4, .width = 1, .rng = {80}};
            size_t settled = 0, open = 0;

            draw_models(&s);
            begin_scene(&s);
            examine(&s, &settled, &open);
            assert_int_equal(settled, 4);
            end_scene(&s);
        }
    }
}

/* The row weight of a missing model so that what is missing is the lead, or a few roundings more or less. */
static void sharpen(struct scene *s)
{
    int32_t *label = malloc(s->rows * sizeof *label);
    size_t last = s->n - 1;

    assert_non_null(label);
    while (!s->missing[last])
        last--;
    assert_int_equal(ensemble_set_missing_policy(s->e, ENSEMBLE_LEAVE_OUT_MISSING, 0), 0);
    assert_int_equal(ensemble_measure(s->e, ENSEMBLE_MEASURE_LABEL, label, ENSEMBLE_I32, s->rows), 0);
    for (size_t row = 0; row < s->rows; row++) {
        float *gate = s->gates + row * s->n + last;
        struct standing at;
        double step = 0x1p-26;

        *gate = 0;
        at = standing_of(s, row, label[row] < 0 ? 0 : (size_t)label[row]);
        for (size_t k = rng_below(&s->rng, 12); k > 0; k--)
            step *= 2;
        if (at.lead > at.missing && label[row] >= 0)
            *gate = (float)((double)(at.lead - at.missing) / s->weights[last] *
                            (1 + step * (rng_unit(&s->rng) - .75) * (double)rng_below(&s->rng, 2)));
    }
    free(label);
}

/* Where the lead is what is missing but for roundings, nothing that was said to be settled may change. */
static void assert_sharp(uint64_t seed, int32_t method, size_t trials, size_t n, size_t rows)
{
    struct rng rng = {seed};
    size_t settled = 0, open = 0;

    for (size_t t = 0; t < trials; t++) {
        struct scene s = {.method = method, .n = n > 0 ? n : rng_between(&rng, 2, 5), .rows = rows};

        s.rng.state = rng_bits(&rng);
        s.width = rng_between(&rng, 2, 4);
        s.form = (int32_t)rng_between(&rng, ENSEMBLE_RESULT_AS_IS, ENSEMBLE_RESULT_LOG);
        draw_models(&s);
        s.weighted = 1;
        for (size_t i = 0; i < s.n; i++)
            s.weights[i] = rng_one_in(&rng, 2) ? 1 : .1 + rng_unit(&rng);
        draw_gates(&s, rng_one_in(&rng, 3));
        begin_scene(&s);
        sharpen(&s);
        examine(&s, &settled, &open);
        end_scene(&s);
    }
}

TEST(test_leads_that_are_what_is_missing_but_for_roundings)
{
    assert_sharp(90, ENSEMBLE_SUM, 150, 0, 40);
    assert_sharp(91, ENSEMBLE_MEAN, 150, 0, 40);
    assert_sharp(92, ENSEMBLE_VOTE, 150, 0, 40);
}

TEST(test_such_leads_among_seventy_models)
{
    for (int32_t method = ENSEMBLE_SUM; method <= ENSEMBLE_VOTE; method += method == ENSEMBLE_SUM ? 1 : 10)
        assert_sharp(95 + (uint64_t)method, method, 20, 70, 12);
}

/*
 * A negative row weight is no fault of a SUM, but what is missing then takes something away: if it says 1 of the label,
 * the sums are .125 and .375.
 */
TEST(test_a_row_with_a_negative_row_weight_is_not_settled)
{
    const double values[] = {.75, .25, 0, 0};
    const float gates[] = {1.5f, -1};

    for (int32_t method = ENSEMBLE_SUM; method <= ENSEMBLE_MEAN; method++) {
        struct said said = say(method, ENSEMBLE_F32, values, 2, 1, 2);
        uint8_t settled;

        interpret(&said, ENSEMBLE_PROBABILITIES, 0);
        assert_int_equal(ensemble_set_model_output(said.e, 1, NULL, ENSEMBLE_F32, 1, 0), 0);
        assert_int_equal(ensemble_set_row_weights(said.e, gates, 1, 2), 0);
        assert_int_equal(ensemble_settled(said.e, &settled), 0);
        assert_int_equal(settled, 0);
        forget(&said);
    }
}

/* MEAN divides by the weights, so nothing depends on how large they are. */
TEST(test_the_size_of_all_weights_together_does_not_matter_to_a_mean)
{
    const double values[] = {.9, .1, .4, .6, 0, 0, 0, 0}, scales[] = {1, 1e30, 1e300, 1e-30, 1e-44, 1e-60, 1e-300};

    for (size_t i = 0; i < LENGTH(float_and_double); i++)
        for (size_t s = 0; s < LENGTH(scales); s++) {
            struct said said = say(ENSEMBLE_MEAN, float_and_double[i], values, 2, 2, 2);
            const double weights[] = {.7 * scales[s], .3 * scales[s]};
            uint8_t settled[2];

            weigh(&said, weights);
            interpret(&said, ENSEMBLE_PROBABILITIES, 0);
            assert_int_equal(ensemble_set_model_output(said.e, 1, NULL, ENSEMBLE_F32, 2, 0), 0);
            assert_int_equal(ensemble_settled(said.e, settled), 0);
            if (settled[0] != 1 || settled[1] != 0) /* leads of .56 and .14, and .3 is missing */
                fail_msg("weights of %g: settled are %d and %d", scales[s], settled[0], settled[1]);
            forget(&said);
        }
}

/*
 * Weights of a sum that are a few of the least floats, or 0 as a float: 2.4 of them are 2, and so are 2.3. A model that
 * is for class 1 with such a weight is not safe from one that is for class 0.
 */
TEST(test_weights_that_a_float_cannot_tell_apart_settle_nothing)
{
    const double values[] = {0, 1, 1, 0}, least = 0x1p-149;
    const double cases[][2] = {{2.4 * least, 2.3 * least}, {1.4 * least, .6 * least}, {1e-50, 1e-60}};

    for (size_t c = 0; c < LENGTH(cases); c++) {
        struct said said = say(ENSEMBLE_SUM, ENSEMBLE_F32, values, 2, 1, 2);
        int32_t label, full;
        uint8_t settled;

        weigh(&said, cases[c]);
        interpret(&said, ENSEMBLE_PROBABILITIES, 0);
        assert_int_equal(ensemble_measure(said.e, ENSEMBLE_MEASURE_LABEL, &full, ENSEMBLE_I32, 1), 0);
        assert_int_equal(ensemble_set_model_output(said.e, 1, NULL, ENSEMBLE_F32, 1, 0), 0);
        assert_int_equal(ensemble_settled(said.e, &settled), 0);
        assert_int_equal(ensemble_set_missing_policy(said.e, ENSEMBLE_LEAVE_OUT_MISSING, 0), 0);
        assert_int_equal(ensemble_measure(said.e, ENSEMBLE_MEASURE_LABEL, &label, ENSEMBLE_I32, 1), 0);
        assert_true(!settled || full == label);
        forget(&said);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_a_sum_settled_stays),
        cmocka_unit_test(test_what_a_mean_settled_stays),
        cmocka_unit_test(test_what_a_vote_settled_stays),
        cmocka_unit_test(test_what_was_settled_in_long_rows_stays),
        cmocka_unit_test(test_one_class_is_always_settled),
        cmocka_unit_test(test_leads_that_are_what_is_missing_but_for_roundings),
        cmocka_unit_test(test_such_leads_among_seventy_models),
        cmocka_unit_test(test_a_row_with_a_negative_row_weight_is_not_settled),
        cmocka_unit_test(test_the_size_of_all_weights_together_does_not_matter_to_a_mean),
        cmocka_unit_test(test_weights_that_a_float_cannot_tell_apart_settle_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
