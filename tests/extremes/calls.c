/* SPDX-License-Identifier: MIT */
/* Functions that combine, and report. */
#include "extremes.h"

#include <string.h>

static const float other[6] = {1, 1, 1, 1, 1, 1};

void try_combine(void)
{
    struct ensemble *e = three();

    for EACH_EXTREME(count) {
        WANT(ensemble_combine(e, nowhere, ENSEMBLE_F32, count) == ENSEMBLE_ECOUNT);
        WANT(ensemble_combine(e, nowhere, ENSEMBLE_F16, count) == ENSEMBLE_ECOUNT);
        still_three(e);
    }
    ensemble_destroy(e);
}

static struct ensemble_call a_call(void)
{
    const struct ensemble_call call = {.struct_size = sizeof call,
                                       .output_size = sizeof(struct ensemble_output),
                                       .result = nowhere,
                                       .result_count = 6,
                                       .dtype = ENSEMBLE_F32};

    return call;
}

/* The call, with one of its sizes as far as it goes, fails with `code`; 0: with any. */
static void fails(const struct ensemble *e, const struct ensemble_call *call, int code)
{
    const int was = ensemble_run(e, call);

    WANT(was < 0 && (code == 0 || was == code));
    still_three(e);
}

static void try_ranges(const struct ensemble *e, size_t x)
{
    struct ensemble_call call = a_call();

    call.row_begin = x;
    fails(e, &call, ENSEMBLE_ERANGE);
    call.row_count = 1;
    fails(e, &call, ENSEMBLE_ERANGE);
    call.row_begin = 1;
    call.row_count = x;
    fails(e, &call, ENSEMBLE_ERANGE);
    call.row_begin = 0;
    fails(e, &call, ENSEMBLE_ERANGE);
    call.row_count = x;
    call.row_begin = 0 - x; /* their sum is 0 */
    fails(e, &call, ENSEMBLE_ERANGE);
}

static void try_results(const struct ensemble *e, size_t x)
{
    struct ensemble_call call = a_call();
    float y[7] = {0, 0, 0, 0, 0, 0, -1};
    int code;

    call.result_stride = x;
    fails(e, &call, 0);
    call.result_count = SIZE_MAX;
    if (!fits(nowhere, 2, 3, x, 4))
        fails(e, &call, 0);
    call.result_count = SIZE_MAX / 4;
    if (!fits(nowhere, 2, 3, x, 4))
        fails(e, &call, 0);
    /* Room for more than there is to write is no fault, as long as there can be such room. */
    call.result = y;
    call.result_stride = 0;
    call.result_count = x;
    code = ensemble_run(e, &call);
    WANT(code == 0 || code == ENSEMBLE_EOVERFLOW);
    WANT(y[0] == (code == 0 ? 4.F : 0.F) && y[5] == (code == 0 ? 16.F : 0.F) && y[6] == -1);
    still_three(e);
}

static void try_outputs(const struct ensemble *e, size_t x)
{
    const size_t pairs[][2] = {{x, 0}, {2, x}, {x, x}, {x, 3}};

    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        const struct ensemble_output outputs[3] = {{other, 2, 0, ENSEMBLE_F32, 0},
                                                   {nowhere, pairs[i][0], pairs[i][1], ENSEMBLE_F64, 0},
                                                   {other, 2, 0, ENSEMBLE_F32, 0}};
        struct ensemble_call call = a_call();

        call.outputs = outputs;
        call.n_outputs = 3;
        if (pairs[i][0] != 2)
            fails(e, &call, 0);
        else if (!fits(nowhere, 2, 3, x, 8))
            fails(e, &call, ENSEMBLE_EOVERFLOW);
        call.outputs = nowhere;
        call.n_outputs = x;
        fails(e, &call, ENSEMBLE_ECOUNT);
    }
}

static void try_reports(const struct ensemble *e, size_t x)
{
    struct ensemble_report report = {.struct_size = sizeof report, .rows = 2, .label = nowhere};
    struct ensemble_call call = a_call();

    call.report = &report;
    report.top = x;
    report.top_labels = nowhere;
    report.top_values = nowhere;
    fails(e, &call, ENSEMBLE_EPARAMETER);
    report.top = 0;
    report.variance = nowhere;
    report.width = x;
    fails(e, &call, ENSEMBLE_ECOUNT);
    report.variance = NULL;
    report.contribution = nowhere;
    report.width = 0;
    report.models = x;
    fails(e, &call, ENSEMBLE_ECOUNT);
}

void try_run(void)
{
    struct ensemble *e = three();

    for EACH_EXTREME(x) {
        struct ensemble_call call = a_call();

        try_ranges(e, x);
        try_results(e, x);
        try_outputs(e, x);
        try_reports(e, x);
        call.row_weights = nowhere;
        call.row_weights_count = x;
        fails(e, &call, ENSEMBLE_EWEIGHTS);
    }
    ensemble_destroy(e);
}

void try_run_flat(void)
{
    struct ensemble *e = three();

    for EACH_EXTREME(x) {
        const size_t sizes[][4] = {{x, 0, 0, 6}, {2, x, 0, 6}, {2, 0, x, 6}, {x, x, 0, 6},
                                   {x, 3, x, 6}, {x, 0, 0, x}, {x, x, x, x}};

        for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
            const size_t rows = sizes[i][0], stride = sizes[i][1] ? sizes[i][1] : 3;
            size_t step = sizes[i][2], all;

            if (step == 0 && __builtin_mul_overflow(rows, stride, &step))
                step = SIZE_MAX;
            /* Where such matrices could be, and the result too, the call would believe it. */
            if (fits(nowhere, rows, 3, stride, 4) && !__builtin_mul_overflow(step, (size_t)8, &all) &&
                all < UINTPTR_MAX - (uintptr_t)nowhere - 65536 && (rows == 2 || sizes[i][3] != 6))
                continue;
            WANT(ensemble_run_flat(e, nowhere, ENSEMBLE_F32, rows, sizes[i][1], sizes[i][2], nowhere, ENSEMBLE_F32,
                                   sizes[i][3], 0, NULL, 0) < 0);
            still_three(e);
        }
        WANT(ensemble_run_flat(e, nowhere, ENSEMBLE_F32, 2, 0, 0, nowhere, ENSEMBLE_F32, 6, x, NULL, 0) < 0);
        still_three(e);
    }
    ensemble_destroy(e);
}

void try_measure(void)
{
    struct ensemble *e = three();

    for EACH_EXTREME(count) {
        for (int32_t what = ENSEMBLE_MEASURE_LABEL; what <= ENSEMBLE_MEASURE_FLIPS; what++) {
            WANT(ensemble_measure(e, what, nowhere, ENSEMBLE_F64, count) < 0);
            WANT(ensemble_measure(e, what, nowhere, ENSEMBLE_I32, count) < 0);
        }
        WANT(ensemble_measure(e, ENSEMBLE_MEASURE_LABEL, nowhere, ENSEMBLE_I32, count) == ENSEMBLE_ECOUNT);
        still_three(e);
    }
    ensemble_destroy(e);
}

void try_top_k(void)
{
    struct ensemble *e = three();

    WANT(ensemble_top_k(e, 0, nowhere, nowhere) == ENSEMBLE_EPARAMETER);
    WANT(ensemble_top_k(e, 4, nowhere, nowhere) == ENSEMBLE_EPARAMETER);
    for EACH_EXTREME(k) {
        WANT(ensemble_top_k(e, k, nowhere, nowhere) == ENSEMBLE_EPARAMETER);
        still_three(e);
    }
    ensemble_destroy(e);
}

/* A message is short, however much room there is said to be. */
void try_check(void)
{
    struct ensemble *e = three();
    char message[130];

    for EACH_EXTREME(size) {
        memset(message, 'x', sizeof message);
        WANT(ensemble_set_model_output(e, 1, NULL, ENSEMBLE_F32, 2, 0) == 0);
        WANT(ensemble_check(e, message, size) == ENSEMBLE_EMISSING);
        WANT(strlen(message) > 5 && strlen(message) < 128 && message[128] == 'x' && message[129] == 'x');
    }
    ensemble_destroy(e);
}
