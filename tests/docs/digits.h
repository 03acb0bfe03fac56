/* SPDX-License-Identifier: MIT */
/*
 * For programs that compute the numbers of a document: what the six classifiers of docs/examples/digits say. The
 * programs run where docs/ is.
 */
#ifndef TESTS_DOCS_DIGITS_H
#define TESTS_DOCS_DIGITS_H

#include <ensemble.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DIGITS = 10, MODELS = 6, ROWS = 600 };

enum { LOGISTIC, NAIVE_BAYES, FOREST, KNN, SVM, TREE };

static const char *const names[MODELS] = {"logistic", "naive_bayes", "forest", "knn", "svm", "tree"};

struct digits {
    float said[MODELS][ROWS * DIGITS];
    int32_t truth[ROWS];
};

static inline int must_at(int code, int line)
{
    if (code >= 0)
        return code;
    printf("line %d: %s\n", line, ensemble_strerror(code));
    exit(1);
}

#define MUST(call) must_at(call, __LINE__)

/* NumPy's files: ten bytes, the last two of which say how long the rest of the head is; then the values. */
static inline void read_npy(const char *name, const char *part, void *to, size_t size)
{
    unsigned char head[10];
    char path[200];
    FILE *file;

    snprintf(path, sizeof path, "docs/examples/digits/%s.%s.npy", name, part);
    file = fopen(path, "rb");
    if (file == NULL || fread(head, 1, 10, file) != 10 || fseek(file, head[8] + 256L * head[9], SEEK_CUR) != 0 ||
        fread(to, 1, size, file) != size) {
        printf("%s cannot be read\n", path);
        exit(1);
    }
    fclose(file);
}

static inline void read_digits(struct digits *digits, const char *part)
{
    for (size_t i = 0; i < MODELS; i++)
        read_npy(names[i], part, digits->said[i], sizeof digits->said[i]);
    read_npy("labels", part, digits->truth, sizeof digits->truth);
}

/* An ensemble of the six, about `rows` rows from `begin` on. */
static inline struct ensemble *make(const struct digits *digits, size_t begin, size_t rows)
{
    struct ensemble *e;

    MUST(ensemble_create(&e, DIGITS));
    for (size_t i = 0; i < MODELS; i++) {
        MUST(ensemble_add_model_output(e, digits->said[i] + begin * DIGITS, ENSEMBLE_F32, rows));
        MUST(ensemble_set_input(e, i, ENSEMBLE_PROBABILITIES, 0));
    }
    return e;
}

static inline void bind(struct ensemble *e, const struct digits *digits)
{
    for (size_t i = 0; i < MODELS; i++)
        MUST(ensemble_set_model_output(e, i, digits->said[i], ENSEMBLE_F32, ROWS, 0));
}

static inline double score(struct ensemble *e, int32_t what, const int32_t *truth)
{
    double value;

    MUST(ensemble_score(e, what, truth, ENSEMBLE_I32, ROWS, &value));
    return value;
}

/* As the documents write numbers below 1: .4837 */
static inline char *decimals(double x, int n)
{
    static char text[64][32];
    static int at;
    char *to = text[at++ % 64];

    if (x != x)
        return strcpy(to, "NaN");
    if (x - x != 0)
        return strcpy(to, x > 0 ? "infinity" : "-infinity");
    snprintf(to, sizeof text[0], "%.*f", n, x);
    if (to[0] == '0' && to[1] == '.')
        return to + 1;
    if (strncmp(to, "-0.", 3) == 0)
        return to[1] = '-', to + 1;
    return to;
}

/* The same, without zeros at the end: .2, 3 */
static inline char *shortest(double x, int n)
{
    char *text = decimals(x, n), *end = text + strlen(text);

    if (strchr(text, '.') == NULL)
        return text;
    while (end[-1] == '0')
        *--end = 0;
    if (end[-1] == '.')
        *--end = 0;
    return strcmp(text, "") == 0 ? strcpy(text, "0") : text;
}

#endif
