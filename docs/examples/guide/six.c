/* SPDX-License-Identifier: MIT */
/* The parts of the guide in which six classifiers of digits speak. */
#include "guide.h"
#include "must.h"
#include "real.h"

#include <ensemble.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* quote: create */
/* An ensemble of all six, each of which says probabilities. */
static struct ensemble *create(void)
{
    struct ensemble *e;

    MUST(ensemble_create(&e, DIGITS));
    for (size_t i = 0; i < MODELS; i++) {
        MUST(ensemble_add_model_output(e, said[i].test, ENSEMBLE_F32, ROWS));
        MUST(ensemble_set_input(e, i, ENSEMBLE_PROBABILITIES, 0));
        MUST(ensemble_set_model_name(e, i, said[i].name));
    }
    return e;
}
/* quote: end */

/* quote: score */
static void print_score(struct ensemble *e, const char *name)
{
    double accuracy, loss;

    MUST(ensemble_score(e, ENSEMBLE_SCORE_ACCURACY, truth, ENSEMBLE_I32, ROWS, &accuracy));
    MUST(ensemble_score(e, ENSEMBLE_SCORE_LOG_LOSS, truth, ENSEMBLE_I32, ROWS, &loss));
    printf("%-16s %.1f %%, log loss %.3f\n", name, 100 * accuracy, loss);
}
/* quote: end */

/* quote: mean */
void show_mean(void)
{
    const double weights[MODELS] = {.2, .1, .1, .2, .3, .1};
    struct ensemble *e = create();

    for (size_t i = 0; i < MODELS; i++) {
        double alone[MODELS] = {0}; /* a model of weight 0 takes no part */

        alone[i] = 1;
        MUST(ensemble_set_weights(e, alone, MODELS));
        print_score(e, said[i].name);
    }
    MUST(ensemble_set_weights(e, NULL, 0)); /* equal weights, as at first */
    print_score(e, "mean");
    MUST(ensemble_set_weights(e, weights, MODELS));
    print_score(e, "weighted mean");
    ensemble_destroy(e);
}
/* quote: end */

/* quote: methods */
void show_methods(void)
{
    const struct {
        const char *name;
        int32_t method;
    } tried[] = {{"mean", ENSEMBLE_MEAN}, {"median", ENSEMBLE_MEDIAN}, {"logarithmic pool", ENSEMBLE_LOG_POOL},
                 {"vote", ENSEMBLE_VOTE}};
    struct ensemble *e = create();

    MUST(ensemble_set_parameter(e, ENSEMBLE_FLOOR, 1e-4));           /* for the logarithmic pool: no model has a veto */
    MUST(ensemble_set_result(e, ENSEMBLE_RESULT_NORMALISED, 0));     /* medians do not sum to 1 by themselves */
    for (size_t i = 0; i < sizeof tried / sizeof *tried; i++) {
        MUST(ensemble_set_method(e, tried[i].method));
        print_score(e, tried[i].name);
    }
    ensemble_destroy(e);
}
/* quote: end */

/* quote: report */
void show_report(void)
{
    static int32_t label[ROWS];
    static double confidence[ROWS], margin[ROWS], contested[ROWS], contribution[ROWS * MODELS];
    struct ensemble_report report = {.struct_size = sizeof report, .rows = ROWS, .models = MODELS};
    struct ensemble_call call = {.struct_size = sizeof call, .report = &report}; /* no result: the report is enough */
    struct ensemble *e = create();
    size_t row = 0;

    report.label = label; /* what is not pointed at an array is not computed */
    report.confidence = confidence;
    report.margin = margin;
    report.mutual_information = contested;
    report.contribution = contribution;
    MUST(ensemble_run(e, &call));

    for (size_t r = 1; r < ROWS; r++)
        if (contested[r] > contested[row])
            row = r;
    printf("image %zu is the most contested: %.3f\n", row, contested[row]);
    printf("it is a %d with %.3f, which leads by %.3f; the truth is %d\n", label[row], confidence[row], margin[row],
           truth[row]);
    for (size_t i = 0; i < MODELS; i++)
        printf("%-12s adds %.3f\n", said[i].name, contribution[row * MODELS + i]);
    ensemble_destroy(e);
}
/* quote: end */

/* quote: learning */
void show_learning(void)
{
    double weights[MODELS];
    struct ensemble_fit_options options = {.struct_size = sizeof options, .folds = 10};
    struct ensemble_fit_report report = {.struct_size = sizeof report, .models = MODELS, .weights = weights};
    struct ensemble *e = create();

    for (size_t i = 0; i < MODELS; i++) /* rows whose truth is known, and that no model was trained on */
        MUST(ensemble_set_model_output(e, i, said[i].validation, ENSEMBLE_F32, ROWS, 0));
    MUST(ensemble_fit(e, validation_truth, ENSEMBLE_I32, ROWS, &options, &report));
    for (size_t i = 0; i < MODELS; i++)
        printf("%-12s weighs %.3f\n", said[i].name, weights[i]);
    printf("log loss %.3f here, %.3f on rows that were held out; with equal weights %.3f\n", report.objective,
           report.held_out, report.uniform);

    for (size_t i = 0; i < MODELS; i++) /* and now the images that nothing was learned from */
        MUST(ensemble_set_model_output(e, i, said[i].test, ENSEMBLE_F32, ROWS, 0));
    print_score(e, "learned weights");
    ensemble_destroy(e);
}
/* quote: end */

/* quote: saving */
void show_saving(void)
{
    struct ensemble *e = create(), *loaded;
    static float before[ROWS * DIGITS], after[ROWS * DIGITS];
    char *text;
    int size;

    MUST(ensemble_set_method(e, ENSEMBLE_MEDIAN));
    MUST(ensemble_combine(e, before, ENSEMBLE_F32, ROWS * DIGITS));
    size = MUST(ensemble_save(e, NULL, 0)); /* how long it is, without the NUL at its end */
    text = must_allocate((size_t)size + 1, 1);
    MUST(ensemble_save(e, text, (size_t)size + 1));
    ensemble_destroy(e);

    MUST(ensemble_load(&loaded, text, (size_t)size, NULL)); /* somewhere else, from a file perhaps */
    for (size_t i = MODELS; i-- > 0;) {                     /* models may come in any order: they have names */
        const int model = MUST(ensemble_find_model(loaded, said[i].name));

        MUST(ensemble_set_model_output(loaded, (size_t)model, said[i].test, ENSEMBLE_F32, ROWS, 0));
    }
    MUST(ensemble_combine(loaded, after, ENSEMBLE_F32, ROWS * DIGITS));
    printf("%d bytes of text, which begin \"%.13s\"; %s\n", size, text,
           memcmp(before, after, sizeof before) == 0 ? "the same bits" : "other bits");
    ensemble_destroy(loaded);
    free(text);
}
/* quote: end */

/* quote: threads */
struct half {
    const struct ensemble *e; /* const: any number of threads may read it at once */
    size_t row_begin, row_count;
    float *result;
};

static void *combine_half(void *argument)
{
    const struct half *half = argument;
    struct ensemble_call call = {.struct_size = sizeof call, .dtype = ENSEMBLE_F32};

    call.row_begin = half->row_begin;
    call.row_count = half->row_count;
    call.result = half->result + half->row_begin * DIGITS;
    call.result_count = half->row_count * DIGITS;
    MUST(ensemble_run(half->e, &call));
    return NULL;
}

void show_threads(void)
{
    static float alone[ROWS * DIGITS], together[ROWS * DIGITS];
    struct ensemble *e = create();
    struct half first = {e, 0, 300, together}, second = {e, 300, ROWS - 300, together};
    pthread_t thread;

    MUST(ensemble_combine(e, alone, ENSEMBLE_F32, ROWS * DIGITS));
    if (pthread_create(&thread, NULL, combine_half, &second) != 0)
        fail("pthread_create", "no thread");
    combine_half(&first);
    pthread_join(thread, NULL);
    printf("%s\n", memcmp(alone, together, sizeof alone) == 0 ? "the same bits" : "other bits");
    ensemble_destroy(e);
}
/* quote: end */

/* quote: server */
/* Nothing of the request is kept, and the handle is not changed: any number of requests may be answered at once. */
static void answer(const struct ensemble *e, size_t image)
{
    struct ensemble_output outputs[MODELS] = {{0}};
    struct ensemble_call call = {.struct_size = sizeof call, .output_size = sizeof *outputs, .dtype = ENSEMBLE_F32};
    float y[DIGITS];

    for (size_t i = 0; i < MODELS; i++) {
        outputs[i].data = said[i].test + image * DIGITS; /* NULL, if the model has not answered */
        outputs[i].rows = 1;
        outputs[i].dtype = ENSEMBLE_F32;
    }
    call.outputs = outputs;
    call.n_outputs = MODELS;
    call.result = y;
    call.result_count = DIGITS;
    MUST(ensemble_run(e, &call));
    printf("image %zu: a %d with %.3f\n", image, truth[image], y[truth[image]]);
}

void show_server(void)
{
    const double weights[MODELS] = {.095, .324, 0, .072, .508, 0};
    struct ensemble *now = create(), *next;

    answer(now, 0);
    MUST(ensemble_clone(&next, now)); /* others may go on with `now` meanwhile */
    MUST(ensemble_set_weights(next, weights, MODELS));
    answer(next, 0);
    ensemble_destroy(now); /* once nobody uses it any more */
    ensemble_destroy(next);
}
/* quote: end */
