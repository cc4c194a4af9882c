// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/models/runcolumns.h"

#include <QCoreApplication>

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

using Row = wire::RunRow;
using Column = ColumnOf<Row>;

struct Titles {
    Q_DECLARE_TR_FUNCTIONS(belfry::RunColumns)
};

Column number()
{
    return {.id = u"run"_s,
        .title = Titles::tr("Run"),
        .text = [](const Row &r) { return u"#%1"_s.arg(r.id.value); },
        .sort = [](const Row &r) { return QVariant(r.id.value); },
        .numeric = true};
}

Column job()
{
    return {.id = u"job"_s, .title = Titles::tr("Job"), .text = [](const Row &r) { return r.jobName; }};
}

Column state()
{
    return {.id = u"state"_s,
        .title = Titles::tr("State"),
        .text = [](const Row &r) { return lookOf(r).word; },
        .sort = [](const Row &r) { return QVariant(int(r.state)); },
        .look = [](const Row &r) { return lookOf(r); }};
}

Column time(
    const Times *times, const QString &id, const QString &title, std::function<std::optional<Instant>(const Row &)> at)
{
    return {.id = id,
        .title = title,
        .text = [times, at](const Row &r) { return at(r) ? times->text(*at(r), r.jobName) : QString(); },
        .sort = [at](const Row &r) { return sortable(at(r)); },
        .tip = [times, at](const Row &r) { return at(r) ? times->everyZone(*at(r), r.jobName) : QString(); },
        .numeric = true};
}

Column agent()
{
    return {.id = u"agent"_s, .title = Titles::tr("Agent"), .text = [](const Row &r) { return r.agent; }};
}

Column cause()
{
    return {.id = u"cause"_s,
        .title = Titles::tr("Cause"),
        .text =
            [](const Row &r) {
                return r.by.isEmpty() ? causeWords(r.cause) : Titles::tr("%1, by %2").arg(causeWords(r.cause), r.by);
            },
        .tip = [](const Row &r) { return r.triggerReason; }};
}

Column params()
{
    return {.id = u"params"_s,
        .title = Titles::tr("Parameters"),
        .text = [](const Row &r) { return paramWords(r.params); },
        .tip = [](const Row &r) { return paramWords(r.params).replace(u' ', u'\n'); }};
}

QVariant took(const Row &r, Instant now)
{
    return r.startedAt ? QVariant(qint64((r.endedAt.value_or(now) - *r.startedAt).count())) : QVariant(qint64(-1));
}

} // namespace

std::vector<Column> liveRunColumns(const Times *times, const Estimates *estimates)
{
    const auto progress
        = [times, estimates](const Row &r) { return progressOf(r, estimates->of(r.jobName), times->now()); };
    const Column bar{.id = u"progress"_s,
        .title = Titles::tr("Progress"),
        .text =
            [progress, times](const Row &r) {
                return isWaiting(r.state) ? Titles::tr("waits for %1").arg(spanText(times->now() - r.queuedAt))
                                          : progress(r).text;
            },
        .sort = [times](const Row &r) { return took(r, times->now()); },
        .progress =
            [progress](const Row &r) {
                const Progress now = progress(r);
                return now.kind == Progress::Kind::None ? QVariant() : QVariant::fromValue(now);
            },
        .ticks = true};
    const Column running{.id = u"took"_s,
        .title = Titles::tr("Running for"),
        .text = [times](const Row &r) { return r.startedAt ? spanText(times->now() - *r.startedAt) : QString(); },
        .sort = [times](const Row &r) { return took(r, times->now()); },
        .numeric = true,
        .ticks = true};
    return {state(), job(), number(), agent(), bar, running,
        time(times, u"started"_s, Titles::tr("Started"), [](const Row &r) { return r.startedAt; }),
        time(times, u"queued"_s, Titles::tr("Queued"), [](const Row &r) { return std::optional(r.queuedAt); }), cause(),
        params()};
}

std::vector<Column> endedRunColumns(const Times *times)
{
    const Column lasted{.id = u"took"_s,
        .title = Titles::tr("Took"),
        .text =
            [times](const Row &r) {
                return r.startedAt ? spanText(r.endedAt.value_or(times->now()) - *r.startedAt) : QString();
            },
        .sort = [times](const Row &r) { return took(r, times->now()); },
        .numeric = true};
    const Column exit{.id = u"exit"_s,
        .title = Titles::tr("Exit"),
        .text =
            [](const Row &r) {
                return r.signal  ? exitWords(r.exitCode, r.signal)
                    : r.exitCode ? QString::number(*r.exitCode)
                                 : QString();
            },
        .tip = [](const Row &r) { return exitWords(r.exitCode, r.signal); },
        .numeric = true};
    const Column tries{.id = u"tries"_s,
        .title = Titles::tr("Tries"),
        .text = [](const Row &r) { return QString::number(r.attempts); },
        .numeric = true};
    const Column reason{.id = u"reason"_s,
        .title = Titles::tr("Reason"),
        .text = [](const Row &r) { return r.reason; },
        .tip = [](const Row &r) { return r.reason; }};
    return {state(), job(), number(),
        time(times, u"started"_s, Titles::tr("Started"), [](const Row &r) { return r.startedAt; }),
        time(times, u"ended"_s, Titles::tr("Ended"), [](const Row &r) { return r.endedAt; }), lasted, exit, tries,
        agent(), cause(), reason, params()};
}

} // namespace belfry
