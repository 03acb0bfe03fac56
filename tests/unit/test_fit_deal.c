/* SPDX-License-Identifier: MIT */
/* How rows are dealt into parts: a metric sees which of them are where. */
#include "fit.h"

#define ROWS 4

/* Which row was held out when: where one row was asked about, and it is not the one before. */
struct parts {
    size_t row[64];
    size_t n;
};

static double note(const double *values, const size_t *row, size_t rows, size_t width, void *user)
{
    struct parts *parts = user;

    (void)width;
    if (rows == 1 && parts->n < LENGTH(parts->row))
        parts->row[parts->n++] = row[0];
    return values[0];
}

/* Over many seeds each row is in each part about equally often, and always in one. */
TEST(test_every_row_may_be_in_every_part)
{
    const int seeds = 2000;
    struct problem p = random_problem(1, ENSEMBLE_F64, 1, ROWS, 2);
    int times[ROWS][ROWS] = {{0}};

    for (int seed = 0; seed < seeds; seed++) {
        struct parts parts = {{0}, 0};
        const struct ensemble_fit_options options = OPTIONS(.how = ENSEMBLE_FIT_GREEDY, .rounds = 1, .folds = ROWS,
                                                           .seed = (uint64_t)seed, .metric = note, .user = &parts);
        unsigned seen = 0;

        assert_int_equal(ensemble_fit(p.said.e, p.labels, ENSEMBLE_I32, ROWS, &options, NULL), 0);
        assert_int_equal(parts.n, ROWS);
        for (size_t part = 0; part < ROWS; part++) {
            times[part][parts.row[part]]++;
            seen |= 1u << parts.row[part];
        }
        assert_int_equal(seen, (1u << ROWS) - 1);
    }
    for (size_t part = 0; part < ROWS; part++) /* the standard deviation is 19 */
        for (size_t row = 0; row < ROWS; row++)
            assert_in_range(times[part][row], seeds / ROWS - 110, seeds / ROWS + 110);
    drop(&p);
}

/* Each bag is drawn anew: of three rows one is held out, now this one, now that. */
TEST(test_every_bag_is_drawn_anew)
{
    struct problem p = random_problem(2, ENSEMBLE_F64, 1, 3, 2);
    struct parts parts = {{0}, 0};
    const struct ensemble_fit_options options =
        OPTIONS(.how = ENSEMBLE_FIT_GREEDY, .rounds = 1, .bags = 40, .metric = note, .user = &parts);
    int times[3] = {0};

    assert_int_equal(ensemble_fit(p.said.e, p.labels, ENSEMBLE_I32, 3, &options, NULL), 0);
    assert_int_equal(parts.n, 40);
    for (size_t bag = 0; bag < 40; bag++)
        times[parts.row[bag]]++;
    for (size_t row = 0; row < 3; row++)
        assert_in_range(times[row], 3, 30);
    drop(&p);
}

/* There may be more bags than rows, but one row has no halves. */
TEST(test_more_bags_than_rows)
{
    for (size_t rows = 1; rows <= 3; rows++) {
        const struct ensemble_fit_options options = OPTIONS(.bags = 5);
        struct problem p = random_problem(3, ENSEMBLE_F64, 2, rows, 3);

        assert_int_equal(ensemble_fit(p.said.e, p.labels, ENSEMBLE_I32, rows, &options, NULL),
                         rows > 1 ? 0 : ENSEMBLE_EPARAMETER);
        drop(&p);
    }
}

/* As many as there are; but nothing of the first row. */
static double count_rows(const double *values, const size_t *row, size_t rows, size_t width, void *user)
{
    (void)values, (void)width;
    return row[0] == 0 && rows <= *(const size_t *)user ? NAN : (double)rows;
}

/* Parts count by their rows, and one without a score does not. */
TEST(test_parts_of_different_sizes)
{
    for (size_t without = 0; without <= 1; without++) {
        struct problem p = random_problem(4, ENSEMBLE_F64, 1, 5, 2);
        size_t most = without;
        const struct ensemble_fit_options options = OPTIONS(
            .how = ENSEMBLE_FIT_GREEDY, .rounds = 1, .folds = without ? 5 : 2, .metric = count_rows, .user = &most);
        struct learned l;

        fit_labels(&p, &options, &l);
        assert_near(l.report.held_out, without ? 1 : (3 * 3 + 2 * 2) / 5., 1e-15);
        drop(&p);
    }
}

/* How much memory is held, and was at the most. */
struct held {
    size_t now, most;
};

static void *hold(size_t size, void *user)
{
    struct held *held = user;
    void *memory;

    held->now += size;
    held->most = held->now > held->most ? held->now : held->most;
    memory = malloc(size);
    assert_non_null(memory);
    memset(memory, 0x5A, size);
    return memory;
}

static void let_go(void *memory, size_t size, void *user)
{
    ((struct held *)user)->now -= size;
    free(memory);
}

/* What is learned from a part gives its memory back before the next one: many folds need no more than two. */
TEST(test_the_memory_of_folds)
{
    struct problem p = random_problem(5, ENSEMBLE_F64, 4, 100, 3);
    size_t most[2];

    for (size_t k = 0; k < 2; k++) {
        struct held held = {0, 0};
        const struct ensemble_options on = {
            .struct_size = sizeof on, .allocate = hold, .release = let_go, .user = &held};
        const struct ensemble_fit_options options = OPTIONS(.folds = k == 0 ? 2 : 50);
        struct ensemble *e = NULL;

        assert_int_equal(ensemble_create_with(&e, 3, &on), 0);
        for (size_t i = 0; i < 4; i++)
            add(e, output_of(&p.said, i), ENSEMBLE_F64, 100);
        assert_int_equal(ensemble_fit(e, p.labels, ENSEMBLE_I32, 100, &options, NULL), 0);
        most[k] = held.most;
        ensemble_destroy(e);
        assert_int_equal(held.now, 0);
    }
    assert_true(most[1] < most[0] + most[0] / 20);
    drop(&p);
}

/* Where what is learned from a part has no weight at all, the answer is 0 on the others. */
TEST(test_a_part_without_weights)
{
    const double targets[] = {-1, -1, 100, -1, -1}, ones[] = {1, 1, 1, 1, 1};
    const struct ensemble_fit_options options = OPTIONS(.constraint = ENSEMBLE_NONNEGATIVE, .folds = 5);
    struct held held = {0, 0};
    const struct ensemble_options on = {.struct_size = sizeof on, .allocate = hold, .release = let_go, .user = &held};
    struct ensemble *e = NULL;
    struct learned l;

    assert_int_equal(ensemble_create_with(&e, 1, &on), 0);
    add(e, ones, ENSEMBLE_F64, 5);
    fit_at(e, targets, ENSEMBLE_F64, 5, &options, &l, __FILE__, __LINE__);
    assert_near(l.weights[0], 96 / 5., 1e-12);
    assert_near(l.report.held_out, (1e4 + 4 * 25.25 * 25.25) / 5, 1e-9);
    ensemble_destroy(e);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_row_may_be_in_every_part),
        cmocka_unit_test(test_every_bag_is_drawn_anew),
        cmocka_unit_test(test_more_bags_than_rows),
        cmocka_unit_test(test_parts_of_different_sizes),
        cmocka_unit_test(test_the_memory_of_folds),
        cmocka_unit_test(test_a_part_without_weights),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
