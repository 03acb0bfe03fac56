/* SPDX-License-Identifier: MIT */
/*
 * Ensembles of any bits as outputs, with any method, form, space, policy and weights: each instruction set of this
 * machine gives the bits of the portable one, for the result and for all that the report allows.
 */
#include "fuzz.h"

#include "fields.h"
#include "isas.h"
#include "number.h"

#include <math.h>

#define MODELS 9
#define WIDTH 40
#define ROWS 12

struct scene {
    size_t n, width, rows;
    int32_t method, form, policy, result;
    double form_temperature, quorum, parameter[3];
    double weights[MODELS], class_weights[MODELS * WIDTH];
    float row_weights[ROWS * MODELS];
    int weighted, by_class, by_row;
    struct {
        int32_t dtype, space;
        double temperature;
        unsigned char *data;
        int32_t map[WIDTH];
        size_t columns; /* 0: no map */
    } models[MODELS];
    uint32_t fields;
    size_t top;
};

struct answer {
    int code[2]; /* with the report, and without */
    _Alignas(double) unsigned char result[2][ROWS * WIDTH * sizeof(double)];
    _Alignas(double) unsigned char report[FIELDS][ROWS * WIDTH * sizeof(double)];
};

static double draw_temperature(struct fuzz *f, int has_one)
{
    static const double temperatures[] = {0, 1, .5, 2, 1e-30, 1e30, .01, 100};

    return has_one ? temperatures[fuzz_below(f, sizeof temperatures / sizeof *temperatures)] : 0;
}

/* Sizes of which some are over what a vector holds, and few bytes of input fill all. */
static size_t draw_size(struct fuzz *f, size_t most)
{
    const size_t size = fuzz_between(f, 1, most);

    return fuzz_below(f, 2) ? size : 1 + (size - 1) % 5;
}

static void draw_settings(struct scene *s, struct fuzz *f)
{
    s->method = (int32_t)fuzz_below(f, ENSEMBLE_RANK + 1);
    s->form = (int32_t)fuzz_below(f, ENSEMBLE_RESULT_TEMPERED + 1);
    s->form_temperature = draw_temperature(f, s->form >= ENSEMBLE_RESULT_SOFTMAX);
    s->policy = (int32_t)fuzz_below(f, 8);
    s->quorum = (double)fuzz_below(f, 5) / 4;
    s->result = (int32_t)fuzz_between(f, ENSEMBLE_F32, ENSEMBLE_BF16);
    s->parameter[0] = fuzz_one_in(f, 4) ? fuzz_double(f) : (double)fuzz_below(f, 9) / 2 - 2;
    s->parameter[1] = (double)fuzz_below(f, 8) / 16;
    s->parameter[2] = fuzz_one_in(f, 4) ? fabs(fuzz_double(f)) : 0;
    s->weighted = fuzz_below(f, 2) != 0;
    s->by_class = fuzz_one_in(f, 4);
    s->by_row = fuzz_one_in(f, 4);
    for (size_t i = 0; i < s->n && s->weighted; i++)
        s->weights[i] = fuzz_one_in(f, 8) ? fuzz_double(f) : (double)fuzz_below(f, 16) / 5;
    for (size_t i = 0; i < s->n * s->width && s->by_class; i++)
        s->class_weights[i] = fuzz_one_in(f, 16) ? fuzz_double(f) : (double)fuzz_below(f, 16) / 5;
    for (size_t i = 0; i < s->n * s->rows && s->by_row; i++)
        s->row_weights[i] = (float)(fuzz_one_in(f, 16) ? fuzz_double(f) : (double)fuzz_below(f, 16) / 5);
    s->fields = (uint32_t)fuzz_bits(f, 3);
    s->top = fuzz_between(f, 1, s->width);
}

/* A class map: every other class, or the classes turned round, or with columns of no class. */
static void draw_map(struct scene *s, size_t i, struct fuzz *f)
{
    const size_t kind = fuzz_below(f, 8);

    s->models[i].columns = kind >= 4 || s->width < 2 ? 0 : s->width - kind % 2;
    for (size_t c = 0; c < s->models[i].columns; c++)
        s->models[i].map[c] = kind == 2 && c % 3 == 2 ? -1 : (int32_t)(s->width - 1 - c);
}

/*
 * Its values: any bits, or numbers as models say them. The bytes of the input are gone through again and again, so that
 * a small one says much.
 */
static void draw_model(struct scene *s, size_t i, struct fuzz *f)
{
    const size_t kind = fuzz_below(f, 4);
    size_t length, size;

    s->models[i].space = (int32_t)fuzz_below(f, ENSEMBLE_LABELS + 1);
    if (s->models[i].space == ENSEMBLE_LABELS && s->method != ENSEMBLE_VOTE)
        s->models[i].space = ENSEMBLE_LOGITS;
    s->models[i].temperature = draw_temperature(f, s->models[i].space == ENSEMBLE_LOGITS ||
                                                       s->models[i].space == ENSEMBLE_BINARY_LOGITS);
    s->models[i].dtype = s->models[i].space == ENSEMBLE_LABELS ? ENSEMBLE_I32 : (int32_t)fuzz_between(f, 1, 4);
    draw_map(s, i, f);
    length = s->models[i].space == ENSEMBLE_LABELS ? s->rows
             : s->rows * (s->models[i].columns > 0 ? s->models[i].columns : s->width);
    size = s->models[i].dtype == ENSEMBLE_I32 ? 4 : number_size(s->models[i].dtype - 1);
    s->models[i].data = fuzz_memory(length * size);
    for (size_t k = 0; k < length; k++) {
        const uint64_t bits = fuzz_left(f) > 0 ? fuzz_bits(f, kind == 0 ? size : 1) : k * 0x9E3779B97F4A7C15u >> 40;
        unsigned char *at = s->models[i].data + k * size;

        if (s->models[i].dtype == ENSEMBLE_I32)
            memcpy(at, &(int32_t){(int32_t)(bits % (s->width + 2)) - 1}, 4);
        else
            number_put(s->models[i].dtype - 1, s->models[i].data, k,
                       kind == 0   ? bits
                       : kind == 1 ? number_encode(s->models[i].dtype - 1, (double)(bits % 256) / 16 - 8)
                                   : number_encode(s->models[i].dtype - 1, (double)(bits % 256) / 255));
    }
}

/* Settings that are none are refused, and the handle goes on with those that it has. */
static struct ensemble *make(const struct scene *s, const char *isa)
{
    const struct ensemble_options options = {.struct_size = sizeof options, .isa = isa};
    struct ensemble *e;

    FUZZ_CHECK(ensemble_create_with(&e, s->width, &options) == 0);
    for (size_t i = 0; i < s->n; i++) {
        FUZZ_CHECK(ensemble_add_model_output(e, NULL, s->models[i].dtype, 0) == (int)i);
        FUZZ_CHECK(ensemble_set_input(e, i, s->models[i].space, s->models[i].temperature) == 0);
        if (s->models[i].columns > 0)
            FUZZ_CHECK(ensemble_set_class_map(e, i, s->models[i].map, s->models[i].columns) == 0);
        FUZZ_CHECK(ensemble_set_model_output(e, i, s->models[i].data, s->models[i].dtype, s->rows, 0) == 0);
    }
    FUZZ_CHECK(ensemble_set_method(e, s->method) == 0);
    for (int p = 0; p < 3; p++)
        (void)ensemble_set_parameter(e, p + 1, s->parameter[p]);
    FUZZ_CHECK(ensemble_set_result(e, s->form, s->form_temperature) == 0);
    FUZZ_CHECK(ensemble_set_missing_policy(e, s->policy, s->quorum) == 0);
    if (s->weighted)
        (void)ensemble_set_weights(e, s->weights, s->n);
    if (s->by_class)
        (void)ensemble_set_class_weights(e, s->class_weights, s->n, s->width);
    if (s->by_row)
        FUZZ_CHECK(ensemble_set_row_weights(e, s->row_weights, s->rows, s->n) == 0);
    return e;
}

static void answer(const struct scene *s, const char *isa, struct answer *a)
{
    struct ensemble *e = make(s, isa);
    struct ensemble_report report = {.struct_size = sizeof report, .rows = s->rows, .width = s->width, .models = s->n};
    struct ensemble_call call = {.struct_size = sizeof call, .dtype = s->result, .result_count = s->rows * s->width,
                                 .report = &report};

    memset(a, 0x5A, sizeof *a);
    report.top = s->top;
    field_point(&report, FIELD_TOP_LABELS, a->report[FIELD_TOP_LABELS]);
    field_point(&report, FIELD_TOP_VALUES, a->report[FIELD_TOP_VALUES]);
    for (int field = 0; field < MEASURES; field++) {
        struct ensemble_report alone = {
            .struct_size = sizeof alone, .rows = s->rows, .width = s->width, .models = s->n};

        if (!(s->fields >> field & 1))
            continue;
        field_point(&alone, field, a->report[field]);
        call.report = &alone;
        call.result = a->result[0];
        if (ensemble_run(e, &call) == 0) /* what does not go with the method is asked for by itself only */
            field_point(&report, field, a->report[field]);
    }
    call.report = &report;
    call.result = a->result[0];
    a->code[0] = ensemble_run(e, &call);
    a->code[1] = ensemble_combine(e, a->result[1], s->result, s->rows * s->width);
    ensemble_destroy(e);
}

static size_t length_of(const struct scene *s, int field)
{
    const enum shape shape = fields[field].shape;

    return s->rows * (shape == PER_ROW ? 1 : shape == PER_CLASS ? s->width : shape == PER_MODEL ? s->n : s->top);
}

static void compare(const struct scene *s, const struct answer *a, const struct answer *b)
{
    const size_t length = s->rows * s->width;

    FUZZ_CHECK(a->code[0] == b->code[0] && a->code[1] == b->code[1]);
    FUZZ_CHECK(number_differ(s->result - 1, a->result[0], b->result[0], length) == length);
    FUZZ_CHECK(number_differ(s->result - 1, a->result[1], b->result[1], length) == length);
    for (int field = 0; field < FIELDS; field++)
        FUZZ_CHECK(field_differ(field, a->report[field], b->report[field], length_of(s, field)) == length_of(s, field));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct answer portable, other;
    static struct scene s;
    struct fuzz f = fuzz_begin(data, size);

    isas_select(NULL);
    memset(&s, 0, sizeof s);
    s.n = draw_size(&f, MODELS);
    s.width = draw_size(&f, WIDTH);
    s.rows = draw_size(&f, ROWS);
    draw_settings(&s, &f);
    for (size_t i = 0; i < s.n; i++)
        draw_model(&s, i, &f);
    answer(&s, "portable", &portable);
    if (portable.code[0] == 0 && portable.code[1] == 0) /* a report does not change the result */
        FUZZ_CHECK(number_differ(s.result - 1, portable.result[0], portable.result[1], s.rows * s.width) ==
                   s.rows * s.width);
    for (int i = 0; i < ENS_ISAS; i++)
        if (isas[i].run && i != ENS_ISA_portable) {
            answer(&s, isas[i].name, &other);
            compare(&s, &portable, &other);
        }
    for (size_t i = 0; i < s.n; i++)
        free(s.models[i].data);
    return 0;
}
