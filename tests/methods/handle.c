/* SPDX-License-Identifier: MIT */
#include "handle.h"

#include "report.h"

#include <math.h>
#include <string.h>

void handle_outputs(const struct task *t, struct ensemble_output *outputs)
{
    for (size_t i = 0; i < t->n; i++) {
        const struct model *m = &t->models[i];

        outputs[i] = (struct ensemble_output){
            .data = m->data, .rows = m->rows, .row_stride = m->stride, .dtype = m->dtype + 1};
    }
}

/* From memory that holds something else afterwards, since the library is to copy it. */
static int set_map(struct ensemble *e, size_t model, const struct model *m)
{
    static int32_t map[TASK_WIDTH + 8];
    int code;

    memcpy(map, m->map, m->columns * sizeof *map);
    code = ensemble_set_class_map(e, model, map, m->columns);
    memset(map, 0, sizeof map);
    return code;
}

/* Binds the output and sets the map; in any order if the output has no gaps, since only then it fits before. */
static int add_model(struct ensemble *e, const struct model *m, int by_call, struct rng *rng)
{
    const int map_first = m->stride > 0 || rng_one_in(rng, 2);
    const int at_once = m->stride == 0 && rng_one_in(rng, 2) && !by_call;
    int model = ensemble_add_model_output(e, at_once ? m->data : NULL, at_once ? m->dtype + 1 : ENSEMBLE_F32,
                                          at_once ? m->rows : 0);
    int code = model < 0 ? model : 0;

    if (code == 0 && m->map != NULL && map_first)
        code = set_map(e, (size_t)model, m);
    if (code == 0 && !by_call && !at_once)
        code = ensemble_set_model_output(e, (size_t)model, m->data, m->dtype + 1, m->rows, m->stride);
    if (code == 0 && m->map != NULL && !map_first)
        code = set_map(e, (size_t)model, m);
    if (code == 0 && (m->space != ENSEMBLE_AS_IS || m->temperature > 0 || rng_one_in(rng, 2)))
        code = ensemble_set_input(e, (size_t)model, m->space, m->temperature);
    return code;
}

/* Row weights that come with the call take the place of others, here zeros, which would make everything NaN. */
static int set_weights(struct ensemble *e, const struct task *t, int by_call, struct rng *rng)
{
    static const float others[TASK_ROWS * TASK_MODELS];
    const float *row_weights = by_call ? others : (const float *)(const void *)t->row_weights;
    double weights[TASK_MODELS];
    int code = 0;

    for (size_t i = 0; i < t->n; i++)
        weights[i] = t->models[i].weight;
    if (t->weights_set)
        code = ensemble_set_weights(e, weights, t->n);
    if (code == 0 && t->class_weights != NULL)
        code = ensemble_set_class_weights(e, t->class_weights, t->n, t->width);
    if (code == 0 && t->row_weights != NULL && (!by_call || rng_one_in(rng, 2)))
        code = ensemble_set_row_weights(e, row_weights, t->rows, t->n);
    return code;
}

static int set_parameters(struct ensemble *e, const struct task *t)
{
    int code = 0;

    if (!isnan(t->exponent))
        code = ensemble_set_parameter(e, ENSEMBLE_EXPONENT, t->exponent);
    if (code == 0 && !isnan(t->trim))
        code = ensemble_set_parameter(e, ENSEMBLE_TRIM, t->trim);
    if (code == 0 && !isnan(t->floor))
        code = ensemble_set_parameter(e, ENSEMBLE_FLOOR, t->floor);
    if (code == 0)
        code = ensemble_set_result(e, t->form, t->form_temperature);
    if (code == 0)
        code = ensemble_set_missing_policy(e, t->policy, t->quorum);
    return code;
}

struct ensemble *handle_make(const struct task *t, const char *isa, int32_t method, int by_call, struct rng *rng)
{
    const struct ensemble_options options = {.struct_size = sizeof options, .isa = isa};
    const int early = rng_one_in(rng, 2);
    struct ensemble *e = NULL;
    int code = ensemble_create_with(&e, t->width, &options);

    if (code == 0 && early)
        code = ensemble_set_method(e, method);
    for (size_t i = 0; code >= 0 && i < t->n; i++)
        code = add_model(e, &t->models[i], by_call, rng);
    if (code == 0)
        code = set_weights(e, t, by_call, rng);
    if (code == 0)
        code = set_parameters(e, t);
    if (code == 0 && !early)
        code = ensemble_set_method(e, method);
    if (code == 0 && strcmp(ensemble_isa(e), isa) == 0)
        return e;
    report_fail("the handle could not be made: %s", ensemble_strerror(code));
    ensemble_destroy(e);
    return NULL;
}
