/* SPDX-License-Identifier: MIT */
/* docs/report.md: the cheap models first; how many rows each is asked about, and whether all labels are the same. */
#include "digits.h"

#include <math.h>

static const int order[MODELS] = {NAIVE_BAYES, TREE, LOGISTIC, KNN, FOREST, SVM};
static struct digits digits;
static int asked[MODELS];

static void ask(size_t i, size_t row, float *to)
{
    asked[i]++;
    memcpy(to, digits.said[order[i]] + row * DIGITS, DIGITS * sizeof *to);
}

#include "block.h"

static void print_line(const char *name, int32_t method, const double *weights)
{
    static float room[MODELS][ROWS * DIGITS];
    static int32_t label[ROWS], whole[ROWS];
    static uint8_t settled[ROWS];
    float *says[MODELS];
    struct ensemble *e;
    int sum = 0;

    MUST(ensemble_create(&e, DIGITS));
    for (size_t i = 0; i < MODELS; i++) {
        says[i] = room[i];
        asked[i] = 0;
        MUST(ensemble_add_model_output(e, NULL, ENSEMBLE_F32, ROWS));
        MUST(ensemble_set_input(e, i, ENSEMBLE_PROBABILITIES, 0));
    }
    MUST(ensemble_set_method(e, method));
    MUST(ensemble_set_weights(e, weights, weights ? MODELS : 0));
    MUST(cheap_first(e, MODELS, says, ROWS, DIGITS, settled, label));
    printf("| %s |", name);
    for (size_t i = 0; i < MODELS; sum += asked[i++])
        printf(" %d |", asked[i]);
    printf(" %d |\n", sum);

    for (size_t i = 0; i < MODELS; i++)
        MUST(ensemble_set_model_output(e, i, digits.said[order[i]], ENSEMBLE_F32, ROWS, 0));
    MUST(ensemble_measure(e, ENSEMBLE_MEASURE_LABEL, whole, ENSEMBLE_I32, ROWS));
    if (memcmp(label, whole, sizeof label) != 0)
        printf("%s: other labels than those of all models\n", name);
    ensemble_destroy(e);
}

int main(void)
{
    const double weights[] = {1, 1, 2, 2, 1, 3};

    read_digits(&digits, "test");
    print_line("MEAN, equal weights", ENSEMBLE_MEAN, NULL);
    print_line("MEAN, weights 1, 1, 2, 2, 1, 3", ENSEMBLE_MEAN, weights);
    print_line("VOTE, equal weights", ENSEMBLE_VOTE, NULL);
    return 0;
}
