// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/result.h"

#include <QString>

#include <chrono>
#include <compare>

namespace belfry {

using Duration = std::chrono::milliseconds;
using namespace std::chrono_literals;

// A point of POSIX time (no leap seconds), milliseconds since 1970-01-01T00:00Z.
struct Instant {
    qint64 ms = 0;

    constexpr Instant() = default;
    constexpr explicit Instant(qint64 milliseconds) : ms(milliseconds) { }
    constexpr auto operator<=>(const Instant &) const = default;
    constexpr Instant operator+(Duration d) const { return Instant(ms + d.count()); }
    constexpr Instant operator-(Duration d) const { return Instant(ms - d.count()); }
    constexpr Duration operator-(Instant other) const { return Duration(ms - other.ms); }
};

// RFC 3339 UTC with milliseconds: 2026-01-01T00:00:00.000Z. Years 0000-9999; others are clamped to these bounds.
QString toRfc3339(Instant instant);
// RFC 3339 with `Z` or a numeric offset, seconds required, up to nine digits of fraction (cut to ms). `:60` is refused.
Result<Instant> parseRfc3339(QStringView text);

// Durations as users write them: `90s`, `15m`, `2h30m`, `7d`, `1w`, `500ms`; units once each, from large to small. Not negative.
Result<Duration> parseDuration(QStringView text);
// The shortest such text: 2h30m, 90s becomes 1m30s, 0 becomes 0s.
QString formatDuration(Duration duration);

// Sizes as users write them: `512MiB`, `2GiB`, `64KiB`, `100B` or plain bytes; also decimal kB, MB, GB, TB.
Result<qint64> parseSize(QStringView text);
QString formatSize(qint64 bytes);

} // namespace belfry
