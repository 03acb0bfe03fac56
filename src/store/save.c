/* SPDX-License-Identifier: MIT */
#include "store/save.h"

#include "base/number.h"
#include "store/words.h"

/* Text on its way out, or, with `text` NULL, only its length. */
struct writer {
    char *text;
    uint64_t length;
};

static void put(struct writer *writer, const char *words)
{
    for (; *words != '\0'; words++, writer->length++)
        if (writer->text != NULL)
            writer->text[writer->length] = *words;
}

static void put_key(struct writer *writer, enum ens_key key)
{
    put(writer, ens_key_words[key]);
}

static void put_word(struct writer *writer, const char *word)
{
    put(writer, " ");
    put(writer, word);
}

static void put_number(struct writer *writer, double number)
{
    char text[ENS_NUMBER_SIZE];

    ens_number_write(text, number);
    put_word(writer, text);
}

static void put_size(struct writer *writer, size_t size)
{
    char digits[3 * sizeof size + 1]; /* a byte needs at most three decimal digits */
    char *first = digits + sizeof digits - 1;

    *first = '\0';
    do {
        *--first = (char)('0' + size % 10);
        size /= 10;
    } while (size > 0);
    put_word(writer, first);
}

static void end_line(struct writer *writer)
{
    put(writer, "\n");
}

static void put_setting(struct writer *writer, enum ens_key key, double number)
{
    put_key(writer, key);
    put_number(writer, number);
    end_line(writer);
}

static void put_policy(struct writer *writer, int32_t policy)
{
    put_key(writer, ENS_KEY_LEAVE_OUT);
    for (int i = 0; i < ENS_POLICIES; i++)
        if (policy & 1 << i)
            put_word(writer, ens_policy_words[i]);
    if (policy == 0)
        put_word(writer, ENS_NO_POLICY);
    end_line(writer);
}

static void put_head(struct writer *writer, const struct ensemble *e)
{
    put(writer, ENS_STORE_TITLE);
    put_size(writer, ENS_STORE_VERSION);
    end_line(writer);
    put_key(writer, ENS_KEY_WIDTH);
    put_size(writer, e->width);
    end_line(writer);
    put_key(writer, ENS_KEY_METHOD);
    put_word(writer, ens_method_words[e->method]);
    end_line(writer);
    put_setting(writer, ENS_KEY_EXPONENT, e->exponent);
    put_setting(writer, ENS_KEY_TRIM, e->trim);
    put_setting(writer, ENS_KEY_FLOOR, e->floor);
    put_key(writer, ENS_KEY_RESULT);
    put_word(writer, ens_form_words[e->form]);
    put_number(writer, e->temperature);
    end_line(writer);
    put_policy(writer, e->policy);
    put_setting(writer, ENS_KEY_QUORUM, e->quorum);
}

static void put_class(struct writer *writer, int32_t class)
{
    if (class < 0)
        put_word(writer, "-1");
    else
        put_size(writer, (size_t) class);
}

static void put_class_map(struct writer *writer, const struct ensemble *e, const struct ens_model *model)
{
    put_key(writer, ENS_KEY_CLASSES);
    for (size_t column = 0; column < model->columns; column++)
        put_class(writer, model->map[column]);
    end_line(writer);
    if (model->n_known == e->width)
        return;
    put_key(writer, ENS_KEY_ABSENT);
    for (size_t class = 0; class < e->width; class ++)
        if (model->source[class] < 0)
            put_size(writer, class);
    end_line(writer);
}

static void put_model(struct writer *writer, const struct ensemble *e, size_t i)
{
    const struct ens_model *model = &e->models[i];

    put_key(writer, ENS_KEY_MODEL);
    if (model->name != NULL) {
        put(writer, " \"");
        put(writer, model->name);
        put(writer, "\"");
    }
    end_line(writer);
    put_key(writer, ENS_KEY_SPACE);
    put_word(writer, ens_space_words[model->space]);
    put_number(writer, model->temperature);
    end_line(writer);
    if (e->n_weights > 0)
        put_setting(writer, ENS_KEY_WEIGHT, e->weights[i]);
    if (model->map != NULL)
        put_class_map(writer, e, model);
    if (e->class_weights.n_models > 0) {
        put_key(writer, ENS_KEY_CLASS_WEIGHTS);
        for (size_t class = 0; class < e->width; class ++)
            put_number(writer, e->class_weights.weight[i * e->width + class]);
        end_line(writer);
    }
}

static uint64_t put_all(const struct ensemble *e, char *text)
{
    struct writer writer = {.text = text};

    put_head(&writer, e);
    for (size_t i = 0; i < e->n_models; i++)
        put_model(&writer, e, i);
    put_key(&writer, ENS_KEY_END);
    end_line(&writer);
    return writer.length;
}

int ens_save(const struct ensemble *e, char *text, size_t size, int most)
{
    const uint64_t length = put_all(e, NULL);

    if (length > (uint64_t)most)
        return ENSEMBLE_EOVERFLOW;
    if (text == NULL)
        return (int)length;
    if (length >= size)
        return ENSEMBLE_ECOUNT;
    put_all(e, text);
    text[length] = '\0';
    return (int)length;
}
