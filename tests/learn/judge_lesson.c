/* SPDX-License-Identifier: MIT */
#include "judge_lesson.h"

#include "real.h"
#include "report.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct judged judged;

static struct lesson lesson;
static struct truth truth;

static void *room(size_t size)
{
    void *memory = malloc(size);

    if (memory == NULL) {
        perror("judge");
        exit(1);
    }
    return memory;
}

void judge_prepare(void)
{
    for (size_t i = 0; i < MODELS; i++)
        lesson.members[i].bits = room(ROWS * (WIDTH + 3) * sizeof *lesson.members[i].bits);
    lesson.values = room(ROWS * WIDTH * sizeof *lesson.values);
}

static int same_bits(const double *a, const double *b, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (memcmp(&a[i], &b[i], sizeof a[i]) != 0 && !(isnan(a[i]) && isnan(b[i])))
            return 0;
    return 1;
}

static int same_report(const struct ensemble_fit_report *a, const struct ensemble_fit_report *b)
{
    const double reals[2][7] = {
        {a->uniform, a->best_single, a->objective, a->held_out, a->gap, a->temperature, a->log_loss},
        {b->uniform, b->best_single, b->objective, b->held_out, b->gap, b->temperature, b->log_loss}};

    return a->exact == b->exact && a->best_model == b->best_model && a->iterations == b->iterations &&
           a->rows_used == b->rows_used && a->models_used == b->models_used && same_bits(reals[0], reals[1], 7);
}

static void compare(const struct outcome *first, const struct outcome *other, int mute)
{
    const size_t n = lesson.n;

    if (first->code != other->code)
        report_fail("returns %d, not %d", other->code, first->code);
    else if (!same_bits(first->now, other->now, n) || !same_bits(&first->score, &other->score, 1))
        report_fail("weights or score are not the same bits");
    else if (!mute && (!same_report(&first->report, &other->report) || !same_bits(first->weights, other->weights, n) ||
                       !same_bits(first->single, other->single, n) ||
                       !same_bits(first->temperatures, other->temperatures, n) ||
                       !same_bits(first->trajectory, other->trajectory, ROUNDS)))
        report_fail("the report is not the same bits");
    else
        report_pass();
}

static void judge(struct ensemble *e, const struct outcome *o)
{
    const int calibrated = lesson.call == FIT && o->code == 0;

    truth_make(&truth, &lesson, calibrated ? o->temperatures : NULL);
    if (lesson.call == SCORE) {
        check_score(&lesson, &truth, e, o, &judged.tally);
        return;
    }
    if (check_code(&lesson, &truth, e, o)) {
        judged.tally.errors++;
        return;
    }
    if (lesson.call == UPDATE) {
        check_update(&truth, o, &judged.tally);
        return;
    }
    check_temperatures(&truth, o, &judged.tally);
    check_result(&truth, e, o, &judged.tally);
    check_fit(&truth, e, o, &judged.tally);
    check_folds(&lesson, &truth, o, &judged.tally);
}

void judge_lesson(uint64_t seed)
{
    struct rng rng;
    struct outcome first, other;
    struct ensemble *e;

    lesson_random(&lesson, seed);
    rng = lesson.rng;
    report_subject("portable", lesson_describe, &lesson);
    e = lesson_handle(&lesson, "portable", 1, &rng);
    if (e == NULL)
        return;
    lesson_call(&lesson, e, 0, &first);
    if (real_is_wide())
        judge(e, &first);
    ensemble_destroy(e);
    for (int i = 0; i < ENS_ISAS; i++) {
        const int mute = rng_one_in(&rng, 4);

        if (!isas[i].run)
            continue;
        report_subject(isas[i].name, lesson_describe, &lesson);
        e = lesson_handle(&lesson, isas[i].name, 0, &rng);
        if (e == NULL)
            continue;
        lesson_call(&lesson, e, mute, &other);
        compare(&first, &other, mute && other.code == 0);
        judged.compared[i]++;
        ensemble_destroy(e);
    }
}
