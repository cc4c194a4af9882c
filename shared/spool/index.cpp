// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/spool/index.h"

#include "shared/spool/codec.h"
#include "shared/spool/files.h"
#include "shared/spool/hash.h"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace belfry::spool {

namespace {

constexpr std::uint32_t indexMagic = 0x58'49'46'42; // "BFIX" in the file
constexpr std::uint32_t indexVersion = 1;
constexpr std::size_t checkedSize = indexEntrySize - sizeof(std::uint32_t);

std::int64_t sizeOf(int fd)
{
    struct stat info { };
    return ::fstat(fd, &info) == 0 ? info.st_size : 0;
}

bool readAt(int fd, char *bytes, std::size_t size, std::int64_t offset)
{
    for (std::size_t done = 0; done < size;) {
        const ssize_t n = ::pread(fd, bytes + done, size - done, offset + std::int64_t(done));
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        done += std::size_t(n);
    }
    return true;
}

// The entries of an index file by number. Damaged ones read as nothing.
class Entries
{
public:
    explicit Entries(int fd, const std::optional<OutputGap> &gap = {})
        : m_fd(fd)
        , m_gap(gap)
    {
        const std::int64_t size = sizeOf(fd);
        std::array<char, indexHeaderSize> header{};
        m_headerGood = size >= std::int64_t(indexHeaderSize) && readAt(fd, header.data(), header.size(), 0)
            && header == indexHeader();
        if (m_headerGood)
            m_count = (size - std::int64_t(indexHeaderSize)) / std::int64_t(indexEntrySize);
    }
    bool headerGood() const { return m_headerGood; }
    std::int64_t count() const { return m_count; }
    static std::int64_t position(std::int64_t number)
    {
        return std::int64_t(indexHeaderSize) + number * std::int64_t(indexEntrySize);
    }
    std::optional<IndexEntry> at(std::int64_t number) const
    {
        IndexEntryBytes bytes;
        if (number < 0 || number >= m_count || !readAt(m_fd, bytes.data(), bytes.size(), position(number)))
            return std::nullopt;
        return decodeEntry(bytes.data());
    }
    // Number of the last entry, of those that can be read, that begins at or before `offset`; 0 if there is none.
    std::int64_t find(std::int64_t offset) const
    {
        std::int64_t low = 0, high = m_count; // the answer is in [low, high)
        if (m_gap && offset < m_gap->from)
            high = std::min(high, m_gap->firstEntry);
        else if (m_gap)
            low = std::min(high, m_gap->endEntry);
        while (high - low > 1) {
            const std::int64_t middle = low + (high - low) / 2;
            std::int64_t probe = middle;
            std::optional<IndexEntry> entry;
            while (probe < high && !(entry = at(probe)))
                ++probe;
            if (entry && entry->offset <= offset)
                low = probe;
            else
                high = middle;
        }
        return low;
    }

private:
    int m_fd;
    std::optional<OutputGap> m_gap;
    bool m_headerGood = false;
    std::int64_t m_count = 0;
};

// How much of the output may be served: what the index covers, or all of it where the index is of no use at its end.
std::int64_t readableEnd(const Entries &entries, std::int64_t outputSize)
{
    if (entries.headerGood() && entries.count() == 0)
        return 0;
    const auto last = entries.at(entries.count() - 1);
    return last ? std::min(last->end(), outputSize) : outputSize;
}

// Entries that cover [from, to), cut to it; holes are filled as Unknown.
std::vector<IndexEntry> cover(const Entries &entries, std::int64_t from, std::int64_t to)
{
    std::vector<IndexEntry> result;
    std::int64_t covered = from, lastTime = 0;
    const auto fill = [&](std::int64_t end, std::int64_t timeMs) {
        while (covered < end) {
            const auto length = std::uint32_t(std::min<std::int64_t>(end - covered, maxEntryLength));
            result.push_back({covered, length, Stream::Unknown, timeMs});
            covered += length;
        }
    };
    for (std::int64_t number = entries.find(from); number < entries.count() && covered < to; ++number) {
        const auto entry = entries.at(number);
        if (!entry || entry->end() <= covered)
            continue;
        fill(std::min(entry->offset, to), entry->timeMs);
        if (covered < to) {
            const auto end = std::min(entry->end(), to);
            result.push_back({covered, std::uint32_t(end - covered), entry->stream, entry->timeMs});
            covered = end;
        }
        lastTime = entry->timeMs;
    }
    fill(to, lastTime);
    return result;
}

} // namespace

std::array<char, indexHeaderSize> indexHeader()
{
    Encoder encoder;
    encoder(indexMagic, indexVersion, std::uint32_t(indexEntrySize), std::uint32_t(0));
    const std::string bytes = encoder.take();
    std::array<char, indexHeaderSize> header;
    std::memcpy(header.data(), bytes.data(), header.size());
    return header;
}

IndexEntryBytes encodeEntry(const IndexEntry &entry)
{
    IndexEntryBytes bytes;
    const std::uint32_t lengthAndStream = entry.length | std::uint32_t(entry.stream) << 24;
    std::size_t at = 0;
    const auto put = [&](std::uint64_t value, std::size_t size) {
        for (std::size_t i = 0; i < size; ++i)
            bytes[at++] = char(value >> (8 * i) & 0xff);
    };
    put(std::uint64_t(entry.offset), 8);
    put(std::uint64_t(entry.timeMs), 8);
    put(lengthAndStream, 4);
    put(std::uint32_t(hashOf({bytes.data(), checkedSize})), 4);
    return bytes;
}

std::optional<IndexEntry> decodeEntry(const char *bytes)
{
    std::int64_t offset = 0, timeMs = 0;
    std::uint32_t lengthAndStream = 0, check = 0;
    Decoder decoder({bytes, indexEntrySize});
    decoder(offset, timeMs, lengthAndStream, check);
    const IndexEntry entry{offset, lengthAndStream & maxEntryLength, Stream(lengthAndStream >> 24), timeMs};
    if (check != std::uint32_t(hashOf({bytes, checkedSize})) || entry.offset < 0 || entry.length == 0
        || entry.stream > Stream::Err)
        return std::nullopt;
    return entry;
}

Checked<RecordingTail> repairRecording(int output, int index, std::int64_t nowMs, const std::string &folderPath)
{
    const std::string path = folderPath + '/' + name::index;
    RecordingTail tail{sizeOf(output), 0};
    const Entries entries(index);
    std::int64_t keep = entries.count(), covered = 0;
    for (; keep > 0; --keep) {
        const auto last = entries.at(keep - 1);
        if (last && last->end() <= tail.size) {
            covered = last->end();
            tail.lastTimeMs = last->timeMs;
            break;
        }
    }
    if (!entries.headerGood()) {
        const auto header = indexHeader();
        if (auto written = writeAt(index, {header.data(), header.size()}, 0, path); !written)
            return written.failure();
    }
    if (sizeOf(index) != Entries::position(keep) && ::ftruncate(index, Entries::position(keep)) != 0)
        return Failure{errno, path, "this file cannot be cut"};
    while (covered < tail.size) {
        const auto length = std::uint32_t(std::min<std::int64_t>(tail.size - covered, maxEntryLength));
        const auto bytes = encodeEntry({covered, length, Stream::Unknown, nowMs});
        if (auto written = writeAt(index, {bytes.data(), bytes.size()}, Entries::position(keep++), path); !written)
            return written.failure();
        covered += length;
        tail.lastTimeMs = nowMs;
    }
    return tail;
}

Checked<std::optional<OutputGap>> readOutputGap(int folder, const std::string &folderPath)
{
    const auto bytes = readOwned(folder, name::outputGap, maxSmallFileSize, folderPath);
    if (!bytes && bytes.failure().code == ENOENT)
        return std::optional<OutputGap>();
    if (!bytes)
        return bytes.failure();
    const auto gap = decodeOutputGap(*bytes, folderPath + '/' + name::outputGap);
    if (!gap)
        return gap.failure();
    return std::optional(*gap);
}

namespace {

struct Wanted {
    std::string folder;
    std::int64_t offset = 0;
    std::size_t maxBytes = 0;
};

Checked<OutputPiece> readPiece(int dir, const Wanted &wanted, const std::optional<OutputGap> &gap)
{
    const auto output = openOwned(dir, name::output, O_RDONLY, wanted.folder);
    if (!output)
        return output.failure();
    const auto index = openOwned(dir, name::index, O_RDONLY, wanted.folder);
    const Entries entries(index ? index->get() : -1, gap);
    const std::int64_t size = sizeOf(output->get()), offset = wanted.offset;
    std::int64_t end = readableEnd(entries, size);
    if (offset < 0 || offset > size)
        return Failure{0, wanted.folder + '/' + name::output,
            "offset " + std::to_string(offset) + " is outside of its " + std::to_string(size) + " bytes"};
    OutputPiece piece;
    if (gap && offset >= gap->from && offset < gap->until) {
        piece.gapUntil = gap->until;
        return piece;
    }
    if (gap && offset < gap->from)
        end = std::min(end, gap->from);
    if (offset >= end)
        return piece;
    piece.bytes.resize(std::size_t(std::min<std::int64_t>(end - offset, std::int64_t(wanted.maxBytes))));
    if (!readAt(output->get(), piece.bytes.data(), piece.bytes.size(), offset))
        return Failure{errno, wanted.folder + '/' + name::output, "this file cannot be read"};
    piece.index = cover(entries, offset, offset + std::int64_t(piece.bytes.size()));
    return piece;
}

// A gap that grows while it is read at its end may have emptied what was read: then again.
constexpr int tries = 5;

} // namespace

Checked<OutputPiece> readOutputPiece(const std::string &folder, std::int64_t offset, std::size_t maxBytes)
{
    const auto dir = openFolder(folder);
    if (!dir)
        return dir.failure();
    if (!exists(dir->get(), name::output) && offset == 0)
        return OutputPiece{};
    auto gap = readOutputGap(dir->get(), folder);
    for (int left = tries; gap && left > 0; --left) {
        auto piece = readPiece(dir->get(), {folder, offset, maxBytes}, *gap);
        auto now = readOutputGap(dir->get(), folder);
        if (!piece || (now && *now == *gap))
            return piece;
        gap = std::move(now);
    }
    if (!gap)
        return gap.failure();
    return Failure{EAGAIN, folder + '/' + name::output, "it changes faster than it can be read"};
}

} // namespace belfry::spool
