// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/client/subscription.h"

namespace belfry {

Subscription::Subscription(Client *client, QObject *parent)
    : QObject(parent)
    , m_client(client)
{
    m_client->m_subscriptions.push_back(this);
}

Subscription::~Subscription()
{
    if (m_client)
        std::erase(m_client->m_subscriptions, this);
}

void Subscription::start()
{
    QMetaObject::invokeMethod(
        this,
        [this] {
            if (!m_client)
                return;
            if (m_client->state() == Client::State::Ready)
                open();
            else if (m_client->state() == Client::State::Failed)
                lost(m_client->trouble());
        },
        Qt::QueuedConnection);
}

} // namespace belfry
