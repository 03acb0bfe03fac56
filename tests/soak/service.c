/* SPDX-License-Identifier: MIT */
#include "service.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LENIENT = ENSEMBLE_LEAVE_OUT_MISSING | ENSEMBLE_LEAVE_OUT_NAN };

/* The wide ones are large enough for a loop that is lent: one is divided by elements, one by rows. */
struct service services[SERVICES] = {
    {.name = "sum", .dtype = ENSEMBLE_F32, .result_dtype = ENSEMBLE_F32, .policy = LENIENT, .rows = 6, .width = 10,
     .rarity = 1},
    {.name = "mean", .method = ENSEMBLE_MEAN, .dtype = ENSEMBLE_BF16, .result_dtype = ENSEMBLE_F32, .policy = LENIENT,
     .rows = 6, .width = 10, .rarity = 1},
    {.name = "pool", .method = ENSEMBLE_LOG_POOL, .dtype = ENSEMBLE_F32, .space = ENSEMBLE_LOGITS,
     .result_dtype = ENSEMBLE_F64, .policy = LENIENT, .rows = 4, .width = 10, .rarity = 1},
    {.name = "median", .method = ENSEMBLE_MEDIAN, .dtype = ENSEMBLE_F64, .result_dtype = ENSEMBLE_F64, .rows = 6,
     .width = 10, .rarity = 1},
    {.name = "vote", .method = ENSEMBLE_VOTE, .dtype = ENSEMBLE_I32, .space = ENSEMBLE_LABELS,
     .result_dtype = ENSEMBLE_F32, .policy = LENIENT, .rows = 9, .width = 7, .rarity = 1},
    {.name = "wide sum", .dtype = ENSEMBLE_F32, .result_dtype = ENSEMBLE_F32, .rows = 8, .width = 4096, .rarity = 10},
    {.name = "wide pool", .method = ENSEMBLE_LOG_POOL, .dtype = ENSEMBLE_F32, .space = ENSEMBLE_LOGITS,
     .result_dtype = ENSEMBLE_F32, .policy = LENIENT, .rows = 64, .width = 128, .rarity = 10},
};

void *need(size_t size)
{
    void *memory = malloc(size);

    if (memory == NULL) {
        fprintf(stderr, "soak: out of memory\n");
        exit(1);
    }
    return memory;
}

static void must(const struct service *service, int code)
{
    if (code >= 0)
        return;
    fprintf(stderr, "soak: the service \"%s\": %s\n", service->name, ensemble_strerror(code));
    exit(1);
}

/* Sixteenths, so that sums of weights are exact; the first one, 1 to 31/16, is another in each set. */
double weight_of(size_t version, size_t model)
{
    return 1 + (double)((5 * service_set(version) + 3 * model) % SETS) / SETS;
}

size_t set_of(double first_weight)
{
    size_t set = 0;

    while (set < SETS && weight_of(set, 0) != first_weight)
        set++;
    return set;
}

void weights_of(size_t version, double weights[MODELS])
{
    for (size_t i = 0; i < MODELS; i++)
        weights[i] = weight_of(version, i);
}

/* 1/64 to 63/64, which every dtype can hold. */
double service_value(const struct service *service, size_t saying, size_t model, size_t row, size_t column)
{
    const size_t place = ((saying * MODELS + model) * service->rows + row) * service->width + column;
    const uint32_t mixed = (uint32_t)(place + 1) * 2654435761u;

    if (service->dtype == ENSEMBLE_I32)
        return (double)(((uint32_t)(place - column + 1) * 2654435761u >> 13) % service->width);
    return (double)(1 + (mixed >> 9) % 63) / 64;
}

static size_t size_of(int32_t dtype)
{
    return dtype == ENSEMBLE_F64 ? 8 : dtype == ENSEMBLE_F16 || dtype == ENSEMBLE_BF16 ? 2 : 4;
}

/* Exact for the numbers that there are, and for NaN. */
static void store(unsigned char *place, int32_t dtype, double value)
{
    const float narrow = (float)value;
    const int32_t label = value >= 0 ? (int32_t)value : -7;
    uint32_t bits;
    uint16_t upper;

    memcpy(&bits, &narrow, sizeof bits);
    upper = (uint16_t)(bits >> 16);
    if (dtype == ENSEMBLE_F64)
        memcpy(place, &value, sizeof value);
    else if (dtype == ENSEMBLE_BF16)
        memcpy(place, &upper, sizeof upper);
    else if (dtype == ENSEMBLE_I32)
        memcpy(place, &label, sizeof label);
    else
        memcpy(place, &narrow, sizeof narrow);
}

static void fill(struct service *service, size_t saying, enum state state)
{
    static const uint64_t nan_bits = UINT64_C(0x7FF8) << 48;
    const size_t columns = service->columns;
    double not_a_number;

    memcpy(&not_a_number, &nan_bits, sizeof not_a_number);
    for (size_t model = 0; model < MODELS; model++)
        for (size_t row = 0; row < service->rows; row++)
            for (size_t column = 0; column < columns; column++) {
                const int says_nan = state == ALL_NAN || (state == ONE_NAN && model == AFFLICTED);
                const double value = says_nan ? not_a_number : service_value(service, saying, model, row, column);
                const size_t by_model = (model * service->rows + row) * columns + column;
                const size_t by_row = (row * MODELS + model) * columns + column;

                store(service->stack[saying][state][BY_MODEL] + by_model * service->value, service->dtype, value);
                store(service->stack[saying][state][BY_ROW] + by_row * service->value, service->dtype, value);
            }
}

struct ensemble *service_ensemble(const struct service *service, size_t version,
                                  const struct ensemble_options *options)
{
    double weights[MODELS];
    struct ensemble *e = NULL;

    weights_of(version, weights);
    must(service, ensemble_create_with(&e, service->width, options));
    for (size_t i = 0; i < MODELS; i++) {
        must(service, ensemble_add_model_output(e, NULL, service->dtype, service->rows));
        must(service, ensemble_set_input(e, i, service->space, 0));
    }
    must(service, ensemble_set_method(e, service->method));
    must(service, ensemble_set_missing_policy(e, service->policy, service->policy ? .5 : 0));
    must(service, ensemble_set_weights(e, weights, MODELS));
    return e;
}

/* A report by itself. The dtype says whether in float or in double. */
static void tell(const struct service *service, const struct ensemble *e, struct answer *answer)
{
    const struct ensemble_report report = {.struct_size = sizeof report,
                                           .rows = service->rows,
                                           .label = answer->label,
                                           .row_fault = answer->row_fault,
                                           .models_present = answer->models_present,
                                           .confidence = answer->confidence,
                                           .margin = answer->margin};
    const struct ensemble_call call = {
        .struct_size = sizeof call, .dtype = service->result_dtype, .report = &report};

    must(service, ensemble_run(e, &call));
}

/* By a handle of its own, to which the outputs are bound. */
static void find_answer(struct service *service, size_t version, size_t saying, enum state state)
{
    const unsigned char *stack = service->stack[saying][state == ONE_MISSING ? WHOLE : state][BY_MODEL];
    const size_t rows = service->rows, count = rows * service->width;
    struct answer *answer = &service->answer[version][saying][state];
    struct ensemble *e = service_ensemble(service, version, NULL);

    answer->result = need(count * service->element);
    answer->label = need(rows * sizeof *answer->label);
    answer->row_fault = need(rows * sizeof *answer->row_fault);
    answer->models_present = need(rows * sizeof *answer->models_present);
    answer->confidence = need(rows * sizeof *answer->confidence);
    answer->margin = need(rows * sizeof *answer->margin);
    for (size_t i = 0; i < MODELS; i++) {
        const void *data = state == ONE_MISSING && i == AFFLICTED ? NULL : stack + i * (service->stack_size / MODELS);

        must(service, ensemble_set_model_output(e, i, data, service->dtype, rows, 0));
    }
    answer->code = ensemble_combine(e, answer->result, service->result_dtype, count);
    if (answer->code == 0)
        tell(service, e, answer);
    ensemble_destroy(e);
}

void service_prepare(struct service *service)
{
    struct ensemble *e = service_ensemble(service, 0, NULL);

    service->workspace_size = ensemble_workspace_size(e);
    ensemble_destroy(e);
    service->columns = service->dtype == ENSEMBLE_I32 ? 1 : service->width;
    service->value = size_of(service->dtype);
    service->element = size_of(service->result_dtype);
    service->stack_size = MODELS * service->rows * service->columns * service->value;
    for (size_t saying = 0; saying < SAYINGS; saying++)
        for (enum state state = WHOLE; state < FILLED_STATES; state++) {
            service->stack[saying][state][BY_MODEL] = need(service->stack_size);
            service->stack[saying][state][BY_ROW] = need(service->stack_size);
            fill(service, saying, state);
        }
    for (size_t set = 0; set < SETS; set++)
        for (size_t saying = 0; saying < SAYINGS; saying++)
            for (enum state state = WHOLE; state < STATES; state++) {
                find_answer(service, set, saying, state);
                truth_check(service, set, saying, state);
            }
}

void service_discard(struct service *service)
{
    for (size_t saying = 0; saying < SAYINGS; saying++)
        for (enum state state = WHOLE; state < FILLED_STATES; state++)
            for (enum layout layout = BY_MODEL; layout < LAYOUTS; layout++)
                free(service->stack[saying][state][layout]);
    for (size_t set = 0; set < SETS; set++)
        for (size_t saying = 0; saying < SAYINGS; saying++)
            for (enum state state = WHOLE; state < STATES; state++) {
                struct answer *answer = &service->answer[set][saying][state];

                free(answer->result);
                free(answer->label);
                free(answer->row_fault);
                free(answer->models_present);
                free(answer->confidence);
                free(answer->margin);
            }
}

int same_values(const void *a, const void *b, int32_t dtype, size_t count)
{
    const size_t size = size_of(dtype);

    if (memcmp(a, b, count * size) == 0)
        return 1;
    for (size_t i = 0; i < count; i++) {
        const unsigned char *x = (const unsigned char *)a + i * size, *y = (const unsigned char *)b + i * size;
        double wide_x, wide_y;
        float narrow_x, narrow_y;

        if (memcmp(x, y, size) == 0)
            continue;
        if (dtype == ENSEMBLE_F64) {
            memcpy(&wide_x, x, size);
            memcpy(&wide_y, y, size);
        } else {
            memcpy(&narrow_x, x, size);
            memcpy(&narrow_y, y, size);
            wide_x = (double)narrow_x;
            wide_y = (double)narrow_y;
        }
        if (wide_x == wide_x || wide_y == wide_y)
            return 0;
    }
    return 1;
}
