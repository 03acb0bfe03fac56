/* SPDX-License-Identifier: MIT */
#include "plan/labels.h"

#include "base/dtype.h"
#include "plan/gather.h"

#include <string.h>

/* Labels that the model says itself. */
static void check_labels(const struct ens_blend *b, const unsigned char *from, size_t stride, size_t n, int32_t *labels)
{
    const size_t width = b->e->width;
    int32_t label;

    for (size_t r = 0; r < n; r++, from += stride) {
        memcpy(&label, from, sizeof label);
        labels[r] = label >= 0 && (size_t)label < width ? label : -1;
    }
}

/* Rows of accumulators: those of few classes are turned on their sides. */
static void find_labels(const struct ens_blend *b, const unsigned char *from, size_t stride, size_t n, int32_t *labels,
                        unsigned char *const tiles[2])
{
    const struct ens_turned turned = {tiles[0], n, b->e->width};
    const size_t array = ENS_LABEL_ROWS << b->shift;
    unsigned char *const found = b->spare; /* what was converted there is not needed once it is turned */

    if (turned.width > ENS_SHORT_ROW) {
        b->kernels->labels[b->acc](from, stride, n, turned.width, labels);
        return;
    }
    b->kernels->turn[b->acc](tiles[0], tiles[1], from, stride, n, turned.width);
    b->kernels->lead_rows[b->acc](&turned, found, found + array, found + 2 * array);
    for (size_t r = 0; r < n; r++)
        labels[r] = (int32_t)ens_get(b, found + 2 * array, r);
}

void ens_labels_of_rows(const struct ens_blend *b, size_t k, size_t row, size_t n, int32_t *labels,
                        unsigned char *const tiles[2])
{
    const size_t width = b->e->width, bytes = width << b->shift, stride = ens_row_bytes(b, k);
    const int dtype = ens_output_of(b, k).dtype - 1;
    const unsigned char *from = ens_row_of(b, k, row);
    const size_t most = bytes * n <= ENS_TILE_BYTES ? n : ENS_TILE_BYTES / bytes;

    if (dtype == ENSEMBLE_I32 - 1) {
        check_labels(b, from, stride, n, labels);
        return;
    }
    for (size_t r = 0, some; r < n; r += some, from += some * stride, labels += some) {
        some = n - r < most ? n - r : most;
        if (dtype == b->acc) {
            find_labels(b, from, stride, some, labels, tiles);
            continue;
        }
        if (stride == width << ens_dtype_shift(dtype + 1))
            b->kernels->widen[b->acc][dtype](b->spare, from, some * width);
        else
            for (size_t i = 0; i < some; i++)
                b->kernels->widen[b->acc][dtype](b->spare + i * bytes, from + i * stride, width);
        find_labels(b, b->spare, bytes, some, labels, tiles);
    }
}
