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
// The tail of a log over its cap is freed in steps of at least so many bytes.
constexpr qint64 minStep = 4 << 10;
// An index may be larger than its log by this; then a block gets one record.
constexpr qint64 indexSlack = 1 << 20;

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
    const bool skips = block.until != 0;
    const qint64 end = skips ? block.until : block.offset + block.bytes.size();
    const bool good = block.offset >= 0
        && (skips ? block.bytes.isEmpty() && block.until > block.offset
                  : covers(block.index, block.offset, block.bytes.size()));
    if (!good)
        return fail(ErrorKind::Invalid, u"the index of a log block does not cover its bytes"_s);
    const auto found = logOf(block.key);
    if (!found)
        return fail(found.error());
    if (!*found)
        return LogPosition{end, end, false}; // it was complete: whoever sends on may stop
    Log &log = **found;
    if (block.offset > log.received)
        return LogPosition{log.received, log.durable, true};
    if (end > log.received) {
        Status written;
        if (skips)
            skip(log, block);
        else
            written = writeByCap(log, block);
        note(written);
        if (!written)
            return fail(written.error());
        const Duration due = monotonic() + syncDelay;
        m_due = std::min(m_due.value_or(due), due);
    }
    return LogPosition{log.received, log.durable, false};
}

void LogWriter::skip(Log &log, const LogBlock &block)
{
    addGap(log, {LogGap{log.received, block.until, block.reason}});
    log.received = block.until;
    if (!log.hollow)
        return;
    // What came of the middle goes with it, to its last byte.
    if (log.marks.back().record == log.records)
        log.marks.back().offset = log.received;
    else
        log.marks.push_back({log.received, log.records});
}

void LogWriter::addGap(Log &log, StoredGap gap)
{
    if (!log.gaps.empty() && !log.gaps.back().isHollow() && log.gaps.back().until == gap.from
        && log.gaps.back().reason == gap.reason) {
        log.gaps.back().until = gap.until;
    } else if (log.gapCount < maxGaps) {
        ++log.gapCount;
        log.gaps.push_back(std::move(gap));
    }
}

// The head ends exactly at its bound.
Status LogWriter::writeByCap(Log &log, const LogBlock &block)
{
    const qint64 head = log.cap / 2, end = block.offset + block.bytes.size();
    if (log.cap == 0 || log.hollow || log.received >= head || end <= head)
        return write(log, block);
    LogBlock first{
        .key = block.key, .offset = block.offset, .bytes = block.bytes.first(head - block.offset), .index = {}};
    for (LogEntry entry : block.index) {
        entry.length = int(std::min<qint64>(entry.length, head - entry.offset));
        if (entry.length > 0)
            first.index.push_back(entry);
    }
    const Status written = write(log, first);
    return written ? write(log, block) : written;
}

Status LogWriter::write(Log &log, const LogBlock &block)
{
    const qint64 skip = log.received - block.offset;
    if (const Status done = log.data.write(log.received, block.bytes.constData() + skip, block.bytes.size() - skip);
        !done)
        return done;
    FAULT_POINT("log-before-index");
    std::vector<LogEntry> entries;
    for (LogEntry entry : block.index) {
        const qint64 end = entry.offset + entry.length;
        if (end <= log.received)
            continue;
        entry.offset = std::max(entry.offset, log.received);
        entry.length = int(end - entry.offset);
        entries.push_back(entry);
        log.lines->feed(
            entry.stream, QByteArrayView(block.bytes).sliced(entry.offset - block.offset, entry.length), entry.at);
    }
    const qint64 end = block.offset + block.bytes.size();
    if (log.records * logRecordSize > log.received + indexSlack && end - log.received <= maxLogRecord)
        entries = {{log.received, int(end - log.received), 0, entries.front().at}};
    QByteArray records;
    for (const LogEntry &entry : entries) {
        const LogRecord record = encodeRecord(entry);
        records.append(record.data(), logRecordSize);
    }
    if (const Status done = log.index.write(log.records * logRecordSize, records.constData(), records.size()); !done)
        return done;
    log.records += records.size() / logRecordSize;
    log.received = end;
    if (log.cap > 0)
        turnRing(log);
    return {};
}

void LogWriter::turnRing(Log &log)
{
    const qint64 head = log.cap / 2, tail = log.cap - head;
    if (!log.hollow) {
        if (log.received < head)
            return;
        log.hollow = Hollow{log.received, log.received, log.records, log.records};
        log.marks.push_back({log.received, log.records});
        return;
    }
    if (log.received - log.marks.back().offset >= std::max(tail / 16, minStep))
        log.marks.push_back({log.received, log.records});
    while (log.marks.size() > 1 && log.marks[1].offset <= log.received - tail)
        log.marks.pop_front();
}

void LogWriter::freeHollow(const Log &log) const
{
    if (!log.hollow || !log.data)
        return;
    const Hollow &hollow = *log.hollow;
    log.data.punch(hollow.from, hollow.until - hollow.from);
    log.index.punch(hollow.firstRecord * logRecordSize, (hollow.endRecord - hollow.firstRecord) * logRecordSize);
}

// What the database remembers, the files should have.
void LogWriter::findLoss(AttemptKey key, Log &log, const std::vector<StoredGap> &known)
{
    const auto trusted = trustedRecords(log.index, log.data.size());
    if (!trusted)
        return;
    qint64 end = log.received;
    for (auto gap = known.rbegin(); gap != known.rend(); ++gap)
        if (gap->until >= end)
            end = std::min(end, gap->from);
    for (auto gap = log.gaps.rbegin(); gap != log.gaps.rend(); ++gap)
        if (gap->until >= end)
            end = std::min(end, gap->from);
    if (trusted->end >= end)
        return;
    qCWarning(lcLogs).noquote() << u"the log of run %1, attempt %2 was deleted or cut: bytes %3 to %4 are lost"_s
                                       .arg(key.run.value)
                                       .arg(key.attempt)
                                       .arg(trusted->end)
                                       .arg(end);
    addGap(log, {LogGap{trusted->end, end, u"its file at the backend was deleted or cut"_s}});
    m_due = std::min(m_due.value_or(monotonic()), monotonic());
}

// Where the lines in hand begin: a few bytes back.
void LogWriter::recallLines(Log &log) const
{
    const auto trusted = trustedRecords(log.index, log.data.size());
    if (!trusted || trusted->end != log.received)
        return;
    std::vector<LogEntry> entries;
    for (qint64 number = trusted->count - 1; number >= 0; --number) {
        const auto entry = recordAt(log.index, number);
        if (!entry || (log.hollow && number < log.hollow->endRecord && number >= log.hollow->firstRecord))
            break;
        entries.push_back(*entry);
        if (log.received - entry->offset >= LineNotes::longestLine)
            break;
    }
    for (auto entry = entries.rbegin(); entry != entries.rend(); ++entry) {
        const qint64 length = std::min<qint64>(entry->length, LineNotes::longestLine);
        QByteArray bytes(length, '\0');
        const auto got = log.data.read(entry->offset + entry->length - length, bytes.data(), length);
        if (got && *got == length)
            log.lines->recall(entry->stream, bytes);
    }
}

Result<LogWriter::Log> LogWriter::load(AttemptKey key, const LogsTable::State &state)
{
    Log log{.received = state.stored, .synced = state.stored, .durable = state.stored, .cap = state.cap};
    auto known = perform([&] { return std::pair(m_gaps.of(key), m_notes.of(key)); });
    if (!known)
        return fail(ErrorKind::Unavailable, known.error().message);
    auto &[gaps, notes] = *known;
    log.gapCount = gaps.size();
    log.lines.emplace(std::move(notes).value_or(AttemptNotes()));
    Status opened = open(key, log);
    if (opened)
        opened = cut(log);
    if (!opened)
        return fail(opened.error());
    findLoss(key, log, gaps);
    for (const StoredGap &gap : gaps)
        if (gap.isHollow())
            log.hollow = gap.hollow();
    if (log.hollow) {
        log.marks.push_back({log.received, log.records});
        freeHollow(log);
    }
    recallLines(log);
    return log;
}

Result<LogWriter::Log *> LogWriter::logOf(AttemptKey key)
{
    auto found = m_open.find(key);
    if (found == m_open.end()) {
        const auto state = perform([&] { return m_stored.of(key); });
        if (!state)
            return fail(ErrorKind::Unavailable, state.error().message);
        if (!*state)
            return fail(ErrorKind::NotFound, u"there is no attempt %1 of run %2"_s.arg(key.attempt).arg(key.run.value));
        if ((*state)->form != LogForm::Files)
            return nullptr;
        auto log = load(key, **state);
        note(log ? Status() : fail(log.error()));
        if (!log)
            return fail(log.error());
        found = m_open.emplace(key, std::move(*log)).first;
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
    if (const Status opened = open(key, log); !opened)
        return opened;
    const auto trusted = trustedRecords(log.index, log.data.size());
    if (!trusted)
        return fail(trusted.error());
    if (trusted->count < log.records && log.hollow) {
        log.hollow.reset(); // its records are not where they were
        log.marks.clear();
    }
    log.records = trusted->count;
    if (const Status done = truncate(log.index, trusted->count * logRecordSize); !done)
        return done;
    const auto known = perform([&] { return m_gaps.of(key); });
    findLoss(key, log, known ? *known : std::vector<StoredGap>());
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
        if (!synced || (oldest->second.durable == oldest->second.received && oldest->second.gaps.empty())) {
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

std::vector<LogNote> LogWriter::sync()
{
    m_due.reset();
    Status folders;
    for (const QString &folder : std::exchange(m_newFolders, {}))
        if (const Status synced = syncFolder(folder); !synced)
            folders = synced;
    note(folders);
    std::vector<LogNote> notes;
    for (auto each = m_open.begin(); each != m_open.end();) {
        auto &[key, log] = *each;
        const Status synced = syncOne(key, log);
        note(synced);
        if (!synced) {
            // Nobody knows which of its bytes are there: start again from what is remembered.
            each = m_open.erase(each);
            continue;
        }
        if (log.synced > log.durable || !log.gaps.empty())
            notes.push_back(noteOf(key, log));
        ++each;
    }
    // Asked again should the database not take them.
    if (!notes.empty())
        m_due = monotonic() + 1s;
    FAULT_POINT("log-after-sync");
    return notes;
}

LogNote LogWriter::noteOf(AttemptKey key, Log &log)
{
    LogNote note{.key = key, .size = log.synced, .gaps = log.gaps, .notes = {}};
    const qint64 tail = log.cap - log.cap / 2;
    if (log.hollow && log.marks.front().offset > log.hollow->until && log.marks.front().offset <= log.received - tail)
        note.gaps.push_back({LogGap{log.hollow->from, log.marks.front().offset,
                                 u"it was over the cap (resources.log): the head and the tail are kept"_s},
            log.hollow->firstRecord, log.marks.front().record});
    // Not only when they have just changed: what was noted may not have been remembered.
    if (log.lines && log.lines->notes() != AttemptNotes())
        note.notes = log.lines->notes();
    return note;
}

void LogWriter::remembered(const std::vector<LogNote> &notes)
{
    for (const LogNote &note : notes) {
        const auto found = m_open.find(note.key);
        if (found == m_open.end())
            continue;
        Log &log = found->second;
        log.durable = std::max(log.durable, note.size);
        for (const StoredGap &gap : note.gaps) {
            std::erase_if(log.gaps, [&](const StoredGap &each) { return each == gap; });
            if (!gap.isHollow() || !log.hollow || log.hollow->firstRecord != gap.firstRecord)
                continue;
            log.hollow = gap.hollow();
            freeHollow(log);
        }
        if (!log.data && log.durable == log.received)
            m_open.erase(found);
    }
    const bool all = std::ranges::all_of(m_open,
        [](const auto &each) { return each.second.durable == each.second.received && each.second.gaps.empty(); });
    if (all)
        m_due.reset();
}

void LogWriter::forget(AttemptKey key)
{
    m_open.erase(key);
}

void LogWriter::note(const Status &done)
{
    if (!done || m_troubled)
        m_health(u"logs"_s, done ? QString() : done.error().message);
    m_troubled = !done;
}

} // namespace belfry::store
