/* SPDX-License-Identifier: MIT */
/*
 * Learning from rows whose truth is known: problems to learn from, and the scores by their definitions, in long double.
 * Tests that use it need -lm (unit.mk).
 */
#ifndef TESTS_UNIT_FIT_H
#define TESTS_UNIT_FIT_H

#include "said.h"

#define MOST_MODELS 24
#define MOST_ROUNDS 64

#define OPTIONS(...) {.struct_size = sizeof(struct ensemble_fit_options), __VA_ARGS__}
#define assert_same_bits(a, b, n) assert_memory_equal(a, b, (n) * sizeof(double))

/* What models said of rows, and what was true. */
struct problem {
    struct said said;
    double *values;  /* n x rows x width, each of them a float */
    int32_t *labels; /* rows */
    double *targets; /* rows x width: 1 at the label, 0 elsewhere */
};

static inline void *memory_of(size_t count, size_t size)
{
    void *memory = calloc(count, size);

    assert_non_null(memory);
    return memory;
}

static inline struct problem empty_problem(size_t n, size_t rows, size_t width)
{
    struct problem p = {0};

    p.values = memory_of(n * rows * width, sizeof *p.values);
    p.labels = memory_of(rows, sizeof *p.labels);
    p.targets = memory_of(rows * width, sizeof *p.targets);
    p.said.n = n;
    p.said.rows = rows;
    p.said.width = width;
    return p;
}

/* Targets from labels, and an ensemble from values. */
static inline void pose(struct problem *p, int32_t dtype)
{
    const size_t rows = p->said.rows, width = p->said.width;

    memset(p->targets, 0, rows * width * sizeof *p->targets);
    for (size_t r = 0; r < rows; r++) {
        if (width == 1)
            p->targets[r] = p->labels[r];
        else if (p->labels[r] >= 0)
            p->targets[r * width + (size_t)p->labels[r]] = 1;
    }
    p->said = say(ENSEMBLE_SUM, dtype, p->values, p->said.n, rows, width);
}

static inline void drop(struct problem *p)
{
    forget(&p->said);
    free(p->values);
    free(p->labels);
    free(p->targets);
}

/* About normal: mean 0, variance 1. */
static inline double rng_noise(struct rng *rng)
{
    double sum = 0;

    for (int i = 0; i < 12; i++)
        sum += rng_unit(rng);
    return sum - 6;
}

/* A multiple of 2^-24, which is the same in float and double. */
static inline double as_float(double p)
{
    return floor(p * 0x1p24) * 0x1p-24;
}

/* The probabilities of one row by a model that is worth `skill`. */
static inline void guess(struct rng *rng, double skill, int32_t label, size_t width, double *p)
{
    double sum = 0;

    if (width == 1) {
        p[0] = as_float(1 / (1 + exp(-skill * (label > 0 ? 1 : -1) - rng_noise(rng))));
        return;
    }
    for (size_t j = 0; j < width; j++)
        sum += p[j] = exp((j == (size_t)label ? skill : 0) + rng_noise(rng));
    for (size_t j = 0; j < width; j++)
        p[j] = as_float(p[j] / sum);
}

/* Random models: model i has the skill .4 + .3 i, up to 1.6, which then begins anew. */
static inline struct problem random_problem(uint64_t seed, int32_t dtype, size_t n, size_t rows, size_t width)
{
    struct problem p = empty_problem(n, rows, width);
    struct rng rng = {seed};

    for (size_t r = 0; r < rows; r++)
        p.labels[r] = (int32_t)rng_below(&rng, width == 1 ? 2 : width);
    for (size_t i = 0; i < n; i++)
        for (size_t r = 0; r < rows; r++)
            guess(&rng, .4 + .3 * (double)(i % 5), p.labels[r], width, p.values + (i * rows + r) * width);
    pose(&p, dtype);
    return p;
}

/* The 32-bit words of an .npy file of the digits, which is in little-endian order. */
static inline void read_words(const char *name, const char *part, uint32_t *words, size_t count)
{
    unsigned char bytes[4];
    char path[128];
    FILE *file;

    (void)snprintf(path, sizeof path, "docs/examples/digits/%s.%s.npy", name, part);
    file = fopen(path, "rb");
    assert_non_null(file);
    assert_int_equal(fseek(file, 8, SEEK_SET), 0);
    assert_int_equal(fread(bytes, 1, 2, file), 2);
    assert_int_equal(fseek(file, 10 + bytes[0] + 256L * bytes[1], SEEK_SET), 0);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(fread(bytes, 1, 4, file), 4);
        words[i] = (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
    }
    assert_int_equal(fclose(file), 0);
}

#define DIGITS_ROWS 600
static inline struct problem digits(const char *part)
{
    const char *names[] = {"logistic", "naive_bayes", "forest", "knn", "svm", "tree"};
    struct problem p = empty_problem(6, DIGITS_ROWS, 10);
    uint32_t *words = memory_of(DIGITS_ROWS * 10, sizeof *words);

    for (size_t i = 0; i < 6; i++) {
        read_words(names[i], part, words, DIGITS_ROWS * 10);
        for (size_t k = 0; k < DIGITS_ROWS * 10; k++)
            p.values[i * DIGITS_ROWS * 10 + k] = get_number(&words[k], ENSEMBLE_F32);
    }
    read_words("labels", part, words, DIGITS_ROWS);
    memcpy(p.labels, words, DIGITS_ROWS * sizeof *words);
    free(words);
    pose(&p, ENSEMBLE_F32);
    return p;
}

/* ------------------------------------------------------------------------------------------------------------------
 * Scores by their definitions.
 * --------------------------------------------------------------------------------------------------------------- */

static inline long double row_log_loss(const long double *y, int32_t label, size_t width)
{
    const long double p = width > 1 ? y[label] : label > 0 ? y[0] : 1 - y[0];

    return -logl(p < 1e-12L ? 1e-12L : p > 1 ? 1 : p);
}

static inline long double row_squared_error(const long double *y, const double *target, size_t width)
{
    long double sum = 0;

    for (size_t j = 0; j < width; j++)
        sum += (y[j] - (long double)target[j]) * (y[j] - (long double)target[j]);
    return sum;
}

static inline size_t top_class(const long double *y, size_t width)
{
    size_t best = 0;

    if (width == 1)
        return y[0] > .5L;
    for (size_t j = 1; j < width; j++)
        if (y[j] > y[best])
            best = j;
    return best;
}

/* The share of the pairs of a row of this class and another one that are in the right order; NaN without a pair. */
static inline long double area_of(const long double *y, const int32_t *labels, size_t rows, size_t width, size_t class)
{
    const size_t column = width == 1 ? 0 : class;
    long double right = 0, pairs = 0;

    for (size_t a = 0; a < rows; a++)
        for (size_t b = 0; b < rows; b++) {
            const long double in = y[a * width + column], out = y[b * width + column];

            if (labels[a] != (int32_t)class || labels[b] < 0 || labels[b] == (int32_t)class)
                continue;
            pairs++;
            right += in > out ? 1 : in == out ? .5L : 0;
        }
    return pairs > 0 ? right / pairs : (long double)NAN;
}

static inline long double mean_area(const long double *y, const int32_t *labels, size_t rows, size_t width)
{
    long double sum = 0;
    size_t classes = 0;

    if (width == 1)
        return area_of(y, labels, rows, 1, 1);
    for (size_t class = 0; class < width; class++) {
        const long double area = area_of(y, labels, rows, width, class);

        if (area == area)
            sum += area, classes++;
    }
    return classes > 0 ? sum / (long double)classes : (long double)NAN;
}

static inline long double calibration_error(const long double *y, const int32_t *labels, size_t rows, size_t width)
{
    long double excess[15] = {0}, sum = 0, used = 0;

    for (size_t r = 0; r < rows; r++) {
        const size_t top = top_class(y + r * width, width);
        const long double sure = width > 1 ? y[r * width + top] : top > 0 ? y[r] : 1 - y[r];
        const long double bin = ceill(sure * 15) - 1;

        if (labels[r] < 0)
            continue;
        used++;
        excess[bin < 0 ? 0 : bin > 14 ? 14 : (size_t)bin] += sure - (labels[r] == (int32_t)top);
    }
    for (size_t m = 0; m < 15; m++)
        sum += fabsl(excess[m]);
    return sum / used;
}

/* The score of combined rows; those of a negative label do not count. `targets` are those of the squared error. */
static inline long double score_of(int32_t score, const long double *y, const int32_t *labels, const double *targets,
                                   size_t rows, size_t width)
{
    long double sum = 0, used = 0;

    if (score == ENSEMBLE_SCORE_AUC)
        return mean_area(y, labels, rows, width);
    if (score == ENSEMBLE_SCORE_CALIBRATION_ERROR)
        return calibration_error(y, labels, rows, width);
    for (size_t r = 0; r < rows; r++) {
        const long double *row = y + r * width;

        if (labels[r] < 0)
            continue;
        used++;
        sum += score == ENSEMBLE_SCORE_LOG_LOSS        ? row_log_loss(row, labels[r], width)
               : score == ENSEMBLE_SCORE_SQUARED_ERROR ? row_squared_error(row, targets + r * width, width)
                                                       : (long double)(top_class(row, width) == (size_t)labels[r]);
    }
    return sum / used;
}

/* The linear pool with these weights. */
static inline void pool(const struct problem *p, const double *weights, long double *y)
{
    const size_t count = p->said.rows * p->said.width;

    for (size_t k = 0; k < count; k++) {
        y[k] = 0;
        for (size_t i = 0; i < p->said.n; i++)
            y[k] += (long double)weights[i] * (long double)p->values[i * count + k];
    }
}

/* The score of the linear pool with these weights. */
static inline long double score_with(const struct problem *p, int32_t score, const double *weights)
{
    long double *y = memory_of(p->said.rows * p->said.width, sizeof *y), result;

    pool(p, weights, y);
    result = score_of(score, y, p->labels, p->targets, p->said.rows, p->said.width);
    free(y);
    return result;
}

/* ------------------------------------------------------------------------------------------------------------------
 * What the library says.
 * --------------------------------------------------------------------------------------------------------------- */

/* A report, and its arrays. */
struct learned {
    struct ensemble_fit_report report;
    double weights[MOST_MODELS], single[MOST_MODELS], temperatures[MOST_MODELS], trajectory[MOST_ROUNDS];
};

static inline void ask(struct learned *l)
{
    memset(l, 0, sizeof *l);
    l->report.struct_size = sizeof l->report;
    l->report.models = MOST_MODELS;
    l->report.weights = l->weights;
    l->report.single = l->single;
    l->report.temperatures = l->temperatures;
    l->report.rounds = MOST_ROUNDS;
    l->report.trajectory = l->trajectory;
}

/* What holds after every fit: the weights are those of the report, and finite; what is marked as unknown is NaN. */
static inline void assert_learned(const struct ensemble *e, const struct learned *l, size_t n)
{
    double weights[MOST_MODELS];
    size_t used = 0;

    assert_int_equal(ensemble_get_weights(e, weights, n), 0);
    assert_same_bits(weights, l->weights, n);
    for (size_t i = 0; i < n; i++) {
        assert_true(isfinite(weights[i]));
        used += weights[i] != 0;
    }
    assert_int_equal(l->report.models_used, used);
    assert_true(is_nan(l->report.gap) || l->report.gap >= 0);
    assert_in_range(l->report.exact, 0, 1);
    assert_in_range(l->report.best_model, 0, n - 1);
}

static inline void fit_at(struct ensemble *e, const void *targets, int32_t dtype, size_t count,
                          const struct ensemble_fit_options *options, struct learned *l, const char *file, int line)
{
    ask(l);
    code_at(ensemble_fit(e, targets, dtype, count, options, &l->report), 0, file, line);
    assert_learned(e, l, ensemble_get_models(e));
}
/* Learns from a problem's labels, or from its targets as doubles. */
#define fit_labels(p, options, l)                                                                                    \
    fit_at((p)->said.e, (p)->labels, ENSEMBLE_I32, (p)->said.rows, options, l, __FILE__, __LINE__)
#define fit_targets(p, options, l)                                                                                   \
    fit_at((p)->said.e, (p)->targets, ENSEMBLE_F64, (p)->said.rows * (p)->said.width, options, l, __FILE__, __LINE__)

/* ensemble_score() of the labels. */
static inline double score_now(struct ensemble *e, const struct problem *p, int32_t score)
{
    double value = -1;

    assert_int_equal(ensemble_score(e, score, p->labels, ENSEMBLE_I32, p->said.rows, &value), 0);
    return value;
}

static inline void assert_simplex(const double *weights, size_t n)
{
    double sum = 0;

    for (size_t i = 0; i < n; i++) {
        assert_true(weights[i] >= 0);
        sum += weights[i];
    }
    assert_near(sum, 1, 1e-12);
}

static inline void near_all_at(const double *actual, const double *expected, size_t n, double tolerance,
                               const char *file, int line)
{
    for (size_t i = 0; i < n; i++)
        near_at(actual[i], expected[i], tolerance, file, line);
}
#define assert_all_near(actual, expected, n, tolerance)                                                              \
    near_all_at(actual, expected, n, tolerance, __FILE__, __LINE__)

/* The same models on an instruction set of its own; NULL where the machine or the build does not have it. */
static const char *const isa_names[] = {"portable", "sse2", "avx2", "avx512", "neon", "sve"};
static inline struct ensemble *on_isa(const struct said *said, const char *isa)
{
    const struct ensemble_options options = {.struct_size = sizeof options, .isa = isa};
    struct ensemble *e = NULL;
    const int code = ensemble_create_with(&e, said->width, &options);

    if (code == ENSEMBLE_EISA)
        return NULL;
    assert_int_equal(code, 0);
    for (size_t i = 0; i < said->n; i++)
        add(e, output_of(said, i), said->dtype, said->rows);
    return e;
}

#endif
