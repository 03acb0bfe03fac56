/* SPDX-License-Identifier: MIT */
/*
 * Exponentials of rows of logits and their sums: struct ens_soften in kernels.h. Whatever else is done for a vector
 * stands between its load and its exponential, which is what takes the time.
 */

/* sum[j] = sum[j], or that times `scale`, + factor x term[j], for a vector of them. */
static ENS_INLINE void FN(soften_add)(const struct ens_soften *s, const size_t at, const size_t part, const VEC term,
                                      const VEC factor, const VEC scale)
{
    const VEC old = V(load)(ACC, AT(s->sum, at), part);

    V(store)(ACC, TO(s->sum, at), V(add)(s->scaled ? V(mul)(scale, old) : old, V(mul)(factor, term)), part, 0);
}

/* One vector at element `at`, or the first `part` elements of one; its other lanes are 0 then. */
static ENS_INLINE VEC FN(soften_vector)(const int in, const struct ens_soften *s, const size_t at, const size_t part,
                                        const VEC a, const VEC b, const VEC factor, const VEC scale, VEC *most)
{
    const VEC x = V(load)(in, (const unsigned char *)s->from + (at << ENS_SHIFT(in)), part), zero = V(set1)(0);
    const VEC behind = part > 0 ? V(load)(ACC, FN(behind) + 64 - part, 0) : zero;
    VEC e;

    if (s->sum != NULL && !s->own)
        FN(soften_add)(s, at, part, V(load)(ACC, AT(s->to, at), part), factor, scale);
    if (s->next != NULL) {
        const VEC y = V(load)(in, (const unsigned char *)s->next + (at << ENS_SHIFT(in)), part);

        *most = V(hi)(*most, part > 0 ? V(add)(y, behind) : y);
    }
    /* Mostly there is no temperature, and one product less of some thirty operations. */
    e = ELEMENTARY(exp_nonpositive)(V(sub)(s->a == 1 ? x : V(mul)(x, a), b));
    if (s->to != NULL)
        V(store)(ACC, TO(s->to, at), e, part, 0);
    if (s->own)
        FN(soften_add)(s, at, part, e, factor, scale);
    return part > 0 ? V(select)(V(lt)(behind, zero), zero, e) : e;
}

/* Whole groups, with the partial sums in registers. Returns the element that comes next. */
static ENS_INLINE size_t FN(soften_groups)(const int in, const struct ens_soften *s, size_t at, const size_t end,
                                           const VEC a, const VEC b, const VEC factor, const VEC scale, VEC *most,
                                           SCALAR *partial)
{
    const size_t lanes = V(lanes)();

    (void)lanes; /* a vector of one lane returns at once */
#define DECLARE(k) VEC s##k = V(set1)(0);
    ENS_GROUP_VECTORS(DECLARE)
    if (VECTORS == 0 || VECTORS > 16)
        return at;
    for (; end - at >= ENS_LANES; at += ENS_LANES) {
#define ADD(k)                                                                                                       \
    if (VECTORS > k)                                                                                                 \
        s##k = V(add)(s##k, FN(soften_vector)(in, s, at + k * lanes, 0, a, b, factor, scale, most));
        ENS_GROUP_VECTORS(ADD)
    }
#define KEEP(k)                                                                                                      \
    if (VECTORS > k)                                                                                                 \
        V(store)(ACC, TO(partial, k * lanes), s##k, 0, 0);
    ENS_GROUP_VECTORS(KEEP)
#undef DECLARE
#undef ADD
#undef KEEP
    return at;
}

/* Stretch by stretch. What is left behind the whole groups of one has its partial sums in memory, as in sum_tmpl.h. */
static ENS_INLINE double FN(soften)(const int in, struct ens_soften *row)
{
    const struct ens_soften s = *row;
    const size_t lanes = V(lanes)(), step = FN(sum_step)(lanes), all = ENS_LANES % LANES == 0 ? 0 : step;
    const VEC a = V(set1)((SCALAR)s.a), b = V(set1)((SCALAR)s.b), factor = V(set1)((SCALAR)s.factor);
    const VEC scale = V(set1)((SCALAR)s.scale);
    VEC most = V(set1)(-(SCALAR)INFINITY);
    SCALAR sums[ENS_LANES], *const partial = tmpl_local(sums);
    double total = 0;

    for (size_t begin = 0, end; begin < s.length; begin = end) {
        end = s.length - begin < s.stretch ? s.length : begin + s.stretch;
        memset(partial, 0, sizeof sums);
        for (size_t at = FN(soften_groups)(in, &s, begin, end, a, b, factor, scale, &most, partial), lane = 0; at < end;
             at += step, lane = (lane + step) % ENS_LANES) {
            const VEC e = FN(soften_vector)(in, &s, at, end - at < step ? end - at : all, a, b, factor, scale,
                                             &most);

            V(store)(ACC, TO(partial, lane), V(add)(V(load)(ACC, AT(partial, lane), all), e), all, 0);
        }
        total += FN(halves)(partial, end - begin);
    }
    if (s.next != NULL)
        row->most = FN(largest)(most);
    return total;
}

/* A block alone, of the accumulator's type. */
static ENS_APART double FN(decay_sum)(void *to, const void *from, size_t length, const struct ens_map *map)
{
    return FN(soften)(ACC, &(struct ens_soften){.from = from, .length = length, .stretch = ENS_BLOCK, .a = map->a,
                                                .b = map->b, .to = to});
}
