// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/models/upcoming.h"

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

constexpr auto gatherFor = 300ms;

// With more differences than this a list is new.
constexpr int mostMerged = 200;

using Key = std::tuple<Instant, QString, QString>;
Key keyOf(const wire::NextEntry &entry)
{
    return {entry.at, entry.job, entry.rule};
}

// Whether the job's pause holds the occasion.
bool isHeld(const wire::NextEntry &entry, const wire::JobRow *job)
{
    return job && job->pausedSince && (!job->pausedUntil || entry.at < *job->pausedUntil);
}

std::vector<ColumnOf<wire::NextEntry>> upcomingColumns(const Times *times, const Jobs *jobs)
{
    using Row = wire::NextEntry;
    const auto note = [times, jobs](const Row &r) { return noteOf(r, jobs->find(r.job), *times); };
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
        {.id = u"note"_s,
            .title = Upcoming::tr("Note"),
            .text = [note](const Row &r) { return note(r).text; },
            .look = [note](const Row &r) { return note(r).look; }},
        {.id = u"schedule"_s,
            .title = Upcoming::tr("Schedule"),
            .text =
                [jobs](const Row &r) {
                    const wire::JobRow *row = jobs->find(r.job);
                    return row ? row->schedule : QString();
                }},
        {.id = u"zone"_s, .title = Upcoming::tr("Zone"), .text = [jobs](const Row &r) { return jobs->zoneOf(r.job); }}};
}

} // namespace

OccasionNote noteOf(const wire::NextEntry &entry, const wire::JobRow *job, const Times &times)
{
    const QString kind = entry.note.value_or(QString());
    const QString words = entry.reason.isEmpty() ? kind : kind + u": "_s + entry.reason;
    if (kind == "skipped"_L1)
        return {
            {Look::Waiting, u"state-skipped"_s, kind, Upcoming::tr("It will not run: %1.").arg(entry.reason)}, words};
    if (isHeld(entry, job)) {
        const QString paused = job->pausedUntil
            ? Upcoming::tr("paused until %1").arg(times.text(*job->pausedUntil, entry.job))
            : Upcoming::tr("paused");
        return {{Look::Warning, u"state-held"_s, paused, Upcoming::tr("The job is paused and the pause holds it.")},
            words.isEmpty() ? paused : paused + u"; "_s + words};
    }
    if (kind.isEmpty())
        return {};
    return {{Look::Warning, u"schedule"_s, kind, words}, words};
}

namespace {

// Of what a job's future hangs on.
std::size_t digestOf(const std::vector<wire::JobRow> &jobs)
{
    const auto ms = [](const std::optional<Instant> &at) { return at ? at->ms : 0; };
    std::size_t digest = 0;
    for (const wire::JobRow &each : jobs) {
        digest = qHashMulti(digest, each.id.value, each.job, each.version, each.enabled, each.nextSkipped);
        digest = qHashMulti(digest, ms(each.next), ms(each.pausedSince), ms(each.pausedUntil));
    }
    return digest;
}

} // namespace

Upcoming::Upcoming(const Times *times, const Jobs *jobs, int most, QObject *parent)
    : QAbstractTableModel(parent)
    , m_times(times)
    , m_known(jobs)
    , m_most(most)
    , m_columns(upcomingColumns(times, jobs))
    , m_digest(digestOf(jobs->rows()))
{
    m_soon.setSingleShot(true);
    m_soon.setInterval(gatherFor);
    connect(&m_soon, &QTimer::timeout, this, &Upcoming::ask);
    connect(jobs, &Jobs::jobsChanged, this, &Upcoming::jobsChanged);
}

// Thousands of jobs change with each of their runs, and the answer costs the backend a look at the rules of all.
void Upcoming::jobsChanged()
{
    const std::size_t digest = digestOf(m_known->rows());
    if (std::exchange(m_digest, digest) != digest)
        refresh();
}

void Upcoming::setClient(Client *client)
{
    m_client = client;
    m_complete = false;
    m_cut = false;
    beginResetModel();
    m_entries.clear();
    endResetModel();
    refresh();
}

void Upcoming::setJobs(const std::optional<QStringList> &jobs)
{
    m_jobs = jobs;
    refresh();
}

void Upcoming::setRange(const std::optional<Duration> &range)
{
    m_range = range;
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
    if (m_jobs && m_jobs->isEmpty()) { // the backend would take no names for all
        adopt({});
        return;
    }
    wire::ScheduleNext question{.jobs = m_jobs.value_or(QStringList()), .n = m_most};
    if (m_range)
        question.until = m_times->now() + *m_range;
    m_client->ask(question, this, [this, client = m_client](const Answer<wire::NextReply> &answer) {
        if (client != m_client)
            return;
        if (answer)
            adopt(answer->entries);
        else
            Q_EMIT failed(answer.error().message);
    });
}

void Upcoming::adopt(std::vector<wire::NextEntry> fresh)
{
    m_complete = true;
    m_cut = std::count_if(fresh.begin(), fresh.end(), [](const auto &each) { return each.note != "skipped"_L1; })
        >= m_most;
    std::sort(fresh.begin(), fresh.end(), [](const auto &a, const auto &b) { return keyOf(a) < keyOf(b); });
    std::set<Key> keys;
    for (const auto &each : fresh)
        keys.insert(keyOf(each));
    const auto gone = std::count_if(
        m_entries.begin(), m_entries.end(), [&](const auto &each) { return !keys.contains(keyOf(each)); });
    if (qint64(fresh.size()) - qint64(m_entries.size()) + 2 * gone > mostMerged) {
        beginResetModel();
        m_entries = std::move(fresh);
        endResetModel();
    } else {
        merge(fresh);
    }
    Q_EMIT answered();
}

void Upcoming::merge(const std::vector<wire::NextEntry> &fresh)
{
    int row = 0;
    for (const wire::NextEntry &each : fresh) {
        while (row < rowCount() && keyOf(m_entries[std::size_t(row)]) < keyOf(each)) {
            beginRemoveRows({}, row, row);
            m_entries.erase(m_entries.begin() + row);
            endRemoveRows();
        }
        if (row == rowCount() || keyOf(each) < keyOf(m_entries[std::size_t(row)])) {
            beginInsertRows({}, row, row);
            m_entries.insert(m_entries.begin() + row, each);
            endInsertRows();
        } else {
            m_entries[std::size_t(row)] = each;
        }
        ++row;
    }
    if (row < rowCount()) {
        beginRemoveRows({}, row, rowCount() - 1);
        m_entries.erase(m_entries.begin() + row, m_entries.end());
        endRemoveRows();
    }
    retranslate(); // notes and pauses
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
