/* SPDX-License-Identifier: MIT */
/* Functions of one value over a tile: ENS_MAP_LIST in kernels.h says what each of them computes. */

/* At least c, where NaN stays NaN. */
static ENS_INLINE VEC FN(at_least)(VEC x, VEC c)
{
    return V(hi)(x, c);
}

/* exp(-|z|), which cannot overflow. */
static ENS_INLINE VEC FN(decay_of)(VEC z)
{
    return ELEMENTARY(exp_nonpositive)(V(from_bits)(U(or)(V(bits)(z), U(set1)(SIGN))));
}

/* 1 / (1 + exp(-z)) as a quotient of numbers of at most 2, so that neither end loses its digits. */
static ENS_INLINE VEC FN(sigmoid)(VEC z)
{
    const VEC one = V(set1)(1), e = FN(decay_of)(z);

    return V(div)(V(select)(V(lt)(z, V(set1)(0)), e, one), V(add)(one, e));
}

/* min(z, 0) - log(1 + exp(-|z|)) */
static ENS_INLINE VEC FN(log_sigmoid)(VEC z)
{
    return V(sub)(V(lo)(z, V(set1)(0)), ELEMENTARY(log)(V(add)(V(set1)(1), FN(decay_of)(z))));
}

static ENS_INLINE VEC FN(apply)(const int map, VEC x, VEC a, VEC b, VEC c)
{
    switch (map) {
    case ENS_MAP_affine:
        return FN(at_least)(V(sub)(V(mul)(x, a), b), c);
    case ENS_MAP_exp:
        return ELEMENTARY(exp)(V(sub)(V(mul)(x, a), b));
    case ENS_MAP_decay:
        return ELEMENTARY(exp_nonpositive)(V(sub)(V(mul)(x, a), b));
    case ENS_MAP_softmax:
        return V(div)(ELEMENTARY(exp_nonpositive)(V(sub)(V(mul)(x, a), b)), c);
    case ENS_MAP_log:
        return FN(at_least)(ELEMENTARY(log)(FN(at_least)(x, a)), c);
    case ENS_MAP_sigmoid:
        return FN(sigmoid)(V(mul)(x, a));
    case ENS_MAP_log_sigmoid:
        return FN(at_least)(FN(log_sigmoid)(V(mul)(x, a)), c);
    case ENS_MAP_quotient:
        return V(div)(x, a);
    case ENS_MAP_reciprocal:
        return V(div)(V(set1)(1), x);
    case ENS_MAP_power:
        return ELEMENTARY(exp)(V(mul)(a, ELEMENTARY(log)(x)));
    case ENS_MAP_square:
        return V(mul)(x, x);
    case ENS_MAP_root:
        return V(sqrt)(x);
    case ENS_MAP_log_times:
        return V(select)(V(eq)(x, V(set1)(0)), V(set1)(0), V(mul)(x, ELEMENTARY(log)(x)));
    default: /* ENS_MAP_sign */
        return V(from_bits)(U(or)(U(and)(V(bits)(x), U(set1)(SIGN)), V(bits)(V(set1)(1))));
    }
}

static ENS_INLINE void FN(map)(const int map, void *to, const void *from, size_t length, const struct ens_map *with)
{
    const VEC a = V(set1)((SCALAR)with->a), b = V(set1)((SCALAR)with->b), c = V(set1)((SCALAR)with->c);

    ENS_EACH_VECTOR(at, part, length)
        V(store)(ACC, TO(to, at), FN(apply)(map, V(load)(ACC, AT(from, at), part), a, b, c), part, 0);
}
