// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/logs/logsearch.h"

namespace belfry {

namespace {

constexpr qint64 chunk = 1 << 20; // bytes that are looked at together
constexpr qint64 longLine = 2 << 20; // a block beyond it is a line that is taken in windows

// Lines of [from, until) whose stream is wanted, out of those that match.
std::vector<qint64> wantedOf(const LogSpool &spool, const SearchSpec &spec, qint64 from, QByteArrayView bytes,
    const std::vector<qint64> &hits)
{
    constexpr int all = 1 << LogSpool::Stdout | 1 << LogSpool::Stderr;
    if ((spec.streams & all) == all)
        return hits;
    std::vector<qint64> wanted;
    std::size_t next = 0; // of hits
    qint64 line = 0;
    qint64 lineAt = from;
    spool.forEachStretch(from, from + bytes.size(), [&](qint64, qint64 end, LogSpool::Stamp stamp) {
        const bool other = stamp.stream == LogSpool::Stdout || stamp.stream == LogSpool::Stderr;
        const bool takes = !other || (spec.streams & 1 << stamp.stream);
        while (lineAt < end) { // lines that begin in this stretch
            if (next < hits.size() && hits[next] == line) {
                if (takes)
                    wanted.push_back(line);
                ++next;
            }
            const qsizetype lineBreak = bytes.indexOf('\n', qsizetype(lineAt - from));
            lineAt = lineBreak < 0 ? from + bytes.size() : from + lineBreak + 1;
            ++line;
        }
        return next < hits.size();
    });
    return wanted;
}

// Whether a line matches that is too long to be held: a literal is looked for in all of it, a regular expression in its
// beginning.
Result<bool> matchesLong(const LogSpool &spool, LineMatcher &matcher, const LogSpool::Line &line)
{
    const qint64 overlap = std::max<qint64>(0, matcher.byteLength() - 1) * 8 + 64;
    for (qint64 at = 0; at < line.length; at += chunk) {
        const auto bytes = spool.read(line.offset + at, std::min(chunk + overlap, line.length - at));
        if (!bytes)
            return fail(bytes.error());
        if (!matcher.find(*bytes).empty())
            return true;
        if (matcher.byteLength() == 0)
            return false;
    }
    return false;
}

} // namespace

LogSearch::LogSearch(std::shared_ptr<LogSpool> spool, const SearchSpec &spec, const LineMatcher &matcher,
    Beside *beside, QObject *parent)
    : QObject(parent)
    , m_spool(std::move(spool))
    , m_spec(spec)
    , m_matcher(matcher)
    , m_beside(beside)
{
    start();
}

LogSearch::~LogSearch()
{
    m_shared->stopped = true;
}

void LogSearch::grow()
{
    if (!m_fault.isEmpty())
        return;
    if (m_running)
        m_again = true;
    else
        start();
}

void LogSearch::start()
{
    m_running = true;
    m_again = false;
    // The last line may have grown as well.
    const qint64 from = std::max<qint64>(0, m_shared->searched - 1);
    const auto tell = [this, guard = QPointer<QObject>(this), beside = m_beside, shared = m_shared] {
        if (shared->told.exchange(true))
            return;
        beside->tell(guard, [this, shared] {
            shared->told = false;
            Q_EMIT progressed();
        });
    };
    m_beside->run(
        this,
        [spool = m_spool, matcher = m_matcher, spec = m_spec, shared = m_shared, from, tell]() mutable {
            return search(*spool, matcher, spec, *shared, from, tell);
        },
        [this](const Status &status) {
            m_running = false;
            if (!status)
                m_fault = status.error().message;
            else if (m_again)
                start();
            Q_EMIT progressed();
        });
}

Status LogSearch::search(LogSpool &spool, LineMatcher &matcher, const SearchSpec &spec, Shared &shared, qint64 from,
    const std::function<void()> &tell)
{
    if (from >= spool.lineCount())
        return {};
    const qint64 costlyBefore = shared.costly;
    std::optional<LineIndex::Place> place = spool.index().find(from);
    shared.hits.cutFrom(place->block.line);
    while (place && !shared.stopped) {
        LineIndex::Place part = *place;
        place = spool.index().after(part);
        for (; place && place->end - part.block.offset <= chunk; place = spool.index().after(*place)) {
            part.lines += place->lines;
            part.end = place->end;
        }
        const qint64 size = part.end - part.block.offset;
        std::vector<qint64> hits;
        if (size <= longLine) {
            const auto bytes = spool.read(part.block.offset, size);
            if (!bytes)
                return fail(bytes.error());
            hits = wantedOf(spool, spec, part.block.offset, *bytes, matcher.find(*bytes));
        } else {
            const auto page = spool.page(part.block.line);
            if (!page)
                return fail(page.error());
            for (std::size_t i = 0; i < page->lines.size(); ++i) {
                const auto found = matchesLong(spool, matcher, page->lines[i]);
                if (!found)
                    return fail(found.error());
                const auto stream = spool.stampAt(page->lines[i].offset).stream;
                if (*found && (stream == LogSpool::Unknown || stream == LogSpool::Note || spec.streams & 1 << stream))
                    hits.push_back(qint64(i));
            }
        }
        for (qint64 &hit : hits)
            hit += part.block.line;
        shared.hits.add(hits);
        shared.searched = part.block.line + part.lines;
        shared.costly = costlyBefore + matcher.costly();
        tell();
    }
    return {};
}

} // namespace belfry
