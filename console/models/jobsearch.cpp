// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/models/jobsearch.h"

namespace belfry {

void JobSearch::setClient(Client *client)
{
    m_client = client;
    ask(m_filter);
}

void JobSearch::ask(const QString &filter)
{
    m_filter = filter;
    m_found.clear();
    ++m_asking;
    if (filter.isEmpty())
        Q_EMIT found(std::nullopt);
    else if (m_client)
        askPage({});
}

void JobSearch::askPage(const QString &after)
{
    const wire::JobList question{.after = after, .filter = m_filter};
    m_client->ask(question, this, [this, asking = m_asking](const Answer<wire::JobListReply> &answer) {
        if (asking != m_asking)
            return;
        if (!answer) {
            Q_EMIT failed(answer.error().message);
            return;
        }
        for (const wire::JobRow &job : answer->jobs)
            m_found += job.job;
        if (answer->next && m_client)
            askPage(*answer->next);
        else
            Q_EMIT found(m_found);
    });
}

} // namespace belfry
