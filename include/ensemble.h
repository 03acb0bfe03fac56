/* SPDX-License-Identifier: MIT */
/*
 * libensemble: one answer from what several models said.
 *
 * A model's output is a matrix in memory, `rows` x `width`, row-major: one row per example, one value per class (or
 * per whatever the model predicts). The library never runs a model. It reads the outputs of several and computes
 *
 *     y = sum_i w_i y_i
 *
 * or another mean, pool, vote or robust rule, with the same bits on every machine and instruction set
 * (docs/numerics.md; docs/methods.md says which method is for what).
 *
 *     #include <ensemble.h>
 *
 *     float a[] = {1, 2, 3}, b[] = {4, 5, 6}, c[] = {7, 8, 9}, y[3];
 *     double w[] = {.3, .4, .3};
 *     struct ensemble *e;
 *
 *     ensemble_create(&e, 3);
 *     ensemble_add_model_output(e, a, ENSEMBLE_F32, 1);
 *     ensemble_add_model_output(e, b, ENSEMBLE_F32, 1);
 *     ensemble_add_model_output(e, c, ENSEMBLE_F32, 1);
 *     ensemble_set_weights(e, w, 3);
 *     ensemble_combine(e, y, ENSEMBLE_F32, 3);             // y is 4, 5, 6
 *     ensemble_destroy(e);
 *
 * The rules that hold for every function below:
 *  - A function that returns `int` returns 0 (or an index) on success and a negative ENSEMBLE_E... code on failure.
 *    After a failure nothing that the caller can see has changed. ensemble_strerror() says a code in words, and
 *    ensemble_check() names the model and the shape at fault. No function prints, aborts, locks, raises a signal, or
 *    sets errno. What you lend (hooks, loops, metrics) has to return: no exception or longjmp() may leave it.
 *  - Threads: one thread at a time may change a handle; any number of threads may use one `const struct ensemble *`
 *    at once. Calls on a const handle neither allocate (but ensemble_clone() does), nor lock, nor make system calls.
 *  - Data is borrowed: an output must stay valid and unchanged until the last combine that reads it. Weights are
 *    copied. No alignment is demanded of outputs and results, and nothing outside of what the caller named is read or
 *    written.
 *  - Structs begin with their own size, `x.struct_size = sizeof x`; zero in any other field means its default. They
 *    grow at their end only, so a program and a library of different versions understand each other.
 */
#ifndef ENSEMBLE_H
#define ENSEMBLE_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The version of this header. Compare ENSEMBLE_VERSION with ensemble_version(), the version of the loaded library. */
#define ENSEMBLE_VERSION_MAJOR 0
#define ENSEMBLE_VERSION_MINOR 7
#define ENSEMBLE_VERSION_PATCH 0
#define ENSEMBLE_VERSION (ENSEMBLE_VERSION_MAJOR * 10000 + ENSEMBLE_VERSION_MINOR * 100 + ENSEMBLE_VERSION_PATCH)

/* An ensemble: a width, a method, weights, and the models' outputs (or where they are). Opaque. */
struct ensemble;

/* Types of the values of an output or a result; `int32_t dtype` wherever one is asked for. */
enum {
    ENSEMBLE_F32 = 1,  /* IEEE 754 binary32, `float` */
    ENSEMBLE_F64 = 2,  /* IEEE 754 binary64, `double` */
    ENSEMBLE_F16 = 3,  /* IEEE 754 binary16, in a uint16_t */
    ENSEMBLE_BF16 = 4, /* bfloat16: the upper half of a binary32, in a uint16_t */
    ENSEMBLE_I32 = 5   /* int32_t: labels, one per row, for ENSEMBLE_VOTE; never a result */
};

/*
 * Methods, for ensemble_set_method(). For each row and class, y_i is what model i says (as ensemble_set_input() has it
 * read), w_i its weight, W = sum_i w_i, and n the number of models; all of those that take part: a model of weight 0
 * does not. Weights must not be negative but for ENSEMBLE_SUM and ENSEMBLE_MEAN.
 */
enum {
    ENSEMBLE_SUM = 0,       /* sum_i w_i y_i (the default; with the default weights 1/n it is the plain mean) */
    ENSEMBLE_MEAN = 1,      /* sum_i (w_i / W) y_i: the linear opinion pool (Stone, 1961) */
    ENSEMBLE_GEOMETRIC = 2, /* exp(sum_i (w_i / W) log y_i), y_i >= 0 */
    ENSEMBLE_HARMONIC = 3,  /* 1 / sum_i (w_i / W) / y_i */
    ENSEMBLE_POWER = 4,     /* (sum_i (w_i / W) y_i^p)^(1/p), y_i >= 0 unless p is 2; p: ENSEMBLE_EXPONENT */
    ENSEMBLE_LOG_POOL = 5,  /* GEOMETRIC, each row divided by its sum: the logarithmic opinion pool (Genest, 1984) */
    ENSEMBLE_PRODUCT = 6,   /* prod_i y_i; the size of a weight does not matter */
    ENSEMBLE_MEDIAN = 7,    /* the weighted median: the smallest y_i up to which the weights add up to more than W/2;
                               where they meet W/2 exactly, halfway from that y_i to the next larger one */
    ENSEMBLE_TRIMMED = 8,   /* MEAN of what is left without the floor(t n) smallest and as many largest y_i; t:
                               ENSEMBLE_TRIM; of equal ones, the model of lower index counts as the smaller */
    ENSEMBLE_MIN = 9,       /* min_i y_i; the size of a weight does not matter; -0 < +0 */
    ENSEMBLE_MAX = 10,      /* max_i y_i; likewise */
    ENSEMBLE_VOTE = 11,     /* each class's share of the votes: (sum of the w_i of the models whose largest value it
                               has) / W. Of several largest values, the one of the lowest class counts */
    ENSEMBLE_RANK = 12      /* MEAN of the ranks within each model's row: 1 for the smallest value, `width` for the
                               largest; equal values share the mean of their ranks (Borda, 1781) */
};

/* Parameters of methods, for ensemble_set_parameter(). */
enum {
    ENSEMBLE_EXPONENT = 1, /* p of ENSEMBLE_POWER: finite; 2, the quadratic mean, if not set. With 1 it is MEAN, with
                              -1 HARMONIC, with 0 its limit GEOMETRIC, to the bit */
    ENSEMBLE_TRIM = 2,     /* t of ENSEMBLE_TRIMMED: at least 0 and below 1/2; 0.2 if not set */
    ENSEMBLE_FLOOR = 3     /* GEOMETRIC and LOG_POOL: y_i below it count as it; at least 0 and below 1; 0 if not set,
                              so that one model that says 0 rules a class out */
};

/* What a model's numbers mean, for ensemble_set_input(). z: the number, T: the temperature. */
enum {
    ENSEMBLE_AS_IS = 0,             /* whatever they are; they are combined as they are (the default) */
    ENSEMBLE_PROBABILITIES = 1,     /* likewise; but they are in [0, 1], and a row sums to 1 */
    ENSEMBLE_LOG_PROBABILITIES = 2, /* natural logarithms: y = exp(z) */
    ENSEMBLE_LOGITS = 3,            /* y = softmax(z / T) within the row; 1 for a row of one element. A row with a NaN
                                       or +inf in it, or with nothing but -inf, is NaN in every class */
    ENSEMBLE_BINARY_LOGITS = 4,     /* y = 1 / (1 + exp(-z / T)), each by itself */
    ENSEMBLE_LABELS = 5             /* ENSEMBLE_I32: one class index per row, a vote for that class */
};

/* What becomes of a combined row before it is written, for ensemble_set_result(). T: the temperature. */
enum {
    ENSEMBLE_RESULT_AS_IS = 0,      /* nothing (the default) */
    ENSEMBLE_RESULT_NORMALISED = 1, /* y / (the sum of y over the row) */
    ENSEMBLE_RESULT_LOG = 2,        /* log y, the natural logarithm */
    ENSEMBLE_RESULT_SOFTMAX = 3,    /* softmax(y / T) over the row, for logits that were combined as they are */
    ENSEMBLE_RESULT_TEMPERED = 4    /* y^(1/T) / (the sum of that over the row), for probabilities, y >= 0: a pool that
                                       is calibrated as a whole (Rahaman and Thiery, 2021) */
};

/* What to leave out instead of reporting an error or passing a NaN on, for ensemble_set_missing_policy(). */
enum {
    ENSEMBLE_LEAVE_OUT_MISSING = 1, /* models whose output is missing */
    ENSEMBLE_LEAVE_OUT_NAN = 2,     /* a model in those rows in which it says NaN, or a label that is none */
    ENSEMBLE_LEAVE_OUT_ABSENT = 4   /* a model for those classes that its class map does not name */
};

/* What went wrong. The numbers never change; a later version may add codes, so treat any negative value as an error. */
enum {
    ENSEMBLE_ENULL = -1,      /* a pointer that is needed is NULL */
    ENSEMBLE_EWIDTH = -2,     /* the width is 0 */
    ENSEMBLE_EDTYPE = -3,     /* no such dtype */
    ENSEMBLE_EMETHOD = -4,    /* no such method */
    ENSEMBLE_EMODEL = -5,     /* no model has this index */
    ENSEMBLE_EEMPTY = -6,     /* the ensemble has no models */
    ENSEMBLE_EMISSING = -7,   /* a model that takes part has no output */
    ENSEMBLE_EROWS = -8,      /* the models' outputs differ in their number of rows */
    ENSEMBLE_ESTRIDE = -9,    /* a row stride is smaller than the row */
    ENSEMBLE_ECOUNT = -10,    /* the result's number of elements does not fit the rows and the width */
    ENSEMBLE_ERANGE = -11,    /* the range of rows does not lie within the outputs' rows */
    ENSEMBLE_EWEIGHTS = -12,  /* the number of weights is not that of the models, the classes, or the rows */
    ENSEMBLE_ENOTFINITE = -13,/* a weight is NaN or infinite */
    ENSEMBLE_EZEROSUM = -14,  /* weights to be divided by their sum: it is 0 or infinite, or a factor infinite */
    ENSEMBLE_EOVERLAP = -15,  /* the result overlaps an output, and is not exactly that output */
    ENSEMBLE_EOVERFLOW = -16, /* a size, or the end of a buffer, is beyond what the address space can hold */
    ENSEMBLE_ENOMEM = -17,    /* out of memory */
    ENSEMBLE_EISA = -18,      /* no such instruction set, or not on this machine or in this build */
    ENSEMBLE_ESTRUCT = -19,   /* struct_size or output_size is smaller than in any released header */
    ENSEMBLE_E2BIG = -20,     /* a struct from a newer header uses a field that this library does not know */
    ENSEMBLE_EPARAMETER = -21,/* no such parameter, space, form or policy, or a value that it cannot have */
    ENSEMBLE_ENEGATIVE = -22, /* a weight is negative, which only ENSEMBLE_SUM and ENSEMBLE_MEAN allow */
    ENSEMBLE_EQUORUM = -23,   /* too little of the weight is present: less than the quorum, or nothing */
    ENSEMBLE_ESPACE = -24,    /* what a model's numbers mean does not go with its dtype or with the method */
    ENSEMBLE_EMAP = -25,      /* a class map names a class that there is not, one class twice, or none */
    ENSEMBLE_EREPORT = -26,   /* what is asked does not go with the method, the weights, or what the numbers mean */
    ENSEMBLE_EFIT = -27,      /* what is to be learned does not go with the method, the form, the targets, or itself */
    ENSEMBLE_ETARGET = -28,   /* a label is beyond the classes, a target is infinite, or no row can be used */
    ENSEMBLE_ENAME = -29,     /* a name that another model has, that is too long, or that no text can hold */
    ENSEMBLE_ETEXT = -30,     /* a text is not what ensemble_save() writes, or is not all of it */
    ENSEMBLE_EVERSION = -31,  /* a text is of a version that this library does not know */
    ENSEMBLE_ETENSOR = -32    /* a tensor is not in the CPU's memory, or is not a matrix of rows x width */
};

/* Why a row has no answer, in struct ensemble_report. Of several reasons the first one of this list is given. */
enum {
    ENSEMBLE_ROW_SOUND = 0,    /* it has one */
    ENSEMBLE_ROW_WEIGHT = 1,   /* a row weight is NaN, infinite or negative, or the weights cannot be normalised */
    ENSEMBLE_ROW_NOBODY = 2,   /* every weight is 0 */
    ENSEMBLE_ROW_QUORUM = 3,   /* less weight is present than the quorum, or nothing */
    ENSEMBLE_ROW_LABEL = 4,    /* a label is no class */
    ENSEMBLE_ROW_NAN = 5,      /* a model says NaN, or one arose, as it does in infinity less infinity */
    ENSEMBLE_ROW_RULED_OUT = 6 /* the row was to be divided by its sum, which is 0: every class was ruled out */
};

/*
 * The fields of struct ensemble_report, for ensemble_measure(). The first ones have one element per row; the others as
 * many as is said.
 */
enum {
    ENSEMBLE_MEASURE_LABEL = 1,
    ENSEMBLE_MEASURE_CONFIDENCE = 2,
    ENSEMBLE_MEASURE_MARGIN = 3,
    ENSEMBLE_MEASURE_TIED = 4,
    ENSEMBLE_MEASURE_ENTROPY = 5,
    ENSEMBLE_MEASURE_MEAN_ENTROPY = 6,
    ENSEMBLE_MEASURE_MUTUAL_INFORMATION = 7,
    ENSEMBLE_MEASURE_VOTE_DISAGREEMENT = 8,
    ENSEMBLE_MEASURE_VARIATION_RATIO = 9,
    ENSEMBLE_MEASURE_CONFLICT = 10,
    ENSEMBLE_MEASURE_WEIGHT_PRESENT = 11,
    ENSEMBLE_MEASURE_MODELS_PRESENT = 12,
    ENSEMBLE_MEASURE_ROW_FAULT = 13,
    ENSEMBLE_MEASURE_SETTLED = 14,
    ENSEMBLE_MEASURE_VARIANCE = 15,     /* rows x width */
    ENSEMBLE_MEASURE_CONTRIBUTION = 16, /* rows x models */
    ENSEMBLE_MEASURE_INFLUENCE = 17,    /* rows x models */
    ENSEMBLE_MEASURE_FLIPS = 18         /* rows x models */
};

/* How alike two models are, for ensemble_similarity(). */
enum {
    ENSEMBLE_SIMILARITY_CORRELATION = 1, /* Pearson's, over all rows and classes: -1 to 1 */
    ENSEMBLE_SIMILARITY_AGREEMENT = 2,   /* the share of the rows in which both have the same top class: 0 to 1 */
    ENSEMBLE_SIMILARITY_DIFFERENCE = 3   /* the mean absolute difference of their values: 0 and above */
};

/*
 * How good an answer is beside the truth, for ensemble_fit(), ensemble_score() and ensemble_update(). y: the answer's
 * row; t: the target's, which for a label is 1 at the label and 0 elsewhere. Where the width is 1, labels are 0 and 1,
 * and y is the probability of 1. Each is a mean over the rows; of the accuracy and the area, more is better.
 */
enum {
    ENSEMBLE_SCORE_LOG_LOSS = 1,         /* labels: -log(y at the label), where y counts as at least 1e-12, at most 1 */
    ENSEMBLE_SCORE_SQUARED_ERROR = 2,    /* sum_j (y_j - t_j)^2; of labels, the Brier score (Brier, 1950): 0 to 2 */
    ENSEMBLE_SCORE_ACCURACY = 3,         /* labels: 1 where the first of the largest y is the label, else 0 */
    ENSEMBLE_SCORE_AUC = 4,              /* labels: the area under the ROC curve of each class that some rows have and
                                            some have not, its mean over these classes; equal values count half */
    ENSEMBLE_SCORE_CALIBRATION_ERROR = 5 /* labels: the expected calibration error (Guo et al., 2017), in 15 equal bins
                                            of confidence; ensemble_score() only */
};

/* How weights are learned, for ensemble_fit(). */
enum {
    ENSEMBLE_FIT_CONVEX = 0,        /* the best ones there are (the default): squared error or log loss */
    ENSEMBLE_FIT_GREEDY = 1,        /* forward selection with replacement (Caruana et al., 2004): any score */
    ENSEMBLE_FIT_INVERSE_ERROR = 2, /* 1 / the model's own error (Bates and Granger, 1969) */
    ENSEMBLE_FIT_LOG_ODDS = 3,      /* log(a / (1 - a)), a: the model's accuracy (Nitzan and Paroush, 1982) */
    ENSEMBLE_FIT_SOFTMAX = 4,       /* exp(- the model's own error / temperature) */
    ENSEMBLE_FIT_NOTHING = 5        /* the weights stay; for calibration */
};

/* Which weights are allowed. */
enum {
    ENSEMBLE_SIMPLEX = 0,      /* at least 0, and they sum to 1 (the default) */
    ENSEMBLE_NONNEGATIVE = 1,  /* at least 0; squared error and ENSEMBLE_SUM only */
    ENSEMBLE_UNCONSTRAINED = 2 /* any; squared error and ENSEMBLE_SUM only */
};

/* Which temperatures are learned along with them, by log loss, from 0.01 to 100 (Guo et al., 2017). */
enum {
    ENSEMBLE_CALIBRATE_MODELS = 1, /* that of each model of ENSEMBLE_LOGITS (if the width is 1, of _BINARY_LOGITS),
                                      before the weights */
    ENSEMBLE_CALIBRATE_RESULT = 2  /* that of ENSEMBLE_RESULT_SOFTMAX or _TEMPERED, after the weights */
};

/* ------------------------------------------------------------------------------------------------------------------
 * The basic level: these five are enough for most programs.
 * --------------------------------------------------------------------------------------------------------------- */

/*
 * Makes an ensemble without models, for outputs with `width` values per row (for instance one per class; at least 1),
 * and stores it in `*out`. The caller owns it and gives it back with ensemble_destroy().
 * Errors: ENSEMBLE_ENULL, ENSEMBLE_EWIDTH, ENSEMBLE_EOVERFLOW, ENSEMBLE_ENOMEM. On failure `*out` is not touched.
 */
int ensemble_create(struct ensemble **out, size_t width);

/*
 * Adds a model, whose output is the matrix `output` of `rows` x width values of type `dtype`, row after row without
 * gaps, and returns its index: 0 for the first model, 1 for the next. The dtypes of the models may differ. The data
 * is borrowed, not copied.
 * A NULL `output` with rows > 0 declares a model whose output is missing for now: give it one with
 * ensemble_set_model_output() before combining. With rows == 0 `output` may be NULL, and nothing is missing.
 * Weights that were set before no longer fit, and combining reports ENSEMBLE_EWEIGHTS until they are set again.
 * Errors: ENSEMBLE_ENULL (e), ENSEMBLE_EDTYPE, ENSEMBLE_EOVERFLOW, ENSEMBLE_ENOMEM. That the models agree in their
 * rows is checked when they are combined, not here.
 */
int ensemble_add_model_output(struct ensemble *e, const void *output, int32_t dtype, size_t rows);

/*
 * Sets the weight of every model: `weights[i]` for the model of index i. `n_models` is the length of the array and
 * must be the number of models. Weights may be any finite numbers; for ENSEMBLE_SUM and ENSEMBLE_MEAN negative ones
 * too. They need not sum to 1: ENSEMBLE_SUM takes them as they are, the other methods divide by their sum, or look only
 * at whether they are 0. A model whose weight is exactly 0 takes no part: its output is not read, may be missing, and
 * need not match the others in its rows. Where every weight is 0, SUM, PRODUCT, MIN and MAX give NaN, in as many rows
 * as model 0 has, since no model says anything; the other methods report ENSEMBLE_EZEROSUM when they combine.
 * ensemble_set_weights(e, NULL, 0) goes back to the default, where each of n models weighs 1/n.
 * Errors: ENSEMBLE_ENULL (e; or weights while n_models > 0), ENSEMBLE_EEMPTY (weights, but no models),
 * ENSEMBLE_EWEIGHTS, ENSEMBLE_ENOTFINITE.
 */
int ensemble_set_weights(struct ensemble *e, const double *weights, size_t n_models);

/*
 * Combines the models' outputs and writes rows x width values of type `dtype` to `result`, row after row without
 * gaps. `count` is the number of elements of `result`, and must be exactly rows x width, so that a buffer of the
 * wrong size is noticed before anything is written.
 * The values are computed and summed in float, or in double if an output that takes part or the result is
 * ENSEMBLE_F64 (and always in double: powers other than MEAN, HARMONIC and GEOMETRIC; medians of weights that differ,
 * or are given by class or row; ranks of more than 2^22 classes), in the order in which the models were added, each
 * product and each sum rounded once; the end is rounded once to `dtype`, to nearest, ties to even. A value beyond the
 * range of `dtype` becomes infinite. NaN and infinity pass through as IEEE 754 says. A weight beyond the range of float
 * is infinite where float is summed. docs/numerics.md has the steps of every method.
 * `result` may be exactly one of the outputs (same address, same dtype, no row stride), which it then replaces; but
 * not where its rows would be written before they have been read to the end: with ENSEMBLE_RANK, for a model with a
 * class map, and with more than 64 models of which logits, votes or NaN are looked at, if the width is more than 32.
 * Any other overlap with an output that takes part, or with any of the row weights, is an error.
 * A row can be at fault where a call is not: a NaN among what is combined, a label that is no class, a row weight that
 * is negative, NaN or infinite, less weight than the quorum, every class ruled out in ENSEMBLE_LOG_POOL. Such a row is
 * NaN (for most methods only in the classes concerned), and never an error.
 * Errors: ENSEMBLE_ENULL, ENSEMBLE_EDTYPE, ENSEMBLE_EEMPTY, ENSEMBLE_EMISSING, ENSEMBLE_EROWS, ENSEMBLE_ECOUNT,
 * ENSEMBLE_EWEIGHTS, ENSEMBLE_EZEROSUM, ENSEMBLE_ENEGATIVE, ENSEMBLE_EQUORUM, ENSEMBLE_ESPACE, ENSEMBLE_EOVERLAP,
 * ENSEMBLE_EOVERFLOW.
 */
int ensemble_combine(const struct ensemble *e, void *result, int32_t dtype, size_t count);

/* Frees an ensemble. The outputs that it borrowed are not touched. NULL is allowed. No thread may be using `e`. */
void ensemble_destroy(struct ensemble *e);

/* ------------------------------------------------------------------------------------------------------------------
 * The detailed level: for servers, thread pools, memory of one's own, and diagnosis.
 * --------------------------------------------------------------------------------------------------------------- */

/* How to make an ensemble. Set struct_size to sizeof(struct ensemble_options) and everything else to zero first. */
struct ensemble_options {
    uint32_t struct_size;
    uint32_t reserved; /* 0 */

    /*
     * Memory for the handle, in place of malloc() and free(): both hooks or neither. `allocate` returns `size` bytes
     * (never 0 of them) aligned as malloc() aligns, or NULL if there are none; `release` gets back what `allocate`
     * returned, with the same size. `user` is passed on as it is. They are called by ensemble_create_with(),
     * ensemble_add_model_output(), ensemble_set_class_weights(), ensemble_set_class_map(), ensemble_set_model_name(),
     * ensemble_fit(), ensemble_score(), ensemble_update(), ensemble_load(), ensemble_clone() and ensemble_destroy(), in
     * the thread that makes the call, and by no other function. Clones have the hooks of their original.
     */
    void *(*allocate)(size_t size, void *user);
    void (*release)(void *memory, size_t size, void *user);
    void *user;

    /*
     * The name of the instruction set to use: "portable", "sse2", "avx2", "avx512", "neon" or "sve". NULL: the best
     * one that the machine has. The results are the same bits with each; this is for tests and measurements.
     */
    const char *isa;
};

/*
 * Like ensemble_create(), but with options. `options` may be NULL, and is not needed after the call.
 * Errors: as ensemble_create(), and ENSEMBLE_ENULL (one allocator hook without the other), ENSEMBLE_EISA,
 * ENSEMBLE_ESTRUCT, ENSEMBLE_E2BIG.
 */
int ensemble_create_with(struct ensemble **out, size_t width, const struct ensemble_options *options);

/*
 * Points the model of index `model` at new data. Like ensemble_add_model_output(), but for a model that is there,
 * and with a distance between rows: `row_stride` is the number of elements from the start of one row to the start of
 * the next, at least the width; 0 means the width (no gaps). What lies in the gaps is neither read nor written. Where
 * the model has a class map, its number of classes stands in place of the width; where it gives labels, 1.
 * `output` NULL with rows > 0: the model's output is missing for now. Weights stay as they are.
 * Errors: ENSEMBLE_ENULL (e), ENSEMBLE_EMODEL, ENSEMBLE_EDTYPE, ENSEMBLE_ESTRIDE, ENSEMBLE_EOVERFLOW.
 */
int ensemble_set_model_output(struct ensemble *e, size_t model, const void *output, int32_t dtype, size_t rows,
                              size_t row_stride);

/*
 * Points the model of index `model` at a tensor of another framework, without a copy: `dl_tensor` is the address of a
 * DLTensor (DLPack 1), which is read here and then not needed; its data is borrowed like any other. The tensor is a
 * matrix of rows x width (for a model with a class map, of its own classes; for labels, rows x 1 of 32-bit integers),
 * or has one dimension: a single row of that length, or, where that length is 1, all the rows. There may be gaps
 * between rows; strides of dimensions of size 1 are not looked at. Its memory is the CPU's, or pinned: whoever has it
 * from a GPU synchronises first. docs/serving.md shows how to come by one from Python.
 * Errors: ENSEMBLE_ENULL (e or dl_tensor; or no data in a tensor that has elements), ENSEMBLE_EMODEL, ENSEMBLE_EDTYPE,
 * ENSEMBLE_ETENSOR (another device, number of dimensions, or length of a row), ENSEMBLE_ESTRIDE (rows that run
 * backwards, overlap, or are not each in one piece), ENSEMBLE_EOVERFLOW.
 */
int ensemble_set_model_dlpack(struct ensemble *e, size_t model, const void *dl_tensor);

/*
 * Makes another handle of all that this one holds, and stores it in `*out`: models, weights, settings, the lent loop,
 * and the outputs and row weights, borrowed as they are here. From then on each is by itself: so a server gives each
 * worker a handle, or changes the weights of a copy while others combine, and has new requests use the copy. `e` may be
 * in use by other threads that do not change it. Give both back with ensemble_destroy().
 * Errors: ENSEMBLE_ENULL, ENSEMBLE_ENOMEM. On failure `*out` is not touched.
 */
int ensemble_clone(struct ensemble **out, const struct ensemble *e);

/*
 * Sets how the models are combined: ENSEMBLE_SUM (the default), or another ENSEMBLE_... method.
 * Errors: ENSEMBLE_ENULL, ENSEMBLE_EMETHOD.
 */
int ensemble_set_method(struct ensemble *e, int32_t method);

/*
 * Sets a parameter of a method, such as ENSEMBLE_TRIM. It is kept whatever the method is now.
 * Errors: ENSEMBLE_ENULL, ENSEMBLE_EPARAMETER (no such parameter, or the value is outside of its range).
 */
int ensemble_set_parameter(struct ensemble *e, int32_t parameter, double value);

/*
 * Says what the numbers of the model of index `model` mean: `space` is ENSEMBLE_AS_IS (the default), _PROBABILITIES,
 * _LOG_PROBABILITIES, _LOGITS, _BINARY_LOGITS or _LABELS. They are converted while they are combined; the data stays as
 * it is. `temperature` divides logits (above 1 it flattens, below 1 it sharpens: Guo et al., 2017): 1e-30 to 1e30; 0
 * means 1, and the spaces without logits allow no other. ENSEMBLE_VOTE and ENSEMBLE_RANK look at the order of the
 * numbers only, which no conversion changes, and so at the numbers as they are. Labels need ENSEMBLE_I32, and
 * ENSEMBLE_I32 means labels, also where this was not called.
 * Errors: ENSEMBLE_ENULL, ENSEMBLE_EMODEL, ENSEMBLE_EPARAMETER. Whether a space goes with dtype and method is checked
 * when the models are combined (ENSEMBLE_ESPACE).
 */
int ensemble_set_input(struct ensemble *e, size_t model, int32_t space, double temperature);

/*
 * Says what becomes of the combined rows: `form` is ENSEMBLE_RESULT_AS_IS (the default), _NORMALISED, _LOG, _SOFTMAX or
 * _TEMPERED. `temperature` is that of the latter two: 1e-30 to 1e30; 0 means 1, and the other forms allow no other.
 * Errors: ENSEMBLE_ENULL, ENSEMBLE_EPARAMETER.
 */
int ensemble_set_result(struct ensemble *e, int32_t form, double temperature);

/*
 * Sets a weight for each model and class: `weights`, n_models x width doubles, row-major, copied. The weight of a model
 * for a class is then the product of its own (1, not 1/n, where ensemble_set_weights() was not called), its row weight
 * and its class weight, and W of the methods is each class's own sum. A weight of exactly 0 takes the model out of that
 * class, and a class without any model is NaN. ensemble_set_class_weights(e, NULL, 0, 0) goes back to none.
 * Errors: ENSEMBLE_ENULL (e; or weights while n_models or width > 0), ENSEMBLE_EEMPTY, ENSEMBLE_EWEIGHTS (n_models or
 * width are not those of the ensemble; also reported by combine after a model was added), ENSEMBLE_ENOTFINITE,
 * ENSEMBLE_EOVERFLOW, ENSEMBLE_ENOMEM. ENSEMBLE_VOTE and ENSEMBLE_RANK, whose models speak of a row as a whole, do not
 * combine with class weights (ENSEMBLE_ESPACE).
 */
int ensemble_set_class_weights(struct ensemble *e, const double *weights, size_t n_models, size_t width);

/*
 * Sets a weight for each row and model, such as a gate's output (Jacobs et al., 1991): `weights`, rows x n_models
 * floats, row-major without gaps, borrowed until the last combine. They multiply the models' other weights as said at
 * ensemble_set_class_weights(). `rows` must be the outputs' number of rows (checked by combine). A weight of exactly 0
 * leaves the model out of that row, and a row of nothing else is NaN. A NaN, an infinity, or a negative weight (but for
 * ENSEMBLE_SUM and ENSEMBLE_MEAN) makes its row NaN. ensemble_set_row_weights(e, NULL, 0, 0) goes back to none.
 * Errors: ENSEMBLE_ENULL (e; or weights while rows and n_models > 0), ENSEMBLE_EEMPTY, ENSEMBLE_EWEIGHTS,
 * ENSEMBLE_EOVERFLOW.
 */
int ensemble_set_row_weights(struct ensemble *e, const float *weights, size_t rows, size_t n_models);

/*
 * Says what to do where something is missing. `policy` is 0 (the default: a missing output is ENSEMBLE_EMISSING, a NaN
 * passes through, an absent class counts as probability 0), or a sum of
 *  - ENSEMBLE_LEAVE_OUT_MISSING: a model whose output is missing (NULL with rows > 0) is left out of the call;
 *  - ENSEMBLE_LEAVE_OUT_NAN: a model whose row holds a NaN, as it is or once it is converted, is left out of that row
 *    (a NaN that only the method makes, as the logarithm of a negative number is, does not count);
 *  - ENSEMBLE_LEAVE_OUT_ABSENT: a model is left out of the classes that its class map does not name.
 * The models that are left share the weight: ENSEMBLE_SUM scales it by W / W_present, for the other methods W and n are
 * those of the models present. A value of 0 is a statement, and never missing.
 * `quorum`, from 0 to 1, is the share of the weight that must be present: where W_missing > (1 - quorum) W, or
 * nothing is present, a call fails with ENSEMBLE_EQUORUM before anything is written, and a row is NaN. (As PMML's
 * missingThreshold, 1 - quorum; with 1e-12 W for rounding.) Where there are row weights, a call fails only if
 * nothing is present. Weights here are the sizes of those of models and rows, without class weights; absent classes
 * do not count as missing.
 * Errors: ENSEMBLE_ENULL, ENSEMBLE_EPARAMETER.
 */
int ensemble_set_missing_policy(struct ensemble *e, int32_t policy, double quorum);

/*
 * Lets the model of index `model` have classes of its own, `n` of them: its column c is class map[c] of the ensemble.
 * The map is copied. map[c] == -1: the ensemble does not have that class, and the column counts only towards the
 * softmax of logits. Classes that no column names are absent: they have probability 0, and among numbers that are as
 * they are the value 0; or the model is left out of them, see ensemble_set_missing_policy(). For ENSEMBLE_RANK, absent
 * logits and logarithms are -inf. ENSEMBLE_VOTE takes the largest of the values that the ensemble has a class for, and
 * leaves nobody out of a class; labels are mapped, too, and -1 is no class. The model's output is from now on a matrix
 * of rows x n; one that is bound already stays bound, and is read as such.
 * ensemble_set_class_map(e, model, NULL, 0) goes back to the ensemble's classes.
 * Errors: ENSEMBLE_ENULL (e; or map while n > 0), ENSEMBLE_EMODEL, ENSEMBLE_EMAP (a class outside of -1 ... width - 1,
 * one class twice, none at all, or n or the width beyond the range of int32_t), ENSEMBLE_ESTRIDE and
 * ENSEMBLE_EOVERFLOW (for the output that is bound), ENSEMBLE_ENOMEM.
 */
int ensemble_set_class_map(struct ensemble *e, size_t model, const int32_t *map, size_t n);

/*
 * Copies the weights to `weights`, an array of `n_models` doubles, which must be the number of models: as they were
 * set, or 1/n each.
 * Errors: ENSEMBLE_ENULL (e; or weights while n_models > 0), ENSEMBLE_EWEIGHTS (n_models is not the number of models,
 * or models were added after the weights were set).
 */
int ensemble_get_weights(const struct ensemble *e, double *weights, size_t n_models);

/*
 * One model's output, given with a call instead of being bound to the handle. An element of an array whose element
 * size the call names, so that this struct, too, could grow.
 */
struct ensemble_output {
    const void *data;  /* rows x width values; NULL: missing (empty where rows is 0) */
    size_t rows;       /* how many rows */
    size_t row_stride; /* elements from row to row, as for ensemble_set_model_output(); 0: no gaps */
    int32_t dtype;     /* ENSEMBLE_F32, ... */
    int32_t reserved;  /* 0 */
};

/*
 * What else a call can say about its rows: the decision, how sure it is, how contested among the models, and why. Set
 * struct_size to sizeof(struct ensemble_report) and everything else to zero first; then point the fields that are
 * wanted at arrays of your own. What is not asked for is not computed. docs/report.md explains each of them.
 *
 * In the formulas, y_j is the combined row as the result has it, before it is rounded to the result's dtype; x_ij is
 * what model i says of class j, as ensemble_set_input() has it read (a label is 1 for its class and 0 for the others;
 * of an absent class, 0); w_i are the weights in the row of the models that take part in it and are not left out, v_i =
 * w_i / sum_i w_i, and m_j = sum_i v_i x_ij is their linear pool, whatever the method is. With class weights, w and v
 * are each class's own. Logarithms are natural, and 0 log 0 is 0.
 *
 * A model's top class is the first of its largest values, as in ENSEMBLE_VOTE. Fields marked (p) are about
 * probabilities: every model that takes part must say ENSEMBLE_PROBABILITIES, _LOG_PROBABILITIES or _LOGITS, or labels,
 * and no weight may be negative (where one of a row is, they are NaN in that row). What rounding leaves below the range
 * of such a field becomes the end of the range.
 *
 * y is computed in float unless an output or the dtype of the call is ENSEMBLE_F64, and so are probabilities that are
 * made of logits or logarithms; all else is computed in double. The arrays are aligned as their types ask for.
 *
 * In a row that has no answer the label is -1, and every real number but weight_present is NaN, every flag 0. A class
 * of which no model speaks, which is NaN in the result because all of its class weights are 0, has no part in the rest.
 */
struct ensemble_report {
    uint32_t struct_size;
    uint32_t reserved; /* 0 */

    /* The sizes of the arrays: room for at least so many rows, the first of them row_begin of the call; */
    size_t rows;
    size_t width;  /* the width of the ensemble, where `variance` is asked for, */
    size_t models; /* and its number of models, those of weight 0 included, where a field per model is */

    /* Per row. */
    int32_t *label;             /* arg max_j y_j, the lowest of several */
    double *confidence;         /* y at the label */
    double *margin;             /* y at the label less the second largest y; 0 where tied; infinity where no other is */
    uint8_t *tied;              /* 1: another class has the same value as the label */
    double *entropy;            /* of y divided by its sum, -sum_j p_j log p_j, at most log width; (p), or any models
                                   where the method is LOG_POOL or VOTE or the result NORMALISED, SOFTMAX or TEMPERED,
                                   whose rows sum to 1; of a result LOG, that of exp(y) */
    double *mean_entropy;       /* (p) -sum_j sum_i v_i x_ij log x_ij: how unsure the models are, each by itself */
    double *mutual_information; /* (p) sum_j ((sum_i v_i x_ij log x_ij) - m_j log m_j), entropy less mean entropy of the
                                   linear pool: how much they contradict each other. The weighted Jensen-Shannon
                                   divergence (Lin, 1991), from 0, for models that say the same, to log n */
    double *vote_disagreement;  /* the share of the pairs of models whose top classes differ: 0 to 1; 0 for one model */
    double *variation_ratio;    /* (p) 1 - max_j m_j (Freeman, 1965) */
    double *conflict;           /* (p) -log sum_j prod_i x_ij^v_i: 0, for models that say the same, to infinity, where
                                   each class is ruled out by some model; x_ij at least ENSEMBLE_FLOOR */
    double *weight_present;     /* the share of the weight that is present, as the quorum counts it: 0 to 1 */
    int32_t *models_present;    /* how many models take part in the row and are not left out */
    int32_t *row_fault;         /* why the row has no answer: ENSEMBLE_ROW_... */
    uint8_t *settled;           /* 1: the label stays, whatever the missing models say; see ensemble_settled() */

    /* Per row and class, rows x width. */
    double *variance; /* between the models, sum_i v_i (x_ij - m_j)^2; no weight may be negative */

    /* Per row and model, rows x models; 0 for a model that takes no part in the row. */
    double *contribution; /* the model's term in the sum that the method forms for the label: factor times value. They
                             add up to the confidence where the method is SUM, MEAN, VOTE or RANK and the result AS_IS.
                             In GEOMETRIC and LOG_POOL they are logarithms, in HARMONIC reciprocals, in POWER powers;
                             the other methods form no sum (ENSEMBLE_EREPORT) */
    double *influence;    /* the confidence less the value that the label has without the model, the others sharing its
                             weight: what the same call gives where the model is missing and left out, whatever the
                             quorum. NaN where no other is there */
    uint8_t *flips;       /* 1: without the model, in this sense, there is another label, or none */

    /* The `top` largest classes of each row, at most the width: rows x top, in descending order of y, of equal ones
       the lowest class first. 0: none are asked for; else both arrays are needed. Where there are fewer: -1 and NaN. */
    size_t top;
    int32_t *top_labels;
    double *top_values;
};

/* One combine, in detail. Set struct_size to sizeof(struct ensemble_call) and everything else to zero first. */
struct ensemble_call {
    uint32_t struct_size;
    uint32_t output_size; /* sizeof(struct ensemble_output); may be 0 where `outputs` is NULL */

    /* One output for each model of the ensemble, in the models' order; NULL: the outputs bound to the handle. */
    const struct ensemble_output *outputs;
    size_t n_outputs; /* length of `outputs`: the number of models; 0 where `outputs` is NULL */

    /* Which rows to combine: `row_count` of them from `row_begin` on; row_count 0: all from `row_begin` to the end. */
    size_t row_begin;
    size_t row_count;

    /*
     * Where the result goes: row `row_begin` of the outputs becomes the first row at `result`. `result_stride` is the
     * number of elements from row to row, at least the width; 0: the width. `result_count` is the number of elements
     * that `result` has room for, counted from its start to the end of its last row or further: at least
     * (row_count - 1) x result_stride + width. Gaps between rows are not written. With a report, `result` may be NULL
     * (and result_count 0): then nothing is written, and dtype may be 0, which stands for ENSEMBLE_F32.
     */
    void *result;
    size_t result_count;
    size_t result_stride;

    /*
     * Memory that some methods can use to be faster, of ensemble_workspace_size() bytes or more, without alignment,
     * not shared with a call that runs at the same time. With NULL, or a smaller one, the result has the same bits.
     */
    void *workspace;
    size_t workspace_size; /* bytes */

    int32_t dtype;    /* of the result: ENSEMBLE_F32, ... */
    int32_t reserved; /* 0 */

    /*
     * Row weights of this call, in place of those of ensemble_set_row_weights(): rows x n_models floats for all rows of
     * the outputs, of which the call reads those that it combines. NULL: those of the handle, if it has any.
     */
    const float *row_weights;
    size_t row_weights_count; /* length of `row_weights`: rows x n_models; 0 where it is NULL */

    /* What else to say about the rows, in the same pass; NULL: nothing. */
    const struct ensemble_report *report;

    /* A loop for this call, in place of that of ensemble_set_parallel(), with its `user`. NULL: that of the handle. */
    void (*parallel_for)(void *user, size_t n, void (*task)(void *context, size_t index), void *context);
    void *parallel_user;
};

/*
 * Like ensemble_combine(), but all of it is said in `call`: outputs that are not bound to the handle, a range of
 * rows, a result with a row stride, row weights, a workspace. Nothing of the call is kept. Since the handle is const,
 * any number of threads can run calls on it at once, each with its own outputs (a server), or each with a part of the
 * rows (a thread pool: the split does not change a bit of the result). The result of a range of rows may be exactly
 * those rows of one of the outputs: same address, dtype and stride. It may also lie in the gaps between an output's
 * rows if both have the same distance from row to row in bytes.
 * Errors: as ensemble_combine(), and ENSEMBLE_ESTRIDE, ENSEMBLE_ERANGE, ENSEMBLE_ESTRUCT, ENSEMBLE_E2BIG (also for a
 * `reserved` field that is not 0); ENSEMBLE_ECOUNT also where n_outputs is not the number of models, ENSEMBLE_EWEIGHTS
 * also where row_weights_count is not rows x n_models.
 * With a report, the result must not be one of the outputs, and no array of the report may overlap the outputs, the row
 * weights or the result (ENSEMBLE_EOVERLAP); ENSEMBLE_ECOUNT where the sizes that it states are not those of the call,
 * ENSEMBLE_EPARAMETER where `top` is larger than the width, ENSEMBLE_ENULL where it is not 0 and an array is NULL,
 * ENSEMBLE_EREPORT where a field does not go with the method or with what the numbers mean, ENSEMBLE_ENEGATIVE where it
 * does not go with negative weights.
 */
int ensemble_run(const struct ensemble *e, const struct ensemble_call *call);

/*
 * ensemble_run() for languages that pass numbers and addresses, but no structs: all models' outputs in one array of one
 * dtype. The value of model i, row r, column c is at outputs[i x model_stride + r x row_stride + c]. `row_stride` 0 is
 * the width (for labels, 1), `model_stride` 0 is rows x row_stride: models x rows x width. For rows x models x width,
 * row_stride is models x width, and model_stride the width. Rows of models with class maps of fewer classes than the
 * width have gaps. A missing model says NaN, under ENSEMBLE_LEAVE_OUT_NAN. The rest is as in struct ensemble_call.
 * Errors: as ensemble_run().
 */
int ensemble_run_flat(const struct ensemble *e, const void *outputs, int32_t dtype, size_t rows, size_t row_stride,
                      size_t model_stride, void *result, int32_t result_dtype, size_t result_count,
                      size_t result_stride, void *workspace, size_t workspace_size);

/*
 * Lends the ensemble a loop that runs its turns side by side, such as a thread pool has: `parallel_for` is to call
 * task(context, i) for each i from 0 to n - 1, in any order and on any threads, its own included, and to return when
 * all of these calls have; `user` is passed on to it as it is. NULL: no loop (the default). docs/threads.md shows some.
 * ensemble_combine(), ensemble_run(), ensemble_run_flat(), ensemble_measure() and ensemble_top_k() then hand over large
 * calls, once for each call, in pieces of rows, or of elements where no row has to be seen as a whole (as it has to for
 * a softmax); what takes a few microseconds is not handed over. The results are the same bits, whatever the threads; a
 * turn that is not taken is taken by the caller in the end. A workspace of several times ensemble_workspace_size()
 * serves as many turns at once. A task uses up to 16 KiB of stack. Threads that share a handle all call its loop.
 * Errors: ENSEMBLE_ENULL (`e`).
 */
int ensemble_set_parallel(struct ensemble *e,
                          void (*parallel_for)(void *user, size_t n, void (*task)(void *context, size_t index),
                                               void *context),
                          void *user);

/*
 * One field of the report by its number, for all rows of the outputs bound to the handle; the same as ensemble_run()
 * with a report of this field alone and no result. `what` is an ENSEMBLE_MEASURE_..., and `count` the number of
 * elements of `out`: exactly the rows, times the width or the number of models where the field has one for each.
 * `dtype` is ENSEMBLE_F64 for real numbers, and ENSEMBLE_I32 for labels, counts, faults and flags; `out` is aligned as
 * that asks for.
 * Errors: as ensemble_run(), and ENSEMBLE_EPARAMETER (no such field), ENSEMBLE_EDTYPE.
 */
int ensemble_measure(const struct ensemble *e, int32_t what, void *out, int32_t dtype, size_t count);

/*
 * The `k` largest classes of each row of the outputs bound to the handle, 1 to the width: `labels` and `values` are
 * rows x k, as `top_labels` and `top_values` of the report.
 * Errors: as ensemble_run(), ENSEMBLE_EPARAMETER for `k`.
 */
int ensemble_top_k(const struct ensemble *e, size_t k, int32_t *labels, double *values);

/*
 * With only some of the models present, can the decision still change? `settled` has one element per row: 1 if the
 * label that the models present give is the label of all of them, whatever the missing ones will say. So run the cheap
 * models first, and the others only for the rows in which they can matter. Missing models need no policy here, and no
 * quorum, but at least one must be there (ENSEMBLE_EQUORUM). That a missing model will say NaN is not foreseen.
 * The models say values in [0, 1] (ENSEMBLE_PROBABILITIES, _LOG_PROBABILITIES, _LOGITS, _BINARY_LOGITS) and the method
 * is ENSEMBLE_SUM or ENSEMBLE_MEAN, or it is ENSEMBLE_VOTE; weights of models and rows are not negative. Then a missing
 * model of weight w can at most add w to the sum of another class and nothing to that of the label; a lead that is
 * larger stays one, and so does an equal one of votes of equal weight over a class of higher index. A bound for what
 * rounding can do is subtracted from the lead. If nothing is missing, every row that has an answer is settled.
 * Errors: as ensemble_run(), and ENSEMBLE_EREPORT for other methods and values, class weights, absent classes that are
 * left out, and the result forms ENSEMBLE_RESULT_SOFTMAX and _TEMPERED.
 */
int ensemble_settled(const struct ensemble *e, uint8_t *settled);

/*
 * How alike the models are, over all rows of the outputs bound to the handle: `matrix` is n_models x n_models doubles,
 * symmetric. `measure` is an ENSEMBLE_SIMILARITY_... of what the models say (x_ij of the report), whatever their
 * weights are. Of two models that always say the same, one costs money and adds nothing. Entries of models that take no
 * part or are missing are NaN; so is a correlation of a model that says the same everywhere. A NaN in a model makes its
 * entries NaN; with ENSEMBLE_LEAVE_OUT_NAN, rows in which a model is left out do not count. Without rows, all is NaN.
 * Errors: as ensemble_combine(), and ENSEMBLE_EPARAMETER (no such measure). Missing models need no policy.
 */
int ensemble_similarity(const struct ensemble *e, int32_t measure, double *matrix);

/*
 * What to learn. Set struct_size to sizeof(struct ensemble_fit_options) and everything else to zero first.
 */
struct ensemble_fit_options {
    uint32_t struct_size;
    int32_t how;        /* ENSEMBLE_FIT_... */
    int32_t objective;  /* ENSEMBLE_SCORE_...; 0: log loss where the targets are labels, else squared error */
    int32_t constraint; /* of ENSEMBLE_FIT_CONVEX: ENSEMBLE_SIMPLEX, ... */
    int32_t calibrate;  /* a sum of ENSEMBLE_CALIBRATE_... */

    /*
     * How honest the report is. With `folds`, 2 or more, the rows are dealt into so many parts, and what is learned
     * without each part is tried on it: `held_out` of the report. With `bags`, so many times half of the rows are
     * drawn, what is learned there is tried on the other half, and the weights are the mean over the bags (Breiman,
     * 1996). Not both. The draws depend on `seed` alone.
     */
    uint32_t folds;
    uint32_t bags;
    uint32_t reserved; /* 0 */
    uint64_t seed;

    double ridge;       /* of squared error: ridge x sum_i (w_i - u)^2 is added, where u is 1/n, or 0 without a sum */
    double temperature; /* of ENSEMBLE_FIT_SOFTMAX; 0: 1 */

    /* Few models: what those of weight other than 0 cost together is at most `budget`, and there are at most
       `max_models` of them. */
    double budget;
    const double *cost; /* what each model costs, finite and at least 0; NULL: nothing, and `budget` does not matter */
    size_t n_costs;     /* length of `cost`: the number of models; 0 where it is NULL */
    size_t max_models;  /* 0: any number */

    size_t rounds; /* of ENSEMBLE_FIT_GREEDY, INT32_MAX at most; 0: 50 */

    /*
     * With ENSEMBLE_FIT_GREEDY: an objective of your own, to be made small, in place of `objective`. `values` are
     * `rows` x `width` combined values, row k of which is row `row[k]` of the outputs. A NaN is never the best.
     */
    double (*metric)(const double *values, const size_t *row, size_t rows, size_t width, void *user);
    void *user;
};

/*
 * What was learned. Set struct_size to sizeof(struct ensemble_fit_report) and everything else to zero first; then point
 * the fields that are wanted at arrays of your own. Objectives are those of the rows that were used, as
 * ENSEMBLE_SCORE_... has them, without the ridge; of ENSEMBLE_SUM and ENSEMBLE_MEAN, before the rows are normalised or
 * tempered.
 */
struct ensemble_fit_report {
    uint32_t struct_size;
    int32_t exact;      /* 1: no weights that are allowed are better by more than `gap`; 0: so it was not sought */
    int32_t best_model; /* the best model by itself, the lowest of several */
    int32_t iterations; /* steps of the solver; of ENSEMBLE_FIT_GREEDY, the rounds that the weights are made of */

    double uniform;     /* the objective with equal weights, */
    double best_single; /* of the best model by itself, */
    double objective;   /* and with the weights that were learned; NaN: there is none */
    double held_out;    /* of what was learned, on rows that were held out; NaN: none were */
    double gap;         /* of ENSEMBLE_FIT_CONVEX: no allowed weights whose sizes add up to at most twice those that
                           were learned (ENSEMBLE_SIMPLEX: none at all) have an objective, ridge included, that is
                           lower by more than this; with few models, none of the same models; NaN: not known */
    double temperature; /* of the result, where it was calibrated, else NaN */
    double log_loss;    /* of the result with what was calibrated; NaN: nothing was */

    size_t rows_used;   /* of the others the target is not known, or what a model says, as it is read, is not finite */
    size_t models_used; /* those of weight other than 0 */

    size_t models;        /* length of the arrays: at least the number of models */
    double *weights;      /* as ensemble_get_weights() has them now */
    double *single;       /* each model's objective by itself */
    double *temperatures; /* each model's temperature; NaN where it was not calibrated */

    size_t rounds;      /* length of: */
    double *trajectory; /* the objective after each round of ENSEMBLE_FIT_GREEDY; NaN behind the last one */
};

/*
 * Learns weights from what the models say about rows whose truth is known, sets them, and leaves the outputs as they
 * are: point the models at new ones, and combine. The linear pool is fitted, so the method is ENSEMBLE_SUM or
 * ENSEMBLE_MEAN, the result _AS_IS, _NORMALISED or _TEMPERED, there are no class weights or row weights, and absent
 * classes are not left out; the closed forms go with every method, and weights of class and row do not count in them.
 * Weights that were set before do not matter: all models are learned from. A missing model gets weight 0 under
 * ENSEMBLE_LEAVE_OUT_MISSING.
 * `targets` are labels, one ENSEMBLE_I32 per row (`count` is the number of rows), or values of another dtype, rows x
 * width of them. A negative label and a NaN among a row's values say that the target is not known; a label beyond the
 * classes is an error.
 * `options` may be NULL: the best nonnegative weights that sum to 1. `report` may be NULL.
 *  - CONVEX, squared error: by an active set on the Gram matrix, in one pass over the outputs. Of weights that are
 *    equally good, those nearest to equal ones (without a sum: nearest to 0). Log loss: by Newton steps of the same
 *    kind. With `cost` or `max_models`, over all sets of models that are allowed if there are at most 16 models, and
 *    else, if the best weights of all are not allowed, by adding one model at a time.
 *  - GREEDY: `rounds` times the model is added, again if need be, with which the mean of those so far is best, the
 *    lowest index of several; the weights are those of the best round, the first of several.
 *  - The closed forms: errors are log loss, squared error, or 1 - accuracy or area. What would be infinite or negative:
 *    models without any error share all weight; correct answers are counted as (correct + 1/2) / (rows + 1); log odds
 *    below 0 count as 0; models without a score get 0. With `cost` or `max_models`, the best models by themselves, as
 *    far as they are allowed.
 * The same inputs give the same bits on every machine. Memory: 8 bytes per row and model for log loss; per row and
 * class for areas and for greedy selection by accuracy, twice that for greedy selection by areas and metrics; and
 * little more, but that the square of the number of models counts beyond some hundreds: CONVEX, and squared error
 * altogether, take up to 8,191 of them (else ENSEMBLE_EOVERFLOW).
 * Errors: as ensemble_combine(), and ENSEMBLE_ENOMEM, ENSEMBLE_ETARGET, ENSEMBLE_EPARAMETER (a field's value; fewer
 * rows than folds), ENSEMBLE_ECOUNT (`count`, `n_costs`, or an array of the report that is too short),
 * ENSEMBLE_EZEROSUM (no model is good), ENSEMBLE_ESTRUCT, ENSEMBLE_E2BIG; ENSEMBLE_EFIT for what does not go together:
 * values as targets with anything but squared error, CONVEX with another score than the two, a constraint or a ridge
 * with anything but CONVEX squared error, `metric` without GREEDY, bags with few models, NOTHING with few models,
 * folds or bags, calibration without what could be calibrated; or no model is within the limits, or has a score.
 */
int ensemble_fit(struct ensemble *e, const void *targets, int32_t dtype, size_t count,
                 const struct ensemble_fit_options *options, struct ensemble_fit_report *report);

/*
 * How good the combined rows are, with every method, form, weight and policy as set: `score` is an ENSEMBLE_SCORE_...,
 * `targets` as for ensemble_fit(). Rows of which the target is not known do not count, nor do those without an answer,
 * or with an infinite one; if no row is left, *value is NaN. Takes memory, and so is not for several threads at once;
 * changes nothing.
 * Errors: as ensemble_combine(), and ENSEMBLE_EPARAMETER (no such score), ENSEMBLE_EFIT (it needs labels),
 * ENSEMBLE_ETARGET, ENSEMBLE_ENOMEM.
 */
int ensemble_score(struct ensemble *e, int32_t score, const void *targets, int32_t dtype, size_t count,
                   double *value);

/*
 * Learns while working: one step from the weights at hand towards better ones, after a batch of rows whose truth has
 * become known. With g_i the mean over the rows of the derivative of the score by the weight w_i (of log loss -x_i / y
 * at the label, of a y that is at least 1e-12),
 *     v_i = w_i exp(-rate g_i) / (sum of that over i),   w_i = (1 - share) v_i + share / n
 * the exponentiated gradient (Kivinen and Warmuth, 1997) with fixed share (Herbster and Warmuth, 1998). `score` is
 * ENSEMBLE_SCORE_LOG_LOSS or _SQUARED_ERROR, rate > 0, 0 <= share < 1. After T steps with |g_i| <= G, the scores have
 * been worse than those of the best fixed weights by at most log(n) / rate + rate G^2 T / 2 in sum (share 0); with
 * share > 0 the like holds for weights that change now and then (Cesa-Bianchi et al., 2012).
 * Models that are missing sleep: no policy is needed, they keep their weight, and the step is that of the others among
 * themselves, which share what is left (Freund et al., 1997). A model of weight 0 stays out, and is not one of the n.
 * Rows are used as in ensemble_fit(); without any, nothing changes. The weights stay a probability vector; those that
 * were set are divided by their sum first.
 * Errors: as ensemble_fit(), and ENSEMBLE_ENEGATIVE, ENSEMBLE_EZEROSUM (the weights to begin with), ENSEMBLE_EMISSING
 * (nobody is awake).
 */
int ensemble_update(struct ensemble *e, const void *targets, int32_t dtype, size_t count, int32_t score, double rate,
                    double share);

/*
 * Names a model, for ensemble_find_model() and for saved texts: UTF-8 of at most 255 bytes, without control characters
 * and quotation marks; copied. "" or NULL: no name (as at first). No two models have one name.
 * Errors: ENSEMBLE_ENULL (e), ENSEMBLE_EMODEL, ENSEMBLE_ENAME, ENSEMBLE_ENOMEM.
 */
int ensemble_set_model_name(struct ensemble *e, size_t model, const char *name);

/* The name of a model, "" where it has none or there is no such model; valid until it is named anew. Never NULL. */
const char *ensemble_get_model_name(const struct ensemble *e, size_t model);

/* The index of the model that has this name. Errors: ENSEMBLE_ENULL, ENSEMBLE_EMODEL (there is none). */
int ensemble_find_model(const struct ensemble *e, const char *name);

/* What a handle holds: its width, its number of models, its method. 0 if `e` is NULL. */
size_t ensemble_get_width(const struct ensemble *e);
size_t ensemble_get_models(const struct ensemble *e);
int32_t ensemble_get_method(const struct ensemble *e);

/*
 * Writes the definition of an ensemble as text: width, method, parameters, form, policy, and of each model its name,
 * space, temperature, weight, class weights and class map; not the outputs, nor row weights. Lines of words, in ASCII
 * but for names; numbers so that they are read back as the same bits, whatever the locale. docs/learning.md has it all.
 * Returns the length of the text without the NUL that ends it. `text` NULL and size 0: nothing is written.
 * Errors: ENSEMBLE_ENULL (e; or text while size > 0), ENSEMBLE_ECOUNT (the text and its NUL do not fit into `size`
 * bytes; nothing is written), ENSEMBLE_EWEIGHTS (models were added after weights were set), ENSEMBLE_EOVERFLOW (it is
 * longer than INT_MAX).
 */
int ensemble_save(const struct ensemble *e, char *text, size_t size);

/*
 * Makes an ensemble from a text of `size` bytes that ensemble_save() wrote (a NUL behind it may be counted or not). Its
 * models have no output yet and 0 rows: ensemble_set_model_output(), or ensemble_run() with outputs. `options` as for
 * ensemble_create_with(). The text may come from anywhere: whatever it is, the answer is an ensemble or an error.
 * Errors: as ensemble_create_with(), and ENSEMBLE_ETEXT, ENSEMBLE_EVERSION. On failure `*out` is not touched.
 */
int ensemble_load(struct ensemble **out, const char *text, size_t size, const struct ensemble_options *options);

/*
 * Would ensemble_combine() work, given a result of the right type and size? Returns 0, or the code that it would
 * return. If `message` is not NULL, `size` is its length in bytes, and a sentence about the fault is written there,
 * such as "model 2 has 5 rows, but model 0 has 4"; that of ensemble_strerror() where there is no model to name; the
 * empty string if all is well. It always ends with a NUL (unless size is 0), and is cut to fit; 128 bytes hold any.
 */
int ensemble_check(const struct ensemble *e, char *message, size_t size);

/*
 * The number of bytes of `workspace` with which ensemble_run() is fastest, for the models and the method as they are
 * now, whatever the dtypes are. 0 where none is of use, as for ENSEMBLE_SUM and ENSEMBLE_MEAN of outputs as they are,
 * or if `e` is NULL. It is of use where a row is gone through more than once: logits, ENSEMBLE_LOG_POOL, ENSEMBLE_RANK,
 * and results that are normalised, tempered or made a softmax.
 */
size_t ensemble_workspace_size(const struct ensemble *e);

/* A sentence for a code that one of these functions returned. Never NULL; static memory. 0 and above: "success". */
const char *ensemble_strerror(int code);

/* The version of the library that is loaded, to be compared with ENSEMBLE_VERSION, that of the header. */
uint32_t ensemble_version(void);

/* The name of the instruction set that `e` uses: "avx512", ..., "portable". Static memory. "" if `e` is NULL. */
const char *ensemble_isa(const struct ensemble *e);

#ifdef __cplusplus
}
#endif

#endif
