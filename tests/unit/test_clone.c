/* SPDX-License-Identifier: MIT */
/* A clone is all that its original is, and has no part in what becomes of it. */
#include "ledger.h"
#include "stored.h"

#include "plan/handle.h"

static struct ensemble *clone_of(const struct ensemble *e)
{
    struct ensemble *copy = NULL;

    assert_int_equal(ensemble_clone(&copy, e), 0);
    assert_non_null(copy);
    assert_ptr_not_equal(copy, e);
    return copy;
}

/* Both in the same words, and with the same bits or the same fault. */
static void assert_alike(const struct ensemble *a, const struct ensemble *b, size_t count)
{
    double y[2][SOME_ROWS * SOME_WIDTH];
    char *text = text_of(a);

    assert_saves(b, text);
    free(text);
    poison(y, sizeof y);
    assert_int_equal(ensemble_combine(a, y[0], ENSEMBLE_F64, count), ensemble_combine(b, y[1], ENSEMBLE_F64, count));
    assert_memory_equal(y[0], y[1], sizeof y[0]);
}

TEST(test_random_ensembles_have_clones)
{
    struct rng rng = {11};

    for (int i = 0; i < 3000; i++) {
        static struct any any;
        struct ensemble *copy, *again;

        make_any(&rng, &any);
        copy = clone_of(any.e);
        assert_alike(any.e, copy, SOME_ROWS * any.width);
        again = clone_of(copy);
        ensemble_destroy(copy);
        assert_alike(any.e, again, SOME_ROWS * any.width);
        ensemble_destroy(any.e);
        ensemble_destroy(again);
    }
}

/* The short ways, a lent loop, row weights and a forced instruction set, none of which a text has. */
static void no_loop(void *user, size_t n, void (*task)(void *, size_t), void *context)
{
    *(int *)user += 1;
    (void)n, (void)task, (void)context;
}

TEST(test_what_no_text_holds)
{
    const float gates[] = {1, 0, 0};
    const struct ensemble_options options = {.struct_size = sizeof options, .isa = "portable"};
    static float wide[2][200000], y[200000];
    struct ensemble *e = example(), *copy;
    int loops = 0;

    assert_int_equal(ensemble_set_row_weights(e, gates, 1, 3), 0);
    copy = clone_of(e);
    ensemble_destroy(e);
    assert_int_equal(ensemble_combine(copy, y, ENSEMBLE_F32, 3), 0);
    for (size_t i = 0; i < 3; i++)
        assert_near((double)y[i], .3 * (double)example_outputs[0][i], 1e-6);
    ensemble_destroy(copy);

    assert_int_equal(ensemble_create_with(&e, 200000, &options), 0);
    add(e, wide[0], ENSEMBLE_F32, 1);
    add(e, wide[1], ENSEMBLE_F32, 1);
    assert_int_equal(ensemble_set_parallel(e, no_loop, &loops), 0);
    copy = clone_of(e);
    ensemble_destroy(e);
    assert_string_equal(ensemble_isa(copy), "portable");
    assert_int_equal(ensemble_combine(copy, y, ENSEMBLE_F32, 200000), 0);
    assert_int_equal(loops, 1);
    ensemble_destroy(copy);
}

TEST(test_a_clone_is_by_itself)
{
    const double others[] = {1, 0, 0};
    const int32_t map[] = {2, 1, 0};
    const double class_weights[9] = {1, 1, 1, 1, 1, 1, 1, 1, 1};
    struct ensemble *e = example(), *copy = clone_of(e);
    float y[3];

    assert_int_equal(ensemble_set_weights(copy, others, 3), 0);
    assert_int_equal(ensemble_set_class_map(copy, 0, map, 3), 0);
    assert_int_equal(ensemble_set_model_name(copy, 1, "second"), 0);
    add(copy, example_outputs[0], ENSEMBLE_F32, 1);
    assert_example(e);
    assert_string_equal(ensemble_get_model_name(e, 1), "");
    assert_int_equal(ensemble_get_models(e), 3);
    ensemble_destroy(copy);

    copy = clone_of(e);
    assert_int_equal(ensemble_set_class_weights(e, class_weights, 3, 3), 0);
    assert_int_equal(ensemble_set_model_output(e, 0, NULL, ENSEMBLE_F32, 9, 0), 0);
    assert_int_equal(ensemble_set_method(e, ENSEMBLE_MAX), 0);
    assert_example(copy);
    ensemble_destroy(e);
    assert_example(copy);
    assert_int_equal(ensemble_combine(copy, y, ENSEMBLE_F32, 3), 0);
    ensemble_destroy(copy);
}

/* Without models, and with weights that a model added later has made too few. */
TEST(test_what_does_not_combine_is_cloned_too)
{
    struct ensemble *e = ensemble_of(3), *copy = clone_of(e);

    assert_int_equal(ensemble_get_width(copy), 3);
    assert_example_fails(copy, ENSEMBLE_EEMPTY);
    add(copy, example_outputs[0], ENSEMBLE_F32, 1);
    ensemble_destroy(e);
    ensemble_destroy(copy);
    e = example();
    add(e, example_outputs[0], ENSEMBLE_F32, 1);
    copy = clone_of(e);
    assert_example_fails(copy, ENSEMBLE_EWEIGHTS);
    ensemble_destroy(e);
    ensemble_destroy(copy);
}

/* Each allocation fails in turn: nothing is left behind, and the original stands. */
TEST(test_without_memory)
{
    const int32_t map[] = {2, 1, 0};
    const double class_weights[9] = {1, 1, 1, 1, 1, 1, 1, 1, 1};
    struct ledger ledger = {.fails_at = SIZE_MAX};
    struct ensemble *e = ensemble_on(&ledger, 3), *const before = (struct ensemble *)(void *)&ledger, *copy = before;
    size_t held, failures = 0;
    int code;

    for (size_t i = 0; i < 3; i++) {
        add(e, example_outputs[i], ENSEMBLE_F32, 1);
        assert_int_equal(ensemble_set_model_name(e, i, i == 0 ? "first" : i == 1 ? "second" : "third"), 0);
    }
    assert_int_equal(ensemble_set_class_map(e, 1, map, 3), 0);
    assert_int_equal(ensemble_set_class_weights(e, class_weights, 3, 3), 0);
    held = ledger.bytes;
    do {
        ledger.allocations = 0;
        ledger.fails_at = failures;
        code = ensemble_clone(&copy, e);
        if (code == ENSEMBLE_ENOMEM) {
            failures++;
            assert_ptr_equal(copy, before);
            assert_int_equal(ledger.bytes, held);
        }
    } while (code == ENSEMBLE_ENOMEM);
    assert_int_equal(code, 0);
    assert_int_equal(failures, 7); /* the handle, its models, three names, a map, class weights */
    ensemble_destroy(e);
    assert_string_equal(ensemble_get_model_name(copy, 2), "third");
    ensemble_destroy(copy);
    assert_int_equal(ledger.bytes, 0);
}

TEST(test_null)
{
    struct ensemble *e = example(), *copy = e;

    assert_int_equal(ensemble_clone(NULL, e), ENSEMBLE_ENULL);
    assert_int_equal(ensemble_clone(&copy, NULL), ENSEMBLE_ENULL);
    assert_ptr_equal(copy, e);
    ensemble_destroy(e);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_random_ensembles_have_clones),
        cmocka_unit_test(test_what_no_text_holds),
        cmocka_unit_test(test_a_clone_is_by_itself),
        cmocka_unit_test(test_what_does_not_combine_is_cloned_too),
        cmocka_unit_test(test_without_memory),
        cmocka_unit_test(test_null),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
