// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/models/jobs.h"

#include <QCoreApplication>

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

using Row = wire::JobRow;

std::vector<ColumnOf<Row>> jobColumns(const Times *times, const RecentRuns *recent)
{
    const auto timeText
        = [times](const std::optional<Instant> &at, const Row &r) { return at ? times->text(*at, r.job) : QString(); };
    const auto timeTip = [times](const std::optional<Instant> &at, const Row &r) {
        return at ? times->everyZone(*at, r.job) : QString();
    };
    const auto last = [](const Row &r) {
        return r.lastState ? lookOf(*r.lastState) : StateLook{Look::Waiting, {}, Jobs::tr("never ran"), {}};
    };
    std::vector<ColumnOf<Row>> columns{{.id = u"job"_s,
                                           .title = Jobs::tr("Job"),
                                           .text = [](const Row &r) { return r.job; },
                                           .tip = [](const Row &r) { return r.title; }},
        {.id = u"title"_s, .title = Jobs::tr("Title"), .text = [](const Row &r) { return r.title; }},
        {.id = u"state"_s,
            .title = Jobs::tr("Schedule is"),
            .text = [](const Row &r) { return lookOf(r).word; },
            .look = [](const Row &r) { return lookOf(r); }},
        {.id = u"schedule"_s,
            .title = Jobs::tr("Schedule"),
            .text = [](const Row &r) { return r.schedule.isEmpty() ? Jobs::tr("on demand") : r.schedule; },
            .tip = [](const Row &r) { return r.schedule; }},
        {.id = u"next"_s,
            .title = Jobs::tr("Next start"),
            .text = [timeText](const Row &r) { return timeText(r.next, r); },
            .sort = [](const Row &r) { return sortable(r.next); },
            .tip = [timeTip](const Row &r) { return timeTip(r.next, r); },
            .numeric = true},
        {.id = u"last"_s,
            .title = Jobs::tr("Last run"),
            .text = [last](const Row &r) { return last(r).word; },
            .sort = [](const Row &r) { return QVariant(r.lastState ? int(*r.lastState) : -1); },
            .look = last},
        {.id = u"ended"_s,
            .title = Jobs::tr("Ended"),
            .text = [timeText](const Row &r) { return timeText(r.lastEnded, r); },
            .sort = [](const Row &r) { return sortable(r.lastEnded); },
            .tip = [timeTip](const Row &r) { return timeTip(r.lastEnded, r); },
            .numeric = true},
        {.id = u"zone"_s, .title = Jobs::tr("Zone"), .text = [](const Row &r) { return r.zone; }}};
    if (recent)
        columns.insert(columns.begin() + 3,
            {.id = u"recent"_s,
                .title = Jobs::tr("Newest runs"),
                .text = [recent](const Row &r) { return recent->words(r.job); },
                .strip = [recent](const Row &r) { return QVariant::fromValue(recent->of(r.job)); }});
    return columns;
}

} // namespace

Jobs::Jobs(const Times *times, const RecentRuns *recent, QObject *parent)
    : KeyedModel(&wire::JobRow::job, jobColumns(times, recent), parent)
{
    if (recent)
        connect(recent, &RecentRuns::learned, this, [this](const QString &job) {
            const wire::JobRow *each = find(job);
            if (!each)
                return;
            const int row = int(each - rows().data());
            Q_EMIT dataChanged(index(row, 0), index(row, columnCount() - 1));
        });
}

void Jobs::setClient(Client *client)
{
    m_client = client;
    watch(client, wire::Topic::Jobs);
}

QString Jobs::zoneOf(const QString &job) const
{
    const wire::JobRow *row = find(job);
    return row ? row->zone : QString();
}

void Jobs::askPage(const QString &after)
{
    if (!m_client)
        return;
    m_client->ask(
        wire::JobList{.after = after}, this, [this, client = m_client](const Answer<wire::JobListReply> &answer) {
            if (client != m_client)
                return;
            if (!answer) {
                Q_EMIT failed(answer.error().message);
                return;
            }
            for (const wire::JobRow &row : answer->jobs)
                if (!find(row.job))
                    gather(row, false);
            if (answer->next)
                askPage(*answer->next);
            else
                complete();
        });
}

} // namespace belfry
