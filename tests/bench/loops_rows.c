/* SPDX-License-Identifier: MIT */
/*
 * Methods that look at whole rows, and weights of classes and rows. For ranks, "loop" counts the smaller values for
 * each value, and "sort" sorts the row with qsort().
 */
#include "loops.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* So many exponentials are summed before they are added to the others: one float is too small for 100,000 in turn. */
enum { BLOCK = 1024 };

LOOP_BODY log_pool(const struct task *task, size_t n)
{
    const float *y[8];
    float w[8], *restrict out = task->out;

    for (size_t i = 0; i < n; i++) {
        y[i] = task->in[i];
        w[i] = task->weights[i];
    }
    for (size_t begin = 0; begin < task->rows * task->width; begin += task->width) {
        const size_t end = begin + task->width;
        float sum = 0, scale;

        for (size_t j = begin; j < end; j++) {
            float s = w[0] * logf(y[0][j]);

            for (size_t i = 1; i < n; i++)
                s += w[i] * logf(y[i][j]);
            out[j] = expf(s);
            sum += out[j];
        }
        scale = 1 / sum;
        for (size_t j = begin; j < end; j++)
            out[j] *= scale;
    }
}

static inline float value(const float *row, const uint16_t *half_row, size_t j)
{
    uint32_t bits;
    float x;

    if (half_row == NULL)
        return row[j];
    bits = (uint32_t)half_row[j] << 16;
    memcpy(&x, &bits, sizeof x);
    return x;
}

/* Half: the logits are bf16. */
LOOP_BODY softmax(const struct task *task, int half)
{
    const size_t width = task->width;
    float *restrict e = task->scratch;

    for (size_t r = 0; r < task->rows; r++) {
        float *restrict out = task->out + r * width;

        for (size_t i = 0; i < task->models; i++) {
            const float *z = half ? NULL : (const float *)task->in[i] + r * width;
            const uint16_t *h = half ? (const uint16_t *)task->in[i] + r * width : NULL;
            float max = value(z, h, 0), sum = 0, scale;

            for (size_t j = 1; j < width; j++)
                max = value(z, h, j) > max ? value(z, h, j) : max;
            for (size_t begin = 0; begin < width; begin += BLOCK) {
                const size_t end = width - begin < BLOCK ? width : begin + BLOCK;
                float part = 0;

                for (size_t j = begin; j < end; j++) {
                    e[j] = expf(value(z, h, j) - max);
                    part += e[j];
                }
                sum += part;
            }
            scale = task->weights[i] / sum;
            for (size_t j = 0; j < width; j++)
                out[j] = i == 0 ? scale * e[j] : out[j] + scale * e[j];
        }
    }
}

static void softmax_f32(const struct task *task) { softmax(task, 0); }
static void softmax_bf16(const struct task *task) { softmax(task, 1); }

static void vote(const struct task *task)
{
    memset(task->out, 0, task->rows * task->width * sizeof *task->out);
    for (size_t r = 0; r < task->rows; r++)
        for (size_t i = 0; i < task->models; i++) {
            const float *y = (const float *)task->in[i] + r * task->width;
            size_t best = 0;

            for (size_t j = 1; j < task->width; j++)
                if (y[j] > y[best])
                    best = j;
            task->out[r * task->width + best] += task->weights[i];
        }
}

static void vote_labels(const struct task *task)
{
    memset(task->out, 0, task->rows * task->width * sizeof *task->out);
    for (size_t r = 0; r < task->rows; r++)
        for (size_t i = 0; i < task->models; i++)
            task->out[r * task->width + (size_t)((const int32_t *)task->in[i])[r]] += task->weights[i];
}

static void rank_by_counting(const struct task *task)
{
    const size_t width = task->width;

    memset(task->out, 0, task->rows * width * sizeof *task->out);
    for (size_t r = 0; r < task->rows; r++)
        for (size_t i = 0; i < task->models; i++) {
            const float *restrict y = (const float *)task->in[i] + r * width;
            float *restrict out = task->out + r * width;

            for (size_t j = 0; j < width; j++) {
                int32_t below = 0, equal = 0;

                for (size_t k = 0; k < width; k++) {
                    below += y[k] < y[j];
                    equal += y[k] == y[j];
                }
                out[j] += task->weights[i] * ((float)below + (float)(equal + 1) / 2);
            }
        }
}

struct pair {
    float y;
    uint32_t j;
};

static int by_y(const void *a, const void *b)
{
    const float x = ((const struct pair *)a)->y, y = ((const struct pair *)b)->y;

    return (x > y) - (x < y);
}

static void rank_by_sorting(const struct task *task)
{
    const size_t width = task->width;
    struct pair *pairs = task->scratch;

    memset(task->out, 0, task->rows * width * sizeof *task->out);
    for (size_t r = 0; r < task->rows; r++)
        for (size_t i = 0; i < task->models; i++) {
            const float *y = (const float *)task->in[i] + r * width;
            float *out = task->out + r * width;

            for (size_t j = 0; j < width; j++)
                pairs[j] = (struct pair){y[j], (uint32_t)j};
            qsort(pairs, width, sizeof *pairs, by_y);
            for (size_t begin = 0, end; begin < width; begin = end) {
                for (end = begin + 1; end < width && pairs[end].y == pairs[begin].y;)
                    end++;
                for (size_t j = begin; j < end; j++)
                    out[pairs[j].j] += task->weights[i] * (float)(begin + end + 1) / 2;
            }
        }
}

static void class_weights(const struct task *task)
{
    const size_t width = task->width;
    const float *y0 = task->in[0], *y1 = task->in[1], *y2 = task->in[2];
    const float *w0 = task->class_weights, *w1 = w0 + width, *w2 = w1 + width;
    float *restrict out = task->out;

    for (size_t r = 0; r < task->rows; r++, y0 += width, y1 += width, y2 += width, out += width)
        for (size_t j = 0; j < width; j++)
            out[j] = w0[j] * y0[j] + w1[j] * y1[j] + w2[j] * y2[j];
}

static void row_weights(const struct task *task)
{
    const size_t width = task->width;
    const float *y0 = task->in[0], *y1 = task->in[1], *y2 = task->in[2], *w = task->row_weights;
    float *restrict out = task->out;

    for (size_t r = 0; r < task->rows; r++, y0 += width, y1 += width, y2 += width, out += width, w += 3) {
        const float scale = 1 / (w[0] + w[1] + w[2]), a = scale * w[0], b = scale * w[1], c = scale * w[2];

        for (size_t j = 0; j < width; j++)
            out[j] = a * y0[j] + b * y1[j] + c * y2[j];
    }
}

LOOP_OF(log_pool, 3)
LOOP_OF(log_pool, 8)

const struct loop LOOPS(rows)[] = {
    LOOP_ENTRY("log-pool", "loop", log_pool, 3),
    LOOP_ENTRY("log-pool", "loop", log_pool, 8),
    {"softmax-mean", LOOP_NAME("loop"), 0, softmax_f32},
    {"softmax-mean-bf16", LOOP_NAME("loop"), 0, softmax_bf16},
    {"vote", LOOP_NAME("loop"), 0, vote},
    {"vote-labels", LOOP_NAME("loop"), 0, vote_labels},
    {"rank", LOOP_NAME("loop"), 0, rank_by_counting},
    {"rank", LOOP_NAME("sort"), 0, rank_by_sorting},
    {"class-weights", LOOP_NAME("loop"), 3, class_weights},
    {"row-weights", LOOP_NAME("loop"), 3, row_weights},
    {NULL, NULL, 0, NULL},
};
