// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/filter/values.h"

using namespace Qt::StringLiterals;

namespace belfry::filter {

Status noComparison(const Value &value)
{
    if (!value.comparison)
        return {};
    return refuse(value.column, u"texts are not compared; leave out what stands before '%1'"_s.arg(value.text));
}

Result<qint64> readNumber(const Value &value)
{
    bool good = false;
    const qint64 number = value.text.toLongLong(&good);
    if (!good)
        return refuse(value.column, u"'%1' is no whole number"_s.arg(value.text));
    return number;
}

Result<Duration> readDuration(const Value &value)
{
    const Result<Duration> duration = parseDuration(value.text);
    if (!duration)
        return refuse(value.column, duration.error().message);
    return duration;
}

Result<Instant> readTime(const Value &value, Instant now)
{
    if (const Result<Duration> age = parseDuration(value.text))
        return now - *age;
    if (const Result<Instant> exact = parseRfc3339(value.text))
        return exact;
    if (const Result<Instant> day = parseRfc3339(value.text + u"T00:00:00Z"_s))
        return day;
    bool good = false;
    const qint64 seconds = value.text.startsWith(u'@') ? QStringView(value.text).sliced(1).toLongLong(&good) : 0;
    if (good && qAbs(seconds) < qint64(1) << 40)
        return Instant(seconds * 1000);
    return refuse(value.column,
        u"'%1' is no time; write an age (24h), a date (2026-01-31), a time (2026-01-31T14:00:00Z) or @seconds"_s.arg(
            value.text));
}

bool containsAscii(const QString &text, const QString &part)
{
    const auto lower = [](QChar c) { return c >= u'A' && c <= u'Z' ? QChar(c.unicode() + 32) : c; };
    return std::ranges::search(text, part, {}, lower, lower).begin() != text.end() || part.isEmpty();
}

Status checkName(const Value &value, const QStringList &known)
{
    if (const Status good = noComparison(value); !good)
        return good;
    if (known.contains(value.text))
        return {};
    const QString near = nearestName(value.text, known);
    return refuse(value.column,
        near.isEmpty() ? u"'%1' is none of %2"_s.arg(value.text, known.join(u", "_s))
                       : u"'%1' is unknown; did you mean '%2'?"_s.arg(value.text, near));
}

} // namespace belfry::filter
