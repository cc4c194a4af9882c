// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/client/client.h"
#include "console/models/columns.h"
#include "console/models/jobs.h"

#include <QAbstractTableModel>
#include <QTimer>

namespace belfry {

// How an occasion that comes is told: what is out of the ordinary about it, as a look and in words. Both are empty for
// one that is not. `job` is its row; nullptr where it is not known.
struct OccasionNote {
    StateLook look;
    QString text;
};
OccasionNote noteOf(const wire::NextEntry &entry, const wire::JobRow *job, const Times &times);

// The next occasions of all jobs or of some, asked anew when jobs change and when the first of them has passed. New
// answers become the differences to what is shown, so that a selection lives on.
class Upcoming final : public QAbstractTableModel
{
    Q_OBJECT

public:
    // At most so many that fire: 1..10000. `jobs` tells who is paused.
    Upcoming(const Times *times, const Jobs *jobs, int most, QObject *parent = nullptr);

    void setClient(Client *client);
    // Of these jobs; nullopt: of all.
    void setJobs(const std::optional<QStringList> &jobs);
    // From now for so long; nullopt: as far as the number reaches.
    void setRange(const std::optional<Duration> &range);
    // Asks again, soon: calls in a row are one.
    void refresh();
    void tick();
    void retranslate();

    const std::vector<wire::NextEntry> &entries() const { return m_entries; }
    bool isComplete() const { return m_complete; }
    // There are more within the range than were asked for.
    bool isCut() const { return m_cut; }

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
    void jobsChanged();
    void ask();
    void adopt(std::vector<wire::NextEntry> fresh);
    void merge(const std::vector<wire::NextEntry> &fresh);

    const Times *m_times;
    const Jobs *m_known;
    int m_most;
    std::vector<ColumnOf<wire::NextEntry>> m_columns;
    std::vector<wire::NextEntry> m_entries;
    QPointer<Client> m_client;
    std::optional<QStringList> m_jobs;
    std::optional<Duration> m_range;
    QTimer m_soon;
    std::size_t m_digest = 0; // of what matters of the jobs
    bool m_complete = false;
    bool m_cut = false;
};

} // namespace belfry
