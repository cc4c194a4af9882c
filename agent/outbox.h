// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/wire/agentmessages.h"

#include <QObject>
#include <QPointer>
#include <QTimer>

#include <deque>

namespace belfry {

class Link;

// Messages on their way to the backend: those of one turn of the event loop share frames, and no more is handed to the
// link than it can carry away, so that a slow backend costs neither the connection nor memory.
class Outbox : public QObject
{
    Q_OBJECT

public:
    explicit Outbox(QObject *parent = nullptr);

    // Messages go to this link from now on; those for an earlier one are dropped. Null: dropped until there is one.
    void attach(Link *link);
    void send(wire::AgentToBackend message);
    // Nothing waits here, and the link has handed over all it was given.
    bool isEmpty() const;

Q_SIGNALS:
    void emptied(); // isEmpty() has become true

private:
    void flush();

    QPointer<Link> m_link;
    std::deque<wire::AgentToBackend> m_waiting;
    QTimer m_turn;
};

} // namespace belfry
