// SPDX-License-Identifier: GPL-3.0-or-later
#include "backend/store/writer.h"

#include "shared/base/clock.h"
#include "shared/base/faultpoint.h"

#include <QLoggingCategory>

using namespace Qt::StringLiterals;

Q_LOGGING_CATEGORY(lcWriter, "belfry.store.writer")

namespace belfry::store {

namespace {

template <class... F> struct Overloaded : F... {
    using F::operator()...;
};
template <class... F> Overloaded(F...) -> Overloaded<F...>;

constexpr qint64 pageSize = 4096;
constexpr int reservePages = int(Reserve::wanted / pageSize);
// How long another process may hold the database locked before commits fail. SQLite itself waits 5 s at a time.
constexpr Duration longestLock = 60s;
// The disk is looked at after a commit, this long after the last look.
constexpr Duration diskInterval = 10s;
// Below this much free space the operator is warned.
constexpr qint64 lowSpace = 64 << 20;

Duration monotonic()
{
    return SystemClock().monotonic();
}

std::vector<Status> all(std::size_t count, const Error &error)
{
    return std::vector<Status>(count, fail(error));
}

} // namespace

Writer::Writer(const DataFolder &folder, qint64 maxDatabase, HealthSink health)
    : m_folder(folder)
    , m_reserve(folder.reserve())
    , m_health(std::move(health))
    , m_maxPages(maxDatabase / pageSize)
    , m_database(folder.database(), Database::Access::ReadWrite)
{
    m_database.run(u"PRAGMA cache_size = -32000"_s); // KiB
    m_database.run(u"PRAGMA wal_autocheckpoint = 4000"_s); // pages
    m_database.run(u"PRAGMA journal_size_limit = 67108864"_s); // bytes of the write-ahead log kept after a peak
    if (m_maxPages > 0)
        m_database.value(u"PRAGMA max_page_count = %1"_s.arg(m_maxPages));
    // The first read makes the write-ahead log: from here on it exists for as long as the backend lives.
    m_database.value(u"SELECT value FROM meta WHERE name = 'epoch'"_s);
    if (!m_reserve.make())
        tell(u"disk"_s, u"there is no space for the reserve that the last events need when the disk is full"_s);
}

std::vector<Status> Writer::commit(const std::vector<Change> &group)
{
    std::vector<Status> answers;
    const auto isProbe = [](const Change &change) { return std::holds_alternative<Probe>(change); };
    for (auto from = group.begin(); from != group.end();) {
        // A probe decides whether what stands behind it may be written, so it is a transaction of its own.
        const auto to = isProbe(*from) ? from + 1 : std::find_if(from, group.end(), isProbe);
        std::ranges::move(commitTogether({from, to}), std::back_inserter(answers));
        from = to;
    }
    return answers;
}

std::vector<Status> Writer::commitTogether(std::span<const Change> group)
{
    if (!m_failed.isEmpty() && !std::holds_alternative<Probe>(group.front()))
        return all(group.size(),
            {ErrorKind::Unavailable, u"nothing is stored until the store works again: %1"_s.arg(m_failed)});

    auto done = perform([&] { return tryCommit(group); });
    if (!done && done.error().isFull() && m_reserve.release()) {
        // Nothing of the group is there: SQLite found no room before its commit mark. So it may be written anew.
        freeReserve();
        done = perform([&] { return tryCommit(group); });
    }
    if (!done) {
        m_failed = done.error().message;
        tell(u"database"_s, m_failed);
        return all(group.size(), {ErrorKind::Unavailable, u"the change could not be stored: %1"_s.arg(m_failed)});
    }
    if (!m_failed.isEmpty()) {
        m_failed.clear();
        tell(u"database"_s, {});
    }
    lookAtDisk();
    return std::move(*done);
}

std::vector<Status> Writer::tryCommit(std::span<const Change> group)
{
    std::vector<Status> answers;
    const std::unique_ptr<Transaction> transaction = begin();
    for (const Change &change : group)
        answers.push_back(write(change));
    FAULT_POINT("store-before-commit");
    transaction->commit();
    FAULT_POINT("store-after-commit");
    return answers;
}

std::unique_ptr<Transaction> Writer::begin()
{
    const Duration since = monotonic();
    for (bool told = false;;) {
        // Nothing is written yet, so waiting on is safe.
        auto begun = perform([&] { return std::make_unique<Transaction>(m_database, Transaction::Kind::Write); });
        const Duration waited = monotonic() - since;
        if (begun) {
            if (told)
                tell(u"lock"_s, {});
            if (waited > 1s)
                qCWarning(lcWriter).noquote() << u"the store was busy for %1"_s.arg(formatDuration(waited));
            return std::move(*begun);
        }
        if (!begun.error().isBusy() || waited >= longestLock)
            throw begun.error();
        told = true;
        tell(u"lock"_s, u"another process has held %1 locked for %2"_s.arg(m_database.file(), formatDuration(waited)));
    }
}

Status Writer::write(const Change &change)
{
    const Overloaded visitor{
        [&](const WriteBatch &batch) -> Status {
            for (const Write &each : batch)
                apply(each);
            return {};
        },
        [&](const SaveToken &save) -> Status {
            m_tokens.save(save.token);
            return {};
        },
        [&](const RevokeToken &revoke) -> Status {
            if (!m_tokens.revoke(revoke.id, revoke.at))
                return fail(ErrorKind::NotFound, u"there is no token %1"_s.arg(revoke.id));
            return {};
        },
        [&](const NoteTokenUse &use) -> Status {
            m_tokens.noteUse(use.id, use.at);
            return {};
        },
        [&](const NoteLogsStored &note) -> Status {
            for (const LogNote &each : note.notes) {
                m_logs.noteStored(each.key, each.size);
                for (const StoredGap &gap : each.gaps)
                    m_logGaps.save(each.key, gap);
                if (each.notes)
                    m_attemptNotes.save(each.key, *each.notes);
            }
            return {};
        },
        [&](const NoteLogPacked &note) -> Status {
            if (note.form == LogForm::Row)
                m_logs.savePacked(note.key, note.row);
            m_logs.notePacked(note.key, note.form, note.check);
            return {};
        },
        [&](const PurgeRuns &these) -> Status {
            for (const RunId run : these.runs)
                purge(run);
            return {};
        },
        [&](const Probe &) -> Status {
            m_probe.run();
            return {};
        },
    };
    return std::visit(visitor, change);
}

void Writer::purge(RunId run)
{
    m_attemptNotes.removeRun(run);
    m_logGaps.removeRun(run);
    m_logs.removeRun(run);
    m_attempts.removeRun(run);
    m_runs.remove(run);
    m_noteLastRun.run(run); // no number is used again
}

void Writer::apply(const Write &write)
{
    const Overloaded visitor{
        [&](const SaveJob &save) {
            m_jobs.save(save.job);
            m_definitions.save(save.job);
        },
        [&](const SaveRelease &save) { m_releases.save(save.release); },
        [&](const SaveRuleMark &save) { m_marks.save(save.mark); },
        [&](const RemoveRuleMark &remove) { m_marks.remove(remove.job, remove.rule); },
        [&](const SaveRun &save) {
            m_runs.save(save.run);
            if (isFinal(save.run.state))
                m_jobs.noteEnded(save.run);
        },
        [&](const SaveAttempt &save) { m_attempts.save(save.attempt); },
        [&](const SaveOccasion &save) { m_occasions.save(save.occasion); },
        [&](const ReopenOccasions &reopen) { m_occasions.reopen(reopen); },
        [&](const SavePlannedSkip &save) { m_skips.save(save.skip); },
        [&](const RemovePlannedSkip &remove) { m_skips.remove(remove.job, remove.at); },
        [&](const AcknowledgeRun &change) { m_runs.acknowledge(change.run); },
        [&](const AcknowledgeOccasion &change) { m_occasions.acknowledge(change.occasion); },
        [&](const SaveAgent &save) { m_agents.save(save.agent); },
        [&](const RemoveAgent &remove) { m_agents.remove(remove.name); },
        [&](const SaveTriggerKey &save) { m_keys.save(save.key); },
        [&](const RemoveTriggerKeys &remove) { m_keys.removeBefore(remove.before); },
        [&](const SaveLimit &save) { m_limits.save(save.limit); },
        [&](const RemoveLimit &remove) { m_limits.remove(remove.project, remove.name); },
        [&](const SaveRateUse &save) { m_rateUses.save(save.use); },
        [&](const RemoveRateUses &remove) { m_rateUses.remove(remove.project, remove.name, remove.until); },
    };
    std::visit(visitor, write);
}

void Writer::checkpoint()
{
    m_database.value(u"PRAGMA wal_checkpoint(TRUNCATE)"_s);
}

void Writer::freeReserve()
{
    if (m_maxPages > 0)
        m_database.value(u"PRAGMA max_page_count = %1"_s.arg(m_maxPages + reservePages));
    tell(u"disk"_s, u"the disk is full: the reserve is freed to write the last events; make room"_s);
    m_lookAgain = (monotonic() + diskInterval).count();
}

void Writer::lookAtDisk()
{
    if (monotonic().count() < m_lookAgain)
        return;
    m_lookAgain = (monotonic() + diskInterval).count();
    const qint64 free = freeSpace(m_folder.logs() + u"/.."_s);
    if (!m_reserve.make())
        tell(u"disk"_s, u"the disk is full and the reserve is used: make room"_s);
    else if (free >= 0 && free < lowSpace)
        tell(u"disk"_s, u"only %1 are free for the store"_s.arg(formatSize(free)));
    else
        tell(u"disk"_s, {});
}

void Writer::tell(const QString &check, const QString &reason)
{
    m_health(check, reason);
}

} // namespace belfry::store
