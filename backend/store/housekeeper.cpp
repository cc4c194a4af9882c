// SPDX-License-Identifier: GPL-3.0-or-later
#include "backend/store/housekeeper.h"

#include "shared/base/faultpoint.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QLoggingCategory>

#include <fcntl.h>

using namespace Qt::StringLiterals;

Q_LOGGING_CATEGORY(lcHousekeeper, "belfry.store.housekeeper")

namespace belfry::store {

namespace {

constexpr qint64 packAtOnce = 4 << 20; // bytes of log
constexpr int packMost = 64; // logs
// For what an agent that is away may still bring. A log that is not whole by then stays as it is.
constexpr Duration patience = 7 * 24h;

class FileSink final : public PackSink
{
public:
    explicit FileSink(LogFile file)
        : m_file(std::move(file))
    { }
    Status append(const QByteArray &bytes) override
    {
        const Status written = m_file.write(m_place, bytes.constData(), bytes.size());
        m_place += bytes.size();
        return written;
    }

private:
    LogFile m_file;
    qint64 m_place = 0;
};

class MemorySink final : public PackSink
{
public:
    Status append(const QByteArray &bytes) override
    {
        all += bytes;
        return {};
    }
    QByteArray all;
};

} // namespace

Housekeeper::Housekeeper(const DataFolder &folder)
    : m_logs(folder.logs())
    , m_database(folder.database(), Database::Access::ReadOnly)
{ }

Result<std::vector<NoteLogPacked>> Housekeeper::pack(Instant now)
{
    std::vector<NoteLogPacked> packed;
    const auto found = perform([&] { return m_stored.toPack(m_packedUpTo, now - patience, packMost); });
    if (!found)
        return fail(ErrorKind::Unavailable, found.error().message);
    qint64 bytes = 0;
    for (const LogsTable::Ended &log : *found) {
        if (bytes > packAtOnce)
            return packed;
        bytes += log.stored;
        m_packedUpTo = log.key;
        auto one = packOne(log);
        if (one)
            packed.push_back(std::move(*one));
        else
            qCWarning(lcHousekeeper).noquote()
                << u"the log of run %1, attempt %2 stays as it is: %3"_s.arg(log.key.run.value)
                       .arg(log.key.attempt)
                       .arg(one.error().message);
    }
    if (found->size() < std::size_t(packMost))
        m_packedUpTo = {}; // from the front again the next time
    return packed;
}

Result<NoteLogPacked> Housekeeper::packOne(const LogsTable::Ended &log)
{
    const auto gaps = perform([&] { return m_gaps.of(log.key); });
    if (!gaps)
        return fail(ErrorKind::Unavailable, gaps.error().message);
    NoteLogPacked note{.key = log.key, .form = LogForm::Packed, .row = {}, .check = {}};
    Result<QString> hash;
    if (log.stored <= smallLog) {
        MemorySink sink;
        hash = writePacked(log, *gaps, sink);
        note.form = LogForm::Row;
        note.row = sink.all;
    } else {
        const QString path = m_logs + u'/' + logBase(log.key) + u".zst"_s, draft = path + u".part"_s;
        QFile::remove(draft);
        auto file = LogFile::open(draft, O_WRONLY | O_CREAT | O_EXCL);
        if (!file)
            return fail(file.error());
        {
            FileSink sink(std::move(*file));
            hash = writePacked(log, *gaps, sink);
        }
        Status done = hash ? syncFile(draft) : fail(hash.error());
        if (done && ::rename(QFile::encodeName(draft).constData(), QFile::encodeName(path).constData()) != 0)
            done = fail(ErrorKind::Unavailable, u"%1 cannot be renamed to %2"_s.arg(draft, path));
        if (done)
            done = syncFolder(QFileInfo(path).absolutePath());
        if (!done) {
            QFile::remove(draft);
            return fail(done.error());
        }
    }
    if (!hash)
        return fail(hash.error());
    // With a gap there is nothing to compare: the hash is that of everything that was written.
    if (gaps->empty() && !log.hash.isEmpty())
        note.check = *hash == log.hash ? u"same"_s : u"differs"_s;
    FAULT_POINT("log-packed");
    return note;
}

Result<QString> Housekeeper::writePacked(
    const LogsTable::Ended &log, const std::vector<StoredGap> &gaps, PackSink &sink)
{
    std::optional<Hollow> hollow;
    for (const StoredGap &gap : gaps)
        if (gap.isHollow())
            hollow = gap.hollow();
    LogPacking packing(sink);
    for (qint64 offset = 0; offset < log.stored;) {
        if (hollow && offset >= hollow->from && offset < hollow->until)
            offset = hollow->until;
        auto piece = readLogPiece(m_logs, {log.key, offset, packBlock}, hollow);
        if (!piece && piece.error().kind == ErrorKind::NotFound)
            break; // deleted, which is a gap
        if (!piece)
            return fail(piece.error());
        if (piece->bytes.isEmpty())
            break;
        if (const Status added = packing.add(piece->index, piece->bytes); !added)
            return fail(added.error());
        offset = piece->offset + piece->bytes.size();
    }
    if (const Status done = packing.finish(log.stored); !done)
        return fail(done.error());
    return packing.hash();
}

void Housekeeper::dropFiles(AttemptKey key) const
{
    const QString base = m_logs + u'/' + logBase(key);
    QFile::remove(base + u".idx"_s);
    QFile::remove(base + u".log"_s);
}

void Housekeeper::look(const std::set<JobId> &jobs)
{
    m_jobsToLook.insert(jobs.begin(), jobs.end());
}

void Housekeeper::lookAtAll()
{
    const auto found = perform([&] {
        std::set<JobId> jobs;
        for (Statement::Rows rows = m_allJobs.select(); rows.next();) {
            JobId job;
            rows.into(job);
            jobs.insert(job);
        }
        return jobs;
    });
    m_inPass = found.has_value();
    if (found)
        look(*found);
}

void Housekeeper::sweep() const
{
    for (const QString &shard : QDir(m_logs).entryList(QDir::Dirs | QDir::NoDotAndDotDot)) {
        const QDir folder(m_logs + u'/' + shard);
        for (const QString &name : folder.entryList({u"*.zst.part"_s}, QDir::Files))
            QFile::remove(folder.filePath(name));
        for (const QString &name : folder.entryList({u"*.log"_s, u"*.idx"_s}, QDir::Files)) {
            const QString base = QFileInfo(name).completeBaseName();
            const AttemptKey key{RunId(base.section(u'-', 0, 0).toLongLong()), base.section(u'-', 1).toInt()};
            const auto state = perform([&] { return m_stored.of(key); });
            if (state && *state && (*state)->form != LogForm::Files)
                dropFiles(key);
        }
    }
}

std::optional<Keep> Housekeeper::keepOf(JobId job)
{
    int version = 0;
    if (Statement::Rows rows = m_version.select(job); rows.next())
        rows.into(version);
    if (version == 0)
        return std::nullopt;
    auto &known = m_keeps[job];
    if (known.first != version) {
        const auto definition = m_definitions.find(job, version);
        if (!definition)
            return std::nullopt;
        known = {version, definition->keep};
    }
    return known.second;
}

Result<std::vector<RunId>> Housekeeper::purge(Instant now, int limit)
{
    const auto found = perform([&] {
        std::vector<RunId> runs;
        while (!m_jobsToLook.empty() && runs.size() < std::size_t(limit)) {
            const JobId job = *m_jobsToLook.begin();
            const int room = limit - int(runs.size());
            std::vector<RunId> some;
            if (const auto keep = keepOf(job))
                some = m_runs.beyond({job, keep->runs, now - keep->age, now - patience}, room);
            if (int(some.size()) < room)
                m_jobsToLook.erase(job);
            runs.insert(runs.end(), some.begin(), some.end());
        }
        // Files first: a row without its files is purged again, files without a row would stay.
        for (const RunId run : runs)
            removeFiles(run);
        return runs;
    });
    if (!found)
        return fail(ErrorKind::Unavailable, found.error().message);
    m_inPass = !found->empty();
    return *found;
}

void Housekeeper::removeFiles(RunId run)
{
    for (const Attempt &attempt : m_attempts.of(run)) {
        dropFiles(attempt.key());
        QFile::remove(m_logs + u'/' + logBase(attempt.key()) + u".zst"_s);
    }
}

} // namespace belfry::store
