/* SPDX-License-Identifier: MIT */
#include "report.h"

#include "report_job.h"

#include <string.h>

#define FIELD(name) (1u << ENSEMBLE_MEASURE_##name)

enum {
    DECISION = PASS_COMBINE | PASS_LABEL | PASS_CONFIDENCE,
    DOUBT = PASS_COMBINE | PASS_MEAN_ENTROPY | PASS_MUTUAL,
    EVERYTHING = DECISION | PASS_MARGIN | PASS_TIED | PASS_ENTROPY | DOUBT | PASS_VOTES | PASS_DISAGREEMENT |
                 PASS_VARIATION | PASS_CONFLICT | PASS_SURE | PASS_SETTLED | PASS_VARIANCE | PASS_CONTRIBUTION |
                 PASS_INFLUENCE | PASS_FLIPS | PASS_TOP
};

/* -short: with what the mean allows, the model's term taken off, where plain C else combines the others anew. */
static const struct line lines[] = {
    {"nothing", 0, PASS_COMBINE, BY_RUN, 0, NO_GAPS},
    {"decision", FIELD(LABEL) | FIELD(CONFIDENCE) | FIELD(MARGIN), DECISION | PASS_MARGIN, BY_RUN, 0, NO_GAPS},
    {"everything", (2u << TOP) - 2, EVERYTHING, BY_RUN, 0, NO_GAPS},
    {"label", FIELD(LABEL), PASS_COMBINE | PASS_LABEL, BY_RUN, 0, NO_GAPS},
    {"confidence", FIELD(CONFIDENCE), PASS_COMBINE | PASS_CONFIDENCE, BY_RUN, 0, NO_GAPS},
    {"margin", FIELD(MARGIN), DECISION | PASS_MARGIN, BY_RUN, 0, NO_GAPS},
    {"tied", FIELD(TIED), PASS_COMBINE | PASS_CONFIDENCE | PASS_TIED, BY_RUN, 0, NO_GAPS},
    {"entropy", FIELD(ENTROPY), PASS_COMBINE | PASS_ENTROPY, BY_RUN, 0, NO_GAPS},
    {"mean-entropy", FIELD(MEAN_ENTROPY), PASS_COMBINE | PASS_MEAN_ENTROPY, BY_RUN, 0, NO_GAPS},
    {"mutual-information", FIELD(MUTUAL_INFORMATION), DOUBT, BY_RUN, 0, NO_GAPS},
    {"vote-disagreement", FIELD(VOTE_DISAGREEMENT), PASS_COMBINE | PASS_VOTES | PASS_DISAGREEMENT, BY_RUN, 0, NO_GAPS},
    {"variation-ratio", FIELD(VARIATION_RATIO), PASS_COMBINE | PASS_CONFIDENCE | PASS_VARIATION, BY_RUN, 0, NO_GAPS},
    {"conflict", FIELD(CONFLICT), PASS_COMBINE | PASS_CONFLICT, BY_RUN, 0, NO_GAPS},
    {"weight-present", FIELD(WEIGHT_PRESENT), PASS_PRESENT, BY_RUN, 0, A_NAN},
    {"models-present", FIELD(MODELS_PRESENT), PASS_PRESENT, BY_RUN, 0, A_NAN},
    {"row-fault", FIELD(ROW_FAULT), PASS_COMBINE | PASS_FAULT, BY_RUN, 0, NO_GAPS},
    {"settled", FIELD(SETTLED), DECISION | PASS_MARGIN | PASS_SETTLED, BY_RUN, 0, A_MISSING_MODEL},
    {"variance", FIELD(VARIANCE), PASS_COMBINE | PASS_VARIANCE, BY_RUN, 0, NO_GAPS},
    {"contribution", FIELD(CONTRIBUTION), PASS_COMBINE | PASS_LABEL | PASS_CONTRIBUTION, BY_RUN, 0, NO_GAPS},
    {"influence", FIELD(INFLUENCE), DECISION | PASS_INFLUENCE, BY_RUN, 0, NO_GAPS},
    {"influence-short", FIELD(INFLUENCE), DECISION | PASS_LESS_AT_LABEL, BY_RUN, 0, NO_GAPS},
    {"flips", FIELD(FLIPS), DECISION | PASS_FLIPS, BY_RUN, 0, NO_GAPS},
    {"flips-short", FIELD(FLIPS), DECISION | PASS_LESS_TERM, BY_RUN, 0, NO_GAPS},
    {"top", 1u << TOP, PASS_COMBINE | PASS_TOP, BY_RUN, 0, NO_GAPS},
    {"top_k()", 1u << TOP, PASS_COMBINE | PASS_TOP, BY_TOP_K, 0, NO_GAPS},
    {"settled()", FIELD(SETTLED), DECISION | PASS_MARGIN | PASS_SETTLED, BY_SETTLED, 0, A_MISSING_MODEL},
    {"correlation", 0, PASS_CENTRE | PASS_CORRELATION, BY_SIMILARITY, ENSEMBLE_SIMILARITY_CORRELATION, NO_GAPS},
    {"agreement", 0, PASS_VOTES | PASS_AGREEMENT, BY_SIMILARITY, ENSEMBLE_SIMILARITY_AGREEMENT, NO_GAPS},
    {"difference", 0, PASS_DIFFERENCE, BY_SIMILARITY, ENSEMBLE_SIMILARITY_DIFFERENCE, NO_GAPS},
};
enum { N_LINES = sizeof lines / sizeof *lines };

static const struct shape shapes[] = {{3, 1, 10, 0},    {6, 600, 10, 0},   {3, 1, 1000, 0},  {3, 64, 1000, 0},
                                      {8, 16, 1000, 0}, {3, 1, 128256, 0}, {3, 64, 1000, 1}, {3, 1, 128256, 1}};

/* The median of a contender; 0 if there is none. */
static double median(const struct cell *cell, const char *name, size_t turns)
{
    for (size_t c = 0; c < cell->n; c++)
        if (strcmp(cell->contenders[c].name, name) == 0)
            return cell->contenders[c].ns[turns / 2];
    return 0;
}

static void print_ns(double ns)
{
    if (ns != 0)
        printf("%11.1f", ns);
    else
        printf("%11s", "");
}

/* Nothing where one of both is not more than noise is of what was measured. */
static void print_ratio(double loop, double ours, double noise)
{
    if (loop > noise && ours > noise)
        printf("%9.2f", loop / ours);
    else
        printf("%9s", "");
}

static void print(const struct cell *cell, size_t turns)
{
    const double *last = cell->contenders[cell->n - 1].ns;
    const double ours = last[turns / 2], combine = median(cell, "combine", turns), sum = median(cell, "sum", turns);
    const double loop = median(cell, "loop", turns), fast = median(cell, "fast", turns);

    printf("  %-19s", cell->method);
    print_ns(combine);
    print_ns(median(cell, "no-result", turns));
    print_ns(ours);
    printf(" +-%2.0f %%", 50 * (last[turns * 3 / 4] - last[turns / 4]) / ours);
    print_ns(combine != 0 ? ours - combine : 0);
    print_ns(loop);
    print_ns(fast);
    print_ratio(loop, ours, 0);
    print_ratio(fast, ours, 0);
    print_ratio(combine != 0 ? loop - sum : 0, ours - combine, ours / 50);
    printf("\n");
    fflush(stdout);
}

static void run_shape(const struct shape *shape, const struct timing *timing, const char *only, const char *isa)
{
    struct job job;

    job_make(&job, shape);
    printf("%s, %zu models x ", shape->half ? "f16" : "f32", shape->models);
    if (shape->rows != 1)
        printf("%zu rows x ", shape->rows);
    printf("%zu\n  %-19s%11s%11s%11s%8s%11s%11s%11s%9s%9s%9s\n", shape->width, "", "combine", "no result", "with it",
           "", "adds", "loop", "fast", "x loop", "x fast", "x added");
    for (size_t l = 0; l < N_LINES; l++) {
        struct cell cell = {.method = lines[l].name,
                            .dtype = shape->half ? "f16" : "f32",
                            .models = shape->models,
                            .rows = shape->rows,
                            .width = shape->width,
                            .bytes = shape->models * shape->rows * shape->width * (shape->half ? 2 : 4),
                            .job = &job};

        if (only != NULL && strcmp(only, lines[l].name) != 0)
            continue;
        job_take(&job, &lines[l], &cell, isa);
        cell_measure(&cell, timing);
        print(&cell, timing->turns);
        job_give_back(&job);
    }
    job_free(&job);
}

void report_table(const struct timing *timing, const char *only, const char *isa)
{
    int found = only == NULL;

    for (size_t l = 0; l < N_LINES; l++)
        found |= only != NULL && strcmp(only, lines[l].name) == 0;
    if (!found)
        die("--only: no such line in the table (report.c)");
    puts("\nThe report of a MEAN of probabilities; nanoseconds of a call. combine: the library's without a report. no\n"
         "result: the report is all that is written; with it: the combined rows, too. adds: what that takes longer\n"
         "than the combine. loop: plain C, a pass over whole arrays for each step, from combining on; fast: the same\n"
         "with -ffast-math. x loop, x fast: their time over that of `with it`. x added: the loop's without its\n"
         "combine over `adds`. top_k(), settled() and the similarities write no rows.");
    for (size_t s = 0; s < sizeof shapes / sizeof *shapes; s++)
        run_shape(&shapes[s], timing, only, isa);
}
