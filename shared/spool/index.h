// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/spool/checked.h"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace belfry::spool {

// Unknown: bytes that a killed supervisor recorded without living to say which stream they came from.
enum class Stream : std::uint8_t { Unknown = 0, Out = 1, Err = 2 };

// One read from a stream: these bytes of file `output` came from it at that time (wall clock, milliseconds UTC).
struct IndexEntry {
    std::int64_t offset = 0;
    std::uint32_t length = 0; // at most maxEntryLength; 0 never occurs
    Stream stream = Stream::Out;
    std::int64_t timeMs = 0;

    std::int64_t end() const { return offset + length; }
    bool operator==(const IndexEntry &) const = default;
};

// File `index`: a header, then entries of fixed size, each with its own check, in order and without holes.
constexpr std::size_t indexHeaderSize = 16;
constexpr std::size_t indexEntrySize = 24;
constexpr std::uint32_t maxEntryLength = (1u << 24) - 1;

using IndexEntryBytes = std::array<char, indexEntrySize>;
std::array<char, indexHeaderSize> indexHeader();
IndexEntryBytes encodeEntry(const IndexEntry &entry);
// Nothing for bytes that fail their check.
std::optional<IndexEntry> decodeEntry(const char *bytes);

// File `gap`: the middle of an output over its cap. These bytes and entries are freed on the disk and read as zeros; the
// file says so before it is done.
struct OutputGap {
    std::int64_t from = 0; // offsets
    std::int64_t until = 0;
    std::int64_t firstEntry = 0; // numbers in `index`
    std::int64_t endEntry = 0;
    bool operator==(const OutputGap &) const = default;
};
std::string encode(const OutputGap &gap);
Checked<OutputGap> decodeOutputGap(std::string_view bytes, const std::string &path);
// Of the attempt's folder; nothing while the output is whole.
Checked<std::optional<OutputGap>> readOutputGap(int folder, const std::string &folderPath);

// The recorded output from `offset` on, as far as both files agree.
struct OutputPiece {
    std::string bytes;
    // What covers `bytes`, cut to it. Where the index is damaged the stream is Unknown and the time that of a
    // neighbour.
    std::vector<IndexEntry> index;
    // Not 0: the output lacks everything from the asked offset to here, and `bytes` is empty.
    std::int64_t gapUntil = 0;
};

// Where recording may go on in files that a killed supervisor left.
struct RecordingTail {
    std::int64_t size = 0; // of the output
    std::int64_t lastTimeMs = 0; // of the last entry; 0 if there is none
};
// Brings the two files to one length: bytes without an entry get one of stream Unknown, entries without bytes and a
// torn or damaged end of the index are cut off. Both descriptors are open for reading and writing.
Checked<RecordingTail> repairRecording(int output, int index, std::int64_t nowMs, const std::string &folderPath);

// Up to `maxBytes` of the attempt's output. Empty at its end, a Failure beyond it (offset > size) or when unreadable.
// The index is searched by halving, so the cost does not grow with the offset.
Checked<OutputPiece> readOutputPiece(const std::string &folder, std::int64_t offset, std::size_t maxBytes);

} // namespace belfry::spool
