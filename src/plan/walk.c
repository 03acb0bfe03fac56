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

/*
 * A result this large is not found in the caches by whoever reads it next; storing past them saves reading the lines
 * that are about to be overwritten (docs/decisions/0005-stores-past-the-caches.md).
 */
#define STREAM_BYTES (8u << 20)

/* What is decided once for all pieces of a walk. */
struct route {
    const struct ens_walk *walk;
    const struct ens_plan *plan;
    int acc;                 /* ENS_f32 or ENS_f64 */
    ens_span_kernel *direct; /* sums all models into the result at once; NULL: tiles */
    int far;                 /* the inputs come from memory */
};

/* A piece of the result: `length` elements from a column of a row on, further than that row where there are no gaps. */
struct piece {
    size_t row;
    size_t column;
    size_t length;
    size_t more_rows; /* as many elements of the rows behind it, too */
    unsigned char *out;
    int stream;
};

/* What a kernel is told of n models of one dtype. */
struct sources {
    const void *in[ENS_WALK_MOST]; /* where their elements of a piece begin */
    size_t step[ENS_WALK_MOST];    /* and with more rows how far it is from one to the next, in bytes */
};

static inline void find_sources(const struct route *route, const struct piece *piece, size_t first, size_t n,
                                struct sources *sources)
{
    const struct ens_inputs *inputs = route->walk->inputs;
    const size_t *model = route->plan->model + first;
    const size_t width = route->walk->e->width;
    const unsigned shift = ens_dtype_shift(ens_input(inputs, model[0]).dtype);

    if (ENS_LIKELY(inputs->summary->gaps == 0 && piece->more_rows == 0)) {
        const size_t skip = (piece->row * width + piece->column) << shift;

        for (size_t k = 0; k < n; k++)
            sources->in[k] = (const unsigned char *)ens_input(inputs, model[k]).data + skip;
        return;
    }
    for (size_t k = 0; k < n; k++) {
        const struct ensemble_output output = ens_input(inputs, model[k]);
        const size_t stride = ens_stride(&output, width);

        sources->in[k] = (const unsigned char *)output.data + ((piece->row * stride + piece->column) << shift);
        sources->step[k] = stride << shift;
    }
}

/* Do more of a span's inputs and its result begin at a cache line `head` elements later than do now? */
static int gains(const struct ens_span *span, size_t head, unsigned in_shift, unsigned out_shift)
{
    uintptr_t at = (uintptr_t)span->out;
    size_t now = at % ENS_WALK_LINE == 0, later = (at + (head << out_shift)) % ENS_WALK_LINE == 0;

    for (size_t k = 0; k < span->n; k++) {
        at = (uintptr_t)span->in[k];
        now += at % ENS_WALK_LINE == 0;
        later += (at + (head << in_shift)) % ENS_WALK_LINE == 0;
    }
    return later > now;
}

ENS_APART void ens_walk_in_line(ens_span_kernel *kernel, const struct ens_span *span, unsigned in_shift,
                                unsigned out_shift)
{
    const size_t head = (0 - (uintptr_t)span->in[0]) % ENS_WALK_LINE >> in_shift;
    const void *in[ENS_WALK_MOST];
    struct ens_span part = *span;

    if (gains(span, head, in_shift, out_shift)) {
        part.length = head;
        kernel(&part);
        part.length = span->length - head;
        part.out = (unsigned char *)span->out + (head << out_shift);
        part.in = in;
        for (size_t k = 0; k < span->n; k++)
            in[k] = (const unsigned char *)span->in[k] + (head << in_shift);
    }
    kernel(&part);
}

/* Sums the models first to first + n - 1 for a piece by `kernel`, from `start` (NULL: nothing) to `out`. */
static inline void sum_group(const struct route *route, const struct piece *piece, size_t first, size_t n,
                             ens_span_kernel *kernel, const void *start, void *out, int stream)
{
    const struct ens_plan *plan = route->plan;
    struct sources sources;
    const struct ens_span span = {
        .out = out,
        .start = start,
        .in = sources.in,
        .weight = route->acc == ENS_f64 ? (const void *)(plan->weight64 + first) : plan->weight32 + first,
        .n = n,
        .length = piece->length,
        .stream = stream,
        .far = route->far,
        .more_rows = piece->more_rows,
        .out_step = route->walk->result_stride << ens_dtype_shift(route->walk->dtype),
        .in_step = sources.step,
    };

    ENS_ASSUME(n > 0);
    find_sources(route, piece, first, n, &sources);
    if (route->direct != NULL && piece->more_rows == 0 && !stream)
        ens_walk_span(kernel, &span, ens_dtype_shift(route->walk->inputs->summary->dtype),
                      ens_dtype_shift(route->walk->dtype));
    else
        kernel(&span);
}

/*
 * How many models from `first` on one kernel call sums: of one dtype, from memory sixteen or up to eight, and nine as
 * five and four, not as eight and one.
 */
static size_t group_size(const struct route *route, size_t first)
{
    const struct ens_inputs *inputs = route->walk->inputs;
    const size_t most = route->far ? ENS_GROUP_FAR : ENS_WALK_MOST;
    const int32_t dtype = ens_input(inputs, route->plan->model[first]).dtype;
    size_t n = 1;

    while (n < most && first + n < route->plan->n &&
           ens_input(inputs, route->plan->model[first + n]).dtype == dtype)
        n++;
    return route->far && n > ENS_GROUP_NEAR && n < ENS_GROUP_FAR ? (n + 1) / 2 : n;
}

/* A piece of at most a tile, group by group. */
static void sum_tile(const struct route *route, const struct piece *piece, void *tile)
{
    const struct ens_kernels *kernels = route->walk->e->kernels;
    const size_t n_models = route->plan->n;
    const int result = route->walk->dtype - 1;
    const void *start = NULL;
    size_t n;

    for (size_t first = 0; first < n_models; first += n) {
        ens_span_kernel *const *by_result =
            kernels->wsum[route->acc][ens_input(route->walk->inputs, route->plan->model[first]).dtype - 1];

        n = group_size(route, first);
        if (first + n == n_models && by_result[result] != NULL) {
            sum_group(route, piece, first, n, by_result[result], start, piece->out, piece->stream);
            return;
        }
        sum_group(route, piece, first, n, by_result[route->acc], start, tile, 0);
        start = tile;
    }
    kernels->narrow[route->acc][result](piece->out, tile, piece->length, piece->stream);
}

/* A piece of any length, row by row and tile by tile. */
static ENS_APART void sum_tiles(const struct route *route, const struct piece *piece)
{
    _Alignas(ENS_STREAM_ALIGNMENT) unsigned char tile[TILE_BYTES];
    const size_t tile_length = TILE_BYTES / (route->acc == ENS_f64 ? sizeof(double) : sizeof(float));
    const unsigned shift = ens_dtype_shift(route->walk->dtype);

    for (size_t row = 0; row <= piece->more_rows; row++) {
        struct piece part = {.row = piece->row + row,
                             .column = piece->column,
                             .out = piece->out + (row * route->walk->result_stride << shift),
                             .stream = piece->stream};

        for (size_t left = piece->length; left > 0; left -= part.length) {
            part.length = left < tile_length ? left : tile_length;
            sum_tile(route, &part, tile);
            part.column += part.length;
            part.out += part.length << shift;
        }
    }
}

void ens_walk_nan(void *out, int32_t dtype, size_t length)
{
    static const uint16_t f16 = 0x7E00, bf16 = 0x7FC0;
    static const uint32_t f32 = 0x7FC00000;
    static const uint64_t f64 = 0x7FF8000000000000;
    static const void *const nan[] = {[ENS_f32] = &f32, [ENS_f64] = &f64, [ENS_f16] = &f16, [ENS_bf16] = &bf16};
    const size_t size = ens_dtype_size(dtype);

    for (size_t i = 0; i < length; i++)
        memcpy((unsigned char *)out + i * size, nan[dtype - 1], size);
}

static inline void sum_piece(const struct route *route, const struct piece *piece)
{
    const struct ens_walk *walk = route->walk;

    if (ENS_LIKELY(route->direct != NULL)) {
        sum_group(route, piece, 0, route->plan->n, route->direct, NULL, piece->out, piece->stream);
    } else if (route->plan->n > 0) {
        sum_tiles(route, piece);
    } else { /* where no model takes part, no value is known */
        for (size_t row = 0; row <= piece->more_rows; row++)
            ens_walk_nan(piece->out + (row * walk->result_stride << ens_dtype_shift(walk->dtype)), walk->dtype,
                         piece->length);
    }
}

/* Stores past the caches want an aligned address: what comes before the first one is a piece of its own. */
static ENS_COLD void stream_piece(const struct route *route, struct piece piece)
{
    const unsigned shift = ens_dtype_shift(route->walk->dtype);
    const size_t head = ((0 - (uintptr_t)piece.out) & (ENS_STREAM_ALIGNMENT - 1)) >> shift;
    const size_t length = piece.length;

    piece.length = head;
    sum_piece(route, &piece);
    piece.column += head;
    piece.length = length - head;
    piece.out += head << shift;
    piece.stream = 1;
    sum_piece(route, &piece);
}

static struct route choose_route(const struct ens_walk *walk)
{
    const struct ens_summary *summary = walk->inputs->summary;
    const struct ens_plan *plan = &walk->e->plan;
    struct route route = {.walk = walk, .plan = plan};

    route.acc = summary->f64 > 0 || walk->dtype == ENSEMBLE_F64 ? ENS_f64 : ENS_f32;
    if (plan->n > ENS_GROUP_NEAR)
        route.far = walk->row_count * walk->e->width >= ENS_WALK_FAR / plan->n;
    if (plan->n > 0 && summary->other_dtypes == 0 && ens_walk_at_once(plan->n, route.far))
        route.direct = walk->e->kernels->wsum[route.acc][summary->dtype - 1][walk->dtype - 1];
    return route;
}

/* Is the result so large that it is stored past the caches? Of a result in rows apart, each row would have to be. */
static int is_streamed(const struct ens_walk *walk, int dense)
{
    const unsigned shift = ens_dtype_shift(walk->dtype);
    const size_t width = walk->e->width;

    return (dense ? walk->row_count * width : width) >= STREAM_BYTES >> shift && !walk->in_place &&
           ((uintptr_t)walk->result & (((size_t)1 << shift) - 1)) == 0;
}

void ens_walk_part(const struct ens_walk *walk, const struct ens_part *part)
{
    const size_t width = walk->e->width, stride = walk->result_stride;
    const unsigned shift = ens_dtype_shift(walk->dtype);
    const int dense = walk->row_count == 1 || (walk->inputs->summary->gaps == 0 && stride == width);
    const int one_line = part->rows == 1 || dense;
    const int stream = is_streamed(walk, dense);
    const struct route route = choose_route(walk);
    struct piece piece = {.row = walk->row_begin + part->row,
                          .column = part->column,
                          .length = one_line ? part->rows * part->columns : part->columns};

    if (part->rows == 0) /* then the result may be NULL */
        return;
    piece.out = walk->result + ((part->row * stride + part->column) << shift);
    if (ENS_LIKELY(!stream && (one_line || !route.far))) {
        piece.more_rows = one_line ? 0 : part->rows - 1;
        sum_piece(&route, &piece);
        return;
    }
    for (size_t line = 0; line < (one_line ? 1 : part->rows); line++) {
        if (stream)
            stream_piece(&route, piece);
        else
            sum_piece(&route, &piece);
        piece.row++;
        piece.out += stride << shift;
    }
}

void ens_walk(const struct ens_walk *walk)
{
    ens_walk_part(walk, &(struct ens_part){0, walk->row_count, 0, walk->e->width});
}
