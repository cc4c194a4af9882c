// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/logs/logend.h"

namespace belfry {

// The end of a log whose bytes will not be here for a while yet: what one looks for first in a long log that failed.
class EndAhead final : public QObject
{
    Q_OBJECT

public:
    // With less than that to come, the log itself is there soon.
    static constexpr qint64 leastMissing = 8 << 20;

    struct Part {
        RunId run;
        int attempt = 0;
        qint64 there = 0; // bytes that the backend has
        qint64 here = 0; // bytes that have come
        bool isLive = false; // more will be there
        bool operator==(const Part &) const = default;
    };

    using QObject::QObject;

    // As often as something changed. nullopt: no log is on its way.
    void update(Client *client, const std::optional<Part> &part);
    // Of a live log, asked for anew; each few seconds.
    void renew(Client *client);
    // There is an end to be shown.
    bool isWanted() const { return m_end || !m_lines.isEmpty(); }
    const QStringList &lines() const { return m_lines; }
    const Part &part() const { return m_part; }

Q_SIGNALS:
    void changed();

private:
    void ask(Client *client);
    void forget();

    Part m_part;
    std::unique_ptr<LogEnd> m_end;
    QStringList m_lines;
};

} // namespace belfry
