// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/bench/report.h"

#include <QObject>

#include <memory>

// What bench-client can do, a function each. What they return prints its line and ends the event loop.
namespace belfry::bench {

using Measuring = std::unique_ptr<QObject>;

struct Target {
    QString url;
    QByteArray token;
};

// `clients` connections trigger runs of these jobs in turn, each the next one as soon as the last one is acknowledged,
// for `ms`.
Measuring submitAtOnce(const Target &target, const QStringList &jobs, int clients, int ms);

// Triggers `count` runs over one connection, `window` of them unanswered at most, and waits until no run waits or
// lives.
Measuring drainRuns(const Target &target, const QStringList &jobs, int count, int window);

// Triggers runs one by one, `pause` ms apart, and tells when each was sent.
Measuring triggerSlowly(const Target &target, const QString &job, int count, int pause);

// Times each line of standard input: {"method": ..., "params": {...}, "repeat": n}.
Measuring askLines(const Target &target);

// Asks for server.status, `pause` ms after each answer, until standard input ends.
Measuring pingUntilEnd(const Target &target, int pause);

// Triggers a run and follows its log on another connection until all of it was read. `stamps`: its lines tell when they
// were printed.
Measuring followRun(const Target &target, const QString &job, bool stamps);

} // namespace belfry::bench
