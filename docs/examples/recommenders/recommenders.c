/* SPDX-License-Identifier: MIT */
/*
 * Four recommenders, each with a list of fifty items for each user, fused in several ways: how good each list is, by
 * what the users chose in a part that nobody has learned from, and why the first items of one user are there.
 *
 *     recommenders DIRECTORY   the files of docs/examples/recommenders
 */
#include "lists.h"
#include "must.h"

#include <ensemble_rank.h>

#include <math.h>
#include <stdio.h>

/* How lists are fused; weights are for the recommenders, in their order. */
struct way {
    const char *name;
    int32_t method, normaliser;
    double k;
    double weights[LISTS];
};

static const struct way ways[] = {
    {"RRF, k = 60", ENSEMBLE_FUSE_RRF, 0, 60, {1, 1, 1, 1}},
    {"RRF, k = 5", ENSEMBLE_FUSE_RRF, 0, 5, {1, 1, 1, 1}},
    {"Borda", ENSEMBLE_FUSE_BORDA, 0, 0, {1, 1, 1, 1}},
    {"CombSUM, min-max", ENSEMBLE_FUSE_SUM, ENSEMBLE_NORM_MIN_MAX, 0, {1, 1, 1, 1}},
    {"CombSUM, z", ENSEMBLE_FUSE_SUM, ENSEMBLE_NORM_Z, 0, {1, 1, 1, 1}},
    {"CombMNZ, min-max", ENSEMBLE_FUSE_MNZ, ENSEMBLE_NORM_MIN_MAX, 0, {1, 1, 1, 1}},
    {"CombANZ, min-max", ENSEMBLE_FUSE_ANZ, ENSEMBLE_NORM_MIN_MAX, 0, {1, 1, 1, 1}},
};

enum { WAYS = sizeof ways / sizeof ways[0] };

/* The fused list of a user; `why` (or NULL) is LENGTH x LISTS. */
static void fuse(const struct way *way, const struct part *part, size_t user, uint64_t *items, double *why)
{
    static const size_t lengths[LISTS] = {LENGTH, LENGTH, LENGTH, LENGTH};
    /* quote: fuse */
    const struct ensemble_fusion fusion = {
        .struct_size = sizeof fusion,
        .method = way->method,
        .normaliser = way->normaliser,
        .k = way->k,
        .weights = way->weights,
        .scores = part->scores + user * LISTS * LENGTH,
        .contributions = why,
        .contributions_count = why ? LENGTH * LISTS : 0,
    };

    MUST(ensemble_fuse_rankings(part->ids + user * LISTS * LENGTH, lengths, LISTS, &fusion, items, NULL, LENGTH));
    /* quote: end */
}

/* What a way makes of all users. */
static void judge_all(const struct way *way, const struct part *part, struct quality *each)
{
    uint64_t items[LENGTH];

    for (size_t user = 0; user < part->users; user++) {
        fuse(way, part, user, items, NULL);
        each[user] = judge(items, part, user);
    }
}

static double mean_ndcg(const struct way *way, const struct part *part)
{
    struct quality *each = must_allocate(part->users, sizeof *each);
    double sum = 0;

    judge_all(way, part, each);
    for (size_t user = 0; user < part->users; user++)
        sum += each[user].ndcg;
    free(each);
    return sum / (double)part->users;
}

/* The weights from {0, 1/2, 1} for which other users are served best; of several, the first. */
static void choose_weights(struct way *way, const struct part *part)
{
    struct way best = *way;
    double most = 0;

    for (int code = 1; code < 81; code++) {
        int rest = code;
        double found;

        for (size_t i = 0; i < LISTS; i++, rest /= 3)
            way->weights[i] = rest % 3 / 2.;
        found = mean_ndcg(way, part);
        if (found > most + 1e-9) {
            most = found;
            best = *way;
        }
    }
    *way = best;
}

/* A line of the table, and the gain over the best single recommender, user by user, with its standard error. */
static void print_line(const char *name, const struct way *way, const struct quality *each, const struct quality *best,
                       size_t users)
{
    double sums[3] = {0}, gain = 0, squares = 0;

    for (size_t user = 0; user < users; user++) {
        const double apart = each[user].ndcg - best[user].ndcg;

        sums[0] += each[user].ndcg;
        sums[1] += each[user].recall_10;
        sums[2] += each[user].recall_50;
        gain += apart;
        squares += apart * apart;
    }
    gain /= (double)users;
    printf("  %-22s %7.4f %9.4f %9.4f", name, sums[0] / (double)users, sums[1] / (double)users,
           sums[2] / (double)users);
    if (each != best)
        printf("   %+.4f +- %.4f", gain, sqrt((squares / (double)users - gain * gain) / (double)users));
    for (size_t i = 0; way != NULL && i < LISTS; i++)
        printf("%s%g", i ? " " : "   ", way->weights[i]);
    printf("\n");
}

/* Each recommender by itself, then each way to fuse them, with weights of 1 and with weights that were chosen. */
static void show_table(const struct part *validation, const struct part *test)
{
    struct quality *best = must_allocate(test->users, sizeof *best), *each = must_allocate(test->users, sizeof *each);

    judge_all(&(struct way){.weights = {[BEST] = 1}}, test, best);
    printf("%zu users to choose weights by, %zu to judge by\n\n  %-22s %7s %9s %9s   %s\n", validation->users,
           test->users, "", "NDCG@10", "recall@10", "recall@50", "NDCG, beside factors");
    for (size_t i = 0; i < LISTS; i++) {
        struct way alone = {.weights = {0}};

        alone.weights[i] = 1;
        judge_all(&alone, test, each);
        print_line(names[i], NULL, i == BEST ? best : each, best, test->users);
    }
    for (size_t w = 0; w < WAYS; w++) {
        judge_all(&ways[w], test, each);
        print_line(ways[w].name, NULL, each, best, test->users);
    }
    printf("\n  with weights that were chosen for %s, %s, %s, %s\n", names[0], names[1], names[2], names[3]);
    for (size_t w = 0; w < WAYS; w++) {
        struct way way = ways[w];

        choose_weights(&way, validation);
        judge_all(&way, test, each);
        print_line(way.name, &way, each, best, test->users);
    }
    free(best);
    free(each);
}

static void show_reasons(const struct part *test, size_t user)
{
    uint64_t items[LENGTH];
    double why[LENGTH * LISTS];

    fuse(&ways[0], test, user, items, why);
    printf("\nWhy, for one user, by RRF: what each list contributed, in thousandths\n\n  item  chosen");
    for (size_t i = 0; i < LISTS; i++)
        printf(" %11s", names[i]);
    printf("\n");
    for (size_t r = 0; r < 5; r++) {
        printf("  %4d  %-6s", (int)items[r], is_liked(items[r], test, user) ? "yes" : "no");
        for (size_t i = 0; i < LISTS; i++)
            printf(" %11.2f", 1000 * why[r * LISTS + i]);
        printf("\n");
    }
}

int main(int argc, char **argv)
{
    struct part validation, test;

    if (argc != 2) {
        fprintf(stderr, "usage: recommenders DIRECTORY\n");
        return 2;
    }
    validation = load_part(argv[1], "validation");
    test = load_part(argv[1], "test");
    show_table(&validation, &test);
    show_reasons(&test, 7);
    free_part(&validation);
    free_part(&test);
    return 0;
}
