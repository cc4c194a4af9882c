// SPDX-License-Identifier: GPL-3.0-or-later
// What people do beside triggers and cancels: acknowledge, skip what is to come, hold, release and reorder what waits,
// and ask beforehand.
#include "tests/engine/bench.h"

#include <QTest>

using namespace belfry;
using namespace belfry::engine;
using namespace Qt::StringLiterals;

namespace {

struct Office : Bench {
    Result<AnswerBody> ask(EventBody body)
    {
        const Effects effects = apply(std::move(body));
        return effects.answers.empty() ? fail(ErrorKind::Internal, u"no answer"_s) : effects.answers.back().body;
    }
    Status done(EventBody body)
    {
        const auto answer = ask(std::move(body));
        return answer ? Status() : fail(answer.error());
    }
    Status acknowledge(RunId run, bool undo = false, const QString &by = u"ann"_s)
    {
        return done(Acknowledge{.run = store.runs.at(run), .occasions = {}, .undo = undo, .by = by, .note = u"seen"_s});
    }
    Status acknowledge(const QString &job, Instant at)
    {
        Acknowledge event{.run = {}, .occasions = {}, .by = u"ann"_s, .note = {}};
        for (const auto &[key, row] : store.occasions)
            if (row.jobName == job && row.at == at)
                event.occasions.push_back(row);
        return done(std::move(event));
    }
    Status skip(const QString &job, std::optional<Instant> at = {}, bool undo = false)
    {
        return done(SkipOccasion{.job = job, .at = at, .undo = undo, .by = u"ann"_s, .reason = u"source down"_s});
    }
    Status hold(RunId run, bool held = true)
    {
        return done(HoldRun{.run = run, .held = held, .by = u"ann"_s, .reason = u"check first"_s});
    }
    Status prioritize(RunId run, int priority)
    {
        return done(PrioritizeRun{.run = run, .priority = priority, .by = u"ann"_s});
    }
    wire::PreviewReply preview(const TriggerJob &trigger)
    {
        const auto reply = engine->preview(trigger, now);
        if (!reply)
            qFatal("%s", qUtf8Printable(reply.error().message));
        return *reply;
    }
    const Occasion &occasion(const char *at) const
    {
        for (const auto &[key, row] : store.occasions)
            if (row.at == clockAt(at))
                return row;
        qFatal("there is no occasion at %s", at);
    }
};

bool says(const Status &status, ErrorKind kind, const QString &text)
{
    return !status && status.error().kind == kind && status.error().message.contains(text);
}

} // namespace

class TestOperators : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void acknowledgesFailedRuns();
    void acknowledgesOccasions();
    void skipsTheNextOccasion();
    void aPlannedSkipOutlivesRestartsAndApplies();
    void aPlannedSkipOutranksPauseAndDowntime();
    void aPlannedSkipIsTakenBack();
    void refusesSkips();
    void oldPlansAreForgotten();
    void aHeldRunDoesNotStart();
    void aHeldRetryKeepsItsPlace();
    void aHoldOutlivesARestart();
    void refusesHolds();
    void priorityChangesTheOrder();
    void previewsWithoutATrace();
    void previewsRefusals();
};

void TestOperators::acknowledgesFailedRuns()
{
    Office office;
    office.applyJobs({jobNamed(u"a"_s)});
    office.connect(u"x"_s);
    const RunId failed = office.trigger(u"a"_s);
    QVERIFY(says(office.acknowledge(failed), ErrorKind::Conflict, u"not over"_s));
    office.ended(failed, 3);
    QVERIFY(says(office.acknowledge(failed, true), ErrorKind::Conflict, u"not acknowledged"_s));
    office.wait(1min);
    QVERIFY(office.acknowledge(failed));
    QCOMPARE(office.runRow(failed).acknowledgedAt, office.now);
    QCOMPARE(office.runRow(failed).acknowledgedBy, u"ann"_s);
    QCOMPARE(office.runRow(failed).acknowledgeNote, u"seen"_s);
    QVERIFY(says(office.acknowledge(failed, false, u"bob"_s), ErrorKind::Conflict, u"acknowledged by ann"_s));
    QCOMPARE(office.runRow(failed).acknowledgedBy, u"ann"_s);
    QVERIFY(office.acknowledge(failed, true));
    QVERIFY(!office.runRow(failed).acknowledgedAt);
    QCOMPARE(office.runRow(failed).acknowledgedBy, QString());

    const RunId fine = office.trigger(u"a"_s);
    office.ended(fine, 0);
    QVERIFY(says(office.acknowledge(fine), ErrorKind::Conflict, u"succeeded"_s));
    QCOMPARE(office.store.complaints(), QStringList());
}

void TestOperators::acknowledgesOccasions()
{
    Office office;
    JobDefinition job = jobEvery(u"a"_s, 10min);
    job.catchUp.policy = CatchUpPolicy::None;
    office.applyJobs({job});
    office.connect(u"x"_s);
    office.restart(25min);
    office.apply(TimePassed{});
    QCOMPARE(office.occasion("10:10").fate, Fate::Missed);
    QVERIFY(office.acknowledge(u"p/a"_s, clockAt("10:10")));
    QCOMPARE(office.occasion("10:10").acknowledgedBy, u"ann"_s);
    QVERIFY(!office.occasion("10:20").acknowledgedAt);
    QVERIFY(says(office.acknowledge(u"p/a"_s, clockAt("10:10")), ErrorKind::Conflict, u"already"_s));
    office.connect(u"x"_s);
    office.runUntil("10:31");
    QVERIFY(says(office.acknowledge(u"p/a"_s, clockAt("10:30")), ErrorKind::Conflict, u"was missed or expired"_s));
}

void TestOperators::skipsTheNextOccasion()
{
    Office office;
    office.applyJobs({jobEvery(u"a"_s, 10min)});
    office.connect(u"x"_s);
    office.ended(RunId(1), 0); // of 10:00
    QVERIFY(office.skip(u"a"_s));
    QVERIFY(office.engine->plannedSkip(office.store.jobs.begin()->first, clockAt("10:10")));
    QVERIFY(office.skip(u"a"_s)); // the one after it
    QVERIFY(office.engine->plannedSkip(office.store.jobs.begin()->first, clockAt("10:20")));
    QVERIFY(office.skip(u"p/a"_s, clockAt("11:00")));
    office.runUntil("10:31");
    QCOMPARE(office.ledger(),
        QStringList({u"10:00:00 ran run 1"_s, u"10:10:00 skipped operator"_s, u"10:20:00 skipped operator"_s,
            u"10:30:00 ran run 2"_s}));
    const Occasion &row = office.occasion("10:10");
    QCOMPARE(row.reason, u"operator"_s);
    QCOMPARE(row.by, u"ann"_s);
    QCOMPARE(row.byReason, u"source down"_s);
    office.ended(RunId(2), 0);
    QCOMPARE(office.store.complaints(), QStringList());
}

void TestOperators::aPlannedSkipOutlivesRestartsAndApplies()
{
    Office office;
    office.applyJobs({jobEvery(u"a"_s, 10min)});
    office.connect(u"x"_s);
    office.ended(RunId(1), 0); // of 10:00
    QVERIFY(office.skip(u"a"_s));
    office.restart();
    office.connect(u"x"_s);
    // Another rule that names the same instant.
    JobDefinition other = jobNamed(u"a"_s);
    other.schedule = {cronRule(u"other"_s, u"10,40 * * * *"_s)};
    office.applyJobs({other});
    office.runUntil("10:41");
    QCOMPARE(office.occasion("10:10").reason, u"operator"_s);
    QCOMPARE(office.occasion("10:40").fate, Fate::Ran);
    office.applyJobs({});
    QVERIFY(office.store.skips.empty());
}

void TestOperators::aPlannedSkipOutranksPauseAndDowntime()
{
    Office office;
    office.applyJobs({jobEvery(u"a"_s, 10min)});
    office.connect(u"x"_s);
    office.ended(RunId(1), 0); // of 10:00
    QVERIFY(office.skip(u"a"_s, clockAt("10:10")));
    QVERIFY(office.skip(u"a"_s, clockAt("10:30")));
    office.apply(PauseJobs{.name = u"p/a"_s, .until = clockAt("10:25"), .then = PauseThen::All, .by = u"bob"_s});
    office.runUntil("10:26");
    QCOMPARE(office.occasion("10:10").reason, u"operator"_s);
    QCOMPARE(office.occasion("10:20").fate, Fate::Ran);
    office.ended(RunId(2), 0);
    office.restart(14min);
    office.connect(u"x"_s);
    office.apply(TimePassed{});
    QCOMPARE(office.occasion("10:30").reason, u"operator"_s);
    QCOMPARE(office.occasion("10:40").fate, Fate::Ran);
    QCOMPARE(office.store.complaints(), QStringList());
}

void TestOperators::aPlannedSkipIsTakenBack()
{
    Office office;
    office.applyJobs({jobEvery(u"a"_s, 10min)});
    office.connect(u"x"_s);
    office.ended(RunId(1), 0); // of 10:00
    QVERIFY(says(office.skip(u"a"_s, {}, true), ErrorKind::Conflict, u"no occasion"_s));
    QVERIFY(office.skip(u"a"_s));
    QVERIFY(says(office.skip(u"a"_s, clockAt("10:20"), true), ErrorKind::Conflict, u"is not to be skipped"_s));
    QVERIFY(office.skip(u"a"_s, {}, true));
    QVERIFY(office.store.skips.empty());
    QVERIFY(office.skip(u"a"_s, clockAt("10:20")));
    office.runUntil("10:21");
    QCOMPARE(office.occasion("10:10").fate, Fate::Ran);
    QVERIFY(says(office.skip(u"a"_s, clockAt("10:20"), true), ErrorKind::Conflict, u"due already"_s));
}

void TestOperators::refusesSkips()
{
    Office office;
    JobDefinition disabled = jobEvery(u"off"_s, 10min);
    disabled.enabled = false;
    JobDefinition after = jobNamed(u"after"_s);
    after.schedule = {ScheduleRule{.rule = {.after = 5min, .name = u"r"_s}, .params = {}}};
    office.applyJobs({jobEvery(u"a"_s, 10min), disabled, after, jobNamed(u"manual"_s)});
    QVERIFY(says(office.skip(u"nothing"_s), ErrorKind::NotFound, u"nothing"_s));
    QVERIFY(says(office.skip(u"off"_s), ErrorKind::Conflict, u"disabled"_s));
    QVERIFY(says(office.skip(u"after"_s), ErrorKind::Conflict, u"pause it"_s));
    QVERIFY(says(office.skip(u"manual"_s), ErrorKind::Conflict, u"pause it"_s));
    QVERIFY(says(office.skip(u"a"_s, clockAt("10:05")), ErrorKind::Invalid, u"10:10"_s));
    QVERIFY(says(office.skip(u"a"_s, clockAt("09:50")), ErrorKind::Conflict, u"past already"_s));
    QVERIFY(office.skip(u"a"_s, clockAt("10:10")));
    QVERIFY(says(office.skip(u"a"_s, clockAt("10:10")), ErrorKind::Conflict, u"ann"_s));
}

void TestOperators::oldPlansAreForgotten()
{
    Office office;
    office.applyJobs({jobEvery(u"a"_s, 24h)});
    office.connect(u"x"_s);
    QVERIFY(office.skip(u"a"_s));
    office.run(48h);
    QCOMPARE(office.store.skips.size(), 1u);
    office.run(24h * 8);
    QCOMPARE(office.store.skips.size(), 0u);
}

void TestOperators::aHeldRunDoesNotStart()
{
    Office office;
    office.applyJobs({jobNamed(u"a"_s), jobNamed(u"b"_s)});
    const RunId held = office.trigger(u"a"_s);
    const RunId behind = office.trigger(u"a"_s);
    QVERIFY(office.hold(held));
    office.connect(u"x"_s);
    QCOMPARE(office.runRow(held).state, RunState::Queued);
    QCOMPARE(office.runRow(behind).state, RunState::Assigned);
    office.ended(behind, 0);
    const auto blockers = office.engine->blockers(*office.engine->run(held), office.now);
    QCOMPARE(blockers.size(), 1u);
    QCOMPARE(blockers.front().kind, wire::BlockerKind::Held);
    QCOMPARE(blockers.front().text, u"it is held by ann since 10:00:00Z (check first)"_s);
    QVERIFY(office.hold(held, false));
    QCOMPARE(office.runRow(held).state, RunState::Assigned);
    QVERIFY(!office.runRow(held).heldSince);
    QCOMPARE(office.store.complaints(), QStringList());
}

void TestOperators::aHeldRetryKeepsItsPlace()
{
    Office office;
    JobDefinition job = jobNamed(u"a"_s);
    job.retries.max = 1;
    job.retries.delay = 1min;
    office.applyJobs({job});
    office.connect(u"x"_s);
    const RunId first = office.trigger(u"a"_s);
    const RunId second = office.trigger(u"a"_s);
    office.ended(first, 1);
    QVERIFY(office.hold(first));
    office.run(10min);
    QCOMPARE(office.runRow(first).state, RunState::Retrying);
    QCOMPARE(office.runRow(second).state, RunState::Queued);
    QVERIFY(office.hold(first, false));
    QCOMPARE(office.runRow(first).state, RunState::Assigned);
}

void TestOperators::aHoldOutlivesARestart()
{
    Office office;
    office.applyJobs({jobNamed(u"a"_s)});
    const RunId held = office.trigger(u"a"_s);
    QVERIFY(office.hold(held));
    office.restart();
    office.connect(u"x"_s);
    QCOMPARE(office.runRow(held).state, RunState::Queued);
    office.apply(CancelRun{.run = held, .by = u"bob"_s, .reason = {}});
    QCOMPARE(office.runRow(held).state, RunState::Cancelled);
    QVERIFY(!office.runRow(held).heldSince);
}

void TestOperators::refusesHolds()
{
    Office office;
    office.applyJobs({jobNamed(u"a"_s)});
    office.connect(u"x"_s);
    const RunId live = office.trigger(u"a"_s);
    const RunId waits = office.trigger(u"a"_s);
    QVERIFY(says(office.hold(live), ErrorKind::Conflict, u"lives on agent x"_s));
    QVERIFY(says(office.hold(RunId(9)), ErrorKind::NotFound, u"run 9"_s));
    QVERIFY(says(office.hold(waits, false), ErrorKind::Conflict, u"is not held"_s));
    QVERIFY(office.hold(waits));
    QVERIFY(says(office.hold(waits), ErrorKind::Conflict, u"held by ann"_s));
    office.ended(live, 0);
    QVERIFY(says(office.hold(live), ErrorKind::Conflict, u"over already"_s));
    QVERIFY(says(office.prioritize(live, 5), ErrorKind::Conflict, u"over already"_s));
    QVERIFY(says(office.prioritize(waits, 101), ErrorKind::Invalid, u"0 to 100"_s));
}

void TestOperators::priorityChangesTheOrder()
{
    Office office;
    JobDefinition one = jobNamed(u"one"_s);
    JobDefinition two = jobNamed(u"two"_s);
    JobDefinition three = jobNamed(u"three"_s);
    for (JobDefinition *each : {&one, &two, &three})
        each->limits = {{u"lock"_s, 1}};
    office.limits[u"lock"_s] = LimitSpec{.units = 1};
    office.applyJobs({one, two, three});
    office.connect(u"x"_s);
    const RunId live = office.trigger(u"one"_s);
    const RunId early = office.trigger(u"two"_s);
    const RunId late = office.trigger(u"three"_s);
    QVERIFY(office.prioritize(late, 90));
    QCOMPARE(office.runRow(late).priority, 90);
    QCOMPARE(office.runRow(late).priorityBy, u"ann"_s);
    office.ended(live, 0);
    QCOMPARE(office.runRow(late).state, RunState::Assigned);
    QCOMPARE(office.runRow(early).state, RunState::Queued);
    office.ended(late, 0);
    QCOMPARE(office.runRow(early).state, RunState::Assigned);
    QCOMPARE(office.store.complaints(), QStringList());
}

void TestOperators::previewsWithoutATrace()
{
    Office office;
    JobDefinition job = jobNamed(u"a"_s);
    ParamDefinition mode{.name = u"mode"_s};
    mode.defaultValue = u"full"_s;
    job.params = {mode};
    job.command = {u"load"_s, u"${{ params.mode }}"_s};
    job.agent = u"name == x"_s;
    office.applyJobs({job});
    const auto nobody = office.preview({.job = u"a"_s, .params = {}, .key = {}, .by = {}, .reason = {}});
    QVERIFY(!nobody.starts);
    QCOMPARE(nobody.blockers.size(), 1u);
    office.connect(u"x"_s);
    office.connect(u"y"_s);
    const TriggerJob trigger{.job = u"a"_s, .params = {{u"mode"_s, u"delta"_s}}, .key = {}, .by = {}, .reason = {}};
    const auto before = office.preview(trigger);
    QVERIFY(before.starts);
    QCOMPARE(before.command, QStringList({u"load"_s, u"delta"_s}));
    QCOMPARE(before.agents.size(), 2u);
    QCOMPARE(before.agents.front().agent, u"x"_s);
    QVERIFY(before.agents.front().takes);
    QVERIFY(!before.agents.back().takes);
    QVERIFY(!before.agents.back().why.isEmpty());
    QCOMPARE(before.sentence, u"It would start at once, on agent x."_s);
    QVERIFY(office.store.runs.empty());
    const RunId made = office.trigger(u"a"_s, {{u"mode"_s, u"delta"_s}});
    QCOMPARE(office.runRow(made).state, RunState::Assigned);

    const auto behind = office.preview(trigger);
    QVERIFY(!behind.starts);
    QCOMPARE(behind.blockers.front().kind, wire::BlockerKind::Overlap);
    QCOMPARE(behind.blockers.front().runs.front().run, made);
    QCOMPARE(office.store.runs.size(), 1u);
    const auto bad = office.engine->preview(
        {.job = u"a"_s, .params = {{u"x"_s, u"1"_s}}, .key = {}, .by = {}, .reason = {}}, office.now);
    QVERIFY(!bad && bad.error().kind == ErrorKind::Invalid);
}

void TestOperators::previewsRefusals()
{
    Office office;
    JobDefinition skips = jobNamed(u"skips"_s);
    skips.overlap = OverlapPolicy::Skip;
    JobDefinition replaces = jobNamed(u"replaces"_s);
    replaces.overlap = OverlapPolicy::Replace;
    office.applyJobs({skips, replaces});
    office.connect(u"x"_s);
    office.trigger(u"skips"_s);
    const auto refused = office.preview({.job = u"skips"_s, .params = {}, .key = {}, .by = {}, .reason = {}});
    QVERIFY(refused.refusal.contains(u"overlap is `skip`"_s));
    QVERIFY(!refused.starts);
    const RunId live = office.trigger(u"replaces"_s);
    const auto instead = office.preview({.job = u"replaces"_s, .params = {}, .key = {}, .by = {}, .reason = {}});
    QCOMPARE(instead.replaces, std::vector<RunId>{live});
    QCOMPARE(office.runRow(live).state, RunState::Assigned);
    office.apply(PauseJobs{.name = u"p/skips"_s, .by = u"bob"_s});
    const TriggerJob forced{.job = u"skips"_s, .params = {}, .key = {}, .by = {}, .reason = u"now"_s, .force = true};
    QVERIFY(office.preview(forced).refusal.contains(u"skip"_s));
}

QTEST_APPLESS_MAIN(TestOperators)
#include "tst_operators.moc"
