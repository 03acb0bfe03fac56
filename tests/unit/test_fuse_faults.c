/* SPDX-License-Identifier: MIT */
/* What a fusion refuses, and that nothing has changed then. */
#include "fuse.h"

#define NOT ((double)NAN)
#define INF ((double)INFINITY)
#define BYTES 1024

/* All that a call can write, and a good call. */
struct scene {
    uint64_t fused[4];
    double scores[4];
    double contributions[12];
    unsigned char workspace[BYTES];
    struct {
        struct ensemble_fusion fusion;
        unsigned char more[16]; /* fields of a newer version */
    } how;
    struct lists lists;
    double weights[3];
    size_t n_fused;
};

static void set(struct scene *scene)
{
    poison(scene->fused, sizeof scene->fused);
    poison(scene->scores, sizeof scene->scores);
    poison(scene->contributions, sizeof scene->contributions);
    poison(scene->workspace, sizeof scene->workspace);
    memset(&scene->how, 0, sizeof scene->how);
    scene->how.fusion = by(ENSEMBLE_FUSE_SUM, 0, three_scores);
    scene->how.fusion.weights = scene->weights;
    scene->how.fusion.contributions = scene->contributions;
    scene->how.fusion.contributions_count = 12;
    scene->how.fusion.workspace = scene->workspace;
    scene->how.fusion.workspace_size = BYTES;
    scene->lists = three;
    for (size_t i = 0; i < 3; i++)
        scene->weights[i] = 1;
    scene->n_fused = 4;
}

static int call(struct scene *scene)
{
    const struct lists *lists = &scene->lists;

    return ensemble_fuse_rankings(lists->ids, lists->lengths, lists->n, &scene->how.fusion, scene->fused, scene->scores,
                                  scene->n_fused);
}

static void refused_at(struct scene *scene, int code, const char *file, int line)
{
    const int got = call(scene);

    if (got != code) {
        print_error("the call said %d, not %d\n", got, code);
        _fail(file, line);
    }
    assert_poisoned(scene->fused, sizeof scene->fused);
    assert_poisoned(scene->scores, sizeof scene->scores);
    assert_poisoned(scene->contributions, sizeof scene->contributions);
    assert_poisoned(scene->workspace, sizeof scene->workspace);
    set(scene);
}
#define assert_refused(scene, code) refused_at(scene, code, __FILE__, __LINE__)

TEST(test_the_call_that_the_faults_are_made_of_is_a_good_one)
{
    struct scene scene;

    set(&scene);
    assert_int_equal(call(&scene), 3);
}

TEST(test_null)
{
    struct scene scene;
    uint64_t ids[3];

    set(&scene);
    scene.lists.ids = NULL;
    assert_refused(&scene, ENSEMBLE_ENULL);
    scene.lists.lengths = NULL;
    assert_refused(&scene, ENSEMBLE_ENULL);
    for (size_t i = 0; i < LENGTH(score_methods); i++) {
        scene.how.fusion.method = score_methods[i];
        scene.how.fusion.scores = NULL;
        assert_refused(&scene, ENSEMBLE_ENULL);
    }
    assert_int_equal(ensemble_fuse_rankings(three_ids, three_lengths, 3, NULL, NULL, scene.scores, 4), ENSEMBLE_ENULL);
    assert_poisoned(scene.scores, sizeof scene.scores);
    assert_int_equal(ensemble_fuse_rankings(NULL, NULL, 1, NULL, ids, NULL, 3), ENSEMBLE_ENULL);
}

TEST(test_structs_of_other_versions)
{
    struct scene scene;
    const uint32_t size = sizeof scene.how.fusion;

    set(&scene);
    for (uint32_t small = 0; small < size; small++) {
        scene.how.fusion.struct_size = small;
        assert_refused(&scene, ENSEMBLE_ESTRUCT);
    }
    for (size_t at = 0; at < sizeof scene.how.more; at++) {
        scene.how.fusion.struct_size = size + (uint32_t)at + 1;
        scene.how.more[at] = 1;
        assert_refused(&scene, ENSEMBLE_E2BIG);
        scene.how.fusion.struct_size = size + (uint32_t)at;
        scene.how.more[at] = 1;
        assert_int_equal(call(&scene), 3);
        set(&scene);
    }
    scene.how.fusion.struct_size = sizeof scene.how;
    assert_int_equal(call(&scene), 3);
}

TEST(test_what_a_fusion_does_not_know)
{
    const int32_t none[] = {-1, 5, 99, INT32_MIN, INT32_MAX};
    const double ks[] = {-1, -1e-300, NOT, INF, -INF};
    struct scene scene;

    set(&scene);
    for (size_t i = 0; i < LENGTH(none); i++) {
        scene.how.fusion.method = none[i];
        assert_refused(&scene, ENSEMBLE_EMETHOD);
        scene.how.fusion.normaliser = none[i];
        assert_refused(&scene, ENSEMBLE_EPARAMETER);
        scene.how.fusion.k = ks[i];
        assert_refused(&scene, ENSEMBLE_EPARAMETER);
    }
    for (size_t i = 1; i < LENGTH(no_result_dtypes); i++) {
        scene.how.fusion.score_dtype = no_result_dtypes[i];
        assert_refused(&scene, ENSEMBLE_EDTYPE);
    }
}

TEST(test_weights_that_are_none)
{
    const double none[] = {NOT, INF, -INF}, minus[] = {-1, -5e-324, -1e308};
    struct scene scene;

    set(&scene);
    for (size_t i = 0; i < 3; i++)
        for (size_t list = 0; list < 3; list++) {
            scene.weights[list] = none[i];
            assert_refused(&scene, ENSEMBLE_ENOTFINITE);
            scene.weights[list] = minus[i];
            assert_refused(&scene, ENSEMBLE_ENEGATIVE);
        }
}

TEST(test_room_for_contributions)
{
    const size_t none[] = {0, 0, 0, 0};
    struct scene scene;

    set(&scene);
    scene.how.fusion.contributions_count = 11;
    assert_refused(&scene, ENSEMBLE_ECOUNT);
    scene.how.fusion.contributions_count = 0;
    assert_refused(&scene, ENSEMBLE_ECOUNT);
    scene.how.fusion.contributions_count = SIZE_MAX;
    scene.n_fused = SIZE_MAX / 2;
    assert_refused(&scene, ENSEMBLE_ECOUNT);
    scene.how.fusion.contributions_count = SIZE_MAX;
    scene.n_fused = SIZE_MAX / 16;
    scene.how.fusion.weights = NULL;
    scene.lists = (struct lists){NULL, none, 4}; /* 8 bytes each are more than can be said */
    assert_refused(&scene, ENSEMBLE_EOVERFLOW);
    scene.how.fusion.contributions = NULL;
    scene.how.fusion.contributions_count = 0;
    assert_int_equal(call(&scene), 3);
}

TEST(test_sizes_that_no_memory_has)
{
    const size_t most = SIZE_MAX / 64 < INT32_MAX ? SIZE_MAX / 64 : INT32_MAX;
    const size_t too_many[][3] = {{SIZE_MAX, 0, 0}, {most + 1, 0, 0}, {1, most, 0}, {most, 0, 1}, {1, SIZE_MAX, 1}};
    const size_t counts[] = {SIZE_MAX, SIZE_MAX / 4, SIZE_MAX / 8 + 1, SIZE_MAX / 8};
    struct scene scene;

    set(&scene);
    for (size_t i = 0; i < LENGTH(too_many); i++) {
        scene.lists.lengths = too_many[i];
        assert_refused(&scene, ENSEMBLE_EOVERFLOW);
    }
    for (size_t i = 0; i < LENGTH(counts); i++) {
        scene.how.fusion.contributions = NULL;
        scene.n_fused = counts[i];
        assert_refused(&scene, ENSEMBLE_EOVERFLOW);
    }
    scene.how.fusion.workspace_size = SIZE_MAX;
    assert_refused(&scene, ENSEMBLE_EOVERFLOW);
}

/* As many ids as can be said, but without the memory to work on them. */
TEST(test_the_most_ids_that_can_be_said)
{
    const size_t most = SIZE_MAX / 64 < INT32_MAX ? SIZE_MAX / 64 : INT32_MAX, lengths[] = {most, 0, 0};
    struct scene scene;

    set(&scene);
    scene.lists.lengths = lengths;
    scene.lists.ids = (const uint64_t *)64;
    scene.how.fusion.scores = (const void *)64;
    scene.how.fusion.workspace_size = 0;
    assert_refused(&scene, ENSEMBLE_ENOMEM);
}

TEST(test_a_workspace_that_is_too_small)
{
    struct scene scene;

    set(&scene);
    for (size_t size = 0; size < ensemble_fusion_workspace_size(6); size++) {
        scene.how.fusion.workspace_size = size;
        assert_refused(&scene, ENSEMBLE_ENOMEM);
    }
    scene.how.fusion.workspace_size = ensemble_fusion_workspace_size(6);
    assert_int_equal(call(&scene), 3);
}

/* Of the four buffers that are written, and the four that are read, in one memory, at any distance from each other. */
enum { IDS, LENGTHS, WEIGHTS, SCORES, READ, FUSED = READ, FUSED_SCORES, CONTRIBUTIONS, WORKSPACE, BUFFERS };
#define UNITS 320 /* of 8 bytes */
#define APART 160

struct placed {
    uint64_t memory[UNITS];
    size_t at[BUFFERS], units[BUFFERS];
};

/* Units that are not used lie between the buffers, and many of them before and behind the one that is `apart`. */
static void place(struct placed *placed, int apart)
{
    const size_t workspace = (ensemble_fusion_workspace_size(6) + 7) / 8;
    const size_t units[] = {6, (3 * sizeof(size_t) + 7) / 8, 3, 3, 4, 4, 12, workspace};
    const double weights[] = {1, 1, 1};
    size_t at = 1;

    memset(placed->memory, 0x11, sizeof placed->memory);
    for (int i = 0; i < BUFFERS; i++) {
        placed->at[i] = i == apart ? APART : at;
        placed->units[i] = units[i];
        at += units[i] + 1;
        assert_true(at + units[i] < APART && APART + 2 * units[i] < UNITS - 40);
    }
    memcpy(placed->memory + placed->at[IDS], three_ids, sizeof three_ids);
    memcpy(placed->memory + placed->at[LENGTHS], three_lengths, sizeof three_lengths);
    memcpy(placed->memory + placed->at[WEIGHTS], weights, sizeof weights);
    memcpy(placed->memory + placed->at[SCORES], three_scores, sizeof three_scores);
}

static int fuse_placed(struct placed *placed)
{
    void *p[BUFFERS];
    struct ensemble_fusion fusion;

    for (int i = 0; i < BUFFERS; i++)
        p[i] = placed->memory + placed->at[i];
    fusion = by(ENSEMBLE_FUSE_SUM, 0, p[SCORES]);
    fusion.weights = p[WEIGHTS];
    fusion.contributions = p[CONTRIBUTIONS];
    fusion.contributions_count = SIZE_MAX; /* by what is written, not by this, they are told apart */
    fusion.workspace = p[WORKSPACE];
    fusion.workspace_size = 8 * placed->units[WORKSPACE];
    return ensemble_fuse_rankings(p[IDS], p[LENGTHS], 3, &fusion, p[FUSED], p[FUSED_SCORES], 4);
}

/* From where one of them begins at the other one's end, unit by unit, to where it ends at the other one's beginning. */
static void assert_apart(int written, int other)
{
    struct placed placed;
    size_t most;

    place(&placed, other);
    most = placed.units[other] + placed.units[written];
    for (size_t shift = 0; shift <= most; shift++) {
        uint64_t before[UNITS];

        place(&placed, other);
        placed.at[written] = placed.at[other] + placed.units[other] - shift;
        memcpy(before, placed.memory, sizeof before);
        assert_int_equal(fuse_placed(&placed), shift > 0 && shift < most ? ENSEMBLE_EOVERLAP : 3);
        if (shift > 0 && shift < most)
            assert_memory_equal(placed.memory, before, sizeof before);
    }
}

TEST(test_what_is_written_lies_apart)
{
    for (int written = READ; written < BUFFERS; written++)
        for (int other = 0; other < BUFFERS; other++)
            if (other != written)
                assert_apart(written, other);
}

/* Scores and workspaces have no alignment. */
TEST(test_a_byte_is_enough_to_lie_in_the_way)
{
    unsigned char memory[sizeof three_scores + BYTES] = {0};
    struct ensemble_fusion fusion = by(ENSEMBLE_FUSE_SUM, 0, memory);
    uint64_t fused[4];

    memcpy(memory, three_scores, sizeof three_scores);
    fusion.workspace = memory + sizeof three_scores - 1;
    fusion.workspace_size = BYTES;
    assert_int_equal(ensemble_fuse_rankings(three_ids, three_lengths, 3, &fusion, fused, NULL, 4), ENSEMBLE_EOVERLAP);
    fusion.workspace = memory + sizeof three_scores;
    assert_int_equal(ensemble_fuse_rankings(three_ids, three_lengths, 3, &fusion, fused, NULL, 4), 3);
    memmove(memory + BYTES, three_scores, sizeof three_scores);
    fusion.scores = memory + BYTES;
    fusion.workspace = memory + 1;
    assert_int_equal(ensemble_fuse_rankings(three_ids, three_lengths, 3, &fusion, fused, NULL, 4), ENSEMBLE_EOVERLAP);
    fusion.workspace = memory;
    assert_int_equal(ensemble_fuse_rankings(three_ids, three_lengths, 3, &fusion, fused, NULL, 4), 3);
}

/* Scores that are not read, and results that are not there, are in nobody's way. */
TEST(test_what_is_not_used_may_lie_anywhere)
{
    struct ensemble_fusion fusion = by(ENSEMBLE_FUSE_RRF, 0, NULL);
    const size_t none[] = {0, 0};
    uint64_t fused[3] = {0}, ids[] = {3, 2, 1, 1, 2, 3};

    assert_int_equal(ensemble_fuse_rankings(fused + 1, none, 2, &fusion, fused, NULL, 3), 0);
    assert_int_equal(ensemble_fuse_rankings(ids, three_lengths, 3, &fusion, ids + 2, NULL, 0), 0);
    assert_memory_equal(ids, three_ids, sizeof ids);
    fusion.scores = fused;
    assert_int_equal(ensemble_fuse_rankings(three_ids, three_lengths, 3, &fusion, fused, NULL, 3), 3);
    assert_true(fused[0] == 3 && fused[1] == 1 && fused[2] == 2);
    fusion.contributions = (double *)(void *)fused;
    assert_int_equal(ensemble_fuse_rankings(three_ids, three_lengths, 3, &fusion, fused, NULL, 0), 0);
    assert_true(fused[0] == 3 && fused[1] == 1 && fused[2] == 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_call_that_the_faults_are_made_of_is_a_good_one),
        cmocka_unit_test(test_null),
        cmocka_unit_test(test_structs_of_other_versions),
        cmocka_unit_test(test_what_a_fusion_does_not_know),
        cmocka_unit_test(test_weights_that_are_none),
        cmocka_unit_test(test_room_for_contributions),
        cmocka_unit_test(test_sizes_that_no_memory_has),
        cmocka_unit_test(test_the_most_ids_that_can_be_said),
        cmocka_unit_test(test_a_workspace_that_is_too_small),
        cmocka_unit_test(test_what_is_written_lies_apart),
        cmocka_unit_test(test_a_byte_is_enough_to_lie_in_the_way),
        cmocka_unit_test(test_what_is_not_used_may_lie_anywhere),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
