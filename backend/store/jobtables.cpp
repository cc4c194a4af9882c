// SPDX-License-Identifier: GPL-3.0-or-later
#include "backend/store/jobtables.h"

using namespace Qt::StringLiterals;

namespace belfry::store {

void DefinitionsTable::save(const Job &job)
{
    QByteArray bytes;
    QCborStreamWriter writer(&bytes);
    Codec<JobDefinition>::write(writer, job.definition);
    m_save.run(job.id, job.version, job.release, job.since, bytes, job.removedIn);
    if (job.version > 1)
        m_end.run(job.release, job.id, job.version - 1);
}

JobDefinition DefinitionsTable::decode(const QByteArray &bytes)
{
    auto definition = fromCbor<JobDefinition>(QCborValue::fromCbor(bytes), {Keys::Numbers});
    if (!definition)
        throw SqlError{
            11, u"the database holds a definition that cannot be read: %1"_s.arg(definition.error().message)};
    return std::move(*definition);
}

std::optional<JobDefinition> DefinitionsTable::find(JobId job, int version)
{
    Statement::Rows rows = m_find.select(job, version);
    if (!rows.next())
        return std::nullopt;
    QByteArray bytes;
    rows.into(bytes);
    return decode(bytes);
}

std::vector<JobVersion> DefinitionsTable::versions(const ListJobVersions &query)
{
    std::vector<JobVersion> all;
    const int before = query.after.value_or(std::numeric_limits<int>::max());
    const int limit = std::clamp(query.limit, 1, 1002);
    for (Statement::Rows rows = m_versions.select(query.job, before, limit); rows.next();) {
        JobVersion &each = all.emplace_back();
        QByteArray bytes;
        rows.into(each.version, each.release, each.since, each.by, each.message, each.endedIn, bytes);
        each.definition = decode(bytes);
    }
    return all;
}

std::vector<DefinitionInForce> DefinitionsTable::inForce(JobId job, Instant from, Instant until)
{
    std::vector<DefinitionInForce> all;
    for (Statement::Rows rows = m_inForce.select(job, from, until); rows.next();) {
        DefinitionInForce &each = all.emplace_back();
        QByteArray bytes;
        rows.into(each.version, each.since, each.until, bytes);
        each.definition = decode(bytes);
    }
    return all;
}

std::map<JobId, JobDefinition> DefinitionsTable::released(const QString &project, qint64 number)
{
    std::map<JobId, JobDefinition> all;
    for (Statement::Rows rows = m_released.select(project, number, number); rows.next();) {
        JobId job;
        QByteArray bytes;
        rows.into(job, bytes);
        all.emplace(job, decode(bytes));
    }
    return all;
}

int DefinitionsTable::versionAt(JobId job, Instant at)
{
    int version = 0;
    Statement::Rows rows = m_versionAt.select(job, at);
    if (rows.next())
        rows.into(version);
    return version;
}

std::optional<Instant> DefinitionsTable::firstSince(JobId job)
{
    Statement::Rows rows = m_firstSince.select(job);
    if (!rows.next())
        return std::nullopt;
    Instant since;
    rows.into(since);
    return since;
}

std::map<std::pair<JobId, int>, JobDefinition> DefinitionsTable::pinned()
{
    std::map<std::pair<JobId, int>, JobDefinition> all;
    for (Statement::Rows rows = m_pinned.select(); rows.next();) {
        std::pair<JobId, int> key;
        QByteArray bytes;
        rows.into(key.first, key.second, bytes);
        all.emplace(key, decode(bytes));
    }
    return all;
}

void JobsTable::save(const Job &job)
{
    m_save.run(job.id, job.uid, job.definition.project, job.definition.name, job.version, job.release, job.since,
        job.removed, job.pausedSince, job.pausedUntil, job.pauseThen, job.pausedBy);
}

std::vector<Job> JobsTable::all()
{
    std::vector<Job> jobs;
    for (Statement::Rows rows = m_all.select(); rows.next();) {
        Job &job = jobs.emplace_back();
        QByteArray bytes;
        rows.into(job.id, job.uid, job.version, job.release, job.since, job.removed, job.pausedSince, job.pausedUntil,
            job.pauseThen, job.pausedBy, bytes, job.removedIn);
        job.definition = DefinitionsTable::decode(bytes);
    }
    return jobs;
}

JobId JobsTable::last()
{
    JobId last;
    Statement::Rows rows = m_last.select();
    if (rows.next())
        rows.into(last);
    return last;
}

void JobsTable::noteEnded(const Run &run)
{
    if (!run.endedAt)
        return;
    m_noteEnded.run(*run.endedAt, run.id, run.job, run.id);
    if (run.state == RunState::Succeeded)
        m_noteSuccess.run(*run.endedAt, run.id, run.job, run.id);
}

namespace {

std::map<JobId, Instant> instants(Statement &statement)
{
    std::map<JobId, Instant> all;
    for (Statement::Rows rows = statement.select(); rows.next();) {
        std::pair<JobId, Instant> each;
        rows.into(each.first, each.second);
        all.insert(each);
    }
    return all;
}

} // namespace

std::map<JobId, Instant> JobsTable::lastEnded()
{
    return instants(m_lastEnded);
}
std::map<JobId, Instant> JobsTable::lastSuccess()
{
    return instants(m_lastSuccess);
}

void RuleMarksTable::save(const RuleMark &mark)
{

    m_save.run(
        mark.job, mark.rule, mark.since, mark.accountedUntil, mark.leapFrom, mark.leapTo, mark.leapRan, mark.reopened);
}
void RuleMarksTable::remove(JobId job, const QString &rule)
{
    m_remove.run(job, rule);
}

std::vector<RuleMark> RuleMarksTable::marksOf(Statement::Rows &&rows)
{
    std::vector<RuleMark> marks;
    while (rows.next()) {
        RuleMark &mark = marks.emplace_back();
        rows.into(mark.job, mark.rule, mark.since, mark.accountedUntil, mark.leapFrom, mark.leapTo, mark.leapRan,
            mark.reopened);
    }
    return marks;
}

std::vector<RuleMark> RuleMarksTable::all()
{
    return marksOf(m_all.select());
}

std::vector<RuleMark> RuleMarksTable::of(JobId job)
{
    return marksOf(m_of.select(job));
}

} // namespace belfry::store
