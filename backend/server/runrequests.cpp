// SPDX-License-Identifier: GPL-3.0-or-later
#include "backend/server/requests.h"

#include "backend/engine/engine.h"
#include "backend/store/store.h"
#include "shared/filter/jobfilter.h"
#include "shared/filter/runfilter.h"

namespace belfry::requests {

using namespace Qt::StringLiterals;

namespace {

constexpr qsizetype mostName = 256;
constexpr qsizetype mostKey = 256;
constexpr qsizetype mostReason = 4096;
constexpr qsizetype mostParams = 64 << 10; // characters of all of them
constexpr std::size_t mostParamCount = 256;

// Values go through as text; what a text means for its parameter is judged where the definition is known.
Result<QString> paramText(const QJsonValue &value)
{
    if (value.isString())
        return value.toString();
    if (value.isBool())
        return value.toBool() ? u"true"_s : u"false"_s;
    if (!value.isDouble())
        return fail(ErrorKind::Invalid, u"expected a text, a number or a boolean"_s);
    const qint64 whole = value.toInteger();
    if (value.toInteger(1) == value.toInteger(0))
        return QString::number(whole);
    return QString::number(value.toDouble(), 'g', QLocale::FloatingPointShortest);
}

Result<Params> paramTexts(const std::map<QString, QJsonValue> &values)
{
    Params params;
    qsizetype size = 0;
    if (const Status good = checkRange("params", qint64(values.size()), 0, qint64(mostParamCount)); !good)
        return fail(good.error());
    for (const auto &[name, value] : values) {
        const Result<QString> text = paramText(value);
        if (!text)
            return fail(text.error().within(u"params.%1"_s.arg(name.left(64))));
        size += name.size() + text->size();
        params.emplace(name, *text);
    }
    if (size > mostParams)
        return fail(ErrorKind::Invalid, u"params: they may have at most %1 characters together"_s.arg(mostParams));
    return params;
}

Status checkTrigger(const wire::RunTrigger &request)
{
    for (const Status &good : {checkLength("job", request.job, mostName), checkLength("key", request.key, mostKey),
             checkLength("reason", request.reason, mostReason)})
        if (!good)
            return good;
    return {};
}

void listRuns(ClientSession &session, store::ListRuns question, const Respond<wire::RunListReply> &respond)
{
    session.parts().core.store().ask(std::move(question), &session, [&session, respond](Result<store::RunPage> page) {
        if (!page) {
            respond(fail(page.error()));
            return;
        }
        wire::RunListReply reply{.runs = {}, .next = page->next};
        for (const Run &run : page->runs)
            reply.runs.push_back(session.parts().live.row(run));
        respond(reply);
    });
}

// Tags belong to jobs as they are now: a condition on them becomes one on the jobs that have them.
Status resolveTags(ClientSession &session, RunFilter &filter)
{
    for (RunCondition &condition : filter.conditions) {
        if (condition.field != RunField::Tag)
            continue;
        const Result<const engine::Engine *> engine = engineOf(session);
        if (!engine)
            return fail(engine.error());
        std::vector<RunTest> tests;
        for (const auto &[name, id] : (*engine)->jobNames()) {
            const auto hasTag = [&, job = (*engine)->job(id)](
                                    const RunTest &test) { return filter::hasTag(job->definition, test.text); };
            if (std::ranges::any_of(condition.anyOf, hasTag))
                tests.push_back({Relation::Equal, {}, id.value});
        }
        condition.field = RunField::OfJobs;
        condition.anyOf = std::move(tests);
    }
    return {};
}

Result<RunFilter> runFilter(ClientSession &session, const QString &text)
{
    Result<RunFilter> filter = filter::parseRunFilter(text, session.parts().core.clock().now());
    if (filter)
        if (const Status good = resolveTags(session, *filter); !good)
            return fail(good.error());
    return filter;
}

} // namespace

void handle(ClientSession &session, const wire::RunTrigger &request, const Respond<wire::TriggerReply> &respond)
{
    const Status good = checkTrigger(request);
    const Result<Params> params = good ? paramTexts(request.params) : fail(good.error());
    if (!params) {
        respond(fail(params.error()));
        return;
    }
    submit<wire::TriggerReply>(session,
        engine::TriggerJob{.job = request.job,
            .params = *params,
            .key = request.key,
            .by = session.identity().name,
            .reason = request.reason,
            .force = request.force},
        respond);
}

void handle(ClientSession &session, const wire::RunPreview &request, const Respond<wire::PreviewReply> &respond)
{
    const Status good
        = checkTrigger({.job = request.job, .params = {}, .key = {}, .reason = request.reason, .force = request.force});
    const Result<Params> params = good ? paramTexts(request.params) : fail(good.error());
    const Result<const engine::Engine *> engine = params ? engineOf(session) : fail(params.error());
    if (!engine) {
        respond(fail(engine.error()));
        return;
    }
    const engine::TriggerJob trigger{.job = request.job,
        .params = *params,
        .key = {},
        .by = session.identity().name,
        .reason = request.reason,
        .force = request.force};
    respond((*engine)->preview(trigger, session.parts().core.clock().now()));
}

void handle(ClientSession &session, const wire::RunList &request, const Respond<wire::RunListReply> &respond)
{
    if (const Status good = checkRange("limit", request.limit, 1, 1000); !good) {
        respond(fail(good.error()));
        return;
    }
    Result<RunFilter> filter = runFilter(session, request.filter);
    if (!filter) {
        respond(fail(filter.error()));
        return;
    }
    store::ListRuns question{.job = {},
        .states = request.states,
        .live = request.live,
        .since = request.since,
        .after = request.after,
        .filter = std::move(*filter),
        .limit = request.limit};
    if (!request.job.isEmpty()) {
        const Result<const Job *> job = jobNamed(session, request.job);
        if (!job) {
            respond(fail(job.error()));
            return;
        }
        question.job = (*job)->id;
    }
    listRuns(session, std::move(question), respond);
}

namespace {

wire::AttemptRow attemptRow(const Attempt &attempt, const store::AttemptLog &log)
{
    wire::AttemptRow row{attempt};
    row.logReceived = log.received;
    row.logGaps = log.gaps;
    row.logCheck = log.check;
    row.progress = log.notes.progress;
    row.progressMessage = log.notes.message;
    row.metrics = log.notes.metrics;
    row.errors = log.notes.errors;
    row.warnings = log.notes.warnings;
    // Of an output given both ways the file's value counts: it is not cut by any bound on lines.
    row.outputs.insert(log.notes.outputs.begin(), log.notes.outputs.end());
    return row;
}

} // namespace

void handle(ClientSession &session, const wire::RunGet &request, const Respond<wire::RunDetail> &respond)
{
    session.parts().core.store().ask(
        store::FindRun{request.run}, &session, [&session, respond](Result<store::RunWithAttempts> found) {
            if (!found) {
                respond(fail(found.error()));
                return;
            }
            wire::RunDetail detail{{session.parts().live.row(found->run)}, {}};
            for (std::size_t each = 0; each < found->attempts.size(); ++each)
                detail.attemptRows.push_back(attemptRow(found->attempts[each], found->logs[each]));
            respond(detail);
        });
}

void handle(ClientSession &session, const wire::RunCancel &request, const Respond<wire::Nothing> &respond)
{
    if (const Status good = checkLength("reason", request.reason, mostReason); !good) {
        respond(fail(good.error()));
        return;
    }
    submit<wire::Nothing>(session,
        engine::CancelRun{.run = request.run, .by = session.identity().name, .reason = request.reason}, respond);
}

void handle(ClientSession &session, const wire::RunRerun &request, const Respond<wire::TriggerReply> &respond)
{
    if (const Status good = checkLength("reason", request.reason, mostReason); !good) {
        respond(fail(good.error()));
        return;
    }
    engine::RerunRun rerun{.by = session.identity().name, .reason = request.reason};
    session.parts().core.store().ask(store::FindRun{request.run}, &session,
        [&session, rerun, respond](Result<store::RunWithAttempts> found) mutable {
            if (!found) {
                respond(fail(found.error()));
                return;
            }
            rerun.run = std::move(found->run);
            const store::FindDefinition question{rerun.run.job, rerun.run.version};
            session.parts().core.store().ask(
                question, &session, [&session, rerun, respond](Result<JobDefinition> definition) mutable {
                    if (!definition) {
                        respond(fail(definition.error()));
                        return;
                    }
                    rerun.definition = std::make_shared<const JobDefinition>(std::move(*definition));
                    submit<wire::TriggerReply>(session, std::move(rerun), respond);
                });
        });
}

void handle(ClientSession &session, const wire::RunDeclareLost &request, const Respond<wire::Nothing> &respond)
{
    if (const Status good = checkLength("reason", request.reason, mostReason); !good) {
        respond(fail(good.error()));
        return;
    }
    submit<wire::Nothing>(session,
        engine::DeclareLost{.run = request.run, .by = session.identity().name, .reason = request.reason}, respond);
}

} // namespace belfry::requests
