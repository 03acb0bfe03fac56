/* SPDX-License-Identifier: MIT */
#include "learn.h"

#include "data.h"
#include "learn_data.h"
#include "learn_loops.h"
#include "learn_python.h"
#include "peers.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const struct line {
    enum learn_task task;
    const char *name;
    size_t models;
    size_t rows;
    size_t width;
    int32_t dtype;
} lines[] = {
    {LEARN_SQUARES, "squares", 16, 1000000, 1, ENSEMBLE_F32},
    {LEARN_SQUARES, "squares", 16, 1000000, 1, ENSEMBLE_F64},
    {LEARN_LOG_LOSS, "log-loss", 16, 100000, 10, ENSEMBLE_F32},
    {LEARN_SCORE_LOG_LOSS, "score-log-loss", 16, 100000, 10, ENSEMBLE_F32},
    {LEARN_SCORE_ACCURACY, "score-accuracy", 16, 100000, 10, ENSEMBLE_F32},
    {LEARN_GREEDY_LOG_LOSS, "greedy-log-loss", 32, 100000, 10, ENSEMBLE_F32},
    {LEARN_GREEDY_ACCURACY, "greedy-accuracy", 32, 100000, 10, ENSEMBLE_F32},
    {LEARN_UPDATE, "update", 16, 64, 10, ENSEMBLE_F32},
    {LEARN_SQUARES, "squares", 6, 600, 10, ENSEMBLE_F32},
    {LEARN_LOG_LOSS, "log-loss", 6, 600, 10, ENSEMBLE_F32},
    {LEARN_SCORE_LOG_LOSS, "score-log-loss", 6, 600, 10, ENSEMBLE_F32},
    {LEARN_SCORE_ACCURACY, "score-accuracy", 6, 600, 10, ENSEMBLE_F32},
    {LEARN_GREEDY_LOG_LOSS, "greedy-log-loss", 6, 600, 10, ENSEMBLE_F32},
    {LEARN_GREEDY_ACCURACY, "greedy-accuracy", 6, 600, 10, ENSEMBLE_F32},
};
enum { N_LINES = sizeof lines / sizeof *lines };

/* What learn_peers.py has. */
static const struct {
    enum learn_task task;
    const char *name;
} python_names[] = {
    {LEARN_SQUARES, "numpy"},
    {LEARN_SQUARES, "numpy-slsqp"},
    {LEARN_SQUARES, "numpy-ready"},
    {LEARN_SQUARES, "numpy-rows"},
    {LEARN_LOG_LOSS, "numpy-em"},
    {LEARN_LOG_LOSS, "numpy-slsqp"},
    {LEARN_GREEDY_LOG_LOSS, "numpy"},
    {LEARN_GREEDY_LOG_LOSS, "numpy-blocks"},
    {LEARN_GREEDY_ACCURACY, "numpy"},
    {LEARN_GREEDY_ACCURACY, "numpy-classes"},
    {LEARN_SCORE_LOG_LOSS, "numpy"},
    {LEARN_SCORE_ACCURACY, "numpy"},
};

struct job {
    const struct line *line;
    struct learn_data data;
    const char *isa;
};

/* A contender's own: the loop, if it is one, and the last answer. */
struct learner {
    const struct learn_loop *loop;
    double *answer;
};

static volatile uint64_t sink; /* keeps the line's reads alive */

static void must(const struct job *job, int code)
{
    if (code >= 0)
        return;
    fprintf(stderr, "bench: %s: %s\n", job->line->name, ensemble_strerror(code));
    exit(1);
}

static int is_score(enum learn_task task)
{
    return task == LEARN_SCORE_LOG_LOSS || task == LEARN_SCORE_ACCURACY;
}

static void call_fit(const struct job *job, struct ensemble *e, double *answer)
{
    const struct learn_data *data = &job->data;
    const enum learn_task task = job->line->task;
    const struct ensemble_fit_options options = {
        .struct_size = sizeof options,
        .how = task == LEARN_SQUARES || task == LEARN_LOG_LOSS ? ENSEMBLE_FIT_CONVEX : ENSEMBLE_FIT_GREEDY,
        .objective = task == LEARN_SQUARES           ? ENSEMBLE_SCORE_SQUARED_ERROR
                     : task == LEARN_GREEDY_ACCURACY ? ENSEMBLE_SCORE_ACCURACY
                                                     : ENSEMBLE_SCORE_LOG_LOSS,
        .rounds = task == LEARN_SQUARES || task == LEARN_LOG_LOSS ? 0 : LEARN_ROUNDS};

    if (data->labels != NULL)
        must(job, ensemble_fit(e, data->labels, ENSEMBLE_I32, data->rows, &options, NULL));
    else
        must(job, ensemble_fit(e, data->targets, data->dtype, data->rows, &options, NULL));
    must(job, ensemble_get_weights(e, answer, data->models));
}

static void call_library(const void *context, const struct contender *me)
{
    const struct job *job = context;
    const struct learn_data *data = &job->data;
    double *answer = ((const struct learner *)me->peer)->answer;

    if (job->line->task == LEARN_UPDATE)
        must(job, ensemble_update(me->ensemble, data->labels, ENSEMBLE_I32, data->rows, ENSEMBLE_SCORE_LOG_LOSS,
                                  LEARN_RATE, LEARN_SHARE));
    else if (is_score(job->line->task))
        must(job, ensemble_score(me->ensemble,
                                 job->line->task == LEARN_SCORE_ACCURACY ? ENSEMBLE_SCORE_ACCURACY
                                                                         : ENSEMBLE_SCORE_LOG_LOSS,
                                 data->labels, ENSEMBLE_I32, data->rows, answer));
    else
        call_fit(job, me->ensemble, answer);
}

static void call_loop(const void *context, const struct contender *me)
{
    const struct learner *learner = me->peer;

    learner->loop->run(&((const struct job *)context)->data, learner->answer);
}

static double time_python(const void *context, const struct contender *me, size_t calls)
{
    const struct job *job = context;
    const struct learner *learner = me->peer;

    return python_time(job->line->name, me->name, calls, job->data.goal, learner->answer,
                       is_score(job->line->task) ? 1 : job->data.models);
}

static size_t bytes_of(const struct learn_data *data)
{
    return data->rows * data->width * (data->dtype == ENSEMBLE_F32 ? sizeof(float) : sizeof(double));
}

static void call_line(const void *context, const struct contender *me)
{
    const struct learn_data *data = &((const struct job *)context)->data;

    (void)me;
    sink = sink ^ peer_read((const void *const *)data->in, data->models, bytes_of(data));
}

static struct ensemble *make(const struct job *job)
{
    const struct learn_data *data = &job->data;
    const struct ensemble_options options = {.struct_size = sizeof options, .isa = job->isa};
    struct ensemble *e = NULL;

    must(job, ensemble_create_with(&e, data->width, &options));
    for (size_t i = 0; i < data->models; i++)
        must(job, ensemble_add_model_output(e, data->in[i], data->dtype, data->rows));
    if (is_score(job->line->task))
        must(job, ensemble_set_weights(e, data->given, data->models));
    return e;
}

/* The objective of weights, or the score itself; NaN where there is none. */
static double value_of(const struct job *job, const double *answer)
{
    switch (job->line->task) {
    case LEARN_SQUARES: return learn_squared_error(&job->data, answer);
    case LEARN_LOG_LOSS:
    case LEARN_GREEDY_LOG_LOSS: return learn_log_loss(&job->data, answer);
    case LEARN_GREEDY_ACCURACY: return learn_accuracy(&job->data, answer);
    case LEARN_SCORE_LOG_LOSS:
    case LEARN_SCORE_ACCURACY: return *answer;
    default: return NAN;
    }
}

static void print_time(double ns)
{
    if (ns < 1e3)
        printf("%10.1f ns", ns);
    else if (ns < 1e6)
        printf("%10.2f us", ns / 1e3);
    else
        printf("%10.2f ms", ns / 1e6);
}

static void print(const struct job *job, const struct cell *cell, size_t turns)
{
    const struct contender *last = &cell->contenders[cell->n - 1];
    const int reads_all = job->line->task == LEARN_SQUARES || job->line->task == LEARN_SCORE_ACCURACY;
    const double ours = value_of(job, ((const struct learner *)last->peer)->answer);

    for (size_t c = 0; c < cell->n; c++) {
        const struct contender *me = &cell->contenders[c];
        const double median = me->ns[turns / 2];

        printf("  %-16s", me->name);
        print_time(median);
        printf("  +-%3.0f %%", 50 * (me->ns[turns * 3 / 4] - me->ns[turns / 4]) / median);
        if (reads_all)
            printf("%7.1f GB/s", (double)cell->bytes / median);
        else
            printf("%12s", "");
        printf("%9.2f x ours", median / last->ns[turns / 2]);
        if (me->yardstick) {
            puts("   a part");
        } else if (!isnan(ours)) {
            const double value = value_of(job, ((const struct learner *)me->peer)->answer);

            printf("   %.10f", value);
            if (me != last)
                printf(" (%+.1e)", value - ours);
            puts("");
        } else {
            puts("");
        }
    }
    fflush(stdout);
}

static struct learner *learner_of(const struct learn_loop *loop)
{
    struct learner *learner = get(sizeof *learner);

    learner->loop = loop;
    learner->answer = get(MAX_MODELS * sizeof *learner->answer);
    return learner;
}

static void add_loops(struct cell *cell, const struct job *job, const struct learn_loop *loops)
{
    for (const struct learn_loop *l = loops; l->name != NULL; l++)
        if (l->task == job->line->task)
            cell_add(cell, &(struct contender){.name = l->name,
                                               .call = call_loop,
                                               .peer = learner_of(l),
                                               .yardstick = l->part});
}

/* The library once, for the goal of those who are to reach what it has; and its first step beside that of the loop. */
static void try_library(struct job *job)
{
    struct learner *learner = learner_of(NULL);
    struct contender once = {.ensemble = make(job), .peer = learner};

    call_library(job, &once);
    job->data.goal = value_of(job, learner->answer) + 1e-8;
    if (job->line->task == LEARN_UPDATE) {
        double stepped[MAX_MODELS] = {0};

        must(job, ensemble_get_weights(once.ensemble, learner->answer, job->data.models));
        for (const struct learn_loop *l = learn_loops; l->name != NULL; l++)
            if (l->task == LEARN_UPDATE)
                l->run(&job->data, stepped);
        for (size_t i = 0; i < job->data.models; i++)
            if (fabs(stepped[i] - learner->answer[i]) > 1e-6)
                die("update: the library and the loop do not take the same step");
    }
    ensemble_destroy(once.ensemble);
    free(learner->answer);
    free(learner);
}

static void run_line(struct job *job, const struct timing *timing, int python)
{
    const struct line *line = job->line;
    struct cell cell = {.method = line->name,
                        .dtype = line->dtype == ENSEMBLE_F32 ? "f32" : "f64",
                        .models = line->models,
                        .rows = line->rows,
                        .width = line->width,
                        .bytes = line->models * bytes_of(&job->data),
                        .job = job};
    struct ensemble *e = make(job);

    printf("%s, %s, %zu models x %zu rows x %zu\n", cell.method, cell.dtype, cell.models, cell.rows, cell.width);
    try_library(job);
    if (line->task == LEARN_SQUARES || line->task == LEARN_SCORE_ACCURACY)
        cell_add(&cell, &(struct contender){
                            .name = "line", .call = call_line, .peer = learner_of(NULL), .yardstick = 1});
    add_loops(&cell, job, learn_loops);
    add_loops(&cell, job, learn_loops_fast);
    for (size_t p = 0; python && p < sizeof python_names / sizeof *python_names; p++)
        if (python_names[p].task == line->task)
            cell_add(&cell, &(struct contender){.name = python_names[p].name,
                                                .time = time_python,
                                                .peer = learner_of(NULL)});
    cell_add(&cell, &(struct contender){
                        .name = ensemble_isa(e), .call = call_library, .ensemble = e, .peer = learner_of(NULL)});
    cell_measure(&cell, timing);
    print(job, &cell, timing->turns);
    for (size_t c = 0; c < cell.n; c++) {
        free(((const struct learner *)cell.contenders[c].peer)->answer);
        free((void *)cell.contenders[c].peer);
    }
}

static int same_data(const struct learn_data *data, const struct line *line)
{
    return data->rows == line->rows && data->width == line->width && data->models == line->models &&
           data->dtype == line->dtype;
}

void learn_table(const struct timing *timing, const char *only, const char *isa, const char *python)
{
    struct job job = {.isa = isa};
    int found = 0, beside;

    for (size_t l = 0; l < N_LINES; l++)
        found |= only == NULL || strcmp(only, lines[l].name) == 0;
    if (!found)
        die("--only: no such task in the table (learn.c)");
    printf("\nLearning: %zu interleaved turns. line: reads all outputs and does nothing else; gram-...: plain C that\n"
           "forms the Gram matrix and does not solve it; -fast: with -ffast-math. numpy-ready and -rows find the\n"
           "float64 matrix made. x ours: the time over that of the library, the last line. Then the objective or\n"
           "score that was reached, and how that differs from the library's.\n",
           timing->turns);
    beside = python_start(python);
    for (size_t l = 0; l < N_LINES; l++) {
        if (only != NULL && strcmp(only, lines[l].name) != 0)
            continue;
        job.line = &lines[l];
        if (!same_data(&job.data, job.line)) {
            learn_data_free(&job.data);
            job.data = (struct learn_data){.rows = job.line->rows,
                                           .width = job.line->width,
                                           .models = job.line->models,
                                           .dtype = job.line->dtype};
            learn_data_make(&job.data);
            if (beside)
                python_data(&job.data);
        }
        run_line(&job, timing, beside);
    }
    learn_data_free(&job.data);
}
