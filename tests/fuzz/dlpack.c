/* SPDX-License-Identifier: MIT */
/*
 * Tensors of any shape, stride, dtype and device as a model's output. Whether one is taken is decided here by the words
 * of ensemble.h; what is read from one that is taken is compared with what its strides say, element by element. One
 * that is refused changes nothing.
 */
#include "fuzz.h"

#include "number.h"

/* DLPack 1's DLTensor. */
struct tensor {
    void *data;
    int32_t device_type, device_id, ndim;
    uint8_t code, bits;
    uint16_t lanes;
    int64_t *shape, *strides;
    uint64_t byte_offset;
};

#define MOST_WIDTH 5
#define MOST_ROWS 24
#define BYTES 4096

struct scene {
    struct ensemble *e;
    size_t models, model; /* the one that the tensor is for: there may be no such */
    size_t width;
    int32_t map[MOST_WIDTH + 1];
    size_t columns; /* of the model's class map; 0: it has none */
    struct tensor tensor;
    int64_t shape[3], strides[3];
    unsigned char *memory; /* what tensor.data and .byte_offset lead to, or NULL: nothing is there */
    size_t room;           /* bytes from there on */
};

static const float before[MOST_ROWS * (MOST_WIDTH + 1)] = {1, 2, 3, 4, 5, 6, 7, 8, 9};

static int64_t draw_length(struct fuzz *f, int64_t likely)
{
    switch (fuzz_below(f, 8)) {
    case 0:
        return (int64_t)fuzz_bits(f, 8);
    case 1:
        return (int64_t)fuzz_bits(f, 1) - 4;
    case 2:
        return INT64_MAX >> fuzz_below(f, 64);
    default:
        return likely;
    }
}

static void draw_tensor(struct scene *s, struct fuzz *f)
{
    static const struct {
        uint8_t code, bits;
    } types[] = {{2, 32}, {2, 64}, {2, 16}, {4, 16}, {0, 32}, {1, 32}, {0, 64}, {2, 8}};
    const size_t type = fuzz_below(f, sizeof types / sizeof *types);
    const int64_t length = type == 4 ? 1 : (int64_t)(s->columns > 0 ? s->columns : s->width);
    struct tensor *t = &s->tensor;

    t->device_type = fuzz_one_in(f, 8) ? (int32_t)fuzz_bits(f, 4) : "\1\1\1\3\13\2\1\12"[fuzz_below(f, 8)];
    t->device_id = (int32_t)fuzz_bits(f, 1);
    t->ndim = fuzz_one_in(f, 16) ? (int32_t)fuzz_bits(f, 4) : "\2\2\2\1\1\0\3\2"[fuzz_below(f, 8)];
    t->code = types[type].code;
    t->bits = types[type].bits;
    t->lanes = fuzz_one_in(f, 16) ? (uint16_t)fuzz_bits(f, 2) : 1;
    if (fuzz_one_in(f, 32)) {
        t->code = (uint8_t)fuzz_bits(f, 1);
        t->bits = (uint8_t)fuzz_bits(f, 1);
    }
    s->shape[0] = draw_length(f, t->ndim == 1 && length != 1 ? length : (int64_t)fuzz_below(f, MOST_ROWS));
    s->shape[1] = draw_length(f, length);
    s->strides[0] = draw_length(f, t->ndim == 1 ? 1 : length + (int64_t)fuzz_below(f, 3));
    s->strides[1] = draw_length(f, 1);
    t->shape = fuzz_one_in(f, 16) ? NULL : s->shape;
    t->strides = fuzz_below(f, 2) ? s->strides : NULL;
    t->byte_offset = fuzz_one_in(f, 8) ? fuzz_bits(f, 8) : fuzz_below(f, 9);
}

static void draw_scene(struct scene *s, struct fuzz *f)
{
    s->width = fuzz_between(f, 1, MOST_WIDTH);
    FUZZ_CHECK(ensemble_create(&s->e, s->width) == 0);
    s->models = fuzz_between(f, 1, 3);
    for (size_t i = 0; i < s->models; i++)
        FUZZ_CHECK(ensemble_add_model_output(s->e, before, ENSEMBLE_F32, MOST_ROWS) == (int)i);
    s->model = fuzz_below(f, s->models);
    FUZZ_CHECK(ensemble_set_missing_policy(s->e, ENSEMBLE_LEAVE_OUT_MISSING, 0) == 0);
    if (fuzz_one_in(f, 4)) { /* one class more than the ensemble has, the classes turned round */
        s->columns = fuzz_between(f, 1, s->width + 1);
        for (size_t c = 0; c < s->columns; c++)
            s->map[c] = (int32_t)(s->width - 1) - (int32_t)c;
        FUZZ_CHECK(ensemble_set_class_map(s->e, s->model, s->map, s->columns) == 0);
    }
    draw_tensor(s, f);
    if (fuzz_one_in(f, 32))
        s->model = s->models + (size_t)fuzz_bits(f, 4);
}

static int dtype_of(const struct tensor *t)
{
    if (t->lanes != 1)
        return 0;
    if (t->code == 2)
        return t->bits == 32 ? ENSEMBLE_F32 : t->bits == 64 ? ENSEMBLE_F64 : t->bits == 16 ? ENSEMBLE_F16 : 0;
    if (t->code == 4 && t->bits == 16)
        return ENSEMBLE_BF16;
    return t->code == 0 && t->bits == 32 ? ENSEMBLE_I32 : 0;
}

static size_t size_of(int dtype)
{
    return dtype == ENSEMBLE_I32 ? 4 : number_size(dtype - 1);
}

/* What a tensor that is a matrix is. */
struct matrix {
    int dtype;
    int64_t rows, length, stride, within;
    long double bytes; /* from the first row's begin to the last one's end */
};

/* The matrix, or that it is none: the codes that the header has for what is wrong. */
static uint64_t read_tensor(const struct scene *s, struct matrix *m)
{
    const struct tensor *t = &s->tensor;
    uint64_t codes = 0;
    int one;

    if (s->model >= s->models)
        return fuzz_code(ENSEMBLE_EMODEL);
    if (t->device_type != 1 && t->device_type != 3 && t->device_type != 11)
        codes |= fuzz_code(ENSEMBLE_ETENSOR);
    m->dtype = dtype_of(t);
    codes |= m->dtype == 0 ? fuzz_code(ENSEMBLE_EDTYPE) : 0;
    codes |= t->ndim != 1 && t->ndim != 2 ? fuzz_code(ENSEMBLE_ETENSOR) : 0;
    codes |= t->shape == NULL ? fuzz_code(ENSEMBLE_ENULL) : 0;
    if (codes != 0)
        return codes;
    m->length = m->dtype == ENSEMBLE_I32 ? 1 : (int64_t)(s->columns > 0 ? s->columns : s->width);
    one = t->ndim == 1;
    m->rows = one && m->length != 1 ? 1 : t->shape[0];
    m->stride = t->strides != NULL && !(one && m->length != 1) ? t->strides[0] : m->length;
    m->within = t->strides == NULL ? 1 : t->strides[one ? 0 : 1];
    if (m->rows < 0 || (one ? m->length != 1 && t->shape[0] != m->length : t->shape[1] != m->length))
        return fuzz_code(ENSEMBLE_ETENSOR);
    codes |= m->rows > 0 && t->data == NULL ? fuzz_code(ENSEMBLE_ENULL) : 0;
    codes |= m->rows > 0 && m->length > 1 && m->within != 1 ? fuzz_code(ENSEMBLE_ESTRIDE) : 0;
    codes |= m->rows > 1 && m->stride < m->length ? fuzz_code(ENSEMBLE_ESTRIDE) : 0;
    m->bytes = m->rows > 1 ? (long double)(m->rows - 1) * (long double)m->stride : 0;
    m->bytes = m->rows > 0 ? (m->bytes + (long double)m->length) * size_of(m->dtype) : 0;
    if (t->byte_offset > UINTPTR_MAX - (uintptr_t)t->data || m->bytes > PTRDIFF_MAX ||
        (m->bytes > 0 && (size_t)m->bytes > UINTPTR_MAX - (uintptr_t)t->data - (uintptr_t)t->byte_offset))
        codes |= fuzz_code(ENSEMBLE_EOVERFLOW);
    return codes;
}

/* As double, which holds the values of all dtypes. */
static int combine(const struct ensemble *e, double *result, size_t rows, size_t width)
{
    return ensemble_combine(e, result, ENSEMBLE_F64, rows * width);
}

/* Only the model of the tensor weighs anything, so the result is what the tensor holds. */
static void compare(const struct scene *s, const struct matrix *m)
{
    double weights[3] = {0, 0, 0}, result[MOST_ROWS * MOST_WIDTH];
    const size_t rows = (size_t)m->rows, width = s->width;

    weights[s->model] = 1;
    FUZZ_CHECK(ensemble_set_weights(s->e, weights, s->models) == 0);
    if (m->dtype == ENSEMBLE_I32)
        FUZZ_CHECK(ensemble_set_method(s->e, ENSEMBLE_VOTE) == 0);
    FUZZ_CHECK(combine(s->e, result, rows, width) == 0);
    for (size_t r = 0; r < rows; r++)
        for (size_t k = 0; k < width; k++) {
            const size_t column = s->columns == 0 ? k : width - 1 - k;
            const size_t at = r * (rows > 1 ? (size_t)m->stride : 0);
            double expected = 0;
            int32_t label;

            if (m->dtype == ENSEMBLE_I32) {
                memcpy(&label, s->memory + at * sizeof label, sizeof label);
                if (s->columns > 0) /* labels are mapped, too */
                    label = label >= 0 && (size_t)label < s->columns ? s->map[label] : -1;
                expected = label < 0 || (size_t)label >= width ? (double)__builtin_nanf("") : (size_t)label == k;
            } else if (column < (size_t)m->length) {
                expected = number_decode(m->dtype - 1, number_get(m->dtype - 1, s->memory, at + column));
            }
            FUZZ_CHECK(result[r * width + k] == expected ||
                       (result[r * width + k] != result[r * width + k] && expected != expected));
        }
}

/* Real memory where the tensor fits into some; else an address that nobody may read. */
static void lay_memory(struct scene *s, struct fuzz *f, unsigned char **allocated)
{
    struct matrix m;
    struct tensor *t = &s->tensor;

    t->data = (void *)(uintptr_t)1; /* it must not matter for the size */
    *allocated = NULL;
    if (fuzz_one_in(f, 16)) {
        t->data = fuzz_one_in(f, 2) ? (void *)(uintptr_t)fuzz_bits(f, 8) : NULL;
    } else if (read_tensor(s, &m) == 0 && m.bytes <= BYTES && m.rows < MOST_ROWS && t->byte_offset < 64) {
        s->room = (size_t)m.bytes;
        *allocated = fuzz_memory((size_t)t->byte_offset + s->room);
        t->data = *allocated;
        s->memory = *allocated + t->byte_offset;
        for (size_t i = 0; i < s->room; i++)
            s->memory[i] = fuzz_left(f) > 0 ? (unsigned char)fuzz_bits(f, 1) : (unsigned char)(i * 37);
        if (m.dtype == ENSEMBLE_I32) /* labels around those that there are */
            for (size_t i = 0; i + 4 <= s->room; i += 4) {
                const int32_t label = (int32_t)(s->memory[i] % (MOST_WIDTH + 3)) - 1;

                memcpy(s->memory + i, &label, sizeof label);
            }
    }
}

static int check_whole(const struct scene *s, double *result)
{
    memset(result, 0, MOST_ROWS * MOST_WIDTH * sizeof *result);
    return combine(s->e, result, MOST_ROWS, s->width);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static double first[MOST_ROWS * MOST_WIDTH], second[MOST_ROWS * MOST_WIDTH];
    struct fuzz f = fuzz_begin(data, size);
    struct scene s = {.e = NULL};
    struct matrix m;
    unsigned char *allocated;
    uint64_t codes;
    int code;

    draw_scene(&s, &f);
    lay_memory(&s, &f, &allocated);
    codes = read_tensor(&s, &m);
    FUZZ_CHECK(check_whole(&s, first) == 0);
    FUZZ_CHECK(ensemble_set_model_dlpack(s.e, s.model, NULL) == ENSEMBLE_ENULL);
    code = ensemble_set_model_dlpack(s.e, s.model, &s.tensor);
    FUZZ_CHECK(codes == 0 ? code == 0 : code < 0 && (fuzz_code(code) & codes) != 0);
    if (code) {
        FUZZ_CHECK(check_whole(&s, second) == 0);
        FUZZ_CHECK(memcmp(first, second, sizeof first) == 0);
    } else if (s.memory != NULL) {
        compare(&s, &m);
    }
    ensemble_destroy(s.e);
    free(allocated);
    return 0;
}
