// SPDX-License-Identifier: GPL-3.0-or-later
// Rules and their entries in words.
#include "shared/time/rulewalk.h"

#include <array>

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

// In the order of the enumerators.
constexpr std::array noteNames{""_L1, "moved"_L1, "merged"_L1, "repeated"_L1, "skipped"_L1};
constexpr std::array causeNames{""_L1, "gap"_L1, "calendar"_L1};

QString dayText(DayNumber day)
{
    return dateOf(day).toString(Qt::ISODate);
}

// `2026-03-29 02:30 does not exist in Europe/Berlin, where the clock goes from 2026-03-29 02:00 to 2026-03-29 03:00`.
QString gapText(const RawOccurrence &raw, const Rule &rule)
{
    const ZoneGap gap = rule.zone().gapAt(raw.firstInGap);
    QString times = toText(raw.firstInGap);
    if (raw.fromGap > 1)
        times += u" and %1 more"_s.arg(raw.fromGap - 1);
    return u"%1 %2 not exist in %3, where the clock goes from %4 to %5"_s.arg(
        times, raw.fromGap > 1 ? u"do"_s : u"does"_s, rule.zone().name(), toText(gap.start), toText(gap.end));
}

QString skippedInGapText(const RawOccurrence &raw, const Rule &rule)
{
    const ZoneGap gap = rule.zone().gapAt(raw.firstInGap);
    const bool tooLong = Duration(gap.end.ms - gap.start.ms) >= longGap;
    return gapText(raw, rule)
        + (tooLong ? u"; a gap of 3 hours or more is not made up"_s : u"; the rule says gap: skip"_s);
}

QString closedText(const RawOccurrence &raw, const Rule &rule)
{
    const QString text = u"%1 is closed in calendar %2"_s.arg(dayText(raw.closedDay), rule.calendar()->name());
    if (raw.note != OccurrenceNote::Skipped || rule.spec().onClosed == OnClosed::Skip)
        return text;
    return text
        + u", which has no open day within %1 days %2 it"_s.arg(maxClosedDays)
              .arg(rule.spec().onClosed == OnClosed::Next ? "after"_L1 : "before"_L1);
}

QString movedFromClosedText(const RawOccurrence &raw, const Rule &rule)
{
    const QString verb = raw.note == OccurrenceNote::Merged ? u"also stands for"_s : u"moved from"_s;
    const QString calendar = rule.calendar()->name();
    if (raw.fromClosed == 1)
        return u"%1 %2, which is closed in calendar %3"_s.arg(verb, dayText(raw.closedDay), calendar);
    return u"%1 %2 and %3 more days that are closed in calendar %4"_s.arg(
        verb, dayText(raw.closedDay), QString::number(raw.fromClosed - 1), calendar);
}

QString withFirstLetterUp(QString text)
{
    if (!text.isEmpty())
        text[0] = text[0].toUpper();
    return text;
}

QString whatOf(const Rule &rule)
{
    const RuleSpec &spec = rule.spec();
    if (rule.cron())
        return rule.cron()->describe();
    if (spec.every)
        return u"Every %1"_s.arg(formatDuration(*spec.every));
    if (spec.after)
        return u"%1 after the last run ended"_s.arg(formatDuration(*spec.after));
    return u"Once, at %1"_s.arg(toRfc3339(*spec.at, rule.zone()));
}

QString gapAndFoldOf(const RuleSpec &spec)
{
    QString text;
    if (spec.gap == GapPolicy::Skip)
        text += u"; skipped where a clock change leaves it out"_s;
    if (spec.fold == FoldPolicy::Second)
        text += u"; on the second pass where a clock change repeats it"_s;
    if (spec.fold == FoldPolicy::Both)
        text += u"; twice where a clock change repeats it"_s;
    return text;
}

} // namespace

QString noteName(OccurrenceNote note)
{
    return noteNames[std::size_t(note)];
}
QString skipCauseName(SkipCause cause)
{
    return causeNames[std::size_t(cause)];
}

QString reasonOf(const RawOccurrence &raw, const Rule &rule)
{
    if (raw.cause == SkipCause::Calendar)
        return closedText(raw, rule);
    QStringList parts;
    if (raw.fromClosed > 0)
        parts += movedFromClosedText(raw, rule);
    if (raw.cause == SkipCause::Gap)
        parts += skippedInGapText(raw, rule);
    else if (raw.fromGap > 0)
        parts += gapText(raw, rule)
            + (raw.note == OccurrenceNote::Merged ? u"; covered by the one due right after"_s
                                                  : u"; due at the first instant after"_s);
    if (raw.secondPass && !(raw.note == OccurrenceNote::None)) {
        const LocalTime local = LocalTime(raw.at.ms) + raw.offset;
        parts += u"%1 occurs twice in %2; this is the second pass"_s.arg(toText(local), rule.zone().name());
    }
    return withFirstLetterUp(parts.join(u"; "_s));
}

QString Rule::describe() const
{
    QString text = whatOf(*this);
    if (m_cron)
        text += u" (%1)"_s.arg(m_zone.name());
    if (m_calendar) {
        text += u", on days of calendar %1"_s.arg(m_calendar->name());
        if (m_spec.onClosed != OnClosed::Skip)
            text += u"; closed days move to the %1 open one"_s.arg(onClosedName(m_spec.onClosed));
    }
    if (!isElapsed())
        text += gapAndFoldOf(m_spec);
    if (m_spec.from)
        text += u", from %1"_s.arg(belfry::toRfc3339(*m_spec.from, m_zone));
    if (m_spec.until)
        text += u", until before %1"_s.arg(belfry::toRfc3339(*m_spec.until, m_zone));
    if (m_spec.jitter > 0s)
        text += u", up to %1 later"_s.arg(formatDuration(m_spec.jitter));
    return text;
}

} // namespace belfry
