/* SPDX-License-Identifier: MIT */
/*
 * Rows of a few values, many at once (struct ens_turned). Turned on their sides, each row is a lane: what is asked of a
 * row is answered for as many of them as a vector has lanes, in a row's own order of steps, and no lane has to be added
 * to, or compared with, its neighbour.
 */

/* Value j of row r becomes element j x rows + r; bits are moved, whatever they mean. */
static inline void FN(turn_one_by_one)(void *to, const void *from, size_t stride, size_t rows, size_t width)
{
    for (size_t j = 0; j < width; j++) {
        const unsigned char *p = AT(from, j);
        unsigned char *const column = TO(to, j * rows);
        size_t row = 0;

        for (; rows - row >= 4; row += 4, p += 4 * stride) { /* by fours: the loop costs as much as the moves */
            UINT a, b, c, d;

            memcpy(&a, p, sizeof a);
            memcpy(&b, p + stride, sizeof b);
            memcpy(&c, p + 2 * stride, sizeof c);
            memcpy(&d, p + 3 * stride, sizeof d);
            memcpy(TO(column, row), &a, sizeof a);
            memcpy(TO(column, row + 1), &b, sizeof b);
            memcpy(TO(column, row + 2), &c, sizeof c);
            memcpy(TO(column, row + 3), &d, sizeof d);
        }
        for (; row < rows; row++, p += stride)
            memcpy(TO(column, row), p, sizeof(UINT));
    }
}

/*
 * As FN(lead_of_few), but that the index is a value, too. `next`: NaN are values that have been taken before, `second`
 * is not asked for.
 */
static ENS_INLINE int FN(lead_rows)(const int next, const struct ens_turned *t, void *best, void *second, void *label)
{
    const size_t rows = t->rows, width = t->width;
    const VEC zero = V(set1)(0), one = V(set1)(1);
    VEC broken = zero;

    ENS_EACH_VECTOR(at, part, rows) {
        const unsigned char *column = AT(t->values, at);
        VEC b = V(set1)(-(SCALAR)INFINITY), s = b, l = zero, index = zero, nan = zero;

        for (size_t j = 0; j < width; j++, column = AT(column, rows)) {
            const VEC x = V(load)(ACC, column, part);

            if (!next) {
                s = V(hi)(s, V(lo)(b, x));
                nan = V(select)(V(eq)(x, x), nan, one);
            }
            l = V(select)(V(lt)(b, x), index, l);
            b = V(hi)(b, x);
            index = V(add)(index, one);
        }
        broken = V(hi)(broken, nan);
        V(store)(ACC, TO(best, at), b, part, 0);
        V(store)(ACC, TO(label, at), V(select)(V(lt)(zero, nan), V(set1)(-1), l), part, 0);
        if (!next)
            V(store)(ACC, TO(second, at), s, part, 0);
    }
    return ANY(V(lt)(zero, broken));
}
