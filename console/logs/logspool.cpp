// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/logs/logspool.h"

#include "console/logs/spoolfile.h"
#include "shared/base/files.h"

#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>

#include <cstring>

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

constexpr qint64 headSize = 64;
constexpr qint64 stepSize = 4 << 20; // of indexing what was there already
constexpr qint64 pageRead = 64 << 10; // a line that is longer is the last of its block
constexpr int formVersion = 1;

// Tells whether what an earlier program wrote has survived as a whole: page caches live as long as the boot.
QByteArray head()
{
    QFile file(u"/proc/sys/kernel/random/boot_id"_s);
    QByteArray bootId;
    if (file.open(QIODevice::ReadOnly))
        bootId = file.readAll().trimmed();
    return ("belfry-log 1 " + bootId).leftJustified(headSize - 1, ' ', true) + '\n';
}

} // namespace

struct LogSpool::Record {
    qint64 offset = 0;
    qint64 logOffset = 0;
    qint64 stamp = 0; // milliseconds << 2 | stream

    Stamp unpacked() const { return {Stream(stamp & 3), Instant(stamp >> 2)}; }
    static qint64 packed(const Stamp &stamp) { return stamp.at.ms * 4 + stamp.stream; }
};

LogSpool::LogSpool()
    : m_text(std::make_unique<SpoolFile>())
    , m_records(std::make_unique<SpoolFile>())
{ }

LogSpool::~LogSpool() = default;

Result<std::shared_ptr<LogSpool>> LogSpool::open(const QString &folder, const QString &name)
{
    if (const Status made = makePrivateFolder(folder); !made)
        return fail(made.error());
    std::shared_ptr<LogSpool> spool(new LogSpool);
    const QString path = folder + u'/' + name;
    const Result<bool> own = spool->m_text->open(path + u".log"_s);
    if (!own)
        return fail(own.error());
    const Status loaded = *own ? spool->load(path) : [&]() -> Status {
        if (const Status text = spool->m_text->openNameless(folder); !text)
            return text;
        if (const Status records = spool->m_records->openNameless(folder); !records)
            return records;
        return spool->begin();
    }();
    if (!loaded)
        return fail(loaded.error());
    return spool;
}

Status LogSpool::load(const QString &path)
{
    m_doneFile = path + u".json"_s;
    if (const Result<bool> own = m_records->open(path + u".idx"_s); !own || !*own)
        return fail(own ? Error{ErrorKind::Conflict, path + u".idx is in use"_s} : own.error());
    const Result<QByteArray> found = m_records->read(0, headSize);
    QFile doneFile(m_doneFile);
    const QJsonObject done
        = doneFile.open(QIODevice::ReadOnly) ? QJsonDocument::fromJson(doneFile.readAll()).object() : QJsonObject();
    const qint64 records = (m_records->size() - headSize) / qint64(sizeof(Record));
    m_complete = done["version"_L1].toInt() == formVersion && done["text"_L1].toInteger(-1) == m_text->size()
        && done["index"_L1].toInteger(-1) == m_records->size();
    if (!found || found->size() != headSize || records <= 0 || (!m_complete && *found != head()))
        return clear();
    m_text->touch();
    m_remark = m_complete ? done["remark"_L1].toString() : QString();
    m_recordCount = records;
    m_written = m_text->size();
    // Records are written before their bytes: some may have none.
    std::optional<Record> last;
    while (m_recordCount > 0) {
        last = recordAt(m_recordCount - 1);
        if (!last)
            return clear();
        const bool torn = last->unpacked().stream == Note && m_written > last->offset
            && m_text->read(m_written - 1, 1).value_or(QByteArray()) != "\n";
        if (torn)
            m_written = last->offset;
        if (last->offset < m_written)
            break;
        --m_recordCount;
    }
    if (m_recordCount == 0)
        return m_complete && m_text->size() == 0 ? Status() : clear();
    m_logOffset = last->logOffset + (last->unpacked().stream == Note ? 0 : m_written - last->offset);
    m_lastStamp = last->stamp;
    m_endsLine = m_text->read(m_written - 1, 1).value_or(QByteArray()) == "\n";
    if (m_complete)
        return {};
    if (const Status cut = m_text->truncate(m_written); !cut)
        return cut;
    return m_records->truncate(headSize + m_recordCount * qint64(sizeof(Record)));
}

Status LogSpool::begin()
{
    m_recordCount = 0;
    m_written = 0;
    m_logOffset = 0;
    m_lastStamp = -1;
    m_endsLine = true;
    m_complete = false;
    m_remark.clear();
    m_index.clear();
    return m_records->write(0, head());
}

Status LogSpool::clear()
{
    if (!m_doneFile.isEmpty())
        QFile::remove(m_doneFile);
    if (const Status cut = m_text->truncate(0); !cut)
        return cut;
    if (const Status cut = m_records->truncate(0); !cut)
        return cut;
    return begin();
}

Result<bool> LogSpool::indexSome()
{
    const qint64 from = m_index.size();
    if (from >= m_written)
        return false;
    const Result<QByteArray> bytes = m_text->read(from, std::min(stepSize, m_written - from));
    if (!bytes)
        return fail(bytes.error());
    if (bytes->isEmpty())
        return fail(ErrorKind::Internal, m_text->name() + u" has become shorter"_s);
    m_index.add(*bytes);
    return m_index.size() < m_written;
}

Status LogSpool::addRecord(const Record &record)
{
    const QByteArray bytes(reinterpret_cast<const char *>(&record), sizeof record);
    if (const Status written = m_records->write(headSize + m_recordCount * qint64(sizeof record), bytes); !written)
        return written;
    ++m_recordCount;
    m_lastStamp = record.stamp;
    return {};
}

Status LogSpool::append(qint64 from, const QByteArray &bytes, const std::vector<wire::LogIndexEntry> &entries)
{
    if (from != m_logOffset || m_complete)
        return fail(ErrorKind::Internal, u"bytes from %1 do not follow the log's %2"_s.arg(from).arg(m_logOffset));
    if (bytes.isEmpty())
        return {};
    const auto record = [&](qint64 logOffset, Stamp stamp) -> Status {
        const qint64 packed = Record::packed(stamp);
        if (packed == m_lastStamp)
            return {};
        return addRecord({m_written + logOffset - from, logOffset, packed});
    };
    if (entries.empty() || entries.front().offset > from)
        if (const Status written = record(from, {}); !written)
            return written;
    for (const wire::LogIndexEntry &entry : entries) {
        if (entry.offset < from || entry.offset >= from + bytes.size())
            continue; // of other bytes
        const Stream stream = entry.stream == 1 ? Stdout : entry.stream == 2 ? Stderr : Unknown;
        if (const Status written = record(entry.offset, {stream, entry.at}); !written)
            return written;
    }
    if (const Status written = m_text->write(m_written, bytes); !written)
        return written;
    m_written += bytes.size();
    m_logOffset = from + bytes.size();
    m_endsLine = bytes.endsWith('\n');
    m_index.add(bytes);
    return {};
}

Status LogSpool::addNote(const QString &text, qint64 logOffset)
{
    const QByteArray line = (m_endsLine ? QByteArray() : QByteArray("\n")) + text.simplified().toUtf8() + '\n';
    // The line break that ends the job's line is still the job's.
    const qint64 at = m_written + (m_endsLine ? 0 : 1);
    if (const Status written = addRecord({at, logOffset, Record::packed({Note, {}})}); !written)
        return written;
    if (const Status written = m_text->write(m_written, line); !written)
        return written;
    m_written += line.size();
    m_logOffset = logOffset;
    m_endsLine = true;
    m_lastStamp = -1;
    m_index.add(line);
    return {};
}

Status LogSpool::complete(const QString &remark)
{
    if (m_recordCount == 0) // an empty log needs one as well, to be told from a file that was just made
        if (const Status written = addRecord({}); !written)
            return written;
    m_complete = true;
    m_remark = remark;
    if (m_doneFile.isEmpty())
        return {};
    for (const auto &file : {m_text.get(), m_records.get()})
        if (const Status synced = file->sync(); !synced)
            return synced;
    const QJsonObject done{{u"version"_s, formVersion}, {u"text"_s, m_text->size()}, {u"index"_s, m_records->size()},
        {u"remark"_s, remark}};
    return replacePrivateFile(m_doneFile, QJsonDocument(done).toJson());
}

Result<LogSpool::Page> LogSpool::page(qint64 line) const
{
    if (line < 0 || line >= lineCount())
        return fail(ErrorKind::NotFound, u"the log has no line %1"_s.arg(line + 1));
    const LineIndex::Place place = m_index.find(line);
    const qint64 size = place.end - place.block.offset;
    const Result<QByteArray> bytes = m_text->read(place.block.offset, std::min(size, pageRead));
    if (!bytes)
        return fail(bytes.error());
    Page page{.first = place.block.line, .end = place.end, .lines = {}, .styles = {}};
    TextStyle style = place.block.style;
    const QByteArrayView view(*bytes);
    qsizetype at = 0;
    for (qint64 i = 0; i < place.lines; ++i) {
        const qsizetype end = view.indexOf('\n', at);
        page.styles.push_back(style);
        page.lines.push_back({place.block.offset + at, (end < 0 ? size : end) - at});
        if (end < 0) {
            // A long line, whose break is the end of the block; or one that has not ended yet.
            if (i + 1 == place.lines && m_text->read(place.end - 1, 1).value_or(QByteArray()) == "\n")
                --page.lines.back().length;
            break;
        }
        passLine(view.sliced(at, end - at), style);
        at = end + 1;
    }
    return page;
}

Result<qint64> LogSpool::lineAt(qint64 offset) const
{
    const Result<Page> found = page(m_index.findOffset(offset).block.line);
    if (!found)
        return fail(found.error());
    const auto after = std::upper_bound(found->lines.begin(), found->lines.end(), offset,
        [](qint64 wanted, const Line &line) { return wanted < line.offset; });
    return found->first + std::max<qint64>(0, after - found->lines.begin() - 1);
}

Result<QByteArray> LogSpool::read(qint64 offset, qint64 length) const
{
    return m_text->read(offset, length);
}

std::optional<LogSpool::Record> LogSpool::recordAt(qint64 number) const
{
    const Result<QByteArray> bytes = m_records->read(headSize + number * qint64(sizeof(Record)), sizeof(Record));
    if (!bytes || bytes->size() != sizeof(Record))
        return std::nullopt;
    Record record;
    std::memcpy(&record, bytes->constData(), sizeof record);
    return record;
}

qint64 LogSpool::findRecord(qint64 offset) const
{
    qint64 low = 0, high = m_recordCount; // the first record behind the byte is in [low, high]
    while (low < high) {
        const qint64 middle = low + (high - low) / 2;
        const auto record = recordAt(middle);
        if (record && record->offset <= offset)
            low = middle + 1;
        else
            high = middle;
    }
    return low - 1;
}

LogSpool::Stamp LogSpool::stampAt(qint64 offset) const
{
    const qint64 number = findRecord(offset);
    const auto record = number < 0 ? std::nullopt : recordAt(number);
    return record ? record->unpacked() : Stamp();
}

void LogSpool::forEachStretch(
    qint64 from, qint64 until, const std::function<bool(qint64, qint64, Stamp)> &visit) const
{
    const qint64 count = m_recordCount;
    auto record = recordAt(std::max<qint64>(0, findRecord(from)));
    for (qint64 number = std::max<qint64>(0, findRecord(from)); record && from < until; ++number) {
        const auto next = number + 1 < count ? recordAt(number + 1) : std::nullopt;
        const qint64 end = next ? std::min(next->offset, until) : until;
        if (end > from && !visit(from, end, record->unpacked()))
            return;
        from = std::max(from, end);
        record = next;
    }
}

} // namespace belfry
