// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "backend/server/core.h"

#include <QTimer>

namespace belfry {

// How many failures nobody has acknowledged. Counted by the store, soon after a commit that may have changed it.
class AttentionCount final : public QObject
{
    Q_OBJECT

public:
    AttentionCount(Core &core, QObject *parent = nullptr);

    // As it was counted last. What retention removes is noticed within a minute of being asked.
    qint64 value();

Q_SIGNALS:
    void changed();

private:
    void note(const WriteBatch &writes);
    void count();

    Core &m_core;
    qint64 m_value = 0;
    Duration m_countedAt{0}; // monotonic
    QTimer m_soon;
};

} // namespace belfry
