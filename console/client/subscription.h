// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/client/client.h"

namespace belfry {

// Something that the backend keeps sending over a connection, and that has to be opened anew on the next one. The
// client calls the functions below; a subscription belongs to one client, which may die before it.
class Subscription : public QObject
{
    Q_OBJECT

public:
    ~Subscription() override;

protected:
    Subscription(Client *client, QObject *parent);

    Client *client() const { return m_client; }

    // There is a connection: open it. Also called from start() when there is one already.
    virtual void open() = 0;
    // The connection is gone; open() follows.
    virtual void interrupted() = 0;
    // The client has failed for good.
    virtual void lost(const Refusal &why) = 0;
    virtual void onNotification(const QString &method, const QJsonValue &params) = 0;
    virtual void onPiece(const wire::LogPiece &piece) { Q_UNUSED(piece); }

    void start();

private:
    friend class Client;
    QPointer<Client> m_client;
};

} // namespace belfry
