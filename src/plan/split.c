/* SPDX-License-Identifier: MIT */
#include "plan/split.h"

#include "base/compiler.h"
#include "base/dtype.h"
#include "plan/blend.h"
#include "plan/report.h"

#include <stdatomic.h>
#include <stdint.h>

/*
 * What a piece reads at least, or how many values of models it looks at where each costs more than a multiplication:
 * some ten microseconds of work, where handing it over costs well below one (docs/decisions/0015-short-ways.md).
 */
#define PIECE_BYTES ((size_t)256 << 10)
#define PIECE_VALUES ((size_t)16 << 10)

/*
 * A call that is worth fewer pieces is not handed over: to wake a thread and to wait for the last one takes as long as
 * one or two of them, whatever the loop is (docs/decisions/0019-inside-servers.md).
 */
#define LEAST_PIECES 4

/* A piece's columns begin at a multiple of so many, so that hardly ever two pieces write to one cache line. */
#define PIECE_COLUMNS ((size_t)64)

/* So many at most: enough for any number of threads to end at about the same time, and few to keep account of. */
#define MOST_PIECES ((size_t)512)
#define BITS 64

/* The pieces are parts of a grid. Each is done once, whatever the loop calls, since a result may replace its input. */
struct job {
    const struct ens_split *split;
    size_t rows, columns; /* of a piece */
    size_t across;        /* pieces beside each other */
    size_t pieces;
    size_t share;            /* bytes of the workspace for a piece, */
    size_t n_shares;         /* how many of these shares there are, up to 64, */
    _Atomic uint64_t shares; /* and which of them nobody has: a bit for each */
    _Atomic uint64_t taken[MOST_PIECES / BITS];
};

size_t ens_split_pieces(const struct ensemble *e, int32_t dtype, size_t rows, int plain, int by_columns)
{
    const size_t values = rows * e->width; /* fits, as the outputs do */
    const size_t piece = plain ? PIECE_BYTES >> ens_dtype_shift(dtype) : PIECE_VALUES;
    const size_t pieces = values / piece * e->plan.n + values % piece * e->plan.n / piece;
    const size_t most = by_columns || rows > MOST_PIECES ? MOST_PIECES : rows;

    if (pieces < LEAST_PIECES)
        return 0;
    return pieces < most ? pieces : most;
}

/* Cuts the workspace into shares that are as large as a piece can use; into one if it is not even that large. */
static void share_out(struct job *job, const struct ens_split *split)
{
    const size_t size = split->workspace != NULL && !split->plain ? split->workspace_size : 0;
    const size_t wanted = size > 0 ? ens_blend_workspace_of_call(split->walk, split->row_weights) : 0;
    const size_t most = wanted > 0 ? size / wanted : 0, shares = most < 1 ? 1 : most < BITS ? most : BITS;

    job->share = wanted > 0 ? size / shares : 0;
    job->n_shares = job->share > 0 ? shares : 0;
    atomic_init(&job->shares, UINT64_MAX);
}

/*
 * A share that nobody has, as its bit; 0: there is none. Pieces that begin at the same time are neighbours mostly, and
 * each looks at another one first.
 */
static uint64_t take_share(struct job *job, size_t piece)
{
    for (size_t i = 0; i < job->n_shares; i++) {
        const uint64_t share = (uint64_t)1 << (piece + i) % job->n_shares;

        if (atomic_fetch_and_explicit(&job->shares, ~share, memory_order_acquire) & share)
            return share;
    }
    return 0;
}

/* A part of a call that needs more than a weighted sum. What could fail has been tried. */
static ENS_APART void blend_part(struct job *job, size_t piece, const struct ens_part *part)
{
    const struct ens_split *split = job->split;
    const uint64_t share = take_share(job, piece);
    unsigned char *workspace = NULL;
    struct ens_report report = {
        .asked = split->report, .first_row = split->walk->row_begin, .lenient = split->lenient};
    struct ens_walk walk = *split->walk;

    if (share != 0)
        workspace = (unsigned char *)split->workspace + job->share * (size_t)__builtin_ctzll(share);
    walk.row_begin += part->row;
    walk.row_count = part->rows;
    walk.column = part->column;
    walk.columns = part->columns;
    if (walk.result != NULL)
        walk.result += (part->row * walk.result_stride + part->column) << ens_dtype_shift(walk.dtype);
    ens_blend(&walk, split->row_weights, workspace, workspace != NULL ? job->share : 0,
              split->report != NULL ? &report : NULL);
    if (share != 0)
        atomic_fetch_or_explicit(&job->shares, share, memory_order_release);
}

static void run_piece(struct job *job, size_t piece)
{
    const struct ens_walk *walk = job->split->walk;
    const size_t row = piece / job->across * job->rows, column = piece % job->across * job->columns;
    const size_t rows = walk->row_count - row, columns = walk->e->width - column;
    const struct ens_part part = {row, rows < job->rows ? rows : job->rows, column,
                                  columns < job->columns ? columns : job->columns};

    if (job->split->plain)
        ens_walk_part(walk, &part);
    else
        blend_part(job, piece, &part);
}

/* The loop's function. */
static void run_once(void *context, size_t piece)
{
    struct job *job = context;
    const uint64_t bit = (uint64_t)1 << piece % BITS;

    if (piece < job->pieces &&
        (atomic_fetch_or_explicit(&job->taken[piece / BITS], bit, memory_order_relaxed) & bit) == 0)
        run_piece(job, piece);
}

void ens_split_run(const struct ens_split *split, size_t pieces, const struct ens_parallel *parallel)
{
    const struct ensemble *e = split->walk->e;
    const size_t rows = split->walk->row_count, across = pieces > rows ? pieces / rows : 1;
    struct job job = {.split = split, .rows = (rows + pieces - 1) / pieces};

    job.columns = (e->width + across - 1) / across;
    job.columns += (0 - job.columns) % PIECE_COLUMNS;
    job.across = (e->width + job.columns - 1) / job.columns;
    job.pieces = (rows + job.rows - 1) / job.rows * job.across;
    share_out(&job, split);
    for (size_t i = 0; i < MOST_PIECES / BITS; i++)
        atomic_init(&job.taken[i], 0);
    parallel->loop(parallel->user, job.pieces, run_once, &job);
    for (size_t piece = 0; piece < job.pieces; piece++)
        run_once(&job, piece);
}
