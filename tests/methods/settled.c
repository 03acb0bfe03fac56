/* SPDX-License-Identifier: MIT */
/*
 * Whether a label is settled, by letting the missing models speak: for a class that is not the label, each of them as
 * firmly as it can; at random; and as the task had it. And the other way round: a lead that is clearly larger than the
 * weight that is missing must be settled, and so must each that is, where votes are counted.
 */
#include "report_calls.h"

#include "handle.h"
#include "play.h"
#include "report.h"
#include "values.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RIVALS 6 /* classes for which the missing models speak, at most */

static struct task part, whole; /* without some models, and with all of them */
static unsigned char *words;    /* what the missing models say */
static uint8_t settled[TASK_ROWS];
static int32_t label[TASK_ROWS], final[TASK_ROWS];

static int find_settled(const struct ensemble *e, const void *what, void *out)
{
    (void)what;
    return ensemble_settled(e, out);
}

static int measure_settled(const struct ensemble *e, const void *rows, void *out)
{
    return ensemble_measure(e, ENSEMBLE_MEASURE_SETTLED, out, ENSEMBLE_I32, *(const size_t *)rows);
}

/* The labels of a task, with the portable instruction set. */
static int find_labels(const struct task *t, int32_t *labels)
{
    struct rng rng = {.state = t->seed};
    struct ensemble *e = handle_make(t, "portable", t->method, 0, &rng);
    const int code = e == NULL ? 1 : ensemble_measure(e, ENSEMBLE_MEASURE_LABEL, labels, ENSEMBLE_I32, t->rows);

    ensemble_destroy(e);
    return code;
}

/* Values are believed to be in [0, 1]. */
static int is_believable(const struct task *t)
{
    for (size_t i = 0; i < t->n; i++) {
        const struct model *m = &t->models[i];
        const int is_log = m->space == ENSEMBLE_LOG_PROBABILITIES;

        if (t->method == ENSEMBLE_VOTE || m->data == NULL || !takes_part(m) ||
            (m->space != ENSEMBLE_PROBABILITIES && !is_log))
            continue;
        for (size_t row = 0; row < t->rows; row++)
            for (size_t c = 0; c < m->columns; c++) {
                const double z = number_read(m->dtype, model_row(m, row), c);

                if (z > (is_log ? 0 : 1) || (!is_log && z < 0))
                    return 0;
            }
    }
    return 1;
}

/* Some models are missing, besides those that are; at least one is there if one was. */
static void hide(const struct task *t, struct rng *rng)
{
    const size_t often = rng_between(rng, 2, 6);
    size_t kept = rng_below(rng, t->n);

    part = *t;
    for (size_t i = 0; i < t->n && (t->models[kept].data == NULL || !takes_part(&t->models[kept])); i++)
        kept = (kept + 1) % t->n;
    for (size_t i = 0; i < t->n; i++)
        if (i != kept && takes_part(&t->models[i]) && rng_one_in(rng, often)) {
            part.models[i].data = NULL;
            part.models[i].missing = 1;
        }
}

static uint64_t expected_codes(void)
{
    const uint64_t codes = account_codes(&part, 1u << FIELD_SETTLED) & ~play_code(part.code);
    int here = 0, taking = 0;

    for (size_t i = 0; i < part.n; i++) {
        taking |= takes_part(&part.models[i]);
        here |= takes_part(&part.models[i]) && part.models[i].data != NULL;
    }
    if (part.code == ENSEMBLE_EZEROSUM)
        return play_code(part.code);
    return codes | play_code(taking && !here ? ENSEMBLE_EQUORUM : 0);
}

/* What a number has to be so that its class gets all there is, or nothing. */
static double firm(int32_t space, int is_rival)
{
    switch (space) {
    case ENSEMBLE_LOG_PROBABILITIES:
        return is_rival ? 0 : -(double)INFINITY;
    case ENSEMBLE_LOGITS:
    case ENSEMBLE_BINARY_LOGITS:
        return is_rival ? 30000 : -30000;
    default:
        return is_rival;
    }
}

static void speak(struct model *m, size_t width, size_t row, size_t rival, struct rng *rng)
{
    static const enum kind kinds[] = {PROBABILITY, PROBABILITY, LOG_PROBABILITY, LOGIT, LOGIT, PROBABILITY};
    unsigned char *at = m->data + row * model_stride(m) * value_size(m->dtype);
    int32_t some = (int32_t)rng_below(rng, m->columns);

    while (m->map != NULL && m->map[some] < 0) /* a label that is no class would be no answer */
        some = (int32_t)rng_below(rng, m->columns);
    if (m->dtype != LABELS && rival >= width)
        memcpy(at, values_piece(rng, m->dtype, kinds[m->space], m->columns), m->columns * number_size(m->dtype));
    if (m->dtype == LABELS)
        memcpy(at, &some, sizeof some);
    for (size_t c = 0; c < m->columns && rival < width; c++) {
        const int32_t column = (int32_t)c;
        const int is_rival = (m->map != NULL ? m->map[c] : column) == (int32_t)rival;

        if (m->dtype != LABELS)
            number_put(m->dtype, at, c, number_encode(m->dtype, firm(m->space, is_rival)));
        else if (is_rival)
            memcpy(at, &column, sizeof column);
    }
}

/* All models speak: those that were missing for the rival of each row, or where that is no class, at random. */
static void complete(const size_t *rival, struct rng *rng)
{
    unsigned char *at = words;

    whole = part;
    whole.quorum = 0;
    for (size_t i = 0; i < part.n; i++) {
        struct model *m = &whole.models[i];

        if (!takes_part(m) || m->data != NULL)
            continue;
        m->missing = 0;
        m->stride = 0;
        m->data = at;
        at += (m->dtype == LABELS ? 1 : m->columns) * part.rows * value_size(m->dtype);
        at += (size_t)(words - at) % sizeof(double);
        for (size_t row = 0; row < part.rows; row++)
            speak(m, part.width, row, rival[row], rng);
    }
}

/* `lenient`: there may be no label, since somebody may say NaN. */
static void compare_labels(const char *how, int lenient)
{
    if (find_labels(&whole, final) != 0) {
        report_fail("the labels of all models could not be had");
        return;
    }
    for (size_t row = 0; row < part.rows; row++)
        if (settled[row] && final[row] != label[row] && !(lenient && final[row] < 0)) {
            report_fail("row %zu was settled to be %d, and is %d when the missing models speak %s", row,
                        (int)label[row], (int)final[row], how);
            return;
        }
    report_pass();
}

static void try_completions(const struct task *t, struct rng *rng)
{
    size_t rival[TASK_ROWS];
    size_t first = rng_below(rng, t->width);

    for (size_t k = 0; k < RIVALS && k < t->width; k++) {
        for (size_t row = 0; row < t->rows; row++)
            rival[row] = t->width <= RIVALS ? k : (first + k * (t->width / RIVALS)) % t->width;
        complete(rival, rng);
        if (k == 0 && find_labels(&whole, final) == 0) /* those that are next when half of the models speak */
            for (size_t row = 0; row < t->rows; row++)
                rival[row] = final[row] >= 0 && final[row] != label[row] ? (size_t)final[row] : rival[row];
        compare_labels("for another class", 0);
    }
    for (size_t row = 0; row < t->rows; row++)
        rival[row] = t->width;
    complete(rival, rng);
    compare_labels("at random", 0);
    for (size_t i = 0; i < t->n; i++)
        if (takes_part(&t->models[i]) && t->models[i].data != NULL)
            whole.models[i] = t->models[i];
    compare_labels("as they did", 1);
}

/* A row's leads, in units of the weights. */
struct leads {
    long double sum[TASK_WIDTH];
    long double missing, all;
    int equal, negative; /* do all models weigh the same; does one weigh less than nothing? */
};

static void add_up(struct account *a, struct leads *r)
{
    const size_t width = part.width;
    long double first = 0;

    *r = (struct leads){.equal = 1};
    r->negative = account_read(a);
    for (size_t i = 0; i < part.n; i++) {
        const long double weight = a->x.weight[i];
        const int32_t top = a->x.state[i] == PRESENT && part.method == ENSEMBLE_VOTE ? account_top_class(a, i) : -1;

        if (a->x.state[i] == APART || a->x.state[i] == WEIGHTLESS)
            continue;
        first = first == 0 ? weight : first;
        r->equal &= weight == first;
        r->negative |= weight < 0;
        r->all += weight;
        r->missing += a->x.state[i] == LACKING && part.models[i].missing ? weight : 0;
        for (size_t k = 0; k < width && a->x.state[i] == PRESENT; k++)
            r->sum[k] += weight * (part.method == ENSEMBLE_VOTE ? (int32_t)k == top : a->said.y[i * width + k].v);
    }
}

/* 1 or 0 where that is certain; else -1. */
static int must_be(const struct leads *r, size_t winner, int in_double)
{
    const long double slack = (in_double ? 1e-9L : 1e-3L) * r->all;
    int certain = 1;

    if (r->missing == 0)
        return 1;
    for (size_t k = 0; k < part.width; k++) {
        const long double lead = r->sum[winner] - r->sum[k];

        if (k == winner)
            continue;
        if (part.method == ENSEMBLE_VOTE && r->equal && (lead < r->missing || (lead == r->missing && k < winner)))
            return 0;
        if (!(lead > r->missing + slack))
            certain = part.method == ENSEMBLE_VOTE && r->equal ? certain : -1;
    }
    return certain;
}

static void compare_leads(struct account *a)
{
    static struct leads leads;
    int in_double = 0;

    account_begin(a, &part, ENS_f32, 0);
    for (size_t i = 0; i < part.n; i++)
        in_double |= takes_part(&part.models[i]) && part.models[i].data != NULL && part.models[i].dtype == ENS_f64;
    for (a->row = 0; a->row < part.rows; a->row++) {
        int must;

        expect_weigh(&a->x, a->row);
        add_up(a, &leads);
        must = label[a->row] < 0 ? 0 : must_be(&leads, (size_t)label[a->row], in_double);
        if (leads.negative)
            settled[a->row] = 0; /* nothing is promised */
        else if (must >= 0 && must != settled[a->row])
            report_fail("row %zu is%s settled: %.9Lg of %.9Lg is missing", a->row, settled[a->row] ? "" : " not",
                        leads.missing, leads.all);
    }
    report_pass();
}

/* The field of a report says the same, of what is left out. */
static void compare_field(struct rng *rng)
{
    int32_t found[TASK_ROWS];

    part.policy |= ENSEMBLE_LEAVE_OUT_MISSING;
    part.quorum = 0;
    if (call_all(&part, measure_settled, &part.rows, play_code(0), FIELD_LABEL, part.rows, found, rng) != 0)
        return;
    for (size_t row = 0; row < part.rows; row++)
        if (found[row] != settled[row]) {
            report_fail("row %zu is%s settled in a report", row, found[row] ? "" : " not");
            return;
        }
    report_pass();
}

void check_settled(struct account *a, const struct task *t, struct rng *rng)
{
    int code;

    if (words == NULL && (words = malloc((TASK_VALUES + TASK_MODELS * (size_t)(TASK_ROWS + 1) * 8) * 8)) == NULL) {
        perror("settled");
        exit(1);
    }
    hide(t, rng);
    code = call_all(&part, find_settled, NULL, expected_codes(), FIELD_SETTLED, part.rows, settled, rng);
    if (code != 0)
        return;
    report_subject("portable", task_describe, &part);
    compare_field(rng);
    if (find_labels(&part, label) != 0) {
        report_fail("the labels of the models that are there could not be had");
        return;
    }
    if (t->wild || !is_believable(&part))
        return;
    if (real_is_wide())
        compare_leads(a);
    try_completions(t, rng);
}
