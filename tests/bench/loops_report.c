/* SPDX-License-Identifier: MIT */
/* What a report says of the combined rows, and where the models matter only by what they add up to. */
#include "passes.h"

#include <float.h>
#include <math.h>
#include <string.h>

/* What logarithms are taken of: 0 log 0 comes out as 0. */
static inline float not_0(float x) { return x < FLT_MIN ? FLT_MIN : x; }

static void widen(float *restrict to, const uint16_t *from, size_t length)
{
    for (size_t j = 0; j < length; j++) {
        uint32_t bits = (uint32_t)(from[j] & 0x7fff) << 13;
        float x;

        memcpy(&x, &bits, sizeof x);
        x *= 0x1p112f;
        memcpy(&bits, &x, sizeof x);
        bits |= (uint32_t)(from[j] & 0x8000) << 16 | ((from[j] & 0x7c00) == 0x7c00 ? 0x7f800000u : 0);
        memcpy(&to[j], &bits, sizeof bits);
    }
}

static void combine(const struct passes *task)
{
    for (size_t i = 0; i < task->models; i++)
        add(task->out, values(task, i), task->weights[i], i == 0, task->rows * task->width);
}

static void present(const struct passes *task)
{
    const size_t width = task->width;

    for (size_t i = 0; i < task->models; i++)
        for (size_t r = 0; r < task->rows; r++) {
            const float *x = values(task, i) + r * width;
            int nan = 0;

            for (size_t j = 0; j < width; j++)
                nan |= x[j] != x[j];
            task->holes[i * task->rows + r] = (uint8_t)nan;
        }
    memset(task->out, 0, task->rows * width * sizeof *task->out);
    for (size_t r = 0; r < task->rows; r++) {
        float weight = 0;
        int32_t count = 0;

        for (size_t i = 0; i < task->models; i++)
            if (!task->holes[i * task->rows + r]) {
                weight += task->weights[i];
                count++;
            }
        task->found.weight_present[r] = (double)weight;
        task->found.models_present[r] = count;
        for (size_t i = 0; i < task->models; i++)
            if (!task->holes[i * task->rows + r])
                add(task->out + r * width, values(task, i) + r * width, task->weights[i] / weight, 0, width);
    }
}

static void label(const struct passes *task)
{
    for (size_t r = 0; r < task->rows; r++)
        task->found.label[r] = first_largest(task->out + r * task->width, task->width);
}

static void confidence(const struct passes *task)
{
    for (size_t r = 0; r < task->rows; r++)
        task->found.confidence[r] = (double)largest(task->out + r * task->width, task->width);
}

static void margin(const struct passes *task)
{
    for (size_t r = 0; r < task->rows; r++) {
        const float *y = task->out + r * task->width;
        const size_t best = (size_t)task->found.label[r];
        float second = -INFINITY;

        for (size_t j = 0; j < task->width; j++)
            if (j != best)
                second = y[j] > second ? y[j] : second;
        task->found.margin[r] = task->found.confidence[r] - (double)second;
    }
}

static void tied(const struct passes *task)
{
    for (size_t r = 0; r < task->rows; r++) {
        const float *y = task->out + r * task->width, most = (float)task->found.confidence[r];
        int32_t count = 0;

        for (size_t j = 0; j < task->width; j++)
            count += y[j] == most;
        task->found.tied[r] = count > 1;
    }
}

static void entropy(const struct passes *task)
{
    const size_t length = task->rows * task->width;
    float *restrict p = task->temporary;

    for (size_t r = 0; r < task->rows; r++) {
        const float *y = task->out + r * task->width;
        const float scale = (float)(1 / sum(y, task->width));

        for (size_t j = 0; j < task->width; j++)
            p[r * task->width + j] = scale * y[j];
    }
    for (size_t j = 0; j < length; j++)
        p[j] *= logf(not_0(p[j]));
    for (size_t r = 0; r < task->rows; r++)
        task->found.entropy[r] = -sum(p + r * task->width, task->width);
}

static void mean_entropy(const struct passes *task)
{
    const size_t length = task->rows * task->width;
    float *restrict p = task->temporary;

    memset(task->found.mean_entropy, 0, task->rows * sizeof *task->found.mean_entropy);
    for (size_t i = 0; i < task->models; i++) {
        const float *x = values(task, i);

        for (size_t j = 0; j < length; j++)
            p[j] = x[j] * logf(not_0(x[j]));
        for (size_t r = 0; r < task->rows; r++)
            task->found.mean_entropy[r] -= (double)task->weights[i] * sum(p + r * task->width, task->width);
    }
}

/* Of the pool as it is: what its rows add up to does not matter here. */
static void mutual_information(const struct passes *task)
{
    const float *y = task->out;
    float *restrict p = task->temporary;

    for (size_t j = 0; j < task->rows * task->width; j++)
        p[j] = y[j] * logf(not_0(y[j]));
    for (size_t r = 0; r < task->rows; r++)
        task->found.mutual_information[r] =
            -sum(p + r * task->width, task->width) - task->found.mean_entropy[r];
}

static void variation_ratio(const struct passes *task)
{
    for (size_t r = 0; r < task->rows; r++)
        task->found.variation_ratio[r] = 1 - task->found.confidence[r];
}

static void conflict(const struct passes *task)
{
    const size_t length = task->rows * task->width;
    float *restrict s = task->temporary;

    for (size_t i = 0; i < task->models; i++) {
        const float *x = values(task, i), w = task->weights[i];

        if (i == 0)
            for (size_t j = 0; j < length; j++)
                s[j] = w * logf(not_0(x[j]));
        else
            for (size_t j = 0; j < length; j++)
                s[j] += w * logf(not_0(x[j]));
    }
    for (size_t j = 0; j < length; j++)
        s[j] = expf(s[j]);
    for (size_t r = 0; r < task->rows; r++)
        task->found.conflict[r] = -log(sum(s + r * task->width, task->width));
}

static void fault(const struct passes *task)
{
    for (size_t r = 0; r < task->rows; r++) {
        const float *y = task->out + r * task->width;
        int nan = 0;

        for (size_t j = 0; j < task->width; j++)
            nan |= y[j] != y[j];
        task->found.row_fault[r] = nan ? ENSEMBLE_ROW_NAN : ENSEMBLE_ROW_SOUND;
    }
}

static void sure(const struct passes *task)
{
    for (size_t r = 0; r < task->rows; r++) {
        task->found.weight_present[r] = 1;
        task->found.models_present[r] = (int32_t)task->models;
        task->found.row_fault[r] = ENSEMBLE_ROW_SOUND;
    }
}

static void settled(const struct passes *task)
{
    for (size_t r = 0; r < task->rows; r++)
        task->found.settled[r] = task->found.margin[r] > (double)task->missing;
}

/* The `top` largest so far, in order; most values are below all of them. */
static void top(const struct passes *task)
{
    const size_t n = task->found.top;

    for (size_t r = 0; r < task->rows; r++) {
        const float *y = task->out + r * task->width;
        int32_t *labels = task->found.top_labels + r * n;
        double *best = task->found.top_values + r * n;
        size_t count = 0;

        for (size_t j = 0; j < task->width; j++) {
            const double value = (double)y[j];
            size_t at;

            if (count == n && value <= best[n - 1])
                continue;
            at = count < n ? count++ : n - 1;
            for (; at > 0 && best[at - 1] < value; at--) {
                best[at] = best[at - 1];
                labels[at] = labels[at - 1];
            }
            best[at] = value;
            labels[at] = (int32_t)j;
        }
    }
}

static const struct {
    uint32_t bit;
    pass *run;
} all[] = {
    {PASS_COMBINE, combine},
    {PASS_PRESENT, present},
    {PASS_LABEL, label},
    {PASS_CONFIDENCE, confidence},
    {PASS_MARGIN, margin},
    {PASS_TIED, tied},
    {PASS_ENTROPY, entropy},
    {PASS_MEAN_ENTROPY, mean_entropy},
    {PASS_MUTUAL, mutual_information},
    {PASS_VARIATION, variation_ratio},
    {PASS_CONFLICT, conflict},
    {PASS_FAULT, fault},
    {PASS_SURE, sure},
    {PASS_SETTLED, settled},
    {PASS_TOP, top},
};

void LOOPS(report)(const struct passes *task, uint32_t wanted)
{
    for (size_t i = 0; task->half && i < task->models; i++)
        widen(task->values[i], task->in[i], task->rows * task->width);
    for (size_t p = 0; p < sizeof all / sizeof *all; p++)
        if (wanted & all[p].bit)
            all[p].run(task);
    LOOPS(models)(task, wanted);
}
