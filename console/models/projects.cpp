// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/models/projects.h"

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

using Row = ProjectRow;

std::map<QString, ColumnOf<Row>> projectColumns(const Times *times)
{
    const auto time = [times](std::optional<Instant> Row::*at) {
        return ColumnOf<Row>{.text = [=](const Row &r) { return r.*at ? times->text(*(r.*at)) : QString(); },
            .sort = [=](const Row &r) { return sortable(r.*at); },
            .tip = [=](const Row &r) { return r.*at ? times->everyZone(*(r.*at)) : QString(); },
            .numeric = true};
    };
    const auto last = [](const Row &r) {
        if (r.failed > 0)
            return StateLook{Look::Failed, u"state-failed"_s, Projects::tr("%1 failed").arg(r.failed),
                Projects::tr("The newest run of so many of its jobs failed.")};
        if (r.lost > 0)
            return StateLook{Look::Unknown, u"state-lost"_s, Projects::tr("%1 lost").arg(r.lost),
                Projects::tr("What became of the newest run of so many of its jobs is not known.")};
        if (r.live > 0)
            return StateLook{Look::Running, u"state-running"_s, Projects::tr("%1 live").arg(r.live),
                Projects::tr("The newest run of so many of its jobs is not over.")};
        return StateLook{};
    };
    const auto paused = [](const Row &r) {
        return r.paused == 0 ? StateLook{}
                             : StateLook{Look::Warning, u"pause"_s, Projects::tr("%1 paused").arg(r.paused), {}};
    };
    return {{u"job"_s, {.text = [](const Row &r) { return r.name; }}},
        {u"title"_s,
            {.text =
                    [](const Row &r) {
                        return r.seen == r.jobs ? Projects::tr("%n job(s)", nullptr, r.jobs)
                                                : Projects::tr("%1 of %2 jobs").arg(r.seen).arg(r.jobs);
                    }}},
        {u"state"_s, {.text = [paused](const Row &r) { return paused(r).word; }, .look = paused}},
        {u"last"_s, {.text = [last](const Row &r) { return last(r).word; }, .look = last}},
        {u"next"_s, time(&Row::next)}, {u"ended"_s, time(&Row::lastEnded)}};
}

} // namespace

QStringView projectOf(const QString &job)
{
    return QStringView(job).left(std::max<qsizetype>(0, job.indexOf(u'/')));
}

Projects::Projects(const Jobs *jobs, const Times *times, QObject *parent)
    : QAbstractTableModel(parent)
    , m_jobs(jobs)
{
    const auto known = projectColumns(times);
    for (int i = 0; i < jobs->columnCount(); ++i) {
        const QString id = jobs->headerData(i, Qt::Horizontal, KeyRole).toString();
        const auto found = known.find(id);
        m_columns.push_back(
            found == known.end() ? ColumnOf<Row>{.text = [](const Row &) { return QString(); }} : found->second);
    }
    connect(jobs, &Jobs::jobsChanged, this, &Projects::recount);
    // Of another backend; later, for others who hear of the reset are in the midst of it.
    connect(jobs, &Jobs::modelReset, this, &Projects::recount, Qt::QueuedConnection);
    connect(times, &Times::changed, this, [this] {
        if (!m_rows.empty())
            Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, columnCount() - 1));
    });
    recount();
}

void Projects::setOnly(const std::optional<std::set<QString>> &jobs)
{
    m_only = jobs;
    recount();
}

const ProjectRow *Projects::find(QStringView name) const
{
    const auto at = std::lower_bound(m_rows.begin(), m_rows.end(), name,
        [](const ProjectRow &row, QStringView wanted) { return QStringView(row.name) < wanted; });
    return at != m_rows.end() && at->name == name ? &*at : nullptr;
}

void Projects::recount()
{
    const auto earlier = [](std::optional<Instant> &to, const std::optional<Instant> &at) {
        if (at && (!to || *at < *to))
            to = at;
    };
    std::vector<ProjectRow> fresh; // jobs are in the order of their names, and `/` is not the least of characters
    std::map<QString, std::size_t, std::less<>> places;
    for (const wire::JobRow &job : m_jobs->rows()) {
        const QStringView name = projectOf(job.job);
        auto place = places.find(name);
        if (place == places.end()) {
            place = places.emplace(name.toString(), fresh.size()).first;
            fresh.push_back({.name = name.toString()});
        }
        ProjectRow &row = fresh[place->second];
        ++row.jobs;
        row.seen += !m_only || m_only->contains(job.job) ? 1 : 0;
        row.paused += job.pausedSince ? 1 : 0;
        if (job.lastState) {
            const Look look = lookOf(*job.lastState).look;
            row.failed += look == Look::Failed ? 1 : 0;
            row.lost += *job.lastState == RunState::Lost ? 1 : 0;
            row.live += isFinal(*job.lastState) ? 0 : 1;
        }
        earlier(row.next, job.next);
        row.lastEnded = std::max(row.lastEnded, job.lastEnded);
    }
    std::sort(fresh.begin(), fresh.end(), [](const auto &a, const auto &b) { return a.name < b.name; });
    merge(std::move(fresh));
    Q_EMIT recounted();
}

void Projects::merge(std::vector<ProjectRow> fresh)
{
    std::size_t at = 0;
    for (ProjectRow &row : fresh) {
        while (at < m_rows.size() && m_rows[at].name < row.name) {
            beginRemoveRows({}, int(at), int(at));
            m_rows.erase(m_rows.begin() + qsizetype(at));
            endRemoveRows();
        }
        if (at == m_rows.size() || m_rows[at].name != row.name) {
            beginInsertRows({}, int(at), int(at));
            m_rows.insert(m_rows.begin() + qsizetype(at), std::move(row));
            endInsertRows();
        } else if (m_rows[at] != row) {
            m_rows[at] = std::move(row);
            Q_EMIT dataChanged(index(int(at), 0), index(int(at), columnCount() - 1));
        }
        ++at;
    }
    if (at < m_rows.size()) {
        beginRemoveRows({}, int(at), int(m_rows.size()) - 1);
        m_rows.resize(at);
        endRemoveRows();
    }
}

QVariant Projects::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const ProjectRow &row = m_rows[std::size_t(index.row())];
    if (role == KeyRole)
        return row.name;
    return cellOf(m_columns[std::size_t(index.column())], row, role);
}

} // namespace belfry
