// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/models/runwords.h"
#include "console/models/session.h"
#include "console/models/times.h"

#include <deque>

namespace belfry {

// One shape of a strip of recent outcomes.
struct StripMark {
    RunId run;
    Look look = Look::Waiting;
    QString icon;
    QString text; // `#12 failed, exit 2, took 5s`
    bool operator==(const StripMark &) const = default;
};
StripMark markOf(const wire::RunRow &run);

// The newest runs of jobs, oldest first, asked for once somebody wants to see them, and kept up to date.
class RecentRuns final : public QObject
{
    Q_OBJECT

public:
    static constexpr int most = 30;

    explicit RecentRuns(Session *session, QObject *parent = nullptr);

    // What is known now; asks when nothing is, and says learned() when the answer is there.
    std::vector<StripMark> of(const QString &job) const;
    // `28 of 30 succeeded`; empty while nothing is known.
    QString words(const QString &job) const;
    void runChanged(const wire::RunRow &run);

Q_SIGNALS:
    void learned(const QString &job);

private:
    void ask(const QString &job);
    void forget();

    Session *m_session;
    std::map<QString, std::map<RunId, StripMark>> m_marks;
    mutable std::set<QString> m_wanted;
    std::set<QString> m_asked;
};

} // namespace belfry

Q_DECLARE_METATYPE(std::vector<belfry::StripMark>)
