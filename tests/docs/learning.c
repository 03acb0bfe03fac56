/* SPDX-License-Identifier: MIT */
/* The tables of docs/learning.md: the fits beside each other, how many rows they need, calibration, updates. */
#include "digits.h"

#include <math.h>

static struct digits validation, test;

static void print_scores(struct ensemble *e)
{
    printf(" %s |", decimals(score(e, ENSEMBLE_SCORE_LOG_LOSS, test.truth), 4));
    printf(" %s |", decimals(score(e, ENSEMBLE_SCORE_SQUARED_ERROR, test.truth), 4));
    printf(" %s |\n", decimals(score(e, ENSEMBLE_SCORE_ACCURACY, test.truth), 4));
}

static const struct fit {
    const char *name;
    int32_t how, objective, constraint;
    double temperature;
} fits[] = {
    {"CONVEX, log loss", ENSEMBLE_FIT_CONVEX, ENSEMBLE_SCORE_LOG_LOSS, 0, 0},
    {"CONVEX, squared error", ENSEMBLE_FIT_CONVEX, ENSEMBLE_SCORE_SQUARED_ERROR, 0, 0},
    {"..., `ENSEMBLE_NONNEGATIVE`", ENSEMBLE_FIT_CONVEX, ENSEMBLE_SCORE_SQUARED_ERROR, ENSEMBLE_NONNEGATIVE, 0},
    {"..., `ENSEMBLE_UNCONSTRAINED`", ENSEMBLE_FIT_CONVEX, ENSEMBLE_SCORE_SQUARED_ERROR, ENSEMBLE_UNCONSTRAINED, 0},
    {"GREEDY, log loss", ENSEMBLE_FIT_GREEDY, ENSEMBLE_SCORE_LOG_LOSS, 0, 0},
    {"GREEDY, accuracy", ENSEMBLE_FIT_GREEDY, ENSEMBLE_SCORE_ACCURACY, 0, 0},
    {"INVERSE_ERROR, log loss", ENSEMBLE_FIT_INVERSE_ERROR, ENSEMBLE_SCORE_LOG_LOSS, 0, 0},
    {"INVERSE_ERROR, squared error", ENSEMBLE_FIT_INVERSE_ERROR, ENSEMBLE_SCORE_SQUARED_ERROR, 0, 0},
    {"SOFTMAX, log loss, temperature .1", ENSEMBLE_FIT_SOFTMAX, ENSEMBLE_SCORE_LOG_LOSS, 0, .1},
    {"LOG_ODDS", ENSEMBLE_FIT_LOG_ODDS, 0, 0, 0},
};

static void learn(struct ensemble *e, const struct fit *fit, const int32_t *truth, size_t rows, double *weights)
{
    const struct ensemble_fit_options options = {.struct_size = sizeof options, .how = fit->how,
                                                 .objective = fit->objective, .constraint = fit->constraint,
                                                 .temperature = fit->temperature};
    struct ensemble_fit_report report = {.struct_size = sizeof report, .models = MODELS, .weights = weights};

    MUST(ensemble_fit(e, truth, ENSEMBLE_I32, rows, &options, &report));
}

static void print_fits(void)
{
    const double svm[] = {0, 0, 0, 0, 1, 0};
    struct ensemble *e = make(&test, 0, ROWS);

    printf("| equal weights | .167 | .167 | .167 | .167 | .167 | .167 |");
    print_scores(e);
    MUST(ensemble_set_weights(e, svm, MODELS));
    printf("| `svm` alone | 0 | 0 | 0 | 0 | 1 | 0 |");
    print_scores(e);
    for (size_t f = 0; f < sizeof fits / sizeof *fits; f++) {
        double weights[MODELS];

        bind(e, &validation);
        learn(e, &fits[f], validation.truth, ROWS, weights);
        printf("| %s |", fits[f].name);
        for (size_t i = 0; i < MODELS; i++)
            printf(" %s |", weights[i] != 0 ? decimals(weights[i], 4) : "0");
        bind(e, &test);
        print_scores(e);
    }
    ensemble_destroy(e);
}

/* What is learned from few rows, as means over the stretches that the validation part has. */
static void print_rows_needed(void)
{
    const size_t sizes[] = {10, 20, 40, 80, 160, 320, 600}, which[] = {0, 1, 3, 6};

    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
        const size_t stretches = ROWS / sizes[s];

        printf("| %zu |", sizes[s]);
        for (size_t f = 0; f < 4; f++) {
            double loss = 0, brier = 0, weights[MODELS];

            for (size_t k = 0; k < stretches; k++) {
                struct ensemble *e = make(&validation, k * sizes[s], sizes[s]);

                learn(e, &fits[which[f]], validation.truth + k * sizes[s], sizes[s], weights);
                bind(e, &test);
                loss += score(e, ENSEMBLE_SCORE_LOG_LOSS, test.truth);
                brier += score(e, ENSEMBLE_SCORE_SQUARED_ERROR, test.truth);
                ensemble_destroy(e);
            }
            printf(" %s %s |", decimals(loss / (double)stretches, 4), decimals(brier / (double)stretches, 4));
        }
        printf("\n");
    }
}

/* Logarithms of probabilities are logits. */
static void to_logits(const struct digits *from, struct digits *to)
{
    *to = *from;
    for (size_t i = 0; i < MODELS; i++)
        for (size_t k = 0; k < ROWS * DIGITS; k++)
            to->said[i][k] = logf(fmaxf(from->said[i][k], 1e-7f));
}

static void print_calibration(void)
{
    const struct {
        const char *name;
        int32_t calibrate;
    } lines[] = {{"nothing", 0},
                 {"MODELS", ENSEMBLE_CALIBRATE_MODELS},
                 {"RESULT", ENSEMBLE_CALIBRATE_RESULT},
                 {"both", ENSEMBLE_CALIBRATE_MODELS | ENSEMBLE_CALIBRATE_RESULT}};
    static struct digits learned, tried;

    to_logits(&validation, &learned);
    to_logits(&test, &tried);
    for (size_t l = 0; l < 4; l++) {
        double heat[MODELS];
        const struct ensemble_fit_options options = {.struct_size = sizeof options, .calibrate = lines[l].calibrate};
        struct ensemble_fit_report report = {.struct_size = sizeof report, .models = MODELS, .temperatures = heat};
        struct ensemble *e = make(&learned, 0, ROWS);

        for (size_t i = 0; i < MODELS; i++)
            MUST(ensemble_set_input(e, i, ENSEMBLE_LOGITS, 1));
        MUST(ensemble_set_result(e, ENSEMBLE_RESULT_TEMPERED, 1));
        MUST(ensemble_fit(e, learned.truth, ENSEMBLE_I32, ROWS, &options, &report));
        printf("| %s | ", lines[l].name);
        for (size_t i = 0; i < MODELS && lines[l].calibrate == ENSEMBLE_CALIBRATE_MODELS; i++)
            printf("%s%s", i ? ", " : "", decimals(heat[i], 2));
        printf("%s | ", lines[l].calibrate == 3 ? "as above" : "");
        printf("%s |", lines[l].calibrate & ENSEMBLE_CALIBRATE_RESULT ? decimals(report.temperature, 3) : "");
        printf(" %s |", decimals(score(e, ENSEMBLE_SCORE_LOG_LOSS, learned.truth), 4));
        bind(e, &tried);
        printf(" %s |", decimals(score(e, ENSEMBLE_SCORE_LOG_LOSS, tried.truth), 4));
        printf(" %s |\n", decimals(score(e, ENSEMBLE_SCORE_CALIBRATION_ERROR, tried.truth), 4));
        ensemble_destroy(e);
    }
}

/* Updates in 60 batches of 10 rows, with rates. */
static void print_rates(void)
{
    const double rates[] = {.01, .03, .1, .3, 1};
    double on_the_way[5] = {0}, at_the_end[5];

    for (size_t k = 0; k < 5; k++) {
        struct ensemble *e = make(&validation, 0, ROWS);

        for (size_t begin = 0; begin < ROWS; begin += 10) {
            const int32_t *truth = validation.truth + begin;
            double before;

            for (size_t i = 0; i < MODELS; i++)
                MUST(ensemble_set_model_output(e, i, validation.said[i] + begin * DIGITS, ENSEMBLE_F32, 10, 0));
            MUST(ensemble_score(e, ENSEMBLE_SCORE_SQUARED_ERROR, truth, ENSEMBLE_I32, 10, &before));
            MUST(ensemble_update(e, truth, ENSEMBLE_I32, 10, ENSEMBLE_SCORE_SQUARED_ERROR, rates[k], 0));
            on_the_way[k] += before / 60;
        }
        bind(e, &test);
        at_the_end[k] = score(e, ENSEMBLE_SCORE_SQUARED_ERROR, test.truth);
        ensemble_destroy(e);
    }
    printf("| on the way |");
    for (size_t k = 0; k < 5; k++)
        printf(" %s |", decimals(on_the_way[k], 4));
    printf("\n| test part |");
    for (size_t k = 0; k < 5; k++)
        printf(" %s |", decimals(at_the_end[k], 4));
    printf("\n");
}

int main(void)
{
    read_digits(&validation, "validation");
    read_digits(&test, "test");
    print_fits();
    print_rows_needed();
    print_calibration();
    print_rates();
    return 0;
}
