/* SPDX-License-Identifier: MIT */
/* Values of another dtype as a tile of the accumulator's type, in their order or through a list of columns. */

static ENS_INLINE void FN(widen)(const int in, void *tile, const void *values, size_t length)
{
    ENS_EACH_VECTOR(at, part, length)
        V(store)(ACC, TO(tile, at), V(load)(in, (const unsigned char *)values + (at << ENS_SHIFT(in)), part), part, 0);
}

/* One value; the conversions are the portable ones, which all others equal. */
static ENS_INLINE SCALAR FN(one)(const int in, const unsigned char *p)
{
    uint16_t half;
    double f64;
    float f32;

    if (in == ENS_f64) {
        memcpy(&f64, p, sizeof f64);
        return (SCALAR)f64;
    }
    if (in == ENS_f32) {
        memcpy(&f32, p, sizeof f32);
        return (SCALAR)f32;
    }
    memcpy(&half, p, sizeof half);
    return (SCALAR)(in == ENS_f16 ? ens_f32_from_f16(half) : ens_f32_from_bf16(half));
}

static ENS_INLINE void FN(gather)(const int in, void *tile, const void *row, const int32_t *columns, size_t length,
                                  double absent)
{
    for (size_t at = 0; at < length; at++) {
        SCALAR x = (SCALAR)absent;

        if (columns[at] >= 0)
            x = FN(one)(in, (const unsigned char *)row + ((size_t)columns[at] << ENS_SHIFT(in)));
        memcpy(TO(tile, at), &x, sizeof x);
    }
}
