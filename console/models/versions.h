// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/client/client.h"
#include "console/models/rowsmodel.h"
#include "console/models/times.h"

namespace belfry {

// The versions of a job's definition, newest first.
class Versions final : public RowsModel<wire::VersionRow>
{
    Q_OBJECT

public:
    Versions(const Times *times, const QString &job, QObject *parent = nullptr);

    // Asks for them; what is shown stays until the answer is here.
    void ask(Client *client);
    void retranslate() { tellAll(); }

    bool canFetchMore(const QModelIndex &parent) const override;
    void fetchMore(const QModelIndex &parent) override;

Q_SIGNALS:
    void answered();
    void failed(const QString &why);

private:
    QString keyOf(int row) const override { return QString::number(rows()[std::size_t(row)].version); }

    QString m_job;
    QPointer<Client> m_client;
    std::optional<int> m_next;
    bool m_fetching = false;
};

} // namespace belfry
