// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/cli/waitcode.h"

#include <QTest>

using namespace belfry;

class TestWaitCode : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void exitsAsTheRunEnded_data()
    {
        QTest::addColumn<int>("state");
        QTest::addColumn<int>("exitCode"); // -1: none
        QTest::addColumn<int>("signal");
        QTest::addColumn<bool>("started");
        QTest::addColumn<int>("code");
        const auto row = [](const char *name, RunState state, int exitCode, int signal, bool started, int code) {
            QTest::newRow(name) << int(state) << exitCode << signal << started << code;
        };
        row("succeeded", RunState::Succeeded, 0, -1, true, 0);
        row("warning keeps the code", RunState::Warning, 3, -1, true, 3);
        row("skipped keeps the code", RunState::Skipped, 99, -1, true, 99);
        row("failed", RunState::Failed, 17, -1, true, 17);
        row("the job's own 127", RunState::Failed, 127, -1, true, 127);
        row("killed", RunState::Failed, -1, 9, true, 137);
        row("segmentation fault", RunState::Failed, -1, 11, true, 139);
        row("failed without a code is not 0", RunState::Failed, -1, -1, true, 1);
        row("failed with 0 is not 0", RunState::Failed, 0, -1, true, 1);
        row("timed out", RunState::TimedOut, -1, 15, true, 124);
        row("timed out with a code of its own", RunState::TimedOut, 0, -1, true, 124);
        row("lost", RunState::Lost, -1, -1, true, 125);
        row("not started", RunState::NotStarted, -1, -1, false, 125);
        row("cancelled while waiting", RunState::Cancelled, -1, -1, false, 126);
        row("cancelled while running", RunState::Cancelled, -1, 15, true, 143);
        row("cancelled and killed", RunState::Cancelled, -1, 9, true, 143);
        row("cancelled, and it said 0", RunState::Cancelled, 0, -1, true, 143);
    }
    void exitsAsTheRunEnded()
    {
        QFETCH(int, state);
        QFETCH(int, exitCode);
        QFETCH(int, signal);
        QFETCH(bool, started);
        Run run;
        run.state = RunState(state);
        if (exitCode >= 0)
            run.exitCode = exitCode;
        if (signal >= 0)
            run.signal = signal;
        if (started)
            run.startedAt = Instant(1);
        QTEST(waitExitCode(run), "code");
    }
};

QTEST_APPLESS_MAIN(TestWaitCode)
#include "tst_waitcode.moc"
