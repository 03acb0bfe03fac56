/* SPDX-License-Identifier: MIT */
/*
 * Words heard in noise: four recognisers that say something of each of the eight frames of a word, and two that only
 * say something of the word as a whole, fused frame by frame and word by word.
 *
 *     speech DIRECTORY         the files of docs/examples/speech
 */
#include "heard.h"
#include "must.h"

#include <ensemble.h>

#include <stdio.h>
#include <stdlib.h>

enum { ONE = 1 }; /* row for each word, where there are not FRAMES */
enum learned { NOTHING, TEMPERATURES, WEIGHTS };

/* Some of the models, and how they are fused. */
struct fusion {
    const char *name;
    size_t first, models;
    size_t rows; /* for each word: FRAMES or ONE */
    int32_t method;
    enum learned learned; /* from the validation voices: each model's temperature, and with WEIGHTS its weight, too */
};

static const struct fusion fusions[] = {
    {"frames of 4, linear pool", 0, BY_FRAME, FRAMES, ENSEMBLE_MEAN, NOTHING},
    {"frames of 4, log pool", 0, BY_FRAME, FRAMES, ENSEMBLE_LOG_POOL, NOTHING},
    {"frames of 4, learned weights", 0, BY_FRAME, FRAMES, ENSEMBLE_MEAN, WEIGHTS},
    {"words of 4, untempered", 0, BY_FRAME, ONE, ENSEMBLE_MEAN, NOTHING},
    {"words of 4, linear pool", 0, BY_FRAME, ONE, ENSEMBLE_MEAN, TEMPERATURES},
    {"words of 4, log pool", 0, BY_FRAME, ONE, ENSEMBLE_LOG_POOL, TEMPERATURES},
    {"words of 6, majority vote", 0, MODELS, ONE, ENSEMBLE_VOTE, NOTHING},
    {"words of 6, mean rank", 0, MODELS, ONE, ENSEMBLE_RANK, NOTHING},
    {"words of 6, log pool", 0, MODELS, ONE, ENSEMBLE_LOG_POOL, TEMPERATURES},
    {"words of 6, learned weights", 0, MODELS, ONE, ENSEMBLE_MEAN, WEIGHTS},
    {"words of 6, linear pool", 0, MODELS, ONE, ENSEMBLE_MEAN, TEMPERATURES},
};

/* Points the models at what they say of a part. */
static void listen(struct ensemble *e, const struct fusion *fusion, const struct part *part)
{
    for (size_t i = 0; i < fusion->models; i++)
        if (fusion->rows == ONE && part->scores[fusion->first + i])
            MUST(ensemble_set_model_output(e, i, part->scores[fusion->first + i], ENSEMBLE_F32, part->words, 0));
        else
            MUST(ensemble_set_model_output(e, i, part->said[fusion->first + i].f2, ENSEMBLE_F16,
                                           part->words * fusion->rows, 0));
}

/* Logarithms of probabilities and scores alike are read as logits: the softmax makes them sum to 1. */
static struct ensemble *create(const struct fusion *fusion, const struct part *part)
{
    struct ensemble *e;

    MUST(ensemble_create(&e, VOCABULARY));
    for (size_t i = 0; i < fusion->models; i++) {
        MUST(ensemble_add_model_output(e, NULL, ENSEMBLE_F16, 0));
        MUST(ensemble_set_input(e, i, ENSEMBLE_LOGITS, 0));
    }
    listen(e, fusion, part);
    return e;
}

static void learn(struct ensemble *e, const struct fusion *fusion, const struct part *part)
{
    double weights[MODELS], temperatures[MODELS];
    const struct ensemble_fit_options options = {
        .struct_size = sizeof options,
        .how = fusion->learned == WEIGHTS ? ENSEMBLE_FIT_CONVEX : ENSEMBLE_FIT_NOTHING,
        .calibrate = ENSEMBLE_CALIBRATE_MODELS};
    struct ensemble_fit_report report = {
        .struct_size = sizeof report, .models = MODELS, .weights = weights, .temperatures = temperatures};
    const size_t count = part->words * fusion->rows;
    int32_t *targets = must_allocate(count, sizeof *targets);

    for (size_t i = 0; i < count; i++)
        targets[i] = part->truth.i4[i / fusion->rows];
    MUST(ensemble_fit(e, targets, ENSEMBLE_I32, count, &options, &report));
    free(targets);
    for (size_t i = 0; i < fusion->models && fusion->learned == WEIGHTS; i++)
        printf("    %-18s weight %.2f, temperature %.2f\n", names[i], weights[i], temperatures[i]);
}

/* The score of each word of the vocabulary: the logarithm of what the models say together, added over the frames. */
static float *decode(struct ensemble *e, const struct fusion *fusion, const struct part *part)
{
    const size_t count = part->words * fusion->rows * VOCABULARY;
    float *scores = must_allocate(part->words * VOCABULARY, sizeof *scores);
    float *rows = must_allocate(count, sizeof *rows);

    MUST(ensemble_set_method(e, fusion->method));
    MUST(ensemble_set_result(e, ENSEMBLE_RESULT_LOG, 0));
    listen(e, fusion, part);
    /* quote: decode */
    MUST(ensemble_combine(e, rows, ENSEMBLE_F32, count));
    for (size_t i = 0; i < count; i++)
        scores[i / (fusion->rows * VOCABULARY) * VOCABULARY + i % VOCABULARY] += rows[i];
    /* quote: end */
    free(rows);
    return scores;
}

/* What each model makes of the words by itself. */
static void hear(struct part *part)
{
    for (size_t i = 0; i < MODELS; i++) {
        const struct fusion alone = {names[i], i, 1, i < BY_FRAME ? FRAMES : ONE, ENSEMBLE_MEAN, NOTHING};
        struct ensemble *e = create(&alone, part);

        part->scores[i] = decode(e, &alone, part);
        ensemble_destroy(e);
    }
}

/* How much the models contradict each other where their answer is right, and where it is wrong. */
static void print_contested(const struct ensemble *e, const float *scores, const struct part *part)
{
    double *disagreement = must_allocate(part->words, sizeof *disagreement), sum[2] = {0, 0};
    size_t words[2] = {0, 0}, contested[2] = {0, 0};

    MUST(ensemble_measure(e, ENSEMBLE_MEASURE_VOTE_DISAGREEMENT, disagreement, ENSEMBLE_F64, part->words));
    for (size_t i = 0; i < part->words; i++) {
        const int right = is_right(scores, part, i);

        words[right]++;
        sum[right] += disagreement[i];
        contested[right] += disagreement[i] > .7;
    }
    for (int right = 1; right >= 0; right--)
        if (words[right] > 0)
            printf("  %s in %zu words: %.1f %% of the pairs of models disagree, more than 70 %% in %zu words\n",
                   right ? "right" : "wrong", words[right], 100 * sum[right] / (double)words[right], contested[right]);
    free(disagreement);
}

int main(int argc, char **argv)
{
    struct part validation, test;
    size_t best = 0;

    if (argc != 2) {
        fprintf(stderr, "usage: speech DIRECTORY\n");
        return EXIT_FAILURE;
    }
    validation = load_part(argv[1], "validation");
    test = load_part(argv[1], "test");
    hear(&validation);
    hear(&test);
    for (size_t i = 1; i < MODELS; i++)
        if (count_wrong(validation.scores[i], &validation) < count_wrong(validation.scores[best], &validation))
            best = i;
    test.best = test.scores[best];

    printf("%zu words to be judged by; the best model on the other %zu: %s\n\n", test.words, validation.words,
           names[best]);
    printf("  %-28s %5s %15s %8s %8s\n", "", "wrong", "error rate", "mended", "spoiled");
    for (size_t i = 0; i < MODELS; i++)
        print_line(names[i], test.scores[i], &test);
    for (size_t i = 0; i < sizeof fusions / sizeof fusions[0]; i++) {
        struct ensemble *e = create(&fusions[i], &validation);
        float *scores;

        if (fusions[i].learned != NOTHING)
            learn(e, &fusions[i], &validation);
        scores = decode(e, &fusions[i], &test);
        print_line(fusions[i].name, scores, &test);
        if (i + 1 == sizeof fusions / sizeof fusions[0])
            print_contested(e, scores, &test);
        free(scores);
        ensemble_destroy(e);
    }
    free_part(&validation);
    free_part(&test);
    return ferror(stdout) || fflush(stdout) ? EXIT_FAILURE : EXIT_SUCCESS;
}
