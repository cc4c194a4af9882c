// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/logs/endahead.h"

namespace belfry {

void EndAhead::update(Client *client, const std::optional<Part> &part)
{
    const bool isOther = !part || part->run != m_part.run || part->attempt != m_part.attempt;
    if (isOther)
        forget();
    if (!part)
        return;
    m_part = *part;
    if (part->there - part->here < leastMissing)
        forget();
    else if (!isWanted())
        ask(client);
}

void EndAhead::renew(Client *client)
{
    if (isWanted() && m_part.isLive && (!m_end || m_end->isThere()))
        ask(client);
}

void EndAhead::ask(Client *client)
{
    if (!client)
        return;
    m_end = std::make_unique<LogEnd>(client, m_part.run, m_part.attempt);
    connect(m_end.get(), &LogEnd::arrived, this, [this] {
        if (!m_end->lines().isEmpty())
            m_lines = m_end->lines();
        Q_EMIT changed();
    });
}

void EndAhead::forget()
{
    if (!isWanted())
        return;
    m_end.reset();
    m_lines.clear();
    Q_EMIT changed();
}

} // namespace belfry
