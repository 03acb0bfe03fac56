/* SPDX-License-Identifier: MIT */
/*
 * Learns at random, each time beside what ensemble.h says in long double, and then with every instruction set that this
 * machine has, from outputs that lie otherwise, which must all give the same bits.
 *
 *     oracle [--seed N | --seed random] [--count N] [--isa NAME] [--quick]
 *
 * The lesson of seed s is the first one of --seed s.
 */
#include "check.h"
#include "isas.h"
#include "options.h"
#include "real.h"
#include "report.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FULL_COUNT 680
#define QUICK_COUNT 102

static struct lesson lesson;
static struct truth truth;
static struct tally tally;
static size_t compared[ENS_ISAS];

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
        check_score(&lesson, &truth, e, o, &tally);
        return;
    }
    if (check_code(&lesson, &truth, e, o)) {
        tally.errors++;
        return;
    }
    if (lesson.call == UPDATE) {
        check_update(&truth, o, &tally);
        return;
    }
    check_temperatures(&truth, o, &tally);
    check_result(&truth, e, o, &tally);
    check_fit(&truth, e, o, &tally);
    check_folds(&lesson, &truth, o, &tally);
}

static void check_lesson(void)
{
    struct rng rng = lesson.rng;
    struct outcome first, other;
    struct ensemble *e;

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
        compared[i]++;
        ensemble_destroy(e);
    }
}

/* A run that checks nothing is no success. */
static void print_counts(void)
{
    printf("oracle: %zu fits, %zu optima, %zu of them beside every set of models, %zu trajectories, %zu temperatures, "
           "%zu held out, %zu scores, %zu updates, %zu errors; %zu were undecided\n", tally.fits, tally.optima,
           tally.exhaustive, tally.trajectories, tally.temperatures, tally.held_out, tally.scores, tally.updates,
           tally.errors, tally.undecided);
    report_subject(NULL, NULL, NULL);
    if (!real_is_wide())
        report_skip("the formulas: long double is no wider than double here");
    for (int i = 0; i < ENS_ISAS; i++)
        if (isas[i].run) {
            printf("%s: %zu comparisons\n", isas[i].name, compared[i]);
            if (compared[i] == 0)
                report_fail("%s was not compared", isas[i].name);
        }
}

static void *room(size_t size)
{
    void *memory = malloc(size);

    if (memory == NULL) {
        perror("oracle");
        exit(1);
    }
    return memory;
}

int main(int argc, char **argv)
{
    struct options options = {.program = "oracle", .count = FULL_COUNT, .quick_count = QUICK_COUNT};
    const int status = options_begin(&options, argc, argv);

    if (status != 0)
        return status;
    report_faults();
    for (size_t i = 0; i < MODELS; i++)
        lesson.members[i].bits = room(ROWS * (WIDTH + 3) * sizeof *lesson.members[i].bits);
    lesson.values = room(ROWS * WIDTH * sizeof *lesson.values);
    for (uint64_t i = 0; i < options.count; i++) {
        lesson_random(&lesson, options.seed + i);
        check_lesson();
    }
    isas_print_missing();
    print_counts();
    return report_end();
}
