// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/time/rulespec.h"

#include <array>

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

// In the order of the enumerators.
constexpr std::array gapNames{"run"_L1, "skip"_L1};
constexpr std::array foldNames{"first"_L1, "second"_L1, "both"_L1};
constexpr std::array onClosedNames{"skip"_L1, "next"_L1, "previous"_L1};

template <class Enum, std::size_t n>
std::optional<Enum> enumOf(const std::array<QLatin1StringView, n> &names, QStringView text)
{
    for (std::size_t i = 0; i < n; ++i)
        if (text == names[i])
            return Enum(i);
    return std::nullopt;
}

} // namespace

QString gapPolicyName(GapPolicy policy)
{
    return gapNames[std::size_t(policy)];
}
QString foldPolicyName(FoldPolicy policy)
{
    return foldNames[std::size_t(policy)];
}
QString onClosedName(OnClosed policy)
{
    return onClosedNames[std::size_t(policy)];
}
std::optional<GapPolicy> gapPolicyOf(QStringView name)
{
    return enumOf<GapPolicy>(gapNames, name);
}
std::optional<FoldPolicy> foldPolicyOf(QStringView name)
{
    return enumOf<FoldPolicy>(foldNames, name);
}
std::optional<OnClosed> onClosedOf(QStringView name)
{
    return enumOf<OnClosed>(onClosedNames, name);
}

} // namespace belfry
