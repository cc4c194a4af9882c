// SPDX-License-Identifier: GPL-3.0-or-later
#include "backend/engine/outcome.h"
#include "backend/engine/retry.h"

#include <QTest>

using namespace belfry;
using namespace belfry::engine;
using namespace Qt::StringLiterals;

Q_DECLARE_METATYPE(belfry::wire::AttemptResult)

namespace {

JobDefinition definition()
{
    JobDefinition job;
    job.timeout = 1h;
    job.stallTimeout = 5min;
    job.exitCodes = {{3}, {75}, {99}};
    return job;
}

} // namespace

class TestOutcome : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void judges_data();
    void judges();
    void retriesWhatIsListed_data();
    void retriesWhatIsListed();
    void delaysGrowUpToTheirMost();
    void jitterOnlyAdds();
    void absurdNumbersDoNoHarm();
};

void TestOutcome::judges_data()
{
    QTest::addColumn<wire::AttemptResult>("result");
    QTest::addColumn<int>("state");
    QTest::addColumn<QString>("reason");
    const auto row = [](const char *name, const wire::AttemptResult &result, RunState state,
                         const QString &reason = {}) { QTest::newRow(name) << result << int(state) << reason; };
    row("exit 0", {.exitCode = 0}, RunState::Succeeded);
    row("exit 1", {.exitCode = 1}, RunState::Failed);
    row("warning", {.exitCode = 3}, RunState::Warning);
    row("skip", {.exitCode = 99}, RunState::Skipped);
    row("retry code", {.exitCode = 75}, RunState::Failed);
    row("signal", {.signal = 11}, RunState::Failed, u"killed by signal 11"_s);
    row("timed out", {.signal = 15, .timedOut = true}, RunState::TimedOut, u"timed out after 1h"_s);
    row("timed out, with exit 0", {.exitCode = 0, .timedOut = true}, RunState::TimedOut, u"timed out after 1h"_s);
    row("timed out and killed", {.signal = 9, .timedOut = true, .killed = true}, RunState::TimedOut,
        u"timed out after 1h (killed after 10s)"_s);
    row("stalled", {.signal = 15, .stalled = true}, RunState::TimedOut, u"stalled: no output after 5m"_s);
    row("cancelled", {.signal = 15, .cancelled = true}, RunState::Cancelled, u"cancelled"_s);
    row("cancelled, with exit 0", {.exitCode = 0, .cancelled = true}, RunState::Cancelled, u"cancelled"_s);
    row("cancelled during the grace of a time-out", {.signal = 9, .timedOut = true, .cancelled = true},
        RunState::Cancelled, u"cancelled"_s);
    row("cancelled before it started", {.notStarted = u"ECANCELED"_s, .cancelled = true}, RunState::Cancelled,
        u"cancelled"_s);
    row("unseen", {.exitUnseen = true}, RunState::Lost, u"exit_unseen"_s);
    row("unseen, but a time-out had begun", {.exitUnseen = true, .timedOut = true}, RunState::TimedOut,
        u"timed out after 1h"_s);
    row("its lease ran out", {.signal = 15, .leaseExpired = true}, RunState::Lost, u"lease_expired"_s);
    row("its lease ran out, with exit 0", {.exitCode = 0, .leaseExpired = true}, RunState::Lost, u"lease_expired"_s);
    row("its lease ran out before it started", {.notStarted = u"late"_s, .leaseExpired = true}, RunState::Lost,
        u"lease_expired"_s);
    row("its lease ran out, and nobody saw the end", {.exitUnseen = true, .leaseExpired = true}, RunState::Lost,
        u"lease_expired"_s);
    row("not started", {.notStarted = u"ENOENT: no such file"_s}, RunState::NotStarted,
        u"not started: ENOENT: no such file"_s);
    row("nothing said", {}, RunState::Lost, u"the agent reported an end without a result"_s);
}

void TestOutcome::judges()
{
    QFETCH(wire::AttemptResult, result);
    QFETCH(int, state);
    QFETCH(QString, reason);
    const Outcome outcome = judge(result, definition());
    QCOMPARE(int(outcome.state), state);
    QCOMPARE(outcome.reason, reason);
    QCOMPARE(outcome.exitCode, result.exitCode);
    QCOMPARE(outcome.signal, result.signal);
    QCOMPARE(outcome.retryCode, result.exitCode == 75);
}

void TestOutcome::retriesWhatIsListed_data()
{
    QTest::addColumn<QStringList>("on");
    QTest::addColumn<wire::AttemptResult>("result");
    QTest::addColumn<bool>("again");
    const QStringList usual{u"failed"_s, u"timed_out"_s};
    const auto row = [](const char *name, const QStringList &on, const wire::AttemptResult &result, bool again) {
        QTest::newRow(name) << on << result << again;
    };
    row("failed", usual, {.exitCode = 1}, true);
    row("by signal", usual, {.signal = 9}, true);
    row("timed out", usual, {.signal = 9, .timedOut = true}, true);
    row("success", {u"succeeded"_s}, {.exitCode = 0}, false);
    row("cancelled", {u"cancelled"_s}, {.signal = 15, .cancelled = true}, false);
    row("not started, not listed", usual, {.notStarted = u"ENOENT"_s}, false);
    row("not started, listed", {u"not_started"_s}, {.notStarted = u"ENOENT"_s}, true);
    row("lost, not listed", usual, {.exitUnseen = true}, false);
    row("lost, listed", {u"lost"_s}, {.exitUnseen = true}, true);
    row("exit:N", {u"exit:7"_s}, {.exitCode = 7}, true);
    row("another exit:N", {u"exit:7"_s}, {.exitCode = 8}, false);
    row("exit:N of a warning", {u"exit:3"_s}, {.exitCode = 3}, false);
    row("retry code, list empty", {}, {.exitCode = 75}, true);
    row("list empty", {}, {.exitCode = 1}, false);
}

void TestOutcome::retriesWhatIsListed()
{
    QFETCH(QStringList, on);
    QFETCH(wire::AttemptResult, result);
    QFETCH(bool, again);
    JobDefinition job = definition();
    job.retries = {.max = 2, .on = on};
    const Outcome outcome = judge(result, job);
    SeededRandom dice(1);
    QCOMPARE(retryDelay(job, outcome, 1, dice).has_value(), again);
    QCOMPARE(retryDelay(job, outcome, 2, dice).has_value(), again);
    QVERIFY(!retryDelay(job, outcome, 3, dice));
    job.retries.max = 0;
    QVERIFY(!retryDelay(job, outcome, 1, dice));
}

void TestOutcome::delaysGrowUpToTheirMost()
{
    JobDefinition job = definition();
    job.retries = {.max = 9, .delay = 30s, .backoff = 2, .maxDelay = 5min, .jitter = 0};
    SeededRandom dice(1);
    std::vector<Duration> delays;
    for (int attempt = 1; attempt <= 6; ++attempt)
        delays.push_back(*retryDelay(job, {.state = RunState::Failed}, attempt, dice));
    QCOMPARE(delays, (std::vector<Duration>{30s, 60s, 120s, 240s, 300s, 300s}));
}

void TestOutcome::jitterOnlyAdds()
{
    JobDefinition job = definition();
    job.retries = {.max = 1, .delay = 100s, .jitter = 0.2};
    SeededRandom dice(1);
    Duration least = 1h, most = 0s;
    for (int i = 0; i < 1000; ++i) {
        const Duration delay = *retryDelay(job, {.state = RunState::Failed}, 1, dice);
        least = std::min(least, delay);
        most = std::max(most, delay);
    }
    QVERIFY(least >= 100s && least < 101s);
    QVERIFY(most <= 120s && most > 119s);
}

void TestOutcome::absurdNumbersDoNoHarm()
{
    JobDefinition job = definition();
    job.retries = {.max = 10'000, .delay = 1h, .backoff = 1e300, .maxDelay = 2h, .jitter = 0};
    SeededRandom dice(1);
    QCOMPARE(*retryDelay(job, {.state = RunState::Failed}, 9'000, dice), Duration(2h));
}

QTEST_APPLESS_MAIN(TestOutcome)
#include "tst_outcome.moc"
