// SPDX-License-Identifier: GPL-3.0-or-later
#include "backend/server/logreader.h"

#include "backend/store/store.h"
#include "shared/wire/rpc.h"

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

// Logs leave room in the backlog for answers and changes, which must not wait behind megabytes of them.
constexpr qint64 linkFill = 1 << 20;
constexpr qint64 mostCredit = 64 << 20;

} // namespace

wire::LogPiece toWire(const store::LogPiece &piece, int watch, AttemptKey key)
{
    wire::LogPiece out{.watch = watch,
        .run = key.run,
        .attempt = key.attempt,
        .offset = piece.offset,
        .index = {},
        .bytes = piece.bytes,
        .missing = piece.missing};
    for (const store::LogEntry &entry : piece.index)
        out.index.push_back({entry.offset, entry.length, entry.stream, entry.at});
    return out;
}

namespace {

// What there is to say of a log that has no more bytes.
QString remarkOn(const Attempt &attempt)
{
    if (attempt.logLost == 0)
        return {};
    return u"%1 more bytes were written and are lost: %2"_s.arg(attempt.logLost)
        .arg(attempt.logLostWhy.isEmpty() ? u"its agent could not keep them"_s : attempt.logLostWhy);
}

} // namespace

LogBoard::LogBoard(Core &core, QObject *parent)
    : QObject(parent)
{
    connect(&core.store(), &Store::logReceived, this, [this](AttemptKey key) { grown(key); });
}

void LogBoard::remove(AttemptKey key, LogReader *reader)
{
    const auto found = m_readers.find(key);
    if (found == m_readers.end())
        return;
    found->second.erase(reader);
    if (found->second.empty())
        m_readers.erase(found);
}

// Copies: a reader may end, and leave the set, while it is told.
void LogBoard::grown(AttemptKey key)
{
    if (const auto found = m_readers.find(key); found != m_readers.end())
        for (LogReader *reader : std::set(found->second))
            reader->grown();
}

void LogBoard::attemptChanged(const Attempt &attempt)
{
    if (const auto found = m_readers.find(attempt.key()); found != m_readers.end())
        for (LogReader *reader : std::set(found->second))
            reader->attemptChanged(attempt);
}

LogReader::LogReader(Part part, Link &link, Core &core, LogBoard &board)
    : m_part(std::move(part))
    , m_link(link)
    , m_core(core)
    , m_board(board)
{
    m_part.credit = std::min(m_part.credit, mostCredit);
    m_board.add(m_part.attempt.key(), this);
    connect(&m_link, &Link::drained, this, [this] {
        if (m_waitsForLink && !linkIsFull())
            pump();
    });
}

LogReader::~LogReader()
{
    m_board.remove(m_part.attempt.key(), this);
}

bool LogReader::isComplete(const Attempt &attempt, qint64 size)
{
    return isFinal(attempt.state) && size >= attempt.logWritten;
}

void LogReader::start()
{
    pump();
    // The attempt as it was given may be older than this reader: what happened in between was told to nobody.
    m_core.store().ask(store::FindRun{m_part.attempt.run}, this, [this](Result<store::RunWithAttempts> found) {
        if (found)
            for (const Attempt &attempt : found->attempts)
                if (attempt.attempt == m_part.attempt.attempt && !isFinal(m_part.attempt.state))
                    attemptChanged(attempt);
    });
}

void LogReader::addCredit(qint64 bytes)
{
    m_part.credit = std::min(m_part.credit + bytes, mostCredit);
    pump();
}

void LogReader::grown()
{
    pump();
}

void LogReader::attemptChanged(const Attempt &attempt)
{
    m_part.attempt = attempt;
    pump();
}

bool LogReader::linkIsFull() const
{
    return m_link.bytesWaiting() >= linkFill;
}

void LogReader::pump()
{
    if (m_done)
        return;
    if (m_asking) {
        m_again = true;
        return;
    }
    m_waitsForLink = linkIsFull();
    if (m_waitsForLink)
        return;
    // Without credit the end of the log can still be seen.
    m_asking = true;
    m_again = false;
    const qint64 limit = std::clamp<qint64>(m_part.credit, 1, wire::maxLogBlock);
    m_core.store().ask(store::ReadLog{m_part.attempt.key(), m_part.offset, limit}, this,
        [this](Result<store::LogPiece> piece) { take(std::move(piece)); });
}

void LogReader::take(Result<store::LogPiece> piece)
{
    m_asking = false;
    if (m_done)
        return;
    if (!piece) {
        finish(false, piece.error().message);
        return;
    }
    const bool jumps = piece->offset > m_part.offset; // what is missing at the end is told as well
    if (!piece->bytes.isEmpty() && m_part.credit <= 0)
        return;
    if (!piece->bytes.isEmpty() || jumps) {
        m_part.credit -= piece->bytes.size();
        m_part.offset = piece->offset + piece->bytes.size();
        const auto value = toCbor(toWire(*piece, m_part.watch, m_part.attempt.key()), Keys::Names);
        m_link.sendBinary(value.toCbor());
        QMetaObject::invokeMethod(this, &LogReader::pump, Qt::QueuedConnection); // others get their turn
        return;
    }
    if (isComplete(m_part.attempt, piece->size))
        finish(true, remarkOn(m_part.attempt));
    else if (!m_part.follow)
        finish(false, u"the attempt goes on, or the rest of its log has not arrived yet"_s);
    else if (m_again)
        pump();
}

void LogReader::finish(bool complete, const QString &reason)
{
    m_done = true;
    const wire::LogEnd end{.watch = m_part.watch, .size = m_part.offset, .complete = complete, .reason = reason};
    m_link.sendText(rpc::notification(u"log.end"_s, toJson(end)));
    Q_EMIT ended(m_part.watch);
}

} // namespace belfry
