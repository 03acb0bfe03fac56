/* SPDX-License-Identifier: MIT */
#include "job.h"
#include "number.h"

double job_weight(const struct job *job, size_t model)
{
    return job->default_weights ? 1.0 / (double)job->n : job->weights[model];
}

struct factors {
    int in_double;
    double factor[JOB_MODELS]; /* of ENSEMBLE_SUM: the weights; of ENSEMBLE_MEAN: their shares of the sum */
};

static void find_factors(const struct job *job, struct factors *factors)
{
    double total = 0;

    factors->in_double = job->result == ENS_f64;
    for (size_t i = 0; i < job->n; i++) {
        total += job_weight(job, i);
        if (job_weight(job, i) != 0 && job->outputs[i].dtype == ENSEMBLE_F64)
            factors->in_double = 1;
    }
    for (size_t i = 0; i < job->n; i++)
        factors->factor[i] = job->method == ENSEMBLE_MEAN ? job_weight(job, i) / total : job_weight(job, i);
}

/* One element: in the order of the models, beginning with the first product, each operation rounded once. */
static uint64_t element(const struct job *job, const struct factors *factors, size_t row, size_t column)
{
    double sum64 = 0;
    float sum32 = 0;
    int any = 0;

    for (size_t i = 0; i < job->n; i++) {
        const struct ensemble_output *output = &job->outputs[i];
        const size_t stride = output->row_stride > 0 ? output->row_stride : job->width;
        double y;

        if (job_weight(job, i) == 0)
            continue;
        y = number_read(output->dtype - 1, output->data, row * stride + column);
        if (factors->in_double) {
            const double product = factors->factor[i] * y;

            sum64 = any ? sum64 + product : product;
        } else {
            const float product = (float)factors->factor[i] * (float)y;

            sum32 = any ? sum32 + product : product;
        }
        any = 1;
    }
    if (!any)
        return number_infinity(job->result) + 1; /* some NaN */
    return number_encode(job->result, factors->in_double ? sum64 : (double)sum32);
}

void job_reference(const struct job *job, void *expected)
{
    struct factors factors;

    find_factors(job, &factors);
    for (size_t row = 0; row < job->rows; row++)
        for (size_t column = 0; column < job->width; column++)
            number_put(job->result, expected, row * job->width + column, element(job, &factors, row, column));
}
