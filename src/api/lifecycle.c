/* SPDX-License-Identifier: MIT */
/* Making a handle and giving it back. */
#include "api/class_map.h"
#include "api/models.h"
#include "api/struct.h"
#include "base/alloc.h"
#include "plan/plan.h"

int ensemble_create(struct ensemble **out, size_t width)
{
    return ensemble_create_with(out, width, NULL);
}

static int read_options(const struct ensemble_options *given, struct ens_allocator *allocator,
                        const struct ens_kernels **kernels)
{
    struct ensemble_options options;
    int code = ens_struct_read(&options, sizeof options, sizeof options, given);

    if (code)
        return code;
    if (options.reserved != 0)
        return ENSEMBLE_E2BIG;
    if ((options.allocate == NULL) != (options.release == NULL))
        return ENSEMBLE_ENULL;
    if (options.allocate != NULL)
        *allocator = (struct ens_allocator){options.allocate, options.release, options.user};
    if (options.isa != NULL) {
        *kernels = ens_kernels_named(options.isa);
        if (*kernels == NULL)
            return ENSEMBLE_EISA;
    }
    return 0;
}

int ensemble_create_with(struct ensemble **out, size_t width, const struct ensemble_options *options)
{
    struct ens_allocator allocator = ens_allocator_libc;
    const struct ens_kernels *kernels = NULL;
    struct ensemble *e;

    if (out == NULL)
        return ENSEMBLE_ENULL;
    if (width == 0)
        return ENSEMBLE_EWIDTH;
    if (width > (size_t)PTRDIFF_MAX / sizeof(double))
        return ENSEMBLE_EOVERFLOW;
    if (options != NULL) {
        int code = read_options(options, &allocator, &kernels);

        if (code)
            return code;
    }
    e = ens_allocate(&allocator, sizeof *e);
    if (e == NULL)
        return ENSEMBLE_ENOMEM;
    *e = (struct ensemble){
        .allocator = allocator,
        .kernels = kernels != NULL ? kernels : ens_kernels_best(),
        .width = width,
        .method = ENSEMBLE_SUM,
        .exponent = 2,
        .trim = .2,
        .temperature = 1,
    };
    ens_plan_build(e);
    *out = e;
    return 0;
}

void ensemble_destroy(struct ensemble *e)
{
    struct ens_allocator allocator;

    if (e == NULL)
        return;
    allocator = e->allocator;
    for (size_t i = 0; i < e->n_models; i++) {
        ens_class_map_free(e, &e->models[i]);
        (void)ens_model_set_name(e, &e->models[i], NULL, 0);
    }
    ens_release(&allocator, e->class_weights.weight, e->class_weights.size);
    ens_release(&allocator, e->storage, e->storage_size);
    ens_release(&allocator, e, sizeof *e);
}
