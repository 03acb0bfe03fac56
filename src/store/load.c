/* SPDX-License-Identifier: MIT */
#include "store/load.h"

#include "base/name.h"
#include "base/number.h"
#include "store/words.h"

/* Takes the next line, without its first word, if that is `key`. Else 0, and it is still there. */
static int take_line(struct ens_slice *text, enum ens_key key, struct ens_slice *line)
{
    struct ens_slice rest = *text, word;

    if (!ens_slice_take_words(&rest, line))
        return 0;
    (void)ens_slice_take_word(line, &word); /* there is one */
    if (!ens_slice_is(&word, ens_key_words[key]))
        return 0;
    *text = rest;
    return 1;
}

static int take_end_of_line(struct ens_slice *line)
{
    struct ens_slice word;

    return !ens_slice_take_word(line, &word);
}

static int take_number(struct ens_slice *line, double *number)
{
    struct ens_slice word;

    return ens_slice_take_word(line, &word) && ens_number_read(word.at, ens_slice_length(&word), number) == 0;
}

/* One of `n` words, as its number. */
static int take_choice(struct ens_slice *line, const char (*words)[ENS_WORD_SIZE], int32_t n, int32_t *choice)
{
    struct ens_slice word;

    if (!ens_slice_take_word(line, &word))
        return 0;
    for (*choice = 0; *choice < n; ++*choice)
        if (ens_slice_is(&word, words[*choice]))
            return 1;
    return 0;
}

/* A line of a key and a number. */
static int take_setting(struct ens_slice *text, enum ens_key key, double *number)
{
    struct ens_slice line;

    return take_line(text, key, &line) && take_number(&line, number) && take_end_of_line(&line);
}

/* A line of a key, a word and a temperature. */
static int take_tempered(struct ens_slice *text, enum ens_key key, const char (*words)[ENS_WORD_SIZE], int32_t n,
                         int32_t *choice, double *temperature)
{
    struct ens_slice line;

    return take_line(text, key, &line) && take_choice(&line, words, n, choice) && take_number(&line, temperature) &&
           take_end_of_line(&line);
}

static int take_width(struct ens_slice *text, size_t *width)
{
    struct ens_slice line, word;

    return take_line(text, ENS_KEY_WIDTH, &line) && ens_slice_take_word(&line, &word) &&
           ens_number_read_size(word.at, ens_slice_length(&word), width) == 0 && *width > 0 &&
           *width <= (size_t)PTRDIFF_MAX / sizeof(double) && take_end_of_line(&line);
}

static int take_method(struct ens_slice *text, int32_t *method)
{
    struct ens_slice line;

    return take_line(text, ENS_KEY_METHOD, &line) &&
           take_choice(&line, ens_method_words, ENSEMBLE_RANK + 1, method) && take_end_of_line(&line);
}

/* Some of the words, in their order, or the one that stands for none. */
static int take_policy(struct ens_slice *text, int32_t *policy)
{
    struct ens_slice line, word;
    int least = 0;

    *policy = 0;
    if (!take_line(text, ENS_KEY_LEAVE_OUT, &line))
        return 0;
    while (ens_slice_take_word(&line, &word)) {
        if (least == 0 && ens_slice_is(&word, ENS_NO_POLICY))
            return take_end_of_line(&line);
        while (least < ENS_POLICIES && !ens_slice_is(&word, ens_policy_words[least]))
            least++;
        if (least == ENS_POLICIES)
            return 0;
        *policy |= 1 << least++;
    }
    return *policy != 0;
}

/* The first line: what it is, and of which version. */
static int read_title(struct ens_slice *text)
{
    struct ens_slice line, word;
    size_t version;

    if (!ens_slice_take_line(text, &line) || !ens_slice_take_word(&line, &word) ||
        !ens_slice_is(&word, ENS_STORE_TITLE) || !ens_slice_take_word(&line, &word) || !take_end_of_line(&line))
        return ENSEMBLE_ETEXT;
    if (ens_number_read_size(word.at, ens_slice_length(&word), &version))
        return ENSEMBLE_ETEXT;
    return version == ENS_STORE_VERSION ? 0 : ENSEMBLE_EVERSION;
}

static int take_head(struct ens_slice *text, struct ens_stored *stored)
{
    return take_width(text, &stored->width) && take_method(text, &stored->method) &&
           take_setting(text, ENS_KEY_EXPONENT, &stored->exponent) &&
           take_setting(text, ENS_KEY_TRIM, &stored->trim) && take_setting(text, ENS_KEY_FLOOR, &stored->floor) &&
           take_tempered(text, ENS_KEY_RESULT, ens_form_words, ENSEMBLE_RESULT_TEMPERED + 1, &stored->form,
                         &stored->temperature) &&
           take_policy(text, &stored->policy) && take_setting(text, ENS_KEY_QUORUM, &stored->quorum);
}

/* What stands behind `model`: nothing, or a name between quotation marks. */
static int take_name(struct ens_slice *line, struct ens_slice *name)
{
    *name = *line;
    while (name->at < name->end && (*name->at == ' ' || *name->at == '\t'))
        name->at++;
    if (name->at == name->end)
        return 1;
    if (ens_slice_length(name) < 2 || *name->at != '"' || name->end[-1] != '"')
        return 0;
    name->at++;
    name->end--;
    return ens_name_is_fit(name->at, ens_slice_length(name));
}

/* The lines of one model. What may be missing is 0 or empty then. 1, 0 if it is at fault, or -1 if there is none. */
static int take_model(struct ens_slice *text, struct ens_stored_model *model)
{
    struct ens_slice line;

    *model = (struct ens_stored_model){.weight = 0};
    if (!take_line(text, ENS_KEY_MODEL, &line))
        return -1;
    if (!take_name(&line, &model->name) || !take_tempered(text, ENS_KEY_SPACE, ens_space_words, ENSEMBLE_LABELS + 1,
                                                          &model->space, &model->temperature))
        return 0;
    if (take_line(text, ENS_KEY_WEIGHT, &line)) {
        model->weighted = 1;
        if (!take_number(&line, &model->weight) || !take_end_of_line(&line))
            return 0;
    }
    if (take_line(text, ENS_KEY_CLASSES, &model->classes)) {
        model->n_classes = ens_slice_count(&model->classes);
        if (model->n_classes == 0)
            return 0;
        if (take_line(text, ENS_KEY_ABSENT, &model->absent)) {
            model->n_absent = ens_slice_count(&model->absent);
            if (model->n_absent == 0)
                return 0;
        }
    }
    if (take_line(text, ENS_KEY_CLASS_WEIGHTS, &model->class_weights))
        model->class_weighted = 1;
    return 1;
}

/* Are the lists of a model as long as they have to be, and its lines those that the other models have? */
static int fits(const struct ens_stored *stored, const struct ens_stored_model *model)
{
    if (model->n_classes > 0 && model->n_classes + model->n_absent < stored->width)
        return 0;
    if (model->class_weighted && ens_slice_count(&model->class_weights) != stored->width)
        return 0;
    return model->weighted == stored->weighted && model->class_weighted == stored->class_weighted;
}

/* All models, and that nothing follows them but the end. */
static int take_models(struct ens_slice *text, struct ens_stored *stored)
{
    struct ens_stored_model model;
    struct ens_slice line;
    int code;

    stored->models = *text;
    stored->n_models = 0;
    while ((code = take_model(text, &model)) == 1) {
        if (stored->n_models == 0) {
            stored->weighted = model.weighted;
            stored->class_weighted = model.class_weighted;
        }
        if (!fits(stored, &model))
            return 0;
        stored->n_models++;
    }
    return code < 0 && take_line(text, ENS_KEY_END, &line) && take_end_of_line(&line) &&
           !ens_slice_take_words(text, &line);
}

int ens_stored_read(struct ens_stored *stored, const char *text, size_t size)
{
    struct ens_slice rest = {text, text + size};
    int code;

    if (size > 0 && text[size - 1] == '\0')
        rest.end--;
    for (const char *at = rest.at; at < rest.end; at++)
        if (*at == '\0')
            return ENSEMBLE_ETEXT;
    *stored = (struct ens_stored){.width = 0};
    code = read_title(&rest);
    if (code)
        return code;
    return take_head(&rest, stored) && take_models(&rest, stored) ? 0 : ENSEMBLE_ETEXT;
}

void ens_stored_next(struct ens_slice *models, struct ens_stored_model *model)
{
    (void)take_model(models, model);
}

int ens_stored_class(struct ens_slice *line, int32_t *class)
{
    struct ens_slice word;

    (void)ens_slice_take_word(line, &word); /* there is one: they have been counted */
    return ens_number_read_int32(word.at, ens_slice_length(&word), class) ? ENSEMBLE_ETEXT : 0;
}

int ens_stored_classes(const struct ens_slice *line, int32_t *classes, size_t n)
{
    struct ens_slice rest = *line;
    int code = 0;

    for (size_t i = 0; i < n && code == 0; i++)
        code = ens_stored_class(&rest, &classes[i]);
    return code;
}

int ens_stored_numbers(const struct ens_slice *line, double *numbers, size_t n)
{
    struct ens_slice rest = *line;

    for (size_t i = 0; i < n; i++)
        if (!take_number(&rest, &numbers[i]))
            return ENSEMBLE_ETEXT;
    return 0;
}
