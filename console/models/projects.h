// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/models/jobs.h"

namespace belfry {

// A project as the sum of its jobs.
struct ProjectRow {
    QString name;
    int jobs = 0;
    int seen = 0; // of them, those that pass the filter
    int paused = 0;
    int failed = 0; // whose newest run did
    int lost = 0;
    int live = 0; // whose newest run is not over
    std::optional<Instant> next; // of all its jobs
    std::optional<Instant> lastEnded;
    bool operator==(const ProjectRow &) const = default;
};

QStringView projectOf(const QString &job);

// The projects of the jobs by name, with columns like those of Jobs. Changes of jobs become the differences to what is
// shown.
class Projects final : public QAbstractTableModel
{
    Q_OBJECT

public:
    Projects(const Jobs *jobs, const Times *times, QObject *parent = nullptr);

    // Only these jobs pass; nullopt: all.
    void setOnly(const std::optional<std::set<QString>> &jobs);
    const std::vector<ProjectRow> &rows() const { return m_rows; }
    const ProjectRow *find(QStringView name) const;

    int rowCount(const QModelIndex &parent = {}) const override { return parent.isValid() ? 0 : int(m_rows.size()); }
    int columnCount(const QModelIndex &parent = {}) const override
    {
        return parent.isValid() ? 0 : int(m_columns.size());
    }
    QVariant data(const QModelIndex &index, int role) const override;

Q_SIGNALS:
    void recounted();

private:
    void recount();
    void merge(std::vector<ProjectRow> fresh);

    const Jobs *m_jobs;
    std::vector<ColumnOf<ProjectRow>> m_columns; // as those of Jobs, by their ids
    std::vector<ProjectRow> m_rows;
    std::optional<std::set<QString>> m_only;
};

} // namespace belfry
