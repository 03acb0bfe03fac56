/* SPDX-License-Identifier: MIT */
/*
 * What models say, by plain formulas in long double; what those that are missing may still say, at random or to bring
 * the label down; and how alike models are.
 */
#ifndef TESTS_UNIT_COMPLETIONS_H
#define TESTS_UNIT_COMPLETIONS_H

#include "said.h"

#define MOST_MODELS 70

struct scene {
    int32_t method, form;
    size_t n, rows, width;
    int32_t space[MOST_MODELS], dtype[MOST_MODELS];
    int missing[MOST_MODELS];
    double weights[MOST_MODELS];
    int weighted; /* 0: the default weights */
    float *gates; /* rows x n, or NULL */

    struct ensemble *e;
    double *numbers; /* n x rows x width; a label is the first one of its row */
    unsigned char *data;
    struct rng rng;
};

static inline double *numbers_of(const struct scene *s, size_t model, size_t row)
{
    return s->numbers + (model * s->rows + row) * s->width;
}

/* The weight of a model in a row, as the header says: without weights 1/n, beside row weights 1. */
static inline double weight_in(const struct scene *s, size_t model, size_t row)
{
    const double own = s->weighted ? s->weights[model] : s->gates != NULL ? 1 : 1 / (double)s->n;

    return s->gates != NULL ? own * (double)s->gates[row * s->n + model] : own;
}

/* The number by which a model says 0 or 1 of a class. */
static inline double number_for(int32_t space, int one)
{
    switch (space) {
    case ENSEMBLE_LOG_PROBABILITIES:
        return one ? 0 : -(double)INFINITY;
    case ENSEMBLE_LOGITS:
        return one ? 0 : -1e4;
    case ENSEMBLE_BINARY_LOGITS:
        return one ? 1e4 : -1e4;
    default:
        return one;
    }
}

/*
 * exp(x) without the mathematical library: 2^n times a series for x - n log 2. It is right to a few units in the last
 * place of long double, or of double where that is no wider, as in valgrind. The two parts of log 2 are fdlibm's: n
 * times the first is exact.
 */
static inline long double plain_exp(long double x)
{
    const int n = x < -11000 ? 0 : (int)(x / 0.6931471805599453L + (x < 0 ? -.5L : .5L));
    const long double r = x - n * 6.93147180369123816490e-01L - n * 1.90821492927058770002e-10L;
    long double sum = 1;

    if (x < -11000)
        return 0;
    for (int k = 24; k > 0; k--) /* |r| is at most .35, and .35^25 / 25! below 2^-120 */
        sum = 1 + r / k * sum;
    return ldexpl(sum, n);
}

/* What a model says of the classes of a row; in a vote 1 for its class. Returns that class. */
static inline size_t plain_values(const struct scene *s, size_t model, size_t row, long double *x)
{
    const double *z = numbers_of(s, model, row);
    size_t top = 0;
    long double sum = 0;

    for (size_t j = 1; j < s->width; j++)
        top = z[j] > z[top] ? j : top;
    if (s->space[model] == ENSEMBLE_LABELS)
        top = (size_t)z[0];
    for (size_t j = 0; j < s->width; j++) {
        if (s->method == ENSEMBLE_VOTE)
            x[j] = j == top;
        else if (s->space[model] == ENSEMBLE_LOG_PROBABILITIES)
            x[j] = plain_exp((long double)z[j]);
        else if (s->space[model] == ENSEMBLE_BINARY_LOGITS)
            x[j] = z[j] < 0 ? 1 - 1 / (1 + plain_exp((long double)z[j])) : 1 / (1 + plain_exp(-(long double)z[j]));
        else if (s->space[model] == ENSEMBLE_LOGITS)
            sum += x[j] = plain_exp((long double)z[j] - (long double)z[top]);
        else
            x[j] = (long double)z[j];
    }
    for (size_t j = 0; j < s->width && sum > 0; j++)
        x[j] /= sum;
    return top;
}

/* Writes a model's numbers in a type, and points the model at them; from then on they are as that type has them. */
static inline void bind(struct scene *s, size_t model, int32_t dtype)
{
    const size_t columns = s->space[model] == ENSEMBLE_LABELS ? 1 : s->width;
    unsigned char *data = s->data + model * s->rows * s->width * sizeof(double);

    for (size_t row = 0; row < s->rows; row++)
        for (size_t j = 0; j < columns; j++) {
            double *z = numbers_of(s, model, row) + j;
            unsigned char *at = data + (row * columns + j) * bytes_of(dtype);
            const int32_t label = dtype == ENSEMBLE_I32 ? (int32_t)*z : 0;

            if (dtype == ENSEMBLE_I32) {
                memcpy(at, &label, sizeof label);
                continue;
            }
            put_number(at, dtype, *z);
            *z = get_number(at, dtype);
        }
    assert_int_equal(ensemble_set_model_output(s->e, model, data, dtype, s->rows, 0), 0);
}

static inline void take_away(const struct scene *s, size_t model)
{
    assert_int_equal(ensemble_set_model_output(s->e, model, NULL, s->dtype[model], s->rows, 0), 0);
}

/* A row that a model says, which leans to one class. */
static inline void draw_row(struct scene *s, size_t model, size_t row, size_t favourite)
{
    double *z = numbers_of(s, model, row), sum = 0;
    const int coarse = rng_one_in(&s->rng, 4);

    for (size_t j = 0; j < s->width; j++) {
        const double u = rng_unit(&s->rng);

        if (s->space[model] == ENSEMBLE_LABELS)
            z[j] = (double)(j > 0 ? 0 : rng_one_in(&s->rng, 3) ? rng_below(&s->rng, s->width) : favourite);
        else if (s->space[model] == ENSEMBLE_LOG_PROBABILITIES)
            z[j] = j == favourite ? -u / 4 : -6 * u - .01;
        else if (s->space[model] == ENSEMBLE_LOGITS || s->space[model] == ENSEMBLE_BINARY_LOGITS)
            z[j] = 8 * (u - .5) + (j == favourite ? 3 + (double)s->width / 8 : -1);
        else
            z[j] = coarse ? (double)rng_below(&s->rng, 4) : u * u + (j == favourite ? 4 + (double)s->width / 2 : 0);
        sum += z[j];
    }
    for (size_t j = 0; j < s->width; j++)
        if (s->space[model] == ENSEMBLE_PROBABILITIES || s->space[model] == ENSEMBLE_AS_IS)
            z[j] = coarse ? z[j] / 4 / (double)s->width : z[j] / sum;
}

/* Begins a scene whose spaces, types, weights and missing models are known: its present models get numbers. */
static inline void begin_scene(struct scene *s)
{
    const size_t count = s->n * s->rows * s->width;

    s->e = ensemble_of(s->width);
    s->numbers = malloc(count * sizeof *s->numbers);
    s->data = malloc(count * sizeof(double));
    assert_true(s->numbers != NULL && s->data != NULL && s->n <= MOST_MODELS);
    for (size_t model = 0; model < s->n; model++) {
        add(s->e, NULL, s->dtype[model], s->rows);
        assert_int_equal(ensemble_set_input(s->e, model, s->space[model], 0), 0);
    }
    for (size_t row = 0; row < s->rows; row++) {
        const size_t favourite = rng_below(&s->rng, s->width);

        for (size_t model = 0; model < s->n; model++)
            draw_row(s, model, row, rng_one_in(&s->rng, 6) ? rng_below(&s->rng, s->width) : favourite);
    }
    for (size_t model = 0; model < s->n; model++)
        if (!s->missing[model])
            bind(s, model, s->dtype[model]);
    assert_int_equal(ensemble_set_method(s->e, s->method), 0);
    assert_int_equal(ensemble_set_result(s->e, s->form, 0), 0);
    if (s->weighted)
        assert_int_equal(ensemble_set_weights(s->e, s->weights, s->n), 0);
    if (s->gates != NULL)
        assert_int_equal(ensemble_set_row_weights(s->e, s->gates, s->rows, s->n), 0);
}

static inline void end_scene(struct scene *s)
{
    ensemble_destroy(s->e);
    free(s->numbers);
    free(s->data);
    free(s->gates);
}

/* What can be known of a row without the library. */
struct standing {
    long double missing, total; /* weights */
    long double lead;           /* the least one of the label, in the sum of the models that are present */
    size_t rival;               /* over this class */
    int equal;                  /* all weights are the same */
    int enough;                 /* for votes of equal weight: no rival can be ahead, or tie at a lower index */
};

static inline struct standing standing_of(const struct scene *s, size_t row, size_t label)
{
    long double *sum = calloc(2 * s->width, sizeof *sum), *x = sum + s->width;
    struct standing at = {.lead = (long double)INFINITY, .rival = label, .equal = 1, .enough = 1};
    double first = 0;

    assert_non_null(sum);
    for (size_t model = 0; model < s->n; model++) {
        const double weight = weight_in(s, model, row);

        if (weight == 0)
            continue;
        first = first == 0 ? weight : first;
        at.equal &= weight == first;
        at.total += (long double)weight;
        if (s->missing[model]) {
            at.missing += (long double)weight;
            continue;
        }
        plain_values(s, model, row, x);
        for (size_t j = 0; j < s->width; j++)
            sum[j] += (long double)weight * x[j];
    }
    for (size_t j = 0; j < s->width; j++) {
        const long double lead = sum[label] - sum[j], vote = first > 0 ? (long double)first : 1;
        const long double spare = (lead - at.missing) / vote;

        if (j == label)
            continue;
        at.enough &= at.missing == 0 || (j > label ? spare > -.5L : spare > .5L);
        if (lead < at.lead)
            at.rival = j, at.lead = lead;
    }
    free(sum);
    return at;
}

/* How the missing models complete a row. */
enum completion {
    FOR_RIVAL,  /* all say 1 of one class */
    FOR_LABEL,  /* the label's */
    FOR_LOWER,  /* all say 1 of the classes before the label */
    FOR_OTHERS, /* of all classes but the label */
    FOR_NONE,   /* they say 0 everywhere */
    SCATTERED,  /* each says 1 of one class, any */
    DRAWN,      /* anything */
    COMPLETIONS
};

/* In a row whose label is `label`; a label and a softmax have to be for one class. */
static inline void complete(struct scene *s, size_t model, size_t row, enum completion how, size_t label, size_t rival)
{
    double *z = numbers_of(s, model, row);
    const size_t one = how == FOR_RIVAL   ? rival
                       : how == SCATTERED ? rng_below(&s->rng, s->width)
                       : how == FOR_LOWER ? label - (label > 0)
                       : how == FOR_LABEL ? label
                                          : (label + 1) % s->width;

    if (how == DRAWN) {
        draw_row(s, model, row, rng_below(&s->rng, s->width));
        return;
    }
    for (size_t j = 0; j < s->width; j++)
        z[j] = number_for(s->space[model], how == FOR_NONE     ? 0
                                           : how == FOR_LOWER  ? j < label
                                           : how == FOR_OTHERS ? j != label
                                                               : j == one);
    if (s->space[model] == ENSEMBLE_LABELS)
        z[0] = (double)one;
}

#define CORRELATION ENSEMBLE_SIMILARITY_CORRELATION
#define AGREEMENT ENSEMBLE_SIMILARITY_AGREEMENT
#define DIFFERENCE ENSEMBLE_SIMILARITY_DIFFERENCE

/* The matrix that the library writes, and nothing around it; symmetric to the bit, and within its range. */
static inline void similarity_at(const struct ensemble *e, int32_t measure, size_t n, double *matrix, const char *file,
                                 int line)
{
    double *guarded = malloc((n * n + 16) * sizeof *guarded);

    assert_non_null(guarded);
    poison(guarded, (n * n + 16) * sizeof *guarded);
    code_at(ensemble_similarity(e, measure, guarded + 8), 0, file, line);
    assert_poisoned(guarded, 8 * sizeof *guarded);
    assert_poisoned(guarded + 8 + n * n, 8 * sizeof *guarded);
    memcpy(matrix, guarded + 8, n * n * sizeof *matrix);
    free(guarded);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++) {
            const double x = matrix[i * n + j], y = matrix[j * n + i], low = measure == CORRELATION ? -1 : 0;

            if (is_nan(x) ? is_nan(y) : x == y && x >= low && (measure == DIFFERENCE || x <= 1))
                continue;
            print_error("entry %zu, %zu is %.17g, and its mirror image %.17g\n", i, j, x, y);
            _fail(file, line);
        }
}
#define similarity(e, measure, n, matrix) similarity_at(e, measure, n, matrix, __FILE__, __LINE__)

/* A square root by Newton's steps from above. */
static inline long double root_of(long double x)
{
    long double root = x > 1 ? x : 1, before = 2 * root;

    while (root < before) {
        before = root;
        root = (root + x / root) / 2;
    }
    return x > 0 ? root : 0;
}

static inline long double mean_of(const double *x, size_t count)
{
    long double sum = 0;

    for (size_t i = 0; i < count; i++)
        sum += (long double)x[i];
    return sum / (long double)count;
}

/* Pearson's, by two passes; NaN where one of them says the same everywhere. */
static inline long double plain_correlation(const double *x, const double *y, size_t count)
{
    const long double mx = mean_of(x, count), my = mean_of(y, count);
    long double xx = 0, yy = 0, xy = 0;
    int varies = 0;

    for (size_t i = 0; i < count; i++) {
        const long double dx = (long double)x[i] - mx, dy = (long double)y[i] - my;

        xx += dx * dx, yy += dy * dy, xy += dx * dy;
        varies |= (x[i] != x[0]) | (y[i] != y[0]) << 1;
    }
    return varies == 3 ? xy / root_of(xx) / root_of(yy) : (long double)NAN;
}

static inline size_t top_of(const double *x, size_t width)
{
    size_t top = 0;

    for (size_t j = 1; j < width; j++)
        top = x[j] > x[top] ? j : top;
    return top;
}

static inline long double plain_measure(int32_t measure, const double *x, const double *y, size_t rows, size_t width)
{
    long double sum = 0;
    size_t agree = 0;

    if (measure == CORRELATION)
        return plain_correlation(x, y, rows * width);
    for (size_t row = 0; row < rows && measure == AGREEMENT; row++)
        agree += top_of(x + row * width, width) == top_of(y + row * width, width);
    for (size_t i = 0; i < rows * width && measure == DIFFERENCE; i++)
        sum += x[i] > y[i] ? (long double)x[i] - (long double)y[i] : (long double)y[i] - (long double)x[i];
    return measure == AGREEMENT ? (long double)((double)agree / (double)rows) : sum / (long double)(rows * width);
}

/*
 * All measures of all pairs; `x` is what the models say. Agreement and the diagonal are exact; a correlation is wrong
 * by `exactness` at most, and a difference by a tenth of that, relatively (and a millionth: it may be near 0).
 */
static inline void alike_at(const struct ensemble *e, const double *x, size_t n, size_t rows, size_t width,
                            double exactness, const char *file, int line)
{
    double *matrix = malloc(n * n * sizeof *matrix);
    const size_t count = rows * width;

    assert_non_null(matrix);
    for (int32_t measure = CORRELATION; measure <= DIFFERENCE; measure++) {
        similarity_at(e, measure, n, matrix, file, line);
        for (size_t i = 0; i < n; i++)
            for (size_t j = 0; j <= i; j++) {
                const double expected = (double)plain_measure(measure, x + i * count, x + j * count, rows, width);
                const double y = matrix[i * n + j], own = measure != DIFFERENCE; /* on the diagonal */
                const double most = i == j || measure == AGREEMENT ? 0
                                    : measure == CORRELATION       ? exactness
                                                                   : exactness / 10 * expected + exactness / 1e6;

                if (is_nan(expected) ? is_nan(y) : i == j ? y == own : fabs(y - expected) <= most)
                    continue;
                print_error("measure %d of %zu and %zu is %.17g, not %.17g (%zu models, %zu x %zu)\n", (int)measure, i,
                            j, y, expected, n, rows, width);
                _fail(file, line);
            }
    }
    free(matrix);
}
#define assert_alike(e, x, n, rows, width, exactness) alike_at(e, x, n, rows, width, exactness, __FILE__, __LINE__)

#endif
