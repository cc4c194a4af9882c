// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/logs/logsearch.h"
#include "console/logs/logtext.h"
#include "tests/bench/report.h"

#include <QCoreApplication>
#include <QFile>

// The desktop console's spool of a large log.
//   make --folder F --mib N   writes a complete one
//   open --folder F           opens it as the log view does, and searches it
using namespace belfry;
using namespace Qt::StringLiterals;

namespace {

constexpr int rowsOfPage = 60;
constexpr int needleEvery = 1'000'000; // lines

std::shared_ptr<LogSpool> openSpool(const QString &folder)
{
    const auto opened = LogSpool::open(folder, u"bench"_s);
    if (!opened)
        bench::fail(opened.error().message);
    return *opened;
}

void check(const Status &status)
{
    if (!status)
        bench::fail(status.error().message);
}

// KiB of /proc/self/status.
qint64 memory(const char *name)
{
    QFile file(u"/proc/self/status"_s);
    if (!file.open(QIODevice::ReadOnly))
        bench::fail(file.errorString());
    for (const QByteArray &line : file.readAll().split('\n'))
        if (line.startsWith(name))
            return line.sliced(qsizetype(qstrlen(name)) + 1).simplified().split(' ').first().toLongLong();
    bench::fail(u"/proc/self/status lacks it"_s);
}

void make(const QString &folder, qint64 size)
{
    const auto spool = openSpool(folder);
    QByteArray bytes;
    for (qint64 line = 0; spool->logOffset() < size;) {
        bytes.clear();
        while (bytes.size() < (64 << 10)) {
            bytes += "2026-01-31T14:03:05Z INFO  part " + QByteArray::number(line)
                + " of the table was loaded, 25000 rows";
            bytes += ++line % needleEvery == 0 ? " and a Needle\n" : "\n";
        }
        const qint64 at = spool->logOffset();
        check(spool->append(at, bytes, {{at, int(bytes.size()), 1, Instant(line)}}));
    }
    check(spool->complete({}));
    bench::print({{u"lines"_s, spool->lineCount()}, {u"bytes"_s, spool->size()}});
}

// Microseconds until the first hit, and until all lines were looked at.
QJsonObject find(const std::shared_ptr<LogSpool> &spool, const SearchSpec &spec)
{
    const auto matcher = LineMatcher::make(spec);
    if (!matcher)
        bench::fail(matcher.error().message);
    Beside beside;
    const qint64 from = bench::monotonicUs();
    qint64 first = -1;
    LogSearch search(spool, spec, *matcher, &beside);
    while (!search.isDone()) {
        QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents);
        if (first < 0 && search.hits().count() > 0)
            first = bench::monotonicUs() - from;
    }
    return {{u"us"_s, bench::monotonicUs() - from}, {u"first"_s, first}, {u"hits"_s, search.hits().count()}};
}

void open(const QString &folder)
{
    const qint64 before = memory("VmRSS:");
    const qint64 from = bench::monotonicUs();
    const auto spool = openSpool(folder);
    const auto step = [&] {
        const auto more = spool->indexSome();
        if (!more)
            bench::fail(more.error().message);
        return *more;
    };
    bool more = step();
    LogText text(spool);
    for (qint64 row = 0; row < rowsOfPage; ++row)
        if (text.line(row).styled.text.isEmpty())
            bench::fail(u"the first page is not there"_s);
    const qint64 page = bench::monotonicUs() - from;
    while (more)
        more = step();
    const qint64 indexed = bench::monotonicUs() - from;
    for (qint64 line = 0; line < text.lineCount(); line += std::max<qint64>(1, text.lineCount() / 1000))
        text.line(line);
    const QJsonObject literal = find(spool, {.pattern = u"needle"_s});
    const QJsonObject cased = find(spool, {.pattern = u"Needle"_s, .caseSensitive = true});
    const QJsonObject regex = find(spool, {.pattern = u"a needle$"_s, .regex = true});
    const QJsonObject every = find(spool, {.pattern = u"INFO"_s});
    bench::print(
        {{u"page"_s, page}, {u"indexed"_s, indexed}, {u"literal"_s, literal}, {u"cased"_s, cased}, {u"regex"_s, regex},
            {u"every"_s, every}, {u"grown"_s, memory("VmHWM:") - before}, {u"bytes"_s, spool->size()}});
}

} // namespace

int main(int argc, char **argv)
{
    const QCoreApplication application(argc, argv);
    const QString verb = argc > 1 ? QString::fromLocal8Bit(argv[1]) : QString();
    const bench::Options options(QCoreApplication::arguments().sliced(std::min(2, argc)));
    if (verb == "make"_L1)
        make(options.text(u"folder"_s), qint64(options.number(u"mib"_s, 1024)) << 20);
    else if (verb == "open"_L1)
        open(options.text(u"folder"_s));
    else
        bench::fail(u"usage: bench-logview make|open --folder F"_s);
    return 0;
}
