// SPDX-License-Identifier: GPL-3.0-or-later
#include "backend/store/reader.h"

#include "backend/store/logfiles.h"

#include <QFile>
#include <QFileInfo>

using namespace Qt::StringLiterals;

namespace belfry::store {

namespace {

template <class T> Result<T> orNotFound(std::optional<T> &&found, const QString &what)
{
    if (found)
        return std::move(*found);
    return fail(ErrorKind::NotFound, u"there is no %1"_s.arg(what));
}

} // namespace

Reader::Reader(const DataFolder &folder, HealthSink health)
    : m_logs(folder.logs())
    , m_health(std::move(health))
    , m_database(folder.database(), Database::Access::ReadOnly)
{
    m_database.run(u"PRAGMA cache_size = -16000"_s); // KiB
}

Result<Snapshot> Reader::find(const LoadSnapshot &)
{
    const auto meta = [this](const QString &name) {
        qint64 value = 0;
        Statement::Rows rows = m_meta.select(name);
        if (rows.next())
            rows.into(value);
        return value;
    };
    Transaction transaction(m_database, Transaction::Kind::Read);
    // A number that a log on disk bears, or that was purged, is not used again either.
    std::vector<Job> jobs = m_jobs.all();
    std::map<JobId, QString> lastAgent;
    for (const Job &job : jobs) {
        if (job.definition.placement == Placement::Sticky && !job.removed)
            lastAgent.emplace(job.id, m_runs.lastAgent(job.id));
    }
    const RunId lastRun = std::max({m_runs.last(), RunId(meta(u"last_run"_s)), lastRunWithLog(m_logs)});
    return Snapshot{.epoch = meta(u"epoch"_s),
        .lastRun = lastRun,
        .lastJob = m_jobs.last(),
        .releases = m_releases.newest(),
        .jobs = std::move(jobs),
        .definitions = m_definitions.pinned(),
        .openRuns = m_runs.open(),
        .openAttempts = m_attempts.open(),
        .pending = m_occasions.pending(),
        .plannedSkips = m_skips.all(),
        .marks = m_marks.all(),
        .agents = m_agents.all(),
        .keys = m_keys.all(),
        .limits = m_limits.all(),
        .rateUses = m_rateUses.all(),
        .lastAgent = std::move(lastAgent),
        .lastSuccess = m_jobs.lastSuccess(),
        .lastEnded = m_jobs.lastEnded()};
}

Result<RunWithAttempts> Reader::find(const FindRun &query)
{
    Transaction transaction(m_database, Transaction::Kind::Read);
    auto run = m_runs.find(query.run);
    if (!run)
        return fail(ErrorKind::NotFound, u"there is no run %1"_s.arg(query.run.value));
    RunWithAttempts found{std::move(*run), m_attempts.of(query.run), {}};
    for (const Attempt &attempt : found.attempts) {
        AttemptLog log = m_logReader.about(attempt.key());
        log.notes = m_attemptNotes.of(attempt.key()).value_or(AttemptNotes());
        found.logs.push_back(std::move(log));
    }
    return found;
}

Result<std::map<AttemptKey, AttemptNotes>> Reader::find(const FindNotes &query)
{
    Transaction transaction(m_database, Transaction::Kind::Read);
    std::map<AttemptKey, AttemptNotes> all;
    for (const AttemptKey key : query.attempts)
        if (auto notes = m_attemptNotes.of(key))
            all.emplace(key, std::move(*notes));
    return all;
}

Result<RunPage> Reader::find(const ListRuns &query)
{
    Transaction transaction(m_database, Transaction::Kind::Read);
    return m_runs.list(query);
}

Result<std::vector<StoredAttempt>> Reader::find(const FindStoredAttempts &query)
{
    Transaction transaction(m_database, Transaction::Kind::Read);
    std::vector<StoredAttempt> all;
    for (const NamedAttempt &each : query.attempts)
        all.push_back(m_attempts.stored(query.agent, each));
    return all;
}

Result<std::vector<Occasion>> Reader::find(const ListOccasions &query)
{
    Transaction transaction(m_database, Transaction::Kind::Read);
    return m_occasions.list(query);
}

Result<OccasionsAround> Reader::find(const FindOccasionsAround &query)
{
    Transaction transaction(m_database, Transaction::Kind::Read);
    OccasionsAround around{.rows = {},
        .before = m_occasions.before(query.job, query.at),
        .after = m_occasions.after(query.job, query.at),
        .version = m_definitions.versionAt(query.job, query.at),
        .definition = {},
        .exists = m_definitions.firstSince(query.job)};
    if (around.version != 0)
        around.definition = m_definitions.find(query.job, around.version);
    for (Occasion &row : m_occasions.at(query.job, query.at)) {
        ExplainedOccasion &each = around.rows.emplace_back();
        each.definition = m_definitions.find(row.job, row.version);
        if (row.run)
            each.run = m_runs.find(*row.run);
        if (each.run)
            each.earlier = m_runs.list({.job = row.job, .after = row.run, .limit = 50}).runs;
        each.row = std::move(row);
    }
    return around;
}

Result<AttentionPage> Reader::find(const ListAttention &asked)
{
    ListAttention query = asked;
    const std::size_t limit = std::size_t(std::clamp(query.limit, 1, 1000));
    query.limit = int(limit) + 1; // one more tells whether there is a next page
    Transaction transaction(m_database, Transaction::Kind::Read);
    std::vector<Run> runs = query.runs ? m_runs.attention(query) : std::vector<Run>();
    std::vector<Occasion> occasions = query.occasions ? m_occasions.attention(query) : std::vector<Occasion>();
    AttentionPage page;
    auto run = runs.begin();
    auto occasion = occasions.begin();
    while (page.items.size() < limit && (run != runs.end() || occasion != occasions.end())) {
        const bool isRun
            = run != runs.end() && (occasion == occasions.end() || run->endedAt.value_or(Instant()) >= occasion->at);
        if (isRun)
            page.items.push_back({std::move(*run++), {}});
        else
            page.items.push_back({{}, std::move(*occasion++)});
    }
    if (run != runs.end() || occasion != occasions.end()) {
        const AttentionItem &last = page.items.back();
        page.next = last.run ? AttentionPlace{last.run->endedAt.value_or(Instant()), last.run->id, {}, {}}
                             : AttentionPlace{last.occasion->at, {}, last.occasion->job, last.occasion->rule};
    }
    return page;
}

Result<qint64> Reader::find(const CountAttention &)
{
    Transaction transaction(m_database, Transaction::Kind::Read);
    return m_runs.countAttention() + m_occasions.countAttention();
}

Result<RunsOfDays> Reader::find(const CountRunsOfDays &query)
{
    Transaction transaction(m_database, Transaction::Kind::Read);
    return m_days.runs(query);
}

Result<std::vector<qint64>> Reader::find(const CountMissedOfDays &query)
{
    Transaction transaction(m_database, Transaction::Kind::Read);
    return m_days.missed(query);
}

Result<std::vector<Occasion>> Reader::find(const FindOccasions &query)
{
    std::vector<Occasion> rows = m_occasions.at(query.job, query.at);
    std::erase_if(rows, [&](const Occasion &each) { return each.at != query.at; });
    return rows;
}

Result<std::vector<Release>> Reader::find(const ListReleases &query)
{
    return m_releases.list(query);
}

Result<Release> Reader::find(const FindRelease &query)
{
    Transaction transaction(m_database, Transaction::Kind::Read);
    return orNotFound(m_releases.find(query.project, query.number),
        u"release %1 of project %2"_s.arg(query.number).arg(query.project));
}

Result<ReleasedJobs> Reader::find(const FindReleasedJobs &query)
{
    Transaction transaction(m_database, Transaction::Kind::Read);
    auto release = m_releases.find(query.project, query.number);
    if (!release)
        return fail(ErrorKind::NotFound, u"project %1 has no release %2"_s.arg(query.project).arg(query.number));
    return ReleasedJobs{std::move(*release), m_definitions.released(query.project, query.number)};
}

Result<JobDefinition> Reader::find(const FindDefinition &query)
{
    return orNotFound(m_definitions.find(query.job, query.version),
        u"version %1 of job %2"_s.arg(query.version).arg(query.job.value));
}

Result<std::vector<JobVersion>> Reader::find(const ListJobVersions &query)
{
    return m_definitions.versions(query);
}

Result<LoadJobRecord::Record> Reader::find(const LoadJobRecord &query)
{
    Transaction transaction(m_database, Transaction::Kind::Read);
    LoadJobRecord::Record record;
    record.versions = m_definitions.inForce(query.job, query.from, query.until);
    record.marks = m_marks.of(query.job);
    record.rows = m_occasions.of(query.job, query.from, query.until, LoadJobRecord::most + 1);
    record.complete = record.rows.size() <= std::size_t(LoadJobRecord::most);
    return record;
}

Result<std::map<JobId, LastRun>> Reader::find(const ListLastRuns &query)
{
    Transaction transaction(m_database, Transaction::Kind::Read);
    std::map<JobId, LastRun> all;
    for (const JobId job : query.jobs)
        if (const auto last = m_runs.lastOf(job))
            all.emplace(job, *last);
    return all;
}

Result<LogPiece> Reader::find(const ReadLog &query)
{
    return m_logReader.read(query);
}
Result<qint64> Reader::find(const FindLogSize &query)
{
    return m_logReader.size(query.key);
}

Result<AccessToken> Reader::find(const FindToken &query)
{
    return orNotFound(m_tokens.find(query.id), u"token %1"_s.arg(query.id));
}

Result<std::vector<AccessToken>> Reader::find(const ListTokens &)
{
    return m_tokens.all();
}

Status backUp(const DataFolder &folder, const QString &file)
{
    if (QFile::exists(file))
        return fail(ErrorKind::Conflict, u"%1 exists: a backup never overwrites a file"_s.arg(file));
    const QString part = file + u".part"_s;
    QFile::remove(part);
    const auto copied = perform([&] {
        Database database(folder.database(), Database::Access::ReadOnly);
        Statement(database, u"VACUUM INTO ?"_s).run(part);
    });
    Status done;
    if (!copied)
        done = fail(ErrorKind::Unavailable, u"the backup failed: %1"_s.arg(copied.error().message));
    if (done)
        done = syncFile(part);
    if (done && !QFile::rename(part, file))
        done = fail(ErrorKind::Unavailable, u"%1 cannot be renamed to %2"_s.arg(part, file));
    if (done)
        done = syncFolder(QFileInfo(file).absolutePath());
    if (!done)
        QFile::remove(part);
    return done;
}

} // namespace belfry::store
