// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/client/client.h"

namespace belfry {

// Tries a backend once, and says what came of it in words.
class ConnectionCheck final : public QObject
{
    Q_OBJECT

public:
    using QObject::QObject;
    ~ConnectionCheck() override;

    // Ends in ended(), unless it is started or stopped before.
    void start(const Address &address);
    void stop();
    bool isUnderWay() const { return m_client != nullptr; }

Q_SIGNALS:
    void ended(bool good, const QString &words);

private:
    void look();
    void end(bool good, const QString &words);

    std::unique_ptr<Client> m_client;
    QTimer m_look;
};

} // namespace belfry
