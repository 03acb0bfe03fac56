/* SPDX-License-Identifier: MIT */
/* The names of models. */
#include "api/models.h"
#include "base/name.h"

#include <string.h>

int ens_model_set_name(const struct ensemble *e, struct ens_model *model, const char *name, size_t length)
{
    char *copy = NULL;

    if (length > 0) {
        copy = ens_allocate(&e->allocator, length + 1);
        if (copy == NULL)
            return ENSEMBLE_ENOMEM;
        memcpy(copy, name, length);
        copy[length] = '\0';
    }
    if (model->name != NULL)
        ens_release(&e->allocator, model->name, model->name_length + 1);
    model->name = copy;
    model->name_length = length;
    return 0;
}

/* The model of this name, or n_models. */
static size_t find(const struct ensemble *e, const char *name)
{
    size_t i = 0;

    while (i < e->n_models && (e->models[i].name == NULL || strcmp(e->models[i].name, name) != 0))
        i++;
    return i;
}

int ensemble_set_model_name(struct ensemble *e, size_t model, const char *name)
{
    size_t length = 0, holder;

    if (e == NULL)
        return ENSEMBLE_ENULL;
    if (model >= e->n_models)
        return ENSEMBLE_EMODEL;
    while (name != NULL && length <= ENS_NAME_MOST && name[length] != '\0')
        length++;
    if (length == 0)
        return ens_model_set_name(e, &e->models[model], NULL, 0);
    if (!ens_name_is_fit(name, length))
        return ENSEMBLE_ENAME;
    holder = find(e, name);
    if (holder == model)
        return 0;
    if (holder < e->n_models)
        return ENSEMBLE_ENAME;
    return ens_model_set_name(e, &e->models[model], name, length);
}

const char *ensemble_get_model_name(const struct ensemble *e, size_t model)
{
    if (e == NULL || model >= e->n_models || e->models[model].name == NULL)
        return "";
    return e->models[model].name;
}

int ensemble_find_model(const struct ensemble *e, const char *name)
{
    size_t model;

    if (e == NULL || name == NULL)
        return ENSEMBLE_ENULL;
    model = find(e, name);
    return model < e->n_models ? (int)model : ENSEMBLE_EMODEL;
}

static int is_after(const struct ensemble *e, size_t a, size_t b)
{
    return strcmp(e->models[a].name, e->models[b].name) > 0;
}

/* Lets the model at `at` sink until none of those below it, among the first `n`, comes after it. */
static void sink(const struct ensemble *e, size_t *heap, size_t at, size_t n)
{
    for (size_t below; (below = 2 * at + 1) < n; at = below) {
        const size_t model = heap[at];

        if (below + 1 < n && is_after(e, heap[below + 1], heap[below]))
            below++;
        if (!is_after(e, heap[below], model))
            return;
        heap[at] = heap[below];
        heap[below] = model;
    }
}

/* Heapsort, which needs no memory and has no bad case: a text may have any number of names, in any order. */
int ens_names_differ(const struct ensemble *e)
{
    size_t *heap = e->plan.model;
    size_t n = 0;

    for (size_t i = 0; i < e->n_models; i++)
        if (e->models[i].name != NULL)
            heap[n++] = i;
    for (size_t at = n / 2; at-- > 0;)
        sink(e, heap, at, n);
    for (size_t last = n; last-- > 1;) {
        const size_t model = heap[0];

        heap[0] = heap[last];
        heap[last] = model;
        sink(e, heap, 0, last);
    }
    for (size_t k = 1; k < n; k++)
        if (strcmp(e->models[heap[k - 1]].name, e->models[heap[k]].name) == 0)
            return 0;
    return 1;
}
