/* SPDX-License-Identifier: MIT */
/*
 * Any bytes as a saved text. The answer is an ensemble or one of two errors; little memory is asked for, and all of it
 * given back. An ensemble says what the text says, word by word, and goes to text and back without a change.
 */
#include "fuzz.h"

#include <math.h>

/* Hooks that keep count, of what is in use and of all that was ever asked for. */
struct count {
    size_t now, all;
};

static void *allocate(size_t size, void *user)
{
    struct count *count = user;

    FUZZ_CHECK(size > 0);
    count->now += size;
    count->all += size;
    return malloc(size);
}

static void release(void *memory, size_t size, void *user)
{
    struct count *count = user;

    FUZZ_CHECK(size <= count->now);
    count->now -= size;
    free(memory);
}

/* Loads from memory that ends with the text. An error leaves `e` as it was. */
static int load(struct ensemble **e, const char *text, size_t size, struct count *count)
{
    const struct ensemble_options options = {
        .struct_size = sizeof options, .allocate = allocate, .release = release, .user = count};
    struct ensemble *const before = (struct ensemble *)(void *)&count;
    char *copy = fuzz_copy(text, size);
    int code;

    *e = before;
    code = ensemble_load(e, copy, size, &options);
    free(copy);
    FUZZ_CHECK((code < 0) == (*e == before));
    return code;
}

static char *save(const struct ensemble *e, size_t *length)
{
    const int said = ensemble_save(e, NULL, 0);
    char *text;

    FUZZ_CHECK(said > 0);
    *length = (size_t)said;
    text = memset(fuzz_memory(*length + 1), '?', *length + 1);
    FUZZ_CHECK(ensemble_save(e, text, *length) == ENSEMBLE_ECOUNT && text[0] == '?' && text[*length - 1] == '?');
    FUZZ_CHECK(ensemble_save(e, text, *length + 1) == said && strlen(text) == *length);
    return text;
}

/* A place in a text. */
struct place {
    const char *at, *end;
};

static int is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/* The next line that says something, without blanks around it. */
static int take_line(struct place *place, struct place *line)
{
    while (place->at < place->end) {
        const char *end = memchr(place->at, '\n', (size_t)(place->end - place->at));

        *line = (struct place){place->at, end == NULL ? place->end : end};
        place->at = end == NULL ? place->end : end + 1;
        if (line->end > line->at && line->end[-1] == '\r')
            line->end--;
        while (line->at < line->end && is_blank(*line->at))
            line->at++;
        while (line->at < line->end && is_blank(line->end[-1]))
            line->end--;
        if (line->at < line->end && *line->at != '#')
            return 1;
    }
    return 0;
}

static int take_word(struct place *line, char *word, size_t size)
{
    size_t length = 0;

    while (line->at < line->end && is_blank(*line->at))
        line->at++;
    while (line->at < line->end && !is_blank(*line->at)) {
        FUZZ_CHECK(length + 1 < size);
        word[length++] = *line->at++;
    }
    word[length] = '\0';
    return length > 0;
}

/*
 * The same word, or the same number, to a digit more than double has: what is no double is not to be rounded to one. A
 * temperature of 0 is another way to write 1.
 */
static int is_same_word(const char *a, const char *b, int temperature)
{
    char *end_a, *end_b;
    const long double x = strtold(a, &end_a), y = strtold(b, &end_b);

    if (strcmp(a, b) == 0)
        return 1;
    if (*end_a != '\0' || *end_b != '\0' || end_a == a || end_b == b)
        return 0;
    return (x == y && !signbit(x) == !signbit(y)) || (temperature && x == 0 && y == 1);
}

/* What the text says is what the ensemble says when it is saved; both are read by these few lines here. */
static void compare(const char *given, size_t given_size, const char *saved, size_t saved_size)
{
    static char a[FUZZ_MOST + 1], b[FUZZ_MOST + 1];
    struct place one = {given, given + given_size}, other = {saved, saved + saved_size}, line, other_line;
    int more, other_more;

    if (given_size > 0 && given[given_size - 1] == '\0')
        one.end--;
    for (;;) {
        more = take_line(&one, &line);
        other_more = take_line(&other, &other_line);
        FUZZ_CHECK(more == other_more);
        if (!more)
            return;
        FUZZ_CHECK(take_word(&line, a, sizeof a) && take_word(&other_line, b, sizeof b) && strcmp(a, b) == 0);
        if (strcmp(a, "model") == 0) { /* names hold blanks */
            while (line.at < line.end && is_blank(*line.at))
                line.at++;
            while (other_line.at < other_line.end && is_blank(*other_line.at))
                other_line.at++;
            more = line.end - line.at == 2 ? 0 : (int)(line.end - line.at); /* "" is no name */
            FUZZ_CHECK(other_line.end - other_line.at == more && memcmp(line.at, other_line.at, (size_t)more) == 0);
            continue;
        }
        for (int temperature = strcmp(a, "space") == 0 || strcmp(a, "result") == 0;;) {
            more = take_word(&line, a, sizeof a);
            FUZZ_CHECK(more == take_word(&other_line, b, sizeof b) && is_same_word(a, b, temperature));
            if (!more)
                break;
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct fuzz f = fuzz_begin(data, size);
    const char *text = (const char *)f.at;
    struct count count = {0};
    struct ensemble *e, *back, *clone;
    char *saved, *again;
    size_t length, length_again;
    const int code = load(&e, text, fuzz_left(&f), &count);

    FUZZ_CHECK(count.all <= 65536 + 64 * fuzz_left(&f));
    if (code) {
        FUZZ_CHECK((code == ENSEMBLE_ETEXT || code == ENSEMBLE_EVERSION) && count.now == 0);
        return 0;
    }
    saved = save(e, &length);
    compare(text, fuzz_left(&f), saved, length);
    FUZZ_CHECK(load(&back, saved, length + (length & 1), &count) == 0); /* with its NUL or without */
    again = save(back, &length_again);
    FUZZ_CHECK(length_again == length && memcmp(saved, again, length) == 0);
    free(again);
    ensemble_destroy(back);
    FUZZ_CHECK(ensemble_clone(&clone, e) == 0);
    ensemble_destroy(e);
    again = save(clone, &length_again);
    FUZZ_CHECK(length_again == length && memcmp(saved, again, length) == 0);
    free(again);
    ensemble_destroy(clone);
    free(saved);
    FUZZ_CHECK(count.now == 0);
    return 0;
}
