/* SPDX-License-Identifier: MIT */
/*
 * What the programs of this folder do, in C: c DIGITS RESULT. docs/bindings.md shows all of them.
 *
 *  1. The article's example.
 *  2. The mean of six classifiers of digits, written to the file RESULT as it is in memory. DIGITS is the directory of
 *     the classifiers' outputs: .npy files, each a header of 128 bytes and the values.
 *  3. An error: its code, its words, and what is wrong in this case.
 *  4. A report, with the row on which the classifiers contradict each other most.
 */
#include <ensemble.h>

#include <stdio.h>
#include <stdlib.h>

#define ROWS 600
#define DIGITS 10
#define MODELS 6
#define HEADER 128

static const char *const names[MODELS] = {"logistic", "naive_bayes", "forest", "knn", "svm", "tree"};

/* Ends the program where a call of the library failed; C has no exceptions. Returns the index, if it is one. */
static size_t must(int code)
{
    if (code < 0) {
        fprintf(stderr, "%s\n", ensemble_strerror(code));
        exit(EXIT_FAILURE);
    }
    return (size_t)code;
}

static void example(void)
{
    /* quote: example */
    const float a[] = {1, 2, 3}, b[] = {4, 5, 6}, c[] = {7, 8, 9};
    const double weights[] = {.3, .4, .3};
    struct ensemble *e;
    float y[3];

    must(ensemble_create(&e, 3));
    must(ensemble_add_model_output(e, a, ENSEMBLE_F32, 1));
    must(ensemble_add_model_output(e, b, ENSEMBLE_F32, 1));
    must(ensemble_add_model_output(e, c, ENSEMBLE_F32, 1));
    must(ensemble_set_weights(e, weights, 3));
    must(ensemble_combine(e, y, ENSEMBLE_F32, 3));
    ensemble_destroy(e);
    /* quote: end */
    printf("example: %g %g %g\n", (double)y[0], (double)y[1], (double)y[2]);
}

static void load(void *values, size_t size, const char *directory, const char *name)
{
    char path[1024];
    FILE *file;

    snprintf(path, sizeof path, "%s/%s.test.npy", directory, name);
    file = fopen(path, "rb");
    if (file == NULL || fseek(file, HEADER, SEEK_SET) != 0 || fread(values, size, 1, file) != 1) {
        perror(path);
        exit(EXIT_FAILURE);
    }
    fclose(file);
}

static void error(void)
{
    const float one_row[3] = {1, 2, 3}, two_rows[6] = {1, 2, 3, 4, 5, 6};
    struct ensemble *e;
    float y[3];
    char why[128];
    int code;

    must(ensemble_create(&e, 3));
    must(ensemble_add_model_output(e, one_row, ENSEMBLE_F32, 1));
    must(ensemble_add_model_output(e, two_rows, ENSEMBLE_F32, 2));
    code = ensemble_combine(e, y, ENSEMBLE_F32, 3);
    ensemble_check(e, why, sizeof why);
    printf("error %d: %s: %s\n", code, ensemble_strerror(code), why);
    ensemble_destroy(e);
}

static void tell(const int32_t *label, const double *confidence, const double *information, const int32_t *truth)
{
    int right = 0, row = 0;

    for (int r = 0; r < ROWS; r++) {
        right += label[r] == truth[r];
        row = information[r] > information[row] ? r : row;
    }
    printf("digits: %d of %d right\n", right, ROWS);
    printf("report: row %d is a %d with %.6f, and the models disagree by %.6f\n", row, (int)label[row],
           confidence[row], information[row]);
}

static void digits(const char *directory, const char *result)
{
    static float said[MODELS][ROWS * DIGITS], mean[ROWS * DIGITS];
    static int32_t truth[ROWS], label[ROWS];
    static double confidence[ROWS], information[ROWS];
    struct ensemble *e;
    FILE *file;

    must(ensemble_create(&e, DIGITS));
    must(ensemble_set_method(e, ENSEMBLE_MEAN));
    for (size_t i = 0; i < MODELS; i++) {
        load(said[i], sizeof said[i], directory, names[i]);
        must(ensemble_add_model_output(e, said[i], ENSEMBLE_F32, ROWS));
        must(ensemble_set_input(e, i, ENSEMBLE_PROBABILITIES, 0));
    }
    load(truth, sizeof truth, directory, "labels");
    {
        const struct ensemble_report report = {.struct_size = sizeof report,
                                               .rows = ROWS,
                                               .label = label,
                                               .confidence = confidence,
                                               .mutual_information = information};
        const struct ensemble_call call = {.struct_size = sizeof call,
                                           .result = mean,
                                           .result_count = ROWS * DIGITS,
                                           .dtype = ENSEMBLE_F32,
                                           .report = &report};

        must(ensemble_run(e, &call));
    }
    ensemble_destroy(e);

    file = fopen(result, "wb");
    if (file == NULL || fwrite(mean, sizeof mean, 1, file) != 1 || fclose(file) != 0) {
        perror(result);
        exit(EXIT_FAILURE);
    }
    tell(label, confidence, information, truth);
}

int main(int argc, char **argv)
{
    if (argc != 3) {
        fprintf(stderr, "usage: c DIGITS RESULT\n");
        return 2;
    }
    example();
    error();
    digits(argv[1], argv[2]);
    return EXIT_SUCCESS;
}
