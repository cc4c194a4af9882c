// SPDX-License-Identifier: GPL-3.0-or-later
#include "backend/store/packedlog.h"

#include <QtEndian>

#include <fcntl.h>
#include <zstd.h>

// The implementation is taken in here: no library to link.
#define XXH_INLINE_ALL
#include <xxhash.h>

using namespace Qt::StringLiterals;

namespace belfry::store {

namespace {

constexpr quint32 skippableMagic = 0x184D2A5B;
constexpr qint64 skippableHead = 8; // magic and length
constexpr qint64 tableRow = 32;
constexpr qint64 footerSize = 40; // magic, place of the table, blocks, size of the log, check
constexpr char footerMagic[] = "BFLOGPK1";
constexpr int level = 3;
constexpr qint64 maxBlocks = qint64(1) << 26;

Error damaged(const QString &what)
{
    return {ErrorKind::Unavailable, u"the packed log is damaged: %1"_s.arg(what)};
}

template <class T> void put(QByteArray &to, T value)
{
    char bytes[sizeof(T)];
    qToLittleEndian<T>(value, bytes);
    to.append(bytes, sizeof(T));
}

QByteArray skippable(const QByteArray &content)
{
    QByteArray frame;
    frame.reserve(content.size() + skippableHead);
    put<quint32>(frame, skippableMagic);
    put<quint32>(frame, quint32(content.size()));
    return frame + content;
}

quint64 checkOf(const QByteArray &table, const QByteArray &footer)
{
    return XXH3_64bits_withSeed(
        footer.constData(), std::size_t(footer.size()), XXH3_64bits(table.constData(), std::size_t(table.size())));
}

struct FreeUnpacker {
    void operator()(ZSTD_DCtx *context) const { ZSTD_freeDCtx(context); }
};

// Exactly `size` bytes, or nothing.
std::optional<QByteArray> unpacked(const QByteArray &packed, qint64 size)
{
    thread_local const std::unique_ptr<ZSTD_DCtx, FreeUnpacker> context(ZSTD_createDCtx());
    QByteArray bytes(size, Qt::Uninitialized);
    const std::size_t got = ZSTD_decompressDCtx(
        context.get(), bytes.data(), std::size_t(size), packed.constData(), std::size_t(packed.size()));
    if (ZSTD_isError(got) || qint64(got) != size)
        return std::nullopt;
    return bytes;
}

} // namespace

struct LogPacking::Tools {
    Tools()
        : packer(ZSTD_createCCtx())
    {
        ZSTD_CCtx_setParameter(packer, ZSTD_c_compressionLevel, level);
        ZSTD_CCtx_setParameter(packer, ZSTD_c_checksumFlag, 1);
        XXH3_INITSTATE(&hash);
        XXH3_64bits_reset(&hash);
    }
    ~Tools() { ZSTD_freeCCtx(packer); }
    Q_DISABLE_COPY_MOVE(Tools)

    Result<QByteArray> pack(const QByteArray &bytes) const
    {
        QByteArray packed(qsizetype(ZSTD_compressBound(std::size_t(bytes.size()))), Qt::Uninitialized);
        const std::size_t size = ZSTD_compress2(
            packer, packed.data(), std::size_t(packed.size()), bytes.constData(), std::size_t(bytes.size()));
        if (ZSTD_isError(size))
            return fail(
                ErrorKind::Unavailable, u"a log cannot be packed: %1"_s.arg(QLatin1String(ZSTD_getErrorName(size))));
        packed.resize(qsizetype(size));
        return packed;
    }

    ZSTD_CCtx *packer;
    XXH3_state_t hash;
};

LogPacking::LogPacking(PackSink &sink)
    : m_sink(sink)
    , m_tools(std::make_unique<Tools>())
{ }

LogPacking::~LogPacking() = default;

Status LogPacking::write(const QByteArray &bytes)
{
    m_place += bytes.size();
    return m_sink.append(bytes);
}

Status LogPacking::add(const std::vector<LogEntry> &records, const QByteArray &bytes)
{
    qint64 at = 0;
    for (LogEntry entry : records) {
        while (entry.length > 0) {
            const bool follows = m_records.empty() || m_records.back().offset + m_records.back().length == entry.offset;
            if (!follows || m_block.size() >= packBlock || qint64(m_records.size()) >= packRecords)
                if (const Status done = flush(); !done)
                    return done;
            LogEntry part = entry;
            part.length = int(std::min<qint64>(entry.length, packBlock - m_block.size()));
            m_records.push_back(part);
            m_block.append(bytes.constData() + at, part.length);
            at += part.length;
            entry.offset += part.length;
            entry.length -= part.length;
        }
    }
    return {};
}

Status LogPacking::flush()
{
    if (m_block.isEmpty())
        return {};
    XXH3_64bits_update(&m_tools->hash, m_block.constData(), std::size_t(m_block.size()));
    QByteArray records;
    for (const LogEntry &entry : m_records) {
        const LogRecord record = encodeRecord(entry);
        records.append(record.data(), logRecordSize);
    }
    const auto packed = m_tools->pack(m_block);
    const auto packedRecords = m_tools->pack(records);
    if (!packed || !packedRecords)
        return fail(packed ? packedRecords.error() : packed.error());
    put<qint64>(m_table, m_records.front().offset);
    put<qint64>(m_table, m_place);
    put<quint32>(m_table, quint32(m_block.size()));
    put<quint32>(m_table, quint32(packed->size()));
    put<quint32>(m_table, quint32(m_records.size()));
    put<quint32>(m_table, quint32(packedRecords->size()));
    m_bytes += m_block.size();
    m_block.clear();
    m_records.clear();
    if (const Status done = write(*packed); !done)
        return done;
    return write(skippable(*packedRecords));
}

Status LogPacking::finish(qint64 size)
{
    if (const Status done = flush(); !done)
        return done;
    QByteArray footer(footerMagic, 8);
    put<qint64>(footer, m_place + skippableHead);
    put<qint64>(footer, m_table.size() / tableRow);
    put<qint64>(footer, size);
    put<quint64>(footer, checkOf(m_table, footer));
    return write(skippable(m_table + footer));
}

QString LogPacking::hash() const
{
    return u"%1"_s.arg(quint64(XXH3_64bits_digest(&m_tools->hash)), 16, 16, QLatin1Char('0'));
}

PackedLog::PackedLog(PackedLog &&) noexcept = default;
PackedLog &PackedLog::operator=(PackedLog &&) noexcept = default;
PackedLog::~PackedLog() = default;

Result<PackedLog> PackedLog::open(const QString &path)
{
    auto file = LogFile::open(path, O_RDONLY);
    if (!file)
        return fail(file.error());
    PackedLog log;
    log.m_file = std::move(*file);
    const qint64 size = log.m_file.size();
    return readTable(std::move(log), size);
}

Result<PackedLog> PackedLog::fromBytes(const QByteArray &bytes)
{
    PackedLog log;
    log.m_memory = bytes;
    return readTable(std::move(log), bytes.size());
}

Result<QByteArray> PackedLog::bytesAt(qint64 place, qint64 size) const
{
    if (!m_file) {
        if (place < 0 || place > m_memory.size() || size > m_memory.size() - place)
            return fail(damaged(u"it is cut short"_s));
        return m_memory.mid(place, size);
    }
    QByteArray bytes(size, Qt::Uninitialized);
    const auto got = m_file.read(place, bytes.data(), size);
    if (!got)
        return fail(got.error());
    if (*got != size)
        return fail(damaged(u"it is cut short"_s));
    return bytes;
}

Result<PackedLog> PackedLog::readTable(PackedLog log, qint64 fileSize)
{
    if (fileSize < skippableHead + footerSize)
        return fail(damaged(u"it has no table"_s));
    const auto footer = log.bytesAt(fileSize - footerSize, footerSize);
    if (!footer)
        return fail(footer.error());
    const char *const at = footer->constData();
    const auto place = qFromLittleEndian<qint64>(at + 8);
    const auto blocks = qFromLittleEndian<qint64>(at + 16);
    log.m_size = qFromLittleEndian<qint64>(at + 24);
    if (!footer->startsWith(footerMagic) || place < 0 || blocks < 0 || blocks > maxBlocks
        || place + blocks * tableRow + footerSize != fileSize)
        return fail(damaged(u"its table is not where it should be"_s));
    const auto table = log.bytesAt(place, blocks * tableRow);
    if (!table)
        return fail(table.error());
    if (checkOf(*table, footer->first(32)) != qFromLittleEndian<quint64>(at + 32))
        return fail(damaged(u"its table fails its check"_s));
    for (const char *row = table->constData(); row < table->constData() + table->size(); row += tableRow)
        log.m_blocks.push_back({.offset = qFromLittleEndian<qint64>(row),
            .place = qFromLittleEndian<qint64>(row + 8),
            .length = qFromLittleEndian<quint32>(row + 16),
            .packed = qFromLittleEndian<quint32>(row + 20),
            .records = qFromLittleEndian<quint32>(row + 24),
            .packedRecords = qFromLittleEndian<quint32>(row + 28)});
    return log;
}

Status PackedLog::unpack(std::size_t number)
{
    if (m_unpacked == number)
        return {};
    m_unpacked.reset();
    const Block &block = m_blocks[number];
    if (block.length > packBlock || block.records > packRecords || block.packed > 2 * packBlock
        || block.packedRecords > 2 * packRecords * logRecordSize)
        return fail(damaged(u"a block is too large"_s));
    const auto packed = bytesAt(block.place, block.packed);
    const auto packedRecords = bytesAt(block.place + block.packed + skippableHead, block.packedRecords);
    if (!packed || !packedRecords)
        return fail(packed ? packedRecords.error() : packed.error());
    auto bytes = unpacked(*packed, block.length);
    const auto records = unpacked(*packedRecords, qint64(block.records) * logRecordSize);
    if (!bytes || !records)
        return fail(damaged(u"the block at offset %1 cannot be unpacked"_s.arg(block.offset)));
    m_records.clear();
    for (qsizetype at = 0; at < records->size(); at += logRecordSize) {
        const auto entry = decodeRecord(records->constData() + at);
        if (!entry)
            return fail(damaged(u"a record of the block at offset %1 fails its check"_s.arg(block.offset)));
        m_records.push_back(*entry);
    }
    if (!covers(m_records, block.offset, block.length))
        return fail(damaged(u"the records of the block at offset %1 do not cover it"_s.arg(block.offset)));
    m_bytes = std::move(*bytes);
    m_unpacked = number;
    return {};
}

Result<LogPiece> PackedLog::read(const ReadLog &query)
{
    LogPiece piece{.offset = query.offset, .size = m_size};
    if (piece.offset < 0)
        piece.offset = std::max<qint64>(0, m_size + piece.offset);
    const auto found = std::partition_point(m_blocks.begin(), m_blocks.end(),
        [&](const Block &block) { return block.offset + qint64(block.length) <= piece.offset; });
    if (found == m_blocks.end())
        return piece;
    if (const Status done = unpack(std::size_t(found - m_blocks.begin())); !done)
        return fail(done.error());
    piece.offset = std::max(piece.offset, found->offset);
    const qint64 end = std::min(
        found->offset + qint64(found->length), piece.offset + std::clamp<qint64>(query.limit, 1, maxLogPiece));
    auto entry = std::partition_point(m_records.begin(), m_records.end(),
        [&](const LogEntry &each) { return each.offset + each.length <= piece.offset; });
    qint64 covered = piece.offset;
    for (; entry != m_records.end() && covered < end && qint64(piece.index.size()) < maxLogPieceRecords; ++entry) {
        const qint64 to = std::min(entry->offset + entry->length, end);
        piece.index.push_back({covered, int(to - covered), entry->stream, entry->at});
        covered = to;
    }
    piece.bytes = m_bytes.mid(piece.offset - found->offset, covered - piece.offset);
    return piece;
}

} // namespace belfry::store
