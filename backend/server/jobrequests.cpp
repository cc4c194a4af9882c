// SPDX-License-Identifier: GPL-3.0-or-later
#include "backend/server/requests.h"

#include "backend/server/comparison.h"
#include "backend/server/lintwarnings.h"
#include "backend/server/liveview.h"
#include "backend/server/sidework.h"
#include "shared/filter/jobfilter.h"

namespace belfry::requests {

using namespace Qt::StringLiterals;

namespace {

constexpr std::size_t mostFiles = 1000;
constexpr qsizetype mostMessage = 4096;

rpc::RpcError badFiles(const std::vector<Problem> &problems)
{
    QJsonArray rows;
    for (const Problem &problem : problems)
        rows.append(toJson(problem));
    const QString first = problems.empty() ? QString() : u": "_s + problems.front().message;
    rpc::RpcError error = rpc::toRpcError({ErrorKind::Invalid,
        u"the job files have %1 problem%2%3"_s.arg(problems.size())
            .arg(problems.size() == 1 ? QString() : u"s"_s, first)});
    error.data.insert(u"problems"_s, rows);
    return error;
}

struct FilesRead {
    ParseResult parsed;
    QStringList warnings;
};

// Beside the main thread: thousands of jobs take seconds.
FilesRead read(const std::map<QString, QString> &files, const AgentLabels &agents, Instant now)
{
    FilesRead read{.parsed = parseJobFiles(files), .warnings = {}};
    if (read.parsed)
        read.warnings = warningLines(lintProblems(*read.parsed, agents, now));
    return read;
}

template <class Done> void readFiles(ClientSession &session, const std::map<QString, QString> &files, Done done)
{
    AgentLabels agents = agentLabels(session);
    const Instant now = session.parts().core.clock().now();
    session.parts().side.run(
        &session, [files, agents = std::move(agents), now] { return read(files, agents, now); }, std::move(done));
}

engine::ApplyProject applyOf(const wire::JobApply &request, ParsedProject &&parsed, const QString &by)
{
    return {.project = parsed.project,
        .jobs = std::move(parsed.jobs),
        .limits = std::move(parsed.limits),
        .files = request.files,
        .prune = request.prune,
        .dryRun = request.dryRun,
        .by = by,
        .message = request.message};
}

} // namespace

void handle(ClientSession &session, const wire::JobApply &request, const Respond<wire::ApplyReply> &respond)
{
    Status good = checkRange("files", qint64(request.files.size()), 1, qint64(mostFiles));
    if (good)
        good = checkLength("message", request.message, mostMessage);
    if (!good) {
        respond(fail(good.error()));
        return;
    }
    readFiles(session, request.files, [&session, request, respond](FilesRead &&read) {
        if (!read.parsed) {
            respond.refuse(badFiles(read.parsed.error()));
            return;
        }
        const Respond<wire::ApplyReply> withWarnings
            = respond.mapped([warnings = std::move(read.warnings)](wire::ApplyReply reply) {
                  reply.warnings += warnings;
                  return reply;
              });
        submit<wire::ApplyReply>(
            session, applyOf(request, std::move(*read.parsed), session.identity().name), withWarnings);
    });
}

void handle(ClientSession &session, const wire::JobDiff &request, const Respond<wire::DiffReply> &respond)
{
    if (const Status good = checkRange("files", qint64(request.files.size()), 1, qint64(mostFiles)); !good) {
        respond(fail(good.error()));
        return;
    }
    readFiles(session, request.files, [&session, request, respond](FilesRead &&read) {
        if (!read.parsed) {
            respond.refuse(badFiles(read.parsed.error()));
            return;
        }
        const Result<const engine::Engine *> engine = engineOf(session);
        if (!engine) {
            respond(fail(engine.error()));
            return;
        }
        const wire::JobApply apply{.files = {}, .prune = request.prune, .dryRun = true, .message = {}};
        auto compared = comparisonOf(**engine, applyOf(apply, std::move(*read.parsed), {}));
        if (!compared) {
            respond(fail(compared.error()));
            return;
        }
        compared->reply.warnings += read.warnings;
        compared->reply.from = session.parts().core.clock().now();
        SideWork &side = session.parts().side;
        side.run(
            &session,
            [comparison = std::move(*compared), &stopping = side.stopping()] { return compare(comparison, stopping); },
            [respond](wire::DiffReply &&reply) { respond(std::move(reply)); });
    });
}

void handle(ClientSession &session, const wire::JobList &request, const Respond<wire::JobListReply> &respond)
{
    if (const Status good = checkRange("limit", request.limit, 1, 1000); !good) {
        respond(fail(good.error()));
        return;
    }
    const Result<filter::JobFilter> filter = filter::JobFilter::parse(request.filter);
    if (!filter) {
        respond(fail(filter.error()));
        return;
    }
    // Without a filter the list is there also while the store has failed.
    const Result<const engine::Engine *> engine
        = request.filter.isEmpty() ? Result<const engine::Engine *>(nullptr) : engineOf(session);
    if (!engine) {
        respond(fail(engine.error()));
        return;
    }
    const LiveView &live = session.parts().live;
    wire::JobListReply reply;
    const auto &names = live.jobNames();
    for (auto each = names.upper_bound(request.after); each != names.end(); ++each) {
        if (!request.project.isEmpty() && each->first.section(u'/', 0, 0) != request.project)
            continue;
        const wire::JobRow row = live.job(each->second);
        const Job *job = *engine ? (*engine)->job(each->second) : nullptr;
        if (job && !filter->matches({*job, row.lastState}))
            continue;
        if (int(reply.jobs.size()) == request.limit) {
            reply.next = reply.jobs.back().job;
            break;
        }
        reply.jobs.push_back(row);
    }
    respond(reply);
}

void handle(ClientSession &session, const wire::JobGet &request, const Respond<Job> &respond)
{
    const Result<const Job *> job = jobNamed(session, request.job);
    respond(job ? Result<Job>(**job) : fail(job.error()));
}

} // namespace belfry::requests
