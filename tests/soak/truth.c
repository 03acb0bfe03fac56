/* SPDX-License-Identifier: MIT */
/* The answers by plain loops in double, so that the soak does not compare the library with itself alone. */
#include "service.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { WIDEST = 4096 };

/* One row, asked for at a time. `without`: the model that does not take part; MODELS: all do. */
struct row {
    const struct service *service;
    size_t version, saying, without, row;
};

static double weight(const struct row *row, size_t model)
{
    return model == row->without ? 0 : weight_of(row->version, model);
}

static double value(const struct row *row, size_t model, size_t column)
{
    return service_value(row->service, row->saying, model, row->row, column);
}

static double total(const struct row *row)
{
    double sum = 0;

    for (size_t i = 0; i < MODELS; i++)
        sum += weight(row, i);
    return sum;
}

static void add_up(const struct row *row, double divisor, double *y)
{
    for (size_t j = 0; j < row->service->width; j++) {
        y[j] = 0;
        for (size_t i = 0; i < MODELS; i++)
            y[j] += weight(row, i) / divisor * value(row, i, j);
    }
}

/* By definition: the values in ascending order, up to more than half of the weight. */
static double median(const struct row *row, size_t column)
{
    double values[MODELS], weights[MODELS], below = 0;

    for (size_t i = 0; i < MODELS; i++) {
        size_t at = i;

        for (; at > 0 && values[at - 1] > value(row, i, column); at--) {
            values[at] = values[at - 1];
            weights[at] = weights[at - 1];
        }
        values[at] = value(row, i, column);
        weights[at] = weight(row, i);
    }
    for (size_t i = 0;; i++) {
        below += weights[i];
        if (2 * below == total(row))
            return (values[i] + values[i + 1]) / 2;
        if (2 * below > total(row))
            return values[i];
    }
}

/* The logarithmic pool of logits: their weighted mean, and its softmax. */
static void pool(const struct row *row, double *y)
{
    double sum = 0;

    add_up(row, total(row), y);
    for (size_t j = 0; j < row->service->width; j++)
        sum += y[j] = exp(y[j]);
    for (size_t j = 0; j < row->service->width; j++)
        y[j] /= sum;
}

static void vote(const struct row *row, double *y)
{
    for (size_t j = 0; j < row->service->width; j++)
        y[j] = 0;
    for (size_t i = 0; i < MODELS; i++)
        y[(size_t)value(row, i, 0)] += weight(row, i) / total(row);
}

/* Of a sum, what is missing is made up for by the others. */
static double sum_divisor(const struct row *row)
{
    double all = total(row);

    if (row->without < MODELS)
        all += weight_of(row->version, row->without);
    return total(row) / all;
}

static void find_row(const struct row *row, double *y)
{
    switch (row->service->method) {
    case ENSEMBLE_LOG_POOL:
        pool(row, y);
        break;
    case ENSEMBLE_VOTE:
        vote(row, y);
        break;
    case ENSEMBLE_MEDIAN:
        for (size_t j = 0; j < row->service->width; j++)
            y[j] = median(row, j);
        break;
    default:
        add_up(row, row->service->method == ENSEMBLE_SUM ? sum_divisor(row) : total(row), y);
    }
}

static double answer_value(const struct service *service, const struct answer *answer, size_t i)
{
    const double *wide = (const double *)(const void *)answer->result;
    const float *narrow = (const float *)(const void *)answer->result;

    return service->result_dtype == ENSEMBLE_F64 ? wide[i] : (double)narrow[i];
}

/* Whether every row's values, and the label and the confidence beside them, are these; or NaN where nobody is left. */
static int row_is_true(const struct row *row, const struct answer *answer, int has_answer)
{
    static double y[WIDEST];
    const struct service *service = row->service;
    const size_t begin = row->row * service->width;
    const double tolerance = service->result_dtype == ENSEMBLE_F64 ? 1e-13 : 1e-6;
    size_t label = 0;
    int fine = 1;

    if (has_answer)
        find_row(row, y);
    for (size_t j = 0; j < service->width; j++) {
        const double found = answer_value(service, answer, begin + j);

        fine = fine && (has_answer ? fabs(found - y[j]) <= tolerance * (1 + fabs(y[j])) : isnan(found));
        if (found > answer_value(service, answer, begin + label))
            label = j;
    }
    if (!has_answer)
        return fine && answer->label[row->row] == -1 && isnan(answer->confidence[row->row]);
    return fine && answer->label[row->row] == (int32_t)label && answer->row_fault[row->row] == ENSEMBLE_ROW_SOUND &&
           answer->models_present[row->row] == MODELS - (row->without < MODELS) &&
           fabs(answer->confidence[row->row] - y[label]) <= tolerance * (1 + y[label]);
}

void truth_check(const struct service *service, size_t version, size_t saying, enum state state)
{
    const struct answer *answer = &service->answer[version][saying][state];
    const int lenient = service->policy != 0;
    const int has_answer = state == WHOLE || (lenient && state != ALL_NAN);
    struct row row = {service, version, saying, state == WHOLE ? MODELS : AFFLICTED, 0};
    int fine = answer->code == (state == ONE_MISSING && !lenient ? ENSEMBLE_EMISSING : 0);

    for (; fine && answer->code == 0 && row.row < service->rows; row.row++)
        fine = row_is_true(&row, answer, has_answer);
    if (fine)
        return;
    fprintf(stderr, "soak: the service \"%s\" is wrong from the start: weight set %zu, data %zu, state %d, row %zu\n",
            service->name, version, saying, (int)state, row.row - 1);
    exit(1);
}
