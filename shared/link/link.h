// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QObject>
#include <QString>

namespace belfry {

// One open connection that carries whole messages in order. closed() is the last signal and comes exactly once, also
// after close() and abort(), always from the event loop and never from inside a call. Nothing is received after a call
// of close(). Delete a link with deleteLater().
class Link : public QObject
{
    Q_OBJECT

public:
    using QObject::QObject;

    // What is sent on a link that is closed or closing is dropped. When bytesWaiting() would pass the link's cap, the
    // link is aborted with closeOverload instead: a sender that wants to live on looks at bytesWaiting() first.
    virtual void sendText(const QString &message) = 0;
    virtual void sendBinary(const QByteArray &message) = 0;

    // Says goodbye with a WebSocket code (1000 or 3000..4999 or a server's 1xxx) after what was sent. A peer that does
    // not let go within 5 s is cut off. A reason is cut to 123 bytes.
    virtual void close(int code, const QString &reason) = 0;
    // Cuts the connection now, without a goodbye: for peers that flood or are dead.
    virtual void abort(int code, const QString &reason) = 0;

    virtual bool isOpen() const = 0;
    // Bytes that were sent and have not left this process yet.
    virtual qint64 bytesWaiting() const = 0;
    // The other side as an address and port, for logs.
    virtual QString peer() const = 0;

Q_SIGNALS:
    void textReceived(const QString &message);
    void binaryReceived(const QByteArray &message);
    // bytesWaiting() has shrunk.
    void drained();
    // code: what the side that closed said; 1006 when the connection broke without a goodbye.
    void closed(int code, const QString &reason);
};

} // namespace belfry
