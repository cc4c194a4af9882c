// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/models/upcoming.h"

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

constexpr auto gatherFor = 300ms;

std::vector<ColumnOf<wire::NextEntry>> upcomingColumns(const Times *times)
{
    using Row = wire::NextEntry;
    return {{.id = u"at"_s,
                .title = Upcoming::tr("At"),
                .text = [times](const Row &r) { return times->text(r.at, r.job); },
                .sort = [](const Row &r) { return QVariant(r.at.ms); },
                .tip = [times](const Row &r) { return times->everyZone(r.at, r.job); },
                .numeric = true},
        {.id = u"away"_s,
            .title = Upcoming::tr("Away"),
            .text = [times](const Row &r) { return agoText(r.at, times->now()); },
            .sort = [](const Row &r) { return QVariant(r.at.ms); },
            .numeric = true,
            .ticks = true},
        {.id = u"job"_s, .title = Upcoming::tr("Job"), .text = [](const Row &r) { return r.job; }},
        {.id = u"note"_s, .title = Upcoming::tr("Note"), .text = [](const Row &r) {
             const QString note = r.note.value_or(QString());
             return r.reason.isEmpty() ? note : note + u": "_s + r.reason;
         }}};
}

} // namespace

Upcoming::Upcoming(const Times *times, int most, QObject *parent)
    : QAbstractTableModel(parent)
    , m_times(times)
    , m_most(most)
    , m_columns(upcomingColumns(times))
{
    m_soon.setSingleShot(true);
    m_soon.setInterval(gatherFor);
    connect(&m_soon, &QTimer::timeout, this, &Upcoming::ask);
}

void Upcoming::setClient(Client *client)
{
    m_client = client;
    m_complete = false;
    beginResetModel();
    m_entries.clear();
    endResetModel();
    refresh();
}

void Upcoming::setJobs(const QStringList &jobs)
{
    m_jobs = jobs;
    refresh();
}

void Upcoming::refresh()
{
    if (!m_soon.isActive())
        m_soon.start();
}

void Upcoming::ask()
{
    if (!m_client)
        return;
    m_client->ask(wire::ScheduleNext{.jobs = m_jobs, .n = m_most}, this,
        [this, client = m_client](const Answer<wire::NextReply> &answer) {
            if (client != m_client)
                return;
            if (!answer) {
                Q_EMIT failed(answer.error().message);
                return;
            }
            m_complete = true;
            beginResetModel();
            m_entries = answer->entries;
            endResetModel();
            Q_EMIT answered();
        });
}

void Upcoming::tick()
{
    if (m_entries.empty())
        return;
    if (m_entries.front().at < m_times->now())
        refresh();
    for (int column = 0; column < columnCount(); ++column)
        if (m_columns[std::size_t(column)].ticks)
            Q_EMIT dataChanged(index(0, column), index(rowCount() - 1, column), {Qt::DisplayRole});
}

void Upcoming::retranslate()
{
    if (!m_entries.empty())
        Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, columnCount() - 1), {Qt::DisplayRole, Qt::ToolTipRole});
}

QVariant Upcoming::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const wire::NextEntry &entry = m_entries[std::size_t(index.row())];
    return role == KeyRole ? QVariant(entry.job) : cellOf(m_columns[std::size_t(index.column())], entry, role);
}

} // namespace belfry
