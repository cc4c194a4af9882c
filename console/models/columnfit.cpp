// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/models/columnfit.h"

#include <numeric>

namespace belfry {

namespace {

// Shares `amount` by weight without losing a pixel to rounding. The sum of the weights is not 0.
std::vector<int> share(int amount, const std::vector<int> &weights)
{
    const long long all = std::accumulate(weights.begin(), weights.end(), 0LL);
    std::vector<int> parts;
    long long weight = 0;
    int given = 0;
    for (const int each : weights) {
        weight += each;
        const int upTo = int(amount * weight / all);
        parts.push_back(upTo - given);
        given = upTo;
    }
    return parts;
}

} // namespace

std::vector<int> fitColumns(const std::vector<ColumnWish> &wishes, int width)
{
    std::vector<int> widths, slack, stretch;
    for (const ColumnWish &wish : wishes) {
        widths.push_back(wish.preferred);
        slack.push_back(wish.preferred - wish.least);
        stretch.push_back(wish.stretch);
    }
    if (wishes.empty())
        return widths;
    const int spare = width - std::accumulate(widths.begin(), widths.end(), 0);
    const int most = std::accumulate(slack.begin(), slack.end(), 0);
    if (spare < 0 && most == 0)
        return widths;
    if (spare >= 0 && std::accumulate(stretch.begin(), stretch.end(), 0) == 0)
        stretch.back() = 1;
    const std::vector<int> parts = spare >= 0 ? share(spare, stretch) : share(std::min(-spare, most), slack);
    for (std::size_t i = 0; i < widths.size(); ++i)
        widths[i] += spare >= 0 ? parts[i] : -parts[i];
    return widths;
}

} // namespace belfry
