/* SPDX-License-Identifier: MIT */
/*
 * Weighted sums of softmaxes have ways of their own, by what room there is: a workspace of any size, the result, or
 * neither. Each must give the bits of the general way, which row weights of 1 lead to.
 */
#include "softmax.h"

#define MODELS 4
#define ROWS 3

static const double weights[MODELS] = {.4, .3, .2, .1};
static const int32_t f32[MODELS] = {ENSEMBLE_F32, ENSEMBLE_F32, ENSEMBLE_F32, ENSEMBLE_F32};
static const int32_t f64[MODELS] = {ENSEMBLE_F64, ENSEMBLE_F64, ENSEMBLE_F64, ENSEMBLE_F64};
static const int32_t halves[MODELS] = {ENSEMBLE_BF16, ENSEMBLE_BF16, ENSEMBLE_BF16, ENSEMBLE_BF16};
static const int32_t mixed[MODELS] = {ENSEMBLE_F32, ENSEMBLE_BF16, ENSEMBLE_BF16, ENSEMBLE_F32};

/* A case, and what it is to come to. */
struct softmaxes {
    struct ensemble *e;
    void *logits[MODELS];
    size_t width;
    size_t stride; /* of the result, which has gaps */
    int32_t result;
    void *expected, *found;
    size_t bytes; /* of each */
};

static size_t size_of(int32_t dtype)
{
    return dtype == ENSEMBLE_F64 ? 8 : dtype == ENSEMBLE_F32 ? 4 : 2;
}

static void put(void *to, size_t at, int32_t dtype, double x)
{
    const float single = (float)x;
    uint32_t bits;
    uint16_t high;

    memcpy(&bits, &single, sizeof bits);
    high = (uint16_t)(bits >> 16);
    memcpy((unsigned char *)to + at * size_of(dtype),
           dtype == ENSEMBLE_F64 ? (const void *)&x : dtype == ENSEMBLE_F32 ? (const void *)&single : &high,
           size_of(dtype));
}

/* Logits from -40 to 40, with a few that are not finite. */
static double logit(struct rng *rng, size_t row, size_t column, int special)
{
    const double x = 80 * (rng_unit(rng) - .5);

    if (special && row == 0 && column == 300)
        return INFINITY;
    if (special && row == 1)
        return column == 7 ? (double)NAN : x;
    if (special && column % 3 == 0)
        return -(double)INFINITY;
    return x;
}

static void make(struct softmaxes *s, size_t models, const int32_t *dtypes, int32_t form, int special)
{
    struct rng rng = {s->width};

    s->e = ensemble_of(s->width);
    for (size_t i = 0; i < models; i++) {
        s->logits[i] = malloc(ROWS * s->width * size_of(dtypes[i]));
        assert_non_null(s->logits[i]);
        for (size_t j = 0; j < ROWS * s->width; j++)
            put(s->logits[i], j, dtypes[i], logit(&rng, j / s->width, j % s->width, special && i == 1));
        add(s->e, s->logits[i], dtypes[i], ROWS);
        assert_int_equal(ensemble_set_input(s->e, i, ENSEMBLE_LOGITS, i == 2 ? 1.5 : 1), 0);
    }
    assert_int_equal(ensemble_set_weights(s->e, weights, models), 0);
    assert_int_equal(ensemble_set_method(s->e, ENSEMBLE_MEAN), 0);
    assert_int_equal(ensemble_set_result(s->e, form, 0), 0);
    s->bytes = ROWS * s->stride * size_of(s->result);
    s->expected = malloc(s->bytes);
    s->found = malloc(s->bytes + s->bytes / ROWS); /* a row that is not the call's */
    assert_non_null(s->expected);
    assert_non_null(s->found);
}

static void drop(struct softmaxes *s, size_t models)
{
    for (size_t i = 0; i < models; i++)
        free(s->logits[i]);
    free(s->expected);
    free(s->found);
    ensemble_destroy(s->e);
}

static void run(const struct softmaxes *s, void *to, const struct ensemble_call *more)
{
    struct ensemble_call call = *more;

    call.struct_size = sizeof call;
    call.result = to;
    call.result_count = ROWS * s->stride;
    call.result_stride = s->stride;
    call.dtype = s->result;
    assert_int_equal(ensemble_run(s->e, &call), 0);
}

/* The same bits, but for those of a NaN. */
static void assert_found(const struct softmaxes *s, const void *found)
{
    const size_t size = size_of(s->result);

    for (size_t at = 0; at < s->bytes; at += size) {
        const unsigned char *a = (const unsigned char *)s->expected + at, *b = (const unsigned char *)found + at;
        double x = 0, y = 0;
        float p, q;

        if (size == 8) {
            memcpy(&x, a, size);
            memcpy(&y, b, size);
        } else if (size == 4) {
            memcpy(&p, a, size);
            memcpy(&q, b, size);
            x = (double)p;
            y = (double)q;
        }
        if (!(is_nan(x) && is_nan(y)))
            assert_memory_equal(a, b, size);
    }
}

/* Workspaces from none to more than enough, and one that is one byte short of a row. */
static void try_workspaces(const struct softmaxes *s)
{
    const size_t most = ensemble_workspace_size(s->e), row = s->width * (s->result == ENSEMBLE_F64 ? 8 : 4);
    const size_t sizes[] = {0, row - 1, row + 7, 2 * row + 7, 3 * row + 7, most};
    const size_t room = most + 1 + 3 * row + 7;
    unsigned char *workspace = malloc(room);

    assert_non_null(workspace);
    for (size_t i = 0; i < LENGTH(sizes); i++) {
        poison(s->found, s->bytes + s->bytes / ROWS);
        poison(workspace, room);
        run(s, s->found, &(struct ensemble_call){.workspace = workspace + 1, .workspace_size = sizes[i]});
        assert_found(s, s->found);
        assert_poisoned((unsigned char *)s->found + s->bytes, s->bytes / ROWS);
        assert_poisoned(workspace + 1 + sizes[i], room - 1 - sizes[i]);
    }
    free(workspace);
}

/* A result at an address that is no multiple of its elements' size, which nothing else can be put in. */
static void try_odd_address(const struct softmaxes *s)
{
    const size_t most = ensemble_workspace_size(s->e);
    unsigned char *workspace = malloc(most), *found = s->found;

    assert_non_null(workspace);
    for (size_t size = 0; size <= most; size += most) {
        poison(found, s->bytes + s->bytes / ROWS);
        run(s, found + 1, &(struct ensemble_call){.workspace = workspace, .workspace_size = size});
        assert_poisoned(found, 1);
        assert_poisoned(found + 1 + s->bytes, s->bytes / ROWS - 1);
        memmove(found, found + 1, s->bytes);
        assert_found(s, found);
    }
    free(workspace);
}

/* Told of: the same row, and its label. */
static void try_report(const struct softmaxes *s, size_t models)
{
    int32_t labels[ROWS], expected[ROWS];
    double confidence[ROWS], entropy[ROWS];
    float gates[ROWS * MODELS];
    struct ensemble_report report = {.struct_size = sizeof report, .rows = ROWS};

    for (size_t i = 0; i < LENGTH(gates); i++)
        gates[i] = 1;
    report.label = expected;
    report.confidence = confidence;
    run(s, s->found,
        &(struct ensemble_call){.report = &report, .row_weights = gates, .row_weights_count = ROWS * models});
    report.label = labels;
    report.entropy = entropy;
    poison(s->found, s->bytes);
    run(s, s->found, &(struct ensemble_call){.report = &report});
    assert_found(s, s->found);
    assert_memory_equal(labels, expected, sizeof labels);
    poison(labels, sizeof labels);
    assert_int_equal(ensemble_run(s->e, &(struct ensemble_call){.struct_size = sizeof(struct ensemble_call),
                                                                .dtype = s->result,
                                                                .report = &report}), 0);
    assert_memory_equal(labels, expected, sizeof labels);
}

static void try_case(size_t width, size_t models, const int32_t *dtypes, int32_t result, int32_t form, int special)
{
    struct softmaxes s = {.width = width, .stride = width + 3 * (width % 2), .result = result};
    float gates[ROWS * MODELS];

    for (size_t i = 0; i < LENGTH(gates); i++)
        gates[i] = 1;
    make(&s, models, dtypes, form, special);
    poison(s.expected, s.bytes);
    run(&s, s.expected, &(struct ensemble_call){.row_weights = gates, .row_weights_count = ROWS * models});
    try_workspaces(&s);
    try_odd_address(&s);
    if (!special)
        try_report(&s, models);
    if (result == dtypes[0]) { /* in place: the last model that is read is the first one of the next row */
        struct ensemble_output outputs[MODELS];

        poison(s.found, s.bytes);
        for (size_t row = 0; row < ROWS; row++)
            memcpy((unsigned char *)s.found + row * s.stride * size_of(result),
                   (unsigned char *)s.logits[0] + row * width * size_of(result), width * size_of(result));
        for (size_t i = 0; i < models; i++)
            outputs[i] = (struct ensemble_output){.data = i == 0 ? s.found : s.logits[i],
                                                  .dtype = dtypes[i],
                                                  .rows = ROWS,
                                                  .row_stride = i == 0 ? s.stride : width};
        run(&s, s.found, &(struct ensemble_call){
                             .outputs = outputs, .n_outputs = models, .output_size = sizeof outputs[0]});
        assert_found(&s, s.found);
    }
    drop(&s, models);
}

/* Widths about those of a stretch, of what the stack has room for, and far beyond. */
static const size_t widths[] = {257, 512, 768, 769, 1000, 1536, 1537, 2049, 5000};

TEST(test_softmaxes_have_the_same_bits_whatever_room_there_is)
{
    for (size_t w = 0; w < LENGTH(widths); w++)
        for (size_t models = 1; models <= MODELS; models++) {
            try_case(widths[w], models, f32, ENSEMBLE_F32, ENSEMBLE_RESULT_AS_IS, 0);
            try_case(widths[w], models, halves, ENSEMBLE_F32, ENSEMBLE_RESULT_AS_IS, 0);
            try_case(widths[w], models, f64, ENSEMBLE_F64, ENSEMBLE_RESULT_AS_IS, 0);
        }
}

TEST(test_softmaxes_of_other_dtypes_have_the_same_bits)
{
    for (size_t w = 0; w < LENGTH(widths); w++) {
        try_case(widths[w], MODELS, mixed, ENSEMBLE_F32, ENSEMBLE_RESULT_AS_IS, 0);
        try_case(widths[w], MODELS, f32, ENSEMBLE_F64, ENSEMBLE_RESULT_AS_IS, 0);
        try_case(widths[w], 1, f32, ENSEMBLE_BF16, ENSEMBLE_RESULT_AS_IS, 0);
        try_case(widths[w], 3, halves, ENSEMBLE_BF16, ENSEMBLE_RESULT_AS_IS, 0);
    }
}

TEST(test_softmaxes_of_which_a_logarithm_or_a_softmax_is_taken_have_the_same_bits)
{
    static const int32_t forms[] = {ENSEMBLE_RESULT_LOG, ENSEMBLE_RESULT_SOFTMAX, ENSEMBLE_RESULT_NORMALISED,
                                    ENSEMBLE_RESULT_TEMPERED};

    for (size_t w = 0; w < LENGTH(widths); w++)
        for (size_t f = 0; f < LENGTH(forms); f++) {
            try_case(widths[w], 3, f32, ENSEMBLE_F32, forms[f], 0);
            try_case(widths[w], 2, mixed, ENSEMBLE_F32, forms[f], 0);
            try_case(widths[w], 3, f32, ENSEMBLE_BF16, forms[f], 0);
        }
}

TEST(test_softmaxes_of_rows_that_are_not_finite_are_what_they_always_were)
{
    for (size_t w = 0; w < LENGTH(widths); w++)
        for (size_t models = 2; models <= MODELS; models++) {
            try_case(widths[w], models, f32, ENSEMBLE_F32, ENSEMBLE_RESULT_AS_IS, 1);
            try_case(widths[w], models, f64, ENSEMBLE_F64, ENSEMBLE_RESULT_SOFTMAX, 1);
        }
}

/* Without rows, outputs need not be anywhere. */
TEST(test_softmaxes_of_no_rows)
{
    struct ensemble *e = ensemble_of(300);
    float y[300];

    for (size_t i = 0; i < 3; i++) {
        add(e, NULL, ENSEMBLE_F32, 0);
        assert_int_equal(ensemble_set_input(e, i, ENSEMBLE_LOGITS, 0), 0);
    }
    poison(y, sizeof y);
    assert_int_equal(ensemble_combine(e, y, ENSEMBLE_F32, 0), 0);
    assert_poisoned(y, sizeof y);
    ensemble_destroy(e);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_softmaxes_have_the_same_bits_whatever_room_there_is),
        cmocka_unit_test(test_softmaxes_of_other_dtypes_have_the_same_bits),
        cmocka_unit_test(test_softmaxes_of_which_a_logarithm_or_a_softmax_is_taken_have_the_same_bits),
        cmocka_unit_test(test_softmaxes_of_rows_that_are_not_finite_are_what_they_always_were),
        cmocka_unit_test(test_softmaxes_of_no_rows),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
