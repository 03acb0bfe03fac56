/* SPDX-License-Identifier: MIT */
/* Making a handle and giving it back: src/api/lifecycle.c. */
#include "support.h"

#include "dispatch/cpu.h"

static struct ensemble *const untouched = (struct ensemble *)(uintptr_t)0x5A5A5A50;

static void assert_create_fails(size_t width, const struct ensemble_options *options, int code)
{
    struct ensemble *e = untouched;

    assert_int_equal(ensemble_create_with(&e, width, options), code);
    assert_ptr_equal(e, untouched);
}

TEST(test_create_makes_an_ensemble_without_models)
{
    struct ensemble *e = NULL;

    assert_int_equal(ensemble_create(&e, 10), 0);
    assert_non_null(e);
    assert_int_equal(ensemble_check(e, NULL, 0), ENSEMBLE_EEMPTY);
    ensemble_destroy(e);
}

TEST(test_create_needs_a_place_for_the_handle)
{
    assert_int_equal(ensemble_create(NULL, 3), ENSEMBLE_ENULL);
    assert_int_equal(ensemble_create_with(NULL, 3, NULL), ENSEMBLE_ENULL);
}

TEST(test_create_with_width_0_is_an_error)
{
    struct ensemble *e = untouched;

    assert_int_equal(ensemble_create(&e, 0), ENSEMBLE_EWIDTH);
    assert_ptr_equal(e, untouched);
    assert_create_fails(0, NULL, ENSEMBLE_EWIDTH);
}

TEST(test_create_with_a_row_larger_than_any_object_is_an_error)
{
    struct ensemble *e = untouched;

    assert_int_equal(ensemble_create(&e, SIZE_MAX), ENSEMBLE_EOVERFLOW);
    assert_ptr_equal(e, untouched);
    assert_create_fails((size_t)PTRDIFF_MAX / 8 + 1, NULL, ENSEMBLE_EOVERFLOW);
}

TEST(test_create_accepts_a_row_of_doubles_as_large_as_an_object)
{
    struct ensemble *e = ensemble_of((size_t)PTRDIFF_MAX / 8);

    ensemble_destroy(e);
}

TEST(test_destroy_of_null_does_nothing)
{
    ensemble_destroy(NULL);
}

TEST(test_destroy_leaves_the_outputs_alone)
{
    float output[3] = {1, 2, 3};
    struct ensemble *e = ensemble_of(3);

    add(e, output, ENSEMBLE_F32, 1);
    ensemble_destroy(e);
    assert_memory_equal(output, example_outputs[0], sizeof output);
}

TEST(test_create_with_null_options_is_create)
{
    struct ensemble *e = NULL, *same = ensemble_of(3);

    assert_int_equal(ensemble_create_with(&e, 3, NULL), 0);
    assert_string_equal(ensemble_isa(e), ensemble_isa(same));
    ensemble_destroy(e);
    ensemble_destroy(same);
}

TEST(test_options_of_zeroes_are_the_defaults)
{
    const struct ensemble_options options = {.struct_size = sizeof options};
    struct ensemble *e = NULL;

    assert_int_equal(ensemble_create_with(&e, 3, &options), 0);
    for (size_t i = 0; i < 3; i++)
        add(e, example_outputs[i], ENSEMBLE_F32, 1);
    assert_example(e);
    ensemble_destroy(e);
}

TEST(test_options_without_their_size_are_an_error)
{
    const uint32_t sizes[] = {0, 1, 4, 8, sizeof(struct ensemble_options) - 1};

    for (size_t i = 0; i < LENGTH(sizes); i++) {
        const struct ensemble_options options = {.struct_size = sizes[i]};

        assert_create_fails(3, &options, ENSEMBLE_ESTRUCT);
    }
}

/* A later header's options, as this library sees them. */
struct newer_options {
    struct ensemble_options known;
    unsigned char added[24];
};

TEST(test_options_of_a_newer_header_work_while_what_it_added_is_zero)
{
    const struct newer_options options = {.known.struct_size = sizeof options, .known.isa = "portable"};
    struct ensemble *e = NULL;

    assert_int_equal(ensemble_create_with(&e, 3, &options.known), 0);
    assert_string_equal(ensemble_isa(e), "portable");
    ensemble_destroy(e);
}

TEST(test_options_that_use_a_field_of_a_newer_header_are_an_error)
{
    for (size_t i = 0; i < sizeof(((struct newer_options *)NULL)->added); i++) {
        struct newer_options options = {.known.struct_size = sizeof options};

        options.added[i] = 1;
        assert_create_fails(3, &options.known, ENSEMBLE_E2BIG);
    }
}

TEST(test_options_reserved_must_be_0)
{
    const struct ensemble_options options = {.struct_size = sizeof options, .reserved = 1};

    assert_create_fails(3, &options, ENSEMBLE_E2BIG);
}

static void *no_memory(size_t size, void *user)
{
    (void)size;
    (void)user;
    return NULL;
}

static void never_released(void *memory, size_t size, void *user)
{
    (void)memory;
    (void)size;
    (void)user;
    fail();
}

TEST(test_one_allocator_hook_without_the_other_is_an_error)
{
    const struct ensemble_options only_allocate = {.struct_size = sizeof only_allocate, .allocate = no_memory};
    const struct ensemble_options only_release = {.struct_size = sizeof only_release, .release = never_released};

    assert_create_fails(3, &only_allocate, ENSEMBLE_ENULL);
    assert_create_fails(3, &only_release, ENSEMBLE_ENULL);
}

TEST(test_user_without_hooks_is_ignored)
{
    int user;
    const struct ensemble_options options = {.struct_size = sizeof options, .user = &user};
    struct ensemble *e = NULL;

    assert_int_equal(ensemble_create_with(&e, 3, &options), 0);
    ensemble_destroy(e);
}

TEST(test_create_without_memory_is_an_error)
{
    const struct ensemble_options options = {
        .struct_size = sizeof options, .allocate = no_memory, .release = never_released};

    assert_create_fails(3, &options, ENSEMBLE_ENOMEM);
}

TEST(test_unknown_instruction_sets_are_an_error)
{
    const char *const names[] = {"", "AVX2", "avx3", "portable ", "best", "mmx"};

    for (size_t i = 0; i < LENGTH(names); i++) {
        const struct ensemble_options options = {.struct_size = sizeof options, .isa = names[i]};

        assert_create_fails(3, &options, ENSEMBLE_EISA);
    }
}

#define HERE(name, family) ENS_IF_##family(1u << ENS_ISA_##name |)
#define NAME(name, family) #name,
static const unsigned built = ENS_ISA_LIST(HERE) 0;
static const char *const isa_names[] = {ENS_ISA_LIST(NAME)};

TEST(test_every_instruction_set_of_this_machine_can_be_asked_for)
{
    for (size_t i = 0; i < LENGTH(isa_names); i++) {
        const struct ensemble_options options = {.struct_size = sizeof options, .isa = isa_names[i]};
        struct ensemble *e = NULL;

        if (!(built & ens_isas_here() & 1u << i))
            continue;
        assert_int_equal(ensemble_create_with(&e, 3, &options), 0);
        assert_string_equal(ensemble_isa(e), isa_names[i]);
        for (size_t model = 0; model < 3; model++)
            add(e, example_outputs[model], ENSEMBLE_F32, 1);
        assert_example(e);
        ensemble_destroy(e);
    }
}

TEST(test_instruction_sets_of_other_machines_are_an_error)
{
    for (size_t i = 0; i < LENGTH(isa_names); i++) {
        const struct ensemble_options options = {.struct_size = sizeof options, .isa = isa_names[i]};

        if (!(built & ens_isas_here() & 1u << i))
            assert_create_fails(3, &options, ENSEMBLE_EISA);
    }
}

TEST(test_options_are_not_needed_after_the_call)
{
    char isa[] = "portable";
    struct ensemble_options options = {.struct_size = sizeof options, .isa = isa};
    struct ensemble *e = NULL;

    assert_int_equal(ensemble_create_with(&e, 3, &options), 0);
    poison(isa, sizeof isa - 1);
    poison(&options, sizeof options);
    assert_string_equal(ensemble_isa(e), "portable");
    ensemble_destroy(e);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_create_makes_an_ensemble_without_models),
        cmocka_unit_test(test_create_needs_a_place_for_the_handle),
        cmocka_unit_test(test_create_with_width_0_is_an_error),
        cmocka_unit_test(test_create_with_a_row_larger_than_any_object_is_an_error),
        cmocka_unit_test(test_create_accepts_a_row_of_doubles_as_large_as_an_object),
        cmocka_unit_test(test_destroy_of_null_does_nothing),
        cmocka_unit_test(test_destroy_leaves_the_outputs_alone),
        cmocka_unit_test(test_create_with_null_options_is_create),
        cmocka_unit_test(test_options_of_zeroes_are_the_defaults),
        cmocka_unit_test(test_options_without_their_size_are_an_error),
        cmocka_unit_test(test_options_of_a_newer_header_work_while_what_it_added_is_zero),
        cmocka_unit_test(test_options_that_use_a_field_of_a_newer_header_are_an_error),
        cmocka_unit_test(test_options_reserved_must_be_0),
        cmocka_unit_test(test_one_allocator_hook_without_the_other_is_an_error),
        cmocka_unit_test(test_user_without_hooks_is_ignored),
        cmocka_unit_test(test_create_without_memory_is_an_error),
        cmocka_unit_test(test_unknown_instruction_sets_are_an_error),
        cmocka_unit_test(test_every_instruction_set_of_this_machine_can_be_asked_for),
        cmocka_unit_test(test_instruction_sets_of_other_machines_are_an_error),
        cmocka_unit_test(test_options_are_not_needed_after_the_call),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
