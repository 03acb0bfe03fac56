/* SPDX-License-Identifier: MIT */
/* What a report says of the models one by one, and how alike they are. */
#include "passes.h"

#include <math.h>
#include <string.h>

static void votes(const struct passes *task)
{
    for (size_t i = 0; i < task->models; i++)
        for (size_t r = 0; r < task->rows; r++)
            task->votes[i * task->rows + r] = first_largest(values(task, i) + r * task->width, task->width);
}

static void disagreement(const struct passes *task)
{
    const size_t n = task->models;

    for (size_t r = 0; r < task->rows; r++) {
        int32_t count = 0;

        for (size_t i = 0; i < n; i++)
            for (size_t k = i + 1; k < n; k++)
                count += task->votes[i * task->rows + r] != task->votes[k * task->rows + r];
        task->found.vote_disagreement[r] = (double)count / ((double)(n * (n - 1)) / 2);
    }
}

static void variance(const struct passes *task)
{
    const size_t length = task->rows * task->width;
    double *restrict v = task->found.variance;

    memset(v, 0, length * sizeof *v);
    for (size_t i = 0; i < task->models; i++) {
        const float *x = values(task, i), *y = task->out, w = task->weights[i];

        for (size_t j = 0; j < length; j++)
            v[j] += (double)(w * (x[j] - y[j]) * (x[j] - y[j]));
    }
}

static void contribution(const struct passes *task)
{
    for (size_t i = 0; i < task->models; i++) {
        const float *x = values(task, i), w = task->weights[i];

        for (size_t r = 0; r < task->rows; r++)
            task->found.contribution[r * task->models + i] =
                (double)(w * x[r * task->width + (size_t)task->found.label[r]]);
    }
}

/* The combined rows without the model, in `temporary`. */
static void combine_without(const struct passes *task, size_t model)
{
    const float scale = 1 / (1 - task->weights[model]);
    int first = 1;

    for (size_t i = 0; i < task->models; i++)
        if (i != model) {
            add(task->temporary, values(task, i), scale * task->weights[i], first, task->rows * task->width);
            first = 0;
        }
}

static void take_influence(const struct passes *task, size_t model)
{
    for (size_t r = 0; r < task->rows; r++)
        task->found.influence[r * task->models + model] =
            task->found.confidence[r] - (double)task->temporary[r * task->width + (size_t)task->found.label[r]];
}

static void take_flips(const struct passes *task, size_t model)
{
    for (size_t r = 0; r < task->rows; r++)
        task->found.flips[r * task->models + model] =
            first_largest(task->temporary + r * task->width, task->width) != task->found.label[r];
}

static void without_each(const struct passes *task, int influence, int flips)
{
    for (size_t i = 0; i < task->models; i++) {
        combine_without(task, i);
        if (influence)
            take_influence(task, i);
        if (flips)
            take_flips(task, i);
    }
}

static void less_at_label(const struct passes *task)
{
    for (size_t i = 0; i < task->models; i++) {
        const float w = task->weights[i], *x = values(task, i);

        for (size_t r = 0; r < task->rows; r++) {
            const size_t at = r * task->width + (size_t)task->found.label[r];

            task->found.influence[r * task->models + i] =
                task->found.confidence[r] - (double)((task->out[at] - w * x[at]) / (1 - w));
        }
    }
}

static void less_term(const struct passes *task)
{
    const float *y = task->out;
    float *restrict without = task->temporary;

    for (size_t i = 0; i < task->models; i++) {
        const float w = task->weights[i], *x = values(task, i);

        for (size_t j = 0; j < task->rows * task->width; j++)
            without[j] = y[j] - w * x[j];
        take_flips(task, i);
    }
}

static void centre(const struct passes *task)
{
    const size_t length = task->rows * task->width;

    for (size_t i = 0; i < task->models; i++) {
        const float *x = values(task, i), mean = (float)(sum(x, length) / (double)length);
        float *to = task->values[i];

        for (size_t j = 0; j < length; j++)
            to[j] = x[j] - mean;
    }
}

static void correlation(const struct passes *task)
{
    const size_t n = task->models;
    double *matrix = task->matrix;

    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k <= i; k++) {
            const float *a = task->values[i], *b = task->values[k];
            double s = 0;

            for (size_t j = 0; j < task->rows * task->width; j++)
                s += (double)a[j] * (double)b[j];
            matrix[i * n + k] = s;
        }
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < i; k++)
            matrix[i * n + k] = matrix[k * n + i] = matrix[i * n + k] / sqrt(matrix[i * n + i] * matrix[k * n + k]);
    for (size_t i = 0; i < n; i++)
        matrix[i * n + i] = 1;
}

static void agreement(const struct passes *task)
{
    const size_t n = task->models;

    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < n; k++) {
            int32_t same = 0;

            for (size_t r = 0; r < task->rows; r++)
                same += task->votes[i * task->rows + r] == task->votes[k * task->rows + r];
            task->matrix[i * n + k] = (double)same / (double)task->rows;
        }
}

static void difference(const struct passes *task)
{
    const size_t n = task->models, length = task->rows * task->width;

    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k <= i; k++) {
            const float *a = values(task, i), *b = values(task, k);
            double s = 0;

            for (size_t j = 0; j < length; j++)
                s += (double)fabsf(a[j] - b[j]);
            task->matrix[i * n + k] = task->matrix[k * n + i] = s / (double)length;
        }
}

static const struct {
    uint32_t bit;
    pass *run;
} all[] = {
    {PASS_VOTES, votes},
    {PASS_DISAGREEMENT, disagreement},
    {PASS_VARIANCE, variance},
    {PASS_CONTRIBUTION, contribution},
    {PASS_LESS_AT_LABEL, less_at_label},
    {PASS_LESS_TERM, less_term},
    {PASS_CENTRE, centre},
    {PASS_CORRELATION, correlation},
    {PASS_AGREEMENT, agreement},
    {PASS_DIFFERENCE, difference},
};

void LOOPS(models)(const struct passes *task, uint32_t wanted)
{
    for (size_t p = 0; p < sizeof all / sizeof *all; p++)
        if (wanted & all[p].bit)
            all[p].run(task);
    if (wanted & (PASS_INFLUENCE | PASS_FLIPS))
        without_each(task, (wanted & PASS_INFLUENCE) != 0, (wanted & PASS_FLIPS) != 0);
}
