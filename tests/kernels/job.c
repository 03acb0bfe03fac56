/* SPDX-License-Identifier: MIT */
#include "job.h"

#include "data.h"
#include "number.h"

#include "plan/walk.h"

#include <string.h>

/*
 * The sizes at which the walk takes another way. kernels.mk reads them from src/plan/walk.c, so that these tests go
 * along when they are changed there.
 */
#if !defined(WALK_STREAM_BYTES) || !defined(WALK_TILE_BYTES)
#error "kernels.mk finds STREAM_BYTES or TILE_BYTES no more in src/plan/walk.c: tell it what they are now."
#endif

/* Room for one model of doubles and a 16-bit result of two rows, each of which is large. */
#define INPUTS_BYTES (10 * (size_t)WALK_STREAM_BYTES)
#define RESULT_BYTES (2 * (size_t)WALK_STREAM_BYTES + 65536)

void job_make_memory(struct job_memory *memory)
{
    memory->inputs = guarded_make(INPUTS_BYTES);
    memory->result = guarded_make(RESULT_BYTES);
}

static double random_weight(struct rng *rng, int method)
{
    const double share = (double)rng_between(rng, 1, 1000) / 997;

    if (method == ENSEMBLE_MEAN) /* a sum that is not near 0, so that every share is ordinary */
        return rng_one_in(rng, 10) ? 0 : rng_one_in(rng, 10) ? -share / 8 : share;
    switch (rng_below(rng, 24)) {
    case 0:
    case 1:
        return 0;
    case 2:
        return -0.0;
    case 3:
        return 1e300; /* infinite where sums are in float */
    case 4:
        return -1e-300; /* 0 where sums are in float; the model takes part all the same */
    case 5:
        return 1;
    default:
        return rng_one_in(rng, 3) ? -share : share;
    }
}

static void choose_weights(struct job *job, struct rng *rng)
{
    const int ordinary = rng_one_in(rng, 2);
    double total = 0;

    job->method = rng_one_in(rng, 3) ? ENSEMBLE_MEAN : ENSEMBLE_SUM;
    job->default_weights = rng_one_in(rng, 5);
    do {
        total = 0;
        for (size_t i = 0; i < job->n; i++) {
            job->weights[i] = random_weight(rng, ordinary ? ENSEMBLE_MEAN : job->method);
            if (job->weights[i] == 0 && job->no_zeros)
                job->weights[i] = 1;
            total += job->weights[i];
        }
    } while (job->method == ENSEMBLE_MEAN && !(total > 0.01));
}

/* Runs of models of one dtype, some longer than a group of the kernels. */
static void choose_dtypes(struct job *job, struct rng *rng, int first, int second)
{
    size_t left = 0;
    int dtype = first;

    for (size_t i = 0; i < job->n; i++) {
        if (first >= 0) {
            dtype = i < (job->n + 1) / 2 ? first : second;
        } else if (left-- == 0) {
            dtype = (int)rng_below(rng, ENS_DTYPES);
            left = rng_below(rng, rng_one_in(rng, 3) ? 40 : 12);
        }
        job->outputs[i].dtype = dtype + 1;
    }
}

static size_t span_of(const struct job *job, size_t stride)
{
    return job->rows > 0 ? (job->rows - 1) * stride + job->width : 0;
}

static size_t stride_of(const struct job *job, size_t model)
{
    return job->outputs[model].row_stride > 0 ? job->outputs[model].row_stride : job->width;
}

static void fill_rows(const struct job *job, unsigned char *at, int dtype, size_t stride, struct rng *rng)
{
    const enum data_kind kind = rng_one_in(rng, 2) ? DATA_ORDINARY : (enum data_kind)rng_below(rng, DATA_KINDS);
    size_t length;

    for (size_t row = 0; row < job->rows; row++)
        for (size_t column = 0; column < job->width; column += length) {
            length = job->width - column < DATA_LENGTH ? job->width - column : DATA_LENGTH;
            memcpy(at + (row * stride + column) * number_size(dtype), data_piece(rng, dtype, kind, length),
                   length * number_size(dtype));
        }
}

/*
 * Lays the inputs one after the other with small odd distances, the last one ending at the guard page. Models beyond
 * what the memory holds are dropped.
 */
static void lay_inputs(struct job *job, const struct job_memory *memory, struct rng *rng)
{
    const size_t room = (size_t)(memory->inputs.end - memory->inputs.begin);
    size_t at[JOB_MODELS], total = 0, n;

    for (n = 0; n < job->n; n++) {
        const size_t bytes = span_of(job, stride_of(job, n)) * number_size(job->outputs[n].dtype - 1);

        at[n] = total + rng_below(rng, 64);
        if (at[n] + bytes > room)
            break;
        total = at[n] + bytes;
    }
    job->n = n;
    memset(memory->inputs.end - total, JOB_GAP, total);
    for (size_t i = 0; i < n; i++) {
        struct ensemble_output *output = &job->outputs[i];

        fill_rows(job, memory->inputs.end - total + at[i], output->dtype - 1, stride_of(job, i), rng);
        output->data = memory->inputs.end - total + at[i];
        output->rows = job->rows;
        output->reserved = 0;
    }
}

/*
 * A model that takes no part may have no data, and another number of rows than the rest. Where none takes part, the
 * first one says how many rows there are, so then all stay as they are.
 */
static void choose_absent(struct job *job, struct rng *rng)
{
    size_t present = 0;

    for (size_t i = 0; i < job->n; i++)
        present += job_weight(job, i) != 0;
    for (size_t i = 0; present > 0 && i < job->n; i++)
        if (job_weight(job, i) == 0 && rng_one_in(rng, 2)) {
            job->outputs[i].data = NULL;
            job->outputs[i].rows = rng_below(rng, 3);
        }
}

static void lay_result(struct job *job, const struct job_memory *memory, struct rng *rng)
{
    const size_t bytes = span_of(job, job->result_stride) * number_size(job->result);
    const size_t offset = rng_one_in(rng, 2) ? rng_below(rng, 64) : rng_below(rng, 64) & ~(size_t)7;

    for (size_t i = rng_below(rng, 4) == 0 ? 0 : job->n; i < job->n; i++)
        if (job->outputs[i].dtype == job->result + 1 && job_weight(job, i) != 0 && job->rows > 0) {
            job->in_place = 1;
            job->replaced = i;
            job->result_stride = stride_of(job, i);
            job->result_at = memory->inputs.begin;
            job->result_at += (const unsigned char *)job->outputs[i].data - memory->inputs.begin;
            return;
        }
    job->in_place = 0;
    job->result_at = guarded_place(&memory->result, bytes, (enum place)rng_below(rng, PLACES), offset);
}

static void finish(struct job *job, const struct job_memory *memory, struct rng *rng, int first, int second)
{
    const int gaps = rng_one_in(rng, 2);

    choose_dtypes(job, rng, first, second);
    for (size_t i = 0; i < job->n; i++)
        job->outputs[i].row_stride = gaps && rng_one_in(rng, 2) ? job->width + rng_below(rng, 20)
                                                                 : rng_below(rng, 2) * job->width;
    job->result_stride = gaps && rng_one_in(rng, 2) ? job->width + rng_below(rng, 20) : job->width;
    lay_inputs(job, memory, rng);
    choose_weights(job, rng);
    lay_result(job, memory, rng);
    choose_absent(job, rng);
    job->by_call = rng_one_in(rng, 2);
    job->cuts[0] = rng_one_in(rng, 2) ? 0 : rng_below(rng, job->rows + 1);
    job->cuts[1] = rng_one_in(rng, 2) ? job->rows : rng_between(rng, job->cuts[0], job->rows);
}

void job_random(struct job *job, const struct job_memory *memory, struct rng *rng, int first, int second, int result)
{
    job->result = result;
    job->no_zeros = rng_one_in(rng, 3);
    job->n = rng_one_in(rng, 4) ? rng_between(rng, 65, JOB_MODELS) : rng_between(rng, 1, 33);
    switch (rng_below(rng, 4)) {
    case 0: /* many short rows */
        job->width = rng_between(rng, 1, 70);
        job->rows = rng_below(rng, 20);
        break;
    case 1: /* around a whole number of tiles, in one row or as one line of rows */
        job->width = (size_t)WALK_TILE_BYTES / (rng_one_in(rng, 2) ? sizeof(double) : sizeof(float));
        job->width = job->width * rng_between(rng, 1, 3) - 35 + rng_below(rng, 70);
        job->rows = rng_one_in(rng, 2) ? 1 : rng_between(rng, 1, 3);
        break;
    case 2: /* rows that are no multiple of anything, which together cross tiles */
        job->width = rng_between(rng, 90, 400);
        job->rows = rng_between(rng, 5, 15);
        break;
    default:
        job->width = rng_between(rng, 1, 3000);
        job->rows = rng_between(rng, 1, 2);
    }
    if (job->n > 33 && job->width * job->rows > 3000)
        job->rows = 1;
    finish(job, memory, rng, first, second);
}

void job_large(struct job *job, const struct job_memory *memory, struct rng *rng, int result)
{
    const size_t threshold = WALK_STREAM_BYTES / number_size(result);
    const size_t elements = threshold - 3 + rng_below(rng, 200);

    job->result = result;
    job->no_zeros = rng_one_in(rng, 2);
    job->n = rng_between(rng, 1, 10);
    job->rows = rng_one_in(rng, 3) ? 2 : rng_one_in(rng, 2) ? 1 : 1000;
    job->width = job->rows == 1000 ? elements / 1000 + 1 : elements;
    finish(job, memory, rng, -1, -1);
}

/* Sixteen models more often than other numbers, and half of the jobs uncut, since then one call may sum all at once. */
void job_far(struct job *job, const struct job_memory *memory, struct rng *rng, int dtype, int result)
{
    static const size_t models[] = {9, 15, 16, 17, 24, 31, 32, 33, 48, 64, JOB_MODELS};
    const size_t values = ENS_WALK_FAR / 8 * rng_between(rng, 7, 12) + rng_below(rng, 1000);

    job->result = result;
    job->no_zeros = !rng_one_in(rng, 4);
    job->n = rng_one_in(rng, 3) ? 16 : models[rng_below(rng, sizeof models / sizeof models[0])];
    job->rows = rng_one_in(rng, 2) ? 1 : rng_between(rng, 2, 30);
    job->width = values / job->n / job->rows + 1;
    finish(job, memory, rng, dtype, dtype);
    if (rng_one_in(rng, 2)) {
        job->cuts[0] = 0;
        job->cuts[1] = job->rows;
    }
}
