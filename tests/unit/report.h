/* SPDX-License-Identifier: MIT */
/* Reports: all of their arrays with forbidden ground around them, and how two reports are compared. */
#ifndef TESTS_UNIT_REPORT_H
#define TESTS_UNIT_REPORT_H

#include "said.h"

/* A set of fields is a number with bits, each of which has the place of its field's ENSEMBLE_MEASURE_.... */
#define FIELD(name) (1u << ENSEMBLE_MEASURE_##name)
#define TOP_LABELS (1u << 19)
#define TOP_VALUES (1u << 20)
#define TOP (TOP_LABELS | TOP_VALUES)
#define EVERYTHING ((1u << 21) - 2)
#define WHO (FIELD(WEIGHT_PRESENT) | FIELD(MODELS_PRESENT) | FIELD(ROW_FAULT))
#define OF_PROBABILITIES                                                                                             \
    (FIELD(MEAN_ENTROPY) | FIELD(MUTUAL_INFORMATION) | FIELD(VARIATION_RATIO) | FIELD(CONFLICT))
#define REASONS (FIELD(CONTRIBUTION) | FIELD(INFLUENCE) | FIELD(FLIPS))

enum shape { PER_ROW, PER_CLASS, PER_MODEL, PER_TOP };

/* A field as a place in the struct. */
struct told_field {
    const char *name;
    size_t offset, bytes;
    enum shape shape;
};

#define TOLD_FIELDS 21
#define PLACE(field, shape)                                                                                          \
    {#field, offsetof(struct ensemble_report, field), sizeof *((struct ensemble_report *)0)->field, shape}
static const struct told_field told_fields[TOLD_FIELDS] = {
    [ENSEMBLE_MEASURE_LABEL] = PLACE(label, PER_ROW),
    [ENSEMBLE_MEASURE_CONFIDENCE] = PLACE(confidence, PER_ROW),
    [ENSEMBLE_MEASURE_MARGIN] = PLACE(margin, PER_ROW),
    [ENSEMBLE_MEASURE_TIED] = PLACE(tied, PER_ROW),
    [ENSEMBLE_MEASURE_ENTROPY] = PLACE(entropy, PER_ROW),
    [ENSEMBLE_MEASURE_MEAN_ENTROPY] = PLACE(mean_entropy, PER_ROW),
    [ENSEMBLE_MEASURE_MUTUAL_INFORMATION] = PLACE(mutual_information, PER_ROW),
    [ENSEMBLE_MEASURE_VOTE_DISAGREEMENT] = PLACE(vote_disagreement, PER_ROW),
    [ENSEMBLE_MEASURE_VARIATION_RATIO] = PLACE(variation_ratio, PER_ROW),
    [ENSEMBLE_MEASURE_CONFLICT] = PLACE(conflict, PER_ROW),
    [ENSEMBLE_MEASURE_WEIGHT_PRESENT] = PLACE(weight_present, PER_ROW),
    [ENSEMBLE_MEASURE_MODELS_PRESENT] = PLACE(models_present, PER_ROW),
    [ENSEMBLE_MEASURE_ROW_FAULT] = PLACE(row_fault, PER_ROW),
    [ENSEMBLE_MEASURE_SETTLED] = PLACE(settled, PER_ROW),
    [ENSEMBLE_MEASURE_VARIANCE] = PLACE(variance, PER_CLASS),
    [ENSEMBLE_MEASURE_CONTRIBUTION] = PLACE(contribution, PER_MODEL),
    [ENSEMBLE_MEASURE_INFLUENCE] = PLACE(influence, PER_MODEL),
    [ENSEMBLE_MEASURE_FLIPS] = PLACE(flips, PER_MODEL),
    [19] = PLACE(top_labels, PER_TOP),
    [20] = PLACE(top_values, PER_TOP),
};

/* A report with arrays of its own for the fields that are asked for. */
#define GUARD_BYTES 64
struct told {
    struct ensemble_report report;
    unsigned char *memory[TOLD_FIELDS]; /* the array, after GUARD_BYTES and before as many */
    size_t bytes[TOLD_FIELDS];          /* of the array */
};

static inline size_t elements_of(const struct ensemble_report *report, int field)
{
    const enum shape shape = told_fields[field].shape;

    return shape == PER_ROW ? 1 : shape == PER_CLASS ? report->width : shape == PER_TOP ? report->top : report->models;
}

static inline void poison_told(struct told *told)
{
    for (int i = 1; i < TOLD_FIELDS; i++)
        if (told->memory[i] != NULL)
            poison(told->memory[i], told->bytes[i] + 2 * GUARD_BYTES);
}

/* Room for `fields` of so many rows; end_told() gives it back. */
static inline struct told told_of(unsigned fields, size_t rows, size_t width, size_t models, size_t top)
{
    struct told told = {.report = {.struct_size = sizeof told.report, .rows = rows, .width = width, .models = models}};

    told.report.top = (fields & TOP) != 0 ? top : 0;
    for (int i = 1; i < TOLD_FIELDS; i++) {
        unsigned char *array;

        if ((fields >> i & 1) == 0)
            continue;
        told.bytes[i] = rows * elements_of(&told.report, i) * told_fields[i].bytes;
        told.memory[i] = malloc(told.bytes[i] + 2 * GUARD_BYTES);
        assert_non_null(told.memory[i]);
        array = told.memory[i] + GUARD_BYTES;
        memcpy((unsigned char *)&told.report + told_fields[i].offset, &array, sizeof array);
    }
    poison_told(&told);
    return told;
}

static inline void end_told(struct told *told)
{
    for (int i = 1; i < TOLD_FIELDS; i++)
        free(told->memory[i]);
}

/* Nothing was written around the arrays. */
static inline void assert_guarded(const struct told *told)
{
    for (int i = 1; i < TOLD_FIELDS; i++) {
        if (told->memory[i] == NULL)
            continue;
        assert_poisoned(told->memory[i], GUARD_BYTES);
        assert_poisoned(told->memory[i] + GUARD_BYTES + told->bytes[i], GUARD_BYTES);
    }
}

/* A call with a report and without a result. */
static inline struct ensemble_call asking(const struct told *told, int32_t dtype)
{
    return (struct ensemble_call){
        .struct_size = sizeof(struct ensemble_call), .dtype = dtype, .report = &told->report};
}

/* The report of all rows of the outputs that are bound, as though the result had this dtype. */
static inline void ask_at(const struct ensemble *e, const struct told *told, int32_t dtype, const char *file, int line)
{
    const struct ensemble_call call = asking(told, dtype);

    code_at(ensemble_run(e, &call), 0, file, line);
    assert_guarded(told);
}
#define ask(e, told, dtype) ask_at(e, told, dtype, __FILE__, __LINE__)

/* A report of `said` with these fields, of as many top classes as there are. */
static inline struct told hear(const struct said *said, unsigned fields, int32_t dtype)
{
    struct told told = told_of(fields, said->rows, said->width, said->n, said->width);

    ask(said->e, &told, dtype);
    return told;
}

/* Bit for bit; but a NaN is a NaN, whatever its sign and payload. */
static inline int same_element(const unsigned char *a, const unsigned char *b, size_t bytes)
{
    return memcmp(a, b, bytes) == 0 || (bytes == sizeof(double) && is_nan(get_number(a, ENSEMBLE_F64)) &&
                                        is_nan(get_number(b, ENSEMBLE_F64)));
}

/* What both reports have of these fields is the same, from row `first` of `a` on, and from the first of `b`. */
static inline void same_told_at(const struct told *a, size_t first, const struct told *b, unsigned fields,
                                const char *file, int line)
{
    for (int i = 1; i < TOLD_FIELDS; i++) {
        const size_t bytes = told_fields[i].bytes, row = elements_of(&b->report, i);

        if ((fields >> i & 1) == 0 || a->memory[i] == NULL || b->memory[i] == NULL)
            continue;
        for (size_t at = 0; at < b->bytes[i] / bytes; at++) {
            const unsigned char *x = a->memory[i] + GUARD_BYTES + (first * row + at) * bytes;
            const unsigned char *y = b->memory[i] + GUARD_BYTES + at * bytes;

            if (same_element(x, y, bytes))
                continue;
            print_error("%s differs at %zu of row %zu\n", told_fields[i].name, at % row, at / row);
            _fail(file, line);
        }
    }
}
#define assert_same_told(a, first, b, fields) same_told_at(a, first, b, fields, __FILE__, __LINE__)

/*
 * Random ensembles, for comparisons with formulas in long double. Tests that use them need -lm (unit.mk).
 */
#define MOST_MODELS 70

/* 1/n each; random; some of them 0; some of them negative. */
enum weighing { EVEN, UNEVEN, WITH_ZEROS, WITH_NEGATIVES };

struct trial {
    int32_t method, space, form;
    int32_t dtype, result; /* of the outputs, and of the result */
    enum weighing weighing;
    size_t n, rows, width;
    uint64_t seed;
    const char *isa; /* NULL: the best one */

    struct ensemble *e;
    unsigned char *data;
    double weights[MOST_MODELS];
};

static inline size_t trial_columns(const struct trial *t)
{
    return t->space == ENSEMBLE_LABELS ? 1 : t->width;
}

static inline unsigned char *trial_output(const struct trial *t, size_t model)
{
    return t->data + model * t->rows * trial_columns(t) * bytes_of(t->dtype);
}

/* A row of positive numbers that sum to 1; now and then one of them is 0, or two are equal. */
static inline void random_shares(double *p, size_t width, struct rng *rng)
{
    double sum = 0;

    for (size_t j = 0; j < width; j++) {
        p[j] = .01 + rng_unit(rng);
        p[j] = p[j] * p[j];
        if (j > 0 && rng_one_in(rng, 9))
            p[j] = rng_one_in(rng, 2) ? p[j - 1] : 0;
        sum += p[j];
    }
    for (size_t j = 0; j < width; j++)
        p[j] /= sum;
}

/* A row of one model's numbers. */
static inline void fill_row(const struct trial *t, unsigned char *at, double *numbers, struct rng *rng)
{
    const int32_t label = (int32_t)rng_below(rng, t->width);

    if (t->space == ENSEMBLE_LABELS) {
        memcpy(at, &label, sizeof label);
        return;
    }
    if (t->space == ENSEMBLE_PROBABILITIES || t->space == ENSEMBLE_LOG_PROBABILITIES)
        random_shares(numbers, t->width, rng);
    for (size_t j = 0; j < t->width; j++) {
        if (t->space == ENSEMBLE_AS_IS)
            numbers[j] = .05 + rng_unit(rng);
        else if (t->space == ENSEMBLE_LOG_PROBABILITIES)
            numbers[j] = log(numbers[j]);
        else if (t->space != ENSEMBLE_PROBABILITIES)
            numbers[j] = 16 * (rng_unit(rng) - .5);
        put_number(at + j * bytes_of(t->dtype), t->dtype, numbers[j]);
    }
}

static inline void weigh_trial(struct trial *t, struct rng *rng)
{
    for (size_t i = 0; i < t->n; i++) {
        t->weights[i] = t->weighing == EVEN ? 1. / (double)t->n : .1 + rng_unit(rng);
        if (t->weighing == WITH_ZEROS && i > 0 && rng_one_in(rng, 3))
            t->weights[i] = 0;
        if (t->weighing == WITH_NEGATIVES && i % 3 == 1)
            t->weights[i] *= -.5;
    }
    if (t->weighing != EVEN)
        assert_int_equal(ensemble_set_weights(t->e, t->weights, t->n), 0);
}

/* Makes the ensemble, which end_trial() gives back; or returns 0 where the machine has no such instruction set. */
static inline int begin_trial(struct trial *t)
{
    const struct ensemble_options options = {.struct_size = sizeof options, .isa = t->isa};
    const size_t row_bytes = trial_columns(t) * bytes_of(t->dtype);
    double *numbers = malloc(t->width * sizeof *numbers);
    struct rng rng = {t->seed};

    t->data = malloc(t->n * t->rows * row_bytes);
    assert_true(numbers != NULL && t->data != NULL && t->n <= MOST_MODELS);
    for (size_t i = 0; i < t->n * t->rows; i++)
        fill_row(t, t->data + i * row_bytes, numbers, &rng);
    free(numbers);
    if (ensemble_create_with(&t->e, t->width, &options) != 0)
        return free(t->data), 0;
    for (size_t i = 0; i < t->n; i++) {
        add(t->e, trial_output(t, i), t->dtype, t->rows);
        assert_int_equal(ensemble_set_input(t->e, i, t->space, 0), 0);
    }
    assert_int_equal(ensemble_set_method(t->e, t->method), 0);
    assert_int_equal(ensemble_set_result(t->e, t->form, 0), 0);
    weigh_trial(t, &rng);
    return 1;
}

static inline void end_trial(struct trial *t)
{
    ensemble_destroy(t->e);
    free(t->data);
}

/* The numbers of a row as they are; of a label, 1 for its class and 0 for the others. */
static inline void trial_numbers(const struct trial *t, size_t model, size_t row, long double *z)
{
    const unsigned char *at = trial_output(t, model) + row * trial_columns(t) * bytes_of(t->dtype);
    int32_t label = -1;

    if (t->space == ENSEMBLE_LABELS)
        memcpy(&label, at, sizeof label);
    for (size_t j = 0; j < t->width; j++)
        z[j] = t->space == ENSEMBLE_LABELS ? (long double)(label == (int32_t)j)
                                           : (long double)get_number(at + j * bytes_of(t->dtype), t->dtype);
}

/* What a model says of the classes in a row, as probabilities or whatever else it says: x_ij of the header. */
static inline void trial_says(const struct trial *t, size_t model, size_t row, long double *x)
{
    long double most = -(long double)INFINITY, sum = 0;

    trial_numbers(t, model, row, x);
    for (size_t j = 0; j < t->width; j++)
        most = x[j] > most ? x[j] : most;
    for (size_t j = 0; j < t->width; j++) {
        if (t->space == ENSEMBLE_LOG_PROBABILITIES)
            x[j] = expl(x[j]);
        else if (t->space == ENSEMBLE_BINARY_LOGITS)
            x[j] = 1 / (1 + expl(-x[j]));
        else if (t->space == ENSEMBLE_LOGITS)
            sum += x[j] = expl(x[j] - most);
    }
    for (size_t j = 0; t->space == ENSEMBLE_LOGITS && j < t->width; j++)
        x[j] /= sum;
}

/* Do the weights of the models that take part differ? */
static inline int weights_differ(const struct trial *t)
{
    for (size_t i = 1; i < t->n; i++)
        if (t->weights[i] != 0 && t->weights[i] != t->weights[0])
            return 1;
    return 0;
}

/* docs/numerics.md: is it computed in double? */
static inline int is_in_double(const struct trial *t)
{
    return t->dtype == ENSEMBLE_F64 || t->result == ENSEMBLE_F64 || t->method == ENSEMBLE_POWER ||
           (t->method == ENSEMBLE_MEDIAN && weights_differ(t));
}

#define UNROUNDED(t) (is_in_double(t) ? ENSEMBLE_F64 : ENSEMBLE_F32) /* a type that the combined rows fit into */

/* The fields that go with what the models say, with the method, the form and the weights. */
static inline unsigned fields_of(const struct trial *t)
{
    const int spread = t->form == ENSEMBLE_RESULT_NORMALISED || t->form == ENSEMBLE_RESULT_SOFTMAX;
    const int numbers = t->space == ENSEMBLE_AS_IS || t->space == ENSEMBLE_BINARY_LOGITS;
    const int settles = t->method == ENSEMBLE_VOTE || (t->method <= ENSEMBLE_MEAN && t->space != ENSEMBLE_AS_IS);
    unsigned fields = EVERYTHING;

    if (numbers)
        fields &= ~(OF_PROBABILITIES | (spread ? 0 : FIELD(ENTROPY)));
    if (t->weighing == WITH_NEGATIVES)
        fields &= ~(OF_PROBABILITIES | FIELD(ENTROPY) | FIELD(VARIANCE) | FIELD(SETTLED));
    if (!settles || t->form == ENSEMBLE_RESULT_SOFTMAX)
        fields &= ~FIELD(SETTLED);
    if (t->method >= ENSEMBLE_PRODUCT && t->method <= ENSEMBLE_MAX)
        fields &= ~FIELD(CONTRIBUTION);
    return fields;
}

static inline struct told hear_trial(const struct trial *t, unsigned fields)
{
    struct told told = told_of(fields, t->rows, t->width, t->n, t->width < 12 ? t->width : 5);

    ask(t->e, &told, t->result);
    return told;
}

static const struct {
    size_t n, rows, width;
} trial_sizes[] = {{1, 1, 1},    {2, 3, 1},   {3, 70, 2}, {2, 7, 3},   {9, 5, 10},
                   {4, 31, 10},  {5, 2, 33},  {3, 3, 128}, {4, 2, 129}, {2, 2, 513},
                   {3, 1, 1000}, {6, 2, 2000}, {70, 2, 3}, {8, 64, 3},  {7, 17, 2}};

/* A trial of every size, or of each `step`-th, for a method and a space; what is left open goes round. */
static inline void try_sizes(int32_t method, int32_t space, size_t step, void (*check)(const struct trial *t))
{
    const uint64_t seed = (uint64_t)(1000 * method + 7 * space + 1);

    for (size_t i = (size_t)(method + space) % step; i < LENGTH(trial_sizes); i += step) {
        struct rng rng = {seed + i};
        struct trial t = {.method = method,
                          .space = space,
                          .form = (int32_t)rng_below(&rng, 4),
                          .dtype = space == ENSEMBLE_LABELS ? ENSEMBLE_I32 : number_dtypes[rng_below(&rng, 4)],
                          .result = number_dtypes[rng_below(&rng, 4)],
                          .weighing = (enum weighing)rng_below(&rng, method <= ENSEMBLE_MEAN ? 4 : 3),
                          .n = trial_sizes[i].n,
                          .rows = trial_sizes[i].rows,
                          .width = trial_sizes[i].width,
                          .seed = seed + 100 * i};

        begin_trial(&t);
        check(&t);
        end_trial(&t);
    }
}

/* Some methods with all spaces that go with them. */
static inline void try_methods(int32_t first, int32_t last, size_t step, void (*check)(const struct trial *t))
{
    for (int32_t method = first; method <= last; method++)
        for (int32_t space = ENSEMBLE_AS_IS; space <= ENSEMBLE_LABELS; space++)
            if (space != ENSEMBLE_LABELS || method == ENSEMBLE_VOTE)
                try_sizes(method, space, step, check);
}

#endif
