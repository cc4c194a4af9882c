// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtGlobal>

#include <compare>

namespace belfry {

// A number that cannot be mistaken for one of another kind. 0 means "none".
template <class Tag> struct Id {
    qint64 value = 0;

    constexpr Id() = default;
    constexpr explicit Id(qint64 number) : value(number) { }
    constexpr explicit operator bool() const { return value != 0; }
    constexpr auto operator<=>(const Id &) const = default;
};

using RunId = Id<struct RunTag>; // rises with each run, never reused
using JobId = Id<struct JobTag>; // the store's key of a job; kept over a rename by `was:`

} // namespace belfry
