// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/client/client.h"
#include "console/models/columns.h"
#include "console/models/times.h"

#include <QAbstractTableModel>

namespace belfry {

// The versions of a job's definition, newest first.
class Versions final : public QAbstractTableModel
{
    Q_OBJECT

public:
    Versions(const Times *times, const QString &job, QObject *parent = nullptr);

    // Asks for them; what is shown stays until the answer is here.
    void ask(Client *client);
    void retranslate();

    const std::vector<wire::VersionRow> &rows() const { return m_rows; }

    int rowCount(const QModelIndex &parent = {}) const override { return parent.isValid() ? 0 : int(m_rows.size()); }
    int columnCount(const QModelIndex &parent = {}) const override
    {
        return parent.isValid() ? 0 : int(m_columns.size());
    }
    QVariant data(const QModelIndex &index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override
    {
        return headerOf(m_columns, section, orientation, role);
    }
    bool canFetchMore(const QModelIndex &parent) const override;
    void fetchMore(const QModelIndex &parent) override;

Q_SIGNALS:
    void answered();
    void failed(const QString &why);

private:
    QString m_job;
    std::vector<ColumnOf<wire::VersionRow>> m_columns;
    std::vector<wire::VersionRow> m_rows;
    QPointer<Client> m_client;
    std::optional<int> m_next;
    bool m_fetching = false;
};

} // namespace belfry
