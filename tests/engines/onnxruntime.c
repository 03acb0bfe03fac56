/* SPDX-License-Identifier: MIT */
/*
 * onnxruntime ENGINE OPERATORS MODELS DIGITS: the operator ensemble.Combine in sessions of ONNX Runtime, beside the
 * library called directly. The models are those of onnx_models.py.
 */
#include "onnxruntime.h"

#include "npy.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *models;
struct ort_setup by_path = {.threads = 1};
static const char *digits;

/* One graph with several shapes of two dimensions: few rows, long rows, and more values than are done in one piece. */
static void try_case(const struct test_case *c, const struct type *type)
{
    static const int64_t dims[][2] = {{7, 10}, {1, 1}, {3, 33}, {1, 3000}, {50, 1000}};
    char path[256];
    struct ort_session *session = ort_make(path_of(path, models, "%s_%s.onnx", c->name, type->name), &by_path);

    for (size_t s = 0; s < sizeof dims / sizeof dims[0]; s++) {
        const size_t rows = (size_t)dims[s][0], width = (size_t)dims[s][1];
        struct ensemble *e = make_handle(c, type, width);
        struct ort_value *y;
        struct data data;

        data_make(&data, c, type, rows, width, 1 + s);
        combine_directly(e, &data);
        ort_must(run_session(session, &data, dims[s], 2, &y), path);
        must_be_equal(path, y, &data, dims[s], 2);
        ort_api->release_value(y);
        data_free(&data);
        ensemble_destroy(e);
    }
    ort_api->release_session(session);
}

static void test_every_method_and_type_has_the_bits_of_the_library(void)
{
    struct test_case cases[64];
    const size_t n = read_cases(models, cases, 64);

    for (size_t i = 0; i < n; i++)
        for (size_t t = 0; t < TYPES; t++)
            try_case(&cases[i], &types[t]);
    printf("%zu graphs, %d types\n", n, TYPES);
}

/* The same session takes any number of dimensions, and more widths than it keeps handles for. */
static void test_any_shape_that_the_inputs_share_is_taken(void)
{
    static const struct {
        int64_t dims[4];
        size_t rank, rows, width;
    } shapes[] = {{{10}, 1, 1, 10},     {{0, 10}, 2, 0, 10},     {{2, 3, 5}, 3, 6, 5},
                  {{2, 0, 5}, 3, 0, 5}, {{2, 3, 1, 4}, 4, 6, 4}, {{1, 1, 1, 2048}, 4, 1, 2048}};
    const struct test_case plain = {.name = "plain",
                                    .temperature = NAN,
                                    .form_temperature = NAN,
                                    .exponent = NAN,
                                    .trim = NAN,
                                    .floor = NAN,
                                    .quorum = NAN};
    char path[256];
    struct ort_session *session = ort_make(path_of(path, models, "any.onnx"), &by_path);

    for (size_t s = 0; s < sizeof shapes / sizeof shapes[0] + 40; s++) {
        const size_t k = s < 6 ? s : 2;
        int64_t dims[4];
        const size_t rows = shapes[k].rows, width = s < 6 ? shapes[k].width : s;
        struct ensemble *e = make_handle(&plain, &types[0], width);
        struct ort_value *y;
        struct data data;

        memcpy(dims, shapes[k].dims, sizeof dims);
        dims[shapes[k].rank - 1] = (int64_t)width;
        data_make(&data, &plain, &types[0], rows, width, 9);
        combine_directly(e, &data);
        ort_must(run_session(session, &data, dims, shapes[k].rank, &y), path);
        must_be_equal(path, y, &data, dims, shapes[k].rank);
        ort_api->release_value(y);
        data_free(&data);
        ensemble_destroy(e);
    }
    ort_api->release_session(session);
}

/* Ends the program unless the run fails, and says so in these words. */
static void must_refuse(struct ort_session *session, const int64_t dims[MODELS][2], size_t rank, const char *words)
{
    static const char *const names[] = {"a", "b", "c"}, *const output = "y";
    static float memory[64];
    struct ort_value *values[MODELS], *y = NULL;
    const struct ort_value *inputs[MODELS];
    struct ort_status *status;

    for (size_t i = 0; i < MODELS; i++)
        inputs[i] = values[i] = ort_tensor(memory, sizeof memory, ORT_F32, dims[i], rank);
    status = ort_api->run(session, NULL, names, inputs, MODELS, &output, 1, &y);
    if (status == NULL)
        fail("taken, where should be said: %s", words);
    if (strstr(ort_api->get_error_message(status), words) == NULL)
        fail("%s, where should be said: %s", ort_api->get_error_message(status), words);
    ort_api->release_status(status);
    for (size_t i = 0; i < MODELS; i++)
        ort_api->release_value(values[i]);
}

static void test_a_request_of_wrong_shapes_is_an_error_in_words(void)
{
    char path[256];
    struct ort_session *session = ort_make(path_of(path, models, "any.onnx"), &by_path);

    must_refuse(session, (const int64_t[3][2]){{4, 10}, {4, 10}, {5, 10}}, 2,
                "input 2 is [5,10], but input 0 is [4,10]");
    must_refuse(session, (const int64_t[3][2]){{4, 10}, {4, 9}, {4, 10}}, 2, "input 1 is [4,9], but input 0 is [4,10]");
    must_refuse(session, (const int64_t[3][2]){{4, 0}, {4, 0}, {4, 0}}, 2, "the width must be at least 1");
    must_refuse(session, (const int64_t[3][2]){{0}, {0}, {0}}, 0, "input 0 has 0 dimensions");
    ort_api->release_session(session);

    session = ort_make(path_of(path, models, "definition.onnx"), &by_path);
    must_refuse(session, (const int64_t[3][2]){{2, 3}, {2, 3}, {2, 5}}, 2,
                "input 1 is [2,3], but its last dimension is 4 by the definition");
    must_refuse(session, (const int64_t[3][2]){{2, 3}, {3, 4}, {2, 5}}, 2, "input 1 is [3,4], but input 0 is [2,3]");
    ort_api->release_session(session);
}

/* What ensemble_save() writes, with class maps: the models' outputs differ in their width. */
static void test_a_definition_is_what_ensemble_load_makes_of_it(void)
{
    enum { ROWS = 6, WIDTH = 4 };
    static const char *const names[] = {"a", "b", "c"}, *const output = "y";
    static const size_t columns[MODELS] = {3, 4, 5};
    float values[MODELS][ROWS * 5], expected[ROWS * WIDTH];
    char path[256], text[2048];
    FILE *file = fopen(path_of(path, models, "definition.txt"), "r");
    size_t length = file == NULL ? 0 : fread(text, 1, sizeof text, file);
    struct ort_session *session = ort_make(path_of(path, models, "definition.onnx"), &by_path);
    struct ensemble *e;
    struct ort_value *tensors[MODELS], *y = NULL;
    const struct ort_value *inputs[MODELS];
    void *result;

    if (length == 0 || ensemble_load(&e, text, length, NULL) < 0)
        fail("definition.txt");
    fclose(file);
    for (size_t i = 0; i < MODELS; i++) {
        for (size_t k = 0; k < ROWS * columns[i]; k++)
            values[i][k] = (float)((k * 7 + i * 3) % 11) / 11;
        if (ensemble_set_model_output(e, i, values[i], ENSEMBLE_F32, ROWS, 0) < 0)
            fail("output of model %zu", i);
        inputs[i] = tensors[i] = ort_tensor(values[i], ROWS * columns[i] * sizeof(float), ORT_F32,
                                            (const int64_t[]){ROWS, (int64_t)columns[i]}, 2);
    }
    if (ensemble_combine(e, expected, ENSEMBLE_F32, ROWS * WIDTH) < 0)
        fail("definition: direct call");
    ort_must(ort_api->run(session, NULL, names, inputs, MODELS, &output, 1, &y), path);
    ort_must(ort_api->get_tensor_mutable_data(y, &result), path);
    if (memcmp(result, expected, sizeof expected) != 0)
        fail("definition: other bits");
    ort_api->release_value(y);
    for (size_t i = 0; i < MODELS; i++)
        ort_api->release_value(tensors[i]);
    ensemble_destroy(e);
    ort_api->release_session(session);
}

static void test_wrong_attributes_are_refused_when_the_session_is_made(void)
{
    char path[256], line[256], message[1024], node[256];
    FILE *file = fopen(path_of(path, models, "refused.txt"), "r");
    size_t n = 0;

    if (file == NULL)
        fail("%s is not there", path);
    for (; fgets(line, sizeof line, file) != NULL; n++) {
        char *words = strchr(line, ' ');

        *words++ = '\0';
        words[strcspn(words, "\n")] = '\0';
        if (ort_try(path_of(path, models, "%s.onnx", line), &by_path, message, sizeof message) != NULL)
            fail("%s was taken", line);
        snprintf(node, sizeof node, "node %s", strchr(line, '_') + 1);
        if (strstr(message, words) == NULL || strstr(message, node) == NULL)
            fail("%s: %s, where should be said: %s (%s)", line, message, words, node);
    }
    fclose(file);
    if (n == 0)
        fail("refused.txt is empty");
    printf("%zu graphs\n", n);
}

static void test_the_shape_is_known_before_anything_runs(void)
{
    struct ort_setup strict = by_path;
    char path[256], message[1024];

    strict.strict = 1;
    if (ort_try(path_of(path, models, "inferred.onnx"), &strict, message, sizeof message) != NULL)
        fail("an output of [2,7] was believed, of inputs of [2,5]");
    if (strstr(message, "5") == NULL || strstr(message, "7") == NULL)
        fail("inferred: %s", message);
}

/* What six classifiers said about the digits, beside each other. */
static float *read_digits(size_t *rows)
{
    static const char *const names[] = {"logistic", "naive_bayes", "forest", "knn", "svm", "tree"};
    float *x = NULL;

    for (size_t m = 0; m < 6; m++) {
        char path[256];
        struct npy_array array;
        const char *error = npy_read(&array, path_of(path, digits, "%s.test.npy", names[m]));

        if (error != NULL)
            fail("%s: %s", path, error);
        *rows = array.rows;
        x = x == NULL ? calloc(array.rows * 60, sizeof *x) : x;
        for (size_t r = 0; r < array.rows && x != NULL; r++)
            memcpy(x + r * 60 + m * 10, array.f4 + r * 10, 10 * sizeof *x);
        npy_free(&array);
    }
    if (x == NULL)
        fail("out of memory");
    return x;
}

static double accuracy(const float *y, const int32_t *labels, size_t rows)
{
    size_t right = 0;

    for (size_t r = 0; r < rows; r++) {
        size_t top = 0;

        for (size_t j = 1; j < 10; j++)
            top = y[r * 10 + j] > y[r * 10 + top] ? j : top;
        right += (int32_t)top == labels[r];
    }
    return (double)right / (double)rows;
}

/* y: the operator; z: Mul and Sum of ONNX Runtime; p: five classifiers, learned in onnx_models.py. */
static void test_classifiers_of_digits_combine_as_the_library_combines_them(void)
{
    static const char *const input = "x", *const names[] = {"y", "z", "p0", "p1", "p2", "p3", "p4"};
    static const double weights[5] = {0.25, 0.25, 0.1875, 0.1875, 0.125};
    char path[256];
    struct npy_array labels;
    size_t rows;
    float *x = read_digits(&rows), *values[7], *expected = calloc(rows * 10, sizeof *expected);
    struct ort_value *tensor = ort_tensor(x, rows * 60 * sizeof *x, ORT_F32, (const int64_t[]){(int64_t)rows, 60}, 2);
    const struct ort_value *value = tensor;
    struct ort_session *session = ort_make(path_of(path, models, "digits.onnx"), &by_path);
    struct ort_value *outputs[7] = {NULL};
    struct ensemble *e;

    if (npy_read(&labels, path_of(path, digits, "labels.test.npy")) != NULL || ensemble_create(&e, 10) < 0)
        fail("%s", path);
    ort_must(ort_api->run(session, NULL, &input, &value, 1, names, 7, outputs), "digits");
    for (size_t i = 0; i < 7; i++) {
        ort_must(ort_api->get_tensor_mutable_data(outputs[i], (void **)&values[i]), names[i]);
        printf("%s: %.4f right\n", names[i], accuracy(values[i], labels.i4, rows));
        if (i >= 2 && ensemble_add_model_output(e, values[i], ENSEMBLE_F32, rows) < 0)
            fail("digits: model %zu", i);
    }
    if (ensemble_set_method(e, ENSEMBLE_MEAN) < 0 || ensemble_set_weights(e, weights, 5) < 0 ||
        ensemble_combine(e, expected, ENSEMBLE_F32, rows * 10) < 0)
        fail("digits: direct call");
    if (memcmp(expected, values[0], rows * 10 * sizeof *expected) != 0)
        fail("digits: other bits");
    for (size_t k = 0; k < rows * 10; k++) /* five products and four sums of at most 1, each rounded once */
        if (fabsf(values[0][k] - values[1][k]) > 9 * 0x1p-24F)
            fail("digits: %g, and %g by Mul and Sum", (double)values[0][k], (double)values[1][k]);
    if (accuracy(values[0], labels.i4, rows) < 0.87)
        fail("digits: the classifiers have learned nothing");
    for (size_t i = 0; i < 7; i++)
        ort_api->release_value(outputs[i]);
    ort_api->release_value(tensor);
    ort_api->release_session(session);
    ensemble_destroy(e);
    npy_free(&labels);
    free(expected);
    free(x);
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*run)(void);
    } tests[] = {
#define TEST(name) {#name, test_##name}
        TEST(every_method_and_type_has_the_bits_of_the_library),
        TEST(any_shape_that_the_inputs_share_is_taken),
        TEST(a_request_of_wrong_shapes_is_an_error_in_words),
        TEST(a_definition_is_what_ensemble_load_makes_of_it),
        TEST(wrong_attributes_are_refused_when_the_session_is_made),
        TEST(the_shape_is_known_before_anything_runs),
        TEST(classifiers_of_digits_combine_as_the_library_combines_them),
        TEST(four_threads_on_one_session_get_their_own_results),
        TEST(a_large_request_is_divided_through_the_pool),
        TEST(an_older_engine_is_enough),
        TEST(an_engine_too_old_is_refused),
    };

    if (argc != 5)
        fail("onnxruntime ENGINE OPERATORS MODELS DIGITS");
    ort_open(argv[1]);
    by_path.library = argv[2];
    models = argv[3];
    digits = argv[4];
    load_operators(argv[2]);
    printf("ONNX Runtime %s, libensemble %u\n", ort_base->get_version_string(), (unsigned)ensemble_version());
    for (size_t i = 0; i < sizeof tests / sizeof tests[0]; i++) {
        printf("%s\n", tests[i].name);
        fflush(stdout);
        tests[i].run();
    }
    printf("all %zu tests passed\n", sizeof tests / sizeof tests[0]);
    return 0;
}
