/* SPDX-License-Identifier: MIT */
/* Tensors as models' outputs: what each field of a DLTensor says, and which tensors are none of a model. */
#include "support.h"

#include "plan/handle.h"

#include <limits.h>

/* DLPack 1's DLTensor, written down once more. */
struct tensor {
    void *data;
    int32_t device_type, device_id, ndim;
    uint8_t code, bits;
    uint16_t lanes;
    int64_t *shape, *strides;
    uint64_t byte_offset;
};

enum { CPU = 1, CUDA = 2, PINNED = 3 };
enum { INT = 0, UINT = 1, FLOAT = 2, BFLOAT = 4 };

/* A tensor of `rows` x `width` floats; strides where they are not 0. */
struct matrix {
    struct tensor tensor;
    int64_t shape[3], strides[3];
};

static struct tensor *of(struct matrix *m, const void *data, int64_t rows, int64_t width)
{
    *m = (struct matrix){.tensor = {.data = (void *)(uintptr_t)data, .device_type = CPU, .ndim = 2, .code = FLOAT,
                                    .bits = 32, .lanes = 1},
                         .shape = {rows, width, 1}};
    m->tensor.shape = m->shape;
    return &m->tensor;
}

static struct tensor *strided(struct matrix *m, int64_t row, int64_t column)
{
    m->strides[0] = row;
    m->strides[1] = column;
    m->tensor.strides = m->strides;
    return &m->tensor;
}

static float values[64];

/* An ensemble of width 3 with one model, whose output is now the tensor. */
static int bind(struct ensemble *e, const struct tensor *tensor)
{
    return ensemble_set_model_dlpack(e, 0, tensor);
}

static struct ensemble *with_one_model(size_t width)
{
    struct ensemble *e = ensemble_of(width);

    for (size_t i = 0; i < LENGTH(values); i++)
        values[i] = (float)i;
    add(e, NULL, ENSEMBLE_F32, 1);
    return e;
}

static void assert_output(const struct ensemble *e, const void *data, size_t rows, size_t stride, int32_t dtype)
{
    const struct ensemble_output *output = &e->outputs[0];

    assert_ptr_equal(output->data, data);
    assert_int_equal(output->rows, rows);
    assert_int_equal(output->row_stride, stride);
    assert_int_equal(output->dtype, dtype);
}

TEST(test_a_matrix)
{
    struct ensemble *e = with_one_model(3);
    struct matrix m;
    float y[6];

    assert_int_equal(bind(e, of(&m, values, 2, 3)), 0);
    assert_output(e, values, 2, 3, ENSEMBLE_F32);
    assert_int_equal(ensemble_combine(e, y, ENSEMBLE_F32, 6), 0);
    assert_memory_equal(y, values, sizeof y);
    assert_int_equal(bind(e, strided(&m, 5, 1)), 0);
    assert_output(e, values, 2, 5, ENSEMBLE_F32);
    assert_int_equal(ensemble_combine(e, y, ENSEMBLE_F32, 6), 0);
    assert_memory_equal(y + 3, values + 5, 3 * sizeof *y);
    m.tensor.byte_offset = 4 * sizeof(float);
    assert_int_equal(bind(e, &m.tensor), 0);
    assert_output(e, values + 4, 2, 5, ENSEMBLE_F32);
    ensemble_destroy(e);
}

TEST(test_one_dimension)
{
    struct ensemble *e = with_one_model(3);
    struct matrix m;

    of(&m, values, 3, 0)->ndim = 1;
    assert_int_equal(bind(e, &m.tensor), 0);
    assert_output(e, values, 1, 0, ENSEMBLE_F32);
    assert_int_equal(bind(e, strided(&m, 1, 0)), 0);
    assert_int_equal(bind(e, strided(&m, 2, 0)), ENSEMBLE_ESTRIDE);
    m.shape[0] = 6;
    assert_int_equal(bind(e, strided(&m, 1, 0)), ENSEMBLE_ETENSOR);
    ensemble_destroy(e);

    e = with_one_model(1); /* a probability for each row */
    assert_int_equal(bind(e, strided(&m, 1, 0)), 0);
    assert_output(e, values, 6, 1, ENSEMBLE_F32);
    assert_int_equal(bind(e, strided(&m, 4, 0)), 0);
    assert_output(e, values, 6, 4, ENSEMBLE_F32);
    assert_int_equal(bind(e, strided(&m, 0, 0)), ENSEMBLE_ESTRIDE);
    assert_int_equal(bind(e, strided(&m, -1, 0)), ENSEMBLE_ESTRIDE);
    ensemble_destroy(e);
}

TEST(test_dtypes)
{
    static const struct {
        uint8_t code, bits;
        uint16_t lanes;
        int32_t dtype; /* 0: none */
    } types[] = {
        {FLOAT, 32, 1, ENSEMBLE_F32}, {FLOAT, 64, 1, ENSEMBLE_F64}, {FLOAT, 16, 1, ENSEMBLE_F16},
        {BFLOAT, 16, 1, ENSEMBLE_BF16}, {FLOAT, 8, 1, 0}, {FLOAT, 128, 1, 0}, {BFLOAT, 32, 1, 0},
        {FLOAT, 32, 2, 0}, {FLOAT, 32, 0, 0}, {INT, 64, 1, 0}, {INT, 8, 1, 0}, {UINT, 32, 1, 0}, {3, 32, 1, 0},
        {5, 64, 1, 0}, {6, 8, 1, 0}, {7, 8, 1, 0}, {255, 32, 1, 0},
    };
    struct ensemble *e = with_one_model(3);
    struct matrix m;

    of(&m, values, 2, 3);
    for (size_t i = 0; i < LENGTH(types); i++) {
        m.tensor.code = types[i].code;
        m.tensor.bits = types[i].bits;
        m.tensor.lanes = types[i].lanes;
        assert_int_equal(bind(e, &m.tensor), types[i].dtype == 0 ? ENSEMBLE_EDTYPE : 0);
        if (types[i].dtype != 0)
            assert_output(e, values, 2, 3, types[i].dtype);
    }
    assert_output(e, values, 2, 3, ENSEMBLE_BF16); /* the last good one stays */
    ensemble_destroy(e);
}

TEST(test_labels)
{
    int32_t labels[] = {2, 0, 2};
    struct ensemble *e = with_one_model(3);
    struct matrix m;
    float y[9];

    assert_int_equal(ensemble_set_method(e, ENSEMBLE_VOTE), 0);
    of(&m, labels, 3, 1)->code = INT;
    assert_int_equal(bind(e, &m.tensor), 0);
    assert_output(e, labels, 3, 1, ENSEMBLE_I32);
    m.tensor.ndim = 1;
    assert_int_equal(bind(e, &m.tensor), 0);
    assert_output(e, labels, 3, 1, ENSEMBLE_I32);
    assert_int_equal(ensemble_combine(e, y, ENSEMBLE_F32, 9), 0);
    for (size_t i = 0; i < 9; i++)
        assert_true(y[i] == (labels[i / 3] == (int32_t)(i % 3) ? 1.0F : 0.0F));
    of(&m, labels, 1, 3)->code = INT;
    assert_int_equal(bind(e, &m.tensor), ENSEMBLE_ETENSOR);
    ensemble_destroy(e);
}

/* Whatever they are, even those that would be errors elsewhere: NumPy and PyTorch write what they like there. */
TEST(test_strides_of_dimensions_of_size_1_do_not_matter)
{
    static const int64_t odd[] = {0, -7, 1, INT64_MAX, INT64_MIN};
    struct ensemble *e = with_one_model(3), *narrow = with_one_model(1);
    struct matrix m;

    for (size_t i = 0; i < LENGTH(odd); i++) {
        of(&m, values, 1, 3);
        assert_int_equal(bind(e, strided(&m, odd[i], 1)), 0);
        assert_output(e, values, 1, 0, ENSEMBLE_F32);
        of(&m, values, 4, 1);
        assert_int_equal(bind(narrow, strided(&m, 2, odd[i])), 0);
        assert_output(narrow, values, 4, 2, ENSEMBLE_F32);
        of(&m, values, 0, 3); /* no rows: none matter */
        assert_int_equal(bind(e, strided(&m, odd[i], odd[i])), 0);
        assert_output(e, values, 0, 0, ENSEMBLE_F32);
    }
    ensemble_destroy(e);
    ensemble_destroy(narrow);
}

TEST(test_strides_that_no_matrix_has)
{
    static const int64_t none[][2] = {{0, 1}, {-3, 1}, {2, 1}, {1, 2}, {3, 0}, {3, -1}, {1, 4}, {6, 2}, {INT64_MIN, 1}};
    struct ensemble *e = with_one_model(3);
    struct matrix m;

    assert_int_equal(bind(e, of(&m, values + 1, 2, 3)), 0);
    for (size_t i = 0; i < LENGTH(none); i++) {
        of(&m, values, 2, 3);
        assert_int_equal(bind(e, strided(&m, none[i][0], none[i][1])), ENSEMBLE_ESTRIDE);
        assert_output(e, values + 1, 2, 3, ENSEMBLE_F32);
    }
    ensemble_destroy(e);
}

TEST(test_shapes_that_are_no_outputs)
{
    static const int64_t none[][2] = {{2, 4}, {2, 2}, {3, 2}, {2, 0}, {2, -3}, {-2, 3}, {-1, 3}, {2, INT64_MAX}};
    static const int32_t dimensions[] = {0, 3, -1, INT32_MAX};
    struct ensemble *e = with_one_model(3);
    struct matrix m;

    for (size_t i = 0; i < LENGTH(none); i++)
        assert_int_equal(bind(e, of(&m, values, none[i][0], none[i][1])), ENSEMBLE_ETENSOR);
    for (size_t i = 0; i < LENGTH(dimensions); i++) {
        of(&m, values, 2, 3)->ndim = dimensions[i];
        assert_int_equal(bind(e, &m.tensor), ENSEMBLE_ETENSOR);
    }
    of(&m, values, -1, 0)->ndim = 1;
    assert_int_equal(bind(e, &m.tensor), ENSEMBLE_ETENSOR);
    ensemble_destroy(e);
    e = with_one_model(1);
    assert_int_equal(bind(e, &m.tensor), ENSEMBLE_ETENSOR);
    ensemble_destroy(e);
}

/* A model with classes of its own has as many columns. */
TEST(test_a_class_map_says_how_long_a_row_is)
{
    const int32_t map[] = {2, 0};
    struct ensemble *e = with_one_model(3);
    struct matrix m;

    assert_int_equal(ensemble_set_class_map(e, 0, map, 2), 0);
    assert_int_equal(bind(e, of(&m, values, 4, 3)), ENSEMBLE_ETENSOR);
    assert_int_equal(bind(e, of(&m, values, 4, 2)), 0);
    assert_output(e, values, 4, 2, ENSEMBLE_F32);
    ensemble_destroy(e);
}

TEST(test_devices)
{
    struct ensemble *e = with_one_model(3);
    struct matrix m;

    of(&m, values, 2, 3);
    for (int32_t device = -1; device < 20; device++) {
        m.tensor.device_type = device;
        m.tensor.device_id = device;
        assert_int_equal(bind(e, &m.tensor), device == CPU || device == PINNED || device == 11 ? 0 : ENSEMBLE_ETENSOR);
    }
    ensemble_destroy(e);
}

TEST(test_null_and_sizes_beyond_the_address_space)
{
    struct ensemble *e = with_one_model(3);
    struct matrix m;

    of(&m, values, 2, 3);
    assert_int_equal(ensemble_set_model_dlpack(NULL, 0, &m.tensor), ENSEMBLE_ENULL);
    assert_int_equal(bind(e, NULL), ENSEMBLE_ENULL);
    assert_int_equal(ensemble_set_model_dlpack(e, 1, &m.tensor), ENSEMBLE_EMODEL);
    m.tensor.shape = NULL;
    assert_int_equal(bind(e, &m.tensor), ENSEMBLE_ENULL);
    assert_int_equal(bind(e, of(&m, NULL, 2, 3)), ENSEMBLE_ENULL);
    assert_int_equal(bind(e, of(&m, NULL, 0, 3)), 0);
    assert_output(e, NULL, 0, 0, ENSEMBLE_F32);
    assert_int_equal(bind(e, of(&m, values, INT64_MAX, 3)), ENSEMBLE_EOVERFLOW);
    of(&m, values, 2, 3);
    assert_int_equal(bind(e, strided(&m, INT64_MAX, 1)), ENSEMBLE_EOVERFLOW);
    of(&m, values, 2, 3)->byte_offset = UINT64_MAX;
    assert_int_equal(bind(e, &m.tensor), ENSEMBLE_EOVERFLOW);
    ensemble_destroy(e);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_matrix),
        cmocka_unit_test(test_one_dimension),
        cmocka_unit_test(test_dtypes),
        cmocka_unit_test(test_labels),
        cmocka_unit_test(test_strides_of_dimensions_of_size_1_do_not_matter),
        cmocka_unit_test(test_strides_that_no_matrix_has),
        cmocka_unit_test(test_shapes_that_are_no_outputs),
        cmocka_unit_test(test_a_class_map_says_how_long_a_row_is),
        cmocka_unit_test(test_devices),
        cmocka_unit_test(test_null_and_sizes_beyond_the_address_space),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
