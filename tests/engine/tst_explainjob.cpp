// SPDX-License-Identifier: GPL-3.0-or-later
#include "backend/engine/explainjob.h"

#include "tests/engine/bench.h"

#include <QTest>

using namespace belfry;
using namespace belfry::engine;
using namespace Qt::StringLiterals;

namespace {

Job jobOf(const JobDefinition &definition)
{
    return {.id = JobId(1),
        .uid = definition.fullName(),
        .version = 3,
        .release = 5,
        .since = clockAt("10:00"),
        .definition = definition};
}

// Somebody asks at 12:00 of 2026-01-05; the job exists since 10:00.
JobFacts askedAbout(const JobDefinition &definition, const char *at)
{
    return {.job = jobOf(definition),
        .at = clockAt(at),
        .version = 3,
        .definition = definition,
        .exists = clockAt("10:00")};
}

QString answer(const JobFacts &facts)
{
    return explainAt(facts, Words(facts.job.definition.zone, clockAt("12:00"))).sentence;
}

Occasion rowAt(const char *at, Fate fate, const QString &reason = {})
{
    return {.job = JobId(1),
        .jobName = u"p/x"_s,
        .rule = u"r"_s,
        .at = clockAt(at),
        .fate = fate,
        .reason = reason,
        .version = 2};
}

} // namespace

class TestExplainJob : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void thePastFromTheLedger();
    void severalRulesAtOnce();
    void aRangeSaysHowMany();
    void betweenOccasions();
    void beforeTheJobExisted();
    void aVersionThatWasDisabled();
    void whatTheRulesNameButTheLedgerLacks();
    void theFutureFromTheRules();
    void aCalendarClosesTheDay();
    void aClockChangeMovesIt();
    void afterTheEndOfARun();
    void disabledRemovedPaused();
    void now();
};

void TestExplainJob::thePastFromTheLedger()
{
    JobFacts facts = askedAbout(jobEvery(u"x"_s, 30min), "11:00");
    facts.rows = {{.row = rowAt("11:00", Fate::Missed, u"downtime"_s), .definition = facts.job.definition}};
    const auto found = explainAt(facts, Words(u"UTC", clockAt("12:00")));
    QCOMPARE(found.sentence,
        u"p/x was due at 2026-01-05 11:00:00Z (version 2): it was missed, because the backend was down when it was "
        u"due, "
        "and its catch_up is none."_s);
    QCOMPARE(found.occasions.size(), 1u);
    QVERIFY(found.blockers.empty());
}

void TestExplainJob::severalRulesAtOnce()
{
    JobFacts facts = askedAbout(jobEvery(u"x"_s, 30min), "11:00");
    Occasion other = rowAt("11:00", Fate::Skipped, u"calendar"_s);
    other.rule = u"s"_s;
    facts.rows = {{.row = rowAt("11:00", Fate::Expired, u"start_by"_s)}, {.row = other}};
    QCOMPARE(answer(facts),
        u"p/x was due at 2026-01-05 11:00:00Z (version 2), by rule r: it expired, because it could not start within "
        u"its "
        "start_by. p/x was due at 2026-01-05 11:00:00Z (version 2), by rule s: it was skipped, because its calendar "
        "closes that day."_s);
}

void TestExplainJob::aRangeSaysHowMany()
{
    JobFacts facts = askedAbout(jobEvery(u"x"_s, 30min), "11:00");
    Occasion range = rowAt("10:00", Fate::Missed, u"downtime"_s);
    range.count = 1500;
    range.until = clockAt("11:30");
    facts.rows = {{.row = range}};
    QVERIFY(answer(facts).endsWith(u"; so were all 1500 from 10:00:00Z to 11:30:00Z."_s));
}

void TestExplainJob::betweenOccasions()
{
    JobFacts facts = askedAbout(jobEvery(u"x"_s, 30min), "11:10");
    facts.before = rowAt("11:00", Fate::Ran);
    facts.after = rowAt("11:30", Fate::Ran);
    const auto found = explainAt(facts, Words(u"UTC", clockAt("12:00")));
    QCOMPARE(found.sentence,
        u"p/x was not due at 2026-01-05 11:10:00Z: version 3, in force then, names no such time. In the ledger, the "
        "nearest before is 2026-01-05 11:00:00Z and the nearest after is 2026-01-05 11:30:00Z."_s);
    QCOMPARE(found.before, clockAt("11:00"));
    QCOMPARE(found.after, clockAt("11:30"));
}

void TestExplainJob::beforeTheJobExisted()
{
    JobFacts facts = askedAbout(jobEvery(u"x"_s, 30min), "09:30");
    facts.version = 0;
    facts.definition.reset();
    QCOMPARE(answer(facts),
        u"p/x did not exist at 2026-01-05 09:30:00Z: its first version came into force at 2026-01-05 10:00:00Z, and "
        "nothing is owed before."_s);
}

void TestExplainJob::aVersionThatWasDisabled()
{
    JobFacts facts = askedAbout(jobEvery(u"x"_s, 30min), "11:00");
    facts.definition->enabled = false;
    QCOMPARE(answer(facts),
        u"p/x was not due at 2026-01-05 11:00:00Z: version 3, in force then, was disabled (enabled: false)."_s);
}

void TestExplainJob::whatTheRulesNameButTheLedgerLacks()
{
    const JobFacts facts = askedAbout(jobEvery(u"x"_s, 30min), "11:00");
    QVERIFY(answer(facts).contains(u"names that time, but the ledger has no row"_s));
}

void TestExplainJob::theFutureFromTheRules()
{
    QCOMPARE(answer(askedAbout(jobEvery(u"x"_s, 30min), "12:30")),
        u"p/x will be due at 2026-01-05 12:30:00Z (Every 30m); if a run of the job is not over by then, it waits for "
        u"its "
        "end (overlap: queue)."_s);
    const auto found = explainAt(askedAbout(jobEvery(u"x"_s, 30min), "12:40"), Words(u"UTC", clockAt("12:00")));
    QCOMPARE(found.sentence,
        u"p/x will not be due at 2026-01-05 12:40:00Z: none of its rules names that time. Of its rules' times the "
        u"nearest "
        "before is 2026-01-05 12:30:00Z and the nearest after is 2026-01-05 13:00:00Z."_s);
    QCOMPARE(found.before, clockAt("12:30"));
    QCOMPARE(found.after, clockAt("13:00"));
}

void TestExplainJob::aCalendarClosesTheDay()
{
    JobDefinition job = jobNamed(u"x"_s);
    job.schedule = {cronRule(u"r"_s, u"0 12 * * *"_s)};
    job.schedule[0].rule.calendar = u"workdays"_s;
    CalendarSpec workdays;
    workdays.weekdays = {u"mon"_s, u"tue"_s, u"wed"_s, u"thu"_s, u"fri"_s};
    job.calendars[u"workdays"_s] = workdays;
    const QString saturday = answer(askedAbout(job, "2026-01-10T12:00:00Z"));
    QVERIFY2(saturday.startsWith(u"p/x will not run at 2026-01-10 12:00:00Z, the occasion will be skipped: "_s),
        qPrintable(saturday));
    QVERIFY2(saturday.contains(u"workdays"_s), qPrintable(saturday));
    QVERIFY2(saturday.contains(u"the nearest after is 2026-01-12 12:00:00Z"_s), qPrintable(saturday));
}

void TestExplainJob::aClockChangeMovesIt()
{
    JobDefinition job = jobNamed(u"x"_s);
    job.zone = u"Europe/Berlin"_s;
    job.schedule = {cronRule(u"r"_s, u"30 2 * * *"_s)};
    const QString text = answer(askedAbout(job, "2026-03-29T01:00:00Z"));
    QVERIFY2(text.startsWith(u"p/x will be due at 2026-03-29 03:00:00+02:00 ("_s), qPrintable(text));
    QVERIFY2(text.contains(u"02:30"_s), qPrintable(text));
}

void TestExplainJob::afterTheEndOfARun()
{
    JobDefinition job = jobNamed(u"x"_s);
    ScheduleRule rule;
    rule.rule.after = 10min;
    job.schedule = {rule};
    QVERIFY(answer(askedAbout(job, "12:40")).contains(u"What is due after the end of a run cannot be told"_s));
}

void TestExplainJob::disabledRemovedPaused()
{
    JobFacts facts = askedAbout(jobEvery(u"x"_s, 30min), "12:30");
    facts.job.pausedSince = clockAt("11:00");
    QVERIFY(answer(facts).endsWith(u"It is paused since 11:00:00Z, which holds what is due meanwhile."_s));
    facts.job.definition.enabled = false;
    QVERIFY(answer(facts).contains(u"disabled by `enabled: false`"_s));
    facts.job.removed = true;
    QCOMPARE(answer(facts), u"p/x will not be due at 2026-01-05 12:30:00Z: it was removed."_s);
    facts.at = clockAt("11:30");
    QVERIFY(answer(facts).endsWith(u"The job was removed since."_s));
}

void TestExplainJob::now()
{
    const Words words(u"UTC", clockAt("12:00"));
    JobNow idle{.job = jobOf(jobEvery(u"x"_s, 30min)), .next = clockAt("12:30")};
    QCOMPARE(explainNow(idle, words).sentence, u"p/x has never run. It is due next at 2026-01-05 12:30:00Z."_s);
    Run last{.id = RunId(7), .jobName = u"p/x"_s, .state = RunState::Failed, .cause = Cause::Schedule};
    last.occasion = last.queuedAt = clockAt("11:30");
    last.startedAt = last.queuedAt;
    last.endedAt = clockAt("11:34");
    last.exitCode = 3;
    last.attempts = 1;
    last.agent = u"a1"_s;
    idle.last = last;
    QCOMPARE(explainNow(idle, words).sentence,
        u"No run of p/x waits or lives. Run 7 of p/x, due at 11:30:00Z, failed at 11:34:00Z, after 4m on agent a1: "
        u"exit "
        "code 3. It is due next at 2026-01-05 12:30:00Z."_s);
    Run waiting{.id = RunId(8), .jobName = u"p/x"_s, .by = u"ann"_s};
    waiting.queuedAt = clockAt("11:59");
    idle.open = {{.run = waiting, .blockers = {{.text = u"starts are held"_s}}}};
    const auto found = explainNow(idle, words);
    QCOMPARE(found.sentence,
        u"Run 8 of p/x, triggered by ann at 11:59:00Z, waits since 11:59:00Z (1m ago): starts are held. It is due next "
        u"at "
        "2026-01-05 12:30:00Z."_s);
    QCOMPARE(found.run, RunId(8));
    QCOMPARE(found.blockers.size(), 1u);
}

QTEST_APPLESS_MAIN(TestExplainJob)
#include "tst_explainjob.moc"
