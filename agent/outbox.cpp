// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/outbox.h"

#include "shared/link/link.h"
#include "shared/wire/frame.h"
#include "shared/wire/limits.h"

namespace belfry {

namespace {

// Half of what a frame may have: sizes are estimated.
constexpr qint64 frameTarget = wire::maxFrame / 2;
// What the link may hold back before more waits here instead.
constexpr qint64 linkTarget = 1 << 20;

qint64 textSize(const std::map<QString, QString> &texts)
{
    qint64 size = 0;
    for (const auto &[key, value] : texts)
        size += 3 * (key.size() + value.size()) + 8;
    return size;
}

// Not below what it takes as CBOR.
qint64 estimate(const wire::AgentToBackend &message)
{
    if (const auto *chunk = std::get_if<wire::LogChunk>(&message))
        return 128 + chunk->bytes.size() + 32 * qint64(chunk->index.size());
    if (const auto *ended = std::get_if<wire::AttemptEnded>(&message))
        return 512 + 3 * (ended->result.notStarted.size() + ended->result.logLostWhy.size()) + textSize(ended->result.outputs);
    if (std::holds_alternative<wire::AgentHello>(message))
        return frameTarget;
    return 512;
}

} // namespace

Outbox::Outbox(QObject *parent)
    : QObject(parent)
{
    m_turn.setSingleShot(true);
    connect(&m_turn, &QTimer::timeout, this, &Outbox::flush);
}

void Outbox::attach(Link *link)
{
    if (m_link)
        m_link->disconnect(this);
    m_link = link;
    m_waiting.clear();
    m_turn.stop();
    if (link)
        connect(link, &Link::drained, this, &Outbox::flush);
}

void Outbox::send(wire::AgentToBackend message)
{
    if (!m_link)
        return;
    m_waiting.push_back(std::move(message));
    if (!m_turn.isActive())
        m_turn.start(0);
}

bool Outbox::isEmpty() const
{
    return m_waiting.empty() && (!m_link || !m_link->isOpen() || m_link->bytesWaiting() == 0);
}

void Outbox::flush()
{
    while (m_link && m_link->isOpen() && !m_waiting.empty() && m_link->bytesWaiting() < linkTarget) {
        std::vector<wire::AgentToBackend> frame;
        qint64 size = 0;
        while (!m_waiting.empty() && (frame.empty() || size + estimate(m_waiting.front()) <= frameTarget)) {
            size += estimate(m_waiting.front());
            frame.push_back(std::move(m_waiting.front()));
            m_waiting.pop_front();
        }
        m_link->sendBinary(wire::encodeFrame(frame));
    }
    if (isEmpty())
        Q_EMIT emptied();
}

} // namespace belfry
