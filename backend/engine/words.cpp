// SPDX-License-Identifier: GPL-3.0-or-later
#include "backend/engine/words.h"

namespace belfry::engine {

using namespace Qt::StringLiterals;

namespace {

constexpr std::size_t namedRuns = 5;

Duration rounded(Duration duration, Duration to)
{
    return (duration + to / 2) / to * to;
}

} // namespace

Words::Words(QStringView zone, Instant now)
    : m_zone(Zone::make(zone).value_or(Zone::utc()))
    , m_now(now)
{ }

QString Words::clock(Instant at, bool withDate) const
{
    QString text = toRfc3339(at, m_zone); // 2026-01-05T12:04:00.000+00:00
    text.replace(u".000"_s, QString());
    if (text.endsWith(u"+00:00"_s))
        text = text.chopped(6) + u'Z';
    const qsizetype date = text.indexOf(u'T');
    return withDate ? text.replace(date, 1, u' ') : text.sliced(date + 1);
}

QString Words::time(Instant at) const
{
    const Instant second(at.ms - ((at.ms % 1000) + 1000) % 1000);
    return clock(second, toRfc3339(at, m_zone).first(10) != toRfc3339(m_now, m_zone).first(10));
}

QString Words::fullTime(Instant at) const
{
    return clock(at, true);
}

QString Words::since(Instant at) const
{
    return u"%1 (%2 ago)"_s.arg(time(at), span(std::max(Duration(0), m_now - at)));
}

QString Words::span(Duration duration)
{
    const Duration size = std::chrono::abs(duration);
    if (size < 100ms)
        return formatDuration(duration);
    if (size < 10s) {
        const QString text = QString::number(double(rounded(size, 100ms).count()) / 1000, 'f', 1);
        return (duration < 0s ? u"-"_s : QString()) + (text.endsWith(u".0"_s) ? text.chopped(2) : text) + u's';
    }
    return formatDuration(duration < 0s ? -rounded(size, 1s) : rounded(size, 1s));
}

QString Words::runs(const std::vector<RunId> &runs)
{
    QStringList names;
    for (const RunId run : runs) {
        if (std::size_t(names.size()) == namedRuns) {
            names += u"%1 more"_s.arg(runs.size() - namedRuns);
            break;
        }
        names += QString::number(run.value);
    }
    return (runs.size() == 1 ? u"run "_s : u"runs "_s) + list(names);
}

QString Words::list(const QStringList &parts, const QString &last)
{
    if (parts.size() < 2)
        return parts.join(QString());
    return parts.first(parts.size() - 1).join(u", "_s) + u' ' + last + u' ' + parts.last();
}

QString Words::counted(qint64 number, const QString &noun)
{
    return QString::number(number) + u' ' + noun + (number == 1 ? QString() : u"s"_s);
}

QString capital(QString text)
{
    if (!text.isEmpty())
        text[0] = text[0].toUpper();
    return text;
}

} // namespace belfry::engine
