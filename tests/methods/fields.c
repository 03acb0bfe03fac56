/* SPDX-License-Identifier: MIT */
#include "fields.h"

#include "number.h"

#include <string.h>

#define FIELD(name, field, type, shape)                                                                              \
    [FIELD_##name] = {#field, offsetof(struct ensemble_report, field), sizeof(type), shape},
const struct field fields[FIELDS] = {FIELD_LIST(FIELD)};
#undef FIELD

#define SAME_NUMBER(name, field, type, shape) _Static_assert(ENSEMBLE_MEASURE_##name == FIELD_##name + 1, #name);
MEASURE_LIST(SAME_NUMBER)
#undef SAME_NUMBER

#define SAME_TYPE(name, field, type, shape)                                                                          \
    _Static_assert(_Generic(((struct ensemble_report *)0)->field, type * : 1, default : 0), #name);
FIELD_LIST(SAME_TYPE)
#undef SAME_TYPE

double field_get(int field, const void *array, size_t index)
{
    const unsigned char *at = (const unsigned char *)array + index * fields[field].size;
    int32_t count;
    double real;

    switch (fields[field].size) {
    case sizeof real:
        memcpy(&real, at, sizeof real);
        return real;
    case sizeof count:
        memcpy(&count, at, sizeof count);
        return count;
    default:
        return *at;
    }
}

uint64_t field_bits(int field, const void *array, size_t index)
{
    uint64_t bits;

    if (fields[field].size != sizeof bits)
        return (uint64_t)(int64_t)field_get(field, array, index);
    bits = number_get(ENS_f64, array, index);
    return number_is_nan(ENS_f64, bits) ? number_infinity(ENS_f64) + 1 : bits;
}

size_t field_differ(int field, const void *a, const void *b, size_t length)
{
    size_t i = 0;

    if (memcmp(a, b, length * fields[field].size) == 0)
        return length;
    while (i < length && field_bits(field, a, i) == field_bits(field, b, i))
        i++;
    return i;
}

void field_point(struct ensemble_report *report, int field, void *array)
{
    memcpy((unsigned char *)report + fields[field].offset, &array, sizeof array);
}
