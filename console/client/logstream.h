// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/client/subscription.h"

namespace belfry {

// The bytes of one attempt's log, in order and each once, from an offset to the end; with `follow` until the attempt
// has ended and its log is complete. A broken connection is resumed at the exact byte. The backend sends no more than
// the receiver has taken, so that nothing piles up here.
class LogStream final : public Subscription
{
    Q_OBJECT

public:
    struct Part {
        RunId run;
        std::optional<int> attempt; // default: the last one
        qint64 offset = 0; // first byte wanted; negative: counted from the end
        bool follow = false;
        bool paced = false; // no more is asked for until took() says that there is room
    };

    LogStream(Client *client, const Part &part, QObject *parent = nullptr);
    ~LogStream() override;

    // Of the next byte; the first wanted one until something has come. Negative until the backend has named the size.
    qint64 offset() const { return m_part.offset; }
    // 0 until the backend has named it.
    int attempt() const { return m_part.attempt.value_or(0); }
    bool isOpen() const { return m_watch != 0; }
    // Of a paced one: so many of the received bytes are put away.
    void took(qint64 bytes);

Q_SIGNALS:
    // The backend has found the log: it holds `size` bytes now.
    void opened(int attempt, qint64 size);
    // The bytes from `from` on; `index` covers exactly these.
    void received(qint64 from, const QByteArray &bytes, const std::vector<wire::LogIndexEntry> &index);
    // The backend does not have the bytes from `from` to `to`; `why` may be empty.
    void gap(qint64 from, qint64 to, const QString &why);
    // The last signal: the log is at its end. Not `complete`: `reason` says why nothing more comes. Complete: what is
    // still to be said of the log, mostly nothing.
    void ended(bool complete, const QString &reason);
    void failed(const belfry::Refusal &why);

protected:
    void open() override;
    void interrupted() override;
    void lost(const Refusal &why) override;
    void onNotification(const QString &method, const QJsonValue &params) override;
    void onPiece(const wire::LogPiece &piece) override;

private:
    void onOpened(const Answer<wire::LogOpenReply> &answer);
    void take(const wire::LogPiece &piece);
    void giveCredit(qint64 bytes);
    void close();

    Part m_part;
    int m_watch = 0; // 0: not open
    qint64 m_held = 0; // bytes of the open watch that were received and not put away yet
    int m_opening = 0; // counts open(): an answer to an older one is dropped
    bool m_jumped = false; // the last open() was because of a jump in the offsets
    bool m_done = false;
};

} // namespace belfry
