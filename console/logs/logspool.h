// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/logs/lineindex.h"
#include "shared/base/instant.h"
#include "shared/wire/logsapi.h"

#include <atomic>
#include <functional>
#include <memory>

namespace belfry {

class SpoolFile;

// The log of one attempt in a file of the cache, with an index of its lines in memory and one of streams and times in a
// second file. One thread appends, any thread reads; the text is never held as a whole. What is missing in the log is
// a line of its own here (a note), so offsets here are not those of the log.
//
// NAME.log holds the bytes, NAME.idx records {offset here, offset in the log, time and stream}, written before the
// bytes they speak of; NAME.json is there once the log is complete and synced. An incomplete pair is gone on with when
// the host has not been booted since, else begun again.
class LogSpool
{
public:
    enum Stream : quint8 { Unknown = 0, Stdout = 1, Stderr = 2, Note = 3 };
    struct Stamp {
        Stream stream = Unknown;
        Instant at; // received by the agent; 0: not known
        bool operator==(const Stamp &) const = default;
    };
    struct Line {
        qint64 offset = 0;
        qint64 length = 0; // without its line break
        bool operator==(const Line &) const = default;
    };
    // A block of lines.
    struct Page {
        qint64 first = 0;
        qint64 end = 0; // offset behind it
        std::vector<Line> lines;
        std::vector<TextStyle> styles; // at the beginning of each
    };

    // Opens or makes NAME in the folder. Where another process has it, the spool is a file without a name.
    static Result<std::shared_ptr<LogSpool>> open(const QString &folder, const QString &name);
    ~LogSpool();
    Q_DISABLE_COPY_MOVE(LogSpool)

    // --- By the one thread that writes.
    // Indexes some of what was there already; false: all of it is.
    Result<bool> indexSome();
    // `from` is the offset in the log and has to be logOffset().
    Status append(qint64 from, const QByteArray &bytes, const std::vector<wire::LogIndexEntry> &entries);
    // A line of its own that is not the job's; the log goes on at `logOffset`.
    Status addNote(const QString &text, qint64 logOffset);
    // The log has its last byte: it is synced, and never fetched again. `remark`: what there is to say of it.
    Status complete(const QString &remark);
    // Empty again: what was there is not this log.
    Status clear();
    // Of the next byte that is wanted of the log.
    qint64 logOffset() const { return m_logOffset; }
    bool isComplete() const { return m_complete; }
    QString remark() const { return m_remark; }

    // --- By any thread.
    qint64 lineCount() const { return m_index.lineCount(); }
    // Bytes that are indexed.
    qint64 size() const { return m_index.size(); }
    Result<Page> page(qint64 line) const;
    // The line with this byte.
    Result<qint64> lineAt(qint64 offset) const;
    Result<QByteArray> read(qint64 offset, qint64 length) const;
    Stamp stampAt(qint64 offset) const;
    // Calls `visit(from, until, stamp)` for each stretch of one stream within the bytes; false stops it.
    void forEachStretch(qint64 from, qint64 until, const std::function<bool(qint64, qint64, Stamp)> &visit) const;
    const LineIndex &index() const { return m_index; }

private:
    struct Record;

    LogSpool();
    Status load(const QString &path);
    Status begin();
    Status addRecord(const Record &record);
    std::optional<Record> recordAt(qint64 number) const;
    // The number of the last record at or before the byte; -1: none.
    qint64 findRecord(qint64 offset) const;

    std::unique_ptr<SpoolFile> m_text;
    std::unique_ptr<SpoolFile> m_records;
    QString m_doneFile; // empty: the spool has no name
    LineIndex m_index;
    std::atomic<qint64> m_recordCount = 0;
    // Of the writing thread:
    qint64 m_written = 0; // bytes of text in the file
    qint64 m_logOffset = 0;
    qint64 m_lastStamp = -1;
    bool m_endsLine = true; // the text is empty or ends with a line break
    bool m_complete = false;
    QString m_remark;
};

// Where logs are kept: `logs` in the cache folder of the user's programs (XDG_CACHE_HOME).
QString spoolFolder();
// Deletes the spools that were used longest ago until the others fit into `limit` bytes. Those in use stay.
void pruneSpools(const QString &folder, qint64 limit);

} // namespace belfry
