// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "backend/store/logfiles.h"

// A log that is over, packed into one file, or into one value of the database when it is small. The bytes lie in
// blocks, each a zstd frame of its own followed by a skippable frame with the block's records, so that any offset is
// read by unpacking one block, and `zstd -dc` of the file gives the log. The last skippable frame is the table of
// blocks.
namespace belfry::store {

constexpr qint64 packBlock = 256 << 10; // bytes of log in a block, at most
constexpr qint64 packRecords = 16384; // records in a block, at most
constexpr qint64 smallLog = 64 << 10; // bytes up to which a packed log goes into the database

// Where the packed bytes go: a file or memory.
class PackSink
{
public:
    virtual ~PackSink() = default;
    virtual Status append(const QByteArray &bytes) = 0;
};

// Packs records and bytes as they come, in order; what is missing between two records stays missing.
class LogPacking
{
public:
    explicit LogPacking(PackSink &sink);
    ~LogPacking();
    // `bytes` are those of `records`, which follow each other without a hole.
    Status add(const std::vector<LogEntry> &records, const QByteArray &bytes);
    Status finish(qint64 size);
    // XXH3-64 of all bytes added, hex.
    QString hash() const;
    qint64 bytes() const { return m_bytes; }

private:
    struct Block;
    struct Tools;
    Status flush();
    Status write(const QByteArray &bytes);

    PackSink &m_sink;
    std::unique_ptr<Tools> m_tools;
    std::vector<LogEntry> m_records; // of the block in hand
    QByteArray m_block;
    QByteArray m_table;
    qint64 m_place = 0;
    qint64 m_bytes = 0;
};

// Reads a packed log. Keeps the block that was read last.
class PackedLog
{
public:
    static Result<PackedLog> open(const QString &path);
    static Result<PackedLog> fromBytes(const QByteArray &bytes);
    PackedLog(PackedLog &&) noexcept;
    PackedLog &operator=(PackedLog &&) noexcept;
    ~PackedLog();

    qint64 size() const { return m_size; } // of the log, missing bytes included
    Result<LogPiece> read(const ReadLog &query);

private:
    struct Block {
        qint64 offset = 0;
        qint64 place = 0;
        quint32 length = 0;
        quint32 packed = 0; // bytes of the frame
        quint32 records = 0;
        quint32 packedRecords = 0; // bytes behind the skippable frame's head
    };
    PackedLog() = default;
    static Result<PackedLog> readTable(PackedLog log, qint64 fileSize);
    Result<QByteArray> bytesAt(qint64 place, qint64 size) const;
    Status unpack(std::size_t number);

    LogFile m_file;
    QByteArray m_memory; // when there is no file
    std::vector<Block> m_blocks;
    qint64 m_size = 0;
    std::optional<std::size_t> m_unpacked; // number of the block below
    QByteArray m_bytes;
    std::vector<LogEntry> m_records;
};

} // namespace belfry::store
