// SPDX-License-Identifier: MIT
#include "job.h"

#include <algorithm>
#include <unordered_map>
#include <utility>
#include <vector>

#if __has_include(<boost/unordered/unordered_flat_map.hpp>)
#include <boost/unordered/unordered_flat_map.hpp>
#define WITH_FLAT 1
#else
#define WITH_FLAT 0
#endif

namespace {

using pair = std::pair<uint64_t, double>;

// Tells `add` each id and what its list adds to its score.
template <class Add> void each_term(const rank_job &job, Add add)
{
    const uint64_t *ids = job.ids;
    const float *scores = job.scores;

    for (size_t i = 0; i < job.n; i++) {
        const size_t length = job.lengths[i];
        if (!job.by_scores) {
            for (size_t r = 0; r < length; r++)
                add(ids[r], 1 / (60. + static_cast<double>(r + 1)));
        } else if (length > 0) {
            const auto [least, most] = std::minmax_element(scores, scores + length);
            const double low = *least, range = *most - low;
            for (size_t r = 0; r < length; r++)
                add(ids[r], range > 0 ? (scores[r] - low) / range : 1);
        }
        ids += length;
        scores += length;
    }
}

size_t write_best(const rank_job &job, std::vector<pair> &all)
{
    const auto better = [](const pair &a, const pair &b) {
        return a.second > b.second || (a.second == b.second && a.first < b.first);
    };
    const size_t count = std::min(job.wanted, all.size());

    if (count < all.size())
        std::partial_sort(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(count), all.end(), better);
    else
        std::sort(all.begin(), all.end(), better);
    for (size_t r = 0; r < count; r++) {
        job.best[r] = all[r].first;
        job.sums[r] = all[r].second;
    }
    return count;
}

template <class Map, bool with_room> size_t by_map(const rank_job *job)
{
    Map sums;

    if (with_room)
        sums.reserve(job->total);
    each_term(*job, [&](uint64_t id, double term) { sums[id] += term; });
    std::vector<pair> all(sums.begin(), sums.end());
    return write_best(*job, all);
}

size_t by_sorting(const rank_job *job)
{
    std::vector<pair> all;
    size_t n = 0;

    all.reserve(job->total);
    each_term(*job, [&](uint64_t id, double term) { all.emplace_back(id, term); });
    std::stable_sort(all.begin(), all.end(), [](const pair &a, const pair &b) { return a.first < b.first; });
    for (size_t j = 0; j < all.size(); j++)
        if (n > 0 && all[n - 1].first == all[j].first)
            all[n - 1].second += all[j].second;
        else
            all[n++] = all[j];
    all.resize(n);
    return write_best(*job, all);
}

} // namespace

const struct rank_peers rank_peers = {
    by_map<std::unordered_map<uint64_t, double>, false>,
    by_map<std::unordered_map<uint64_t, double>, true>,
    by_sorting,
#if WITH_FLAT
    by_map<boost::unordered_flat_map<uint64_t, double>, true>,
#else
    nullptr,
#endif
};
