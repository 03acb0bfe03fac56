/* SPDX-License-Identifier: MIT */
/*
 * Order statistics without sorting and without memory for the values: the bit patterns of floating-point numbers, with
 * the sign turned over, count upwards as the values do, so halving a range of patterns finds a value of given order in
 * as many steps as it has bits. Each step asks how much weight stands up to the middle of the range, which is one pass
 * over the models. -0 and +0 are taken for equal here; who wants to know looks at the signs (plan/select.c).
 */

static ENS_INLINE BITS FN(load_key)(const void *keys, size_t at, size_t part)
{
    return V(bits)(V(load)(ACC, AT(keys, at), part));
}

/* All bits set where the sign's is set, else none. */
static ENS_INLINE BITS FN(spread_sign)(BITS bits)
{
    return U(sub)(U(set1)(0), U(shr)(bits, 8 * sizeof(UINT) - 1));
}

static ENS_INLINE BITS FN(key)(VEC x)
{
    const BITS bits = V(bits)(x);

    return U(xor)(bits, U(or)(FN(spread_sign)(bits), U(set1)(SIGN)));
}

static ENS_INLINE VEC FN(value)(BITS key)
{
    const BITS negative = U(xor)(FN(spread_sign)(key), U(set1)((UINT)-1));

    return V(from_bits)(U(xor)(key, U(or)(negative, U(set1)(SIGN))));
}

static ENS_INLINE BITS FN(middle)(BITS low, BITS high)
{
    return U(add)(low, U(shr)(U(sub)(high, low), 1));
}

static ENS_INLINE void FN(sift_begin)(const struct ens_sift *s, const void *smallest, const void *largest)
{
    ENS_EACH_VECTOR(at, part, s->length) {
        const BITS low = FN(key)(V(load)(ACC, AT(smallest, at), part));
        const BITS high = FN(key)(V(load)(ACC, AT(largest, at), part));

        V(store)(ACC, TO(s->low, at), V(from_bits)(low), part, 0);
        V(store)(ACC, TO(s->high, at), V(from_bits)(high), part, 0);
        V(store)(ACC, TO(s->middle, at), FN(value)(FN(middle)(low, high)), part, 0);
        V(store)(ACC, TO(s->tally, at), V(set1)(0), part, 0);
    }
}

static ENS_INLINE VEC FN(share)(const struct ens_share *share, size_t at, size_t part)
{
    return share->weights != NULL ? V(load)(ACC, AT(share->weights, at), part) : V(set1)((SCALAR)share->weight);
}

static ENS_INLINE void FN(sift_tally)(const struct ens_sift *s, const void *values, const struct ens_share *share)
{
    ENS_EACH_VECTOR(at, part, s->length) {
        const VEC above = V(load)(ACC, AT(values, at), part), tally = V(load)(ACC, AT(s->tally, at), part);
        const VEC more = V(add)(tally, FN(share)(share, at, part));

        V(store)(ACC, TO(s->tally, at),
                 V(select)(V(lt)(V(load)(ACC, AT(s->middle, at), part), above), tally, more), part, 0);
    }
}

/*
 * A range that has come to one value stays as it is, whatever its tally is: so do lanes beyond a part, which hold 0 in
 * every array, and elements without any model.
 */
static ENS_INLINE int FN(sift_halve)(const struct ens_sift *s)
{
    const int sign = 8 * (int)sizeof(UINT) - 1;
    SCALAR open[ENS_MOST_LANES];
    UINT bits, any = 0;
    BITS wide = U(set1)(0);

    ENS_EACH_VECTOR(at, part, s->length) {
        const VEC tally = V(load)(ACC, AT(s->tally, at), part), goal = V(load)(ACC, AT(s->goal, at), part);
        const BITS low = FN(load_key)(s->low, at, part), high = FN(load_key)(s->high, at, part);
        const BITS middle = FN(middle)(low, high), range = U(sub)(high, low);
        const BITS one = U(shr)(U(or)(range, U(sub)(U(set1)(0), range)), sign); /* 0 where the range is one value */
        const VEC first = V(from_bits)(low), last = V(from_bits)(high), split = V(from_bits)(middle);
        const VEC next = V(from_bits)(U(add)(middle, one));
        VEC new_first, new_last;

        if (s->beyond) {
            new_first = V(select)(V(lt)(goal, tally), first, next);
            new_last = V(select)(V(lt)(goal, tally), split, last);
        } else {
            new_first = V(select)(V(lt)(tally, goal), next, first);
            new_last = V(select)(V(lt)(tally, goal), last, split);
        }
        V(store)(ACC, TO(s->low, at), new_first, part, 0);
        V(store)(ACC, TO(s->high, at), new_last, part, 0);
        V(store)(ACC, TO(s->middle, at), FN(value)(FN(middle)(V(bits)(new_first), V(bits)(new_last))), part, 0);
        V(store)(ACC, TO(s->tally, at), V(set1)(0), part, 0);
        wide = U(or)(wide, U(sub)(V(bits)(new_last), V(bits)(new_first)));
    }
    V(store)(ACC, tmpl_local(open), V(from_bits)(wide), 0, 0);
    for (size_t i = 0; i < V(lanes)(); i++) {
        memcpy(&bits, &open[i], sizeof bits);
        any |= bits;
    }
    return any != 0;
}
