// SPDX-License-Identifier: GPL-3.0-or-later
#include "backend/server/requests.h"

#include "backend/engine/engine.h"
#include "backend/store/store.h"

namespace belfry::requests {

using namespace Qt::StringLiterals;
using wire::Concern;

namespace {

constexpr qsizetype mostName = 256;
constexpr qsizetype mostNote = 4096;
constexpr std::size_t mostConcerns = 16;

// `1767225600000:r42` or `1767225600000:o7:nightly`; opaque to clients.
QString cursorOf(const store::AttentionPlace &place)
{
    return place.run ? u"%1:r%2"_s.arg(place.at.ms).arg(place.run.value)
                     : u"%1:o%2:%3"_s.arg(QString::number(place.at.ms), QString::number(place.job.value), place.rule);
}

Result<store::AttentionPlace> placeOf(const QString &cursor)
{
    const QString time = cursor.section(u':', 0, 0);
    const QString subject = cursor.section(u':', 1, 1);
    bool isTime = false;
    bool isNumber = false;
    store::AttentionPlace place{.at = Instant(time.toLongLong(&isTime)), .run = {}, .job = {}, .rule = {}};
    const qint64 number = subject.sliced(std::min<qsizetype>(1, subject.size())).toLongLong(&isNumber);
    const bool isRun = subject.startsWith(u'r');
    if (!isTime || !isNumber || (!isRun && !subject.startsWith(u'o')))
        return fail(ErrorKind::Invalid, u"after: give what the page before had as `next`"_s);
    if (isRun)
        place.run = RunId(number);
    else
        place.job = JobId(number);
    if (!isRun)
        place.rule = cursor.section(u':', 2);
    return place;
}

std::optional<RunState> stateOf(Concern concern)
{
    switch (concern) {
    case Concern::Failed:
        return RunState::Failed;
    case Concern::TimedOut:
        return RunState::TimedOut;
    case Concern::NotStarted:
        return RunState::NotStarted;
    case Concern::Lost:
        return RunState::Lost;
    case Concern::Missed:
    case Concern::Expired:
        break;
    }
    return std::nullopt;
}

Concern concernOf(RunState state)
{
    switch (state) {
    case RunState::TimedOut:
        return Concern::TimedOut;
    case RunState::NotStarted:
        return Concern::NotStarted;
    case RunState::Lost:
        return Concern::Lost;
    default:
        return Concern::Failed;
    }
}

void chooseConcerns(const std::vector<Concern> &concerns, store::ListAttention &question)
{
    if (concerns.empty())
        return;
    for (const Concern concern : concerns) {
        if (const auto state = stateOf(concern))
            question.states.push_back(*state);
        else
            question.fates.push_back(concern == Concern::Missed ? Fate::Missed : Fate::Expired);
    }
    question.runs = !question.states.empty();
    question.occasions = !question.fates.empty();
}

wire::AttentionRow rowOf(const Run &run)
{
    return {.concern = concernOf(run.state),
        .job = run.jobName,
        .at = run.endedAt.value_or(run.queuedAt),
        .run = run.id,
        .rule = run.rule,
        .occasion = run.occasion,
        .until = {},
        .reason = run.reason,
        .agent = run.agent,
        .exitCode = run.exitCode,
        .signal = run.signal};
}

wire::AttentionRow rowOf(const Occasion &occasion)
{
    return {.concern = occasion.fate == Fate::Missed ? Concern::Missed : Concern::Expired,
        .job = occasion.jobName,
        .at = occasion.at,
        .run = {},
        .rule = occasion.rule,
        .occasion = occasion.at,
        .until = occasion.until,
        .count = occasion.count,
        .reason = occasion.reason,
        .agent = {},
        .exitCode = {},
        .signal = {}};
}

Result<store::ListAttention> questionOf(ClientSession &session, const wire::AttentionList &request)
{
    for (const Status &good : {checkRange("limit", request.limit, 1, 1000), checkLength("job", request.job, mostName),
             checkLength("project", request.project, mostName), checkLength("after", request.after, mostName),
             checkRange("concerns", qint64(request.concerns.size()), 0, qint64(mostConcerns))})
        if (!good)
            return fail(good.error());
    store::ListAttention question{
        .job = {}, .project = request.project, .since = request.since, .after = {}, .limit = request.limit};
    chooseConcerns(request.concerns, question);
    if (!request.job.isEmpty()) {
        const Result<const Job *> job = jobNamed(session, request.job);
        if (!job)
            return fail(job.error());
        question.job = (*job)->id;
    }
    if (!request.after.isEmpty()) {
        const auto place = placeOf(request.after);
        if (!place)
            return fail(place.error());
        question.after = *place;
    }
    return question;
}

// What is to be marked is read, and then judged by the engine. `event` has all but that.
void submitFor(ClientSession &session, std::optional<RunId> run, const QString &job, std::optional<Instant> at,
    engine::Acknowledge event, const Respond<wire::AttentionMarked> &respond)
{
    Store &store = session.parts().core.store();
    if (run.has_value() == (at.has_value() || !job.isEmpty()) || at.has_value() == job.isEmpty()) {
        respond(fail(ErrorKind::Invalid, u"give either a run, or a job and at"_s));
        return;
    }
    if (run) {
        store.ask(
            store::FindRun{*run}, &session, [&session, event, respond](Result<store::RunWithAttempts> found) mutable {
                if (!found) {
                    respond(fail(found.error()));
                    return;
                }
                event.run = std::move(found->run);
                submit<wire::AttentionMarked>(session, std::move(event), respond);
            });
        return;
    }
    const Result<const engine::Engine *> engine = engineOf(session);
    const Result<JobId> id = engine ? (*engine)->jobEverNamed(job.left(mostName)) : fail(engine.error());
    if (!id) {
        respond(fail(id.error()));
        return;
    }
    store.ask(store::FindOccasions{*id, *at}, &session,
        [&session, event, at = *at, job, respond](Result<std::vector<Occasion>> found) mutable {
            if (!found) {
                respond(fail(found.error()));
            } else if (found->empty()) {
                respond(fail(ErrorKind::NotFound,
                    u"no occasion of %1 was due at %2; see `belfry ledger`"_s.arg(job.left(mostName), toRfc3339(at))));
            } else {
                event.occasions = std::move(*found);
                submit<wire::AttentionMarked>(session, std::move(event), respond);
            }
        });
}

} // namespace

void handle(ClientSession &session, const wire::AttentionList &request, const Respond<wire::AttentionReply> &respond)
{
    auto question = questionOf(session, request);
    if (!question) {
        respond(fail(question.error()));
        return;
    }
    session.parts().core.store().ask(
        std::move(*question), &session, [respond](const Result<store::AttentionPage> &page) {
            if (!page) {
                respond(fail(page.error()));
                return;
            }
            wire::AttentionReply reply;
            for (const store::AttentionItem &item : page->items)
                reply.rows.push_back(item.run ? rowOf(*item.run) : rowOf(*item.occasion));
            if (page->next)
                reply.next = cursorOf(*page->next);
            respond(reply);
        });
}

void handle(
    ClientSession &session, const wire::AttentionAcknowledge &request, const Respond<wire::AttentionMarked> &respond)
{
    if (const Status good = checkLength("note", request.note, mostNote); !good) {
        respond(fail(good.error()));
        return;
    }
    engine::Acknowledge event{.run = {}, .occasions = {}, .by = session.identity().name, .note = request.note};
    submitFor(session, request.run, request.job, request.at, std::move(event), respond);
}

void handle(ClientSession &session, const wire::AttentionReopen &request, const Respond<wire::AttentionMarked> &respond)
{
    engine::Acknowledge event{.run = {}, .occasions = {}, .undo = true, .by = session.identity().name, .note = {}};
    submitFor(session, request.run, request.job, request.at, std::move(event), respond);
}

} // namespace belfry::requests
