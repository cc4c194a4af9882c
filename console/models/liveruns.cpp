// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/models/liveruns.h"

#include "console/models/runcolumns.h"

namespace belfry {

LiveRuns::LiveRuns(const Times *times, const Estimates *estimates, QObject *parent)
    : KeyedModel(static_cast<RunId wire::RunRow::*>(&wire::RunRow::id), liveRunColumns(times, estimates), parent)
{ }

void LiveRuns::setClient(Client *client)
{
    m_client = client;
    watch(client, wire::Topic::Runs);
}

void LiveRuns::askPage(std::optional<RunId> after)
{
    constexpr int page = 1000;
    if (!m_client)
        return;
    const wire::RunList question{.live = true, .after = after, .limit = page};
    m_client->ask(question, this, [this, client = m_client](const Answer<wire::RunListReply> &answer) {
        if (client != m_client)
            return;
        if (!answer) {
            Q_EMIT failed(answer.error().message);
            return;
        }
        for (const wire::RunRow &run : answer->runs)
            if (!find(run.id))
                gather(run, false);
        if (answer->next)
            askPage(answer->next);
        else
            complete();
    });
}

void LiveRuns::heard(const wire::RunRow &run, bool removed)
{
    if (!removed)
        Q_EMIT runChanged(run);
}

void LiveRuns::rowsChanged()
{
    m_running = int(std::count_if(rows().begin(), rows().end(), [](const auto &run) { return isLive(run.state); }));
    m_waiting = int(rows().size()) - m_running;
    Q_EMIT countsChanged();
}

} // namespace belfry
