// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/models/connectioncheck.h"

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

constexpr auto patience = 15s; // name, TCP, TLS, upgrade and greeting
constexpr auto lookEvery = 50ms;

} // namespace

ConnectionCheck::~ConnectionCheck() = default;

void ConnectionCheck::start(const Address &address)
{
    stop();
    if (const auto token = address.bearer(); !token || token->isEmpty()) {
        const QString why = token ? tr("No token is given.") : token.error().message;
        QMetaObject::invokeMethod(
            this, [this, why] { Q_EMIT ended(false, why); }, Qt::QueuedConnection);
        return;
    }
    m_client = std::make_unique<Client>(address, Client::Options{.firstConnection = patience});
    connect(&m_look, &QTimer::timeout, this, &ConnectionCheck::look, Qt::UniqueConnection);
    m_look.start(lookEvery);
    m_client->start();
}

void ConnectionCheck::stop()
{
    m_look.stop();
    if (m_client)
        m_client.release()->deleteLater();
}

// The first try decides: a client by itself would go on trying.
void ConnectionCheck::look()
{
    if (m_client->state() == Client::State::Ready)
        end(true,
            tr("Connected: backend %1, and the token is a %2's.")
                .arg(m_client->server().version, m_client->server().role));
    else if (m_client->state() == Client::State::Failed || m_client->retryIn())
        end(false, m_client->trouble().message);
}

void ConnectionCheck::end(bool good, const QString &words)
{
    stop();
    Q_EMIT ended(good, words);
}

} // namespace belfry
