// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "backend/server/http.h"

#include <QObject>
#include <QPointer>
#include <QTimer>

class QTcpSocket;

namespace belfry {

class Listener;

// A connection until it is upgraded or closed: one request at a time, each with a deadline. Deletes itself.
class HttpConnection final : public QObject
{
    Q_OBJECT

public:
    // Takes the socket over.
    HttpConnection(QTcpSocket *socket, const QString &source, Listener *listener);
    ~HttpConnection() override;

private:
    void onReadyRead();
    void onHead();
    void onRequest();
    void startHead(Duration deadline);
    void respond(const HttpResponse &response);
    void respondLater(const HttpResponse &response, Duration delay);
    void refuse(const HttpRefusal &refusal);
    void closeSocket();
    void done();

    Listener *m_listener;
    QTcpSocket *m_socket; // null once it was handed over
    QString m_source;
    HttpReader m_reader;
    bool m_busy = false; // an answer is on its way; further bytes wait in the socket
    bool m_closing = false;
    HttpResponse m_held; // of a head whose body is still read
    bool m_admitted = false;
    QTimer m_deadline;
    QTimer m_delay;
};

} // namespace belfry
