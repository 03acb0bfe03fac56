/* SPDX-License-Identifier: MIT */
#include "plan/run.h"

#include "base/compiler.h"
#include "base/dtype.h"
#include "base/size.h"
#include "plan/blend.h"
#include "plan/overlap.h"
#include "plan/report.h"
#include "plan/split.h"
#include "plan/walk.h"

/* The rows of the call, and a result that has room for exactly these. `*bytes`: of the result, gaps included. */
static int check_result(struct ens_walk *walk, const struct ensemble_call *call, int exact, size_t *bytes)
{
    const size_t width = walk->e->width;
    size_t elements;

    if (!ens_dtype_known(call->dtype))
        return ENSEMBLE_EDTYPE;
    walk->result_stride = call->result_stride > 0 ? call->result_stride : width;
    walk->result = call->result;
    walk->dtype = call->dtype;
    if (walk->result_stride < width)
        return ENSEMBLE_ESTRIDE;
    if (ens_size_of_matrix(walk->row_count, width, walk->result_stride, ens_dtype_shift(call->dtype), bytes))
        return ENSEMBLE_EOVERFLOW;
    elements = *bytes >> ens_dtype_shift(call->dtype);
    if (exact ? call->result_count != elements : call->result_count < elements)
        return ENSEMBLE_ECOUNT;
    if (call->result == NULL && elements > 0)
        return ENSEMBLE_ENULL;
    return ens_size_wraps(call->result, *bytes) ? ENSEMBLE_EOVERFLOW : 0;
}

static int check_rows(struct ens_walk *walk, const struct ensemble_call *call)
{
    const size_t rows = walk->inputs->summary->rows;

    if (call->row_begin > rows || call->row_count > rows - call->row_begin)
        return ENSEMBLE_ERANGE;
    walk->row_begin = call->row_begin;
    walk->row_count = call->row_count > 0 ? call->row_count : rows - call->row_begin;
    return 0;
}

/* With a report there need not be a result. */
static int check_no_result(struct ens_walk *walk, const struct ensemble_call *call)
{
    if (call->dtype != 0 && !ens_dtype_known(call->dtype))
        return ENSEMBLE_EDTYPE;
    if (call->result_count > 0)
        return ENSEMBLE_ENULL;
    walk->result = NULL;
    walk->result_stride = walk->e->width;
    walk->dtype = call->dtype != 0 ? call->dtype : ENSEMBLE_F32;
    walk->in_place = 0;
    return 0;
}

/* The weights of rows, those of the call before those of the handle; as many as the outputs have rows. */
static int take_row_weights(const struct ens_walk *walk, const struct ensemble_call *call, const float **weights)
{
    const struct ensemble *e = walk->e;
    const size_t rows = walk->inputs->summary->rows;
    size_t count;

    *weights = call->row_weights != NULL ? call->row_weights : e->row_weights.weight;
    if (call->row_weights == NULL && call->row_weights_count > 0)
        return ENSEMBLE_ENULL;
    if (call->row_weights == NULL)
        return e->row_weights.weight != NULL && e->row_weights.rows != rows ? ENSEMBLE_EWEIGHTS : 0;
    if (__builtin_mul_overflow(rows, e->n_models, &count) || call->row_weights_count != count)
        return ENSEMBLE_EWEIGHTS;
    if (count > (size_t)PTRDIFF_MAX / sizeof **weights || ens_size_wraps(call->row_weights, count * sizeof **weights))
        return ENSEMBLE_EOVERFLOW;
    return 0;
}

/* Where it writes: the result, if there is one, and the report. */
static inline int check_targets(struct ens_walk *walk, const float *row_weights, const struct ensemble_call *call,
                                const struct ensemble_report *report, int how)
{
    size_t bytes;
    int code;

    if (report != NULL && call->result == NULL)
        return check_no_result(walk, call);
    code = check_result(walk, call, how & ENS_RUN_EXACT, &bytes);
    if (ENS_LIKELY(code == 0))
        code = ens_overlap_check(walk, row_weights, bytes);
    return code == 0 && report != NULL && walk->in_place ? ENSEMBLE_EOVERLAP : code;
}

static ENS_COLD ENS_APART int run_with_report(const struct ens_walk *walk, const float *row_weights,
                                              const struct ensemble_call *call, const struct ensemble_report *asked,
                                              int how)
{
    struct ens_report report = {
        .asked = asked, .first_row = walk->row_begin, .lenient = (how & ENS_RUN_PARTIAL) != 0};

    return ens_blend(walk, row_weights, call->workspace, call->workspace_size, &report);
}

/* What is left to be found wrong does not depend on the rows: a call of none of them finds it. */
static ENS_COLD ENS_APART int try_no_rows(const struct ens_walk *walk, const float *row_weights,
                                          const struct ensemble_call *call, const struct ensemble_report *report,
                                          int how)
{
    struct ens_walk none = *walk;

    none.row_count = 0;
    return report != NULL ? run_with_report(&none, row_weights, call, report, how)
                          : ens_blend(&none, row_weights, NULL, 0, NULL);
}

/* Does what has passed every check, in one piece or in several. */
static inline int run_checked(const struct ens_walk *walk, const float *row_weights, const struct ensemble_call *call,
                              const struct ensemble_report *report, int how)
{
    const struct ensemble *e = walk->e;
    const struct ens_summary *summary = walk->inputs->summary;
    const struct ens_parallel own = {call->parallel_for, call->parallel_user};
    const struct ens_parallel *parallel = own.loop != NULL ? &own : &e->parallel;
    const int plain = e->plan.plain && row_weights == NULL && summary->missing == 0 && report == NULL;
    size_t pieces = 0;

    if (ENS_UNLIKELY(parallel->loop != NULL))
        pieces = ens_split_pieces(e, summary->dtype, walk->row_count, plain, plain || ens_split_by_columns(e, report));
    if (ENS_UNLIKELY(pieces >= 2)) {
        const struct ens_split split = {walk, plain, row_weights, report, (how & ENS_RUN_PARTIAL) != 0,
                                        call->workspace, call->workspace_size};
        const int code = plain ? 0 : try_no_rows(walk, row_weights, call, report, how);

        if (code == 0)
            ens_split_run(&split, pieces, parallel);
        return code;
    }
    if (ENS_UNLIKELY(report != NULL))
        return run_with_report(walk, row_weights, call, report, how);
    if (ENS_UNLIKELY(!plain))
        return ens_blend(walk, row_weights, call->workspace, call->workspace_size, NULL);
    ens_walk(walk);
    return 0;
}

int ens_run(const struct ensemble *e, const struct ensemble_call *call, const struct ens_array *outputs,
            const struct ensemble_report *report, int how)
{
    struct ens_inputs inputs;
    struct ens_summary given;
    struct ens_fault fault;
    struct ens_walk walk;
    const float *row_weights;
    int code;

    if (outputs == NULL)
        code = ens_inputs_take_bound(&inputs, e, how & ENS_RUN_PARTIAL, &fault);
    else
        code = ens_inputs_take_given(&inputs, e, outputs, &given, &fault);
    if (ENS_UNLIKELY(code))
        return code;
    walk = (struct ens_walk){.e = e, .inputs = &inputs, .columns = e->width};
    code = take_row_weights(&walk, call, &row_weights);
    if (ENS_LIKELY(code == 0))
        code = check_rows(&walk, call);
    if (ENS_LIKELY(code == 0))
        code = check_targets(&walk, row_weights, call, report, how);
    if (ENS_UNLIKELY(code))
        return code;
    if (ENS_UNLIKELY(report != NULL)) {
        code = ens_report_check(&walk, row_weights, report);
        if (code)
            return code;
    }
    return run_checked(&walk, row_weights, call, report, how);
}

int ens_run_check(struct ens_inputs *inputs, const struct ensemble *e, struct ens_fault *fault)
{
    int code = ens_inputs_take_bound(inputs, e, 0, fault);

    if (code == 0 && e->row_weights.weight != NULL && e->row_weights.rows != inputs->summary->rows)
        code = ENSEMBLE_EWEIGHTS;
    return code == 0 ? ens_blend_check(inputs, e) : code;
}
