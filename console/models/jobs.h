// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/models/keyedmodel.h"
#include "console/models/recentruns.h"
#include "console/models/times.h"

namespace belfry {

// Every job that is in force.
class Jobs final : public KeyedModel<wire::JobRow, QString>
{
    Q_OBJECT

public:
    // With `recent` a column shows the newest outcomes of each.
    explicit Jobs(const Times *times, const RecentRuns *recent = nullptr, QObject *parent = nullptr);

    void setClient(Client *client);
    QString zoneOf(const QString &job) const;

Q_SIGNALS:
    void jobsChanged();

protected:
    void askForTheRest() override { askPage({}); }
    void rowsChanged() override { Q_EMIT jobsChanged(); }

private:
    void askPage(const QString &after);

    QPointer<Client> m_client;
};

} // namespace belfry
