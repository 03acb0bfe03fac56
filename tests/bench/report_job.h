/* SPDX-License-Identifier: MIT */
/* One line of the table of the report: what is asked, of which data, and who answers. */
#ifndef BENCH_REPORT_JOB_H
#define BENCH_REPORT_JOB_H

#include "cell.h"
#include "passes.h"

enum question { BY_RUN, BY_TOP_K, BY_SETTLED, BY_SIMILARITY };
enum gaps { NO_GAPS, A_NAN, A_MISSING_MODEL };
enum { TOP = ENSEMBLE_MEASURE_FLIPS + 1 }; /* the number of top_labels and top_values among the fields of a report */

/* A line of the table. */
struct line {
    const char *name;
    uint32_t fields; /* of the report: the sum of 1 << ENSEMBLE_MEASURE_..., and of 1 << TOP */
    uint32_t passes; /* what plain C does for it */
    enum question question;
    int32_t measure; /* of ensemble_similarity() */
    enum gaps gaps;  /* in the data; they have a policy, but for ensemble_settled() */
};

struct shape {
    size_t models;
    size_t rows;
    size_t width;
    int half; /* binary16, not float */
};

/* The data of a shape, and what the contenders of a line are given. */
struct job {
    struct shape shape;
    struct passes task;          /* with all arrays of the report */
    struct passes plain;         /* what the loops are given of it */
    struct ensemble_report some; /* the fields that the line asks for */
    void *memory[MAX_MODELS];    /* the models' outputs */
    double weights[MAX_MODELS];
    float task_weights[MAX_MODELS];
    const struct line *line;
    uint32_t covered; /* what lay where a NaN was put */
};

void job_make(struct job *job, const struct shape *shape);
void job_free(struct job *job);

/*
 * Makes it the job for a line, checks that all contenders say the same, and adds them to the cell: "combine" and "sum",
 * the library's combine and that of the loops and nothing else; "loop" and "fast", the passes; "no-result", the library
 * where it writes the report only; and the library.
 */
void job_take(struct job *job, const struct line *line, struct cell *cell, const char *isa);

/* What job_take() did to the data. */
void job_give_back(struct job *job);

#endif
