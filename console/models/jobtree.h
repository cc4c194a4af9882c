// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/models/projects.h"

#include <QConcatenateTablesProxyModel>
#include <QSortFilterProxyModel>

namespace belfry {

// The jobs below their projects, as rows of one table; or jobs alone. It sorts within projects, which stay in the order
// of their names. What was folded stays so over all changes; while a filter is in force all is unfolded at first.
class JobTree final : public QSortFilterProxyModel
{
    Q_OBJECT

public:
    JobTree(Jobs *jobs, const Times *times, QObject *parent = nullptr);

    bool isGrouped() const { return m_grouped; }
    void setGrouped(bool grouped);
    // Jobs of these names only; nullopt: all.
    void only(const std::optional<QStringList> &names);
    // How many jobs pass, also those that are folded away.
    int passing() const;

    const ProjectRow *projectAt(int row) const; // nullptr: a job
    const wire::JobRow *jobAt(int row) const; // nullptr: a project
    int rowOfProject(QStringView name) const; // -1: it is not seen

    bool isFolded(const QString &project) const { return folds().contains(project); }
    void setFolded(const QString &project, bool folded);
    void foldAll(bool folded);
    bool isAllFolded() const;
    // Without a filter; to be kept.
    QStringList folded() const { return QStringList(m_folded.begin(), m_folded.end()); }
    void setFolded(const QStringList &projects);

    QVariant data(const QModelIndex &index, int role) const override;

Q_SIGNALS:
    void foldsChanged();

protected:
    bool filterAcceptsRow(int row, const QModelIndex &parent) const override;
    bool lessThan(const QModelIndex &left, const QModelIndex &right) const override;

private:
    struct Place { // of a row of the source: one of them is there
        const wire::JobRow *job = nullptr;
        const ProjectRow *project = nullptr;
        QStringView projectName() const { return project ? QStringView(project->name) : projectOf(job->job); }
    };
    Place placeOf(const QModelIndex &source) const;
    const std::set<QString> &folds() const { return m_only ? m_foldedWithin : m_folded; }
    std::set<QString> &folds() { return m_only ? m_foldedWithin : m_folded; }
    void foldsHaveChanged();

    Jobs *m_jobs;
    Projects *m_projects;
    QConcatenateTablesProxyModel *m_rows;
    bool m_grouped = true;
    std::optional<std::set<QString>> m_only;
    std::set<QString> m_folded;
    std::set<QString> m_foldedWithin; // while a filter is in force
};

} // namespace belfry
