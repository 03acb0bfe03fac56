/* SPDX-License-Identifier: MIT */
#include "plan/walk.h"

#include "base/compiler.h"
#include "base/dtype.h"

#include <stdint.h>
#include <string.h>

/*
 * Accumulators of a tile, on the stack: half of what a call may use of it (16 KiB), and small enough to stay in any
 * first-level cache beside the lines that stream past it.
 */
#define TILE_BYTES 8192

/* Models that one kernel call sums: their addresses stand on the stack. */
#define GROUP_MODELS 64

/*
 * Prefetchers follow some dozen streams at once, so many models that come from memory are summed in groups of eight, a
 * tile at a time. Where everything fits into a usual second-level cache, one pass over all models is faster.
 */
#define GROUP_MODELS_FROM_MEMORY 8
#define CACHED_BYTES (1u << 20)

/*
 * A result this large is not found in the caches by whoever reads it next; storing past them saves reading the lines
 * that are about to be overwritten.
 */
#define STREAM_BYTES (4u << 20)

/* A piece of the result: `length` elements from column `column` of row `row` on (further than one row if contiguous). */
struct piece {
    size_t row;
    size_t column;
    size_t length;
    unsigned char *out;
    int stream;
};

/* The models from `first` on that one kernel call can sum: of one dtype, at most `limit`. */
static size_t group_size(const struct ens_walk *walk, size_t first, size_t limit)
{
    const struct ens_plan *plan = &walk->e->plan;
    const int32_t dtype = ens_input(walk->inputs, plan->model[first])->dtype;
    size_t n = 1;

    while (n < limit && first + n < plan->n && ens_input(walk->inputs, plan->model[first + n])->dtype == dtype)
        n++;
    return n;
}

static int accumulator(const struct ens_walk *walk)
{
    return walk->inputs->any_f64 || walk->dtype == ENSEMBLE_F64 ? ENS_f64 : ENS_f32;
}

/* Sums the models first to first + n - 1 for a piece: out = start + ..., by `kernel`. */
static void sum_group(const struct ens_walk *walk, const struct piece *piece, size_t first, size_t n,
                      ens_wsum_kernel *kernel, int acc, const void *start, void *out, int stream)
{
    const struct ens_plan *plan = &walk->e->plan;
    const void *in[GROUP_MODELS];
    struct ens_span span;

    for (size_t k = 0; k < n; k++) {
        const struct ensemble_output *output = ens_input(walk->inputs, plan->model[first + k]);
        const size_t element = piece->row * ens_stride(output, walk->e->width) + piece->column;

        in[k] = (const unsigned char *)output->data + (element << ens_dtype_shift(output->dtype));
    }
    span.out = out;
    span.start = start;
    span.in = in;
    span.weight = acc == ENS_f64 ? (const void *)(plan->weight64 + first) : (const void *)(plan->weight32 + first);
    span.n = n;
    span.length = piece->length;
    span.stream = stream;
    kernel(&span);
}

/* A piece of at most a tile, group by group. */
static void sum_tile(const struct ens_walk *walk, const struct piece *piece, size_t limit, void *tile)
{
    const struct ens_kernels *kernels = walk->e->kernels;
    const size_t n_models = walk->e->plan.n;
    const int acc = accumulator(walk);
    const int result = walk->dtype - 1;
    const void *start = NULL;
    size_t n;

    for (size_t first = 0; first < n_models; first += n) {
        const int in = ens_input(walk->inputs, walk->e->plan.model[first])->dtype - 1;

        n = group_size(walk, first, limit);
        if (first + n == n_models && kernels->wsum[acc][in][result] != NULL) {
            sum_group(walk, piece, first, n, kernels->wsum[acc][in][result], acc, start, piece->out, piece->stream);
            return;
        }
        sum_group(walk, piece, first, n, kernels->wsum[acc][in][acc], acc, start, tile, 0);
        start = tile;
    }
    kernels->narrow[acc][result](piece->out, tile, piece->length, piece->stream);
}

/* A piece of any length, tile by tile. */
static void sum_tiles(const struct ens_walk *walk, struct piece piece, size_t limit)
{
    _Alignas(ENS_STREAM_ALIGNMENT) unsigned char tile[TILE_BYTES];
    const size_t tile_length = accumulator(walk) == ENS_f64 ? TILE_BYTES / sizeof(double) : TILE_BYTES / sizeof(float);
    size_t left = piece.length;

    for (; left > 0; left -= piece.length) {
        piece.length = left < tile_length ? left : tile_length;
        sum_tile(walk, &piece, limit, tile);
        piece.column += piece.length;
        piece.out += piece.length << ens_dtype_shift(walk->dtype);
    }
}

/* Where no model takes part, no value is known. */
static void fill_nan(const struct piece *piece, int32_t dtype)
{
    static const uint16_t f16 = 0x7E00, bf16 = 0x7FC0;
    static const uint32_t f32 = 0x7FC00000;
    static const uint64_t f64 = 0x7FF8000000000000;
    static const void *const nan[ENS_DTYPES] = {[ENS_f32] = &f32, [ENS_f64] = &f64, [ENS_f16] = &f16, [ENS_bf16] = &bf16};
    const size_t size = ens_dtype_size(dtype);

    for (size_t i = 0; i < piece->length; i++)
        memcpy(piece->out + i * size, nan[dtype - 1], size);
}

/* One kernel call where that can sum all models into the result; else tiles. */
static void sum_piece(const struct ens_walk *walk, const struct piece *piece, size_t limit)
{
    const struct ens_plan *plan = &walk->e->plan;
    const int acc = accumulator(walk);
    ens_wsum_kernel *direct = NULL;

    if (plan->n == 0) {
        fill_nan(piece, walk->dtype);
        return;
    }
    if (group_size(walk, 0, limit) == plan->n)
        direct = walk->e->kernels->wsum[acc][ens_input(walk->inputs, plan->model[0])->dtype - 1][walk->dtype - 1];
    if (direct != NULL)
        sum_group(walk, piece, 0, plan->n, direct, acc, NULL, piece->out, piece->stream);
    else
        sum_tiles(walk, *piece, limit);
}

/* Stores past the caches want an aligned address: what comes before the first one is a piece of its own. */
static void stream_piece(const struct ens_walk *walk, struct piece piece, size_t limit)
{
    const unsigned shift = ens_dtype_shift(walk->dtype);
    const size_t head = ((0 - (uintptr_t)piece.out) & (ENS_STREAM_ALIGNMENT - 1)) >> shift;
    const size_t length = piece.length;

    piece.length = head;
    sum_piece(walk, &piece, limit);
    piece.column += head;
    piece.length = length - head;
    piece.out += head << shift;
    piece.stream = 1;
    sum_piece(walk, &piece, limit);
}

void ens_walk(const struct ens_walk *walk)
{
    const size_t width = walk->e->width;
    const size_t elements = walk->row_count * width;
    const unsigned shift = ens_dtype_shift(walk->dtype);
    const int one_line = walk->row_count == 1 || (walk->inputs->contiguous && walk->result_stride == width);
    const size_t lines = one_line ? walk->row_count > 0 : walk->row_count;
    const size_t n = walk->e->plan.n;
    const int cached = n <= GROUP_MODELS_FROM_MEMORY || elements <= CACHED_BYTES / sizeof(float) / n;
    const size_t limit = cached ? GROUP_MODELS : GROUP_MODELS_FROM_MEMORY;
    struct piece piece = {walk->row_begin, 0, one_line ? elements : width, walk->result, 0};
    const int stream = !walk->in_place && piece.length >= STREAM_BYTES >> shift &&
                       ((uintptr_t)piece.out & (((size_t)1 << shift) - 1)) == 0;

    for (size_t line = 0; line < lines; line++) {
        if (ENS_UNLIKELY(stream))
            stream_piece(walk, piece, limit);
        else
            sum_piece(walk, &piece, limit);
        piece.row++;
        piece.out += walk->result_stride << shift;
    }
}
