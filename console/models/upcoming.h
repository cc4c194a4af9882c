// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/client/client.h"
#include "console/models/columns.h"
#include "console/models/times.h"

#include <QAbstractTableModel>
#include <QTimer>

namespace belfry {

// The next occasions of all jobs or of some, asked anew when jobs change and when the first of them has passed.
class Upcoming final : public QAbstractTableModel
{
    Q_OBJECT

public:
    Upcoming(const Times *times, int most, QObject *parent = nullptr);

    void setClient(Client *client);
    void setJobs(const QStringList &jobs);
    // Asks again, soon: calls in a row are one.
    void refresh();
    void tick();
    void retranslate();

    const std::vector<wire::NextEntry> &entries() const { return m_entries; }
    bool isComplete() const { return m_complete; }

    int rowCount(const QModelIndex &parent = {}) const override { return parent.isValid() ? 0 : int(m_entries.size()); }
    int columnCount(const QModelIndex &parent = {}) const override
    {
        return parent.isValid() ? 0 : int(m_columns.size());
    }
    QVariant data(const QModelIndex &index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override
    {
        return headerOf(m_columns, section, orientation, role);
    }

Q_SIGNALS:
    void answered();
    void failed(const QString &why);

private:
    void ask();

    const Times *m_times;
    int m_most;
    std::vector<ColumnOf<wire::NextEntry>> m_columns;
    std::vector<wire::NextEntry> m_entries;
    QPointer<Client> m_client;
    QStringList m_jobs;
    QTimer m_soon;
    bool m_complete = false;
};

} // namespace belfry
