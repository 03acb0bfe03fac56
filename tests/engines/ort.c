/* SPDX-License-Identifier: MIT */
#include "ort.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const struct ort_base *ort_base;
const struct ort_api *ort_api;

static struct ort_env *env;
static struct ort_memory_info *memory;

void ort_must(struct ort_status *status, const char *what)
{
    if (status == NULL)
        return;
    fprintf(stderr, "%s: %s\n", what, ort_api->get_error_message(status));
    exit(1);
}

static void release_all(void)
{
    ort_api->release_memory_info(memory);
    ort_api->release_env(env);
}

void ort_open(const char *path)
{
    const struct ort_base *(*get_base)(void);
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    void *symbol = library == NULL ? NULL : dlsym(library, "OrtGetApiBase");

    if (symbol == NULL) {
        fprintf(stderr, "%s\n", dlerror());
        exit(1);
    }
    memcpy(&get_base, &symbol, sizeof get_base);
    ort_base = get_base();
    ort_api = ort_base->get_api(ORT_VERSION_WITH_SHAPES);
    if (ort_api == NULL) {
        fprintf(stderr, "ONNX Runtime %s has no version %d of its interface\n", ort_base->get_version_string(),
                ORT_VERSION_WITH_SHAPES);
        exit(1);
    }
    ort_must(ort_api->create_env(ORT_LOG_FATAL, "test", &env), "environment");
    ort_must(ort_api->create_cpu_memory_info(ORT_ARENA_ALLOCATOR, ORT_MEMORY_DEFAULT, &memory), "memory info");
    atexit(release_all);
}

struct ort_session *ort_try(const char *path, const struct ort_setup *setup, char *message, size_t size)
{
    struct ort_options *options;
    struct ort_session *session = NULL;
    struct ort_status *status;

    ort_must(ort_api->create_session_options(&options), "options");
    ort_must(ort_api->set_intra_op_num_threads(options, setup->threads > 0 ? setup->threads : 1), "threads");
    if (setup->asleep)
        ort_must(ort_api->add_session_config_entry(options, "session.intra_op.allow_spinning", "0"), "spinning");
    if (setup->strict)
        ort_must(ort_api->add_session_config_entry(options, "session.strict_shape_type_inference", "1"), "strictness");
    if (setup->library != NULL)
        ort_must(ort_api->register_custom_ops_library_v2(options, setup->library), setup->library);
    if (setup->register_ops != NULL)
        ort_must(setup->register_ops(options, setup->base), "registration");
    status = ort_api->create_session(env, path, options, &session);
    ort_api->release_session_options(options);
    if (status != NULL) {
        snprintf(message, size, "%s", ort_api->get_error_message(status));
        ort_api->release_status(status);
        return NULL;
    }
    return session;
}

struct ort_session *ort_make(const char *path, const struct ort_setup *setup)
{
    char message[1024];
    struct ort_session *session = ort_try(path, setup, message, sizeof message);

    if (session == NULL) {
        fprintf(stderr, "%s: %s\n", path, message);
        exit(1);
    }
    return session;
}

struct ort_value *ort_tensor(void *data, size_t bytes, int32_t type, const int64_t *dims, size_t rank)
{
    struct ort_value *value = NULL;

    ort_must(ort_api->create_tensor_with_data_as_ort_value(memory, data, bytes, dims, rank, type, &value), "tensor");
    return value;
}
