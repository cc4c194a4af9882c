// SPDX-License-Identifier: GPL-3.0-or-later
#include "backend/server/httpconnection.h"

#include "backend/server/listener.h"

#include <QSslSocket>

#include <sys/socket.h>

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

constexpr Duration letGoAfter = 2s;

} // namespace

HttpConnection::HttpConnection(QTcpSocket *socket, const QString &source, Listener *listener)
    : QObject(listener)
    , m_listener(listener)
    , m_socket(socket)
    , m_source(source)
{
    m_socket->setParent(this);
    // What an unknown peer may make us hold. One byte more than a head, so that one that is too long is seen.
    m_socket->setReadBufferSize(wire::maxHead + 1);
    m_deadline.setSingleShot(true);
    m_delay.setSingleShot(true);
    connect(m_socket, &QTcpSocket::readyRead, this, &HttpConnection::onReadyRead);
    connect(m_socket, &QTcpSocket::disconnected, this, &HttpConnection::done);
    connect(&m_deadline, &QTimer::timeout, this, [this] {
        if (m_closing)
            m_socket->abort();
        else if (m_socket->bytesAvailable() > 0 || m_admitted)
            refuse({408, "The request took too long."});
        else
            closeSocket();
    });
    connect(&m_delay, &QTimer::timeout, this, [this] { respond(m_held); });
    startHead(m_listener->settings().headTimeout);
}

HttpConnection::~HttpConnection() = default;

void HttpConnection::startHead(Duration deadline)
{
    m_reader.reset();
    m_held = {};
    m_admitted = false;
    m_busy = false;
    m_deadline.start(deadline);
}

void HttpConnection::onReadyRead()
{
    if (m_closing)
        m_socket->skip(m_socket->bytesAvailable());
    if (m_busy || m_closing)
        return;
    if (const auto *tls = qobject_cast<QSslSocket *>(m_socket); tls && !tls->isEncrypted())
        return;
    // The idle time ends with the first byte: from here on the head has its own deadline.
    if (!m_admitted && m_deadline.interval() != m_listener->settings().headTimeout.count())
        m_deadline.start(m_listener->settings().headTimeout);
    for (;;) {
        const QByteArray bytes = m_socket->peek(m_socket->bytesAvailable());
        const HttpReader::Outcome outcome = m_reader.read(bytes);
        if (outcome == HttpReader::Outcome::Refused) {
            refuse(m_reader.refusal());
            return;
        }
        if (outcome == HttpReader::Outcome::HeadComplete) {
            onHead();
            if (!m_socket || m_busy || m_closing)
                return;
            continue;
        }
        m_socket->skip(m_reader.consumed());
        if (outcome == HttpReader::Outcome::RequestComplete)
            onRequest();
        return;
    }
}

void HttpConnection::onHead()
{
    const HttpRequest &request = m_reader.request();
    Duration delay(0);
    const Admission admission = m_listener->admit(request, m_socket->peerAddress(), delay);
    if (admission.kind != Admission::Kind::Respond) {
        // A client must not send before it has seen the answer; what it sent could be taken for another handshake.
        if (m_socket->bytesAvailable() > m_reader.consumed()) {
            refuse({400, "Data came before the upgrade was answered."});
            return;
        }
        QTcpSocket *socket = std::exchange(m_socket, nullptr);
        socket->disconnect(this);
        m_deadline.stop();
        m_listener->upgrade(socket, admission);
        m_listener->left(m_source);
        deleteLater();
        return;
    }
    m_socket->skip(m_reader.consumed());
    m_held = admission.response;
    m_admitted = true;
    if (m_held.status != 200) {
        respondLater(m_held, delay);
        return;
    }
    if (request.expectsContinue && request.http11)
        m_socket->write("HTTP/1.1 100 Continue\r\n\r\n");
}

void HttpConnection::onRequest()
{
    respond(m_listener->answerPlain(m_reader.request()));
}

void HttpConnection::respondLater(const HttpResponse &response, Duration delay)
{
    if (delay == Duration(0)) {
        respond(response);
        return;
    }
    m_busy = true;
    m_held = response;
    m_deadline.start(delay + m_listener->settings().headTimeout);
    m_delay.start(delay);
}

void HttpConnection::respond(const HttpResponse &response)
{
    // A refused head leaves its body unread: the connection cannot go on behind it.
    const bool keepAlive = m_reader.request().keepAlive && response.status < 400;
    m_socket->write(response.toBytes(keepAlive, m_reader.request().method != "HEAD"));
    if (!keepAlive) {
        closeSocket();
        return;
    }
    startHead(m_listener->settings().idleTimeout);
    if (m_socket->bytesAvailable() > 0)
        QMetaObject::invokeMethod(this, &HttpConnection::onReadyRead, Qt::QueuedConnection);
}

void HttpConnection::refuse(const HttpRefusal &refusal)
{
    m_socket->write(HttpResponse{.status = refusal.status, .body = refusal.reason + '\n'}.toBytes(false));
    closeSocket();
}

// Closing a socket with unread bytes in it makes the kernel take back the answer: say that nothing more comes, and read
// on until the peer has left, for a short while.
void HttpConnection::closeSocket()
{
    m_closing = true;
    m_delay.stop();
    m_deadline.start(letGoAfter);
    if (qobject_cast<QSslSocket *>(m_socket)) {
        m_socket->disconnectFromHost();
        return;
    }
    m_socket->skip(m_socket->bytesAvailable());
    const auto sayEnd = [this] {
        if (m_socket->bytesToWrite() == 0)
            ::shutdown(int(m_socket->socketDescriptor()), SHUT_WR);
    };
    connect(m_socket, &QTcpSocket::bytesWritten, this, sayEnd);
    sayEnd();
}

void HttpConnection::done()
{
    m_deadline.stop();
    m_delay.stop();
    m_listener->left(m_source);
    deleteLater();
}

} // namespace belfry
