/* SPDX-License-Identifier: MIT */
#include "models.h"

#include "rows.h"

#include <limits.h>
#include <math.h>
#include <stdlib.h>

/* What one message holds: so much that it is worth sending, and still lies in a cache. */
enum { MESSAGE = 131072 /* values: 1 MiB */ };

/*
 * Some rows on their way: of `width` partial sums, and, where something may be left out, behind each the weight that is
 * present and that which is missing.
 */
struct message {
    size_t begin, rows, width, stride;
    double *values;
    double *share; /* of the rank's weight that is present in each row; NULL: nothing is left out */
    double weight; /* of the rank's models, present or not; 0: it has nothing to say */
};

static size_t rows_of_message(size_t rows, size_t width)
{
    const size_t fit = width < MESSAGE ? MESSAGE / width : 1;

    return fit < rows ? fit : rows;
}

/*
 * Will the calls for `rows` rows work? Asked before anything is sent, by trying the last row: a rank that fails while
 * others wait for its message would keep them waiting.
 */
static int try_last_row(const struct ensemble *part, size_t rows)
{
    double share;
    const struct ensemble_report report = {.struct_size = sizeof report, .rows = 1, .weight_present = &share};
    const struct ensemble_call call = {.struct_size = sizeof call, .row_begin = rows - 1, .row_count = 1,
                                       .dtype = ENSEMBLE_F64, .report = &report};

    return rows == 0 ? ensemble_check(part, NULL, 0) : ensemble_run(part, &call);
}

/* The weight of all models of a rank, present or not. */
static int sum_weights(const struct ensemble *part, double *sum)
{
    const size_t n = part == NULL ? 0 : ensemble_get_models(part);
    double *weights;
    int code;

    *sum = 0;
    if (n == 0)
        return 0;
    weights = malloc(n * sizeof *weights);
    if (weights == NULL)
        return ENSEMBLE_ENOMEM;
    code = ensemble_get_weights(part, weights, n);
    for (size_t i = 0; code == 0 && i < n; i++)
        *sum += fabs(weights[i]);
    free(weights);
    return code;
}

/*
 * What a rank says of a row where something may be left out. ENSEMBLE_SUM has scaled what is present up to the weight
 * of all models of the rank; that is undone, since it is the whole that shares the weight.
 */
static void tell(double *values, size_t width, double share, double weight)
{
    for (size_t j = 0; j < width && share < 1; j++)
        values[j] = share == 0 ? -0. : values[j] * share;
    values[width] = share * weight;
    values[width + 1] = weight - values[width];
}

/*
 * The message as this rank has it. Where it has nothing to say, it says -0, which is neutral in sums: x + -0 is x, and
 * -0 + -0 is -0.
 */
static int fill(const struct message *m, const struct ensemble *part)
{
    struct ensemble_report report = {.struct_size = sizeof report, .rows = m->rows, .weight_present = m->share};
    struct ensemble_call call = {.struct_size = sizeof call, .row_begin = m->begin, .row_count = m->rows,
                                 .result = m->values, .result_count = m->rows * m->stride, .result_stride = m->stride,
                                 .dtype = ENSEMBLE_F64, .report = m->share == NULL ? NULL : &report};
    int code = 0;

    if (part == NULL)
        for (size_t j = 0; j < m->rows * m->stride; j++)
            m->values[j] = -0.;
    else
        code = ensemble_run(part, &call);
    for (size_t r = 0; code == 0 && m->share != NULL && r < m->rows; r++)
        tell(m->values + r * m->stride, m->width, part == NULL ? 0 : m->share[r], m->weight);
    return code;
}

/* Rank 0 has the sums of all ranks: those that are present share the weight of all. */
static void finish(const struct message *m, double quorum, double *result)
{
    for (size_t r = 0; r < m->rows; r++) {
        const double *values = m->values + r * m->stride;
        const double present = values[m->width], missing = values[m->width + 1], all = present + missing;
        const int is_short = present == 0 || missing > (1 - quorum + 1e-12) * all;
        const double scale = all / present; /* exactly 1 where nothing is missing */

        for (size_t j = 0; j < m->width; j++)
            result[r * m->width + j] = is_short ? NAN : values[j] * scale;
    }
}

/* All messages, one after the other. */
static void reduce(struct message *m, const struct ensemble *part, size_t rows, double quorum, double *result,
                   MPI_Comm comm)
{
    const size_t most = m->rows;
    double *const room = m->values;
    int rank;

    MPI_Comm_rank(comm, &rank);
    for (m->begin = 0; m->begin < rows; m->begin += most) {
        double *sums = rank == 0 ? result + m->begin * m->width : NULL;

        m->rows = rows - m->begin < most ? rows - m->begin : most;
        m->values = rank == 0 && m->share == NULL ? sums : room;
        if (fill(m, part) != 0)
            MPI_Abort(comm, 1); /* never, since the last row was tried */
        MPI_Reduce(rank == 0 ? MPI_IN_PLACE : m->values, m->values, (int)(m->rows * m->stride), MPI_DOUBLE, MPI_SUM, 0,
                   comm);
        if (rank == 0 && m->share != NULL)
            finish(m, quorum, sums);
    }
    m->values = room;
}

int reduce_models(const struct ensemble *part, size_t rows, size_t width, int32_t policy, double quorum, double *result,
                  MPI_Comm comm)
{
    const size_t stride = width + (policy != 0 ? 2 : 0);
    struct message m = {.rows = rows_of_message(rows, stride), .width = width, .stride = stride};
    double most_weight;
    int code;

    m.values = malloc((m.rows * stride + 1) * sizeof *m.values);
    m.share = policy == 0 ? NULL : malloc((m.rows + 1) * sizeof *m.share);
    code = m.values == NULL || (policy != 0 && m.share == NULL) ? ENSEMBLE_ENOMEM : 0;
    if (code == 0)
        code = stride > INT_MAX ? ENSEMBLE_EOVERFLOW : sum_weights(part, &m.weight);
    if (code == 0 && part != NULL)
        code = try_last_row(part, rows);
    if (m.weight == 0 || (policy != 0 && code == ENSEMBLE_EQUORUM)) {
        part = NULL; /* no model of this rank has a weight, or none has an output */
        code = code == ENSEMBLE_EQUORUM ? 0 : code;
    }
    MPI_Allreduce(&m.weight, &most_weight, 1, MPI_DOUBLE, MPI_MAX, comm);
    code = agree(code == 0 && most_weight == 0 ? ENSEMBLE_EZEROSUM : code, comm);
    if (code == 0)
        reduce(&m, part, rows, quorum, result, comm);
    free(m.values);
    free(m.share);
    return code;
}

int chain_models(const struct ensemble *part, size_t rows, size_t width, double *sum, MPI_Comm comm)
{
    const size_t most = rows_of_message(rows, width);
    int rank, ranks, code;

    MPI_Comm_rank(comm, &rank);
    MPI_Comm_size(comm, &ranks);
    code = width > INT_MAX ? ENSEMBLE_EOVERFLOW : part == NULL ? 0 : try_last_row(part, rows);
    code = agree(code, comm);
    for (size_t begin = 0; code == 0 && begin < rows; begin += most) {
        const size_t count = rows - begin < most ? rows - begin : most;
        double *values = sum + begin * width;
        const struct ensemble_call call = {.struct_size = sizeof call, .row_begin = begin, .row_count = count,
                                           .result = values, .result_count = count * width, .dtype = ENSEMBLE_F64};

        if (rank > 0)
            MPI_Recv(values, (int)(count * width), MPI_DOUBLE, rank - 1, 0, comm, MPI_STATUS_IGNORE);
        for (size_t j = 0; part == NULL && rank == 0 && j < count * width; j++)
            values[j] = -0.; /* the sum of nothing */
        if (part != NULL && ensemble_run(part, &call) != 0)
            MPI_Abort(comm, 1); /* never, since the last row was tried */
        if (rank + 1 < ranks)
            MPI_Send(values, (int)(count * width), MPI_DOUBLE, rank + 1, 0, comm);
    }
    return code;
}
