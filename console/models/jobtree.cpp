// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/models/jobtree.h"

namespace belfry {

using namespace Qt::StringLiterals;

JobTree::JobTree(Jobs *jobs, const Times *times, QObject *parent)
    : QSortFilterProxyModel(parent)
    , m_jobs(jobs)
    , m_projects(new Projects(jobs, times, this))
    , m_rows(new QConcatenateTablesProxyModel(this))
{
    m_rows->addSourceModel(jobs);
    m_rows->addSourceModel(m_projects);
    setSortRole(SortRole);
    setSourceModel(m_rows);
    // Whether a project's row is seen hangs on its jobs, and a change of a row asks for that row alone.
    connect(m_projects, &Projects::recounted, this, [this] { invalidateFilter(); });
}

JobTree::Place JobTree::placeOf(const QModelIndex &source) const
{
    const QModelIndex own = m_rows->mapToSource(source);
    if (own.model() == m_jobs)
        return {.job = &m_jobs->at(own.row())};
    return {.project = &m_projects->rows()[std::size_t(own.row())]};
}

void JobTree::setGrouped(bool grouped)
{
    m_grouped = grouped;
    invalidate(); // the order too
    Q_EMIT foldsChanged();
}

void JobTree::only(const std::optional<QStringList> &names)
{
    m_only.reset();
    m_foldedWithin.clear();
    if (names)
        m_only = std::set<QString>(names->begin(), names->end());
    m_projects->setOnly(m_only);
    Q_EMIT foldsChanged();
}

int JobTree::passing() const
{
    int all = 0;
    for (const ProjectRow &project : m_projects->rows())
        all += project.seen;
    return all;
}

const ProjectRow *JobTree::projectAt(int row) const
{
    return placeOf(mapToSource(index(row, 0))).project;
}

const wire::JobRow *JobTree::jobAt(int row) const
{
    return placeOf(mapToSource(index(row, 0))).job;
}

int JobTree::rowOfProject(QStringView name) const
{
    const ProjectRow *project = m_grouped ? m_projects->find(name) : nullptr;
    if (!project)
        return -1;
    const int at = int(project - m_projects->rows().data());
    return mapFromSource(m_rows->mapFromSource(m_projects->index(at, 0))).row();
}

void JobTree::foldsHaveChanged()
{
    invalidateFilter();
    for (const ProjectRow &project : m_projects->rows()) // their marks
        if (const int row = rowOfProject(project.name); row >= 0)
            Q_EMIT dataChanged(index(row, 0), index(row, 0));
    Q_EMIT foldsChanged();
}

void JobTree::setFolded(const QString &project, bool folded)
{
    if (folded == isFolded(project))
        return;
    if (folded)
        folds().insert(project);
    else
        folds().erase(project);
    foldsHaveChanged();
}

void JobTree::foldAll(bool folded)
{
    folds().clear();
    for (const ProjectRow &project : m_projects->rows())
        if (folded)
            folds().insert(project.name);
    foldsHaveChanged();
}

bool JobTree::isAllFolded() const
{
    return std::ranges::all_of(
        m_projects->rows(), [this](const ProjectRow &project) { return isFolded(project.name); });
}

void JobTree::setFolded(const QStringList &projects)
{
    m_folded = std::set<QString>(projects.begin(), projects.end());
    foldsHaveChanged();
}

bool JobTree::filterAcceptsRow(int row, const QModelIndex &) const
{
    const Place place = placeOf(m_rows->index(row, 0));
    if (place.project)
        return m_grouped && place.project->seen > 0;
    if (m_only && !m_only->contains(place.job->job))
        return false;
    return !m_grouped || folds().empty() || !folds().contains(projectOf(place.job->job).toString());
}

bool JobTree::lessThan(const QModelIndex &left, const QModelIndex &right) const
{
    if (!m_grouped)
        return QSortFilterProxyModel::lessThan(left, right);
    // The order of projects, and theirs before their jobs, holds whichever way the jobs are sorted.
    const bool down = sortOrder() == Qt::DescendingOrder;
    const Place a = placeOf(left), b = placeOf(right);
    if (const int order = a.projectName().compare(b.projectName()); order != 0)
        return down ? order > 0 : order < 0;
    if (a.project || b.project)
        return down ? !a.project : !b.project;
    return QSortFilterProxyModel::lessThan(left, right);
}

QVariant JobTree::data(const QModelIndex &index, int role) const
{
    if (index.column() != 0 || !m_grouped || !checkIndex(index, CheckIndexOption::IndexIsValid))
        return QSortFilterProxyModel::data(index, role);
    const Place place = placeOf(mapToSource(index));
    if (role == Qt::DisplayRole && place.job) // its project is above it
        return place.job->job.sliced(projectOf(place.job->job).size() + 1);
    if (role == DepthRole)
        return place.project ? 0 : 1;
    if (role == BranchRole && place.project)
        return isFolded(place.project->name) ? int(Branch::Folded) : int(Branch::Open);
    if (role == Qt::AccessibleTextRole && place.project)
        return isFolded(place.project->name)
            ? tr("project %1, %n job(s), folded", nullptr, place.project->jobs).arg(place.project->name)
            : tr("project %1, %n job(s)", nullptr, place.project->jobs).arg(place.project->name);
    return QSortFilterProxyModel::data(index, role);
}

} // namespace belfry
