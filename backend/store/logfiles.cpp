// SPDX-License-Identifier: GPL-3.0-or-later
#include "backend/store/logfiles.h"

#include "backend/store/datafolder.h"

#include <QDir>
#include <QFile>
#include <QtEndian>

#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace Qt::StringLiterals;

namespace belfry::store {

namespace {

// FNV-1a, 32 bits: tells a torn or foreign record from a good one; it need not resist anybody.
quint32 checkOf(const LogRecord &record)
{
    quint32 check = 2166136261u;
    for (int at = 0; at < logRecordSize; ++at)
        if (at < 12 || at >= 16)
            check = (check ^ quint8(record[std::size_t(at)])) * 16777619u;
    return check;
}

Error unreadable(int reason)
{
    return {ErrorKind::Unavailable, u"the log cannot be read: %1"_s.arg(systemError(reason))};
}

} // namespace

QString logShard(AttemptKey key)
{
    return QString::number(key.run.value / 1000);
}
QString logBase(AttemptKey key)
{
    return u"%1/%2-%3"_s.arg(logShard(key)).arg(key.run.value).arg(key.attempt);
}

LogRecord encodeRecord(const LogEntry &entry)
{
    LogRecord record{};
    qToLittleEndian<qint64>(entry.offset, record.data());
    qToLittleEndian<quint32>(quint32(entry.length) | quint32(entry.stream) << 24, record.data() + 8);
    qToLittleEndian<qint64>(entry.at.ms, record.data() + 16);
    qToLittleEndian<quint32>(checkOf(record), record.data() + 12);
    return record;
}

std::optional<LogEntry> decodeRecord(const char *bytes)
{
    LogRecord record;
    std::copy(bytes, bytes + logRecordSize, record.begin());
    if (qFromLittleEndian<quint32>(bytes + 12) != checkOf(record))
        return std::nullopt;
    const auto packed = qFromLittleEndian<quint32>(bytes + 8);
    const LogEntry entry{.offset = qFromLittleEndian<qint64>(bytes),
        .length = int(packed & 0xffffff),
        .stream = int(packed >> 24),
        .at = Instant(qFromLittleEndian<qint64>(bytes + 16))};
    if (entry.offset < 0 || entry.length == 0)
        return std::nullopt;
    return entry;
}

bool covers(const std::vector<LogEntry> &index, qint64 offset, qint64 size)
{
    for (const LogEntry &entry : index) {
        if (entry.offset != offset || entry.length <= 0 || entry.length > maxLogRecord || entry.stream < 0
            || entry.stream > 2 || offset > std::numeric_limits<qint64>::max() - entry.length)
            return false;
        offset += entry.length;
        size -= entry.length;
    }
    return size == 0;
}

LogFile::~LogFile()
{
    if (m_handle >= 0)
        ::close(m_handle);
}

Result<LogFile> LogFile::open(const QString &path, int flags)
{
    const int handle = ::open(QFile::encodeName(path).constData(), flags | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (handle >= 0)
        return LogFile(handle);
    const ErrorKind kind = errno == ENOENT ? ErrorKind::NotFound : ErrorKind::Unavailable;
    return fail(kind, u"%1 cannot be opened: %2"_s.arg(path, systemError(errno)));
}

qint64 LogFile::size() const
{
    struct stat about;
    return ::fstat(m_handle, &about) == 0 ? qint64(about.st_size) : 0;
}

bool LogFile::isDeleted() const
{
    struct stat about;
    return ::fstat(m_handle, &about) != 0 || about.st_nlink == 0;
}

Status LogFile::write(qint64 offset, const char *bytes, qint64 size) const
{
    while (size > 0) {
        const ssize_t written = ::pwrite(m_handle, bytes, std::size_t(size), offset);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return fail(ErrorKind::Unavailable, u"the log cannot be written: %1"_s.arg(systemError(errno)));
        bytes += written;
        offset += written;
        size -= written;
    }
    return {};
}

Result<qint64> LogFile::read(qint64 offset, char *bytes, qint64 size) const
{
    qint64 done = 0;
    while (done < size) {
        const ssize_t got = ::pread(m_handle, bytes + done, std::size_t(size - done), offset + done);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return fail(unreadable(errno));
        if (got == 0)
            break;
        done += got;
    }
    return done;
}

void LogFile::punch(qint64 offset, qint64 size) const
{
    if (size > 0)
        (void)::fallocate(m_handle, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, offset, size);
}

Result<LogEntry> recordAt(const LogFile &index, qint64 number)
{
    LogRecord record;
    const auto got = index.read(number * logRecordSize, record.data(), logRecordSize);
    if (!got)
        return fail(got.error());
    const auto entry = *got == logRecordSize ? decodeRecord(record.data()) : std::nullopt;
    if (!entry)
        return fail(ErrorKind::Unavailable, u"the log's index is damaged at record %1"_s.arg(number));
    return *entry;
}

Result<TrustedRecords> trustedRecords(const LogFile &index, qint64 bytes)
{
    for (qint64 count = index.size() / logRecordSize; count > 0; --count) {
        const auto last = recordAt(index, count - 1);
        if (last && last->offset + last->length <= bytes)
            return TrustedRecords{count, last->offset + last->length};
    }
    return TrustedRecords{};
}

namespace {

// The first record whose bytes end beyond the offset, of those from `low` to before `high`; `high` if there is none.
Result<qint64> recordBeyond(const LogFile &index, qint64 low, qint64 high, qint64 offset)
{
    while (low < high) {
        const qint64 middle = low + (high - low) / 2;
        const auto entry = recordAt(index, middle);
        if (!entry)
            return fail(entry.error());
        if (entry->offset + entry->length > offset)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

// The records to read from: [first, second).
Result<std::pair<qint64, qint64>> recordsBeyond(
    const LogFile &index, qint64 count, qint64 offset, const std::optional<Hollow> &hollow)
{
    if (hollow && offset < hollow->from) {
        const auto first = recordBeyond(index, 0, std::min(count, hollow->firstRecord), offset);
        if (!first)
            return fail(first.error());
        if (*first < hollow->firstRecord)
            return std::pair(*first, hollow->firstRecord);
    }
    const auto first = recordBeyond(index, hollow ? std::min(count, hollow->endRecord) : 0, count, offset);
    if (!first)
        return fail(first.error());
    return std::pair(*first, count);
}

// The end of a piece; an offset may be as large as numbers get.
qint64 endOfPiece(qint64 offset, qint64 limit)
{
    return offset > std::numeric_limits<qint64>::max() - limit ? std::numeric_limits<qint64>::max() : offset + limit;
}

// Records from `first` on without holes, cut to [offset, offset + limit).
Result<std::vector<LogEntry>> recordsFrom(const LogFile &index, qint64 first, qint64 count, qint64 offset, qint64 limit)
{
    QByteArray raw(std::min(count - first, maxLogPieceRecords) * logRecordSize, '\0');
    const auto got = index.read(first * logRecordSize, raw.data(), raw.size());
    if (!got)
        return fail(got.error());
    std::vector<LogEntry> entries;
    qint64 end = endOfPiece(offset, limit);
    for (qint64 at = 0; at + logRecordSize <= *got; at += logRecordSize) {
        auto entry = decodeRecord(raw.constData() + at);
        if (!entry)
            return fail(
                ErrorKind::Unavailable, u"the log's index is damaged at record %1"_s.arg(first + at / logRecordSize));
        if (entries.empty() && entry->offset > offset)
            end = endOfPiece(entry->offset, limit); // a hole lies before
        if (!entries.empty() && entry->offset != entries.back().offset + entries.back().length)
            break; // a hole follows
        const qint64 from = std::max(entry->offset, offset);
        const qint64 to = std::min(entry->offset + entry->length, end);
        if (from >= to)
            break;
        entry->offset = from;
        entry->length = int(to - from);
        entries.push_back(*entry);
    }
    return entries;
}

} // namespace

Result<LogPiece> readLogPiece(const QString &logs, const ReadLog &query, const std::optional<Hollow> &hollow)
{
    const QString base = logs + u'/' + logBase(query.key);
    const auto index = LogFile::open(base + u".idx"_s, O_RDONLY);
    const auto data = LogFile::open(base + u".log"_s, O_RDONLY);
    if (!index || !data)
        return fail(index ? data.error() : index.error());
    const auto trusted = trustedRecords(*index, data->size());
    if (!trusted)
        return fail(trusted.error());
    LogPiece piece{.offset = query.offset, .size = trusted->end};
    if (piece.offset < 0)
        piece.offset = std::max<qint64>(0, piece.size + piece.offset);
    const auto range = recordsBeyond(*index, trusted->count, piece.offset, hollow);
    if (!range)
        return fail(range.error());
    auto entries = recordsFrom(
        *index, range->first, range->second, piece.offset, std::clamp<qint64>(query.limit, 1, maxLogPiece));
    if (!entries)
        return fail(entries.error());
    if (entries->empty())
        return piece;
    piece.index = std::move(*entries);
    piece.offset = piece.index.front().offset;
    piece.bytes.resize(piece.index.back().offset + piece.index.back().length - piece.offset);
    const auto got = data->read(piece.offset, piece.bytes.data(), piece.bytes.size());
    if (!got)
        return fail(got.error());
    if (*got != piece.bytes.size())
        return fail(ErrorKind::Unavailable, u"the log's file is shorter than its index says"_s);
    return piece;
}

Result<qint64> logSize(const QString &logs, AttemptKey key)
{
    const auto piece = readLogPiece(logs, {.key = key, .offset = std::numeric_limits<qint64>::max()});
    if (!piece)
        return fail(piece.error());
    return piece->size;
}

RunId lastRunWithLog(const QString &logs)
{
    // The newest shard can be empty when its files were deleted; then the one before it counts.
    std::vector<qint64> shards;
    for (const QString &name : QDir(logs).entryList(QDir::Dirs | QDir::NoDotAndDotDot))
        shards.push_back(name.toLongLong());
    std::ranges::sort(shards, std::greater());
    for (const qint64 shard : shards) {
        qint64 last = 0;
        for (const QString &name :
            QDir(logs + u'/' + QString::number(shard)).entryList({u"*.log"_s, u"*.zst"_s}, QDir::Files))
            last = std::max(last, name.section(u'-', 0, 0).toLongLong());
        if (last > 0)
            return RunId(last);
    }
    return {};
}

} // namespace belfry::store
