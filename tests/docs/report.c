/* SPDX-License-Identifier: MIT */
/* The tables of docs/report.md. */
#include "digits.h"

/* An ensemble of `n` models of `rows` rows, in double. */
static struct ensemble *of(size_t n, size_t rows, size_t width, const double *said, const double *weights)
{
    struct ensemble *e;

    MUST(ensemble_create(&e, width));
    for (size_t i = 0; i < n; i++) {
        MUST(ensemble_add_model_output(e, said + i * rows * width, ENSEMBLE_F64, rows));
        MUST(ensemble_set_input(e, i, ENSEMBLE_PROBABILITIES, 0));
    }
    MUST(ensemble_set_weights(e, weights, weights ? n : 0));
    return e;
}

static const double pair_said[] = {.9, .1, .4, .6, .8, .2, .3, .7, 1, 0, .1, .9}, pair_weights[] = {.7, .2, .1};

static void print_entropies(void)
{
    const double three[] = {.7, .3, .6, .4, .8, .2};
    const struct {
        const char *name;
        int32_t what;
    } lines[] = {{"entropy", ENSEMBLE_MEASURE_ENTROPY},
                 {"mean_entropy", ENSEMBLE_MEASURE_MEAN_ENTROPY},
                 {"mutual_information", ENSEMBLE_MEASURE_MUTUAL_INFORMATION}};
    struct ensemble *pair = of(3, 2, 2, pair_said, pair_weights), *equal = of(3, 1, 2, three, NULL);
    double conflict[2], variance[4];

    for (size_t l = 0; l < 3; l++) {
        double of_pair[2], of_three;

        MUST(ensemble_measure(pair, lines[l].what, of_pair, ENSEMBLE_F64, 2));
        MUST(ensemble_measure(equal, lines[l].what, &of_three, ENSEMBLE_F64, 1));
        printf("| `%s` | %s | %s | %s |\n", lines[l].name, decimals(of_pair[0], 7), decimals(of_pair[1], 7),
               decimals(of_three, 7));
    }
    MUST(ensemble_measure(pair, ENSEMBLE_MEASURE_CONFLICT, conflict, ENSEMBLE_F64, 2));
    printf("For the pair of rows it is %s and %s\n", decimals(conflict[0], 7), decimals(conflict[1], 7));
    MUST(ensemble_measure(pair, ENSEMBLE_MEASURE_VARIANCE, variance, ENSEMBLE_F64, 4));
    printf("For the pair of rows: %s for both classes, and %s.\n", decimals(variance[0], 4), decimals(variance[3], 4));
    ensemble_destroy(pair);
    ensemble_destroy(equal);
}

static void print_reasons(void)
{
    struct ensemble *e = of(3, 2, 2, pair_said, pair_weights);
    double contribution[6], influence[6];

    MUST(ensemble_measure(e, ENSEMBLE_MEASURE_CONTRIBUTION, contribution, ENSEMBLE_F64, 6));
    MUST(ensemble_measure(e, ENSEMBLE_MEASURE_INFLUENCE, influence, ENSEMBLE_F64, 6));
    printf("%s + %s + %s = .89\n", decimals(contribution[0], 2), decimals(contribution[1], 2),
           decimals(contribution[2], 2));
    printf("+%s, %s and +%s\n", decimals(influence[0], 7), decimals(influence[1], 4), decimals(influence[2], 7));
    ensemble_destroy(e);
}

static void print_similarities(void)
{
    const struct {
        const char *begin;
        int32_t measure;
    } lines[] = {{"`ENSEMBLE_SIMILARITY_CORRELATION` | Pearson's, over all rows and classes: -1 to 1",
                  ENSEMBLE_SIMILARITY_CORRELATION},
                 {"`ENSEMBLE_SIMILARITY_AGREEMENT` | the share of the rows with the same top class: 0 to 1",
                  ENSEMBLE_SIMILARITY_AGREEMENT},
                 {"`ENSEMBLE_SIMILARITY_DIFFERENCE` | the mean of abs(x_ij - x_kj): 0 and above",
                  ENSEMBLE_SIMILARITY_DIFFERENCE}};
    struct ensemble *e = of(3, 2, 2, pair_said, pair_weights);

    for (size_t l = 0; l < 3; l++) {
        double matrix[9];

        MUST(ensemble_similarity(e, lines[l].measure, matrix));
        printf("| %s | %s | %s | %s |\n", lines[l].begin, shortest(matrix[1], 6), shortest(matrix[2], 6),
               shortest(matrix[5], 6));
    }
    ensemble_destroy(e);
}

static const double *by;

static int by_value(const void *a, const void *b)
{
    const size_t i = *(const size_t *)a, k = *(const size_t *)b;

    return by[i] < by[k] ? -1 : by[i] > by[k] ? 1 : i < k ? -1 : 1; /* of equal ones the first row */
}

/* Of the 150 rows in which a measure is least, and most, so many are right. */
static void count_right(const struct ensemble *e, int32_t what, const int32_t *right, int counts[2])
{
    static double values[ROWS];
    static size_t order[ROWS];

    MUST(ensemble_measure(e, what, values, ENSEMBLE_F64, ROWS));
    for (size_t r = 0; r < ROWS; r++)
        order[r] = r;
    by = values;
    qsort(order, ROWS, sizeof *order, by_value);
    counts[0] = counts[1] = 0;
    for (size_t k = 0; k < 150; k++) {
        counts[0] += right[order[k]];
        counts[1] += right[order[ROWS - 1 - k]];
    }
}

static void print_which(const struct digits *digits)
{
    const struct {
        const char *name;
        int32_t what;
    } lines[] = {{"entropy", ENSEMBLE_MEASURE_ENTROPY},
                 {"mean_entropy", ENSEMBLE_MEASURE_MEAN_ENTROPY},
                 {"mutual_information", ENSEMBLE_MEASURE_MUTUAL_INFORMATION},
                 {"vote_disagreement", ENSEMBLE_MEASURE_VOTE_DISAGREEMENT},
                 {"variation_ratio", ENSEMBLE_MEASURE_VARIATION_RATIO},
                 {"conflict", ENSEMBLE_MEASURE_CONFLICT}};
    static int32_t label[2][ROWS];
    struct ensemble *e[2] = {make(digits, 0, ROWS), make(digits, 0, ROWS)};
    const double without_tree[] = {1, 1, 1, 1, 1, 0};
    int counts[2][2], right = 0;

    MUST(ensemble_set_weights(e[1], without_tree, MODELS));
    for (int k = 0; k < 2; k++) {
        MUST(ensemble_set_method(e[k], ENSEMBLE_MEAN));
        MUST(ensemble_measure(e[k], ENSEMBLE_MEASURE_LABEL, label[k], ENSEMBLE_I32, ROWS));
        for (size_t r = 0; r < ROWS; r++) {
            label[k][r] = label[k][r] == digits->truth[r];
            right += k == 0 && label[k][r];
        }
    }
    printf("MEAN and equal weights, %d rows are right\n", right);
    for (size_t l = 0; l < sizeof lines / sizeof *lines; l++) {
        for (int k = 0; k < 2; k++)
            count_right(e[k], lines[l].what, label[k], counts[k]);
        printf("| `%s` | %d | %d | %d | %d |\n", lines[l].name, counts[0][0], counts[0][1], counts[1][0], counts[1][1]);
    }
    ensemble_destroy(e[0]);
    ensemble_destroy(e[1]);
}

int main(void)
{
    static struct digits test;

    read_digits(&test, "test");
    print_entropies();
    print_reasons();
    print_similarities();
    print_which(&test);
    return 0;
}
