/* SPDX-License-Identifier: MIT */
/* Rankings: the arguments of a fusion, and where it works. */
#include "api/struct.h"
#include "base/alloc.h"
#include "base/compiler.h"
#include "base/dtype.h"
#include "base/finite.h"
#include "rank/fuse.h"
#include "rank/index.h"
#include "rank/overlap.h"

/* The size in 0.7, the first release that had it. */
#define FUSION_FIRST (offsetof(struct ensemble_fusion, workspace_size) + sizeof(size_t))

/* Work for so many ids in all fits on the stack. */
#define IDS_ON_STACK 320
#define STACK_BYTES (IDS_ON_STACK * 28 + 512 * 4 + 8)

#define K 60 /* of reciprocal rank fusion, where none is asked for (Cormack, Clarke, Buettcher, 2009) */

static int uses_scores(int32_t method)
{
    return method == ENSEMBLE_FUSE_SUM || method == ENSEMBLE_FUSE_MNZ || method == ENSEMBLE_FUSE_ANZ;
}

/* How to fuse, with its defaults filled in. */
static int check_how(struct ensemble_fusion *how, size_t n_lists, size_t n_fused)
{
    size_t cells;

    if (how->method < ENSEMBLE_FUSE_RRF || how->method > ENSEMBLE_FUSE_BORDA)
        return ENSEMBLE_EMETHOD;
    if (how->normaliser < ENSEMBLE_NORM_MIN_MAX || how->normaliser > ENSEMBLE_NORM_NONE || how->k < 0 ||
        !ens_is_finite(how->k))
        return ENSEMBLE_EPARAMETER;
    if (how->score_dtype == 0)
        how->score_dtype = ENSEMBLE_F32;
    if (!ens_dtype_known(how->score_dtype))
        return ENSEMBLE_EDTYPE;
    if (how->k == 0)
        how->k = K;
    if (how->contributions != NULL &&
        (__builtin_mul_overflow(n_fused, n_lists, &cells) || how->contributions_count < cells))
        return ENSEMBLE_ECOUNT;
    return 0;
}

/* Lengths and weights; how many ids there are. */
static int check_lists(struct ens_rankings *rankings)
{
    if (rankings->n > PTRDIFF_MAX / sizeof *rankings->weights) /* lengths are no larger than weights */
        return ENSEMBLE_EOVERFLOW;
    for (size_t i = 0; i < rankings->n; i++) {
        const double weight = rankings->weights == NULL ? 1 : rankings->weights[i];

        if (!ens_is_finite(weight))
            return ENSEMBLE_ENOTFINITE;
        if (weight < 0)
            return ENSEMBLE_ENEGATIVE;
        if (rankings->lengths[i] > ENS_MOST_IDS - rankings->total)
            return ENSEMBLE_EOVERFLOW;
        rankings->total += rankings->lengths[i];
    }
    return rankings->total > 0 && rankings->ids == NULL ? ENSEMBLE_ENULL : 0;
}

/* What is written, by the sizes that the caller says. */
static int check_overlap(const struct ens_rankings *rankings, const struct ensemble_fusion *how,
                         const struct ens_fused *fused)
{
    struct ens_written written[] = {
        {fused->ids, 0},
        {fused->scores, 0},
        {fused->contributions, 0},
        {how->workspace, how->workspace == NULL ? 0 : how->workspace_size},
    };

    if (__builtin_mul_overflow(fused->count, sizeof *fused->ids, &written[0].bytes))
        return ENSEMBLE_EOVERFLOW;
    if (fused->scores != NULL)
        written[1].bytes = written[0].bytes;
    if (fused->contributions != NULL && __builtin_mul_overflow(written[0].bytes, rankings->n, &written[2].bytes))
        return ENSEMBLE_EOVERFLOW;
    return ens_rank_overlap(rankings, written, sizeof written / sizeof *written);
}

/* Apart, so that only calls that need the stack use it. Of the types that lie there: entries, then seats and slots. */
static ENS_APART size_t fuse_on_stack(const struct ens_rankings *rankings, const struct ens_fused *fused)
{
    union {
        struct ens_entry entries[IDS_ON_STACK];
        uint32_t numbers[STACK_BYTES / sizeof(uint32_t)];
    } workspace;

    return ens_fuse(rankings, &workspace, fused);
}

/* In the caller's workspace, or on the stack, or in memory from malloc(). */
static int fuse(const struct ens_rankings *rankings, const struct ensemble_fusion *how, const struct ens_fused *fused)
{
    const size_t size = ens_fuse_size(rankings->total);
    void *workspace = how->workspace;
    size_t count;

    if (workspace != NULL)
        return how->workspace_size < size ? ENSEMBLE_ENOMEM : (int)ens_fuse(rankings, workspace, fused);
    if (rankings->total <= IDS_ON_STACK)
        return (int)fuse_on_stack(rankings, fused);
    workspace = ens_allocate(&ens_allocator_libc, size);
    if (workspace == NULL)
        return ENSEMBLE_ENOMEM;
    count = ens_fuse(rankings, workspace, fused);
    ens_release(&ens_allocator_libc, workspace, size);
    return (int)count;
}

int ensemble_fuse_rankings(const uint64_t *ids, const size_t *lengths, size_t n_lists,
                           const struct ensemble_fusion *fusion, uint64_t *fused, double *fused_scores, size_t n_fused)
{
    struct ensemble_fusion how = {.struct_size = sizeof how};
    struct ens_rankings rankings = {.ids = ids, .lengths = lengths, .n = n_lists};
    struct ens_fused result = {.ids = fused, .scores = fused_scores, .count = n_fused};
    int code = 0;

    if ((n_lists > 0 && lengths == NULL) || (n_fused > 0 && fused == NULL))
        return ENSEMBLE_ENULL;
    if (fusion != NULL)
        code = ens_struct_read(&how, sizeof how, FUSION_FIRST, fusion);
    if (code == 0)
        code = check_how(&how, n_lists, n_fused);
    if (code)
        return code;
    rankings.weights = how.weights;
    rankings.scores = uses_scores(how.method) ? how.scores : NULL;
    rankings.method = how.method;
    rankings.normaliser = how.normaliser;
    rankings.dtype = how.score_dtype;
    rankings.k = how.k;
    result.contributions = how.contributions;
    code = check_lists(&rankings);
    if (code == 0 && rankings.total > 0 && uses_scores(how.method) && how.scores == NULL)
        code = ENSEMBLE_ENULL;
    if (code == 0)
        code = check_overlap(&rankings, &how, &result);
    return code ? code : fuse(&rankings, &how, &result);
}

size_t ensemble_fusion_workspace_size(size_t n_ids)
{
    return ens_fuse_size(n_ids);
}
