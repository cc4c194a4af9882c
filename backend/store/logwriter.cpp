// SPDX-License-Identifier: GPL-3.0-or-later
#include "backend/store/logwriter.h"

#include "shared/base/clock.h"
#include "shared/base/faultpoint.h"

#include <QDir>
#include <QLoggingCategory>

#include <cerrno>
#include <fcntl.h>
#include <unistd.h>

using namespace Qt::StringLiterals;

Q_LOGGING_CATEGORY(lcLogs, "belfry.store.logs")

namespace belfry::store {

namespace {

// From the first byte that is not synced to its sync. The promise is 1 s; a sync itself may take a while.
constexpr Duration syncDelay = 400ms;

Duration monotonic()
{
    return SystemClock().monotonic();
}

Status truncate(const LogFile &file, qint64 size)
{
    if (::ftruncate(file.handle(), size) != 0)
        return fail(ErrorKind::Unavailable, u"a log cannot be cut: %1"_s.arg(systemError(errno)));
    return {};
}

} // namespace

LogWriter::LogWriter(const DataFolder &folder, HealthSink health)
    : m_logs(folder.logs())
    , m_health(std::move(health))
    , m_database(folder.database(), Database::Access::ReadOnly)
{ }

Result<LogPosition> LogWriter::append(const LogBlock &block)
{
    if (block.offset < 0 || !covers(block.index, block.offset, block.bytes.size()))
        return fail(ErrorKind::Invalid, u"the index of a log block does not cover its bytes"_s);
    const auto log = logOf(block.key);
    if (!log)
        return fail(log.error());
    if (block.offset > (*log)->received)
        return LogPosition{(*log)->received, (*log)->durable, true};
    if (block.offset + block.bytes.size() > (*log)->received) {
        const Status written = write(**log, block);
        note(written);
        if (!written)
            return fail(written.error());
        const Duration due = monotonic() + syncDelay;
        m_due = std::min(m_due.value_or(due), due);
    }
    return LogPosition{(*log)->received, (*log)->durable, false};
}

Status LogWriter::write(Log &log, const LogBlock &block)
{
    const qint64 skip = log.received - block.offset;
    if (const Status done = log.data.write(log.received, block.bytes.constData() + skip, block.bytes.size() - skip);
        !done)
        return done;
    FAULT_POINT("log-before-index");
    QByteArray records;
    for (LogEntry entry : block.index) {
        const qint64 end = entry.offset + entry.length;
        if (end <= log.received)
            continue;
        entry.offset = std::max(entry.offset, log.received);
        entry.length = int(end - entry.offset);
        const LogRecord record = encodeRecord(entry);
        records.append(record.data(), logRecordSize);
    }
    if (const Status done = log.index.write(log.records * logRecordSize, records.constData(), records.size()); !done)
        return done;
    log.records += records.size() / logRecordSize;
    log.received = block.offset + block.bytes.size();
    return {};
}

Result<LogWriter::Log *> LogWriter::logOf(AttemptKey key)
{
    auto found = m_open.find(key);
    if (found == m_open.end()) {
        const auto stored = perform([&] { return m_attempts.logStored(key); });
        if (!stored)
            return fail(ErrorKind::Unavailable, stored.error().message);
        if (!*stored)
            return fail(ErrorKind::NotFound, u"there is no attempt %1 of run %2"_s.arg(key.attempt).arg(key.run.value));
        Log log{.received = **stored, .synced = **stored, .durable = **stored};
        Status opened = open(key, log);
        if (opened)
            opened = cut(log);
        note(opened);
        if (!opened)
            return fail(opened.error());
        found = m_open.emplace(key, std::move(log)).first;
        if (found->second.durable > 0 && found->second.records == 0)
            qCWarning(lcLogs).noquote() << u"the log of run %1, attempt %2 was deleted: its first %3 bytes are lost"_s
                                               .arg(key.run.value)
                                               .arg(key.attempt)
                                               .arg(found->second.durable);
    }
    found->second.used = ++m_uses;
    const Status opened = ensureOpen(key, found->second);
    note(opened);
    if (!opened)
        return fail(opened.error());
    closeOldest();
    return &found->second;
}

Status LogWriter::ensureOpen(AttemptKey key, Log &log)
{
    if (log.data && !log.data.isDeleted() && !log.index.isDeleted())
        return {};
    const bool deleted = bool(log.data);
    if (const Status opened = open(key, log); !opened)
        return opened;
    const auto trusted = trustedRecords(log.index, log.data.size());
    if (!trusted)
        return fail(trusted.error());
    log.records = trusted->count;
    if (const Status done = truncate(log.index, trusted->count * logRecordSize); !done)
        return done;
    if (deleted || trusted->end < log.received)
        qCWarning(lcLogs).noquote()
            << u"the log of run %1, attempt %2 was deleted while it was written: bytes %3 to %4 are lost"_s
                   .arg(key.run.value)
                   .arg(key.attempt)
                   .arg(trusted->end)
                   .arg(log.received);
    return {};
}

Status LogWriter::open(AttemptKey key, Log &log)
{
    const QString shard = m_logs + u'/' + logShard(key);
    if (!QDir(shard).exists()) {
        if (!QDir().mkpath(shard))
            return fail(ErrorKind::Unavailable, u"the log folder %1 cannot be made"_s.arg(shard));
        m_newFolders.insert(QDir(m_logs).absolutePath() + u"/.."_s);
        m_newFolders.insert(m_logs);
    }
    m_newFolders.insert(shard);
    const QString base = m_logs + u'/' + logBase(key);
    auto data = LogFile::open(base + u".log"_s, O_RDWR | O_CREAT);
    if (!data)
        return fail(data.error());
    auto index = LogFile::open(base + u".idx"_s, O_RDWR | O_CREAT);
    if (!index)
        return fail(index.error());
    log.data = std::move(*data);
    log.index = std::move(*index);
    return {};
}

// Back to what the database remembers.
Status LogWriter::cut(Log &log) const
{
    auto trusted = trustedRecords(log.index, log.data.size());
    while (trusted && trusted->end > log.durable) {
        auto last = recordAt(log.index, trusted->count - 1);
        if (!last)
            return fail(last.error());
        if (last->offset >= log.durable) {
            trusted->end = last->offset;
            --trusted->count;
            continue;
        }
        last->length = int(log.durable - last->offset);
        const LogRecord record = encodeRecord(*last);
        if (const Status done = log.index.write((trusted->count - 1) * logRecordSize, record.data(), logRecordSize);
            !done)
            return done;
        trusted->end = log.durable;
    }
    if (!trusted)
        return fail(trusted.error());
    log.records = trusted->count;
    if (const Status done = truncate(log.index, trusted->count * logRecordSize); !done)
        return done;
    return truncate(log.data, std::min(log.durable, log.data.size()));
}

void LogWriter::closeOldest()
{
    const auto isOpen = [](const auto &each) { return bool(each.second.data); };
    for (auto count = std::size_t(std::ranges::count_if(m_open, isOpen)); count > maxOpen; --count) {
        auto oldest = m_open.end();
        for (auto each = m_open.begin(); each != m_open.end(); ++each)
            if (isOpen(*each) && (oldest == m_open.end() || each->second.used < oldest->second.used))
                oldest = each;
        const Status synced = syncOne(oldest->first, oldest->second);
        note(synced);
        if (!synced || oldest->second.durable == oldest->second.received) {
            m_open.erase(oldest);
            continue;
        }
        oldest->second.data = LogFile();
        oldest->second.index = LogFile();
    }
}

Status LogWriter::syncOne(AttemptKey key, Log &log)
{
    if (!log.data || log.synced == log.received)
        return {};
    if (::fdatasync(log.data.handle()) != 0 || ::fdatasync(log.index.handle()) != 0)
        return fail(ErrorKind::Unavailable,
            u"the log of run %1, attempt %2 cannot be synced: %3"_s.arg(key.run.value)
                .arg(key.attempt)
                .arg(systemError(errno)));
    log.synced = log.received;
    return {};
}

std::optional<Duration> LogWriter::due() const
{
    return m_due;
}

LogWriter::Sizes LogWriter::sync()
{
    m_due.reset();
    Status folders;
    for (const QString &folder : std::exchange(m_newFolders, {}))
        if (const Status synced = syncFolder(folder); !synced)
            folders = synced;
    note(folders);
    Sizes sizes;
    for (auto each = m_open.begin(); each != m_open.end();) {
        auto &[key, log] = *each;
        const Status synced = syncOne(key, log);
        note(synced);
        if (!synced) {
            // Nobody knows which of its bytes are there: start again from what is remembered.
            each = m_open.erase(each);
            continue;
        }
        if (log.synced > log.durable)
            sizes.emplace_back(key, log.synced);
        ++each;
    }
    // Asked again should the database not take them.
    if (!sizes.empty())
        m_due = monotonic() + 1s;
    FAULT_POINT("log-after-sync");
    return sizes;
}

void LogWriter::remembered(const Sizes &sizes)
{
    for (const auto &[key, size] : sizes)
        if (const auto found = m_open.find(key); found != m_open.end()) {
            found->second.durable = std::max(found->second.durable, size);
            if (!found->second.data && found->second.durable == found->second.received)
                m_open.erase(found);
        }
    const bool all
        = std::ranges::all_of(m_open, [](const auto &each) { return each.second.durable == each.second.received; });
    if (all)
        m_due.reset();
}

void LogWriter::note(const Status &done)
{
    if (!done || m_troubled)
        m_health(u"logs"_s, done ? QString() : done.error().message);
    m_troubled = !done;
}

} // namespace belfry::store
