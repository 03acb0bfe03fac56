/* SPDX-License-Identifier: MIT */
/*
 * Images: six classifiers of handwritten digits in service. Which weights, which models for which price, which images
 * need not be shown to all of them, and which ones a person should look at.
 *
 *     images DIRECTORY         the files of docs/examples/digits
 */
#include "digits.h"
#include "must.h"

#include <ensemble.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* Microseconds for one image, from cheap to dear. Assumed: nothing is measured here. */
static const struct price {
    int model;
    double cost;
} prices[N_MODELS] = {{TREE, 1}, {LOGISTIC, 2}, {NAIVE_BAYES, 5}, {KNN, 40}, {FOREST, 60}, {SVM, 120}};

/* What a reviewer can be sent images by: the more of it, the more contested. */
static const struct measure {
    const char *name;
    int32_t what;
    int sign;
} measures[] = {
    {"small margin", ENSEMBLE_MEASURE_MARGIN, -1},
    {"entropy", ENSEMBLE_MEASURE_ENTROPY, 1},
    {"mutual information", ENSEMBLE_MEASURE_MUTUAL_INFORMATION, 1},
    {"pairs that disagree", ENSEMBLE_MEASURE_VOTE_DISAGREEMENT, 1},
};

static void bind(struct ensemble *e, enum part part)
{
    for (size_t i = 0; i < N_MODELS; i++) {
        const struct npy_array *said = output_of(&models[prices[i].model], part);

        MUST(ensemble_set_model_output(e, i, said->f4, ENSEMBLE_F32, said->rows, 0));
    }
}

/* The linear pool of all models, in the order of their prices. */
static struct ensemble *create(enum part part)
{
    struct ensemble *e;

    MUST(ensemble_create(&e, N_CLASSES));
    MUST(ensemble_set_method(e, ENSEMBLE_MEAN));
    for (size_t i = 0; i < N_MODELS; i++) {
        MUST(ensemble_add_model_output(e, NULL, ENSEMBLE_F32, 0));
        MUST(ensemble_set_input(e, i, ENSEMBLE_PROBABILITIES, 0));
    }
    bind(e, part);
    return e;
}

static double score(struct ensemble *e, int32_t which, const struct npy_array *labels)
{
    double value;

    MUST(ensemble_score(e, which, labels->i4, ENSEMBLE_I32, labels->rows, &value));
    return value;
}

/* Learns weights for at most that price, on the validation part, and leaves the ensemble with the test part. */
static double learn(struct ensemble *e, double budget, const struct npy_array *labels)
{
    struct ensemble_fit_report report = {.struct_size = sizeof report};
    struct ensemble_fit_options options = {.struct_size = sizeof options, .budget = budget};
    double cost[N_MODELS];

    for (size_t i = 0; i < N_MODELS; i++)
        cost[i] = prices[i].cost;
    options.cost = cost;
    options.n_costs = N_MODELS;
    bind(e, VALIDATION);
    MUST(ensemble_fit(e, labels->i4, ENSEMBLE_I32, labels->rows, &options, &report));
    bind(e, TEST);
    return report.objective;
}

static void print_scores(const char *name, struct ensemble *e, const struct npy_array *labels)
{
    printf("  %-22s %8.4f %9.4f\n", name, score(e, ENSEMBLE_SCORE_ACCURACY, labels),
           score(e, ENSEMBLE_SCORE_LOG_LOSS, labels));
}

static void show_weights(struct ensemble *e, const struct npy_array *validation, const struct npy_array *test)
{
    double weights[N_MODELS] = {0};

    printf("%zu images to learn from, %zu to judge by\n\n  %-22s %8s %9s\n", validation->rows, test->rows, "",
           "accuracy", "log loss");
    for (size_t i = 0; i < N_MODELS; i++) {
        weights[i] = 1;
        MUST(ensemble_set_weights(e, weights, N_MODELS));
        print_scores(models[prices[i].model].name, e, test);
        weights[i] = 0;
    }
    MUST(ensemble_set_weights(e, NULL, 0));
    print_scores("all, equal weights", e, test);
    learn(e, INFINITY, validation);
    print_scores("all, learned weights", e, test);
}

/* Each price at which the best ensemble, by what the validation part says, becomes a better one. */
static void show_frontier(struct ensemble *e, const struct npy_array *validation, const struct npy_array *test)
{
    double best = INFINITY, weights[N_MODELS];

    printf("\nThe best for each price, from microsecond to microsecond; only where more money buys something\n\n"
           "  price   validation   log loss  accuracy   models\n");
    for (double budget = 1; budget <= 228; budget++) {
        const double loss = learn(e, budget, validation);

        if (loss > best - 1e-6)
            continue;
        best = loss;
        MUST(ensemble_get_weights(e, weights, N_MODELS));
        printf("  %3.0f us  %11.4f  %9.4f  %8.4f  ", budget, loss, score(e, ENSEMBLE_SCORE_LOG_LOSS, test),
               score(e, ENSEMBLE_SCORE_ACCURACY, test));
        for (size_t i = 0; i < N_MODELS; i++)
            if (weights[i] != 0)
                printf(" %s %.2f", models[prices[i].model].name, weights[i]);
        printf("\n");
    }
}

/* Model after model, and each image only for as long as the decision of all can still be another one. */
static void show_settled(const char *name, struct ensemble *e, int dear_first, size_t rows)
{
    uint8_t *settled = must_allocate(rows, 1);
    double all = 0, spent = 0, weights[N_MODELS];
    size_t open = rows;

    MUST(ensemble_get_weights(e, weights, N_MODELS));
    for (size_t i = 0; i < N_MODELS; i++)
        MUST(ensemble_set_model_output(e, i, NULL, ENSEMBLE_F32, rows, 0));
    printf("  %-28s", name);
    for (size_t turn = 0; turn < N_MODELS; turn++) {
        const size_t i = dear_first ? N_MODELS - 1 - turn : turn;
        const struct model *model = &models[prices[i].model];

        if (weights[i] == 0)
            continue; /* it has no say, and need not run */
        MUST(ensemble_set_model_output(e, i, model->said.f4, ENSEMBLE_F32, rows, 0));
        printf(" %s %zu", model->name, open);
        spent += prices[i].cost * (double)open;
        all += prices[i].cost * (double)rows;
        MUST(ensemble_settled(e, settled));
        open = 0;
        for (size_t row = 0; row < rows; row++)
            open += !settled[row];
    }
    printf("\n%30s%.1f us for each image in place of %.1f\n", "", spent / (double)rows, all / (double)rows);
    free(settled);
}

/* For sorting: the most contested images first; of several, the first. */
struct contested {
    double value;
    size_t row;
};

static int compare(const void *a, const void *b)
{
    const struct contested *x = a, *y = b;

    return x->value != y->value ? (x->value < y->value) - (x->value > y->value) : (x->row > y->row) - (x->row < y->row);
}

/* How many of the errors are among the most contested images, by each measure. */
static void show_contested(const struct ensemble *e, const struct npy_array *labels)
{
    const size_t rows = labels->rows;
    struct contested *contested = must_allocate(rows, sizeof *contested);
    int32_t *decided = must_allocate(rows, sizeof *decided);
    double *values = must_allocate(rows, sizeof *values);
    size_t wrong = 0;

    MUST(ensemble_measure(e, ENSEMBLE_MEASURE_LABEL, decided, ENSEMBLE_I32, rows));
    for (size_t row = 0; row < rows; row++)
        wrong += decided[row] != labels->i4[row];
    printf("\nA person looks at the most contested images: so many of the %zu errors are among them\n\n"
           "  %-22s %6s %6s %6s %6s\n",
           wrong, "by", "5 %", "10 %", "20 %", "30 %");
    for (size_t m = 0; m < sizeof measures / sizeof *measures; m++) {
        size_t found = 0;

        MUST(ensemble_measure(e, measures[m].what, values, ENSEMBLE_F64, rows));
        for (size_t row = 0; row < rows; row++)
            contested[row] = (struct contested){measures[m].sign * values[row], row};
        qsort(contested, rows, sizeof *contested, compare);
        printf("  %-22s", measures[m].name);
        for (size_t k = 0; k < rows * 3 / 10; k++) {
            found += decided[contested[k].row] != labels->i4[contested[k].row];
            if (k + 1 == rows / 20 || k + 1 == rows / 10 || k + 1 == rows / 5 || k + 1 == rows * 3 / 10)
                printf(" %6zu", found);
        }
        printf("\n");
    }
    printf("  %-22s %6.1f %6.1f %6.1f %6.1f\n", "by chance", .05 * (double)wrong, .1 * (double)wrong,
           .2 * (double)wrong, .3 * (double)wrong);
    free(contested);
    free(decided);
    free(values);
}

int main(int argc, char **argv)
{
    struct npy_array test, validation;
    struct ensemble *e;

    if (argc != 2) {
        fprintf(stderr, "usage: images DIRECTORY\n");
        return 2;
    }
    test = load_digits(argv[1], TEST);
    validation = load_digits(argv[1], VALIDATION);
    e = create(TEST);
    show_weights(e, &validation, &test);
    show_contested(e, &test);
    show_frontier(e, &validation, &test);
    learn(e, INFINITY, &validation);
    printf("\nThe next model only for the images whose decision can still change: for so many it runs\n\n");
    show_settled("learned weights, cheap first", e, 0, test.rows);
    show_settled("learned weights, dear first", e, 1, test.rows);
    MUST(ensemble_set_weights(e, NULL, 0));
    show_settled("equal weights, cheap first", e, 0, test.rows);
    ensemble_destroy(e);
    free_digits(&test, TEST);
    free_digits(&validation, VALIDATION);
    return 0;
}
