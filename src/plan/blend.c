/* SPDX-License-Identifier: MIT */
#include "plan/blend.h"

#include "base/compiler.h"
#include "plan/batch.h"
#include "plan/gather.h"
#include "plan/report_rows.h"
#include "plan/room.h"
#include "plan/shares.h"
#include "plan/soft.h"
#include "plan/stats.h"
#include "plan/steps.h"
#include "plan/values.h"

#include <math.h>
#include <string.h>

static void run_line(struct ens_blend *b, size_t row, size_t width, unsigned char *to)
{
    b->row.index = row;
    if (b->soft.on)
        ens_soft_row(b);
    else if (b->stats)
        ens_stats_of_row(b);
    if (b->by_row)
        ens_shares_of_row(b);
    if (!b->row.fault)
        ens_combine_line(b, width, to);
    else if (to != NULL)
        ens_walk_nan(to, b->walk->dtype, width);
}

/* A mean of simple functions of the values, which has a kernel of its own. */
static int is_mean(const struct ens_recipe *recipe)
{
    return recipe->before == ENS_MAP_reciprocal || recipe->before == ENS_MAP_square;
}

/* Is one kernel enough for all models of a line? Where outputs and result have one dtype, that of the accumulators. */
static int is_straight(const struct ens_blend *b)
{
    const struct ens_plan *plan = &b->e->plan;
    const int median = b->recipe->gathering == ENS_MEDIAN && plan->equal && plan->n <= ENS_MEDIAN_MOST;
    const int32_t dtype = b->walk->inputs->summary->dtype;

    if (b->by_row || b->by_class || b->recipe->rowwise || b->recipe->log || plan->n == 0 || plan->n > ENS_GROUP_FAR ||
        !(median || b->recipe->gathering == ENS_FOLDED || is_mean(b->recipe)) ||
        b->walk->inputs->summary->other_dtypes > 0 || dtype != b->walk->dtype || dtype > ENSEMBLE_F64)
        return 0;
    for (size_t k = 0; k < plan->n; k++)
        if (ens_model_of(b, k)->space > ENSEMBLE_PROBABILITIES)
            return 0;
    return 1;
}

static ENS_APART void run_straight(const struct ens_blend *b, size_t row, size_t width, unsigned char *to)
{
    const struct ens_plan *plan = &b->e->plan;
    const void *in[ENS_GROUP_FAR];
    const struct ens_span span = {
        .out = to,
        .in = in,
        .n = plan->n,
        .length = width,
        .weight = b->acc == ENS_f64 ? (const void *)plan->weight64 : plan->weight32,
    };

    for (size_t k = 0; k < span.n; k++)
        in[k] = (const unsigned char *)ens_row_of(b, k, row) + (b->walk->column << ens_dtype_shift(b->walk->dtype));
    if (b->recipe->before == ENS_MAP_reciprocal)
        b->kernels->mean[b->walk->dtype - 1][ENS_MEAN_harmonic](&span);
    else if (b->recipe->before == ENS_MAP_square)
        b->kernels->mean[b->walk->dtype - 1][ENS_MEAN_quadratic](&span);
    else
        b->kernels->fold[b->acc][b->recipe->gathering == ENS_MEDIAN ? ENS_FOLD_median : b->recipe->fold](&span);
}

static void run_lines(struct ens_blend *b, int straight)
{
    const struct ens_walk *walk = b->walk;
    const int dense = walk->inputs->summary->gaps == 0 && walk->result_stride == walk->columns;
    const int one_line = !b->recipe->rowwise && b->row_weights == NULL && (walk->row_count == 1 || dense);
    const size_t lines = one_line ? walk->row_count > 0 : walk->row_count;
    const size_t length = one_line ? walk->row_count * walk->columns : walk->columns;
    const size_t most = straight || one_line ? 1 : ens_rows_at_once(b);

    for (size_t line = 0, rows; line < lines; line += rows) {
        unsigned char *to = walk->result + (line * walk->result_stride << ens_dtype_shift(walk->dtype));

        rows = lines - line < most ? lines - line : most;
        if (straight)
            run_straight(b, walk->row_begin + line, length, to);
        else if (most > 1)
            ens_normalise_rows(b, walk->row_begin + line, rows, to);
        else
            run_line(b, walk->row_begin + line, length, to);
    }
}

/*
 * With a report: dozens of short rows at once, where that is possible; else some of them, or one after the other. Then
 * comes what can only be told once they are combined.
 */
static void run_reported(struct ens_blend *b)
{
    const struct ens_walk *walk = b->walk;
    const size_t width = b->e->width;
    const int several = !b->recipe->rowwise && !b->by_row && walk->inputs->summary->gaps == 0 &&
                        (walk->result == NULL || walk->result_stride == width);
    size_t rows = several && width <= b->tile / 2 ? b->tile / width : 1;

    if (b->report->asks & (ENS_ASKS_REASONS | ENS_ASKS_LABELS))
        rows = rows < ENS_REPORT_ROWS ? rows : ENS_REPORT_ROWS;
    ens_report_rows_begin(b);
    for (size_t line = ens_report_ahead(b, 0); line < walk->row_count; line = ens_report_ahead(b, line + rows)) {
        if (walk->row_count - line < rows)
            rows = walk->row_count - line;
        run_line(b, walk->row_begin + line, rows * width, ens_result_at(b, walk->result, line * walk->result_stride));
        ens_report_rows(b, rows);
    }
}

static int has_absent(const struct ensemble *e)
{
    if (e->policy & ENSEMBLE_LEAVE_OUT_ABSENT)
        for (size_t k = 0; k < e->plan.n; k++)
            if (e->models[e->plan.model[k]].map != NULL)
                return 1;
    return 0;
}

/* What kind of call it is, as far as handle, outputs and row weights say. */
static void decide(struct ens_blend *b)
{
    const struct ensemble *e = b->e;
    const int selected = b->recipe->gathering == ENS_MEDIAN || b->recipe->gathering == ENS_TRIMMED;
    const int rigid = b->recipe->form == ENS_FORM_RANKS || b->recipe->form == ENS_FORM_VOTE;
    const struct ens_summary *summary = b->walk->inputs->summary;

    b->acc = b->recipe->in_double || summary->f64 > 0 || b->walk->dtype == ENSEMBLE_F64 ||
                     (b->recipe->gathering == ENS_MEDIAN && b->row_weights != NULL)
                 ? ENS_f64
                 : ENS_f32;
    b->shift = ens_dtype_shift(b->acc + 1);
    b->by_row = rigid || b->row_weights != NULL || summary->missing > 0 || (e->policy & ENSEMBLE_LEAVE_OUT_NAN) != 0;
    b->by_class = b->recipe->form != ENS_FORM_VOTE && (e->class_weights.n_models > 0 || has_absent(e));
    b->known_factors = b->by_class && !b->by_row && !has_absent(e);
    b->tile = selected ? ens_select_tile(b) : ens_gather_tile(b);
    for (size_t k = 0; k < e->plan.n; k++)
        b->stats |= ens_stat_is_needed(b, k);
}

int ens_blend_in_place(const struct ensemble *e, size_t model)
{
    const struct ens_recipe *recipe = &e->plan.recipe;

    if (e->models[model].map != NULL || recipe->form == ENS_FORM_RANKS)
        return 0;
    if (e->plan.n <= ENS_STATS || e->width <= ENS_SHORT_ROW)
        return 1;
    if (recipe->form == ENS_FORM_VOTE || (e->policy & ENSEMBLE_LEAVE_OUT_NAN))
        return 0;
    for (size_t k = 0; k < e->plan.n; k++)
        if (e->models[e->plan.model[k]].space == ENSEMBLE_LOGITS)
            return 0;
    return 1;
}

int ens_blend_on(const struct ens_desk *desk, const struct ens_walk *walk, const float *row_weights, void *workspace,
                 size_t workspace_size, struct ens_report *report)
{
    struct ens_blend b = {
        .walk = walk,
        .e = walk->e,
        .recipe = &walk->e->plan.recipe,
        .kernels = walk->e->kernels,
        .row_weights = row_weights,
        .quorum = walk->e->quorum,
        .without = ENS_NOBODY,
        .kept = desk->kept,
        .pool = desk->pool,
        .spare = desk->spare,
        .report = report,
    };
    int code = report != NULL ? ens_report_begin(&b) : 0, straight;

    decide(&b);
    if (code == 0)
        code = ens_shares_of_call(&b);
    if (code)
        return code;
    straight = report == NULL && is_straight(&b);
    if (!straight && report == NULL && walk->columns == b.e->width && ens_batch(&b))
        return 0;
    ens_room_take(&b, workspace, workspace_size);
    ens_soft_begin(&b);
    if (report != NULL)
        run_reported(&b);
    else
        run_lines(&b, straight);
    return 0;
}

ENS_COLD int ens_blend(const struct ens_walk *walk, const float *row_weights, void *workspace, size_t workspace_size,
                       struct ens_report *report)
{
    _Alignas(ENS_STREAM_ALIGNMENT) unsigned char pool[ENS_POOL_BYTES];
    _Alignas(ENS_STREAM_ALIGNMENT) unsigned char spare[ENS_TILE_BYTES];
    struct ens_stat kept[ENS_STATS];
    const struct ens_desk desk = {pool, spare, kept};

    return ens_blend_on(&desk, walk, row_weights, workspace, workspace_size, report);
}

/* As far as it matters before any data is looked at. */
static struct ens_blend blend_of(const struct ens_walk *walk)
{
    return (struct ens_blend){
        .walk = walk,
        .e = walk->e,
        .recipe = &walk->e->plan.recipe,
        .row_weights = walk->e->row_weights.weight,
        .quorum = walk->e->quorum,
        .without = ENS_NOBODY,
    };
}

struct ens_blend ens_blend_of_values(const struct ens_walk *walk)
{
    struct ens_blend b = blend_of(walk);

    b.recipe = &ens_recipe_of_values;
    b.kernels = walk->e->kernels;
    b.row_weights = NULL;
    decide(&b);
    return b;
}

int ens_blend_check(const struct ens_inputs *inputs, const struct ensemble *e)
{
    const struct ens_walk walk = {.e = e, .inputs = inputs};
    const struct ens_blend b = blend_of(&walk);

    return ens_shares_of_call(&b);
}

size_t ens_blend_workspace(const struct ensemble *e)
{
    const struct ens_inputs inputs = ens_inputs_bound(e);
    const struct ens_walk walk = {.e = e, .inputs = &inputs, .dtype = ENSEMBLE_F64};
    struct ens_blend b = blend_of(&walk);

    decide(&b);
    return ens_room_size(&b, b.e->plan.n);
}

size_t ens_blend_workspace_of_call(const struct ens_walk *walk, const float *row_weights)
{
    struct ens_blend b = blend_of(walk);

    b.row_weights = row_weights;
    decide(&b);
    return ens_room_size(&b, ens_soft_rows(&b));
}
