/* SPDX-License-Identifier: MIT */
/*
 * onnxruntime_bench ENGINE OPERATORS MODELS [ROUNDS]: what a combination adds to a request, as one ensemble.Combine and
 * as the nodes that ONNX Runtime has for it, in all ways that were thought of. The graphs are those of onnx_models.py.
 *
 * Each graph has the models' outputs as its inputs. The time of a graph that hands its first input on (Identity) is
 * subtracted: what remains is added by the combination. In every round each graph has its turn, of as many requests as
 * take a fifth of a millisecond; the differences are those within a round. Medians are shown, and the quartiles. The
 * sessions' threads do not spin while they wait, since there are as many sessions as graphs.
 */
#define _POSIX_C_SOURCE 200809L

#include "ort.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { MODELS_MAX = 8, GRAPHS = 5, CALLERS_MAX = 4, ROUNDS_MAX = 2000 };

/*
 * Graphs side by side: with a base, that is the first one, and its time is subtracted; then ours, then ONNX Runtime's.
 * What follows the first _ of a name is the way. Inputs are x0, x1, ...; and one, x, where there is no base.
 */
struct contest {
    const char *title;
    const char *graphs[GRAPHS];
    size_t n;
    size_t base; /* 1: the first graph is it; 0: there is none */
};

static const struct contest contests[] = {
    {"mean", {"identity", "mean_ours", "mean_Mean", "mean_Sum_Mul"}, 4, 1},
    {"weighted", {"identity", "weighted_ours", "weighted_Mul_Add", "weighted_Mul_Sum", "weighted_Concat_MatMul"}, 5, 1},
    {"softmax", {"identity", "softmax_ours", "softmax_Softmax_Mean", "softmax_Softmax_Sum_Mul"}, 4, 1},
};

/* Five classifiers of digits and their combination: what a whole request takes. The result is y or z, of 10 classes. */
static const struct contest digits = {"digits", {"digits_ours", "digits_Mul_Sum"}, 2, 0};
enum { DIGITS = 10 };

struct shape {
    size_t models, rows, width;
    int pool; /* threads of the session */
    size_t callers;
};

struct caller {
    pthread_t thread;
    float *memory; /* of all tensors */
    struct ort_value *values[MODELS_MAX], *y;
    double seconds;
};

struct field {
    const struct contest *contest;
    struct shape shape;
    struct ort_session *sessions[GRAPHS];
    size_t repeats[GRAPHS];
    struct caller callers[CALLERS_MAX];
    pthread_barrier_t begin, end;
    size_t graph; /* whose turn it is; GRAPHS: nobody's any more */
};

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void request(const struct field *field, struct caller *caller, size_t graph)
{
    static const char *const names[] = {"x0", "x1", "x2", "x3", "x4", "x5", "x6", "x7"}, *const x = "x";
    static const char *const y = "y", *const z = "z";
    const struct ort_value *inputs[MODELS_MAX];
    const int is_whole = field->contest->base == 0;

    for (size_t i = 0; i < field->shape.models; i++)
        inputs[i] = caller->values[i];
    ort_must(ort_api->run(field->sessions[graph], NULL, is_whole ? &x : names, inputs, field->shape.models,
                          is_whole && graph > 0 ? &z : &y, 1, &caller->y),
             "run");
}

static void take_turn(const struct field *field, struct caller *caller)
{
    const double start = now();

    for (size_t i = 0; i < field->repeats[field->graph]; i++)
        request(field, caller, field->graph);
    caller->seconds = (now() - start) / (double)field->repeats[field->graph];
}

struct post {
    struct field *field;
    struct caller *caller;
};

static void *follow(void *argument)
{
    const struct post *post = argument;

    for (;;) {
        pthread_barrier_wait(&post->field->begin);
        if (post->field->graph == GRAPHS)
            return NULL;
        take_turn(post->field, post->caller);
        pthread_barrier_wait(&post->field->end);
    }
}

/* All callers at once; the mean of their seconds per request. */
static double turn_of(struct field *field, size_t graph)
{
    double sum = 0;

    field->graph = graph;
    pthread_barrier_wait(&field->begin);
    take_turn(field, &field->callers[0]);
    pthread_barrier_wait(&field->end);
    for (size_t c = 0; c < field->shape.callers; c++)
        sum += field->callers[c].seconds;
    return sum / (double)field->shape.callers;
}

static void make_caller(struct field *field, struct caller *caller)
{
    const struct shape *s = &field->shape;
    const size_t count = s->rows * s->width;
    const size_t width = field->contest->base == 1 ? s->width : DIGITS;
    const int64_t dims[] = {(int64_t)s->rows, (int64_t)s->width}, result[] = {(int64_t)s->rows, (int64_t)width};

    caller->memory = calloc((s->models + 1) * count, sizeof *caller->memory);
    if (caller->memory == NULL)
        exit(1);
    for (size_t k = 0; k < s->models * count; k++)
        caller->memory[k] = (float)(k * 7919 % 1009) / 1009;
    for (size_t i = 0; i < s->models; i++)
        caller->values[i] = ort_tensor(caller->memory + i * count, count * sizeof(float), ORT_F32, dims, 2);
    caller->y = ort_tensor(caller->memory + s->models * count, s->rows * width * sizeof(float), ORT_F32, result, 2);
}

static void free_caller(struct field *field, struct caller *caller)
{
    for (size_t i = 0; i < field->shape.models; i++)
        ort_api->release_value(caller->values[i]);
    ort_api->release_value(caller->y);
    free(caller->memory);
}

static int compare(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static const char *text_of(double seconds, char text[32])
{
    const double us = 1e6 * seconds;

    snprintf(text, 32, us < 1 && us > -1 ? "%.2f us" : us < 1000 ? "%.1f us" : "%.0f us", us);
    return text;
}

/* Prints a graph's median with its quartiles. */
static void tell(const char *graph, const double *seconds, size_t n)
{
    char median[32], low[32], high[32];

    printf("%s %s (%s to %s)", graph, text_of(seconds[n / 2], median), text_of(seconds[n / 4], low),
           text_of(seconds[n - 1 - n / 4], high));
}

/* A row of the table: the base, ours, the best of the others, how much longer a request takes with that; the others. */
static void tell_all(const struct field *field, const struct contest *contest, double (*seconds)[ROUNDS_MAX], size_t n)
{
    const size_t ours = contest->base, middle = n / 2;
    const double base = contest->base == 1 ? seconds[0][middle] : 0;
    size_t best = ours + 1;

    for (size_t g = ours + 1; g < contest->n; g++)
        best = seconds[g][middle] < seconds[best][middle] ? g : best;
    printf("| %s | %zu x %zu x %zu | %zu | %d | ", contest->title, field->shape.models, field->shape.rows,
           field->shape.width, field->shape.callers, field->shape.pool);
    if (contest->base == 1)
        tell("", seconds[0], n);
    printf(" |");
    tell("", seconds[ours], n);
    printf(" | ");
    tell(strchr(contest->graphs[best], '_') + 1, seconds[best], n);
    printf(" | %.2f |", (base + seconds[best][middle]) / (base + seconds[ours][middle]));
    for (size_t g = ours + 1; g < contest->n; g++)
        if (g != best) {
            printf(" ");
            tell(strchr(contest->graphs[g], '_') + 1, seconds[g], n);
        }
    printf(" |\n");
    fflush(stdout);
}

static void measure(struct field *field, const struct contest *contest, size_t rounds)
{
    static double seconds[GRAPHS][ROUNDS_MAX];

    for (size_t g = 0; g < contest->n; g++) {
        field->repeats[g] = 3;
        turn_of(field, g);
        field->repeats[g] = 1 + (size_t)(2e-4 / (turn_of(field, g) + 1e-9));
    }
    for (size_t r = 0; r < rounds; r++) {
        for (size_t g = 0; g < contest->n; g++)
            seconds[g][r] = turn_of(field, g);
        for (size_t g = 1; g < contest->n && contest->base == 1; g++)
            seconds[g][r] -= seconds[0][r];
    }
    for (size_t g = 0; g < contest->n; g++)
        qsort(seconds[g], rounds, sizeof seconds[g][0], compare);
    tell_all(field, contest, seconds, rounds);
}

static void run_contest(const struct contest *contest, const struct shape *shape, const char *models,
                        const char *library, size_t rounds)
{
    struct field field = {.contest = contest, .shape = *shape};
    struct post posts[CALLERS_MAX];

    pthread_barrier_init(&field.begin, NULL, (unsigned)shape->callers);
    pthread_barrier_init(&field.end, NULL, (unsigned)shape->callers);
    for (size_t g = 0; g < contest->n; g++) {
        const struct ort_setup setup = {.library = library, .threads = shape->pool, .asleep = 1};
        char path[256];

        if (contest->base == 0)
            snprintf(path, sizeof path, "%s/%s.onnx", models, contest->graphs[g]);
        else
            snprintf(path, sizeof path, "%s/bench%zu_%s.onnx", models, shape->models, contest->graphs[g]);
        field.sessions[g] = ort_make(path, &setup);
    }
    for (size_t c = 0; c < shape->callers; c++) {
        make_caller(&field, &field.callers[c]);
        posts[c] = (struct post){.field = &field, .caller = &field.callers[c]};
        if (c > 0 && pthread_create(&field.callers[c].thread, NULL, follow, &posts[c]) != 0)
            exit(1);
    }
    measure(&field, contest, rounds);
    field.graph = GRAPHS;
    pthread_barrier_wait(&field.begin);
    for (size_t c = 0; c < shape->callers; c++) {
        if (c > 0)
            pthread_join(field.callers[c].thread, NULL);
        free_caller(&field, &field.callers[c]);
    }
    for (size_t g = 0; g < contest->n; g++)
        ort_api->release_session(field.sessions[g]);
    pthread_barrier_destroy(&field.begin);
    pthread_barrier_destroy(&field.end);
}

int main(int argc, char **argv)
{
    static const struct shape shapes[] = {
        {3, 1, 10, 1, 1},      {3, 64, 10, 1, 1},    {3, 1, 1000, 1, 1},  {3, 64, 1000, 1, 1}, {8, 1, 10, 1, 1},
        {8, 64, 10, 1, 1},     {8, 1, 1000, 1, 1},   {8, 64, 1000, 1, 1}, {3, 1, 10, 1, 4},    {3, 64, 10, 1, 4},
        {3, 1, 1000, 1, 4},    {3, 64, 1000, 1, 4},  {8, 1, 10, 1, 4},    {8, 64, 1000, 1, 4}, {3, 64, 1000, 2, 1},
        {3, 64, 128256, 1, 1}, {3, 64, 128256, 2, 1}};
    static const struct shape digit_shapes[] = {
        {1, 1, 60, 1, 1}, {1, 64, 60, 1, 1}, {1, 1, 60, 1, 4}, {1, 64, 60, 1, 4}};
    size_t rounds = argc > 4 ? strtoul(argv[4], NULL, 10) : 300;

    if (argc < 4 || rounds == 0 || rounds > ROUNDS_MAX) {
        fprintf(stderr, "onnxruntime_bench ENGINE OPERATORS MODELS [ROUNDS]\n");
        return 1;
    }
    ort_open(argv[1]);
    printf("ONNX Runtime %s\n\n", ort_base->get_version_string());
    printf("| combination | models x rows x width | callers | pool | Identity takes | Combine adds | the best of the "
           "others adds | a request with it / with Combine | the others |\n|---|---|---|---|---|---|---|---|---|\n");
    for (size_t c = 0; c < sizeof contests / sizeof contests[0]; c++)
        for (size_t s = 0; s < sizeof shapes / sizeof shapes[0]; s++)
            run_contest(&contests[c], &shapes[s], argv[3], argv[2],
                        shapes[s].rows * shapes[s].width > 1000000 ? (rounds + 29) / 30 : rounds);
    printf("\nWhole requests, with nothing subtracted:\n\n");
    for (size_t s = 0; s < sizeof digit_shapes / sizeof digit_shapes[0]; s++)
        run_contest(&digits, &digit_shapes[s], argv[3], argv[2], rounds);
    return 0;
}
