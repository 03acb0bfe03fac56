/* SPDX-License-Identifier: MIT */
/* The two ways to ask for a result; both are one call of ens_run(). */
#include "api/struct.h"
#include "base/compiler.h"
#include "plan/quick.h"
#include "plan/run.h"

static ENS_APART int combine(const struct ensemble *e, void *result, int32_t dtype, size_t count)
{
    const struct ensemble_call call = {
        .struct_size = sizeof call,
        .result = result,
        .result_count = count,
        .dtype = dtype,
    };

    return ens_run(e, &call, NULL, ENS_RUN_EXACT);
}

int ensemble_combine(const struct ensemble *e, void *result, int32_t dtype, size_t count)
{
    if (e == NULL)
        return ENSEMBLE_ENULL;
    if (count == e->quick.count && ens_quick_combine(e, result, dtype, count))
        return 0;
    return combine(e, result, dtype, count);
}

/* The outputs given with a call, as structs: as many as there are models, and no field set that is unknown here. */
static int check_outputs(const struct ensemble *e, const struct ensemble_call *call)
{
    const unsigned char *outputs = (const unsigned char *)call->outputs;

    if (outputs == NULL)
        return call->n_outputs == 0 ? 0 : ENSEMBLE_ENULL;
    if (call->output_size < sizeof *call->outputs || call->output_size % _Alignof(struct ensemble_output) != 0)
        return ENSEMBLE_ESTRUCT;
    if (call->n_outputs != e->n_models)
        return ENSEMBLE_ECOUNT;
    for (size_t i = 0; i < call->n_outputs; i++, outputs += call->output_size) {
        const struct ensemble_output *output = (const struct ensemble_output *)(const void *)outputs;

        if (output->reserved != 0 || !ens_tail_is_zero(outputs, sizeof *output, call->output_size))
            return ENSEMBLE_E2BIG;
    }
    return 0;
}

/* The size of a call in release 0.1, which had no row weights. */
#define FIRST_CALL_SIZE offsetof(struct ensemble_call, row_weights)

/* With a report, whose struct may be of another size. */
static ENS_COLD ENS_APART int run_with_report(const struct ensemble *e, const struct ensemble_call *call)
{
    struct ensemble_report report;
    int code = ens_struct_read(&report, sizeof report, sizeof report, call->report);

    if (code == 0 && report.reserved != 0)
        code = ENSEMBLE_E2BIG;
    return code ? code : ens_run(e, call, &report, 0);
}

int ensemble_run(const struct ensemble *e, const struct ensemble_call *call)
{
    struct ensemble_call copy;
    int code;

    if (e == NULL || call == NULL)
        return ENSEMBLE_ENULL;
    if (ENS_UNLIKELY(call->struct_size != sizeof copy)) {
        code = ens_struct_read(&copy, sizeof copy, FIRST_CALL_SIZE, call);
        if (code)
            return code;
        call = &copy;
    }
    if (call->reserved != 0)
        return ENSEMBLE_E2BIG;
    code = check_outputs(e, call);
    if (code)
        return code;
    return ENS_UNLIKELY(call->report != NULL) ? run_with_report(e, call) : ens_run(e, call, NULL, 0);
}
