/* SPDX-License-Identifier: MIT */
/* An ensemble from a text: src/api/store.c, src/store/load.c. */
#include "heap.h"
#include "stored.h"

#include "plan/handle.h"

#include <errno.h>

TEST(test_the_known_text_is_read_and_written_again)
{
    struct ensemble *e = loaded(KNOWN_TEXT);

    assert_saves(e, KNOWN_TEXT);
    assert_int_equal(ensemble_get_width(e), 4);
    assert_int_equal(ensemble_get_models(e), 3);
    assert_int_equal(ensemble_get_method(e), ENSEMBLE_LOG_POOL);
    assert_int_equal(ensemble_find_model(e, "W\xc3\xa4lder: #1"), 0);
    assert_string_equal(ensemble_get_model_name(e, 1), "");
    assert_int_equal(ensemble_find_model(e, "b"), 2);
    ensemble_destroy(e);
}

TEST(test_models_have_no_output_yet)
{
    struct ensemble *e = loaded(KNOWN_TEXT);

    for (size_t i = 0; i < 3; i++) {
        assert_null(e->outputs[i].data);
        assert_int_equal(e->outputs[i].rows, 0);
        assert_int_equal(e->outputs[i].row_stride, 0);
        assert_int_equal(e->outputs[i].dtype, i == 2 ? ENSEMBLE_I32 : ENSEMBLE_F32);
    }
    ensemble_destroy(e);
    e = loaded(HEAD MODEL MODEL "end\n");
    assert_int_equal(ensemble_combine(e, NULL, ENSEMBLE_F32, 0), 0);
    ensemble_destroy(e);
}

TEST(test_a_text_without_models)
{
    struct ensemble *e = loaded(HEAD "end\n");
    float y[3];

    assert_int_equal(ensemble_get_models(e), 0);
    assert_int_equal(ensemble_combine(e, y, ENSEMBLE_F32, 3), ENSEMBLE_EEMPTY);
    for (size_t i = 0; i < 3; i++)
        add(e, example_outputs[i], ENSEMBLE_F32, 1);
    assert_int_equal(ensemble_set_weights(e, (const double[]){.3, .4, .3}, 3), 0);
    assert_example(e);
    ensemble_destroy(e);
}

/* Models go on where the text ends, and every setter works. */
TEST(test_a_loaded_ensemble_is_like_any_other)
{
    struct ensemble *e = loaded(HEAD MODEL "weight 0x1p+0\n" MODEL "weight 0x1p+0\n" MODEL "weight 3\nend\n");

    assert_int_equal(ensemble_set_weights(e, (const double[]){.3, .4, .3}, 3), 0);
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(ensemble_set_model_output(e, i, example_outputs[i], ENSEMBLE_F32, 1, 0), 0);
    assert_example(e);
    for (int i = 3; i < 30; i++)
        assert_int_equal(ensemble_add_model_output(e, example_outputs[0], ENSEMBLE_F32, 1), i);
    assert_example_fails(e, ENSEMBLE_EWEIGHTS);
    assert_int_equal(ensemble_set_model_name(e, 29, "last"), 0);
    assert_int_equal(ensemble_find_model(e, "last"), 29);
    ensemble_destroy(e);
}

/* The same answer of both, to the bit, or the same error. */
static void assert_combines_alike(const struct ensemble *e, const struct ensemble *back, size_t count, int *worked)
{
    for (size_t i = 0; i < LENGTH(float_and_double); i++) {
        double y[2][SOME_ROWS * SOME_WIDTH];
        int codes[2];

        poison(y, sizeof y);
        codes[0] = ensemble_combine(e, y[0], float_and_double[i], count);
        codes[1] = ensemble_combine(back, y[1], float_and_double[i], count);
        assert_int_equal(codes[0], codes[1]);
        assert_memory_equal(y[0], y[1], sizeof y[0]);
        *worked += codes[0] == 0;
    }
}

TEST(test_random_ensembles_come_back)
{
    struct rng rng = {7};
    int worked = 0;

    for (int i = 0; i < 3000; i++) {
        static struct any any;
        struct ensemble *back;
        char *text;

        make_any(&rng, &any);
        text = text_of(any.e);
        back = loaded(text);
        assert_saves(back, text);
        bind_any(&any, back);
        assert_combines_alike(any.e, back, SOME_ROWS * any.width, &worked);
        assert_int_equal(any.e->plan.plain, back->plan.plain);
        assert_int_equal(any.e->plan.fault, back->plan.fault);
        free(text);
        ensemble_destroy(any.e);
        ensemble_destroy(back);
    }
    assert_true(worked > 1000);
}

/* What the inverse of a temperature does not give back. */
TEST(test_temperatures_are_kept_to_the_bit)
{
    struct rng rng = {3};

    for (int i = 0; i < 1000; i++) {
        const double temperature = .01 + 100 * rng_unit(&rng);
        struct ensemble *e = example(), *back;
        char *text;

        assert_int_equal(ensemble_set_input(e, 0, ENSEMBLE_LOGITS, temperature), 0);
        assert_int_equal(ensemble_set_result(e, ENSEMBLE_RESULT_SOFTMAX, temperature), 0);
        text = text_of(e);
        back = loaded(text);
        assert_memory_equal(&back->models[0].temperature, &temperature, sizeof temperature);
        assert_memory_equal(&back->models[0].cooling, &e->models[0].cooling, sizeof temperature);
        assert_memory_equal(&back->temperature, &temperature, sizeof temperature);
        free(text);
        ensemble_destroy(e);
        ensemble_destroy(back);
    }
}

TEST(test_a_nul_behind_the_text_may_be_counted)
{
    const char text[] = HEAD MODEL "end\n";
    struct ensemble *e = NULL;

    assert_int_equal(load_exactly(&e, text, sizeof text - 1), 0);
    ensemble_destroy(e);
    assert_int_equal(load_exactly(&e, text, sizeof text), 0);
    ensemble_destroy(e);
    load_fails_at(HEAD MODEL "end\n\0", sizeof text + 1, ENSEMBLE_ETEXT, __FILE__, __LINE__);
}

/* What editors and people do to a text. */
TEST(test_line_ends_blanks_and_comments)
{
    const char *texts[] = {
        HEAD MODEL "end",
        HEAD MODEL "end\r",
        HEAD MODEL "end\r\n",
        HEAD MODEL "end\n\n \t\n\r\n# over\n#",
        HEAD "\n\r\n# the first one\n  # \xff \"\tend\n" MODEL "# the last line:\nend\n",
        "libensemble 1\r\nwidth 3\r\nmethod sum\r\nexponent 2\r\ntrim 0x1.999999999999ap-3\r\nfloor 0\r\n"
        "result as-is 1\r\nleave-out nothing\r\nquorum 0\r\nmodel\r\nspace as-is 1\r\nend\r\n",
        "\t libensemble  1 \nwidth\t3\nmethod   sum \t\n  exponent +0X10P-3\ntrim 0x1.999999999999ap-3\nfloor -0x0\n"
        "result as-is 0x.8p1\nleave-out  nothing\nquorum 0\n  model \"\" \n    space as-is 0\n  end  \n",
    };

    for (size_t i = 0; i < LENGTH(texts); i++) {
        struct ensemble *e = NULL;

        assert_int_equal(load_exactly(&e, texts[i], strlen(texts[i])), 0);
        if (i == 6)
            set_parameter(e, ENSEMBLE_FLOOR, 0); /* it was -0 */
        assert_saves(e, HEAD MODEL "end\n");
        ensemble_destroy(e);
    }
}

TEST(test_names_in_a_text)
{
    struct ensemble *e = loaded(HEAD "model   \" a # b \"  \nspace as-is 1\nmodel \"end\"\nspace as-is 1\nend\n");

    assert_string_equal(ensemble_get_model_name(e, 0), " a # b ");
    assert_string_equal(ensemble_get_model_name(e, 1), "end");
    ensemble_destroy(e);
}

TEST(test_versions)
{
    assert_load_fails("libensemble 2\n" KNOWN_TEXT, ENSEMBLE_EVERSION);
    assert_load_fails("libensemble 2\nwhatever comes", ENSEMBLE_EVERSION);
    assert_load_fails("libensemble 0\n", ENSEMBLE_EVERSION);
    assert_load_fails("libensemble 10\r\n", ENSEMBLE_EVERSION);
    assert_load_fails("libensemble 4294967297\n", ENSEMBLE_EVERSION);
    assert_no_text("libensemble 1\n");
    assert_no_text("libensemble 01\n");
    assert_no_text("libensemble -2\n");
    assert_no_text("libensemble 2.0\n");
    assert_no_text("libensemble 2 beta\n");
    assert_no_text("libensemble two\n");
    assert_no_text("libensemble\n2\n");
    assert_no_text("# a comment\n" KNOWN_TEXT);
    assert_no_text("\n" KNOWN_TEXT);
    assert_no_text("Libensemble 1\n");
}

TEST(test_faults_of_the_arguments)
{
    struct ensemble_options options = {.struct_size = sizeof options};
    struct ensemble *e = NULL;
    const size_t size = strlen(KNOWN_TEXT);

    assert_int_equal(ensemble_load(NULL, KNOWN_TEXT, size, NULL), ENSEMBLE_ENULL);
    assert_int_equal(ensemble_load(&e, NULL, size, NULL), ENSEMBLE_ENULL);
    assert_int_equal(ensemble_load(&e, NULL, 0, NULL), ENSEMBLE_ENULL);
    assert_int_equal(ensemble_load(&e, "", 0, NULL), ENSEMBLE_ETEXT);
    options.isa = "abacus";
    assert_int_equal(ensemble_load(&e, KNOWN_TEXT, size, &options), ENSEMBLE_EISA);
    options.isa = NULL;
    options.allocate = heap_allocate;
    assert_int_equal(ensemble_load(&e, KNOWN_TEXT, size, &options), ENSEMBLE_ENULL);
    options.allocate = NULL;
    options.reserved = 1;
    assert_int_equal(ensemble_load(&e, KNOWN_TEXT, size, &options), ENSEMBLE_E2BIG);
    options.struct_size = 4;
    assert_int_equal(ensemble_load(&e, KNOWN_TEXT, size, &options), ENSEMBLE_ESTRUCT);
    assert_null(e);
}

TEST(test_options_are_those_of_the_handle)
{
    struct heap heap = {.fails_at = SIZE_MAX};
    const struct ensemble_options options = {.struct_size = sizeof options,
                                             .allocate = heap_allocate,
                                             .release = heap_release,
                                             .user = &heap,
                                             .isa = "portable"};
    struct ensemble *e = NULL;

    assert_int_equal(ensemble_load(&e, KNOWN_TEXT, strlen(KNOWN_TEXT), &options), 0);
    assert_string_equal(ensemble_isa(e), "portable");
    assert_saves(e, KNOWN_TEXT);
    assert_int_equal(ensemble_set_model_name(e, 1, "c"), 0);
    ensemble_destroy(e);
    assert_int_equal(heap.bytes, 0);
}

TEST(test_every_allocation_may_fail_and_nothing_is_lost)
{
    size_t fails_at = 0;
    struct ensemble *const before = (struct ensemble *)(void *)&fails_at;

    for (int code = ENSEMBLE_ENOMEM; code; fails_at++) {
        struct heap heap = {.fails_at = fails_at};
        const struct ensemble_options options = {
            .struct_size = sizeof options, .allocate = heap_allocate, .release = heap_release, .user = &heap};
        struct ensemble *e = before;

        code = ensemble_load(&e, KNOWN_TEXT, strlen(KNOWN_TEXT), &options);
        assert_int_equal(code, heap.allocations > fails_at ? ENSEMBLE_ENOMEM : 0);
        assert_true(code == 0 || e == before);
        if (code == 0)
            ensemble_destroy(e);
        assert_int_equal(heap.bytes, 0);
    }
    assert_int_equal(fails_at, 1 + 7); /* the handle, its models, class weights, two maps, two names; then none fails */
}

TEST(test_loading_keeps_errno)
{
    struct ensemble *e = NULL;

    errno = 7654;
    assert_int_equal(ensemble_load(&e, KNOWN_TEXT, strlen(KNOWN_TEXT), NULL), 0);
    ensemble_destroy(e);
    assert_no_text(HEAD);
    assert_load_fails("libensemble 3", ENSEMBLE_EVERSION);
    assert_int_equal(errno, 7654);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_known_text_is_read_and_written_again),
        cmocka_unit_test(test_models_have_no_output_yet),
        cmocka_unit_test(test_a_text_without_models),
        cmocka_unit_test(test_a_loaded_ensemble_is_like_any_other),
        cmocka_unit_test(test_random_ensembles_come_back),
        cmocka_unit_test(test_temperatures_are_kept_to_the_bit),
        cmocka_unit_test(test_a_nul_behind_the_text_may_be_counted),
        cmocka_unit_test(test_line_ends_blanks_and_comments),
        cmocka_unit_test(test_names_in_a_text),
        cmocka_unit_test(test_versions),
        cmocka_unit_test(test_faults_of_the_arguments),
        cmocka_unit_test(test_options_are_those_of_the_handle),
        cmocka_unit_test(test_every_allocation_may_fail_and_nothing_is_lost),
        cmocka_unit_test(test_loading_keeps_errno),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
