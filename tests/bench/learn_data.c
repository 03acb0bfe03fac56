/* SPDX-License-Identifier: MIT */
#include "learn_data.h"

#include "data.h"

#include <math.h>
#include <stdlib.h>

static size_t size_of(const struct learn_data *data)
{
    return data->dtype == ENSEMBLE_F32 ? sizeof(float) : sizeof(double);
}

static void put(const struct learn_data *data, void *values, size_t at, double value)
{
    if (data->dtype == ENSEMBLE_F32)
        ((float *)values)[at] = (float)value;
    else
        ((double *)values)[at] = value;
}

/* Above 0 and below 1, hardly ever twice the same. */
static double uniform(void)
{
    return ((double)random_u32() + .5) * 0x1p-31;
}

/* Mean 0, variance 1, and nearly a bell. */
static double bell(void)
{
    return (uniform() + uniform() + uniform() + uniform() - 2) * 1.7320508075688772;
}

static void make_value(struct learn_data *data, size_t row)
{
    const double truth = bell(), common = .5 * bell();

    put(data, data->targets, row, truth);
    for (size_t i = 0; i < data->models; i++) {
        const double share = .6 + .02 * (double)(i * 7 % data->models), bias = .01 * (double)(i % 5);

        put(data, data->in[i], row, share * truth + common + bias + (.5 + .05 * (double)(i % 11)) * bell());
    }
}

static void make_row(struct learn_data *data, size_t row, double *common, double *p)
{
    const size_t width = data->width, label = random_u32() % width;
    const double ease = .3 + 1.7 * uniform();

    data->labels[row] = (int32_t)label;
    for (size_t j = 0; j < width; j++)
        common[j] = bell();
    for (size_t i = 0; i < data->models; i++) {
        const double signal = ease * (1.5 + 1.5 * (double)(i * 7 % data->models) / (double)data->models);
        const double sharpness = .75 + .5 * (double)(i % 3);
        double sum = 0;

        for (size_t j = 0; j < width; j++)
            sum += p[j] = exp(sharpness * ((j == label ? signal : 0) + common[j] + 1.2 * bell()));
        for (size_t j = 0; j < width; j++)
            put(data, data->in[i], row * width + j, p[j] / sum);
    }
}

void learn_data_make(struct learn_data *data)
{
    double *common = get(data->width * sizeof *common), *p = get(data->width * sizeof *p);

    for (size_t i = 0; i < data->models; i++) {
        data->in[i] = get(data->rows * data->width * size_of(data));
        data->given[i] = 2 * (double)(i + 1) / (double)(data->models * (data->models + 1));
    }
    if (data->width == 1)
        data->targets = get(data->rows * size_of(data));
    else
        data->labels = get(data->rows * sizeof *data->labels);
    random_seed(1);
    for (size_t r = 0; r < data->rows; r++)
        if (data->width == 1)
            make_value(data, r);
        else
            make_row(data, r, common, p);
    free(common);
    free(p);
}

void learn_data_free(struct learn_data *data)
{
    for (size_t i = 0; i < data->models; i++)
        free(data->in[i]);
    free(data->labels);
    free(data->targets);
    *data = (struct learn_data){0};
}

static void write_file(const char *directory, const char *name, const void *const *parts, size_t n, size_t bytes)
{
    char path[4200];
    FILE *file;

    if (snprintf(path, sizeof path, "%s/%s", directory, name) >= (int)sizeof path)
        die("the name of the temporary directory is too long");
    file = fopen(path, "wb");
    if (file == NULL)
        die("a temporary file could not be opened");
    for (size_t i = 0; i < n; i++)
        if (fwrite(parts[i], 1, bytes, file) != bytes)
            die("a temporary file could not be written");
    if (fclose(file) != 0)
        die("a temporary file could not be written");
}

void learn_data_write(const struct learn_data *data, const char *directory)
{
    const void *truth = data->labels != NULL ? (const void *)data->labels : data->targets;

    write_file(directory, "outputs", (const void *const *)data->in, data->models,
               data->rows * data->width * size_of(data));
    write_file(directory, "truth", &truth, 1,
               data->rows * (data->labels != NULL ? sizeof *data->labels : size_of(data)));
}

static double combined(const struct learn_data *data, const double *weights, size_t at)
{
    double y = 0;

    for (size_t i = 0; i < data->models; i++)
        y += weights[i] * learn_value(data, data->in[i], at);
    return y;
}

double learn_squared_error(const struct learn_data *data, const double *weights)
{
    double sum = 0;

    for (size_t r = 0; r < data->rows; r++)
        for (size_t j = 0; j < data->width; j++) {
            const double t = data->labels != NULL ? (double)((size_t)data->labels[r] == j)
                                                  : learn_value(data, data->targets, r);
            const double d = combined(data, weights, r * data->width + j) - t;

            sum += d * d;
        }
    return sum / (double)data->rows;
}

double learn_log_loss(const struct learn_data *data, const double *weights)
{
    double sum = 0;

    for (size_t r = 0; r < data->rows; r++)
        sum -= log(fmin(fmax(combined(data, weights, r * data->width + (size_t)data->labels[r]), 1e-12), 1));
    return sum / (double)data->rows;
}

double learn_accuracy(const struct learn_data *data, const double *weights)
{
    size_t correct = 0;

    for (size_t r = 0; r < data->rows; r++) {
        double most = combined(data, weights, r * data->width);
        size_t best = 0;

        for (size_t j = 1; j < data->width; j++) {
            const double y = combined(data, weights, r * data->width + j);

            if (y > most) {
                most = y;
                best = j;
            }
        }
        correct += (size_t)data->labels[r] == best;
    }
    return (double)correct / (double)data->rows;
}
