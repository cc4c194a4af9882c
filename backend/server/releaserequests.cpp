// SPDX-License-Identifier: GPL-3.0-or-later
#include "backend/server/requests.h"

#include "backend/engine/engine.h"
#include "backend/store/store.h"
#include "shared/jobs/diff.h"

namespace belfry::requests {

using namespace Qt::StringLiterals;

namespace {

constexpr qsizetype mostMessage = 4096;
constexpr int mostRows = 1000;

// The project's active release; NotFound for a project that was never applied.
Result<qint64> activeRelease(ClientSession &session, const QString &project)
{
    const Result<const engine::Engine *> engine = engineOf(session);
    if (!engine)
        return fail(engine.error());
    const qint64 active = (*engine)->newestRelease(project);
    if (active == 0)
        return fail(ErrorKind::NotFound, u"there is no project '%1'"_s.arg(project.left(64)));
    return active;
}

wire::ReleaseRow rowOf(const Release &release, qint64 active)
{
    return {.project = release.project,
        .release = release.number,
        .at = release.at,
        .by = release.by,
        .message = release.message,
        .active = release.number == active,
        .restores = release.restores > 0 ? std::optional(release.restores) : std::nullopt,
        .added = release.added,
        .changed = release.changed,
        .removed = release.removed,
        .unchanged = release.unchanged};
}

// The release that a rollback is to bring back.
Result<qint64> wantedRelease(const wire::ProjectRollback &request, qint64 active)
{
    const QString &project = request.project;
    if (!request.release && active == 1)
        return fail(
            ErrorKind::NotFound, u"project %1 has only one release: there is none to go back to"_s.arg(project));
    const qint64 wanted = request.release.value_or(active - 1);
    if (wanted == active)
        return fail(ErrorKind::Conflict,
            u"release %1 of %2 is the active one already: there is nothing to roll back"_s.arg(wanted).arg(project));
    if (wanted < 1 || wanted > active)
        return fail(ErrorKind::NotFound,
            u"project %1 has no release %2; the newest is %3"_s.arg(project).arg(wanted).arg(active));
    return wanted;
}

engine::ApplyProject rollbackOf(
    const wire::ProjectRollback &request, store::ReleasedJobs &&found, qint64 active, const QString &by)
{
    engine::ApplyProject event{.project = request.project,
        .limits = std::move(found.release.limits),
        .files = std::move(found.release.files),
        .dryRun = request.dryRun,
        .by = by,
        .message = request.message.isEmpty() ? u"rollback to release %1"_s.arg(found.release.number) : request.message,
        .restores = found.release.number,
        .expected = active};
    for (auto &[id, definition] : found.jobs) {
        event.ids.emplace(definition.name, id);
        event.jobs.push_back(std::move(definition));
    }
    return event;
}

// Rows of the versions from `first` on; those around them say what replaced and what preceded them.
wire::JobHistoryReply historyOf(const std::vector<store::JobVersion> &versions, std::size_t first, int limit)
{
    wire::JobHistoryReply reply;
    const std::size_t end = std::min(versions.size(), first + std::size_t(limit));
    for (std::size_t i = first; i < end; ++i) {
        const store::JobVersion &each = versions[i];
        wire::VersionRow row{.job = each.definition.fullName(),
            .version = each.version,
            .release = each.release,
            .since = each.since,
            .by = each.by,
            .message = each.message,
            .endedIn = each.endedIn};
        if (i + 1 < versions.size())
            row.keys = changedKeys(versions[i + 1].definition, each.definition);
        const std::optional<qint64> replacedIn = i > 0 ? std::optional(versions[i - 1].release) : std::nullopt;
        row.removed = each.endedIn && each.endedIn != replacedIn;
        reply.versions.push_back(std::move(row));
    }
    if (versions.size() > end)
        reply.next = reply.versions.back().version;
    return reply;
}

} // namespace

Result<JobId> knownJob(ClientSession &session, const QString &name)
{
    const Result<const Job *> job = jobNamed(session, name);
    if (job)
        return (*job)->id;
    const Result<const engine::Engine *> engine = engineOf(session);
    if (engine)
        if (const auto removed = (*engine)->removedJobNamed(name.left(256)))
            return *removed;
    return fail(job.error());
}

void handle(ClientSession &session, const wire::ProjectReleases &request, const Respond<wire::ReleasesReply> &respond)
{
    const Status good = checkRange("limit", request.limit, 1, mostRows);
    const Result<qint64> active = good ? activeRelease(session, request.project) : fail(good.error());
    if (!active) {
        respond(fail(active.error()));
        return;
    }
    const store::ListReleases question{.project = request.project, .limit = request.limit, .after = request.after};
    session.parts().core.store().ask(question, &session,
        [respond, active = *active, limit = request.limit](const Result<std::vector<Release>> &rows) {
            if (!rows) {
                respond(fail(rows.error()));
                return;
            }
            wire::ReleasesReply reply;
            for (const Release &each : *rows)
                reply.releases.push_back(rowOf(each, active));
            if (int(rows->size()) == limit && rows->back().number > 1)
                reply.next = rows->back().number;
            respond(reply);
        });
}

void handle(ClientSession &session, const wire::ProjectRollback &request, const Respond<wire::ApplyReply> &respond)
{
    const Status good = checkLength("message", request.message, mostMessage);
    const Result<qint64> active = good ? activeRelease(session, request.project) : fail(good.error());
    const Result<qint64> wanted = active ? wantedRelease(request, *active) : fail(active.error());
    if (!wanted) {
        respond(fail(wanted.error()));
        return;
    }
    session.parts().core.store().ask(store::FindReleasedJobs{request.project, *wanted}, &session,
        [&session, respond, request, active = *active](Result<store::ReleasedJobs> found) {
            if (found)
                submit<wire::ApplyReply>(
                    session, rollbackOf(request, std::move(*found), active, session.identity().name), respond);
            else
                respond(fail(found.error()));
        });
}

void handle(ClientSession &session, const wire::JobHistory &request, const Respond<wire::JobHistoryReply> &respond)
{
    const Status good = checkRange("limit", request.limit, 1, mostRows);
    const Result<JobId> job = good ? knownJob(session, request.job) : fail(good.error());
    if (!job) {
        respond(fail(job.error()));
        return;
    }
    const std::size_t first = request.after ? 1 : 0;
    store::ListJobVersions question{.job = *job, .limit = request.limit + 1 + int(first)};
    if (request.after)
        question.after = std::max(*request.after, 0) + 1;
    session.parts().core.store().ask(question, &session,
        [respond, first, limit = request.limit](const Result<std::vector<store::JobVersion>> &versions) {
            respond(
                versions ? Result<wire::JobHistoryReply>(historyOf(*versions, first, limit)) : fail(versions.error()));
        });
}

} // namespace belfry::requests
