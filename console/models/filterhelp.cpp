// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/models/filterhelp.h"

#include "shared/filter/jobfilter.h"
#include "shared/filter/runfilter.h"

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

template <class E> QStringList namesOf()
{
    QStringList names;
    for (const auto &each : enumNames(static_cast<const E *>(nullptr)))
        names += QString::fromLatin1(each.name);
    return names;
}

QStringList valuesOf(FilterKind kind, const QString &key, const QStringList &jobs, const QStringList &agents)
{
    if (key == "state"_L1)
        return namesOf<RunState>();
    if (key == "cause"_L1 && kind == FilterKind::Runs)
        return namesOf<Cause>();
    if (key == "job"_L1 || key == "name"_L1)
        return jobs;
    if (key == "agent"_L1)
        return agents;
    if (key == "since"_L1)
        return {u"1h"_s, u"24h"_s, u"7d"_s, u"30d"_s};
    if (key == "duration"_L1)
        return {u">1m"_s, u">10m"_s, u">1h"_s};
    return {};
}

} // namespace

QString filterFault(FilterKind kind, const QString &text)
{
    if (kind == FilterKind::Jobs) {
        const auto filter = filter::JobFilter::parse(text);
        return filter ? QString() : filter.error().message;
    }
    const auto filter = filter::parseRunFilter(text, Instant());
    return filter ? QString() : filter.error().message;
}

qsizetype wordStart(const QString &text, qsizetype cursor)
{
    bool quoted = false;
    qsizetype start = 0;
    for (qsizetype i = 0; i < std::min(cursor, text.size()); ++i) {
        if (text[i] == u'"')
            quoted = !quoted;
        else if (text[i] == u' ' && !quoted)
            start = i + 1;
    }
    return start;
}

QStringList filterCompletions(
    FilterKind kind, const QString &text, qsizetype cursor, const QStringList &jobs, const QStringList &agents)
{
    const qsizetype start = wordStart(text, cursor);
    const QString word = text.mid(start, cursor - start);
    const QString minus = word.startsWith(u'-') ? u"-"_s : QString();
    const qsizetype colon = word.indexOf(u':');
    QStringList found;
    if (colon < 0) {
        const QStringList keys = kind == FilterKind::Runs ? filter::runFilterKeys() : filter::JobFilter::keys();
        for (const QString &key : keys)
            if (const QString whole = minus + key + u':'; whole.startsWith(word))
                found += whole;
        return found;
    }
    const qsizetype value = std::max(colon, word.lastIndexOf(u',')) + 1;
    const QString key = word.mid(minus.size(), colon - minus.size());
    for (const QString &each : valuesOf(kind, key, jobs, agents))
        if (const QString whole = word.left(value) + each; each.contains(word.mid(value), Qt::CaseInsensitive))
            found += whole;
    return found;
}

} // namespace belfry
