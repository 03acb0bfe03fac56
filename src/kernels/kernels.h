/* SPDX-License-Identifier: MIT */
/*
 * What kernels are given, and the table of them that each instruction set fills (instantiate.h). A tile is a stretch of
 * values of the accumulator's type at any address; no kernel allocates, and none touches a byte beyond `length`.
 */
#ifndef ENS_KERNELS_KERNELS_H
#define ENS_KERNELS_KERNELS_H

#include "base/dtype.h"

#include <stddef.h>
#include <stdint.h>

/*
 * One span of consecutive elements, for a group of models whose outputs have one dtype:
 *     out[j] = start[j] + weight[0] x in[0][j] + ... + weight[n - 1] x in[n - 1][j],   0 <= j < length
 * computed in the accumulator's type from left to right, each operation rounded. Where `start` is NULL the sum begins
 * with the first product. `out` may be `start`, or one of `in` if they have the same dtype: all that an element needs
 * is read before it is written.
 */
struct ens_span {
    void *out;
    const void *start;      /* accumulators, or NULL */
    const void *const *in;  /* n pointers to the first element */
    const void *weight;     /* n values of the accumulator's type */
    size_t n;               /* models, at least 1 */
    size_t length;          /* elements */
    int stream;             /* store past the caches; only where `out` is a multiple of ENS_STREAM_ALIGNMENT, and of at
                               most ENS_GROUP_NEAR models, or ENS_GROUP_FAR */
    int far;                /* weighted sums only, as what follows: the inputs come from memory */
    size_t more_rows;       /* as many spans after the first one; without `start`, `stream` and `far` */
    size_t out_step;        /* bytes from row to row, */
    const size_t *in_step;  /* n of them for the models */
};

/*
 * Up to so many models, and exactly so many from memory, have code of their own in a weighted sum. All other numbers
 * are summed by a loop over the models (docs/decisions/0003-groups-of-models.md, 0015-short-ways.md).
 */
#define ENS_GROUP_NEAR 8
#define ENS_GROUP_FAR 16

/* Whether that loop is unrolled; not for what is widened to double, which is rare. */
#define ENS_MANY_IS_WIDE(acc, in) ((acc) != ENS_f64 || (in) == ENS_f64)

/* The widest vector store, and a cache line. */
#define ENS_STREAM_ALIGNMENT 64

typedef void ens_span_kernel(const struct ens_span *span);

/* result[j] = accumulators[j], rounded once, 0 <= j < length; `stream` as in struct ens_span. No overlap. */
typedef void ens_narrow_kernel(void *result, const void *accumulators, size_t length, int stream);

/* tile[j] = values[j], exactly. No overlap. */
typedef void ens_widen_kernel(void *tile, const void *values, size_t length);

/* tile[j] = row[columns[j]], exactly, or `absent` where columns[j] is negative. */
typedef void ens_gather_kernel(void *tile, const void *row, const int32_t *columns, size_t length, double absent);

/*
 * Functions of one value, X(acc, name): to[j] = name(from[j]); `to` may be `from`. With a, b and c of struct ens_map,
 * each rounded to the accumulator's type:
 *   affine       x a - b, at least c
 *   exp          exp(x a - b)
 *   decay        exp(x a - b), where that exponent is not above 0: the same bits, and quicker
 *   softmax      that, / c
 *   log          log(x), x at least a, and its logarithm at least c
 *   sigmoid      1 / (1 + exp(-x a))
 *   log_sigmoid  its logarithm, at least c
 *   quotient     x / a
 *   reciprocal   1 / x
 *   power        exp(a log(x))
 *   square, root x x and its inverse
 *   sign         1 or -1, with the sign of x, also of a zero
 *   log_times    x log(x), and 0 for 0
 * "At least c": c in place of what is smaller; NaN stays NaN.
 */
#define ENS_MAP_LIST(X, acc)                                                                                         \
    X(acc, affine) X(acc, exp) X(acc, decay) X(acc, softmax) X(acc, log) X(acc, sigmoid) X(acc, log_sigmoid)         \
    X(acc, quotient) X(acc, reciprocal) X(acc, power) X(acc, square) X(acc, root) X(acc, sign) X(acc, log_times)

#define ENS_MAP_ENUMERATOR(acc, name) ENS_MAP_##name,
enum { ENS_MAP_LIST(ENS_MAP_ENUMERATOR, ) ENS_MAPS };
#undef ENS_MAP_ENUMERATOR

struct ens_map {
    double a, b, c;
};

typedef void ens_map_kernel(void *to, const void *from, size_t length, const struct ens_map *map);

/*
 * Sums over at most ENS_BLOCK values: element j goes to partial sum j mod ENS_LANES, and the partial sums are added in
 * halves, 0 + 16, 1 + 17, ...; so the bits do not depend on the vectors. `decay_sum` also does what the map of that
 * name does.
 */
#define ENS_BLOCK 512
#define ENS_LANES 32
typedef double ens_sum_kernel(const void *from, size_t length);
typedef double ens_decay_sum_kernel(void *to, const void *from, size_t length, const struct ens_map *map);

/* Is there a NaN? `*greatest`: the largest of the others; minus infinity if there are none. */
typedef int ens_greatest_kernel(const void *from, size_t length, double *greatest);

/* The same of values of another dtype too, and without the question. */
typedef double ens_peak_kernel(const void *from, size_t length);

/*
 * A row of logits becomes exponentials, and while processors are busy with these, what else has to be fetched and
 * stored costs little: so what was to be added to a sum of such rows is added, and the largest one of the logits that
 * come next is found. Returns the sum of the exponentials: of each stretch as above, and those one after the other in
 * double.
 */
struct ens_soften {
    const void *from;       /* logits, of the kernel's dtype */
    size_t length, stretch; /* elements */
    double a, b;            /* exp(x a - b), not above 1, as the decay map */
    void *to;               /* exponentials, as accumulators; NULL: only their sum is wanted */
    void *sum;              /* accumulators to which factor x to[j] is added, before to[j] is overwritten; NULL: none */
    double factor;
    int own;                /* what is added is factor x the exponential itself; `to` is NULL */
    int scaled;             /* it is added to scale x sum[j] */
    double scale;
    const void *next;       /* as many logits of the same dtype; NULL: none */
    double most;            /* returned: the largest of those, as of ens_peak_kernel */
};
typedef double ens_soften_kernel(struct ens_soften *s);

/*
 * The largest value and the second largest, which is as large if there are two of them; minus infinity where there are
 * not so many. `nan`: is there a NaN? They do not count. Of a zero, either sign may be given. `at`: of at most
 * ENS_LEAD_SHORT values, the first index of the largest one, or `length`; else ENS_LEAD_UNKNOWN.
 */
#define ENS_LEAD_SHORT ((size_t)24)
#define ENS_LEAD_UNKNOWN SIZE_MAX
struct ens_lead {
    double best, second;
    size_t at;
    int nan;
};
typedef void ens_lead_kernel(const void *from, size_t length, struct ens_lead *lead);

/* The first index whose value is equal to `value`, or `above`: larger than that; `length` if there is none. */
typedef size_t ens_find_kernel(const void *from, size_t length, double value);

/*
 * Folds of whole outputs, as spans without weights: X(acc, name). The product; the smallest and the largest, where -0 <
 * +0 and NaN wins; `median` of 1 to ENS_MEDIAN_MOST models of equal weight, without `start`.
 */
#define ENS_FOLD_LIST(X, acc) X(acc, product) X(acc, min) X(acc, max) X(acc, median)
#define ENS_MEDIAN_MOST 9

#define ENS_FOLD_ENUMERATOR(acc, name) ENS_FOLD_##name,
enum { ENS_FOLD_LIST(ENS_FOLD_ENUMERATOR, ) ENS_FOLDS };
#undef ENS_FOLD_ENUMERATOR

/*
 * Means of simple functions of whole outputs, as spans with weights and without `start`: X(io, acc, name, before,
 * after), two maps. Outputs and result have the dtype `io`. (Those of exp and log are quicker by maps over tiles.)
 */
#define ENS_MEAN_LIST(X)                                                                                             \
    X(f32, f32, harmonic, reciprocal, reciprocal) X(f32, f64, quadratic, square, root)                               \
    X(f64, f64, harmonic, reciprocal, reciprocal) X(f64, f64, quadratic, square, root)

enum { ENS_MEAN_harmonic, ENS_MEAN_quadratic, ENS_MEANS };

/*
 * Folds of one output with a factor for each element, a NaN where the model is left out of it; X(acc, name): tile[j]
 * becomes
 *   sum      tile[j] + factor[j] x values[j]
 *   product  tile[j] x values[j]
 *   min, max the smaller or the larger one of tile[j] and values[j], as above
 */
#define ENS_BLEND_LIST(X, acc) X(acc, sum) X(acc, product) X(acc, min) X(acc, max)

#define ENS_BLEND_ENUMERATOR(acc, name) ENS_BLEND_##name,
enum { ENS_BLEND_LIST(ENS_BLEND_ENUMERATOR, ) ENS_BLENDS };
#undef ENS_BLEND_ENUMERATOR

typedef void ens_blend_kernel(void *tile, const void *values, const void *factor, size_t length);

/*
 * Order statistics of up to ENS_ORDER_MOST models, by counting: for each value, the weight of the models up to it. Of
 * `first` and `second` each element is the smallest value up to which the weight is goals[0] or goals[1], or with
 * `beyond` more than it in `second`; NaN where there is a NaN. -0 and +0 are taken for equal.
 */
#define ENS_ORDER_MOST 32

struct ens_order {
    const void *const *in; /* n pointers to the values */
    const void *weight;    /* n values of the accumulator's type */
    size_t n;
    size_t length;
    double goals[2];
    int beyond;
    void *first, *second;
};
typedef void ens_order_kernel(const struct ens_order *order);

/*
 * The trimmed mean of as many models: the weighted mean of all but the `dropped` smallest and as many largest values,
 * to `first`; of equal values the model that comes first counts as the smaller. NaN where there is a NaN.
 */
typedef void ens_trimmed_kernel(const struct ens_order *order, size_t dropped);

/*
 * Order statistics of any number of models, element by element, by halving a range of bit patterns ordered as the
 * values are (kernels/select_tmpl.h). All arrays are of `length` elements of the accumulator's type, but for `low` and
 * `high`, whose elements are unsigned and as large.
 */
struct ens_sift {
    size_t length;
    void *low, *high; /* the range that the result is in */
    void *middle;     /* the value to be tried next */
    void *tally;      /* the weight of the models up to `middle` */
    const void *goal; /* the result is the smallest value up to which the weight is `goal`... */
    int beyond;       /* ...or more than it */
};

/* A model's weight: the same for all elements, or one for each, 0 where it is left out. */
struct ens_share {
    double weight;
    const void *weights; /* NULL: `weight` */
};

/* The range is from the smallest to the largest value, both in tiles. */
typedef void ens_sift_begin_kernel(const struct ens_sift *sift, const void *smallest, const void *largest);
/* Adds a model to the tally. */
typedef void ens_sift_tally_kernel(const struct ens_sift *sift, const void *values, const struct ens_share *share);
/* Halves the ranges and clears the tally. Is there still one of more than one value? If not, `middle` is the result. */
typedef int ens_sift_halve_kernel(const struct ens_sift *sift);

/* The trimmed mean: what of each model is kept, between two order statistics. Arrays as above. */
struct ens_trim {
    size_t length;
    const void *low, *high; /* the smallest and the largest value kept */
    void *skip;             /* of the values equal to `low`, how many are still to be dropped */
    void *take;             /* of those equal to `high`, how many are still to be kept */
    void *sum, *weight;     /* of what is kept, so far */
};
typedef void ens_trim_kernel(const struct ens_trim *trim, const void *values, const struct ens_share *share);

/* Adds, for each element, how many of the n values are smaller, and half of how many are equal. */
typedef void ens_outrank_kernel(void *tile, const void *from, size_t length, const void *values, size_t n);

/* Sorts n values; `spare` has room for as many. The same counts as above, of n sorted values. */
typedef void ens_sort_kernel(void *values, void *spare, size_t n);
typedef ens_outrank_kernel ens_outrank_sorted_kernel;

/*
 * Several short rows at once. Weighted sums of n outputs of one dtype, rows x width each, into accumulators:
 *     out[row][j] = sum of factor x in[m][row][j]
 * With factors by row, factor[row x n + m], where taken[row x n + m] is not 0; or by class, factors[m][j], where it is
 * not NaN. What no model takes part in is NaN.
 */
struct ens_panel {
    void *out;
    size_t out_stride;       /* bytes from row to row */
    const void *const *in;
    const size_t *in_stride; /* bytes */
    const void *factor;
    const unsigned char *taken;
    const void *const *factors;
    size_t n, rows, width;
    int all; /* every model takes part everywhere: `taken` is not looked at, and no factor by class is NaN */
};
typedef void ens_panel_kernel(const struct ens_panel *panel);

/* `stride` in bytes. */
typedef void ens_labels_kernel(const void *from, size_t stride, size_t rows, size_t width, int32_t *labels);
typedef void ens_decay_rows_kernel(void *to, const void *from, size_t stride, size_t rows, size_t width, double a,
                                   double *sums);
typedef void ens_divide_rows_kernel(void *tile, size_t rows, size_t width, const double *sums);

/*
 * Short rows turned on their sides: value j of row r is element j x rows + r. `width` is at most ENS_LANES.
 *   turn          makes that of rows that are `stride` bytes apart; `spare` has room for as much; no overlap
 *   lead_rows     as `lead`, of each row, to arrays of accumulators: `label` is the first index of the largest value,
 *                 or -1 where there is a NaN. Is there such a row?
 *   next_rows     the same where NaN do not count, without the second largest one; 0 where nothing is above minus
 *                 infinity
 *   sum_rows      the sum of each row, as `sum`; the values do not outlast it
 *   decay_turned  each row's largest value (NaN does not count), and the sum of the exponentials of the differences
 *                 from it, or from 0 where it is minus infinity; the values do not outlast it
 */
struct ens_turned {
    void *values;
    size_t rows, width;
};
/* to[j] is divided by by[j], in double. Is one of the quotients 0, or not finite? */
typedef int ens_quotients_kernel(double *to, const double *by, size_t length);
typedef void ens_turn_kernel(void *to, void *spare, const void *from, size_t stride, size_t rows, size_t width);
typedef int ens_lead_rows_kernel(const struct ens_turned *turned, void *best, void *second, void *label);
typedef void ens_next_rows_kernel(const struct ens_turned *turned, void *best, void *label);
typedef void ens_sum_rows_kernel(const struct ens_turned *turned, double *sums);
typedef void ens_decay_turned_kernel(const struct ens_turned *turned, double *most, double *sums);

/*
 * Spans in double, as in struct ens_span, of the models' differences from `center`, or of their squares:
 *     out[j] = start[j] + weight[0] (in[0][j] - center[j])^p + ...
 */
typedef void ens_deviation_kernel(const struct ens_span *span, const double *center);

/*
 * The variance between the models of a span, without `start`: with c = in[0], the mean m = c + sum of weight (in - c),
 * and then the sum of weight (in - m)^2.
 */
typedef ens_span_kernel ens_variance_kernel;

/*
 * One array of doubles beside ENS_PAIRS others: sums[k] is the sum of the products a[j] b[k][j], or of the absolute
 * differences. Partial sums: ENS_PAIR_LANES, as above.
 */
#define ENS_PAIRS 4
#define ENS_PAIR_LANES ((size_t)8)
typedef void ens_pairs_kernel(const double *a, const double *const *b, size_t length, double *sums);

/*
 * The products, added to ENS_PAIRS times ENS_PAIR_LANES partial sums, which begin at +0: element j to number j mod
 * ENS_PAIR_LANES.
 */
typedef void ens_gram_kernel(const double *a, const double *const *b, size_t length, double *partial);

/*
 * The sum of log(a[j] + b[j]), or of log(a[j]) where `b` is NULL, over at most ENS_LOG_BLOCK elements, each of which
 * counts as at least `least` and at most `most`; those are from 1e-18 to 1e18. Of ENS_LOG_LANES products, element j in
 * number j mod ENS_LOG_LANES, the logarithms, added in halves.
 */
#define ENS_LOG_BLOCK ((size_t)256)
#define ENS_LOG_LANES ((size_t)16)
typedef double ens_log_sum_kernel(const double *a, const void *b, size_t length, double least, double most);

/*
 * In how many of `count` rows of doubles, which follow each other, the first of the largest values is at the row's
 * label. That is below the width, and this at most ENS_HITS_WIDTH. With a NaN none is the largest.
 */
#define ENS_HITS_WIDTH ((size_t)32)
typedef size_t ens_hits_kernel(const double *rows, size_t count, size_t width, const int32_t *labels);

/* Are all of the values finite? */
typedef int ens_finite_kernel(const void *from, size_t length);

/*
 * From to[i], 0 <= i < n, the quotients in[i][j] / below[j] are taken, one after the other, where below[j] counts as at
 * least `least`.
 */
typedef void ens_descend_kernel(const double *const *in, size_t n, const double *below, size_t length, double least,
                                double *to);

/* Indexed by dtypes; the accumulator is ENS_f32 or ENS_f64. NULL where instantiate.h does not list the combination. */
struct ens_kernels {
    const char *name;                                  /* of the instruction set */
    ens_span_kernel *wsum[2][ENS_DTYPES][ENS_DTYPES];  /* [accumulator][in][out] */
    ens_narrow_kernel *narrow[2][ENS_DTYPES];          /* [accumulator][out] */
    ens_widen_kernel *widen[2][ENS_DTYPES];            /* [accumulator][in] */
    ens_gather_kernel *gather[2][ENS_DTYPES];          /* [accumulator][in] */
    ens_map_kernel *map[2][ENS_MAPS];
    ens_span_kernel *fold[2][ENS_FOLDS];
    ens_span_kernel *mean[2][ENS_MEANS];               /* [in and out] */
    ens_blend_kernel *blend[2][ENS_BLENDS];
    ens_sum_kernel *sum[2];
    ens_decay_sum_kernel *decay_sum[2];
    ens_greatest_kernel *greatest[2];
    ens_peak_kernel *peak[2][ENS_DTYPES];              /* [accumulator][in] */
    ens_soften_kernel *soften[2][ENS_DTYPES];          /* [accumulator][in] */
    ens_lead_kernel *lead[2];
    ens_find_kernel *find[2];
    ens_find_kernel *above[2];
    ens_order_kernel *order[2];
    ens_trimmed_kernel *trimmed[2];
    ens_sift_begin_kernel *sift_begin[2];
    ens_sift_tally_kernel *sift_tally[2];
    ens_sift_halve_kernel *sift_halve[2];
    ens_trim_kernel *trim[2];
    ens_outrank_kernel *outrank[2];
    ens_outrank_sorted_kernel *outrank_sorted[2];
    ens_sort_kernel *sort[2];
    ens_panel_kernel *panel[2][ENS_DTYPES][2];         /* [accumulator][in][by row, by class] */
    ens_labels_kernel *labels[2];
    ens_decay_rows_kernel *decay_rows[2];
    ens_divide_rows_kernel *divide_rows[2];
    ens_turn_kernel *turn[2];
    ens_lead_rows_kernel *lead_rows[2];
    ens_next_rows_kernel *next_rows[2];
    ens_sum_rows_kernel *sum_rows;                     /* of doubles */
    ens_decay_turned_kernel *decay_turned;
    ens_quotients_kernel *quotients;
    ens_deviation_kernel *deviation[ENS_DTYPES][2];    /* [in][p - 1] */
    ens_variance_kernel *variance[ENS_DTYPES];         /* [in] */
    ens_pairs_kernel *pairs[2];                        /* [products, differences] */
    ens_gram_kernel *gram;
    ens_log_sum_kernel *log_sum[2];                    /* [dtype of b: ENS_f32 or ENS_f64] */
    ens_hits_kernel *hits;
    ens_finite_kernel *finite[2];
    ens_descend_kernel *descend;
};

#endif
