// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/client/logstream.h"

#include "shared/wire/limits.h"

namespace belfry {

using namespace Qt::StringLiterals;

LogStream::LogStream(Client *client, const Part &part, QObject *parent)
    : Subscription(client, parent)
    , m_part(part)
{
    start();
}

LogStream::~LogStream()
{
    close();
}

void LogStream::close()
{
    if (client() && m_watch != 0 && client()->state() == Client::State::Ready)
        client()->ask(wire::WatchClose{m_watch}, client(), [](const Answer<wire::Nothing> &) {});
    m_watch = 0;
}

void LogStream::open()
{
    if (m_done)
        return;
    m_watch = 0;
    m_held = 0;
    const int opening = ++m_opening;
    const wire::LogOpen request{m_part.run, m_part.attempt, m_part.offset, m_part.follow, wire::logCredit};
    client()->ask(request, this, [this, opening](const Answer<wire::LogOpenReply> &answer) {
        if (opening == m_opening)
            onOpened(answer);
    });
}

void LogStream::interrupted()
{
    m_watch = 0;
    ++m_opening;
}

void LogStream::lost(const Refusal &why)
{
    if (std::exchange(m_done, true))
        return;
    interrupted();
    Q_EMIT failed(why);
}

void LogStream::onOpened(const Answer<wire::LogOpenReply> &answer)
{
    if (!answer) {
        lost(answer.error());
        return;
    }
    m_watch = answer->watch;
    m_part.attempt = answer->attempt; // from now on this one, even when another follows
    if (m_part.offset < 0)
        m_part.offset = std::max<qint64>(0, answer->size + m_part.offset);
    Q_EMIT opened(answer->attempt, answer->size);
}

void LogStream::onPiece(const wire::LogPiece &piece)
{
    if (m_watch == 0 || piece.watch != m_watch)
        return;
    if (piece.offset > m_part.offset && !std::exchange(m_jumped, true)) {
        close();
        open(); // something is missing; ask for it once
        return;
    }
    if (m_part.paced)
        m_held += piece.bytes.size();
    else
        giveCredit(piece.bytes.size());
    take(piece);
}

void LogStream::giveCredit(qint64 bytes)
{
    if (bytes > 0 && m_watch != 0 && client() && client()->state() == Client::State::Ready)
        client()->ask(wire::LogCredit{m_watch, bytes}, this, [](const Answer<wire::Nothing> &) {});
}

void LogStream::took(qint64 bytes)
{
    // Bytes of a watch that was interrupted need no credit any more.
    const qint64 given = std::min(bytes, m_held);
    m_held -= given;
    giveCredit(given);
}

void LogStream::take(const wire::LogPiece &piece)
{
    if (piece.offset > m_part.offset) {
        Q_EMIT gap(m_part.offset, piece.offset, piece.missing);
        m_part.offset = piece.offset;
    }
    m_jumped = false;
    const qint64 known = m_part.offset - piece.offset; // bytes of the piece that came before
    if (known >= piece.bytes.size())
        return;
    std::vector<wire::LogIndexEntry> index;
    for (wire::LogIndexEntry entry : piece.index) {
        const qint64 cut = std::max<qint64>(0, m_part.offset - entry.offset);
        if (cut >= entry.length)
            continue;
        entry.offset += cut;
        entry.length -= int(cut);
        index.push_back(entry);
    }
    const QByteArray bytes = piece.bytes.mid(known);
    const qint64 from = m_part.offset;
    m_part.offset += bytes.size();
    Q_EMIT received(from, bytes, index);
}

void LogStream::onNotification(const QString &method, const QJsonValue &params)
{
    if (m_watch == 0 || method != "log.end"_L1 || params[u"watch"].toInt() != m_watch)
        return;
    const auto end = fromJson<wire::LogEnd>(params);
    if (!end) {
        lost({{ErrorKind::Internal, u"the end of the log cannot be read: "_s + end.error().message}, {}});
        return;
    }
    m_done = true;
    m_watch = 0;
    Q_EMIT ended(end->complete, end->reason);
}

} // namespace belfry
