/* SPDX-License-Identifier: MIT */
/*
 * The trimmed mean, once its smallest and its largest value are known: adds one model to what is kept. A model that is
 * left out has the share 0; its value is taken for NaN, which is neither below, above nor equal to anything.
 */

static ENS_INLINE void FN(trim)(const struct ens_trim *s, const void *values, const struct ens_share *share)
{
    const VEC zero = V(set1)(0), one = V(set1)(1), nan = V(set1)((SCALAR)NAN);

    ENS_EACH_VECTOR(at, part, s->length) {
        const VEC weight = FN(share)(share, at, part);
        const VEC x = V(select)(V(lt)(zero, weight), V(load)(ACC, AT(values, at), part), nan);
        const VEC low = V(load)(ACC, AT(s->low, at), part), high = V(load)(ACC, AT(s->high, at), part);
        const VEC skip = V(load)(ACC, AT(s->skip, at), part), take = V(load)(ACC, AT(s->take, at), part);
        const VEC sum = V(load)(ACC, AT(s->sum, at), part), all = V(load)(ACC, AT(s->weight, at), part);
        const VEC skipped = V(select)(V(eq)(x, low), V(select)(V(lt)(zero, skip), one, zero), zero);
        const VEC taken = V(select)(V(eq)(x, high), one, zero);
        VEC kept = weight;

        kept = V(select)(V(lt)(x, low), zero, kept);
        kept = V(select)(V(lt)(high, x), zero, kept);
        kept = V(select)(V(lt)(zero, skipped), zero, kept);
        kept = V(select)(V(lt)(zero, V(select)(V(eq)(x, high), take, one)), kept, zero);
        V(store)(ACC, TO(s->skip, at), V(sub)(skip, skipped), part, 0);
        V(store)(ACC, TO(s->take, at), V(sub)(take, taken), part, 0);
        V(store)(ACC, TO(s->sum, at), V(select)(V(lt)(zero, kept), V(add)(sum, V(mul)(kept, x)), sum), part, 0);
        V(store)(ACC, TO(s->weight, at), V(add)(all, kept), part, 0);
    }
}
