// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/cli/safetext.h"
#include "shared/wire/api.h"

#include <cstdio>

namespace belfry {

// How a log is printed.
struct LogLook {
    bool safe = false; // for a terminal: see SafeText
    bool timestamps = false; // each line begins with its time, RFC 3339 UTC
    std::optional<int> stream; // 1 stdout, 2 stderr; else both
};

// The bytes of a log with their places in the index, of the streams that are wanted.
struct LogBytes {
    QByteArray bytes;
    struct Span {
        qsizetype length = 0;
        Instant at;
    };
    std::vector<Span> spans; // of `bytes`, in order, without holes

    void add(
        qint64 from, const QByteArray &more, const std::vector<wire::LogIndexEntry> &index, std::optional<int> stream);
};

// Prints the logs of attempts, one after the other, to a file as it comes.
class LogPrinter
{
public:
    LogPrinter(const LogLook &look, std::FILE *file)
        : m_look(look)
        , m_file(file)
    { }

    const LogLook &look() const { return m_look; }
    void print(const LogBytes &log);
    // The end of an attempt's log.
    void finish();
    // False: the file did not take everything.
    bool isGood() const { return m_good; }

private:
    void write(const QByteArray &bytes);

    LogLook m_look;
    std::FILE *m_file;
    SafeText m_safe;
    bool m_lineBegins = true;
    bool m_good = true;
};

} // namespace belfry
