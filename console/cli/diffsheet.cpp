// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/cli/diffsheet.h"

#include "console/cli/timetext.h"

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

// For people; programs get all of them.
constexpr std::size_t mostJobsShown = 50;

void addAll(std::vector<SheetLine> &lines, const QString &word, const QStringList &names, Tone tone)
{
    for (const QString &name : names)
        lines.push_back({word, {name, tone}});
}

QString withKeys(const QString &text, const QStringList &keys)
{
    return keys.isEmpty() ? text : u"%1: %2"_s.arg(text, keys.join(u", "_s));
}

std::vector<SheetLine> definitionLines(const wire::DiffReply &reply)
{
    std::vector<SheetLine> lines;
    addAll(lines, u"added"_s, reply.added, Tone::Good);
    addAll(lines, u"removed"_s, reply.removed, Tone::Bad);
    for (const wire::ChangedJob &each : reply.renamed)
        lines.push_back({u"renamed"_s, {withKeys(u"%1 -> %2"_s.arg(each.was, each.job), each.keys), Tone::Warn}});
    for (const wire::ChangedJob &each : reply.changed)
        lines.push_back({u"changed"_s, {withKeys(each.job, each.keys), Tone::Warn}});
    addAll(lines, u"limit"_s, reply.limits, Tone::Warn);
    return lines;
}

QString countsText(qint64 added, qint64 removed, qint64 moved)
{
    return u"%1 added, %2 removed, %3 moved"_s.arg(added).arg(removed).arg(moved);
}

class OccasionsText
{
public:
    OccasionsText(const View &view, const TableStyle &style)
        : m_view(view)
        , m_style(style)
    { }

    void add(const OccasionDiff &diff)
    {
        const QString end = diff.complete
            ? QString()
            : u"; compared up to %1 only, there are too many"_s.arg(localText(diff.until, m_view.zone));
        const QString counts = countsText(diff.added, diff.removed, diff.moved);
        m_text += toned(visible(u"  %1: %2%3"_s.arg(diff.job, counts, end)), Tone::Strong, m_style.colour) + u'\n';
        for (const Instant at : diff.firstAdded)
            line(u"+ "_s + localText(at, m_view.zone), Tone::Good);
        more(diff.added, diff.firstAdded.size(), u"added"_s);
        for (const Instant at : diff.firstRemoved)
            line(u"- "_s + localText(at, m_view.zone), Tone::Bad);
        more(diff.removed, diff.firstRemoved.size(), u"removed"_s);
        for (const MovedOccasion &each : diff.firstMoved)
            line(u"~ %1 -> %2"_s.arg(localText(each.at, m_view.zone), localText(each.to, m_view.zone)), Tone::Warn);
        more(diff.moved, diff.firstMoved.size(), u"moved"_s);
    }
    QString take() { return std::move(m_text); }

private:
    void line(const QString &text, Tone tone) { m_text += toned(u"    "_s + text, tone, m_style.colour) + u'\n'; }
    void more(qint64 all, std::size_t shown, const QString &word)
    {
        if (shown > 0 && all > qint64(shown))
            line(u"  and %1 more %2"_s.arg(all - qint64(shown)).arg(word), Tone::Dim);
    }

    const View &m_view;
    const TableStyle &m_style;
    QString m_text;
};

QString occasionsText(const wire::DiffReply &reply, const View &view, const TableStyle &style)
{
    const QString counts = countsText(reply.occasionsAdded, reply.occasionsRemoved, reply.occasionsMoved);
    const QString least = reply.occasionsComplete ? QString() : u"at least "_s;
    QString text = u"Occasions up to %1: %2%3\n"_s.arg(localText(reply.until, view.zone), least, counts);
    OccasionsText jobs(view, style);
    const std::size_t shown = std::min(reply.occasions.size(), mostJobsShown);
    for (std::size_t i = 0; i < shown; ++i)
        jobs.add(reply.occasions[i]);
    text += jobs.take();
    if (shown < reply.occasions.size())
        text += u"  and %1 more; -o json has them all\n"_s.arg(
            counted(qint64(reply.occasions.size() - shown), u"job"_s));
    return text;
}

} // namespace

Sheet diffSheet(const wire::DiffReply &reply, const View &view, const TableStyle &style)
{
    const QString unchanged = u"%1 unchanged"_s.arg(counted(reply.unchanged, u"job"_s));
    const QString end = reply.same
        ? u"%1; release %2 of %3 says the same\n"_s.arg(unchanged).arg(reply.release).arg(reply.project)
        : u"%1; against release %2 of %3\n"_s.arg(unchanged).arg(reply.release).arg(reply.project);
    return {.lines = definitionLines(reply),
        .below = visible(end.chopped(1)) + u'\n' + (reply.same ? QString() : occasionsText(reply, view, style)),
        .json = toJson(reply),
        .keys = fieldNames<wire::DiffReply>(),
        .name = reply.project};
}

} // namespace belfry
