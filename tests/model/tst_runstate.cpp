// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/model/agent.h"
#include "shared/model/occasion.h"
#include "shared/model/run.h"

#include <QTest>

using namespace belfry;

class TestRunState : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void finalStatesAreLeftByNone()
    {
        for (const auto &from : enumNames(static_cast<const RunState *>(nullptr)))
            for (const auto &to : enumNames(static_cast<const RunState *>(nullptr)))
                if (isFinal(from.value))
                    QVERIFY2(!mayFollow(from.value, to.value), from.name);
    }

    void everyStateIsReachedAndLeadsToAnEnd()
    {
        std::set<RunState> seen {RunState::Queued};
        for (std::size_t before = 0; before != seen.size();) {
            before = seen.size();
            for (const RunState from : std::set(seen))
                for (const auto &to : enumNames(static_cast<const RunState *>(nullptr)))
                    if (mayFollow(from, to.value))
                        seen.insert(to.value);
        }
        QCOMPARE(seen.size(), enumNames(static_cast<const RunState *>(nullptr)).size());
        for (const RunState from : seen)
            QVERIFY(isFinal(from) || mayFollow(from, RunState::Cancelled));
    }

    void onlyAnAssignmentStartsAnAttempt()
    {
        for (const auto &from : enumNames(static_cast<const RunState *>(nullptr))) {
            QCOMPARE(mayFollow(from.value, RunState::Assigned), isWaiting(from.value));
            QCOMPARE(mayFollow(from.value, RunState::Running), from.value == RunState::Assigned);
            QVERIFY(!mayFollow(from.value, RunState::Queued));
        }
    }

    void nounsSurviveJson()
    {
        Job job {.id = JobId(3), .uid = QStringLiteral("p/j"), .since = Instant(5)};
        job.definition.project = QStringLiteral("p");
        job.definition.name = QStringLiteral("j");
        job.definition.schedule = {{.rule = {.every = 15min, .name = QStringLiteral("x")}, .params = {{QStringLiteral("a"), QStringLiteral("b")}}}};
        job.definition.timeout = 5s;
        job.definition.exitCodes.warning = {3};
        QCOMPARE(*fromJson<Job>(toJson(job), Unknown::Refuse), job);

        Run run {.id = RunId(4), .job = JobId(3), .jobName = QStringLiteral("p/j"), .occasion = Instant(7)};
        QCOMPARE(*fromJson<Run>(toJson(run), Unknown::Refuse), run);
        Attempt attempt {.run = RunId(4), .attempt = 1, .exitCode = 0};
        QCOMPARE(*fromJson<Attempt>(toJson(attempt), Unknown::Refuse), attempt);
        Occasion occasion {.job = JobId(3), .at = Instant(7), .fate = Fate::Ran, .run = RunId(4)};
        QCOMPARE(*fromJson<Occasion>(toJson(occasion), Unknown::Refuse), occasion);
        Agent agent {.name = QStringLiteral("a"), .labels = {{QStringLiteral("linux"), QString()}}};
        QCOMPARE(*fromJson<Agent>(toJson(agent), Unknown::Refuse), agent);
    }
};

QTEST_APPLESS_MAIN(TestRunState)
#include "tst_runstate.moc"
