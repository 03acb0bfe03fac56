/* SPDX-License-Identifier: MIT */
/* Tensors of other frameworks as outputs of models. */
#include "api/models.h"
#include "base/dtype.h"
#include "base/size.h"
#include "plan/inputs.h"

/* A DLTensor, as version 1 of DLPack lays it out (and all versions before it). */
struct dl_tensor {
    const void *data;
    int32_t device_type;
    int32_t device_id;
    int32_t ndim;
    uint8_t code; /* of the dtype: kinds of numbers, see below, */
    uint8_t bits;
    uint16_t lanes; /* and vectors of them, if not 1 */
    const int64_t *shape;
    const int64_t *strides; /* in elements; NULL: row-major without gaps */
    uint64_t byte_offset;
};

_Static_assert(offsetof(struct dl_tensor, device_type) == sizeof(void *), "DLTensor");
_Static_assert(offsetof(struct dl_tensor, device_id) == 4 + sizeof(void *), "DLTensor");
_Static_assert(offsetof(struct dl_tensor, ndim) == 8 + sizeof(void *), "DLTensor");
_Static_assert(offsetof(struct dl_tensor, code) == 12 + sizeof(void *), "DLTensor");
_Static_assert(offsetof(struct dl_tensor, bits) == 13 + sizeof(void *), "DLTensor");
_Static_assert(offsetof(struct dl_tensor, lanes) == 14 + sizeof(void *), "DLTensor");
_Static_assert(offsetof(struct dl_tensor, shape) == 16 + sizeof(void *), "DLTensor");
_Static_assert(offsetof(struct dl_tensor, strides) == 16 + 2 * sizeof(void *), "DLTensor");
_Static_assert(sizeof(void *) != 8 || offsetof(struct dl_tensor, byte_offset) == 40, "DLTensor");

enum { DL_CPU = 1, DL_CUDA_HOST = 3, DL_ROCM_HOST = 11 };

static const struct {
    uint8_t code, bits;
    int32_t dtype;
} dtypes[] = {{2, 32, ENSEMBLE_F32}, {2, 64, ENSEMBLE_F64}, {2, 16, ENSEMBLE_F16}, {4, 16, ENSEMBLE_BF16},
              {0, 32, ENSEMBLE_I32}};

static int is_in_reach(int32_t device_type)
{
    return device_type == DL_CPU || device_type == DL_CUDA_HOST || device_type == DL_ROCM_HOST;
}

/* The public dtype, or 0. */
static int32_t dtype_of(const struct dl_tensor *tensor)
{
    if (tensor->lanes != 1)
        return 0;
    for (size_t i = 0; i < sizeof dtypes / sizeof *dtypes; i++)
        if (dtypes[i].code == tensor->code && dtypes[i].bits == tensor->bits)
            return dtypes[i].dtype;
    return 0;
}

/* Rows of `length` values each, as the tensor has them. `stride`: in elements. */
struct rows {
    int64_t count;
    int64_t stride;
    int64_t within; /* from one value of a row to the next */
};

static int find_rows(const struct dl_tensor *tensor, size_t length, struct rows *rows)
{
    const int64_t *shape = tensor->shape, *strides = tensor->strides;
    const int one = tensor->ndim == 1;

    if (one ? length != 1 && (shape[0] < 0 || (uint64_t)shape[0] != length)
            : shape[1] < 0 || (uint64_t)shape[1] != length)
        return ENSEMBLE_ETENSOR;
    *rows = (struct rows){.count = one && length != 1 ? 1 : shape[0], .stride = (int64_t)length, .within = 1};
    if (strides != NULL) {
        rows->stride = strides[0];
        rows->within = strides[one ? 0 : 1];
    }
    return rows->count < 0 ? ENSEMBLE_ETENSOR : 0;
}

/* The output that the tensor is; strides of what there is only one of do not matter. */
static int describe(const struct dl_tensor *tensor, size_t length, struct ensemble_output *output)
{
    struct rows rows;
    const int code = find_rows(tensor, length, &rows);

    if (code)
        return code;
    if (rows.count > 0 && tensor->data == NULL)
        return ENSEMBLE_ENULL;
    if (rows.count > 0 && length > 1 && rows.within != 1)
        return ENSEMBLE_ESTRIDE;
    if (rows.count > 1 && (rows.stride < 0 || (uint64_t)rows.stride < length))
        return ENSEMBLE_ESTRIDE;
    if ((uint64_t)rows.count > SIZE_MAX || (rows.count > 1 && (uint64_t)rows.stride > SIZE_MAX) ||
        tensor->byte_offset > SIZE_MAX || ens_size_wraps(tensor->data, (size_t)tensor->byte_offset))
        return ENSEMBLE_EOVERFLOW;
    output->data = tensor->data == NULL ? NULL : (const unsigned char *)tensor->data + tensor->byte_offset;
    output->rows = (size_t)rows.count;
    output->row_stride = rows.count > 1 ? (size_t)rows.stride : 0;
    return 0;
}

int ensemble_set_model_dlpack(struct ensemble *e, size_t model, const void *dl_tensor)
{
    const struct dl_tensor *tensor = dl_tensor;
    struct ensemble_output output = {.data = NULL};
    int code;

    if (e == NULL || tensor == NULL)
        return ENSEMBLE_ENULL;
    if (model >= e->n_models)
        return ENSEMBLE_EMODEL;
    if (!is_in_reach(tensor->device_type))
        return ENSEMBLE_ETENSOR;
    output.dtype = dtype_of(tensor);
    if (output.dtype == 0)
        return ENSEMBLE_EDTYPE;
    if (tensor->ndim != 1 && tensor->ndim != 2)
        return ENSEMBLE_ETENSOR;
    if (tensor->shape == NULL)
        return ENSEMBLE_ENULL;
    code = describe(tensor, ens_row_length(e, model, output.dtype), &output);
    if (code)
        return code;
    return ensemble_set_model_output(e, model, output.data, output.dtype, output.rows, output.row_stride);
}
