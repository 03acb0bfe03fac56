/* SPDX-License-Identifier: MIT */
/* The faults that a combine would report, in words. */
#include "base/error.h"
#include "base/text.h"
#include "plan/run.h"

static void add_model(struct ens_text *text, size_t model)
{
    ens_text_add(text, "model ");
    ens_text_add_number(text, model);
}

/* Which of the weights do not fit. Those of models come first, as they do when a combine looks at them. */
static void say_no_fit(struct ens_text *text, const char *what, size_t n, const char *of, size_t wanted,
                       const char *unit)
{
    ens_text_add(text, what);
    ens_text_add_number(text, n);
    ens_text_add(text, of);
    ens_text_add_number(text, wanted);
    ens_text_add(text, unit);
}

static void say_weights(struct ens_text *text, const struct ensemble *e)
{
    const size_t by_class = e->class_weights.n_models;

    if (e->n_weights > 0 && e->n_weights != e->n_models)
        say_no_fit(text, "", e->n_weights, " weights were set, but there are ", e->n_models, " models");
    else if (by_class > 0 && by_class != e->n_models)
        say_no_fit(text, "class weights were set for ", by_class, " models, but there are ", e->n_models, "");
    else if (e->row_weights.n_models != e->n_models)
        say_no_fit(text, "row weights were set for ", e->row_weights.n_models, " models, but there are ", e->n_models,
                   "");
    else
        say_no_fit(text, "row weights were set for ", e->row_weights.rows, " rows, but the outputs have ",
                   e->summary.rows, "");
}

static void say_rows(struct ens_text *text, const struct ensemble *e, const struct ens_fault *fault)
{
    add_model(text, fault->model);
    ens_text_add(text, " has ");
    ens_text_add_number(text, e->outputs[fault->model].rows);
    ens_text_add(text, " rows, but ");
    add_model(text, fault->other);
    ens_text_add(text, " has ");
    ens_text_add_number(text, e->outputs[fault->other].rows);
}

static void say_missing(struct ens_text *text, const struct ensemble *e, const struct ens_fault *fault)
{
    add_model(text, fault->model);
    ens_text_add(text, " has no output (");
    ens_text_add_number(text, e->outputs[fault->model].rows);
    ens_text_add(text, " x ");
    ens_text_add_number(text, e->width);
    ens_text_add(text, " values are expected)");
}

static void say_space(struct ens_text *text, const struct ensemble *e, const struct ens_fault *fault)
{
    if (e->plan.fault) {
        ens_text_add(text, "ENSEMBLE_VOTE and ENSEMBLE_RANK do not combine with class weights");
        return;
    }
    add_model(text, fault->model);
    ens_text_add(text, e->outputs[fault->model].dtype == ENSEMBLE_I32 ? " gives labels, which only ENSEMBLE_VOTE takes"
                                                                      : " is to give labels, which are ENSEMBLE_I32");
}

/* The first negative weight. */
static void say_negative(struct ens_text *text, const struct ensemble *e)
{
    size_t at = 0;

    for (size_t i = 0; i < e->n_weights; i++)
        if (e->weights[i] < 0) {
            add_model(text, i);
            ens_text_add(text, " has a negative weight, which only ENSEMBLE_SUM and ENSEMBLE_MEAN allow");
            return;
        }
    while (!(e->class_weights.weight[at] < 0)) /* one of them is */
        at++;
    add_model(text, at / e->width);
    ens_text_add(text, " has a negative weight for class ");
    ens_text_add_number(text, at % e->width);
}

int ensemble_check(const struct ensemble *e, char *message, size_t size)
{
    struct ens_inputs inputs;
    struct ens_fault fault = {0};
    struct ens_text text;
    int code = ENSEMBLE_ENULL;

    ens_text_begin(&text, message, size);
    if (e != NULL)
        code = ens_run_check(&inputs, e, &fault);
    if (code == ENSEMBLE_EWEIGHTS)
        say_weights(&text, e);
    else if (code == ENSEMBLE_EROWS)
        say_rows(&text, e, &fault);
    else if (code == ENSEMBLE_EMISSING)
        say_missing(&text, e, &fault);
    else if (code == ENSEMBLE_ESPACE)
        say_space(&text, e, &fault);
    else if (code == ENSEMBLE_ENEGATIVE)
        say_negative(&text, e);
    else if (code == ENSEMBLE_EQUORUM)
        say_no_fit(&text, "", e->summary.missing, " of ", e->plan.n, " models are missing, too much of the weight");
    else if (code)
        ens_text_add(&text, ensemble_strerror(code));
    return code;
}
