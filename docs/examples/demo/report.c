/* SPDX-License-Identifier: MIT */
/* Three images of all, chosen by rules, and the report about them as a person would want to read it. */
#include "report.h"

#include "digits.h"
#include "must.h"

#include <ensemble.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define N_TOP 3

/* Which image to show: of those that are decided rightly, or wrongly, the one with the largest score. */
struct rule {
    const char *name;
    const char *text;
    int right;
    double margin, confidence; /* what the score consists of */
};

static const struct rule rules[] = {
    {"An easy one", "of those that are decided rightly, the one with the largest margin", 1, 1, 0},
    {"A contested one", "of those that are decided rightly, the one with the smallest margin", 1, -1, 0},
    {"A wrong one", "of those that are decided wrongly, the one with the largest confidence", 0, 0, 1},
};

#define N_RULES (sizeof rules / sizeof rules[0])

/* The mean of what all models say, which are probabilities. */
static struct ensemble *create_mean(void)
{
    struct ensemble *e;

    MUST(ensemble_create(&e, N_CLASSES));
    MUST(ensemble_set_method(e, ENSEMBLE_MEAN));
    for (size_t i = 0; i < N_MODELS; i++) {
        MUST(ensemble_add_model_output(e, models[i].said.f4, ENSEMBLE_F32, models[i].said.rows));
        MUST(ensemble_set_input(e, i, ENSEMBLE_PROBABILITIES, 0));
    }
    /* Nothing is missing here, but label_without() asks what would be if it were. */
    MUST(ensemble_set_missing_policy(e, ENSEMBLE_LEAVE_OUT_MISSING, 0));
    return e;
}

/* A report with room for `rows` rows. */
static struct ensemble_report new_report(size_t rows)
{
    return (struct ensemble_report){
        .struct_size = sizeof(struct ensemble_report),
        .rows = rows,
        .models = N_MODELS,
        .label = must_allocate(rows, sizeof(int32_t)),
        .confidence = must_allocate(rows, sizeof(double)),
        .margin = must_allocate(rows, sizeof(double)),
        .entropy = must_allocate(rows, sizeof(double)),
        .mean_entropy = must_allocate(rows, sizeof(double)),
        .mutual_information = must_allocate(rows, sizeof(double)),
        .vote_disagreement = must_allocate(rows, sizeof(double)),
        .conflict = must_allocate(rows, sizeof(double)),
        .contribution = must_allocate(rows * N_MODELS, sizeof(double)),
        .influence = must_allocate(rows * N_MODELS, sizeof(double)),
        .flips = must_allocate(rows * N_MODELS, sizeof(uint8_t)),
        .top = N_TOP,
        .top_labels = must_allocate(rows * N_TOP, sizeof(int32_t)),
        .top_values = must_allocate(rows * N_TOP, sizeof(double)),
    };
}

static void free_report(struct ensemble_report *r)
{
    free(r->label);
    free(r->confidence);
    free(r->margin);
    free(r->entropy);
    free(r->mean_entropy);
    free(r->mutual_information);
    free(r->vote_disagreement);
    free(r->conflict);
    free(r->contribution);
    free(r->influence);
    free(r->flips);
    free(r->top_labels);
    free(r->top_values);
}

/* The answer about one image without one model. The report says only whether it is another one. */
static int32_t label_without(const struct ensemble *e, size_t model, size_t row)
{
    int32_t label;
    struct ensemble_output outputs[N_MODELS];
    struct ensemble_report report = {.struct_size = sizeof report, .rows = 1, .label = &label};
    const struct ensemble_call call = {
        .struct_size = sizeof call,
        .output_size = sizeof outputs[0],
        .outputs = outputs,
        .n_outputs = N_MODELS,
        .row_begin = row,
        .row_count = 1,
        .dtype = ENSEMBLE_F64,
        .report = &report,
    };

    for (size_t i = 0; i < N_MODELS; i++)
        outputs[i] = (struct ensemble_output){
            .data = i == model ? NULL : models[i].said.f4, .rows = models[i].said.rows, .dtype = ENSEMBLE_F32};
    MUST(ensemble_run(e, &call));
    return label;
}

/* The image of the lowest index that a rule chooses. */
static size_t choose(const struct rule *rule, const struct ensemble_report *r, const struct npy_array *labels)
{
    size_t chosen = labels->rows;
    double largest = 0;

    for (size_t row = 0; row < labels->rows; row++) {
        const double score = rule->margin * r->margin[row] + rule->confidence * r->confidence[row];

        if ((r->label[row] == labels->i4[row]) == rule->right && (chosen == labels->rows || score > largest)) {
            chosen = row;
            largest = score;
        }
    }
    if (chosen == labels->rows)
        fail(rule->name, "there is no such image");
    return chosen;
}

static void print_sure(const struct ensemble_report *r, size_t row)
{
    const int32_t *label = r->top_labels + row * N_TOP;
    const double *value = r->top_values + row * N_TOP;

    printf("  How sure       %d has %.3f. Next are %d with %.3f and %d with %.3f: a margin of %.3f.\n", (int)label[0],
           r->confidence[row], (int)label[1], value[1], (int)label[2], value[2], r->margin[row]);
}

static void print_contested(const struct ensemble_report *r, size_t row)
{
    if (r->vote_disagreement[row] == 0)
        printf("  How contested  All models choose the same digit.\n");
    else
        printf("  How contested  Of the pairs of models, %.0f %% choose different digits.\n",
               100 * r->vote_disagreement[row]);
    printf("                 Entropy %.2f of at most %.2f: %.2f since each is unsure, %.2f since they contradict.\n",
           r->entropy[row], log(N_CLASSES), r->mean_entropy[row], r->mutual_information[row]);
    if (isinf(r->conflict[row]))
        printf("                 Conflict infinite: each digit has probability 0 from some model.\n");
    else
        printf("                 Conflict %.2f: at least one digit is ruled out by no model.\n", r->conflict[row]);
}

/* A line for each model, and what it would be without it. */
static void print_why(const struct ensemble *e, const struct ensemble_report *r, size_t row)
{
    const int32_t label = r->label[row];

    printf("  Why            %-12s %7s %5s %8s%2d %7s %10s   %s\n", "", "chooses", "with", "gives", (int)label, "adds",
           "influence", "without it");
    for (size_t i = 0; i < N_MODELS; i++) {
        const float *said = models[i].said.f4 + row * N_CLASSES;
        const int32_t choice = arg_max(said), without = label_without(e, i, row);
        const size_t at = row * N_MODELS + i;

        if ((without != label) != r->flips[at])
            fail(models[i].name, "the report and a call without the model contradict each other");
        printf("                 %-12s %7d %5.2f %10.2f %7.3f %+10.3f   %s %d\n", models[i].name, (int)choice,
               (double)said[choice], (double)said[label], r->contribution[at], r->influence[at],
               r->flips[at] ? "it would be" : "still", (int)without);
    }
}

/* What it comes to. */
static void print_moral(const struct ensemble_report *r, size_t row, int right)
{
    const uint8_t *flips = r->flips + row * N_MODELS;
    int n = 0;

    for (size_t i = 0; i < N_MODELS; i++)
        n += flips[i];
    printf("  In short       ");
    if (n == 0)
        printf("It hangs on no single model.%s\n",
               right || r->vote_disagreement[row] > 0 ? "" : " All agree, and all are wrong: agreement is no proof.");
    else
        printf("It hangs on %d of %d models: without any one of those there would be another answer.\n", n, N_MODELS);
}

static void print_image(const struct ensemble *e, const struct ensemble_report *r, const struct rule *rule,
                        const struct npy_array *labels)
{
    const size_t row = choose(rule, r, labels);

    printf("\n%s: image %zu, %s.\n\n", rule->name, row, rule->text);
    if (rule->right)
        printf("  Decision       %d, which is right.\n", (int)r->label[row]);
    else
        printf("  Decision       %d, which is wrong: it is %s %d.\n", (int)r->label[row],
               labels->i4[row] == 8 ? "an" : "a", (int)labels->i4[row]);
    print_sure(r, row);
    print_contested(r, row);
    print_why(e, r, row);
    print_moral(r, row, rule->right);
}

void show_report(const struct npy_array *labels)
{
    struct ensemble *e = create_mean();
    struct ensemble_report report = new_report(labels->rows);
    const struct ensemble_call call = {.struct_size = sizeof call, .dtype = ENSEMBLE_F64, .report = &report};

    MUST(ensemble_run(e, &call));
    printf("\nHow sure, how contested, and why: the report on the mean of all %d models, for three of the images\n"
           "(the first image is image 0):\n",
           N_MODELS);
    for (size_t i = 0; i < N_RULES; i++)
        print_image(e, &report, &rules[i], labels);
    printf("\n"
           "  Entropy: 0 where everything is on one digit. Its two parts are the mean entropy of the models and their\n"
           "    mutual information. Conflict: 0 where all say the same.\n"
           "  Adds: the model's part of what the mean gives the decision. Influence: how much less the mean would\n"
           "    give it without the model; below 0, the model spoke against it.\n");
    free_report(&report);
    ensemble_destroy(e);
}
