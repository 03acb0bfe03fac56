/* SPDX-License-Identifier: MIT */
/* The tables of docs/methods.md. */
#include "digits.h"

#include <math.h>

struct method {
    const char *name;
    int32_t method;
    double exponent;
};

static const struct method all[] = {
    {"SUM", ENSEMBLE_SUM, 0},           {"MEAN", ENSEMBLE_MEAN, 0},
    {"GEOMETRIC", ENSEMBLE_GEOMETRIC, 0}, {"HARMONIC", ENSEMBLE_HARMONIC, 0},
    {"POWER, exponent 2", ENSEMBLE_POWER, 2}, {"LOG_POOL", ENSEMBLE_LOG_POOL, 0},
    {"PRODUCT", ENSEMBLE_PRODUCT, 0},   {"MEDIAN", ENSEMBLE_MEDIAN, 0},
    {"TRIMMED", ENSEMBLE_TRIMMED, 0},   {"MIN", ENSEMBLE_MIN, 0},
    {"MAX", ENSEMBLE_MAX, 0},           {"VOTE", ENSEMBLE_VOTE, 0},
    {"RANK", ENSEMBLE_RANK, 0},
};

static const size_t methods = sizeof all / sizeof *all;

/* An ensemble of `n` models of one row each. */
static struct ensemble *of(size_t n, size_t width, const double *rows, const double *weights)
{
    struct ensemble *e;

    MUST(ensemble_create(&e, width));
    for (size_t i = 0; i < n; i++)
        MUST(ensemble_add_model_output(e, rows + i * width, ENSEMBLE_F64, 1));
    MUST(ensemble_set_weights(e, weights, weights ? n : 0));
    return e;
}

static void set(struct ensemble *e, const struct method *method)
{
    MUST(ensemble_set_method(e, method->method));
    if (method->exponent != 0)
        MUST(ensemble_set_parameter(e, ENSEMBLE_EXPONENT, method->exponent));
}

/* The combined row in three decimals, with something between. */
static const char *row(const struct ensemble *e, size_t width, const char *between)
{
    static char lines[8][128];
    static int at;
    char *line = lines[at++ % 8];
    double y[4];
    size_t length = 0;

    MUST(ensemble_combine(e, y, ENSEMBLE_F64, width));
    for (size_t j = 0; j < width; j++)
        length += (size_t)snprintf(line + length, sizeof lines[0] - length, "%s%s", j ? between : "",
                                   shortest(y[j], 3));
    return line;
}

static void print_example(void)
{
    const double said[] = {.7, .2, .1, .6, .3, .1, .1, .1, .8}, weights[] = {2, 1, 1};
    struct ensemble *equal = of(3, 3, said, NULL), *weighted = of(3, 3, said, weights);

    for (size_t m = 0; m < methods; m++) {
        set(equal, &all[m]);
        set(weighted, &all[m]);
        printf("| %s | %s | %s |\n", all[m].name, row(equal, 3, " "), row(weighted, 3, " "));
    }
    MUST(ensemble_set_method(equal, ENSEMBLE_PRODUCT));
    MUST(ensemble_set_result(equal, ENSEMBLE_RESULT_NORMALISED, 0));
    printf("PRODUCT is then %s, and GEOMETRIC is LOG_POOL\n", row(equal, 3, " "));
    ensemble_destroy(equal);
    ensemble_destroy(weighted);
}

static void print_special(void)
{
    const struct {
        const char *begin;
        struct method method;
    } lines[] = {{"SUM, MEAN | any", {"", ENSEMBLE_MEAN, 0}},
                 {"GEOMETRIC | not negative", {"", ENSEMBLE_GEOMETRIC, 0}},
                 {"HARMONIC | not negative", {"", ENSEMBLE_HARMONIC, 0}},
                 {"POWER, exponent 2 | not negative", {"", ENSEMBLE_POWER, 2}},
                 {"POWER, exponent -2 | not negative", {"", ENSEMBLE_POWER, -2}},
                 {"PRODUCT | 0 or not; not negative", {"", ENSEMBLE_PRODUCT, 0}},
                 {"MEDIAN | not negative", {"", ENSEMBLE_MEDIAN, 0}},
                 {"TRIMMED | not negative", {"", ENSEMBLE_TRIMMED, 0}},
                 {"MIN | 0 or not; not negative", {"", ENSEMBLE_MIN, 0}},
                 {"MAX | 0 or not; not negative", {"", ENSEMBLE_MAX, 0}}};
    const double said[] = {-2, -1, 0, INFINITY, -8, 4, 4, 4};
    struct ensemble *e = of(2, 4, said, NULL);

    for (size_t m = 0; m < sizeof lines / sizeof *lines; m++) {
        set(e, &lines[m].method);
        printf("| %s | %s |\n", lines[m].begin, row(e, 4, " | "));
    }
    ensemble_destroy(e);
}

static void print_forms(void)
{
    const struct {
        const char *name;
        int32_t form;
        double temperature;
    } forms[] = {{"AS_IS", ENSEMBLE_RESULT_AS_IS, 0},
                 {"NORMALISED: divided by its sum", ENSEMBLE_RESULT_NORMALISED, 0},
                 {"LOG: natural logarithm", ENSEMBLE_RESULT_LOG, 0},
                 {"SOFTMAX, T = 1", ENSEMBLE_RESULT_SOFTMAX, 1},
                 {"SOFTMAX, T = 2", ENSEMBLE_RESULT_SOFTMAX, 2},
                 {"TEMPERED, T = 2: square roots, divided by their sum", ENSEMBLE_RESULT_TEMPERED, 2},
                 {"TEMPERED, T = 1/2: squares, divided by their sum", ENSEMBLE_RESULT_TEMPERED, .5}};
    const double said[] = {3, 5};
    struct ensemble *e = of(1, 2, said, NULL);

    for (size_t f = 0; f < sizeof forms / sizeof *forms; f++) {
        MUST(ensemble_set_result(e, forms[f].form, forms[f].temperature));
        printf("| %s | %s |\n", forms[f].name, row(e, 2, " "));
    }
    ensemble_destroy(e);
}

static void print_temperatures(void)
{
    const double said[] = {2, 1, 0};
    struct ensemble *e = of(1, 3, said, NULL);
    const double temperatures[] = {1, 2, .5};
    double y[3];

    printf("The logits 2 1 0 are");
    for (size_t t = 0; t < 3; t++) {
        const char *const after[] = {" with T = 1,", " with 2, and", " with 1/2"};

        MUST(ensemble_set_input(e, 0, ENSEMBLE_LOGITS, temperatures[t]));
        MUST(ensemble_combine(e, y, ENSEMBLE_F64, 3));
        printf(" %s %s %s%s", decimals(y[0], 3), decimals(y[1], 3), decimals(y[2], 3), after[t]);
    }
    printf("\n");
    ensemble_destroy(e);
}

/* Four models of equal weight, with a policy. */
static void print_quorums(void)
{
    const struct {
        const char *name;
        int missing[4];
        double quorum;
    } lines[] = {{"none", {0, 0, 0, 0}, .75},
                 {"the last one: 1/4 > 1/4 is not true", {0, 0, 0, 1}, .75},
                 {"the first and the last: 2/4 > 1/4", {1, 0, 0, 1}, .75},
                 {"the same two, with a quorum of .5", {1, 0, 0, 1}, .5},
                 {"all, with a quorum of 0", {1, 1, 1, 1}, 0}};
    const double said[] = {1, 2, 3, 6};

    for (size_t l = 0; l < sizeof lines / sizeof *lines; l++) {
        struct ensemble *e = of(4, 1, said, NULL);
        double y;
        int code;

        for (size_t i = 0; i < 4; i++)
            if (lines[l].missing[i])
                MUST(ensemble_set_model_output(e, i, NULL, ENSEMBLE_F64, 1, 0));
        MUST(ensemble_set_method(e, ENSEMBLE_MEAN));
        MUST(ensemble_set_missing_policy(e, ENSEMBLE_LEAVE_OUT_MISSING, lines[l].quorum));
        code = ensemble_combine(e, &y, ENSEMBLE_F64, 1);
        printf("| %s | %s |\n", lines[l].name,
               code == ENSEMBLE_EQUORUM ? "`ENSEMBLE_EQUORUM`" : (MUST(code), shortest(y, 3)));
        ensemble_destroy(e);
    }
}

/* A model of three classes, and one that knows only the second. */
static void print_maps(void)
{
    const double one[] = {.2, .3, .5}, other[] = {1};
    const int32_t map[] = {1};
    struct ensemble *e;

    MUST(ensemble_create(&e, 3));
    MUST(ensemble_add_model_output(e, one, ENSEMBLE_F64, 1));
    MUST(ensemble_add_model_output(e, NULL, ENSEMBLE_F64, 1));
    MUST(ensemble_set_class_map(e, 1, map, 1));
    MUST(ensemble_set_model_output(e, 1, other, ENSEMBLE_F64, 1, 0));
    for (size_t m = 1; m < methods; m++) {
        const char *rows[2];

        if (strchr(all[m].name, ',') || all[m].method == ENSEMBLE_HARMONIC || all[m].method == ENSEMBLE_TRIMMED)
            continue; /* the table does not have them */
        set(e, &all[m]);
        for (int left_out = 0; left_out < 2; left_out++) {
            MUST(ensemble_set_missing_policy(e, left_out ? ENSEMBLE_LEAVE_OUT_ABSENT : 0, 0));
            rows[left_out] = row(e, 3, " ");
        }
        printf("| %s | %s | %s |\n", all[m].name, rows[0], rows[1]);
    }
    ensemble_destroy(e);
}

int main(void)
{
    print_example();
    print_special();
    print_forms();
    print_temperatures();
    print_quorums();
    print_maps();
    return 0;
}
