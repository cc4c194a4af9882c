// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/nearestname.h"
#include "shared/filter/terms.h"

// What the values of terms may be. All are Invalid with the column where they are not.
namespace belfry::filter {

Status noComparison(const Value &value);
Result<qint64> readNumber(const Value &value);
Result<Duration> readDuration(const Value &value);
// RFC 3339, a date (UTC), `@` with seconds since 1970, or an age such as `24h`.
Result<Instant> readTime(const Value &value, Instant now);
// Whether `text` holds `part`, ASCII letters in any case (as SQLite's LIKE does).
bool containsAscii(const QString &text, const QString &part);

Status checkName(const Value &value, const QStringList &known);
template <class E> Status checkName(const Value &value)
{
    QStringList known;
    for (const auto &each : enumNames(static_cast<const E *>(nullptr)))
        known += QString::fromLatin1(each.name);
    return checkName(value, known);
}

} // namespace belfry::filter
