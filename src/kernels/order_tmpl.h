/* SPDX-License-Identifier: MIT */
/*
 * Order statistics by comparing every two models, which is the quickest way for some dozens: no value is moved, and all
 * that is asked of one is whether it is not above another.
 */

/* The lesser of `least` and x, if x counts: it has reached the goal, or passed it. */
static ENS_INLINE VEC FN(if_reached)(VEC least, VEC x, VEC tally, VEC goal, const int beyond)
{
    const VEC lesser = V(lo)(x, least);

    return beyond ? V(select)(V(lt)(goal, tally), lesser, least) : V(select)(V(lt)(tally, goal), least, lesser);
}

/* The order statistics of one vector. Returns NaN where there is one, else 0. */
static ENS_INLINE VEC FN(order_vector)(const int beyond, const struct ens_order *s, const SCALAR *weight,
                                       const size_t at, const size_t part, VEC goal0, VEC goal1, VEC *first,
                                       VEC *second)
{
    VEC nan = V(set1)(0);

    *first = *second = V(set1)((SCALAR)INFINITY);
    for (size_t i = 0; i < s->n; i++) {
        const VEC x = V(load)(ACC, AT(s->in[i], at), part);
        VEC tally = V(set1)(0);

        nan = V(select)(V(eq)(x, x), nan, x);
        for (size_t m = 0; m < s->n; m++) {
            const VEC more = V(add)(tally, V(set1)(weight != NULL ? weight[m] : 1));

            tally = V(select)(V(lt)(x, V(load)(ACC, AT(s->in[m], at), part)), tally, more);
        }
        *first = FN(if_reached)(*first, x, tally, goal0, 0);
        *second = FN(if_reached)(*second, x, tally, goal1, beyond);
    }
    return nan;
}

static ENS_INLINE void FN(order)(const int beyond, const struct ens_order *s)
{
    const VEC goal0 = V(set1)((SCALAR)s->goals[0]), goal1 = V(set1)((SCALAR)s->goals[1]);

    ENS_EACH_VECTOR(at, part, s->length) {
        VEC first, second;
        const VEC nan = FN(order_vector)(beyond, s, s->weight, at, part, goal0, goal1, &first, &second);

        V(store)(ACC, TO(s->first, at), V(select)(V(eq)(nan, nan), first, nan), part, 0);
        V(store)(ACC, TO(s->second, at), V(select)(V(eq)(nan, nan), second, nan), part, 0);
    }
}

/*
 * What lies between the two order statistics is kept. Of those equal to the lower one the first `skip` are dropped, and
 * of those equal to the upper one the first `take` are kept.
 */
static ENS_INLINE VEC FN(trimmed_vector)(const struct ens_order *s, const size_t at, const size_t part, VEC low,
                                         VEC high, VEC skip, VEC take)
{
    const VEC zero = V(set1)(0), one = V(set1)(1);
    const SCALAR *const weight = s->weight;
    VEC sum = V(set1)((SCALAR)-0.0), all = zero;

    for (size_t m = 0; m < s->n; m++) {
        const VEC x = V(load)(ACC, AT(s->in[m], at), part);
        VEC kept = V(set1)(weight[m]);

        kept = V(select)(V(lt)(x, low), zero, V(select)(V(lt)(high, x), zero, kept));
        kept = V(select)(V(lt)(zero, V(select)(V(eq)(x, low), skip, zero)), zero, kept);
        kept = V(select)(V(lt)(zero, V(select)(V(eq)(x, high), take, one)), kept, zero);
        skip = V(sub)(skip, V(select)(V(eq)(x, low), one, zero));
        take = V(sub)(take, V(select)(V(eq)(x, high), one, zero));
        sum = V(select)(V(lt)(zero, kept), V(add)(sum, V(mul)(kept, x)), sum);
        all = V(add)(all, kept);
    }
    return V(div)(sum, all);
}

static ENS_INLINE void FN(trimmed)(const struct ens_order *s, const size_t dropped)
{
    const VEC zero = V(set1)(0), one = V(set1)(1), none = V(set1)((SCALAR)dropped);
    const VEC left = V(set1)((SCALAR)(s->n - dropped));

    ENS_EACH_VECTOR(at, part, s->length) {
        VEC low, high, skip = none, take = left;
        const VEC nan = FN(order_vector)(0, s, NULL, at, part, V(add)(none, one), left, &low, &high);

        for (size_t m = 0; m < s->n; m++) {
            const VEC x = V(load)(ACC, AT(s->in[m], at), part);

            skip = V(sub)(skip, V(select)(V(lt)(x, low), one, zero));
            take = V(sub)(take, V(select)(V(lt)(x, high), one, zero));
        }
        low = FN(trimmed_vector)(s, at, part, low, high, skip, take);
        V(store)(ACC, TO(s->first, at), V(select)(V(eq)(nan, nan), low, nan), part, 0);
    }
}
