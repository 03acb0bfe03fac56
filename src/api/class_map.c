/* SPDX-License-Identifier: MIT */
/* Models that have classes of their own. */
#include "api/class_map.h"

#include "base/size.h"
#include "plan/inputs.h"
#include "plan/plan.h"

#include <string.h>

/* The bytes that a map takes, or 0 where the address space has none so large; both are at most INT32_MAX. */
static size_t size_of(size_t width, size_t columns)
{
    const size_t n = width + columns;

    if (ENS_SIZES_ARE_SHORT && n > (size_t)PTRDIFF_MAX / 2 / sizeof(int32_t))
        return 0;
    return 2 * n * sizeof(int32_t); /* map and known_from are no longer than columns, source and known than width */
}

int ens_class_map_turn(const struct ensemble *e, struct ens_model *model)
{
    const size_t width = e->width;

    for (size_t class = 0; class < width; class ++)
        model->source[class] = -1;
    for (size_t column = 0; column < model->columns; column++) {
        const int32_t class = model->map[column];

        if (class < -1 || (class >= 0 && ((size_t) class >= width || model->source[class] >= 0)))
            return ENSEMBLE_EMAP;
        if (class >= 0)
            model->source[class] = (int32_t)column;
    }
    for (size_t class = 0; class < width; class ++)
        if (model->source[class] >= 0) {
            model->known[model->n_known] = (int32_t) class;
            model->known_from[model->n_known] = model->source[class];
            model->n_known++;
        }
    return model->n_known > 0 ? 0 : ENSEMBLE_EMAP;
}

int ens_class_map_allocate(const struct ensemble *e, struct ens_model *model, size_t n)
{
    size_t size;

    if (e->width > INT32_MAX || n > INT32_MAX)
        return ENSEMBLE_EMAP;
    size = size_of(e->width, n);
    if (ENS_SIZES_ARE_SHORT && size == 0)
        return ENSEMBLE_EOVERFLOW;
    model->map = ens_allocate(&e->allocator, size);
    if (model->map == NULL)
        return ENSEMBLE_ENOMEM;
    model->columns = n;
    model->n_known = 0;
    model->source = model->map + n;
    model->known = model->source + e->width;
    model->known_from = model->known + e->width;
    return 0;
}

int ens_class_map_copy(const struct ensemble *e, struct ens_model *to, const struct ens_model *from)
{
    const int code = ens_class_map_allocate(e, to, from->columns);

    if (code)
        return code;
    memcpy(to->map, from->map, size_of(e->width, from->columns));
    to->n_known = from->n_known;
    return 0;
}

static int make(const struct ensemble *e, struct ens_model *model, const int32_t *map, size_t n)
{
    const int code = ens_class_map_allocate(e, model, n);

    if (code)
        return code;
    memcpy(model->map, map, n * sizeof *map);
    return ens_class_map_turn(e, model);
}

void ens_class_map_free(const struct ensemble *e, const struct ens_model *model)
{
    if (model->map != NULL)
        ens_release(&e->allocator, model->map, size_of(e->width, model->columns));
}

int ensemble_set_class_map(struct ensemble *e, size_t model, const int32_t *map, size_t n)
{
    struct ens_model made;
    int code = 0;

    if (e == NULL || (map == NULL && n > 0))
        return ENSEMBLE_ENULL;
    if (model >= e->n_models)
        return ENSEMBLE_EMODEL;
    made = e->models[model];
    made.map = NULL;
    if (map != NULL)
        code = make(e, &made, map, n);
    if (code == 0)
        code = ens_output_check(e, &made, &e->outputs[model]);
    if (code) {
        ens_class_map_free(e, &made);
        return code;
    }
    ens_class_map_free(e, &e->models[model]);
    e->models[model] = made;
    ens_plan_build(e);
    return 0;
}
