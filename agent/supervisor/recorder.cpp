// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/supervisor/recorder.h"

#include "shared/spool/host.h"

#include <algorithm>
#include <array>
#include <cerrno>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace belfry::supervisor {

using spool::Failure;
using spool::Fd;
using spool::Stream;

namespace {

constexpr std::size_t maxRead = 64u << 10;
// Reads of one stream within that time share an entry up to that length: a job that writes single bytes would otherwise
// have an index larger than its output.
constexpr std::int64_t mergeMs = 10;
constexpr std::uint32_t maxMerged = 1u << 20;
// An index may be larger than its output by this; then reads of both streams share entries.
constexpr std::int64_t indexSlack = 1 << 20;
// The tail of an output over its cap is freed in steps of at least so many bytes.
constexpr std::int64_t minStep = 4 << 10;
// A hash this far behind is taken along, while the bytes are still in the cache.
constexpr std::int64_t hashBehind = 1 << 20;

std::int64_t stepOf(std::int64_t cap)
{
    return std::max((cap - cap / 2) / 16, minStep);
}

const char *nameOf(Stream stream)
{
    return stream == Stream::Out ? spool::name::standardOut : spool::name::standardErr;
}

// One buffer for all recorders: there is one thread, and fresh pages are dear.
std::array<char, 256u << 10> &buffer()
{
    static std::array<char, 256u << 10> bytes;
    return bytes;
}

} // namespace

spool::Done Recorder::openFifo(Stream stream)
{
    const char *const file = nameOf(stream);
    const auto failed = [&](int code, const char *why) { return Failure{code, m_path + '/' + file, why}; };
    if (::mkfifoat(m_folder, file, 0600) != 0 && errno != EEXIST)
        return failed(errno, "this FIFO cannot be made");
    Fd fd(::openat(m_folder, file, O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC));
    struct stat info { };
    if (!fd || ::fstat(fd.get(), &info) != 0)
        return failed(errno, "this FIFO cannot be opened");
    if (!S_ISFIFO(info.st_mode) || info.st_uid != ::geteuid())
        return failed(0, "this is not a FIFO of ours");
    (stream == Stream::Out ? m_out : m_err) = std::move(fd);
    return spool::done();
}

spool::Done Recorder::open(int folder, const std::string &folderPath)
{
    m_folder = folder;
    m_path = folderPath;
    for (const Stream stream : {Stream::Out, Stream::Err})
        if (auto opened = openFifo(stream); !opened)
            return opened;
    auto output = spool::openOwned(folder, spool::name::output, O_RDWR | O_CREAT, folderPath);
    if (!output)
        return output.failure();
    auto index = spool::openOwned(folder, spool::name::index, O_RDWR | O_CREAT, folderPath);
    if (!index)
        return index.failure();
    m_output = std::move(*output);
    m_index = std::move(*index);
    const auto tail = spool::repairRecording(m_output.get(), m_index.get(), spool::wallMs(), folderPath);
    if (!tail)
        return tail.failure();
    m_size = tail->size;
    struct stat info { };
    if (::fstat(m_index.get(), &info) == 0)
        m_entries = (info.st_size - std::int64_t(spool::indexHeaderSize)) / std::int64_t(spool::indexEntrySize);
    const auto gap = spool::readOutputGap(folder, folderPath);
    if (!gap)
        return gap.failure();
    if (m_gap = *gap; m_gap) {
        m_hashable = false;
        m_hashed = m_size;
        m_marks.push_back({m_size, m_entries});
        if (!punch())
            return Failure{errno, m_path + '/' + spool::name::output, "its middle cannot be freed"};
    }
    return spool::done();
}

spool::Checked<Fd> Recorder::openForJob(Stream stream) const
{
    Fd fd(::openat(m_folder, nameOf(stream), O_RDWR | O_NOFOLLOW | O_CLOEXEC));
    if (!fd)
        return Failure{errno, m_path + '/' + nameOf(stream), "this FIFO cannot be opened"};
    return fd;
}

// The head ends exactly at its bound, and steps of the ring are not overrun by one read.
std::size_t Recorder::maxMove() const
{
    if (m_cap == 0)
        return maxRead;
    const std::int64_t head = m_cap / 2;
    const std::int64_t most = m_size < head ? head - m_size : stepOf(m_cap);
    return std::size_t(std::min(most, std::int64_t(maxRead)));
}

// Bytes moved, 0 when nobody holds the other end, -1 with errno.
std::int64_t Recorder::moveToOutput(int fifo)
{
    loff_t offset = m_size;
    const std::size_t most = maxMove();
    const ssize_t moved = ::splice(fifo, nullptr, m_output.get(), &offset, most, SPLICE_F_NONBLOCK);
    if (moved >= 0 || errno != EINVAL)
        return moved;
    // A file system without splice. The two steps may lose one read if we are killed between them.
    const ssize_t got = ::read(fifo, buffer().data(), most);
    if (got <= 0)
        return got;
    const auto written = spool::writeAt(m_output.get(), {buffer().data(), std::size_t(got)}, m_size, m_path);
    if (written)
        return got;
    m_lost += got;
    errno = written.failure().code;
    return -1;
}

bool Recorder::indexIsBloated() const
{
    std::int64_t entries = m_entries, bytes = m_size;
    if (m_gap) {
        entries -= m_gap->endEntry - m_gap->firstEntry;
        bytes -= m_gap->until - m_gap->from;
    }
    return entries * std::int64_t(spool::indexEntrySize) > bytes + indexSlack;
}

bool Recorder::note(Stream stream, std::uint32_t length)
{
    const std::int64_t now = spool::wallMs();
    const bool follows = m_entries > 0 && m_last.end() == m_size && m_last.length + length <= maxMerged;
    const bool together = m_last.stream == stream && now >= m_last.timeMs && now - m_last.timeMs < mergeMs;
    const bool merge = follows && (together || indexIsBloated());
    spool::IndexEntry entry{m_size, length, stream, now};
    if (merge)
        entry = {
            m_last.offset, m_last.length + length, m_last.stream == stream ? stream : Stream::Unknown, m_last.timeMs};
    const auto bytes = spool::encodeEntry(entry);
    const std::int64_t number = merge ? m_entries - 1 : m_entries;
    const auto position = std::int64_t(spool::indexHeaderSize) + number * std::int64_t(spool::indexEntrySize);
    if (const auto written = spool::writeAt(m_index.get(), {bytes.data(), bytes.size()}, position, m_path); !written) {
        errno = written.failure().code;
        return false;
    }
    m_last = entry;
    m_entries = number + 1;
    return true;
}

void Recorder::giveUp(int code, const char *file)
{
    const bool full = code == ENOSPC || code == EDQUOT;
    m_lostWhy = std::string(full ? "agent disk full: the file `" : "the file `") + file
        + "` cannot be written: " + spool::errnoText(code);
    // What has no entry would be bytes that no reader is ever given. Both files end at the same byte.
    if (::ftruncate(m_output.get(), m_size) != 0
        || ::ftruncate(
               m_index.get(), std::int64_t(spool::indexHeaderSize) + m_entries * std::int64_t(spool::indexEntrySize))
            != 0)
        m_lostWhy += "; nor cut";
}

void Recorder::turnRing()
{
    const std::int64_t head = m_cap / 2, tail = m_cap - head;
    const auto mark = [this] {
        m_marks.push_back({m_size, m_entries});
        m_last = {}; // nothing is merged over a mark
    };
    if (!m_gap) {
        if (m_size < head)
            return;
        m_gap = {m_size, m_size, m_entries, m_entries};
        mark();
        return;
    }
    if (m_size - m_marks.back().offset >= stepOf(m_cap))
        mark();
    while (m_marks.size() > 1 && m_marks[1].offset <= m_size - tail)
        m_marks.pop_front();
    if (m_marks.front().offset > m_gap->until && m_marks.front().offset <= m_size - tail)
        freeBefore(m_marks.front().offset, m_marks.front().entry);
}

void Recorder::freeBefore(std::int64_t offset, std::int64_t entry)
{
    if (m_hashed < offset)
        hashSome(std::size_t(offset - m_hashed));
    spool::OutputGap gap = *m_gap;
    gap.until = offset;
    gap.endEntry = entry;
    // Said before it is done: readers must never take freed bytes for the job's. Tried again at the next step.
    if (!spool::replaceFile(m_folder, spool::name::outputGap, spool::name::outputGapDraft, encode(gap), m_path))
        return;
    m_gap = gap;
    if (!punch()) {
        const int code = errno;
        giveUp(code, spool::name::output);
        m_lostWhy
            = "over the cap (resources.log), and the middle of a file cannot be freed here: " + spool::errnoText(code);
    }
}

bool Recorder::punch() const
{
    constexpr int hole = FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE;
    const auto place = [](std::int64_t entry) {
        return std::int64_t(spool::indexHeaderSize) + entry * std::int64_t(spool::indexEntrySize);
    };
    const std::int64_t bytes = m_gap->until - m_gap->from;
    const std::int64_t entries = place(m_gap->endEntry) - place(m_gap->firstEntry);
    return (bytes == 0 || ::fallocate(m_output.get(), hole, m_gap->from, bytes) == 0)
        && (entries == 0 || ::fallocate(m_index.get(), hole, place(m_gap->firstEntry), entries) == 0);
}

Recorder::Read Recorder::drop(int fifo)
{
    if (!m_null)
        m_null = Fd(::open("/dev/null", O_WRONLY | O_CLOEXEC));
    const ssize_t dropped = ::splice(fifo, nullptr, m_null.get(), nullptr, maxRead, SPLICE_F_NONBLOCK);
    if (dropped > 0)
        m_lost += dropped;
    return dropped > 0 ? Read::Some : dropped == 0 ? Read::NoWriters : Read::Nothing;
}

Recorder::Read Recorder::read(Stream stream)
{
    const int fd = fifo(stream);
    if (!m_lostWhy.empty())
        return drop(fd);
    const std::int64_t moved = moveToOutput(fd);
    if (moved == 0)
        return Read::NoWriters;
    if (moved < 0) {
        if (errno == EAGAIN || errno == EINTR)
            return Read::Nothing;
        giveUp(errno, spool::name::output);
        return drop(fd);
    }
    if (!note(stream, std::uint32_t(moved))) {
        m_lost += moved;
        giveUp(errno, spool::name::index);
        return Read::Some;
    }
    m_size += moved;
    if (m_size - m_hashed > hashBehind)
        hashSome(hashBehind);
    if (m_cap > 0)
        turnRing();
    return Read::Some;
}

void Recorder::drain(Stream stream)
{
    const int capacity = ::fcntl(fifo(stream), F_GETPIPE_SZ);
    const std::int64_t most = m_size + m_lost + std::max(capacity, int(maxRead));
    while (m_size + m_lost < most && read(stream) == Read::Some) { }
}

bool Recorder::hashSome(std::size_t maxBytes)
{
    while (m_hashed < m_size && maxBytes > 0) {
        const auto size = std::min({buffer().size(), std::size_t(m_size - m_hashed), maxBytes});
        const ssize_t n = ::pread(m_output.get(), buffer().data(), size, m_hashed);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0) {
            // Cut behind our back, or an unreadable disk: the hash says so by not matching.
            m_lostWhy += m_lostWhy.empty() ? "the file `output` cannot be read back" : "";
            m_hashed = m_size;
            return true;
        }
        m_hash.add(buffer().data(), std::size_t(n));
        m_hashed += n;
        maxBytes -= std::size_t(n);
    }
    return m_hashed >= m_size;
}

void Recorder::removeFifos()
{
    for (const Stream stream : {Stream::Out, Stream::Err})
        ::unlinkat(m_folder, nameOf(stream), 0);
}

} // namespace belfry::supervisor
