/* SPDX-License-Identifier: MIT */
#include "learn_loops.h"

#include "data.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#ifdef LOOPS_FAST
#define TABLE learn_loops_fast
#define NAME(name) name "-fast"
#else
#define TABLE learn_loops
#define NAME(name) name
#endif

enum { BLOCK = 1024 };

static volatile double sink; /* keeps a Gram matrix alive */

static void sink_matrix(const double *g, size_t n)
{
    double sum = 0;

    for (size_t i = 0; i < n; i++)
        sum += g[i];
    sink = sum;
}

/* Row after row: the values of all models and of the target, then their products. */
static void gram_rows(const struct learn_data *data, double *answer)
{
    const size_t n = data->models;
    static double g[(MAX_MODELS + 1) * (MAX_MODELS + 1)];

    (void)answer;
    memset(g, 0, sizeof g);
    for (size_t k = 0; k < data->rows * data->width; k++) {
        double x[MAX_MODELS + 1];

        for (size_t i = 0; i < n; i++)
            x[i] = learn_value(data, data->in[i], k);
        x[n] = data->labels != NULL ? (double)((size_t)data->labels[k / data->width] == k % data->width)
                                    : learn_value(data, data->targets, k);
        for (size_t i = 0; i <= n; i++)
            for (size_t j = 0; j <= i; j++)
                g[i * (MAX_MODELS + 1) + j] += x[i] * x[j];
    }
    sink_matrix(g, sizeof g / sizeof *g);
}

static double dot(const double *x, const double *y, size_t length)
{
    double sum = 0;

    for (size_t k = 0; k < length; k++)
        sum += x[k] * y[k];
    return sum;
}

/* Block after block, as double: for each pair of models a product that adds up. */
static void gram_pairs(const struct learn_data *data, double *answer)
{
    const size_t n = data->models, length = data->rows * data->width;
    static double g[(MAX_MODELS + 1) * (MAX_MODELS + 1)], x[MAX_MODELS + 1][BLOCK];

    (void)answer;
    memset(g, 0, sizeof g);
    for (size_t begin = 0; begin < length; begin += BLOCK) {
        const size_t m = length - begin < BLOCK ? length - begin : BLOCK;

        for (size_t i = 0; i <= n; i++) {
            const void *from = i < n ? data->in[i] : data->targets;

            if (from == NULL)
                for (size_t k = 0; k < m; k++)
                    x[i][k] = (size_t)data->labels[(begin + k) / data->width] == (begin + k) % data->width;
            else if (data->dtype == ENSEMBLE_F32)
                for (size_t k = 0; k < m; k++)
                    x[i][k] = (double)((const float *)from)[begin + k];
            else
                memcpy(x[i], (const double *)from + begin, m * sizeof(double));
        }
        for (size_t i = 0; i <= n; i++)
            for (size_t j = 0; j <= i; j++)
                g[i * (MAX_MODELS + 1) + j] += dot(x[i], x[j], m);
    }
    sink_matrix(g, sizeof g / sizeof *g);
}

/* What each model says of the label. With `by_model` a model's values lie together, else a row's. */
static double *gather(const struct learn_data *data, int by_model)
{
    const size_t n = data->models, rows = data->rows;
    double *p = malloc(n * rows * sizeof *p);

    if (p == NULL)
        die("no memory");
    for (size_t i = 0; i < n; i++)
        for (size_t r = 0; r < rows; r++)
            p[by_model ? i * rows + r : r * n + i] =
                learn_value(data, data->in[i], r * data->width + (size_t)data->labels[r]);
    return p;
}

static double log_loss(double y)
{
    return -log(y < 1e-12 ? 1e-12 : y > 1 ? 1 : y);
}

/* Expectation and maximisation until the goal is reached, which is looked at after every tenth step. */
static void em(const struct learn_data *data, double *w)
{
    const size_t n = data->models;
    double *p = gather(data, 0);

    for (size_t i = 0; i < n; i++)
        w[i] = 1 / (double)n;
    for (int step = 0; step < LEARN_STEPS; step++) {
        double g[MAX_MODELS] = {0}, loss = 0;

        for (size_t r = 0; r < data->rows; r++) {
            const double q = dot(p + r * n, w, n), inverse = 1 / q;

            if (step % 10 == 0)
                loss += log_loss(q);
            for (size_t i = 0; i < n; i++)
                g[i] += p[r * n + i] * inverse;
        }
        if (step % 10 == 0 && loss / (double)data->rows <= data->goal)
            break;
        for (size_t i = 0; i < n; i++)
            w[i] *= g[i] / (double)data->rows;
    }
    free(p);
}

/* How far the choice has come: how often each model was taken, and the best round's share of that. */
static void take(double *counts, size_t model, double loss, double *best, size_t round, size_t n, double *weights)
{
    counts[model]++;
    if (loss >= *best)
        return;
    *best = loss;
    for (size_t i = 0; i < n; i++)
        weights[i] = counts[i] / (double)round;
}

/* Keeps the sum of what was taken so far, at the label. */
static void greedy_log_loss(const struct learn_data *data, double *weights)
{
    const size_t n = data->models, rows = data->rows;
    double *p = gather(data, 1), *sum = get(rows * sizeof *sum), counts[MAX_MODELS] = {0}, best = HUGE_VAL;

    for (size_t round = 1; round <= LEARN_ROUNDS; round++) {
        const double inverse = 1 / (double)round;
        double least = HUGE_VAL;
        size_t first = 0;

        for (size_t i = 0; i < n; i++) {
            double loss = 0;

            for (size_t r = 0; r < rows; r++)
                loss += log_loss((sum[r] + p[i * rows + r]) * inverse);
            if (loss < least) {
                least = loss;
                first = i;
            }
        }
        for (size_t r = 0; r < rows; r++)
            sum[r] += p[first * rows + r];
        take(counts, first, least, &best, round, n, weights);
    }
    free(p);
    free(sum);
}

static size_t first_of_two(const float *sum, const float *p, size_t width)
{
    float most = sum[0] + p[0];
    size_t best = 0;

    for (size_t j = 1; j < width; j++) {
        const float y = sum[j] + p[j];

        best = y > most ? j : best;
        most = y > most ? y : most;
    }
    return best;
}

/* Keeps the sum of what was taken so far, of all classes. */
static void greedy_accuracy(const struct learn_data *data, double *weights)
{
    const size_t n = data->models, rows = data->rows, width = data->width;
    double counts[MAX_MODELS] = {0}, best = HUGE_VAL;
    float *sum = get(rows * width * sizeof *sum);

    for (size_t round = 1; round <= LEARN_ROUNDS; round++) {
        size_t least = SIZE_MAX, first = 0;

        for (size_t i = 0; i < n; i++) {
            const float *p = data->in[i];
            size_t errors = 0;

            for (size_t r = 0; r < rows; r++)
                errors += first_of_two(sum + r * width, p + r * width, width) != (size_t)data->labels[r];
            if (errors < least) {
                least = errors;
                first = i;
            }
        }
        for (size_t k = 0; k < rows * width; k++)
            sum[k] += ((const float *)data->in[first])[k];
        take(counts, first, (double)least, &best, round, n, weights);
    }
    free(sum);
}

/* One step of the exponentiated gradient of the log loss. */
static void update(const struct learn_data *data, double *w)
{
    const size_t n = data->models;
    double g[MAX_MODELS] = {0}, sum = 0;

    for (size_t i = 0; i < n; i++)
        sum += w[i];
    for (size_t i = 0; i < n && sum == 0; i++)
        w[i] = 1 / (double)n;
    for (size_t r = 0; r < data->rows; r++) {
        double p[MAX_MODELS], q = 0;

        for (size_t i = 0; i < n; i++) {
            p[i] = learn_value(data, data->in[i], r * data->width + (size_t)data->labels[r]);
            q += w[i] * p[i];
        }
        for (size_t i = 0; i < n; i++)
            g[i] -= p[i] / q;
    }
    sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += w[i] *= exp(-LEARN_RATE * g[i] / (double)data->rows);
    for (size_t i = 0; i < n; i++)
        w[i] = (1 - LEARN_SHARE) * w[i] / sum + LEARN_SHARE / (double)n;
}

static float combined(const struct learn_data *data, const float *w, size_t at)
{
    float y = 0;

    for (size_t i = 0; i < data->models; i++)
        y += w[i] * ((const float *)data->in[i])[at];
    return y;
}

static void score_log_loss(const struct learn_data *data, double *answer)
{
    float w[MAX_MODELS];
    double sum = 0;

    for (size_t i = 0; i < data->models; i++)
        w[i] = (float)data->given[i];
    for (size_t r = 0; r < data->rows; r++)
        sum += log_loss((double)combined(data, w, r * data->width + (size_t)data->labels[r]));
    *answer = sum / (double)data->rows;
}

/* The rows of a block, model after model, then where each is largest. */
static void score_accuracy(const struct learn_data *data, double *answer)
{
    const size_t width = data->width, room = width < 4 * BLOCK ? 4 * BLOCK / width : 1;
    float *y = get(2 * room * width * sizeof *y), *zero = y + room * width;
    size_t correct = 0;

    for (size_t begin = 0; begin < data->rows; begin += room) {
        const size_t rows = data->rows - begin < room ? data->rows - begin : room;

        memset(y, 0, rows * width * sizeof *y);
        for (size_t i = 0; i < data->models; i++) {
            const float *in = (const float *)data->in[i] + begin * width, w = (float)data->given[i];

            for (size_t k = 0; k < rows * width; k++)
                y[k] += w * in[k];
        }
        for (size_t r = 0; r < rows; r++)
            correct += first_of_two(y + r * width, zero, width) == (size_t)data->labels[begin + r];
    }
    *answer = (double)correct / (double)data->rows;
    free(y);
}

const struct learn_loop TABLE[] = {
    {LEARN_SQUARES, NAME("gram-rows"), 1, gram_rows},
    {LEARN_SQUARES, NAME("gram-pairs"), 1, gram_pairs},
    {LEARN_LOG_LOSS, NAME("loop-em"), 0, em},
    {LEARN_GREEDY_LOG_LOSS, NAME("loop"), 0, greedy_log_loss},
    {LEARN_GREEDY_ACCURACY, NAME("loop"), 0, greedy_accuracy},
    {LEARN_UPDATE, NAME("loop"), 0, update},
    {LEARN_SCORE_LOG_LOSS, NAME("loop"), 0, score_log_loss},
    {LEARN_SCORE_ACCURACY, NAME("loop"), 0, score_accuracy},
    {LEARN_SQUARES, NULL, 0, NULL},
};
