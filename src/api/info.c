/* SPDX-License-Identifier: MIT */
/* What the library and a handle say of themselves. */
#include "base/error.h"
#include "plan/blend.h"

const char *ensemble_strerror(int code)
{
#define SENTENCE(name, number, text)                                                                                 \
    case number:                                                                                                     \
        return text;
    switch (code) {
        ENS_ERROR_LIST(SENTENCE)
    default:
        return code >= 0 ? "success" : "unknown error code";
    }
#undef SENTENCE
}

uint32_t ensemble_version(void)
{
    return ENSEMBLE_VERSION;
}

const char *ensemble_isa(const struct ensemble *e)
{
    return e == NULL ? "" : e->kernels->name;
}

size_t ensemble_get_width(const struct ensemble *e)
{
    return e == NULL ? 0 : e->width;
}

size_t ensemble_get_models(const struct ensemble *e)
{
    return e == NULL ? 0 : e->n_models;
}

int32_t ensemble_get_method(const struct ensemble *e)
{
    return e == NULL ? 0 : e->method;
}

size_t ensemble_workspace_size(const struct ensemble *e)
{
    return e == NULL || e->plan.plain ? 0 : ens_blend_workspace(e);
}
