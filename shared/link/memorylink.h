// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/link/link.h"

#include <QPointer>

#include <deque>
#include <memory>
#include <utility>

namespace belfry {

// Two ends of a connection inside one process, for tests, the simulation and the demo. Messages arrive from the event
// loop, in order; a stalled end keeps what was sent to it waiting at the sender.
class MemoryLink final : public Link
{
    Q_OBJECT

public:
    // Both ends; deleting one closes the other with 1006.
    static std::pair<std::unique_ptr<MemoryLink>, std::unique_ptr<MemoryLink>> makePair(
        qint64 backlog = qint64(1) << 40);
    ~MemoryLink() override;

    void sendText(const QString &message) override;
    void sendBinary(const QByteArray &message) override;
    void close(int code, const QString &reason) override;
    void abort(int code, const QString &reason) override;
    bool isOpen() const override { return m_open; }
    qint64 bytesWaiting() const override { return m_waiting; }
    QString peer() const override { return QStringLiteral("memory"); }

    // While stalled this end reads nothing.
    void setStalled(bool stalled);

private:
    enum class Kind { Text, Binary, Close };
    struct Item {
        Kind kind = Kind::Text;
        QString text; // of a message, or the reason of a close
        QByteArray bytes;
        int code = 0;
        qint64 size() const { return kind == Kind::Text ? text.size() : bytes.size(); }
    };

    explicit MemoryLink(qint64 backlog)
        : m_backlog(backlog)
    { }
    void send(Item item);
    void schedule();
    void receive();
    void finish(int code, const QString &reason);

    QPointer<MemoryLink> m_other;
    std::deque<Item> m_incoming;
    qint64 m_backlog;
    qint64 m_waiting = 0; // bytes in the other end's m_incoming
    bool m_open = true;
    bool m_stalled = false;
    bool m_scheduled = false;
};

} // namespace belfry
