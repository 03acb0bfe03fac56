/* SPDX-License-Identifier: MIT */
#include "judge.h"

#include "play.h"
#include "report.h"
#include "values.h"

#include <stdio.h>
#include <stdlib.h>

struct judged judged;

static struct memory memory;
static struct task task;
static struct expect expect;
static unsigned char *plain, *other; /* results without gaps */

/* One way of the task, which must give the bits of the plain way. */
static void compare(struct play *p, int isa)
{
    const size_t length = task.rows * task.width;

    report_subject(p->isa, play_describe, p);
    if (play_run(p, &memory, other) != 0)
        return;
    judged.compared[isa]++;
    if (task.code == 0)
        report_compare(task.result, plain, other, number_differ(task.result, plain, other, length), length);
    else
        report_pass();
}

/* ENSEMBLE_POWER is another method for some exponents. */
static void compare_methods(void)
{
    struct play p = play_plain(&task, "portable");

    p.method = expect.method;
    if (task.method != p.method && task.code == 0)
        compare(&p, ENS_ISA_portable);
}

void judge_task(uint64_t seed, int portable)
{
    struct play p;
    struct rng rng;

    task_random(&task, &memory, seed);
    p = play_plain(&task, "portable");
    rng = task.rng;
    report_subject(p.isa, play_describe, &p);
    if (play_run(&p, &memory, plain) != 0)
        return;
    expect_begin(&expect, &task);
    if (task.code == 0 && !task.wild && real_is_wide()) {
        judged.tasks++;
        verdict(&expect, &task, plain, &judged.margins[task.method]);
        compare_methods();
    }
    for (int i = 0; i < ENS_ISAS; i++) {
        if (!isas[i].run)
            continue;
        p = play_plain(&task, isas[i].name);
        if (i != ENS_ISA_portable)
            compare(&p, i);
        p = play_random(&task, isas[i].name, &rng);
        p.workspace = FULL_WORKSPACE;
        compare(&p, i);
        p = play_random(&task, isas[i].name, &rng);
        if (i != ENS_ISA_portable || portable)
            compare(&p, i);
    }
}

void judge_prepare(void)
{
    struct rng rng = {.state = 1}; /* the same values for every seed, so that a task is all in its own */

    report_faults();
    number_prepare();
    values_prepare(&rng);
    task_make_memory(&memory);
    plain = malloc(TASK_VALUES * sizeof(double));
    other = malloc(TASK_VALUES * sizeof(double));
    if (plain == NULL || other == NULL) {
        perror("oracle");
        exit(1);
    }
}
