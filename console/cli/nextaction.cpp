// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/cli/actions.h"
#include "console/cli/looks.h"
#include "console/cli/session.h"
#include "console/cli/text.h"
#include "console/cli/waitcode.h"
#include "shared/time/preview.h"
#include "shared/time/rule.h"

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

constexpr int mostEntries = 100'000;
constexpr qsizetype longestShown = 200;

// The expression with a caret under the place that is wrong.
void showFault(Session &session, const PreviewRequest &request)
{
    const auto fault = Cron::fault(request.cron, request.id);
    const QString shown = visible(request.cron);
    if (fault && shown == request.cron && shown.size() <= longestShown)
        session.output().complain(u"    %1\n    %2^\n"_s.arg(shown, QString(std::max(0, fault->column - 1), u' ')));
}

void showPreview(Session &session, const Preview &preview, const Zone &zone)
{
    std::vector<wire::NextEntry> entries;
    for (const Occurrence &each : preview.entries) {
        wire::NextEntry entry{.at = each.at, .local = toRfc3339(each.at, zone), .reason = each.reason};
        if (const QString note = noteName(each.note); !note.isEmpty())
            entry.note = note;
        entries.push_back(std::move(entry));
    }
    if (session.output().isForPeople())
        session.output().say(visible(preview.description));
    if (preview.neverFires)
        session.output().note(u"this expression never fires"_s);
    session.output().list(entries, nextLook({session.now(), session.zone()}, false));
    session.finish(exitDone);
}

void previewCron(Session &session, qint64 count, std::optional<Instant> from, std::optional<Instant> until)
{
    const Arguments &arguments = session.arguments();
    if (!arguments.positional().isEmpty()) {
        session.failUsage(u"--cron stands for itself: name no jobs with it"_s);
        return;
    }
    const PreviewRequest request{.cron = arguments.value(u"cron"_s),
        .zone = arguments.value(u"zone"_s),
        .gap = arguments.value(u"gap"_s),
        .fold = arguments.value(u"fold"_s),
        .id = arguments.value(u"id"_s),
        .from = from.value_or(session.now()),
        .until = until,
        .count = qsizetype(count)};
    // Given and empty is a slip, perhaps of an unset shell variable, and not a wish for UTC.
    if (arguments.has(u"zone"_s) && request.zone.isEmpty()) {
        session.fail(Zone::make({}).error());
        return;
    }
    const auto found = preview(request);
    const auto zone = request.zone.isEmpty() ? Result<Zone>(Zone::utc()) : Zone::make(request.zone);
    if (found && zone) {
        showPreview(session, *found, *zone);
        return;
    }
    session.fail(found ? zone.error() : found.error());
    showFault(session, request);
}

} // namespace

void startNext(Session &session)
{
    std::optional<Instant> from;
    std::optional<Instant> until;
    const auto count = session.number(u"count"_s, 10, 1, mostEntries);
    if (!count || !session.time(u"from"_s, from) || !session.time(u"until"_s, until))
        return;
    if (session.arguments().has(u"cron"_s)) {
        previewCron(session, *count, from, until);
        return;
    }
    for (const QString &key : {u"zone"_s, u"gap"_s, u"fold"_s, u"id"_s})
        if (session.arguments().has(key)) {
            session.failUsage(u"--%1 goes with --cron; a job's rules have their own"_s.arg(key));
            return;
        }
    const wire::ScheduleNext request{session.arguments().positional(), int(*count), from, until};
    session.ask(request, [&session](const wire::NextReply &reply) {
        session.output().list(reply.entries, nextLook({session.now(), session.zone()}, true));
        session.finish(exitDone);
    });
}

} // namespace belfry
