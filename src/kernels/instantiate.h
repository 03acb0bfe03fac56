/* SPDX-License-Identifier: MIT */
/*
 * Makes every kernel of one instruction set, and its table. isa_<isa>.c includes this after simd/vec_<isa>.h. The lists
 * below are the only ones of operation x dtype; a new operation adds its list, and its member to struct ens_kernels.
 */
#include "base/half.h"
#include "kernels/kernels.h"
#include "kernels/networks.h"
#include "kernels/tmpl.h"
#include "simd/access.h"

#include <math.h>
#include <string.h>

/* Each template once for float and once for double. */
#define ENS_ACC f32
#include "kernels/templates.h"
#define ENS_ACC f64
#include "kernels/templates.h"
/* And what is done in float alone, and in double alone. */
#define ENS_ACC f32
#include "kernels/shuffle_tmpl.h"
#undef ENS_ACC
#define ENS_ACC f64
#include "kernels/deviation_tmpl.h"
#include "kernels/pairs_tmpl.h"
#include "kernels/learn_tmpl.h"
#include "kernels/rows_sum_tmpl.h"
#undef ENS_ACC

/* X(accumulator, in, out): all inputs into accumulators, and 16-bit models into a result of their own type. */
#define ENS_WSUM_LIST(X)                                                                                             \
    X(f32, f32, f32) X(f32, f16, f32) X(f32, bf16, f32) X(f32, f16, f16) X(f32, bf16, bf16)                          \
    X(f64, f64, f64) X(f64, f32, f64) X(f64, f16, f64) X(f64, bf16, f64)

/* X(accumulator, out), X(accumulator, in) */
#define ENS_NARROW_LIST(X) X(f32, f16) X(f32, bf16) X(f64, f32) X(f64, f16) X(f64, bf16)
#define ENS_WIDEN_LIST(X) ENS_NARROW_LIST(X)
#define ENS_GATHER_LIST(X) ENS_NARROW_LIST(X) X(f32, f32) X(f64, f64)
#define ENS_SOFTEN_LIST(X) ENS_GATHER_LIST(X)
#define ENS_PANEL_LIST(X) X(f32, f32) X(f32, f16) X(f32, bf16) X(f64, f64)

/* X(in): in double */
#define ENS_DEVIATION_LIST(X) X(f32) X(f64) X(f16) X(bf16)

/* X(accumulator): all else works on tiles of accumulators. */
#define ENS_ACC_LIST(X) X(f32) X(f64)

/* ens_<operation>_<types>_<isa> */
#define ENS_NAME(words) ENS_CAT(ens_##words##_, ENS_ISA)

/*
 * A function for each number of models, so that none pays for more registers than it needs, and another one for what is
 * stored past the caches or goes on from a start; sixteen have such a one only. The kernel goes on to one of them.
 */
#define ENS_WSUM_NAME(kind, acc, in, out) ENS_CAT(kind##_, ENS_NAME(wsum_##acc##_##in##_##out))
#define ENS_WSUM_FUNCTION(kind, plain, n, acc, in, out)                                                              \
    static ENS_APART size_t ENS_WSUM_NAME(kind##n, acc, in, out)(const struct ens_span *span)                        \
    {                                                                                                                \
        return wsum_few_##acc(ENS_##in, ENS_##out, n, plain, span);                                                  \
    }
#define ENS_WSUM_BOTH(n, acc, in, out)                                                                               \
    ENS_WSUM_FUNCTION(plain, 1, n, acc, in, out) ENS_WSUM_FUNCTION(far, 0, n, acc, in, out)
#define ENS_WSUM_PLAIN(n, acc, in, out)                                                                              \
    case n:                                                                                                          \
        ENS_WSUM_NAME(plain##n, acc, in, out)(span);                                                                 \
        return;
#define ENS_WSUM_FAR(n, acc, in, out)                                                                                \
    case n:                                                                                                          \
        at = ENS_WSUM_NAME(far##n, acc, in, out)(span);                                                              \
        break;
#define ENS_WSUM_EACH(X, ...)                                                                                        \
    X(1, __VA_ARGS__) X(2, __VA_ARGS__) X(3, __VA_ARGS__) X(4, __VA_ARGS__) X(5, __VA_ARGS__) X(6, __VA_ARGS__)      \
    X(7, __VA_ARGS__) X(8, __VA_ARGS__)
#define ENS_WSUM_KERNEL(acc, in, out)                                                                                \
    ENS_WSUM_EACH(ENS_WSUM_BOTH, acc, in, out)                                                                       \
    ENS_WSUM_FUNCTION(far, 0, 16, acc, in, out)                                                                      \
    static ENS_APART void ENS_WSUM_NAME(many, acc, in, out)(const struct ens_span *span, size_t at)                  \
    {                                                                                                                \
        wsum_many_##acc(ENS_##in, ENS_##out, ENS_MANY_IS_WIDE(ENS_##acc, ENS_##in), span, at);            \
    }                                                                                                                \
    static ENS_APART void ENS_WSUM_NAME(far, acc, in, out)(const struct ens_span *span)                              \
    {                                                                                                                \
        size_t at = 0;                                                                                               \
                                                                                                                     \
        switch (span->n) {                                                                                           \
            ENS_WSUM_EACH(ENS_WSUM_FAR, acc, in, out)                                                                \
            ENS_WSUM_FAR(16, acc, in, out)                                                                           \
        }                                                                                                            \
        if (at < span->length)                                                                                       \
            ENS_WSUM_NAME(many, acc, in, out)(span, at);                                                             \
    }                                                                                                                \
    static void ENS_NAME(wsum_##acc##_##in##_##out)(const struct ens_span *span)                                     \
    {                                                                                                                \
        if (span->start != NULL || span->stream || (span->far && span->n == ENS_GROUP_FAR)) {                        \
            ENS_WSUM_NAME(far, acc, in, out)(span);                                                                  \
            return;                                                                                                  \
        }                                                                                                            \
        switch (span->n) {                                                                                           \
            ENS_WSUM_EACH(ENS_WSUM_PLAIN, acc, in, out)                                                              \
        }                                                                                                            \
        ENS_WSUM_NAME(many, acc, in, out)(span, 0);                                                                  \
    }
ENS_WSUM_LIST(ENS_WSUM_KERNEL)

#define ENS_NARROW_KERNEL(acc, out)                                                                                  \
    static void ENS_NAME(narrow_##acc##_##out)(void *result, const void *tile, size_t length, int stream)            \
    {                                                                                                                \
        narrow_##acc(ENS_##out, result, tile, length, stream);                                                       \
    }
ENS_NARROW_LIST(ENS_NARROW_KERNEL)

#define ENS_WIDEN_KERNEL(acc, in)                                                                                    \
    static void ENS_NAME(widen_##acc##_##in)(void *tile, const void *values, size_t length)                          \
    {                                                                                                                \
        widen_##acc(ENS_##in, tile, values, length);                                                                 \
    }
ENS_WIDEN_LIST(ENS_WIDEN_KERNEL)

#define ENS_GATHER_KERNEL(acc, in)                                                                                   \
    static void ENS_NAME(gather_##acc##_##in)(void *tile, const void *row, const int32_t *columns, size_t length,    \
                                              double absent)                                                         \
    {                                                                                                                \
        gather_##acc(ENS_##in, tile, row, columns, length, absent);                                                  \
    }
ENS_GATHER_LIST(ENS_GATHER_KERNEL)

#define ENS_SOFTEN_KERNEL(acc, in)                                                                                   \
    static double ENS_NAME(peak_##acc##_##in)(const void *from, size_t length)                                       \
    {                                                                                                                \
        double most;                                                                                                 \
                                                                                                                     \
        greatest_##acc(ENS_##in, 0, from, length, &most);                                                            \
        return most;                                                                                                 \
    }                                                                                                                \
    static double ENS_NAME(soften_##acc##_##in)(struct ens_soften *s)                                                \
    {                                                                                                                \
        return soften_##acc(ENS_##in, s);                                                                            \
    }
ENS_SOFTEN_LIST(ENS_SOFTEN_KERNEL)

#define ENS_PANEL_KERNEL(acc, in)                                                                                    \
    static void ENS_NAME(panel_rows_##acc##_##in)(const struct ens_panel *panel)                                     \
    {                                                                                                                \
        panel_##acc(ENS_##in, 0, panel);                                                                             \
    }                                                                                                                \
    static void ENS_NAME(panel_classes_##acc##_##in)(const struct ens_panel *panel)                                  \
    {                                                                                                                \
        panel_##acc(ENS_##in, 1, panel);                                                                             \
    }
ENS_PANEL_LIST(ENS_PANEL_KERNEL)

#define ENS_DEVIATION_KERNEL(in)                                                                                     \
    static void ENS_NAME(deviation_##in)(const struct ens_span *span, const double *center)                          \
    {                                                                                                                \
        deviation_f64(ENS_##in, 0, span, center);                                                                    \
    }                                                                                                                \
    static void ENS_NAME(deviation_squared_##in)(const struct ens_span *span, const double *center)                  \
    {                                                                                                                \
        deviation_f64(ENS_##in, 1, span, center);                                                                    \
    }                                                                                                                \
    static void ENS_NAME(variance_##in)(const struct ens_span *span)                                                 \
    {                                                                                                                \
        variance_f64(ENS_##in, span);                                                                                \
    }
ENS_DEVIATION_LIST(ENS_DEVIATION_KERNEL)

/* Functions of a tile, one for each name in a list of kernels.h. */
#define ENS_MAP_KERNEL(acc, name)                                                                                    \
    static void ENS_NAME(map_##acc##_##name)(void *to, const void *from, size_t length, const struct ens_map *map)   \
    {                                                                                                                \
        map_##acc(ENS_MAP_##name, to, from, length, map);                                                            \
    }
ENS_MAP_LIST(ENS_MAP_KERNEL, f32)
ENS_MAP_LIST(ENS_MAP_KERNEL, f64)

#define ENS_FOLD_KERNEL(acc, name)                                                                                   \
    static void ENS_NAME(fold_##acc##_##name)(const struct ens_span *span)                                           \
    {                                                                                                                \
        if (ENS_FOLD_##name == ENS_FOLD_median)                                                                      \
            median_##acc(span);                                                                                      \
        else                                                                                                         \
            fold_##acc(ENS_FOLD_##name, span);                                                                       \
    }
ENS_FOLD_LIST(ENS_FOLD_KERNEL, f32)
ENS_FOLD_LIST(ENS_FOLD_KERNEL, f64)

#define ENS_MEAN_KERNEL(io, acc, name, before, after)                                                                \
    static void ENS_NAME(mean_##io##_##name)(const struct ens_span *span)                                            \
    {                                                                                                                \
        mean_##acc(ENS_##io, ENS_MAP_##before, ENS_MAP_##after, span);                                               \
    }
ENS_MEAN_LIST(ENS_MEAN_KERNEL)

#define ENS_BLEND_KERNEL(acc, name)                                                                                  \
    static void ENS_NAME(blend_##acc##_##name)(void *tile, const void *values, const void *factor, size_t length)    \
    {                                                                                                                \
        blend_##acc(ENS_BLEND_##name, tile, values, factor, length);                                                 \
    }
ENS_BLEND_LIST(ENS_BLEND_KERNEL, f32)
ENS_BLEND_LIST(ENS_BLEND_KERNEL, f64)

/* One kernel for each accumulator, with the arguments that its type in kernels.h has. */
#define ENS_ACC_KERNELS(acc)                                                                                         \
    static double ENS_NAME(sum_##acc)(const void *from, size_t length)                                               \
    {                                                                                                                \
        return sum_##acc(from, length);                                                                              \
    }                                                                                                                \
    static double ENS_NAME(decay_sum_##acc)(void *to, const void *from, size_t length, const struct ens_map *map)    \
    {                                                                                                                \
        return decay_sum_##acc(to, from, length, map);                                                               \
    }                                                                                                                \
    static int ENS_NAME(greatest_##acc)(const void *from, size_t length, double *greatest)                           \
    {                                                                                                                \
        return greatest_##acc(ENS_##acc, 1, from, length, greatest);                                                 \
    }                                                                                                                \
    static int ENS_NAME(finite_##acc)(const void *from, size_t length)                                               \
    {                                                                                                                \
        return finite_##acc(from, length);                                                                           \
    }                                                                                                                \
    static void ENS_NAME(order_##acc)(const struct ens_order *order)                                                 \
    {                                                                                                                \
        if (order->beyond)                                                                                           \
            order_##acc(1, order);                                                                                   \
        else                                                                                                         \
            order_##acc(0, order);                                                                                   \
    }                                                                                                                \
    static void ENS_NAME(trimmed_##acc)(const struct ens_order *order, size_t dropped)                               \
    {                                                                                                                \
        trimmed_##acc(order, dropped);                                                                               \
    }                                                                                                                \
    static void ENS_NAME(sift_begin_##acc)(const struct ens_sift *sift, const void *smallest, const void *largest)   \
    {                                                                                                                \
        sift_begin_##acc(sift, smallest, largest);                                                                   \
    }                                                                                                                \
    static void ENS_NAME(sift_tally_##acc)(const struct ens_sift *sift, const void *values,                          \
                                           const struct ens_share *share)                                            \
    {                                                                                                                \
        sift_tally_##acc(sift, values, share);                                                                       \
    }                                                                                                                \
    static int ENS_NAME(sift_halve_##acc)(const struct ens_sift *sift)                                               \
    {                                                                                                                \
        return sift_halve_##acc(sift);                                                                               \
    }                                                                                                                \
    static void ENS_NAME(trim_##acc)(const struct ens_trim *trim, const void *values, const struct ens_share *share) \
    {                                                                                                                \
        trim_##acc(trim, values, share);                                                                             \
    }                                                                                                                \
    static void ENS_NAME(outrank_##acc)(void *tile, const void *from, size_t length, const void *values, size_t n)   \
    {                                                                                                                \
        outrank_##acc(tile, from, length, values, n);                                                                \
    }                                                                                                                \
    static int ENS_NAME(lead_rows_##acc)(const struct ens_turned *turned, void *best, void *second, void *label)     \
    {                                                                                                                \
        return lead_rows_##acc(0, turned, best, second, label);                                                      \
    }                                                                                                                \
    static void ENS_NAME(next_rows_##acc)(const struct ens_turned *turned, void *best, void *label)                  \
    {                                                                                                                \
        lead_rows_##acc(1, turned, best, NULL, label);                                                               \
    }
ENS_ACC_LIST(ENS_ACC_KERNELS)

static void ENS_NAME(pairs_products)(const double *a, const double *const *b, size_t length, double *sums)
{
    pairs_f64(0, a, b, length, sums);
}
static void ENS_NAME(pairs_differences)(const double *a, const double *const *b, size_t length, double *sums)
{
    pairs_f64(1, a, b, length, sums);
}
static void ENS_NAME(gram)(const double *a, const double *const *b, size_t length, double *partial)
{
    gram_f64(0, a, b, length, partial);
}
static double ENS_NAME(log_sum_f32)(const double *a, const void *b, size_t length, double least, double most)
{
    return log_sum_f64(ENS_f32, a, b, length, least, most);
}
static double ENS_NAME(log_sum_f64)(const double *a, const void *b, size_t length, double least, double most)
{
    return log_sum_f64(ENS_f64, a, b, length, least, most);
}
static size_t ENS_NAME(hits)(const double *rows, size_t count, size_t width, const int32_t *labels)
{
    return hits_f64(rows, count, width, labels);
}
static void ENS_NAME(descend)(const double *const *in, size_t n, const double *below, size_t length, double least,
                              double *to)
{
    descend_f64(in, n, below, length, least, to);
}

static void ENS_NAME(turn_f32)(void *to, void *spare, const void *from, size_t stride, size_t rows, size_t width)
{
    if (stride != width * sizeof(float) || !turn_by_shuffles_f32(to, spare, from, rows, width))
        turn_one_by_one_f32(to, from, stride, rows, width);
}
static void ENS_NAME(turn_f64)(void *to, void *spare, const void *from, size_t stride, size_t rows, size_t width)
{
    (void)spare;
    turn_one_by_one_f64(to, from, stride, rows, width);
}
static void ENS_NAME(sum_rows)(const struct ens_turned *turned, double *sums)
{
    sum_rows_f64(turned, sums);
}
static int ENS_NAME(quotients)(double *to, const double *by, size_t length)
{
    return quotients_f64(to, by, length);
}
static void ENS_NAME(decay_turned)(const struct ens_turned *turned, double *most, double *sums)
{
    decay_turned_f64(turned, most, sums);
}

#define ENS_STRING_(x) #x
#define ENS_STRING(x) ENS_STRING_(x)
#define ENS_WSUM_ENTRY(acc, in, out) [ENS_##acc][ENS_##in][ENS_##out] = ENS_NAME(wsum_##acc##_##in##_##out),
#define ENS_NARROW_ENTRY(acc, out) [ENS_##acc][ENS_##out] = ENS_NAME(narrow_##acc##_##out),
#define ENS_WIDEN_ENTRY(acc, in) [ENS_##acc][ENS_##in] = ENS_NAME(widen_##acc##_##in),
#define ENS_GATHER_ENTRY(acc, in) [ENS_##acc][ENS_##in] = ENS_NAME(gather_##acc##_##in),
#define ENS_PEAK_ENTRY(acc, in) [ENS_##acc][ENS_##in] = ENS_NAME(peak_##acc##_##in),
#define ENS_SOFTEN_ENTRY(acc, in) [ENS_##acc][ENS_##in] = ENS_NAME(soften_##acc##_##in),
#define ENS_PANEL_ENTRY(acc, in)                                                                                     \
    [ENS_##acc][ENS_##in] = {ENS_NAME(panel_rows_##acc##_##in), ENS_NAME(panel_classes_##acc##_##in)},
#define ENS_DEVIATION_ENTRY(in) [ENS_##in] = {ENS_NAME(deviation_##in), ENS_NAME(deviation_squared_##in)},
#define ENS_VARIANCE_ENTRY(in) [ENS_##in] = ENS_NAME(variance_##in),
#define ENS_MAP_ENTRY(acc, name) [ENS_##acc][ENS_MAP_##name] = ENS_NAME(map_##acc##_##name),
#define ENS_FOLD_ENTRY(acc, name) [ENS_##acc][ENS_FOLD_##name] = ENS_NAME(fold_##acc##_##name),
#define ENS_MEAN_ENTRY(io, acc, name, first, last) [ENS_##io][ENS_MEAN_##name] = ENS_NAME(mean_##io##_##name),
#define ENS_BLEND_ENTRY(acc, name) [ENS_##acc][ENS_BLEND_##name] = ENS_NAME(blend_##acc##_##name),
#define ENS_BOTH(name) {ENS_NAME(name##_f32), ENS_NAME(name##_f64)}

extern const struct ens_kernels ENS_CAT(ens_kernels_, ENS_ISA);
const struct ens_kernels ENS_CAT(ens_kernels_, ENS_ISA) = {
    .name = ENS_STRING(ENS_ISA),
    .wsum = {ENS_WSUM_LIST(ENS_WSUM_ENTRY)},
    .narrow = {ENS_NARROW_LIST(ENS_NARROW_ENTRY)},
    .widen = {ENS_WIDEN_LIST(ENS_WIDEN_ENTRY)},
    .gather = {ENS_GATHER_LIST(ENS_GATHER_ENTRY)},
    .map = {ENS_MAP_LIST(ENS_MAP_ENTRY, f32) ENS_MAP_LIST(ENS_MAP_ENTRY, f64)},
    .fold = {ENS_FOLD_LIST(ENS_FOLD_ENTRY, f32) ENS_FOLD_LIST(ENS_FOLD_ENTRY, f64)},
    .mean = {ENS_MEAN_LIST(ENS_MEAN_ENTRY)},
    .blend = {ENS_BLEND_LIST(ENS_BLEND_ENTRY, f32) ENS_BLEND_LIST(ENS_BLEND_ENTRY, f64)},
    .sum = ENS_BOTH(sum),
    .decay_sum = ENS_BOTH(decay_sum),
    .greatest = ENS_BOTH(greatest),
    .peak = {ENS_SOFTEN_LIST(ENS_PEAK_ENTRY)},
    .soften = {ENS_SOFTEN_LIST(ENS_SOFTEN_ENTRY)},
    .lead = {lead_f32, lead_f64},
    .find = {find_f32, find_f64},
    .above = {above_f32, above_f64},
    .order = ENS_BOTH(order),
    .trimmed = ENS_BOTH(trimmed),
    .sift_begin = ENS_BOTH(sift_begin),
    .sift_tally = ENS_BOTH(sift_tally),
    .sift_halve = ENS_BOTH(sift_halve),
    .trim = ENS_BOTH(trim),
    .outrank = ENS_BOTH(outrank),
    .outrank_sorted = {outrank_sorted_f32, outrank_sorted_f64},
    .sort = {sort_f32, sort_f64},
    .panel = {ENS_PANEL_LIST(ENS_PANEL_ENTRY)},
    .labels = {labels_f32, labels_f64},
    .decay_rows = {decay_rows_f32, decay_rows_f64},
    .divide_rows = {divide_rows_f32, divide_rows_f64},
    .turn = ENS_BOTH(turn),
    .lead_rows = ENS_BOTH(lead_rows),
    .next_rows = ENS_BOTH(next_rows),
    .sum_rows = ENS_NAME(sum_rows),
    .decay_turned = ENS_NAME(decay_turned),
    .quotients = ENS_NAME(quotients),
    .deviation = {ENS_DEVIATION_LIST(ENS_DEVIATION_ENTRY)},
    .variance = {ENS_DEVIATION_LIST(ENS_VARIANCE_ENTRY)},
    .pairs = {ENS_NAME(pairs_products), ENS_NAME(pairs_differences)},
    .gram = ENS_NAME(gram),
    .log_sum = ENS_BOTH(log_sum),
    .hits = ENS_NAME(hits),
    .finite = ENS_BOTH(finite),
    .descend = ENS_NAME(descend),
};
