/* SPDX-License-Identifier: MIT */
/* What does not matter to a fit: dtype, stride, instruction set, earlier weights, the space that says the same. */
#include "fit.h"

/* Every way of learning, by every score that it takes. */
static const struct ensemble_fit_options ways[] = {
    OPTIONS(.objective = ENSEMBLE_SCORE_LOG_LOSS),
    OPTIONS(.objective = ENSEMBLE_SCORE_SQUARED_ERROR),
    OPTIONS(.objective = ENSEMBLE_SCORE_SQUARED_ERROR, .constraint = ENSEMBLE_NONNEGATIVE),
    OPTIONS(.objective = ENSEMBLE_SCORE_SQUARED_ERROR, .constraint = ENSEMBLE_UNCONSTRAINED, .ridge = .01),
    OPTIONS(.objective = ENSEMBLE_SCORE_LOG_LOSS, .max_models = 2),
    OPTIONS(.objective = ENSEMBLE_SCORE_SQUARED_ERROR, .max_models = 3),
    OPTIONS(.objective = ENSEMBLE_SCORE_LOG_LOSS, .folds = 4, .seed = 5),
    OPTIONS(.objective = ENSEMBLE_SCORE_SQUARED_ERROR, .bags = 6, .seed = 7),
    OPTIONS(.how = ENSEMBLE_FIT_GREEDY, .objective = ENSEMBLE_SCORE_LOG_LOSS),
    OPTIONS(.how = ENSEMBLE_FIT_GREEDY, .objective = ENSEMBLE_SCORE_SQUARED_ERROR, .rounds = 20),
    OPTIONS(.how = ENSEMBLE_FIT_GREEDY, .objective = ENSEMBLE_SCORE_ACCURACY, .rounds = 10),
    OPTIONS(.how = ENSEMBLE_FIT_GREEDY, .objective = ENSEMBLE_SCORE_AUC, .rounds = 10),
    OPTIONS(.how = ENSEMBLE_FIT_INVERSE_ERROR, .objective = ENSEMBLE_SCORE_LOG_LOSS),
    OPTIONS(.how = ENSEMBLE_FIT_INVERSE_ERROR, .objective = ENSEMBLE_SCORE_AUC),
    OPTIONS(.how = ENSEMBLE_FIT_LOG_ODDS, .objective = ENSEMBLE_SCORE_ACCURACY),
    OPTIONS(.how = ENSEMBLE_FIT_SOFTMAX, .objective = ENSEMBLE_SCORE_SQUARED_ERROR, .temperature = .3),
};

/* The reports of two fits have the same bits, whatever NaN they hold, but for the pointers. */
static void assert_same_report(const struct learned *a, const struct learned *b, size_t n)
{
    const double left[] = {a->report.uniform, a->report.best_single, a->report.objective, a->report.held_out,
                           a->report.gap,     a->report.temperature, a->report.log_loss};
    const double right[] = {b->report.uniform, b->report.best_single, b->report.objective, b->report.held_out,
                            b->report.gap,     b->report.temperature, b->report.log_loss};

    assert_values(left, right, LENGTH(left), 0);
    assert_same_bits(a->weights, b->weights, n);
    assert_values(a->single, b->single, n, 0);
    assert_values(a->temperatures, b->temperatures, n, 0);
    assert_values(a->trajectory, b->trajectory, MOST_ROUNDS, 0);
    assert_int_equal(a->report.exact, b->report.exact);
    assert_int_equal(a->report.best_model, b->report.best_model);
    assert_int_equal(a->report.iterations, b->report.iterations);
    assert_int_equal(a->report.rows_used, b->report.rows_used);
    assert_int_equal(a->report.models_used, b->report.models_used);
}

/* Enough rows and an odd number of them, so that blocks and tails are both there. */
#define ROWS 333
#define WIDTH 3
#define MODELS 5

TEST(test_every_instruction_set_gives_the_same_bits)
{
    for (size_t k = 0; k < LENGTH(ways); k++) {
        struct problem p = random_problem(k + 1, ENSEMBLE_F32, MODELS, ROWS, WIDTH);
        struct learned best, l;

        fit_labels(&p, &ways[k], &best);
        for (size_t i = 0; i < LENGTH(isa_names); i++) {
            struct ensemble *e = on_isa(&p.said, isa_names[i]);

            if (e == NULL)
                continue;
            fit_at(e, p.labels, ENSEMBLE_I32, ROWS, &ways[k], &l, __FILE__, __LINE__);
            assert_same_report(&l, &best, MODELS);
            ensemble_destroy(e);
        }
        drop(&p);
    }
}

/* Logits go through exp() and log(), and temperatures through a search. */
TEST(test_every_instruction_set_calibrates_to_the_same_bits)
{
    const struct ensemble_fit_options options =
        OPTIONS(.calibrate = ENSEMBLE_CALIBRATE_MODELS | ENSEMBLE_CALIBRATE_RESULT);
    struct problem p = random_problem(30, ENSEMBLE_F32, MODELS, ROWS, WIDTH);
    struct learned first, l;
    int fits = 0;

    for (size_t i = 0; i < LENGTH(isa_names); i++) {
        struct ensemble *e = on_isa(&p.said, isa_names[i]);

        if (e == NULL)
            continue;
        for (size_t m = 0; m < MODELS; m++)
            assert_int_equal(ensemble_set_input(e, m, ENSEMBLE_LOGITS, 0), 0);
        assert_int_equal(ensemble_set_result(e, ENSEMBLE_RESULT_TEMPERED, 0), 0);
        fit_at(e, p.labels, ENSEMBLE_I32, ROWS, &options, fits == 0 ? &first : &l, __FILE__, __LINE__);
        if (fits++ > 0)
            assert_same_report(&l, &first, MODELS);
        ensemble_destroy(e);
    }
    assert_true(fits > 0);
    drop(&p);
}

TEST(test_float_and_double_give_the_same_bits)
{
    for (size_t k = 0; k < LENGTH(ways); k++) {
        struct problem p = random_problem(k + 1, ENSEMBLE_F32, MODELS, ROWS, WIDTH);
        struct problem q = random_problem(k + 1, ENSEMBLE_F64, MODELS, ROWS, WIDTH);
        struct learned a, b;

        fit_labels(&p, &ways[k], &a);
        fit_labels(&q, &ways[k], &b);
        assert_same_report(&a, &b, MODELS);
        drop(&p);
        drop(&q);
    }
}

/* Values of 16 bits, each type beside its values in double. */
TEST(test_half_precision_gives_the_same_bits)
{
    const int32_t halves[] = {ENSEMBLE_F16, ENSEMBLE_BF16};

    for (size_t h = 0; h < LENGTH(halves); h++) {
        struct problem p = random_problem(31, halves[h], MODELS, ROWS, WIDTH), q = empty_problem(MODELS, ROWS, WIDTH);
        struct learned a, b;

        for (size_t k = 0; k < MODELS * ROWS * WIDTH; k++)
            q.values[k] = get_number(p.said.data + 2 * k, halves[h]);
        memcpy(q.labels, p.labels, ROWS * sizeof *q.labels);
        pose(&q, ENSEMBLE_F64);
        for (size_t k = 0; k < 2; k++) {
            fit_labels(&p, &ways[k], &a);
            fit_labels(&q, &ways[k], &b);
            assert_same_report(&a, &b, MODELS);
        }
        drop(&p);
        drop(&q);
    }
}

/* Rows further apart, with NaN in the gaps, at an odd address. */
TEST(test_strides_and_alignment_do_not_matter)
{
    const size_t stride = WIDTH + 2;

    for (size_t k = 0; k < LENGTH(ways); k++) {
        struct problem p = random_problem(k + 1, ENSEMBLE_F32, MODELS, ROWS, WIDTH);
        unsigned char *wide = memory_of(MODELS * ROWS * stride + 1, sizeof(float));
        struct learned a, b;

        fit_labels(&p, &ways[k], &a);
        memset(wide, 0xFF, (MODELS * ROWS * stride + 1) * sizeof(float));
        for (size_t i = 0; i < MODELS; i++) {
            unsigned char *model = wide + 1 + i * ROWS * stride * sizeof(float);

            for (size_t r = 0; r < ROWS; r++)
                memcpy(model + r * stride * sizeof(float),
                       (unsigned char *)output_of(&p.said, i) + r * WIDTH * sizeof(float), WIDTH * sizeof(float));
            assert_int_equal(ensemble_set_model_output(p.said.e, i, model, ENSEMBLE_F32, ROWS, stride), 0);
        }
        fit_labels(&p, &ways[k], &b);
        assert_same_report(&a, &b, MODELS);
        free(wide);
        drop(&p);
    }
}

TEST(test_earlier_weights_do_not_matter)
{
    const double before[] = {0, 3, 0, -2, 1e9};

    for (size_t k = 0; k < LENGTH(ways); k++) {
        struct problem p = random_problem(k + 1, ENSEMBLE_F32, MODELS, ROWS, WIDTH);
        struct learned a, b;

        fit_labels(&p, &ways[k], &a);
        fit_labels(&p, &ways[k], &b);
        assert_same_report(&a, &b, MODELS);
        weigh(&p.said, before);
        fit_labels(&p, &ways[k], &b);
        assert_same_report(&a, &b, MODELS);
        drop(&p);
    }
}

/* Weights that no longer fit the number of models do not matter either. */
TEST(test_a_model_added_after_the_weights)
{
    const double before[] = {1, 2, 3, 4, 5};
    struct problem p = random_problem(32, ENSEMBLE_F32, MODELS, ROWS, WIDTH);
    double weights[MODELS + 1];

    weigh(&p.said, before);
    add(p.said.e, output_of(&p.said, 0), ENSEMBLE_F32, ROWS);
    assert_int_equal(ensemble_get_weights(p.said.e, weights, MODELS + 1), ENSEMBLE_EWEIGHTS);
    assert_int_equal(ensemble_fit(p.said.e, p.labels, ENSEMBLE_I32, ROWS, NULL, NULL), 0);
    assert_int_equal(ensemble_get_weights(p.said.e, weights, MODELS + 1), 0);
    assert_simplex(weights, MODELS + 1);
    assert_near(weights[MODELS], weights[0], 1e-6);
    drop(&p);
}

/* The same probabilities in other spaces. The library's exp() and log() and the test's are not the same to the bit. */
TEST(test_spaces_that_say_the_same)
{
    const int32_t spaces[] = {ENSEMBLE_PROBABILITIES, ENSEMBLE_LOG_PROBABILITIES, ENSEMBLE_LOGITS};

    for (size_t k = 0; k < LENGTH(ways); k++)
        for (size_t s = 0; s < LENGTH(spaces); s++) {
            struct problem p = random_problem(k + 1, ENSEMBLE_F64, MODELS, ROWS, WIDTH);
            struct learned a, b;

            fit_labels(&p, &ways[k], &a);
            for (size_t m = 0; m < MODELS * ROWS * WIDTH; m++) {
                const double z = 2 * log(p.values[m]) + 3;

                if (spaces[s] != ENSEMBLE_PROBABILITIES)
                    put_number(p.said.data + m * sizeof z, ENSEMBLE_F64,
                               spaces[s] == ENSEMBLE_LOGITS ? z : log(p.values[m]));
            }
            interpret(&p.said, spaces[s], spaces[s] == ENSEMBLE_LOGITS ? 2 : 0);
            fit_labels(&p, &ways[k], &b);
            /* The rows of the probabilities sum to 1 to the precision of float only, those of logits exactly. */
            assert_all_near(b.weights, a.weights, MODELS, spaces[s] == ENSEMBLE_LOGITS ? 2e-4 : 1e-6);
            assert_near(b.report.objective, a.report.objective, spaces[s] == ENSEMBLE_LOGITS ? 1e-5 : 1e-12);
            drop(&p);
        }
}

/* Numbers of any size: with outputs and targets 2^k times as large, the errors are 4^k times as large. */
TEST(test_the_size_of_the_numbers_does_not_matter)
{
    const int powers[] = {-160, -60, 60, 160};
    const struct ensemble_fit_options *squares[] = {&ways[1], &ways[2], &ways[5], &ways[9]};

    for (size_t k = 0; k < LENGTH(powers); k++)
        for (size_t w = 0; w < LENGTH(squares); w++) {
            struct problem p = random_problem(w + 40, ENSEMBLE_F64, MODELS, ROWS, WIDTH);
            double *outputs = (double *)p.said.data;
            struct learned a, b;

            fit_targets(&p, squares[w], &a);
            for (size_t m = 0; m < MODELS * ROWS * WIDTH; m++)
                outputs[m] = ldexp(outputs[m], powers[k]);
            for (size_t m = 0; m < ROWS * WIDTH; m++)
                p.targets[m] = ldexp(p.targets[m], powers[k]);
            fit_targets(&p, squares[w], &b);
            assert_all_near(b.weights, a.weights, MODELS, 1e-9);
            assert_near(ldexp(b.report.objective, -2 * powers[k]), a.report.objective, 1e-12);
            drop(&p);
        }
}

/* ENSEMBLE_MEAN is the same pool. */
TEST(test_the_mean_is_learned_as_the_sum)
{
    for (size_t k = 0; k < LENGTH(ways); k++) {
        struct problem p = random_problem(k + 1, ENSEMBLE_F32, MODELS, ROWS, WIDTH);
        struct learned a, b;

        fit_labels(&p, &ways[k], &a);
        assert_int_equal(ensemble_set_method(p.said.e, ENSEMBLE_MEAN), 0);
        if (ways[k].constraint == ENSEMBLE_SIMPLEX) {
            fit_labels(&p, &ways[k], &b);
            assert_all_near(b.weights, a.weights, MODELS, 1e-12);
            assert_near(b.report.objective, a.report.objective, 1e-12);
        }
        drop(&p);
    }
}

/* The report's objectives are what ensemble_score() says of those weights. */
TEST(test_objectives_are_scores)
{
    for (size_t k = 0; k < LENGTH(ways); k++) {
        const int32_t score = ways[k].objective;
        struct problem p = random_problem(k + 1, ENSEMBLE_F32, MODELS, ROWS, WIDTH);
        const int more = score == ENSEMBLE_SCORE_ACCURACY || score == ENSEMBLE_SCORE_AUC;
        struct learned l;
        int32_t best = 0;

        fit_labels(&p, &ways[k], &l);
        assert_near(l.report.objective / score_now(p.said.e, &p, score), 1, 1e-12);
        assert_int_equal(l.report.rows_used, ROWS);
        weigh(&p.said, NULL);
        assert_near(l.report.uniform / score_now(p.said.e, &p, score), 1, 1e-12);
        for (int32_t i = 0; i < MODELS; i++) {
            double alone[MODELS] = {0};

            alone[i] = 1;
            weigh(&p.said, alone);
            assert_near(l.single[i] / score_now(p.said.e, &p, score), 1, 1e-12);
            if (more ? l.single[i] > l.single[best] : l.single[i] < l.single[best])
                best = i;
            assert_true(is_nan(l.temperatures[i]));
        }
        assert_int_equal(l.report.best_model, best);
        assert_true(l.report.best_single == l.single[best]);
        assert_int_equal(is_nan(l.report.held_out), ways[k].folds + ways[k].bags == 0);
        assert_true(is_nan(l.report.temperature) && is_nan(l.report.log_loss));
        drop(&p);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_instruction_set_gives_the_same_bits),
        cmocka_unit_test(test_every_instruction_set_calibrates_to_the_same_bits),
        cmocka_unit_test(test_float_and_double_give_the_same_bits),
        cmocka_unit_test(test_half_precision_gives_the_same_bits),
        cmocka_unit_test(test_strides_and_alignment_do_not_matter),
        cmocka_unit_test(test_earlier_weights_do_not_matter),
        cmocka_unit_test(test_a_model_added_after_the_weights),
        cmocka_unit_test(test_spaces_that_say_the_same),
        cmocka_unit_test(test_the_size_of_the_numbers_does_not_matter),
        cmocka_unit_test(test_the_mean_is_learned_as_the_sum),
        cmocka_unit_test(test_objectives_are_scores),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
