// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "backend/store/queries.h"

#include <array>

// One attempt's log is two files: RUN-ATTEMPT.log has the bytes at their own offsets, RUN-ATTEMPT.idx one record for
// each read of a stream. Names are made of the backend's ids only; a folder holds those of a thousand runs.
namespace belfry::store {

QString logShard(AttemptKey key); // folder below logs/
QString logBase(AttemptKey key); // path below logs/ without its suffix

// A record is 24 bytes, little endian: offset (8), length (3) and stream (1), check (4), time in ms (8). Records are in
// order and do not overlap; a hole between two is a stretch whose bytes are lost.
constexpr int logRecordSize = 24;
constexpr int maxLogRecord = (1 << 24) - 1; // bytes that one record can cover
using LogRecord = std::array<char, logRecordSize>;
// Of one piece that is read.
constexpr qint64 maxLogPiece = 1 << 20; // bytes
constexpr qint64 maxLogPieceRecords = 8192;
LogRecord encodeRecord(const LogEntry &entry);
// Nothing for bytes that fail their check.
std::optional<LogEntry> decodeRecord(const char *bytes);

// Whether these are records of exactly the bytes [offset, offset + size).
bool covers(const std::vector<LogEntry> &index, qint64 offset, qint64 size);

// An open file of this process; closes itself.
class LogFile
{
public:
    LogFile() = default;
    explicit LogFile(int handle)
        : m_handle(handle)
    { }
    LogFile(LogFile &&other) noexcept
        : m_handle(std::exchange(other.m_handle, -1))
    { }
    LogFile &operator=(LogFile &&other) noexcept
    {
        std::swap(m_handle, other.m_handle);
        return *this;
    }
    ~LogFile();
    // A symbolic link is refused.
    static Result<LogFile> open(const QString &path, int flags);

    explicit operator bool() const { return m_handle >= 0; }
    int handle() const { return m_handle; }
    qint64 size() const;
    bool isDeleted() const;
    Status write(qint64 offset, const char *bytes, qint64 size) const;
    Result<qint64> read(qint64 offset, char *bytes, qint64 size) const; // fewer only at the end of the file
    // Frees them on the disk where the file system can: they read as zeros.
    void punch(qint64 offset, qint64 size) const;

private:
    int m_handle = -1;
};

// The records of an index file that can be trusted: whole ones up to the first that fails its check, is out of order or
// goes beyond the bytes there are.
struct TrustedRecords {
    qint64 count = 0;
    qint64 end = 0; // offset after the last one's bytes
};
// Looks only at the tail where that is enough: records are appended, so a good one has good ones before it.
Result<TrustedRecords> trustedRecords(const LogFile &index, qint64 bytes);
Result<LogEntry> recordAt(const LogFile &index, qint64 number);

// The middle of a log over its cap: these bytes and these records are freed on the disk, and read as zeros.
struct Hollow {
    qint64 from = 0; // offsets
    qint64 until = 0;
    qint64 firstRecord = 0;
    qint64 endRecord = 0; // the first one after it
    bool operator==(const Hollow &) const = default;
};

// Reads beside the writer: what it has not finished is not seen. NotFound: there are no files. Whoever has learned of a
// greater hollow meanwhile must read again: what was read may have been zeros already.
Result<LogPiece> readLogPiece(const QString &logs, const ReadLog &query, const std::optional<Hollow> &hollow = {});
Result<qint64> logSize(const QString &logs, AttemptKey key);
// The greatest run number that has a log; 0 when there is none.
RunId lastRunWithLog(const QString &logs);

} // namespace belfry::store
