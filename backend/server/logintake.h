// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "backend/server/core.h"
#include "backend/store/store.h"
#include "shared/wire/limits.h"

#include <QTimer>

namespace belfry {

// Takes the logs of one agent's connection into the store. Only attempts that were allowed are written; what the store
// cannot take now is kept and tried again, which is bounded by the credit that agents have.
class LogIntake final : public QObject
{
    Q_OBJECT

public:
    // A peer that sends more than this without waiting for acknowledgements does not keep the protocol.
    static constexpr qint64 maxUnacknowledged = 8 << 20;

    explicit LogIntake(Core &core);

    void allow(AttemptKey key, qint64 epoch);
    enum class Verdict { Taken, NotAllowed, Malformed, Flood };
    Verdict take(const wire::LogChunk &chunk);
    Verdict take(const wire::LogMissing &missing);
    // The store has synced up to here.
    void durable(AttemptKey key, qint64 size);

Q_SIGNALS:
    void acknowledged(const belfry::wire::LogAck &ack);
    // A block does not follow on what is here: the agent must start over from what is durable.
    void outOfStep(belfry::AttemptKey key);

private:
    struct Stream {
        qint64 epoch = 0;
        qint64 received = 0;
        qint64 durable = 0;
        std::vector<LogBlock> waiting; // that the store could not take
    };

    bool isAllowed(AttemptKey key, qint64 epoch) const;
    Verdict take(LogBlock block);
    void append(LogBlock block);
    void onAppended(const LogBlock &block, const Result<LogPosition> &position);
    void retry();
    void acknowledge(AttemptKey key, const Stream &stream);

    Core &m_core;
    std::map<AttemptKey, Stream> m_streams;
    qint64 m_unacknowledged = 0; // bytes in the store's hands or waiting
    QTimer m_retry;
};

} // namespace belfry
