// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/cli/cells.h"

#include "console/cli/timetext.h"

#include <cmath>

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

Tone toneOf(RunState state)
{
    switch (state) {
    case RunState::Assigned:
    case RunState::Running:
        return Tone::Live;
    case RunState::Succeeded:
        return Tone::Good;
    case RunState::Retrying:
    case RunState::Warning:
        return Tone::Warn;
    case RunState::Failed:
    case RunState::TimedOut:
    case RunState::NotStarted:
    case RunState::Lost:
        return Tone::Bad;
    case RunState::Queued:
    case RunState::Skipped:
    case RunState::Cancelled:
        break;
    }
    return Tone::Plain;
}

} // namespace

Cell stateCell(RunState state, const std::optional<Instant> &unreachableSince, Instant now)
{
    QString word = nameOf(state);
    if (unreachableSince)
        return {word + u", unreachable for %1"_s.arg(roughly(now - *unreachableSince)), Tone::Warn};
    return {word, toneOf(state)};
}

QString exitText(const std::optional<int> &exitCode, const std::optional<int> &signal)
{
    if (signal)
        return u"signal %1"_s.arg(*signal);
    return exitCode ? QString::number(*exitCode) : QString();
}

QString percentText(double percent)
{
    return QString::number(std::floor(percent * 10) / 10, 'g', 4) + u" %"_s;
}

// From the start to the end or, while it lives, to now.
QString durationText(const std::optional<Instant> &from, const std::optional<Instant> &until, Instant now)
{
    return from ? roughly(until.value_or(now) - *from) : QString();
}

Cell timeCell(const std::optional<Instant> &at, const View &view)
{
    return at ? Cell(relativeText(*at, view.now)) : Cell();
}

QString timeText(const std::optional<Instant> &at, const View &view)
{
    return at ? u"%1 (%2)"_s.arg(localText(*at, view.zone), relativeText(*at, view.now)) : QString();
}

QString paramsText(const Params &params)
{
    QStringList parts;
    for (const auto &[name, value] : params)
        parts += name + u'=' + value;
    return parts.join(u' ');
}

} // namespace belfry
