// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/models/versions.h"

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

constexpr int pageRows = 100;

QString changeWords(const wire::VersionRow &row)
{
    const QString changed = row.keys.isEmpty() ? Versions::tr("first version") : row.keys.join(u", "_s);
    return row.removed ? Versions::tr("%1; removed in release %2").arg(changed).arg(row.endedIn.value_or(0)) : changed;
}

std::vector<ColumnOf<wire::VersionRow>> columnsOf(const Times *times, const QString &job)
{
    using Row = wire::VersionRow;
    return {{.id = u"version"_s,
                .title = Versions::tr("Version"),
                .text = [](const Row &row) { return QString::number(row.version); },
                .numeric = true},
        {.id = u"release"_s,
            .title = Versions::tr("Release"),
            .text = [](const Row &row) { return QString::number(row.release); },
            .numeric = true},
        {.id = u"since"_s,
            .title = Versions::tr("Since"),
            .text = [times, job](const Row &row) { return times->text(row.since, job); },
            .tip = [times, job](const Row &row) { return times->everyZone(row.since, job); },
            .numeric = true},
        {.id = u"by"_s, .title = Versions::tr("By"), .text = [](const Row &row) { return row.by; }},
        {.id = u"changed"_s, .title = Versions::tr("Changed"), .text = changeWords, .tip = changeWords},
        {.id = u"message"_s,
            .title = Versions::tr("Message"),
            .text = [](const Row &row) { return row.message; },
            .tip = [](const Row &row) { return row.message; }}};
}

} // namespace

Versions::Versions(const Times *times, const QString &job, QObject *parent)
    : RowsModel(columnsOf(times, job), parent)
    , m_job(job)
{ }

void Versions::ask(Client *client)
{
    m_client = client;
    m_fetching = false;
    if (!client)
        return;
    client->ask(wire::JobHistory{.job = m_job, .after = {}, .limit = pageRows}, this,
        [this](const Answer<wire::JobHistoryReply> &answer) {
            if (!answer) {
                Q_EMIT failed(answer.error().message);
                return;
            }
            m_next = answer->next;
            reset(answer->versions);
            Q_EMIT answered();
        });
}

bool Versions::canFetchMore(const QModelIndex &parent) const
{
    return !parent.isValid() && m_next && !m_fetching && m_client;
}

void Versions::fetchMore(const QModelIndex &parent)
{
    if (!canFetchMore(parent))
        return;
    m_fetching = true;
    m_client->ask(wire::JobHistory{.job = m_job, .after = m_next, .limit = pageRows}, this,
        [this, after = m_next](const Answer<wire::JobHistoryReply> &answer) {
            if (!m_fetching || after != m_next)
                return; // all were asked for anew meanwhile
            m_fetching = false;
            if (!answer) {
                Q_EMIT failed(answer.error().message);
                return;
            }
            m_next = answer->next;
            append(answer->versions);
        });
}

} // namespace belfry
