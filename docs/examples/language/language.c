/* SPDX-License-Identifier: MIT */
/*
 * Seven models of language and their mixture. Six have counted the first part of a book, and look at 0 to 5 characters
 * before the next one; the seventh knows no more than the 5,000 characters before the place in question. Weights are
 * learned on the next part of the book, and judged on the part after that.
 *
 *     language TEXT            docs/examples/language/pride.txt
 */
#include "models.h"
#include "must.h"

#include <ensemble.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static const char *const names[MODELS] = {"1-gram", "2-gram", "3-gram", "4-gram", "5-gram", "6-gram", "recent"};

/* What weights are learned from: all models, the two that are best together, all but RECENT. */
enum { ALL, TWO, OLD, N_FITS };

/* quote: bind */
/* What all models say about a part: probabilities in float, or logits in bfloat16. */
static void bind_said(struct ensemble *e, const struct said *said, int32_t space)
{
    for (size_t i = 0; i < MODELS; i++) {
        if (space == ENSEMBLE_LOGITS)
            MUST(ensemble_set_model_output(e, i, said->logits[i], ENSEMBLE_BF16, ROWS, 0));
        else
            MUST(ensemble_set_model_output(e, i, said->probabilities[i], ENSEMBLE_F32, ROWS, 0));
        MUST(ensemble_set_input(e, i, space, 0));
    }
}

/* As hard as choosing among so many characters that are all as probable. */
static double perplexity(struct ensemble *e, const struct said *said, int32_t space)
{
    double loss;

    bind_said(e, said, space);
    MUST(ensemble_score(e, ENSEMBLE_SCORE_LOG_LOSS, said->truth, ENSEMBLE_I32, ROWS, &loss));
    return exp(loss);
}
/* quote: end */

/* quote: learn */
/* The weights of the linear pool that make the log loss on a part smallest. Returns the index of the best model. */
static int learn(struct ensemble *e, const struct said *said, int fit, double *weights)
{
    const struct ensemble_fit_options options = {.struct_size = sizeof options, .max_models = fit == TWO ? 2 : 0};
    struct ensemble_fit_report report = {.struct_size = sizeof report, .models = MODELS, .weights = weights};

    bind_said(e, said, ENSEMBLE_PROBABILITIES);
    if (fit == OLD) /* a model that is missing gets weight 0, see main() */
        MUST(ensemble_set_model_output(e, RECENT, NULL, ENSEMBLE_F32, ROWS, 0));
    MUST(ensemble_fit(e, said->truth, ENSEMBLE_I32, ROWS, &options, &report));
    return report.best_model;
}

/* The temperature of the result that makes it smallest, with the weights and the method as they are. */
static double temper(struct ensemble *e, const struct said *said)
{
    const struct ensemble_fit_options options = {
        .struct_size = sizeof options, .how = ENSEMBLE_FIT_NOTHING, .calibrate = ENSEMBLE_CALIBRATE_RESULT};
    struct ensemble_fit_report report = {.struct_size = sizeof report};

    bind_said(e, said, ENSEMBLE_PROBABILITIES);
    MUST(ensemble_set_result(e, ENSEMBLE_RESULT_TEMPERED, 0));
    MUST(ensemble_fit(e, said->truth, ENSEMBLE_I32, ROWS, &options, &report));
    return report.temperature;
}
/* quote: end */

/* A line of the table, of what is said about `next`; with a temperature if there is a `past` to learn it from. */
static void judge(const char *name, struct ensemble *e, const double *weights, const struct said *past,
                  const struct said *next)
{
    double temperature = 0;

    MUST(ensemble_set_weights(e, weights, weights ? MODELS : 0)); /* NULL: equal ones */
    MUST(ensemble_set_result(e, ENSEMBLE_RESULT_AS_IS, 0));
    if (past)
        temperature = temper(e, past);
    printf("  %-24s %10.4f", name, perplexity(e, next, ENSEMBLE_PROBABILITIES));
    printf(" %13.4f", perplexity(e, next, ENSEMBLE_LOGITS));
    if (past)
        printf(" %12.4f", temperature);
    printf("\n");
}

static void compare(struct ensemble *e, const struct said *past, const struct said *next)
{
    static const char *const fits[N_FITS] = {"learned", "learned, two models", "learned, without recent"};
    double weights[N_FITS][MODELS];
    int best[N_FITS];

    for (int fit = 0; fit < N_FITS; fit++)
        best[fit] = learn(e, past, fit, weights[fit]);
    printf("%-26s %10s %13s %12s\n", "Perplexity", "in float", "bf16 logits", "temperature");
    for (size_t i = 0; i < MODELS; i++) {
        double alone[MODELS] = {0};

        alone[i] = 1;
        judge(names[i], e, alone, NULL, next);
    }
    printf("  Best where weights are learned: the %s\n\nLinear pool\n", names[best[ALL]]);
    judge("equal weights", e, NULL, NULL, next);
    for (int fit = 0; fit < N_FITS; fit++)
        judge(fits[fit], e, weights[fit], NULL, next);
    judge("learned, tempered", e, weights[ALL], past, next);

    MUST(ensemble_set_method(e, ENSEMBLE_LOG_POOL));
    printf("\nLogarithmic pool\n");
    judge("equal weights", e, NULL, NULL, next);
    judge("learned", e, weights[ALL], NULL, next);
    judge("learned, tempered", e, weights[ALL], past, next);

    printf("\n%-26s", "Weights");
    for (size_t i = 0; i < MODELS; i++)
        printf(" %s", names[i]);
    for (int fit = 0; fit < N_FITS; fit++) {
        printf("\n  %-24s", fits[fit]);
        for (size_t i = 0; i < MODELS; i++)
            printf(" %6.4f", weights[fit][i]);
    }
    printf("\n");
}

int main(int argc, char **argv)
{
    struct said past, next;
    struct ensemble *e;
    size_t alphabet;

    if (argc != 2) {
        fprintf(stderr, "usage: language TEXT\n");
        return EXIT_FAILURE;
    }
    alphabet = ask_models(argv[1], &past, &next);
    printf("%d characters to count, %d to learn weights from, %d to judge by; an alphabet of %zu\n\n", COUNTED, ROWS,
           ROWS, alphabet);

    MUST(ensemble_create(&e, alphabet));
    MUST(ensemble_set_method(e, ENSEMBLE_MEAN));
    MUST(ensemble_set_missing_policy(e, ENSEMBLE_LEAVE_OUT_MISSING, 0));
    for (size_t i = 0; i < MODELS; i++)
        MUST(ensemble_add_model_output(e, NULL, ENSEMBLE_F32, ROWS));
    compare(e, &past, &next);

    ensemble_destroy(e);
    free_said(&past);
    free_said(&next);
    return ferror(stdout) || fflush(stdout) ? EXIT_FAILURE : EXIT_SUCCESS;
}
