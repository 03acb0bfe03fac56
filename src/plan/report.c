/* SPDX-License-Identifier: MIT */
#include "plan/report.h"

#include "base/compiler.h"
#include "base/dtype.h"
#include "base/finite.h"
#include "base/size.h"
#include "plan/gather.h"
#include "plan/overlap.h"
#include "plan/plan.h"
#include "plan/shares.h"
#include "plan/stats.h"

#include <math.h>

/* Ranks and votes need the models' statistics for something else: what the models say is looked at afterwards. */
static int is_rigid(const struct ens_blend *b)
{
    return b->recipe->form >= ENS_FORM_RANKS;
}

static int asks(const struct ensemble_report *r)
{
    int what = 0;

    if (r->entropy != NULL)
        what |= ENS_ASKS_ENTROPY;
    if (r->mutual_information != NULL || r->variation_ratio != NULL)
        what |= ENS_ASKS_MEAN;
    if (r->mutual_information != NULL || r->mean_entropy != NULL)
        what |= ENS_ASKS_UNSURE;
    if (r->conflict != NULL)
        what |= ENS_ASKS_CONFLICT;
    if (r->variance != NULL)
        what |= ENS_ASKS_VARIANCE;
    if (r->contribution != NULL || r->influence != NULL || r->flips != NULL)
        what |= ENS_ASKS_REASONS;
    if (r->vote_disagreement != NULL)
        what |= ENS_ASKS_LABELS;
    return what;
}

static int all_say_probabilities(const struct ens_walk *walk)
{
    const struct ens_plan *plan = &walk->e->plan;

    for (size_t k = 0; k < plan->n; k++) {
        const int32_t space = walk->e->models[plan->model[k]].space;
        const int labels = ens_input(walk->inputs, plan->model[k]).dtype == ENSEMBLE_I32;

        if (!labels && (space < ENSEMBLE_PROBABILITIES || space > ENSEMBLE_LOGITS))
            return 0;
    }
    return 1;
}

static int has_negative(const double *weights, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (weights[i] < 0)
            return 1;
    return 0;
}

/* Can it be said whether the missing models matter? */
static int check_settled(const struct ensemble *e)
{
    const struct ens_recipe *recipe = &e->plan.recipe;
    const int votes = recipe->gathering == ENS_COUNTED;

    /* A linear sum that is mapped has a map before, too. */
    if (!votes && (recipe->gathering != ENS_SUMMED || recipe->form != ENS_FORM_LINEAR || recipe->before != ENS_NO_MAP))
        return ENSEMBLE_EREPORT;
    if (e->class_weights.n_models > 0 || e->form >= ENSEMBLE_RESULT_SOFTMAX)
        return ENSEMBLE_EREPORT;
    for (size_t k = 0; !votes && k < e->plan.n; k++) {
        const struct ens_model *model = &e->models[e->plan.model[k]];

        if (model->space == ENSEMBLE_AS_IS ||
            (model->map != NULL && (e->policy & ENSEMBLE_LEAVE_OUT_ABSENT) != 0))
            return ENSEMBLE_EREPORT;
    }
    return has_negative(e->weights, e->n_weights) ? ENSEMBLE_ENEGATIVE : 0;
}

/* Does what is asked go with the method, and with what the numbers mean? */
static int check_sense(const struct ens_walk *walk, const struct ensemble_report *asked)
{
    const struct ensemble *e = walk->e;
    const struct ens_recipe *recipe = &e->plan.recipe;
    const int what = asks(asked), about = what & (ENS_ASKS_MEAN | ENS_ASKS_UNSURE | ENS_ASKS_CONFLICT);
    const int spread = (what & ENS_ASKS_ENTROPY) && !ens_sums_to_one(recipe);

    if ((about || spread) && !all_say_probabilities(walk))
        return ENSEMBLE_EREPORT;
    if (asked->contribution != NULL && recipe->gathering != ENS_SUMMED && recipe->gathering != ENS_COUNTED)
        return ENSEMBLE_EREPORT;
    if ((about || spread || (what & ENS_ASKS_VARIANCE)) &&
        (has_negative(e->weights, e->n_weights) ||
         has_negative(e->class_weights.weight, e->class_weights.n_models * e->width)))
        return ENSEMBLE_ENEGATIVE;
    return asked->settled != NULL ? check_settled(e) : 0;
}

static int check_sizes(const struct ens_walk *walk, const struct ensemble_report *asked)
{
    const struct ensemble *e = walk->e;
    size_t bytes;

    if (e->width > INT32_MAX)
        return ENSEMBLE_EOVERFLOW;
    if (asked->top > e->width)
        return ENSEMBLE_EPARAMETER;
    if (asked->top > 0 && (asked->top_labels == NULL || asked->top_values == NULL))
        return ENSEMBLE_ENULL;
    if (asked->rows < walk->row_count || (asked->variance != NULL && asked->width != e->width) ||
        ((asks(asked) & ENS_ASKS_REASONS) && asked->models != e->n_models))
        return ENSEMBLE_ECOUNT;
    if ((asked->variance != NULL || asked->top > 0) &&
        ens_size_of_matrix(walk->row_count, e->width, e->width, ens_dtype_shift(ENSEMBLE_F64), &bytes))
        return ENSEMBLE_EOVERFLOW;
    if ((asks(asked) & ENS_ASKS_REASONS) &&
        ens_size_of_matrix(walk->row_count, e->n_models, e->n_models, ens_dtype_shift(ENSEMBLE_F64), &bytes))
        return ENSEMBLE_EOVERFLOW;
    return 0;
}

int ens_report_check(const struct ens_walk *walk, const float *row_weights, const struct ensemble_report *asked)
{
    const size_t rows = walk->row_count;
    int code = check_sizes(walk, asked);

    if (code == 0)
        code = check_sense(walk, asked);
#define CHECK_ARRAY(array, elements)                                                                                 \
    if (code == 0 && (array) != NULL)                                                                                \
        code = ens_overlap_check_array(walk, row_weights, array, rows * (elements) * sizeof *(array));
#define CHECK_FIELD(name, field, shape)                                                                              \
    CHECK_ARRAY(asked->field, ens_report_elements(walk->e, ENS_PER_##shape))
    ENS_REPORT_LIST(CHECK_FIELD)
    CHECK_ARRAY(asked->top_labels, asked->top)
    CHECK_ARRAY(asked->top_values, asked->top)
#undef CHECK_FIELD
#undef CHECK_ARRAY
    return code;
}

/* Forgets the row before. */
static void begin_row(struct ens_report *r)
{
    r->decision = ens_decision_begin(ENS_NOBODY);
    r->decision.asks_before = r->counts;
    r->sum = r->log_times = r->mean_log_times = r->information = 0;
    r->most = -INFINITY;
    r->log_pool = (struct ens_stat){.most = -INFINITY};
    r->kept = r->done = 0;
}

int ens_report_begin(struct ens_blend *b)
{
    struct ens_report *r = b->report;

    r->asks = asks(r->asked);
    if (r->lenient)
        b->quorum = 0;
    b->decision = &r->decision;
    r->counts = r->asked->settled != NULL && b->recipe->gathering == ENS_COUNTED;
    for (size_t k = 0; k < b->e->plan.n; k++)
        r->weight += b->row_weights == NULL ? ens_weight_in_row(b, k) : 0;
    begin_row(r);
    return (r->asks & ENS_ASKS_MODELS) && !ens_is_finite(r->weight) ? ENSEMBLE_EZEROSUM : 0;
}

/* Sums for the entropy. A class that no model speaks of counts 0; any other NaN leaves the row without an entropy. */
static ENS_APART void add_entropy(const struct ens_blend *b, const struct ens_tile *tile, const void *values)
{
    struct ens_report *r = b->report;
    double *x = (double *)(void *)b->spare, *log_times = x + ENS_REPORT_PIECE;
    const int in_log = b->e->form == ENSEMBLE_RESULT_LOG;

    for (size_t at = 0; at < tile->length; at += ENS_REPORT_PIECE) {
        const size_t n = tile->length - at < ENS_REPORT_PIECE ? tile->length - at : ENS_REPORT_PIECE;

        for (size_t j = 0; j < n; j++)
            x[j] = ens_get(b, values, at + j);
        for (size_t j = 0; b->by_class && j < n; j++)
            if (ens_is_nan(x[j]))
                x[j] = in_log ? -INFINITY : 0;
        if (in_log)
            b->kernels->map[ENS_f64][ENS_MAP_exp](x, x, n, &(struct ens_map){.a = 1});
        r->sum += b->kernels->sum[ENS_f64](x, n);
        b->kernels->map[ENS_f64][ENS_MAP_log_times](log_times, x, n, &(struct ens_map){0});
        r->log_times += b->kernels->sum[ENS_f64](log_times, n);
    }
}

/*
 * One value of many to the largest ones, which are kept in order in the caller's arrays. Once there are as many as are
 * asked for, it is larger than the last one of them.
 */
static inline void add_value(struct ens_report *r, size_t row, size_t class, double x)
{
    const size_t most = r->asked->top;
    double *value = r->asked->top_values + row * most;
    int32_t *label = r->asked->top_labels + row * most;
    size_t at = r->kept;

    if (ens_is_nan(x))
        return;
    if (r->kept < most)
        r->kept++;
    else
        at--;
    for (; at > 0 && x > value[at - 1]; at--) {
        value[at] = value[at - 1];
        label[at] = label[at - 1];
    }
    value[at] = x;
    label[at] = (int32_t)class;
}

static ENS_APART void add_top(const struct ens_blend *b, const struct ens_tile *tile, const void *values)
{
    struct ens_report *r = b->report;
    const size_t row = ens_report_at(b, tile->row), most = r->asked->top;
    const double *least = r->asked->top_values + row * most + most - 1;
    const unsigned char *at = values;

    if (r->kept == most && !(r->decision.latest > *least))
        return;
    for (size_t j = 0; j < tile->length; j++) {
        if (r->kept == most)
            j += b->kernels->above[b->acc](at + (j << b->shift), tile->length - j, *least);
        if (j < tile->length)
            add_value(r, row, tile->column + j, ens_get(b, values, j));
    }
}

/* Is there no class but the label, either because there is one only, or since no model speaks of the others? */
static int is_alone(const struct ens_blend *b)
{
    size_t gaps = 0;

    if (b->e->width == 1 || !b->by_class || b->report->decision.second > -INFINITY)
        return b->e->width == 1;
    for (size_t j = 0; j < b->e->width; j++)
        gaps += (size_t)ens_is_gap(b, j);
    return gaps + 1 >= b->e->width;
}

/* What is known of a row as soon as it is combined is written at once. */
static void write_decision(const struct ens_blend *b, size_t row, const struct ens_verdict *v)
{
    const struct ensemble_report *asked = b->report->asked;
    const struct ens_decision *d = &b->report->decision;
    const size_t at = ens_report_at(b, row);
    const int sound = v->label >= 0, alone = is_alone(b);

    if (asked->label != NULL)
        asked->label[at] = v->label;
    if (asked->confidence != NULL)
        asked->confidence[at] = v->confidence;
    if (asked->margin != NULL)
        asked->margin[at] = v->margin;
    if (asked->tied != NULL)
        asked->tied[at] = sound && !alone && d->second == d->best;
    if (asked->entropy != NULL) {
        const double entropy = ens_log(b, b->report->sum) - b->report->log_times / b->report->sum;

        const int fit = sound && (ens_sums_to_one(b->recipe) || !ens_is_unfit(b));

        asked->entropy[at] = !fit ? (double)NAN : entropy <= 0 ? 0 : entropy;
    }
    if (asked->weight_present != NULL)
        asked->weight_present[at] = b->by_row ? b->row.share : b->e->plan.n > 0;
    if (asked->models_present != NULL)
        asked->models_present[at] = (int32_t)(b->by_row ? b->row.models : b->e->plan.n);
    if (asked->row_fault != NULL)
        asked->row_fault[at] = v->fault;
    if (asked->settled != NULL)
        asked->settled[at] = sound && ens_is_settled(b);
    for (size_t j = sound ? b->report->kept : 0; j < asked->top; j++) {
        asked->top_labels[at * asked->top + j] = -1;
        asked->top_values[at * asked->top + j] = NAN;
    }
}

/* Why a row has no answer, or 0. */
static int fault_of(const struct ens_blend *b)
{
    const struct ens_decision *d = &b->report->decision;

    if (b->row.fault)
        return b->row.fault;
    if (b->e->plan.n == 0)
        return ENSEMBLE_ROW_NOBODY;
    if (d->ruled_out)
        return ENSEMBLE_ROW_RULED_OUT;
    if (d->nan)
        return ENSEMBLE_ROW_NAN;
    return d->label == ENS_NOBODY ? ENSEMBLE_ROW_NOBODY : ENSEMBLE_ROW_SOUND;
}

/* The row is at its end; `verdict` is for what comes later. */
static ENS_APART void end_row(const struct ens_blend *b, size_t row, struct ens_verdict *verdict)
{
    const struct ens_decision *d = &b->report->decision;

    *verdict = (struct ens_verdict){.confidence = NAN, .margin = NAN, .label = -1, .fault = fault_of(b)};
    if (verdict->fault == 0) {
        verdict->label = (int32_t)d->label;
        verdict->confidence = d->best;
        verdict->margin = is_alone(b) ? INFINITY : d->second == d->best ? 0 : d->best - d->second;
    }
    write_decision(b, row, verdict);
}

void ens_report_tile(struct ens_blend *b, const struct ens_tile *tile, const void *values)
{
    struct ens_report *r = b->report;
    const size_t width = b->e->width;
    size_t n;

    for (size_t at = 0; at < tile->length; at += n) {
        const unsigned char *part = (const unsigned char *)values + (at << b->shift);
        const size_t row = tile->row + (tile->column + at) / width, column = (tile->column + at) % width;
        const struct ens_tile here = {row, column, width - column < tile->length - at ? width - column
                                                                                     : tile->length - at};

        n = here.length;
        ens_decide(b, &here, part);
        if (r->asks & ENS_ASKS_ENTROPY)
            add_entropy(b, &here, part);
        if (r->asked->top > 0)
            add_top(b, &here, part);
        if ((r->asks & ENS_ASKS_MODELS) && !is_rigid(b))
            ens_contest(b, row, column + n);
        if (column + n < width)
            continue;
        end_row(b, row, &r->verdicts[(row - b->row.index) % ENS_REPORT_ROWS]);
        if ((r->asks & ENS_ASKS_MODELS) && !is_rigid(b))
            ens_contest_write(b, row);
        begin_row(r);
    }
}

void ens_report_rows(struct ens_blend *b, size_t rows)
{
    struct ens_report *r = b->report;
    const size_t first = b->row.index;

    if (b->row.fault) {
        end_row(b, first, r->verdicts);
        ens_contest_write(b, first);
    }
    if (r->asks & (ENS_ASKS_REASONS | ENS_ASKS_LABELS))
        for (size_t i = 0; i < rows; i++) {
            b->row.index = first + i;
            ens_reasons(b, &r->verdicts[i]);
        }
    b->row.index = first;
    if (!b->row.fault && (r->asks & ENS_ASKS_MODELS) && is_rigid(b)) {
        ens_contest_afresh(b);
        ens_contest_write(b, first);
    }
    begin_row(r);
}
