/* SPDX-License-Identifier: MIT */
#include "node.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The words of attributes, by their numbers in <ensemble.h>; the same ones as in the text of ensemble_save(). */
static const char *const methods[] = {"sum",    "mean",    "geometric", "harmonic", "power", "log-pool", "product",
                                      "median", "trimmed", "min",       "max",      "vote",  "rank"};
static const char *const spaces[] = {"as-is", "probabilities", "log-probabilities", "logits", "binary-logits"};
static const char *const forms[] = {"as-is", "normalised", "log", "softmax", "tempered"};
static const char *const policies[] = {"nothing", "", "nan"};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

struct ort_status *node_error(const struct ort_api *api, int32_t kind, const char *format, ...)
{
    char text[512];
    va_list arguments;
    int length = snprintf(text, sizeof text, "ensemble.Combine: ");

    va_start(arguments, format);
    vsnprintf(text + length, sizeof text - (size_t)length, format, arguments);
    va_end(arguments);
    return api->create_status(kind, text);
}

/* Did the call succeed? Its reason is not wanted: that an attribute is not there is no error. */
static int found(const struct ort_api *api, struct ort_status *status)
{
    api->release_status(status);
    return status == NULL;
}

/* Is there an attribute of this name, of whatever type? ONNX Runtime can only be asked for each type. */
static int is_there(const struct ort_api *api, const struct ort_info *info, const char *name)
{
    size_t size = 0;
    float number;
    int64_t integer;

    return found(api, api->kernel_info_get_attribute_float(info, name, &number)) ||
           found(api, api->kernel_info_get_attribute_int64(info, name, &integer)) ||
           found(api, api->kernel_info_get_attribute_string(info, name, NULL, &size)) ||
           found(api, api->kernel_info_get_attribute_array_float(info, name, NULL, &size)) ||
           found(api, api->kernel_info_get_attribute_array_int64(info, name, NULL, &size));
}

/* A number, which the maker of a model may have written as a whole one; as it was, where there is none. */
static ort_call read_number(const struct ort_api *api, const struct ort_info *info, const char *name, double *out)
{
    float number;
    int64_t integer;

    if (found(api, api->kernel_info_get_attribute_float(info, name, &number)))
        *out = (double)number;
    else if (found(api, api->kernel_info_get_attribute_int64(info, name, &integer)))
        *out = (double)integer;
    else if (is_there(api, info, name))
        return node_error(api, ORT_INVALID_ARGUMENT, "%s: not a number", name);
    return NULL;
}

/* A string in new memory; NULL where there is none. */
static ort_call read_string(const struct ort_api *api, const struct ort_info *info, const char *name, char **out)
{
    size_t size = 0;
    struct ort_status *status;

    *out = NULL;
    if (!found(api, api->kernel_info_get_attribute_string(info, name, NULL, &size)))
        return is_there(api, info, name) ? node_error(api, ORT_INVALID_ARGUMENT, "%s: not a string", name) : NULL;
    *out = malloc(size);
    if (*out == NULL)
        return node_error(api, ORT_FAIL, "%s: out of memory", name);
    status = api->kernel_info_get_attribute_string(info, name, *out, &size);
    if (status != NULL) {
        free(*out);
        *out = NULL;
    }
    return status;
}

/* Is it the word? A program's own spelling, with _ for -, is one, too. */
static int is_word(const char *text, const char *word)
{
    while (*word != '\0' && (*text == *word || (*text == '_' && *word == '-'))) {
        text++;
        word++;
    }
    return *text == '\0' && *word == '\0';
}

static ort_call read_word(const struct ort_api *api, const struct ort_info *info, const char *name,
                          const char *const *words, size_t n, int32_t *out)
{
    char *text;
    struct ort_status *status = read_string(api, info, name, &text);
    size_t i = 0;

    if (status != NULL || text == NULL)
        return status;
    while (i < n && (words[i][0] == '\0' || !is_word(text, words[i])))
        i++;
    if (i < n)
        *out = (int32_t)i;
    else
        status = node_error(api, ORT_INVALID_ARGUMENT, "%s: there is no \"%s\"", name, text);
    free(text);
    return status;
}

/* Weights, which may have been written as whole numbers. Of a list of the other type ONNX Runtime says it is empty. */
static ort_call read_weights(struct node *node, const struct ort_info *info)
{
    const struct ort_api *api = node->api;
    float numbers[NODE_MODELS];
    int64_t integers[NODE_MODELS];
    size_t n = 0;
    int whole;
    struct ort_status *status;

    whole = !found(api, api->kernel_info_get_attribute_array_float(info, "weights", NULL, &n)) || n == 0;
    if (whole && (!found(api, api->kernel_info_get_attribute_array_int64(info, "weights", NULL, &n)) || n == 0))
        return is_there(api, info, "weights") ? node_error(api, ORT_INVALID_ARGUMENT, "weights: not a list of numbers")
                                              : NULL;
    if (n != node->models)
        return node_error(api, ORT_INVALID_ARGUMENT, "weights: %zu of them for %zu inputs", n, node->models);
    status = whole ? api->kernel_info_get_attribute_array_int64(info, "weights", integers, &n)
                   : api->kernel_info_get_attribute_array_float(info, "weights", numbers, &n);
    if (status != NULL)
        return status;
    node->weights = calloc(n, sizeof *node->weights);
    if (node->weights == NULL)
        return node_error(api, ORT_FAIL, "weights: out of memory");
    for (size_t i = 0; i < n; i++)
        node->weights[i] = whole ? (double)integers[i] : (double)numbers[i];
    return NULL;
}

/* A definition says all that the other attributes could. */
static ort_call check_alone(const struct node *node, const struct ort_info *info)
{
    static const char *const others[] = {"weights",  "method", "input", "temperature", "result", "result_temperature",
                                         "exponent", "trim",   "floor", "leave_out",   "quorum"};

    for (size_t i = 0; i < COUNT(others); i++)
        if (is_there(node->api, info, others[i]))
            return node_error(node->api, ORT_INVALID_ARGUMENT,
                              "definition: it goes with no other attribute, but %s "
                              "is there",
                              others[i]);
    return NULL;
}

ort_call node_read(struct node *node, const struct ort_info *info)
{
    const struct ort_api *api = node->api;
    const struct {
        const char *name;
        const char *const *words;
        size_t n;
        int32_t *out;
    } choices[] = {{"method", methods, COUNT(methods), &node->method},
                   {"input", spaces, COUNT(spaces), &node->space},
                   {"result", forms, COUNT(forms), &node->form},
                   {"leave_out", policies, COUNT(policies), &node->policy}};
    const struct {
        const char *name;
        double *out;
    } numbers[] = {{"temperature", &node->temperature},
                   {"result_temperature", &node->form_temperature},
                   {"exponent", &node->exponent},
                   {"trim", &node->trim},
                   {"floor", &node->floor},
                   {"quorum", &node->quorum}};
    struct ort_status *status = read_string(api, info, "definition", &node->definition);

    if (status == NULL && node->definition != NULL)
        return check_alone(node, info);
    for (size_t i = 0; i < COUNT(choices) && status == NULL; i++)
        status = read_word(api, info, choices[i].name, choices[i].words, choices[i].n, choices[i].out);
    for (size_t i = 0; i < COUNT(numbers) && status == NULL; i++) {
        *numbers[i].out = (double)NAN;
        status = read_number(api, info, numbers[i].name, numbers[i].out);
    }
    return status == NULL ? read_weights(node, info) : status;
}

/* The first setting that was refused. */
struct refusal {
    const char *attribute;
    int code;
};

static void note(struct refusal *refusal, const char *attribute, int code)
{
    if (code < 0 && refusal->code >= 0)
        *refusal = (struct refusal){.attribute = attribute, .code = code};
}

static double or_zero(double number)
{
    return isnan(number) ? 0 : number;
}

/* What the attributes say, one after the other. Models have no rows yet. */
static void apply(const struct node *node, struct ensemble *e, struct refusal *refusal)
{
    for (size_t i = 0; i < node->models; i++) {
        note(refusal, "inputs", ensemble_add_model_output(e, NULL, node->dtype, 0));
        note(refusal, "input, temperature", ensemble_set_input(e, i, node->space, or_zero(node->temperature)));
    }
    if (node->weights != NULL)
        note(refusal, "weights", ensemble_set_weights(e, node->weights, node->models));
    note(refusal, "method", ensemble_set_method(e, node->method));
    if (!isnan(node->exponent))
        note(refusal, "exponent", ensemble_set_parameter(e, ENSEMBLE_EXPONENT, node->exponent));
    if (!isnan(node->trim))
        note(refusal, "trim", ensemble_set_parameter(e, ENSEMBLE_TRIM, node->trim));
    if (!isnan(node->floor))
        note(refusal, "floor", ensemble_set_parameter(e, ENSEMBLE_FLOOR, node->floor));
    note(refusal, "result, result_temperature", ensemble_set_result(e, node->form, or_zero(node->form_temperature)));
    note(refusal, "quorum", ensemble_set_missing_policy(e, node->policy, or_zero(node->quorum)));
}

/* The models of a definition, without rows, and as many of them as there are inputs. */
static ort_call bind_nothing(const struct node *node, struct ensemble *e)
{
    if (ensemble_get_models(e) != node->models)
        return node_error(node->api, ORT_INVALID_ARGUMENT, "definition: %zu models for %zu inputs",
                          ensemble_get_models(e), node->models);
    for (size_t i = 0; i < node->models; i++) {
        const int code = ensemble_set_model_output(e, i, NULL, node->dtype, 0, 0);

        if (code < 0)
            return node_error(node->api, ORT_INVALID_ARGUMENT, "definition: %s", ensemble_strerror(code));
    }
    return NULL;
}

ort_call node_make(const struct node *node, size_t width, struct ensemble **out)
{
    struct refusal refusal = {.attribute = "definition", .code = 0};
    struct ort_status *status = NULL;
    struct ensemble *e = NULL;
    char message[128] = "";

    if (node->definition != NULL) {
        note(&refusal, "definition", ensemble_load(&e, node->definition, strlen(node->definition), NULL));
    } else {
        note(&refusal, "last dimension", ensemble_create(&e, width));
        if (e != NULL)
            apply(node, e, &refusal);
    }
    if (refusal.code < 0)
        status = node_error(node->api, refusal.code == ENSEMBLE_ENOMEM ? ORT_FAIL : ORT_INVALID_ARGUMENT, "%s: %s",
                            refusal.attribute, ensemble_strerror(refusal.code));
    else if (node->definition != NULL)
        status = bind_nothing(node, e);
    if (status == NULL && ensemble_check(e, message, sizeof message) < 0)
        status = node_error(node->api, ORT_INVALID_ARGUMENT, "%s", message);
    if (status == NULL)
        *out = e;
    else
        ensemble_destroy(e);
    return status;
}

ort_call node_columns(const struct node *node, struct ensemble *e, size_t **out)
{
    size_t *columns = calloc(node->models, sizeof *columns);

    if (columns == NULL)
        return node_error(node->api, ORT_FAIL, "out of memory");
    for (size_t i = 0; i < node->models; i++) {
        size_t low = 1, high = ensemble_get_width(e);

        /* The smallest distance between rows that is not too small for a row: first a bound of it, then itself. */
        while (high <= INT32_MAX && ensemble_set_model_output(e, i, NULL, node->dtype, 0, high) < 0)
            high *= 2;
        while (low < high) {
            const size_t middle = low + (high - low) / 2;

            if (ensemble_set_model_output(e, i, NULL, node->dtype, 0, middle) < 0)
                low = middle + 1;
            else
                high = middle;
        }
        columns[i] = low;
        ensemble_set_model_output(e, i, NULL, node->dtype, 0, 0);
    }
    *out = columns;
    return NULL;
}

void node_clear(struct node *node)
{
    free(node->definition);
    free(node->weights);
    node->definition = NULL;
    node->weights = NULL;
}
