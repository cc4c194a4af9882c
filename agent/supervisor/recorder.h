// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/spool/files.h"
#include "shared/spool/hash.h"
#include "shared/spool/index.h"

#include <cstdint>
#include <deque>
#include <optional>
#include <string>

namespace belfry::supervisor {

// Moves what a job writes to its two FIFOs into the file `output`, and notes each read in `index`. Bytes go from pipe
// to file inside the kernel (splice), so a supervisor killed at any instant neither loses nor doubles one. When the
// disk is full or fails, the rest is read, counted and dropped: the job never waits for us.
class Recorder
{
public:
    enum class Read { Some, Nothing, NoWriters };

    // Of the output that many bytes are kept: the first half and, in a ring, the last one. 0: all. Before open().
    void setCap(std::int64_t bytes) { m_cap = bytes; }
    // Makes FIFOs and files in the attempt's folder, or goes on where a predecessor stopped.
    spool::Done open(int folder, const std::string &folderPath);
    // An end of the FIFO for the job: read-write, so that the job never gets SIGPIPE.
    spool::Checked<spool::Fd> openForJob(spool::Stream stream) const;
    int fifo(spool::Stream stream) const { return fifoOf(stream).get(); }
    // Records at most 64 KiB.
    Read read(spool::Stream stream);
    // Records what the pipe holds now, at most its capacity: a process that goes on writing cannot keep us here.
    void drain(spool::Stream stream);

    std::int64_t size() const { return m_size; }
    std::int64_t lost() const { return m_lost; }
    const std::string &lostWhy() const { return m_lostWhy; }
    // Hashes up to that many bytes more of the output; true when nothing is left to hash.
    bool hashSome(std::size_t maxBytes);
    // Of everything that was recorded; 0 when a predecessor had freed some of it.
    std::uint64_t hash() const { return m_hashable ? m_hash.value() : 0; }
    // Frees two inodes when the disk has no other; only after the end.
    void removeFifos();

private:
    const spool::Fd &fifoOf(spool::Stream stream) const { return stream == spool::Stream::Out ? m_out : m_err; }
    spool::Done openFifo(spool::Stream stream);
    std::int64_t moveToOutput(int fifo);
    std::size_t maxMove() const;
    bool note(spool::Stream stream, std::uint32_t length);
    Read drop(int fifo);
    void giveUp(int code, const char *file);
    bool indexIsBloated() const;
    void turnRing();
    void freeBefore(std::int64_t offset, std::int64_t entry);
    bool punch() const;

    struct Mark { // an entry begins here
        std::int64_t offset = 0;
        std::int64_t entry = 0;
    };

    int m_folder = -1;
    std::string m_path;
    spool::Fd m_out, m_err, m_output, m_index, m_null;
    std::int64_t m_size = 0;
    std::int64_t m_entries = 0;
    spool::IndexEntry m_last;
    spool::RunningHash m_hash;
    std::int64_t m_hashed = 0;
    std::int64_t m_lost = 0;
    bool m_hashable = true;
    std::int64_t m_cap = 0;
    std::optional<spool::OutputGap> m_gap; // once the head is full; empty until there is something to free
    std::deque<Mark> m_marks; // in the tail, oldest first: where the gap may end
    std::string m_lostWhy; // not empty: nothing more is recorded
};

} // namespace belfry::supervisor
