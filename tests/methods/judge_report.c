/* SPDX-License-Identifier: MIT */
#include "judge_report.h"

#include "account.h"
#include "play.h"
#include "report.h"
#include "report_calls.h"
#include "values.h"

#include <stdio.h>
#include <stdlib.h>

/* Elements that are combined again for `influence` and `flips`, at most; beyond 64 models each of them is dearer. */
#define MOST_AGAIN 200000

struct judged_reports judged_reports;

static struct memory memory;
static struct task task;
static struct account account;
static struct sheet plain_sheet, other_sheet;
static unsigned char *bare, *plain, *other; /* results without gaps */

/* Which fields the task allows, or any of them, and sometimes just one. */
static uint32_t choose_fields(struct rng *rng)
{
    uint32_t allowed = 0, asked;

    for (int f = 0; f < FIELDS; f++)
        if (account_codes(&task, 1u << f) == account_codes(&task, 0))
            allowed |= 1u << f;
    asked = rng_one_in(rng, 8) ? ALL_FIELDS : allowed;
    if (rng_one_in(rng, 2))
        asked &= (uint32_t)rng_bits(rng);
    if (rng_one_in(rng, 8))
        asked = 1u << rng_below(rng, FIELDS);
    if (task.n * task.n * task.rows * task.width > (task.n > 64 ? MOST_AGAIN / 4 : MOST_AGAIN))
        asked &= ~(1u << FIELD_INFLUENCE | 1u << FIELD_FLIPS);
    return asked & TOP_FIELDS ? asked | TOP_FIELDS : asked;
}

/* A result that is not there may have any type that is computed as the task's is. */
static void choose_sheet(struct sheet *s, struct rng *rng, uint32_t asked, size_t top)
{
    s->asked = asked;
    s->top = top;
    s->more = rng_below(rng, 3);
    s->mute = rng_one_in(rng, 3);
    s->dtype = task.result == ENS_f64 ? ENSEMBLE_F64 : rng_one_in(rng, 2) ? 0 : ENSEMBLE_F32;
    if (s->dtype == ENSEMBLE_F32 && rng_one_in(rng, 2))
        s->dtype = ENSEMBLE_F16 + (int32_t)rng_below(rng, 2);
}

/* One way of the task, which must give the bits of the plain way, and its code. */
static void compare(struct play *p, int isa, int code)
{
    const size_t length = task.rows * task.width;
    size_t index;
    int field;

    p->sheet = &other_sheet;
    p->in_place &= !other_sheet.mute;
    p->codes = play_code(code);
    if (p->in_place)
        p->codes = play_code(ENSEMBLE_EOVERLAP) | (code != 0 ? p->codes : 0);
    report_subject(p->isa, play_describe, p);
    if (play_run(p, &memory, other) != 0)
        return;
    judged_reports.compared[isa]++;
    report_pass();
    if (p->code != 0)
        return;
    field = sheet_differ(&plain_sheet, &other_sheet, &index);
    if (field < FIELDS)
        report_fail("%s [%zu] is %.17g, not %.17g", fields[field].name, index,
                    field_get(field, other_sheet.array[field], index),
                    field_get(field, plain_sheet.array[field], index));
    if (!other_sheet.mute)
        report_compare(task.result, bare, other, number_differ(task.result, bare, other, length), length);
}

/* The portable report, beside what it is to be. Returns the code; 1: it went wrong. */
static int judge(struct play *p)
{
    struct play without = *p;

    without.codes = play_code(task.code);
    report_subject(p->isa, play_describe, &without);
    if (task.code == 0 && play_run(&without, &memory, bare) != 0)
        return 1;
    p->sheet = &plain_sheet;
    report_subject(p->isa, play_describe, p);
    if (play_run(p, &memory, plain) != 0)
        return 1;
    if (p->code != 0)
        return p->code;
    report_compare(task.result, bare, plain, number_differ(task.result, bare, plain, task.rows * task.width),
                   task.rows * task.width);
    if (task.wild || !real_is_wide())
        return 0;
    judged_reports.tasks++;
    account_make(&account, &task, plain_sheet.top);
    account_compare(&account, &plain_sheet);
    return 0;
}

void judge_report(uint64_t seed)
{
    struct rng rng;
    struct play p;
    uint32_t asked;
    size_t top;
    int code;

    task_random(&task, &memory, seed);
    rng.state = task.rng.state;
    p = play_plain(&task, "portable");
    asked = choose_fields(&rng);
    top = asked & TOP_FIELDS ? rng_between(&rng, 1, rng_one_in(&rng, 3) || task.width < 8 ? task.width : 8) : 0;
    choose_sheet(&plain_sheet, &rng, asked, top);
    plain_sheet.mute = 0;
    p.codes = account_codes(&task, asked);
    code = judge(&p);
    if (code == 1)
        return;
    for (int i = 0; i < ENS_ISAS; i++)
        for (int way = 0; way < 2 && isas[i].run; way++) {
            p = way == 0 ? play_plain(&task, isas[i].name) : play_random(&task, isas[i].name, &rng);
            choose_sheet(&other_sheet, &rng, asked, top);
            compare(&p, i, code);
        }
    check_measures(&task, &memory, 1u << rng_below(&rng, FIELDS) | 1u << rng_below(&rng, FIELDS), &rng);
    check_settled(&account, &task, &rng);
    check_similarity(&account, &task, &rng);
}

void judge_report_prepare(void)
{
    struct rng rng = {.state = 1}; /* the same values for every seed, so that a task is all in its own */

    report_faults();
    number_prepare();
    values_prepare(&rng);
    task_make_memory(&memory);
    sheet_make(&plain_sheet);
    sheet_make(&other_sheet);
    bare = malloc(TASK_VALUES * sizeof(double));
    plain = malloc(TASK_VALUES * sizeof(double));
    other = malloc(TASK_VALUES * sizeof(double));
    if (bare == NULL || plain == NULL || other == NULL) {
        perror("oracle_report");
        exit(1);
    }
}
