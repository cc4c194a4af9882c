// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/models/session.h"
#include "console/models/times.h"

#include <QTimer>

namespace belfry {

// One run with its attempts and, while it waits, why: kept up to date for as long as somebody looks.
class RunWatch final : public QObject
{
    Q_OBJECT

public:
    RunWatch(Session *session, const Times *times, QObject *parent = nullptr);

    // 0: none.
    void show(RunId run);
    RunId run() const { return m_run; }
    const std::optional<wire::RunDetail> &detail() const { return m_detail; }
    const std::optional<wire::Explanation> &why() const { return m_why; }
    // Feed it with each change of a run: it asks for details of its own.
    void runChanged(const wire::RunRow &run);

Q_SIGNALS:
    void changed();
    void failed(const QString &why);

private:
    void ask();

    Session *m_session;
    const Times *m_times; // in whose zone the reasons are told
    RunId m_run;
    int m_asking = 0;
    std::optional<wire::RunDetail> m_detail;
    std::optional<wire::Explanation> m_why;
    QTimer m_soon;
    QTimer m_again; // what a run waits for changes without the run
};

} // namespace belfry
