/* SPDX-License-Identifier: MIT */
#include "play.h"

#include "handle.h"
#include "report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct play play_plain(const struct task *t, const char *isa)
{
    struct play p = {.task = t, .isa = isa, .method = t->method, .cuts = {0, t->rows}, .result_stride = t->width,
                     .place = AT_END, .codes = play_code(t->code)};

    p.rng.state = t->seed;
    return p;
}

/* May the result replace this output? Not where the header says that rows are written before they were read. */
static int replaceable(const struct task *t, const struct model *m)
{
    return m->dtype == t->result && takes_part(m) && m->data != NULL && t->method != ENSEMBLE_RANK && m->map == NULL &&
           (t->n <= 64 || t->width <= 32);
}

/* One of the last models as often as any one, since those beyond 64 have a way of their own. */
static void choose_replaced(struct play *p, struct rng *rng)
{
    const struct task *t = p->task;
    const size_t last = t->n < 8 ? t->n : 8;

    for (size_t i = rng_one_in(rng, 2) ? rng_below(rng, t->n) : t->n - 1 - rng_below(rng, last); i < t->n; i++)
        if (replaceable(t, &t->models[i])) {
            p->in_place = 1;
            p->replaced = i;
            p->result_stride = model_stride(&t->models[i]);
            return;
        }
}

struct play play_random(const struct task *t, const char *isa, struct rng *rng)
{
    struct play p = play_plain(t, isa);

    p.rng.state = rng_bits(rng);
    p.by_call = rng_one_in(rng, 2);
    p.workspace = (enum workspace)rng_below(rng, 3);
    if (rng_one_in(rng, 2)) {
        p.cuts[0] = rng_below(rng, t->rows + 1);
        p.cuts[1] = rng_between(rng, p.cuts[0], t->rows);
    }
    if (rng_one_in(rng, 2))
        p.result_stride += rng_below(rng, 20);
    p.place = (enum place)rng_below(rng, PLACES);
    p.offset = rng_below(rng, 64);
    if (rng_one_in(rng, 2))
        choose_replaced(&p, rng);
    return p;
}

void play_describe(const void *what, char *text, size_t size)
{
    static const char *const workspaces[] = {"no workspace", "full workspace", "some workspace"};
    const struct play *p = what;
    size_t length;

    task_describe(p->task, text, size);
    length = strlen(text);
    snprintf(text + length, size - length, "; %s, cut at %zu %zu, %s, stride %zu%s", p->by_call ? "by call" : "bound",
             p->cuts[0], p->cuts[1], workspaces[p->workspace], p->result_stride, p->in_place ? " in place" : "");
    length = strlen(text);
    if (p->sheet != NULL)
        sheet_describe(p->sheet, text + length, size - length);
}

/* The bytes from a little before the result to a little behind it. */
struct window {
    unsigned char *begin, *at, *end;
    size_t row, stride; /* bytes */
};

static struct window window_of(const struct play *p, const struct memory *memory)
{
    const struct task *t = p->task;
    const size_t size = number_size(t->result), bytes = ((t->rows - 1) * p->result_stride + t->width) * size;
    struct window w = {.row = t->width * size, .stride = p->result_stride * size};

    w.at = p->in_place ? t->models[p->replaced].data : guarded_place(&memory->result, bytes, p->place, p->offset);
    w.begin = w.at;
    w.end = w.at + bytes;
    if (!p->in_place) {
        w.begin -= w.at - memory->result.begin < GUARD_MARGIN ? w.at - memory->result.begin : GUARD_MARGIN;
        w.end += memory->result.end - w.end < GUARD_MARGIN ? memory->result.end - w.end : GUARD_MARGIN;
    }
    return w;
}

/*
 * Gives the call its workspace, if any: as large as the library asks for, or any number of bytes up to a little more.
 * It is full of NaN, so that what is read before it was written shows.
 */
static void lend_workspace(struct play *p, const struct ensemble *e, const struct memory *memory,
                           struct ensemble_call *call)
{
    const size_t room = (size_t)(memory->workspace.end - memory->workspace.begin) - GUARD_MARGIN;
    size_t size = ensemble_workspace_size(e);

    if (p->workspace == NO_WORKSPACE)
        return;
    size = size < room ? size : room;
    if (p->workspace == ANY_WORKSPACE)
        size = rng_below(&p->rng, size < room - 200 ? size + 200 : room);
    call->workspace_size = size;
    call->workspace = memset(memory->workspace.end - size, GAP, size);
    memset(memory->workspace.end - size - GUARD_MARGIN, POISON, GUARD_MARGIN);
}

static int all_bytes(const unsigned char *at, const unsigned char *end, int value)
{
    while (at < end && *at == value)
        at++;
    return at == end;
}

static int run_rows(struct play *p, const struct ensemble *e, const struct memory *memory, const struct window *w,
                    size_t begin, size_t end)
{
    const struct task *t = p->task;
    struct ensemble_output outputs[TASK_MODELS];
    struct ensemble_call call = {.struct_size = sizeof call, .row_begin = begin, .row_count = end - begin};
    struct ensemble_report report;
    int code;

    if (begin == end)
        return 0; /* a count of 0 would mean all rows */
    if (p->by_call) {
        handle_outputs(t, outputs);
        call.output_size = sizeof outputs[0];
        call.outputs = outputs;
        call.n_outputs = t->n;
        call.row_weights = (const float *)(const void *)t->row_weights;
        call.row_weights_count = t->row_weights != NULL ? t->rows * t->n : 0;
    }
    lend_workspace(p, e, memory, &call);
    call.result = w->at + begin * w->stride;
    call.result_stride = p->result_stride;
    call.result_count = (end - begin - 1) * p->result_stride + t->width;
    call.dtype = t->result + 1;
    if (p->sheet != NULL) {
        report = sheet_report(p->sheet, t, begin, end);
        call.report = &report;
    }
    if (p->sheet != NULL && p->sheet->mute) {
        call.result = NULL;
        call.result_count = 0;
        call.dtype = p->sheet->dtype;
    }
    code = ensemble_run(e, &call);
    if (call.workspace != NULL) {
        const unsigned char *workspace = call.workspace;

        if (!all_bytes(workspace - GUARD_MARGIN, workspace, POISON))
            report_fail("bytes in front of the workspace were written");
    }
    return code;
}

static int run(struct play *p, const struct ensemble *e, const struct memory *memory, const struct window *w)
{
    const struct task *t = p->task;
    const int whole = p->sheet == NULL && p->cuts[0] == 0 && p->cuts[1] == t->rows && w->stride == w->row;
    int code;

    if (whole && !p->by_call && p->workspace == NO_WORKSPACE && (!p->in_place || t->models[p->replaced].stride == 0))
        return ensemble_combine(e, w->at, t->result + 1, t->rows * t->width);
    code = run_rows(p, e, memory, w, p->cuts[1], t->rows); /* the last rows first: their order must not matter */
    if (code == 0)
        code = run_rows(p, e, memory, w, 0, p->cuts[0]);
    if (code == 0)
        code = run_rows(p, e, memory, w, p->cuts[0], p->cuts[1]);
    return code;
}

static int is_mute(const struct play *p)
{
    return p->sheet != NULL && p->sheet->mute;
}

/* Takes the result out, puts what was there back, and looks whether anything else has changed. */
static int take(const struct play *p, const struct memory *memory, const struct window *w, unsigned char *result,
                const unsigned char *inputs)
{
    const struct task *t = p->task;

    for (size_t row = 0; row < t->rows && p->code == 0 && !is_mute(p); row++) {
        unsigned char *at = w->at + row * w->stride;

        memcpy(result + row * w->row, at, w->row);
        if (p->in_place)
            memcpy(at, inputs + (at - t->used), w->row);
        else
            memset(at, POISON, w->row);
    }
    if (memcmp(inputs, t->used, (size_t)(memory->inputs.end - t->used)) != 0) {
        report_fail("inputs were written");
        memcpy(t->used, inputs, (size_t)(memory->inputs.end - t->used));
        return 1;
    }
    if (!p->in_place && !all_bytes(w->begin, w->end, POISON)) {
        report_fail("bytes beside the result were written");
        return 1;
    }
    if (p->sheet != NULL && !sheet_take(p->sheet, t, p->code)) {
        report_fail("bytes beside the report were written");
        return 1;
    }
    return 0;
}

int play_run(struct play *how, const struct memory *memory, unsigned char *result)
{
    static unsigned char *inputs; /* what they were */
    struct play p = *how;
    const struct task *t = p.task;
    const struct window w = window_of(&p, memory);
    struct ensemble *e = handle_make(t, p.isa, p.method, p.by_call, &p.rng);
    int checked;

    if (e == NULL)
        return 1;
    if (inputs == NULL)
        inputs = malloc((size_t)(memory->inputs.end - memory->inputs.begin));
    if (inputs == NULL) {
        perror("inputs");
        exit(1);
    }
    memcpy(inputs, t->used, (size_t)(memory->inputs.end - t->used));
    if (!p.in_place)
        memset(w.begin, POISON, (size_t)(w.end - w.begin));
    if (p.sheet != NULL)
        sheet_lay(p.sheet, t, &p.rng);
    checked = p.by_call ? t->code : ensemble_check(e, NULL, 0);
    p.code = run(&p, e, memory, &w);
    ensemble_destroy(e);
    if (!(play_code(p.code) & p.codes) || checked != t->code) {
        report_fail("the call returns %d (%s), ensemble_check() %d", p.code, ensemble_strerror(p.code), checked);
        memcpy(t->used, inputs, (size_t)(memory->inputs.end - t->used));
        return 1;
    }
    how->code = p.code;
    return take(&p, memory, &w, result, inputs);
}
