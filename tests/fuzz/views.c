/* SPDX-License-Identifier: MIT */
/*
 * One combine from and to memory that is laid out in any way: rows with gaps, at any address, in buffers that end where
 * the header says that reading and writing ends; a range of rows; bound or by call. What is written is what a plain
 * call writes, and nothing else is. Wrong strides, ranges, types and places are refused by a code that the header has
 * for them. The same in the place of an output, and from one array of all outputs.
 */
#include "fuzz.h"

#include "number.h"

#define MODELS 4
#define WIDTH 9
#define ROWS 8
#define GAP 0xFF /* NaN in all dtypes, and no label */
#define POISON 0x5A

struct view {
    unsigned char *memory, *at; /* allocated; the first value */
    size_t bytes, stride;
    int dtype;
};

struct scene {
    size_t n, width, rows;
    int32_t method;
    struct view in[MODELS], out;
    struct ensemble_call call;
    struct ensemble_output outputs[MODELS];
    uint64_t codes;
};

static void lay(struct view *v, const struct scene *s, size_t rows, struct fuzz *f)
{
    const size_t skew = fuzz_below(f, 9);

    v->dtype = (int)fuzz_below(f, ENS_DTYPES);
    v->stride = s->width + (fuzz_below(f, 2) ? fuzz_below(f, 5) : 0);
    v->bytes = rows == 0 ? 0 : ((rows - 1) * v->stride + s->width) * number_size(v->dtype);
    v->memory = memset(fuzz_memory(skew + v->bytes), GAP, skew + v->bytes);
    v->at = v->memory + skew;
}

static void draw(struct scene *s, struct fuzz *f)
{
    s->n = fuzz_between(f, 1, MODELS);
    s->width = fuzz_between(f, 1, WIDTH);
    s->rows = fuzz_between(f, 1, ROWS);
    s->method = (int32_t)fuzz_below(f, ENSEMBLE_RANK + 1);
    for (size_t i = 0; i < s->n; i++) {
        struct view *v = &s->in[i];

        lay(v, s, s->rows, f);
        for (size_t r = 0; r < s->rows; r++)
            for (size_t k = 0; k < s->width; k++)
                number_put(v->dtype, v->at, r * v->stride + k,
                           number_encode(v->dtype, (double)(fuzz_left(f) > 0 ? fuzz_bits(f, 1) : r + k + i) / 64));
        s->outputs[i] = (struct ensemble_output){
            .data = v->at, .rows = s->rows, .row_stride = v->stride, .dtype = v->dtype + 1};
    }
    s->call = (struct ensemble_call){.struct_size = sizeof s->call, .row_begin = fuzz_below(f, s->rows)};
    s->call.row_count = fuzz_between(f, 1, s->rows - s->call.row_begin);
    lay(&s->out, s, s->call.row_count, f);
    s->call.result = memset(s->out.at, POISON, s->out.bytes);
    s->call.result_stride = s->out.stride;
    s->call.result_count = s->out.bytes / number_size(s->out.dtype);
    s->call.dtype = s->out.dtype + 1;
}

/* One thing that is wrong, perhaps. */
static void spoil(struct scene *s, struct fuzz *f)
{
    struct ensemble_call *c = &s->call;

    switch (fuzz_below(f, 24)) {
    case 1:
        c->row_count = s->rows - c->row_begin + 1 + (fuzz_below(f, 2) ? SIZE_MAX / 2 : 0);
        s->codes = fuzz_code(ENSEMBLE_ERANGE);
        break;
    case 2:
        c->row_begin = fuzz_below(f, 2) ? s->rows + 1 : SIZE_MAX;
        s->codes = fuzz_code(ENSEMBLE_ERANGE);
        break;
    case 3:
        c->result_count--;
        s->codes = fuzz_code(ENSEMBLE_ECOUNT);
        break;
    case 4:
        c->result = NULL;
        s->codes = fuzz_code(ENSEMBLE_ENULL);
        break;
    case 5:
        if (s->width > 1) { /* 0 would stand for the width */
            c->result_stride = s->width - 1;
            s->codes = fuzz_code(ENSEMBLE_ESTRIDE);
        }
        break;
    case 6: /* backwards */
        c->result_stride = -s->width;
        s->codes = c->row_count > 1 ? fuzz_code(ENSEMBLE_EOVERFLOW) | fuzz_code(ENSEMBLE_ECOUNT) : 0;
        break;
    case 7:
        c->dtype = (int32_t)fuzz_bits(f, 1) + ENSEMBLE_I32;
        s->codes = fuzz_code(ENSEMBLE_EDTYPE);
        break;
    case 8: /* upon an output, but not as one that it replaces */
        if (s->width > 1) {
            c->result = s->in[0].at + s->call.row_begin * s->in[0].stride * number_size(s->in[0].dtype) + 1;
            s->codes = fuzz_code(ENSEMBLE_EOVERLAP);
        }
        break;
    default:
        break;
    }
}

static struct ensemble *make(const struct scene *s, int bound)
{
    struct ensemble *e;

    FUZZ_CHECK(ensemble_create(&e, s->width) == 0);
    FUZZ_CHECK(ensemble_set_method(e, s->method) == 0);
    for (size_t i = 0; i < s->n; i++) {
        const struct ensemble_output *o = &s->outputs[i];

        FUZZ_CHECK(ensemble_add_model_output(e, NULL, ENSEMBLE_F32, 0) == (int)i);
        FUZZ_CHECK(!bound || ensemble_set_model_output(e, i, o->data, o->dtype, o->rows, o->row_stride) == 0);
        FUZZ_CHECK(ensemble_set_model_output(e, i, o->data, o->dtype, o->rows, s->width - 1) ==
                   (s->width > 1 ? ENSEMBLE_ESTRIDE : 0));
        FUZZ_CHECK(!bound || ensemble_set_model_output(e, i, o->data, o->dtype, o->rows, o->row_stride) == 0);
    }
    return e;
}

/* The rows of the call from copies without gaps, into one without gaps. */
static void plain(const struct scene *s, unsigned char *result)
{
    static double copies[MODELS][ROWS * WIDTH], whole[ROWS * WIDTH];
    const size_t row = s->width * number_size(s->out.dtype);
    struct ensemble *e;

    FUZZ_CHECK(ensemble_create(&e, s->width) == 0);
    FUZZ_CHECK(ensemble_set_method(e, s->method) == 0);
    for (size_t i = 0; i < s->n; i++) {
        const struct view *v = &s->in[i];
        const size_t size = number_size(v->dtype);

        for (size_t r = 0; r < s->rows; r++)
            memcpy((unsigned char *)copies[i] + r * s->width * size, v->at + r * v->stride * size, s->width * size);
        FUZZ_CHECK(ensemble_add_model_output(e, copies[i], v->dtype + 1, s->rows) == (int)i);
    }
    FUZZ_CHECK(ensemble_combine(e, whole, s->out.dtype + 1, s->rows * s->width) == 0);
    memcpy(result, (unsigned char *)whole + s->call.row_begin * row, s->call.row_count * row);
    ensemble_destroy(e);
}

/* The rows as expected, and the gaps as they were. */
static void check(const struct scene *s, int code, const unsigned char *expected)
{
    const size_t size = number_size(s->out.dtype), row = s->width * size;

    if (s->codes != 0)
        FUZZ_CHECK(code < 0 && (fuzz_code(code) & s->codes) != 0);
    else
        FUZZ_CHECK(code == 0);
    for (size_t r = 0; code == 0 && r < s->call.row_count; r++) {
        unsigned char *at = s->out.at + r * s->out.stride * size;

        FUZZ_CHECK(number_differ(s->out.dtype, at, expected + r * row, s->width) == s->width);
        memset(at, POISON, row);
    }
    for (size_t i = 0; i < s->out.bytes; i++)
        FUZZ_CHECK(s->out.at[i] == POISON);
}

static unsigned char expected[ROWS * WIDTH * sizeof(double)];

/* The result replaces the rows of an output, and nothing beside them; ranks need these to the end. */
static void combine_in_place(const struct scene *s, const struct ensemble *e, struct fuzz *f)
{
    struct scene t = *s;
    const struct view *v = &s->in[fuzz_below(f, s->n)];
    const size_t row = v->stride * number_size(v->dtype), skip = t.call.row_begin * row;
    unsigned char *before = fuzz_copy(v->at, v->bytes);

    t.out = *v;
    t.out.at += skip;
    t.out.bytes = t.call.row_count * row < v->bytes - skip ? t.call.row_count * row : v->bytes - skip;
    plain(&t, expected);
    t.call.result = t.out.at;
    t.call.result_stride = v->stride;
    t.call.result_count = (t.call.row_count - 1) * v->stride + t.width;
    t.call.dtype = v->dtype + 1;
    FUZZ_CHECK(ensemble_run(e, &t.call) == (t.method == ENSEMBLE_RANK ? ENSEMBLE_EOVERLAP : 0));
    for (size_t r = 0; t.method != ENSEMBLE_RANK && r < t.call.row_count; r++) {
        const size_t length = t.width * number_size(v->dtype);

        FUZZ_CHECK(number_differ(v->dtype, t.out.at + r * row, expected + r * length, t.width) == t.width);
        memcpy(t.out.at + r * row, before + skip + r * row, length);
    }
    FUZZ_CHECK(memcmp(v->at, before, v->bytes) == 0);
    free(before);
}

/* The same values, of one dtype, model after model or row after row. */
static void combine_flat(const struct scene *s, const struct ensemble *e, struct fuzz *f)
{
    struct scene t = *s;
    const int dtype = s->in[0].dtype, by_rows = fuzz_below(f, 2) != 0;
    const size_t size = number_size(dtype), own = by_rows ? s->n * s->width : s->width;
    const size_t row_stride = own + fuzz_below(f, 3);
    const size_t model_stride = by_rows ? s->width : s->rows * row_stride + fuzz_below(f, 3);
    const size_t values = (s->n - 1) * model_stride + (s->rows - 1) * row_stride + s->width;
    unsigned char *flat = memset(fuzz_memory(values * size), GAP, values * size);

    for (size_t i = 0; i < s->n; i++) {
        const struct view *from = &s->in[i];

        t.in[i] = (struct view){.at = flat + i * model_stride * size, .stride = row_stride, .dtype = dtype};
        for (size_t r = 0; r < s->rows; r++)
            for (size_t k = 0; k < s->width; k++)
                number_put(dtype, t.in[i].at, r * row_stride + k,
                           number_encode(dtype, number_decode(from->dtype, number_get(from->dtype, from->at,
                                                                                      r * from->stride + k))));
    }
    t.call.row_begin = 0;
    t.call.row_count = s->rows;
    lay(&t.out, &t, s->rows, f);
    memset(t.out.at, POISON, t.out.bytes);
    plain(&t, expected);
    check(&t,
          ensemble_run_flat(e, flat, dtype + 1, s->rows, row_stride == s->width ? 0 : row_stride,
                            model_stride == s->rows * row_stride ? 0 : model_stride, t.out.at, t.out.dtype + 1,
                            t.out.bytes / number_size(t.out.dtype), t.out.stride, NULL, 0),
          expected);
    free(t.out.memory);
    free(flat);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz f = fuzz_begin(data, size);
    struct scene s = {.codes = 0}, sound;
    struct ensemble *e;
    size_t more;
    int by_call;

    draw(&s, &f);
    plain(&s, expected);
    by_call = fuzz_below(&f, 2) != 0;
    e = make(&s, !by_call);
    if (by_call) {
        s.call.outputs = s.outputs;
        s.call.output_size = sizeof *s.outputs;
        s.call.n_outputs = s.n;
    }
    sound = s;
    spoil(&s, &f);
    check(&s, ensemble_run(e, &s.call), expected);
    more = fuzz_below(&f, 4);
    if (more & 1)
        combine_in_place(&sound, e, &f);
    if (more & 2)
        combine_flat(&sound, e, &f);
    ensemble_destroy(e);
    for (size_t i = 0; i < s.n; i++)
        free(s.in[i].memory);
    free(s.out.memory);
    return 0;
}
