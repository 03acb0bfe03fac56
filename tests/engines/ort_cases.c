/* SPDX-License-Identifier: MIT */
#include "ort_cases.h"

#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const struct type types[TYPES] = {{"f32", ENSEMBLE_F32, ORT_F32, 4},
                                  {"f64", ENSEMBLE_F64, ORT_F64, 8},
                                  {"f16", ENSEMBLE_F16, ORT_F16, 2},
                                  {"bf16", ENSEMBLE_BF16, ORT_BF16, 2}};

void fail(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    fprintf(stderr, "FAILED: ");
    vfprintf(stderr, format, arguments);
    fprintf(stderr, "\n");
    va_end(arguments);
    exit(1);
}

const char *path_of(char path[256], const char *folder, const char *format, ...)
{
    va_list arguments;
    const int length = snprintf(path, 256, "%s/", folder);

    va_start(arguments, format);
    vsnprintf(path + length, 256 - (size_t)length, format, arguments);
    va_end(arguments);
    return path;
}

static void must(int code, const char *what)
{
    if (code < 0)
        fail("%s: %s", what, ensemble_strerror(code));
}

size_t read_cases(const char *folder, struct test_case *cases, size_t max)
{
    char path[256];
    FILE *file = fopen(path_of(path, folder, "cases.txt"), "r");
    size_t n = 0;

    if (file == NULL)
        fail("%s is not there", path);
    for (; n < max; n++) {
        struct test_case *c = &cases[n];

        if (fscanf(file, "%31s %" SCNd32 " %" SCNd32 " %" SCNd32 " %" SCNd32 " %lf %lf %lf %lf %lf %lf %zu", c->name,
                   &c->method, &c->space, &c->form, &c->policy, &c->temperature, &c->form_temperature, &c->exponent,
                   &c->trim, &c->floor, &c->quorum, &c->n_weights) != 12)
            break;
        for (size_t i = 0; i < c->n_weights; i++)
            if (c->n_weights != MODELS || fscanf(file, "%lf", &c->weights[i]) != 1)
                fail("%s: the weights of %s", path, c->name);
    }
    if (n == 0 || n == max || !feof(file))
        fail("%s: line %zu is not understood", path, n + 1);
    fclose(file);
    return n;
}

static double or_zero(double number)
{
    return isnan(number) ? 0 : number;
}

struct ensemble *make_handle(const struct test_case *c, const struct type *type, size_t width)
{
    struct ensemble *e;

    must(ensemble_create(&e, width), "create");
    for (size_t i = 0; i < MODELS; i++) {
        must(ensemble_add_model_output(e, NULL, type->dtype, 0), "model");
        must(ensemble_set_input(e, i, c->space, or_zero(c->temperature)), "space");
    }
    if (c->n_weights > 0)
        must(ensemble_set_weights(e, c->weights, c->n_weights), "weights");
    must(ensemble_set_method(e, c->method), "method");
    if (!isnan(c->exponent))
        must(ensemble_set_parameter(e, ENSEMBLE_EXPONENT, c->exponent), "exponent");
    if (!isnan(c->trim))
        must(ensemble_set_parameter(e, ENSEMBLE_TRIM, c->trim), "trim");
    if (!isnan(c->floor))
        must(ensemble_set_parameter(e, ENSEMBLE_FLOOR, c->floor), "floor");
    must(ensemble_set_result(e, c->form, or_zero(c->form_temperature)), "result");
    must(ensemble_set_missing_policy(e, c->policy, or_zero(c->quorum)), "policy");
    return e;
}

static double uniform(uint64_t *state)
{
    *state = *state * 6364136223846793005U + 1442695040888963407U;
    return (double)(*state >> 11) * 0x1p-53;
}

/* Values of another type, rounded by the library. */
static void convert(const float *from, void *to, const struct type *type, size_t count)
{
    struct ensemble *e;

    must(ensemble_create(&e, count), "create");
    must(ensemble_add_model_output(e, from, ENSEMBLE_F32, 1), "model");
    must(ensemble_combine(e, to, type->dtype, count), "conversion");
    ensemble_destroy(e);
}

void data_make(struct data *data, const struct test_case *c, const struct type *type, size_t rows, size_t width,
               uint64_t seed)
{
    const size_t count = rows * width;
    float *values = calloc(count + 1, sizeof *values);
    const int logits = c->space == ENSEMBLE_LOGITS || c->space == ENSEMBLE_BINARY_LOGITS;

    *data = (struct data){.type = type, .rows = rows, .width = width, .result = calloc(count + 1, type->size)};
    if (values == NULL || data->result == NULL)
        fail("out of memory");
    for (size_t i = 0; i < MODELS; i++) {
        data->inputs[i] = calloc(count + 1, type->size);
        if (data->inputs[i] == NULL)
            fail("out of memory");
        for (size_t r = 0; r < rows; r++) {
            double sum = 0;

            for (size_t j = 0; j < width; j++)
                sum += values[r * width + j] = (float)(logits ? 8 * uniform(&seed) - 4 : uniform(&seed));
            for (size_t j = 0; j < width && !logits; j++) {
                values[r * width + j] /= (float)sum;
                if (c->space == ENSEMBLE_LOG_PROBABILITIES)
                    values[r * width + j] = logf(values[r * width + j]);
            }
            if (c->policy == ENSEMBLE_LEAVE_OUT_NAN && uniform(&seed) < 0.3)
                values[r * width + width / 2] = NAN;
        }
        if (count > 0)
            convert(values, data->inputs[i], type, count);
    }
    free(values);
}

void data_free(struct data *data)
{
    for (size_t i = 0; i < MODELS; i++)
        free(data->inputs[i]);
    free(data->result);
}

void combine_directly(const struct ensemble *e, struct data *data)
{
    struct ensemble_output outputs[MODELS];
    const struct ensemble_call call = {.struct_size = sizeof call,
                                       .output_size = sizeof outputs[0],
                                       .outputs = outputs,
                                       .n_outputs = MODELS,
                                       .result = data->result,
                                       .dtype = data->type->dtype,
                                       .result_count = data->rows * data->width};

    for (size_t i = 0; i < MODELS; i++)
        outputs[i] = (struct ensemble_output){.data = data->inputs[i], .rows = data->rows, .dtype = data->type->dtype};
    must(ensemble_run(e, &call), "direct call");
}

struct ort_status *run_session(struct ort_session *session, const struct data *data, const int64_t *dims, size_t rank,
                               struct ort_value **y)
{
    static const char *const names[] = {"a", "b", "c"}, *const output = "y";
    const struct ort_value *inputs[MODELS];
    struct ort_value *values[MODELS];
    size_t count = 1;
    struct ort_status *status;

    for (size_t d = 0; d < rank; d++)
        count *= (size_t)dims[d];
    for (size_t i = 0; i < MODELS; i++)
        inputs[i] = values[i] = ort_tensor(data->inputs[i], count * data->type->size, data->type->type, dims, rank);
    *y = NULL;
    status = ort_api->run(session, NULL, names, inputs, MODELS, &output, 1, y);
    for (size_t i = 0; i < MODELS; i++)
        ort_api->release_value(values[i]);
    return status;
}

void must_be_equal(const char *what, const struct ort_value *y, const struct data *data, const int64_t *dims,
                   size_t rank)
{
    const int64_t *shape;
    size_t found, bytes = data->rows * data->width * data->type->size;
    int32_t type;
    void *values;

    ort_must(ort_api->get_tensor_element_type_and_shape_data_reference(y, &type, &shape, &found), what);
    ort_must(ort_api->get_tensor_mutable_data(y, &values), what);
    if (type != data->type->type || found != rank || memcmp(shape, dims, rank * sizeof *dims) != 0)
        fail("%s: the output has another type or shape", what);
    if (bytes > 0 && memcmp(values, data->result, bytes) != 0)
        fail("%s: other bits", what);
}
