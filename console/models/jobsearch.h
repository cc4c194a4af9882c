// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/client/client.h"

#include <QPointer>

namespace belfry {

// The jobs that pass a filter, as the backend judges: it knows more of a job than its row shows.
class JobSearch final : public QObject
{
    Q_OBJECT

public:
    using QObject::QObject;

    void setClient(Client *client);
    // Answers with found() or failed(), unless asked again before. An empty filter is answered at once: all.
    void ask(const QString &filter);
    const QString &filter() const { return m_filter; }

Q_SIGNALS:
    // Full names; nullopt: all jobs.
    void found(const std::optional<QStringList> &jobs);
    void failed(const QString &why);

private:
    void askPage(const QString &after);

    QPointer<Client> m_client;
    QString m_filter;
    QStringList m_found;
    int m_asking = 0; // counts ask(): answers to an older one are dropped
};

} // namespace belfry
