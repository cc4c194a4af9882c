// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/desktop/instance.h"

#include <QCryptographicHash>
#include <QLocalSocket>

#include <unistd.h>

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

constexpr int patience = 1000; // ms; the other one is on this host and awake
constexpr qint64 longest = 1024;

} // namespace

Instance::Instance(const QString &place, QObject *parent)
    : QObject(parent)
    , m_name(u"belfry-console-%1-%2"_s.arg(::getuid())
                 .arg(QString::fromLatin1(
                     QCryptographicHash::hash(place.toUtf8(), QCryptographicHash::Sha256).toHex().left(16))))
{
    m_server.setSocketOptions(QLocalServer::UserAccessOption);
    connect(&m_server, &QLocalServer::newConnection, this, [this] {
        QLocalSocket *socket = m_server.nextPendingConnection();
        socket->setReadBufferSize(longest);
        connect(socket, &QLocalSocket::disconnected, socket, &QObject::deleteLater);
        connect(socket, &QLocalSocket::readyRead, this, [this, socket] {
            if (!socket->canReadLine())
                return;
            Q_EMIT received(QString::fromUtf8(socket->readLine(longest)).trimmed());
            socket->disconnectFromServer();
        });
    });
}

bool Instance::handOver(const QString &message)
{
    QLocalSocket socket;
    socket.connectToServer(m_name);
    if (!socket.waitForConnected(patience))
        return false;
    socket.write(message.toUtf8() + '\n');
    return socket.waitForDisconnected(patience);
}

void Instance::serve()
{
    // A socket of a console that was killed is in the way.
    QLocalServer::removeServer(m_name);
    if (!m_server.listen(m_name))
        qWarning("a later start will open another window: %s", qPrintable(m_server.errorString()));
}

} // namespace belfry
