// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/link/memorylink.h"

#include "shared/wire/limits.h"

namespace belfry {

using namespace Qt::StringLiterals;

std::pair<std::unique_ptr<MemoryLink>, std::unique_ptr<MemoryLink>> MemoryLink::makePair(qint64 backlog)
{
    std::unique_ptr<MemoryLink> one(new MemoryLink(backlog));
    std::unique_ptr<MemoryLink> other(new MemoryLink(backlog));
    one->m_other = other.get();
    other->m_other = one.get();
    return {std::move(one), std::move(other)};
}

MemoryLink::~MemoryLink()
{
    if (m_open && m_other)
        m_other->finish(1006, u"the other end is gone"_s);
}

void MemoryLink::sendText(const QString &message)
{
    send({.kind = Kind::Text, .text = message});
}

void MemoryLink::sendBinary(const QByteArray &message)
{
    send({.kind = Kind::Binary, .bytes = message});
}

void MemoryLink::close(int code, const QString &reason)
{
    if (!m_open)
        return;
    send({.kind = Kind::Close, .text = reason, .code = code});
    finish(code, reason);
}

void MemoryLink::abort(int code, const QString &reason)
{
    if (!m_open)
        return;
    if (m_other) {
        m_other->m_incoming.clear();
        m_other->finish(1006, u"the connection broke"_s);
    }
    finish(code, reason);
}

void MemoryLink::setStalled(bool stalled)
{
    m_stalled = stalled;
    schedule();
}

void MemoryLink::send(Item item)
{
    if (!m_open || !m_other)
        return;
    if (item.kind != Kind::Close && m_waiting + item.size() > m_backlog) {
        abort(wire::closeOverload, u"more than %1 bytes wait for this peer"_s.arg(m_backlog));
        return;
    }
    if (item.kind != Kind::Close)
        m_waiting += item.size();
    m_other->m_incoming.push_back(std::move(item));
    m_other->schedule();
}

void MemoryLink::schedule()
{
    if (m_scheduled || m_stalled || m_incoming.empty())
        return;
    m_scheduled = true;
    QMetaObject::invokeMethod(
        this, [this] { receive(); }, Qt::QueuedConnection);
}

void MemoryLink::receive()
{
    m_scheduled = false;
    if (m_stalled || m_incoming.empty() || !m_open)
        return;
    const Item item = std::move(m_incoming.front());
    m_incoming.pop_front();
    schedule();
    if (item.kind == Kind::Close) {
        finish(item.code, item.text);
        return;
    }
    if (m_other && m_other->m_open) {
        m_other->m_waiting -= item.size();
        Q_EMIT m_other->drained();
    }
    if (item.kind == Kind::Text)
        Q_EMIT textReceived(item.text);
    else
        Q_EMIT binaryReceived(item.bytes);
}

void MemoryLink::finish(int code, const QString &reason)
{
    if (!m_open)
        return;
    m_open = false;
    QMetaObject::invokeMethod(
        this, [this, code, reason] { Q_EMIT closed(code, reason); }, Qt::QueuedConnection);
}

} // namespace belfry
