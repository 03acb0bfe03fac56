/* SPDX-License-Identifier: MIT */
/*
 * Rounds accumulators of type ENS_ACC to a result of another dtype. Every combination of operation, input and result
 * as a kernel of its own would make the library several times as large; instead only the commonest ones write the
 * result themselves, and all others sum into a tile that stays in the first-level cache, which is then narrowed.
 */

static ENS_INLINE void FN(narrow)(const int out, void *result, const void *accumulators, size_t length,
                                  const int stream)
{
    const size_t step = V(lanes)();
    const unsigned char *from = accumulators;
    unsigned char *to = result;

    for (; length >= step; length -= step) {
        V(store)(out, to, V(load)(ACC, from, 0), 0, stream);
        from += step << ENS_SHIFT(ACC);
        to += step << ENS_SHIFT(out);
    }
    if (length > 0)
        V(store)(out, to, V(load)(ACC, from, length), length, stream);
    if (stream)
        vec_stream_end();
}
