/* SPDX-License-Identifier: MIT */
/*
 * The way through the data: src/plan/walk.c cuts it into groups of models, tiles and lines, and none of that may show.
 * Results are compared, bit for bit, with one loop per element.
 */
#include "support.h"

#include "base/half.h"

#include <stdlib.h>

#define MOST_MODELS 130

struct matrix {
    unsigned char *data; /* of a dtype, rows x stride */
    int32_t dtype;
    size_t stride;
};

static size_t size_of(int32_t dtype)
{
    return dtype == ENSEMBLE_F64 ? 8 : dtype == ENSEMBLE_F32 ? 4 : 2;
}

static double get(const struct matrix *m, size_t i)
{
    float f32;
    double f64;
    uint16_t half;

    switch (m->dtype) {
    case ENSEMBLE_F32:
        memcpy(&f32, m->data + 4 * i, 4);
        return (double)f32;
    case ENSEMBLE_F64:
        memcpy(&f64, m->data + 8 * i, 8);
        return f64;
    default:
        memcpy(&half, m->data + 2 * i, 2);
        return (double)(m->dtype == ENSEMBLE_F16 ? ens_f32_from_f16(half) : ens_f32_from_bf16(half));
    }
}

static void put(unsigned char *to, int32_t dtype, double f64)
{
    const float f32 = (float)f64;
    const uint16_t half = dtype == ENSEMBLE_F16 ? ens_f16_from_f64(f64) : ens_bf16_from_f64(f64);

    switch (dtype) {
    case ENSEMBLE_F32:
        memcpy(to, &f32, 4);
        break;
    case ENSEMBLE_F64:
        memcpy(to, &f64, 8);
        break;
    default:
        memcpy(to, &half, 2);
    }
}

static double weight_of(size_t model)
{
    return .1 + .37 * (double)(model % 7) - .2 * (double)(model % 3);
}

/* One element, by the definition: products and sums in model order, each rounded, in float or double. */
static double expected(const struct matrix *models, size_t n, size_t row, size_t column, int in_double)
{
    double y64 = 0;
    float y32 = 0;

    for (size_t k = 0; k < n; k++) {
        const double y = get(&models[k], row * models[k].stride + column);
        const double product64 = weight_of(k) * y;
        const float product32 = (float)weight_of(k) * (float)y;

        y64 = k > 0 ? y64 + product64 : product64;
        y32 = k > 0 ? y32 + product32 : product32;
    }
    return in_double ? y64 : (double)y32;
}

/* What a walk is to be tried with. Model k has the dtype dtypes[k % n_dtypes]. */
struct job {
    size_t n, rows, width, gap;
    const int32_t *dtypes;
    size_t n_dtypes;
    int32_t result;
    size_t result_offset; /* bytes from an aligned address */
};

static void make_models(const struct job *job, struct matrix *models)
{
    uint32_t random = 12345;

    for (size_t k = 0; k < job->n; k++) {
        const int32_t dtype = job->dtypes[k % job->n_dtypes];
        const size_t stride = job->width + (k % 2 ? job->gap : 0), size = size_of(dtype);

        models[k] = (struct matrix){malloc(job->rows * stride * size), dtype, stride};
        assert_non_null(models[k].data);
        for (size_t i = 0; i < job->rows * stride; i++) {
            random = random * 1664525u + 1013904223u;
            put(models[k].data + i * size, dtype, ((double)(random >> 8) - 0x1p23) / 0x1p20);
        }
    }
}

static struct ensemble *make_ensemble(const struct job *job, const struct matrix *models)
{
    double weights[MOST_MODELS];
    struct ensemble *e = ensemble_of(job->width);

    for (size_t k = 0; k < job->n; k++) {
        add(e, NULL, models[k].dtype, job->rows);
        assert_int_equal(ensemble_set_model_output(e, k, models[k].data, models[k].dtype, job->rows, models[k].stride),
                         0);
        weights[k] = weight_of(k);
    }
    assert_int_equal(ensemble_set_weights(e, weights, job->n), 0);
    return e;
}

static void assert_walks(const struct job *job)
{
    const size_t size = size_of(job->result), bytes = job->rows * job->width * size;
    int in_double = job->result == ENSEMBLE_F64;
    struct matrix models[MOST_MODELS];
    unsigned char *memory = malloc(bytes + 128), *result, one[8];
    struct ensemble *e;

    assert_non_null(memory);
    make_models(job, models);
    e = make_ensemble(job, models);
    for (size_t k = 0; k < job->n; k++)
        in_double |= models[k].dtype == ENSEMBLE_F64;
    poison(memory, bytes + 128);
    result = memory + (64 - (uintptr_t)memory % 64) % 64 + job->result_offset;
    assert_int_equal(ensemble_combine(e, result, job->result, job->rows * job->width), 0);
    for (size_t i = 0; i < job->rows * job->width; i++) {
        put(one, job->result, expected(models, job->n, i / job->width, i % job->width, in_double));
        if (memcmp(result + i * size, one, size) != 0)
            fail_msg("%zu models, %zu x %zu: element %zu", job->n, job->rows, job->width, i);
    }
    assert_poisoned(memory, (size_t)(result - memory));
    assert_poisoned(result + bytes, bytes + 128 - (size_t)(result - memory) - bytes);
    for (size_t k = 0; k < job->n; k++)
        free(models[k].data);
    free(memory);
    ensemble_destroy(e);
}

static const int32_t floats[] = {ENSEMBLE_F32};
static const int32_t halves[] = {ENSEMBLE_F16};
static const int32_t mixture[] = {ENSEMBLE_F32, ENSEMBLE_F32, ENSEMBLE_BF16, ENSEMBLE_F16};
static const int32_t with_double[] = {ENSEMBLE_F16, ENSEMBLE_F64, ENSEMBLE_F32, ENSEMBLE_BF16, ENSEMBLE_BF16};

TEST(test_any_number_of_models)
{
    const size_t numbers[] = {1, 2, 3, 4, 7, 8, 9, 10, 15, 16, 17, 24, 25, 63, 64, 65, 128, 129, 130};

    for (size_t i = 0; i < LENGTH(numbers); i++) {
        const struct job job = {numbers[i], 2, 37, 0, floats, 1, ENSEMBLE_F32, 0};

        assert_walks(&job);
    }
}

TEST(test_any_number_of_models_of_mixed_dtypes)
{
    for (int32_t result = ENSEMBLE_F32; result <= ENSEMBLE_BF16; result++)
        for (size_t n = 1; n <= 40; n++) {
            const struct job job = {n, 2, 11, 0, mixture, LENGTH(mixture), result, 0};

            assert_walks(&job);
        }
}

TEST(test_every_dtype_into_every_dtype)
{
    for (int32_t result = ENSEMBLE_F32; result <= ENSEMBLE_BF16; result++)
        for (int32_t dtype = ENSEMBLE_F32; dtype <= ENSEMBLE_BF16; dtype++)
            for (size_t width = 1; width <= 70; width++) {
                const struct job job = {3, 1, width, 0, &dtype, 1, result, 0};

                assert_walks(&job);
            }
}

TEST(test_mixtures_with_a_double_among_them)
{
    for (int32_t result = ENSEMBLE_F32; result <= ENSEMBLE_BF16; result++) {
        const struct job job = {12, 3, 33, 0, with_double, LENGTH(with_double), result, 0};

        assert_walks(&job);
    }
}

/* A tile holds 2048 floats or 1024 doubles. */
TEST(test_lengths_around_a_tile)
{
    const size_t widths[] = {1023, 1024, 1025, 2047, 2048, 2049, 4095, 4096, 4100};

    for (size_t i = 0; i < LENGTH(widths); i++)
        for (size_t n = 2; n <= 10; n += 8) {
            const struct job narrow = {n, 1, widths[i], 0, floats, 1, ENSEMBLE_BF16, 2};
            const struct job in_double = {n, 1, widths[i], 0, with_double, 5, ENSEMBLE_F32, 0};

            assert_walks(&narrow);
            assert_walks(&in_double);
        }
}

TEST(test_rows_with_gaps)
{
    for (size_t rows = 1; rows <= 4; rows++) {
        const struct job job = {4, rows, 19, 5, mixture, LENGTH(mixture), ENSEMBLE_F16, 0};
        const struct job long_rows = {10, rows, 3000, 1, floats, 1, ENSEMBLE_F32, 4};

        assert_walks(&job);
        assert_walks(&long_rows);
    }
}

/* From 8 MiB on a result goes past the caches: from any address on, aligned or not even to its elements. */
#define LARGE ((size_t)8 << 20)
TEST(test_large_results_at_any_address)
{
    const size_t offsets[] = {0, 4, 20, 60, 1};
    const size_t width = LARGE / 4 + 5;

    for (size_t i = 0; i < LENGTH(offsets); i++) {
        const struct job job = {2, 1, width, 0, floats, 1, ENSEMBLE_F32, offsets[i]};

        assert_walks(&job);
    }
}

TEST(test_large_results_in_halves)
{
    const size_t offsets[] = {0, 2, 30, 1};
    const size_t width = LARGE / 2 + 33;

    for (size_t i = 0; i < LENGTH(offsets); i++) {
        const struct job direct = {1, 1, width, 0, halves, 1, ENSEMBLE_F16, offsets[i]};
        const struct job tiles = {2, 1, width, 0, mixture + 1, 2, ENSEMBLE_F16, offsets[i]};

        assert_walks(&direct);
        assert_walks(&tiles);
    }
}

/* Where outputs have gaps, each row goes past the caches by itself if it is so large, or else none does. */
TEST(test_large_results_of_rows_with_gaps)
{
    const struct job large_rows = {2, 2, LARGE / 4 + 5, 3, floats, 1, ENSEMBLE_F32, 8};
    const struct job large_together = {2, 4, LARGE / 8 + 5, 3, floats, 1, ENSEMBLE_F32, 8};

    assert_walks(&large_rows);
    assert_walks(&large_together);
}

/* Sixteen models at a time, and nine as five and four. */
TEST(test_many_models_that_do_not_fit_into_the_caches)
{
    const struct job jobs[] = {{17, 3, 30000, 0, floats, 1, ENSEMBLE_F32, 0},
                               {19, 1, 50001, 3, mixture, LENGTH(mixture), ENSEMBLE_F32, 0},
                               {9, 2, 30001, 0, floats, 1, ENSEMBLE_F32, 0},
                               {25, 3, 7003, 0, floats, 1, ENSEMBLE_BF16, 2}};

    for (size_t i = 0; i < LENGTH(jobs); i++)
        assert_walks(&jobs[i]);
}

/* Rows with gaps are then summed one after the other: by one call of a kernel, or in tiles. */
TEST(test_rows_with_gaps_that_do_not_fit_into_the_caches)
{
    const struct job direct = {16, 4, 8209, 5, floats, 1, ENSEMBLE_F32, 0};
    const struct job tiles = {12, 3, 15001, 1, floats, 1, ENSEMBLE_F32, 4};

    assert_walks(&direct);
    assert_walks(&tiles);
}

/* The result goes to memory of its own, and then in place of one model. */
static void assert_replaces(const struct job *job, size_t replaced)
{
    const size_t count = job->rows * job->width;
    struct matrix models[MOST_MODELS];
    float *y = malloc(count * sizeof *y);
    struct ensemble *e;

    assert_non_null(y);
    make_models(job, models);
    e = make_ensemble(job, models);
    assert_int_equal(ensemble_combine(e, y, ENSEMBLE_F32, count), 0);
    assert_int_equal(ensemble_combine(e, models[replaced].data, ENSEMBLE_F32, count), 0);
    assert_memory_equal(models[replaced].data, y, count * sizeof *y);
    for (size_t k = 0; k < job->n; k++)
        free(models[k].data);
    free(y);
    ensemble_destroy(e);
}

/* Ten models in two groups: all that is read of a tile is read before the tile is replaced. */
TEST(test_a_result_may_replace_any_of_many_models)
{
    const struct job job = {10, 2, 5000, 0, floats, 1, ENSEMBLE_F32, 0};

    for (size_t replaced = 0; replaced < 10; replaced++)
        assert_replaces(&job, replaced);
}

TEST(test_a_large_result_may_replace_any_model)
{
    const struct job job = {2, 1, LARGE / 4 + 5, 0, floats, 1, ENSEMBLE_F32, 0};

    assert_replaces(&job, 0);
    assert_replaces(&job, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_any_number_of_models),
        cmocka_unit_test(test_any_number_of_models_of_mixed_dtypes),
        cmocka_unit_test(test_every_dtype_into_every_dtype),
        cmocka_unit_test(test_mixtures_with_a_double_among_them),
        cmocka_unit_test(test_lengths_around_a_tile),
        cmocka_unit_test(test_rows_with_gaps),
        cmocka_unit_test(test_large_results_at_any_address),
        cmocka_unit_test(test_large_results_in_halves),
        cmocka_unit_test(test_large_results_of_rows_with_gaps),
        cmocka_unit_test(test_many_models_that_do_not_fit_into_the_caches),
        cmocka_unit_test(test_rows_with_gaps_that_do_not_fit_into_the_caches),
        cmocka_unit_test(test_a_result_may_replace_any_of_many_models),
        cmocka_unit_test(test_a_large_result_may_replace_any_model),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
