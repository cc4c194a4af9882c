// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/models/session.h"

#include <deque>

namespace belfry {

// How long a job takes, from its newest successes.
struct Estimate {
    Duration median{0};
    Duration p90{0};
    int samples = 0;
};

// How far a live run is. What cannot be known is shown as such: with fewer than three successes there is no fraction.
struct Progress {
    enum class Kind { None, Busy, Fraction, Late };
    Kind kind = Kind::None;
    double fraction = 0; // 0..0.99: it is not over
    QString text;

    bool operator==(const Progress &) const = default;
};
Progress progressOf(const wire::RunRow &run, const std::optional<Estimate> &estimate, Instant now);

// Asks the backend for the newest successes of jobs, each once, and learns from runs that end.
class Estimates final : public QObject
{
    Q_OBJECT

public:
    static constexpr int samplesWanted = 20;
    static constexpr int samplesNeeded = 3;

    explicit Estimates(Session *session, QObject *parent = nullptr);

    // What is known now; asks when nothing is, and says learned() when the answer is there.
    std::optional<Estimate> of(const QString &job) const;
    void runEnded(const wire::RunRow &run);

Q_SIGNALS:
    void learned(const QString &job);

private:
    void ask(const QString &job);
    void forget();

    Session *m_session;
    mutable std::map<QString, std::deque<Duration>> m_took; // newest first
    mutable std::set<QString> m_wanted;
    std::set<QString> m_asked;
};

} // namespace belfry

Q_DECLARE_METATYPE(belfry::Progress)
