/* SPDX-License-Identifier: MIT */
/* Texts from anywhere: whatever they are, the answer is an ensemble or an error. src/store/load.c, src/api/store.c. */
#include "stored.h"

static const char known[] = KNOWN_TEXT;

/* No matter what the answer is; but an ensemble can be written, and that text read. */
static int load_whatever(const char *text, size_t size)
{
    struct ensemble *e = NULL, *back;
    const int code = load_exactly(&e, text, size);
    char *saved;

    if (code) {
        assert_true(code == ENSEMBLE_ETEXT || code == ENSEMBLE_EVERSION);
        assert_null(e);
        return code;
    }
    saved = text_of(e);
    back = loaded(saved);
    assert_saves(back, saved);
    free(saved);
    ensemble_destroy(back);
    ensemble_destroy(e);
    return 0;
}

TEST(test_every_beginning_of_a_text_is_an_error)
{
    const size_t end = strlen(known) - 1; /* only the last line's end is of no importance */

    for (size_t size = 0; size < end; size++) {
        struct ensemble *e = NULL;

        assert_int_equal(load_exactly(&e, known, size), ENSEMBLE_ETEXT);
        assert_null(e);
    }
    assert_int_equal(load_whatever(known, end), 0);
}

TEST(test_every_end_of_a_text_is_an_error)
{
    for (size_t at = 1; at < strlen(known); at++)
        assert_no_text(known + at);
}

TEST(test_every_byte_may_be_another)
{
    const char others[] = "\0\n\r\t \"#-+.0123789abefpxX\x01\x7f\x80\xc3\xff";
    char text[sizeof known];
    size_t loads = 0;

    memcpy(text, known, sizeof text);
    for (size_t at = 0; at < sizeof text - 1; at++) {
        const char kept = text[at];

        for (size_t i = 0; i < sizeof others - 1; i++) {
            text[at] = others[i];
            loads += load_whatever(text, sizeof text - 1) == 0;
        }
        for (int bit = 0; bit < 8; bit++) {
            text[at] = (char)(kept ^ 1 << bit);
            loads += load_whatever(text, sizeof text - 1) == 0;
        }
        text[at] = kept;
    }
    assert_true(loads > 500); /* other names and numbers */
}

TEST(test_every_byte_may_be_missing_or_there_twice)
{
    const size_t size = strlen(known);
    char text[sizeof known + 1];

    for (size_t at = 0; at < size; at++) {
        memcpy(text, known, at);
        memcpy(text + at, known + at + 1, size - at - 1);
        (void)load_whatever(text, size - 1);
        memcpy(text + at, known + at, 1);
        memcpy(text + at + 1, known + at, size - at);
        (void)load_whatever(text, size + 1);
    }
}

/* A text's lines, each with its end. */
struct lines {
    const char *line[64];
    size_t length[64], n;
};

static void split(struct lines *lines, const char *text)
{
    for (lines->n = 0; *text != '\0'; text += lines->length[lines->n++]) {
        lines->line[lines->n] = text;
        lines->length[lines->n] = (size_t)(strchr(text, '\n') - text) + 1;
    }
}

static size_t append(char *to, size_t size, const struct lines *lines, size_t line)
{
    memcpy(to + size, lines->line[line], lines->length[line]);
    return size + lines->length[line];
}

/* But for the map of all classes, which any model may have or not. */
TEST(test_no_line_may_be_missing_or_twice_or_elsewhere)
{
    char text[3 * sizeof known];
    struct lines lines;

    split(&lines, known);
    assert_int_equal(lines.n, 25);
    for (size_t other = 0; other < lines.n; other++)
        for (size_t at = 0; at <= lines.n; at++) { /* `other` moves to `at`; or is left out, if that is its own place */
            size_t size = 0, twice = 0;

            if (strncmp(lines.line[other], "classes 2", 9) == 0)
                continue;
            for (size_t i = 0; i < lines.n; i++) {
                size = i == at && at != other ? append(text, size, &lines, other) : size;
                size = i != other ? append(text, size, &lines, i) : size;
            }
            size = at == lines.n ? append(text, size, &lines, other) : size;
            if (at != other + 1)
                load_fails_at(text, size, ENSEMBLE_ETEXT, __FILE__, __LINE__);
            for (size_t i = 0; i < lines.n; i++) {
                twice = i == at ? append(text, twice, &lines, other) : twice;
                twice = append(text, twice, &lines, i);
            }
            twice = at == lines.n ? append(text, twice, &lines, other) : twice;
            load_fails_at(text, twice, ENSEMBLE_ETEXT, __FILE__, __LINE__);
        }
}

#define REST "method sum\nexponent 2\ntrim 0\nfloor 0\nresult as-is 1\nleave-out nothing\nquorum 0\n"
TEST(test_values_that_no_setter_takes)
{
    const char *heads[] = {
        "width 0\n" REST,
        "width 3\nmethod best\nexponent 2\ntrim 0\nfloor 0\nresult as-is 1\nleave-out nothing\nquorum 0\n",
        "width 3\nmethod sum mean\nexponent 2\ntrim 0\nfloor 0\nresult as-is 1\nleave-out nothing\nquorum 0\n",
        "width 3\nmethod sum\nexponent inf\ntrim 0\nfloor 0\nresult as-is 1\nleave-out nothing\nquorum 0\n",
        "width 3\nmethod sum\nexponent 2\ntrim 0x1p-1\nfloor 0\nresult as-is 1\nleave-out nothing\nquorum 0\n",
        "width 3\nmethod sum\nexponent 2\ntrim -1\nfloor 0\nresult as-is 1\nleave-out nothing\nquorum 0\n",
        "width 3\nmethod sum\nexponent 2\ntrim 0\nfloor 1\nresult as-is 1\nleave-out nothing\nquorum 0\n",
        "width 3\nmethod sum\nexponent 2\ntrim 0\nfloor 0\nresult as-is 2\nleave-out nothing\nquorum 0\n",
        "width 3\nmethod sum\nexponent 2\ntrim 0\nfloor 0\nresult as-is\nleave-out nothing\nquorum 0\n",
        "width 3\nmethod sum\nexponent 2\ntrim 0\nfloor 0\nresult softmax 0x1p-100\nleave-out nothing\nquorum 0\n",
        "width 3\nmethod sum\nexponent 2\ntrim 0\nfloor 0\nresult softmax -1\nleave-out nothing\nquorum 0\n",
        "width 3\nmethod sum\nexponent 2\ntrim 0\nfloor 0\nresult as-is 1\nleave-out\nquorum 0\n",
        "width 3\nmethod sum\nexponent 2\ntrim 0\nfloor 0\nresult as-is 1\nleave-out nan missing\nquorum 0\n",
        "width 3\nmethod sum\nexponent 2\ntrim 0\nfloor 0\nresult as-is 1\nleave-out nan nan\nquorum 0\n",
        "width 3\nmethod sum\nexponent 2\ntrim 0\nfloor 0\nresult as-is 1\nleave-out nothing nan\nquorum 0\n",
        "width 3\nmethod sum\nexponent 2\ntrim 0\nfloor 0\nresult as-is 1\nleave-out nan nothing\nquorum 0\n",
        "width 3\nmethod sum\nexponent 2\ntrim 0\nfloor 0\nresult as-is 1\nleave-out nothing\nquorum 0x1.1p0\n",
        "width 3\nmethod sum\nexponent 2\ntrim 0\nfloor 0\nresult as-is 1\nleave-out nothing\nquorum 0 0\n",
        "width 1152921504606846976\n" REST,
        "width 18446744073709551617\n" REST,
        "width -3\n" REST,
    };

    for (size_t i = 0; i < LENGTH(heads); i++) {
        char text[400];

        snprintf(text, sizeof text, "libensemble 1\n%send\n", heads[i]);
        assert_no_text(text);
    }
    ensemble_destroy(loaded("libensemble 1\nwidth 3\n" REST "end\n"));
}

TEST(test_models_that_are_none)
{
    const char *models[] = {
        "model a\nspace as-is 1\n", "model \"\nspace as-is 1\n", "model \"a\nspace as-is 1\n",
        "model a\"\nspace as-is 1\n", "model \"a\"b\"\nspace as-is 1\n", "model \"a\" \"b\"\nspace as-is 1\n",
        "model \"a\" 1\nspace as-is 1\n", "model \"\xff\"\nspace as-is 1\n", "model \"\t\"\nspace as-is 1\n",
        "model \"\xc2\x85\"\nspace as-is 1\n", "model \"a\rb\"\nspace as-is 1\n", "model\"a\"\nspace as-is 1\n",
        "model\n", "model\nspace as-is\n", "model\nspace 0 1\n", "model\nspace as-is 2\n",
        "model\nspace logits nan\n", "model\nspace logits -2\n", "model\nspace logits 0x1p-101\n",
        "model\nspace logits 1 1\n", "model\nspace as-is 1\nweight\n", "model\nspace as-is 1\nweight inf\n",
        "model\nspace as-is 1\nweight nan\n", "model\nspace as-is 1\nweight 1 1\n",
        "model\nspace as-is 1\nweight 0.5\n", "model\nspace as-is 1\nclasses\n",
        "model\nspace as-is 1\nclasses 0 1\n", "model\nspace as-is 1\nclasses 0 1 3\n",
        "model\nspace as-is 1\nclasses 0 1 1\n", "model\nspace as-is 1\nclasses 0 1 -2\n",
        "model\nspace as-is 1\nclasses -1 -1 -1\nabsent 0 1 2\n", "model\nspace as-is 1\nclasses -1 -1 -1\n",
        "model\nspace as-is 1\nclasses 0 1\nabsent\n", "model\nspace as-is 1\nclasses 0 1\nabsent 1\n",
        "model\nspace as-is 1\nclasses 0 1\nabsent 3\n", "model\nspace as-is 1\nclasses 0 1\nabsent -1\n",
        "model\nspace as-is 1\nclasses 0 1\nabsent 2 2\n", "model\nspace as-is 1\nclasses 1\nabsent 2 0\n",
        "model\nspace as-is 1\nclasses 1\nabsent 2 2\n",
        "model\nspace as-is 1\nclasses 0 1 2\nabsent 2\n", "model\nspace as-is 1\nclasses 0 -1 -1\nabsent 1\n",
        "model\nspace as-is 1\nclasses 0 1 x\n", "model\nspace as-is 1\nclasses 0 1 2147483648\n",
        "model\nspace as-is 1\nclasses 0 1 2.0\n", "model\nspace as-is 1\nabsent 0\n",
        "model\nspace as-is 1\nclass-weights 1 1\n", "model\nspace as-is 1\nclass-weights 1 1 1 1\n",
        "model\nspace as-is 1\nclass-weights 1 1 nan\n", "model\nspace as-is 1\nclass-weights\n",
        MODEL "weight 1\n" MODEL, MODEL MODEL "weight 1\n", MODEL "class-weights 1 1 1\n" MODEL,
        MODEL MODEL "class-weights 1 1 1\n", MODEL "weight 1\nclasses 0 1 2\nweight 1\n", MODEL "color red\n",
        "model \"a\"\nspace as-is 1\nmodel \"b\"\nspace as-is 1\nmodel \"a\"\nspace as-is 1\n",
    };

    for (size_t i = 0; i < LENGTH(models); i++) {
        char text[400];

        snprintf(text, sizeof text, HEAD "%send\n", models[i]);
        assert_no_text(text);
    }
    assert_no_text(HEAD "end\nend\n");
    assert_no_text(HEAD "end end\n");
    assert_no_text(HEAD "end\nx");
    assert_no_text(HEAD "end\n" MODEL);
    load_fails_at(HEAD "# \0\nend\n", sizeof HEAD + 7, ENSEMBLE_ETEXT, __FILE__, __LINE__);
    load_fails_at(HEAD "end\n\0x", sizeof HEAD + 5, ENSEMBLE_ETEXT, __FILE__, __LINE__);
}

/* Hooks that keep count of what they gave. */
static void *counted(size_t size, void *user)
{
    *(size_t *)user += size;
    return malloc(size);
}

static void released(void *memory, size_t size, void *user)
{
    (void)size;
    (void)user;
    free(memory);
}

/* Loads, and says how much memory was asked for. */
static size_t memory_for(const char *text, size_t size, int expected)
{
    size_t bytes = 0;
    const struct ensemble_options options = {
        .struct_size = sizeof options, .allocate = counted, .release = released, .user = &bytes};
    struct ensemble *e = NULL;

    assert_int_equal(ensemble_load(&e, text, size, &options), expected);
    ensemble_destroy(e);
    return bytes;
}

TEST(test_short_texts_take_little_memory)
{
    const char *wide[] = {HEAD_OF("2147483647") MODEL "classes 0\nend\n",
                          HEAD_OF("2147483648") MODEL "classes 0\nend\n",
                          HEAD_OF("100000000") MODEL "classes 0 -1 -1\nabsent 1 2 3 4 5\nend\n",
                          HEAD_OF("100000000") MODEL "class-weights 1 1 1\nend\n",
                          HEAD_OF("1000000000000000000") MODEL MODEL "classes 1\nend\n"};

    for (size_t i = 0; i < LENGTH(wide); i++)
        assert_int_equal(memory_for(wide[i], strlen(wide[i]), ENSEMBLE_ETEXT), 0);
    assert_in_range(memory_for(HEAD_OF("200000000") MODEL "end\n", sizeof HEAD_OF("200000000") MODEL + 3, 0), 1, 4096);
}

/* Four models with one of four names each, in every order: two are alike, or not. */
TEST(test_names_of_a_few_models)
{
    for (unsigned i = 0; i < 256; i++) {
        const unsigned name[] = {i & 3, i >> 2 & 3, i >> 4 & 3, i >> 6};
        int alike = 0;
        char text[600];
        size_t size = (size_t)snprintf(text, sizeof text, HEAD);

        for (size_t k = 0; k < 4; k++) {
            size += (size_t)snprintf(text + size, sizeof text - size, "model \"%u\"\nspace as-is 1\n", name[k]);
            for (size_t other = 0; other < k; other++)
                alike |= name[k] == name[other];
        }
        size += (size_t)snprintf(text + size, sizeof text - size, "end\n");
        assert_int_equal(load_whatever(text, size), alike ? ENSEMBLE_ETEXT : 0);
    }
}

/* So many that a step for each pair of them would take minutes; two may have one name. */
static size_t write_many(char *text, size_t n, int twice)
{
    size_t size = (size_t)sprintf(text, HEAD);

    for (size_t i = 0; i < n; i++)
        size += (size_t)sprintf(text + size, "model \"%zu\"\nspace as-is 1\n",
                                (i * 7919 + 13) % n + (twice && i == n / 2 ? 1 : 0));
    return size + (size_t)sprintf(text + size, "end\n");
}

TEST(test_very_many_models)
{
    const size_t n = 100000;
    char *text = malloc(n * 40);
    size_t size;

    assert_non_null(text);
    size = write_many(text, n, 0);
    assert_in_range(memory_for(text, size, 0), n, 16 * size);
    size = write_many(text, n, 1);
    assert_in_range(memory_for(text, size, ENSEMBLE_ETEXT), n, 16 * size);
    free(text);
}

TEST(test_garbage)
{
    const char *words[] = {
        "libensemble 1\n", "width", "3", "\n", " ", "model", "\"a\"", "space", "as-is", "0x1p+0", "end\n",
        "weight 1\n", "classes 0 1 2\n", "#", "class-weights", "-1", "\r\n", "quorum 0\n", "\0", "method sum\n",
    };
    struct rng rng = {5};
    char text[600];

    for (int i = 0; i < 20000; i++) {
        const int head = rng_one_in(&rng, 2);
        size_t size = head ? (size_t)snprintf(text, sizeof text, HEAD) : 0;

        if (rng_one_in(&rng, 4))
            for (const size_t end = size + rng_below(&rng, 100); size < end; size++)
                text[size] = (char)rng_bits(&rng);
        for (size_t k = rng_below(&rng, 20); k > 0; k--) {
            const char *word = words[rng_below(&rng, LENGTH(words))];
            const size_t length = *word == '\0' ? 1 : strlen(word);

            memcpy(text + size, word, length);
            size += length;
        }
        (void)load_whatever(text, size);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_beginning_of_a_text_is_an_error),
        cmocka_unit_test(test_every_end_of_a_text_is_an_error),
        cmocka_unit_test(test_every_byte_may_be_another),
        cmocka_unit_test(test_every_byte_may_be_missing_or_there_twice),
        cmocka_unit_test(test_no_line_may_be_missing_or_twice_or_elsewhere),
        cmocka_unit_test(test_values_that_no_setter_takes),
        cmocka_unit_test(test_models_that_are_none),
        cmocka_unit_test(test_short_texts_take_little_memory),
        cmocka_unit_test(test_names_of_a_few_models),
        cmocka_unit_test(test_very_many_models),
        cmocka_unit_test(test_garbage),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
